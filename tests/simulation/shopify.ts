/**
 * Shopify in a simulation: orders, their fulfillment orders by the model, webhooks as bad as they get, and outages.
 *
 * In: what shoppers, merchants and the product do. Out: an `AdminClient` for the product, and a call for each webhook that
 * arrives: some never do, some five times, some late and past others. Ids of an order are its number times 1,000 and on.
 */
import { TransientError } from '../../backend/base/result.ts';
import type { AdminAnswer, AdminClient } from '../../backend/shopify/admin-client.ts';
import type { Random } from '../oracle/random.ts';
import { dataOf } from '../shopify-model/admin.ts';
import {
  createFulfillmentModel,
  type FulfillmentModel,
  PLAIN_MODEL,
} from '../shopify-model/fulfillment-orders.ts';
import { lineNode, wholeOrder } from '../worlds/shopify-orders.ts';
import type { Agenda } from './agenda.ts';
import type { Count } from './faults.ts';

export type SimLine = { readonly lineId: string; readonly sku: string; readonly quantity: number };

/** An order as Shopify has it. */
export type SimOrder = {
  readonly number: number;
  readonly placedAt: string;
  readonly postalCode: string;
  readonly lines: readonly SimLine[];
  /** The store where it is collected; undefined: it is sent. */
  readonly pickupLocation: string | undefined;
  updatedAt: string;
  /** Units given up before it was routed, by line. */
  canceled: Map<string, number>;
  /** undefined: its fulfillment orders are not made yet. */
  model: FulfillmentModel | undefined;
};

type Fields = Readonly<Record<string, unknown>>;

export type SimShopify = ReturnType<typeof createSimShopify>;

/** Builds it. */
export function createSimShopify(parts: {
  readonly agenda: Agenda;
  readonly random: Random;
  readonly count: Count;
  /** A webhook about this order has arrived. */
  readonly arrived: (orderId: string, topic: 'order' | 'fulfillment_order') => Promise<void>;
}) {
  const { agenda, random, count } = parts;
  const orders = new Map<string, SimOrder>();
  let outageUntil = -1;

  const touch = (order: SimOrder) => {
    order.updatedAt = agenda.instantAt(agenda.minute()).toString();
  };
  const notify = (orderId: string, topic: 'order' | 'fulfillment_order') => {
    const deliver = (minutes: number) => agenda.after(minutes, () => parts.arrived(orderId, topic));
    if (random.chance(0.05)) return count('webhook_lost');
    if (random.chance(0.06)) {
      count('webhook_five_times');
      for (let time = 0; time < 5; time += 1) deliver(random.int(0, 20) / 60);
      return;
    }
    if (random.chance(0.12)) {
      count('webhook_late');
      return deliver(random.int(5, 90));
    }
    deliver(random.int(1, 30) / 60);
  };

  const answer = (operation: string, variables: Fields): Fields => {
    if (operation === 'OrdersUpdatedRead') return updatedOrders(orders, variables);
    if (operation === 'OrderIntakeRead') return { order: wholeOf(orders, variables) };
    if (operation === 'OrderPartsRead') return { order: partsOf(orders, variables) };
    if (operation === 'OrderEtaClassesRead') return { order: { lineItems: page([]) } };
    const number = /\/(\d+)"/.exec(JSON.stringify(variables))?.[1] ?? '';
    const order = ['OrderWorkRead', 'OrderFulfillmentsRead'].includes(operation)
      ? orders.get(number)
      : orders.get(String(Math.floor(Number(number) / 1_000)));
    if (operation === 'InventoryItemsAtLocationRead' || operation === 'InventoryActivate') {
      return dataOf(modelsOf(orders.values()), operation, variables);
    }
    const data = dataOf(modelsOf(order === undefined ? [] : [order]), operation, variables);
    if (order !== undefined && operation === 'FulfillmentCreate' && !('message' in data)) {
      touch(order);
      notify(String(order.number), 'order');
    }
    return data;
  };

  const send = (operation: string, variables: Fields): AdminAnswer<Fields> => {
    if (agenda.minute() < outageUntil) {
      count('shopify_5xx');
      throw new TransientError('shopify', 'Shopify answers 503.');
    }
    if (random.chance(0.02)) {
      count('shopify_throttled');
      throw new TransientError('shopify', 'Shopify answers THROTTLED.');
    }
    const data = answer(operation, variables);
    if (!operation.endsWith('Read') && random.chance(0.04)) {
      count('reply_lost');
      throw new TransientError('shopify', `The reply to ${operation} was lost.`);
    }
    if ('message' in data) {
      const errors = [{ message: String(data['message']), field: null, code: null }];
      return { ok: false, refusal: { code: 'user_errors', operation, errors } };
    }
    return { ok: true, value: data, withheld: [] };
  };

  const admin: AdminClient = {
    send: async (_shopId, document, variables) => {
      const [definition] = document.definitions;
      const operation =
        definition?.kind === 'OperationDefinition' ? (definition.name?.value ?? '') : '';
      const answered = send(operation, Object.fromEntries(Object.entries(variables)));
      return JSON.parse(JSON.stringify(answered));
    },
  };

  const route = (order: SimOrder, locationId: string) => {
    const lines = order.lines.flatMap(({ lineId, quantity }) => {
      const left = quantity - (order.canceled.get(lineId) ?? 0);
      return left > 0 ? [{ lineId, quantity: left }] : [];
    });
    const method = order.pickupLocation === undefined ? 'SHIPPING' : 'PICK_UP';
    const settings = { ...PLAIN_MODEL, joins: random.chance(0.5) };
    const first = lines.length === 0 ? [] : [{ locationId, method, lines }];
    order.model = createFulfillmentModel(first, settings, order.number * 1_000);
    touch(order);
    notify(String(order.number), 'fulfillment_order');
  };

  return {
    admin,
    /** What it answers when nothing is wrong, for a process that asks over HTTP. */
    answer: (operation: string, variables: Fields): AdminAnswer<Fields> =>
      send(operation, variables),
    orders,
    notify,
    /** Nothing arrives for so many minutes. */
    goAway: (minutes: number): void => {
      outageUntil = agenda.minute() + minutes;
    },
    /** An order is placed; its fulfillment orders are made at once or a moment later, at `locationId`. */
    place: (order: SimOrder, locationId: string): void => {
      orders.set(String(order.number), order);
      const place = order.pickupLocation ?? locationId;
      if (random.chance(0.3)) {
        count('routed_later');
        agenda.after(random.int(1, 6) / 2, async () => route(order, place));
      } else route(order, place);
      notify(String(order.number), 'order');
    },
    /** The shopper or an agent takes units off an order; says how many. */
    cancelUnits: (order: SimOrder, lineId: string, quantity: number): number => {
      const canceled =
        order.model === undefined ? quantity : order.model.byHand.cancelUnits(lineId, quantity);
      order.canceled.set(lineId, (order.canceled.get(lineId) ?? 0) + canceled);
      touch(order);
      notify(String(order.number), 'order');
      return canceled;
    },
    /** Somebody did something to its fulfillment orders in the admin. */
    byHand: (order: SimOrder, act: (model: FulfillmentModel) => void): void => {
      if (order.model === undefined) return;
      act(order.model);
      touch(order);
      notify(String(order.number), 'fulfillment_order');
    },
    /** Units left by hand: Shopify tells of the order as well. */
    leftByHand: (order: SimOrder): void => {
      touch(order);
      notify(String(order.number), 'order');
    },
  };
}

function modelsOf(orders: Iterable<SimOrder>): ReadonlyMap<string, FulfillmentModel> {
  return new Map(
    [...orders].flatMap(({ number, model }) =>
      model === undefined
        ? [[String(number), createFulfillmentModel([])] as const]
        : [[String(number), model] as const],
    ),
  );
}

function numberOf(gid: unknown): string {
  return /(\d+)$/.exec(String(gid))?.[1] ?? '';
}

function page(nodes: readonly unknown[]): Fields {
  return { nodes, pageInfo: { hasNextPage: false, endCursor: null } };
}

function updatedOrders(orders: ReadonlyMap<string, SimOrder>, variables: Fields): Fields {
  const since = /'(.+)'/.exec(String(variables['query']))?.[1] ?? '';
  const from = Temporal.Instant.from(since);
  const found = [...orders.values()]
    .filter((one) => Temporal.Instant.compare(Temporal.Instant.from(one.updatedAt), from) >= 0)
    .map(({ number, updatedAt }) => ({ id: `gid://shopify/Order/${number}`, updatedAt }));
  return { orders: page(found) };
}

function wholeOf(orders: ReadonlyMap<string, SimOrder>, variables: Fields): Fields | null {
  const order = orders.get(numberOf(variables['id']));
  if (order === undefined) return null;
  const { number, placedAt, updatedAt, lines, model, pickupLocation, postalCode } = order;
  const seen = model?.observe();
  const openOf = (lineId: string, quantity: number) =>
    seen === undefined
      ? quantity - (order.canceled.get(lineId) ?? 0)
      : seen.parts
          .flatMap((part) => part.lines)
          .filter((line) => line.lineId === lineId)
          .reduce((sum, line) => sum + line.remaining, 0);
  const {
    lines: _l,
    fulfillmentOrders: _f,
    fulfillments: _s,
    ...rest
  } = wholeOrder({
    ...{ id: `gid://shopify/Order/${number}`, name: `#${number}`, createdAt: placedAt, updatedAt },
    ...{ checkoutToken: null, cartToken: null },
  });
  return {
    ...rest,
    shippingAddress: rest.shippingAddress && { ...rest.shippingAddress, zip: postalCode },
    shippingLines: {
      nodes:
        pickupLocation === undefined
          ? [
              {
                code: RATE,
                title: RATE,
                source: 'shopify',
                carrierIdentifier: null,
                deliveryCategory: null,
              },
            ]
          : [
              {
                code: 'store',
                title: 'store',
                source: 'shopify',
                carrierIdentifier: null,
                deliveryCategory: 'pick-up',
              },
            ],
    },
    lineItems: page(
      lines.map(({ lineId, sku, quantity }) =>
        lineNode(Number(lineId), {
          ...{ sku, quantity, unfulfilledQuantity: openOf(lineId, quantity) },
          variant: { id: `gid://shopify/ProductVariant/${Number(sku.slice(1)) + 1}` },
        }),
      ),
    ),
    fulfillmentOrders: page(
      (seen?.parts ?? []).map(({ id, status, locationId, method }) => ({
        ...{ id: `gid://shopify/FulfillmentOrder/${id}`, status, fulfillmentHolds: [] },
        assignedLocation: { location: { id: `gid://shopify/Location/${locationId}` } },
        deliveryMethod: { methodType: method },
      })),
    ),
    fulfillments: (seen?.fulfillments ?? []).map((one) => ({
      ...{ id: `gid://shopify/Fulfillment/${one.id}`, createdAt: one.createdAt },
      status: one.isCanceled ? 'CANCELLED' : 'SUCCESS',
      location: { id: `gid://shopify/Location/${one.locationId}` },
      fulfillmentLineItems: page(
        one.lines.map(({ lineId, quantity }, index) => ({
          ...{ id: `gid://shopify/FulfillmentLineItem/${one.id}${index}`, quantity },
          lineItem: { id: `gid://shopify/LineItem/${lineId}` },
        })),
      ),
    })),
  };
}

/** The merchant's rate that stands for our service. */
export const RATE = 'Standard';

function partsOf(orders: ReadonlyMap<string, SimOrder>, variables: Fields): Fields | null {
  const order = orders.get(numberOf(variables['id']));
  if (order === undefined) return null;
  const variants = new Map(
    order.lines.map(({ lineId, sku }) => [lineId, Number(sku.slice(1)) + 1]),
  );
  return {
    fulfillmentOrders: page(
      (order.model?.observe().parts ?? []).map((part) => ({
        status: part.status,
        assignedLocation: { location: { id: `gid://shopify/Location/${part.locationId}` } },
        deliveryMethod: { methodType: part.method },
        lineItems: page(
          part.lines.map(({ lineId, remaining }) => ({
            ...{ totalQuantity: remaining, remainingQuantity: remaining },
            variant: { id: `gid://shopify/ProductVariant/${variants.get(lineId)}` },
            lineItem: { id: `gid://shopify/LineItem/${lineId}` },
          })),
        ),
      })),
    ),
  };
}
