// The whole system under simulation: fourteen virtual days of orders and trouble a seed; `npm run simulate` runs more.
import { expect, inject, test } from 'vitest';
import { FAULTS } from './faults.ts';
import type { SeedResult } from './run.ts';
import { runSeedOn, runSeeds } from './seeds.ts';

// A seed is some 60,000 statements one after the other, most of a minute of both cores: these fit the time of `npm test`.
const SEEDS = [1, 2];

test('every order settles, whatever happens on the way', { timeout: 400_000 }, async () => {
  const results: SeedResult[] = [];
  await runSeeds(inject('testPostgres'), SEEDS, {
    atOnce: SEEDS.length,
    done: (result) => results.push(result),
  });
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

test('the same seed gives the same log', { timeout: 120_000 }, async () => {
  const asked = { seed: 7, days: 1 };
  const first = await runSeedOn(inject('testPostgres'), asked);
  const second = await runSeedOn(inject('testPostgres'), asked);
  expect(first.log.length).toBeGreaterThan(20);
  expect(second.hash).toBe(first.hash);
});
