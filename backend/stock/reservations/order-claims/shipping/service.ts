/**
 * How do goods that left end their claims?
 *
 * In: lines of a fulfillment, each with an id of its own. Out: allocations ended, what left booked in the ledger, each line
 * once however often it is told. A node whose own system books what leaves it is left to that system.
 * `settleShipped` is for orders that no shop system tells us of: a store's desk says itself that they left.
 */
import type { ShopId } from '../../../../base/ids.ts';
import type { StockEvent } from '../../../ledger/ledger.ts';
import { appendMovements } from '../../../ledger/service.ts';
import type { ShopTransaction, StockChange } from '../../../ledger/store.ts';
import { lockClaims } from '../../store.ts';
import {
  allocatedCells,
  changeOf,
  type OrderClaimDependencies,
  record,
  save,
  skuBuckets,
} from '../allocation/service.ts';
import { explode, type FollowedOrder } from '../following.ts';
import { applyShipped, type OrderClaims } from '../order-claims.ts';
import { loadClaims, lockOrders, lockPositions, saveSettlements, settledLines } from '../store.ts';

type Shipments = Pick<FollowedOrder, 'orderId' | 'shipped'>;

/** Units of sold lines that left a node together. `parcelId` makes each line of it one thing. */
export type LeftUnits = {
  readonly orderId: string;
  readonly parcelId: string;
  readonly nodeId: string;
  /** ISO instant. */
  readonly at: string;
  /** They were canceled when they left. */
  readonly wasCanceled?: boolean;
  readonly lines: readonly {
    readonly lineId: string;
    readonly sku: string;
    readonly quantity: number;
  }[];
};

/** Ends the claims of goods that left, in a caller's transaction. Says the number to announce; undefined: nothing is new. */
export async function settleShipped(
  deps: OrderClaimDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  left: LeftUnits,
): Promise<number | undefined> {
  const order = await explodeLeft(deps, shopId, left);
  const { orderId } = order;
  if (!(await lockOrders(trx, shopId, [orderId])).has(orderId)) return undefined;
  const before: OrderClaims = (await loadClaims(trx, shopId, [orderId])).get(orderId) ?? new Map();
  const skus = [...before.values()].map(({ sku }) => sku);
  await lockClaims(trx, shopId, skuBuckets(skus), deps.clock.now());
  await lockPositions(trx, shopId, allocatedCells(before));
  const shipped = await newlyShipped(trx, shopId, { order, claims: before });
  if (shipped.length === 0) return undefined;
  const after = shipped.reduce((claims, line) => applyShipped(claims, line).claims, before);
  const { difference } = await save(deps, trx, shopId, { orderId, before, after });
  const movements = await ship(deps, trx, shopId, { order, shipped });
  return await record(deps, trx, shopId, { ...changeOf(difference), movements });
}

// Kits left by their components: those are what was claimed.
async function explodeLeft(
  { openShop }: OrderClaimDependencies,
  shopId: ShopId,
  { orderId, parcelId, nodeId, at, wasCanceled, lines }: LeftUnits,
): Promise<Shipments> {
  const shipped = lines.map(({ lineId, quantity }) => ({
    ...{ lineId, nodeId, quantity, shippedAt: at, wasCanceled },
    fulfillmentLineId: `${parcelId}:${lineId}`,
  }));
  const snapshot = (await openShop(shopId))?.snapshot;
  if (snapshot === undefined) return { orderId, shipped };
  return explode(snapshot, {
    ...{ orderId, shipped, source: 'api', channel: '', placedAt: at },
    lines: lines.map((line) => ({ ...line, canceled: 0 })),
    ...{ assigned: undefined, reservationKey: undefined, version: undefined },
  });
}

/** Lines that left and were not settled before. */
export async function newlyShipped(
  trx: ShopTransaction,
  shopId: ShopId,
  of: { readonly order: Shipments; readonly claims: OrderClaims },
) {
  const { order, claims } = of;
  if (order.shipped.length === 0) return [];
  const ids = order.shipped.map(({ fulfillmentLineId }) => fulfillmentLineId);
  const settled = await settledLines(trx, shopId, ids);
  return order.shipped
    .filter(({ fulfillmentLineId }) => !settled.has(fulfillmentLineId))
    .flatMap((line) => {
      const sku = claims.get(line.lineId)?.sku;
      return sku === undefined ? [] : [{ ...line, sku, orderId: order.orderId }];
    });
}

/** Books what left in the ledger, each fulfillment line once. */
export async function ship(
  deps: OrderClaimDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  of: { readonly order: Shipments; readonly shipped: Awaited<ReturnType<typeof newlyShipped>> },
): Promise<StockChange['movements']> {
  if (of.shipped.length === 0) return undefined;
  await saveSettlements(trx, shopId, of.shipped);
  return await bookEvents(deps, trx, shopId, { ...of, events: of.shipped.map(leftEvent) });
}

/** Books movements of an order, but those of nodes whose own system does. */
export async function bookEvents(
  deps: OrderClaimDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  of: { readonly order: Shipments; readonly events: readonly StockEvent[] },
): Promise<StockChange['movements']> {
  const elsewhere = await deps.shipmentsBookedBySystem?.(shopId);
  const events = of.events.filter(({ nodeId }) => elsewhere?.has(nodeId) !== true);
  if (events.length === 0) return undefined;
  const now = deps.clock.now().toString();
  const batch = { source: 'kept', actor: `order ${of.order.orderId}`, events, now };
  const { change, verdicts } = await appendMovements(trx, shopId, batch);
  const wrong = verdicts.find(({ verdict }) => verdict === 'refused');
  if (wrong !== undefined) throw new Error(`Bug: a shipment was refused: ${JSON.stringify(wrong)}`);
  return change?.movements;
}

function leftEvent(line: Awaited<ReturnType<typeof newlyShipped>>[number]): StockEvent {
  const { fulfillmentLineId, sku, nodeId, quantity, shippedAt: occurredAt } = line;
  const eventId = `shipped-${fulfillmentLineId}`;
  const what = { kind: 'delta', type: 'on_hand', reason: 'shipped' } as const;
  return { ...what, eventId, sku, nodeId, quantity: -quantity, occurredAt };
}
