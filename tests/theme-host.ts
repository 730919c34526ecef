/**
 * A shop whose theme holds our blocks: the local Shopify draws the pages, the real service answers through the app proxy.
 *
 * In: nothing. Out: addresses, the merchant's hand on the theme (blocks on, off, set), and what was asked of the proxy.
 * The network: a warehouse in Milan that ships, two stores there that hand over; the coat's size L is in one store only.
 */
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type RunningKept, startKept } from '../backend/main.ts';
import type { WorldInput } from '../backend/network/world.ts';
import { parseConfig } from '../backend/platform/config.ts';
import { buildThemes } from '../scripts/build-extensions.ts';
import { idTokenOf } from '../scripts/local-shopify/fixtures/buy.ts';
import { smallShop } from '../scripts/local-shopify/fixtures/small-shop.ts';
import { type LocalShopify, startLocalShopify } from '../scripts/local-shopify/local-shopify.ts';
import { themeDataOf } from '../scripts/local-shopify/theme/theme-data.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { quietLog } from './worlds/live-shop.ts';
import { everyDay, onWeekdays, pickupsOnWeekdays, weekdays } from './worlds/worlds.ts';

export const COAT = 'wool-coat';
/** Variants of the coat: S and M ship from the warehouse, L is in one store alone. */
export const COAT_S = 2_000;
export const COAT_L = 2_002;

const WAREHOUSE = 101;
const BRERA = 104;
const NAVIGLI = 105;

/** Blocks of our theme app extension. */
export type BlockName = 'product-promise' | 'store-availability' | 'cart-promise';
type Settings = Readonly<Record<string, string | number | boolean>>;
export type Placed = { readonly settings?: Settings; readonly disabled?: boolean };

export type ThemeHost = Awaited<ReturnType<typeof startThemeHost>>;

/** Starts everything and waits until the shop has its dates. */
export async function startThemeHost() {
  await buildThemes();
  const database = await createTestDatabase();
  const port = await freePort();
  const keptUrl = `http://localhost:${port}`;
  const local = await startLocalShopify({ port: 0, seed: milanShop(), appUrl: keptUrl });
  local.control.changeSettings({ origins: '1', webhooks: 'prompt' });
  const kept = await startKept(configOf({ port, keptUrl, database, local }), quietLog);
  const ask = askAs(local, keptUrl);
  local.control.install();
  await until(() => ask('/setup'), 'the first load');
  const version = Number((await ask('/network'))['version'] ?? 0);
  await ask('/policy', { basedOnVersion: version, sections: { network: network() } });
  // A machine at work may need a second try.
  await until(() => ask('/setup/check', {}), 'reading the shop');
  await until(async () => isDated(local) || undefined, 'the published dates');
  return {
    local,
    keptUrl,
    /** Puts blocks on the product and cart pages, in this order; what was there before of ours is gone. */
    place: (blocks: Partial<Record<BlockName, Placed>>) => placeBlocks(local, blocks),
    /** Turns the app embed with shipping details on or off. */
    embed: (isOn: boolean) => embedDetails(local, isOn),
    stop: () => stopAll(kept, local, database),
  };
}

async function stopAll(
  kept: RunningKept,
  local: LocalShopify,
  database: TestDatabase<unknown>,
): Promise<void> {
  await kept.stop();
  await local.stop();
  await database.close();
}

type Parts = {
  readonly port: number;
  readonly keptUrl: string;
  readonly database: TestDatabase<unknown>;
  readonly local: LocalShopify;
};

function configOf({ port, keptUrl, database, local }: Parts) {
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
  return config.value;
}

function askAs(local: LocalShopify, keptUrl: string) {
  return async (path: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${keptUrl}/api/admin${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${idTokenOf(local)}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text);
  };
}

/** The first date of the coat is at Shopify: a class for its variant and a table with days. */
function isDated({ shop }: LocalShopify): boolean {
  const value = (owner: string, key: string) =>
    shop.state.metafields.find((one) => one.owner.endsWith(owner) && one.key === key)?.value;
  const hasClass = value(`ProductVariant/${COAT_S}`, 'eta')?.startsWith('n') === true;
  return hasClass && /[0-9]/.test(JSON.parse(value('Shop/1', 'padded') ?? '{"z":""}').z);
}

const SECTIONS: Readonly<Record<BlockName, 'product' | 'cart'>> = {
  'product-promise': 'product',
  'store-availability': 'product',
  'cart-promise': 'cart',
};
const UID = '5d0c7f3a-6b1e-4f27-9a55-3f0e0a6c81d4';
const TYPE = (name: string) => `shopify://apps/kept/blocks/${name}/${UID}`;

function placeBlocks(local: LocalShopify, blocks: Partial<Record<BlockName, Placed>>): void {
  const { state } = local.shop;
  const embeds = state.theme?.embeds ?? {};
  const data = themeDataOf({ ...state, theme: null });
  for (const [name, placed] of Object.entries(blocks) as [BlockName, Placed][]) {
    const main = data.templates[SECTIONS[name]]?.sections['main'];
    if (main === undefined) throw new Error(`the theme has no section for ${name}`);
    main.blocks[name] = {
      type: TYPE(name),
      settings: { ...placed.settings },
      ...(placed.disabled === undefined ? {} : { disabled: placed.disabled }),
    };
    const at = main.block_order.indexOf('buy');
    main.block_order.splice(at < 0 ? 0 : at + 1, 0, name);
  }
  state.theme = { ...data, embeds };
}

function embedDetails(local: LocalShopify, isOn: boolean): void {
  const { state } = local.shop;
  const block = { type: TYPE('shipping-details'), settings: {}, disabled: !isOn };
  state.theme = { ...themeDataOf(state), embeds: { details: block } };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function until<Value>(ask: () => Promise<Value | undefined>, what: string): Promise<Value> {
  let fault: unknown;
  for (let tries = 0; tries < 300; tries += 1) {
    const value = await ask().catch((error: unknown) => {
      fault = error;
      return undefined;
    });
    if (value !== undefined) return value;
    await delay(200);
  }
  throw new Error(`${what} did not come about within a minute`, { cause: fault });
}

function milanShop() {
  const seed = smallShop();
  const store = { zip: '20121', city: 'Milano', countryCode: 'IT', provinceCode: 'MI' };
  return {
    ...seed,
    locations: [
      ...seed.locations,
      { ...store, id: BRERA, name: 'Milano Brera', address1: 'Via Solferino 11' },
      { ...store, id: NAVIGLI, name: 'Milano Navigli', address1: 'Ripa di Porta Ticinese 5' },
    ],
    products: seed.products.map((product) => ({
      ...product,
      variants: product.variants.map((variant) => ({
        ...variant,
        available: {
          [WAREHOUSE]: variant.id === COAT_L ? 0 : 20,
          [BRERA]: 3,
          [NAVIGLI]: 0,
        },
      })),
    })),
    deliveryProfile: {
      ...seed.deliveryProfile,
      locationGroups: seed.deliveryProfile.locationGroups.map((group) => ({
        ...group,
        locationIds: [...group.locationIds, BRERA, NAVIGLI],
      })),
    },
  };
}

type Network = Omit<WorldInput, 'stock' | 'products' | 'policyVersion'>;

function network(): Network {
  const italy = { country: 'IT', timeZone: 'Europe/Rome' };
  const zone = { lat: 45.46, lng: 9.19 };
  return {
    policy: { timeZone: 'Europe/Rome', currency: 'EUR' },
    nodes: [
      {
        ...italy,
        ...zone,
        id: String(WAREHOUSE),
        name: 'Milano warehouse',
        kind: 'warehouse',
        hours: weekdays('08:00', '18:00'),
        cutOffs: onWeekdays('16:00'),
        leadTimeMinutes: 60,
        carrierPickups: [
          pickupsOnWeekdays('kept-express', '17:00'),
          pickupsOnWeekdays('kept-standard', '17:00'),
        ],
      },
      storeNode(BRERA, { name: 'Milano Brera', address1: 'Via Solferino 11', lat: 45.474 }),
      storeNode(NAVIGLI, {
        name: 'Milano Navigli',
        address1: 'Ripa di Porta Ticinese 5',
        lat: 45.452,
      }),
    ],
    carriers: [{ id: 'corriere' }],
    services: [
      { ...service('kept-express', 'Express', 1_490), deliverBy: '12:00' },
      service('kept-standard', 'Standard', 490),
    ],
    lanes: [
      lane('kept-express', ['it', 'it-mi'], 1),
      lane('kept-standard', ['it-mi'], 2),
      lane('kept-standard', ['it', 'de'], 4),
    ],
    zones: [
      { ...italy, ...zone, id: 'it', postalPrefixes: [] },
      { ...italy, ...zone, id: 'it-mi', postalPrefixes: ['20'] },
      {
        id: 'de',
        country: 'DE',
        timeZone: 'Europe/Berlin',
        postalPrefixes: [],
        lat: 52.5,
        lng: 13.4,
      },
    ],
    pickupPoints: [],
  };
}

function storeNode(
  id: number,
  place: { readonly name: string; readonly address1: string; readonly lat: number },
): Network['nodes'][number] {
  return {
    ...place,
    id: String(id),
    kind: 'store',
    country: 'IT',
    timeZone: 'Europe/Rome',
    lng: 9.187,
    postalCode: '20121',
    city: 'Milano',
    hours: everyDay('10:00', '19:30'),
    offersPickup: true,
    pickupLeadMinutes: 30,
  };
}

function service(code: string, name: string, priceMinor: number) {
  const prices = [{ currency: 'EUR', tiers: [{ fromGrams: 0, toGrams: null, priceMinor }] }];
  return { code, name, carrierId: 'corriere', method: 'home' as const, prices };
}

function lane(serviceCode: string, zoneIds: string[], transitDays: number) {
  return { nodeIds: [String(WAREHOUSE)], zoneIds, serviceCode, transitDays };
}
