/**
 * What is promised depends on this and on nothing else: the request of one checkout state, and a key for it.
 *
 * Inputs: Shopify's live values. Output: the request body with its key, or nothing while checkout does not yet know
 * enough. In the key are the options' codes and descriptions, which carry our rates' dates: a date that changed is a new
 * question. Titles and handles are not: our own Function changes titles, Shopify then changes handles, and a key
 * that followed them would never come to rest.
 */
import type { CheckoutPromiseRequest } from '../../../backend/contract/promise-api.ts';
import { parseExtensionConfig } from '../../../backend/contract/promise-api.ts';

/** The values both targets have; read inside a component, so that a change renders again. */
export type CheckoutApi = Pick<
  typeof shopify,
  | 'appMetafields'
  | 'checkoutToken'
  | 'deliveryGroups'
  | 'instructions'
  | 'lines'
  | 'localization'
  | 'shippingAddress'
>;

export type CheckoutState = {
  /** Equal keys: the same question. */
  readonly key: string;
  readonly url: string;
  readonly request: CheckoutPromiseRequest;
};

/** Reads the present state; undefined until address, options and the backend's address are there. */
export function readCheckoutState(api: CheckoutApi): CheckoutState | undefined {
  const url = readUrl(api);
  const checkoutToken = api.checkoutToken.value;
  // Without access to the address Shopify still tells the country it will ship to.
  const address = api.shippingAddress?.value;
  const country = address?.countryCode ?? api.localization.country.value?.isoCode;
  const lines = api.lines.value.map(({ merchandise, quantity }) => ({
    variantId: merchandise.id,
    quantity,
  }));
  const isDelivering = api.deliveryGroups.value.length > 0;
  if (!url || !checkoutToken || !country || lines.length === 0 || !isDelivering) return undefined;
  const options = readOptions(api);
  const request: CheckoutPromiseRequest = {
    checkoutToken,
    lines,
    destination: { country, postalCode: address?.zip ?? '' },
    locale: api.localization.language.value.isoCode,
    currency: api.localization.currency.value.isoCode,
    options: options.map(({ handle, code, title }) => ({ handle, code, title: title ?? '' })),
  };
  return { url, request, key: keyOf(request, options) };
}

type Shipping = {
  readonly handle: string;
  readonly code: string;
  readonly title?: string;
  readonly description?: string;
};

/** The shipping options of all delivery groups, each code once. */
function readOptions({ deliveryGroups }: CheckoutApi): Shipping[] {
  const byCode = new Map<string, Shipping>();
  for (const group of deliveryGroups.value) {
    for (const option of group.deliveryOptions) {
      if (option.type === 'shipping') byCode.set(option.code, option);
    }
  }
  return [...byCode.values()];
}

function keyOf(
  { checkoutToken, lines, destination, locale, currency }: CheckoutPromiseRequest,
  options: readonly Shipping[],
): string {
  const basket = lines.map(({ variantId, quantity }) => `${variantId} ${quantity}`).sort();
  const rates = options.map(({ code, description }) => `${code} ${description ?? ''}`).sort();
  return JSON.stringify([checkoutToken, destination, locale, currency, basket, rates]);
}

function readUrl({ appMetafields }: CheckoutApi): string | undefined {
  const entry = appMetafields.value.find(
    ({ target, metafield }) => target.type === 'shop' && metafield.key === 'config',
  );
  const config = entry ? parseExtensionConfig(entry.metafield.value) : undefined;
  return config?.ok ? config.value.url : undefined;
}
