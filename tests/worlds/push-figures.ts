/**
 * Figures for tests of the push, small enough to be worked out by hand: what shall be sold of each level, less what
 * Shopify has committed beyond the orders we know, taken from the fullest level.
 *
 * The state is a value that the caller keeps: in memory, or in a file that survives a killed process.
 */
import type {
  CommittedSku,
  FigureSource,
  LevelFigure,
} from '../../backend/shopify/inventory/figures.ts';

export type FigureState = {
  version: number;
  /** `item:location` → units to sell, orders we know deducted; and units to park. */
  wanted: Record<string, { sku: string; units: number; parked: number }>;
  /** Units of Shopify's orders we know that have not left, by SKU. */
  known: Record<string, number>;
  committed: Record<string, number>;
  changes: { version: number; sku: string }[];
  /** What time alone changes, and when. */
  due: { at: string; sku: string }[];
};

export function emptyFigures(): FigureState {
  return { version: 0, wanted: {}, known: {}, committed: {}, changes: [], due: [] };
}

/** Notes a change of a SKU; whoever follows plans it. */
export function changed(state: FigureState, sku: string): void {
  state.version += 1;
  state.changes.push({ version: state.version, sku });
}

/** A level shall say this from now on. */
export function want(
  state: FigureState,
  level: { itemId: number; locationId: number; sku: string; units: number; parked?: number },
): void {
  const { itemId, locationId, sku, units, parked = 0 } = level;
  state.wanted[`${itemId}:${locationId}`] = { sku, units, parked };
  changed(state, sku);
}

/** An order of Shopify's became known: its units are no longer for sale here, and explain what is committed. */
export function know(state: FigureState, sku: string, units: number): void {
  const [fullest] = Object.values(state.wanted)
    .filter((one) => one.sku === sku)
    .toSorted((a, b) => b.units - a.units);
  if (fullest !== undefined) fullest.units -= units;
  state.known[sku] = (state.known[sku] ?? 0) + units;
  changed(state, sku);
}

/** The figures of a SKU. */
export function figuresOfSku(state: FigureState, sku: string): LevelFigure[] {
  const levels = Object.entries(state.wanted)
    .filter(([, one]) => one.sku === sku)
    .map(([key, { units, parked }]) => {
      const [itemId, locationId] = key.split(':').map(Number);
      return { itemId: itemId ?? 0, locationId: locationId ?? 0, units, parked };
    });
  let unseen = Math.max(0, (state.committed[sku] ?? 0) - (state.known[sku] ?? 0));
  for (const level of levels.toSorted((a, b) => b.units - a.units)) {
    const taken = Math.min(unseen, level.units);
    level.units -= taken;
    unseen -= taken;
  }
  return levels;
}

/** The source over a state that is read before and kept after each question. */
export function modelFigures(
  load: () => FigureState,
  save: (state: FigureState) => void,
  fetchOrders: () => Promise<void> = async () => {},
  now: () => Temporal.Instant = () => Temporal.Now.instant(),
): FigureSource {
  return {
    changedSince: async (_shop, after) => {
      const { version, changes } = load();
      return {
        upTo: { stock: version, policy: 0 },
        skus: [
          ...new Set(changes.filter((one) => one.version > after.stock).map((one) => one.sku)),
        ],
      };
    },
    figuresOf: async (_shop, skus) => {
      const state = load();
      return { version: state.version, levels: skus.flatMap((sku) => figuresOfSku(state, sku)) };
    },
    dueSince: async (_shop, after) => {
      const upTo = now();
      const within = load().due.filter(({ at }) => {
        const isNew = after === undefined || Temporal.Instant.compare(at, after) > 0;
        return isNew && Temporal.Instant.compare(at, upTo) <= 0;
      });
      return { upTo, skus: [...new Set(within.map((one) => one.sku))] };
    },
    allSkus: async () => [...new Set(Object.values(load().wanted).map((one) => one.sku))],
    tellCommitted: async (_shop, rows: readonly CommittedSku[]) => {
      const state = load();
      for (const { sku, committed } of rows) {
        if (state.committed[sku] === committed) continue;
        state.committed[sku] = committed;
        changed(state, sku);
      }
      save(state);
      return state.version;
    },
    fetchOrders,
  };
}
