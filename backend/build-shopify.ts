/**
 * Builds the connector's ground: how Shopify is reached, and what is remembered of each shop.
 *
 * In: the platform and the configuration. Out: connections, the Admin client and the shop profiles, which
 * the promise modules need before the rest of the connector can be built on them. Part of the
 * composition root.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ShopId } from './base/ids.ts';
import type { Config } from './platform/config.ts';
import type { Log } from './platform/log.ts';
import { createRefreshed, type Refreshed } from './platform/refreshed.ts';
import type { Platform } from './platform/stand.ts';
import type { Policy } from './policy/policy.ts';
import { createAdminClient } from './shopify/admin-client.ts';
import { createAdminScheduler } from './shopify/admin-scheduler.ts';
import { createConnections } from './shopify/connections.ts';
import { type ConnectorStore, createConnectorStore } from './shopify/connector-store.ts';
import { createRateTokens } from './shopify/rate-tokens.ts';
import type { RateSettings } from './shopify/rates/callback.ts';
import { shopFactsOf, singleLanguage } from './shopify/shop-facts.ts';
import { DEFAULT_SURFACES, parseSurfaces, type Surfaces } from './shopify/surfaces.ts';
import { createTokenEndpoint } from './shopify/token-endpoint.ts';
import { createVault } from './shopify/token-vault.ts';

/** What is remembered of a shop so that no answer waits for it. */
export type ShopProfile = RateSettings;

/** Before anything is known: dates in numbers, signed callbacks only, the wider margin. */
export const UNKNOWN_SHOP: ShopProfile = { language: null, isUnsigned: false, marginMinutes: 30 };

// docs/semantics.md, Time: 15 of Shopify's rate cache and 15 of dwell, or dwell alone.
const MARGIN_WITH_CALLBACK_MINUTES = 30;
const MARGIN_WITHOUT_CALLBACK_MINUTES = 15;

// A change of plan or language is seen this late at most; provisioning that ran here is seen at once.
const PROFILE_AGE_MILLISECONDS = 5_000;
const PROFILES_MAX = 5_000;

/** What `buildShopifyGround` returns. */
export type ShopifyGround = ReturnType<typeof buildShopifyGround>;

/** Builds the ground. */
export function buildShopifyGround(platform: Platform, config: Config, log: Log) {
  const { db, clock } = platform;
  const now = () => clock.now();
  const endpoint = createTokenEndpoint({
    urlTemplate: config.shopify.tokenUrlTemplate,
    clientId: config.shopify.apiKey,
    clientSecret: config.shopify.apiSecrets[0],
  });
  const connections = createConnections({
    db,
    endpoint,
    vault: createVault(config.tokenKeys),
    now,
  });
  const wait = async (milliseconds: number) => {
    await delay(milliseconds);
  };
  const scheduler = createAdminScheduler({ nowMilliseconds: () => performance.now(), wait });
  const admin = createAdminClient({
    urlTemplate: config.shopify.adminUrlTemplate,
    connections,
    log,
    scheduler,
    wait,
    fetch,
  });
  const store = createConnectorStore({ db, now });
  const profiles: Refreshed<ShopId, ShopProfile> = createRefreshed<ShopId, ShopProfile>({
    load: (shopId) => loadProfile(store, shopId),
    maxAgeMilliseconds: PROFILE_AGE_MILLISECONDS,
    maxKeys: PROFILES_MAX,
    monotonicMilliseconds: () => performance.now(),
    onFault: (error) => log.warn({ event: 'shop_profile_not_loaded', error }),
  });
  return {
    connections,
    scheduler,
    admin,
    store,
    profiles,
    rateTokens: createRateTokens({ db, now }),
  };
}

async function loadProfile(store: ConnectorStore, shopId: ShopId): Promise<ShopProfile> {
  const [capabilities, setup] = await Promise.all([
    store.readCapabilities(shopId),
    store.readSetup(shopId),
  ]);
  const facts = shopFactsOf(setup);
  const usesCallback = capabilities.carrier_rates !== 'unavailable';
  return {
    language: facts === undefined ? null : singleLanguage(facts),
    isUnsigned: capabilities.rate_signature === 'unsigned',
    marginMinutes: usesCallback ? MARGIN_WITH_CALLBACK_MINUTES : MARGIN_WITHOUT_CALLBACK_MINUTES,
  };
}

const parsedSurfaces = new WeakMap<Policy, Surfaces>();

/** The surfaces of a shop as its policy has them now. */
export type SurfacesOf = (shopId: ShopId) => Promise<Surfaces>;

/** The `surfaces` section of a policy; it was parsed when it was saved, so a fault is a bug. */
export function surfacesIn(policy: Policy, section: string): Surfaces {
  const known = parsedSurfaces.get(policy);
  if (known !== undefined) return known;
  const stored = policy.sections.get(section);
  const parsed = stored === undefined ? undefined : parseSurfaces(stored);
  if (parsed?.ok === false) throw new Error(`Bug: a stored surfaces section is refused now`);
  const surfaces = parsed?.value ?? DEFAULT_SURFACES;
  parsedSurfaces.set(policy, surfaces);
  return surfaces;
}
