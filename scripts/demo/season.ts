/**
 * The dates that change the demo's opening hours: Black Friday, the Sundays before Christmas, its two eves.
 *
 * For both years of the demo. Public holidays are not here: the network takes them from the country and region.
 */

const YEARS = [2026, 2027] as const;

/** `YYYY-MM-DD`. */
export type Day = string;

/** The Friday after the fourth Thursday of November, by year. */
export const BLACK_FRIDAYS: readonly Day[] = YEARS.map((year) => {
  const first = Temporal.PlainDate.from({ year, month: 11, day: 1 });
  const firstThursday = first.add({ days: (4 - first.dayOfWeek + 7) % 7 });
  return firstThursday.add({ days: 22 }).toString();
});

/** The four Sundays of Advent of each year, earliest first: the last is the Sunday on or before 24 December. */
export const ADVENT_SUNDAYS: readonly (readonly Day[])[] = YEARS.map((year) => {
  const eve = Temporal.PlainDate.from({ year, month: 12, day: 24 });
  const fourth = eve.subtract({ days: eve.dayOfWeek % 7 });
  return [21, 14, 7, 0].map((days) => fourth.subtract({ days }).toString());
});

/** Christmas Eve and New Year's Eve. */
export const EVES: readonly Day[] = YEARS.flatMap((year) => [`${year}-12-24`, `${year}-12-31`]);

/** This day of each year, `MM-DD`. */
export function everyYear(monthDay: string): Day[] {
  return YEARS.map((year) => `${year}-${monthDay}`);
}

/** Day of the week, 1 (Monday) to 7. */
export function weekdayOf(day: Day): number {
  return Temporal.PlainDate.from(day).dayOfWeek;
}

/** The day so many days later. */
export function dayAfter(day: Day, days = 1): Day {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}
