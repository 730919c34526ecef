/**
 * What a shopper-side target may read and do, as plain values from the page's data.
 *
 * Follows the types of `@shopify/ui-extensions` 2026-07: `StandardApi`, `CheckoutApi`, `ShippingOptionItemApi`,
 * `PickupLocationItemApi`, `OrderConfirmationApi`, `OrderStatusApi`. With protected data withheld there is no address and
 * no buyer; on thank-you and order status there are no writes.
 */
import type {
  CheckoutView,
  ExtensionMount,
  OrderView,
  Price,
  ViewOption,
} from '../../checkout/view.ts';
import type { HostMethod } from './host.ts';

export type TargetApi = {
  constants: Record<string, unknown>;
  signals: Record<string, unknown>;
  methods: Record<string, HostMethod>;
};

const money = (price: Price): { amount: number; currencyCode: string } => ({
  amount: price.minor / 100,
  currencyCode: price.currency,
});

const gid = (type: string, id: number | string): string => `gid://shopify/${type}/${id}`;

/** Namespaces of the app come to extensions in the `$app` form. */
const shortNamespace = (namespace: string): string =>
  namespace.replace(/^app--\d+--/, '$app:').replace(/^app--\d+$/, '$app');

type Field = { namespace: string; key: string; type: string; value: string };
type Owner = { type: 'cart' | 'order' | 'shop' | 'product' | 'variant'; id: string };

/** Entries of `appMetafields`: those the extension's configuration asks for. */
function metafieldEntries(
  mount: ExtensionMount,
  view: CheckoutView,
  own: { owner: Owner; fields: readonly Field[] },
): unknown[] {
  const all = [
    ...own.fields.map((field) => ({ ...field, owner: own.owner })),
    ...view.ownedMetafields,
  ];
  const isAsked = (field: Field): boolean =>
    mount.metafields.some(
      (one) => one.key === field.key && one.namespace === shortNamespace(field.namespace),
    );
  return all.filter(isAsked).map((field) => ({
    target: field.owner,
    metafield: {
      key: field.key,
      namespace: shortNamespace(field.namespace),
      value: field.value,
      type: field.type,
      valueType: field.type === 'json' ? 'json_string' : 'string',
    },
  }));
}

/** What every shopper-side target has. */
function standardApi(mount: ExtensionMount, view: CheckoutView): TargetApi {
  const mayRead = view.settings.protectedData === 'granted';
  const { address } = view;
  return {
    constants: {
      extensionPoint: mount.target,
      version: mount.apiVersion,
      'extension.target': mount.target,
      'extension.apiVersion': mount.apiVersion,
      'extension.scriptUrl': mount.bundleUrl,
      'extension.version': 'development',
      shop: {
        id: gid('Shop', view.shop.id),
        name: view.shop.name,
        myshopifyDomain: view.shop.domain,
        storefrontUrl: view.shop.url,
      },
    },
    signals: {
      'extension.capabilities': mount.capabilities,
      'extension.rendered': true,
      'localization.language': { isoCode: view.language },
      'localization.extensionLanguage': { isoCode: view.language },
      'localization.country': address ? { isoCode: address.countryCode } : undefined,
      'localization.currency': { isoCode: view.total.currency },
      'localization.timezone': view.shopTimeZone,
      'localization.market': undefined,
      settings: mount.settings,
      lines: view.lines.map(toCartLine),
      'cost.subtotalAmount': money(view.subtotal),
      'cost.totalShippingAmount': view.shippingPrice ? money(view.shippingPrice) : undefined,
      'cost.totalTaxAmount': undefined,
      'cost.totalAmount': money(view.total),
      attributes: view.attributes,
      note: undefined,
      appliedGiftCards: [],
      discountCodes: [],
      discountAllocations: [],
      checkoutToken: view.token,
      checkoutSettings: { orderSubmission: 'ORDER', shippingAddress: { isEditable: true } },
      ...(mayRead
        ? {
            shippingAddress: address ? toMailingAddress(view) : undefined,
            billingAddress: undefined,
            'buyerIdentity.email': view.email === '' ? undefined : view.email,
            'buyerIdentity.phone': address?.phone ? address.phone : undefined,
            'buyerIdentity.customer':
              view.customerId === null ? undefined : { id: gid('Customer', view.customerId) },
            'buyerIdentity.purchasingCompany': undefined,
          }
        : {}),
    },
    methods: {
      'sessionToken.get': () => fetchSessionToken(view.token),
      'storage.read': (key) => readStorage(`${mount.handle}:${view.token}`, String(key)),
      'storage.write': (key, value) =>
        writeStorage(`${mount.handle}:${view.token}`, String(key), value),
      'storage.delete': (key) =>
        writeStorage(`${mount.handle}:${view.token}`, String(key), undefined),
      'analytics.publish': () => true,
      query: () => {
        throw new Error('not simulated: shopify.query');
      },
    },
  };
}

async function fetchSessionToken(token: string): Promise<string> {
  const response = await fetch(`/checkouts/${token}/session-token`);
  const answer: { token: string } = await response.json();
  return answer.token;
}

/** Storage is one per extension and checkout, shared by all its workers. */
const storageKey = (space: string, key: string): string => `extension:${space}:${key}`;

function readStorage(space: string, key: string): unknown {
  const text = localStorage.getItem(storageKey(space, key));
  return text === null ? null : JSON.parse(text);
}

function writeStorage(space: string, key: string, value: unknown): void {
  if (value === undefined) localStorage.removeItem(storageKey(space, key));
  else localStorage.setItem(storageKey(space, key), JSON.stringify(value));
}

function toMailingAddress(view: CheckoutView): Record<string, unknown> | undefined {
  const { address } = view;
  if (!address) return undefined;
  const filled = Object.entries(address).filter(([, value]) => value !== '');
  return { ...Object.fromEntries(filled), name: `${address.firstName} ${address.lastName}`.trim() };
}

function toCartLine(line: CheckoutView['lines'][number]): unknown {
  return {
    id: line.id,
    quantity: line.quantity,
    cost: { totalAmount: money(line.total) },
    attributes: [],
    discountAllocations: [],
    lineComponents: [],
    parentRelationship: null,
    merchandise: {
      type: 'variant',
      id: gid('ProductVariant', line.variantId),
      title: line.title,
      subtitle: line.variantTitle,
      image: { url: line.imageUrl, altText: line.imageAlt },
      selectedOptions: line.options,
      product: {
        id: gid('Product', line.productId),
        vendor: line.vendor,
        productType: line.productType,
      },
      requiresShipping: line.requiresShipping,
      sku: line.sku,
    },
  };
}

/** A delivery option as an extension sees it; a pickup option has no id of its location. */
export function toDeliveryOption(option: ViewOption): unknown {
  const base = {
    handle: option.handle,
    code: option.code,
    title: option.title,
    ...(option.description === '' ? {} : { description: option.description }),
    metafields: option.metafields.map((one) => ({
      ...one,
      namespace: shortNamespace(one.namespace),
      valueType: 'string',
    })),
  };
  if (option.kind === 'pickup') {
    const { address, name } = option.location ?? { address: undefined, name: undefined };
    const { firstName: _first, lastName: _last, company: _company, ...place } = address ?? {};
    return { ...base, type: 'pickup', location: { name, address: place } };
  }
  return {
    ...base,
    type: 'shipping',
    carrier: option.carrierName === null ? {} : { name: option.carrierName },
    cost: money(option.price),
    costAfterDiscounts: money(option.price),
    deliveryEstimate: option.timeInTransit ? { timeInTransit: option.timeInTransit } : {},
  };
}

function deliveryGroups(view: CheckoutView): unknown[] {
  const { delivery } = view;
  if (delivery.status !== 'ready') return [];
  const options = [...delivery.shipping, ...delivery.pickup];
  const shown = delivery.mode === 'pickup' ? delivery.pickup : delivery.shipping;
  const selected = shown.find((one) => one.isSelected);
  return [
    {
      id: gid('CartDeliveryGroup', view.cartToken),
      targetedCartLines: view.lines.map(({ id }) => ({ id })),
      deliveryOptions: options.map(toDeliveryOption),
      ...(selected ? { selectedDeliveryOption: { handle: selected.handle } } : {}),
      groupType: 'oneTimePurchase',
      isDeliveryRequired: true,
    },
  ];
}

export type MetafieldChange = { key: string; namespace?: string; type?: string; value?: string };
export type ApplyMetafield = (change: MetafieldChange) => Promise<unknown>;

/** Instructions of a checkout: in a wallet nothing may be changed. */
function instructions(view: CheckoutView): unknown {
  const may = view.settings.wallet === 'off';
  return {
    attributes: { canUpdateAttributes: may },
    delivery: { canSelectCustomAddress: may },
    discounts: { canUpdateDiscountCodes: may },
    lines: { canAddCartLine: may, canRemoveCartLine: may, canUpdateCartLine: may },
    metafields: { canSetCartMetafields: may, canDeleteCartMetafield: may },
    notes: { canUpdateNote: may },
  };
}

/** The API of an option's target in checkout. */
export function checkoutOptionApi(
  mount: ExtensionMount,
  { view, option, apply }: { view: CheckoutView; option: ViewOption; apply: ApplyMetafield },
): TargetApi {
  const api = standardApi(mount, view);
  const isShown = (view.delivery.mode === 'pickup') === (option.kind === 'pickup');
  Object.assign(api.signals, {
    target: toDeliveryOption(option),
    isTargetSelected: option.isSelected && isShown,
    deliveryGroups: deliveryGroups(view),
    appMetafields: metafieldEntries(mount, view, {
      owner: { type: 'cart', id: gid('Cart', view.cartToken) },
      fields: view.cartMetafields,
    }),
    instructions: instructions(view),
    'buyerJourney.completed': false,
    'buyerJourney.steps': [],
    'buyerJourney.activeStep': { handle: 'checkout' },
  });
  Object.assign(api.constants, { renderMode: { overlay: false } });
  Object.assign(api.methods, {
    applyMetafieldChange: (change: unknown) => applyMetafieldChange(change, apply),
    applyAttributeChange: () => refused('deprecated, not simulated'),
    applyNoteChange: () => refused('not simulated'),
    applyCartLinesChange: () => refused('not simulated'),
  });
  return api;
}

const refused = (message: string): unknown => ({ type: 'error', message });

function applyMetafieldChange(change: unknown, apply: ApplyMetafield): unknown {
  const given: Record<string, unknown> = Object(change);
  const field = Object(given['metafield']);
  if (given['type'] === 'updateCartMetafield') return apply(field);
  if (given['type'] === 'removeCartMetafield') {
    const { key, namespace } = given;
    return apply({
      key: String(key),
      ...(namespace === undefined ? {} : { namespace: String(namespace) }),
    });
  }
  return refused(
    `cart metafields are changed by updateCartMetafield, not ${String(given['type'])}`,
  );
}

/** The API of a block on the thank-you page: what was bought, no writes. */
export function thankYouApi(mount: ExtensionMount, order: OrderView): TargetApi {
  const api = standardApi(mount, order.checkout);
  const { checkout } = order;
  Object.assign(api.signals, {
    orderConfirmation: {
      // Before Shopify has the order, its confirmation carries the id of the order identity.
      order: { id: gid('OrderIdentity', order.orderId) },
      number: order.confirmationNumber,
      isFirstOrder: order.isFirstOrder,
    },
    deliveryGroups: deliveryGroups(checkout),
    appMetafields: metafieldEntries(mount, checkout, {
      owner: { type: 'cart', id: gid('Cart', checkout.cartToken) },
      fields: checkout.cartMetafields,
    }),
    instructions: instructions(checkout),
    'buyerJourney.completed': true,
    'buyerJourney.steps': [],
    'buyerJourney.activeStep': { handle: 'thank-you' },
  });
  return api;
}

/** The API of a block on the order status page in a customer's account. */
export function orderStatusApi(mount: ExtensionMount, order: OrderView): TargetApi {
  const api = standardApi(mount, order.checkout);
  const id = gid('Order', order.orderId);
  Object.assign(api.signals, {
    order: {
      id,
      name: order.name,
      confirmationNumber: order.confirmationNumber,
      processedAt: order.createdAt,
      ...(order.isCancelled ? { cancelledAt: order.createdAt } : {}),
    },
    authenticationState:
      order.checkout.customerId === null ? 'pre_authenticated' : 'fully_authenticated',
    appMetafields: metafieldEntries(mount, order.checkout, {
      owner: { type: 'order', id },
      fields: order.orderMetafields,
    }),
    'authenticatedAccount.customer': undefined,
    'authenticatedAccount.purchasingCompany': undefined,
  });
  Object.assign(api.methods, {
    requireLogin: () => undefined,
    'toast.show': () => undefined,
  });
  return api;
}
