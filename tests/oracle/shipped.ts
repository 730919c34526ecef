/**
 * One shipped option, to a home or to a pickup point: can it be done at `at`, by which plan, and if not, why not.
 *
 * Inputs: a question, the services that may bring it, a target, an instant. Output: a chosen plan with its window, or
 * the first reason of rule 10 that holds. Source: docs/semantics.md rules 5–6, 8–10, 12 and 13.
 */
import type { WorldService } from '../../backend/network/world.ts';
import { type Count, SILENT } from './branches.ts';
import { pointHandOver } from './carriage.ts';
import type { Leg, Network, Target } from './network.ts';
import { NEVER } from './open-hours.ts';
import type { ResolvedZone } from './places.ts';
import {
  allPlans,
  billableGrams,
  byText,
  choose,
  type EndedPlan,
  type Enumeration,
  type Parcel,
  type Plan,
  type Sender,
  tierOf,
} from './plans.ts';
import { isFigureShort, laneOf, type Question, sendersOf } from './question.ts';
import type { Timeline } from './timeline.ts';

/** Rule 10 in its order. */
export const REASONS = [
  'no_lane',
  'restricted',
  'limit',
  'no_price',
  'no_pickup',
  'no_stock',
  'nothing_in_time',
] as const;
export type Reason = (typeof REASONS)[number];

export type ShippedOption = {
  readonly method: 'home' | 'pickup_point';
  readonly code: string;
  /** Several only where two services of a network reach one point. */
  readonly services: readonly WorldService[];
  readonly zone: ResolvedZone | undefined;
  readonly target: Target | undefined;
};

type Instants = { readonly fromMinute: number; readonly toMinute: number };

export type Chosen = {
  readonly ended: EndedPlan;
  readonly window: Instants;
  readonly all: readonly EndedPlan[];
};

export type Assessment =
  | { readonly reason: Reason; readonly service: WorldService; readonly legs: readonly Leg[] }
  | { readonly chosen: Chosen; readonly legs: readonly Leg[] };

function breaks(value: number, limit: number | undefined): boolean {
  return limit !== undefined && value > limit;
}

function isRestricted(question: Question, service: WorldService): boolean {
  const { country } = question.request.destination;
  return service.restrictions.some(
    ({ productTag, countries }) =>
      (countries?.includes(country) ?? true) &&
      question.lines.some(({ product }) => product.tags.includes(productTag)),
  );
}

function breaksAlone(question: Question, service: WorldService): boolean {
  return question.lines.some(
    ({ product }) =>
      breaks(product.weightGrams, service.maxItemGrams) ||
      breaks(product.longestCm, service.maxItemLongestCm) ||
      breaks(product.volumeCm3, service.maxItemVolumeCm3) ||
      breaks(product.weightGrams, service.maxParcelGrams) ||
      breaks(product.volumeCm3, service.maxParcelVolumeCm3),
  );
}

/** Rule 13: the price tier of all items together, or undefined. */
export function priceOf(question: Question, service: WorldService, zone: ResolvedZone) {
  const total = (of: (line: Question['lines'][number]) => number) =>
    question.lines.reduce((sum, line) => sum + of(line), 0);
  const grams = total(({ product, quantity }) => product.weightGrams * quantity);
  const cm3 = total(({ product, quantity }) => product.volumeCm3 * quantity);
  const billable = billableGrams(service, grams, cm3);
  const rows = service.prices.filter(({ currency }) => currency === question.request.currency);
  const named = rows.find(({ zoneIds }) => zoneIds?.includes(zone.zone.id) === true);
  const row = named ?? rows.find(({ zoneIds }) => zoneIds === undefined);
  const tier = row && tierOf(row.tiers, billable);
  if (row === undefined || tier === undefined) return undefined;
  const isFirst = tier === row.tiers[0];
  const isVolumetric = billable > grams;
  return { priceMinor: tier.priceMinor, isNamed: row === named, isFirst, isVolumetric };
}

/** The parcel as time sees it. */
export function legOf(parcel: Parcel, target: Target): Leg {
  return {
    node: parcel.sender.node,
    service: parcel.service,
    lane: parcel.sender.lane,
    target,
    units: parcel.units,
    lotMinute: parcel.lastLot?.usableMinute,
  };
}

/** All plans of a service, found once for as long as the same lots count. */
function enumerate(
  question: Question,
  option: ShippedOption,
  facts: { service: WorldService; senders: readonly Sender[] },
): TimedPlans {
  const { service, senders } = facts;
  const target = option.target;
  if (target === undefined) throw new Error('no target');
  const lots = senders.flatMap(({ given }) => given.map((one) => one.lots.length));
  const key = `plans ${option.code} ${service.code} ${lots.join()}`;
  const known = question.memory.get(key);
  if (known !== undefined) return known as TimedPlans;
  const made = timedPlans(question.network, allPlans(service, question.lines, senders), target);
  question.memory.set(key, made);
  return made;
}

type TimedPlan = { readonly plan: Plan; readonly legs: readonly number[] };
type TimedPlans = Enumeration & {
  readonly timed: readonly TimedPlan[];
  readonly legs: readonly { readonly leg: Leg; readonly departures: Timeline }[];
};

/** Parcels that time cannot tell apart share one leg. */
function timedPlans(network: Network, enumeration: Enumeration, target: Target): TimedPlans {
  const legs: { leg: Leg; departures: Timeline }[] = [];
  const indexOf = new Map<Timeline, number>();
  const timed = enumeration.plans.map((plan) => ({
    plan,
    legs: plan.parcels.map((parcel) => {
      const leg = legOf(parcel, target);
      const departures = network.departures(leg);
      const known = indexOf.get(departures);
      if (known !== undefined) return known;
      legs.push({ leg, departures });
      indexOf.set(departures, legs.length - 1);
      return legs.length - 1;
    }),
  }));
  return { ...enumeration, timed, legs };
}

type Ended = EndedPlan & { readonly window: Instants };

/** The window of the parcel that arrives last; undefined when one does not arrive in time. */
function lastArrival(arrivals: readonly (Instants | undefined)[]): Instants | undefined {
  let last: Instants | undefined;
  for (const arrival of arrivals) {
    if (arrival === undefined) return undefined;
    if (last === undefined || arrival.toMinute > last.toMinute) last = arrival;
  }
  return last;
}

/** The end rule 8 compares: of the window at home, the instant of rule 12 at a point. */
function endOf(network: Network, plan: Plan, arrival: Instants, target: Target): Ended | undefined {
  const { clock, pickupPoint } = target;
  if (pickupPoint === undefined) {
    const endDay = clock.dayAt(arrival.toMinute - 1);
    return { plan, endMinute: arrival.toMinute, endDay, window: arrival };
  }
  const window = pointHandOver(network.pointHours(pickupPoint), arrival.toMinute, SILENT);
  if (window === undefined) return undefined;
  const endDay = clock.dayAt(window.fromMinute);
  return { plan, endMinute: window.fromMinute, endDay, window };
}

/** The plans that end in time at `at`, with their ends. */
function endedPlans(network: Network, plans: TimedPlans, facts: { target: Target; at: number }) {
  const { target, at } = facts;
  const arrivals = plans.legs.map(({ leg, departures }) => {
    const departure = departures.valueAt(at);
    return departure === NEVER ? undefined : network.window(leg, departure);
  });
  return plans.timed.flatMap(({ plan, legs }): Ended[] => {
    const arrival = lastArrival(legs.map((leg) => arrivals[leg]));
    const ended = arrival && endOf(network, plan, arrival, target);
    return ended === undefined ? [] : [ended];
  });
}

/** Rule 10: the nodes together hold every line. */
function holdsEnough(question: Question, senders: readonly Sender[]): boolean {
  return question.lines.every(({ quantity }, index) => {
    const held = senders.map(({ given }) => {
      const { units, lots } = given[index] ?? { units: 0, lots: [] };
      return units + lots.reduce((sum, lot) => sum + lot.quantity, 0);
    });
    return held.reduce((sum, units) => sum + units, 0) >= quantity;
  });
}

type ServiceAssessment =
  | { reason: Reason; legs: readonly Leg[] }
  | { ended: readonly Ended[]; plans: TimedPlans };

function countRefusedCustoms(
  question: Question,
  way: { service: WorldService; zone: ResolvedZone },
  count: Count,
): void {
  const isRefused = question.nodes.some((node) => laneOf(question, { node, ...way }).isRefused);
  if (isRefused) count('rule9.customsRefused');
}

/** The first three of rule 10's reasons. */
function firstReason(question: Question, service: WorldService, senders: readonly Sender[]) {
  if (senders.length === 0) return 'no_lane';
  if (isRestricted(question, service)) return 'restricted';
  return breaksAlone(question, service) ? 'limit' : undefined;
}

/** Rule 10's reasons in their order, then the plans that end in time. */
function assessService(
  question: Question,
  option: ShippedOption,
  facts: { service: WorldService; at: number; count: Count },
): ServiceAssessment {
  const { service, at, count } = facts;
  const { zone, target } = option;
  const absent = (reason: Reason, legs: readonly Leg[] = []) => ({ reason, legs });
  if (zone === undefined || target === undefined) return absent('no_lane');
  const senders = sendersOf(question, { service, zone, target }, at);
  if (senders.length === 0) countRefusedCustoms(question, { service, zone }, count);
  const first = firstReason(question, service, senders);
  if (first !== undefined) return absent(first);
  const shippers = senders.filter(
    ({ node }) => question.network.pickups(node, service).isConfigured,
  );
  const isShort = isFigureShort(question, at, count);
  const isEnough = !isShort && holdsEnough(question, shippers);
  const plans = isEnough ? enumerate(question, option, { service, senders: shippers }) : undefined;
  if (plans?.plans.length === 0) {
    count('rule10.limitOfPlans');
    return absent('limit');
  }
  if (priceOf(question, service, zone) === undefined) return absent('no_price');
  if (shippers.length === 0) return absent('no_pickup');
  if (plans === undefined) {
    count(isShort ? 'rule10.no_stock.figure' : 'rule10.no_stock.nodes');
    return absent('no_stock');
  }
  const ended = endedPlans(question.network, plans, { target, at });
  const legs = plans.legs.map(({ leg }) => leg);
  return ended.length === 0 ? absent('nothing_in_time', legs) : { ended, plans };
}

/** Can the option be done at `at`, and how. */
export function assessShipped(
  question: Question,
  option: ShippedOption,
  at: number,
  count: Count,
): Assessment {
  const services = [...option.services].sort((a, b) => byText(a.code, b.code));
  const each = services.map((service) => ({
    service,
    result: assessService(question, option, { service, at, count }),
  }));
  const pool = each.flatMap(({ result }) => ('ended' in result ? result.ended : []));
  const legs = each.flatMap(({ result }) =>
    'ended' in result ? result.plans.legs.map(({ leg }) => leg) : result.legs,
  );
  const best = choose(question.network.world.policy, pool);
  const ended = pool.find((one) => one === best);
  if (ended !== undefined) {
    const isFitting = each.some(
      ({ result }) => 'ended' in result && result.plans.plans.length < result.plans.divisions,
    );
    if (isFitting) count('rule13.parcelLimitAvoided');
    return { chosen: { ended, window: ended.window, all: pool }, legs };
  }
  let furthest: { reason: Reason; service: WorldService } | undefined;
  for (const { service, result } of each) {
    if ('ended' in result) continue;
    const rank = furthest === undefined ? -1 : REASONS.indexOf(furthest.reason);
    if (REASONS.indexOf(result.reason) > rank) furthest = { reason: result.reason, service };
  }
  if (furthest === undefined) throw new Error(`${option.code} has no service`);
  return { ...furthest, legs };
}
