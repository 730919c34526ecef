/**
 * How does one step get to Shopify, and how is an order read?
 *
 * In: steps and orders by their numbers. Out: answers; outages throw. Everything leaves in the lane of fulfillment.
 * Reads ask for no more than the order is likely to have and grow when it has more.
 */
import {
  FulfillmentCreate,
  FulfillmentEventCreate,
  FulfillmentOrderHold,
  FulfillmentOrderLineItemsPreparedForPickup,
  FulfillmentOrderMove,
  FulfillmentOrderOpen,
  FulfillmentOrderReleaseHold,
  FulfillmentOrderReportProgress,
  FulfillmentOrderSplit,
  FulfillmentOrdersSetFulfillmentDeadline,
  FulfillmentTrackingInfoUpdate,
  InventoryActivate,
  InventoryItemsAtLocationRead,
  OrderFulfillmentsRead,
  OrderWorkRead,
} from '../../../graphql/admin/generated/documents.ts';
import type { FulfillmentHoldReason } from '../../../graphql/admin/generated/types.ts';
import type { ShopId } from '../../base/ids.ts';
import { type AdminAnswer, type AdminClient, expectAnswer } from '../admin-client.ts';
import { gidOf, numberOfGid } from '../gid.ts';
import {
  fromShopifyFulfillments,
  fromShopifyParts,
  type ObservedFulfillment,
  type ObservedPart,
  type PartUnits,
  type Tracking,
} from './observed.ts';
import type { Step } from './step.ts';

const LANE = { lane: 'fulfillment' } as const;
// Doubled until the order fits; more than this and one question costs more than Shopify allows.
const MOST_AT_ONCE = 60;

/** How much of an order is asked for. */
export type ReadSize = { readonly parts: number; readonly lines: number };

/** An order's fulfillment orders; `gone`: no such order, `too_large`: more than can be asked at once. */
export async function readParts(
  admin: AdminClient,
  asked: { readonly shopId: ShopId; readonly orderId: string; readonly size: ReadSize },
): Promise<readonly ObservedPart[] | 'gone' | 'too_large'> {
  for (const size of sizesFrom(asked.size)) {
    const id = gidOf('Order', asked.orderId);
    const variables = { id, orders: size.parts, lines: size.lines };
    const { order } = expectAnswer(await admin.send(asked.shopId, OrderWorkRead, variables, LANE));
    if (order === null) return 'gone';
    const parts = fromShopifyParts(order);
    if (parts !== undefined) return parts;
  }
  return 'too_large';
}

/** What left of an order. */
export async function readFulfillments(
  admin: AdminClient,
  asked: { readonly shopId: ShopId; readonly orderId: string; readonly size: ReadSize },
): Promise<readonly ObservedFulfillment[] | 'gone' | 'too_large'> {
  for (const size of sizesFrom(asked.size)) {
    const id = gidOf('Order', asked.orderId);
    const variables = { id, fulfillments: size.parts, lines: size.lines };
    const answer = await admin.send(asked.shopId, OrderFulfillmentsRead, variables, LANE);
    const { order } = expectAnswer(answer);
    if (order === null) return 'gone';
    const fulfillments = fromShopifyFulfillments(order, size.parts);
    if (fulfillments !== undefined) return fulfillments;
  }
  return 'too_large';
}

function sizesFrom({ parts, lines }: ReadSize): readonly ReadSize[] {
  const sizes: ReadSize[] = [];
  for (let factor = 1; factor <= 16; factor *= 2) {
    const size = {
      parts: Math.min(MOST_AT_ONCE, parts * factor),
      lines: Math.min(MOST_AT_ONCE, lines * factor),
    };
    sizes.push(size);
    if (size.parts === MOST_AT_ONCE && size.lines === MOST_AT_ONCE) break;
  }
  return sizes;
}

/** Which of these items a location does not stock. */
export async function readUnstocked(
  admin: AdminClient,
  shopId: ShopId,
  { locationId, itemIds }: { readonly locationId: string; readonly itemIds: readonly string[] },
): Promise<readonly { readonly locationId: string; readonly itemId: string }[]> {
  const variables = {
    ids: itemIds.map((id) => gidOf('InventoryItem', id)),
    locationId: gidOf('Location', locationId),
    names: ['available'],
  };
  const answer = await admin.send(shopId, InventoryItemsAtLocationRead, variables, LANE);
  return expectAnswer(answer).nodes.flatMap((node) =>
    node !== null && 'id' in node && node.inventoryLevel === null
      ? [{ locationId, itemId: numberOfGid(node.id) }]
      : [],
  );
}

/** What a step is sent with. */
export type SendContext = {
  readonly shopId: ShopId;
  /** Names this step and no other. */
  readonly key: string;
  readonly notifiesShopper: boolean;
};

/** Sends a step; throws when the answer is not known. */
export async function sendStep(
  admin: AdminClient,
  step: Step,
  context: SendContext,
): Promise<AdminAnswer<unknown>> {
  const { shopId } = context;
  switch (step.kind) {
    case 'fulfill':
    case 'tracking':
    case 'event':
      return await sendShipped(admin, step, context);
    case 'hold':
    case 'release':
      return await sendHold(admin, step, shopId);
    case 'deadline':
      return await admin.send(
        shopId,
        FulfillmentOrdersSetFulfillmentDeadline,
        {
          fulfillmentOrderIds: step.partIds.map(partGid),
          fulfillmentDeadline: step.deadline,
        },
        LANE,
      );
    case 'activate':
      return await admin.send(
        shopId,
        InventoryActivate,
        {
          inventoryItemId: gidOf('InventoryItem', step.itemId),
          locationId: gidOf('Location', step.locationId),
          key: context.key,
        },
        LANE,
      );
    default:
      return await sendPart(admin, step, shopId);
  }
}

type PartStep = Extract<Step, { kind: 'move' | 'split' | 'open' | 'progress' | 'prepared' }>;

async function sendPart(
  admin: AdminClient,
  step: PartStep,
  shopId: ShopId,
): Promise<AdminAnswer<unknown>> {
  const id = partGid(step.partId);
  switch (step.kind) {
    case 'move': {
      const newLocationId = gidOf('Location', step.locationId);
      const lines =
        step.lines === undefined ? {} : { fulfillmentOrderLineItems: toLineInput(step.lines) };
      const variables = { id, newLocationId, ...lines };
      return await admin.send(shopId, FulfillmentOrderMove, variables, LANE);
    }
    case 'split': {
      const split = {
        fulfillmentOrderId: id,
        fulfillmentOrderLineItems: toLineInput(step.lines),
      };
      const variables = { fulfillmentOrderSplits: [split] };
      return await admin.send(shopId, FulfillmentOrderSplit, variables, LANE);
    }
    case 'open':
      return await admin.send(shopId, FulfillmentOrderOpen, { id }, LANE);
    case 'progress':
      return await admin.send(shopId, FulfillmentOrderReportProgress, { id }, LANE);
    case 'prepared': {
      const input = { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: id }] };
      const document = FulfillmentOrderLineItemsPreparedForPickup;
      return await admin.send(shopId, document, { input }, LANE);
    }
  }
}

// What the merchant reads in Shopify's admin beside the hold.
const HOLDS: Readonly<Record<string, readonly [FulfillmentHoldReason, string]>> = {
  competing: ['OTHER', 'Stores are being asked who sends it.'],
  unplaced: ['OTHER', 'No place can send it yet.'],
  payment: ['AWAITING_PAYMENT', 'Payment is awaited.'],
  fraud: ['HIGH_RISK_OF_FRAUD', 'The order is being checked.'],
  address: ['INCORRECT_ADDRESS', 'The address is being checked.'],
  agent: ['OTHER', 'Held by customer service.'],
};

async function sendHold(
  admin: AdminClient,
  step: Extract<Step, { kind: 'hold' | 'release' }>,
  shopId: ShopId,
): Promise<AdminAnswer<unknown>> {
  const id = partGid(step.partId);
  if (step.kind === 'release') {
    const holdIds = step.holdIds.map((hold) => gidOf('FulfillmentHold', hold));
    return await admin.send(shopId, FulfillmentOrderReleaseHold, { id, holdIds }, LANE);
  }
  const [reason, reasonNotes] = HOLDS[step.cause] ?? (['OTHER', 'Held by Kept.'] as const);
  const lines =
    step.lines === undefined ? {} : { fulfillmentOrderLineItems: toLineInput(step.lines) };
  const fulfillmentHold = { reason, reasonNotes, handle: step.workId, ...lines };
  return await admin.send(shopId, FulfillmentOrderHold, { id, fulfillmentHold }, LANE);
}

async function sendShipped(
  admin: AdminClient,
  step: Extract<Step, { kind: 'fulfill' | 'tracking' | 'event' }>,
  { shopId, notifiesShopper }: SendContext,
): Promise<AdminAnswer<unknown>> {
  if (step.kind === 'fulfill') {
    const fulfillment = {
      lineItemsByFulfillmentOrder: step.parts.map(({ partId, lines }) => ({
        fulfillmentOrderId: partGid(partId),
        fulfillmentOrderLineItems: toLineInput(lines),
      })),
      notifyCustomer: notifiesShopper && step.tracking !== null,
      ...(step.tracking === null ? {} : { trackingInfo: toTrackingInput(step.tracking) }),
    };
    return await admin.send(shopId, FulfillmentCreate, { fulfillment }, LANE);
  }
  const fulfillmentId = gidOf('Fulfillment', step.fulfillmentId);
  if (step.kind === 'event') {
    const fulfillmentEvent = { fulfillmentId, status: step.status };
    return await admin.send(shopId, FulfillmentEventCreate, { fulfillmentEvent }, LANE);
  }
  const variables = {
    fulfillmentId,
    trackingInfoInput: toTrackingInput(step.tracking),
    notifyCustomer: notifiesShopper,
  };
  return await admin.send(shopId, FulfillmentTrackingInfoUpdate, variables, LANE);
}

function toTrackingInput({ company, number, url }: Tracking) {
  return {
    ...(company === null ? {} : { company }),
    ...(number === null ? {} : { number }),
    ...(url === null ? {} : { url }),
  };
}

function toLineInput(lines: readonly PartUnits[]) {
  return lines.map(({ id, quantity }) => ({
    id: gidOf('FulfillmentOrderLineItem', id),
    quantity,
  }));
}

function partGid(id: string): string {
  return gidOf('FulfillmentOrder', id);
}
