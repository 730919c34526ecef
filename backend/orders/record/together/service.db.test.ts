// New orders taken in together end as if each had come alone, on a real server.
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../tests/database.ts';
import { quietLog } from '../../../../tests/worlds/live-shop.ts';
import { orderRecord } from '../../../../tests/worlds/order-records.ts';
import { routingStage, STAGE_NOW, type Units } from '../../../../tests/worlds/routing-stage.ts';
import { twoStoresOneWarehouse } from '../../../../tests/worlds/worlds.ts';
import { offerHooks } from '../../../build-offers.ts';
import { withShop } from '../../../platform/database.ts';
import {
  parseRoutingSettings,
  type RoutingSettings,
  type RoutingSettingsInput,
} from '../../../routing/settings.ts';
import type { OrderJob } from '../../jobs.ts';
import { createOrderStore } from '../../store.ts';
import type { OrderRecord } from '../record.ts';
import { createIntakeService, type OrderReading } from '../service.ts';
import { createTogetherIntake, type TogetherDependencies } from './service.ts';

const ACTOR = { kind: 'shopify', id: '' } as const;
const SKUS = ['SHIRT', 'HAT'] as const;
const NODES = ['milan', 'rome', 'london'] as const;

let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

function worldWith(onHand: readonly number[]) {
  return {
    ...twoStoresOneWarehouse(),
    products: SKUS.map((sku) => ({ sku, weightGrams: 300, volumeCm3: 2_000, longestCm: 30 })),
    stock: SKUS.flatMap((sku, at) =>
      NODES.map((nodeId, node) => ({ sku, nodeId, onHand: onHand[at * 3 + node] ?? 0 })),
    ),
  };
}
const PLENTY = [500, 400, 300, 500, 400, 300];

function settingsOf(input: RoutingSettingsInput): RoutingSettings {
  const parsed = parseRoutingSettings(input);
  if (!parsed.ok) throw new Error(`not routing settings: ${JSON.stringify(parsed.refusal)}`);
  return parsed.value;
}

async function stageOf(onHand: readonly number[], routing: RoutingSettingsInput = {}) {
  const stage = await routingStage(database, worldWith(onHand), routing);
  const { shopId, clock, stock, route, claims } = stage;
  const settings = settingsOf(routing);
  const together: OrderJob[] = [];
  const shared = { db: database.db, clock, log: quietLog, onStep: () => undefined };
  const requestPublication = async () => undefined;
  // What an earlier order took is known to the next, so that alone and together see the same or are refused.
  const ground = { db: database.db, clock, openShop: stock.open, announce: stock.announce };
  let joined = 0;
  const alone = createIntakeService({
    ...{ ...shared, requestPublication, follow: claims.follow },
    join: async () => undefined,
    routeOrder: route.routeOrder,
  });
  const parts: TogetherDependencies = {
    ...{
      ...shared,
      requestPublication,
      openShop: stock.open,
      offers: offerHooks(),
      claims: ground,
    },
    ...{ settingsOf: async () => settings, writesToShoppers: true },
    joinAll: async (_, orders) => {
      joined += orders.length;
    },
    enqueueAll: async (_, jobs) => void together.push(...jobs),
  };
  // Two processes, each with a line of its own.
  const takeInTogether = createTogetherIntake(parts);
  const elsewhere = createTogetherIntake(parts);
  return {
    ...{ stage, shopId, together, joined: () => joined },
    alone: (reading: OrderReading) => alone.takeIn(shopId, reading, ACTOR),
    group: (reading: OrderReading) => takeInTogether(shopId, reading, ACTOR),
    /** As the job does. */
    take: async (reading: OrderReading, place: 'here' | 'elsewhere' = 'here') => {
      const takeIn = place === 'here' ? takeInTogether : elsewhere;
      if (await takeIn(shopId, reading, ACTOR)) return 'together';
      await alone.takeIn(shopId, reading, ACTOR);
      return 'alone';
    },
  };
}
type Stage = Awaited<ReturnType<typeof stageOf>>;

type Sold = {
  readonly units: Units;
  readonly canceled?: Units;
  readonly record?: Partial<OrderRecord>;
  readonly reservationKey?: string;
};

function readingOf(orderId: string, sold: Sold): OrderReading {
  const lines = Object.entries(sold.units).map(([sku, quantity]) => ({
    ...{ lineId: `l-${sku}`, sku, variantId: null, title: sku, quantity, unitPriceMinor: 1_000 },
    ...{ canceled: sold.canceled?.[sku] ?? 0, needsShipping: true },
  }));
  const placedAt = STAGE_NOW.toString();
  const record = orderRecord(orderId, {
    ...{ country: 'IT', postalCode: '20121', serviceCode: 'standard', lines, version: 'v' },
    ...{ placedAt, sourceUpdatedAt: placedAt, ...sold.record },
  });
  return {
    record,
    placed: {
      ...{ orderId, placedAt, currency: 'EUR', lines: [], fingerprint: '' },
      ...{ partFingerprints: [], destination: null, checkoutToken: null, cartToken: null },
      delivery: { kind: 'ship', code: 'standard', serviceCode: 'standard', isOwnRate: true },
      ...{ copiedReceipt: null, isTableDated: false, storefrontReceipt: null, version: 'v' },
    },
    claims: {
      ...{ orderId, source: 'shopify', channel: 'online', placedAt, version: record.version },
      // A SKU nobody knows is claimed by nobody.
      lines: lines.filter(({ sku }) => sku !== 'GHOST'),
      ...{ shipped: [], assigned: undefined, reservationKey: sold.reservationKey },
    },
  };
}

const TABLES = [
  ['customer_order', "- 'updated_at'"],
  ['customer_order_line', ''],
  ['claimed_order', ''],
  ['order_claim', ''],
  ['order_allocation', ''],
  ['work', "- 'is_settled'"],
  ['work_line', ''],
  ['routing_decision', ''],
  ['order_event', "- 'seq' - 'xact' - 'event_id'"],
  ['offer', "- 'offer_id'"],
] as const;

/** Everything that is written of orders, and what positions and SKUs count. */
async function rowsOf({ stage, shopId }: Stage) {
  const rows = await withShop(database.db, shopId, async (trx) => {
    const all: unknown[] = [];
    for (const [table, without] of TABLES) {
      const found = await sql<{ row: string }>`
        select (to_jsonb(t) - 'shop_id' ${sql.raw(without)})::text as row from ${sql.table(table)} t
        where shop_id = ${shopId} order by 1`.execute(trx);
      // Ids of offers are made by chance.
      const told = found.rows.map(({ row }) => row.replaceAll(/"[\w-]{22}"/g, '"id"'));
      all.push([table, told.toSorted()]);
    }
    const positions = await sql`select sku, node_id, on_hand, allocated from stock_position
      where shop_id = ${shopId} order by 1, 2`.execute(trx);
    const claims = await sql`select sku, waiting, reserved, unseen from sku_claims
      where shop_id = ${shopId} and waiting > 0 order by 1`.execute(trx);
    return [...all, positions.rows, claims.rows];
  });
  return { rows, breaches: await stage.breaches() };
}

const sold = fc.record({
  units: fc.record(
    {
      SHIRT: fc.integer({ min: 1, max: 3 }),
      HAT: fc.integer({ min: 1, max: 2 }),
      GHOST: fc.constant(1),
    },
    { requiredKeys: ['SHIRT'] },
  ),
  canceled: fc.record({ HAT: fc.constant(1) }, { requiredKeys: [] }),
  record: fc.record(
    { holdReason: fc.constantFrom('payment', null), country: fc.constantFrom('IT', 'GB', null) },
    { requiredKeys: [] },
  ),
});
// Which of equal places takes an order depends on what others took: told apart by cost alone, it does not.
const BY_COST = { weights: { stock_balance: 0, node_load: 0 } } as const;
const withOffers = (isOffered: boolean): RoutingSettingsInput => ({
  ...BY_COST,
  ...(isOffered ? { offers: { mode: 'compete', activeHours: 'always' } } : {}),
});

test('orders that come at once leave the rows they would have left one after the other', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(sold, { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      async (orders, isOffered) => {
        const [one, many] = [
          await stageOf(PLENTY, withOffers(isOffered)),
          await stageOf(PLENTY, withOffers(isOffered)),
        ];
        const readings = orders.map((order, at) => readingOf(`${at + 1}`, order));
        for (const reading of readings) await one.alone(reading);
        const ways = await Promise.all(readings.map((reading) => many.take(reading)));
        expect(ways.every((way) => way === 'together')).toBe(true);
        const expected = await rowsOf(one);
        expect(await rowsOf(many)).toEqual(expected);
        expect(expected.breaches).toEqual([]);
        const jobs = (list: readonly OrderJob[]) => list.map(({ key }) => key).toSorted();
        expect(jobs(many.together).map((key) => key.split(' ')[1])).toEqual(
          jobs(one.stage.jobs).map((key) => key.split(' ')[1]),
        );
        one.stage.stop();
        many.stage.stop();
      },
    ),
    { numRuns: 8 },
  );
});

test('little stock and many orders, twice and from two processes: no unit is in two places or none', async () => {
  const stock = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 6, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(
      stock,
      fc.array(sold, { minLength: 3, maxLength: 8 }),
      async (onHand, orders) => {
        const shop = await stageOf(onHand);
        const readings = orders.map((order, at) => readingOf(`${at + 1}`, order));
        await Promise.all(
          readings.flatMap((reading) => [shop.take(reading), shop.take(reading, 'elsewhere')]),
        );
        expect(await shop.stage.breaches()).toEqual([]);
        const { rows } = await withShop(database.db, shop.shopId, (trx) =>
          sql<{ sku: string; allocated: number; wanted: number; there: number }>`
            select p.sku, sum(p.allocated)::int as allocated, sum(p.on_hand)::int as there, coalesce((
              select sum(c.quantity - c.canceled) from order_claim c
              where c.shop_id = ${shop.shopId} and c.sku = p.sku), 0)::int as wanted
            from stock_position p where p.shop_id = ${shop.shopId} group by p.sku`.execute(trx),
        );
        for (const { allocated, wanted, there } of rows) {
          expect(allocated).toBeLessThanOrEqual(Math.min(wanted, there));
        }
        shop.stage.stop();
      },
    ),
    { numRuns: 8 },
  );
});

async function reserved({ shopId }: Stage, key: string): Promise<void> {
  const at = STAGE_NOW.toString();
  await withShop(database.db, shopId, (trx) =>
    sql`insert into reservation (shop_id, reservation_id, channel, key, state, created_at, expires_at,
        expires_at_latest, asked)
      values (${shopId}, ${key}, 'online', ${key}, 'pending', ${at}, ${at}, ${at}, '')`.execute(
      trx,
    ),
  );
}

test('what is known, comes of a reservation, is canceled or oversold is left to be taken in alone', async () => {
  const shop = await stageOf([2, 0, 0, 5, 0, 0]);
  expect(await shop.take(readingOf('1', { units: { SHIRT: 1 } }))).toBe('together');
  const joined = shop.joined();
  // As it was read before: nothing is left to do.
  expect(await shop.group(readingOf('1', { units: { SHIRT: 1 } }))).toBe(true);
  const changed = readingOf('1', { units: { SHIRT: 2 }, record: { version: 'v2' } });
  expect(await shop.group(changed)).toBe(false);
  expect(
    await shop.group(readingOf('2', { units: { SHIRT: 1 }, record: { state: 'canceled' } })),
  ).toBe(false);
  expect(await shop.group(readingOf('3', { units: { HAT: 1 }, canceled: { HAT: 1 } }))).toBe(false);
  await reserved(shop, 'cart');
  const bought = { units: { HAT: 1 }, reservationKey: 'cart' };
  expect(await shop.group(readingOf('9', bought))).toBe(false);
  expect(shop.joined()).toBe(joined);
  // The first of these groups goes alone; of the others the one that wants more than there is stands in the way.
  const orders = [
    readingOf('4', { units: { HAT: 1 } }),
    readingOf('5', { units: { HAT: 1 } }),
    readingOf('6', { units: { SHIRT: 9 } }),
    readingOf('7', { units: { HAT: 1 } }),
  ];
  expect(await Promise.all(orders.map((reading) => shop.take(reading)))).toEqual([
    'together',
    'together',
    'alone',
    'together',
  ]);
  await shop.alone(changed);
  expect(await shop.stage.breaches()).toEqual([]);
  shop.stage.stop();
});

test('a group never places more at a node on a day than its cap', async () => {
  const shop = await stageOf(PLENTY, { dailyOrderCap: { standard: 3 } });
  const readings = Array.from({ length: 8 }, (_, at) =>
    readingOf(`${at}`, { units: { SHIRT: 1 } }),
  );
  await Promise.all(readings.map((reading) => shop.take(reading)));
  const works = await Promise.all(readings.map(({ record }) => shop.stage.works(record.orderId)));
  const perNode = Map.groupBy(works.flat(), ({ nodeId }) => nodeId);
  for (const nodeId of NODES) expect(perNode.get(nodeId)?.length ?? 0).toBeLessThanOrEqual(3);
  expect(works.flat()).toHaveLength(8);
  expect(await shop.stage.breaches()).toEqual([]);
  shop.stage.stop();
});

test('the promise that was joined binds what is placed, and its message is asked for with the order there', async () => {
  const shop = await stageOf(PLENTY);
  await shop.stage.promised('1', '2026-12-02', '2026-12-02T22:59:59Z');
  expect(await shop.take(readingOf('1', { units: { SHIRT: 1 } }))).toBe('together');
  expect(await shop.stage.works('1')).toMatchObject([
    { promisedOn: '2026-12-02', promisedEnd: '2026-12-02T22:59:59.000000Z' },
  ]);
  expect(shop.together.map(({ name }) => name)).toEqual(['fulfillment_follow', 'order_message']);
  expect(await createOrderStore(database.db).load(shop.shopId, { orderId: '1' })).toBeDefined();
  shop.stage.stop();
});
