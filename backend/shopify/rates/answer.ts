/**
 * What does Shopify's checkout read of our options?
 *
 * In: priced options, dated or not, and how the shop publishes its languages. Out: rates as the callback answers them.
 * Invariants (platform decisions 1–3): `service_name` and `service_code` carry no date and are the same whatever the
 * origin, because Shopify merges by name; the date stands in `description` and in the two delivery dates, absolute
 * always, because rates are kept fifteen minutes for everyone; in the shop's one language, or in numbers when several
 * are published. Source: fact sheet "CarrierService".
 */

import { minorUnitDigits } from '../../base/money.ts';
import { writeDay } from '../../base/time.ts';
import { dayLabel, dayNumber } from '../../contract/date-label.ts';
import { type Rate, rateDate, rateTotal } from '../../contract/rate-callback.ts';

/** One priced option of an answer. */
export type RatedOption = {
  readonly serviceCode: string;
  /** The service's or the pickup point's name; never a date. */
  readonly serviceName: string;
  readonly method: 'home' | 'pickup_point';
  readonly priceMinor: number;
  /** Absent when no date can be given honestly. */
  readonly promise?: RatedPromise;
};

/** The date of an option: ISO instants with the destination's offset, half-open. */
export type RatedPromise = {
  readonly from: string;
  readonly to: string;
  /** `YYYY-MM-DD` local to the destination. */
  readonly promisedOn: string;
  /** `HH:MM` when the service promises an hour of the day. */
  readonly byTime?: string;
};

/** How a shop shows rates. */
export type RateStyle = {
  readonly currency: string;
  /** The one published language (two letters), or null when several are published. */
  readonly language: string | null;
  readonly receiptId: string;
};

/** Rates in the order given. */
export function toRates(options: readonly RatedOption[], style: RateStyle): Rate[] {
  return options.map((option) => toRate(option, style));
}

function toRate(option: RatedOption, style: RateStyle): Rate {
  const common = {
    service_name: option.serviceName,
    service_code: option.serviceCode,
    currency: style.currency,
    total_price: rateTotal(option.priceMinor, minorUnitDigits(style.currency)),
  };
  const { promise } = option;
  if (promise === undefined) return { ...common, description: '' };
  return {
    ...common,
    description: describe(option.method, promise, style.language),
    min_delivery_date: rateDate(promise.from),
    max_delivery_date: rateDate(lastSecond(promise.to)),
    metafields: [
      { namespace: '$app', key: 'receipt', type: 'single_line_text_field', value: style.receiptId },
    ],
  };
}

// `{day}` and `{time}` are filled in; a point is ready from a time on, a parcel comes on a day or by a time.
const WORDS: Readonly<Record<string, { day: string; by: string; point: string }>> = {
  en: { day: 'Arrives {day}', by: 'Arrives {day} by {time}', point: 'At the point {day}' },
  it: {
    day: 'Arriva {day}',
    by: 'Arriva {day} entro le {time}',
    point: 'Al punto di ritiro {day}',
  },
  fr: { day: 'Livré {day}', by: 'Livré {day} avant {time}', point: 'Au point de retrait {day}' },
  de: { day: 'Zustellung {day}', by: 'Zustellung {day} bis {time}', point: 'An der Station {day}' },
  es: { day: 'Llega {day}', by: 'Llega {day} antes de las {time}', point: 'En el punto {day}' },
};

function describe(method: RatedOption['method'], promise: RatedPromise, language: string | null) {
  const { promisedOn, byTime } = promise;
  if (language === null) return byTime === undefined ? promisedOn : `${promisedOn} ${byTime}`;
  const words = WORDS[language] ?? WORDS['en'];
  if (words === undefined) return promisedOn;
  const text =
    method === 'pickup_point' ? words.point : byTime === undefined ? words.day : words.by;
  const day = dayLabel(dayNumber(promisedOn), language);
  return text.replace('{day}', day).replace('{time}', byTime ?? '');
}

/** One second before an instant written as `2026-11-30T00:00:00+01:00`; windows end on whole minutes. */
function lastSecond(to: string): string {
  const day = to.slice(0, 10);
  const hours = Number(to.slice(11, 13));
  const minutes = Number(to.slice(14, 16));
  const offset = to.slice(19);
  const before = hours * 60 + minutes - 1;
  if (before >= 0) {
    const clock = [Math.floor(before / 60), before % 60].map((part) =>
      String(part).padStart(2, '0'),
    );
    return `${day}T${clock.join(':')}:59${offset}`;
  }
  return `${dayBefore(day)}T23:59:59${offset}`;
}

function dayBefore(day: string): string {
  return writeDay(dayNumber(day) - 1);
}
