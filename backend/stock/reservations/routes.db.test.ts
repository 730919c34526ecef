import http from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Response } from 'express';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import { claimsShop, countClaims } from '../../../tests/worlds/claims-shop.ts';
import { oneWarehouse } from '../../../tests/worlds/worlds.ts';
import type { ShopId } from '../../base/ids.ts';
import { fixedClock } from '../../platform/clock.ts';
import { createIdSource } from '../../platform/signing.ts';
import {
  checkoutReservationRoutes,
  type ReservationCaller,
  type ReservationRouteRefusal,
  reservationRoutes,
} from './routes.ts';
import { createReservationService } from './service.ts';

const STORE = { name: 'Brera', postalCode: '20121', address1: 'Via Brera 10' };
const KEY = 'brera|20121|viabrera10';

let database: TestDatabase<unknown>;
let server: http.Server | undefined;
let shops = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => {
  server?.close();
});
afterAll(() => database.close());

/** The routes over a shop of ten shirts in one store; refusals are answered with their code. */
async function open(caller: Partial<ReservationCaller> = {}) {
  shops += 1;
  const shopId = `routes-${shops}.myshopify.com` as ShopId;
  const clock = fixedClock(Temporal.Instant.from('2026-11-30T10:00:00Z'));
  const world = oneWarehouse({ offersPickup: true, pickupsPerSlot: 1, ...STORE });
  const live = await claimsShop(database.db, { shopId, world, clock });
  const known = { ...live, skuOfVariant: new Map([['77', 'SHIRT']]) };
  const reservations = createReservationService({
    db: database.db,
    clock,
    newId: createIdSource(),
    openShop: async () => known,
    announce: async () => undefined,
  });
  const sendRefusal = (response: Response, refusal: ReservationRouteRefusal) => {
    response.status(422).json(refusal);
  };
  const who = { shopId, connectionId: 'c1', channel: null, ...caller };
  const app = express().use(express.json());
  app.use(
    '/api/reservations',
    checkoutReservationRoutes({
      reservations,
      openShop: async () => known,
      shopOfBuyer: async (request) => (request.get('authorization') ? shopId : undefined),
      sendRefusal,
    }),
  );
  app.use(
    '/v1/reservations',
    reservationRoutes({
      reservations,
      asCaller: (handle) => (request, response) =>
        handle(
          { ...who, connectionId: request.get('x-as') ?? who.connectionId },
          request,
          response,
        ),
      readJson: async (request) => ({ json: request.body }),
      sendRefusal,
    }),
  );
  server = http.createServer(app).listen(0);
  const { port } = server.address() as AddressInfo;
  const call = async (method: string, path: string, more: { body?: object; as?: string } = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        authorization: 'Bearer x',
        'content-type': 'application/json',
        ...(more.as === undefined ? {} : { 'x-as': more.as }),
      },
      ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
    });
    return (await response.json()) as { readonly [fact: string]: unknown };
  };
  return { call, port, count: () => countClaims(database.db, shopId, 'SHIRT') };
}

const cart = (quantity: number, more: object = {}) => ({
  body: {
    checkoutToken: 'token',
    lines: [{ variantId: 'gid://shopify/ProductVariant/77', quantity }],
    ...more,
  },
});

test('a checkout holds its cart by its token, and is told only whether it does', async () => {
  const { call, count } = await open();
  expect(await call('POST', '/api/reservations/checkout', cart(2))).toEqual({ held: true });
  expect(await call('POST', '/api/reservations/checkout', cart(3))).toEqual({ held: true });
  expect(await count()).toMatchObject({ reserved: 3 });
  expect(await call('POST', '/api/reservations/checkout', cart(11))).toEqual({ held: false });
  expect(await count()).toMatchObject({ reserved: 3 });
});

test('a checkout that picks up holds the quarter hour at the place it names', async () => {
  const { call, count } = await open();
  const pickup = { key: KEY, from: '2026-12-01T11:00:00+01:00' };
  expect(await call('POST', '/api/reservations/checkout', cart(1, { pickup }))).toEqual({
    held: true,
  });
  const other = cart(1, { pickup, checkoutToken: 'another' });
  expect(await call('POST', '/api/reservations/checkout', other)).toEqual({ held: false });
  expect(await count()).toMatchObject({ reserved: 1 });
});

test('a checkout without a token is refused, and so is a body of another shape', async () => {
  const { call, port } = await open();
  const unsigned = await fetch(`http://127.0.0.1:${port}/api/reservations/checkout`, {
    method: 'POST',
  });
  expect(await unsigned.json()).toEqual({ code: 'unauthorized' });
  expect(await call('POST', '/api/reservations/checkout', { body: { lines: [] } })).toMatchObject({
    code: 'invalid_input',
  });
});

const ask = (more: object = {}) => ({
  body: { key: 'basket-1', channel: 'market', lines: [{ sku: 'SHIRT', quantity: 4 }], ...more },
});

test('a system reserves by a key of its own, extends and releases', async () => {
  const { call, count } = await open();
  const made = await call('POST', '/v1/reservations', ask());
  expect(made).toEqual({
    reservationId: expect.any(String),
    state: 'pending',
    expiresAt: '2026-11-30T10:10:00Z',
  });
  const path = `/v1/reservations/${made['reservationId']}`;
  expect(await call('POST', `${path}/extend`)).toMatchObject({ state: 'pending' });
  expect(await call('DELETE', path)).toMatchObject({ state: 'voided' });
  expect(await call('DELETE', path)).toMatchObject({ code: 'reservation_ended', state: 'voided' });
  expect(await count()).toMatchObject({ reserved: 0 });
});

test('two systems with the same key hold two baskets, and neither touches the other’s', async () => {
  const { call, count } = await open();
  const mine = await call('POST', '/v1/reservations', ask());
  await call('POST', '/v1/reservations', { ...ask(), as: 'c2' });
  expect(await count()).toMatchObject({ reserved: 8 });
  const path = `/v1/reservations/${mine['reservationId']}`;
  expect(await call('DELETE', path, { as: 'c2' })).toEqual({ code: 'not_found' });
  expect(await call('POST', `${path}/extend`, { as: 'c2' })).toEqual({ code: 'not_found' });
});

test('a connection bound to a channel reserves on no other', async () => {
  const { call } = await open({ channel: 'market' });
  expect(await call('POST', '/v1/reservations', ask({ channel: 'online' }))).toEqual({
    code: 'foreign_channel',
    channel: 'online',
    allowed: 'market',
  });
  expect(await call('POST', '/v1/reservations', ask({ channel: undefined }))).toMatchObject({
    state: 'pending',
  });
});

test.each<[string, object, object]>([
  ['no channel', { channel: undefined }, { code: 'invalid_input', pointer: '/channel' }],
  ['no lines', { lines: [] }, { code: 'invalid_input', pointer: '/lines' }],
  ['half a unit', { lines: [{ sku: 'SHIRT', quantity: 0.5 }] }, { pointer: '/lines/0/quantity' }],
  [
    'too many units',
    { lines: [{ sku: 'SHIRT', quantity: 11 }] },
    { code: 'insufficient_stock', sellable: 10 },
  ],
  ['an unknown SKU', { lines: [{ sku: 'HAT', quantity: 1 }] }, { code: 'unknown_sku', sku: 'HAT' }],
  [
    'a slot between quarters',
    { slot: { nodeId: 'only', startsAt: '2026-12-01T11:05:00Z' } },
    { pointer: '/slot/startsAt' },
  ],
])('a request with %s is refused by its name', async (_fact, more, refusal) => {
  const { call } = await open();
  expect(await call('POST', '/v1/reservations', ask(more))).toMatchObject(refusal);
});
