/**
 * How do units get onto a node, and back to waiting?
 *
 * In: routing's wishes, shortages. Out: claims moved between waiting and allocated, positions with them. Locks in the
 * order of 0035-claims.sql; every position is changed by one guarded update of its row.
 * Invariants: a position is never given more units than it has; a call is granted whole, or says of every line why not.
 */
import type { Kysely } from 'kysely';
import { compareIds, type ShopId } from '../../../../base/ids.ts';
import type { Result } from '../../../../base/result.ts';
import type { Clock } from '../../../../platform/clock.ts';
import type { CellKey } from '../../../ledger/cells.ts';
import { recordChange } from '../../../ledger/service.ts';
import type { ShopTransaction, StockChange } from '../../../ledger/store.ts';
import { hasLimits } from '../../../node-claims.ts';
import type { LiveShop } from '../../../service.ts';
import type { Bucket, Hold } from '../../reservations.ts';
import { loadHolds, lockClaims, raiseNodes, replaceHolds } from '../../store.ts';
import {
  type AllocatedUnits,
  type AllocationRefusal,
  type Assigned,
  decideAllocation,
  decideReturns,
  decideSpread,
  type FreeBook,
} from '../following.ts';
import {
  applyReturn,
  type ClaimDifference,
  differenceOf,
  type OrderClaims,
} from '../order-claims.ts';
import {
  loadClaims,
  lockOrders,
  lockPositions,
  moveUnits,
  newestAllocations,
  saveClaims,
} from '../store.ts';

/** What the service stands on. */
export type OrderClaimDependencies = {
  readonly db: Kysely<unknown>;
  readonly clock: Clock;
  readonly openShop: (shopId: ShopId) => Promise<LiveShop | undefined>;
  readonly announce: (shopId: ShopId, version: number) => Promise<void>;
  /** Nodes whose own system books what leaves them: their on hand is lowered by it, not by us. Absent: none. */
  readonly shipmentsBookedBySystem?: (shopId: ShopId) => Promise<ReadonlySet<string>>;
};

// What one shortage may send back at once; a position with more orders than that is looked at again.
const RETURNS_MAX = 200;

export async function openFreeBook(
  trx: ShopTransaction,
  shopId: ShopId,
  cells: readonly { readonly sku: string; readonly nodeId: string }[],
): Promise<FreeBook> {
  const free = new Map<string, number>();
  const name = (sku: string, nodeId: string) => JSON.stringify([sku, nodeId]);
  for (const row of await lockPositions(trx, shopId, cells)) {
    free.set(name(row.sku, row.nodeId), row.free);
  }
  return {
    of: (sku, nodeId) => Math.max(0, free.get(name(sku, nodeId)) ?? 0),
    take: (sku, nodeId, units) => {
      free.set(name(sku, nodeId), (free.get(name(sku, nodeId)) ?? 0) - units);
    },
  };
}

/** The positions that claims lie on: whatever changes, theirs may. */
export function allocatedCells(claims: OrderClaims): { sku: string; nodeId: string }[] {
  return [...claims.values()].flatMap(({ sku, allocations }) =>
    allocations.map(({ nodeId }) => ({ sku, nodeId })),
  );
}

export function skuBuckets(skus: Iterable<string>): Bucket[] {
  return [...new Set(skus)].map((sku) => ({ kind: 'sku', holder: sku, mark: '' }));
}

/** Marks what this transaction changed; its last statement. Undefined: nothing. */
export async function record(
  deps: OrderClaimDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  change: StockChange & { readonly claims: readonly string[]; readonly cells: readonly CellKey[] },
): Promise<number | undefined> {
  const cells = new Map(
    change.cells.map(({ sku, nodeId }) => [JSON.stringify([sku, nodeId]), { sku, nodeId }]),
  );
  const claims = [...new Set(change.claims)];
  const loads = await limitedNodes(deps, shopId, change);
  if (cells.size + claims.length + loads.length === 0 && change.movements === undefined) {
    return undefined;
  }
  await raiseNodes(trx, shopId, loads);
  const now = deps.clock.now().toString();
  const changed = { ...change, claims, loads, cells: [...cells.values()] };
  return await recordChange(trx, shopId, changed, now);
}

// Allocations are work; who has neither limit nor rate is not asked for how much. The shop is in memory by now.
async function limitedNodes(
  deps: OrderClaimDependencies,
  shopId: ShopId,
  { cells, loads = [] }: Pick<StockChange, 'loads'> & { readonly cells: readonly CellKey[] },
): Promise<readonly string[]> {
  const nodeIds = new Set([...cells.map(({ nodeId }) => nodeId), ...loads]);
  const snapshot = (await deps.openShop(shopId))?.snapshot;
  return [...nodeIds].filter((nodeId) => {
    const node = snapshot?.nodes[snapshot.nodeIndex.get(nodeId) ?? -1];
    return node !== undefined && hasLimits(node);
  });
}

/** What a difference changes. */
export function changeOf(difference: ClaimDifference) {
  return { claims: difference.waiting.map(({ sku }) => sku), cells: difference.allocated };
}

/** Writes an order's claims and moves the counters with them. */
export async function save(
  deps: OrderClaimDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  change: {
    readonly orderId: string;
    readonly before: OrderClaims;
    readonly after: OrderClaims;
    readonly now?: Temporal.Instant;
  },
) {
  const { orderId, before, after, now = deps.clock.now() } = change;
  const difference = differenceOf(before, after);
  await saveClaims(trx, shopId, { orderId, before, after, now });
  await moveUnits(trx, shopId, difference);
  return { difference };
}

/** A known order with its SKUs and positions locked; undefined: nobody told us of it. */
async function openOrder(
  deps: OrderClaimDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  of: {
    readonly orderId: string;
    readonly nodes: readonly { readonly lineId: string; readonly nodeId: string }[];
  },
): Promise<OpenedOrder | undefined> {
  const known = (await lockOrders(trx, shopId, [of.orderId])).get(of.orderId);
  if (known === undefined) return undefined;
  const { reservationId } = known;
  const places =
    reservationId === null
      ? undefined
      : { reservationId, holds: await nodeHolds(trx, shopId, reservationId) };
  const claims = (await loadClaims(trx, shopId, [of.orderId])).get(of.orderId) ?? new Map();
  const skus = [...claims.values()].map(({ sku }) => sku);
  const buckets = [...skuBuckets(skus), ...(places?.holds ?? [])];
  await lockClaims(trx, shopId, buckets, deps.clock.now());
  const cells = of.nodes.flatMap(({ lineId, nodeId }) => {
    const line = claims.get(lineId);
    return line === undefined ? [] : [{ sku: line.sku, nodeId }];
  });
  const free = await openFreeBook(trx, shopId, [...allocatedCells(claims), ...cells]);
  return { claims, free, places };
}

type OpenedOrder = {
  readonly claims: OrderClaims;
  readonly free: FreeBook;
  readonly places: Places | undefined;
};

/** Orders and units of nodes' dates that were reserved at checkout; the order has them still. */
type Places = { readonly reservationId: string; readonly holds: readonly Hold[] };

async function nodeHolds(
  trx: ShopTransaction,
  shopId: ShopId,
  reservationId: string,
): Promise<readonly Hold[]> {
  const holds = await loadHolds(trx, shopId, reservationId);
  return holds.filter(({ kind }) => kind === 'orders' || kind === 'units');
}

/** The plan was reserved at one node and is done at another: the first one's date is free again. Says which nodes. */
async function leavePlaces(
  trx: ShopTransaction,
  shopId: ShopId,
  places: Places | undefined,
  after: OrderClaims,
): Promise<readonly string[]> {
  const at = new Set(allocatedCells(after).map(({ nodeId }) => nodeId));
  const left = at.size === 0 ? [] : (places?.holds ?? []).filter(({ holder }) => !at.has(holder));
  if (places === undefined || left.length === 0) return [];
  const { reservationId } = places;
  await replaceHolds(trx, shopId, {
    reservation: { reservationId, channel: '' },
    ...{ before: left, after: [], expiresAt: null },
  });
  return left.map(({ holder }) => holder);
}

type Worked<Value> = Promise<{
  value: Result<Value, AllocationRefusal>;
  version: number | undefined;
}>;

function unknown(orderId: string) {
  const refusal = { code: 'order_unknown', orderId } as const;
  return { value: { ok: false, refusal } as const, version: undefined };
}

async function finish<Value>(
  deps: OrderClaimDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  change: {
    readonly orderId: string;
    readonly before: OrderClaims;
    readonly after: OrderClaims;
    readonly places: Places | undefined;
    readonly value: Value;
  },
): Worked<Value> {
  const { difference } = await save(deps, trx, shopId, change);
  const loads = await leavePlaces(trx, shopId, change.places, change.after);
  const version = await record(deps, trx, shopId, { ...changeOf(difference), loads });
  return { value: { ok: true, value: change.value }, version };
}

/** Puts waiting units on nodes, exactly as asked or not at all. */
export async function allocate(
  deps: OrderClaimDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  { orderId, asked }: { readonly orderId: string; readonly asked: readonly Assigned[] },
): Worked<undefined> {
  const opened = await openOrder(deps, trx, shopId, { orderId, nodes: asked });
  if (opened === undefined) return unknown(orderId);
  const { claims: before, free, places } = opened;
  const decided = decideAllocation(before, asked, free);
  if (!decided.ok) return { value: decided, version: undefined };
  return await finish(deps, trx, shopId, {
    orderId,
    before,
    after: decided.value,
    places,
    value: undefined,
  });
}

/** Puts what waits on the nodes given, first come first, as far as they have it. */
export async function allocateFrom(
  deps: OrderClaimDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  of: {
    readonly orderId: string;
    readonly wishes: readonly { readonly lineId: string; readonly nodeIds: readonly string[] }[];
  },
): Worked<readonly { lineId: string; missing: number }[]> {
  const { orderId, wishes } = of;
  const nodes = wishes.flatMap(({ lineId, nodeIds }) =>
    nodeIds.map((nodeId) => ({ lineId, nodeId })),
  );
  const opened = await openOrder(deps, trx, shopId, { orderId, nodes });
  if (opened === undefined) return unknown(orderId);
  const { claims: before, free, places } = opened;
  const { after, missing } = decideSpread(before, wishes, free);
  return await finish(deps, trx, shopId, { orderId, before, after, places, value: missing });
}

/** Gives allocations back: the units wait again. */
export async function release(
  deps: OrderClaimDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  { orderId, given }: { readonly orderId: string; readonly given: readonly Assigned[] },
): Worked<undefined> {
  const opened = await openOrder(deps, trx, shopId, { orderId, nodes: given });
  if (opened === undefined) return unknown(orderId);
  const { claims: before, places } = opened;
  const after = given.reduce((claims, row) => applyReturn(claims, row).claims, before);
  return await finish(deps, trx, shopId, { orderId, before, after, places, value: undefined });
}

/** Gives allocations back and puts units on nodes in one step: nobody else can take them in between, and no lock comes after the clock. */
export async function relocate(
  deps: OrderClaimDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  of: {
    readonly orderId: string;
    readonly given: readonly Assigned[];
    readonly asked: readonly Assigned[];
  },
): Worked<undefined> {
  const { orderId, given, asked } = of;
  const opened = await openOrder(deps, trx, shopId, { orderId, nodes: [...given, ...asked] });
  if (opened === undefined) return unknown(orderId);
  const { claims: before, free, places } = opened;
  let returned = before;
  for (const row of given) {
    const done = applyReturn(returned, row);
    const sku = before.get(row.lineId)?.sku;
    if (sku !== undefined) free.take(sku, row.nodeId, -done.units);
    returned = done.claims;
  }
  const decided = decideAllocation(returned, asked, free);
  if (!decided.ok) return { value: decided, version: undefined };
  return await finish(deps, trx, shopId, {
    orderId,
    before,
    after: decided.value,
    places,
    value: undefined,
  });
}

/** Positions that have less than is allocated on them: the newest allocations wait again. */
export async function returnToRouting(
  deps: OrderClaimDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  shortages: readonly { readonly sku: string; readonly nodeId: string; readonly missing: number }[],
): Promise<{ value: readonly AllocatedUnits[]; version: number | undefined }> {
  const now = deps.clock.now();
  const found = await Promise.all(
    shortages.map((at) => newestAllocations(trx, shopId, { ...at, most: RETURNS_MAX })),
  );
  const orderIds = [...new Set(found.flat().map(({ orderId }) => orderId))].toSorted(compareIds);
  await lockOrders(trx, shopId, orderIds);
  const before = await loadClaims(trx, shopId, orderIds);
  await lockClaims(trx, shopId, skuBuckets(shortages.map(({ sku }) => sku)), now);
  const free = new Map(
    (await lockPositions(trx, shopId, shortages)).map((row) => [cellName(row), row.free]),
  );
  let after = before;
  const returned: AllocatedUnits[] = [];
  for (const [index, { missing, ...cell }] of shortages.entries()) {
    // Somebody else may have seen to it meanwhile: no more goes back than the locked position lacks.
    const open = Math.min(missing, Math.max(0, -(free.get(cellName(cell)) ?? 0)));
    const decided = decideReturns(after, found[index] ?? [], open);
    after = decided.after;
    returned.push(...decided.returned);
  }
  for (const orderId of orderIds) {
    const claims = {
      before: before.get(orderId) ?? new Map(),
      after: after.get(orderId) ?? new Map(),
    };
    await save(deps, trx, shopId, { orderId, ...claims, now });
  }
  const claims = returned.map(({ sku }) => sku);
  const version = await record(deps, trx, shopId, { claims, cells: returned });
  return { value: returned, version };
}

function cellName({ sku, nodeId }: { readonly sku: string; readonly nodeId: string }): string {
  return JSON.stringify([sku, nodeId]);
}
