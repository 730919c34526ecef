/**
 * Is one order that another system posts one of ours to send?
 *
 * In: a row as it was sent, what the shop knows and what the connection may speak of. Out: the order in our words, or why
 * not: the first fault, by place, value, what is allowed and what to do. Pure.
 */
import { MAX_QUANTITY } from '../base/quantity.ts';
import type { PostedOrder } from '../orders/posted/posted.ts';
import { type PostedRow, postedOrderSchema } from './order-schemas.ts';
import { invalidRow, type RowRefusal } from './stock-rows.ts';

/** What orders are checked against. */
export type OrderRules = {
  readonly hasSku: (sku: string) => boolean;
  readonly hasNode: (nodeId: string) => boolean;
  readonly hasService: (serviceCode: string) => boolean;
  /** The one channel the connection may speak for; null: any. */
  readonly channel: string | null;
  readonly nodeIds: readonly string[];
  /** Nothing is placed after this instant. */
  readonly latest: Temporal.Instant;
};

/** A row that was checked. */
export type CheckedOrder =
  | { readonly externalId: string; readonly order: PostedOrder }
  | { readonly externalId: string | null; readonly refusal: RowRefusal };

/** Where an order goes that no channel was named for. */
const DEFAULT_CHANNEL = 'online';

/** One order of `POST /v1/orders`; its place is its index in the request. */
export function checkOrder(row: unknown, place: number, rules: OrderRules): CheckedOrder {
  const at = `/orders/${place}`;
  const parsed = postedOrderSchema.safeParse(row);
  if (!parsed.success) {
    return { externalId: externalIdOf(row), refusal: invalidRow(parsed.error, row, at) };
  }
  const order = parsed.data;
  const refusal = faultOf(order, at, rules);
  if (refusal !== undefined) return { externalId: order.externalId, refusal };
  return { externalId: order.externalId, order: toPosted(order, rules) };
}

type Check = (order: PostedRow, rules: OrderRules) => RowRefusal | undefined;

// By urgency of what the caller has to correct; the first that fails is told.
const CHECKS: readonly Check[] = [
  ({ channel }, rules) =>
    channel === undefined || rules.channel === null || rules.channel === channel
      ? undefined
      : {
          code: 'foreign_channel',
          pointer: '/channel',
          detail: `This connection may speak of ${rules.channel}, not of ${channel}. Leave channel out, or let the merchant widen it.`,
        },
  ({ placedAt }, { latest }) =>
    Temporal.Instant.compare(placedAt, latest) <= 0
      ? undefined
      : {
          code: 'future_order',
          pointer: '/placedAt',
          detail: `It says ${placedAt}, allowed is up to ${latest}. Correct the instant or your clock.`,
        },
  // One that lies ahead would outweigh every later word of the order.
  ({ updatedAt }, { latest }) =>
    Temporal.Instant.compare(updatedAt, latest) <= 0
      ? undefined
      : {
          code: 'future_order',
          pointer: '/updatedAt',
          detail: `It says ${updatedAt}, allowed is up to ${latest}. Correct the instant or your clock.`,
        },
  ({ method, address }) =>
    method === 'pickup' || address !== undefined
      ? undefined
      : {
          code: 'no_address',
          pointer: '/address',
          detail:
            'An order that is shipped needs an address with at least its country. Send it, or say method pickup.',
        },
  ({ method, pickupNodeId }) =>
    method === 'ship' || pickupNodeId !== undefined
      ? undefined
      : {
          code: 'no_pickup_node',
          pointer: '/pickupNodeId',
          detail: 'An order that is collected needs the store’s id in Kept. Send pickupNodeId.',
        },
  ({ pickupNodeId }, { hasNode }) =>
    pickupNodeId === undefined || hasNode(pickupNodeId)
      ? undefined
      : {
          code: 'unknown_node',
          pointer: '/pickupNodeId',
          detail: `The shop has no node ${pickupNodeId}. Correct it, or add the node and post again.`,
        },
  ({ pickupNodeId }, { nodeIds }) =>
    pickupNodeId === undefined || nodeIds.length === 0 || nodeIds.includes(pickupNodeId)
      ? undefined
      : {
          code: 'foreign_node',
          pointer: '/pickupNodeId',
          detail: `This connection may speak of ${nodeIds.join(', ')}, not of ${pickupNodeId}. Let the merchant widen it.`,
        },
  ({ serviceCode }, { hasService }) =>
    serviceCode === undefined || serviceCode.startsWith('pp:') || hasService(serviceCode)
      ? undefined
      : {
          code: 'unknown_service',
          pointer: '/serviceCode',
          detail: `The shop has no service ${serviceCode}. Correct it, or leave it out for any that is in time.`,
        },
  // What no order of goods is; sums of it would be beyond exact numbers.
  ({ lines }) => {
    const units = lines.reduce((sum, { quantity }) => sum + quantity, 0);
    return units <= MAX_QUANTITY
      ? undefined
      : {
          code: 'invalid_row',
          pointer: '/lines',
          detail: `Its lines are ${units} units, allowed are ${MAX_QUANTITY} in all. Correct the quantities.`,
        };
  },
  ({ lines }) => {
    const minor = lines.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor, 0);
    return minor <= Number.MAX_SAFE_INTEGER
      ? undefined
      : {
          code: 'invalid_row',
          pointer: '/lines',
          detail: `Its lines are worth ${minor} minor units, allowed are ${Number.MAX_SAFE_INTEGER} in all. Correct the prices or quantities.`,
        };
  },
  ({ lines }, { hasSku }) => {
    const index = lines.findIndex(({ sku }) => !hasSku(sku));
    const sku = lines[index]?.sku;
    return sku === undefined
      ? undefined
      : {
          code: 'unknown_sku',
          pointer: `/lines/${index}/sku`,
          detail: `The shop has no SKU ${sku}. Correct it, or add the product in Shopify and post the order again.`,
        };
  },
];

function faultOf(order: PostedRow, at: string, rules: OrderRules): RowRefusal | undefined {
  for (const check of CHECKS) {
    const fault = check(order, rules);
    if (fault !== undefined) return { ...fault, pointer: `${at}${fault.pointer}` };
  }
  return undefined;
}

function toPosted(row: PostedRow, rules: OrderRules): PostedOrder {
  const lines = row.lines.map(({ title, ...line }) => ({ ...line, title: title ?? line.sku }));
  const sum = lines.reduce((total, line) => total + line.unitPriceMinor * line.quantity, 0);
  const isShipped = row.method === 'ship';
  return {
    ...said(row),
    externalId: row.externalId,
    name: row.name ?? row.externalId,
    channel: row.channel ?? rules.channel ?? DEFAULT_CHANNEL,
    placedAt: Temporal.Instant.from(row.placedAt).toString(),
    updatedAt: Temporal.Instant.from(row.updatedAt).toString(),
    totalMinor: row.totalMinor ?? sum,
    serviceCode: (isShipped ? row.serviceCode : undefined) ?? null,
    pickupNodeId: (isShipped ? undefined : row.pickupNodeId) ?? null,
    address: row.address === undefined ? null : toAddress(row.address),
    lines,
  };
}

// What a row leaves out, or says is null, is not said.
function said(row: PostedRow) {
  const { currency, isCanceled, method, tags } = row;
  const { hold = null, email = null, phone = null, locale = null } = row;
  const { promisedOn = null, reservationKey = null } = row;
  return {
    currency,
    isCanceled,
    method,
    tags,
    hold,
    email,
    phone,
    locale,
    promisedOn,
    reservationKey,
  };
}

function toAddress(address: NonNullable<PostedRow['address']>) {
  const { name, address1, address2, city, province, zip, country } = address;
  return {
    name: name ?? null,
    address1: address1 ?? null,
    address2: address2 ?? null,
    city: city ?? null,
    province: province ?? null,
    zip: zip ?? null,
    country,
  };
}

function externalIdOf(row: unknown): string | null {
  const value: unknown = Object(row).externalId;
  return typeof value === 'string' && value.length <= 120 ? value : null;
}
