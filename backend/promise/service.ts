/**
 * How is a promise made here and now, and what is kept of it?
 *
 * In: a shop held live, a request, the place where the answer is shown. Out: the quote (from the cache when one still
 * speaks, else from the engine), and for every answer shown a signed receipt, written behind the answer.
 * Invariants: nothing on the way of a quote waits for a database; a cached answer equals a fresh one on the same
 * facts; facts that the database has not confirmed for 60 s give no live date any more (design: static stability);
 * every receipt read back is checked against its signature before anything is joined to it.
 */
import { compareIds, type ShopId } from '../base/ids.ts';
import { writeMinute, type ZoneTable } from '../base/time.ts';
import { normalizePostalCode, resolveDestination } from '../network/destination.ts';
import { geocode, type PostalPlaces } from '../network/geo/geocode.ts';
import type { Snapshot } from '../network/snapshot.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { hashOf, type Signer } from '../platform/signing.ts';
import { createWriteBehind } from '../platform/write-behind.ts';
import { factVersions, type LiveShop } from '../stock/service.ts';
import { answerFrom, type CacheScope, cacheKey, createQuoteCache } from './cache.ts';
import type { SharedQuotes } from './client.ts';
import { type Quote, type QuotedOption, type QuoteRequest, quote } from './quote.ts';
import {
  type PromisedOption,
  type Receipt,
  type ReceiptKind,
  type SignedReceipt,
  signedText,
  validUntilMinute,
} from './receipt.ts';
import { factsConsidered, quoteWithFacts } from './receipt-facts.ts';
import type { PromiseStore } from './store.ts';

/** What the service stands on. */
export type PromiseDependencies = {
  readonly store: PromiseStore;
  readonly signer: Signer;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly monotonicMilliseconds: () => number;
  readonly log: Log;
  /** Where postal codes lie, the merchant's own table first. */
  readonly places: readonly PostalPlaces[];
  /** False computes every answer: for comparing, and where memory is dear. */
  readonly usesCache: boolean;
  /** Answers of other replicas; absent without Redis. */
  readonly shared?: SharedQuotes;
};

/** One answer as it was shown. */
export type Shown = {
  readonly surface: Receipt['surface'];
  readonly kind: ReceiptKind;
  readonly fingerprint: string;
  readonly origin: string;
  readonly checkoutToken: string | null;
  readonly cartToken: string | null;
  readonly request: QuoteRequest;
  readonly options: readonly PromisedOption[];
};

/** Facts older than this give no live date; the padded table answers. */
export const FACTS_MAX_AGE_MILLISECONDS = 60_000;
const MINUTE_MILLISECONDS = 60_000;
const NO_FACTS = new Uint8Array(0);
const NO_FACTS_HASH = hashOf(NO_FACTS);
// One transaction a shop per 50 ms at most; a minute of receipts is kept while Postgres is away.
const GATHER_MILLISECONDS = 50;
const KEEP_MILLISECONDS = 60_000;
// A receipt takes about 4 kB: 100,000 of them are what a replica can spare.
const RECEIPTS_MAX = 100_000;

// One round trip to Redis and reading its answer, in CPU of this process (measured: bench `cache`).
const SHARED_MICROS = 60;
const COLD_COMPUTE_MICROS = 1_000;

function smooth(before: number, now: number): number {
  return before * 0.95 + now * 0.05;
}

/** Builds the service. */
export function createPromiseService(deps: PromiseDependencies) {
  const cache = createQuoteCache();
  // What computing an answer has cost lately; a replica just started is slow and asks the others first.
  let computeMicros = COLD_COMPUTE_MICROS;
  const isSharedCheaper = () => deps.shared !== undefined && computeMicros > SHARED_MICROS;
  // By request: worked out with its quote, wanted again for its receipt.
  const heldFacts = new WeakMap<QuoteRequest, Uint8Array>();
  const packFacts = (live: LiveShop, request: QuoteRequest) =>
    factsConsidered(live.snapshot, live.facts, request);
  const scopes = new WeakMap<Snapshot, CacheScope>();
  const receipts = createWriteBehind<SignedReceipt>({
    write: (shopId, rows) => deps.store.saveReceipts(shopId, rows),
    monotonicMilliseconds: deps.monotonicMilliseconds,
    onDrop: (shop, count, reason) =>
      deps.log.warn({ event: 'receipts_dropped', shop, count, reason }),
    gatherMilliseconds: GATHER_MILLISECONDS,
    keepMilliseconds: KEEP_MILLISECONDS,
    rowsMax: RECEIPTS_MAX,
  });

  const scopeOf = (live: LiveShop): CacheScope => {
    const known = scopes.get(live.snapshot);
    if (known !== undefined) return known;
    const { snapshot } = live;
    const scope = {
      shopId: live.shopId,
      engineVersion: snapshot.engineVersion,
      policyVersion: snapshot.policyVersion,
      decidingTags: new Set(snapshot.policy.quotas.flatMap((quota) => quota.customerTag ?? [])),
    };
    scopes.set(snapshot, scope);
    return scope;
  };

  const textOf = (shopId: ShopId, receipt: Receipt): string => {
    const hash = receipt.facts.length === 0 ? NO_FACTS_HASH : hashOf(receipt.facts);
    return signedText(shopId, receipt, hash);
  };
  const sign = (shopId: ShopId, receipt: Receipt): string =>
    deps.signer.sign(textOf(shopId, receipt));

  const isGenuine = (shopId: ShopId, receipt: SignedReceipt): boolean =>
    deps.signer.isOurs(textOf(shopId, receipt), receipt.signature);

  const genuine = (shopId: ShopId, found: readonly SignedReceipt[]): SignedReceipt[] =>
    found.filter((receipt) => isGenuine(shopId, receipt));

  return {
    /** The minute of the clock that every quote of this process is asked at. */
    nowMinute: (): number => Math.floor(deps.clock.now().epochMilliseconds / MINUTE_MILLISECONDS),

    /** The destination with the point of its postal code, where that is known: what is near is measured from it. */
    locate(country: string, postalCode: string): QuoteRequest['destination'] {
      const point = geocode(deps.places, { country, postalCode });
      return point === undefined
        ? { country, postalCode }
        : { country, postalCode, lat: point.lat, lng: point.lng };
    },

    /** True when the shop's facts are young enough, and its calendars reach far enough, for a live date. */
    canQuote(live: LiveShop, atMinute: number): boolean {
      const age = deps.monotonicMilliseconds() - live.confirmedAt;
      const { validFromMinute, validToMinute } = live.snapshot;
      return (
        age <= FACTS_MAX_AGE_MILLISECONDS && atMinute >= validFromMinute && atMinute < validToMinute
      );
    },

    /** The answer to a request whose SKUs the snapshot knows. */
    quote(live: LiveShop, request: QuoteRequest): Quote {
      if (!deps.usesCache) return quote(live.snapshot, live.facts, request);
      const key = cacheKey(scopeOf(live), request);
      const versions = versionsOf(live, request);
      const known = cache.find(key, versions, request.nowMinute);
      if (known !== undefined) return known;
      const startedAt = deps.monotonicMilliseconds();
      const { quote: made, facts } = quoteWithFacts(live.snapshot, live.facts, request);
      heldFacts.set(request, facts);
      computeMicros = smooth(computeMicros, (deps.monotonicMilliseconds() - startedAt) * 1_000);
      const entry = { versions, quote: made };
      cache.keep(key, entry);
      if (isSharedCheaper()) deps.shared?.keep(key, entry);
      return made;
    },

    /** Keeps what the answer looked at, for a receipt that is made after a wait: facts may change meanwhile. */
    holdFacts(live: LiveShop, request: QuoteRequest): void {
      if (!heldFacts.has(request)) heldFacts.set(request, packFacts(live, request));
    },

    /** True where asking the other replicas first costs less than computing; then `fetchShared` before `quote`. */
    asksShared: (): boolean => isSharedCheaper(),

    /** Fetches what another replica worked out for this request, so that `quote` finds it here. */
    async fetchShared(live: LiveShop, request: QuoteRequest): Promise<void> {
      if (deps.shared === undefined || !deps.usesCache) return;
      const key = cacheKey(scopeOf(live), request);
      const versions = versionsOf(live, request);
      if (cache.find(key, versions, request.nowMinute) !== undefined) return;
      const entry = await deps.shared.find(key);
      if (entry !== undefined && answerFrom(entry, versions, request.nowMinute) !== undefined) {
        cache.keep(key, entry);
      }
    },

    /** Makes the receipt of what is shown now and hands it to the writer; returns its id. */
    record(live: LiveShop, shown: Shown): string {
      const receipt: Receipt = {
        receiptId: deps.newId(),
        // The database keeps microseconds; a finer instant would come back changed and the signature fail.
        madeAt: deps.clock
          .now()
          .round({ smallestUnit: 'microsecond', roundingMode: 'floor' })
          .toString(),
        surface: shown.surface,
        kind: shown.kind,
        fingerprint: shown.fingerprint,
        country: shown.request.destination.country,
        // One spelling, so that a rate's address finds a checkout's and an order's.
        postalCode: normalizePostalCode(shown.request.destination.postalCode),
        origin: shown.origin,
        checkoutToken: shown.checkoutToken,
        cartToken: shown.cartToken,
        policyVersion: live.snapshot.policyVersion,
        engineVersion: live.snapshot.engineVersion,
        request: JSON.stringify(shown.request),
        answer: JSON.stringify(shown.options),
        facts:
          shown.kind === 'live'
            ? (heldFacts.get(shown.request) ?? packFacts(live, shown.request))
            : NO_FACTS,
      };
      receipts.add(live.shopId, { ...receipt, signature: sign(live.shopId, receipt) });
      return receipt.receiptId;
    },

    /** What extensions carry to the order: the id and a signature over it, which nobody else can make. */
    signReceiptId: (shopId: ShopId, receiptId: string): string =>
      `${receiptId}.${deps.signer.sign(receiptIdText(shopId, receiptId))}`,

    /** The id in a signed receipt, or nothing when the signature is not ours. */
    openSignedReceipt(shopId: ShopId, signed: string): string | undefined {
      const dot = signed.indexOf('.');
      const receiptId = signed.slice(0, Math.max(0, dot));
      const isOurs = deps.signer.isOurs(receiptIdText(shopId, receiptId), signed.slice(dot + 1));
      return receiptId !== '' && isOurs ? receiptId : undefined;
    },

    isGenuine,
    /** One genuine receipt. */
    receiptById: async (shopId: ShopId, receiptId: string): Promise<SignedReceipt | undefined> => {
      const found = await deps.store.receiptById(shopId, receiptId);
      return found !== undefined && isGenuine(shopId, found) ? found : undefined;
    },
    /** Genuine receipts of the rate callback, newest first. */
    receiptsOfCallback: async (
      shopId: ShopId,
      search: Parameters<PromiseStore['receiptsOfCallback']>[1],
    ) => {
      const postalCode = normalizePostalCode(search.postalCode);
      return genuine(
        shopId,
        await deps.store.receiptsOfCallback(shopId, { ...search, postalCode }),
      );
    },
    /** Genuine receipts of a checkout, newest first. */
    receiptsOfCheckout: async (shopId: ShopId, checkoutToken: string) =>
      genuine(shopId, await deps.store.receiptsOfCheckout(shopId, checkoutToken)),
    /** Genuine receipts of a cart, newest first. */
    receiptsOfCart: async (shopId: ShopId, cartToken: string) =>
      genuine(shopId, await deps.store.receiptsOfCart(shopId, cartToken)),

    /** Receipts written, waiting and dropped since the start. */
    receiptCounts: receipts.counts,
    /** Resolves when every receipt is written or given up: before the process ends. */
    whenWritten: receipts.whenIdle,
  };
}

/** What `createPromiseService` returns. */
export type PromiseService = ReturnType<typeof createPromiseService>;

function receiptIdText(shopId: ShopId, receiptId: string): string {
  return `kept-receipt-id-1\n${shopId}\n${receiptId}`;
}

// In one order, so that a basket in any order finds the same entry.
function versionsOf(live: LiveShop, request: QuoteRequest): string {
  const skus = request.lines.map((line) => line.sku);
  return factVersions(live, skus.length === 1 ? skus : [...new Set(skus)].sort(compareIds));
}

/** The options of a quote as a receipt keeps them. */
export function toPromisedOptions(
  snapshot: Snapshot,
  request: QuoteRequest,
  options: readonly QuotedOption[],
): PromisedOption[] {
  const { zoneIndex } = resolveDestination(snapshot, request.destination);
  const home = snapshot.zones[zoneIndex]?.zone ?? snapshot.shopZone;
  return options.map((option) => {
    const zone = zoneOf(snapshot, option, home);
    const at = (minute: number) => writeMinute(zone, minute);
    return {
      method: option.method,
      serviceCode: option.serviceCode,
      window: { from: at(option.window.fromMinute), to: at(option.window.toMinute) },
      promisedOn: option.promisedOn,
      timeZone: option.timeZone,
      orderBy: at(option.orderByMinute),
      validUntil: at(validUntilMinute(request, option.orderByMinute)),
      priceMinor: option.priceMinor,
      parcels: option.parcels.map(({ nodeId, serviceCode, lines }) => ({
        nodeId,
        serviceCode,
        lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),
      })),
    };
  });
}

/** The clock a window is shown on: the store's, the point's, else the destination's. */
function zoneOf(snapshot: Snapshot, option: QuotedOption, home: ZoneTable): ZoneTable {
  if (option.point >= 0) return snapshot.points[option.point]?.calendar.zone ?? home;
  if (option.service >= 0) return home;
  return snapshot.nodes[option.parcels[0]?.node ?? -1]?.calendar.zone ?? home;
}
