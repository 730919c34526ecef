// The whole system under simulation: fourteen virtual days of orders and trouble a seed; `npm run simulate` runs more.
import { expect, inject, test } from 'vitest';
import { FAULTS } from './faults.ts';
import type { SeedResult } from './run.ts';
import { runSeedOn, runSeeds } from './seeds.ts';

// A seed is some 60,000 statements one after the other, most of a minute of a free core: more do not fit into `npm test`.
const SEEDS = [1];
// Found and not mended yet (decision record 0097): promises whose parcel was never heard of again, and units that a shopper
// cancels in Shopify while their parcel has left and Shopify has not been told. `npm run simulate` shows them.
const KNOWN = [
  /^promise of \d+ has no outcome$/,
  /left: works have \d+, Shopify 0$/,
  /wants 0, its works/,
];

test('every order settles, whatever happens on the way', { timeout: 400_000 }, async () => {
  const results: SeedResult[] = [];
  await runSeeds(inject('testPostgres'), SEEDS, {
    atOnce: SEEDS.length,
    done: (result) => results.push(result),
  });
  for (const { seed, orders, virtualDays, faults, breaches } of results) {
    const open = breaches.filter((text) => !KNOWN.some((known) => known.test(text)));
    expect({ seed, open }).toEqual({ seed, open: [] });
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
