import fc from 'fast-check';
import { expect, test } from 'vitest';
import { themeStalenessSeconds } from '../../backend/shopify/theme-staleness.ts';
import { createTestDatabase } from '../../tests/database.ts';
import { quietLog } from '../../tests/worlds/live-shop.ts';
import { playStorm } from './worlds/theme-storm.ts';

test('a storm of changes never leaves an early date longer than the stated bound, lost replies and all', async () => {
  const database = await createTestDatabase();
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 200, max: 1_500 }),
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        async (changes, lastsSeconds, seed) => {
          const result = await playStorm(
            database.db,
            {
              variants: 1_000,
              changes,
              lastsSeconds,
              restoreRate: 100,
              lostShare: 0.05,
              factor: 30,
              seed,
            },
            quietLog,
          );
          expect(result.worseVariants).toBeGreaterThan(0);
          expect(result.stillWrong).toBe(0);
          expect(result.worstSeconds).toBeGreaterThan(0);
          expect(result.worstSeconds).toBeLessThanOrEqual(result.boundSeconds);
        },
      ),
      { numRuns: 3 },
    );
  } finally {
    await database.close();
  }
}, 120_000);

test.each([
  [0, 100, 72],
  [25, 100, 72],
  [63_085, 100, 324],
  [100_000, 100, 472],
  [100_000, 1_000, 109],
])(
  'with %i variants worse off and %i points a second the bound is %i s',
  (worseVariants, restoreRate, seconds) => {
    expect(themeStalenessSeconds({ worseVariants, restoreRate })).toBe(seconds);
  },
);
