/**
 * What happens to the options of one delivery group: titles, then order, then what is hidden.
 *
 * Only shipping options that are ours or bound take part. Order: by promised day, those without one last, equal ones
 * as they were, and only when ours stand together; a first place goes to the cheapest of them. Hidden:
 * only what a holding promise names and is dearer than the first and the cheapest, so never the last one.
 * Days in words: right from 2000 to 2099; the test holds them against `dayLabel` of the contract.
 */
import type { CartPromiseJson } from '../../../backend/contract/cart-promise.ts';
import { DAY_NAMES } from '../../../backend/contract/date-label.ts';
import { postalKey } from '../../../backend/contract/destination.ts';
import type {
  FunctionSettingsJson,
  FunctionTableJson,
} from '../../../backend/contract/function-settings.ts';
import type { Group, Input, Operation, Option } from './input.ts';

export type Facts = {
  readonly settings: FunctionSettingsJson;
  /** Of this basket, moment and destination. */
  readonly promise: CartPromiseJson | undefined;
  /** The table: only without a promise, and when every line is normal. */
  readonly t: FunctionTableJson | undefined;
  readonly input: Input;
  readonly operations: Operation[];
};

/** Appends the operations of one group. */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one pass; every call and object is paid for by the shopper's wait.
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a function more costs what writing a title costs.
export function changeGroup(
  { deliveryAddress, options }: Group,
  { settings, promise, t: table, input, operations }: Facts,
): void {
  const { date } = input.shop.localTime;
  const language = input.localization.language.isoCode.slice(0, 2).toLowerCase();
  const told = promise?.o;
  const hidden = promise?.h;
  // Which day of the table is today, below 0: none; and where the days of this destination begin in it.
  const skip = table ? table.d.indexOf(date) / 11 : -1;
  let row = skip;
  let at = 0;
  let low = 0;
  let w = 0;
  if (table && skip >= 0) {
    // The last stretch that begins at or before the destination; both are padded with spaces.
    const key = `${deliveryAddress?.countryCode + postalKey(deliveryAddress?.zip || '')}          `;
    const { k } = table;
    w = table.w;
    low = 0;
    let high = k.length / w;
    while (low < high) {
      at = (low + high) >> 1;
      if (k.slice(at * w, at * w + w - 3) <= key) low = at + 1;
      else high = at;
    }
    row += low ? +k.slice(low * w - 3, low * w) * table.n * 7 : 1e6;
  }
  /** Of all options: prices. Of ours: days, as text with a promise, else as the number YYYYMMDD; and their order. */
  const prices: number[] = [];
  const days: (string | number)[] = [];
  const order: number[] = [];
  const hides: Option[] = [];
  low = Infinity;
  let first = 0;
  let last = 0;
  // The words of the language, and a day taken apart with its weekday: made when first needed, kept while the same.
  let names: string[] | undefined;
  let from = '';
  let y = 0;
  let m = 0;
  let d = 0;
  for (const option of options) {
    const { c, t } = option;
    const price = +option.p.a;
    prices.push(price);
    if (option.m !== 'SHIPPING' || !c) continue;
    if (price < low) low = price;
    let bound = settings.b[c];
    if (typeof bound !== 'number') {
      if (c.slice(0, 3) !== 'pp:') continue;
      bound = -1;
    }
    // One owner per day: our rate's own description, else the promise, else the table.
    let day = told?.[c] || '';
    let key: string | number = told ? '~' : 1e8;
    let words = '';
    let add = 0;
    if (bound < 0) {
      const text = option.d || '';
      at = text.indexOf('-');
      const own = text.slice(at - 4, at + 6);
      if (day.slice(0, 10) !== own) day = own;
    } else if (table && skip >= 0) {
      // 0-9, A-Z, a-z as in the contract's base 62; "-" (45) and the end of the rows (NaN) are no day.
      at = table.z.charCodeAt(row + bound * 7);
      if (at >= 48) {
        day = date;
        add = at - (at < 58 ? 48 : at < 91 ? 55 : 61) - skip;
      }
    }
    if (told && day) {
      if (promise?.l === language) words = day.slice(11);
      key = day = day.slice(0, 10);
    }
    if (day && !words) {
      names ??= (DAY_NAMES[language] || (DAY_NAMES['en'] as string)).split(' ');
      if (day !== from) {
        from = day;
        y = +day.slice(0, 4);
        m = +day.slice(5, 7);
        d = +day.slice(8);
        // Sakamoto's weekday, its century terms summed up for 2000 to 2099.
        at = m < 3 ? y - 1 : y;
        w = at + (at >> 2) - 15 + +'032503514624'.charAt(m - 1) + d;
      }
      let year = y;
      let month = m;
      let on = d + add;
      for (;;) {
        at = month === 2 ? (year & 3 ? 28 : 29) : 30 + ((month + (month >> 3)) & 1);
        if (!(on > at)) break;
        on -= at;
        if (++month > 12) {
          month = 1;
          year++;
        }
      }
      // A day of the calendar is not carried into the next month, and reads the same when written again.
      if (
        add ||
        (m > 0 &&
          m < 13 &&
          d > 0 &&
          d === on &&
          `${y}-${m > 9 ? '' : 0}${m}-${d > 9 ? '' : 0}${d}` === day)
      ) {
        words = `${names[(w + add) % 7]} ${on}${language === 'de' ? '. ' : ' '}${names[6 + month]}`;
        if (!told) key = year * 1e4 + month * 100 + on;
      } else if (told) key = '~';
    }
    if (words) {
      const title = t ? `${t} \u00b7 ${words}` : words;
      operations.push({ deliveryOptionRename: { deliveryOptionHandle: option.h, title } });
    }
    if (hidden?.includes(c)) hides.push(option);
    last = prices.length - 1;
    order.push(days.length);
    if (days.push(key) < 2) first = last;
  }
  // With an option of others among ours nothing moves: it would change its place too.
  const end = days.length - 1;
  if (settings.s && last - first === end) {
    order.sort(
      (x, y) =>
        +((days[x] as number) > (days[y] as number)) ||
        -((days[x] as number) < (days[y] as number)),
    );
    if (first === 0) {
      at = 0;
      for (let place = 1; place <= end; place++)
        if ((prices[order[place] as number] as number) < (prices[order[at] as number] as number))
          at = place;
      order.unshift(order.splice(at, 1)[0] as number);
    }
    at = 0;
    while (order[at] === at) at++;
    // The rest in ascending places: right whether Shopify applies moves one by one or at once. The last one then
    // stands where it should.
    for (; at < end; at++) {
      const { h } = options[first + (order[at] as number)] as Option;
      operations.push({ deliveryOptionMove: { deliveryOptionHandle: h, index: first + at } });
    }
  }
  // Neither the lowest price nor what stands first, nor what moved there: the default never becomes a dearer one.
  if (low < (prices[0] as number)) low = prices[0] as number;
  for (const { h, p } of hides)
    if (+p.a > low) operations.push({ deliveryOptionHide: { deliveryOptionHandle: h } });
}
