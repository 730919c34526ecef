/**
 * The policy section `outcome`: when a merchant wants to hear of a promise in danger, and how its end is judged.
 *
 * Alerts are minutes before a milestone is due and minutes after it was missed. In: an unknown value. Out: the section with
 * its defaults, or the first fault with the next step.
 */
import { z } from 'zod';
import { type Result, refuseInput } from '../../base/result.ts';

/** The section's name. */
export const OUTCOME_SECTION = 'outcome';

const MOST_MINUTES = 30 * 24 * 60;
const minutes = z
  .int({ error: `a whole number of minutes from 0 to ${MOST_MINUTES}` })
  .min(0, `a whole number of minutes from 0 to ${MOST_MINUTES}`)
  .max(MOST_MINUTES, `a whole number of minutes from 0 to ${MOST_MINUTES}`);

const alert = (before: number, after: number) =>
  z
    .strictObject({ beforeMinutes: minutes.default(before), afterMinutes: minutes.default(after) })
    .prefault({});

const schema = z.strictObject({
  /** For each milestone: how long before it is due, and how long after it was missed, an alert runs. */
  alerts: z
    .strictObject({
      routing: alert(30, 0),
      claim: alert(30, 0),
      pick_start: alert(30, 0),
      departure: alert(60, 15),
      delivery: alert(720, 0),
    })
    .prefault({}),
  /** Opening minutes a store should have between its claim and the latest start of work. */
  claimLeadMinutes: minutes.default(30),
  /** Minutes the negotiation may take before the latest claim. */
  routingLeadMinutes: minutes.default(60),
  /** Minutes before the promised end at which work must begin when no place, and so no plan, is known. */
  unplacedLeadMinutes: minutes.default(2_880),
  /** How long a forecast stays later than the promise before the shopper is told another date. */
  moveAfterMinutes: minutes.default(15),
  /** Whether a date is moved at all without an agent. */
  movesDates: z.boolean().default(true),
  /** So many dates earlier than promised is too padded. */
  paddedDays: z.int().min(1, '1 to 60 days').max(60, '1 to 60 days').default(2),
  /** Opening days of the store that a ready pickup is kept. */
  pickupKeepDays: z.int().min(1, '1 to 90 days').max(90, '1 to 90 days').default(7),
  /** The shopper is reminded so many of those days before they end. */
  pickupReminderDays: z.int().min(0, '0 to 30 days').max(30, '0 to 30 days').default(2),
  /** How long after the promised end a carrier's word is waited for before the promise is settled without it. */
  settleAfterHours: z.int().min(0, '0 to 720 hours').max(720, '0 to 720 hours').default(48),
});

/** The section, defaults filled in. */
export type OutcomeSettings = z.output<typeof schema>;

/** A shop that decided nothing. */
export const DEFAULT_OUTCOME: OutcomeSettings = schema.parse({});

/** Reads the section. */
export function parseOutcomeSettings(value: unknown): Result<OutcomeSettings> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  return refuseInput({
    pointer: (issue?.path ?? []).map((step) => `/${String(step)}`).join(''),
    allowed: issue?.message ?? 'a section as docs/orders.md describes it',
    remedy: 'Correct the field and save again.',
  });
}
