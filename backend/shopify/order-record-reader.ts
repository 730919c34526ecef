/**
 * From Shopify's order to the record that people and rules work on.
 *
 * Works with protected customer data withheld: every personal field may be null. A hold is what Shopify says of payment
 * and fraud: an order that is still to be paid (unless it is paid at the door), and one whose risk assessment says cancel.
 * Only what is shipped or collected at a store is worked on; local delivery and the like stay with Shopify. Pure.
 */
import { parseDecimalMinor } from '../base/money.ts';
import type { OrderDelivery } from '../orders/orders.ts';
import { localeOf, type OrderRecord, type OrderRecordLine } from '../orders/record/record.ts';
import type { FollowedOrder } from '../stock/reservations/order-claims/following.ts';
import { numberOfGid } from './gid.ts';
import type { FulfillmentOrderNode, LineNode, WholeOrder } from './order-whole.ts';

/** What was read of the same order for other ends. */
export type ReadBeside = {
  readonly delivery: OrderDelivery;
  readonly claims: FollowedOrder;
};

/** The record of an order as Shopify answered. */
export function toRecord(order: WholeOrder, { delivery, claims }: ReadBeside): OrderRecord {
  const { shippingAddress: address } = order;
  return {
    orderId: claims.orderId,
    source: 'shopify',
    channel: order.sourceName === 'pos' ? 'pos' : claims.channel,
    name: order.name,
    placedAt: order.createdAt,
    state: stateOf(order),
    currency: order.currencyCode,
    totalMinor: minorOf(order.totalPriceSet.shopMoney.amount, order.currencyCode),
    customerName: address?.name ?? null,
    email: order.email,
    phone: order.phone ?? address?.phone ?? null,
    address: addressOf(address),
    country: address?.countryCodeV2 ?? null,
    postalCode: address?.zip ?? null,
    locale: localeOf(order.customerLocale),
    method: methodOf(order, delivery),
    serviceCode: delivery.kind === 'ship' ? (delivery.serviceCode ?? null) : null,
    pickupNodeId: delivery.kind === 'pickup' ? (delivery.nodeId ?? null) : null,
    tags: order.tags,
    holdReason: holdOf(order),
    isTest: order.test,
    promisedOn: null,
    reservationKey: null,
    version: order.updatedAt,
    sourceUpdatedAt: order.updatedAt,
    lines: linesOf(order, claims),
  };
}

function stateOf({ cancelledAt, closedAt }: WholeOrder): OrderRecord['state'] {
  if (cancelledAt !== null) return 'canceled';
  return closedAt === null ? 'open' : 'closed';
}

/** What of an order is live in Shopify: a canceled fulfillment order was replaced by another with the same lines. */
export function liveFulfillmentOrders({
  fulfillmentOrders,
}: Pick<WholeOrder, 'fulfillmentOrders'>): readonly FulfillmentOrderNode[] {
  return fulfillmentOrders.filter(({ status }) => status !== 'CANCELLED');
}

// Shopify makes fulfillment orders a moment after the order: until then the shipping line says it.
function methodOf(order: WholeOrder, delivery: OrderDelivery): OrderRecord['method'] {
  const live = liveFulfillmentOrders(order);
  const isOurs = live.some(({ deliveryMethod }) =>
    ['SHIPPING', 'PICK_UP'].includes(deliveryMethod?.methodType ?? ''),
  );
  return live.length > 0 && !isOurs ? 'none' : delivery.kind;
}

const UNPAID = ['PENDING', 'EXPIRED', 'VOIDED'];
const PAID_AT_THE_DOOR = /cash on delivery|\bCOD\b/i;

function holdOf(order: WholeOrder): string | null {
  if (order.cancelledAt !== null) return null;
  const reasons = liveFulfillmentOrders(order).flatMap(({ fulfillmentHolds }) =>
    fulfillmentHolds.map(({ reason }) => reason),
  );
  const isRisky = order.risk.recommendation === 'CANCEL';
  if (isRisky || reasons.includes('HIGH_RISK_OF_FRAUD')) return 'fraud';
  const isUnpaid =
    UNPAID.includes(order.displayFinancialStatus ?? '') &&
    !order.paymentGatewayNames.some((name) => PAID_AT_THE_DOOR.test(name));
  return isUnpaid || reasons.includes('AWAITING_PAYMENT') ? 'payment' : null;
}

function addressOf(address: WholeOrder['shippingAddress']): OrderRecord['address'] {
  if (address === null) return null;
  const { name, address1, address2, city, provinceCode, zip, countryCodeV2 } = address;
  const parts = [name, address1, address2, city, provinceCode, zip, countryCodeV2];
  if (parts.every((part) => part === null)) return null;
  return { name, address1, address2, city, province: provinceCode, zip, country: countryCodeV2 };
}

// Units and SKUs as the claims have them, so that works and claims speak of the same.
function linesOf({ lines, currencyCode }: WholeOrder, claims: FollowedOrder): OrderRecordLine[] {
  const claimed = new Map(claims.lines.map((line) => [line.lineId, line]));
  return lines
    .filter(({ quantity }) => quantity > 0)
    .map((line) => {
      const lineId = numberOfGid(line.id);
      const ours = claimed.get(lineId);
      return {
        lineId,
        sku: ours?.sku ?? line.sku ?? '',
        variantId: line.variant === null ? null : numberOfGid(line.variant.id),
        title: line.title,
        quantity: line.quantity,
        canceled: ours?.canceled ?? 0,
        unitPriceMinor: priceOf(line, currencyCode),
        needsShipping: line.requiresShipping,
      };
    });
}

function priceOf({ originalUnitPriceSet }: LineNode, currency: string): number {
  return minorOf(originalUnitPriceSet.shopMoney.amount, currency);
}

// Shopify's amounts have their currency's decimals; one that has not is a fault worth hearing of.
function minorOf(amount: string, currency: string): number {
  const read = parseDecimalMinor(amount, currency, '/amount');
  if (!read.ok) throw new Error(`Shopify says ${amount} ${currency}, which is no amount`);
  return read.value;
}
