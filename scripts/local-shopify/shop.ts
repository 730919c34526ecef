/**
 * One shop of the local Shopify with everything its parts share: what the seed says, what has happened since, the clock,
 * and the app that is installed beside it. Built once by `local-shopify.ts`; parts take it as their first argument.
 */
import type { AppConfig } from './app/app-config.ts';
import type { LocalClock } from './clock.ts';
import type { StateFile } from './persistence.ts';
import type { SeedLocation, SeedProduct, SeedVariant, ShopSeed } from './seed.ts';
import type { Level, Metafield, ShopState } from './state.ts';

/** The app as Shopify's partner side knows it. */
export type InstalledApp = {
  /** Public address of the app's backend, without a slash at the end. */
  url: string;
  apiKey: string;
  apiSecret: string;
  name: string;
  /** Number of the app in GIDs and in reserved namespaces. */
  id: number;
};

/** One thing that happened between shop and app, for the log of the control bar and for tests. */
export type Exchange = {
  at: string;
  kind: 'rates' | 'webhook' | 'graphql' | 'function' | 'token' | 'proxy' | 'other system';
  title: string;
  detail: string;
  isGood: boolean;
  tookMs: number;
};

export type CatalogEntry = { product: SeedProduct; variant: SeedVariant };

export type LocalShop = {
  /** The shop as it is now: the first seed with what the merchant changed since. */
  seed: ShopSeed;
  /** The shop as it was on its first day. */
  firstSeed: ShopSeed;
  state: ShopState;
  clock: LocalClock;
  file: StateFile;
  app: InstalledApp;
  /** This stand-in's own address. */
  url: string;
  /** Root of the project whose bundles are loaded. */
  root: string;
  config(): AppConfig;
  /** Milliseconds on the wire's side: limits and retention count by it; the shop's clock may jump, this never. */
  wireMs(): number;
  /** Does something in a moment, as Shopify's own jobs do; what waits when the program ends is not done. */
  later(delayMs: number, task: () => void): void;
  /** Tells the app by webhook. */
  announce(topic: string, payload: object): void;
  /** What is sold, by variant id and by inventory item id; `retired`: deleted since, still named by orders. */
  variants: ReadonlyMap<number, CatalogEntry>;
  items: ReadonlyMap<number, CatalogEntry>;
  /** The same as lists, sorted once: paging through a large shop must not sort it at every page. */
  byVariantId: readonly CatalogEntry[];
  byItemId: readonly CatalogEntry[];
  retired: ReadonlyMap<number, CatalogEntry>;
  locations: ReadonlyMap<number, SeedLocation>;
  exchanges: Exchange[];
};

/** How many exchanges are remembered; enough for the steps of one order. */
const EXCHANGES_KEPT = 200;

/** Remembers an exchange and forgets the oldest. */
export function recordExchange(shop: LocalShop, exchange: Omit<Exchange, 'at'>): void {
  shop.exchanges.push({ at: shop.clock.now(), ...exchange });
  if (shop.exchanges.length > EXCHANGES_KEPT) shop.exchanges.shift();
}

/** The variant with this id, sold or deleted since; throws when it never was (callers hold ids of this shop). */
export function variantOf(shop: LocalShop, id: number): CatalogEntry {
  const entry = shop.variants.get(id) ?? shop.retired.get(id);
  if (!entry) throw new Error(`variant ${id} was never sold in this shop`);
  return entry;
}

/** Quantities of an item at a location; undefined: not stocked there. */
export function levelOf(shop: LocalShop, itemId: number, locationId: number): Level | undefined {
  return shop.state.levels[`${itemId}:${locationId}`];
}

/** `gid://shopify/<Type>/<id>`. */
export function gid(type: string, id: number | string): string {
  return `gid://shopify/${type}/${id}`;
}

/** The number inside a GID of this type; undefined when it is not one. */
export function idOf(type: string, text: string): number | undefined {
  const [, found] = /^gid:\/\/shopify\/(\w+)\/\d+$/.exec(text) ?? [];
  return found === type ? Number(text.slice(text.lastIndexOf('/') + 1)) : undefined;
}

/** The reserved namespace behind `$app`, `$app:rest` and an absent one; other namespaces stay as they are. */
export function resolveNamespace(app: InstalledApp, namespace: string | null | undefined): string {
  if (namespace === null || namespace === undefined) return `app--${app.id}`;
  if (namespace === '$app') return `app--${app.id}`;
  if (namespace.startsWith('$app:')) return `app--${app.id}--${namespace.slice('$app:'.length)}`;
  return namespace;
}

/** The metafield of an owner under a namespace and key as an app writes them. */
export function metafieldOf(
  shop: LocalShop,
  owner: string,
  { namespace, key }: { namespace: string | null | undefined; key: string },
): Metafield | undefined {
  const resolved = resolveNamespace(shop.app, namespace);
  return shop.state.metafields.find(
    (one) => one.owner === owner && one.namespace === resolved && one.key === key,
  );
}
