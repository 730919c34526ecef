/**
 * When each carrier service leaves each node, as sorted instants over the compiled span.
 *
 * Rule 3 of docs/semantics.md: a weekly pickup happens when the local date of its minute is a working
 * day of the service where the node stands, and the node is open or just closing; a dated extra pickup
 * skips the working-day test. Nodes with equal hours and equal pickups share one list.
 */
import { localDay, parseDay, parseTimeOfDay, wallToMinute } from '../base/time.ts';
import { isOpenOrClosing, weekdayOf } from './calendar.ts';
import type { Calendar } from './snapshot.ts';
import type { WorldNode } from './world.ts';

type CarrierPickups = WorldNode['carrierPickups'][number];

/** The departures of one service at one node. `isWorkingDay` answers for the node's place. */
export function compileDepartures(
  calendar: Calendar,
  pickups: readonly CarrierPickups[],
  isWorkingDay: (day: number) => boolean,
): Int32Array {
  const { zone } = calendar;
  const found = new Set<number>();
  const add = (day: number, time: string, isExtra: boolean) => {
    const timeOfDay = parseTimeOfDay(time);
    const minute = wallToMinute(zone, day, { timeOfDay, side: 'earlier' });
    if (!isExtra && !isWorkingDay(localDay(zone, minute))) return;
    if (isOpenOrClosing(calendar, minute)) found.add(minute);
  };
  const firstDay = localDay(zone, calendar.fromMinute);
  const lastDay = localDay(zone, calendar.toMinute);
  for (let day = firstDay; day <= lastDay; day += 1) {
    const weekday = weekdayOf(day);
    const times = pickups.flatMap((row) => row.weekly[weekday] ?? []);
    for (const time of times) add(day, time, false);
  }
  for (const extra of pickups.flatMap((row) => row.extra)) {
    const day = parseDay(extra.date);
    if (day >= firstDay && day <= lastDay) add(day, extra.time, true);
  }
  return Int32Array.from(found).sort();
}
