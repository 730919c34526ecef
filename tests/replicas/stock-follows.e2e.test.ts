// A committed movement, or a changed due date, changes the next quote on every replica within two seconds.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ShopId } from '../../backend/base/ids.ts';
import { instantToMinuteFloor } from '../../backend/base/time.ts';
import { productSchema } from '../../backend/network/world.ts';
import { parseNetworkSection } from '../../backend/network/world-parse.ts';
import { type Bus, createLocalBus, createRedisBus } from '../../backend/platform/bus.ts';
import { fixedClock } from '../../backend/platform/clock.ts';
import { createPolicyService } from '../../backend/policy/service.ts';
import type { PolicyTables } from '../../backend/policy/store.ts';
import type { QuoteRequest } from '../../backend/promise/quote.ts';
import type { StockEvent } from '../../backend/stock/ledger/ledger.ts';
import { createLedgerService } from '../../backend/stock/ledger/service.ts';
import { NETWORK_SECTION } from '../../backend/stock/service.ts';
import { createStockStore } from '../../backend/stock/store.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { startRedis, type TestRedis } from '../redis.ts';
import { quietLog, saidAt } from '../worlds/live-shop.ts';
import { twoStoresOneWarehouse } from '../worlds/worlds.ts';
import type { ReplicaAnswer } from './replica.ts';
import { type Replica, startReplica } from './start-replica.ts';

const NOW = '2026-11-25T09:00:00Z';
const LIMIT_MILLISECONDS = 2_000;
const REQUEST: QuoteRequest = {
  nowMinute: instantToMinuteFloor(NOW),
  marginMinutes: 30,
  lines: [{ sku: 'SHIRT', quantity: 1 }],
  destination: { country: 'IT', postalCode: '20121', lat: 45.46, lng: 9.19 },
  currency: 'EUR',
  locale: 'en',
  channel: 'online',
  customerTags: [],
  methods: ['home'],
};

let database: TestDatabase<unknown>;
let redis: TestRedis;
let replicas: Replica[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  redis = await startRedis();
}, 60_000);
afterEach(() => {
  for (const replica of replicas) replica.child.kill('SIGKILL');
  replicas = [];
});
afterAll(async () => {
  await redis.stop();
  await database.close();
});

/** A shop with its network and products, no stock. */
async function fillShop(shopId: ShopId): Promise<void> {
  const { products, stock: _, policyVersion: __, ...network } = twoStoresOneWarehouse();
  const now = Temporal.Instant.from(NOW);
  const policy = createPolicyService({
    db: database.db.withTables<PolicyTables>(),
    bus: createLocalBus(),
    clock: fixedClock(now),
    log: quietLog,
    parsers: { [NETWORK_SECTION]: parseNetworkSection },
  });
  const sections = { [NETWORK_SECTION]: network };
  await policy.save(shopId, { basedOnVersion: 0, sections, author: 'test' });
  const rows = products.map((product) => ({
    product: productSchema.parse(product),
    variantId: null,
    inventoryItemId: null,
  }));
  await createStockStore(database.db).save(shopId, { products: rows }, saidAt(now));
}

/** Books through the ledger and announces on the bus, as another replica of the service does. */
function writer(shopId: ShopId, bus: Bus) {
  const ledger = createLedgerService({
    db: database.db,
    clock: fixedClock(Temporal.Instant.from(NOW)),
    knownNodes: async () => new Set(['milan', 'rome', 'london']),
    announce: (id, version) => bus.publish('stock', JSON.stringify([id, version])),
  });
  let sent = 0;
  return async (what: Partial<StockEvent>): Promise<void> => {
    sent += 1;
    const event: StockEvent = {
      ...{ eventId: `e${sent}`, kind: 'delta', type: 'on_hand', sku: 'SHIRT', nodeId: 'milan' },
      ...{
        quantity: 0,
        reason: 'test',
        occurredAt: `2026-11-25T08:00:${String(sent).padStart(2, '0')}Z`,
      },
      ...what,
    };
    const booked = await ledger.ingest(shopId, { source: 'wms', actor: 'test', events: [event] });
    expect(booked).toMatchObject({ ok: true, value: { verdicts: [{ verdict: 'booked' }] } });
  };
}

/** Asks every replica until all promise this day (undefined: nothing); milliseconds since the call. */
async function untilAllPromise(shopId: ShopId, day: string | undefined): Promise<number> {
  const started = performance.now();
  for (;;) {
    const answers: ReplicaAnswer[] = await Promise.all(
      replicas.map((replica) => replica.ask({ kind: 'ask', shopId, request: REQUEST })),
    );
    expect(answers.every((answer) => answer.isEqual)).toBe(true);
    const took = performance.now() - started;
    if (answers.every((answer) => answer.promisedOn['standard'] === day)) {
      expect(new Set(answers.map((answer) => answer.versions)).size).toBe(1);
      return took;
    }
    if (took > LIMIT_MILLISECONDS) {
      throw new Error(
        `after ${took} ms they say ${JSON.stringify(answers.map((one) => one.promisedOn))}`,
      );
    }
  }
}

const lot = (expectedOn: string) =>
  ({
    type: 'incoming',
    kind: 'count',
    quantity: 5,
    lot: { reference: 'PO-1', expectedOn },
  }) as const;

test.each([
  ['with Redis between them', true],
  ['without Redis, by asking the database', false],
])(
  'stock that arrives, is late and sells out moves the date on two replicas within 2 s, %s',
  async (_how, hasRedis) => {
    const shopId = `follows-${hasRedis ? 'redis' : 'poll'}.myshopify.com` as ShopId;
    await fillShop(shopId);
    const at = { databaseUrl: database.appUrl, now: NOW };
    const withRedis = hasRedis ? { ...at, redisUrl: redis.url } : at;
    replicas = await Promise.all([startReplica(withRedis), startReplica(withRedis)]);
    const bus = hasRedis ? await createRedisBus(redis.url, quietLog) : createLocalBus();
    const book = writer(shopId, bus);
    const steps: readonly (readonly [Partial<StockEvent>, string | undefined])[] = [
      // Due on Monday 30 November: worked on and picked up on Tuesday, delivered on Wednesday.
      [lot('2026-11-30'), '2026-12-02'],
      [lot('2026-12-02'), '2026-12-04'],
      [{ quantity: 1 }, '2026-11-26'],
      [{ quantity: -1 }, '2026-12-04'],
      [{ ...lot('2026-12-02'), quantity: 0 }, undefined],
    ];
    const taken: number[] = [await untilAllPromise(shopId, undefined)];
    for (const [what, day] of steps) {
      await book(what);
      taken.push(await untilAllPromise(shopId, day));
    }
    await bus.stop();
    expect(Math.max(...taken)).toBeLessThan(LIMIT_MILLISECONDS);
  },
  60_000,
);
