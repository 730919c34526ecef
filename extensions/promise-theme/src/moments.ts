/**
 * What time is it for this answer, and how is a moment said?
 *
 * Pure: instants in, words out. The shopper's clock is never trusted: an answer brings the minute it was made in, and
 * only the time that passed since is measured here, by two clocks, of which the later counts (one rests while a phone
 * sleeps, the other can be set back). Words come from Intl in the page's language; days are the destination's.
 */

/** An answer's minute and the two clocks when it arrived, milliseconds. */
export type Clock = {
  readonly evaluatedAtMs: number;
  readonly wallMs: number;
  readonly monotonicMs: number;
};

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
/** Longer than this is said as a time of day, not counted down. */
export const COUNTDOWN_MS = 24 * HOUR_MS;
// The answer's minute may be at its end, and a browser may have kept the answer for 30 s: the latest it can be.
const LATEST_MS = MINUTE_MS + 30_000;

/** The latest it can be now, milliseconds of the epoch. */
export function nowOf(clock: Clock, wallMs: number, monotonicMs: number): number {
  const passedMs = Math.max(0, wallMs - clock.wallMs, monotonicMs - clock.monotonicMs);
  return clock.evaluatedAtMs + LATEST_MS + passedMs;
}

/** How moments are said: BCP 47 language and the zone they are local to. */
export type Speech = { readonly locale: string; readonly timeZone: string };

/** The local day of an instant, `YYYY-MM-DD`. */
export function dayOf(instantMs: number, timeZone: string): string {
  // Sweden writes days as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(instantMs);
}

/** `today`, `tomorrow, Thu 26 Nov` or `Fri 27 Nov`; `day` as `YYYY-MM-DD`, seen from `nowMs`. */
export function sayDay(day: string, nowMs: number, { locale, timeZone }: Speech): string {
  const shape = { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' } as const;
  const date = new Intl.DateTimeFormat(locale, shape).format(Date.parse(day));
  const ahead = (Date.parse(day) - Date.parse(dayOf(nowMs, timeZone))) / COUNTDOWN_MS;
  if (ahead !== 0 && ahead !== 1) return date;
  const near = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(ahead, 'day');
  return ahead === 0 ? near : `${near}, ${date}`;
}

/** `15:30`, or as the language writes it. */
export function sayTime(instantMs: number, { locale, timeZone }: Speech): string {
  return new Intl.DateTimeFormat(locale, { timeZone, timeStyle: 'short' }).format(instantMs);
}

/** `2 h 05 min`, in whole minutes that are surely left; `''` when none is. */
export function sayLeft(leftMs: number, locale: string): string {
  const minutes = Math.floor(leftMs / MINUTE_MS);
  if (minutes < 1) return '';
  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(
      value,
    );
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [hours > 0 ? unit(hours, 'hour') : '', rest > 0 || hours === 0 ? unit(rest, 'minute') : '']
    .filter(Boolean)
    .join(' ');
}

/** `850 m`, `3.2 km`. */
export function sayDistance(meters: number, locale: string): string {
  const far = meters >= 1_000;
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: far ? 'kilometer' : 'meter',
    maximumFractionDigits: far && meters < 10_000 ? 1 : 0,
  }).format(far ? meters / 1_000 : meters);
}

/** True when a local time of day is midnight: a window that ends then ends with its day. */
export function isMidnight(instant: string): boolean {
  return instant.slice(11, 16) === '00:00';
}

/** Puts values into `[name]` places of a sentence. */
export function fill(sentence: string, values: { readonly [name: string]: string }): string {
  return sentence.replace(/\[(\w+)\]/g, (_, name: string) => values[name] ?? '');
}
