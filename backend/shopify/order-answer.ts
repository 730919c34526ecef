/**
 * What the thank-you and order status pages are told of an order, and what its metafield says.
 *
 * `confirming` while the order is not joined yet; `none` when no promise was found: a recomputed date is counted but
 * never shown. The shape is that of contract/promise-api.ts and contract/order-promise.ts.
 */
import type { ShopId } from '../base/ids.ts';
import {
  encodeOrderPromise,
  type OrderPromise,
  type OrderPromiseStatus,
} from '../contract/order-promise.ts';
import type {
  OrderProgress,
  OrderPromiseAnswer,
  OrderPromiseRequest,
  PickupPlace,
} from '../contract/promise-api.ts';
import type { Progress } from '../orders/outcome/settled/service.ts';
import type { OrderKey, OrderPromiseRow } from '../orders/store.ts';
import { numberOfGid } from './gid.ts';

export type OrderAnswerDeps = {
  /** The orders module's read function. */
  readOrderPromise(shopId: ShopId, key: OrderKey): Promise<OrderPromiseRow | undefined>;
  /** Name and address of one of our stores, or of a pickup point (`<network>:<pointId>`). */
  placeOf(
    shopId: ShopId,
    at: { readonly nodeId?: string | undefined; readonly pickupPointId?: string | undefined },
  ): Promise<PickupPlace | undefined>;
  /** Where the order is. */
  readProgress(shopId: ShopId, orderId: string): Promise<Progress | undefined>;
  pickupCodeOf(shopId: ShopId, workId: string): string;
};

/** Answers `POST /api/promise/order`. */
export async function answerOrder(
  deps: OrderAnswerDeps,
  shopId: ShopId,
  asked: OrderPromiseRequest,
): Promise<OrderPromiseAnswer> {
  const key = keyOf(asked);
  const row = key === undefined ? undefined : await deps.readOrderPromise(shopId, key);
  if (row === undefined) return { status: key === undefined ? 'none' : 'confirming' };
  const { promise } = row;
  const progress = await progressOf(deps, shopId, row, isBuyer(row, asked));
  if (row.status === 'none' || promise === undefined) return { status: 'none', ...progress };
  const { method, promisedOn, window, timeZone, parcels } = promise;
  const place = await deps.placeOf(shopId, promise);
  const facts = {
    kind: method,
    promisedOn,
    window,
    timeZone,
    parcels,
    ...(place === undefined ? {} : { place }),
    ...(row.replaced === undefined ? {} : { promisedBefore: row.replaced }),
  };
  return { status: row.status, promise: facts, ...progress };
}

// A session token says which shop, not which buyer, and order ids can be counted up: the checkout's token cannot.
function isBuyer(row: OrderPromiseRow, asked: OrderPromiseRequest): boolean {
  return row.checkoutToken !== null && row.checkoutToken === asked.checkoutToken;
}

async function progressOf(
  deps: OrderAnswerDeps,
  shopId: ShopId,
  { orderId }: OrderPromiseRow,
  tellsBuyer: boolean,
): Promise<{ readonly progress?: OrderProgress }> {
  const known = await deps.readProgress(shopId, orderId);
  if (known === undefined) return {};
  const { stage, readyWorkIds, tracking } = known;
  if (!tellsBuyer) return { progress: { stage, pickupCodes: [], tracking: [] } };
  const pickupCodes = readyWorkIds.map((workId) => deps.pickupCodeOf(shopId, workId));
  return { progress: { stage, pickupCodes, tracking } };
}

function keyOf(asked: OrderPromiseRequest): OrderKey | undefined {
  // A page that knows both names the order by its id.
  if (asked.orderId === undefined && asked.checkoutToken !== undefined) {
    return { checkoutToken: asked.checkoutToken };
  }
  // Customer account pages name `gid://shopify/Order/1`, thank-you pages `gid://shopify/OrderIdentity/1`.
  const isGid = /^gid:\/\/shopify\/[A-Za-z]+\/\d{1,20}$/.test(asked.orderId ?? '');
  return isGid ? { orderId: numberOfGid(asked.orderId ?? '') } : undefined;
}

const METAFIELD_STATUS: Record<OrderPromiseRow['status'], OrderPromiseStatus> = {
  promised: 'promised',
  changed: 'changed',
  none: 'recomputed',
};

/** The value of the order's metafield; undefined when there is no date at all to write. */
export function orderMetafieldValue(row: OrderPromiseRow): string | undefined {
  const { promise } = row;
  if (promise === undefined) return undefined;
  const value: OrderPromise = {
    v: 1,
    kind: promise.method,
    status: METAFIELD_STATUS[row.status],
    promisedOn: promise.promisedOn,
    window: promise.window,
    timeZone: promise.timeZone,
    optionCode: promise.serviceCode,
    receiptId: row.receiptIds[0] ?? '',
    parcels: promise.parcels,
    ...(promise.pickupPointId === undefined ? {} : { pointId: promise.pickupPointId }),
    ...(promise.nodeId === undefined ? {} : { nodeId: promise.nodeId }),
    ...(row.replaced === undefined ? {} : { promisedBefore: row.replaced.promisedOn }),
  };
  return encodeOrderPromise(value);
}
