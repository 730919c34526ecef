// The stores' desks as the running service serves them: page, pairing, offers and works of an empty desk.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ShopId } from '../backend/base/ids.ts';
import { createDeskAccess } from '../backend/orders/desk/access/service.ts';
import { createLocalBus } from '../backend/platform/bus.ts';
import { systemClock } from '../backend/platform/clock.ts';
import { createIdSource, createSigner } from '../backend/platform/signing.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { fillShop, type KeptProcess, startKeptProcess } from './kept-process.ts';
import { twoStoresOneWarehouse } from './worlds/worlds.ts';

const SHOP = 'desk-main.myshopify.com' as ShopId;
const PORT = 14_711;

let database: TestDatabase<unknown>;
let kept: KeptProcess;
beforeAll(async () => {
  database = await createTestDatabase();
  await fillShop(database.appUrl, SHOP, twoStoresOneWarehouse());
  kept = await startKeptProcess({ ...database, port: PORT });
});
afterAll(async () => {
  await kept.stop();
  await database.close();
});

async function ask(path: string, keys: Readonly<Record<string, string>>, body?: object) {
  const response = await fetch(`${kept.url}/api/desk${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...keys, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const said: Record<string, unknown> = JSON.parse(await response.text());
  return { status: response.status, body: said };
}

/** What a manager does in the admin app, on another replica. */
async function asManager() {
  const access = createDeskAccess({
    ...{ db: database.db, clock: systemClock(), bus: createLocalBus(), newId: createIdSource() },
    signer: createSigner([{ id: 'other', key: Buffer.alloc(32, 9) }]),
    monotonicMilliseconds: () => performance.now(),
    nodesOf: async () => new Map([['rome', 'Rome']]),
    nodeOfLocation: async () => undefined,
    shopOfPos: async () => undefined,
  });
  const made = await access.createPairing(SHOP, { nodeId: 'rome', deviceName: 'Till' }, 'ada');
  const person = { nodeId: 'rome', name: 'Giulia', role: 'staff', pin: '2580' } as const;
  const added = await access.addPerson(SHOP, person, 'ada');
  if (!made.ok || !added.ok) throw new Error('the manager was refused');
  return { code: made.value.code, personId: added.value.personId };
}

test('a phone loads the page, is paired, and its person sees the store’s offers and works', async () => {
  const page = await fetch(`${kept.url}/desk?shop=${SHOP}`, {
    headers: { 'accept-language': 'fr-FR' },
  });
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(await page.text()).toContain('<html lang="fr">');

  const { code, personId } = await asManager();
  const paired = await ask('/pair', {}, { shop: SHOP, code });
  expect(paired).toMatchObject({ status: 201, body: { node: { id: 'rome' } } });
  const device = { 'x-kept-device': String(paired.body['token']) };
  expect(await ask('/me', device)).toMatchObject({
    body: { people: [{ name: 'Giulia' }], tile: { offers: 0, prepare: 0, ready: 0 } },
  });
  expect(await ask('/works', device)).toMatchObject({ status: 401 });
  const known = await ask('/identify', device, { personId, pin: '2580' });
  const keys = { ...device, 'x-kept-person': String(known.body['token']) };
  expect(await ask('/works', keys)).toMatchObject({ status: 200, body: { works: [] } });
  expect(await ask('/offers', keys)).toMatchObject({ status: 200, body: { offers: [] } });
  const events = await fetch(`${kept.url}/api/desk/events`, { headers: keys });
  expect(events.headers.get('content-type')).toContain('text/event-stream');
  await events.body?.cancel();
});

test('the admin’s endpoints of desks ask for a session token', async () => {
  const response = await fetch(`${kept.url}/api/admin/desks`);
  expect(response.status).toBe(401);
  await response.body?.cancel();
});
