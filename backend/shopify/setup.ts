/**
 * What does the set-up page say: what this shop's plan allows, how far the set-up is, what comes next?
 *
 * In: what provisioning recorded, the policy, the network. Out: the model of console/setup-view.ts, in words of codes.
 * Nothing is promised that was not seen: a capability nobody probed is `unknown`, with how to find out.
 */
import type { ShopId } from '../base/ids.ts';
import { type InvalidInput, type Result, refuseInput } from '../base/result.ts';
import type {
  RatesState,
  SetupAction,
  SetupCapability,
  SetupStep,
  SetupStepState,
  SetupView,
  SetupZone,
  ZoneChoice,
} from '../console/setup-view.ts';
import { pickupKey } from '../contract/destination.ts';
import type { Log } from '../platform/log.ts';
import { describeRefusal } from './admin-client.ts';
import { type AttachRefusal, CARRIER_ITEM, type Carrier, type ZonePreview } from './carrier.ts';
import type { Capabilities, ConnectorStore, SetupItem, ShopLocation } from './connector-store.ts';
import { LOCATIONS_ITEM, type Provisioning } from './provisioning.ts';
import { type ShopFacts, shopFactsOf } from './shop-facts.ts';
import { nodeOfLocation, type Surfaces } from './surfaces.ts';

/** What the page needs of the shop's network; empty and 0 without one. */
export type SetupNetwork = {
  readonly nodeIds: ReadonlySet<string>;
  /** Products that are stocked somewhere. */
  readonly products: number;
  /** Names of the services that reach these countries (`*`: any). */
  optionsTo(countries: readonly string[]): readonly string[];
};

export type SetupDeps = {
  readonly store: ConnectorStore;
  readonly carrier: Carrier;
  readonly provisioning: Provisioning;
  readonly log: Log;
  surfacesOf(shopId: ShopId): Promise<Surfaces>;
  networkOf(shopId: ShopId): Promise<SetupNetwork>;
};

/** Why a click did nothing. */
export type SetupRefusal = InvalidInput | { readonly code: 'unavailable' };

export function createSetup(deps: SetupDeps) {
  return {
    /** The view without zones. */
    read: (shopId: ShopId): Promise<SetupView> => readView(deps, shopId, false),
    /** Does what was clicked, then reads the view afresh. */
    run: (
      shopId: ShopId,
      asked: { readonly action: SetupAction; readonly zones: readonly ZoneChoice[] },
    ): Promise<Result<SetupView, SetupRefusal>> => run(deps, shopId, asked),
  };
}

/** What `createSetup` returns. */
export type Setup = ReturnType<typeof createSetup>;

/** Everything the view is made of. */
export type SetupFacts = {
  readonly shopId: ShopId;
  readonly shop: ShopFacts | undefined;
  readonly capabilities: Capabilities;
  readonly setup: ReadonlyMap<string, SetupItem>;
  readonly locations: readonly ShopLocation[];
  readonly surfaces: Surfaces;
  readonly network: SetupNetwork;
  /** Undefined when the zones were not read: no rates on this plan, or Shopify is away. */
  readonly zones: readonly ZonePreview[] | undefined;
};

async function run(
  deps: SetupDeps,
  shopId: ShopId,
  asked: { readonly action: SetupAction; readonly zones: readonly ZoneChoice[] },
): Promise<Result<SetupView, SetupRefusal>> {
  if (asked.action === 'check') await deps.provisioning.provision(shopId);
  const done =
    asked.action === 'attach'
      ? await deps.carrier.attach(shopId, asked.zones)
      : asked.action === 'detach'
        ? await deps.carrier.detach(shopId)
        : undefined;
  if (done !== undefined && !done.ok) {
    const refused = refuseClick(deps, shopId, done.refusal);
    if (refused !== undefined) return refused;
  }
  return { ok: true, value: await readView(deps, shopId, asked.action !== 'check') };
}

// Undefined: the view itself says it.
function refuseClick(
  deps: SetupDeps,
  shopId: ShopId,
  refusal: AttachRefusal,
): Result<never, SetupRefusal> | undefined {
  switch (refusal.code) {
    case 'carrier_rates_unavailable':
      return undefined;
    case 'network_not_live':
      return refuseInput({
        pointer: '/zones',
        allowed: 'zones of a shop whose network can give dates',
        remedy: 'Describe the network first; nothing is switched on before.',
      });
    case 'unknown_zone':
      return refuseInput({
        pointer: '/zones',
        value: refusal.zoneId,
        allowed: 'zones as the preview lists them',
        remedy: 'Look at the checkout again: the shipping settings have changed.',
      });
    default:
      deps.log.warn({
        event: 'setup_click_refused',
        shop: shopId,
        reason: describeRefusal(refusal),
      });
      return { ok: false, refusal: { code: 'unavailable' } };
  }
}

async function readView(deps: SetupDeps, shopId: ShopId, withZones: boolean): Promise<SetupView> {
  const [capabilities, setup, locations, surfaces, network] = await Promise.all([
    deps.store.readCapabilities(shopId),
    deps.store.readSetup(shopId),
    deps.store.readLocations(shopId),
    deps.surfacesOf(shopId),
    deps.networkOf(shopId),
  ]);
  const isRegistered = setup.get(CARRIER_ITEM)?.state === 'done';
  const read = isRegistered || withZones ? await deps.carrier.preview(shopId) : undefined;
  const zones = read?.ok ? read.value : undefined;
  const shop = shopFactsOf(setup);
  const facts = { shopId, shop, capabilities, setup, locations, surfaces, network, zones };
  const view = toSetupView(facts);
  return withZones && zones !== undefined
    ? { ...view, zones: zones.map((zone) => toSetupZone(zone, network)) }
    : view;
}

/** The view without zones. */
export function toSetupView(facts: SetupFacts): SetupView {
  return {
    shop: facts.shopId,
    planName: facts.shop?.plan ?? '',
    capabilities: toCapabilities(facts),
    steps: toSteps(facts),
    rates: ratesState(facts),
    originCount: Math.max(1, origins(facts.locations).length),
  };
}

/** Locations that may ship an online order: Shopify asks each for its own rates (platform decision 1). */
export function origins(locations: readonly ShopLocation[]): readonly ShopLocation[] {
  return locations.filter((one) => one.isActive && one.fulfillsOnlineOrders);
}

/** Groups of locations that checkout cannot tell apart by name, postal code and street (platform decision 6). */
export function duplicatePickupKeys(
  locations: readonly ShopLocation[],
): readonly (readonly ShopLocation[])[] {
  const withPickup = locations.filter((one) => one.isActive && one.pickupTime !== null);
  return [...Map.groupBy(withPickup, pickupKey)].flatMap(([key, group]) =>
    key !== undefined && group.length > 1 ? [group] : [],
  );
}

function toCapabilities({ capabilities, shop }: SetupFacts): SetupCapability[] {
  const rates = capabilities.carrier_rates ?? 'unknown';
  const checkout = capabilities.checkout_ui ?? 'unknown';
  const isStarter = shop?.plan === 'Starter';
  const plus: Pick<SetupCapability, 'allowance' | 'reason'> =
    checkout === 'unavailable'
      ? { allowance: checkout, reason: 'plan_plus' }
      : { allowance: checkout };
  const pages: Pick<SetupCapability, 'allowance' | 'reason'> = isStarter
    ? { allowance: 'unavailable', reason: 'plan_not_starter' }
    : { allowance: shop === undefined ? 'unknown' : 'available' };
  const names = capabilities.delivery_function ?? 'unknown';
  return [
    { code: 'carrier_rates', allowance: rates, ...why(rates, 'plan_advanced') },
    { code: 'rate_names', allowance: names, ...why(names, 'plan_plus') },
    { code: 'checkout_block', ...plus },
    { code: 'thank_you', ...pages },
    { code: 'theme_block', ...pages },
    { code: 'pickup_exact', ...plus },
    { code: 'pickup_native', allowance: 'available' },
    { code: 'pickup_points', allowance: rates, ...why(rates, 'needs_carrier_rates') },
  ];
}

function why(allowance: SetupCapability['allowance'], reason: string) {
  if (allowance === 'available') return {};
  return { reason: allowance === 'unknown' ? 'not_probed' : reason };
}

function ratesState({ capabilities, setup, zones }: SetupFacts): RatesState {
  if (capabilities.carrier_rates === 'unavailable') return 'unavailable';
  if (setup.get(CARRIER_ITEM)?.state !== 'done') return 'not_registered';
  return zones?.some((zone) => zone.isOursActive && zone.isAttached && isOn(setup))
    ? 'active'
    : 'registered';
}

// An attached method shows nothing while the carrier service itself is off.
function isOn(setup: ReadonlyMap<string, SetupItem>): boolean {
  return setup.get(CARRIER_ITEM)?.facts['isActive'] === true;
}

function toSteps(facts: SetupFacts): SetupStep[] {
  const { locations, surfaces } = facts;
  const { nodeIds, products } = facts.network;
  const active = locations.filter((one) => one.isActive);
  const bound = active.filter(
    (one) => nodeOfLocation(surfaces, one.locationId, nodeIds) !== undefined,
  ).length;
  const hasRates = facts.capabilities.carrier_rates !== 'unavailable';
  const rates = ratesState(facts);
  const isRead = facts.setup.get(LOCATIONS_ITEM)?.state === 'done';
  const ambiguous = duplicatePickupKeys(locations);
  const locationsState = ambiguous.length > 0 ? 'problem' : bound > 0 && isRead ? 'done' : 'next';
  const done = (isDone: boolean): SetupStepState => (isDone ? 'done' : 'next');
  const steps: SetupStep[] = [
    step('installed', done(facts.shop !== undefined)),
    step('network', done(nodeIds.size > 0)),
    step('locations', locationsState, {
      bound,
      total: active.length,
      // Two pickup locations that checkout cannot tell apart: neither gets an exact time.
      ...(ambiguous[0] === undefined
        ? {}
        : { ambiguous: ambiguous[0].map((one) => one.name).join(', ') }),
    }),
    step('stock', done(products > 0), { products }),
    step('registered', hasRates ? done(rates !== 'not_registered') : 'not_needed'),
    step('preview', hasRates ? done(rates === 'active') : 'not_needed'),
    step('active', hasRates ? done(rates === 'active') : 'not_needed'),
    step('bindings', hasRates ? 'not_needed' : done(surfaces.rateBindings.length > 0)),
    // Shopify tells no app where a merchant has placed its blocks.
    step('blocks', 'next'),
  ];
  return onlyFirstNext(steps);
}

function step(code: string, state: SetupStepState, facts: SetupStep['facts'] = {}): SetupStep {
  return { code, state, facts };
}

// One thing at a time: what cannot be done before the first open step waits.
function onlyFirstNext(steps: readonly SetupStep[]): SetupStep[] {
  const first = steps.findIndex(({ state }) => state === 'next');
  return steps.map((one, index) =>
    one.state === 'next' && index > first ? { ...one, state: 'later' } : one,
  );
}

function toSetupZone(zone: ZonePreview, network: SetupNetwork): SetupZone {
  const { profileId, groupId, zoneId, profileName, name, countries, isAttached } = zone;
  const ourOptions = network.optionsTo(countries);
  const merchantRates = zone.duplicates;
  return {
    profileId,
    groupId,
    zoneId,
    profileName,
    name,
    countries,
    isAttached,
    ourOptions,
    merchantRates,
    duplicates: merchantRates.filter((rate) => ourOptions.some((own) => isNearlyEqual(rate, own))),
  };
}

// "Standard" beside "Standard shipping": one name holds the other, whatever the case and punctuation.
function isNearlyEqual(a: string, b: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  const [one, other] = [plain(a), plain(b)];
  return one !== '' && other !== '' && (one.includes(other) || other.includes(one));
}
