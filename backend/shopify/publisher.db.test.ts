import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import { createFakeAdmin, FakeAdminShop } from '../../tests/fake-admin.ts';
import type { ShopId } from '../base/ids.ts';
import { TransientError } from '../base/result.ts';
import type { EtaClass } from '../contract/eta-class.ts';
import { encodePaddedTable } from '../contract/padded-table.ts';
import type { AdminAnswer, AdminClient } from './admin-client.ts';
import { createConnectorStore } from './connector-store.ts';
import { createPublisher, type PublishedTable, type Publisher } from './publisher.ts';
import { DEFAULT_SURFACES, type Surfaces } from './surfaces.ts';

const NOW = Temporal.Instant.from('2026-11-23T09:00:00Z');
const CUSTOMIZATION = 'gid://shopify/DeliveryCustomization/5';

let database: TestDatabase<unknown>;
let shop: FakeAdminShop;
let shopId: ShopId;
let surfaces: Surfaces;
let publisher: Publisher;
let waits: number[];
let failures = 0;
/** What each call to Shopify was about, in order; a test may wait in it or refuse. */
let calls: { readonly owners: readonly string[]; readonly lane: string | undefined }[];
let beforeCall: (owners: readonly string[]) => Promise<AdminAnswer<never> | undefined>;
let skuOfVariant: Map<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  await createFakeAdmin(new FakeAdminShop());
}, 60_000);
afterAll(() => database.close());
beforeEach(async () => {
  shop = new FakeAdminShop();
  shopId = `s${randomUUID()}.myshopify.com` as ShopId;
  surfaces = DEFAULT_SURFACES;
  waits = [];
  failures = 0;
  calls = [];
  beforeCall = async () => undefined;
  skuOfVariant = new Map([
    ['1', 'A'],
    ['2', 'B'],
  ]);
  const store = createConnectorStore({ db: database.db, now: () => NOW });
  const done = { state: 'done', facts: {} } as const;
  await store.saveSetup(shopId, { ...done, item: 'shop', shopifyId: 'gid://shopify/Shop/1' });
  await store.saveSetup(shopId, {
    ...done,
    item: 'delivery_customization',
    shopifyId: CUSTOMIZATION,
  });
  const real = await createFakeAdmin(shop);
  const admin: AdminClient = {
    send: async (id, document, variables, options) => {
      if (failures-- > 0) throw new TransientError('shopify', 'away');
      const { metafields } = variables as unknown as { metafields: { ownerId: string }[] };
      const owners = metafields.map(({ ownerId }) => ownerId);
      calls.push({ owners, lane: options?.lane });
      return (await beforeCall(owners)) ?? (await real.send(id, document, variables, options));
    },
  };
  publisher = createPublisher({
    db: database.db,
    admin,
    store,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    now: () => NOW,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
    },
    surfacesOf: async () => surfaces,
    catalogOf: async () => ({ serviceCodes: ['standard'], skuOfVariant }),
  });
});

function table(classes: Record<string, EtaClass>, firstDay = '2026-11-23'): PublishedTable {
  const encoded = encodePaddedTable({
    id: 't1',
    firstDay,
    validUntil: Temporal.PlainDate.from(firstDay).add({ days: 7 }).toString(),
    serviceCodes: ['standard'],
    zones: { IT: [[2, 2, 2, 2, 2, 2, 2]] },
  });
  if (!encoded.ok) throw new Error(JSON.stringify(encoded.refusal));
  return { json: encoded.value, classBySku: new Map(Object.entries(classes)) };
}

const writtenIn = (ownerId: string, key: string) =>
  shop.metafields.find((one) => one['ownerId'] === ownerId && one['key'] === key)?.['value'];
const etaOf = (variant: number) => writtenIn(`gid://shopify/ProductVariant/${variant}`, 'eta');

test('a table goes to the Function with the bindings, to the theme, and to the variants', async () => {
  surfaces = { ...surfaces, rateBindings: [{ rateCode: 'Consegna', serviceCode: 'standard' }] };
  const made = table({ A: 'normal', B: 'late' });
  await publisher.publish(shopId, made);
  expect(JSON.parse(String(writtenIn(CUSTOMIZATION, 'settings')))).toEqual({
    v: 1,
    b: { Consegna: 0, standard: -1 },
    s: 0,
    t: { d: made.json.d, w: made.json.w, n: 1, k: made.json.k, z: made.json.z },
  });
  const shown = JSON.parse(String(writtenIn('gid://shopify/Shop/1', 'padded')));
  expect(shown).toEqual({ ...made.json, c: { IT: 0 } });
  expect([etaOf(1), etaOf(2)]).toEqual(['n2026-12-07', 'l2026-12-07']);
});

test('a class is written again only when it changes or is about to expire', async () => {
  await publisher.publish(shopId, table({ A: 'normal', B: 'late' }));
  const writes = () => shop.writes.length;
  const before = writes();
  await publisher.publish(shopId, table({ A: 'normal', B: 'late' }));
  expect(writes() - before).toBe(1);
  await publisher.publish(shopId, table({ A: 'normal', B: 'normal' }));
  expect(writes() - before).toBe(3);
  expect(etaOf(2)).toBe('n2026-12-07');
  await publisher.publish(shopId, table({ A: 'normal', B: 'normal' }, '2026-12-02'));
  expect(writes() - before).toBe(4);
  await publisher.publish(shopId, table({ A: 'normal', B: 'normal' }, '2026-12-03'));
  expect([etaOf(1), etaOf(2)]).toEqual(['n2026-12-17', 'n2026-12-17']);
});

test('classes go 25 a call, and those nobody knows are not written at all', async () => {
  skuOfVariant = new Map(
    Array.from({ length: 60 }, (_, index) => [String(index + 1), `S${index}`]),
  );
  const classes = Array.from({ length: 55 }, (_, index) => [`S${index}`, 'normal'] as const);
  await publisher.publish(shopId, table(Object.fromEntries(classes)));
  expect(shop.writes).toHaveLength(1 + 3);
  expect([etaOf(55), etaOf(56)]).toEqual(['n2026-12-07', undefined]);
});

test('an outage is waited out', async () => {
  failures = 2;
  await publisher.publish(shopId, table({ A: 'normal' }));
  expect(waits).toEqual([1_000, 5_000]);
  expect(etaOf(1)).toBe('n2026-12-07');
});

test('tables that come while one is published: the newest is what stays', async () => {
  const published = [
    publisher.publish(shopId, table({ A: 'normal' })),
    publisher.publish(shopId, table({ A: 'unknown' })),
    publisher.publish(shopId, table({ A: 'late' })),
  ];
  await Promise.all(published);
  expect(etaOf(1)).toBe('l2026-12-07');
});

test('bindings that leave no room for the table go without it', async () => {
  const rateBindings = Array.from({ length: 96 }, (_, index) => ({
    rateCode: `${index}${'x'.repeat(96)}`,
    serviceCode: 'standard',
  }));
  surfaces = { ...surfaces, rateBindings };
  await publisher.publish(shopId, table({ A: 'normal' }));
  const settings = JSON.parse(String(writtenIn(CUSTOMIZATION, 'settings') ?? '{}'));
  expect(Object.keys(settings.b ?? {})).toHaveLength(97);
  expect(settings.t).toBeUndefined();
});

const numbersOf = (owners: readonly string[]) => owners.map((id) => id.replace(/^.*\//, ''));
const classCalls = () => calls.filter(({ owners }) => owners[0]?.includes('ProductVariant'));

test('every call is in the scheduler’s last lane: nothing of it delays a sale', async () => {
  await publisher.publish(shopId, table({ A: 'normal', B: 'late' }));
  expect(calls.map(({ lane }) => lane)).toEqual(['resync', 'resync']);
});

test('worse news goes first', async () => {
  const count = 1_000;
  const numbers = Array.from({ length: count }, (_, n) => n + 1);
  const worse = numbers.slice(-10);
  skuOfVariant = new Map(numbers.map((n) => [String(n), `S${n}`]));
  const classes = (of: (isWorse: boolean) => EtaClass) =>
    Object.fromEntries(numbers.map((n) => [`S${n}`, of(worse.includes(n))]));
  await publisher.publish(shopId, table(classes((isWorse) => (isWorse ? 'normal' : 'unknown'))));
  calls = [];
  await publisher.publish(shopId, table(classes((isWorse) => (isWorse ? 'late' : 'normal'))));
  const called = classCalls().map(({ owners }) => numbersOf(owners));
  const at = called.findIndex((owners) => owners.includes(String(worse[0])));
  // 32 calls are under way at once and 40 were due: it is one of those that began.
  expect(at).toBeLessThan(32);
  expect(called[at]?.slice(0, 10)).toEqual(worse.map(String));
});

test('a newer table cuts in at the next call, and what it says is what stays', async () => {
  skuOfVariant = new Map(Array.from({ length: 2_000 }, (_, n) => [String(n + 1), `S${n + 1}`]));
  const all = (etaClass: EtaClass) =>
    table(Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`S${n + 1}`, etaClass])));
  const goesOn = Promise.withResolvers<void>();
  beforeCall = async (owners) => {
    if (owners[0]?.includes('ProductVariant')) await goesOn.promise;
    return undefined;
  };
  const first = publisher.publish(shopId, all('normal'));
  // 80 calls are due; 32 are under way.
  await expect.poll(() => classCalls().length).toBe(32);
  const second = publisher.publish(shopId, all('unknown'));
  goesOn.resolve();
  await Promise.all([first, second]);
  // Only what the 32 calls had changed is changed back.
  expect(classCalls()).toHaveLength(64);
  expect(new Set([etaOf(1), etaOf(800)])).toEqual(new Set(['u2026-12-07']));
  expect(etaOf(801)).toBeUndefined();
});

test('a variant that Shopify does not have any more holds up no other', async () => {
  beforeCall = async (owners) => {
    const index = owners.indexOf('gid://shopify/ProductVariant/2');
    if (index < 0) return undefined;
    const field = ['metafields', String(index), 'ownerId'];
    const errors = [{ message: 'Owner does not exist.', field, code: 'INVALID' }];
    return { ok: false, refusal: { code: 'user_errors', operation: 'MetafieldsSet', errors } };
  };
  await publisher.publish(shopId, table({ A: 'normal', B: 'normal' }));
  expect([etaOf(1), etaOf(2)]).toEqual(['n2026-12-07', undefined]);
  calls = [];
  await publisher.publish(shopId, table({ A: 'normal', B: 'normal' }));
  expect(classCalls()).toEqual([]);
});

test('a class that ended while it was about to expire is still told', async () => {
  await publisher.publish(shopId, table({ A: 'normal', B: 'normal' }));
  await publisher.publish(shopId, table({ A: 'unknown', B: 'normal' }, '2026-12-04'));
  expect([etaOf(1), etaOf(2)]).toEqual(['u2026-12-18', 'n2026-12-18']);
});

test('a write whose reply was lost is written again, whatever the class is by then', async () => {
  await publisher.publish(shopId, table({ A: 'late' }));
  beforeCall = async (owners) => {
    if (!owners[0]?.includes('ProductVariant')) return undefined;
    // The effect is there, the reply is not.
    shop.metafields.push({ ownerId: 'gid://shopify/ProductVariant/1', key: 'eta', value: 'n' });
    throw new TransientError('shopify', 'did not come back');
  };
  const lost = publisher.publish(shopId, table({ A: 'normal' }));
  await expect.poll(() => waits.length).toBeGreaterThan(0);
  beforeCall = async () => undefined;
  const after = publisher.publish(shopId, table({ A: 'late' }));
  await Promise.all([lost, after]);
  const last = shop.metafields.findLast((one) => one['key'] === 'eta');
  expect(last?.['value']).toBe('l2026-12-07');
});
