/**
 * The policy section `fulfillment`: how Shopify's fulfillment orders follow our works.
 */
import { z } from 'zod';
import { type Result, refuseInput } from '../../base/result.ts';

/** Name of the section. */
export const FULFILLMENT_SECTION = 'fulfillment';

const schema = z.strictObject({
  /** Shopify writes to the shopper when a parcel leaves. Pickups have a message of their own. */
  notifiesShopper: z.boolean().default(true),
  /** A store's start is reported to Shopify, so that nobody moves the work in its admin. */
  reportsProgress: z.boolean().default(true),
  /** The latest start of a work is written to Shopify as its deadline. */
  setsDeadlines: z.boolean().default(true),
  /** The shop has the custom app with the location-rules Function: Kept writes it the ranks of its locations. */
  ranksLocations: z.boolean().default(false),
});

/** The section, defaults filled in. */
export type FulfillmentSettings = z.output<typeof schema>;

/** A shop that decided nothing. */
export const DEFAULT_FULFILLMENT: FulfillmentSettings = schema.parse({});

/** Reads the section; refuses the first fault. */
export function parseFulfillmentSettings(value: unknown): Result<FulfillmentSettings> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  return refuseInput({
    pointer: (issue?.path ?? []).map((step) => `/${String(step)}`).join(''),
    allowed: issue?.message ?? 'true or false for each of its fields',
    remedy: 'Correct the field and save again.',
  });
}
