/**
 * Which levels did the file of a bulk operation have?
 *
 * In: levels as they arrive, in any order. Out: whether one was among them. Eight bytes a level, so that a million of them
 * are held beside the batch that is being compared. Pure; numbers are Shopify's and exact as doubles.
 */

type Column = { items: Float64Array; size: number; isSorted: boolean };

const FIRST_ITEMS = 1_024;

/** Builds an empty one. */
export function createSeenLevels() {
  const byLocation = new Map<number, Column>();
  return {
    add: (locationId: number, itemId: number): void => {
      const column = byLocation.get(locationId) ?? {
        ...{ items: new Float64Array(FIRST_ITEMS), size: 0, isSorted: false },
      };
      byLocation.set(locationId, column);
      if (column.size === column.items.length) {
        const grown = new Float64Array(column.size * 2);
        grown.set(column.items);
        column.items = grown;
      }
      column.items[column.size] = itemId;
      column.size += 1;
      column.isSorted = false;
    },
    has: (locationId: number, itemId: number): boolean => {
      const column = byLocation.get(locationId);
      if (column === undefined) return false;
      if (!column.isSorted) column.items.subarray(0, column.size).sort();
      column.isSorted = true;
      return isAmong(column, itemId);
    },
  };
}

/** What `createSeenLevels` returns. */
export type SeenLevels = ReturnType<typeof createSeenLevels>;

function isAmong({ items, size }: Column, itemId: number): boolean {
  let from = 0;
  let to = size;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((items[middle] ?? 0) < itemId) from = middle + 1;
    else to = middle;
  }
  return from < size && items[from] === itemId;
}
