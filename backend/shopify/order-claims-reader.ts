/**
 * What does an order claim of our stock now, as Shopify has it?
 *
 * In: an order's number, read afresh. Out: its lines in our SKUs with what was canceled of each, what left from which
 * node, and where the rest is assigned. Units that left a location we have no node for are no claim any more and no
 * movement either: the stock there is not ours to count. An order too large for one answer is not assigned by us: its
 * units wait in the pool, which is safe for every channel.
 */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { OrderClaimsRead } from '../../graphql/admin/generated/documents.ts';
import type { ShopId } from '../base/ids.ts';
import type { FollowedOrder } from '../stock/reservations/order-claims/following.ts';
import { type AdminClient, expectAnswer } from './admin-client.ts';
import { gidOf, numberOfGid } from './gid.ts';
import { nodeOfLocation, type Surfaces } from './surfaces.ts';

/** What an order's claims have to be read with. */
export type ClaimContext = {
  readonly surfaces: Surfaces;
  readonly nodeIds: ReadonlySet<string>;
  readonly skuOfVariant: ReadonlyMap<string, string>;
  readonly hasSku: (sku: string) => boolean;
};

export type ClaimReaderDeps = {
  readonly admin: AdminClient;
  contextOf(shopId: ShopId): Promise<ClaimContext>;
};

type ResultOf<Document> =
  Document extends TypedDocumentNode<infer Data, infer _Variables> ? Data : never;
type OrderNode = NonNullable<ResultOf<typeof OrderClaimsRead>['order']>;

/** Every order of Shopify sells from the online store's units: its checkouts reserve there. */
const CHANNEL = 'online';
// What an order takes is part of every figure: it is read before any stock is written.
const LANE = { lane: 'fulfillment' } as const;
// Goods of these have left, or are about to.
const LEFT = new Set(['SUCCESS', 'OPEN', 'PENDING']);
// Nothing of these is to be shipped any more.
const OVER = new Set(['CLOSED', 'CANCELLED', 'INCOMPLETE']);

/** Reads an order's claims; undefined: there is no such order. */
export async function readOrderClaims(
  deps: ClaimReaderDeps,
  shopId: ShopId,
  orderId: string,
): Promise<FollowedOrder | undefined> {
  const asked = { id: gidOf('Order', orderId) };
  const { order } = expectAnswer(await deps.admin.send(shopId, OrderClaimsRead, asked, LANE));
  return order === null ? undefined : fromShopifyOrder(order, await deps.contextOf(shopId));
}

/** The claims of an order as Shopify answered. */
export function fromShopifyOrder(order: OrderNode, context: ClaimContext): FollowedOrder {
  const shipped = shippedLines(order, context);
  const leftOf = new Map<string, number>();
  for (const { lineId, quantity } of shipped) {
    leftOf.set(lineId, (leftOf.get(lineId) ?? 0) + quantity);
  }
  const lines = order.lineItems.nodes.flatMap((line) => {
    const sku = skuOf(line, context);
    const lineId = numberOfGid(line.id);
    if (sku === undefined) return [];
    const open = order.cancelledAt === null ? line.unfulfilledQuantity : 0;
    const canceled = Math.max(0, line.quantity - open - (leftOf.get(lineId) ?? 0));
    return [{ lineId, sku, quantity: line.quantity, canceled }];
  });
  const known = new Set(lines.map(({ lineId }) => lineId));
  return {
    orderId: numberOfGid(order.id),
    source: 'shopify',
    channel: CHANNEL,
    placedAt: order.createdAt,
    lines,
    shipped: shipped.filter(({ lineId }) => known.has(lineId)),
    unshipped: unshippedLines(order),
    assigned: assignedLines(order, context)?.filter(({ lineId }) => known.has(lineId)),
    reservationKey: order.checkoutToken ?? undefined,
    version: order.updatedAt,
  };
}

function skuOf(
  line: OrderNode['lineItems']['nodes'][number],
  context: ClaimContext,
): string | undefined {
  const byVariant =
    line.variant === null ? undefined : context.skuOfVariant.get(numberOfGid(line.variant.id));
  const sku = byVariant ?? line.sku ?? undefined;
  return sku !== undefined && context.hasSku(sku) ? sku : undefined;
}

function nodeOf(
  location: { readonly id: string } | null,
  { surfaces, nodeIds }: ClaimContext,
): string | undefined {
  return location === null
    ? undefined
    : nodeOfLocation(surfaces, numberOfGid(location.id), nodeIds);
}

function shippedLines(order: OrderNode, context: ClaimContext): FollowedOrder['shipped'] {
  return order.fulfillments.flatMap((fulfillment) => {
    const nodeId = nodeOf(fulfillment.location, context);
    if (nodeId === undefined || !LEFT.has(fulfillment.status)) return [];
    return fulfillment.fulfillmentLineItems.nodes.flatMap(({ id, quantity, lineItem }) =>
      quantity === null || quantity <= 0
        ? []
        : [
            {
              fulfillmentLineId: numberOfGid(id),
              lineId: numberOfGid(lineItem.id),
              nodeId,
              quantity,
              shippedAt: fulfillment.createdAt,
            },
          ],
    );
  });
}

// What was said to have left by a fulfillment that was canceled since.
function unshippedLines({ fulfillments }: OrderNode): readonly string[] {
  return fulfillments
    .filter(({ status }) => status === 'CANCELLED')
    .flatMap(({ fulfillmentLineItems }) => fulfillmentLineItems.nodes)
    .map(({ id }) => numberOfGid(id));
}

function assignedLines(order: OrderNode, context: ClaimContext): FollowedOrder['assigned'] {
  const { nodes, pageInfo } = order.fulfillmentOrders;
  if (pageInfo.hasNextPage || nodes.some((one) => one.lineItems.pageInfo.hasNextPage)) {
    return undefined;
  }
  return nodes
    .filter(({ status }) => !OVER.has(status))
    .flatMap((one) => {
      const nodeId = nodeOf(one.assignedLocation.location, context);
      if (nodeId === undefined) return [];
      return one.lineItems.nodes
        .filter(({ remainingQuantity }) => remainingQuantity > 0)
        .map(({ lineItem, remainingQuantity }) => ({
          lineId: numberOfGid(lineItem.id),
          nodeId,
          quantity: remainingQuantity,
        }));
    });
}
