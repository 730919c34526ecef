/**
 * Checkout, thank-you and order status: the pages and the calls their scripts make.
 */
import { type Response, Router } from 'express';
import { z } from 'zod';
import { shopperToken } from '../app/signing.ts';
import { writeCartMetafield } from '../checkout/carts.ts';
import { changeCheckout, viewCheckout } from '../checkout/checkouts.ts';
import {
  type Customize,
  computeDelivery,
  type Delivery,
  deliveryOfOrder,
} from '../checkout/delivery.ts';
import { placeOrder } from '../checkout/orders.ts';
import type { RateCache } from '../checkout/rate-cache.ts';
import type { RateAnswer } from '../checkout/rate-client.ts';
import type { CheckoutView, OrderView } from '../checkout/view.ts';
import type { Order } from '../orders/order-state.ts';
import { announcePlaced } from '../orders/routing.ts';
import { addressSchema } from '../seed.ts';
import { drawsCheckoutExtensions } from '../settings.ts';
import { gid, type LocalShop } from '../shop.ts';
import type { Cart, Checkout } from '../state.ts';
import { extensionMounts } from './extension-mounts.ts';
import { html } from './html.ts';
import { renderPage } from './page.ts';
import { dropCart, languageOf } from './session.ts';
import { textsIn } from './texts.ts';

export type CheckoutDeps = {
  shop: LocalShop;
  cache: RateCache<RateAnswer>;
  customize: Customize;
};
type Open = { cart: Cart; checkout: Checkout };

const changeSchema = z.strictObject({
  email: z.string().max(200).optional(),
  address: addressSchema.optional(),
  mode: z.enum(['shipping', 'pickup']).optional(),
  selectedCode: z.string().optional(),
  selectedPickupId: z.int().optional(),
});
const metafieldSchema = z.strictObject({
  namespace: z.string().optional(),
  key: z.string().min(1),
  type: z.string().optional(),
  value: z.string().optional(),
});

export function checkoutRoutes(deps: CheckoutDeps): Router {
  const { shop } = deps;
  const router = Router();

  router.param('token', (request, response, next, token: string) => {
    const found = findCheckout(shop, token);
    if (!found) {
      response.status(404).send('There is no such checkout.');
      return;
    }
    found.checkout.language =
      found.checkout.orderId === null ? languageOf(shop, request) : found.checkout.language;
    response.locals['open'] = found;
    next();
  });
  const openOf = (response: Response): Open => response.locals['open'];

  router.get('/checkouts/:token', async (_request, response) => {
    const { cart, checkout } = openOf(response);
    if (checkout.orderId !== null) {
      return response.redirect(303, `/checkouts/${checkout.token}/thank-you`);
    }
    const { view } = await currentView(deps, { cart, checkout });
    response.send(checkoutPage(shop, view));
  });
  router.get('/checkouts/:token/state', async (_request, response) => {
    response.json((await currentView(deps, openOf(response))).view);
  });
  router.post('/checkouts/:token/change', async (request, response) => {
    const parsed = changeSchema.safeParse(request.body);
    if (!parsed.success) return refuse(response, z.prettifyError(parsed.error));
    changeCheckout(openOf(response).checkout, parsed.data);
    shop.file.touch();
    response.json((await currentView(deps, openOf(response))).view);
  });
  router.post('/checkouts/:token/metafield', async (request, response) => {
    const parsed = metafieldSchema.safeParse(request.body);
    if (!parsed.success) return refuse(response, z.prettifyError(parsed.error));
    const { key, namespace, type, value } = parsed.data;
    const change = {
      key,
      namespace,
      ...(type === undefined ? {} : { type }),
      ...(value === undefined ? {} : { value }),
    };
    const result = writeCartMetafield(shop, openOf(response).cart, change);
    shop.file.touch();
    response.json({ result, view: (await currentView(deps, openOf(response))).view });
  });
  router.post('/checkouts/:token/pay', async (_request, response) => {
    const open = openOf(response);
    const { delivery } = await currentView(deps, open);
    const placed = placeOrder(shop, open, delivery);
    if (!placed.ok && placed.refusal.code !== 'already_placed') {
      response.status(422).json(placed.refusal);
      return;
    }
    if (placed.ok) announcePlaced(shop, placed.order);
    dropCart(response);
    response.json({ next: `/checkouts/${open.checkout.token}/thank-you` });
  });
  router.get('/checkouts/:token/session-token', (_request, response) => {
    response.json({ token: tokenFor(shop, openOf(response).checkout) });
  });
  router.get('/checkouts/:token/thank-you', (_request, response) => {
    sendOrderPage(deps, response, { ...openOf(response), page: 'thank-you' });
  });
  router.get('/orders/:token', (_request, response) => {
    sendOrderPage(deps, response, { ...openOf(response), page: 'order-status' });
  });
  return router;
}

function findCheckout(shop: LocalShop, token: string): Open | undefined {
  const checkout = shop.state.checkouts[token];
  const cart = checkout && shop.state.carts[checkout.cartToken];
  return checkout && cart ? { checkout, cart } : undefined;
}

function refuse(response: Response, detail: string): void {
  response.status(400).json({ detail });
}

async function currentView(
  deps: CheckoutDeps,
  open: Open,
): Promise<{ view: CheckoutView; delivery: Delivery }> {
  const delivery = await computeDelivery(deps.shop, open, deps);
  return { delivery, view: viewCheckout(deps.shop, open, delivery) };
}

function tokenFor(shop: LocalShop, checkout: Checkout): string {
  const { apiKey, apiSecret } = shop.app;
  const facts = { apiKey, apiSecret, shop: shop.seed.shop.domain, nowMs: shop.clock.nowMs() };
  const mayName = shop.state.settings.protectedData === 'granted';
  return shopperToken(facts, mayName ? checkout.customerId : null);
}

const CHECKOUT_TARGETS = [
  'purchase.checkout.shipping-option-item.render-after',
  'purchase.checkout.pickup-location-option-item.render-after',
];

function checkoutPage(shop: LocalShop, view: CheckoutView): string {
  const texts = textsIn(view.language);
  const mounts = drawsCheckoutExtensions(shop.state.settings)
    ? extensionMounts(shop, CHECKOUT_TARGETS, view.language)
    : [];
  return renderPage(shop, {
    title: `${texts.checkout} · ${shop.seed.shop.name}`,
    language: view.language,
    look: 'checkout',
    body: html`<a class="skip" href="#main">${texts.skip}</a><div id="checkout"></div>`,
    scripts: ['checkout'],
    data: { 'checkout-data': { view, texts, mounts } },
  });
}

const THANK_YOU_TARGETS = ['purchase.thank-you.block.render'];
const STATUS_TARGETS = [
  'customer-account.order-status.block.render',
  'customer-account.order-status.fulfillment-details.render-after',
];

function sendOrderPage(
  deps: CheckoutDeps,
  response: Response,
  { cart, checkout, page }: Open & { page: 'thank-you' | 'order-status' },
): void {
  const { shop } = deps;
  const order = shop.state.orders.find((one) => one.id === checkout.orderId);
  if (!order) {
    response.redirect(303, `/checkouts/${checkout.token}`);
    return;
  }
  const view = viewCheckout(shop, { cart, checkout }, deliveryOfOrder(shop, order));
  const texts = textsIn(checkout.language);
  const isThankYou = page === 'thank-you';
  const targets = isThankYou ? THANK_YOU_TARGETS : STATUS_TARGETS;
  const mounts = extensionMounts(shop, targets, checkout.language);
  response.send(
    renderPage(shop, {
      title: `${isThankYou ? texts.confirmed : texts.orderStatus} · ${shop.seed.shop.name}`,
      language: checkout.language,
      look: 'checkout',
      body: html`<a class="skip" href="#main">${texts.skip}</a><div id="order"></div>`,
      scripts: ['order'],
      data: {
        'order-data': { page, order: viewOrder(shop, order, view), texts, mounts },
      },
    }),
  );
}

function viewOrder(shop: LocalShop, order: Order, checkout: CheckoutView): OrderView {
  const owner = gid('Order', order.id);
  return {
    orderId: order.id,
    name: `#${order.number}`,
    confirmationNumber: order.checkoutToken.slice(0, 9).toUpperCase(),
    createdAt: order.createdAt,
    isCancelled: order.cancelledAt !== null,
    isFirstOrder: shop.state.orders.length === 1,
    checkout,
    orderMetafields: shop.state.metafields
      .filter((one) => one.owner === owner && isReadableByCustomer(shop, one))
      .map(({ namespace, key, type, value }) => ({ namespace, key, type, value })),
  };
}

/** Order metafields reach a customer's page only when their definition gives customer accounts access. */
function isReadableByCustomer(shop: LocalShop, field: { namespace: string; key: string }): boolean {
  const definition = shop.state.definitions.find(
    (one) =>
      one.ownerType === 'ORDER' && one.namespace === field.namespace && one.key === field.key,
  );
  return definition?.access.customerAccount === 'READ';
}
