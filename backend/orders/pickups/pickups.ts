/**
 * Until when is kept what lies ready to be collected?
 *
 * Days are those on which the store opens, counted from the day after the goods became ready: a closed Monday takes nobody's
 * time. In: the store's calendar. Out: the last closing of the last of those days. Instants are epoch minutes. Pure.
 */
import { localDay, MINUTES_PER_DAY } from '../../base/time.ts';
import type { Calendar } from '../../network/snapshot.ts';

/** One row of what is to be put back. */
export type PutBack = {
  readonly putBackId: string;
  readonly workId: string;
  readonly orderId: string;
  /** What people call the order. */
  readonly orderName: string;
  readonly nodeId: string;
  readonly since: string;
  readonly lines: readonly {
    readonly lineId: string;
    readonly sku: string;
    readonly title: string;
    readonly quantity: number;
  }[];
  /** What was taken out of sale; null: not yet. */
  readonly units: readonly { readonly sku: string; readonly quantity: number }[] | null;
};

/** When the store is open, as far as it is counted; undefined: the place is gone, days are just days. */
export type KeepingCalendar = Pick<Calendar, 'zone' | 'openDays' | 'lastClosing'> | undefined;

/** The last closing on the `days`-th opening day after the local day of `fromMinute`. */
export function keptUntil(calendar: KeepingCalendar, fromMinute: number, days: number): number {
  const elapsed = fromMinute + days * MINUTES_PER_DAY;
  if (calendar === undefined) return elapsed;
  const today = localDay(calendar.zone, fromMinute);
  const next = calendar.openDays.findIndex((day) => day > today);
  if (days === 0 || next < 0) return elapsed;
  // Beyond the calendar's end nobody knows when it opens: then days are just days.
  const known = Math.min(days, calendar.openDays.length - next);
  const closing = calendar.lastClosing[next + known - 1] ?? elapsed;
  return closing + (days - known) * MINUTES_PER_DAY;
}
