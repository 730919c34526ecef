/**
 * Which options of an answer are shown, in which words?
 *
 * Pure: options, a moment and a speech in; rows out. An option whose `validUntil` passed is no row: it is not true any
 * more. The countdown belongs to the first row and ends at its order-by.
 */
import type { StorefrontOption } from '../../../backend/contract/storefront-promise.ts';
import {
  COUNTDOWN_MS,
  dayOf,
  isMidnight,
  MINUTE_MS,
  type Speech,
  sayDay,
  sayLeft,
  sayTime,
} from './moments.ts';

/** Which options a block shows. */
export type Choice = {
  /** Service codes; empty: all. */
  readonly services: readonly string[];
  readonly most: number;
  readonly showsPoint: boolean;
  readonly showsStore: boolean;
  /** The store chosen as mine, else the nearest that has it. */
  readonly store: string;
};

/** The options to show at `nowMs`, soonest first, then the nearest point and the store. */
export function chooseOptions(
  options: readonly StorefrontOption[],
  choice: Choice,
  nowMs: number,
): readonly StorefrontOption[] {
  const valid = options.filter((option) => nowMs < Date.parse(option.validUntil));
  const homes = valid
    .filter(({ method }) => method === 'home')
    .filter(({ code }) => choice.services.length === 0 || choice.services.includes(code))
    .sort((a, b) => Date.parse(a.window.to) - Date.parse(b.window.to))
    .slice(0, choice.most);
  const points = choice.showsPoint ? valid.filter(({ method }) => method === 'pickup_point') : [];
  const stores = choice.showsStore ? valid.filter(({ method }) => method === 'store_pickup') : [];
  const mine = stores.find(({ code }) => code === `store:${choice.store}`) ?? stores[0];
  return [...homes, ...points.slice(0, 1), ...(mine === undefined ? [] : [mine])];
}

type Say = (name: string, values?: { readonly [name: string]: string }) => string;

/** What an option is called. */
export function sayName({ method, name }: StorefrontOption, say: Say): string {
  if (method === 'home') return name;
  return say(method === 'store_pickup' ? 'pickup' : 'point', { name });
}

/** When it comes: the day, with the hour where the promise has one. */
export function sayWhen(option: StorefrontOption, nowMs: number, say: Say, speech: Speech): string {
  const day = sayDay(option.promisedOn, nowMs, speech);
  const at = (instant: string) => sayTime(Date.parse(instant), speech);
  if (option.withinTwoHours) return say('two_hours');
  if (option.method !== 'home') return say('from_time', { day, time: at(option.window.from) });
  if (isMidnight(option.window.to)) return day;
  return say('by_time', { day, time: at(option.window.to) });
}

/** The line under the first date, and when it changes. */
export function sayOrderBy(
  option: StorefrontOption,
  nowMs: number,
  say: Say,
  speech: Speech & { readonly isResting: boolean },
): { readonly text: string; readonly untilMs: number } {
  const orderByMs = Date.parse(option.orderBy);
  const leftMs = orderByMs - nowMs;
  const left = sayLeft(leftMs, speech.locale);
  if (left === '') return { text: '', untilMs: Number.POSITIVE_INFINITY };
  if (speech.isResting || leftMs > COUNTDOWN_MS) {
    const day = sayDay(dayOf(orderByMs, speech.timeZone), nowMs, speech);
    const text = say('order_by', { day, time: sayTime(orderByMs, speech) });
    return { text, untilMs: Math.max(orderByMs - COUNTDOWN_MS, nowMs + MINUTE_MS) };
  }
  return { text: say('order_within', { time: left }), untilMs: nowMs + (leftMs % MINUTE_MS) + 1 };
}

/** The next instant at which an option ends or its order-by passes. */
export function nextChange(options: readonly StorefrontOption[], nowMs: number): number {
  const ends = options
    .flatMap(({ orderBy, validUntil }) => [Date.parse(orderBy), Date.parse(validUntil)])
    .filter((end) => end > nowMs);
  return Math.min(...ends);
}

/** True when an order-by passed: a new answer would say something else. */
export function isAnyPassed(options: readonly StorefrontOption[], nowMs: number): boolean {
  return options.some(({ orderBy }) => Date.parse(orderBy) <= nowMs);
}
