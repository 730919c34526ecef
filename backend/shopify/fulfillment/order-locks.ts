/**
 * Who follows an order now? One at a time, over all processes.
 *
 * Locks of Postgres that belong to a session: a process that dies loses them at once, so its orders can be followed the
 * moment it is started again. All locks of a process are on one connection, which is kept while any is held. Within the
 * process the second waits for the first.
 */
import { type Kysely, sql } from 'kysely';

/** What `createOrderLocks` returns. */
export type OrderLocks = ReturnType<typeof createOrderLocks>;

type Session = {
  readonly connection: Promise<Kysely<unknown>>;
  readonly end: () => void;
  holders: number;
};

export function createOrderLocks(db: Kysely<unknown>) {
  const running = new Map<string, Promise<void>>();
  let session: Session | undefined;

  const enter = (): Session => {
    session ??= openSession(db);
    session.holders += 1;
    return session;
  };
  const leave = (mine: Session) => {
    mine.holders -= 1;
    if (mine.holders > 0) return;
    if (session === mine) session = undefined;
    mine.end();
  };
  // A connection that broke has lost its locks: nobody may count on it any more.
  const forget = (mine: Session) => {
    if (session === mine) session = undefined;
  };

  const runLocked = async <Value>(key: string, task: () => Promise<Value>) => {
    const mine = enter();
    try {
      const connection = await mine.connection;
      if (!(await tryLock(connection, key))) return 'busy' as const;
      try {
        return await task();
      } finally {
        await unlock(connection, key);
      }
    } catch (error) {
      forget(mine);
      throw error;
    } finally {
      leave(mine);
    }
  };

  return {
    /** Runs it while nobody else has the key; `busy`: another process has it. */
    run: async <Value>(key: string, task: () => Promise<Value>): Promise<Value | 'busy'> => {
      for (let before = running.get(key); before !== undefined; before = running.get(key)) {
        await before;
      }
      let done = () => {};
      running.set(key, new Promise((resolve) => (done = resolve)));
      try {
        return await runLocked(key, task);
      } finally {
        running.delete(key);
        done();
      }
    },
  };
}

function openSession(db: Kysely<unknown>): Session {
  let end = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const connection = new Promise<Kysely<unknown>>((resolve, reject) => {
    db.connection()
      .execute(async (pinned) => {
        resolve(pinned);
        await ended;
      })
      .catch(reject);
  });
  return { connection, end, holders: 0 };
}

async function tryLock(connection: Kysely<unknown>, key: string): Promise<boolean> {
  const { rows } = await sql<{ isMine: boolean }>`
    select pg_try_advisory_lock(hashtextextended(${key}, 0)) as "isMine"`.execute(connection);
  return rows[0]?.isMine === true;
}

async function unlock(connection: Kysely<unknown>, key: string): Promise<void> {
  await sql`select pg_advisory_unlock(hashtextextended(${key}, 0))`.execute(connection);
}
