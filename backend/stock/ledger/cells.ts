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
  newestCount,
  newestStatement,
  type PartState,
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

/** A cell of a batch. `movements` are its events' numbers, in order of arrival. */
export type BatchCell = CellKey & {
  readonly events: TimedEvent[];
  readonly movements: number[];
  /** Mostly one. */
  readonly parts: PartEvents[];
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

/** Puts events to their cells, cells by SKU and node: the order in which every writer locks them. */
export function toCells(events: readonly TimedEvent[], firstMovement: number): BatchCell[] {
  const cells = new Map<string, BatchCell>();
  let movement = firstMovement;
  for (const event of events) {
    const { sku, nodeId } = event;
    const key = `${sku}\n${nodeId}`;
    const known = cells.get(key);
    if (known === undefined) {
      const part = toPart(event);
      cells.set(key, { sku, nodeId, events: [event], movements: [movement], parts: [part] });
    } else addEvent(known, event, movement);
    movement += 1;
  }
  return [...cells.values()].sort(compareCells);
}

function toPart(event: TimedEvent): PartEvents {
  const { type } = event;
  const lot = lotOf(event);
  return { key: partKey(type, lot), type, lot, events: [event] };
}

function addEvent(cell: BatchCell, event: TimedEvent, movement: number): void {
  cell.events.push(event);
  cell.movements.push(movement);
  const lot = lotOf(event);
  const part = cell.parts.find((one) => one.type === event.type && one.lot === lot);
  if (part === undefined) cell.parts.push(toPart(event));
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

/** The order of locks. */
export function compareCells(a: CellKey, b: CellKey): number {
  return compareIds(a.sku, b.sku) || compareIds(a.nodeId, b.nodeId);
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
  const only = soleDelta(cell);
  if (only !== undefined) return bookOneDelta(cell, before, only);
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

function soleDelta({ events }: BatchCell): TimedEvent | undefined {
  const [only] = events;
  const isSole = events.length === 1 && only?.kind === 'delta' && only.type === 'on_hand';
  return isSole ? only : undefined;
}

// Nine in ten cells of a batch: what `bookPart` would say, without making its lists.
function bookOneDelta(cell: BatchCell, before: CellBefore, event: TimedEvent): BookedCell {
  const { quantity, counted } = before.onHand;
  const isSuperseded = counted !== undefined && event.micros <= counted.micros;
  const delta = isSuperseded ? 0 : event.quantity;
  const movement: Movement = {
    movement: cell.movements[0] ?? 0,
    event,
    delta,
    isSuperseded,
    latestMicros: Math.max(before.latestMicros, event.micros),
    previous: before.lastMovement,
  };
  const onHand = { quantity: quantity + delta, counted, effects: NONE, superseded: NONE };
  return { onHand, changed: NONE, movements: [movement] };
}

const NONE: never[] = [];

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
