/**
 * From Shopify's order to ours: what was bought, where it goes, what evidence of a promise came with it.
 *
 * Works with protected customer data withheld: the address is then null and the order is joined without it. Codes, not
 * titles or handles, name the bought option (platform decision 2). An order whose lines left from several places is
 * described by its parts as well, because Shopify asked for rates once per place.
 */
import { createHash } from 'node:crypto';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import {
  OrderLinesRead,
  OrderPartsRead,
  OrderRead,
} from '../../graphql/admin/generated/documents.ts';
import type { ShopId } from '../base/ids.ts';
import { parseCartPromise } from '../contract/cart-promise.ts';
import { postalKey } from '../contract/destination.ts';
import { parseEtaClass } from '../contract/eta-class.ts';
import { linesFingerprint } from '../contract/lines-fingerprint.ts';
import { parseOrderPromise } from '../contract/order-promise.ts';
import { STOREFRONT_ATTRIBUTE } from '../contract/storefront-promise.ts';
import type { OrderDelivery, PlacedOrder } from '../orders/orders.ts';
import { type AdminAnswer, type AdminClient, expectAnswer } from './admin-client.ts';
import { CARRIER_NAME } from './carrier.ts';
import { gidOf, numberOfGid } from './gid.ts';
import { mapAnswer, readPages } from './pages.ts';
import { nodeOfLocation, type Surfaces, serviceOfRate } from './surfaces.ts';

/** What the shop's policy says that an order has to be read with. */
export type OrderContext = {
  readonly surfaces: Surfaces;
  readonly nodeIds: ReadonlySet<string>;
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

type ResultOf<Document> =
  Document extends TypedDocumentNode<infer Data, infer _Variables> ? Data : never;
type OrderNode = NonNullable<ResultOf<typeof OrderRead>['order']>;
type LineNode = OrderNode['lineItems']['nodes'][number];
type FulfillmentNode = OrderNode['fulfillmentOrders']['nodes'][number];

// 250 lines a page: a cart holds at most 500.
const MOST_LINE_PAGES = 8;
// An order is read before any stock is written: what it takes is part of every figure.
const LANE = { lane: 'fulfillment' } as const;

async function readOrder(
  deps: OrderReaderDeps,
  shopId: ShopId,
  orderId: string,
): Promise<PlacedOrder | undefined> {
  const id = gidOf('Order', orderId);
  const { order } = expectAnswer(await deps.admin.send(shopId, OrderRead, { id }, LANE));
  if (order === null) return undefined;
  const lines = await readAllLines(deps.admin, shopId, order);
  const context = await deps.contextOf(shopId);
  const delivery = deliveryOf(order, context);
  const needed = lines.filter((line) => line.requiresShipping);
  const fingerprint = fingerprintOf(needed);
  const places = new Set(shippedOrders(order).map(placeOf));
  const parts =
    delivery.kind === 'ship' && places.size > 1
      ? await readParts(deps.admin, shopId, id)
      : undefined;
  const read = {
    orderId,
    placedAt: order.createdAt,
    currency: order.presentmentCurrencyCode,
    lines: needed.map((line) => ({
      variantId: line.variant === null ? '' : numberOfGid(line.variant.id),
      quantity: line.quantity,
    })),
    fingerprint,
    partFingerprints: parts ?? [fingerprint],
    destination: destinationOf(order),
    delivery: needed.length === 0 ? ({ kind: 'none' } as const) : delivery,
    checkoutToken: order.checkoutToken,
    cartToken: order.cartToken,
    copiedReceipt: copiedReceiptOf(order.promise?.value),
    storefrontReceipt:
      order.customAttributes.find(({ key }) => key === STOREFRONT_ATTRIBUTE)?.value ?? null,
  };
  const isTableDated = needed.every((line) => wasNormal(line, order.createdAt, context.timeZone));
  return { ...read, isTableDated, version: versionOf(read) };
}

// What the Function saw then: the class as it stands, if it has not been written since.
function wasNormal(line: LineNode, placedAt: string, timeZone: string): boolean {
  const eta = line.variant?.eta;
  if (!eta) return false;
  const placed = Temporal.Instant.from(placedAt);
  if (Temporal.Instant.compare(Temporal.Instant.from(eta.updatedAt), placed) > 0) return false;
  const today = placed.toZonedDateTimeISO(timeZone).toPlainDate().toString();
  return parseEtaClass(eta.value, today) === 'normal';
}

async function readAllLines(
  admin: AdminClient,
  shopId: ShopId,
  order: OrderNode,
): Promise<readonly LineNode[]> {
  const { nodes, pageInfo } = order.lineItems;
  if (!pageInfo.hasNextPage || pageInfo.endCursor === null) return nodes;
  const first = pageInfo.endCursor;
  const rest = await readPages(async (after): Promise<AdminAnswer<OrderNode['lineItems']>> => {
    const variables = { id: order.id, after: after ?? first };
    return mapAnswer(await admin.send(shopId, OrderLinesRead, variables, LANE), (data) => {
      if (data.order === null) throw new Error('An order was deleted while it was read.');
      return data.order.lineItems;
    });
  }, MOST_LINE_PAGES);
  return [...nodes, ...expectAnswer(rest)];
}

function fingerprintOf(
  lines: readonly { readonly variant: { readonly id: string } | null; readonly quantity: number }[],
): string {
  return linesFingerprint(
    lines.map((line) => ({ variantId: line.variant?.id ?? '', quantity: line.quantity })),
  );
}

// A canceled fulfillment order was replaced by another with the same lines.
function shippedOrders(order: OrderNode): readonly FulfillmentNode[] {
  return order.fulfillmentOrders.nodes.filter(
    (one) => one.status !== 'CANCELLED' && one.deliveryMethod?.methodType === 'SHIPPING',
  );
}

function placeOf(one: {
  readonly assignedLocation: { readonly location: { readonly id: string } | null };
}): string {
  return one.assignedLocation.location?.id ?? '';
}

// Fingerprints by place, sorted; undefined when not everything could be read.
async function readParts(
  admin: AdminClient,
  shopId: ShopId,
  id: string,
): Promise<readonly string[] | undefined> {
  const { order } = expectAnswer(await admin.send(shopId, OrderPartsRead, { id }, LANE));
  const nodes = (order?.fulfillmentOrders.nodes ?? []).filter(
    (one) => one.status !== 'CANCELLED' && one.deliveryMethod?.methodType === 'SHIPPING',
  );
  if (nodes.some((one) => one.lineItems.pageInfo.hasNextPage)) return undefined;
  const byPlace = Map.groupBy(nodes, placeOf);
  return [...byPlace.values()]
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

function deliveryOf(order: OrderNode, context: OrderContext): OrderDelivery {
  const live = order.fulfillmentOrders.nodes.filter((one) => one.status !== 'CANCELLED');
  const pickup = live.find((one) => one.deliveryMethod?.methodType === 'PICK_UP');
  const isShipped = live.some((one) => one.deliveryMethod?.methodType === 'SHIPPING');
  const line = order.shippingLines.nodes[0];
  const code = line?.code ?? null;
  if (pickup !== undefined && !isShipped) {
    const location = pickup.assignedLocation.location;
    const { surfaces, nodeIds } = context;
    return {
      kind: 'pickup',
      nodeId:
        location === null ? undefined : nodeOfLocation(surfaces, numberOfGid(location.id), nodeIds),
    };
  }
  if (line === undefined || code === null) return { kind: 'none' };
  // A merchant's flat rate may be named like a service of ours: only a carrier's rate can be our own.
  const isCarriers = line.source === CARRIER_NAME || line.carrierIdentifier !== null;
  const isOwnRate = isCarriers && (code.startsWith('pp:') || context.serviceCodes.has(code));
  const serviceCode = isOwnRate ? code : serviceOfRate(context.surfaces, code);
  return { kind: 'ship', code, serviceCode, isOwnRate };
}

function destinationOf(order: OrderNode): PlacedOrder['destination'] {
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
