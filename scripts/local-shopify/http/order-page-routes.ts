/**
 * The admin's orders: the list, and what a merchant does to one order with the buttons of its page.
 *
 * Every button is one method of the control, so by hand the same rules hold as by the API; a refusal is a page with
 * Shopify's words and the way back.
 */
import { type Request, Router } from 'express';
import { z } from 'zod';
import { orderTotals } from '../checkout/orders.ts';
import type { LocalControl } from '../control.ts';
import { formatMoney } from '../money.ts';
import type { Order } from '../orders/order-state.ts';
import { isActive, onlyRemaining } from '../orders/work.ts';
import { addressSchema } from '../seed.ts';
import type { LocalShop } from '../shop.ts';
import { adminPage } from './admin-page.ts';
import { type Html, html } from './html.ts';
import { orderDetail } from './order-page.ts';
import { reasonOf } from './tried.ts';

/** Orders of one page of the list; older ones are found by their number. */
const ROWS_MAX = 200;

const number = z.coerce.number().int();
const text = z.string().trim();
const isOn = z.string().optional();

const FORMS = {
  work: z.object({ workId: number }),
  fulfill: z.object({ workId: number, company: text, number: text, url: text }),
  move: z.object({ workId: number, locationId: number }),
  hold: z.object({ workId: number, reason: text, notes: text }),
  release: z.object({ workId: number, holdId: number }),
  parcel: z.object({ fulfillmentId: number }),
  tracking: z.object({ fulfillmentId: number, company: text, number: text, url: text }),
  carrier: z.object({ fulfillmentId: number, status: text, estimatedDeliveryAt: text }),
  units: z.object({ sku: text, quantity: number.min(1), restock: isOn }),
  cancel: z.object({ restock: isOn }),
  address: addressSchema,
} as const;

type Act = (control: LocalControl, orderId: number, body: unknown) => unknown;

/** Text fields of a form that were left empty are not there. */
function filled<Fields extends Record<string, string>>(fields: Fields): Partial<Fields> {
  const entries = Object.entries(fields).filter(([, value]) => value !== '');
  return Object.fromEntries(entries) as Partial<Fields>;
}

const ACTS: Readonly<Record<string, Act>> = {
  fulfill(control, orderId, body) {
    const { workId, ...tracking } = FORMS.fulfill.parse(body);
    const given = filled(tracking);
    control.fulfillOrder(orderId, {
      fulfillmentOrderId: workId,
      ...(Object.keys(given).length === 0 ? {} : { tracking: given }),
    });
  },
  move(control, _orderId, body) {
    const { workId, locationId } = FORMS.move.parse(body);
    control.moveWork(workId, { locationId });
  },
  hold(control, _orderId, body) {
    const { workId, reason, notes } = FORMS.hold.parse(body);
    control.holdWork(workId, { reason, notes });
  },
  release(control, _orderId, body) {
    const { workId, holdId } = FORMS.release.parse(body);
    control.releaseWork(workId, holdId);
  },
  progress: (control, _orderId, body) => control.reportProgress(FORMS.work.parse(body).workId),
  open: (control, _orderId, body) => control.openWork(FORMS.work.parse(body).workId),
  'cancel-parcel': (control, _orderId, body) =>
    control.cancelFulfillment(FORMS.parcel.parse(body).fulfillmentId),
  tracking(control, _orderId, body) {
    const { fulfillmentId, ...tracking } = FORMS.tracking.parse(body);
    control.changeTracking(fulfillmentId, filled(tracking));
  },
  carrier(control, _orderId, body) {
    const { fulfillmentId, status, estimatedDeliveryAt } = FORMS.carrier.parse(body);
    const at =
      estimatedDeliveryAt === '' ? null : new Date(`${estimatedDeliveryAt}Z`).toISOString();
    control.carrierSays({ fulfillmentId, status, estimatedDeliveryAt: at });
  },
  'cancel-units'(control, orderId, body) {
    const { sku, quantity, restock } = FORMS.units.parse(body);
    control.cancelUnits(orderId, { sku, quantity, restock: restock !== undefined });
  },
  refund(control, orderId, body) {
    const { sku, quantity, restock } = FORMS.units.parse(body);
    control.refundOrder(orderId, { sku, quantity, restock: restock !== undefined });
  },
  address: (control, orderId, body) => control.changeAddress(orderId, FORMS.address.parse(body)),
  paid: (control, orderId) => control.markPaid(orderId),
  cancel: (control, orderId, body) =>
    control.cancelOrder(orderId, FORMS.cancel.parse(body).restock !== undefined),
  route: (control, orderId) => control.routeNow(orderId),
};

export function orderPageRoutes(shop: LocalShop, control: LocalControl): Router {
  const router = Router();
  router.get('/admin/orders', (request, response) => {
    response.send(adminPage(shop, { title: 'Orders', main: orderList(shop, request) }));
  });
  router.get('/admin/orders/:id', (request, response, next) => {
    const order = shop.state.orders.find((one) => one.id === Number(request.params.id));
    if (!order) return next();
    const main = orderDetail(shop, order);
    response.send(adminPage(shop, { title: `Order #${order.number}`, main }));
  });
  router.post('/admin/orders/:id/:act', (request, response, next) => {
    const { id, act } = request.params;
    const run = Object.hasOwn(ACTS, act) ? ACTS[act] : undefined;
    if (!run) return next();
    try {
      run(control, Number(id), request.body ?? {});
      response.redirect(303, `/admin/orders/${id}`);
    } catch (error) {
      const main = html`<h1>Not done</h1><div class="card"><p role="alert">${reasonOf(error)}</p><p><a href="/admin/orders/${id}">Back to the order</a></p></div>`;
      response.status(422).send(adminPage(shop, { title: 'Not done', main }));
    }
  });
  return router;
}

function orderList(shop: LocalShop, request: Request): Html {
  const query = String(request.query['q'] ?? '').replace('#', '');
  if (shop.state.orders.length === 0) {
    return html`<h1>Orders</h1><div class="card"><p>No orders yet. <a href="/">Place one in the shop.</a></p></div>`;
  }
  const found = shop.state.orders
    .toReversed()
    .filter((order) => query === '' || String(order.number).includes(query));
  return html`<h1>Orders</h1>
<form class="filter" method="get" action="/admin/orders"><label>Order number <input type="search" name="q" value="${query}"></label> <button class="secondary">Show</button></form>
<p class="hint">${found.length} orders${found.length > ROWS_MAX && `, the latest ${ROWS_MAX} are shown`}.</p>
<div class="card"><table><thead><tr><th scope="col">Order</th><th scope="col">Date</th><th scope="col">Customer</th><th scope="col">Channel</th><th scope="col">Delivery</th><th scope="col">Fulfillment</th><th scope="col">At</th><th scope="col">Total</th></tr></thead><tbody>${found.slice(0, ROWS_MAX).map((order) => orderRow(shop, order))}</tbody></table></div>`;
}

function orderRow(shop: LocalShop, order: Order): Html {
  const { totalMinor } = orderTotals(shop, order);
  const places = order.fulfillmentOrders.filter(isActive).map((one) => one.assigned.name);
  return html`<tr><td><a href="/admin/orders/${order.id}">#${order.number}</a></td>
<td>${order.createdAt.slice(0, 16).replace('T', ' ')} UTC</td>
<td>${order.address ? `${order.address.firstName} ${order.address.lastName}` : ''}</td>
<td>${order.sourceName}</td><td>${order.shippingLine?.title ?? ''}</td><td>${stateOf(order)}</td>
<td>${[...new Set(places)].join(', ')}</td><td>${formatMoney(totalMinor, order.currency, 'en')}</td></tr>`;
}

/** The order's state in one word. */
function stateOf(order: Order): string {
  if (order.cancelledAt !== null) return 'Canceled';
  const left = order.lines.some((line) => onlyRemaining(order, line.id) > 0);
  if (order.fulfillments.some((one) => one.status === 'SUCCESS'))
    return left ? 'Partial' : 'Fulfilled';
  if (order.unrouted.length > 0) return 'Being routed';
  const open = order.fulfillmentOrders.filter(isActive);
  if (open.some((one) => one.status === 'ON_HOLD')) return 'On hold';
  return open.some((one) => one.status === 'IN_PROGRESS') ? 'In progress' : 'Unfulfilled';
}
