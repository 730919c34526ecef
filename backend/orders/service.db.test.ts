import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import type { ShopId } from '../base/ids.ts';
import { TransientError } from '../base/result.ts';
import type { PromisedOption, Receipt } from '../promise/receipt.ts';
import type { BoundPromise, PlacedOrder } from './orders.ts';
import { createOrderService, type OrderService } from './service.ts';
import { createOrderStore, type OrderPromiseRow } from './store.ts';

const NOW = Temporal.Instant.from('2026-11-23T10:00:05Z');

let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/** Everything outside the module, by shop. */
type Outside = {
  orders: Map<string, PlacedOrder>;
  receipts: Receipt[];
  forged: Set<string>;
  padded: BoundPromise | undefined;
  requoted: BoundPromise | undefined;
  slotMinutes: number | undefined;
  published: Map<string, OrderPromiseRow>;
  publications: number;
  retries: string[];
  publishFails: number;
};

let outside: Map<ShopId, Outside>;
let shopId: ShopId;
let service: OrderService;

function newShop(): ShopId {
  const shop = `s${randomUUID()}.myshopify.com` as ShopId;
  outside.set(shop, {
    orders: new Map(),
    receipts: [],
    forged: new Set(),
    padded: undefined,
    requoted: undefined,
    slotMinutes: undefined,
    published: new Map(),
    publications: 0,
    retries: [],
    publishFails: 0,
  });
  return shop;
}

function at(shop: ShopId): Outside {
  const found = outside.get(shop);
  if (found === undefined) throw new Error(`no shop ${shop}`);
  return found;
}

beforeEach(() => {
  outside = new Map();
  shopId = newShop();
  service = createOrderService({
    store: createOrderStore(database.db),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    now: () => NOW,
    readOrder: async (shop, orderId) => at(shop).orders.get(orderId),
    publish: async (shop, rows) => {
      const there = at(shop);
      if (there.publishFails-- > 0) throw new TransientError('shopify', 'away');
      for (const row of rows) {
        there.publications++;
        there.published.set(row.orderId, row);
      }
    },
    paddedPromise: async (shop) => at(shop).padded,
    statedPromise: async (_, order) =>
      order.posted?.promisedOn ? bound(order.posted.promisedOn) : undefined,
    requote: async (shop) => at(shop).requoted,
    retryLater: async (shop, orderId) => {
      at(shop).retries.push(orderId);
    },
    pickupSlotMinutes: async (shop) => at(shop).slotMinutes,
    receipts: {
      receiptById: async (shop, id) => at(shop).receipts.find((one) => one.receiptId === id),
      receiptsOfCallback: async (shop, search) =>
        at(shop).receipts.filter(
          (one) =>
            one.surface === 'rate_callback' &&
            one.fingerprint === search.fingerprint &&
            one.postalCode === search.postalCode,
        ),
      receiptsOfCheckout: async (shop, token) =>
        at(shop).receipts.filter((one) => one.checkoutToken === token),
      receiptsOfCart: async (shop, token) =>
        at(shop).receipts.filter((one) => one.cartToken === token),
      openSignedReceipt: (_shop, signed) => /^signed:(.+)$/.exec(signed)?.[1],
      isGenuine: (shop, receipt) => !at(shop).forged.has(receipt.receiptId),
    },
  });
});

const ORDER: PlacedOrder = {
  orderId: '77',
  placedAt: '2026-11-23T10:00:00Z',
  currency: 'EUR',
  lines: [{ variantId: '1', quantity: 1 }],
  fingerprint: '1-a',
  partFingerprints: ['1-a'],
  destination: { country: 'IT', postalCode: '20121' },
  delivery: { kind: 'ship', code: 'standard', serviceCode: 'standard', isOwnRate: true },
  checkoutToken: 'c1',
  cartToken: 'k1',
  copiedReceipt: null,
  isTableDated: true,
  storefrontReceipt: null,
  version: 'v1',
};

function option(day: string, validUntil = '2026-11-23T11:30:00Z'): PromisedOption {
  return {
    method: 'home',
    serviceCode: 'standard',
    window: { from: `${day}T00:00:00+01:00`, to: `${day}T23:00:00+01:00` },
    promisedOn: day,
    timeZone: 'Europe/Rome',
    orderBy: validUntil,
    validUntil,
    priceMinor: 490,
    parcels: [{ nodeId: 'milan', serviceCode: 'standard', lines: [{ sku: 'A', quantity: 1 }] }],
  };
}

function receipt(receiptId: string, day: string, over: Partial<Receipt> = {}): Receipt {
  return {
    receiptId,
    madeAt: '2026-11-23T09:50:00Z',
    surface: 'checkout',
    kind: 'live',
    fingerprint: '1-a',
    country: 'IT',
    postalCode: '20121',
    origin: '',
    checkoutToken: null,
    cartToken: null,
    policyVersion: 1,
    engineVersion: '1',
    request: '{}',
    answer: JSON.stringify([option(day)]),
    facts: new Uint8Array(),
    ...over,
  };
}

const bound = (day: string): BoundPromise => ({
  method: 'home',
  serviceCode: 'standard',
  promisedOn: day,
  window: { from: `${day}T00:00:00+01:00`, to: `${day}T23:00:00+01:00` },
  timeZone: '+01:00',
  validUntil: null,
  parcels: 1,
  nodeId: undefined,
});

async function intake(shop: ShopId, orderId: string): Promise<void> {
  await service.joinAgain(shop, orderId);
  await service.publishLeftovers(shop);
}

async function join(order: PlacedOrder, shop = shopId): Promise<OrderPromiseRow | undefined> {
  at(shop).orders.set(order.orderId, order);
  await intake(shop, order.orderId);
  return await service.read(shop, { orderId: order.orderId });
}

// Evidence of every step at once, each with a day of its own.
const CART = receipt('r1', '2026-11-24');
const SEEN = receipt('r2', '2026-11-25', { checkoutToken: 'c1' });
const RATE = receipt('r3', '2026-11-26', { surface: 'rate_callback' });
const THEME = receipt('r4', '2026-11-27', { surface: 'storefront', cartToken: 'k1' });
const FULL: PlacedOrder = { ...ORDER, copiedReceipt: 'signed:r1' };

test.each<[string, Receipt[], number, string]>([
  ['the signed receipt of the cart', [CART, SEEN, RATE, THEME], 1, '2026-11-24'],
  ['the checkout token', [SEEN, RATE, THEME], 2, '2026-11-25'],
  ['our own rate', [RATE, THEME], 3, '2026-11-26'],
  ['the storefront', [THEME], 4, '2026-11-27'],
  ['nothing', [], 5, '2026-11-30'],
])('the first evidence that holds is %s', async (_name, receipts, joinedBy, promisedOn) => {
  at(shopId).receipts = receipts;
  at(shopId).requoted = bound('2026-11-30');
  expect(await join(FULL)).toMatchObject({
    joinedBy,
    status: joinedBy === 5 ? 'none' : 'promised',
    promise: { promisedOn },
  });
});

test('forged evidence is skipped at every step', async () => {
  at(shopId).receipts = [CART, SEEN, RATE, THEME];
  at(shopId).forged = new Set(['r1', 'r2', 'r3', 'r4']);
  expect(await join(FULL)).toMatchObject({ joinedBy: 5, status: 'none' });
});

test('a receipt id without our signature is not opened', async () => {
  at(shopId).receipts = [CART];
  expect(await join({ ...ORDER, copiedReceipt: 'r1' })).toMatchObject({ joinedBy: 5 });
});

test('where our rate showed dates that disagree, the storefront does not stand in', async () => {
  const other = receipt('r5', '2026-11-28', { surface: 'rate_callback' });
  at(shopId).receipts = [RATE, other, THEME];
  expect(await join(ORDER)).toMatchObject({ joinedBy: 5 });
});

test('where our rate showed no date, the storefront does', async () => {
  const undated = {
    ...option('2026-11-26'),
    window: null,
    promisedOn: null,
    timeZone: null,
    validUntil: null,
  };
  const silent = receipt('r3', '2026-11-26', {
    surface: 'rate_callback',
    kind: 'undated',
    answer: JSON.stringify([undated]),
  });
  at(shopId).receipts = [silent, THEME];
  expect(await join(ORDER)).toMatchObject({ joinedBy: 4 });
});

const BOUND_RATE: PlacedOrder = {
  ...ORDER,
  delivery: { kind: 'ship', code: 'Standard', serviceCode: 'standard', isOwnRate: false },
};

test('a merchant’s bound rate is joined to the padded table of its time', async () => {
  at(shopId).padded = bound('2026-11-29');
  at(shopId).receipts = [RATE, THEME];
  expect(await join(BOUND_RATE)).toMatchObject({
    joinedBy: 3,
    promise: { promisedOn: '2026-11-29' },
  });
});

test('a rate nobody bound is never joined', async () => {
  at(shopId).receipts = [CART, SEEN, RATE, THEME];
  const delivery = { kind: 'ship', code: 'Old', serviceCode: undefined, isOwnRate: false } as const;
  expect(await join({ ...FULL, delivery })).toMatchObject({ joinedBy: 5, status: 'none' });
});

test('an order after validUntil gets the date of now, marked as changed', async () => {
  const answer = JSON.stringify([option('2026-11-24', '2026-11-23T09:59:00Z')]);
  at(shopId).receipts = [receipt('r1', '2026-11-24', { answer })];
  at(shopId).requoted = bound('2026-11-25');
  expect(await join(FULL)).toMatchObject({
    status: 'changed',
    joinedBy: 1,
    promise: { promisedOn: '2026-11-25' },
    replaced: {
      promisedOn: '2026-11-24',
      window: { from: '2026-11-24T00:00:00+01:00', to: '2026-11-24T23:00:00+01:00' },
    },
  });
});

test('a gift for a later day is promised from that day on, and nobody broke an earlier date', async () => {
  at(shopId).padded = bound('2026-11-26');
  at(shopId).requoted = bound('2026-12-04');
  const delivery = { ...ORDER.delivery, isOwnRate: false } as const;
  const gift = { ...ORDER, delivery, shipsFrom: '2026-12-01T23:00:00Z' };
  expect(await join(gift)).toMatchObject({
    ...{ status: 'promised', joinedBy: 3, replaced: undefined },
    promise: { promisedOn: '2026-12-04' },
  });
  // What was shown is later than the day it was asked for: it stands.
  at(shopId).requoted = bound('2026-11-25');
  expect(await join({ ...gift, orderId: '78' })).toMatchObject({
    promise: { promisedOn: '2026-11-26' },
  });
});

test('pickup without a receipt is promised for the instant that keeps what Shopify said', async () => {
  const pickup: PlacedOrder = { ...ORDER, delivery: { kind: 'pickup', nodeId: 'store-1' } };
  at(shopId).slotMinutes = 120;
  at(shopId).requoted = {
    ...bound('2026-11-23'),
    method: 'store_pickup',
    serviceCode: 'store:store-1',
    nodeId: 'store-1',
    window: { from: '2026-11-23T11:30:00Z', to: '2026-11-23T18:00:00Z' },
  };
  expect(await join(pickup)).toMatchObject({
    status: 'promised',
    joinedBy: 3,
    promise: { nodeId: 'store-1', serviceCode: 'store:store-1' },
  });
});

test('a pickup is joined once its store is known, or is decided without one when nobody routes it', async () => {
  const unrouted = { ...ORDER, delivery: { kind: 'pickup', nodeId: undefined } } as const;
  const placed = (secondsAgo: number) => ({
    ...unrouted,
    placedAt: NOW.subtract({ seconds: secondsAgo }).toString(),
  });
  expect(await join(placed(119))).toBeUndefined();
  expect(at(shopId).retries).toEqual([ORDER.orderId]);
  expect(await join(placed(120))).toMatchObject({ status: 'none', joinedBy: 5 });
});

test('a pickup point is named on the stored promise', async () => {
  const code = 'pp:mondial:1234';
  const answer = JSON.stringify([
    { ...option('2026-11-26'), method: 'pickup_point', serviceCode: code },
  ]);
  at(shopId).receipts = [receipt('r3', '2026-11-26', { surface: 'rate_callback', answer })];
  const delivery = { kind: 'ship', code, serviceCode: code, isOwnRate: true } as const;
  expect(await join({ ...ORDER, delivery })).toMatchObject({
    promise: { method: 'pickup_point', pickupPointId: 'mondial:1234' },
  });
});

test('an order that needs no delivery leaves no trace', async () => {
  expect(await join({ ...ORDER, delivery: { kind: 'none' } })).toBeUndefined();
  expect(at(shopId).publications).toBe(0);
});

test('everything works with protected data withheld: the token joins, rates alone do not', async () => {
  const withheld: PlacedOrder = { ...ORDER, destination: null };
  at(shopId).receipts = [RATE];
  expect(await join(withheld)).toMatchObject({ joinedBy: 5, country: null, postalCode: null });
  at(shopId).receipts = [SEEN, RATE];
  expect(await join(withheld)).toMatchObject({ joinedBy: 2, status: 'promised' });
});

test('the checkout token finds the promise, also from the thank-you page', async () => {
  at(shopId).receipts = [SEEN];
  await join(ORDER);
  expect(await service.read(shopId, { checkoutToken: 'c1' })).toMatchObject({ orderId: '77' });
});

test('a receipt that arrives a minute late replaces the recomputed promise', async () => {
  expect(await join(FULL)).toMatchObject({ joinedBy: 5 });
  expect(at(shopId).retries).toEqual(['77']);
  at(shopId).receipts = [CART];
  expect(await join(FULL)).toMatchObject({ joinedBy: 1, status: 'promised' });
  expect(at(shopId).published.get('77')).toMatchObject({ status: 'promised' });
});

test('a bound promise is never taken back, even when its evidence is gone', async () => {
  at(shopId).receipts = [CART];
  await join(FULL);
  at(shopId).receipts = [];
  // Our own metafield has replaced the cart's, so the copied receipt is gone too.
  expect(await join({ ...ORDER, version: 'v2' })).toMatchObject({
    joinedBy: 1,
    status: 'promised',
  });
});

test('an order another system posted has the date that system promised, and its new one when it says so', async () => {
  const posted = (promisedOn: string | null, version: string) =>
    join({ ...ORDER, posted: { channel: 'marketplace', promisedOn }, version });
  at(shopId).receipts = [SEEN, RATE];
  at(shopId).requoted = bound('2026-11-30');
  expect(await posted('2026-11-27', 'v1')).toMatchObject({
    joinedBy: 3,
    status: 'promised',
    promise: { promisedOn: '2026-11-27' },
  });
  expect(await posted('2026-11-28', 'v2')).toMatchObject({
    promise: { promisedOn: '2026-11-28' },
  });
  shopId = newShop();
  at(shopId).requoted = bound('2026-11-30');
  expect(await posted(null, 'v1')).toMatchObject({
    joinedBy: 5,
    status: 'none',
    promise: { promisedOn: '2026-11-30' },
  });
  expect(at(shopId).retries).toEqual([]);
});

test('a failed write of the metafield is made up for, once', async () => {
  at(shopId).receipts = [CART];
  at(shopId).publishFails = 1;
  await expect(join(FULL)).rejects.toThrow(TransientError);
  await service.publishLeftovers(shopId);
  await intake(shopId, '77');
  expect(at(shopId).publications).toBe(1);
});

test('the same order a dozen times, in parallel, is published as it is stored', async () => {
  at(shopId).receipts = [SEEN];
  at(shopId).orders.set('77', ORDER);
  await Promise.all(Array.from({ length: 12 }, () => intake(shopId, '77')));
  const row = await service.read(shopId, { orderId: '77' });
  expect(row).toMatchObject({ joinedBy: 2 });
  expect(at(shopId).published.get('77')).toMatchObject({ promise: row?.promise });
});

// What happens outside, in any order: receipts become visible, routing completes, webhooks come again and again.
type Happening = 'receipt_1' | 'receipt_2' | 'receipt_3' | 'routed' | 'webhook';
const HAPPENINGS: Happening[] = [
  'receipt_1',
  'receipt_2',
  'receipt_3',
  'routed',
  'webhook',
  'webhook',
];

async function play(shop: ShopId, happenings: readonly Happening[]): Promise<unknown> {
  const there = at(shop);
  there.orders.set('77', FULL);
  for (const happening of happenings) {
    if (happening === 'receipt_1') there.receipts.push(CART);
    if (happening === 'receipt_2') there.receipts.push(SEEN);
    if (happening === 'receipt_3') there.receipts.push(RATE);
    if (happening === 'routed') there.orders.set('77', { ...FULL, version: 'routed' });
    if (happening === 'webhook') await intake(shop, '77');
  }
  // The last webhook, or the retry of the order's first minutes.
  await intake(shop, '77');
  const row = await service.read(shop, { orderId: '77' });
  const { orderVersion: _version, publishedVersion: _published, ...settled } = row ?? {};
  const written = there.published.get('77');
  expect(written?.promise).toEqual(row?.promise);
  expect(written?.status).toBe(row?.status);
  return settled;
}

test('any order and repetition of receipts, routing and webhooks ends in the same promise', async () => {
  const expected = await play(newShop(), HAPPENINGS);
  expect(expected).toMatchObject({ joinedBy: 1, promise: { promisedOn: '2026-11-24' } });
  const shuffled = fc.shuffledSubarray(HAPPENINGS, { minLength: HAPPENINGS.length });
  await fc.assert(
    fc.asyncProperty(shuffled, async (happenings) => {
      expect(await play(newShop(), happenings)).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

test('the same order number in two shops is two orders, and neither shop reads the other’s', async () => {
  const other = newShop();
  at(shopId).receipts = [CART];
  at(other).receipts = [SEEN];
  const mine = await join(FULL);
  const theirs = await join(FULL, other);
  expect([mine?.joinedBy, theirs?.joinedBy]).toEqual([1, 2]);
  const stranger = newShop();
  expect(await service.read(stranger, { orderId: '77' })).toBeUndefined();
  expect(await service.read(stranger, { checkoutToken: 'c1' })).toBeUndefined();
});

test('joins are counted by evidence, so that recomputed ones stand apart', async () => {
  at(shopId).receipts = [CART];
  await join(FULL);
  await join({ ...ORDER, orderId: '78' });
  const counts = await createOrderStore(database.db).countJoins(shopId, NOW.subtract({ hours: 1 }));
  expect(counts).toEqual([
    { joinedBy: 1, status: 'promised', count: 1 },
    { joinedBy: 5, status: 'none', count: 1 },
  ]);
});
