/**
 * What do we keep of a promise that was shown, so that anyone can replay it and nobody can alter it?
 *
 * Inputs: the request, the facts that were looked at and the answer. Output: a receipt, one *part*: what one
 * surface answered for one group of items from one origin (platform decision 1), and the text that is signed.
 * Invariants: a receipt holds country and postal code, never a name, street or phone (decision 10); replaying
 * its request on its facts under its policy version gives its answer; signing is a function the caller gives.
 */
import type { QuotedOption, QuoteRequest } from './quote.ts';

/** Where the promise was shown. */
export type Surface = 'rate_callback' | 'checkout' | 'storefront' | 'tester';

/** Where the dates came from: the engine, the padded table, or no date was given. */
export type ReceiptKind = 'live' | 'padded' | 'undated';

/** One option as it was promised: what an order is joined to. */
export type PromisedOption = {
  readonly method: QuotedOption['method'];
  readonly serviceCode: string;
  /** ISO instants with offset, half-open; null when no date was given. */
  readonly window: { readonly from: string; readonly to: string } | null;
  readonly promisedOn: string | null;
  /** IANA zone of the window; null when no date was given. */
  readonly timeZone: string | null;
  readonly orderBy: string | null;
  /** The promise binds an order created before this instant (rule 7); null without a date. */
  readonly validUntil: string | null;
  readonly priceMinor: number;
  readonly parcels: readonly {
    readonly nodeId: string;
    readonly serviceCode: string;
    readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  }[];
};

/** A receipt as stored. Instants are ISO strings. */
export type Receipt = {
  readonly receiptId: string;
  readonly madeAt: string;
  readonly surface: Surface;
  readonly kind: ReceiptKind;
  /** Of the lines (`contract/cart-promise.ts`); joins an order to its receipt. */
  readonly fingerprint: string;
  readonly country: string;
  readonly postalCode: string;
  readonly origin: string;
  readonly checkoutToken: string | null;
  readonly cartToken: string | null;
  readonly policyVersion: number;
  readonly engineVersion: string;
  /** JSON of `QuoteRequest`. */
  readonly request: string;
  /** JSON of `PromisedOption[]`. */
  readonly answer: string;
  /** Packed facts, replayable; empty when no engine ran. */
  readonly facts: Uint8Array;
};

/** A receipt and its signature `<key id>.<base64url HMAC-SHA256 of signedText>`. */
export type SignedReceipt = Receipt & { readonly signature: string };

/**
 * The text whose HMAC is the signature. `factsHash` is the base64url SHA-256 of the facts. Every field is on a line
 * of its own and JSON cannot contain a raw line break, so no two receipts share a text.
 */
export function signedText(shopId: string, receipt: Receipt, factsHash: string): string {
  return [
    'kept-receipt-1',
    shopId,
    receipt.receiptId,
    receipt.madeAt,
    receipt.surface,
    receipt.kind,
    receipt.fingerprint,
    receipt.country,
    receipt.postalCode,
    receipt.origin,
    receipt.checkoutToken ?? '',
    receipt.cartToken ?? '',
    receipt.policyVersion,
    receipt.engineVersion,
    receipt.request,
    receipt.answer,
    factsHash,
  ].join('\n');
}

/** The most an order may lag behind `now` and still be bound (rule 7). */
export const BINDING_LIMIT_MINUTES = 7 * 24 * 60;

/** Rule 7: `validUntil = orderBy + marginMinutes`, at most seven days after `now`; epoch minutes. */
export function validUntilMinute(
  request: Pick<QuoteRequest, 'nowMinute' | 'marginMinutes'>,
  orderByMinute: number,
): number {
  return Math.min(orderByMinute + request.marginMinutes, request.nowMinute + BINDING_LIMIT_MINUTES);
}
