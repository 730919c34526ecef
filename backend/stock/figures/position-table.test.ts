import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Cell,
  createTable,
  findRow,
  type Lot,
  type PositionTable,
  putCell,
  reserveRooms,
  viewOf,
} from './position-table.ts';

function cell(onHand: number, lots?: readonly Lot[]): Cell {
  return { onHand, unavailable: 1, allocated: 1, safety: 1, routingSafety: 5, lots };
}

/** What a table says of a SKU: node, free units and lots of each row. */
function rowsOf(table: PositionTable, sku: number) {
  const view = viewOf(table, sku);
  return Array.from({ length: view?.count ?? 0 }, (_, row) => [
    view?.nodes[row],
    view?.free[row],
    view?.lots[row],
  ]);
}

const SKUS = 6;
const drawnPut = fc.record({
  sku: fc.nat({ max: SKUS - 1 }),
  node: fc.nat({ max: 9 }),
  onHand: fc.nat({ max: 9 }),
  lots: fc.option(
    fc.array(fc.record({ usableMinute: fc.nat(9), quantity: fc.nat(9) }), {
      minLength: 1,
      maxLength: 2,
    }),
    { nil: undefined },
  ),
});

test('whatever is put in whatever order, every SKU reads as its last rows by node', () => {
  fc.assert(
    fc.property(
      fc.array(drawnPut, { maxLength: 120 }),
      fc.array(fc.nat({ max: 3 }), { minLength: SKUS, maxLength: SKUS }),
      fc.boolean(),
      (puts, rooms, readsBetween) => {
        const table = createTable(SKUS);
        reserveRooms(table, Int32Array.from(rooms));
        const expected = new Map<number, Map<number, unknown[]>>();
        for (const { sku, node, onHand, lots } of puts) {
          putCell(table, { sku, node }, cell(onHand, lots));
          const ofSku = expected.get(sku) ?? new Map<number, unknown[]>();
          expected.set(sku, ofSku.set(node, [node, Math.max(0, onHand - 3), lots]));
          if (readsBetween) for (let one = 0; one < SKUS; one += 1) viewOf(table, one);
        }
        for (let sku = 0; sku < SKUS; sku += 1) {
          const rows = [...(expected.get(sku) ?? new Map<number, unknown[]>())];
          const sorted = rows.sort((a, b) => a[0] - b[0]).map(([, row]) => row);
          expect(rowsOf(table, sku)).toEqual(sorted);
          expect(sorted.every((row) => findRow(table, sku, Number(row[0])) >= 0)).toBe(true);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test.each([3e9, 5e9, 1e13])('%d units on hand are many, not few', (onHand) => {
  const table = createTable(1);
  putCell(table, { sku: 0, node: 0 }, cell(onHand));
  expect(rowsOf(table, 0)).toEqual([[0, 2 ** 31 - 1, undefined]]);
  expect(table.columns.onHand[0]).toBe(2 ** 31 - 1);
});

test('a changed number is seen by who already holds the SKU’s rows, without asking again', () => {
  const table = createTable(1);
  putCell(table, { sku: 0, node: 3 }, cell(9));
  const held = viewOf(table, 0);
  putCell(table, { sku: 0, node: 3 }, cell(5));
  expect(held?.free[0]).toBe(2);
  expect(viewOf(table, 0)).toBe(held);
});
