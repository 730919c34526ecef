/**
 * One work, asked of several stores: who gets it, who is told what?
 *
 * Words and answers of offers. An offer is open until its instant, and is then won, lost, refused, timed out or withdrawn,
 * once. A refusal has a reason, and each reason says what it means for the store's stock.
 * Invariants: at most one offer of a work is won; who refused a work or let it time out is not asked for it again.
 */
import type { Result } from '../../base/result.ts';
import type { Snapshot } from '../../network/snapshot.ts';
import type { Work } from '../works/store.ts';

/** What may have become of an offer. All but `open` are final. */
export const OFFER_STATES = ['open', 'won', 'lost', 'refused', 'timed_out', 'withdrawn'] as const;
export type OfferState = (typeof OFFER_STATES)[number];

/** One offer as stored; instants are ISO text. */
export type Offer = {
  readonly offerId: string;
  readonly workId: string;
  readonly orderId: string;
  readonly nodeId: string;
  readonly wave: number;
  readonly state: OfferState;
  readonly sentAt: string;
  /** Exclusive: an answer at this instant is late. */
  readonly expiresAt: string;
  readonly reason: string | null;
  readonly answeredAt: string | null;
  readonly actor: string;
};

/**
 * What a refusal means for the units of the store: nothing, these are missing or damaged, or nothing is left at all.
 */
export type StockEffect = 'none' | 'not_found' | 'damaged' | 'nothing_left';

/** Why a store says no, and what it means for its stock. */
export const REFUSAL_REASONS = {
  too_busy: 'none',
  closing: 'none',
  cannot_send: 'none',
  other: 'none',
  not_found: 'not_found',
  damaged: 'damaged',
  nothing_left: 'nothing_left',
} as const satisfies Readonly<Record<string, StockEffect>>;
export type RefusalReason = keyof typeof REFUSAL_REASONS;

/** Units that are not as the ledger says. */
export type AmissUnits = { readonly sku: string; readonly quantity: number };

/** Why an offer is not to be had. `at` is an ISO instant. */
export type OfferRefusal =
  | { readonly code: 'not_your_offer'; readonly offerId: string }
  | {
      readonly code: 'already_claimed';
      readonly offerId: string;
      readonly wonBy: string;
      readonly at: string;
    }
  | { readonly code: 'expired'; readonly offerId: string; readonly at: string }
  | { readonly code: 'withdrawn'; readonly offerId: string; readonly at: string }
  | { readonly code: 'refused_before'; readonly offerId: string; readonly at: string }
  | { readonly code: 'no_stock'; readonly offerId: string; readonly skus: readonly string[] }
  | { readonly code: 'already_begun'; readonly offerId: string; readonly state: string };

/** An offer with the work it is about, as one statement saw them. */
export type OfferedWork = {
  readonly offer: Offer;
  readonly work: Pick<
    Work,
    'workId' | 'state' | 'negotiation' | 'nodeId' | 'claimedAt' | 'holdReason' | 'version'
  >;
};

/** What a claim of this offer would be now. `again`: the store has it already. */
export type ClaimVerdict = Result<'open' | 'again', OfferRefusal>;

/** May `nodeId` take this offer at `at` (ISO instant)? */
export function decideClaim(
  seen: OfferedWork | undefined,
  {
    offerId,
    nodeId,
    at,
  }: { readonly offerId: string; readonly nodeId: string; readonly at: string },
): ClaimVerdict {
  // A foreign store's offer and one that does not exist look the same: nothing is told about either.
  if (seen === undefined || seen.offer.nodeId !== nodeId) {
    return { ok: false, refusal: { code: 'not_your_offer', offerId } };
  }
  const { offer, work } = seen;
  if (offer.state === 'won' && work.negotiation === 'claimed' && work.nodeId === nodeId) {
    return { ok: true, value: 'again' };
  }
  if (offer.state !== 'open') return { ok: false, refusal: endOf(seen, at) };
  if (compareInstants(at, offer.expiresAt) >= 0) {
    return { ok: false, refusal: { code: 'expired', offerId, at: offer.expiresAt } };
  }
  if (work.negotiation === 'offered' && work.holdReason === null)
    return { ok: true, value: 'open' };
  // Between two statements of the same change nobody looks; a work that is held is not to be had until it is let go.
  return { ok: false, refusal: { code: 'withdrawn', offerId, at } };
}

/** Why an offer that is not open any more, or late at `now`, is not to be had. */
export function endOf({ offer, work }: OfferedWork, now: string): OfferRefusal {
  const { offerId } = offer;
  const at = offer.answeredAt ?? now;
  switch (offer.state) {
    case 'lost':
      return {
        code: 'already_claimed',
        offerId,
        wonBy: offer.reason ?? work.nodeId ?? '',
        at,
      };
    case 'open':
    case 'timed_out':
      return { code: 'expired', offerId, at: offer.expiresAt };
    case 'refused':
      return offer.reason === NO_STOCK
        ? { code: 'no_stock', offerId, skus: [] }
        : { code: 'refused_before', offerId, at };
    default:
      return { code: 'withdrawn', offerId, at };
  }
}

/** Reason of an offer that ended because the store's units were gone when it claimed. */
export const NO_STOCK = 'no_stock';

/** Which of two instants is later, both ISO text of any precision: above 0 the first. */
export function compareInstants(a: string, b: string): number {
  return Temporal.Instant.compare(a, b);
}

/** Units of sold SKUs as units of what is stocked: kits by their components. */
export function amissUnits(
  snapshot: Snapshot | undefined,
  lines: readonly AmissUnits[],
): ReadonlyMap<string, number> {
  const units = new Map<string, number>();
  const add = (sku: string, quantity: number) => units.set(sku, (units.get(sku) ?? 0) + quantity);
  for (const { sku, quantity } of lines) {
    const parts = snapshot?.kits.get(snapshot.skuIndex.get(sku) ?? -1);
    if (parts === undefined) add(sku, quantity);
    for (const part of parts ?? []) {
      add(snapshot?.products[part.sku]?.sku ?? '', part.quantity * quantity);
    }
  }
  return units;
}
