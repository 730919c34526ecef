/**
 * What happened to stock, told by many systems, in any order, possibly twice: what stands where?
 *
 * In: events of other systems, each a *delta* (so many more or fewer) or a *count* (so many, as of its instant), of one
 * part of one cell (a SKU at a node): on hand, one kind of unavailable, or one incoming lot. Out: what each event does to
 * its part. Rule: of a part's counts the one with the greatest (instant, event id) holds, plus every delta that happened
 * after it; everything else does nothing. So the end depends on the set of events only, never on their order or number of
 * arrivals. Invariants: an event's effect is fixed when it is booked and never changes; the effects of a part's events
 * sum to its quantity; a quantity may be below zero until what explains it arrives.
 */
import { compareIds } from '../../base/ids.ts';

/** What a cell is made of. Unavailable units are on hand but not for sale. */
export const STOCK_TYPES = [
  'on_hand',
  'incoming',
  'damaged',
  'quality_control',
  'not_found',
  'recount',
] as const;
export type StockType = (typeof STOCK_TYPES)[number];

/** Kinds of unavailable units. */
export const UNAVAILABLE_TYPES: readonly StockType[] = STOCK_TYPES.slice(2);

/** Reasons we write ourselves; other systems may say it in their own words. */
export const REASONS = {
  opening: 'what stood before the ledger began',
  received: 'goods came in',
  sold: 'goods were sold over a counter or by another system',
  shipped: 'goods left for a shopper',
  returned: 'goods came back',
  damaged: 'goods can no longer be sold',
  recount: 'somebody counted',
  transfer: 'goods moved between nodes',
  correction: 'an earlier movement was wrong',
  import: 'read from the system that owns the node',
} as const;
export type Reason = keyof typeof REASONS;

/** When an incoming lot is due: an instant, or a day of its node. */
export type Expected = {
  readonly expectedAt?: string | undefined;
  readonly expectedOn?: string | undefined;
};

/** One event as a source tells it. */
export type StockEvent = {
  /** Unique for the source, for ever: the same one again is a duplicate. */
  readonly eventId: string;
  readonly kind: 'delta' | 'count';
  readonly type: StockType;
  readonly sku: string;
  readonly nodeId: string;
  /** Whole units; a count is never below zero. */
  readonly quantity: number;
  readonly reason: string;
  /** ISO instant. */
  readonly occurredAt: string;
  /** Which incoming units; the last event that says when they are due holds. */
  readonly lot?: (Expected & { readonly reference: string }) | undefined;
};

/** What became of an event. `superseded`: booked, but a later count already says what there is. */
export type EventVerdict = { readonly eventId: string } & (
  | { readonly verdict: 'booked' | 'superseded'; readonly delta: number }
  | { readonly verdict: 'duplicate' }
  | ({ readonly verdict: 'refused' } & EventRefusal)
);

/** Why an event was not booked; `detail` names value, range and next step. */
export type EventRefusal = {
  readonly code:
    | 'invalid_event'
    | 'unknown_node'
    | 'event_id_reused'
    | 'lot_required'
    | 'lot_not_allowed'
    | 'occurred_in_future';
  readonly detail: string;
  /** With `unknown_node`: some that are known. */
  readonly knownNodes?: readonly string[];
};

/** Names the moment of an event; of two at once the one with the greater name (`nameOf`) is the later. */
export type Mark = { readonly micros: number; readonly name: string };

/** An event with its moment. */
export type TimedEvent = StockEvent & Mark;

/** An event's name among all sources. */
export function nameOf(source: string, eventId: string): string {
  return `${eventId}\n${source}`;
}

/** Which of two moments is later: above 0 the first. */
export function compareMarks(a: Mark, b: Mark): number {
  return a.micros - b.micros || compareIds(a.name, b.name);
}

/** A part as it is stored: its units and the count in force. */
export type PartState = { readonly quantity: number; readonly counted: Mark | undefined };

/** A part after its events, with the effect of each in their order. */
export type BookedPart = PartState & {
  readonly effects: readonly number[];
  /** By event: it does nothing because the count in force is later. */
  readonly superseded: readonly boolean[];
};

/**
 * Books events on a part. `storedAfter` gives the stored deltas that happened after an instant; it is asked only when a
 * count among the events comes into force.
 */
export function bookPart(
  state: PartState,
  events: readonly TimedEvent[],
  storedAfter: (micros: number) => number,
): BookedPart {
  const newest = newestCount(events);
  const isNewer =
    newest !== undefined &&
    (state.counted === undefined || compareMarks(newest, state.counted) > 0);
  const counted = isNewer ? newest : state.counted;
  const since = counted?.micros ?? -Infinity;
  const effects = events.map((event) =>
    event.kind === 'delta' && event.micros > since ? event.quantity : 0,
  );
  const superseded = events.map((event) =>
    event.kind === 'delta' ? event.micros <= since : event.name !== counted?.name,
  );
  let quantity = state.quantity + effects.reduce((sum, effect) => sum + effect, 0);
  if (isNewer) {
    const place = events.indexOf(newest);
    const before = quantity;
    quantity = newest.quantity + storedAfter(newest.micros) + (quantity - state.quantity);
    effects[place] = quantity - before;
  }
  return { quantity, counted: toMark(counted), effects, superseded };
}

function toMark(mark: Mark | undefined): Mark | undefined {
  return mark === undefined ? undefined : { micros: mark.micros, name: mark.name };
}

/** The count that holds among events. */
export function newestCount(events: readonly TimedEvent[]): TimedEvent | undefined {
  let newest: TimedEvent | undefined;
  for (const event of events) {
    if (event.kind !== 'count') continue;
    if (newest === undefined || compareMarks(event, newest) > 0) newest = event;
  }
  return newest;
}

/** The event that last says when a lot is due. */
export function newestStatement(events: readonly TimedEvent[]): TimedEvent | undefined {
  let newest: TimedEvent | undefined;
  for (const event of events) {
    if (event.lot?.expectedAt === undefined && event.lot?.expectedOn === undefined) continue;
    if (newest === undefined || compareMarks(event, newest) > 0) newest = event;
  }
  return newest;
}

/** A lot of an incoming part, else ''. */
export function lotOf(event: StockEvent): string {
  return event.lot?.reference ?? '';
}
