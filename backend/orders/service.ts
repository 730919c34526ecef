/**
 * How does an order come to its promise, and the promise back to the order?
 *
 * In: an order that was placed or routed. Out: a stored `order_promise` and the order's metafield, both written by us
 * always: the one when the order is taken in, the other behind it, many at a time. Runs in jobs, at least once, in any
 * order: a decision already made on the same order and evidence is kept, better evidence that arrives late replaces worse.
 * Everything from outside is a function declared here; `main.ts` supplies it.
 */
import { z } from 'zod';
import type { ShopId } from '../base/ids.ts';
import type { Log } from '../platform/log.ts';
import type { PromisedOption, Receipt } from '../promise/receipt.ts';
import {
  type BoundPromise,
  bindPromise,
  CALLBACK_REACH_MINUTES,
  callbackPromise,
  type Evidence,
  type FoundPromise,
  isTooLate,
  newestPromise,
  type PlacedOrder,
  partsToTry,
  pickupPromise,
  wantedCode,
} from './orders.ts';
import type { OrderKey, OrderPromiseRow, OrderStore, StoredPromise } from './store.ts';

/** What a search for receipts of a callback narrows by; instants ISO, `[madeFrom, madeTo]`. */
export type CallbackSearch = {
  readonly fingerprint: string;
  readonly country: string;
  readonly postalCode: string;
  readonly madeFrom: string;
  readonly madeTo: string;
};

/** The receipts of the promise module. A receipt that is not genuine is treated as absent. */
export type Receipts = {
  receiptById(shopId: ShopId, receiptId: string): Promise<Receipt | undefined>;
  receiptsOfCallback(shopId: ShopId, search: CallbackSearch): Promise<readonly Receipt[]>;
  receiptsOfCheckout(shopId: ShopId, checkoutToken: string): Promise<readonly Receipt[]>;
  receiptsOfCart(shopId: ShopId, cartToken: string): Promise<readonly Receipt[]>;
  /** The id in a signed receipt as extensions carry it; undefined when the signature is not ours. */
  openSignedReceipt(shopId: ShopId, signed: string): string | undefined;
  /** True when the stored receipt is as it was signed. */
  isGenuine(shopId: ShopId, receipt: Receipt): boolean;
};

export type OrderServiceDeps = {
  readonly store: OrderStore;
  readonly receipts: Receipts;
  readonly log: Log;
  readonly now: () => Temporal.Instant;
  /** The order as Shopify has it now; undefined: there is no such order. */
  readOrder(shopId: ShopId, orderId: string): Promise<PlacedOrder | undefined>;
  /** Writes the metafields of these orders, at most `MOST_PUBLISHED_AT_ONCE`. */
  publish(shopId: ShopId, rows: readonly OrderPromiseRow[]): Promise<void>;
  /** The date a merchant's bound rate showed from the padded table valid when the order was placed. */
  paddedPromise(shopId: ShopId, order: PlacedOrder): Promise<BoundPromise | undefined>;
  /** What a system promised for an order it posted, as a window at the destination; undefined: none, or the place is not known. */
  statedPromise(shopId: ShopId, order: PlacedOrder): Promise<BoundPromise | undefined>;
  /** The bought option quoted as of the order, with today's facts. */
  requote(shopId: ShopId, order: PlacedOrder): Promise<BoundPromise | undefined>;
  /** Joins this order again in a minute. */
  retryLater(shopId: ShopId, orderId: string): Promise<void>;
  /** What Shopify said of pickup at this node then ("usually ready in …"), in minutes; undefined: off. */
  pickupSlotMinutes(shopId: ShopId, nodeId: string, at: string): Promise<number | undefined>;
};

export type OrderService = {
  /** Joins an order to its promise; says what is stored now, undefined: it needs none. */
  join(shopId: ShopId, order: PlacedOrder): Promise<OrderPromiseRow | undefined>;
  /** Joins orders; what is stored of them is read at once. All have ended before the first fault is thrown. */
  joinAll(shopId: ShopId, orders: readonly PlacedOrder[]): Promise<void>;
  /** Reads an order and joins it again; what changed is published by the next `publishLeftovers`. */
  joinAgain(shopId: ShopId, orderId: string): Promise<'changed' | 'unchanged'>;
  /** The stored promise; undefined: the order is not known here (yet). */
  read(shopId: ShopId, key: OrderKey): Promise<OrderPromiseRow | undefined>;
  /** Publishes what is not published yet. */
  publishLeftovers(shopId: ShopId): Promise<void>;
};

// The queue of receipts holds 60 s of them while Postgres is away; twice that is late enough to stop looking.
const RETRIES_UNTIL_SECONDS = 150;
// Shopify routes an order within seconds; a place that is bound to no node stays unknown, and is decided without.
const ROUTED_WITHIN_SECONDS = 120;

/** Builds the service. */
export function createOrderService(deps: OrderServiceDeps): OrderService {
  return {
    join: async (shopId, order) => {
      const { orderId } = order;
      return await join(deps, shopId, order, await deps.store.load(shopId, { orderId }));
    },
    joinAll: (shopId, orders) => joinAll(deps, shopId, orders),
    joinAgain: async (shopId, orderId) => {
      const order = await deps.readOrder(shopId, orderId);
      const before = await deps.store.load(shopId, { orderId });
      const after = order === undefined ? undefined : await join(deps, shopId, order, before);
      const isChanged =
        after !== undefined &&
        (before === undefined || contentVersion(before) !== contentVersion(after));
      return isChanged ? 'changed' : 'unchanged';
    },
    read: (shopId, key) => deps.store.load(shopId, key),
    publishLeftovers: (shopId) => publishLeftovers(deps, shopId),
  };
}

async function joinAll(
  deps: OrderServiceDeps,
  shopId: ShopId,
  orders: readonly PlacedOrder[],
): Promise<void> {
  if (orders.length === 0) return;
  const orderIds = orders.map(({ orderId }) => orderId);
  const rows = await deps.store.loadMany(shopId, orderIds);
  const stored = new Map(rows.map((row) => [row.orderId, row]));
  const joined = await Promise.allSettled(
    orders.map((order) => join(deps, shopId, order, stored.get(order.orderId))),
  );
  for (const one of joined) if (one.status === 'rejected') throw one.reason;
}

async function join(
  deps: OrderServiceDeps,
  shopId: ShopId,
  read: PlacedOrder,
  stored: OrderPromiseRow | undefined,
): Promise<OrderPromiseRow | undefined> {
  if (read.delivery.kind === 'none') return undefined;
  const { orderId } = read;
  const ageSeconds = deps.now().since(read.placedAt).total('seconds');
  // Which store hands it over comes with its routing, moments later. Said now, "no promise" would be believed.
  if (isUnrouted(read) && ageSeconds < ROUTED_WITHIN_SECONDS) {
    await deps.retryLater(shopId, orderId);
    return undefined;
  }
  const copiedReceipt = read.copiedReceipt ?? stored?.copiedReceipt ?? null;
  const row = await decide(deps, shopId, { ...read, copiedReceipt }, stored);
  const { publishedVersion } = row;
  if (publishedVersion !== null && publishedVersion !== contentVersion(row)) {
    await deps.store.markUnpublished(shopId, orderId);
  }
  // Receipts are written behind the answer: what is missing now may be there in a minute.
  if (row.joinedBy === 5 && read.posted === undefined && ageSeconds < RETRIES_UNTIL_SECONDS) {
    await deps.retryLater(shopId, orderId);
  }
  return row;
}

function isUnrouted({ delivery }: PlacedOrder): boolean {
  return delivery.kind === 'pickup' && delivery.nodeId === undefined;
}

async function decide(
  deps: OrderServiceDeps,
  shopId: ShopId,
  order: PlacedOrder,
  stored: OrderPromiseRow | undefined,
): Promise<OrderPromiseRow> {
  const found = await findPromise(deps, shopId, order);
  if (stored !== undefined && !isBetter(found, order, stored)) return stored;
  const row =
    found === undefined
      ? await recomputed(deps, shopId, order)
      : await bound(deps, shopId, order, found);
  const saved = await deps.store.save(shopId, row, deps.now(), stored);
  deps.log.info({ event: 'order_joined', shop: shopId, code: saved.status, count: saved.joinedBy });
  return saved;
}

// A bound promise is never taken back and a recomputed one not made twice; the same evidence decides once.
function isBetter(
  found: FoundPromise | undefined,
  order: PlacedOrder,
  stored: OrderPromiseRow,
): boolean {
  if (found === undefined || found.step > stored.joinedBy) return false;
  if (found.step < stored.joinedBy || order.version !== stored.orderVersion) return true;
  return found.receiptIds.join() !== stored.receiptIds.join();
}

async function bound(
  deps: OrderServiceDeps,
  shopId: ShopId,
  order: PlacedOrder,
  found: FoundPromise,
): Promise<OrderPromiseRow> {
  const gift = await giftPromise(deps, shopId, order);
  const isLater = gift !== undefined && isAfter(gift.window.to, found.promise.window.to);
  const requoted = isTooLate(order, found.promise) ? await deps.requote(shopId, order) : undefined;
  // Whoever names a later day himself was not promised an earlier one.
  const binding = isLater
    ? ({ status: 'promised', promise: gift } as const)
    : bindPromise(order, found.promise, requoted);
  return {
    ...emptyRow(order),
    status: binding.status,
    joinedBy: found.step,
    promise: toStored(binding.promise),
    replaced: binding.status === 'changed' ? toStored(binding.replaced) : undefined,
    receiptIds: found.receiptIds,
  };
}

// The bought option as if it were bought on the first day it may leave.
async function giftPromise(
  deps: OrderServiceDeps,
  shopId: ShopId,
  order: PlacedOrder,
): Promise<BoundPromise | undefined> {
  const { shipsFrom, placedAt } = order;
  if (shipsFrom === undefined || !isAfter(shipsFrom, placedAt)) return undefined;
  return await deps.requote(shopId, { ...order, placedAt: shipsFrom });
}

function isAfter(a: string, b: string): boolean {
  return Temporal.Instant.compare(Temporal.Instant.from(a), Temporal.Instant.from(b)) > 0;
}

// Evidence 5: what we would have promised, for the counters; never shown as a promise.
async function recomputed(
  deps: OrderServiceDeps,
  shopId: ShopId,
  order: PlacedOrder,
): Promise<OrderPromiseRow> {
  const gift = await giftPromise(deps, shopId, order);
  const promise = gift ?? (await deps.requote(shopId, order));
  return {
    ...emptyRow(order),
    status: 'none',
    joinedBy: 5,
    promise: promise === undefined ? undefined : toStored(promise),
    replaced: undefined,
    receiptIds: [],
  };
}

// The first evidence that holds.
async function findPromise(
  deps: OrderServiceDeps,
  shopId: ShopId,
  order: PlacedOrder,
): Promise<FoundPromise | undefined> {
  if (order.posted !== undefined) return await findStatedPromise(deps, shopId, order);
  if (wantedCode(order) === undefined) return undefined;
  const { receipts } = deps;
  const signed = await openReceipt(deps, shopId, order.copiedReceipt);
  const byCart = newestPromise(order, 1, genuine(deps, shopId, signed));
  if (byCart !== undefined) return byCart;
  if (order.checkoutToken !== null) {
    const seen = await receipts.receiptsOfCheckout(shopId, order.checkoutToken);
    const byCheckout = newestPromise(order, 2, genuine(deps, shopId, seen));
    if (byCheckout !== undefined) return byCheckout;
  }
  const owner = await findOwnersPromise(deps, shopId, order);
  if (owner.promise !== undefined || owner.hasShownDate) return owner.promise;
  const storefront = [
    ...(await openReceipt(deps, shopId, order.storefrontReceipt)),
    ...(order.cartToken === null ? [] : await receipts.receiptsOfCart(shopId, order.cartToken)),
  ];
  return newestPromise(order, 4, genuine(deps, shopId, storefront));
}

// The system that sold it owns the date: its word is the record, and there is no receipt to look for.
async function findStatedPromise(
  deps: OrderServiceDeps,
  shopId: ShopId,
  order: PlacedOrder,
): Promise<FoundPromise | undefined> {
  const promise = await deps.statedPromise(shopId, order);
  return promise && { step: 3, promise, receiptIds: [] };
}

type OwnersPromise = {
  readonly promise: FoundPromise | undefined;
  /** The owner did show a date, we only cannot tell which: then no storefront receipt may stand in for it. */
  readonly hasShownDate: boolean;
};

// Evidence 3: who owned the date of the bought option, and what did that owner show?
async function findOwnersPromise(
  deps: OrderServiceDeps,
  shopId: ShopId,
  order: PlacedOrder,
): Promise<OwnersPromise> {
  const { delivery } = order;
  if (delivery.kind === 'pickup') return await findPickupPromise(deps, shopId, order);
  if (delivery.kind !== 'ship') return { promise: undefined, hasShownDate: false };
  if (!delivery.isOwnRate) {
    const promise = await deps.paddedPromise(shopId, order);
    if (promise === undefined) return { promise: undefined, hasShownDate: false };
    return { promise: { step: 3, promise, receiptIds: [] }, hasShownDate: true };
  }
  const byPart = await callbackEvidence(deps, shopId, order);
  const code = wantedCode(order);
  const hasShownDate = [...byPart.values()].some((evidence) =>
    evidence.some(({ options }) =>
      options.some((one) => one.serviceCode === code && one.window !== null),
    ),
  );
  return { promise: callbackPromise(order, byPart), hasShownDate };
}

async function findPickupPromise(
  deps: OrderServiceDeps,
  shopId: ShopId,
  order: PlacedOrder,
): Promise<OwnersPromise> {
  const { delivery } = order;
  if (delivery.kind !== 'pickup' || delivery.nodeId === undefined) {
    return { promise: undefined, hasShownDate: false };
  }
  const slot = await deps.pickupSlotMinutes(shopId, delivery.nodeId, order.placedAt);
  if (slot === undefined) return { promise: undefined, hasShownDate: false };
  const requoted = await deps.requote(shopId, order);
  // The native text gives a span, not a date: a storefront receipt with an instant still counts.
  return { promise: pickupPromise(order, requoted, slot), hasShownDate: false };
}

async function callbackEvidence(
  deps: OrderServiceDeps,
  shopId: ShopId,
  order: PlacedOrder,
): Promise<ReadonlyMap<string, readonly Evidence[]>> {
  const byPart = new Map<string, readonly Evidence[]>();
  // Without a destination nothing tells this order's rates from those of any other with the same basket.
  if (order.destination === null) return byPart;
  const placedAt = Temporal.Instant.from(order.placedAt);
  for (const fingerprint of new Set(partsToTry(order).flat())) {
    const found = await deps.receipts.receiptsOfCallback(shopId, {
      fingerprint,
      ...order.destination,
      madeFrom: placedAt.subtract({ minutes: CALLBACK_REACH_MINUTES }).toString(),
      madeTo: placedAt.add({ minutes: 1 }).toString(),
    });
    byPart.set(fingerprint, genuine(deps, shopId, found));
  }
  return byPart;
}

async function openReceipt(
  deps: OrderServiceDeps,
  shopId: ShopId,
  signed: string | null,
): Promise<readonly Receipt[]> {
  const receiptId = signed === null ? undefined : deps.receipts.openSignedReceipt(shopId, signed);
  if (receiptId === undefined) return [];
  const receipt = await deps.receipts.receiptById(shopId, receiptId);
  return receipt === undefined ? [] : [receipt];
}

function genuine(
  deps: OrderServiceDeps,
  shopId: ShopId,
  receipts: readonly Receipt[],
): readonly Evidence[] {
  return receipts
    .filter((receipt) => deps.receipts.isGenuine(shopId, receipt))
    .map((receipt) => ({ receipt, options: readAnswer(receipt.answer) }));
}

const answerSchema = z.array(
  z.object({
    method: z.enum(['home', 'pickup_point', 'store_pickup']),
    serviceCode: z.string(),
    window: z.object({ from: z.string(), to: z.string() }).nullable(),
    promisedOn: z.string().nullable(),
    timeZone: z.string().nullable(),
    orderBy: z.string().nullable(),
    validUntil: z.string().nullable(),
    priceMinor: z.number(),
    parcels: z.array(
      z.object({
        nodeId: z.string(),
        serviceCode: z.string(),
        lines: z.array(z.object({ sku: z.string(), quantity: z.number() })),
      }),
    ),
  }),
);

// Signed by us, so another shape is a fault of ours.
function readAnswer(answer: string): readonly PromisedOption[] {
  return answerSchema.parse(JSON.parse(answer));
}

/** What one call to Shopify writes. */
export const MOST_PUBLISHED_AT_ONCE = 25;

async function publishLeftovers(deps: OrderServiceDeps, shopId: ShopId): Promise<void> {
  for (;;) {
    const rows = await deps.store.unpublished(shopId, MOST_PUBLISHED_AT_ONCE);
    if (rows.length === 0) return;
    await deps.publish(shopId, rows);
    await deps.store.markPublished(
      shopId,
      rows.map((row) => ({ orderId: row.orderId, version: contentVersion(row) })),
    );
    // Another job may have stored better evidence while we wrote: then what is written is not what is stored.
    const after = await deps.store.loadMany(
      shopId,
      rows.map(({ orderId }) => orderId),
    );
    for (const row of after) {
      if (row.publishedVersion === contentVersion(row)) continue;
      await deps.store.markUnpublished(shopId, row.orderId);
    }
  }
}

// Everything the metafield says.
function contentVersion(row: OrderPromiseRow): string {
  const { status, promise, replaced, receiptIds } = row;
  return JSON.stringify([status, promise ?? null, replaced ?? null, receiptIds]);
}

function emptyRow(order: PlacedOrder) {
  return {
    orderId: order.orderId,
    placedAt: order.placedAt,
    checkoutToken: order.checkoutToken,
    copiedReceipt: order.copiedReceipt,
    country: order.destination?.country ?? null,
    postalCode: order.destination?.postalCode ?? null,
    orderVersion: order.version,
    publishedVersion: null,
  };
}

function toStored(promise: BoundPromise): StoredPromise {
  const { method, serviceCode, promisedOn, window, timeZone, parcels, nodeId } = promise;
  const isPoint = method === 'pickup_point' && serviceCode.startsWith('pp:');
  return {
    method,
    serviceCode,
    promisedOn,
    window,
    timeZone,
    parcels,
    nodeId,
    pickupPointId: isPoint ? serviceCode.slice('pp:'.length) : undefined,
  };
}
