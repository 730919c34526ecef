/**
 * Which nodes should send this order, when would that be there, and why not the others?
 *
 * In: the network, the stock facts, the shop's routing settings, one question. Out: a `RouteDecision`. First whether the
 * promise can be kept; only if not, the steps of the ladder (some days later), each only if it sends more. Within a step:
 * most units, then no line divided over nodes, then fewest points. Exact up to the bounds of least.ts, past them
 * `isExact: false`. Nothing is taken or stored here; `within` says what other orders of a batch took.
 * Invariants: no node sends more than it has; Σ sent = min(wanted, available) where no fence stands in the way; the order of
 * lines, nodes and rules of equal rank never matters; asked right after a quote it finds a plan no later than the quote's.
 */
import type { Snapshot } from '../network/snapshot.ts';
import type { Facts } from '../stock/stock.ts';
import { alternativesOf } from './alternatives.ts';
import { candidatesOf, candidatesWithoutRoute } from './candidates.ts';
import { type Case, openCase, type Source } from './case.ts';
import type { PlannedParcel, RouteDecision, RoutingQuestion } from './decision.ts';
import { fullestPlan } from './fullest.ts';
import type { Goods, Taken } from './goods.ts';
import { type LeastPlan, type LeastQuestion, leastPlan } from './least.ts';
import { isInTime, type Parcel, parcelOf, pointsFor } from './parcels.ts';
import { rowsOf, splitPoints } from './points.ts';
import type { RoutingSettings } from './settings.ts';
import { unplacedLines } from './unplaced.ts';
import { startByMinute } from './ways.ts';

/** What else holds: units and orders others took, and the only nodes that may be chosen. */
export type Within = {
  readonly taken?: Taken | undefined;
  readonly only?: ReadonlySet<string> | undefined;
};

/** A decision and what it was made from. */
export type Decided = {
  readonly decision: RouteDecision;
  readonly goods: Goods;
  readonly parcels: readonly Parcel[];
};

/** Decides one order. */
export function decideRoute(
  snapshot: Snapshot,
  facts: Facts,
  settings: RoutingSettings,
  question: RoutingQuestion,
): RouteDecision {
  return decideWithin({ snapshot, facts, settings, question }, {}).decision;
}

/** Decides one order among others. */
export function decideWithin(
  asked: {
    readonly snapshot: Snapshot;
    readonly facts: Facts;
    readonly settings: RoutingSettings;
    readonly question: RoutingQuestion;
  },
  within: Within,
): Decided {
  const opened = openCase({ ...asked, taken: within.taken });
  if ('reason' in opened) {
    const { goods, rules, reason } = opened;
    const unplaced = [
      ...unknownLines(goods),
      ...goods.lines.map((line) => ({ ...cut(line), reason })),
    ];
    const decision: RouteDecision = {
      ...{ parcels: [], unplaced, lateDays: 0, points: 0, isExact: true, ruleset: rules.name },
      ...candidatesWithoutRoute(asked.snapshot, goods, reason),
    };
    return { decision, goods, parcels: [] };
  }
  const { plan, parcels } = climb(opened, sourcesFor(opened, within));
  const decision: RouteDecision = {
    parcels: parcels.map((parcel, at) => plannedParcel(opened, parcels, { parcel, at })),
    unplaced: [...unknownLines(opened.goods), ...unplacedLines(opened, parcels)],
    lateDays: parcels.length === 0 ? 0 : opened.lateDays,
    points: pointsOf(opened, plan),
    ...candidatesOf(opened, { plan, parcels, only: within.only }),
    ruleset: opened.rules.name,
    isExact: plan.isExact,
  };
  return { decision, goods: opened.goods, parcels };
}

function cut({ lineId, sku, quantity }: Goods['unknown'][number]) {
  return { lineId, sku, quantity };
}

function unknownLines(goods: Goods): RouteDecision['unplaced'] {
  return goods.unknown.map((line) => ({ ...cut(line), reason: 'unknown_sku' as const }));
}

function sourcesFor(opened: Case, { only }: Within): readonly Source[] {
  return only === undefined
    ? opened.sources
    : opened.sources.filter(({ node }) => only.has(node.id));
}

/** Points of the plan: the first parcel of an order is no split. */
function pointsOf(opened: Case, plan: LeastPlan): number {
  const isFirst = plan.parcels.length > 0 && (opened.question.parcelsElsewhere ?? 0) === 0;
  return plan.points - (isFirst ? splitPoints(opened) : 0);
}

type Climbed = { readonly plan: LeastPlan; readonly parcels: readonly Parcel[] };

/** Tries the steps of the ladder; leaves `lateDays` at the first that sends most. */
function climb(opened: Case, sources: readonly Source[]): Climbed {
  const { question, goods, rules } = opened;
  const rungs = question.promise === undefined ? [0] : rules.ladderDays;
  const able = ableOf(opened, sources);
  const possible = possibleUnits(goods, able, sources.length);
  let best: Climbed | undefined;
  let bestDays = rungs[0] ?? 0;
  for (const days of rungs) {
    opened.lateDays = days;
    const plan = planAt(opened, { sources, able, possible });
    if (best === undefined || plan.units > best.plan.units) {
      best = { plan, parcels: parcelsOf(opened, sources, plan) };
      bestDays = days;
    }
    if (plan.units >= possible) break;
  }
  opened.lateDays = bestDays;
  if (best === undefined) throw new Error('Bug: a ladder without a step');
  return best;
}

/** By source × lines + line. */
function ableOf({ goods }: Case, sources: readonly Source[]): Int32Array {
  const able = new Int32Array(sources.length * goods.lines.length);
  for (const [at, source] of sources.entries()) able.set(source.able, at * goods.lines.length);
  return able;
}

function possibleUnits({ lines }: Goods, able: Int32Array, sourceCount: number): number {
  let possible = 0;
  for (const [at, line] of lines.entries()) {
    let units = 0;
    for (let source = 0; source < sourceCount && units < line.quantity; source += 1) {
      units += able[source * lines.length + at] ?? 0;
    }
    possible += Math.min(units, line.quantity);
  }
  return possible;
}

type Among = {
  readonly sources: readonly Source[];
  readonly able: Int32Array;
  readonly possible: number;
};

/** The best plan of a step: whole lines first, divided ones only if that sends more. */
function planAt(opened: Case, { sources, able, possible }: Among): LeastPlan {
  const { goods, rules, question } = opened;
  const { mode, maxParcels = Infinity, keepKitsTogether } = rules.split;
  const further = splitPoints(opened);
  const asked: LeastQuestion = {
    quantities: Int32Array.from(goods.lines, (line) => line.quantity),
    able,
    sourceCount: sources.length,
    divides: new Uint8Array(goods.lines.length),
    maxParcels: mode === 'forbid' ? 1 : Math.max(0, maxParcels - (question.parcelsElsewhere ?? 0)),
    pointsOf: (at, quantities) => {
      const source = sources[at];
      return source === undefined ? Infinity : pointsFor(opened, source, quantities) + further;
    },
  };
  const whole = planned(asked);
  if (whole.units >= possible || mode === 'forbid') return whole;
  const divides = Uint8Array.from(goods.lines, (line) =>
    line.quantity > 1 && !(line.isKit && keepKitsTogether) ? 1 : 0,
  );
  if (!divides.includes(1)) return whole;
  const divided = planned({ ...asked, divides });
  return divided.units > whole.units ? divided : whole;
}

function planned(question: LeastQuestion): LeastPlan {
  if (question.maxParcels === 0 || question.sourceCount === 0) return NOTHING_SENT;
  return leastPlan(question) ?? fullestPlan(question);
}

const NOTHING_SENT: LeastPlan = {
  parcels: [],
  points: 0,
  units: 0,
  isExact: true,
  restPoints: () => Infinity,
};

function parcelsOf(opened: Case, sources: readonly Source[], plan: LeastPlan): Parcel[] {
  return plan.parcels.map(({ source: at, quantities }) => {
    const source = sources[at];
    const parcel = source === undefined ? 'no_stock' : parcelOf(opened, source, quantities);
    if (typeof parcel === 'string') throw new Error(`Bug: a planned parcel is fenced: ${parcel}`);
    return parcel;
  });
}

function plannedParcel(
  opened: Case,
  parcels: readonly Parcel[],
  of: { readonly parcel: Parcel; readonly at: number },
): PlannedParcel {
  const { snapshot, facts, goods, route, question } = opened;
  const { parcel, at } = of;
  const { node } = parcel.source;
  const { timing, way } = parcel;
  const isFurther = at > 0 || (question.parcelsElsewhere ?? 0) > 0;
  return {
    nodeId: node.id,
    serviceCode: way?.carrier.service.code ?? null,
    lines: goods.lines.flatMap((line, index) => {
      const quantity = parcel.quantities[index] ?? 0;
      return quantity === 0 ? [] : [{ ...cut(line), quantity }];
    }),
    readyMinute: timing.readyMinute,
    departureMinute: timing.departureMinute,
    endMinute: timing.endMinute,
    startByMinute: startByMinute(snapshot, facts, {
      ...{ route, node: node.index, way, timing, units: parcel.load.units },
      atMinute: question.nowMinute,
      isInTime: (arrival) => question.promise !== undefined && isInTime(opened, arrival),
    }),
    costMinor: parcel.costMinor,
    points: rowsOf(opened, parcel, isFurther),
    alternatives: alternativesOf(opened, parcels, parcel),
  };
}
