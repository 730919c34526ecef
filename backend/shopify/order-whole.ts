/**
 * How is an order read whole, however large it is?
 *
 * In: its number. Out: the order as Shopify has it now, with all its lines, fulfillment orders and fulfillments: one call
 * for most orders, a call a page beyond. Everything leaves in the most urgent lane: what an order takes is part of
 * every figure. Invariants: a part that could not be read to its end is never taken for all there is; an order that
 * is deleted between two pages is none.
 */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import {
  FulfillmentRead,
  OrderEtaClassesRead,
  OrderFulfillmentIdsRead,
  OrderFulfillmentOrdersRead,
  OrderIntakeRead,
  OrderLinesRead,
  OrderPartsRead,
} from '../../graphql/admin/generated/documents.ts';
import type { ShopId } from '../base/ids.ts';
import { type AdminAnswer, type AdminClient, expectAnswer } from './admin-client.ts';
import { gidOf } from './gid.ts';
import { mapAnswer, type Page, readPages } from './pages.ts';

type ResultOf<Document> =
  Document extends TypedDocumentNode<infer Data, infer _Variables> ? Data : never;
type OrderNode = NonNullable<ResultOf<typeof OrderIntakeRead>['order']>;
type FulfillmentNode = OrderNode['fulfillments'][number];
type PartsNode = NonNullable<ResultOf<typeof OrderPartsRead>['order']>;

/** A line as Shopify has it. */
export type LineNode = OrderNode['lineItems']['nodes'][number];
export type FulfillmentOrderNode = OrderNode['fulfillmentOrders']['nodes'][number];
/** What left together, with all of it. */
export type FulfilledNode = Omit<FulfillmentNode, 'fulfillmentLineItems'> & {
  readonly lines: readonly FulfillmentNode['fulfillmentLineItems']['nodes'][number][];
};
/** Units at one place. */
export type PartNode = PartsNode['fulfillmentOrders']['nodes'][number];
/** A line's class, as the Function saw it. */
export type ClassedLine = NonNullable<
  ResultOf<typeof OrderEtaClassesRead>['order']
>['lineItems']['nodes'][number];

/** An order with nothing left out. */
export type WholeOrder = Omit<OrderNode, 'lineItems' | 'fulfillmentOrders' | 'fulfillments'> & {
  readonly lines: readonly LineNode[];
  readonly fulfillmentOrders: readonly FulfillmentOrderNode[];
  readonly fulfillments: readonly FulfilledNode[];
};

/** Asks for the parts of orders. */
export type OrderPages = { readonly admin: AdminClient; readonly shopId: ShopId };

// Before anything else: until an order is read, its units may be sold again.
const LANE = { lane: 'intake' } as const;
// 40 lines and then 150 a page: far more than a cart holds (500).
const MOST_PAGES = 20;
// As the documents ask.
const FULFILLMENTS_AT_FIRST = 8;
// Shopify gives no cursor for fulfillments, and no more than this of them.
const MOST_FULFILLMENTS = 250;

/** The order as Shopify has it now; undefined: there is none of this number. */
export async function readWholeOrder(
  pages: OrderPages,
  orderId: string,
): Promise<WholeOrder | undefined> {
  const { admin, shopId } = pages;
  const id = gidOf('Order', orderId);
  const { order } = expectAnswer(await admin.send(shopId, OrderIntakeRead, { id }, LANE));
  if (order === null) return undefined;
  const { lineItems, fulfillmentOrders, fulfillments, ...rest } = order;
  return {
    ...rest,
    lines: await all(lineItems, async (after) =>
      mapAnswer(
        await admin.send(shopId, OrderLinesRead, { id, after }, LANE),
        (data) => still(data.order).lineItems,
      ),
    ),
    fulfillmentOrders: await all(fulfillmentOrders, async (after) =>
      mapAnswer(
        await admin.send(shopId, OrderFulfillmentOrdersRead, { id, after }, LANE),
        (data) => still(data.order).fulfillmentOrders,
      ),
    ),
    fulfillments: await readFulfillments(pages, id, fulfillments),
  };
}

/** What is where, once the order is routed; undefined: an answer could not hold a fulfillment order's lines. */
export async function readParts(
  { admin, shopId }: OrderPages,
  orderId: string,
): Promise<readonly PartNode[] | undefined> {
  const id = gidOf('Order', orderId);
  const read = await readPages(
    async (after) =>
      mapAnswer(
        await admin.send(shopId, OrderPartsRead, { id, after }, LANE),
        (data) => still(data.order).fulfillmentOrders,
      ),
    MOST_PAGES,
  );
  const nodes = expectAnswer(read);
  return nodes.some(({ lineItems }) => lineItems.pageInfo.hasNextPage) ? undefined : nodes;
}

/** The classes of an order's lines, in their order. */
export async function readClasses(
  { admin, shopId }: OrderPages,
  orderId: string,
): Promise<readonly ClassedLine[]> {
  const id = gidOf('Order', orderId);
  const read = await readPages(
    async (after) =>
      mapAnswer(
        await admin.send(shopId, OrderEtaClassesRead, { id, after }, LANE),
        (data) => still(data.order).lineItems,
      ),
    MOST_PAGES,
  );
  return expectAnswer(read);
}

/** A first page and what follows it. */
async function all<Node>(
  first: Page<Node>,
  readPage: (after: string) => Promise<AdminAnswer<Page<Node>>>,
): Promise<readonly Node[]> {
  const { endCursor, hasNextPage } = first.pageInfo;
  if (!hasNextPage || endCursor === null) return first.nodes;
  const rest = await readPages((after) => readPage(after ?? endCursor), MOST_PAGES);
  return [...first.nodes, ...expectAnswer(rest)];
}

// A job that meets this is tried again, and then finds no order.
function still<Order>(order: Order | null): Order {
  if (order === null) throw new Error('An order was deleted while it was read.');
  return order;
}

async function readFulfillments(
  pages: OrderPages,
  id: string,
  first: readonly FulfillmentNode[],
): Promise<readonly FulfilledNode[]> {
  const ids = first.length < FULFILLMENTS_AT_FIRST ? [] : await readFulfillmentIds(pages, id);
  const known = new Map(first.map((one) => [one.id, one]));
  const whole: FulfilledNode[] = [];
  for (const one of new Set([...known.keys(), ...ids])) {
    const found = known.get(one);
    if (found === undefined || found.fulfillmentLineItems.pageInfo.hasNextPage) {
      whole.push(await readFulfillment(pages, one));
    } else {
      const { fulfillmentLineItems, ...rest } = found;
      whole.push({ ...rest, lines: fulfillmentLineItems.nodes });
    }
  }
  return whole;
}

async function readFulfillmentIds(
  { admin, shopId }: OrderPages,
  id: string,
): Promise<readonly string[]> {
  const { order } = expectAnswer(await admin.send(shopId, OrderFulfillmentIdsRead, { id }, LANE));
  const { fulfillments } = still(order);
  if (fulfillments.length >= MOST_FULFILLMENTS) {
    throw new Error(
      `An order has ${MOST_FULFILLMENTS} fulfillments or more; Shopify shows no more.`,
    );
  }
  return fulfillments.map((one) => one.id);
}

async function readFulfillment({ admin, shopId }: OrderPages, id: string): Promise<FulfilledNode> {
  const page = async (after: string | null) =>
    mapAnswer(await admin.send(shopId, FulfillmentRead, { id, after }, LANE), (data) =>
      still(data.fulfillment),
    );
  const { fulfillmentLineItems, ...rest } = expectAnswer(await page(null));
  const lines = await all(fulfillmentLineItems, async (after) =>
    mapAnswer(await page(after), (one) => one.fulfillmentLineItems),
  );
  return { ...rest, lines };
}
