/**
 * What the order endpoints of `/v1` read and answer, field by field.
 *
 * The envelope is checked whole, its rows one by one (order-rows.ts): a wrong order never blocks a right one. The OpenAPI
 * document is written from these schemas.
 */
import { z } from 'zod';
import { MAX_QUANTITY } from '../base/quantity.ts';

/** Most orders of one request: each is a transaction of its own. */
export const MOST_ORDERS = 100;
// More than any basket: Shopify's own orders hold at most 500 lines.
const MOST_LINES = 500;
const MOST_MINOR = Number.MAX_SAFE_INTEGER;

const CLEAN = /^(?! )[^\p{Cc}\p{Cs}]*(?<! )$/u;
const text = (most: number) =>
  z
    .string({ error: `text of 1 to ${most} characters` })
    .min(1, `text of 1 to ${most} characters`)
    .max(most, `text of 1 to ${most} characters`)
    .regex(CLEAN, 'text without control or broken characters and without blanks at its ends');
const instant = z.iso
  .datetime({ offset: true, error: 'an instant with offset, as 2026-11-30T16:30:00+01:00' })
  .regex(/^20/, 'an instant of the years 2000 to 2099');
const units = (least: number) =>
  z
    .int({ error: `a whole number from ${least} to ${MAX_QUANTITY}` })
    .min(least, `a whole number from ${least} to ${MAX_QUANTITY}`)
    .max(MAX_QUANTITY, `a whole number from ${least} to ${MAX_QUANTITY}`);
const money = z
  .int({ error: 'a whole number of minor units, as 4900 for 49.00' })
  .min(0, 'a whole number of minor units, 0 or more')
  .max(MOST_MINOR);

const address = z
  .strictObject({
    name: text(200).nullish().describe('Who gets the parcel.'),
    address1: text(255).nullish(),
    address2: text(255).nullish(),
    city: text(120).nullish(),
    province: text(40).nullish().describe('Its code, as MI.'),
    zip: text(20).nullish(),
    country: z
      .string({ error: 'a country code of two capitals, as IT' })
      .regex(/^[A-Z]{2}$/, 'a country code of two capitals, as IT'),
  })
  .describe('Where it goes; required unless it is collected.');

const line = z
  .strictObject({
    lineId: text(100).describe('Your own name of the line, unique in the order.'),
    sku: text(255).describe('The SKU, exactly as in the shop.'),
    quantity: units(1).describe('Units ordered.'),
    canceled: units(0).default(0).describe('Units of them that shall not be sent any more.'),
    unitPriceMinor: money.default(0).describe('Price of one unit in minor units.'),
    title: text(255).optional().describe('What people call it; the SKU when left out.'),
  })
  .refine((row) => row.canceled <= row.quantity, {
    path: ['canceled'],
    error: 'at most as many units as were ordered',
  });

/** One order of `POST /v1/orders`. */
export const postedOrderSchema = z
  .strictObject({
    externalId: text(120).describe('Your own name of the order, unique in this connection.'),
    name: text(120).optional().describe('What people call it; externalId when left out.'),
    placedAt: instant.describe('When the buyer placed it.'),
    updatedAt: instant.describe('When it last changed with you. Post it again with a later one.'),
    channel: text(120).optional().describe('The channel; this connection’s, else online.'),
    currency: z
      .string({ error: 'a currency code of three capitals, as EUR' })
      .regex(/^[A-Z]{3}$/, 'a currency code of three capitals, as EUR'),
    totalMinor: money.optional().describe('Its total; the sum of its lines when left out.'),
    isCanceled: z.boolean({ error: 'true or false' }).default(false).describe('All of it.'),
    hold: z
      .enum(['payment', 'fraud'], { error: 'payment, fraud, or left out' })
      .nullish()
      .describe('Why nobody may work on it yet.'),
    method: z.enum(['ship', 'pickup'], { error: 'ship or pickup' }).default('ship'),
    serviceCode: text(120)
      .optional()
      .describe(
        'The service it was sold with, by its code in Kept; left out: any that is in time.',
      ),
    pickupNodeId: text(255).optional().describe('The store it is collected at.'),
    address: address.optional(),
    email: z.email({ error: 'an e-mail address' }).max(254).nullish(),
    phone: text(40).nullish(),
    locale: text(20).nullish().describe('The buyer’s language, as it-IT.'),
    tags: z.array(text(255)).max(50).default([]),
    promisedOn: z.iso
      .date({ error: 'a day, as 2026-11-30' })
      .regex(/^20/, 'a day of the years 2000 to 2099')
      .optional()
      .describe('The day you promised the buyer; left out: Kept quotes it as of placedAt.'),
    reservationKey: text(200)
      .optional()
      .describe('The key of this connection’s reservation that becomes this order.'),
    lines: z
      .array(line)
      .min(1, `1 to ${MOST_LINES} lines`)
      .max(MOST_LINES, `1 to ${MOST_LINES} lines`)
      .describe('A line that is left out later is canceled.'),
  })
  .refine((row) => new Set(row.lines.map(({ lineId }) => lineId)).size === row.lines.length, {
    path: ['lines'],
    error: 'lines of different lineIds',
  });
export type PostedRow = z.output<typeof postedOrderSchema>;

/** The envelope. */
export const ordersEnvelope = z.strictObject({
  orders: z
    .array(z.unknown(), { error: 'a list of orders' })
    .min(1, `1 to ${MOST_ORDERS} orders`)
    .max(MOST_ORDERS, `1 to ${MOST_ORDERS} orders; send more in several requests`),
});

/** What became of one order. */
export const orderVerdictSchema = z.object({
  externalId: z.string().nullable().describe('As it was sent; null when it could not be read.'),
  verdict: z
    .enum(['accepted', 'unchanged', 'older', 'refused'])
    .describe(
      'accepted: stored, and being worked on. unchanged: known as it is. older: a later updatedAt is known. ' +
        'refused: nothing of it is stored; see code and detail.',
    ),
  code: z.string().optional().describe('Of a refusal: a stable snake_case code.'),
  detail: z.string().optional().describe('Of a refusal: what is wrong, allowed, and to do.'),
  pointer: z.string().optional().describe('Of a refusal: where in the body (RFC 6901).'),
});
export type OrderVerdict = z.output<typeof orderVerdictSchema>;

/** The answer to `POST /v1/orders`. */
export const ordersAnswerSchema = z.object({
  accepted: z.int(),
  unchanged: z.int().describe('Known as they are, or older than what is known.'),
  refused: z.int(),
  verdicts: z.array(orderVerdictSchema).describe('One an order, in the order of the request.'),
});
export type OrdersAnswer = z.output<typeof ordersAnswerSchema>;

const answeredUnits = z.array(z.object({ lineId: z.string(), sku: z.string(), quantity: z.int() }));

/** The answer to `GET /v1/orders/{externalId}`. */
export const orderAnswerSchema = z.object({
  externalId: z.string(),
  state: z.enum(['open', 'canceled', 'closed']),
  holdReason: z.string().nullable(),
  isWorkedIn: z.boolean().describe('false: what was posted last is still being worked in.'),
  promise: z
    .object({
      status: z.enum(['promised', 'changed', 'none']),
      promisedOn: z.string(),
      from: z.string(),
      to: z.string(),
      timeZone: z.string(),
    })
    .nullable()
    .describe('none: nobody promised it; this is what Kept holds it to.'),
  works: z
    .array(
      z.object({
        workId: z.string(),
        state: z.string(),
        nodeId: z.string().nullable().describe('null: no place is found yet.'),
        serviceCode: z.string().nullable(),
        unplacedReason: z.string().nullable(),
        holdReason: z.string().nullable(),
        plannedEnd: z.string().nullable(),
        lines: answeredUnits,
      }),
    )
    .describe('What nodes are asked to do.'),
  parcels: z.array(
    z.object({
      parcelId: z.string(),
      state: z.string(),
      carrier: z.string().nullable(),
      trackingNumber: z.string().nullable(),
      trackingUrl: z.string().nullable(),
      shippedAt: z.string().nullable(),
      deliveredAt: z.string().nullable(),
      lines: answeredUnits,
    }),
  ),
});
export type OrderAnswer = z.output<typeof orderAnswerSchema>;
