/**
 * What happens to the options of one delivery group: titles, then order, then what is hidden.
 *
 * Only shipping options that are ours or bound take part. Order: by promised day, those without one last, equal ones
 * as they were, and only when ours stand together; a first place goes to the cheapest of them. Hidden:
 * only what a holding promise names and is dearer than the first and the cheapest, so never the last one.
 */
import type { CartPromiseJson } from '../../../backend/contract/cart-promise.ts';
import { postalKey } from '../../../backend/contract/destination.ts';
import type { FunctionSettingsJson } from '../../../backend/contract/function-settings.ts';
import type { PaddedTableJson } from '../../../backend/contract/padded-table.ts';
import type { Group, Operation, Option } from './input.ts';
import type { DayWriter } from './words.ts';

export type Facts = {
  readonly settings: FunctionSettingsJson;
  /** Of this basket, moment and destination. */
  readonly promise: CartPromiseJson | undefined;
  /** Only without a promise, and when every line is normal. */
  readonly table: PaddedTableJson | undefined;
  readonly today: string;
  readonly say: DayWriter;
  /** Words that came with a day are in the shopper's language. */
  readonly speaks: boolean;
};

/** Appends the operations of one group. */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one pass; every call and object is paid for by the shopper's wait.
export function changeGroup(facts: Facts, group: Group, operations: Operation[]): void {
  const { settings, promise, table, today, say, speaks } = facts;
  const { options } = group;
  const todayAt = table ? table.d.indexOf(today) / 11 : -1;
  const row = table && todayAt >= 0 ? rowOf(table, group) : 0;
  /** Of our options: the promised day and its words, or what sorts behind them, then the place in the group. */
  const keys: string[] = [];
  const prices: number[] = [];
  const hides: number[] = [];
  let lowest = Infinity;
  for (let at = 0; at < options.length; at++) {
    const { h, c, t, d, m, p } = options[at] as Option;
    const price = +p.a;
    prices.push(price);
    if (m !== 'SHIPPING' || !c) continue;
    if (price < lowest) lowest = price;
    let bound = settings.b[c];
    if (typeof bound !== 'string') {
      if (c.slice(0, 3) !== 'pp:') continue;
      bound = '';
    }
    // One owner per day: our rate's own description, else the promise, else the table.
    let day = promise?.o[c] || '';
    if (!bound) {
      const dash = (d || '').indexOf('-');
      const iso = (d || '').slice(dash - 4, dash + 6);
      if (day.slice(0, 10) !== iso) day = iso;
    } else if (todayAt >= 0 && table) {
      const service = table.s.indexOf(bound);
      const digit = service < 0 ? 0 : table.z.charCodeAt((row + service) * 7 + todayAt);
      // 0-9, A-Z, a-z as in the contract's base 62; "-" (45) and the end of the rows (NaN) are no day.
      if (digit >= 48) day = say(today, digit - (digit < 58 ? 48 : digit < 91 ? 55 : 61) - todayAt);
    }
    if (day && (!speaks || day.length < 12)) {
      const iso = day.slice(0, 10);
      day = say(iso, 0);
      // What is no day comes back as another one.
      if (day.slice(0, 10) !== iso) day = '';
    }
    if (day) {
      const title = (t ? `${t} \u00b7 ` : '') + day.slice(11);
      operations.push({ deliveryOptionRename: { deliveryOptionHandle: h, title } });
    }
    keys.push((day || '~') + (100 + at));
    if (promise?.h?.includes(c)) hides.push(at);
  }
  if (settings.s) moveOptions(options, keys, prices, operations);
  // Neither the lowest price nor what stands first, nor what moved there: the default never becomes a dearer one.
  const kept = Math.max(lowest, prices[0] as number);
  for (const at of hides) {
    if ((prices[at] as number) > kept) {
      const deliveryOptionHandle = (options[at] as Option).h;
      operations.push({ deliveryOptionHide: { deliveryOptionHandle } });
    }
  }
}

/** First service of the last stretch that begins at or before a destination; both are padded with spaces. */
function rowOf({ k, w, s }: PaddedTableJson, { deliveryAddress }: Group): number {
  const key = `${deliveryAddress?.countryCode + postalKey(deliveryAddress?.zip || '')}          `;
  let low = 0;
  let high = k.length / w;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (k.slice(middle * w, middle * w + w - 3) <= key) low = middle + 1;
    else high = middle;
  }
  return low > 0 ? +k.slice(low * w - 3, low * w) * s.length : 1e6;
}

function moveOptions(
  options: readonly Option[],
  keys: string[],
  prices: readonly number[],
  operations: Operation[],
): void {
  const end = keys.length - 1;
  const first = placeOf(keys[0] || '');
  // With an option of others among ours nothing moves: it would change its place too.
  if (placeOf(keys[end] || '') - first !== end) return;
  const places = keys.sort().map(placeOf);
  if (first === 0) {
    let low = 0;
    for (let at = 1; at <= end; at++) {
      if ((prices[places[at] as number] as number) < (prices[places[low] as number] as number))
        low = at;
    }
    places.unshift(places.splice(low, 1)[0] as number);
  }
  let at = 0;
  while (places[at] === first + at) at++;
  // The rest in ascending places: right whether Shopify applies moves one by one or at once. The last one then
  // stands where it should.
  for (; at < end; at++) {
    const deliveryOptionHandle = (options[places[at] as number] as Option).h;
    operations.push({ deliveryOptionMove: { deliveryOptionHandle, index: first + at } });
  }
}

/** Place in the group, the last three characters of a key from 100 on. */
function placeOf(key: string): number {
  return +key.slice(-3) - 100;
}
