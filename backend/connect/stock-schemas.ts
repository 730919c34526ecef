/**
 * What the stock endpoints of `/v1` read and answer, field by field.
 *
 * The envelope of a batch is checked whole; its rows are checked one by one (stock-rows.ts), so that a wrong row never
 * blocks a right one. The OpenAPI document is written from these very schemas (openapi.ts), descriptions included.
 */
import { z } from 'zod';
import { MAX_QUANTITY } from '../base/quantity.ts';

/** Most rows of one request: 10,000 are booked in a fifth of a second; more is sent in several requests. */
export const MOST_ROWS = 10_000;

/** Most bytes of one body, unpacked: 10,000 rows of 800 bytes, three times what rows have. */
export const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

/** What of a SKU's stock at a node is meant. */
export const STOCK_TYPES = [
  'on_hand',
  'incoming',
  'damaged',
  'quality_control',
  'not_found',
  'recount',
] as const;

const CLEAN_ID = /^(?! )[^\p{Cc}\p{Cs}]*(?<! )$/u;
const id = (most: number) =>
  z
    .string({ error: `text of 1 to ${most} characters` })
    .min(1, `text of 1 to ${most} characters`)
    .max(most, `text of 1 to ${most} characters`)
    .regex(CLEAN_ID, 'text without control or broken characters and without blanks at its ends');

const instant = z.iso
  .datetime({ offset: true, error: 'an instant with offset, as 2026-11-30T16:30:00+01:00' })
  .regex(/^20/, 'an instant of the years 2000 to 2099');
const day = z.iso
  .date({ error: 'a day, as 2026-11-30' })
  .regex(/^20/, 'a day of the years 2000 to 2099');

const eventId = id(200).describe(
  'Your own name of the event, unique in this connection; sent again it is booked once.',
);
const sku = id(255).describe('The SKU, exactly as in the shop.');
const nodeId = id(255).describe('The node (warehouse, store) by its id in Kept.');
const type = z
  .enum(STOCK_TYPES, { error: `one of ${STOCK_TYPES.join(', ')}` })
  .default('on_hand')
  .describe('Which stock is meant: on hand, incoming, or a kind of unavailable.');
const reason = id(120).describe('Why, in your words; shown in the ledger.');
const signed = z
  .int({ error: `a whole number from -${MAX_QUANTITY} to ${MAX_QUANTITY}` })
  .min(-MAX_QUANTITY)
  .max(MAX_QUANTITY);
const counted = z
  .int({ error: `a whole number from 0 to ${MAX_QUANTITY}` })
  .min(0, `a whole number from 0 to ${MAX_QUANTITY}`)
  .max(MAX_QUANTITY, `a whole number from 0 to ${MAX_QUANTITY}`);

const lot = z
  .strictObject({
    reference: id(120).describe('Purchase order, transfer or the like; one lot a reference.'),
    expectedAt: instant.optional().describe('When it can be worked on, to the minute.'),
    expectedOn: day.optional().describe('Or the day it arrives; usable from the next.'),
  })
  .refine((row) => (row.expectedAt === undefined) !== (row.expectedOn === undefined), {
    error: 'either expectedAt (an instant) or expectedOn (a day, as 2026-11-30)',
  })
  .describe('Only for type incoming, and there required.');

const lotFits = (row: { readonly type: string; readonly lot?: object | undefined }) =>
  (row.type === 'incoming') === (row.lot !== undefined);
const LOT_PROBLEM = { path: ['lot'], error: 'a lot for type incoming, none for any other type' };
const countFits = (row: { readonly kind: string; readonly quantity: number }) =>
  row.kind === 'delta' || row.quantity >= 0;
const COUNT_PROBLEM = {
  path: ['quantity'],
  error: `a whole number from 0 to ${MAX_QUANTITY}: a count is never negative`,
};

/** One event of `POST /v1/stock/movements`. */
export const movementSchema = z
  .strictObject({
    eventId,
    kind: z
      .enum(['delta', 'count'], { error: 'delta or count' })
      .default('delta')
      .describe('delta: so many more or fewer. count: so many there were, at occurredAt.'),
    type,
    sku,
    nodeId,
    quantity: signed.describe('Whole units. Negative takes away; a count is 0 or more.'),
    reason: reason.default('movement'),
    occurredAt: instant.describe('When it happened in your system; at most a day ahead.'),
    lot: lot.optional(),
  })
  .refine(lotFits, LOT_PROBLEM)
  .refine(countFits, COUNT_PROBLEM);
export type MovementRow = z.output<typeof movementSchema>;

/** One row of `POST /v1/stock/snapshots`. */
export const snapshotRowSchema = z
  .strictObject({
    sku,
    type,
    quantity: counted.describe('Whole units counted.'),
    reason: reason.default('snapshot'),
    lot: lot.optional(),
  })
  .refine(lotFits, LOT_PROBLEM);
export type SnapshotRow = z.output<typeof snapshotRowSchema>;

const rows = (what: string) =>
  z
    .array(z.unknown(), { error: `a list of ${what}` })
    .min(1, `1 to ${MOST_ROWS} ${what}`)
    .max(MOST_ROWS, `1 to ${MOST_ROWS} ${what}; send more in several requests`);

/** The envelope of movements; the rows are checked one by one. */
export const movementsEnvelope = z.strictObject({ events: rows('events') });

/** The envelope of a snapshot of one node. */
export const snapshotEnvelope = z.strictObject({
  snapshotId: id(120).describe('Your own name of this count; the same name is booked once.'),
  nodeId,
  takenAt: instant.describe('When it was counted. A later movement stays on top of it.'),
  isFull: z
    .boolean({ error: 'true or false' })
    .default(false)
    .describe('true: every SKU that is not named has no units on hand at this node.'),
  rows: rows('rows'),
});
export type SnapshotEnvelope = z.output<typeof snapshotEnvelope>;

/** What became of one row. */
export const verdictSchema = z.object({
  eventId: z.string().nullable().describe('As it was sent; null when it could not be read.'),
  verdict: z
    .enum(['booked', 'duplicate', 'superseded', 'refused'])
    .describe(
      'booked: it counts. duplicate: it was booked before. superseded: booked, and a later count of the same stock ' +
        'already outweighs it. refused: it does not count; see code and detail.',
    ),
  code: z.string().optional().describe('Of a refusal: a stable snake_case code.'),
  detail: z
    .string()
    .optional()
    .describe('Of a refusal: what is wrong, what is allowed, what to do.'),
  pointer: z.string().optional().describe('Of a refusal: where in the body (RFC 6901).'),
});
export type RowVerdict = z.output<typeof verdictSchema>;

/** The answer to a batch. */
export const batchAnswerSchema = z.object({
  booked: z.int(),
  duplicate: z.int(),
  superseded: z.int(),
  refused: z.int(),
  verdicts: z.array(verdictSchema).describe('One a row, in the order of the request.'),
});
export type BatchAnswer = z.output<typeof batchAnswerSchema>;

const list = z.string().transform((text) => text.split(',').filter((part) => part !== ''));

/** `GET /v1/stock/sellable`. */
export const sellableQuery = z.strictObject({
  channel: id(120).describe('The channel’s code, as in the shop’s policy.'),
  sku: list
    .pipe(z.array(id(255)).max(200))
    .optional()
    .describe('Only these SKUs, with commas between; at most 200.'),
  cursor: z
    .string()
    .max(600)
    .optional()
    .describe('What the last answer said: only what changed since.'),
  limit: z.coerce.number().int().min(1).max(5_000).default(1_000),
  explain: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('true: each figure with the lines that led to it.'),
});
export type SellableQuery = z.output<typeof sellableQuery>;

/** The answer of `GET /v1/stock/sellable`. */
export const sellableAnswerSchema = z.object({
  channel: z.string(),
  figures: z.array(
    z.object({
      sku: z.string(),
      units: z.int().describe('What the channel may sell now.'),
      explanation: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
  cursor: z.string().describe('Give it with the next request.'),
  hasMore: z.boolean().describe('true: ask again at once; false: nothing more changed.'),
});
export type SellableAnswer = z.output<typeof sellableAnswerSchema>;

/** `GET /v1/stock/movements`: all, or the history of one SKU at one node. */
export const movementsQuery = z
  .strictObject({
    sku: id(255).optional().describe('With nodeId: the history of this SKU at that node.'),
    nodeId: id(255).optional().describe('With sku.'),
    cursor: z
      .string()
      .regex(/^\d{1,18}$/, 'the cursor of an earlier answer')
      .optional()
      .describe('What the last answer said.'),
    limit: z.coerce.number().int().min(1).max(1_000).default(100),
  })
  .refine((query) => (query.sku === undefined) === (query.nodeId === undefined), {
    path: ['nodeId'],
    error: 'sku and nodeId together, or neither',
  });
export type MovementsQuery = z.output<typeof movementsQuery>;

/** The answer of `GET /v1/stock/movements`: a page of the ledger. */
export const movementsAnswerSchema = z.object({
  movements: z.array(
    z.object({
      source: z.string().describe('The connection’s id, shopify, import …'),
      eventId: z.string(),
      kind: z.enum(['delta', 'count']),
      type: z.enum(STOCK_TYPES),
      sku: z.string(),
      nodeId: z.string(),
      quantity: z.int().describe('As it was stated.'),
      delta: z.int().describe('What it changed; a later correction is a row of its own.'),
      reason: z.string(),
      actor: z.string(),
      occurredAt: z.iso.datetime(),
      bookedAt: z.iso.datetime(),
    }),
  ),
  cursor: z.string().describe('Give it with the next request; empty after the last page.'),
});
export type MovementsAnswer = z.output<typeof movementsAnswerSchema>;
