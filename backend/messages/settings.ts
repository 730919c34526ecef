/**
 * The policy section `messages`: what shoppers are told by e-mail, in whose name, and who hears of promises in danger.
 *
 * In: an unknown value. Out: the section with its defaults, or the first fault with the next step.
 */
import { z } from 'zod';
import { type Result, refuseInput } from '../base/result.ts';

/** The section's name. */
export const MESSAGES_SECTION = 'messages';

const email = z
  .string()
  .trim()
  .max(254, 'at most 254 characters')
  // One address, nothing that could end a header or add a recipient.
  .regex(/^[^\s@,;<>"']+@[^\s@,;<>"']+\.[^\s@,;<>"']+$/, 'an e-mail address, as ops@example.com');
const name = z
  .string()
  .trim()
  .max(120, 'at most 120 characters')
  .regex(/^[^\p{Cc}]*$/u, 'text without control characters');

const schema = z.strictObject({
  /** The order is confirmed with its date. */
  confirmed: z.boolean().default(true),
  /** A pickup is ready, with its code. */
  ready: z.boolean().default(true),
  /** The date was moved, with the new one. */
  moved: z.boolean().default(true),
  /** Who writes; empty: the shop's name. */
  senderName: name.default(''),
  /** Where answers go; absent: nowhere but the sender's address. */
  replyTo: email.optional(),
  /** Who is told of promises in danger; empty: nobody. */
  alertsTo: z.array(email).max(10, 'at most 10 addresses').default([]),
  /** The least time between two mails about promises in danger. */
  digestMinutes: z
    .int({ error: 'a whole number of minutes from 5 to 1440' })
    .min(5, 'a whole number of minutes from 5 to 1440')
    .max(1_440, 'a whole number of minutes from 5 to 1440')
    .default(60),
});

/** The section, defaults filled in. */
export type MessageSettings = z.output<typeof schema>;

/** A shop that decided nothing. */
export const DEFAULT_MESSAGES: MessageSettings = schema.parse({});

/** Reads the section. */
export function parseMessageSettings(value: unknown): Result<MessageSettings> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  return refuseInput({
    pointer: (issue?.path ?? []).map((step) => `/${String(step)}`).join(''),
    allowed: issue?.message ?? 'a section as docs/orders.md describes it',
    remedy: 'Correct the field and save again.',
  });
}
