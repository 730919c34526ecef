/**
 * What `POST /v1/tracking` reads and answers, field by field.
 *
 * The envelope is checked whole, its rows one by one (tracking.ts). The OpenAPI document is written from these schemas.
 */
import { z } from 'zod';
import { TRACKING_KINDS } from '../orders/outcome/tracking/tracking.ts';

/** Most events of one request: a carrier's poll of a day's parcels comes in several. */
export const MOST_TRACKING_EVENTS = 1_000;

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

/** One event of `POST /v1/tracking`. */
export const trackingEventSchema = z.strictObject({
  eventId: text(200).describe('Your own name of the event, unique in this connection.'),
  trackingNumber: text(120).describe('The parcel’s number, in capitals or not.'),
  kind: z
    .enum(TRACKING_KINDS, { error: `one of ${TRACKING_KINDS.join(', ')}` })
    .describe('What happened to the parcel.'),
  occurredAt: instant.describe('When it happened; at most a day ahead.'),
  expectedAt: instant
    .optional()
    .describe('When the carrier now expects to deliver it, when it says so.'),
});
export type TrackingRow = z.output<typeof trackingEventSchema>;

/** The envelope. */
export const trackingEnvelope = z.strictObject({
  events: z
    .array(z.unknown(), { error: 'a list of events' })
    .min(1, `1 to ${MOST_TRACKING_EVENTS} events`)
    .max(
      MOST_TRACKING_EVENTS,
      `1 to ${MOST_TRACKING_EVENTS} events; send more in several requests`,
    ),
});

/** What became of one event. */
export const trackingVerdictSchema = z.object({
  eventId: z.string().nullable().describe('As it was sent; null when it could not be read.'),
  verdict: z
    .enum(['booked', 'duplicate', 'refused'])
    .describe('refused: kept to be tried again; see code and detail.'),
  code: z.string().optional().describe('Of a refusal: a stable snake_case code.'),
  detail: z.string().optional().describe('Of a refusal: what is wrong, allowed, and to do.'),
  pointer: z.string().optional().describe('Of a refusal: where in the body (RFC 6901).'),
});
export type TrackingRowVerdict = z.output<typeof trackingVerdictSchema>;

/** The answer to `POST /v1/tracking`. */
export const trackingAnswerSchema = z.object({
  booked: z.int(),
  duplicate: z.int(),
  refused: z.int(),
  verdicts: z.array(trackingVerdictSchema).describe('One an event, in the order of the request.'),
});
export type TrackingAnswer = z.output<typeof trackingAnswerSchema>;
