/** Fulfillment orders, their holds, and what left, as the Admin API shows them. */
import type {
  Fulfillment,
  FulfillmentHold,
  FulfillmentOrder,
  Order,
} from '../orders/order-state.ts';
import { actionsOf, mayMerge } from '../orders/work.ts';
import { gid, idOf, type LocalShop, levelOf, variantOf } from '../shop.ts';
import { toLine } from './line-view.ts';
import { type Arguments, type Node, toConnection, toPage } from './node.ts';
import { toLocation, toVariant } from './places.ts';

/** The way back from a thing to its order, which shows its things itself. */
export type Viewer = { shop: LocalShop; toOrder: (order: Order) => Node };

export type ViewedWork = { order: Order; one: FulfillmentOrder };

const orNull = (text: string | undefined): string | null =>
  text === undefined || text === '' ? null : text;

/** A fulfillment order as it is now. */
export function toWork(viewer: Viewer, { order, one }: ViewedWork): Node {
  const { shop } = viewer;
  return {
    __typename: 'FulfillmentOrder',
    id: gid('FulfillmentOrder', one.id),
    orderId: gid('Order', order.id),
    orderName: `#${order.number}`,
    orderProcessedAt: order.createdAt,
    order: () => viewer.toOrder(order),
    status: one.status,
    requestStatus: one.requestStatus,
    createdAt: one.createdAt,
    updatedAt: one.updatedAt,
    fulfillAt: one.fulfillAt,
    fulfillBy: one.fulfillBy,
    supportedActions: actionsOf(shop, { order, one }).map((action) => ({
      __typename: 'FulfillmentOrderSupportedAction',
      action,
      externalUrl: null,
    })),
    fulfillmentHolds: one.holds.map((hold) => toHold(shop, hold)),
    assignedLocation: toAssigned(shop, one),
    destination: one.destination && toDestination(shop, { order, one }),
    deliveryMethod: toMethod(shop, { order, one }),
    lineItems: (args: Arguments) =>
      toPage(
        'FulfillmentOrderLineItemConnection',
        { items: one.lines, make: (line) => toPart(shop, order, line) },
        args,
      ),
    fulfillments: (args: Arguments) =>
      toPage(
        'FulfillmentConnection',
        {
          items: order.fulfillments.filter((each) =>
            each.lines.some((line) => line.fulfillmentOrderId === one.id),
          ),
          make: (each) => toFulfillment(viewer, order, each),
        },
        args,
      ),
    fulfillmentOrdersForMerge: (args: Arguments) =>
      toPage(
        'FulfillmentOrderConnection',
        {
          items: order.fulfillmentOrders.filter((each) => mayMerge(one, each)),
          make: (each) => toWork(viewer, { order, one: each }),
        },
        args,
      ),
    locationsForMove: (args: Arguments) => toTargets(shop, { order, one }, args),
    merchantRequests: (args: Arguments) =>
      toConnection('FulfillmentOrderMerchantRequestConnection', [], args),
  };
}

/** A hold; whose it is, seen by the app that asks. */
export function toHold(shop: LocalShop, hold: FulfillmentHold): Node {
  const isOwn = hold.heldBy === 'app';
  return {
    __typename: 'FulfillmentHold',
    id: gid('FulfillmentHold', hold.id),
    handle: orNull(hold.handle),
    reason: hold.reason,
    reasonNotes: hold.notes,
    displayReason: hold.reason.toLowerCase().replaceAll('_', ' '),
    heldByRequestingApp: isOwn,
    heldByApp: isOwn
      ? { __typename: 'App', id: gid('App', shop.app.id), title: shop.app.name }
      : null,
  };
}

/** The location as it was when it was assigned; the link is to the location as it is. */
function toAssigned(shop: LocalShop, one: FulfillmentOrder): Node {
  const { assigned } = one;
  const location = shop.locations.get(one.locationId);
  return {
    __typename: 'FulfillmentOrderAssignedLocation',
    name: assigned.name,
    address1: orNull(assigned.address1),
    address2: orNull(assigned.address2),
    city: orNull(assigned.city),
    zip: orNull(assigned.zip),
    province: orNull(assigned.provinceCode),
    phone: orNull(assigned.phone),
    countryCode: assigned.countryCode,
    location: () => (location ? toLocation(shop, location) : null),
  };
}

function toDestination(shop: LocalShop, { order, one }: ViewedWork): Node {
  const mayRead = shop.state.settings.protectedData === 'granted';
  const shown = (text: string | undefined): string | null => (mayRead ? orNull(text) : null);
  const address = one.destination;
  return {
    __typename: 'FulfillmentOrderDestination',
    id: gid('FulfillmentOrderDestination', one.id),
    firstName: shown(address?.firstName),
    lastName: shown(address?.lastName),
    company: shown(address?.company),
    address1: shown(address?.address1),
    address2: shown(address?.address2),
    city: shown(address?.city),
    zip: shown(address?.zip),
    province: shown(address?.provinceCode),
    phone: shown(address?.phone),
    email: shown(order.email),
    countryCode: mayRead ? (address?.countryCode ?? null) : null,
    location: null,
  };
}

function toMethod(shop: LocalShop, { order, one }: ViewedWork): Node {
  const place = shop.locations.get(one.locationId);
  return {
    __typename: 'DeliveryMethod',
    id: gid('DeliveryMethod', one.id),
    methodType: one.methodType,
    presentedName: order.shippingLine?.title ?? null,
    serviceCode: order.shippingLine?.code ?? null,
    sourceReference: null,
    brandedPromise: null,
    additionalInformation: {
      __typename: 'DeliveryMethodAdditionalInformation',
      instructions: shop.state.localPickup[place?.id ?? 0]?.instructions ?? null,
      phone: null,
    },
    minDeliveryDateTime: one.minDeliveryAt,
    maxDeliveryDateTime: one.maxDeliveryAt,
  };
}

/** Where it could go, and why not: every other open location, movable when it stocks all that is left. */
function toTargets(shop: LocalShop, { order, one }: ViewedWork, args: Arguments): Node {
  const wanted = args['locationIds'];
  const asked = Array.isArray(wanted) ? wanted.map((id) => idOf('Location', String(id))) : null;
  const items = shop.seed.locations.filter(
    ({ id, isActive }) => isActive && id !== one.locationId && (!asked || asked.includes(id)),
  );
  const canMove = actionsOf(shop, { order, one }).includes('MOVE');
  return toPage(
    'FulfillmentOrderLocationForMoveConnection',
    {
      items,
      make: (location) => {
        const lacking = one.lines.filter((line) => !isStocked(shop, { order, line, location }));
        const isMovable = canMove && lacking.length === 0;
        const why = canMove ? "Some items aren't stocked there." : 'It cannot be moved now.';
        return {
          __typename: 'FulfillmentOrderLocationForMove',
          location: toLocation(shop, location),
          movable: isMovable,
          message: isMovable ? null : why,
        };
      },
    },
    args,
  );
}

function isStocked(
  shop: LocalShop,
  {
    order,
    line,
    location,
  }: { order: Order; line: FulfillmentOrder['lines'][number]; location: { id: number } },
): boolean {
  const { variant } = variantOf(shop, lineOf(order, line.orderLineId).variantId);
  return levelOf(shop, variant.inventoryItemId, location.id) !== undefined;
}

/** What left, with tracking and what the carrier said. */
export function toFulfillment(viewer: Viewer, order: Order, one: Fulfillment): Node {
  const { shop } = viewer;
  const location = shop.locations.get(one.locationId);
  const when = (status: string): string | null =>
    one.events.findLast((event) => event.status === status)?.happenedAt ?? null;
  return {
    __typename: 'Fulfillment',
    id: gid('Fulfillment', one.id),
    legacyResourceId: String(one.id),
    name: `#${order.number}-F${one.place}`,
    status: one.status,
    displayStatus: displayStatusOf(order, one),
    createdAt: one.createdAt,
    updatedAt: one.updatedAt,
    inTransitAt: when('IN_TRANSIT'),
    deliveredAt: when('DELIVERED'),
    estimatedDeliveryAt:
      one.events.findLast((event) => event.estimatedDeliveryAt)?.estimatedDeliveryAt ?? null,
    requiresShipping: true,
    totalQuantity: one.lines.reduce((sum, line) => sum + line.quantity, 0),
    order: () => viewer.toOrder(order),
    location: () => (location ? toLocation(shop, location) : null),
    service: null,
    originAddress: null,
    trackingInfo: ({ first }: Arguments) =>
      one.tracking
        .slice(0, typeof first === 'number' ? first : undefined)
        .map((each) => ({ __typename: 'FulfillmentTrackingInfo', ...each })),
    events: (args: Arguments) =>
      toPage(
        'FulfillmentEventConnection',
        {
          items: one.events.toSorted((a, b) => Date.parse(a.happenedAt) - Date.parse(b.happenedAt)),
          make: toEvent,
        },
        args,
      ),
    fulfillmentOrders: (args: Arguments) => {
      const ids = new Set(one.lines.map((line) => line.fulfillmentOrderId));
      const items = order.fulfillmentOrders.filter((each) => ids.has(each.id));
      const make = (each: FulfillmentOrder): Node => toWork(viewer, { order, one: each });
      return toPage('FulfillmentOrderConnection', { items, make }, args);
    },
    fulfillmentLineItems: (args: Arguments) =>
      toPage(
        'FulfillmentLineItemConnection',
        {
          items: one.lines,
          make: ({ id, orderLineId, quantity }) => ({
            __typename: 'FulfillmentLineItem',
            id: gid('FulfillmentLineItem', id),
            quantity,
            lineItem: () => toLine(shop, order, lineOf(order, orderLineId)),
          }),
        },
        args,
      ),
  };
}

function displayStatusOf(order: Order, one: Fulfillment): string {
  if (one.status === 'CANCELLED') return 'CANCELED';
  const last = one.events.at(-1)?.status;
  if (last) return last;
  return order.pickupLocationId === null ? 'FULFILLED' : 'PICKED_UP';
}

/** What a carrier said. */
export function toEvent(event: Fulfillment['events'][number]): Node {
  return {
    __typename: 'FulfillmentEvent',
    address1: null,
    province: null,
    latitude: null,
    longitude: null,
    ...event,
    id: gid('FulfillmentEvent', event.id),
  };
}

function lineOf(order: Order, id: number): Order['lines'][number] {
  const line = order.lines.find((one) => one.id === id);
  if (!line) throw new Error(`order ${order.id} has no line ${id}`);
  return line;
}

function toPart(shop: LocalShop, order: Order, part: FulfillmentOrder['lines'][number]): Node {
  const line = lineOf(order, part.orderLineId);
  const entry = variantOf(shop, line.variantId);
  return {
    __typename: 'FulfillmentOrderLineItem',
    id: gid('FulfillmentOrderLineItem', part.id),
    totalQuantity: part.quantity,
    remainingQuantity: part.remaining,
    sku: entry.variant.sku,
    productTitle: entry.product.title.en,
    variantTitle: entry.variant.optionValues.join(' / '),
    vendor: entry.product.vendor,
    requiresShipping: entry.variant.requiresShipping,
    weight: { __typename: 'Weight', unit: 'GRAMS', value: entry.variant.weightGrams },
    image: null,
    warnings: [],
    inventoryItemId: gid('InventoryItem', entry.variant.inventoryItemId),
    lineItem: () => toLine(shop, order, line),
    // A deleted variant is gone from its old orders too; name and SKU stay.
    variant: () => (shop.variants.has(line.variantId) ? toVariant(shop, entry) : null),
  };
}
