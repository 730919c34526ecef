/**
 * Which promise did the buyer of this order see, and does it bind us?
 *
 * In: an order as placed and the receipts that could be its own. Out: the promise that is bound, the one that takes
 * its place when the order came too late, or none. The first of five kinds of evidence that holds decides (platform
 * decision 11): 1 the signed receipt that travelled with the cart, 2 the checkout token an extension saw, 3 the date
 * owner's own record, 4 a storefront receipt where no date owner showed a date, 5 nothing.
 * Invariants: evidence 1–4 is signed, made before the order for the same basket and destination, and holds the bought
 * option's code; parts of several origins make one promise, the latest, and only when none is missing; the same
 * order with the same evidence always gives the same promise.
 */
import { normalizePostalCode } from '../network/destination.ts';
import type { PromisedOption, Receipt } from '../promise/receipt.ts';

/** Where a parcel goes. The postal code is blank, or the whole of it null, when protected data is withheld. */
export type OrderDestination = { readonly country: string; readonly postalCode: string };

/** How the order is delivered. `code` is the bought shipping line's; `isOwnRate`: our callback named and dated it. */
export type OrderDelivery =
  | {
      readonly kind: 'ship';
      readonly code: string;
      /** The Kept service the code stands for; undefined: a rate the merchant never bound. */
      readonly serviceCode: string | undefined;
      readonly isOwnRate: boolean;
    }
  /** `nodeId` is undefined until Shopify has routed the order, or when the place is bound to no node. */
  | { readonly kind: 'pickup'; readonly nodeId: string | undefined }
  /** Nothing to deliver: POS sales, gift cards, services. */
  | { readonly kind: 'none' };

/** An order as far as its promise is concerned. */
export type PlacedOrder = {
  readonly orderId: string;
  /** ISO instant. */
  readonly placedAt: string;
  readonly currency: string;
  readonly lines: readonly {
    readonly variantId: string;
    readonly quantity: number;
    /** Given when there is no variant to find it by. */
    readonly sku?: string;
  }[];
  /** The first instant at which it may leave: a gift for a later day. ISO; absent: at once. */
  readonly shipsFrom?: string;
  /** Set for an order that another system posted: its channel, and the date that system promised, if any. */
  readonly posted?: { readonly channel: string; readonly promisedOn: string | null };
  /** Of the lines that are shipped or collected. */
  readonly fingerprint: string;
  /** Fingerprints of the parcels by origin once the order is routed; one entry when all leave from one place. */
  readonly partFingerprints: readonly string[];
  readonly destination: OrderDestination | null;
  readonly delivery: OrderDelivery;
  readonly checkoutToken: string | null;
  readonly cartToken: string | null;
  /** Signed receipt of the cart metafield that Shopify copied onto the order. */
  readonly copiedReceipt: string | null;
  /** Every line's variant was `normal` when the order was placed: a fallback table could date it (rule 15). */
  readonly isTableDated: boolean;
  /** Signed receipt of the storefront, from a cart attribute. */
  readonly storefrontReceipt: string | null;
  /** Changes whenever something changes that could change the join. */
  readonly version: string;
};

/** A receipt whose signature was checked, with its answer read. */
export type Evidence = { readonly receipt: Receipt; readonly options: readonly PromisedOption[] };

/** Evidence 1 to 5, as in the header. */
export type JoinStep = 1 | 2 | 3 | 4 | 5;

/** What was promised for one order. Instants ISO with offset, half-open window. */
export type BoundPromise = {
  readonly method: PromisedOption['method'];
  readonly serviceCode: string;
  readonly promisedOn: string;
  readonly window: { readonly from: string; readonly to: string };
  /** IANA zone in which the window is shown. */
  readonly timeZone: string;
  readonly validUntil: string | null;
  readonly parcels: number;
  readonly nodeId: string | undefined;
};

/** A promise found, by which evidence, in which receipts. */
export type FoundPromise = {
  readonly step: Exclude<JoinStep, 5>;
  readonly promise: BoundPromise;
  readonly receiptIds: readonly string[];
};

/** Shopify's clock and ours may differ this much; a receipt is never newer than its order by more. */
const CLOCK_SKEW_SECONDS = 60;

/**
 * How long before the order a rate may have been answered and still be what the buyer saw. Shopify keeps rates 15
 * minutes and asks again when checkout is touched; a tab left open longer than this is told from no other.
 */
export const CALLBACK_REACH_MINUTES = 120;

/** The code under which a promise of the bought option stands in a receipt; undefined: none could. */
export function wantedCode(order: PlacedOrder): string | undefined {
  switch (order.delivery.kind) {
    case 'ship':
      return order.delivery.serviceCode;
    case 'pickup':
      return order.delivery.nodeId === undefined ? undefined : `store:${order.delivery.nodeId}`;
    case 'none':
      return undefined;
  }
}

/** The dated option of `evidence` that this order bought; undefined when it was made for something else or later. */
export function promiseIn(
  order: PlacedOrder,
  evidence: Evidence,
  fingerprint: string = order.fingerprint,
): BoundPromise | undefined {
  const { receipt } = evidence;
  if (fingerprint === '' || receipt.fingerprint !== fingerprint) return undefined;
  if (!isSameDestination(order, receipt) || !isBefore(receipt.madeAt, order.placedAt))
    return undefined;
  const code = wantedCode(order);
  const option = evidence.options.find((one) => one.serviceCode === code);
  return option === undefined ? undefined : toBound(option);
}

/** Evidence 2 and 4: the newest of these receipts that holds the bought option. */
export function newestPromise(
  order: PlacedOrder,
  step: 1 | 2 | 4,
  evidence: readonly Evidence[],
): FoundPromise | undefined {
  const newestFirst = evidence.toSorted((a, b) =>
    compareInstants(b.receipt.madeAt, a.receipt.madeAt),
  );
  for (const one of newestFirst) {
    const promise = promiseIn(order, one);
    if (promise !== undefined) return { step, promise, receiptIds: [one.receipt.receiptId] };
  }
  return undefined;
}

/** The parts to look for: Shopify may have asked once for the whole basket, or once per origin. */
export function partsToTry(order: PlacedOrder): readonly (readonly string[])[] {
  return [[order.fingerprint], order.partFingerprints];
}

/**
 * Evidence 3 for our own rates: per part, the rates answered for it before the order. A part whose answers
 * disagree is narrowed by the order's tokens, and when they still disagree it is unknown which the buyer saw.
 */
export function callbackPromise(
  order: PlacedOrder,
  evidenceByPart: ReadonlyMap<string, readonly Evidence[]>,
): FoundPromise | undefined {
  for (const parts of partsToTry(order)) {
    const promise = promiseOfParts(order, parts, evidenceByPart);
    if (promise !== undefined) return promise;
  }
  return undefined;
}

function promiseOfParts(
  order: PlacedOrder,
  parts: readonly string[],
  evidenceByPart: ReadonlyMap<string, readonly Evidence[]>,
): FoundPromise | undefined {
  const found = parts.map((part) => unambiguous(order, part, evidenceByPart.get(part) ?? []));
  const joined = found.filter((one) => one !== undefined);
  const latest = joined.toSorted((a, b) =>
    compareInstants(b.promise.window.to, a.promise.window.to),
  )[0];
  if (latest === undefined || joined.length < parts.length) return undefined;
  return {
    step: 3,
    promise: {
      ...latest.promise,
      parcels: joined.reduce((sum, one) => sum + one.promise.parcels, 0),
      validUntil: earliest(joined.map((one) => one.promise.validUntil)),
    },
    receiptIds: joined.map((one) => one.receiptId),
  };
}

type PartPromise = { readonly promise: BoundPromise; readonly receiptId: string };

function unambiguous(
  order: PlacedOrder,
  part: string,
  evidence: readonly Evidence[],
): PartPromise | undefined {
  const fitting = evidence
    .flatMap((one) => {
      const promise = promiseIn(order, one, part);
      return promise === undefined ? [] : { promise, receipt: one.receipt };
    })
    .toSorted((a, b) => compareInstants(b.receipt.madeAt, a.receipt.madeAt));
  const narrowed = fitting.filter(({ receipt }) => isOfSameBuyer(order, receipt));
  const left = narrowed.length > 0 ? narrowed : fitting;
  const [newest] = left;
  if (newest === undefined) return undefined;
  const isClear = left.every(({ promise }) => isSameWindow(promise, newest.promise));
  return isClear ? { promise: newest.promise, receiptId: newest.receipt.receiptId } : undefined;
}

/** What a promise becomes when the order is weighed against its validity. */
export type Binding =
  | { readonly status: 'promised'; readonly promise: BoundPromise }
  | { readonly status: 'changed'; readonly promise: BoundPromise; readonly replaced: BoundPromise };

/** True when the order came after the promise had ceased to bind: then it is quoted again as of the order. */
export function isTooLate(order: PlacedOrder, promise: BoundPromise): boolean {
  return promise.validUntil !== null && compareInstants(order.placedAt, promise.validUntil) > 0;
}

/**
 * The promise that stands. A late order keeps the date it saw when that date can still be kept (the new quote ends no
 * later) or when nothing can be quoted: then we owe what we showed. Else the new date stands, marked as changed.
 */
export function bindPromise(
  order: PlacedOrder,
  shown: BoundPromise,
  requoted: BoundPromise | undefined,
): Binding {
  if (!isTooLate(order, shown) || requoted === undefined)
    return { status: 'promised', promise: shown };
  if (compareInstants(requoted.window.to, shown.window.to) <= 0) {
    return { status: 'promised', promise: shown };
  }
  return { status: 'changed', promise: requoted, replaced: shown };
}

/**
 * Evidence 3 for store pickup: our job had Shopify say "usually ready in …". The exact instant, quoted as of the
 * order, is what thank-you and order status show; it is a promise when it is not later than what was said.
 */
export function pickupPromise(
  order: PlacedOrder,
  requoted: BoundPromise | undefined,
  slotMinutes: number | undefined,
): FoundPromise | undefined {
  if (order.delivery.kind !== 'pickup' || requoted === undefined || slotMinutes === undefined) {
    return undefined;
  }
  const said = Temporal.Instant.from(order.placedAt).add({ minutes: slotMinutes });
  if (compareInstants(requoted.window.from, said.toString()) > 0) return undefined;
  return { step: 3, promise: requoted, receiptIds: [] };
}

function toBound(option: PromisedOption): BoundPromise | undefined {
  const { window, promisedOn, timeZone, serviceCode, method, parcels } = option;
  if (window === null || promisedOn === null || timeZone === null) return undefined;
  return {
    method,
    serviceCode,
    promisedOn,
    window,
    timeZone,
    validUntil: option.validUntil,
    parcels: Math.max(1, parcels.length),
    nodeId: method === 'store_pickup' ? parcels[0]?.nodeId : undefined,
  };
}

function isSameDestination(order: PlacedOrder, receipt: Receipt): boolean {
  // Collected where it is bought, or withheld: the basket, the code and the token must do.
  if (order.destination === null || order.delivery.kind === 'pickup') return true;
  const { country, postalCode } = order.destination;
  if (country !== receipt.country) return false;
  return (
    postalCode === '' || normalizePostalCode(postalCode) === normalizePostalCode(receipt.postalCode)
  );
}

function isOfSameBuyer(order: PlacedOrder, receipt: Receipt): boolean {
  const { checkoutToken, cartToken } = order;
  return (
    (checkoutToken !== null && receipt.checkoutToken === checkoutToken) ||
    (cartToken !== null && receipt.cartToken === cartToken)
  );
}

function isBefore(madeAt: string, placedAt: string): boolean {
  const latest = Temporal.Instant.from(placedAt).add({ seconds: CLOCK_SKEW_SECONDS });
  return Temporal.Instant.compare(Temporal.Instant.from(madeAt), latest) <= 0;
}

function isSameWindow(a: BoundPromise, b: BoundPromise): boolean {
  return (
    compareInstants(a.window.from, b.window.from) === 0 &&
    compareInstants(a.window.to, b.window.to) === 0
  );
}

function earliest(instants: readonly (string | null)[]): string | null {
  const known = instants.filter((instant) => instant !== null);
  return known.toSorted(compareInstants)[0] ?? null;
}

function compareInstants(a: string, b: string): number {
  return Temporal.Instant.compare(Temporal.Instant.from(a), Temporal.Instant.from(b));
}
