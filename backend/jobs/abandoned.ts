/**
 * What becomes of jobs that a process had begun when it died?
 *
 * The queue gives them up when their time is over, which is minutes. A process that starts while no other lives knows at once
 * that nobody works on what is marked as begun, and gives it back. Who lives holds a lock of Postgres that belongs to its
 * session and is lost with it; while another process holds one, jobs wait for their time as before. A process may be gone a
 * moment before its session is: who does not start alone looks again for a while, at what was begun before it started. A job
 * given back may have been done to its end: handlers are repeatable.
 */
import type pg from 'pg';

// Any number that nothing else locks.
const LIVING = 7_310_466_021;
// A session ends when Postgres has noticed, at once or after the statement under way; one that lives longer belongs to
// somebody who lives.
const LOOK_AGAIN_MILLISECONDS = 500;
const LOOKS = 20;

/** What was found at the start. */
export type Living = {
  /** Jobs given back. */
  readonly count: number;
  /** Ends the life of this process. */
  readonly leave: () => void;
};

/** Counts this process among the living until `leave`; `onGivenBack` hears of jobs that are given back a moment later. */
export async function giveBackAbandoned(
  pool: pg.Pool,
  schema: string,
  onGivenBack: (count: number) => void,
): Promise<Living> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query(`select ${schema}.job_now()::text as now`);
    const session: Session = { client, schema, startedAt: rows[0]?.now };
    const isAlone = await tryAlone(session);
    const count = isAlone ? await giveBack(session) : 0;
    await client.query('select pg_advisory_lock_shared($1)', [LIVING]);
    if (isAlone) await endAlone(session);
    const stop = isAlone ? () => undefined : lookAgain(session, onGivenBack);
    const leave = () => {
      stop();
      // The session ends with its connection: nothing else may run on it.
      client.release(true);
    };
    return { count, leave };
  } catch (error) {
    client.release(true);
    throw error;
  }
}

type Session = {
  readonly client: pg.PoolClient;
  readonly schema: string;
  readonly startedAt: unknown;
};

// What we share with the living is no obstacle to ourselves.
async function tryAlone({ client }: Session): Promise<boolean> {
  const { rows } = await client.query('select pg_try_advisory_lock($1) as alone', [LIVING]);
  return rows[0]?.alone === true;
}

async function endAlone({ client }: Session): Promise<void> {
  await client.query('select pg_advisory_unlock($1)', [LIVING]);
}

// What was begun since is our own.
async function giveBack({ client, schema, startedAt }: Session): Promise<number> {
  const given = await client.query(
    `update ${schema}.job set state = 'retry', start_after = ${schema}.job_now()
      where state = 'active' and started_on <= $1`,
    [startedAt],
  );
  return given.rowCount ?? 0;
}

function lookAgain(session: Session, onGivenBack: (count: number) => void): () => void {
  let looks = 0;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    looks += 1;
    if (await tryAlone(session)) {
      const count = await giveBack(session);
      await endAlone(session);
      if (count > 0) onGivenBack(count);
    } else if (looks < LOOKS) wait();
  };
  const wait = () => {
    // A session that is lost, or ours that has ended, looks no more: the queue's own time is left.
    timer = setTimeout(() => void look().catch(() => undefined), LOOK_AGAIN_MILLISECONDS).unref();
  };
  wait();
  return () => {
    looks = LOOKS;
    clearTimeout(timer);
  };
}
