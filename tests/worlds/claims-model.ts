/**
 * Claims kept in plain maps, by the product's own pure decisions: what a story is told to without a database.
 *
 * The maps are looked at after every grant: no reservation and no allocation may leave more claimed than there is.
 */
import { instantToMinuteFloor } from '../../backend/base/time.ts';
import { compileNetwork } from '../../backend/network/network.ts';
import type { Snapshot } from '../../backend/network/snapshot.ts';
import {
  type AllocatedUnits,
  assign,
  decideReturns,
  type FollowedOrder,
  type FreeBook,
  keptOf,
} from '../../backend/stock/reservations/order-claims/following.ts';
import {
  allocatedOf,
  applyShipped,
  applyStated,
  differenceOf,
  type OrderClaims,
} from '../../backend/stock/reservations/order-claims/order-claims.ts';
import {
  askedText,
  type Bucket,
  decideHolds,
  expiryAfter,
  type Hold,
  isSameBucket,
  type ReservationAsk,
} from '../../backend/stock/reservations/reservations.ts';
import { type Facts, factsOfWorld } from '../../backend/stock/stock.ts';
import { SLOT_CAPACITY } from './claims-shop.ts';
import { type ClaimsKeeper, STORY_NODES, STORY_SKUS } from './claims-story.ts';
import { parsed, twoStoresOneWarehouse } from './worlds.ts';

/** The story's world. Its facts in memory say that there is plenty: only the hard rule stands in the way. */
export function storyWorld() {
  const world = twoStoresOneWarehouse();
  return {
    ...world,
    nodes: world.nodes.map((node) =>
      node.id === 'rome' ? { ...node, offersPickup: true, pickupsPerSlot: SLOT_CAPACITY } : node,
    ),
    products: STORY_SKUS.map((sku) => ({ sku, weightGrams: 100 })),
    stock: STORY_SKUS.flatMap((sku) =>
      STORY_NODES.map((nodeId) => ({ sku, nodeId, onHand: 1_000_000 })),
    ),
  };
}

type Held = {
  holds: readonly Hold[];
  asked: string;
  expiresAt: Temporal.Instant;
  readonly latestAt: Temporal.Instant;
};

type Model = {
  now: Temporal.Instant;
  readonly orders: Map<string, OrderClaims>;
  /** Orders, the newest first of those with allocations. */
  readonly allocatedAt: Map<string, number>;
  readonly settled: Set<string>;
  readonly received: Set<string>;
  readonly pending: Map<string, Held>;
  readonly posted: Set<string>;
  readonly ends: Map<'posted' | 'voided' | 'expired', number>;
  readonly onHand: Map<string, number>;
  readonly allocated: Map<string, number>;
  readonly waiting: Map<string, number>;
  steps: number;
};

const add = (map: Map<string, number>, name: string, units: number) =>
  map.set(name, (map.get(name) ?? 0) + units);

/** Builds the model; `ends` counts how reservations ended, `begun` how many there were. */
export function createClaimsModel() {
  const model: Model = {
    now: Temporal.Instant.from('2026-11-30T10:00:00Z'),
    orders: new Map(),
    allocatedAt: new Map(),
    settled: new Set(),
    received: new Set(),
    pending: new Map(),
    posted: new Set(),
    ends: new Map(),
    onHand: new Map(),
    allocated: new Map(),
    waiting: new Map(),
    steps: 0,
  };
  const world = parsed(storyWorld());
  const snapshot = compileNetwork(world, instantToMinuteFloor(model.now.toString()));
  const facts = factsOfWorld(snapshot, world);
  const end = (state: 'posted' | 'voided' | 'expired') =>
    model.ends.set(state, (model.ends.get(state) ?? 0) + 1);
  const expire = () => {
    for (const [name, held] of model.pending) {
      if (Temporal.Instant.compare(held.expiresAt, model.now) > 0) continue;
      model.pending.delete(name);
      end('expired');
    }
  };
  const grants = { begun: 0, expire };
  return {
    model,
    begun: () => grants.begun,
    keeper: {
      reserve: async (asked) => reserve(model, grants, { snapshot, facts, asked }),
      release: async (key) => {
        expire();
        for (const name of [...model.pending.keys()]) {
          if (!name.endsWith(` ${key}`)) continue;
          model.pending.delete(name);
          end('voided');
        }
      },
      follow: async (order) => {
        expire();
        follow(model, order, () => end('posted'));
      },
      receive: async ({ eventId, sku, nodeId, units }) => {
        if (model.received.has(eventId)) return;
        model.received.add(eventId);
        add(model.onHand, `${sku} ${nodeId}`, units);
      },
      recount: async ({ sku, nodeId, units }) => recount(model, { sku, nodeId, units }),
      setTime: (now) => {
        model.now = now;
      },
      sweep: async () => expire(),
      count: async (sku) => ({
        onHand: sumOver(model.onHand, sku),
        allocated: sumOver(model.allocated, sku),
        waiting: model.waiting.get(sku) ?? 0,
        reserved: takenOf(model, { kind: 'sku', holder: sku, mark: '' }),
      }),
    } satisfies ClaimsKeeper,
  };
}

function reserve(
  model: Model,
  grants: { begun: number; readonly expire: () => void },
  of: {
    readonly snapshot: Snapshot;
    readonly facts: Facts;
    readonly asked: Parameters<ClaimsKeeper['reserve']>[0];
  },
): string {
  grants.expire();
  const ask: ReservationAsk = { ...of.asked, customerTags: [] };
  const name = keyName(ask);
  const known = model.pending.get(name);
  const text = askedText(ask);
  const expiry = expiryAfter(model.now, known?.latestAt);
  if (known?.asked === text) {
    known.expiresAt = expiry.expiresAt;
    return 'granted';
  }
  const decided = decideHolds(ask, {
    snapshot: of.snapshot,
    facts: of.facts,
    nowMinute: instantToMinuteFloor(model.now.toString()),
    own: known?.holds ?? [],
    counters: {
      stockOf: (sku) => stockOf(model, sku),
      incomingOf: () => 0,
      waitingOf: (sku) => model.waiting.get(sku) ?? 0,
      takenOf: (bucket) => takenOf(model, bucket),
      ordersReported: () => 0,
    },
  });
  if (!decided.ok) return decided.refusal.code;
  if (known === undefined) grants.begun += 1;
  model.pending.set(name, { ...expiry, asked: text, holds: decided.value });
  for (const { sku } of ask.lines) assertCovered(model, sku);
  return 'granted';
}

function keyName({ channel, key }: { readonly channel: string; readonly key: string }): string {
  return `${channel} ${key}`;
}

function sumOver(map: ReadonlyMap<string, number>, sku: string): number {
  return STORY_NODES.reduce((sum, nodeId) => sum + (map.get(`${sku} ${nodeId}`) ?? 0), 0);
}

function stockOf(model: Model, sku: string): number {
  const there = STORY_NODES.reduce(
    (sum, nodeId) => sum + Math.max(0, model.onHand.get(`${sku} ${nodeId}`) ?? 0),
    0,
  );
  return there - sumOver(model.allocated, sku);
}

function takenOf(model: Model, bucket: Bucket): number {
  let units = 0;
  for (const { holds } of model.pending.values()) {
    for (const hold of holds) if (isSameBucket(hold, bucket)) units += hold.quantity;
  }
  return units;
}

/** The hard rule, right after a grant. */
function assertCovered(model: Model, sku: string): void {
  const reserved = takenOf(model, { kind: 'sku', holder: sku, mark: '' });
  const left = stockOf(model, sku) - (model.waiting.get(sku) ?? 0) - reserved;
  if (left < 0) throw new Error(`${sku}: ${-left} units were promised that are not there`);
}

function freeBook(model: Model): FreeBook {
  const taken = new Map<string, number>();
  return {
    of: (sku, nodeId) => {
      const name = `${sku} ${nodeId}`;
      const free = (model.onHand.get(name) ?? 0) - (model.allocated.get(name) ?? 0);
      return Math.max(0, free - (taken.get(name) ?? 0));
    },
    take: (sku, nodeId, units) => add(taken, `${sku} ${nodeId}`, units),
  };
}

function follow(model: Model, order: FollowedOrder, onPosted: () => void): void {
  const before = model.orders.get(order.orderId) ?? new Map();
  const stated = order.lines.reduce(applyStated, before);
  const name = keyName({ channel: order.channel, key: order.reservationKey ?? '' });
  const held = model.pending.get(name);
  if (held !== undefined && !model.posted.has(order.orderId)) {
    // Nothing of this story is kept by an order: it has no places and no quotas.
    if (keptOf(held.holds, stated).length > 0) throw new Error('the story knows units only');
    model.pending.delete(name);
    model.posted.add(order.orderId);
    onPosted();
  }
  const shipped = order.shipped.filter((line) => !model.settled.has(line.fulfillmentLineId));
  const sent = shipped.reduce((claims, line) => applyShipped(claims, line).claims, stated);
  const { claims: after } = assign(sent, order.assigned, freeBook(model));
  write(model, { orderId: order.orderId, before, after });
  for (const line of shipped) {
    model.settled.add(line.fulfillmentLineId);
    const sku = stated.get(line.lineId)?.sku ?? '';
    add(model.onHand, `${sku} ${line.nodeId}`, -line.quantity);
  }
}

function write(
  model: Model,
  change: { readonly orderId: string; readonly before: OrderClaims; readonly after: OrderClaims },
): void {
  model.orders.set(change.orderId, change.after);
  const difference = differenceOf(change.before, change.after);
  for (const { sku, units } of difference.waiting) add(model.waiting, sku, units);
  for (const { sku, nodeId, units } of difference.allocated) {
    const cell = `${sku} ${nodeId}`;
    add(model.allocated, cell, units);
    if (units > 0 && (model.allocated.get(cell) ?? 0) > (model.onHand.get(cell) ?? 0)) {
      throw new Error(`${cell}: allocated beyond what is there`);
    }
    model.steps += 1;
    if (units > 0) model.allocatedAt.set(`${cell} ${change.orderId}`, model.steps);
  }
  for (const line of change.after.values()) {
    const units = line.waiting + allocatedOf(line) + line.settled + line.canceled;
    if (units !== line.quantity) throw new Error(`${change.orderId} ${line.lineId} lost units`);
  }
}

function recount(model: Model, count: { sku: string; nodeId: string; units: number }): void {
  const cell = `${count.sku} ${count.nodeId}`;
  model.onHand.set(cell, count.units);
  const missing = (model.allocated.get(cell) ?? 0) - count.units;
  if (missing <= 0) return;
  const newest = [...model.orders]
    .flatMap(([orderId, claims]) =>
      [...claims.values()].flatMap(({ lineId, sku, allocations }): AllocatedUnits[] =>
        allocations
          .filter(({ nodeId }) => sku === count.sku && nodeId === count.nodeId)
          .map((one) => ({ orderId, lineId, sku, ...one })),
      ),
    )
    .toSorted(
      (a, b) =>
        (model.allocatedAt.get(`${cell} ${b.orderId}`) ?? 0) -
        (model.allocatedAt.get(`${cell} ${a.orderId}`) ?? 0),
    );
  const { after } = decideReturns(model.orders, newest, missing);
  for (const orderId of new Set(newest.map((row) => row.orderId))) {
    const before = model.orders.get(orderId) ?? new Map();
    write(model, { orderId, before, after: after.get(orderId) ?? before });
  }
}
