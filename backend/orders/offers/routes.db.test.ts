// The desks' endpoint on two replicas without a common bus: what each store sees, may do, and is told.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Response } from 'express';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import { quietLog } from '../../../tests/worlds/live-shop.ts';
import {
  findWork,
  type Market,
  marketShop,
  marketWorld,
  offerOf,
  openMarket,
  stockUp,
  WAREHOUSE,
} from '../../../tests/worlds/offer-market.ts';
import type { ShopId } from '../../base/ids.ts';
import { createLocalBus } from '../../platform/bus.ts';
import { fixedClock } from '../../platform/clock.ts';
import { openDatabase, withShop } from '../../platform/database.ts';
import { appendEvents } from '../timeline/store.ts';
import type { OrderEvent } from '../timeline/timeline.ts';
import type { DeskEvent } from './feed/desk-events.ts';
import { createDeskFeed, type DeskFeed } from './feed/service.ts';
import { offerRoutes } from './routes.ts';

const SHOP = 'desks.myshopify.com' as ShopId;
const NOON = Temporal.Instant.from('2026-11-25T10:00:00Z');
const SKUS = Array.from({ length: 10 }, (_, index) => `SKU-${index}`);

type Replica = {
  readonly market: Market;
  readonly feed: DeskFeed;
  readonly url: string;
  close(): Promise<void>;
};

let database: TestDatabase<unknown>;
let rival: Kysely<unknown>;
let replicas: readonly [Replica, Replica];
let works = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  const { appUrl: url } = database;
  rival = openDatabase({
    ...{ url, assumesAppRole: false, maxConnections: 8 },
    onIdleError: () => undefined,
  });
  replicas = [openReplica(database.db), openReplica(rival)];
});
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.close()));
  await rival.destroy();
  await database.close();
});

/** A server of the product: its own pool, its own bus. Who asks is what the header says. */
function openReplica(db: Kysely<unknown>): Replica {
  const feed = createDeskFeed({ db, bus: createLocalBus(), log: quietLog });
  const live = marketShop(SHOP, marketWorld(3, SKUS), NOON);
  const clock = fixedClock(NOON);
  const market = openMarket(db, { shopId: SHOP, live, clock, poke: feed.poke });
  const router = offerRoutes<{ code: string }>({
    ...{ offers: market.offers, feed },
    deskOf: async (request) => {
      const nodeId = request.get('x-node');
      if (nodeId === undefined) return { ok: false, refusal: { code: 'device_not_paired' } };
      return { ok: true, value: { shopId: SHOP, nodeId, person: 'anna' } };
    },
    sendRefusal: (response: Response, refusal) => {
      response.status(409).json(refusal);
    },
  });
  const server = http.createServer(express().use('/desk', express.json(), router)).listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    ...{ market, feed, url: `http://127.0.0.1:${port}/desk` },
    close: async () => {
      feed.stop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function offered() {
  works += 1;
  const sku = SKUS[works] ?? '';
  await stockUp(database.db, SHOP, sku, { [WAREHOUSE]: 3, s01: 3, s02: 3, s03: 3 });
  const asked = { units: { [sku]: 1 }, stores: ['s01', 's02', 's03'] };
  const workId = await replicas[0].market.offer(`7${works}`, asked);
  const offer = (nodeId: string) => offerOf(database.db, SHOP, { workId, nodeId });
  return { workId, sku, offer };
}

async function call(replica: Replica, nodeId: string | undefined, path: string, body?: object) {
  const response = await fetch(`${replica.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'content-type': 'application/json',
      ...(nodeId === undefined ? {} : { 'x-node': nodeId }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json: unknown = await response.json();
  return { status: response.status, json };
}

/** A desk that listens; `until` gives the first event that fits. */
async function listen(replica: Replica, nodeId: string) {
  const stop = new AbortController();
  const headers = { 'x-node': nodeId };
  const response = await fetch(`${replica.url}/events`, { headers, signal: stop.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error('a stream has a body');
  let text = '';
  const seen: DeskEvent[] = [];
  const more = async () => {
    const { value, done } = await reader.read();
    if (done) throw new Error('the stream ended');
    text += value;
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const data = /^data: (\{"type.*)$/m.exec(part)?.[1];
      if (data !== undefined) seen.push(JSON.parse(data));
    }
  };
  await more();
  return {
    seen,
    until: async (fits: (event: DeskEvent) => boolean): Promise<DeskEvent> => {
      for (;;) {
        const found = seen.find(fits);
        if (found !== undefined) return found;
        await more();
      }
    },
    stop: () => stop.abort(),
  };
}

test('a desk that is not known is not let in', async () => {
  const refused = { status: 409, json: { code: 'device_not_paired' } };
  expect(await call(replicas[0], undefined, '/offers')).toEqual(refused);
  expect(await call(replicas[0], undefined, '/offers/x/claim', {})).toEqual(refused);
});

test('a store sees its own offers alone', async () => {
  const { workId, offer } = await offered();
  const { json } = await call(replicas[1], 's02', '/offers');
  const mine = { offers: [{ offerId: await offer('s02'), workId, nodeId: 's02' }] };
  expect(json).toMatchObject(mine);
});

test('a loser on another replica is told by whom and when, without a bus between them', async () => {
  const { workId, offer } = await offered();
  const [here, there] = replicas;
  const loser = await listen(there, 's03');
  const winner = await listen(here, 's01');
  const won = await call(here, 's01', `/offers/${await offer('s01')}/claim`, {});
  expect(won).toMatchObject({ status: 200, json: { workId, isAgain: false } });
  expect(await loser.until(({ type }) => type === 'offer_lost')).toEqual({
    ...{ type: 'offer_lost', workId, offerId: await offer('s03'), wonBy: 's01' },
    at: '2026-11-25T10:00:00.000000Z',
  });
  expect(await winner.until(({ type }) => type === 'offer_won')).toMatchObject({ workId });
  loser.stop();
  winner.stop();
  const late = await call(there, 's03', `/offers/${await offer('s03')}/claim`, {});
  expect(late).toMatchObject({ status: 409, json: { code: 'already_claimed', wonBy: 's01' } });
});

test('a desk that listens hears of a new offer', async () => {
  const desk = await listen(replicas[1], 's01');
  const { workId, offer } = await offered();
  const event = await desk.until((one) => one.type === 'offer' && one.workId === workId);
  expect(event).toMatchObject({ offerId: await offer('s01'), expiresAt: '2026-11-25T10:31:00Z' });
  desk.stop();
});

test('a claim on another store’s offer is refused and changes nothing', async () => {
  const { workId, offer } = await offered();
  const stolen = await call(replicas[0], 's02', `/offers/${await offer('s01')}/claim`, {});
  expect(stolen).toMatchObject({ status: 409, json: { code: 'not_your_offer' } });
  expect(await findWork(database.db, SHOP, workId)).toMatchObject({ negotiation: 'offered' });
});

test.each([
  [{}],
  [{ reason: 'bored' }],
  [{ reason: 'not_found', amiss: [{ sku: 'X', quantity: -1 }] }],
])('a refusal that says %j is turned down with what may be said', async (body) => {
  const { workId, offer } = await offered();
  const answer = await call(replicas[0], 's01', `/offers/${await offer('s01')}/refuse`, body);
  expect(answer).toMatchObject({
    json: { code: 'invalid_input', allowed: expect.stringContaining('too_busy, closing') },
  });
  expect(await findWork(database.db, SHOP, workId)).toMatchObject({ excluded: [] });
});

test('a refusal is taken in with its units', async () => {
  const { workId, sku, offer } = await offered();
  const amiss = [{ sku, quantity: 1 }];
  const path = `/offers/${await offer('s02')}/refuse`;
  const answer = await call(replicas[1], 's02', path, { reason: 'damaged', amiss });
  expect(answer).toMatchObject({ status: 200, json: { workId, booked: amiss } });
});

test('what commits late is told, once, though later numbers were told before', async () => {
  const [replica] = replicas;
  const heard: string[] = [];
  let wake: () => void = () => undefined;
  const leave = await replica.feed.subscribe(SHOP, 's01', (event) => {
    if (event.type === 'work') heard.push(event.kind);
    wake();
  });
  const until = async (count: number) => {
    while (heard.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const event = (kind: OrderEvent['kind']): OrderEvent => ({
    ...{ orderId: 'x', eventId: kind, at: NOON.toString(), kind, workId: 'w', nodeId: 's01' },
    actor: { kind: 'system', id: '' },
  });
  await withShop(rival, SHOP, async (slow) => {
    await appendEvents(slow, SHOP, [event('packed')]);
    await withShop(database.db, SHOP, (quick) => appendEvents(quick, SHOP, [event('held')]));
    await until(1);
    expect(heard).toEqual(['held']);
  });
  await until(2);
  await withShop(database.db, SHOP, (trx) => appendEvents(trx, SHOP, [event('released')]));
  await until(3);
  expect(heard).toEqual(['held', 'packed', 'released']);
  leave();
});

test('a stream ends when the feed stops', async () => {
  const replica = openReplica(database.db);
  const desk = await listen(replica, 's01');
  await replica.close();
  await expect(desk.until(() => false)).rejects.toThrow('the stream ended');
});
