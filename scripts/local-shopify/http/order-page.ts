/** One order in the admin: items, fulfillment orders, parcels, address, timeline, and the buttons a merchant has. */
import { formatMoney } from '../money.ts';
import type { Fulfillment, FulfillmentOrder, Order } from '../orders/order-state.ts';
import { actionsOf, isActive, onlyRemaining } from '../orders/work.ts';
import { gid, type LocalShop, variantOf } from '../shop.ts';
import { type Html, html, raw } from './html.ts';

const HOLD_REASONS = [
  'OTHER',
  'AWAITING_PAYMENT',
  'HIGH_RISK_OF_FRAUD',
  'INCORRECT_ADDRESS',
  'INVENTORY_OUT_OF_STOCK',
  'UNKNOWN_DELIVERY_DATE',
];
const CARRIER_SAYS = [
  'CARRIER_PICKED_UP',
  'IN_TRANSIT',
  'OUT_FOR_DELIVERY',
  'DELIVERED',
  'DELAYED',
  'ATTEMPTED_DELIVERY',
  'FAILURE',
];
const words = (name: string): string => name.toLowerCase().replaceAll('_', ' ');

/** The main part of the order's page. */
export function orderDetail(shop: LocalShop, order: Order): Html {
  const source = order.checkoutToken
    ? html`<a href="/orders/${order.checkoutToken}">order status page</a>`
    : `sold on ${order.sourceName}`;
  const open = order.fulfillmentOrders.filter(isActive);
  const closed = order.fulfillmentOrders.filter((one) => !isActive(one));
  return html`<h1>Order #${order.number}</h1>
<p class="hint">${order.createdAt} · ${source} · ${words(order.financialStatus)}${order.risk !== 'NONE' && ` · risk: ${words(order.risk)}`}${order.isTest && ' · test order'}</p>
${orderActs(order)}
${itemsCard(shop, order)}
${order.unrouted.length > 0 && html`<div class="card"><h2>Fulfillment orders</h2><p>Shopify is still routing this order.</p>${act(order, 'route', html`<button class="secondary">Route now</button>`)}</div>`}
${open.map((one) => workCard(shop, order, one))}
${order.fulfillments.map((one) => parcelCard(shop, order, one))}
${addressCard(order)}
${closed.length > 0 && html`<div class="card"><h2>Closed fulfillment orders</h2><ul>${closed.map((one) => html`<li><code>${one.id}</code> ${words(one.status)} at ${one.assigned.name}</li>`)}</ul></div>`}
<div class="card"><h2>Timeline</h2><ol class="order-timeline">${order.timeline.toReversed().map((one) => html`<li><time datetime="${one.at}">${one.at.slice(0, 19).replace('T', ' ')}</time> <strong>${one.actor}</strong> ${one.text}</li>`)}</ol></div>
${metafieldCard(shop, order)}`;
}

/** A form of one button, with what it sends. */
function act(
  order: Order,
  name: string,
  main: Html,
  hidden: Readonly<Record<string, number | string>> = {},
): Html {
  return html`<form class="order-act" method="post" action="/admin/orders/${order.id}/${name}">${Object.entries(
    hidden,
  ).map(
    ([key, value]) => html`<input type="hidden" name="${key}" value="${value}">`,
  )}${main}</form>`;
}

function orderActs(order: Order): Html {
  if (order.cancelledAt !== null) return html`<p class="hint">Canceled ${order.cancelledAt}.</p>`;
  return html`<div class="acts">${
    order.financialStatus === 'PENDING' &&
    act(order, 'paid', html`<button class="secondary">Mark as paid</button>`)
  }${act(order, 'cancel', html`<button class="secondary">Cancel and restock</button>`, { restock: 'on' })}</div>`;
}

function itemsCard(shop: LocalShop, order: Order): Html {
  const rows = order.lines.map((line) => {
    const { product, variant } = variantOf(shop, line.variantId);
    const open = onlyRemaining(order, line.id);
    const left = line.quantity - line.removed;
    const { sku } = variant;
    const units = (name: string, title: string, max: number): Html | false =>
      max > 0 &&
      act(
        order,
        name,
        html`<label>${title} <input name="quantity" type="number" min="1" max="${max}" value="1" required aria-label="${title} units of ${sku}"></label><label><input name="restock" type="checkbox" checked> restock</label><button class="secondary">${title}<span class="hidden"> ${sku}</span></button>`,
        { sku },
      );
    return html`<tr data-sku="${sku}"><th scope="row">${product.title.en}, ${variant.optionValues.join(' / ')} <code>${sku}</code></th>
<td class="number">${left}${line.removed > 0 && html` <small>of ${line.quantity}</small>`}</td><td class="number">${open}</td><td class="number">${formatMoney(line.priceMinor, shop.seed.shop.currency, 'en')}</td>
<td>${units('cancel-units', 'Cancel', open)}${units('refund', 'Refund', left)}</td></tr>`;
  });
  return html`<div class="card"><h2>Items</h2><table><thead><tr><th scope="col">Item</th><th scope="col" class="number">Units</th><th scope="col" class="number">Unfulfilled</th><th scope="col" class="number">Price</th><th scope="col">Take out</th></tr></thead><tbody>${rows}</tbody></table>
<p>${order.shippingLine?.title ?? 'No delivery'} <code>${order.shippingLine?.code ?? ''}</code> ${order.shippingLine?.description ?? ''}</p></div>`;
}

function workCard(shop: LocalShop, order: Order, one: FulfillmentOrder): Html {
  const may = new Set(actionsOf(shop, { order, one }));
  const workId = { workId: one.id };
  const places = [...shop.locations.values()].filter(
    ({ id, isActive: isOpen }) => isOpen && id !== one.locationId,
  );
  const lines = one.lines
    .filter((line) => line.remaining > 0)
    .map((line) => {
      const bought = order.lines.find((each) => each.id === line.orderLineId);
      const sku = bought ? variantOf(shop, bought.variantId).variant.sku : '';
      return html`<li>${line.remaining} × <code>${sku}</code></li>`;
    });
  return html`<section class="card" data-work="${one.id}" aria-labelledby="work-${one.id}">
<h2 id="work-${one.id}">${one.assigned.name}: ${words(one.status)}</h2>
<p class="hint"><code>${one.id}</code> · ${words(one.methodType)}${one.isPrepared && ' · ready for pickup'}${one.fulfillBy && ` · by ${one.fulfillBy.slice(0, 16).replace('T', ' ')} UTC`}</p>
<ul>${lines}</ul>
${one.holds.map((hold) => html`<div class="order-hold"><p>On hold by ${hold.heldBy}: ${words(hold.reason)} ${hold.notes ?? ''} <code>${hold.handle}</code></p>${act(order, 'release', html`<button class="secondary">Release hold</button>`, { ...workId, holdId: hold.id })}</div>`)}
<div class="order-acts">
${may.has('CREATE_FULFILLMENT') && act(order, 'fulfill', html`<label>Carrier <input name="company"></label><label>Tracking number <input name="number"></label><label>Tracking URL <input name="url" type="url"></label><button class="primary">Fulfill</button>`, workId)}
${may.has('MOVE') && act(order, 'move', html`<label>Location <select name="locationId">${places.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select></label><button class="secondary">Change location</button>`, workId)}
${may.has('HOLD') && act(order, 'hold', html`<label>Reason <select name="reason">${HOLD_REASONS.map((reason) => html`<option value="${reason}">${words(reason)}</option>`)}</select></label><label>Notes <input name="notes"></label><button class="secondary">Hold</button>`, workId)}
${may.has('REPORT_PROGRESS') && !one.isProgressReported && act(order, 'progress', html`<button class="secondary">Mark as in progress</button>`, workId)}
${may.has('MARK_AS_OPEN') && act(order, 'open', html`<button class="secondary">Mark as open</button>`, workId)}
</div></section>`;
}

function parcelCard(shop: LocalShop, order: Order, one: Fulfillment): Html {
  const place = shop.locations.get(one.locationId)?.name ?? '';
  const [tracking] = one.tracking;
  const id = { fulfillmentId: one.id };
  const isGone = one.status === 'CANCELLED';
  return html`<section class="card" data-parcel="${one.id}" aria-labelledby="parcel-${one.id}">
<h2 id="parcel-${one.id}">Parcel ${one.place} from ${place}: ${isGone ? 'canceled' : words(one.events.at(-1)?.status ?? 'fulfilled')}</h2>
<p class="hint">${one.createdAt.slice(0, 16).replace('T', ' ')} UTC · ${one.lines.reduce((sum, line) => sum + line.quantity, 0)} units${tracking && html` · ${tracking.company ?? ''} <code>${tracking.number ?? ''}</code>`}</p>
<ul>${one.events.map((event) => html`<li>${event.happenedAt.slice(0, 16).replace('T', ' ')} ${words(event.status)} ${event.message ?? ''}</li>`)}</ul>
${
  !isGone &&
  html`<div class="order-acts">
${act(order, 'carrier', html`<label>Carrier says <select name="status">${CARRIER_SAYS.map((status) => html`<option value="${status}">${words(status)}</option>`)}</select></label><label>New estimate (UTC) <input name="estimatedDeliveryAt" type="datetime-local"></label><button class="secondary">Tell</button>`, id)}
${act(order, 'tracking', html`<label>Carrier <input name="company" value="${tracking?.company ?? ''}"></label><label>Tracking number <input name="number" value="${tracking?.number ?? ''}"></label><label>Tracking URL <input name="url" type="url" value="${tracking?.url ?? ''}"></label><button class="secondary">Change tracking</button>`, id)}
${act(order, 'cancel-parcel', html`<button class="secondary">Cancel fulfillment</button>`, id)}
</div>`
}</section>`;
}

const ADDRESS_FIELDS = [
  ['firstName', 'First name'],
  ['lastName', 'Last name'],
  ['company', 'Company'],
  ['address1', 'Address'],
  ['address2', 'Address, second line'],
  ['zip', 'Postal code'],
  ['city', 'City'],
  ['provinceCode', 'Province'],
  ['countryCode', 'Country code'],
  ['phone', 'Phone'],
] as const;

function addressCard(order: Order): Html {
  const { address } = order;
  const fields = ADDRESS_FIELDS.map(
    ([name, title]) =>
      html`<label>${title} <input name="${name}" value="${address?.[name] ?? ''}"${['countryCode'].includes(name) && raw(' required pattern="[A-Z]{2}"')}></label>`,
  );
  return html`<div class="card"><h2>Shipping address</h2>
<p>${address ? `${address.firstName} ${address.lastName}, ${address.address1}, ${address.zip} ${address.city}, ${address.countryCode}` : 'None.'} ${order.email}</p>
<details><summary>Edit address</summary>${act(order, 'address', html`${fields}<button class="secondary">Save address</button>`)}</details></div>`;
}

function metafieldCard(shop: LocalShop, order: Order): Html {
  const fields = shop.state.metafields.filter((one) => one.owner === gid('Order', order.id));
  return html`<div class="card"><h2>Metafields</h2>${
    fields.length === 0
      ? html`<p>None.</p>`
      : fields.map(
          (one) => html`<h3><code>${one.namespace}.${one.key}</code></h3><pre>${one.value}</pre>`,
        )
  }</div>`;
}
