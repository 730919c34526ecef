// The whole system under simulation: fourteen virtual days of orders and trouble a seed; `npm run simulate` runs more.
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { FAULTS } from './faults.ts';
import type { SeedResult } from './run.ts';
import { onDatabase, runSeeds, runSeedsHere } from './seeds.ts';

// As many as two cores play in two minutes when nothing else runs: the step `simulation` of scripts/test.ts is alone.
const SEEDS = Array.from({ length: 7 }, (_, index) => ({ seed: index + 1 }));

test('every order settles, whatever happens on the way', { timeout: 600_000 }, async () => {
  const startedAt = performance.now();
  const results: SeedResult[] = [];
  await runSeeds(inject('testPostgres'), SEEDS, {
    ...{ processes: 2, atOnce: 2 },
    done: (result) => results.push(result),
  });
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  process.stdout.write(`${results.length} seeds of the whole system in ${seconds} s\n`);
  expect(results.length).toBe(SEEDS.length);
  for (const { seed, orders, virtualDays, faults, breaches } of results) {
    expect({ seed, breaches }).toEqual({ seed, breaches: [] });
    expect(orders).toBeGreaterThanOrEqual(200);
    expect(virtualDays).toBeGreaterThanOrEqual(14);
    expect({ seed, absent: FAULTS.filter((fault) => faults[fault] === 0) }).toEqual({
      seed,
      absent: [],
    });
  }
});

test('the same seed gives the same log, alone or beside other shops', {
  timeout: 240_000,
}, async () => {
  const asked = { seed: 7, days: 1 };
  const [alone] = await runSeedsHere(inject('testPostgres'), [asked]);
  const [beside] = await runSeedsHere(inject('testPostgres'), [asked, { seed: 8, days: 1 }]);
  expect(alone?.log.length).toBeGreaterThan(20);
  expect(beside?.hash).toBe(alone?.hash);
});

test('a commit that breaks the count of a position is refused', { timeout: 60_000 }, async () => {
  await onDatabase(inject('testPostgres'), async ({ ownerUrl }) => {
    const client = new pg.Client({ connectionString: ownerUrl });
    await client.connect();
    try {
      await client.query(`begin; select set_config('app.shop', 's', true);
        insert into stock_position (shop_id, sku, node_id, on_hand, allocated) values ('s', 'S1', 'a', 5, 1)`);
      await expect(client.query('commit')).rejects.toThrow(
        'breach: position S1 at a counts 1, its rows 0',
      );
    } finally {
      await client.end();
    }
  });
});
