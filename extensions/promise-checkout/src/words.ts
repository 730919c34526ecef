/**
 * The words under an option, from facts and Shopify's own i18n: no text is built here that is not in `locales/`.
 *
 * Days are days of the destination, in the shopper's language, always absolute. `today` is said of an order-by only
 * when it is today both at the destination and where the shopper is; a time whose wall clock differs at the
 * shopper's place carries its zone. No countdown: App Store rule 5.6.
 */
import type { AnsweredOption, AnsweredPickup } from '../../../backend/contract/promise-api.ts';

export type Speech = {
  readonly i18n: Pick<typeof shopify.i18n, 'formatDate' | 'formatNumber' | 'translate'>;
  /** The shopper's own zone. */
  readonly shopperZone: string;
  /** By the backend's clock, milliseconds. */
  readonly now: number;
};

/** `Arrives Tue, 1 Dec`, with an hour for services that promise one. */
export function sayArrival({ i18n }: Speech, option: AnsweredOption): string {
  const from = new Date(option.window.from);
  const to = new Date(option.window.to);
  const { timeZone } = option;
  const last = new Date(to.getTime() - 1_000);
  const day = formatDay(i18n, last, timeZone);
  // A window over a whole day is the day; else its end is what the service promises.
  if (isMidnight(to, timeZone)) return i18n.translate('arrives', { day });
  const time = formatTime(i18n, to, timeZone);
  return isMidnight(from, timeZone)
    ? i18n.translate('arrives_by', { day, time })
    : i18n.translate('arrives_between', { day, from: formatTime(i18n, from, timeZone), to: time });
}

/** `2 parcels, last on Tue, 1 Dec`; nothing for one. */
export function sayParcels({ i18n }: Speech, option: AnsweredOption): string | undefined {
  if (option.parcels < 2) return undefined;
  const last = new Date(new Date(option.window.to).getTime() - 1_000);
  const day = formatDay(i18n, last, option.timeZone);
  return i18n.translate('parcels', { count: option.parcels, day });
}

/** `Order by 16:00 today`, or with the day; nothing when the promise does not hang on it or the time is past. */
export function sayOrderBy(speech: Speech, option: AnsweredOption): string | undefined {
  if (option.orderBy === undefined) return undefined;
  const { i18n, shopperZone, now } = speech;
  const { timeZone } = option;
  const at = new Date(option.orderBy);
  if (at.getTime() <= now) return undefined;
  const isElsewhere = wallClock(at, timeZone) !== wallClock(at, shopperZone);
  const time = formatTime(i18n, at, timeZone, isElsewhere);
  const isToday =
    dayIn(at, timeZone) === dayIn(new Date(now), timeZone) &&
    dayIn(at, shopperZone) === dayIn(new Date(now), shopperZone);
  return isToday
    ? i18n.translate('order_by_today', { time })
    : i18n.translate('order_by', { time, day: formatDay(i18n, at, timeZone) });
}

/** `About 0.4 kg CO2e`, and whether no other option has less. */
export function sayCo2({ i18n }: Speech, option: AnsweredOption): string | undefined {
  if (option.co2Grams === 0 && !option.isGreenest) return undefined;
  const isHeavy = option.co2Grams >= 1_000;
  const mass = i18n.formatNumber(isHeavy ? option.co2Grams / 1_000 : option.co2Grams, {
    style: 'unit',
    unit: isHeavy ? 'kilogram' : 'gram',
    maximumFractionDigits: isHeavy ? 1 : 0,
  });
  return i18n.translate('co2', { mass });
}

/** `Ready within 2 hours` where that is true, else `Ready Mon, 30 Nov from 17:15`. */
export function sayPickup(speech: Speech, pickup: AnsweredPickup): string {
  const { i18n, now } = speech;
  const from = new Date(pickup.from);
  const time = formatTime(i18n, from, pickup.timeZone);
  const day = formatDay(i18n, from, pickup.timeZone);
  const isSoon = pickup.withinTwoHours && from.getTime() - now <= 2 * 3_600_000;
  return i18n.translate(isSoon ? 'ready_soon' : 'ready', { day, time });
}

function formatDay(i18n: Speech['i18n'], at: Date, timeZone: string): string {
  return i18n.formatDate(at, { weekday: 'short', day: 'numeric', month: 'short', timeZone });
}

function formatTime(i18n: Speech['i18n'], at: Date, timeZone: string, withZone = false): string {
  return i18n.formatDate(at, {
    hour: 'numeric',
    minute: '2-digit',
    timeZone,
    ...(withZone ? { timeZoneName: 'short' } : {}),
  });
}

function isMidnight(at: Date, timeZone: string): boolean {
  return wallClock(at, timeZone).endsWith('00:00');
}

/** Date and time of day in a zone, to compare; `en-CA` is the locale that writes ISO days. */
function wallClock(at: Date, timeZone: string): string {
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone } as const;
  return `${dayIn(at, timeZone)} ${new Intl.DateTimeFormat('en-CA', clock).format(at)}`;
}

function dayIn(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    timeZone,
  }).format(at);
}
