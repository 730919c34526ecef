/**
 * What do we promise, for every delivery option, on this basket, to this address, at this instant?
 *
 * Inputs: an immutable network snapshot, the stock and backlog facts, a request. Output: one dated
 * option per service, pickup point and store that can really be done, and for every other one the
 * reason (docs/semantics.md rules 1–14). Pure: nothing is read, stored or consumed.
 * Invariants: an option shown can be executed as its parcels say; the order of nodes, lines and stock
 * rows never changes the answer; inside, an instant is a whole epoch minute and money a minor unit.
 */

/** How the goods reach the shopper. */
export type Method = 'home' | 'pickup_point' | 'store_pickup';

/** All methods, in the order in which options are listed. */
export const METHODS: readonly Method[] = ['home', 'pickup_point', 'store_pickup'];

/** What is asked. Lines of one SKU are added up; a SKU that the snapshot lacks is refused by `parseQuoteRequest`. */
export type QuoteRequest = {
  /** The instant of the question, epoch minutes (already truncated). */
  readonly nowMinute: number;
  /** Evaluated at `nowMinute + marginMinutes`; one number for all options of the request. */
  readonly marginMinutes: number;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly destination: {
    readonly country: string;
    readonly postalCode: string;
    /** Both or neither; absent: the centroid of the zone. */
    readonly lat?: number;
    readonly lng?: number;
  };
  readonly currency: string;
  /** BCP 47; never changes a date, only text made later. */
  readonly locale: string;
  readonly channel: string;
  readonly customerTags: readonly string[];
  /** Methods asked for; absent: all. */
  readonly methods?: readonly Method[];
};

/** A fact in words of codes: a stable snake_case code and its plain facts. */
export type Fact = { readonly code: string; readonly [fact: string]: string | number | boolean };

export type QuotedLine = {
  readonly sku: string;
  readonly quantity: number;
  /** How many of them are incoming stock. */
  readonly fromIncoming: number;
};

/** One parcel of an option; for store pickup the bag handed over. */
export type QuotedParcel = {
  /** Index in `snapshot.nodes`. */
  readonly node: number;
  readonly nodeId: string;
  /** The carrier service, or `store:<nodeId>`. */
  readonly serviceCode: string;
  /** By SKU, code-unit order. */
  readonly lines: readonly QuotedLine[];
  readonly readyMinute: number;
  /** Departure; for store pickup the hand-over instant. */
  readonly departsMinute: number;
  /** Local date of delivery (store: of the hand-over), `YYYY-MM-DD`. */
  readonly deliveryOn: string;
  readonly costMinor: number;
  readonly co2Grams: number;
  readonly distanceMeters: number;
};

/** One option that can be done, with its date. */
export type QuotedOption = {
  readonly method: Method;
  /** The service's code, `pp:<network>:<pointId>` or `store:<nodeId>`. */
  readonly serviceCode: string;
  /** Index in `snapshot.services`; −1 for store pickup. */
  readonly service: number;
  /** Index in `snapshot.points` for a pickup point, else −1. */
  readonly point: number;
  /** Half-open. */
  readonly window: { readonly fromMinute: number; readonly toMinute: number };
  /** Zone in which the window is shown: the destination's, the point's or the store's. */
  readonly timeZone: string;
  /** `YYYY-MM-DD`, local to `timeZone`. */
  readonly promisedOn: string;
  /** Rule 7: the last instant of `now`, exclusive, at which the same window is still promised. */
  readonly orderByMinute: number;
  /** By node id. */
  readonly parcels: readonly QuotedParcel[];
  readonly priceMinor: number;
  readonly costMinor: number;
  readonly co2Grams: number;
  readonly isGreenest: boolean;
  /** 0 to 1, floored to two decimals; null with a thin lane. */
  readonly confidence: number | null;
  readonly quality: 'full' | 'estimate';
  /** Store pickup at most 120 elapsed minutes after `now`. */
  readonly withinTwoHours: boolean;
  readonly reasons: readonly Fact[];
};

/** Why an option is not offered. Rule 10's codes; the first that holds. */
export type AbsentCode =
  | 'no_lane'
  | 'restricted'
  | 'limit'
  | 'no_price'
  | 'no_departure'
  | 'no_stock'
  | 'no_opening';

export type Absent = {
  readonly method: Method;
  readonly serviceCode: string;
  readonly code: AbsentCode;
  readonly facts: { readonly [fact: string]: string | number | boolean };
};

export type Quote = {
  readonly nowMinute: number;
  /** `nowMinute + marginMinutes`: the instant that was evaluated. */
  readonly atMinute: number;
  /** By method, window end, service code. */
  readonly options: readonly QuotedOption[];
  /** By method, service code. */
  readonly absent: readonly Absent[];
  /** The same facts give an equal answer (but for its two instants) for every now in `[nowMinute, unchangedUntilMinute)`. */
  readonly unchangedUntilMinute: number;
};
