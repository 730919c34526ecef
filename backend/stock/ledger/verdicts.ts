/**
 * What becomes of each event of a batch?
 *
 * In: events, then what the database knows of their ids, then the movements they became. Out: one verdict an event, in
 * order. The same id with the same content is a duplicate, within a batch or ever before; with another content it is
 * refused, and whichever came first stays.
 */
import type { Movement } from './cells.ts';
import { checkEvent, type EventRules } from './check-event.ts';
import { type EventVerdict, lotOf, type StockEvent, type TimedEvent, toMicros } from './ledger.ts';

/** What is stored of an event id, as far as two events can differ. */
export type BookedEvent = {
  readonly eventId: string;
  readonly kind: string;
  readonly type: string;
  readonly sku: string;
  readonly nodeId: string;
  readonly quantity: number;
  readonly micros: number;
  readonly lot: string | null;
  readonly expectedAt: Temporal.Instant | null;
  readonly expectedOn: Temporal.PlainDate | null;
};

/** Every event of a batch with what is known of it so far; `fresh` shrinks as duplicates are found. */
export function sortBatch(events: readonly StockEvent[], rules: EventRules) {
  const fresh = new Map<string, TimedEvent>();
  const checked = events.map((event): TimedEvent | EventVerdict => {
    const one = checkEvent(event, rules);
    if ('code' in one) return { eventId: event.eventId, verdict: 'refused', ...one };
    const first = fresh.get(one.eventId);
    if (first === undefined) fresh.set(one.eventId, one);
    else return isSameEvent(first, one) ? duplicate(one) : reused(one, first);
    return one;
  });
  const met = new Map<string, EventVerdict>();
  return {
    fresh,
    meetBooked: (booked: BookedEvent): void => {
      const event = fresh.get(booked.eventId);
      if (event === undefined) throw new Error('Bug: an event was found that nobody asked for');
      const known = toEvent(booked);
      met.set(booked.eventId, isSameEvent(known, event) ? duplicate(event) : reused(event, known));
      fresh.delete(booked.eventId);
    },
    verdicts: (byEvent: ReadonlyMap<TimedEvent, Movement>): readonly EventVerdict[] =>
      checked.map((one) => {
        if ('verdict' in one) return one;
        const known = met.get(one.eventId);
        if (known !== undefined) return known;
        const movement = byEvent.get(one);
        if (movement === undefined) throw new Error('Bug: an event got no movement');
        const verdict = movement.isSuperseded ? 'superseded' : 'booked';
        return { eventId: one.eventId, verdict, delta: movement.delta };
      }),
  };
}

function duplicate({ eventId }: StockEvent): EventVerdict {
  return { eventId, verdict: 'duplicate' };
}

function reused({ eventId }: StockEvent, first: StockEvent): EventVerdict {
  const said = `${first.kind} ${first.quantity} of ${first.type} of ${first.sku} at ${first.nodeId}, ${first.occurredAt}`;
  return {
    eventId,
    verdict: 'refused',
    code: 'event_id_reused',
    detail: `eventId "${eventId}" was booked before with another content (${said}). Send what changed as an event with an id of its own.`,
  };
}

function toEvent(booked: BookedEvent): TimedEvent {
  const { lot, expectedAt, expectedOn, micros, ...event } = booked;
  const reference = lot === null ? undefined : lot;
  return {
    ...(event as Pick<StockEvent, 'eventId' | 'kind' | 'type' | 'sku' | 'nodeId' | 'quantity'>),
    micros,
    name: '',
    reason: '',
    occurredAt: Temporal.Instant.fromEpochNanoseconds(BigInt(micros) * 1_000n).toString(),
    ...(reference === undefined
      ? {}
      : {
          lot: {
            reference,
            expectedAt: expectedAt?.toString(),
            expectedOn: expectedOn?.toString(),
          },
        }),
  };
}

// The reason is words for people: saying it differently changes nothing.
function isSameEvent(a: TimedEvent, b: TimedEvent): boolean {
  return (
    a.kind === b.kind &&
    a.type === b.type &&
    a.sku === b.sku &&
    a.nodeId === b.nodeId &&
    a.quantity === b.quantity &&
    a.micros === b.micros &&
    lotOf(a) === lotOf(b) &&
    a.lot?.expectedOn === b.lot?.expectedOn &&
    microsOf(a.lot?.expectedAt) === microsOf(b.lot?.expectedAt)
  );
}

function microsOf(instant: string | undefined): number | undefined {
  return instant === undefined ? undefined : toMicros(instant);
}
