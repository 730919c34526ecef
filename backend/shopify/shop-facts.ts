/**
 * What a shop is, as Shopify last told us: zone, currency, languages, plan; and what its plan lets us show.
 */
import { z } from 'zod';
import type { SetupItem } from './connector-store.ts';

/** The set-up item that holds the facts. */
export const SHOP_ITEM = 'shop';

const schema = z.object({
  shopGid: z.string(),
  name: z.string(),
  url: z.string(),
  /** IANA. */
  timeZone: z.string(),
  currency: z.string(),
  /** Shopify's public name of the plan, as `Basic`, `Grow`, `Advanced`, `Plus`, `Development`. */
  plan: z.string(),
  isPlus: z.boolean(),
  isDevelopment: z.boolean(),
  primaryLanguage: z.string(),
  /** Published languages, the primary one among them. */
  languages: z.array(z.string()),
});

export type ShopFacts = z.infer<typeof schema>;

/** The facts, from the stored set-up; undefined before the first provisioning. */
export function shopFactsOf(setup: ReadonlyMap<string, SetupItem>): ShopFacts | undefined {
  const parsed = schema.safeParse(setup.get(SHOP_ITEM)?.facts);
  return parsed.success ? parsed.data : undefined;
}

/** Two letters when the shop publishes one language; null when several: then dates are written in numbers. */
export function singleLanguage(facts: ShopFacts): string | null {
  const languages = new Set(facts.languages.map((locale) => locale.slice(0, 2).toLowerCase()));
  return languages.size === 1 ? facts.primaryLanguage.slice(0, 2).toLowerCase() : null;
}

/**
 * What the plan's name alone says. Carrier rates are not here: below Advanced they depend on billing and add-ons, so
 * only the probe can tell. Source: the plan table of Shopify's checkout extensions.
 */
export function planCapabilities(facts: ShopFacts): { checkout_ui: 'available' | 'unavailable' } {
  const isPlus = facts.isPlus || facts.isDevelopment || facts.plan === 'Plus Trial';
  return { checkout_ui: isPlus ? 'available' : 'unavailable' };
}
