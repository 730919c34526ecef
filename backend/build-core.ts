/**
 * Builds the modules that make promises, on a started platform.
 *
 * In: the platform, the configuration and what the connector knows of a shop (plan, languages). Out: the
 * services, not yet started. Part of the composition root; nothing but `main.ts` and tests of whole
 * stories build these.
 */
import type { ShopId } from './base/ids.ts';
import { MESSAGES_SECTION, parseMessageSettings } from './messages/settings.ts';
import type { PostalPlaces } from './network/geo/geocode.ts';
import { builtInPostalPlaces } from './network/geo/prefix-centroids.ts';
import { createPostalStore } from './network/geo/store.ts';
import { parseNetworkSection } from './network/world-parse.ts';
import { OUTCOME_SECTION, parseOutcomeSettings } from './orders/outcome/settings.ts';
import type { Config } from './platform/config.ts';
import type { Log } from './platform/log.ts';
import { createIdSource, createSigner } from './platform/signing.ts';
import type { Platform } from './platform/stand.ts';
import type { SectionParsers } from './policy/policy.ts';
import { createPolicyService } from './policy/service.ts';
import type { PolicyTables } from './policy/store.ts';
import { createSharedQuotes } from './promise/client.ts';
import { createPaddedTables, type TableInForce } from './promise/padded/service.ts';
import { createPromiseService } from './promise/service.ts';
import { createPromiseStore } from './promise/store.ts';
import { parseRoutingSettings, ROUTING_SECTION } from './routing/settings.ts';
import { FULFILLMENT_SECTION, parseFulfillmentSettings } from './shopify/fulfillment/settings.ts';
import { INVENTORY_SECTION, parseInventorySettings } from './shopify/inventory/settings.ts';
import { parseSurfaces } from './shopify/surfaces.ts';
import { createLedgerService } from './stock/ledger/service.ts';
import { loadClaims, loadNodeClaims } from './stock/reservations/live-claims/store.ts';
import { createStockService, type LiveShop, NETWORK_SECTION } from './stock/service.ts';
import { createStockStore } from './stock/store.ts';

/** The policy section of `shopify/surfaces.ts`. */
export const SURFACES_SECTION = 'surfaces';

/** Who understands which section of the policy. */
const SECTION_PARSERS: SectionParsers = {
  [NETWORK_SECTION]: parseNetworkSection,
  [SURFACES_SECTION]: parseSurfaces,
  [INVENTORY_SECTION]: parseInventorySettings,
  [ROUTING_SECTION]: parseRoutingSettings,
  [OUTCOME_SECTION]: parseOutcomeSettings,
  [FULFILLMENT_SECTION]: parseFulfillmentSettings,
  [MESSAGES_SECTION]: parseMessageSettings,
};

/** What the modules need to be told from outside. */
export type CoreDependencies = {
  readonly platform: Platform;
  readonly config: Config;
  readonly log: Log;
  /** Margin of shipped options in this shop, from memory (docs/semantics.md, Time). */
  readonly shippedMarginMinutes: (live: LiveShop) => number;
  /** Takes a padded table to Shopify, later and until it is done. */
  readonly publishTable: (shopId: ShopId, table: TableInForce) => Promise<void>;
  /** Has what is allocated beyond stock looked at soon. */
  readonly shortagesFound: (shopId: ShopId) => Promise<void>;
};

/** What `buildCore` returns. */
export type Core = ReturnType<typeof buildCore>;

/** Builds policy, stock, promise and the padded tables. */
export function buildCore(dependencies: CoreDependencies) {
  const { platform, config, log } = dependencies;
  const { db, bus, clock, redis } = platform;
  const monotonicMilliseconds = () => performance.now();
  const newId = createIdSource();
  const signer = createSigner(config.signingKeys);
  // Tables are asked code by code: what the operator imported and what comes with the program.
  const places: PostalPlaces[] = [builtInPostalPlaces()];
  const postal = createPostalStore(db);
  const loadPlaces = async () => {
    places.splice(0, places.length, await postal.load(), builtInPostalPlaces());
  };
  const policy = createPolicyService({
    db: db.withTables<PolicyTables>(),
    bus,
    clock,
    log,
    parsers: SECTION_PARSERS,
  });
  const stockStore = createStockStore(db, {
    loadClaims,
    loadNodeClaims: (trx, shopId, nodeIds) =>
      loadNodeClaims(trx, shopId, { nodeIds, now: clock.now() }),
  });
  const stock = createStockService({
    store: stockStore,
    policy,
    bus,
    clock,
    log,
    monotonicMilliseconds,
  });
  const ledger = createLedgerService({
    db,
    clock,
    knownNodes: async (shopId) =>
      new Set((await stock.open(shopId))?.snapshot.nodeIndex.keys() ?? []),
    announce: stock.announce,
    // What was booked stays booked; the sweep finds a shortage that nobody was told of.
    onShortages: async (shop) => {
      await dependencies.shortagesFound(shop).catch((error: unknown) => {
        log.warn({ event: 'shortages_not_told', shop, error });
      });
    },
  });
  const store = createPromiseStore(db);
  const promise = createPromiseService({
    store,
    signer,
    newId,
    places,
    clock,
    monotonicMilliseconds,
    log,
    usesCache: true,
    ...(redis === undefined ? {} : { shared: createSharedQuotes(redis) }),
  });
  const padded = createPaddedTables({
    store,
    signer,
    newId,
    nowMinute: promise.nowMinute,
    monotonicMilliseconds,
    marginMinutesOf: dependencies.shippedMarginMinutes,
    publish: dependencies.publishTable,
    later: (milliseconds, run) => void setTimeout(run, milliseconds).unref(),
    log,
  });
  const stockParts = { stock, stockStore, ledger };
  return { policy, ...stockParts, promise, padded, places, loadPlaces, monotonicMilliseconds };
}
