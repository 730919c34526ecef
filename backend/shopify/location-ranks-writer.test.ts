// What of the ranks goes into Shopify's metafield.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LocationRanksJson } from '../contract/location-ranks.ts';
import { encodeWhatFits } from './location-ranks-writer.ts';

const prefixes = Array.from({ length: 300 }, (_, n) => `IT${String(n).padStart(3, '0')}`);

test('as many destinations as fit are written, the first ones first, never over the limit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 0, max: 400 }),
      (nodes, more) => {
        const ids = Array.from({ length: nodes }, (_, n) => `node-${n}`);
        const locations = new Map(ids.map((id, n) => [id, String(80_000_000_000 + n)]));
        const destinations = ['IT', ...prefixes.slice(0, more)];
        const ranks = new Map(destinations.map((name) => [name, [ids]]));
        const value = encodeWhatFits(ranks, locations, '2026-12-07') ?? '';
        expect(value.length).toBeLessThanOrEqual(10_000);
        const written = Object.keys((JSON.parse(value) as LocationRanksJson).z);
        expect(written).toEqual(destinations.slice(0, written.length));
        const oneMore = nodes + '"IT000":"",'.length;
        if (written.length < destinations.length)
          expect(value.length + oneMore).toBeGreaterThan(10_000);
      },
    ),
    { numRuns: 50 },
  );
});

test('the best has the first rank, equal ones the same, and who is no location none', () => {
  const ranks = new Map([['IT', [['milan'], ['rome', 'turin', 'nowhere']]]]);
  const locations = new Map([
    ['milan', '1'],
    ['rome', '2'],
    ['turin', '3'],
  ]);
  expect(JSON.parse(encodeWhatFits(ranks, locations, '2026-12-07') ?? '')).toMatchObject({
    u: '2026-12-07',
    l: ['1', '2', '3'],
    z: { IT: '011' },
  });
});
