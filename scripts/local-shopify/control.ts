/**
 * What a person at the control bar or a test may do to the local shop: settings, clock, stock, stories.
 *
 * Nothing here is Shopify's; everything it changes reaches the app only the way Shopify would tell it.
 */
import type { Fault, FaultAsk } from './admin/faults.ts';
import type { AdminServices } from './admin/services.ts';
import type { ThrottleStatus } from './admin/throttle.ts';
import { createWebhookControl, type WebhookControl } from './app/webhook-control.ts';
import type { Webhooks } from './app/webhooks.ts';
import { addLocation, changeLocation, deleteVariants, entryOfSku, renameSku } from './catalog.ts';
import type { RateCache } from './checkout/rate-cache.ts';
import type { RateAnswer } from './checkout/rate-client.ts';
import { createOrderControl, type OrderControl } from './orders/order-control.ts';
import type { Order } from './orders/order-state.ts';
import type { SeedLocation } from './seed.ts';
import { changeSettings, type Settings } from './settings.ts';
import type { LocalShop } from './shop.ts';
import type { CatalogChanges, Level } from './state.ts';
import {
  changeLevel,
  connectLevel,
  type LevelDeltas,
  STORED_NAMES,
  type StoredName,
} from './stock/levels.ts';
import { type ChannelOrder, placeChannelOrder } from './stock/other-channels.ts';

export type LocalControl = OrderControl &
  WebhookControl & {
    /** The merchant installs the app: its scopes are granted as the app's configuration asks for them. */
    install(): { scopes: string[] };
    /** The merchant removes the app: tokens end, the app is told by `app/uninstalled`. */
    uninstall(): { scopes: string[] };
    changeSettings(changes: Readonly<Record<string, unknown>>): { values: Settings };
    /** Sets quantities of a SKU at a location by hand, stocking it there if need be; the app hears of it by webhook. */
    setLevel(change: LevelChange): { level: Level };
    /** An order that came another way than this shop's checkout; throws `out_of_stock` when Shopify refuses it. */
    placeOrder(ask: ChannelOrder): { order: Order };
    /** The merchant deletes a variant by its SKU, or the whole product it belongs to. */
    deleteSku(sku: string, isWholeProduct: boolean): { deleted: number };
    renameSku(from: string, to: string): { sku: string };
    addLocation(facts: Parameters<typeof addLocation>[1]): { location: SeedLocation };
    changeLocation(id: number, change: LocationChange): { location: SeedLocation };
    /** What goes wrong from now on, how often it has, and what the bucket holds. */
    addFault(ask: FaultAsk): { fault: Fault };
    clearFaults(id?: number): { faults: readonly Fault[] };
    readFaults(): { faults: readonly Fault[]; throttle: ThrottleStatus };
    /** What a merchant sets in the checkout editor; a text left empty is unset. */
    setExtensionSettings(
      handle: string,
      fields: Readonly<Record<string, unknown>>,
    ): { saved: object };
    clearRateCache(): { size: number };
  };

export type LocationChange = NonNullable<CatalogChanges['locations'][string]>;
export type LevelChange = { sku: string; locationId: number } & {
  [Name in StoredName]?: number | undefined;
};
type Parts = { cache: RateCache<RateAnswer>; webhooks: Webhooks; services: AdminServices };

export function createControl(shop: LocalShop, parts: Parts): LocalControl {
  const { cache, webhooks } = parts;
  return {
    ...merchantControl(shop),
    ...createOrderControl(shop),
    ...faultControl(parts),
    ...createWebhookControl(shop, webhooks),
    install() {
      shop.state.isInstalled = true;
      shop.state.grantedScopes = shop.config().scopes;
      shop.file.touch();
      return { scopes: shop.state.grantedScopes };
    },
    uninstall() {
      removeApp(shop);
      webhooks.send('app/uninstalled', {
        id: shop.seed.shop.id,
        myshopify_domain: shop.seed.shop.domain,
        updated_at: shop.clock.now(),
      });
      cache.clear();
      shop.file.touch();
      return { scopes: [] };
    },
    changeSettings(changes) {
      shop.state.settings = changeSettings(shop.state.settings, changes);
      // Other facts of the platform, other rates: what was cached under the old ones is not Shopify's.
      cache.clear();
      shop.file.touch();
      return { values: shop.state.settings };
    },
    setExtensionSettings(handle, fields) {
      const extension = shop.config().uiExtensions.find((one) => one.handle === handle);
      if (!extension) throw new Error(`there is no extension ${handle}`);
      const saved = readExtensionSettings(extension.settings, fields);
      shop.state.extensionSettings[handle] = saved;
      shop.file.touch();
      return { saved };
    },
    clearRateCache() {
      cache.clear();
      return { size: cache.size };
    },
  };
}

function readExtensionSettings(
  known: readonly { key: string; type: string }[],
  fields: Readonly<Record<string, unknown>>,
): Record<string, string | number | boolean> {
  const saved: Record<string, string | number | boolean> = {};
  for (const { key, type } of known) {
    const value = fields[key];
    if (type === 'boolean') saved[key] = value === 'on' || value === true;
    else if (typeof value === 'string' && value !== '') {
      saved[key] = type.startsWith('number') ? Number(value) : value;
    }
  }
  return saved;
}

type MerchantActions =
  | 'setLevel'
  | 'placeOrder'
  | 'deleteSku'
  | 'renameSku'
  | 'addLocation'
  | 'changeLocation';

/** What a merchant does in the admin, and other channels to his stock. */
function merchantControl(shop: LocalShop): Pick<LocalControl, MerchantActions> {
  return {
    setLevel: (change) => ({ level: setLevel(shop, change) }),
    placeOrder: (ask) => ({ order: placeChannelOrder(shop, ask) }),
    deleteSku(sku, isWholeProduct) {
      const { product, variant } = entryOfSku(shop, sku);
      const ids = isWholeProduct ? product.variants.map((one) => one.id) : [variant.id];
      deleteVariants(shop, ids);
      return { deleted: ids.length };
    },
    renameSku(from, to) {
      renameSku(shop, { from, to });
      return { sku: to };
    },
    addLocation: (facts) => ({ location: addLocation(shop, facts) }),
    changeLocation: (id, change) => ({ location: changeLocation(shop, id, change) }),
  };
}

function setLevel(shop: LocalShop, { sku, locationId, ...wanted }: LevelChange): Level {
  const { variant } = entryOfSku(shop, sku);
  const key = { itemId: variant.inventoryItemId, locationId };
  const level = connectLevel(shop, key);
  const deltas: LevelDeltas = {};
  for (const name of STORED_NAMES) {
    const quantity = wanted[name];
    if (quantity !== undefined) deltas[name] = quantity - level[name];
  }
  return changeLevel(shop, key, deltas);
}

type FaultActions = 'addFault' | 'clearFaults' | 'readFaults';

/** What goes wrong on demand. */
function faultControl({ services }: Parts): Pick<LocalControl, FaultActions> {
  const { faults, throttle } = services;
  return {
    addFault: (ask) => ({ fault: faults.add(ask) }),
    clearFaults(id) {
      if (id === undefined) faults.clear();
      else faults.remove(id);
      return { faults: faults.list() };
    },
    readFaults: () => ({ faults: faults.list(), throttle: throttle.status() }),
  };
}

/** What Shopify deletes with the app: tokens, carrier services, customizations, subscriptions. */
function removeApp(shop: LocalShop): void {
  const { state } = shop;
  state.isInstalled = false;
  state.grantedScopes = [];
  state.tokens = [];
  state.carrierServices = [];
  state.customizations = [];
  state.subscriptions = [];
  for (const zone of state.groups.flatMap((group) => group.zones)) {
    zone.methods = zone.methods.filter((one) => one.rate.kind === 'flat');
  }
}
