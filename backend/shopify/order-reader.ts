/**
 * From Shopify's order to ours: what was bought, where it goes, what evidence of a promise came with it.
 *
 * Works with protected customer data withheld: the address is then null and the order is joined without it. Codes, not
 * titles or handles, name the bought option (platform decision 2). An order whose lines left from several places is
 * described by its parts as well, because Shopify asked for rates once per place.
 */
import { createHash } from 'node:crypto';
import type { ShopId } from '../base/ids.ts';
import { parseCartPromise } from '../contract/cart-promise.ts';
import { postalKey } from '../contract/destination.ts';
import { parseEtaClass } from '../contract/eta-class.ts';
import { linesFingerprint } from '../contract/lines-fingerprint.ts';
import { parseOrderPromise } from '../contract/order-promise.ts';
import { STOREFRONT_ATTRIBUTE } from '../contract/storefront-promise.ts';
import type { OrderDelivery, PlacedOrder } from '../orders/orders.ts';
import type { OrderReading } from '../orders/record/service.ts';
import type { AdminClient } from './admin-client.ts';
import { CARRIER_NAME } from './carrier.ts';
import { numberOfGid } from './gid.ts';
import { type ClaimContext, fromShopifyOrder } from './order-claims-reader.ts';
import { liveFulfillmentOrders, toRecord } from './order-record-reader.ts';
import {
  type ClassedLine,
  type FulfillmentOrderNode,
  type PartNode,
  readClasses,
  readParts,
  readWholeOrder,
  type WholeOrder,
} from './order-whole.ts';
import { nodeOfLocation, serviceOfRate } from './surfaces.ts';

/** What the shop's policy and catalog say that an order has to be read with. */
export type OrderContext = ClaimContext & {
  /** Codes of our own services. */
  readonly serviceCodes: ReadonlySet<string>;
  /** The shop's IANA zone: the days of the padded table are its days. */
  readonly timeZone: string;
};

export type OrderReaderDeps = {
  readonly admin: AdminClient;
  contextOf(shopId: ShopId): Promise<OrderContext>;
};

export function createOrderReader(deps: OrderReaderDeps) {
  return {
    /** The order as Shopify has it now; undefined: there is none of this number. */
    read: (shopId: ShopId, orderId: string) => readOrder(deps, shopId, orderId),
  };
}

/** What `createOrderReader` returns. */
export type OrderReader = ReturnType<typeof createOrderReader>;

async function readOrder(
  deps: OrderReaderDeps,
  shopId: ShopId,
  orderId: string,
): Promise<OrderReading | undefined> {
  const pages = { admin: deps.admin, shopId };
  const order = await readWholeOrder(pages, orderId);
  if (order === undefined) return undefined;
  const context = await deps.contextOf(shopId);
  const delivery = deliveryOf(order, context);
  const shapes = { order, delivery };
  const isSpread = new Set(shippedOrders(order).map(placeOf)).size > 1;
  const needsParts = delivery.kind === 'ship' && isSpread;
  const stays = staysWithShopify(shapes);
  const parts = needsParts || stays ? await readParts(pages, orderId) : undefined;
  const claims = fromShopifyOrder(order, stays ? parts : undefined, context);
  const classes = isBoundRate(delivery) ? await readClasses(pages, orderId) : [];
  const beside = { parts: needsParts ? parts : undefined, classes };
  const placed = toPlacedOrder(shapes, beside, context);
  const record = toRecord(order, { delivery, claims });
  // Shopify's time of change does not tell that routing is complete, nor that a SKU has become known here.
  const { customAttributes: attributes } = order;
  const version = versionOf({ record, claims, placed });
  return { record: { ...record, version }, claims, placed, attributes };
}

type Shapes = { readonly order: WholeOrder; readonly delivery: OrderDelivery };

// What nobody routes (local delivery, sales at a till) is allocated where Shopify put it.
function staysWithShopify({ order, delivery }: Shapes): boolean {
  const live = liveFulfillmentOrders(order);
  return (
    delivery.kind === 'none' ||
    (live.length > 0 &&
      live.every(
        ({ deliveryMethod }) => !['SHIPPING', 'PICK_UP'].includes(deliveryMethod?.methodType ?? ''),
      ))
  );
}

function isBoundRate(delivery: OrderDelivery): boolean {
  return delivery.kind === 'ship' && !delivery.isOwnRate && delivery.serviceCode !== undefined;
}

function toPlacedOrder(
  { order, delivery }: Shapes,
  beside: {
    readonly parts: readonly PartNode[] | undefined;
    readonly classes: readonly ClassedLine[];
  },
  context: OrderContext,
): PlacedOrder {
  const needed = order.lines.filter((line) => line.requiresShipping);
  const fingerprint = fingerprintOf(needed);
  const read = {
    orderId: numberOfGid(order.id),
    placedAt: order.createdAt,
    currency: order.presentmentCurrencyCode,
    lines: needed.map((line) => ({
      variantId: line.variant === null ? '' : numberOfGid(line.variant.id),
      quantity: line.quantity,
    })),
    fingerprint,
    partFingerprints: beside.parts === undefined ? [fingerprint] : partsOf(beside.parts),
    destination: destinationOf(order),
    delivery,
    checkoutToken: order.checkoutToken,
    cartToken: order.cartToken,
    copiedReceipt: copiedReceiptOf(order.promise?.value),
    storefrontReceipt:
      order.customAttributes.find(({ key }) => key === STOREFRONT_ATTRIBUTE)?.value ?? null,
  };
  const classed = beside.classes.filter((line) => line.requiresShipping);
  const isTableDated =
    classed.length > 0 &&
    classed.every((line) => wasNormal(line, order.createdAt, context.timeZone));
  return { ...read, isTableDated, version: versionOf(read) };
}

// What the Function saw then: the class as it stands, if it has not been written since.
function wasNormal(line: ClassedLine, placedAt: string, timeZone: string): boolean {
  const eta = line.variant?.eta;
  if (!eta) return false;
  const placed = Temporal.Instant.from(placedAt);
  if (Temporal.Instant.compare(Temporal.Instant.from(eta.updatedAt), placed) > 0) return false;
  const today = placed.toZonedDateTimeISO(timeZone).toPlainDate().toString();
  return parseEtaClass(eta.value, today) === 'normal';
}

function fingerprintOf(
  lines: readonly { readonly variant: { readonly id: string } | null; readonly quantity: number }[],
): string {
  return linesFingerprint(
    lines.map((line) => ({ variantId: line.variant?.id ?? '', quantity: line.quantity })),
  );
}

function shippedOrders(order: WholeOrder): readonly FulfillmentOrderNode[] {
  return liveFulfillmentOrders(order).filter(
    (one) => one.deliveryMethod?.methodType === 'SHIPPING',
  );
}

function placeOf(one: {
  readonly assignedLocation: { readonly location: { readonly id: string } | null };
}): string {
  return one.assignedLocation.location?.id ?? '';
}

// Fingerprints by place, sorted.
function partsOf(parts: readonly PartNode[]): readonly string[] {
  const nodes = parts.filter(
    (one) => one.status !== 'CANCELLED' && one.deliveryMethod?.methodType === 'SHIPPING',
  );
  return [...Map.groupBy(nodes, placeOf).values()]
    .map((group) =>
      fingerprintOf(
        group.flatMap((one) =>
          one.lineItems.nodes.map(({ variant, totalQuantity }) => ({
            variant,
            quantity: totalQuantity,
          })),
        ),
      ),
    )
    .toSorted();
}

function deliveryOf(order: WholeOrder, context: OrderContext): OrderDelivery {
  if (!order.lines.some(({ requiresShipping }) => requiresShipping)) return { kind: 'none' };
  const pickup = pickupOf(order, context);
  if (pickup !== undefined) return pickup;
  const line = order.shippingLines.nodes[0];
  const code = line?.code ?? null;
  if (line === undefined || code === null) return { kind: 'none' };
  // A merchant's flat rate may be named like a service of ours: only a carrier's rate can be our own.
  const isCarriers = line.source === CARRIER_NAME || line.carrierIdentifier !== null;
  const isOwnRate = isCarriers && (code.startsWith('pp:') || context.serviceCodes.has(code));
  const serviceCode = isOwnRate ? code : serviceOfRate(context.surfaces, code);
  return { kind: 'ship', code, serviceCode, isOwnRate };
}

function pickupOf(order: WholeOrder, { surfaces, nodeIds }: OrderContext) {
  const live = liveFulfillmentOrders(order);
  if (live.length === 0) {
    // Not routed yet: which store it is comes with its fulfillment orders.
    const category = order.shippingLines.nodes[0]?.deliveryCategory ?? '';
    return /pick.?up/i.test(category)
      ? ({ kind: 'pickup', nodeId: undefined } as const)
      : undefined;
  }
  const isShipped = live.some((one) => one.deliveryMethod?.methodType === 'SHIPPING');
  const pickup = live.find((one) => one.deliveryMethod?.methodType === 'PICK_UP');
  if (pickup === undefined || isShipped) return undefined;
  const { location } = pickup.assignedLocation;
  const nodeId =
    location === null ? undefined : nodeOfLocation(surfaces, numberOfGid(location.id), nodeIds);
  return { kind: 'pickup', nodeId } as const;
}

function destinationOf(order: WholeOrder): PlacedOrder['destination'] {
  const address = order.shippingAddress;
  if (!address?.countryCodeV2) return null;
  return { country: address.countryCodeV2, postalCode: postalKey(address.zip ?? '') };
}

// The metafield holds the cart's copy until we write ours in its place.
function copiedReceiptOf(value: string | undefined): string | null {
  if (value === undefined || parseOrderPromise(value).ok) return null;
  const copied = parseCartPromise(value);
  return copied.ok ? copied.value.signedReceipt : null;
}

function versionOf(facts: object): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('base64url').slice(0, 22);
}
