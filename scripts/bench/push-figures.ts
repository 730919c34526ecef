/**
 * The figures of the bench `push`: what each level shall say, from what was wanted, what the bench sold, and what
 * Shopify told it has committed. Stands in for stock and reservations, which have benches of their own.
 */
import type {
  CommittedSku,
  FigureSource,
  LevelFigure,
} from '../../backend/shopify/inventory/figures.ts';
import { FIRST_ITEM, FIRST_LOCATION } from './push-shopify.ts';

/** Levels by location, then item; a SKU's name is the number of its item. */
export function createBenchFigures(size: { readonly items: number; readonly locations: number }) {
  const wanted = new Int32Array(size.items * size.locations);
  const unseen = new Int32Array(size.items);
  const changes: { version: number; item: number }[] = [];
  let version = 1;

  const change = (item: number) => {
    version += 1;
    changes.push({ version, item });
    return version;
  };

  // Unseen units are taken from the fullest level first, as rule 16 takes what no node can be named for.
  const levelsOf = (item: number): LevelFigure[] => {
    const levels = Array.from({ length: size.locations }, (_, location) => ({
      itemId: FIRST_ITEM + item,
      locationId: FIRST_LOCATION + location,
      units: wanted[location * size.items + item] ?? 0,
      parked: 0,
    }));
    let open = unseen[item] ?? 0;
    while (open > 0) {
      const most = levels.reduce((best, one) => (one.units > best.units ? one : best));
      if (most.units === 0) break;
      most.units -= 1;
      open -= 1;
    }
    return levels;
  };

  const source: FigureSource = {
    changedSince: async (_shop, after) => ({
      upTo: { stock: version, policy: 0 },
      skus: [
        ...new Set(changes.filter((one) => one.version > after.stock).map((one) => `${one.item}`)),
      ],
    }),
    figuresOf: async (_shop, skus) => ({
      version,
      levels: skus.flatMap((sku) => levelsOf(Number(sku))),
    }),
    dueSince: async () => ({ upTo: Temporal.Now.instant(), skus: [] }),
    allSkus: async () => [],
    tellCommitted: async (_shop, rows: readonly CommittedSku[]) => {
      for (const { sku, committed } of rows) {
        if (unseen[Number(sku)] === committed) continue;
        unseen[Number(sku)] = committed;
        change(Number(sku));
      }
      return version;
    },
    fetchOrders: async () => {},
  };
  return {
    source,
    wanted,
    levelsOf,
    /** One unit less of this level, from now on. */
    sell: (index: number) => {
      wanted[index] = (wanted[index] ?? 0) - 1;
      return change(index % size.items);
    },
    version: () => version,
  };
}

/** What `createBenchFigures` returns. */
export type BenchFigures = ReturnType<typeof createBenchFigures>;
