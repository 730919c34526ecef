/**
 * What Shopify says of an order's fulfillment, in the words the follower decides with.
 *
 * In: the two reads of an order. Out: its fulfillment orders and what has left. Ids are plain numbers. An answer that
 * does not hold everything is `undefined`: nobody decides on half an order, the reader asks again with more room.
 */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type {
  OrderFulfillmentsRead,
  OrderWorkRead,
} from '../../../graphql/admin/generated/documents.ts';
import { numberOfGid } from '../gid.ts';

/** So many units of an order line. */
export type Units = { readonly lineId: string; readonly quantity: number };

/** Units of a line of a fulfillment order, by the id that the line has there. */
export type PartUnits = { readonly id: string; readonly quantity: number };

export type ObservedLine = {
  readonly id: string;
  readonly lineId: string;
  readonly itemId: string | null;
  readonly remaining: number;
};

export type ObservedHold = {
  readonly id: string;
  readonly handle: string | null;
  readonly isOurs: boolean;
};

/** A fulfillment order. `locationId` is null when its location is gone. */
export type ObservedPart = {
  readonly id: string;
  readonly status: string;
  readonly requestStatus: string;
  readonly method: string | null;
  readonly actions: readonly string[];
  readonly locationId: string | null;
  readonly fulfillBy: string | null;
  readonly holds: readonly ObservedHold[];
  readonly lines: readonly ObservedLine[];
};

export type Tracking = {
  readonly company: string | null;
  readonly number: string | null;
  readonly url: string | null;
};

/** What left together as Shopify has it. */
export type ObservedFulfillment = {
  readonly id: string;
  readonly isCanceled: boolean;
  readonly displayStatus: string | null;
  readonly locationId: string | null;
  readonly tracking: Tracking | null;
  readonly createdAt: string;
  readonly lines: readonly Units[];
};

/** An order as Shopify has it. `fulfillments` is undefined when they were not asked for. */
export type Observed = {
  readonly parts: readonly ObservedPart[];
  readonly fulfillments: readonly ObservedFulfillment[] | undefined;
};

type ResultOf<Document> =
  Document extends TypedDocumentNode<infer Data, infer _Variables> ? Data : never;
type WorkOrder = NonNullable<ResultOf<typeof OrderWorkRead>['order']>;
type LeftOrder = NonNullable<ResultOf<typeof OrderFulfillmentsRead>['order']>;

// An error or a failure is no fulfillment either: nothing of it has left.
const GONE = new Set(['CANCELLED', 'ERROR', 'FAILURE']);

/** Its fulfillment orders; undefined: the answer does not hold all of them. */
export function fromShopifyParts(order: WorkOrder): readonly ObservedPart[] | undefined {
  const { nodes, pageInfo } = order.fulfillmentOrders;
  if (pageInfo.hasNextPage || nodes.some((node) => node.lineItems.pageInfo.hasNextPage)) {
    return undefined;
  }
  return nodes.map((node) => ({
    id: numberOfGid(node.id),
    status: node.status,
    requestStatus: node.requestStatus,
    method: node.deliveryMethod?.methodType ?? null,
    actions: node.supportedActions.map(({ action }) => action),
    locationId: numberOrNull(node.assignedLocation.location?.id),
    fulfillBy: node.fulfillBy,
    holds: node.fulfillmentHolds.map((hold) => ({
      id: numberOfGid(hold.id),
      handle: hold.handle,
      isOurs: hold.heldByRequestingApp,
    })),
    lines: node.lineItems.nodes.map((line) => ({
      id: numberOfGid(line.id),
      lineId: numberOfGid(line.lineItem.id),
      itemId: numberOrNull(line.inventoryItemId),
      remaining: line.remainingQuantity,
    })),
  }));
}

/** What left of it; undefined: the answer does not hold all of it. */
export function fromShopifyFulfillments(
  order: LeftOrder,
  asked: number,
): readonly ObservedFulfillment[] | undefined {
  const { fulfillments } = order;
  if (fulfillments.length >= asked) return undefined;
  if (fulfillments.some((one) => one.fulfillmentLineItems.pageInfo.hasNextPage)) return undefined;
  return fulfillments.map((one) => ({
    id: numberOfGid(one.id),
    isCanceled: GONE.has(one.status),
    displayStatus: one.displayStatus,
    locationId: numberOrNull(one.location?.id),
    tracking: one.trackingInfo[0] ?? null,
    createdAt: one.createdAt,
    lines: sumByLine(
      one.fulfillmentLineItems.nodes.map(({ lineItem, quantity }) => ({
        lineId: numberOfGid(lineItem.id),
        quantity: quantity ?? 0,
      })),
    ),
  }));
}

function numberOrNull(gid: string | null | undefined): string | null {
  return gid === null || gid === undefined ? null : numberOfGid(gid);
}

/** One row a line, without lines of no units, by line. */
export function sumByLine(units: readonly Units[]): readonly Units[] {
  const total = new Map<string, number>();
  for (const { lineId, quantity } of units) {
    total.set(lineId, (total.get(lineId) ?? 0) + quantity);
  }
  return [...total]
    .filter(([, quantity]) => quantity > 0)
    .map(([lineId, quantity]) => ({ lineId, quantity }))
    .toSorted((a, b) => (a.lineId < b.lineId ? -1 : 1));
}

/** Work is still to be done on it. */
export function isActive(part: ObservedPart): boolean {
  return ACTIVE.has(part.status) && part.lines.some(({ remaining }) => remaining > 0);
}

const ACTIVE = new Set(['OPEN', 'IN_PROGRESS', 'ON_HOLD', 'SCHEDULED']);
