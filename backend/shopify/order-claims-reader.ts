/**
 * What does an order claim of our stock now, as Shopify has it?
 *
 * In: an order read whole. Out: its lines in our SKUs with what was canceled of each, what left from which node, and
 * where the rest is assigned, if Shopify is who says it: what we route is allocated where our works are. Units that left
 * a location we have no node for are no claim any more and no movement either: the stock there is not ours to count.
 */
import type { FollowedOrder } from '../stock/reservations/order-claims/following.ts';
import { numberOfGid } from './gid.ts';
import type { LineNode, PartNode, WholeOrder } from './order-whole.ts';
import { nodeOfLocation, type Surfaces } from './surfaces.ts';

/** What an order's claims have to be read with. */
export type ClaimContext = {
  readonly surfaces: Surfaces;
  readonly nodeIds: ReadonlySet<string>;
  readonly skuOfVariant: ReadonlyMap<string, string>;
  readonly hasSku: (sku: string) => boolean;
};

/** Every order of Shopify sells from the online store's units: its checkouts reserve there. */
const CHANNEL = 'online';
// Goods of these have left, or are about to.
const LEFT = new Set(['SUCCESS', 'OPEN', 'PENDING']);
// Nothing of these is to be shipped any more.
const OVER = new Set(['CLOSED', 'CANCELLED', 'INCOMPLETE']);

/** The claims of an order as Shopify answered. `parts`: what it put where; undefined: allocations stay as they are. */
export function fromShopifyOrder(
  order: WholeOrder,
  parts: readonly PartNode[] | undefined,
  context: ClaimContext,
): FollowedOrder {
  const shipped = shippedLines(order, context);
  const leftOf = new Map<string, number>();
  for (const { lineId, quantity } of shipped) {
    leftOf.set(lineId, (leftOf.get(lineId) ?? 0) + quantity);
  }
  const lines = order.lines.flatMap((line) => {
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
    assigned: parts && assignedLines(parts, context).filter(({ lineId }) => known.has(lineId)),
    reservationKey: order.checkoutToken ?? undefined,
    version: order.updatedAt,
  };
}

function skuOf(line: LineNode, context: ClaimContext): string | undefined {
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

function shippedLines(order: WholeOrder, context: ClaimContext): FollowedOrder['shipped'] {
  return order.fulfillments.flatMap((fulfillment) => {
    const nodeId = nodeOf(fulfillment.location, context);
    if (nodeId === undefined || !LEFT.has(fulfillment.status)) return [];
    return fulfillment.lines.flatMap(({ id, quantity, lineItem }) =>
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
function unshippedLines({ fulfillments }: WholeOrder): readonly string[] {
  return fulfillments
    .filter(({ status }) => status === 'CANCELLED')
    .flatMap(({ lines }) => lines)
    .map(({ id }) => numberOfGid(id));
}

function assignedLines(parts: readonly PartNode[], context: ClaimContext) {
  return parts
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
