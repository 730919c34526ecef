/**
 * Dates, times, money and weights in the merchant's language, always in the zone they belong to.
 */
import { minorUnitDigits } from '../../base/money.ts';
import { language } from './texts/text.ts';

const REGIONS = { en: 'en-GB', it: 'it', fr: 'fr', de: 'de', es: 'es' } as const;

function locale(): string {
  return REGIONS[language()];
}

/** `Tue 1 Dec` of a day `2026-12-01`. */
export function shortDay(day: string): string {
  return write(`${day}T12:00:00Z`, 'UTC', { weekday: 'short', day: 'numeric', month: 'short' });
}

/** `Tuesday 1 December` of a day. */
export function longDay(day: string): string {
  return write(`${day}T12:00:00Z`, 'UTC', { weekday: 'long', day: 'numeric', month: 'long' });
}

/** `1 Dec 2026` of a day. */
export function dateOf(day: string): string {
  return write(`${day}T12:00:00Z`, 'UTC', { day: 'numeric', month: 'short', year: 'numeric' });
}

/** `10:00` of an instant, there. */
export function timeAt(instant: string, timeZone: string): string {
  return write(instant, timeZone, { hour: '2-digit', minute: '2-digit' });
}

/** `Tue 1 Dec, 10:00` of an instant, there. */
export function momentAt(instant: string, timeZone: string): string {
  return write(instant, timeZone, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
}

/** Until when, as people say it: a midnight ends the day before, `Tue 1 Dec, 24:00`. */
export function endAt(instant: string, timeZone: string): string {
  if (wallAt(instant, timeZone).time !== '00:00') return momentAt(instant, timeZone);
  const lastMoment = new Date(Date.parse(instant) - 1).toISOString();
  return momentAt(lastMoment, timeZone).replace('23:59', '24:00');
}

/** The local day `YYYY-MM-DD` and time `HH:MM` of an instant. */
export function wallAt(instant: string, timeZone: string): { day: string; time: string } {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(instant));
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return {
    day: `${part('year')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}`,
  };
}

/** `in 3 hours`, `20 minutes ago`: an instant as seen from another, both in milliseconds. */
export function fromNow(instant: number, now: number): string {
  const minutes = Math.round((instant - now) / 60_000);
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
  if (Math.abs(minutes) < 60) return format.format(minutes, 'minute');
  if (Math.abs(minutes) < 48 * 60) return format.format(Math.round(minutes / 60), 'hour');
  return format.format(Math.round(minutes / (24 * 60)), 'day');
}

/** Money of minor units: `€5.90`. */
export function money(amountMinor: number, currency: string): string {
  const format = new Intl.NumberFormat(locale(), { style: 'currency', currency });
  return format.format(amountMinor / 10 ** minorUnitDigits(currency));
}

/** Grams as `850 g` or `1.2 kg`. */
export function weight(grams: number): string {
  return grams < 1_000 ? `${number(grams)} g` : `${number(Math.round(grams / 10) / 100)} kg`;
}

/** Meters as whole kilometers. */
export function distance(meters: number): string {
  return `${number(Math.round(meters / 1_000))} km`;
}

export function number(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

function write(instant: string, timeZone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale(), { ...options, timeZone, hourCycle: 'h23' }).format(
    new Date(instant),
  );
}
