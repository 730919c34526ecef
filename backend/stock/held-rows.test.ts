import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHeldRows, type HeldRow } from './held-rows.ts';

const anyRow = fc
  .record({
    sku: fc.constantFrom('A', 'B', 'C', 'É', '1'),
    nodeId: fc.constantFrom('milan', 'rome', '2'),
    onHand: fc.integer({ min: -9, max: 99 }),
    unavailable: fc.nat(9),
    allocated: fc.nat(9),
    safetyStock: fc.option(fc.nat(3), { nil: undefined }),
    weeklySales: fc.option(fc.nat(3), { nil: undefined }),
    incoming: fc
      .boolean()
      .map((isDue) => (isDue ? [{ quantity: 5, expectedOn: '2026-12-01' }] : [])),
  })
  .map(({ safetyStock, weeklySales, ...row }) => ({
    ...row,
    ...(safetyStock === undefined ? {} : { safetyStock }),
    ...(weeklySales === undefined ? {} : { weeklySales }),
  }));

test('rows come back as the last of each key said, and a SKU’s sum is that of its rows’ revisions', () => {
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 60 }), (puts) => {
      const held = createHeldRows();
      const expected = new Map<string, HeldRow>();
      let rises = 0;
      for (const [index, row] of puts.entries()) {
        const written = { ...row, revision: index + 1 };
        expected.set(`${row.sku} ${row.nodeId}`, written);
        rises += held.put(written);
      }
      const key = (row: HeldRow) => `${row.sku} ${row.nodeId}`;
      const rows = new Map(held.rows().map((row) => [key(row), row]));
      expect(rows).toEqual(expected);
      const sums = [...held.revisions()].reduce((sum, [, one]) => sum + one, 0);
      expect(sums).toBe([...expected.values()].reduce((sum, one) => sum + one.revision, 0));
      expect(rises).toBe(sums);
    }),
  );
});

test('a hundred thousand rows find their places', () => {
  const held = createHeldRows();
  const base = { unavailable: 0, allocated: 0, incoming: [], revision: 1 };
  for (let sku = 0; sku < 5_000; sku += 1) {
    for (let node = 0; node < 20; node += 1) {
      held.put({ ...base, sku: `S${sku}`, nodeId: `n${node}`, onHand: sku * 20 + node });
    }
  }
  const rows = held.rows();
  expect(rows).toHaveLength(100_000);
  expect(rows.every((row, index) => row.onHand === index)).toBe(true);
});

test('units beyond what a column holds are cut, never wrapped', () => {
  const held = createHeldRows();
  const row = {
    sku: 'A',
    nodeId: 'milan',
    unavailable: 0,
    allocated: 0,
    incoming: [],
    revision: 1,
  };
  held.put({ ...row, onHand: 9_000_000_000 });
  expect(held.rows()[0]?.onHand).toBe(2_147_483_647);
});
