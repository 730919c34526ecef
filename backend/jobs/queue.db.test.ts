import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import type { ShopId } from '../base/ids.ts';
import { createLocalBus } from '../platform/bus.ts';
import { withShop } from '../platform/database.ts';
import { createLog } from '../platform/log.ts';
import { createOutbox } from '../platform/outbox.ts';
import { DEAD_LETTER_QUEUE, type JobDefinition, type JobQueue, startJobQueue } from './queue.ts';

const SHOP = 'jobs.myshopify.com' as ShopId;
const SILENT = createLog('silent', { write: () => undefined });

let database: TestDatabase<unknown>;
const queues: JobQueue[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const queue of queues.splice(0)) await queue.stop();
});
afterAll(async () => {
  await database.close();
});

async function start(options: { readonly asOwner: boolean } = { asOwner: false }) {
  const queue = await startJobQueue({
    url: options.asOwner ? database.ownerUrl : database.appUrl,
    assumesAppRole: options.asOwner,
    log: SILENT,
  });
  queues.push(queue);
  return queue;
}

function definition(
  name: string,
  handle: JobDefinition['handle'],
  change: Partial<JobDefinition> = {},
): JobDefinition {
  return {
    name,
    policy: 'standard',
    retryLimit: 0,
    retryDelaySeconds: 1,
    expireInSeconds: 60,
    concurrency: 1,
    handle,
    ...change,
  };
}

/** A handler that notes what it was given, and a promise of the first `count` of them. */
function collector(count: number) {
  const seen: unknown[] = [];
  let done: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    done = resolve;
  });
  const handle = async (data: unknown) => {
    seen.push(data);
    if (seen.length === count) done();
  };
  return { seen, all, handle };
}

test('a job enqueued in a transaction runs after the commit, and never after a rollback', async () => {
  const queue = await start();
  const outbox = createOutbox(queue.boss);
  const { seen, all, handle } = collector(1);
  await queue.register([definition('commit_or_not', handle)]);
  await expect(
    withShop(database.db, SHOP, async (trx) => {
      await outbox.enqueue(trx, { name: 'commit_or_not', data: { number: 1 } });
      throw new Error('rolled back');
    }),
  ).rejects.toThrow('rolled back');
  await withShop(database.db, SHOP, (trx) =>
    outbox.enqueue(trx, { name: 'commit_or_not', data: { number: 2 } }),
  );
  await all;
  expect(seen).toEqual([{ number: 2 }]);
});

test('jobs of one batch stand alone: one that fails takes no other with it', async () => {
  const queue = await start();
  const outbox = createOutbox(queue.boss);
  const { seen, all, handle } = collector(5);
  await queue.register([
    definition('alone', async (data, signal) => {
      await handle(data);
      if (JSON.stringify(data) === '{"number":3}') throw new Error('this one fails');
      expect(signal.aborted).toBe(false);
    }),
  ]);
  await withShop(database.db, SHOP, async (trx) => {
    for (const number of [1, 2, 3, 4, 5]) {
      await outbox.enqueue(trx, { name: 'alone', data: { number } });
    }
  });
  await all;
  expect(seen).toHaveLength(5);
  await until(async () => {
    const dead = await queue.boss.fetch(DEAD_LETTER_QUEUE, { batchSize: 10 });
    return dead.some((job) => JSON.stringify(job.data) === '{"number":3}');
  });
});

test('a job that failed is tried again', async () => {
  const queue = await start();
  const outbox = createOutbox(queue.boss);
  const { seen, all, handle } = collector(2);
  await queue.register([
    definition(
      'again',
      async (data) => {
        await handle(data);
        if (seen.length === 1) throw new Error('the first try fails');
      },
      { retryLimit: 1, retryDelaySeconds: 1 },
    ),
  ]);
  await withShop(database.db, SHOP, (trx) => outbox.enqueue(trx, { name: 'again', data: {} }));
  await all;
  expect(seen).toHaveLength(2);
});

test('work that may be merged waits once per key', async () => {
  const queue = await start();
  const outbox = createOutbox(queue.boss);
  await queue.boss.createQueue('merged', { policy: 'short' });
  await withShop(database.db, SHOP, async (trx) => {
    for (const key of ['a', 'a', 'b', 'a']) {
      await outbox.enqueue(trx, { name: 'merged', data: { key }, key });
    }
  });
  const waiting = await queue.boss.fetch('merged', { batchSize: 10 });
  expect(waiting.map((job) => JSON.stringify(job.data)).toSorted()).toEqual([
    '{"key":"a"}',
    '{"key":"b"}',
  ]);
});

test('work that waits already begins only when a change that counts on it is committed', async () => {
  const queue = await start();
  const outbox = createOutbox(queue.boss);
  await queue.boss.createQueue('held', { policy: 'short' });
  const job = { name: 'held', data: { key: 'a' }, key: 'a' };
  for (const again of [
    outbox.enqueue,
    (trx: typeof database.db) => outbox.enqueueAll(trx, [job]),
  ]) {
    await withShop(database.db, SHOP, (trx) => outbox.enqueue(trx, job));
    await withShop(database.db, SHOP, async (trx) => {
      await again(trx, job);
      expect(await queue.boss.fetch('held')).toEqual([]);
    });
    expect(await queue.boss.fetch('held')).toHaveLength(1);
    // It has begun: the next change has one of its own.
    await withShop(database.db, SHOP, (trx) => again(trx, job));
    expect(await queue.boss.fetch('held')).toHaveLength(1);
  }
});

test('a queue in which every job runs takes many at once, with and without a key', async () => {
  const queue = await start();
  const outbox = createOutbox(queue.boss);
  await queue.boss.createQueue('every', { policy: 'standard' });
  await withShop(database.db, SHOP, (trx) =>
    outbox.enqueueAll(trx, [
      { name: 'every', data: { number: 1 } },
      { name: 'every', data: { number: 2 }, key: 'a' },
    ]),
  );
  expect(await queue.boss.fetch('every', { batchSize: 9 })).toHaveLength(2);
});

test('a process that is given the owner’s address runs its queue as the application', async () => {
  const queue = await start({ asOwner: true });
  const { all, handle } = collector(1);
  await queue.register([definition('as_owner', handle)]);
  await queue.boss.send('as_owner', {});
  await all;
  const roles = await sql<{ role: string }>`
    select distinct tableowner as role from pg_tables where schemaname = 'pgboss'`.execute(
    database.db,
  );
  expect(roles.rows).toEqual([{ role: 'kept_owner' }]);
});

test('a shop’s schedules are its own: ending them ends no other shop’s', async () => {
  const queue = await start();
  const other = 'other-jobs.myshopify.com' as ShopId;
  await queue.register([definition('every_quarter', async () => undefined)]);
  for (const shop of [SHOP, other, SHOP]) {
    await queue.scheduleForShop(shop, 'every_quarter', '*/15 * * * *');
  }
  const scheduled = async () =>
    (await queue.boss.getSchedules('every_quarter')).map(({ data, cron }) => ({ data, cron }));
  expect(await scheduled()).toHaveLength(2);
  expect((await queue.scheduledShops('every_quarter')).toSorted()).toEqual(
    [SHOP, other].toSorted(),
  );
  await queue.unscheduleShop(SHOP);
  expect(await scheduled()).toEqual([{ data: { shopId: other }, cron: '*/15 * * * *' }]);
});

test('a job asked for twice for one shop before it runs, runs once', async () => {
  const queue = await start();
  await queue.boss.createQueue('once_per_shop', { policy: 'short' });
  await queue.runForShop(SHOP, 'once_per_shop');
  await queue.runForShop(SHOP, 'once_per_shop');
  const waiting = await queue.boss.fetch('once_per_shop', { batchSize: 10 });
  expect(waiting.map((job) => job.data)).toEqual([{ shopId: SHOP }]);
});

test('as many jobs run at once as have room, and no more', async () => {
  const queue = await start();
  const outbox = createOutbox(queue.boss, queue.wake);
  let running = 0;
  let most = 0;
  let done = 0;
  const gate = Promise.withResolvers<void>();
  const handle = async () => {
    running += 1;
    most = Math.max(most, running);
    // The first three wait for each other; a fourth would be counted.
    if (running === 3) gate.resolve();
    await gate.promise;
    await new Promise(setImmediate);
    running -= 1;
    done += 1;
  };
  await queue.register([definition('with_room', handle, { concurrency: 1, atOnce: 3 })]);
  await withShop(database.db, SHOP, async (trx) => {
    for (let number = 0; number < 10; number += 1) {
      await outbox.enqueue(trx, { name: 'with_room', data: { number } });
    }
  });
  await until(async () => done === 10);
  expect(most).toBe(3);
});

test('a job that takes longer than its time is told to stop and tried again', async () => {
  const queue = await start();
  const outbox = createOutbox(queue.boss, queue.wake);
  const signals: AbortSignal[] = [];
  const second = Promise.withResolvers<void>();
  await queue.register([
    definition(
      'too_long',
      async (_data, signal) => {
        signals.push(signal);
        if (signals.length === 2) return second.resolve();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
      { retryLimit: 1, expireInSeconds: 1 },
    ),
  ]);
  await withShop(database.db, SHOP, (trx) => outbox.enqueue(trx, { name: 'too_long', data: {} }));
  await second.promise;
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
});

test('a stop lets what runs end, and what ended is not run again', async () => {
  const first = await start();
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const seen: unknown[] = [];
  await first.register([
    definition('given_back', async (data) => {
      seen.push(data);
      begun.resolve();
      await gate.promise;
    }),
  ]);
  await withShop(database.db, SHOP, (trx) =>
    createOutbox(first.boss, first.wake).enqueue(trx, { name: 'given_back', data: { a: 1 } }),
  );
  await begun.promise;
  const stopped = first.stop();
  queues.splice(queues.indexOf(first), 1);
  gate.resolve();
  await stopped;
  // It ended within the time a stop waits: it is done, and nobody runs it again.
  const second = await start();
  expect(await second.boss.fetch('given_back')).toEqual([]);
  expect(seen).toEqual([{ a: 1 }]);
});

test('one process wakes the queues of another', async () => {
  const bus = createLocalBus();
  const options = { url: database.appUrl, assumesAppRole: false, log: SILENT, bus };
  const [asks, works] = [await startJobQueue(options), await startJobQueue(options)];
  queues.push(asks, works);
  const heard: string[] = [];
  bus.subscribe('jobs', (message) => heard.push(message.split(' ').slice(1).join(' ')));
  const { seen, all, handle } = collector(1);
  await works.register([definition('elsewhere', handle)]);
  await asks.runForShop(SHOP, 'elsewhere');
  await all;
  await until(async () => heard.length > 0);
  expect(seen).toEqual([{ shopId: SHOP }]);
  expect(heard).toEqual(['elsewhere']);
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(setImmediate);
}

test('what a process that died had begun is given back by the next that starts alone', async () => {
  const living = await start();
  await living.boss.createQueue('abandoned');
  await living.boss.send('abandoned', { number: 1 });
  const [job] = await living.boss.fetch('abandoned');
  const state = async () =>
    (
      await sql<{ state: string }>`select state from pgboss.job where id = ${job?.id}`.execute(
        database.db,
      )
    ).rows[0]?.state;
  // Another that starts beside it may not take what it works on.
  await start();
  expect(await state()).toBe('active');
  for (const queue of queues.splice(0)) await queue.stop();
  await start();
  expect(await state()).toBe('retry');
});

test('what a process had begun that is gone a moment after the next has started is given back then', async () => {
  const dying = await start();
  await dying.boss.createQueue('abandoned_late');
  for (const number of [1, 2]) await dying.boss.send('abandoned_late', { number });
  const [old] = await dying.boss.fetch('abandoned_late');
  const next = await start();
  const [own] = await next.boss.fetch('abandoned_late');
  const states = async () => {
    const { rows } = await sql<{ id: string; state: string }>`
      select id, state from pgboss.job where name = 'abandoned_late'`.execute(database.db);
    return new Map(rows.map(({ id, state }) => [id, state]));
  };
  expect((await states()).get(old?.id ?? '')).toBe('active');
  queues.splice(queues.indexOf(dying), 1);
  await dying.stop();
  await until(async () => (await states()).get(old?.id ?? '') === 'retry');
  // What the living has begun itself stays its own.
  expect((await states()).get(own?.id ?? '')).toBe('active');
});
