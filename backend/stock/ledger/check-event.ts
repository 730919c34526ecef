/**
 * Can an event be booked as it stands?
 *
 * In: an event and what the shop knows. Out: its instant as a number, or why not; each event alone, so one
 * that is wrong never blocks another. A SKU that is not known is booked and waits: other systems hear of a product before
 * our catalogue does. A node that is not known is refused: nodes are ours, and a misspelled one would swallow stock.
 */
import type { EventRefusal, StockEvent } from './ledger.ts';
import { STOCK_TYPES } from './ledger.ts';

/** What events are held against. */
export type EventRules = {
  /** Undefined: nodes are not checked (our own modules name them). */
  readonly knownNodes: ReadonlySet<string> | undefined;
  readonly nowMicros: number;
  /** Microseconds since 1970, or undefined (`createInstantReader`). */
  readonly readInstant: (instant: string) => number | undefined;
};

/** A day of wrong clocks and zones; further ahead is another mistake, and a count from there would hold for ever. */
const AHEAD_MICROS = 24 * 3_600 * 1_000_000;
const MOST_UNITS = 1_000_000_000;
const LONGEST_EVENT_ID = 1_000;
const LONGEST_NAME = 255;
const NODES_SHOWN = 20;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what the database cannot keep or a person cannot see.
const CONTROL = /[\u0000-\u001f\u007f]/;

/** When it happened, in microseconds since 1970; or why it cannot be booked. */
export function checkEvent(event: StockEvent, rules: EventRules): number | EventRefusal {
  const wrong = wrongText(event) ?? wrongNumber(event) ?? wrongLot(event, rules);
  if (wrong !== undefined) return wrong;
  if (rules.knownNodes !== undefined && !rules.knownNodes.has(event.nodeId)) {
    return {
      code: 'unknown_node',
      detail: `nodeId "${event.nodeId}" is not one of the network’s nodes. Use its id as the network names it, or add the node first.`,
      knownNodes: [...rules.knownNodes].slice(0, NODES_SHOWN),
    };
  }
  const micros = rules.readInstant(event.occurredAt);
  if (micros === undefined) {
    return invalid(
      `occurredAt is "${event.occurredAt}"; give an ISO 8601 instant with offset or Z.`,
    );
  }
  if (micros > rules.nowMicros + AHEAD_MICROS) {
    return {
      code: 'occurred_in_future',
      detail: `occurredAt ${event.occurredAt} is more than a day ahead. Check the clock and time zone of the sender and send the event again.`,
    };
  }
  return micros;
}

function invalid(detail: string): EventRefusal {
  return { code: 'invalid_event', detail };
}

function wrongText(event: StockEvent): EventRefusal | undefined {
  const { eventId, sku, nodeId, reason, lot } = event;
  return (
    wrongName('eventId', eventId, LONGEST_EVENT_ID) ??
    wrongName('sku', sku, LONGEST_NAME) ??
    wrongName('nodeId', nodeId, LONGEST_NAME) ??
    wrongName('reason', reason, LONGEST_NAME) ??
    (lot === undefined ? undefined : wrongName('lot.reference', lot.reference, LONGEST_NAME))
  );
}

function wrongName(field: string, value: string, longest: number): EventRefusal | undefined {
  const { length } = value;
  if (length >= 1 && length <= longest && (isPlain(value) || isReadable(value))) return undefined;
  return invalid(
    `${field} is "${value.slice(0, 80)}"; give 1 to ${longest} characters without control characters.`,
  );
}

// Names of ten thousand events are mostly letters and digits: looking at each is a fifth of what the expression costs.
function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code >= 0x7f) return false;
  }
  return true;
}

function isReadable(text: string): boolean {
  return !CONTROL.test(text) && text.isWellFormed();
}

function wrongNumber({ kind, type, quantity }: StockEvent): EventRefusal | undefined {
  const least = kind === 'count' ? 0 : -MOST_UNITS;
  if (Number.isInteger(quantity) && quantity >= least && quantity <= MOST_UNITS) {
    return STOCK_TYPES.includes(type)
      ? undefined
      : invalid(`type is "${type}"; give one of ${STOCK_TYPES.join(', ')}.`);
  }
  return invalid(
    `quantity of a ${kind} is ${quantity}; give whole units from ${least} to ${MOST_UNITS}.`,
  );
}

function wrongLot(
  { type, lot }: StockEvent,
  { readInstant }: EventRules,
): EventRefusal | undefined {
  if (type !== 'incoming') {
    if (lot === undefined) return undefined;
    return {
      code: 'lot_not_allowed',
      detail: `A ${type} event has no lot; only incoming units have one.`,
    };
  }
  if (lot === undefined) {
    const detail =
      'An incoming event names its lot: lot.reference, as the purchase order and its line.';
    return { code: 'lot_required', detail };
  }
  const { expectedAt, expectedOn } = lot;
  if (expectedAt !== undefined && expectedOn !== undefined) {
    return invalid('lot gives expectedAt and expectedOn; give one of them.');
  }
  if (expectedAt !== undefined && readInstant(expectedAt) === undefined) {
    return invalid(`lot.expectedAt is "${expectedAt}"; give an ISO 8601 instant with offset or Z.`);
  }
  if (expectedOn !== undefined && !isDay(expectedOn)) {
    return invalid(`lot.expectedOn is "${expectedOn}"; give a day as 2026-11-30.`);
  }
  return undefined;
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  try {
    Temporal.PlainDate.from(text);
    return true;
  } catch {
    return false;
  }
}
