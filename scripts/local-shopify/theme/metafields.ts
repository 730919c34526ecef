/**
 * Metafields as Liquid reads them: `owner.metafields.<namespace>.<key>`, typed by `.value`.
 *
 * Shopify's pages disagree on whether storefronts read an app's own metafields without leave, so the worse case is
 * played: a reserved namespace (`app--…`) is there only where the field's definition says `storefront: PUBLIC_READ`.
 * Extensions of the app may write `$app` for it; the theme itself may not.
 */
import type { LocalShop } from '../shop.ts';
import type { Metafield } from '../state.ts';

type LiquidMetafield = { type: string; value: unknown; toString(): string };
export type LiquidMetafields = Record<string, Record<string, LiquidMetafield>>;

/** The metafields of an owner (a GID). */
export function metafieldsOf(
  shop: LocalShop,
  owner: string,
  { isExtension }: { isExtension: boolean },
): LiquidMetafields {
  const own = `app--${shop.app.id}`;
  const found: LiquidMetafields = {};
  const put = (namespace: string, field: Metafield): void => {
    found[namespace] ??= {};
    found[namespace][field.key] = {
      type: field.type,
      value: typedValue(field),
      toString: () => field.value,
    };
  };
  for (const field of shop.state.metafields) {
    if (field.owner !== owner || !isReadable(shop, field)) continue;
    put(field.namespace, field);
    if (!isExtension) continue;
    if (field.namespace === own) put('$app', field);
    if (field.namespace.startsWith(`${own}--`)) {
      put(`$app:${field.namespace.slice(own.length + 2)}`, field);
    }
  }
  return found;
}

const OWNER_TYPES: Readonly<Record<string, string>> = {
  Shop: 'SHOP',
  Product: 'PRODUCT',
  ProductVariant: 'PRODUCTVARIANT',
  Order: 'ORDER',
};

function isReadable(shop: LocalShop, field: Metafield): boolean {
  const [, type = ''] = /^gid:\/\/shopify\/(\w+)\//.exec(field.owner) ?? [];
  // What belongs to the installation itself is read by the app's own extensions (`app.metafields`) and nobody else.
  if (type === 'AppInstallation' || !field.namespace.startsWith('app--')) return true;
  const definition = shop.state.definitions.find(
    (one) =>
      one.ownerType === OWNER_TYPES[type] &&
      one.namespace === field.namespace &&
      one.key === field.key,
  );
  return definition?.access.storefront === 'PUBLIC_READ';
}

function typedValue({ type, value }: Metafield): unknown {
  if (type === 'json' || type.startsWith('list.')) return JSON.parse(value);
  if (type === 'boolean') return value === 'true';
  if (type === 'number_integer' || type === 'number_decimal') return Number(value);
  return value;
}
