/**
 * When each carrier service leaves each node, as sorted instants over the compiled span.
 *
 * Rule 3 of docs/semantics.md: a weekly pickup happens when the local date of its minute is a working
 * day of the service where the node stands, and the node is open or just closing; a dated extra pickup
 * skips the working-day test. Nodes with equal hours and equal pickups share one list.
 */
import { localDay, parseDay, parseTimeOfDay, wallToMinute, weekdayIndex } from '../base/time.ts';
import { isOpenOrClosing } from './calendar.ts';
import type { Calendar } from './snapshot.ts';
import { WEEKDAYS, type WorldNode } from './world.ts';

type CarrierPickups = WorldNode['carrierPickups'][number];

/** The departures of one service at one node. `isWorkingDay` answers for the node's place. */
export function compileDepartures(
  calendar: Calendar,
  pickups: readonly CarrierPickups[],
  isWorkingDay: (day: number) => boolean,
): Int32Array {
  const { zone } = calendar;
  const found = new Set<number>();
  const add = (minute: number) => {
    if (isOpenOrClosing(calendar, minute)) found.add(minute);
  };
  const firstDay = localDay(zone, calendar.fromMinute);
  const lastDay = localDay(zone, calendar.toMinute);
  const weekly = WEEKDAYS.map((weekday) =>
    pickups.flatMap((row) => row.weekly[weekday] ?? []).map(parseTimeOfDay),
  );
  for (let day = firstDay; day <= lastDay; day += 1) {
    for (const timeOfDay of weekly[weekdayIndex(day)] ?? []) {
      const minute = wallToMinute(zone, day, { timeOfDay, side: 'earlier' });
      if (isWorkingDay(localDay(zone, minute))) add(minute);
    }
  }
  for (const extra of pickups.flatMap((row) => row.extra)) {
    const day = parseDay(extra.date);
    if (day < firstDay || day > lastDay) continue;
    const timeOfDay = parseTimeOfDay(extra.time);
    add(wallToMinute(zone, day, { timeOfDay, side: 'earlier' }));
  }
  return Int32Array.from(found).sort();
}
