/**
 * A warehouse's own count reaches Shopify, and a sale is deducted once: the whole service against the local Shopify.
 *
 * One process plays Kept as `backend/main.ts` builds it; stock comes in through the ledger as a connection books it;
 * figures, claims, push, webhooks and the Admin API are the real ones on both sides.
 */
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ShopId } from '../backend/base/ids.ts';
import { type RunningKept, startKept } from '../backend/main.ts';
import { fixedClock } from '../backend/platform/clock.ts';
import { parseConfig } from '../backend/platform/config.ts';
import { createLedgerService } from '../backend/stock/ledger/service.ts';
import { COAT, levelAt, MILAN_ID } from '../scripts/local-shopify/fixtures/admin.ts';
import { idTokenOf, SHOP_DOMAIN } from '../scripts/local-shopify/fixtures/buy.ts';
import { smallShop } from '../scripts/local-shopify/fixtures/small-shop.ts';
import { type LocalShopify, startLocalShopify } from '../scripts/local-shopify/local-shopify.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { onWeekdays, pickupsOnWeekdays, weekdays } from './worlds/worlds.ts';

let database: TestDatabase<unknown>;
let local: LocalShopify;
let kept: RunningKept;
let keptUrl: string;
const lines: string[] = [];
const write = (facts: { readonly error?: unknown }) => {
  const error = facts.error instanceof Error ? facts.error.message : undefined;
  lines.push(JSON.stringify({ ...facts, error }));
};
const heard = { info: write, warn: write, error: write };

beforeAll(async () => {
  database = await createTestDatabase();
  const port = await freePort();
  keptUrl = `http://localhost:${port}`;
  local = await startLocalShopify({ port: 0, seed: smallShop(), appUrl: keptUrl });
  local.control.changeSettings({ origins: '1', webhooks: 'prompt', plan: 'plus' });
  const config = parseConfig({
    KEPT_ENV: 'test',
    PORT: String(port),
    KEPT_URL: keptUrl,
    DATABASE_URL: database.appUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    SHOPIFY_ADMIN_URL_TEMPLATE: `${local.url}/{shop}/admin/api/{version}/graphql.json`,
    SHOPIFY_TOKEN_URL_TEMPLATE: `${local.url}/{shop}/admin/oauth/access_token`,
    KEPT_CLOCK_URL: `${local.url}/clock`,
  });
  if (!config.ok) throw new Error(JSON.stringify(config.refusal));
  kept = await startKept(config.value, heard);
});
afterAll(async () => {
  await kept?.stop();
  await local?.stop();
  await database?.close();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await holds()) return;
    await delay(100);
  }
  const level = JSON.stringify(levelAt(local));
  throw new Error(`${what} did not come about: ${level}\n${lines.slice(-15).join('\n')}`);
}

async function askKept(path: string, body?: object): Promise<Record<string, unknown>> {
  const headers = {
    authorization: `Bearer ${idTokenOf(local)}`,
    'content-type': 'application/json',
  };
  const response = await fetch(`${keptUrl}/api/admin${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text);
}

const NETWORK = {
  policy: { timeZone: 'Europe/Rome', currency: 'EUR' },
  nodes: [
    {
      id: String(MILAN_ID),
      name: 'Milano warehouse',
      kind: 'warehouse',
      country: 'IT',
      timeZone: 'Europe/Rome',
      lat: 45.44,
      lng: 9.24,
      hours: weekdays('08:00', '18:00'),
      cutOffs: onWeekdays('16:00'),
      leadTimeMinutes: 60,
      carrierPickups: [pickupsOnWeekdays('home', '17:00')],
    },
  ],
  carriers: [{ id: 'corriere' }],
  services: [
    {
      code: 'home',
      name: 'Home',
      carrierId: 'corriere',
      method: 'home',
      prices: [{ currency: 'EUR', tiers: [{ fromGrams: 0, toGrams: null, priceMinor: 490 }] }],
    },
  ],
  lanes: [{ nodeIds: [String(MILAN_ID)], zoneIds: ['it'], serviceCode: 'home', transitDays: 1 }],
  zones: [
    {
      id: 'it',
      country: 'IT',
      timeZone: 'Europe/Rome',
      postalPrefixes: ['20'],
      lat: 45.46,
      lng: 9.19,
    },
  ],
  pickupPoints: [],
};

let eventId = 0;

/** The warehouse counts. */
async function count(quantity: number): Promise<void> {
  const now = Temporal.Instant.fromEpochMilliseconds(local.clock.nowMs());
  const ledger = createLedgerService({
    db: database.db,
    clock: fixedClock(now),
    knownNodes: async () => new Set([String(MILAN_ID)]),
    announce: async () => {},
  });
  const booked = await ledger.ingest(SHOP_DOMAIN as ShopId, {
    source: 'wms',
    actor: 'test',
    events: [
      {
        eventId: `count-${++eventId}`,
        kind: 'count',
        type: 'on_hand',
        sku: COAT.sku,
        nodeId: String(MILAN_ID),
        quantity,
        reason: 'recount',
        occurredAt: now.toString(),
      },
    ],
  });
  if (!booked.ok) throw new Error(JSON.stringify(booked.refusal));
  expect(booked.value.verdicts).toMatchObject([{ verdict: 'booked' }]);
}

function sell(quantity: number): void {
  const sold = [{ sku: COAT.sku, quantity }];
  local.control.placeOrder({ source: 'web', lines: sold, locationId: MILAN_ID });
}

const shows = (available: number, committed: number) => () => {
  const level = levelAt(local);
  return level.available === available && level.committed === committed;
};

test('as long as a node is Shopify’s nothing is written there', async () => {
  local.control.install();
  await until(() => askKept('/setup').then(Boolean, () => false), 'the first load');
  const version = Number((await askKept('/network'))['version'] ?? 0);
  await askKept('/policy', { basedOnVersion: version, sections: { network: NETWORK } });
  await until(async () => {
    const steps = (await askKept('/setup'))['steps'] as { code: string; state: string }[];
    return steps.find(({ code }) => code === 'stock')?.state === 'done';
  }, 'the import of stock');
  expect(levelAt(local)).toMatchObject({ available: 20, committed: 0 });
});

test('a warehouse that counts for itself is what Shopify shows', async () => {
  const version = Number((await askKept('/network'))['version']);
  const inventory = { keptNodes: [String(MILAN_ID)] };
  await askKept('/policy', { basedOnVersion: version, sections: { inventory } });
  await count(33);
  await until(shows(33, 0), 'the count in Shopify');
});

test('a sale in Shopify is deducted once, before and after the next count', async () => {
  sell(2);
  await until(shows(31, 2), 'the sale');
  await count(40);
  await until(shows(38, 2), 'the count less the sale');
});

test('a sale whose webhook is held back is deducted once, and once more never', async () => {
  local.control.changeSettings({ webhooks: 'held' });
  sell(3);
  expect(levelAt(local)).toMatchObject({ available: 35, committed: 5 });
  await count(30);
  await until(shows(25, 5), 'the count less both sales');
  local.control.changeSettings({ webhooks: 'prompt' });
  local.control.releaseWebhooks();
  await count(31);
  await until(shows(26, 5), 'the count less both sales, now known');
});
