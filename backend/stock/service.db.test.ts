import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import { twoStoresOneWarehouse } from '../../tests/worlds/worlds.ts';
import type { ShopId } from '../base/ids.ts';
import { productSchema } from '../network/world.ts';
import { parseNetworkSection } from '../network/world-parse.ts';
import { type Bus, createLocalBus } from '../platform/bus.ts';
import { fixedClock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { createPolicyService } from '../policy/service.ts';
import type { PolicyTables } from '../policy/store.ts';
import { createStockService, factVersions, NETWORK_SECTION } from './service.ts';
import { positionsOf } from './stock.ts';
import { createStockStore } from './store.ts';

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const { products, stock, ...rest } = twoStoresOneWarehouse();
const { policyVersion: _, ...network } = rest;
const [product] = products;
const [position] = stock;
if (product === undefined || position === undefined) throw new Error('the world has stock');

let database: TestDatabase<unknown>;
let stops: (() => void)[] = [];
let shopNumber = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => {
  for (const stop of stops) stop();
  stops = [];
});
afterAll(() => database.close());

function replica(bus: Bus, clock = fixedClock(Temporal.Instant.from('2026-11-25T09:00:00Z'))) {
  const policy = createPolicyService({
    db: database.db.withTables<PolicyTables>(),
    bus,
    clock,
    log: quiet,
    parsers: { [NETWORK_SECTION]: parseNetworkSection },
  });
  const service = createStockService({
    store: createStockStore(database.db),
    policy,
    bus,
    clock,
    log: quiet,
    monotonicMilliseconds: () => performance.now(),
  });
  policy.start();
  service.start();
  stops.push(policy.stop, service.stop);
  return { policy, service, clock };
}

/** A shop with the network, its products and one position of five units. */
async function shopWithStock(using: ReturnType<typeof replica>): Promise<ShopId> {
  shopNumber += 1;
  const shopId = `live-${shopNumber}.myshopify.com` as ShopId;
  const saved = await using.policy.save(shopId, {
    basedOnVersion: 0,
    sections: { [NETWORK_SECTION]: network },
    author: 'test',
  });
  expect(saved.ok).toBe(true);
  await using.service.save(shopId, {
    products: [{ product: productSchema.parse(product), variantId: '77', inventoryItemId: null }],
    stock: [row(5)],
  });
  return shopId;
}

function row(onHand: number) {
  const { sku, nodeId } = position ?? { sku: '', nodeId: '' };
  return { sku, nodeId, onHand, unavailable: 0, allocated: 0, incoming: [] };
}

const freeOf = (service: ReturnType<typeof replica>['service'], shopId: ShopId) => {
  const live = service.peek(shopId);
  const sku = live?.snapshot.skuIndex.get(position?.sku ?? '') ?? -1;
  return live === undefined ? undefined : positionsOf(live.facts, sku)?.free[0];
};

test('a shop without a network is not there, and is once a network is saved', async () => {
  const using = replica(createLocalBus());
  const shopId = 'empty.myshopify.com' as ShopId;
  expect(await using.service.open(shopId)).toBeUndefined();
  await using.policy.save(shopId, {
    basedOnVersion: 0,
    sections: { [NETWORK_SECTION]: network },
    author: 'test',
  });
  expect((await using.service.open(shopId))?.snapshot.policyVersion).toBe(1);
});

test('a variant leads to its SKU and a written row is used at once by the writer', async () => {
  const using = replica(createLocalBus());
  const shopId = await shopWithStock(using);
  const live = await using.service.open(shopId);
  expect(live?.skuOfVariant.get('77')).toBe(product.sku);
  expect(freeOf(using.service, shopId)).toBe(5);
  await using.service.save(shopId, { stock: [row(2)] });
  expect(freeOf(using.service, shopId)).toBe(2);
});

test('another replica on the same bus follows, and both hold the same fact versions', async () => {
  const bus = createLocalBus();
  const one = replica(bus);
  const two = replica(bus);
  const shopId = await shopWithStock(one);
  await two.service.open(shopId);
  const followed = new Promise<void>((resolve) => {
    two.service.onChange(() => {
      if (freeOf(two.service, shopId) === 3) resolve();
    });
  });
  await one.service.open(shopId);
  await one.service.save(shopId, { stock: [row(3)] });
  await followed;
  const versions = [one, two].map(({ service }) => {
    const live = service.peek(shopId);
    return live === undefined ? '' : factVersions(live, [product.sku]);
  });
  expect(versions[0]).toBe(versions[1]);
});

test('what is announced soon reaches this replica and others without anybody waiting for it', async () => {
  const bus = createLocalBus();
  const [one, two] = [replica(bus), replica(bus)];
  const shopId = await shopWithStock(one);
  await two.service.open(shopId);
  const followed = new Promise<void>((resolve) => {
    two.service.onChange((live) => {
      if (live.shopId === shopId && freeOf(two.service, shopId) === 2) resolve();
    });
  });
  const elsewhere = replica(createLocalBus());
  await elsewhere.service.open(shopId);
  await elsewhere.service.save(shopId, { stock: [row(2)] });
  const version = elsewhere.service.peek(shopId)?.stockVersion ?? 0;
  await one.service.announceSoon(shopId, version);
  await one.service.announceSoon(shopId, version - 1);
  await followed;
  expect(freeOf(two.service, shopId)).toBe(2);
});

test('a replica that missed every announcement finds the change by asking', async () => {
  const one = replica(createLocalBus());
  const deaf = replica(createLocalBus());
  const shopId = await shopWithStock(one);
  await deaf.service.open(shopId);
  await one.service.save(shopId, { stock: [row(1)] });
  await deaf.service.refreshAll();
  expect(freeOf(deaf.service, shopId)).toBe(1);
});

test('a new policy builds a new snapshot and keeps the stock', async () => {
  const using = replica(createLocalBus());
  const shopId = await shopWithStock(using);
  await using.service.open(shopId);
  await using.policy.save(shopId, {
    basedOnVersion: 1,
    sections: { [NETWORK_SECTION]: { ...network, pickupPoints: [] } },
    author: 'test',
  });
  expect(using.service.peek(shopId)?.snapshot.policyVersion).toBe(2);
  expect(freeOf(using.service, shopId)).toBe(5);
});

test('a clock that jumps back before the snapshot builds another one', async () => {
  const using = replica(createLocalBus());
  const shopId = await shopWithStock(using);
  await using.service.open(shopId);
  using.clock.set(Temporal.Instant.from('2026-10-24T22:30:00Z'));
  await using.service.refreshAll();
  const from = using.service.peek(shopId)?.snapshot.validFromMinute ?? 0;
  expect(from * 60_000).toBe(Date.parse('2026-10-24T22:30:00Z'));
});

test('a key given twice in one batch is refused and nothing is written', async () => {
  const using = replica(createLocalBus());
  const shopId = await shopWithStock(using);
  await using.service.open(shopId);
  const refused = await using.service.save(shopId, { stock: [row(8), row(9)] });
  expect(refused).toMatchObject({ ok: false, refusal: { pointer: '/stock/1' } });
  expect(freeOf(using.service, shopId)).toBe(5);
});
