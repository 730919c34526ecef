/**
 * What does the checkout extension say under each option, when the rate beside it already shows a date?
 *
 * In: the options checkout shows, today's quotes, and what the date owner of each option showed. Out: the answer of
 * `POST /api/promise/checkout` as plain facts.
 * Invariant (platform decision 3): one date owner per option. For a rate of ours the date is the one its callback
 * receipt holds; order-by, parcels and CO2 are added when today's quote still gives that very date; where our rate
 * showed no date, nothing is said. For a merchant's own rate bound to a service, today's quote is the date, and the
 * same date goes into the cart metafield that the Function reads. Store pickup has no rate: today's quote speaks.
 */
import type { Quote, QuotedOption } from './quote.ts';
import type { PromisedOption } from './receipt.ts';

/** One option as said to the shopper; instants ISO. */
export type SaidOption = {
  readonly code: string;
  readonly promise: PromisedOption & {
    readonly window: { readonly from: string; readonly to: string };
    readonly promisedOn: string;
    readonly timeZone: string;
  };
  /** Today's option with the same window: what order-by, CO2 and parcels are read from. */
  readonly today: QuotedOption | undefined;
};

/** What is known about one checkout. */
export type CheckoutFacts = {
  /** Codes of the shipping options shown. */
  readonly codes: readonly string[];
  readonly quote: Quote;
  /** `quote.options` as promised. */
  readonly quoted: readonly PromisedOption[];
  /** What our callback showed for this basket and address, by code. */
  readonly shown: ReadonlyMap<string, PromisedOption>;
  /** The merchant's own rates: code → service. */
  readonly bindings: ReadonlyMap<string, string>;
  /** Codes of our own services. */
  readonly isOwnCode: (code: string) => boolean;
  /** ISO instant of the clock. */
  readonly now: string;
};

/** The options that may be said something about, in the order shown. */
export function sayOptions(facts: CheckoutFacts): SaidOption[] {
  return facts.codes.flatMap((code) => sayOption(facts, code) ?? []);
}

function sayOption(facts: CheckoutFacts, code: string): SaidOption | undefined {
  const serviceCode = facts.isOwnCode(code) ? code : facts.bindings.get(code);
  if (serviceCode === undefined) return undefined;
  const index = facts.quote.options.findIndex((option) => option.serviceCode === serviceCode);
  const today = facts.quote.options[index];
  const quoted = facts.quoted[index];
  const owned = facts.isOwnCode(code) ? facts.shown.get(code) : quoted;
  if (owned === undefined || !isDated(owned) || hasEnded(owned, facts.now)) return undefined;
  const isSame = quoted?.window?.to === owned.window.to && quoted.window.from === owned.window.from;
  return { code, promise: owned, today: isSame ? today : undefined };
}

function isDated(option: PromisedOption): option is SaidOption['promise'] {
  return option.window !== null && option.promisedOn !== null && option.timeZone !== null;
}

// What was shown binds an order only until then; said longer it would be a promise we do not keep.
function hasEnded(option: PromisedOption, now: string): boolean {
  return option.validUntil !== null && Temporal.Instant.compare(option.validUntil, now) <= 0;
}

/** Pickup locations with one key cannot be told apart by the extension: all of them are left out. */
export function withoutAmbiguous<Place extends { readonly key: string }>(
  places: readonly Place[],
): Place[] {
  const counts = new Map<string, number>();
  for (const { key } of places) counts.set(key, (counts.get(key) ?? 0) + 1);
  return places.filter(({ key }) => counts.get(key) === 1);
}
