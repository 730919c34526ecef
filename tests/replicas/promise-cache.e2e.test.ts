import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ShopId } from '../../backend/base/ids.ts';
import { instantToMinuteFloor } from '../../backend/base/time.ts';
import { productSchema } from '../../backend/network/world.ts';
import { parseNetworkSection } from '../../backend/network/world-parse.ts';
import { createLocalBus } from '../../backend/platform/bus.ts';
import { fixedClock } from '../../backend/platform/clock.ts';
import { createPolicyService } from '../../backend/policy/service.ts';
import type { PolicyTables } from '../../backend/policy/store.ts';
import type { QuoteRequest } from '../../backend/promise/quote.ts';
import { NETWORK_SECTION } from '../../backend/stock/service.ts';
import { createStockStore } from '../../backend/stock/store.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { startRedis, type TestRedis } from '../redis.ts';
import { quietLog, saidAt } from '../worlds/live-shop.ts';
import { twoStoresOneWarehouse } from '../worlds/worlds.ts';
import { type Replica, startReplica } from './start-replica.ts';

const SHOP = 'replicas.myshopify.com' as ShopId;
const NOW = '2026-11-25T09:00:00Z';
const SAID = saidAt(Temporal.Instant.from(NOW));
const ROUNDS = 60;
const ASKS_PER_ROUND = 12;

let database: TestDatabase<unknown>;
let redis: TestRedis;
let replicas: Replica[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  redis = await startRedis();
}, 60_000);
afterAll(async () => {
  for (const replica of replicas) replica.child.kill('SIGKILL');
  await redis.stop();
  await database.close();
});

/** The same stream of chance in every run. */
function chance(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * count);
  };
}

function writers() {
  const { products, stock, policyVersion: _, ...network } = twoStoresOneWarehouse();
  const store = createStockStore(database.db);
  const policy = createPolicyService({
    db: database.db.withTables<PolicyTables>(),
    // Deaf on purpose: replicas must find the change by asking.
    bus: createLocalBus(),
    clock: fixedClock(Temporal.Instant.from(NOW)),
    log: quietLog,
    parsers: { [NETWORK_SECTION]: parseNetworkSection },
  });
  let policyVersion = 0;
  return {
    saveNetwork: async (cutOff: string) => {
      const nodes = network.nodes.map((node) => ({
        ...node,
        ...(node.cutOffs === undefined ? {} : { cutOffs: { ...node.cutOffs, wed: cutOff } }),
      }));
      const saved = await policy.save(SHOP, {
        basedOnVersion: policyVersion,
        sections: { [NETWORK_SECTION]: { ...network, nodes } },
        author: 'test',
      });
      if (!saved.ok) throw new Error(JSON.stringify(saved.refusal));
      policyVersion = saved.value.version;
      return policyVersion;
    },
    saveProducts: () =>
      store.save(
        SHOP,
        {
          products: products.map((product) => ({
            product: productSchema.parse(product),
            variantId: null,
            inventoryItemId: null,
          })),
        },
        SAID,
      ),
    saveStock: (nodeId: string, onHand: number) =>
      store.save(
        SHOP,
        {
          stock: [
            {
              sku: stock[0]?.sku ?? '',
              nodeId,
              onHand,
              unavailable: 0,
              allocated: 0,
              incoming: [],
            },
          ],
        },
        SAID,
      ),
    saveBacklog: (nodeId: string, backlogUnits: number) =>
      store.save(
        SHOP,
        {
          loads: [{ nodeId, backlogUnits, backlogAsOf: NOW, ordersByDate: {} }],
        },
        SAID,
      ),
  };
}

const NODES = ['milan', 'rome', 'london'];
const PLACES = [
  { country: 'IT', postalCode: '20121', lat: 45.46, lng: 9.19 },
  { country: 'IT', postalCode: '00187', lat: 41.9, lng: 12.5 },
  { country: 'GB', postalCode: 'SW1A 1AA', lat: 51.5, lng: -0.13 },
];

test('with two processes and a real Redis a hit equals a fresh quote after any change', async () => {
  const at = { databaseUrl: database.appUrl, redisUrl: redis.url, now: NOW };
  replicas = await Promise.all([startReplica(at), startReplica(at)]);
  const pick = chance(20_261_127);
  const write = writers();
  let policyVersion = await write.saveNetwork('16:00');
  let stockVersion = await write.saveProducts();
  let minute = instantToMinuteFloor(NOW);
  const seen = { asked: 0, hits: 0, fromRedis: 0, unequal: 0, options: 0 };

  const changes: (() => Promise<void>)[] = [
    async () => {
      stockVersion = await write.saveStock(NODES[pick(3)] ?? 'milan', pick(4));
    },
    async () => {
      stockVersion = await write.saveBacklog(NODES[pick(3)] ?? 'milan', pick(3) * 50);
    },
    async () => {
      policyVersion = await write.saveNetwork(pick(2) === 0 ? '11:30' : '16:00');
    },
    async () => {
      minute += pick(90);
    },
    async () => undefined,
  ];
  const askOne = async (replica: Replica | undefined) => {
    const place = PLACES[pick(3)];
    if (replica === undefined || place === undefined) throw new Error('there are two replicas');
    const request: QuoteRequest = {
      nowMinute: minute,
      marginMinutes: 30,
      lines: [{ sku: 'SHIRT', quantity: 1 + pick(2) }],
      destination: place,
      currency: 'EUR',
      locale: 'en',
      channel: 'online',
      customerTags: [],
    };
    const answer = await replica.ask({ kind: 'ask', shopId: SHOP, request });
    seen.asked += 1;
    seen.hits += answer.isHit ? 1 : 0;
    seen.fromRedis += answer.fromRedis ? 1 : 0;
    seen.options += answer.optionCount;
    if (!answer.isEqual) seen.unequal += 1;
  };

  for (let round = 0; round < ROUNDS; round += 1) {
    await changes[pick(changes.length)]?.();
    // Half of the rounds ask while a replica may not have heard yet: it answers by the facts it holds.
    if (pick(2) === 0) {
      const held = { kind: 'await' as const, shopId: SHOP, policyVersion, stockVersion };
      await Promise.all(replicas.map((replica) => replica.ask(held)));
    }
    if (round === 20) await redis.kill();
    if (round === 30) await redis.restart();
    for (let index = 0; index < ASKS_PER_ROUND; index += 1) await askOne(replicas[pick(2)]);
  }
  expect(seen.unequal).toBe(0);
  expect(seen.asked).toBe(ROUNDS * ASKS_PER_ROUND);
  // The property would be empty without hits of both kinds, and without anything to promise.
  expect(seen.hits).toBeGreaterThan(100);
  expect(seen.fromRedis).toBeGreaterThan(10);
  expect(seen.options).toBeGreaterThan(500);
}, 120_000);
