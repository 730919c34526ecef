/**
 * A fake Shopify for the bench `push`, as a process of its own, so that neither its work nor its memory is ours.
 *
 * In: messages with the bodies of Admin calls. Out: replies after the agreed time, on a bucket that is exact. It knows
 * the two operations that a push sends, keeps levels with `available` and `committed`, applies a key once and answers
 * it again with its first answer, and makes the agreed faults: a reply lost after its effect, a sale that nobody told
 * us of just before a write, rows that it will not take. Half of a reply's time passes before the effect, half after.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** What the bench agrees with the fake; times are of the bench's clock, which runs `factor` times as fast. */
export type FakeSettings = {
  readonly items: number;
  readonly locations: number;
  readonly seed: number;
  readonly factor: number;
  readonly restorePerSecond: number;
  readonly capacity: number;
  readonly replyMs: number;
  readonly lostShare: number;
  readonly staleShare: number;
  readonly badShare: number;
  /** Shopify applies nothing when one row errs, or the rows without an error. */
  readonly isAtomic: boolean;
};

export const FIRST_ITEM = 44_000_000_000_000;
export const FIRST_LOCATION = 70_000_000_000;

/** A number in [0, 1) that belongs to a level and a purpose. */
export function shareOf(seed: number, index: number, purpose: number): number {
  let h = (seed ^ Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(purpose + 1, 0x85ebca6b)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x45d9f3b) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x45d9f3b) >>> 0;
  return ((h ^ (h >>> 16)) >>> 0) / 4_294_967_296;
}

/** What a level says before the push. */
export function unitsBefore(seed: number, index: number): number {
  return unitsWanted(seed, index) + 1 + (index % 5);
}

/** What it shall say. */
export function unitsWanted(seed: number, index: number): number {
  return Math.floor(shareOf(seed, index, 1) * 60);
}

export function isBad(settings: FakeSettings, index: number): boolean {
  return shareOf(settings.seed, index, 2) < settings.badShare;
}

export type FakeRequest =
  | { readonly kind: 'call'; readonly id: number; readonly body: string }
  | { readonly kind: 'watch'; readonly index: number; readonly units: number; readonly id: number }
  | { readonly kind: 'report' };
export type FakeReply =
  | { readonly kind: 'reply'; readonly id: number; readonly text: string | null }
  | { readonly kind: 'visible'; readonly id: number; readonly atMs: number }
  | { readonly kind: 'report'; readonly report: FakeReport };
export type FakeReport = {
  readonly available: Int32Array;
  readonly committed: Int32Array;
  readonly calls: number;
  readonly rows: number;
  readonly lostReplies: number;
  readonly throttled: number;
  readonly staleRows: number;
  readonly badRows: number;
  readonly keysAppliedTwice: number;
};

type Quantity = {
  inventoryItemId: string;
  locationId: string;
  quantity: number;
  changeFromQuantity: number;
};

if (import.meta.main) serve(JSON.parse(process.argv[2] ?? ''));

function serve(agreed: FakeSettings): void {
  const size = agreed.items * agreed.locations;
  const available = Int32Array.from({ length: size }, (_, index) =>
    unitsBefore(agreed.seed, index),
  );
  const committed = new Int32Array(size);
  const answers = new Map<string, Promise<object>>();
  const applied = new Set<string>();
  const watches = new Map<number, { id: number; units: number }[]>();
  const counts = {
    calls: 0,
    rows: 0,
    lostReplies: 0,
    throttled: 0,
    staleRows: 0,
    badRows: 0,
    keysAppliedTwice: 0,
  };
  const bucket = { points: 0, atMs: performance.now() };
  let luck = agreed.seed;
  const next = () => shareOf(agreed.seed, luck++, 3);

  const refill = () => {
    const now = performance.now();
    const flowed = ((now - bucket.atMs) * agreed.factor * agreed.restorePerSecond) / 1_000;
    bucket.points = Math.min(agreed.capacity, bucket.points + flowed);
    bucket.atMs = now;
  };
  const cost = (requested: number, actual: number | null) => ({
    cost: {
      requestedQueryCost: requested,
      actualQueryCost: actual,
      throttleStatus: {
        maximumAvailable: agreed.capacity,
        currentlyAvailable: Math.floor(bucket.points),
        restoreRate: agreed.restorePerSecond,
      },
    },
  });
  const indexOf = (row: Quantity) =>
    (Number(row.locationId.slice(23)) - FIRST_LOCATION) * agreed.items +
    (Number(row.inventoryItemId.slice(28)) - FIRST_ITEM);

  const see = (index: number) => {
    const waiting = watches.get(index);
    if (waiting === undefined) return;
    const units = available[index] ?? 0;
    const left = waiting.filter((one) => units > one.units);
    for (const one of waiting) {
      if (left.includes(one)) continue;
      tell({ kind: 'visible', id: one.id, atMs: performance.timeOrigin + performance.now() });
    }
    watches.set(index, left);
  };

  const set = (key: string, quantities: readonly Quantity[]): object => {
    counts.rows += quantities.length;
    if (applied.has(key)) counts.keysAppliedTwice += 1;
    applied.add(key);
    // A sale of Shopify's own, just now: one unit goes from available to committed.
    if (next() < agreed.staleShare) {
      const row = quantities[Math.floor(next() * quantities.length)];
      const index = row === undefined ? -1 : indexOf(row);
      if ((available[index] ?? 0) > 0 && !isBad(agreed, index)) {
        available[index] = (available[index] ?? 0) - 1;
        committed[index] = (committed[index] ?? 0) + 1;
      }
    }
    const userErrors: object[] = [];
    const good: { index: number; quantity: number }[] = [];
    for (const [at, row] of quantities.entries()) {
      const index = indexOf(row);
      const field = ['input', 'quantities', String(at)];
      if (isBad(agreed, index)) {
        counts.badRows += 1;
        const message = 'The specified inventory item could not be found.';
        userErrors.push({ code: 'INVALID_INVENTORY_ITEM', field, message });
      } else if (available[index] !== row.changeFromQuantity) {
        counts.staleRows += 1;
        const message = 'The changeFromQuantity argument no longer matches the persisted quantity.';
        userErrors.push({ code: 'CHANGE_FROM_QUANTITY_STALE', field, message });
      } else good.push({ index, quantity: row.quantity });
    }
    const isApplied = good.length > 0 && !(agreed.isAtomic && userErrors.length > 0);
    if (isApplied) {
      for (const { index, quantity } of good) {
        available[index] = quantity;
        see(index);
      }
    }
    const group = isApplied ? { createdAt: new Date().toISOString() } : null;
    return { inventorySetQuantities: { inventoryAdjustmentGroup: group, userErrors } };
  };

  const readLevels = (ids: readonly string[], locationId: string) => ({
    nodes: ids.map((id) => {
      const index = indexOf({
        inventoryItemId: id,
        locationId,
        quantity: 0,
        changeFromQuantity: 0,
      });
      if (isBad(agreed, index)) return { id, inventoryLevel: null };
      const quantities = [
        { name: 'available', quantity: available[index] },
        { name: 'committed', quantity: committed[index] },
        { name: 'safety_stock', quantity: 0 },
      ];
      return { id, inventoryLevel: { updatedAt: new Date().toISOString(), quantities } };
    }),
  });

  const answer = async (body: string): Promise<string | null> => {
    const { variables } = JSON.parse(body);
    const isSet = typeof variables.key === 'string';
    const half = agreed.replyMs / 2 / agreed.factor;
    await delay(half);
    refill();
    const requested = isSet ? 10 : variables.ids.length * 5;
    if (bucket.points < requested) {
      counts.throttled += 1;
      const errors = [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }];
      return JSON.stringify({ errors, extensions: cost(requested, null) });
    }
    bucket.points -= requested;
    counts.calls += 1;
    const extensions = cost(requested, requested);
    let data: object;
    if (isSet) {
      // A key that was seen gets its first answer.
      const known = answers.get(variables.key);
      const first = known ?? Promise.resolve(set(variables.key, variables.input.quantities));
      answers.set(variables.key, first);
      data = await first;
    } else data = readLevels(variables.ids, variables.locationId);
    const isLost = isSet && next() < agreed.lostShare;
    await delay(half);
    if (isLost) {
      counts.lostReplies += 1;
      return null;
    }
    return JSON.stringify({ data, extensions });
  };

  process.on('message', (message: FakeRequest) => {
    if (message.kind === 'watch') {
      const { index, id, units } = message;
      watches.set(index, [...(watches.get(index) ?? []), { id, units }]);
    } else if (message.kind === 'report') {
      tell({ kind: 'report', report: { available, committed, ...counts } });
    } else {
      void answer(message.body).then((text) => tell({ kind: 'reply', id: message.id, text }));
    }
  });
}

function tell(reply: FakeReply): void {
  process.send?.(reply);
}
