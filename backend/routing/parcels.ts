/**
 * What is one parcel worth: when is it there, what does it cost, how many points is that?
 *
 * In: a case, a source, units of each line. Out: points (Infinity when it may not be sent), or the whole parcel with its
 * way and times, or the fence that keeps it from being sent. The way with the fewest points is taken; a tie goes to the
 * earlier end, then to the lower service. What the search adds up and what is written down come from the same rules.
 */
import { NEVER } from '../base/time.ts';
import { laneCostMinor } from '../network/lanes.ts';
import { breaksParcelLimit } from '../network/limits.ts';
import { billableGrams } from '../network/prices.ts';
import { type Case, roomLeft, type Source } from './case.ts';
import type { Fence } from './decision.ts';
import { hasTogether } from './goods.ts';
import { parcelPoints, standingPoints } from './points.ts';
import { type Timing, timingOf, type Way } from './ways.ts';

/** A parcel that may be sent. */
export type Parcel = {
  readonly source: Source;
  /** undefined: collected at the node. */
  readonly way: Way | undefined;
  readonly quantities: ArrayLike<number>;
  readonly load: Load;
  readonly timing: Timing;
  readonly costMinor: number;
  readonly points: number;
};

/** What a parcel is as a whole. `share`: of what the node has of each line, how much it takes, added up over lines. */
export type Load = {
  readonly units: number;
  readonly grams: number;
  readonly cm3: number;
  readonly valueMinor: number;
  readonly share: number;
};

/** The parcel in its best way, or the fence of the way that came furthest. */
export function parcelOf(
  opened: Case,
  source: Source,
  quantities: ArrayLike<number>,
): Parcel | Fence {
  const load = loadFor(opened, source, quantities);
  if (typeof load === 'string') return load;
  const parcel = { source, quantities, load };
  if (opened.route.kind === 'collect') return sentBy(opened, { ...parcel, way: undefined });
  let best: Parcel | undefined;
  let fence: Fence = 'no_lane';
  for (const way of source.ways) {
    const sent = sentBy(opened, { ...parcel, way });
    if (typeof sent === 'string') fence = nearer(fence, sent);
    else if (best === undefined || isBetter(sent, best)) best = sent;
  }
  return best ?? fence;
}

function isBetter(parcel: Parcel, rival: Parcel): boolean {
  const order = parcel.points - rival.points || parcel.timing.endMinute - rival.timing.endMinute;
  return order < 0;
}

/** Points of the parcel, Infinity when it may not be sent: what the search asks for, again and again. */
export function pointsFor(opened: Case, source: Source, quantities: ArrayLike<number>): number {
  const parcel = parcelOf(opened, source, quantities);
  return typeof parcel === 'string' ? Infinity : parcel.points;
}

function loadFor(opened: Case, source: Source, quantities: ArrayLike<number>): Load | Fence {
  const { goods } = opened;
  let units = 0;
  let grams = 0;
  let cm3 = 0;
  let valueMinor = 0;
  let share = 0;
  for (let at = 0; at < goods.lines.length; at += 1) {
    const quantity = quantities[at] ?? 0;
    const line = goods.lines[at];
    if (quantity === 0 || line === undefined) continue;
    units += quantity;
    grams += quantity * line.product.weightGrams;
    cm3 += quantity * line.product.volumeCm3;
    valueMinor += quantity * line.unitPriceMinor;
    share += quantity / (freeOf(opened, source, at) || quantity);
  }
  if (goods.isShared && !hasTogether(goods, source.node.index, quantities)) return 'no_stock';
  if (units < goods.unitCount) {
    const fence = partFence(opened, valueMinor);
    if (fence !== undefined) return fence;
  }
  if (units > roomLeft(opened, source.node)) return 'capacity';
  return { units, grams, cm3, valueMinor, share };
}

/** Units of the line at the node, not cut at what is wanted. */
function freeOf({ goods }: Case, source: Source, at: number): number {
  const { goods: ground, node } = { goods, node: source.node.index };
  let free: number = NEVER;
  for (const { pool, need } of ground.lines[at]?.parts ?? []) {
    free = Math.min(free, (ground.free[pool * ground.nodeCount + node] ?? 0) / need);
  }
  return free;
}

/** May a parcel be a part of the order? */
function partFence({ rules, goods }: Case, valueMinor: number): Fence | undefined {
  const { mode, minimumParcelValueMinor, minimumRemainderValueMinor } = rules.split;
  if (mode === 'forbid') return 'split_forbidden';
  if (valueMinor < minimumParcelValueMinor) return 'parcel_value';
  if (goods.valueMinor - valueMinor < minimumRemainderValueMinor) return 'parcel_value';
  return undefined;
}

function sentBy(
  opened: Case,
  parcel: Pick<Parcel, 'source' | 'quantities' | 'load' | 'way'>,
): Parcel | Fence {
  const { source, way, load, quantities } = parcel;
  let costMinor = 0;
  if (way !== undefined) {
    const { carrier, terms } = way;
    const limits = carrier.service.source;
    for (let at = 0; at < quantities.length; at += 1) {
      const fence = (quantities[at] ?? 0) > 0 ? carrier.fences[at] : undefined;
      if (fence !== undefined) return fence;
    }
    if (breaksParcelLimit(limits, load.grams, load.cm3)) return 'limit';
    costMinor = laneCostMinor(terms, billableGrams(limits, load.grams, load.cm3));
    if (costMinor < 0) return 'limit';
  }
  const timing = timingFor(opened, { source, way, units: load.units });
  if (typeof timing === 'string') return timing;
  if (!isInTime(opened, timing)) return 'too_late';
  const weighed = { ...parcel, timing, costMinor };
  return {
    ...weighed,
    points: standingPoints(opened, source) + parcelPoints(opened, weighed),
  };
}

/** The times of a parcel; worked out once for a node and service, and for a number of units where units take time. */
export function timingFor(
  opened: Case,
  of: { readonly source: Source; readonly way: Way | undefined; readonly units: number },
): Timing | 'no_departure' | 'capacity' {
  const { source, way, units } = of;
  const { snapshot, facts, route, question, timings } = opened;
  const { node } = source;
  const isRated = node.unitsPerHour + node.unitsPerDay > 0;
  const service = way?.carrier.service.index ?? 0;
  const slot = node.index * Math.max(1, snapshot.services.length) + service;
  const key = isRated ? slot + (units + 1) * SLOTS : slot;
  const known = timings.get(key);
  if (known !== undefined) return known;
  const timing = timingOf(snapshot, facts, {
    route,
    node: node.index,
    way,
    units,
    atMinute: question.nowMinute,
  });
  timings.set(key, timing);
  return timing;
}

// More than nodes × services of any world: units are told apart above it.
const SLOTS = 10_000 * 500;

/** The promise is kept, or broken by no more days than the ladder's step allows. */
export function isInTime(
  { question, promisedDay, lateDays }: Case,
  arrival: Pick<Timing, 'endMinute' | 'day'>,
): boolean {
  const { promise } = question;
  if (promise === undefined || promisedDay === undefined) return true;
  if (arrival.endMinute <= promise.endMinute) return true;
  return lateDays > 0 && arrival.day <= promisedDay + lateDays;
}

// How near to being sent something was; later in the list is nearer.
const NEARNESS: readonly Fence[] = [
  'no_stock',
  'own_store_only',
  'not_in_ruleset',
  'closed',
  'location_off',
  'country_rule',
  'product_rule',
  'no_lane',
  'restricted',
  'limit',
  'no_departure',
  'capacity',
  'daily_cap',
  'refused',
  'too_late',
  'parcel_value',
  'split_forbidden',
];

/** Of two fences the one that came nearer to being passed. */
export function nearer(a: Fence, b: Fence): Fence {
  return NEARNESS.indexOf(b) > NEARNESS.indexOf(a) ? b : a;
}
