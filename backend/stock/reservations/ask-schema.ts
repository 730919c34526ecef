/**
 * What `/v1/reservations` reads and answers, field by field; the OpenAPI document is written from these very schemas.
 */
import { z } from 'zod';
import { HOLD_MINUTES, LONGEST_HOLD_MINUTES } from './reservations.ts';

const word = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'text without control or broken characters');
const INSTANT = z.iso
  .datetime({ offset: true })
  .regex(/^20/, 'an instant of the years 2000 to 2099');

/** A body of `POST /v1/reservations`. */
export const reservationAskSchema = z.strictObject({
  key: word
    .max(200)
    .describe(
      'Your name for what you reserve: the same again extends it, or replaces what it holds.',
    ),
  channel: word
    .optional()
    .describe(
      'The channel the units are sold on; may be left out where the connection is bound to one.',
    ),
  customerTags: z
    .array(word)
    .max(250)
    .default([])
    .describe('Tags of the buyer: units of their quotas are taken first.'),
  lines: z
    .array(z.strictObject({ sku: word, quantity: z.int().min(1).max(1_000_000) }))
    .min(1)
    .max(500),
  capacity: z
    .strictObject({
      nodeId: word,
      date: z.iso.date().regex(/^20/, 'a day of the years 2000 to 2099'),
    })
    .optional()
    .describe(
      'A place in a node’s day: one order and its units, up to ordersPerDay and unitsPerDay.',
    ),
  slot: z
    .strictObject({ nodeId: word, startsAt: INSTANT })
    .optional()
    .describe(
      'A pickup slot: the instant of a store-pickup option as it was quoted, a whole quarter hour.',
    ),
});

/** What is answered while it holds, and when it was given back. */
export const reservationAnswerSchema = z.strictObject({
  reservationId: z.string(),
  state: z.enum(['pending', 'posted', 'voided', 'expired']),
  expiresAt: INSTANT.describe(
    `From here on it counts no more: ${HOLD_MINUTES} minutes after the last request, at most ${LONGEST_HOLD_MINUTES} after the first.`,
  ),
});
