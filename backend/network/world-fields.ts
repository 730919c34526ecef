/**
 * The kinds of single values that worlds are written with: names, instants, days, whole numbers.
 *
 * One zod schema each, shared by `world.ts` and `world-policy.ts`; what may stand there is said in the
 * words that a refusal shows. Meaning and ranges: docs/cli.md, "Conventions".
 */
import { z } from 'zod';

/** As long as a Shopify SKU may be. */
export const id = z.string().min(1).max(255);
export const country = z
  .string()
  .regex(/^[A-Z]{2}$/, 'a two-letter ISO 3166 country code in capitals, as IT');
export const day = z.iso.date();
const INSTANT =
  /^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const AN_INSTANT =
  'an instant from 2000 to 2099 in ISO 8601 with offset or Z, as 2026-11-30T10:00:00+01:00';
export const instant = z
  .string()
  .regex(INSTANT, { error: AN_INSTANT, abort: true })
  .refine(isRealInstant, { error: AN_INSTANT });

/** False for 30 February and the like, which the pattern lets through. */
function isRealInstant(text: string): boolean {
  try {
    Temporal.Instant.from(text);
    return true;
  } catch {
    return false;
  }
}

export const timeOfDay = z
  .string()
  .regex(/^([0-3]\d|4[0-7]):[0-5]\d$/, 'a time of day HH:MM between 00:00 and 47:59');
export const whole = z.int().min(0).max(1_000_000_000);
export const latitude = z.number().min(-90).max(90);
export const longitude = z.number().min(-180).max(180);
