/**
 * What do a batch's events do to the cells they name?
 *
 * A cell is a SKU at a node. In: checked events that were never booked, then what the database holds of their cells. Out:
 * the cells in the order in which rows are locked, with what each part becomes, and the movements to append. Pure: the
 * store reads and writes, this decides.
 */
import { compareIds } from '../../base/ids.ts';
import {
  type BookedPart,
  bookPart,
  compareMarks,
  type Expected,
  lotOf,
  type Mark,
  nameOf,
  newestCount,
  newestStatement,
  type PartState,
  type StockEvent,
  type StockType,
  type TimedEvent,
  UNAVAILABLE_TYPES,
} from './ledger.ts';

/** A SKU at a node. */
export type CellKey = { readonly sku: string; readonly nodeId: string };

/** The events of one part of a cell, in their order of arrival. */
export type PartEvents = {
  readonly key: string;
  readonly type: StockType;
  readonly lot: string;
  readonly events: TimedEvent[];
};

/**
 * The cells of a batch, in the order in which rows are locked. Nine in ten have one event, a delta of on hand: of those
 * only its place in the batch is held, so that ten thousand of them are a few arrays.
 */
export type BatchCells = {
  /** The place of each cell's first event. */
  readonly first: readonly number[];
  /** By index: the cells that are more than one delta of on hand. */
  readonly larger: ReadonlyMap<number, BatchCell>;
};

/** A cell with all its events, in order of arrival: their places in the batch and the numbers of their movements. */
export type BatchCell = CellKey & {
  readonly places: readonly number[];
  readonly events: readonly TimedEvent[];
  readonly movements: readonly number[];
  /** Mostly one. */
  readonly parts: readonly PartEvents[];
};

/** What the cell's row said before this batch. */
export type CellBefore = {
  readonly onHand: PartState;
  readonly latestMicros: number;
  readonly lastMovement: number | null;
};

/** A part other than on hand, as it is stored. */
export type StoredPart = PartState &
  Expected & {
    readonly type: StockType;
    readonly lot: string;
    readonly stated: Mark | undefined;
  };

/** A movement as it is appended. */
export type Movement = {
  readonly movement: number;
  readonly event: TimedEvent;
  readonly delta: number;
  readonly isSuperseded: boolean;
  readonly latestMicros: number;
  readonly previous: number | null;
};

/** Events to be put to their cells: those at `places`, by their instants. */
export type CheckedEvents = {
  readonly events: readonly StockEvent[];
  readonly micros: Float64Array;
  readonly places: readonly number[];
};

/** The movement number of an event. */
export type Numbering = { readonly source: string; readonly firstMovement: number };

/** Puts events to their cells, cells by SKU and node: the order in which every writer locks them. */
export function toCells(checked: CheckedEvents, numbering: Numbering): BatchCells {
  const { events, places } = checked;
  // A line break is below every character of a name: the keys have the order of SKU, then node.
  const keys = events.map(({ sku, nodeId }) => `${sku}\n${nodeId}`);
  const keyOf = (place: number) => keys[place] ?? '';
  const order = places.toSorted((a, b) => compareIds(keyOf(a), keyOf(b)) || a - b);
  const first: number[] = [];
  const larger = new Map<number, BatchCell>();
  for (let from = 0, to = 0; from < order.length; from = to) {
    const place = order[from] ?? 0;
    const key = keyOf(place);
    for (to = from + 1; to < order.length && keyOf(order[to] ?? 0) === key; ) to += 1;
    if (to > from + 1 || !isPlainDelta(events[place])) {
      larger.set(first.length, toCell(checked, order.slice(from, to), numbering));
    }
    first.push(place);
  }
  return { first, larger };
}

function isPlainDelta(event: StockEvent | undefined): boolean {
  return event?.kind === 'delta' && event.type === 'on_hand';
}

function toCell(
  { events, micros }: CheckedEvents,
  places: readonly number[],
  { source, firstMovement }: Numbering,
): BatchCell {
  const timed = places.map((place): TimedEvent => {
    const event = events[place];
    if (event === undefined) throw new Error('Bug: an event lost its place');
    return { ...event, micros: micros[place] ?? 0, name: nameOf(source, event.eventId) };
  });
  const [one] = timed;
  if (one === undefined) throw new Error('Bug: a cell without an event');
  const parts: PartEvents[] = [];
  for (const event of timed) addToPart(parts, event);
  const { sku, nodeId } = one;
  const movements = places.map((place) => firstMovement + place);
  return { sku, nodeId, places, events: timed, movements, parts };
}

function toPart(event: TimedEvent): PartEvents {
  const { type } = event;
  const lot = lotOf(event);
  return { key: partKey(type, lot), type, lot, events: [event] };
}

function addToPart(parts: PartEvents[], event: TimedEvent): void {
  const lot = lotOf(event);
  const part = parts.find((one) => one.type === event.type && one.lot === lot);
  if (part === undefined) parts.push(toPart(event));
  else part.events.push(event);
}

/** The cell without events that were booked before; it may have none left. */
export function withoutEvents(
  cell: BatchCell,
  isBooked: (event: TimedEvent) => boolean,
): BatchCell {
  if (!cell.events.some(isBooked)) return cell;
  const isFresh = (event: TimedEvent) => !isBooked(event);
  const parts = cell.parts
    .map((part) => ({ ...part, events: part.events.filter(isFresh) }))
    .filter((part) => part.events.length > 0);
  return {
    ...cell,
    events: cell.events.filter(isFresh),
    movements: cell.movements.filter((_, index) => {
      const event = cell.events[index];
      return event !== undefined && isFresh(event);
    }),
    parts,
  };
}

/** Names a part within its cell. */
export function partKey(type: StockType, lot: string): string {
  return type === 'on_hand' ? ON_HAND : `${type}\n${lot}`;
}

/** The key of on hand. */
export const ON_HAND = 'on_hand\n';

/** What the row of a cell is told at once, right in the usual case: nothing stored is later than what comes. */
export function usualChange(cell: BatchCell): {
  readonly units: number;
  readonly counted: TimedEvent | undefined;
  readonly latestMicros: number;
} {
  const events = cell.parts.find((part) => part.type === 'on_hand')?.events ?? [];
  const counted = newestCount(events);
  const since = counted?.micros ?? -Infinity;
  let units = counted?.quantity ?? 0;
  for (const event of events) {
    if (event.kind === 'delta' && event.micros > since) units += event.quantity;
  }
  return { units, counted, latestMicros: latestOf(cell.events) };
}

function latestOf(events: readonly TimedEvent[]): number {
  let latest = -Infinity;
  for (const { micros } of events) latest = Math.max(latest, micros);
  return latest;
}

/**
 * The instant after which stored deltas of the cell must be known, when a count of this batch comes into force although
 * something later is stored; undefined: nothing need be known.
 */
export function lookBackTo(
  cell: BatchCell,
  before: CellBefore,
  stored: ReadonlyMap<string, StoredPart>,
): number | undefined {
  let since: number | undefined;
  for (const part of cell.parts) {
    const { key } = part;
    const count = newestCount(part.events);
    if (count === undefined || count.micros >= before.latestMicros) continue;
    const held = key === ON_HAND ? before.onHand.counted : stored.get(key)?.counted;
    if (held !== undefined && compareMarks(count, held) <= 0) continue;
    since = Math.min(since ?? Infinity, count.micros);
  }
  return since;
}

/** A stored delta found by looking back. */
export type StoredDelta = {
  readonly part: string;
  readonly micros: number;
  readonly quantity: number;
};

/** A cell after its events. `changed` are its parts other than on hand. */
export type BookedCell = {
  readonly onHand: BookedPart;
  readonly changed: readonly StoredPart[];
  readonly movements: readonly Movement[];
};

/** Decides a cell. */
export function bookCell(
  cell: BatchCell,
  before: CellBefore,
  known: {
    readonly stored: ReadonlyMap<string, StoredPart>;
    readonly later: readonly StoredDelta[];
  },
): BookedCell {
  const effects = new Map<TimedEvent, { delta: number; isSuperseded: boolean }>();
  const changed: StoredPart[] = [];
  let onHand: BookedPart = { ...before.onHand, effects: [], superseded: [] };
  for (const part of cell.parts) {
    const { key } = part;
    const stored = known.stored.get(key);
    const state = key === ON_HAND ? before.onHand : (stored ?? EMPTY);
    const booked = bookPart(state, part.events, (micros) => sumAfter(known.later, key, micros));
    for (const [index, event] of part.events.entries()) {
      const delta = booked.effects[index] ?? 0;
      effects.set(event, { delta, isSuperseded: booked.superseded[index] ?? false });
    }
    if (key === ON_HAND) onHand = booked;
    else changed.push(toStored(part, booked, stored));
  }
  return { onHand, changed, movements: toMovements(cell, before, effects) };
}

const EMPTY: PartState = { quantity: 0, counted: undefined };

function sumAfter(later: readonly StoredDelta[], part: string, micros: number): number {
  let sum = 0;
  for (const delta of later) {
    if (delta.part === part && delta.micros > micros) sum += delta.quantity;
  }
  return sum;
}

function toStored(
  part: PartEvents,
  booked: BookedPart,
  stored: StoredPart | undefined,
): StoredPart {
  const { type, lot, events } = part;
  const { quantity, counted } = booked;
  const newest = newestStatement(events);
  const isNewer =
    newest !== undefined &&
    (stored?.stated === undefined || compareMarks(newest, stored.stated) > 0);
  if (isNewer) {
    const { expectedAt, expectedOn } = newest.lot ?? {};
    return { type, lot, quantity, counted, stated: newest, expectedAt, expectedOn };
  }
  const { stated, expectedAt, expectedOn } = stored ?? {};
  return { type, lot, quantity, counted, stated, expectedAt, expectedOn };
}

function toMovements(
  cell: BatchCell,
  before: CellBefore,
  effects: ReadonlyMap<TimedEvent, { delta: number; isSuperseded: boolean }>,
): Movement[] {
  let previous = before.lastMovement;
  let latestMicros = before.latestMicros;
  return cell.events.map((event, index) => {
    const effect = effects.get(event);
    const movement = cell.movements[index] ?? 0;
    latestMicros = Math.max(latestMicros, event.micros);
    const appended = {
      movement,
      event,
      delta: effect?.delta ?? 0,
      isSuperseded: effect?.isSuperseded ?? false,
      latestMicros,
      previous,
    };
    previous = movement;
    return appended;
  });
}

/** An incoming lot as positions publish it. */
export type PublishedLot = { readonly quantity: number } & Expected;

/** What a cell's row says of parts other than on hand: nothing below zero, and no lot without a due date. */
export function publishParts(parts: Iterable<StoredPart>): {
  readonly unavailable: number;
  readonly incoming: readonly PublishedLot[];
} {
  let unavailable = 0;
  const lots: StoredPart[] = [];
  for (const part of parts) {
    if (part.quantity <= 0) continue;
    if (UNAVAILABLE_TYPES.includes(part.type)) unavailable += part.quantity;
    else if (part.expectedAt !== undefined || part.expectedOn !== undefined) lots.push(part);
  }
  const incoming = lots
    .toSorted((a, b) => compareIds(a.lot, b.lot))
    .map(({ quantity, expectedAt, expectedOn }): PublishedLot => {
      if (expectedAt !== undefined) return { quantity, expectedAt };
      return { quantity, expectedOn };
    });
  return { unavailable, incoming };
}
