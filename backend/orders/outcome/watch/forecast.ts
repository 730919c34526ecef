/**
 * When will everything of an order be there, as far as anybody knows, and must its date be moved?
 *
 * In: works with their plans, parcels with what carriers expect, the promise in force. Out: the instant, or that it is
 * unknown; and the new window when the forecast passes the promise. Instants are epoch minutes.
 * Invariants: the forecast of an order is the latest of its parts and unknown when that of one is; a date is only ever moved
 * later, and a moved window ends no earlier than the forecast.
 */
import {
  formatDay,
  localDay,
  localTimeOfDay,
  MINUTES_PER_DAY,
  wallToMinute,
  type ZoneTable,
} from '../../../base/time.ts';
import type { WorkKind, WorkState } from '../../works/lifecycle.ts';
import type { Openings } from './milestones.ts';

/** A work, or one parcel of it, as far as its end goes. */
export type ForecastPart = {
  readonly kind: WorkKind;
  readonly state: WorkState;
  /** What the plan says: a parcel's end, a pickup's ready instant. */
  readonly plannedMinute: number | undefined;
  /** What the carrier says. */
  readonly expectedMinute: number | undefined;
  /** When it was there (pickups: ready). */
  readonly thereMinute: number | undefined;
};

/** When it will be there: the instant, or why it cannot be told. */
export type Forecast =
  | { readonly endMinute: number; readonly source: 'there' | 'carrier' | 'plan' }
  | { readonly endMinute: undefined; readonly source: 'unplaced' | 'overdue' };

/** The forecast of one part at `nowMinute`; undefined when nothing of it will come. */
export function forecastOf(part: ForecastPart, nowMinute: number): Forecast | undefined {
  if (part.state === 'canceled') return undefined;
  if (part.thereMinute !== undefined) return { endMinute: part.thereMinute, source: 'there' };
  if (part.state === 'unplaced') return { endMinute: undefined, source: 'unplaced' };
  const said = part.expectedMinute;
  const end = said ?? part.plannedMinute;
  // An expectation that has passed says only that it was wrong.
  if (end === undefined || end < nowMinute) return { endMinute: undefined, source: 'overdue' };
  return { endMinute: end, source: said === undefined ? 'plan' : 'carrier' };
}

/** The forecast of a whole order; undefined when nothing of it will come. */
export function forecastOrder(
  parts: readonly ForecastPart[],
  nowMinute: number,
): Forecast | undefined {
  const all = parts.flatMap((part) => forecastOf(part, nowMinute) ?? []);
  const unknown = all.find((one) => one.endMinute === undefined);
  if (unknown !== undefined) return unknown;
  return all.reduce<Forecast | undefined>(
    (latest, one) =>
      latest === undefined || (one.endMinute ?? 0) > (latest.endMinute ?? 0) ? one : latest,
    undefined,
  );
}

/** A promise's window in minutes. */
export type PromiseWindow = {
  readonly method: 'home' | 'pickup_point' | 'store_pickup';
  readonly fromMinute: number;
  readonly toMinute: number;
};

/**
 * Until when it must be there: deliveries by the end of the window, a pickup in a store by its beginning (rules 6, 11, 12). A
 * point's window ends when the point closes; that is all its plan knows.
 */
export function dueMinuteOf({ method, fromMinute, toMinute }: PromiseWindow): number {
  return method === 'store_pickup' ? fromMinute : toMinute;
}

/** The window that takes the promise's place, in minutes, and its date. */
export type MovedWindow = {
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly promisedOn: string;
};

const QUARTER = 15;

/**
 * Where the promise moves when the forecast passes it; undefined while it does not. Home: the whole date of the
 * forecast. A point: the same hours on the forecast's date, or what a carrier says of it. A store: the first quarter hour
 * from the forecast on in which it is open, until it closes.
 */
export function movedWindow(
  promise: PromiseWindow,
  forecastMinute: number,
  place: {
    readonly zone: ZoneTable;
    readonly openings: Openings | undefined;
    readonly isCarriersWord: boolean;
  },
): MovedWindow | undefined {
  if (forecastMinute <= dueMinuteOf(promise)) return undefined;
  const { zone } = place;
  if (promise.method === 'home') {
    // The forecast is an end: what ends at midnight is of the day before.
    const day = localDay(zone, forecastMinute - 1);
    const at = (date: number) => wallToMinute(zone, date, { timeOfDay: 0, side: 'later' });
    return { fromMinute: at(day), toMinute: at(day + 1), promisedOn: formatDay(day) };
  }
  const ready = Math.ceil(forecastMinute / QUARTER) * QUARTER;
  if (promise.method === 'pickup_point') {
    const day = localDay(zone, forecastMinute - 1);
    const shift = day - localDay(zone, promise.toMinute - 1);
    const moved = (minute: number) =>
      wallToMinute(zone, localDay(zone, minute) + shift, {
        timeOfDay: localTimeOfDay(zone, minute),
        side: 'later',
      });
    const from = place.isCarriersWord
      ? Math.max(moved(promise.fromMinute), ready)
      : moved(promise.fromMinute);
    const to = Math.max(moved(promise.toMinute), forecastMinute, from + QUARTER);
    return { fromMinute: from, toMinute: to, promisedOn: formatDay(localDay(zone, from)) };
  }
  const { fromMinute, toMinute } = openingFrom(place.openings, ready) ?? {
    fromMinute: ready,
    toMinute: ready + Math.min(MINUTES_PER_DAY, promise.toMinute - promise.fromMinute),
  };
  return { fromMinute, toMinute, promisedOn: formatDay(localDay(zone, fromMinute)) };
}

function openingFrom(openings: Openings | undefined, minute: number) {
  if (openings === undefined) return undefined;
  const index = openings.openTo.findIndex((to) => to > minute);
  const from = openings.openFrom[index];
  const to = openings.openTo[index];
  if (from === undefined || to === undefined) return undefined;
  return { fromMinute: Math.max(from, minute), toMinute: to };
}
