/**
 * One trace of orders and of how stores behave, for `bench -- claims-policy`: whoever is asked, he answers the same.
 *
 * In: a seed. Out: a market of stores with their own hours, habits and hurry, orders over some weeks, and for every order and
 * store what that store would do if it were asked: after how many of its opening minutes it looks, whether it takes the work,
 * how long until it begins. Draws depend on seed, order and store alone, never on the policy or on what was drawn before.
 */
import type { ShopId } from '../../backend/base/ids.ts';
import { instantToMinuteFloor, MINUTES_PER_DAY } from '../../backend/base/time.ts';
import { afterOpenMinutes } from '../../backend/network/ready.ts';
import type { Snapshot } from '../../backend/network/snapshot.ts';
import type { OfferCandidate } from '../../backend/orders/offers/waves.ts';
import { liveShopOf } from '../../tests/worlds/live-shop.ts';
import type { NodeInput } from '../../tests/worlds/worlds.ts';
import {
  everyDay,
  milanWarehouse,
  romeStore,
  twoStoresOneWarehouse,
  weekdays,
} from '../../tests/worlds/worlds.ts';
import { type Chance, chanceFrom } from './worlds/big-network.ts';

/** A Monday, 00:00 in Rome. */
const FIRST = '2026-11-15T23:00:00Z';
export const WAREHOUSE = 'milan';

/** What a store would do with an order. */
export type Behavior = {
  /** Opening minutes until somebody looks at the offer. */
  readonly looksAfter: number;
  readonly answer: 'claim' | 'refuse' | 'silent';
  /** Opening minutes from having the work to beginning it. */
  readonly beginsAfter: number;
};

export type TraceOrder = {
  readonly number: number;
  readonly placedMinute: number;
  /** Stores that have it, best first. */
  readonly candidates: readonly OfferCandidate[];
  readonly fallback: OfferCandidate;
  readonly behaviorOf: (nodeId: string) => Behavior;
};

export type Trace = { readonly snapshot: Snapshot; readonly orders: readonly TraceOrder[] };

const HOURS: readonly NodeInput['hours'][] = [
  everyDay('10:00', '20:00'),
  everyDay('09:30', '19:30'),
  weekdays('09:00', '13:00'),
  { weekly: { ...lunch(weekdays('09:00', '19:30').weekly), sat: [['10:00', '19:00']] } },
];

// Closed over lunch.
function lunch(weekly: NodeInput['hours']['weekly']): NodeInput['hours']['weekly'] {
  const day: [string, string][] = [
    ['09:00', '13:00'],
    ['15:30', '19:30'],
  ];
  return Object.fromEntries(Object.keys(weekly).map((name) => [name, day]));
}

/** How a store is: its habits are its own, the rest is the day's. */
type Habit = { readonly hurry: number; readonly takes: number; readonly sleeps: number };

/** Draws a trace. */
export function drawTrace(of: {
  readonly seed: number;
  readonly orders: number;
  readonly stores: number;
  readonly days: number;
}): Trace {
  const ids = Array.from({ length: of.stores }, (_, index) => `s${String(index).padStart(3, '0')}`);
  const snapshot = market(ids);
  const chance = chanceFrom(of.seed);
  const habits = new Map(ids.map((id) => [id, habitOf(chance)]));
  const first = instantToMinuteFloor(FIRST);
  const orders = Array.from({ length: of.orders }, (_, number) => {
    // More orders in the evening than in the morning.
    const dayMinute = Math.floor((chance.next() * 0.6 + chance.next() * 0.4) * 1_020) + 420;
    const placedMinute = first + chance.below(of.days) * MINUTES_PER_DAY + dayMinute;
    const own = chanceFrom(of.seed * 31 + number);
    const places = pick(ids, 4 + own.below(9), own);
    const candidates = places.flatMap((id, rank) =>
      candidateOf(snapshot, { id, rank, placedMinute }),
    );
    const [fallback] = candidateOf(snapshot, { id: WAREHOUSE, rank: 6, placedMinute });
    if (fallback === undefined)
      throw new Error('the trace runs into a holiday of the warehouse: give fewer days');
    const behaviorOf = (nodeId: string) =>
      behavior(
        habits.get(nodeId) ?? PROMPT,
        chanceFrom(of.seed * 7 + number * 1_009 + hash(nodeId)),
      );
    return { number, placedMinute, candidates, fallback, behaviorOf };
  });
  return { snapshot, orders: orders.filter(({ candidates }) => candidates.length > 0) };
}

// The warehouse: people are there to do this.
const PROMPT: Habit = { hurry: 4, takes: 1, sleeps: 0 };

function habitOf(chance: Chance): Habit {
  return {
    hurry: 4 + chance.next() ** 2 * 40,
    takes: 0.55 + chance.next() * 0.4,
    sleeps: chance.next() * 0.25,
  };
}

function behavior(habit: Habit, chance: Chance): Behavior {
  // Exponential: most look soon, some much later.
  const looksAfter = Math.ceil(-Math.log(1 - chance.next()) * habit.hurry);
  const isSilent = chance.next() < habit.sleeps;
  const takes = chance.next() < habit.takes;
  return {
    looksAfter,
    answer: isSilent ? 'silent' : takes ? 'claim' : 'refuse',
    beginsAfter: Math.ceil(-Math.log(1 - chance.next()) * 15),
  };
}

function hash(text: string): number {
  let value = 17;
  for (const letter of text) value = (value * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003;
  return value;
}

function pick(ids: readonly string[], count: number, chance: Chance): string[] {
  const left = [...ids];
  return Array.from({ length: count }, () => left.splice(chance.below(left.length), 1)).flat();
}

function market(ids: readonly string[]): Snapshot {
  const stores = ids.map((id, index) => ({
    ...romeStore(),
    id,
    hours: HOURS[index % HOURS.length] ?? everyDay('10:00', '20:00'),
  }));
  const nodes = [milanWarehouse(), ...stores];
  const nodeIds = nodes.map(({ id }) => id);
  const world = {
    ...twoStoresOneWarehouse(),
    nodes,
    pickupPoints: [],
    stock: [],
    lanes: [{ nodeIds, zoneIds: ['it'], serviceCode: 'standard', transitDays: 1 }],
  };
  const now = Temporal.Instant.from(FIRST);
  const more = { now, confirmedAt: 0, skuOfVariant: new Map<string, string>() };
  return liveShopOf('trace.myshopify.com' as ShopId, world, more).snapshot;
}

const LEAD = 120;
// An order that comes later than this before the pickup is promised the next one.
const PROMISE_NEEDS = 240;

/** The place, if it can make the pickup that was promised: 17:00 in Rome of the next working day that leaves time. */
function candidateOf(
  snapshot: Snapshot,
  of: { readonly id: string; readonly rank: number; readonly placedMinute: number },
): OfferCandidate[] {
  const first = instantToMinuteFloor(FIRST);
  const fits = (day: number) =>
    first + day * MINUTES_PER_DAY + 17 * 60 - PROMISE_NEEDS >= of.placedMinute && day % 7 < 5;
  let day = Math.floor((of.placedMinute - first) / MINUTES_PER_DAY);
  while (!fits(day)) day += 1;
  const departureMinute = first + day * MINUTES_PER_DAY + 17 * 60;
  const startByMinute = latestStart(snapshot, of.id, departureMinute);
  if (startByMinute === undefined || startByMinute <= of.placedMinute) return [];
  const costMinor = 450 + of.rank * 35;
  const endMinute = departureMinute + 2 * MINUTES_PER_DAY;
  return [
    {
      nodeId: of.id,
      serviceCode: 'standard',
      costMinor,
      departureMinute,
      startByMinute,
      endMinute,
    },
  ];
}

/** The last minute from which the lead time still fits into opening hours before the departure. */
function latestStart(snapshot: Snapshot, nodeId: string, departureMinute: number) {
  const node = snapshot.nodes[snapshot.nodeIndex.get(nodeId) ?? -1];
  if (node === undefined) throw new Error(`no node ${nodeId}`);
  const lead = nodeId === WAREHOUSE ? 60 : LEAD;
  for (
    let minute = departureMinute - lead;
    minute > departureMinute - MINUTES_PER_DAY;
    minute -= 1
  ) {
    if (afterOpenMinutes(node.calendar.minutes, minute, lead) <= departureMinute) return minute;
  }
  return undefined;
}
