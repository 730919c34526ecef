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

type Counts = { -readonly [Name in Exclude<keyof FakeReport, 'available' | 'committed'>]: number };

function serve(agreed: FakeSettings): void {
  const counts = {
    calls: 0,
    rows: 0,
    lostReplies: 0,
    throttled: 0,
    staleRows: 0,
    badRows: 0,
    keysAppliedTwice: 0,
  };
  let drawn = agreed.seed;
  const luck = () => shareOf(agreed.seed, drawn++, 3);
  const levels = createLevels(agreed, counts, luck);
  const bucket = createBucket(agreed);
  const answers = new Map<string, object>();

  const dataOf = (variables: Variables): object => {
    if (!('key' in variables)) return levels.read(variables.ids, variables.locationId);
    // A key that was seen gets its first answer.
    const data =
      answers.get(variables.key) ?? levels.set(variables.key, variables.input.quantities);
    answers.set(variables.key, data);
    return data;
  };

  const answer = async (body: string): Promise<string | null> => {
    const variables: Variables = JSON.parse(body).variables;
    const half = agreed.replyMs / 2 / agreed.factor;
    await delay(half);
    const requested = 'key' in variables ? 10 : variables.ids.length * 5;
    if (!bucket.take(requested)) {
      counts.throttled += 1;
      const errors = [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }];
      return JSON.stringify({ errors, extensions: bucket.cost(requested, null) });
    }
    counts.calls += 1;
    const extensions = bucket.cost(requested, requested);
    const data = dataOf(variables);
    const isLost = 'key' in variables && luck() < agreed.lostShare;
    await delay(half);
    if (!isLost) return JSON.stringify({ data, extensions });
    counts.lostReplies += 1;
    return null;
  };

  process.on('message', (message: FakeRequest) => {
    if (message.kind === 'watch') levels.watch(message);
    else if (message.kind === 'report') tell({ kind: 'report', report: levels.report() });
    else void answer(message.body).then((text) => tell({ kind: 'reply', id: message.id, text }));
  });
}

type Variables =
  | { readonly key: string; readonly input: { readonly quantities: readonly Quantity[] } }
  | { readonly ids: readonly string[]; readonly locationId: string };

/** Empty at the start, exact ever after. */
function createBucket(agreed: FakeSettings) {
  let points = 0;
  let countedAtMs = performance.now();
  return {
    take: (requested: number): boolean => {
      const now = performance.now();
      const flowed = ((now - countedAtMs) * agreed.factor * agreed.restorePerSecond) / 1_000;
      points = Math.min(agreed.capacity, points + flowed);
      countedAtMs = now;
      if (points < requested) return false;
      points -= requested;
      return true;
    },
    cost: (requested: number, actual: number | null) => ({
      cost: {
        requestedQueryCost: requested,
        actualQueryCost: actual,
        throttleStatus: {
          maximumAvailable: agreed.capacity,
          currentlyAvailable: Math.floor(points),
          restoreRate: agreed.restorePerSecond,
        },
      },
    }),
  };
}

function createLevels(agreed: FakeSettings, counts: Counts, luck: () => number) {
  const size = agreed.items * agreed.locations;
  const available = Int32Array.from({ length: size }, (_, index) =>
    unitsBefore(agreed.seed, index),
  );
  const committed = new Int32Array(size);
  const applied = new Set<string>();
  const watches = new Map<number, { id: number; units: number }[]>();
  const indexOf = (inventoryItemId: string, locationId: string) =>
    (Number(locationId.slice(23)) - FIRST_LOCATION) * agreed.items +
    (Number(inventoryItemId.slice(28)) - FIRST_ITEM);

  const see = (index: number) => {
    const waiting = watches.get(index);
    if (waiting === undefined) return;
    const units = available[index] ?? 0;
    const atMs = performance.timeOrigin + performance.now();
    for (const one of waiting) if (units <= one.units) tell({ kind: 'visible', id: one.id, atMs });
    watches.set(
      index,
      waiting.filter((one) => units > one.units),
    );
  };

  // A sale of Shopify's own, just now: one unit goes from available to committed.
  const sellOne = (quantities: readonly Quantity[]) => {
    const row = quantities[Math.floor(luck() * quantities.length)];
    const index = row === undefined ? -1 : indexOf(row.inventoryItemId, row.locationId);
    if ((available[index] ?? 0) <= 0 || isBad(agreed, index)) return;
    available[index] = (available[index] ?? 0) - 1;
    committed[index] = (committed[index] ?? 0) + 1;
  };

  const errorOf = (index: number, row: Quantity) => {
    if (isBad(agreed, index)) {
      counts.badRows += 1;
      const message = 'The specified inventory item could not be found.';
      return { code: 'INVALID_INVENTORY_ITEM', message };
    }
    if (available[index] === row.changeFromQuantity) return undefined;
    counts.staleRows += 1;
    const message = 'The changeFromQuantity argument no longer matches the persisted quantity.';
    return { code: 'CHANGE_FROM_QUANTITY_STALE', message };
  };

  return {
    set: (key: string, quantities: readonly Quantity[]): object => {
      counts.rows += quantities.length;
      if (applied.has(key)) counts.keysAppliedTwice += 1;
      applied.add(key);
      if (luck() < agreed.staleShare) sellOne(quantities);
      const indexes = quantities.map((row) => indexOf(row.inventoryItemId, row.locationId));
      const userErrors = quantities.flatMap((row, at) => {
        const error = errorOf(indexes[at] ?? -1, row);
        return error ? [{ ...error, at, field: ['input', 'quantities', String(at)] }] : [];
      });
      const wrong = new Set(userErrors.map((one) => one.at));
      const isApplied = wrong.size < quantities.length && !(agreed.isAtomic && wrong.size > 0);
      if (isApplied) {
        for (const [at, { quantity }] of quantities.entries()) {
          if (wrong.has(at)) continue;
          available[indexes[at] ?? -1] = quantity;
          see(indexes[at] ?? -1);
        }
      }
      const group = isApplied ? { createdAt: new Date().toISOString() } : null;
      return { inventorySetQuantities: { inventoryAdjustmentGroup: group, userErrors } };
    },
    read: (ids: readonly string[], locationId: string): object => ({
      nodes: ids.map((id) => {
        const index = indexOf(id, locationId);
        if (isBad(agreed, index)) return { id, inventoryLevel: null };
        const quantities = [
          { name: 'available', quantity: available[index] },
          { name: 'committed', quantity: committed[index] },
          { name: 'safety_stock', quantity: 0 },
        ];
        return { id, inventoryLevel: { updatedAt: new Date().toISOString(), quantities } };
      }),
    }),
    watch: ({ index, id, units }: { index: number; id: number; units: number }) => {
      watches.set(index, [...(watches.get(index) ?? []), { id, units }]);
    },
    report: (): FakeReport => ({ available, committed, ...counts }),
  };
}

function tell(reply: FakeReply): void {
  process.send?.(reply);
}
