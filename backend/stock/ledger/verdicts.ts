/**
 * What becomes of each event of a batch?
 *
 * In: events, then what the database knows of their ids, then the movements they became. Out: one verdict an event, in
 * order. The same id with the same content is a duplicate, within a batch or ever before; with another content it is
 * refused, and whichever came first stays.
 */
import { checkEvent, type EventRules } from './check-event.ts';
import { instantOf, toMicros } from './instants.ts';
import type { EventVerdict, StockEvent } from './ledger.ts';

/** What is stored of an event id, as far as two events can differ. */
export type BookedEvent = {
  readonly eventId: string;
  readonly kind: StockEvent['kind'];
  readonly type: StockEvent['type'];
  readonly sku: string;
  readonly nodeId: string;
  readonly quantity: number;
  readonly micros: number;
  readonly lot: string | null;
  readonly expectedAt: Temporal.Instant | null;
  readonly expectedOn: Temporal.PlainDate | null;
};

/** What becomes of events, by their place in the batch. */
export type BookedEvents = {
  /** What the event did to its part. */
  readonly delta: Float64Array;
  /** 1: a later count already says what there is. */
  readonly isSuperseded: Uint8Array;
};

/** Every event of a batch with what is known of it so far. */
export type SortedBatch = {
  readonly events: readonly StockEvent[];
  /** By place. */
  readonly micros: Float64Array;
  /** Places of events that are right and no duplicates within the batch, in order of arrival. */
  readonly places: readonly number[];
  /** Whether it is to be booked, as far as is known. */
  isFresh(place: number): boolean;
  /** Tells of an event that was booked before. */
  meetBooked(booked: BookedEvent): void;
  verdicts(booked: BookedEvents): readonly EventVerdict[];
};

/** Checks the events and finds those that the batch says twice. */
export function sortBatch(events: readonly StockEvent[], rules: EventRules): SortedBatch {
  const firsts = new Map<string, number>();
  const micros = new Float64Array(events.length);
  const known: (EventVerdict | undefined)[] = new Array(events.length).fill(undefined);
  const places: number[] = [];
  for (const [place, event] of events.entries()) {
    const checked = checkEvent(event, rules);
    if (typeof checked !== 'number') {
      known[place] = { eventId: event.eventId, verdict: 'refused', ...checked };
      continue;
    }
    micros[place] = checked;
    const first = firsts.get(event.eventId);
    if (first === undefined) {
      firsts.set(event.eventId, place);
      places.push(place);
    } else known[place] = judgeAgain(momentOf(first), momentOf(place));
  }
  function momentOf(place: number): Moment {
    const event = events[place];
    if (event === undefined) throw new Error('Bug: an event lost its place');
    return { event, micros: micros[place] ?? 0 };
  }
  return {
    ...{ events, micros, places },
    isFresh: (place) => known[place] === undefined,
    meetBooked: (booked) => {
      const place = firsts.get(booked.eventId);
      if (place === undefined) throw new Error('Bug: an event was found that nobody asked for');
      known[place] = judgeAgain(toMoment(booked), momentOf(place));
    },
    verdicts: ({ delta, isSuperseded }) =>
      events.map(({ eventId }, place) => {
        const verdict = isSuperseded[place] === 1 ? 'superseded' : 'booked';
        return known[place] ?? { eventId, verdict, delta: delta[place] ?? 0 };
      }),
  };
}

/** An event and its instant. */
type Moment = {
  readonly event: Omit<StockEvent, 'reason' | 'occurredAt'> & { readonly occurredAt?: string };
  readonly micros: number;
};

function judgeAgain(first: Moment, again: Moment): EventVerdict {
  if (!isSameEvent(first, again)) return reused(again.event.eventId, first);
  return { eventId: again.event.eventId, verdict: 'duplicate' };
}

function reused(eventId: string, { event, micros }: Moment): EventVerdict {
  const at = event.occurredAt ?? instantOf(micros);
  const said = `${event.kind} ${event.quantity} of ${event.type} of ${event.sku} at ${event.nodeId}, ${at}`;
  return {
    eventId,
    verdict: 'refused',
    code: 'event_id_reused',
    detail: `eventId "${eventId}" was booked before with another content (${said}). Send what changed as an event with an id of its own.`,
  };
}

function toMoment(booked: BookedEvent): Moment {
  const { lot, expectedAt, expectedOn, micros, ...event } = booked;
  const due = { expectedAt: expectedAt?.toString(), expectedOn: expectedOn?.toString() };
  return { micros, event: lot === null ? event : { ...event, lot: { reference: lot, ...due } } };
}

// The reason is words for people: saying it differently changes nothing.
function isSameEvent({ event: a, micros }: Moment, { event: b, micros: again }: Moment): boolean {
  return (
    a.kind === b.kind &&
    a.type === b.type &&
    a.sku === b.sku &&
    a.nodeId === b.nodeId &&
    a.quantity === b.quantity &&
    micros === again &&
    a.lot?.reference === b.lot?.reference &&
    a.lot?.expectedOn === b.lot?.expectedOn &&
    microsOf(a.lot?.expectedAt) === microsOf(b.lot?.expectedAt)
  );
}

function microsOf(instant: string | undefined): number | undefined {
  return instant === undefined ? undefined : toMicros(instant);
}
