import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import { createFakeAdmin, FakeAdminShop } from '../../tests/fake-admin.ts';
import { oneWarehouse, parsed, romeStore } from '../../tests/worlds/worlds.ts';
import type { ShopId } from '../base/ids.ts';
import { idleLoad } from '../network/load.ts';
import { compileNetwork } from '../network/network.ts';
import { createConnectorStore } from './connector-store.ts';
import { createPickupJob, type PickupJob } from './pickup-job.ts';
import { DEFAULT_SURFACES, type Surfaces } from './surfaces.ts';

// Rome hands over every day from 10:00 to 20:00, half an hour after an order.
const NOON = Temporal.Instant.from('2026-11-30T12:00:00+01:00');
const NIGHT = Temporal.Instant.from('2026-11-30T21:00:00+01:00');

let database: TestDatabase<unknown>;
let shop: FakeAdminShop;
let shopId: ShopId;
let now: Temporal.Instant;
let surfaces: Surfaces;
let hasNetwork: boolean;
let job: PickupJob;

beforeAll(async () => {
  database = await createTestDatabase();
  await createFakeAdmin(new FakeAdminShop());
}, 60_000);
afterAll(() => database.close());

const world = oneWarehouse();
const stores = ['rome', 'rome-2'].map((id) => ({ ...romeStore(), id }));
const snapshot = compileNetwork(
  parsed({ ...world, nodes: [...world.nodes, ...stores] }),
  Math.floor(NOON.epochMilliseconds / 60_000) - 1_440,
);

beforeEach(async () => {
  shop = new FakeAdminShop();
  shopId = `s${randomUUID()}.myshopify.com` as ShopId;
  now = NOON;
  hasNetwork = true;
  surfaces = {
    ...DEFAULT_SURFACES,
    locations: [
      { locationId: '1', nodeId: 'rome' },
      { locationId: '2', nodeId: 'rome-2' },
    ],
  };
  shop.locations = ['1', '2', '3'].map((number) => ({
    id: `gid://shopify/Location/${number}`,
    name: `Roma ${number}`,
    isActive: true,
    fulfillsOnlineOrders: true,
    zip: '00187',
    address1: 'Via Dante 1',
    pickup: number === '2' ? { pickupTime: 'ONE_HOUR', instructions: '' } : null,
  }));
  const store = createConnectorStore({ db: database.db, now: () => now });
  await store.saveLocations(
    shopId,
    shop.locations.map((one) => ({
      locationId: one.id.slice(-1),
      name: one.name,
      isActive: true,
      fulfillsOnlineOrders: true,
      country: 'IT',
      postalCode: one.zip,
      city: 'Roma',
      address1: one.address1,
      lat: null,
      lng: null,
      pickupTime: one.pickup?.pickupTime ?? null,
      pickupInstructions: one.pickup?.instructions ?? null,
    })),
  );
  job = createPickupJob({
    admin: await createFakeAdmin(shop),
    store,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    now: () => now,
    surfacesOf: async () => surfaces,
    liveNetwork: async () =>
      hasNetwork ? { snapshot, loadOf: (node) => idleLoad(snapshot, node) } : undefined,
  });
});

const said = () => shop.locations.map((one) => one.pickup?.pickupTime ?? null);

test('only what is not right yet is written, and a location that is no node is left alone', async () => {
  expect(await job.run(shopId)).toBe(1);
  expect(said()).toEqual(['ONE_HOUR', 'ONE_HOUR', null]);
  expect(shop.writes).toEqual(['LocationLocalPickupEnable']);
  expect(await job.run(shopId)).toBe(0);
});

test('at night the text widens, in the morning it narrows again', async () => {
  await job.run(shopId);
  now = NIGHT;
  expect(await job.run(shopId)).toBe(2);
  expect(said()).toEqual(['TWENTY_FOUR_HOURS', 'TWENTY_FOUR_HOURS', null]);
  now = NOON.add({ hours: 24 });
  await job.run(shopId);
  expect(said()).toEqual(['ONE_HOUR', 'ONE_HOUR', null]);
});

test('a store that Shopify refuses does not stop the others, and is tried again', async () => {
  const [first] = shop.locations;
  if (first === undefined) throw new Error('no location');
  first.isActive = false;
  now = NIGHT;
  expect(await job.run(shopId)).toBe(1);
  expect(said()).toEqual([null, 'TWENTY_FOUR_HOURS', null]);
  first.isActive = true;
  expect(await job.run(shopId)).toBe(1);
});

test('what was said at a store at an instant is remembered', async () => {
  await job.run(shopId);
  now = NIGHT;
  await job.run(shopId);
  const minutes = (at: Temporal.Instant) => job.slotMinutesAt(shopId, 'rome', at.toString());
  expect(await minutes(NOON.add({ minutes: 5 }))).toBe(60);
  expect(await minutes(NIGHT)).toBe(1_440);
  expect(await minutes(NOON.subtract({ minutes: 1 }))).toBeUndefined();
  expect(await job.slotMinutesAt(shopId, 'milan', NIGHT.toString())).toBeUndefined();
});

test('nothing is written for a shop without a network, or whose merchant keeps pickup himself', async () => {
  hasNetwork = false;
  expect(await job.run(shopId)).toBe(0);
  hasNetwork = true;
  surfaces = { ...surfaces, managesPickup: false };
  expect(await job.run(shopId)).toBe(0);
  expect(shop.writes).toEqual([]);
});
