/**
 * How many points does a parcel have, and for which reasons?
 *
 * Named rules, each with its rate (minor units) and the merchant's weight; a rule that has nothing to say abstains: no
 * points and no row. Rules of the place (handling, load, hours, priority, moving) are the same for every parcel of a node
 * and worked out once; rules of the parcel (cost, lateness, stock, CO2) for each. Every row is rounded on its own, so rows
 * always add up to the points. The split is a rule of the plan: it counts for every parcel but the first.
 */
import { co2Grams, distanceKm } from '../network/distance.ts';
import { startOfWork } from '../network/ready.ts';
import { loadOf } from '../stock/stock.ts';
import { type Case, capOf, HOURS_A_DAY, ordersToday, type Source } from './case.ts';
import type { Penalty, PointsRow } from './decision.ts';
import type { Parcel } from './parcels.ts';
import { namesPriority } from './ruleset.ts';
import { timingOf } from './ways.ts';

type Facts = PointsRow['facts'];
/** Minor units before the weight, and what they are made of. */
type Said = { readonly minor: number; readonly facts: Facts };
type Weighed = Omit<Parcel, 'points'>;

const PLACE_RULES: readonly (readonly [Penalty, (of: Case, source: Source) => Said | undefined])[] =
  [
    ['handling', handling],
    ['node_load', nodeLoad],
    ['cannot_prepare_now', cannotPrepareNow],
    ['priority', priority],
    ['move_seen', moveSeen],
  ];

/** Points of any parcel of the source. */
export function standingPoints(opened: Case, source: Source): number {
  if (source.standing >= 0) return source.standing;
  let points = 0;
  for (const [rule, say] of PLACE_RULES) {
    const weight = opened.rules.weights[rule];
    const said = weight === 0 ? undefined : say(opened, source);
    if (said !== undefined) points += Math.round(said.minor * weight);
  }
  source.standing = points;
  return points;
}

/** Points of what the parcel itself is. */
export function parcelPoints(opened: Case, parcel: Weighed): number {
  const { weights } = opened.rules;
  return (
    Math.round(parcel.costMinor * weights.shipping_cost) +
    Math.round(latenessMinor(opened, parcel) * weights.lateness) +
    Math.round(balanceMinor(opened, parcel) * weights.stock_balance) +
    (weights.co2 === 0 ? 0 : Math.round(co2Minor(opened, parcel) * weights.co2))
  );
}

/** Points of each parcel after the first. */
export function splitPoints({ rules }: Case): number {
  return Math.round(rules.rates.splitMinor * rules.weights.split);
}

/** Every rule that has something to say about the parcel; `isFurther`: it is not the first of its plan. */
export function rowsOf(opened: Case, parcel: Parcel, isFurther: boolean): PointsRow[] {
  const { weights } = opened.rules;
  const rows: PointsRow[] = [];
  const add = (rule: Penalty, said: Said | undefined) => {
    const weight = weights[rule];
    if (said === undefined || weight === 0) return;
    const points = Math.round(said.minor * weight);
    if (points > 0) rows.push({ rule, points, facts: said.facts });
  };
  if (parcel.way !== undefined) {
    const service = parcel.way.carrier.service.code;
    add('shipping_cost', { minor: parcel.costMinor, facts: { minor: parcel.costMinor, service } });
  }
  add('lateness', { minor: latenessMinor(opened, parcel), facts: latenessFacts(opened, parcel) });
  add('stock_balance', {
    minor: balanceMinor(opened, parcel),
    facts: { percent: Math.round((100 * parcel.load.share) / linesIn(parcel)) },
  });
  const grams = weights.co2 === 0 ? 0 : parcelCo2(opened, parcel);
  add('co2', { minor: co2Minor(opened, parcel), facts: { grams } });
  for (const [rule, say] of PLACE_RULES) add(rule, say(opened, parcel.source));
  if (isFurther) add('split', { minor: opened.rules.rates.splitMinor, facts: {} });
  return rows;
}

function linesIn({ quantities }: Weighed): number {
  let lines = 0;
  for (let at = 0; at < quantities.length; at += 1) if ((quantities[at] ?? 0) > 0) lines += 1;
  return lines;
}

function handling({ rules }: Case, { node }: Source): Said {
  const { kind } = node.source;
  return { minor: rules.rates.handlingMinor[kind], facts: { kind } };
}

/** How full the node's day is; a node without limits abstains. */
function nodeLoad(opened: Case, { node }: Source): Said | undefined {
  const { rules, facts } = opened;
  const cap = capOf(rules.settings, node.id) ?? node.source.ordersPerDay;
  const backlog = facts.nodeLoads[node.index]?.backlogUnits ?? 0;
  const dayUnits = node.unitsPerDay || node.unitsPerHour * HOURS_A_DAY;
  if (!cap && (dayUnits === 0 || backlog === 0)) return undefined;
  const byOrders = cap ? ordersToday(opened, node) / cap : 0;
  const byUnits = dayUnits === 0 ? 0 : backlog / dayUnits;
  const share = Math.min(1, Math.max(byOrders, byUnits));
  return { minor: rules.rates.nodeLoadMinor * share, facts: { percent: Math.round(100 * share) } };
}

/** Work cannot begin this minute: closed, past its cut-off or full for the day. */
function cannotPrepareNow(opened: Case, { node }: Source): Said | undefined {
  const { rules, facts, question, route } = opened;
  const start = startOfWork(node, {
    load: loadOf(facts, node.index),
    atMinute: question.nowMinute,
    usableMinute: 0,
    kind: route.kind === 'collect' ? 'pickup' : 'ship',
  });
  if (start <= question.nowMinute) return undefined;
  return { minor: rules.rates.cannotPrepareNowMinor, facts: { startMinute: start } };
}

function priority({ rules, question }: Case, { node }: Source): Said | undefined {
  const { priority: rows, rates } = rules;
  if (rows.length === 0) return undefined;
  const country = question.destination?.country ?? '';
  const found = rows.findIndex((row) => namesPriority(row, { node: node.source, country }));
  const rank = found < 0 ? rows.length : found;
  return rank === 0
    ? undefined
    : { minor: rates.priorityMinorPerRank * rank, facts: { rank: rank + 1 } };
}

/** A store has seen the work, and this is another one. */
function moveSeen({ rules, seen }: Case, { node }: Source): Said | undefined {
  if (seen.size === 0 || seen.has(node.id)) return undefined;
  return {
    minor: rules.settings.movePenaltyPoints,
    facts: { seenAt: [...seen].sort().join(', ') },
  };
}

function latenessMinor(opened: Case, parcel: Weighed): number {
  return lateDaysOf(opened, parcel) * opened.rules.rates.latenessMinorPerDay;
}

/** Days after the promised date; where nothing was promised, after the earliest date anybody reaches. */
function lateDaysOf(opened: Case, { timing }: Weighed): number {
  const { question, promisedDay } = opened;
  if (question.promise === undefined || promisedDay === undefined) {
    return Math.max(0, timing.day - earliestDay(opened));
  }
  if (timing.endMinute <= question.promise.endMinute) return 0;
  return Math.max(1, timing.day - promisedDay);
}

function latenessFacts(opened: Case, parcel: Weighed): Facts {
  const days = lateDaysOf(opened, parcel);
  return opened.question.promise === undefined
    ? { days, after: 'earliest' }
    : { days, after: 'promise' };
}

function earliestDay(opened: Case): number {
  if (opened.earliestDay >= 0) return opened.earliestDay;
  const { snapshot, facts, route, question } = opened;
  let earliest = Number.MAX_SAFE_INTEGER;
  for (const { node, ways } of opened.sources) {
    for (const way of route.kind === 'collect' ? [undefined] : ways) {
      const at = { route, node: node.index, way, units: 1, atMinute: question.nowMinute };
      const timing = timingOf(snapshot, facts, at);
      if (typeof timing !== 'string') earliest = Math.min(earliest, timing.day);
    }
  }
  opened.earliestDay = earliest;
  return earliest;
}

function balanceMinor({ rules }: Case, { load }: Weighed): number {
  return rules.rates.stockBalanceMinor * load.share;
}

function co2Minor(opened: Case, parcel: Weighed): number {
  return (parcelCo2(opened, parcel) * opened.rules.rates.co2MinorPerKg) / 1_000;
}

function parcelCo2(opened: Case, { source, way, load }: Weighed): number {
  if (way === undefined || opened.route.kind === 'collect') return 0;
  const { co2KgPerTonneKm } = way.carrier.service.source;
  if (co2KgPerTonneKm === 0) return 0;
  const km = distanceKm(source.node.source, opened.route.to);
  const haul = { grams: load.grams, km, kgPerTonneKm: co2KgPerTonneKm };
  return co2Grams([haul], opened.snapshot.policy.distanceFactor);
}
