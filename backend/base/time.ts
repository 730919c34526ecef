/**
 * Instants, days and wall clocks as whole numbers.
 *
 * Answers: which minute is "18:00 on 2026-10-25 in Rome", and what does a place's clock show at a minute.
 * An *instant* is a whole number of minutes since 1970-01-01T00:00Z (`…Minute`), a *day* a whole number of
 * dates since 1970-01-01, a *time of day* minutes since 00:00 of its date and may pass 24:00. The rules of a
 * zone come from Temporal once, as a small table; after that every conversion is integer arithmetic.
 * The host's own zone is never read. Wall times that a clock change skips or repeats are resolved by the named
 * side exactly as Temporal's `disambiguation` does (docs/semantics.md, Time).
 */

/** Later than every instant: "does not happen". Fits a 32-bit integer. */
export const NEVER = 2_147_483_647;
export const MINUTES_PER_DAY = 1_440;
const MS_PER_MINUTE = 60_000;
const NS_PER_MINUTE = 60_000_000_000;

/** Which of the two instants a skipped or repeated wall time means (Temporal's `disambiguation`). */
export type Side = 'earlier' | 'later';

/**
 * A zone's offsets over a span: offset `offsets[i]` (minutes east of UTC) holds from `starts[i]` until
 * `starts[i + 1]`. The first row reaches back for ever, the last one forward for ever.
 */
export type ZoneTable = {
  readonly name: string;
  readonly starts: Int32Array;
  readonly offsets: Int32Array;
};

/** True for an IANA zone in its usual spelling (`Europe/Rome`, `UTC`); false for offsets and misspellings. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Temporal.ZonedDateTime(0n, name).timeZoneId === name;
  } catch {
    return false;
  }
}

/** The offsets of `name` (a zone that `isTimeZone` accepts) for instants in `[fromMinute, toMinute)`. */
export function compileZone(name: string, fromMinute: number, toMinute: number): ZoneTable {
  const starts: number[] = [fromMinute];
  const first = zonedAt(name, fromMinute);
  const offsets: number[] = [offsetMinutes(first)];
  let next = first.getTimeZoneTransition('next');
  while (next !== null && next.epochMilliseconds < toMinute * MS_PER_MINUTE) {
    starts.push(Math.floor(next.epochMilliseconds / MS_PER_MINUTE));
    offsets.push(offsetMinutes(next));
    next = next.getTimeZoneTransition('next');
  }
  return { name, starts: Int32Array.from(starts), offsets: Int32Array.from(offsets) };
}

function zonedAt(name: string, minute: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(minute * MS_PER_MINUTE).toZonedDateTimeISO(name);
}

function offsetMinutes(moment: Temporal.ZonedDateTime): number {
  return Math.floor(moment.offsetNanoseconds / NS_PER_MINUTE);
}

/** Minutes east of UTC that the zone's clocks show at `minute`. */
export function offsetAt(zone: ZoneTable, minute: number): number {
  const { starts, offsets } = zone;
  // From the front: questions are about the weeks after the table begins, which reaches far ahead.
  let index = 0;
  while (index + 1 < starts.length && minute >= (starts[index + 1] ?? NEVER)) index += 1;
  return offsets[index] ?? 0;
}

/** The local date at `minute`, as a day number. */
export function localDay(zone: ZoneTable, minute: number): number {
  return Math.floor((minute + offsetAt(zone, minute)) / MINUTES_PER_DAY);
}

/** The local time of day at `minute`: 0 to 1,439 minutes after 00:00 on the wall clock. */
export function localTimeOfDay(zone: ZoneTable, minute: number): number {
  const local = minute + offsetAt(zone, minute);
  return local - Math.floor(local / MINUTES_PER_DAY) * MINUTES_PER_DAY;
}

/**
 * The instant at which the zone's wall clock shows `timeOfDay` (minutes, may pass 24:00) on `day`. A time the
 * clock shows twice means the first (`earlier`) or second (`later`) time; a skipped time is read with the offset
 * after the change (`earlier`: before the gap) or before it (`later`: after the gap).
 */
export function wallToMinute(zone: ZoneTable, day: number, wall: WallTime): number {
  const { starts, offsets } = zone;
  const local = day * MINUTES_PER_DAY + wall.timeOfDay;
  let found = NEVER;
  for (let index = 0; index < starts.length; index += 1) {
    const minute = local - (offsets[index] ?? 0);
    // Offsets differ by less than a day: rows that begin later than that cannot hold any more.
    if (found !== NEVER && (starts[index] ?? NEVER) > found + MINUTES_PER_DAY) break;
    if (!holdsAt(zone, index, minute)) continue;
    if (wall.side === 'earlier') return minute;
    found = minute;
  }
  return found === NEVER ? inGap(zone, local, wall.side) : found;
}

/** Row `index` of the zone's table is the one in force at `minute`. */
function holdsAt(zone: ZoneTable, index: number, minute: number): boolean {
  const { starts } = zone;
  if (index > 0 && minute < (starts[index] ?? NEVER)) return false;
  return index + 1 === starts.length || minute < (starts[index + 1] ?? NEVER);
}

/** A time of day to convert, and the side that a skipped or repeated one takes. */
export type WallTime = { readonly timeOfDay: number; readonly side: Side };

function inGap(zone: ZoneTable, local: number, side: Side): number {
  const { starts, offsets } = zone;
  for (let index = 1; index < starts.length; index += 1) {
    const start = starts[index] ?? 0;
    const before = offsets[index - 1] ?? 0;
    const after = offsets[index] ?? 0;
    if (local >= start + before && local < start + after) {
      return local - (side === 'earlier' ? after : before);
    }
  }
  throw new Error(`Bug: wall time ${local} of ${zone.name} is neither in the table nor in a gap`);
}

/** An instant text (ISO 8601 with offset, already checked) as a minute, cut to the whole minute before it. */
export function instantToMinuteFloor(text: string): number {
  return Math.floor(Temporal.Instant.from(text).epochMilliseconds / MS_PER_MINUTE);
}

/** An instant text as a minute, raised to the next whole minute unless it is one. */
export function instantToMinuteCeil(text: string): number {
  const nanoseconds = Temporal.Instant.from(text).epochNanoseconds;
  const minute = BigInt(NS_PER_MINUTE);
  // Division of big integers cuts towards zero, which is already "up" before 1970.
  const cut = Number(nanoseconds / minute);
  return nanoseconds > 0n && nanoseconds % minute !== 0n ? cut + 1 : cut;
}

/** The ISO instant of a minute, in UTC. */
export function instantOf(minute: number): string {
  return Temporal.Instant.fromEpochMilliseconds(minute * MS_PER_MINUTE).toString();
}

/** `2026-11-30T16:30:00+01:00`: the minute on the wall clock of the named zone, with its offset. */
export function formatMinute(minute: number, zoneName: string): string {
  return zonedAt(zoneName, minute).toString({
    timeZoneName: 'never',
    calendarName: 'never',
    fractionalSecondDigits: 0,
  });
}

/** The day number of `YYYY-MM-DD` (already checked). The inverse of `formatDay`, by the same eras. */
export function parseDay(text: string): number {
  const month = Number(text.slice(5, 7));
  const year = Number(text.slice(0, 4)) - (month <= 2 ? 1 : 0);
  const fromMarch = month > 2 ? month - 3 : month + 9;
  const dayOfYear = Math.floor((153 * fromMarch + 2) / 5) + Number(text.slice(8, 10)) - 1;
  const leapDays = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
  return year * 365 + leapDays + dayOfYear - DAYS_TO_1970;
}

/** `YYYY-MM-DD` of a day number, years 0 to 9999. */
export function formatDay(day: number): string {
  const { year, month, dayOfMonth } = civilDate(day);
  const pad = (value: number) => (value < 10 ? `0${value}` : `${value}`);
  return `${String(year).padStart(4, '0')}-${pad(month)}-${pad(dayOfMonth)}`;
}

/** The year a day number lies in. */
export function yearOfDay(day: number): number {
  return civilDate(day).year;
}

const DAYS_PER_ERA = 146_097;
/** Days from 0000-03-01, where the arithmetic begins, to 1970-01-01. */
const DAYS_TO_1970 = 719_468;

/**
 * The Gregorian date of a day number in integer arithmetic (an answer shows a dozen dates, and
 * Temporal takes a microsecond for each): eras of 400 years, years that begin on 1 March so that the
 * leap day is the last, months of 153 days in five. A test holds it against Temporal.
 */
function civilDate(day: number): { year: number; month: number; dayOfMonth: number } {
  const shifted = day + DAYS_TO_1970;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const leapDays =
    Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    dayOfMonth: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
}

/** 0 for Monday … 6 for Sunday. 1970-01-01 was a Thursday. */
export function weekdayIndex(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** `HH:MM` (00:00 to 47:59, already checked) as minutes after 00:00. */
export function parseTimeOfDay(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
}

/** `YYYY-MM-DD` of a day number by integer arithmetic: what `formatDay` gives, without making an object. */
export function writeDay(day: number): string {
  // Days are counted from 1 March of year 0, so that a leap day ends its year (Howard Hinnant, "chrono-Compatible
  // Low-Level Date Algorithms").
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const inEra = shifted - era * 146_097;
  const year = Math.floor(
    (inEra - Math.floor(inEra / 1_460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) /
      365,
  );
  const inYear = inEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const shiftedMonth = Math.floor((5 * inYear + 2) / 153);
  const date = inYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const civilYear = year + era * 400 + (month <= 2 ? 1 : 0);
  return `${civilYear}-${twoDigits(month)}-${twoDigits(date)}`;
}

/** What `formatMinute` gives, from the compiled zone and by integer arithmetic: for answers made thousands a second. */
export function writeMinute(zone: ZoneTable, minute: number): string {
  const offset = offsetAt(zone, minute);
  const local = minute + offset;
  const day = Math.floor(local / MINUTES_PER_DAY);
  const timeOfDay = local - day * MINUTES_PER_DAY;
  const size = Math.abs(offset);
  return `${writeDay(day)}T${clock(timeOfDay)}:00${offset < 0 ? '-' : '+'}${clock(size)}`;
}

function clock(minutes: number): string {
  return `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
