/**
 * What a person at the control bar or a test may do to the local shop: settings, clock, stock, stories.
 *
 * Nothing here is Shopify's; everything it changes reaches the app only the way Shopify would tell it.
 */
import type { Webhooks } from './app/webhooks.ts';
import type { RateCache } from './checkout/rate-cache.ts';
import type { RateAnswer } from './checkout/rate-client.ts';
import type { Story } from './seed.ts';
import { changeSettings, type Settings } from './settings.ts';
import type { LocalShop } from './shop.ts';
import { type Cart, type Level, newLevel, newToken } from './state.ts';

export type LocalControl = {
  /** The merchant installs the app: its scopes are granted as the app's configuration asks for them. */
  install(): { scopes: string[] };
  /** The merchant removes the app: tokens end, the app is told by `app/uninstalled`. */
  uninstall(): { scopes: string[] };
  changeSettings(changes: Readonly<Record<string, unknown>>): { values: Settings };
  /** Sets the units for sale of a SKU at a location; the app hears of it by `inventory_levels/update`. */
  setAvailable(change: { sku: string; locationId: number; available: number }): { level: Level };
  /** What a merchant sets in the checkout editor; a text left empty is unset. */
  setExtensionSettings(
    handle: string,
    fields: Readonly<Record<string, unknown>>,
  ): { saved: object };
  clearRateCache(): { size: number };
  /** Sets clock and stock for a story; the cart it returns holds its basket. Throws when there is no such story. */
  playStory(id: string): { story: Story; cart: Cart };
};

export function createControl(
  shop: LocalShop,
  { cache, webhooks }: { cache: RateCache<RateAnswer>; webhooks: Webhooks },
): LocalControl {
  const control: LocalControl = {
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
    setAvailable({ sku, locationId, available }) {
      const variant = [...shop.variants.values()].find((one) => one.variant.sku === sku)?.variant;
      if (!variant) throw new Error(`no variant has the SKU ${sku}`);
      const key = `${variant.inventoryItemId}:${locationId}`;
      const level = shop.state.levels[key] ?? newLevel(0, shop.clock.now());
      level.available = available;
      level.updatedAt = shop.clock.now();
      shop.state.levels[key] = level;
      webhooks.send('inventory_levels/update', {
        inventory_item_id: variant.inventoryItemId,
        location_id: locationId,
        available,
        updated_at: level.updatedAt,
        admin_graphql_api_id: `gid://shopify/InventoryLevel/${locationId}?inventory_item_id=${variant.inventoryItemId}`,
      });
      shop.file.touch();
      return { level };
    },
    setExtensionSettings(handle, fields) {
      const extension = shop.config().uiExtensions.find((one) => one.handle === handle);
      if (!extension) throw new Error(`there is no extension ${handle}`);
      const saved: Record<string, string | number | boolean> = {};
      for (const { key, type } of extension.settings) {
        const value = fields[key];
        if (type === 'boolean') saved[key] = value === 'on' || value === true;
        else if (typeof value === 'string' && value !== '') {
          saved[key] = type.startsWith('number') ? Number(value) : value;
        }
      }
      shop.state.extensionSettings[handle] = saved;
      shop.file.touch();
      return { saved };
    },
    clearRateCache() {
      cache.clear();
      return { size: cache.size };
    },
    playStory(id) {
      const story = shop.seed.stories.find((one) => one.id === id);
      if (!story) throw new Error(`there is no story ${id}`);
      shop.clock.jump(story.instant);
      for (const change of story.stockChanges) control.setAvailable(change);
      cache.clear();
      const cart: Cart = {
        token: newToken(),
        lines: story.cart.flatMap(({ sku, quantity }, i) => {
          const entry = [...shop.variants.values()].find((one) => one.variant.sku === sku);
          return entry ? [{ id: `story-${i}`, variantId: entry.variant.id, quantity }] : [];
        }),
        attributes: [],
        metafields: [],
      };
      shop.state.carts[cart.token] = cart;
      shop.file.touch();
      return { story, cart };
    },
  };
  return control;
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
