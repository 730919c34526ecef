// Devices, people and their secrets, on a real server.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../tests/database.ts';
import type { ShopId } from '../../../base/ids.ts';
import { createLocalBus } from '../../../platform/bus.ts';
import { withShop } from '../../../platform/database.ts';
import { createIdSource, createSigner } from '../../../platform/signing.ts';
import { createDeskAccess, type DeskAccess } from './service.ts';

const SHOP = 'desks.myshopify.com' as ShopId;
const START = Temporal.Instant.from('2026-11-27T09:00:00Z');
const NODES = new Map([
  ['milan', 'Milano Brera'],
  ['rome', 'Roma Condotti'],
]);

let database: TestDatabase<unknown>;
let at = START;
let access: DeskAccess;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.close();
});
beforeEach(() => {
  at = START;
  access = openAccess();
});

function openAccess(bus = createLocalBus()) {
  return createDeskAccess({
    db: database.db,
    clock: { now: () => at, onSet: () => () => undefined },
    bus,
    signer: createSigner([{ id: 'test', key: Buffer.alloc(32, 7) }]),
    newId: createIdSource(),
    monotonicMilliseconds: () => at.epochMilliseconds,
    nodesOf: async () => NODES,
    nodeOfLocation: async (_shop, locationId) => ({ '71': 'milan', '72': 'rome' })[locationId],
    shopOfPos: async (authorization) => (authorization === 'Bearer pos' ? SHOP : undefined),
  });
}

const headers = (device?: string, person?: string) => ({
  ...{ device, person, authorization: undefined, location: undefined },
});

async function newCode(nodeId = 'milan'): Promise<string> {
  const made = await access.createPairing(SHOP, { nodeId, deviceName: 'Till 1' }, 'ada');
  if (!made.ok) throw new Error('no code');
  return made.value.code;
}

async function newDevice(nodeId = 'milan'): Promise<string> {
  const paired = await access.pair(SHOP, { text: await newCode(nodeId), kind: 'phone' });
  if (!paired.ok) throw new Error('not paired');
  return paired.value.token;
}

async function newPerson(pin = '2580', role: 'staff' | 'manager' = 'staff'): Promise<string> {
  const made = await access.addPerson(SHOP, { nodeId: 'milan', name: 'Giulia', role, pin }, 'ada');
  if (!made.ok) throw new Error('no person');
  return made.value.personId;
}

async function shiftOf(device: string, personId: string, pin = '2580') {
  const known = await access.deviceOf(headers(device));
  if (!known.ok) throw new Error('no device');
  return await access.identify(known.value, { personId, pin });
}

test('a device that was paired and a person who knows the PIN are a desk of their node', async () => {
  const device = await newDevice();
  const personId = await newPerson();
  const shift = await shiftOf(device, personId);
  const token = shift.ok ? shift.value.token : '';
  expect(await access.deskOf(headers(device, token))).toMatchObject({
    ok: true,
    value: { shopId: SHOP, nodeId: 'milan', person: { personId, name: 'Giulia', role: 'staff' } },
  });
  expect(await access.deskOf(headers(device))).toMatchObject({
    refusal: { code: 'person_unknown' },
  });
  expect(await access.deskOf(headers(undefined, token))).toMatchObject({
    refusal: { code: 'device_not_paired' },
  });
});

test('a person’s token is worth nothing on another device, after the shift, or after a new PIN', async () => {
  const device = await newDevice();
  const personId = await newPerson();
  const shift = await shiftOf(device, personId);
  const token = shift.ok ? shift.value.token : '';
  const unknown = { refusal: { code: 'person_unknown' } };
  expect(await access.deskOf(headers(await newDevice(), token))).toMatchObject(unknown);
  at = START.add({ hours: 10 });
  expect(await access.deskOf(headers(device, token))).toMatchObject(unknown);
  at = START.add({ hours: 1 });
  expect(await access.deskOf(headers(device, token))).toMatchObject({ ok: true });
  await access.setPin(SHOP, personId, '7391');
  expect(await access.deskOf(headers(device, token))).toMatchObject(unknown);
});

test('a pairing code works once, for ten minutes, and is locked after five wrong tries', async () => {
  const code = await newCode();
  expect(
    await access.pair(SHOP, { text: code.toLowerCase().replaceAll('-', ' '), kind: 'phone' }),
  ).toMatchObject({ ok: true });
  expect(await access.pair(SHOP, { text: code, kind: 'phone' })).toMatchObject({
    refusal: { code: 'pairing_wrong' },
  });

  const late = await newCode();
  at = START.add({ minutes: 10 });
  expect(await access.pair(SHOP, { text: late, kind: 'phone' })).toMatchObject({
    refusal: { code: 'pairing_expired' },
  });

  const guessed = await newCode();
  const wrong = guessed.endsWith('0') ? `${guessed.slice(0, -1)}1` : `${guessed.slice(0, -1)}0`;
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    expect(await access.pair(SHOP, { text: wrong, kind: 'phone' })).toMatchObject({
      refusal: { code: 'pairing_wrong' },
    });
  }
  expect(await access.pair(SHOP, { text: guessed, kind: 'phone' })).toMatchObject({
    refusal: { code: 'pairing_locked', wrongTries: 5 },
  });
});

test('a PIN guessed five times at once is locked for a quarter of an hour, and the right one too', async () => {
  const device = await newDevice();
  const personId = await newPerson();
  const guesses = ['1111', '2222', '3333', '4444', '5555', '6666', '7777'];
  const answers = await Promise.all(guesses.map((pin) => shiftOf(device, personId, pin)));
  const codes = answers.map((one) => (one.ok ? 'ok' : one.refusal.code));
  expect(codes.filter((code) => code === 'pin_wrong')).toHaveLength(4);
  expect(codes.filter((code) => code === 'pin_locked')).toHaveLength(3);
  expect(await shiftOf(device, personId)).toMatchObject({
    refusal: { code: 'pin_locked', lockedUntil: START.add({ minutes: 15 }).toString() },
  });
  at = START.add({ minutes: 15 });
  expect(await shiftOf(device, personId, '1111')).toMatchObject({
    refusal: { code: 'pin_wrong', triesLeft: 4 },
  });
  expect(await shiftOf(device, personId)).toMatchObject({ ok: true });
});

test('a manager’s new PIN ends a lock at once', async () => {
  const device = await newDevice();
  const personId = await newPerson();
  for (const pin of ['1', '2', '3', '4', '5']) await shiftOf(device, personId, pin);
  expect(await shiftOf(device, personId)).toMatchObject({ refusal: { code: 'pin_locked' } });
  await access.setPin(SHOP, personId, '7391');
  expect(await shiftOf(device, personId, '7391')).toMatchObject({ ok: true });
});

test('a revoked device and a removed person are refused at once, on every replica', async () => {
  const bus = createLocalBus();
  access = openAccess(bus);
  const other = openAccess(bus);
  const device = await newDevice();
  const personId = await newPerson();
  const shift = await shiftOf(device, personId);
  const token = shift.ok ? shift.value.token : '';
  expect(await other.deskOf(headers(device, token))).toMatchObject({ ok: true });
  await access.removePerson(SHOP, personId);
  await Promise.resolve();
  expect(await other.deskOf(headers(device, token))).toMatchObject({
    refusal: { code: 'person_unknown' },
  });
  const known = await access.deviceOf(headers(device));
  await access.revokeDevice(SHOP, known.ok ? known.value.deviceId : '');
  await Promise.resolve();
  expect(await other.deviceOf(headers(device))).toMatchObject({
    refusal: { code: 'device_revoked', revokedAt: START.toString() },
  });
});

test('in POS a device needs Shopify’s token of the shop and must stand at its own location', async () => {
  const text = await newCode();
  expect(await access.pair(SHOP, { text, kind: 'pos', atNodeId: 'rome' })).toMatchObject({
    refusal: { code: 'paired_elsewhere', nodeId: 'milan' },
  });
  const paired = await access.pair(SHOP, { text, kind: 'pos', atNodeId: 'milan' });
  const device = paired.ok ? paired.value.token : '';
  const shown = { device, person: undefined, authorization: 'Bearer pos', location: '71' };
  expect(await access.deviceOf(shown)).toMatchObject({ ok: true, value: { nodeId: 'milan' } });
  expect(await access.deviceOf({ ...shown, location: '72' })).toMatchObject({
    refusal: { code: 'wrong_location', locationId: '72', nodeId: 'milan' },
  });
  expect(await access.deviceOf({ ...shown, authorization: 'Bearer stolen' })).toMatchObject({
    refusal: { code: 'unauthorized' },
  });
});

test('people of one store are nobody in another', async () => {
  const personId = await newPerson();
  expect(await shiftOf(await newDevice('rome'), personId)).toMatchObject({
    refusal: { code: 'person_unknown' },
  });
});

test.each(['123', '123456789', '0000', '1234', '8765', 'abcd', ''])(
  'the PIN %j is refused without being repeated',
  async (pin) => {
    const asked = { nodeId: 'milan', name: 'Ugo', role: 'staff', pin } as const;
    const made = await access.addPerson(SHOP, asked, 'ada');
    expect(made).toMatchObject({ refusal: { code: 'invalid_input', pointer: '/pin' } });
    expect(made).not.toHaveProperty('refusal.value');
  },
);

test('of secrets only hashes are stored', async () => {
  const code = await newCode();
  const device = await newDevice();
  await newPerson('2580');
  const { rows } = await withShop(database.db, SHOP, (trx) =>
    sql<{ text: string }>`
      select (select jsonb_agg(p) from desk_pairing p)::text || (select jsonb_agg(d) from desk_device d)::text
        || (select jsonb_agg(q) from desk_person q)::text as text`.execute(trx),
  );
  const text = rows[0]?.text ?? '';
  expect(text.length).toBeGreaterThan(200);
  expect(text).not.toContain(code.slice(5).replace('-', ''));
  expect(text).not.toContain(device.slice(-48));
  expect(text).not.toContain('"2580"');
});
