import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSeenLevels } from './seen-levels.ts';

const level = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3_000 }));

test('what was in the file is seen and nothing else, in any order, also when more comes after a look', () => {
  fc.assert(
    fc.property(
      fc.array(level, { maxLength: 2_500, size: 'max' }),
      fc.array(level, { maxLength: 50 }),
      fc.array(level, { maxLength: 50 }),
      (first, then, asked) => {
        const seen = createSeenLevels();
        const model = new Set<string>();
        for (const part of [first, then]) {
          for (const [locationId, itemId] of part) {
            seen.add(locationId, itemId + 51_000_000_000_000);
            model.add(`${locationId} ${itemId}`);
          }
          for (const [locationId, itemId] of [...asked, ...part.slice(0, 20)]) {
            const isSeen = seen.has(locationId, itemId + 51_000_000_000_000);
            expect(isSeen).toBe(model.has(`${locationId} ${itemId}`));
          }
        }
      },
    ),
    { numRuns: 40 },
  );
});
