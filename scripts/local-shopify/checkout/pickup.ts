/**
 * Native local pickup: the stores Shopify itself offers for collection, as the merchant (or an app) has set them.
 *
 * A location is offered when pickup is enabled, it is in the buyer's country and stocks every line. Nearest first, as
 * far as postal codes tell; the option has no location id for an extension, only name and address.
 */
import type { PickupTime, SeedAddress, SeedLocation, ShopLanguage } from '../seed.ts';
import { type LocalShop, levelOf, variantOf } from '../shop.ts';
import type { CartLine } from '../state.ts';

/** Shopify lists a few near stores first and the rest behind a search; this is the first page. */
const STORES_SHOWN = 8;

export type PickupOffer = { location: SeedLocation; description: string };

/** Stores that can hand over this basket, nearest by postal code first. */
export function pickupOffers(
  shop: LocalShop,
  question: { lines: readonly CartLine[]; near: SeedAddress; language: ShopLanguage },
): PickupOffer[] {
  const offers: PickupOffer[] = [];
  for (const location of shop.seed.locations) {
    const settings = shop.state.localPickup[location.id];
    if (!settings || !location.isActive) continue;
    if (location.countryCode !== question.near.countryCode) continue;
    if (!question.lines.every((line) => isInStock(shop, line, location.id))) continue;
    const ready = PICKUP_TIME_WORDS[settings.pickupTime][question.language];
    const description = settings.instructions === '' ? ready : `${ready}. ${settings.instructions}`;
    offers.push({ location, description });
  }
  const nearness = (one: PickupOffer): number =>
    commonPrefix(compact(one.location.zip), compact(question.near.zip));
  return offers.sort((a, b) => nearness(b) - nearness(a)).slice(0, STORES_SHOWN);
}

function isInStock(shop: LocalShop, line: CartLine, locationId: number): boolean {
  const level = levelOf(shop, variantOf(shop, line.variantId).variant.inventoryItemId, locationId);
  return level !== undefined && level.available >= line.quantity;
}

const compact = (zip: string): string => zip.toUpperCase().replace(/[^A-Z0-9]/g, '');

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

/** Shopify's own words for each pickup time. */
export const PICKUP_TIME_WORDS: Readonly<
  Record<PickupTime, Readonly<Record<ShopLanguage, string>>>
> = {
  ONE_HOUR: {
    en: 'Usually ready in 1 hour',
    it: 'Di solito pronto in 1 ora',
    fr: 'Généralement prêt en 1 heure',
    de: 'Gewöhnlich in 1 Stunde fertig',
    es: 'Normalmente listo en 1 hora',
  },
  TWO_HOURS: {
    en: 'Usually ready in 2 hours',
    it: 'Di solito pronto in 2 ore',
    fr: 'Généralement prêt en 2 heures',
    de: 'Gewöhnlich in 2 Stunden fertig',
    es: 'Normalmente listo en 2 horas',
  },
  FOUR_HOURS: {
    en: 'Usually ready in 4 hours',
    it: 'Di solito pronto in 4 ore',
    fr: 'Généralement prêt en 4 heures',
    de: 'Gewöhnlich in 4 Stunden fertig',
    es: 'Normalmente listo en 4 horas',
  },
  TWENTY_FOUR_HOURS: {
    en: 'Usually ready in 24 hours',
    it: 'Di solito pronto in 24 ore',
    fr: 'Généralement prêt en 24 heures',
    de: 'Gewöhnlich in 24 Stunden fertig',
    es: 'Normalmente listo en 24 horas',
  },
  TWO_TO_FOUR_DAYS: {
    en: 'Usually ready in 2-4 days',
    it: 'Di solito pronto in 2-4 giorni',
    fr: 'Généralement prêt en 2 à 4 jours',
    de: 'Gewöhnlich in 2–4 Tagen fertig',
    es: 'Normalmente listo en 2-4 días',
  },
  FIVE_OR_MORE_DAYS: {
    en: 'Usually ready in 5+ days',
    it: 'Di solito pronto in 5 o più giorni',
    fr: 'Généralement prêt en 5 jours ou plus',
    de: 'Gewöhnlich in 5 oder mehr Tagen fertig',
    es: 'Normalmente listo en 5 días o más',
  },
};
