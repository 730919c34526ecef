/**
 * Wall clocks by a table: the UTC offsets of one time zone and when they change, asked of Temporal once.
 *
 * Inputs: an IANA zone name. Outputs: minutes of offset at an instant, and the instant of a wall-clock minute.
 * Every instant is a whole minute since 1970-01-01T00:00Z, every local minute a whole minute since 1970-01-01 00:00
 * on the zone's own wall clock, every day a whole number of days since 1970-01-01. Part of the slow oracle: it shares
 * nothing with the product. Source: docs/semantics.md, "Time".
 */

/** Which of the two instants a wall-clock minute has, when a clock change repeats or skips it. */
export type Side = 'earlier' | 'later';

export type ZoneTable = {
  readonly timeZone: string;
  /** Minutes ahead of UTC at this instant. */
  offsetAt(minute: number): number;
  /** Day number of the local date of this instant. */
  dayAt(minute: number): number;
  /** The instant of a wall-clock minute; a repeated or skipped one has two, the side chooses. */
  instant(localMinute: number, side: Side): number;
  /** True when a clock change repeats or skips this wall-clock minute. */
  isTwofold(localMinute: number): boolean;
};

export const MINUTES_PER_DAY = 1_440;

const FIRST = '2025-01-01T00:00:00Z';
const LAST_MINUTE = Temporal.Instant.from('2030-01-01T00:00:00Z').epochMilliseconds / 60_000;

type Change = { at: number; before: number; after: number };

function offsetMinutes(zoned: Temporal.ZonedDateTime): number {
  return zoned.offsetNanoseconds / 60_000_000_000;
}

function changesOf(timeZone: string): { first: number; changes: Change[] } {
  let zoned = Temporal.Instant.from(FIRST).toZonedDateTimeISO(timeZone);
  const first = offsetMinutes(zoned);
  const changes: Change[] = [];
  for (;;) {
    const next = zoned.getTimeZoneTransition('next');
    if (next === null || next.epochMilliseconds / 60_000 > LAST_MINUTE) return { first, changes };
    const before = offsetMinutes(zoned);
    const after = offsetMinutes(next);
    if (before !== after) changes.push({ at: next.epochMilliseconds / 60_000, before, after });
    zoned = next;
  }
}

function buildZoneTable(timeZone: string): ZoneTable {
  const { first, changes } = changesOf(timeZone);
  const offsets = [first, ...changes.map(({ after }) => after)];
  const starts = [Number.NEGATIVE_INFINITY, ...changes.map(({ at }) => at)];
  let last = 0;
  // Questions come in runs of neighbors: look where the last answer was before looking everywhere.
  const holds = (index: number, minute: number): boolean =>
    minute >= (starts[index] ?? 0) && minute < (starts[index + 1] ?? Number.POSITIVE_INFINITY);
  const offsetAt = (minute: number): number => {
    if (!holds(last, minute)) last = starts.findIndex((_, index) => holds(index, minute));
    return offsets[last] ?? first;
  };
  const twofold = (localMinute: number): Change | undefined =>
    changes.find(
      (change) =>
        localMinute >= change.at + Math.min(change.before, change.after) &&
        localMinute < change.at + Math.max(change.before, change.after),
    );
  const instant = (localMinute: number, side: Side): number => {
    const change = twofold(localMinute);
    if (change !== undefined) {
      const one = localMinute - change.before;
      const other = localMinute - change.after;
      return side === 'earlier' ? Math.min(one, other) : Math.max(one, other);
    }
    for (const offset of new Set(offsets)) {
      if (offsetAt(localMinute - offset) === offset) return localMinute - offset;
    }
    throw new Error(`${timeZone}: no instant for local minute ${localMinute}`);
  };
  return {
    timeZone,
    offsetAt,
    dayAt: (minute) => Math.floor((minute + offsetAt(minute)) / MINUTES_PER_DAY),
    instant,
    isTwofold: (localMinute) => twofold(localMinute) !== undefined,
  };
}

const tables = new Map<string, ZoneTable>();

/** The table of one zone, built on first use and kept. */
export function zoneTable(timeZone: string): ZoneTable {
  const known = tables.get(timeZone);
  if (known !== undefined) return known;
  const table = buildZoneTable(timeZone);
  tables.set(timeZone, table);
  return table;
}

/** `2026-11-27` → days since 1970-01-01. */
export function dayNumber(isoDay: string): number {
  return Temporal.PlainDate.from('1970-01-01').until(isoDay, { largestUnit: 'day' }).days;
}

/** Days since 1970-01-01 → `2026-11-27`. */
export function isoDay(day: number): string {
  return Temporal.PlainDate.from('1970-01-01').add({ days: day }).toString();
}

const WEEK = ['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed'] as const;

/** 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): (typeof WEEK)[number] {
  return WEEK[((day % 7) + 7) % 7] ?? 'thu';
}

/** `26:30` → 1590. */
export function timeOfDayMinutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** An ISO instant → minutes; seconds count as a fraction, for the caller to floor or ceil. */
export function instantMinutes(iso: string): number {
  return Temporal.Instant.from(iso).epochMilliseconds / 60_000;
}

/** `2026-11-27T18:00:00+01:00` of a minute on this zone's clock. */
export function isoInstant(minute: number, table: ZoneTable): string {
  const local = minute + table.offsetAt(minute);
  const day = Math.floor(local / MINUTES_PER_DAY);
  const ofDay = local - day * MINUTES_PER_DAY;
  const two = (value: number) => String(value).padStart(2, '0');
  const offset = table.offsetAt(minute);
  const sign = offset < 0 ? '-' : '+';
  const size = Math.abs(offset);
  const time = `${two(Math.floor(ofDay / 60))}:${two(ofDay % 60)}:00`;
  return `${isoDay(day)}T${time}${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
