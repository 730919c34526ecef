/**
 * A fake Shopify for the bench `orders`, as a process of its own, so that neither its work nor its memory is ours.
 *
 *   node scripts/bench/orders-shopify.ts '{"orders":3000,"replyMs":300,"restorePerSecond":1000,"capacity":20000}'
 *
 * In: Admin calls over HTTP. Out: the order asked for, after the agreed time, and what it cost, on a bucket that is exact:
 * a call takes what it asks for and gets back what it did not use. It says its port by a message.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type BenchOrder, indexOfOrder, ordersOf } from './orders-world.ts';

/** What the bench agrees with the fake. */
export type FakeSettings = {
  readonly orders: number;
  readonly replyMs: number;
  readonly restorePerSecond: number;
  readonly capacity: number;
};

// What Shopify asks for the whole of an order before it knows how small it is.
const REQUESTED = { OrderIntakeRead: 450 } as const;
const MUTATION_POINTS = 10;
const CONNECTION_POINTS = 2;

const NO_MORE = { hasNextPage: false, endCursor: null };
const connection = (nodes: readonly object[]) => ({ nodes, pageInfo: NO_MORE });
const amount = (text: string) => ({ shopMoney: { amount: text } });

function intakeOf(order: BenchOrder, placedAt: string): object {
  const { lines, country, postalCode } = order;
  return {
    ...{ id: `gid://shopify/Order/${order.orderId}`, name: `#${order.orderId.slice(-5)}` },
    ...{ createdAt: placedAt, updatedAt: placedAt, cancelledAt: null, closedAt: null, test: false },
    ...{ sourceName: 'web', currencyCode: 'EUR', presentmentCurrencyCode: 'EUR' },
    ...{ displayFinancialStatus: 'PAID', paymentGatewayNames: ['shopify_payments'], tags: [] },
    ...{ customerLocale: 'it-IT', email: `buyer${order.orderId}@example.com`, phone: null },
    ...{ cartToken: null, checkoutToken: `checkout-${order.orderId}`, customAttributes: [] },
    totalPriceSet: amount('49.00'),
    risk: { recommendation: 'ACCEPT' },
    shippingAddress: {
      ...{ name: `Buyer ${order.orderId}`, address1: 'Via Roma 1', address2: null, city: 'Milano' },
      ...{ provinceCode: null, zip: postalCode, countryCodeV2: country, phone: null },
    },
    shippingLines: {
      nodes: [
        {
          ...{ code: order.serviceCode, title: 'Standard', source: 'Kept' },
          ...{ carrierIdentifier: 'kept', deliveryCategory: null },
        },
      ],
    },
    promise: null,
    lineItems: connection(
      lines.map(({ lineId, sku, quantity, variantId }) => ({
        ...{ id: `gid://shopify/LineItem/${lineId}`, sku, title: sku, quantity },
        ...{ unfulfilledQuantity: quantity, requiresShipping: true },
        variant: { id: `gid://shopify/ProductVariant/${variantId}` },
        originalUnitPriceSet: amount('19.90'),
      })),
    ),
    // Shopify makes them a moment after the order.
    fulfillmentOrders: connection([]),
    fulfillments: [],
  };
}

/** Objects are a point each, a connection two. */
function pointsOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum, one) => sum + pointsOf(one), 0);
  if (typeof value !== 'object' || value === null || value === NO_MORE) return 0;
  const own = 'nodes' in value ? CONNECTION_POINTS : 1;
  return Object.values(value).reduce<number>((sum, one) => sum + pointsOf(one), own);
}

function createBucket({ capacity, restorePerSecond }: FakeSettings) {
  let points = capacity;
  let countedAt = performance.now();
  const count = () => {
    const now = performance.now();
    points = Math.min(capacity, points + ((now - countedAt) / 1_000) * restorePerSecond);
    countedAt = now;
  };
  return {
    take: (asked: number): boolean => {
      count();
      if (points < asked) return false;
      points -= asked;
      return true;
    },
    giveBack: (units: number): void => {
      points = Math.min(capacity, points + units);
    },
    status: (requestedQueryCost: number, actualQueryCost: number | null) => {
      count();
      const currentlyAvailable = Math.floor(points);
      const restoreRate = restorePerSecond;
      const throttleStatus = { maximumAvailable: capacity, currentlyAvailable, restoreRate };
      return { cost: { requestedQueryCost, actualQueryCost, throttleStatus } };
    },
  };
}

function serve(settings: FakeSettings): void {
  const orders = ordersOf(settings.orders);
  const bucket = createBucket(settings);
  const seenAt = new Map<string, string>();
  const dataOf = (name: string, variables: Record<string, unknown>): object => {
    const orderId =
      String(variables['id'] ?? '')
        .split('/')
        .at(-1) ?? '';
    if (name === 'MetafieldsSet') return { metafieldsSet: { metafields: [], userErrors: [] } };
    const order = orders[indexOfOrder(orderId)];
    if (name !== 'OrderIntakeRead' || order === undefined) return { order: null };
    const placedAt = seenAt.get(orderId) ?? new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    seenAt.set(orderId, placedAt);
    return { order: intakeOf(order, placedAt) };
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { query, variables } = JSON.parse(Buffer.concat(chunks).toString());
    const name = /(?:query|mutation) (\w+)/.exec(query)?.[1] ?? '';
    const asked = name === 'OrderIntakeRead' ? REQUESTED[name] : MUTATION_POINTS;
    const reply = (body: object) => response.end(JSON.stringify(body));
    response.setHeader('content-type', 'application/json');
    if (!bucket.take(asked)) {
      await delay(settings.replyMs);
      const errors = [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }];
      reply({ errors, extensions: bucket.status(asked, null) });
      return;
    }
    const data = dataOf(name, variables);
    const used = query.startsWith('mutation') ? MUTATION_POINTS : pointsOf(data);
    await delay(settings.replyMs);
    bucket.giveBack(asked - used);
    reply({ data, extensions: bucket.status(asked, used) });
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      process.stderr.write(`the fake could not answer: ${error}\n`);
      response.destroy();
    });
  });
  server.listen(0, '127.0.0.1', () => {
    process.send?.({ port: (server.address() as AddressInfo).port });
  });
}

if (import.meta.main) serve(JSON.parse(process.argv[2] ?? ''));
