/**
 * Is a work claimed sooner when several stores are asked at once than one by one (features row C11)?
 *
 *   npm run -s bench -- claims-policy [--json] [--orders 20000] [--stores 60] [--days 18] [--seed 20261123]
 *
 * No database, no clock: the product's own turns (backend/orders/offers/waves.ts) on one trace of orders and of how stores
 * behave (claims-trace.ts), the same for every policy. `timeToClaim` from the order to a store having it, in minutes of the
 * clock, over the orders that stores took under every policy alike; `fromFirstAsk` leaves out the night before anybody is asked; `toPlace` to anybody having it, the fallback too. `kept`:
 * work began before the latest start that keeps the promise. `lostClaims`: a store said yes after another had it.
 * Stores do not tire: that a store is asked more often under one policy changes nothing of how it answers. The last line is
 * one JSON object.
 */
import { parseArgs } from 'node:util';
import { afterOpenMinutes } from '../../backend/network/ready.ts';
import type { Snapshot } from '../../backend/network/snapshot.ts';
import {
  type Asked,
  FALLBACK_LEAD_MINUTES,
  nextTurn,
  type OfferCandidate,
  type OfferPlan,
} from '../../backend/orders/offers/waves.ts';
import { drawTrace, type Trace, type TraceOrder } from './claims-trace.ts';
import { percentile } from './open-loop.ts';

const TIME_OUT_MINUTES = 30;

/** How stores are asked. */
const POLICIES = {
  oneByOne: { perWave: 1, waves: 10 },
  parallel3: { perWave: 3, waves: 4 },
  parallel5: { perWave: 5, waves: 2 },
  parallel10: { perWave: 10, waves: 1 },
} as const;
type PolicyName = keyof typeof POLICIES;

/** How an order went. */
type Outcome = {
  readonly isClaimed: boolean;
  /** When somebody has the work. */
  readonly atMinute: number;
  /** When the first store was asked: at night nobody is. */
  readonly firstAskMinute: number;
  readonly asked: number;
  readonly lostClaims: number;
  readonly isKept: boolean;
  readonly costMinor: number;
};

/** When an asked store answers, and how; `silent` lasts until the offer ends. */
function answerOf(snapshot: Snapshot, order: TraceOrder, asked: Asked, nowMinute: number) {
  const { nodeId } = asked.candidate;
  const { looksAfter, answer } = order.behaviorOf(nodeId);
  const at = openMinutesAfter(snapshot, nodeId, { minute: nowMinute, count: looksAfter });
  const isLate = answer === 'silent' || at >= asked.expiresMinute;
  return { asked, at: isLate ? asked.expiresMinute : at, answer: isLate ? 'silent' : answer };
}

function openMinutesAfter(
  snapshot: Snapshot,
  nodeId: string,
  { minute, count }: { readonly minute: number; readonly count: number },
): number {
  const node = snapshot.nodes[snapshot.nodeIndex.get(nodeId) ?? -1];
  if (node === undefined) throw new Error(`no node ${nodeId}`);
  return afterOpenMinutes(node.calendar.minutes, minute, count);
}

function run(snapshot: Snapshot, order: TraceOrder, policy: PolicyName): Outcome {
  const latest = order.fallback.startByMinute - FALLBACK_LEAD_MINUTES;
  const plan: OfferPlan = {
    ...POLICIES[policy],
    candidates: order.candidates,
    timeOutMinutes: TIME_OUT_MINUTES,
    autoClaimNodes: [],
    onlyWhenOpen: true,
    fallbackAtMinute: Math.max(latest, order.placedMinute),
  };
  const out = new Set<string>();
  let [now, wavesOpened, lostClaims] = [order.placedMinute, 0, 0];
  let firstAskMinute: number | undefined;
  for (;;) {
    const turn = nextTurn(snapshot, { plan, wavesOpened, out }, now);
    if (turn.kind === 'wait') {
      now = turn.minute;
      continue;
    }
    if (turn.kind !== 'ask') break;
    wavesOpened += 1;
    firstAskMinute ??= now;
    for (const { candidate } of turn.asked) out.add(candidate.nodeId);
    const answers = turn.asked
      .map((asked) => answerOf(snapshot, order, asked, now))
      .toSorted((a, b) => a.at - b.at);
    const yes = answers.filter(({ answer }) => answer === 'claim');
    const [won] = yes;
    if (won === undefined) {
      now = answers.at(-1)?.at ?? now;
      continue;
    }
    lostClaims += yes.length - 1;
    const place = { candidate: won.asked.candidate, atMinute: won.at };
    return {
      ...{ isClaimed: true, firstAskMinute, asked: out.size, lostClaims },
      ...ended(snapshot, order, place),
    };
  }
  const place = { candidate: order.fallback, atMinute: now };
  return {
    ...{ isClaimed: false, firstAskMinute: firstAskMinute ?? now, asked: out.size, lostClaims },
    ...ended(snapshot, order, place),
  };
}

function ended(
  snapshot: Snapshot,
  order: TraceOrder,
  { candidate, atMinute }: { readonly candidate: OfferCandidate; readonly atMinute: number },
) {
  const { nodeId, startByMinute, costMinor } = candidate;
  const { beginsAfter: count } = order.behaviorOf(nodeId);
  const begins = openMinutesAfter(snapshot, nodeId, { minute: atMinute, count });
  return { atMinute, costMinor, isKept: begins <= startByMinute };
}

function summaryOf(trace: Trace, outcomes: readonly Outcome[], always: ReadonlySet<number>) {
  const sinceOrder = ({ atMinute }: Outcome, index: number) =>
    atMinute - (trace.orders[index]?.placedMinute ?? 0);
  const minutes = (
    of: (index: number) => boolean,
    since: (outcome: Outcome, index: number) => number,
  ) =>
    Float64Array.from(
      outcomes.flatMap((outcome, index) => (of(index) ? [since(outcome, index)] : [])),
    ).sort();
  const share = (count: number) => Math.round((count / outcomes.length) * 10_000) / 10_000;
  const isAlways = (index: number) => always.has(index);
  const claimed = minutes(isAlways, sinceOrder);
  const answered = minutes(isAlways, ({ atMinute, firstAskMinute }) => atMinute - firstAskMinute);
  const placed = minutes(() => true, sinceOrder);
  const sum = (of: (outcome: Outcome) => number) =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0);
  return {
    timeToClaimP50Minutes: percentile(claimed, 0.5),
    timeToClaimP90Minutes: percentile(claimed, 0.9),
    fromFirstAskP50Minutes: percentile(answered, 0.5),
    fromFirstAskP90Minutes: percentile(answered, 0.9),
    toPlaceP50Minutes: percentile(placed, 0.5),
    toPlaceP90Minutes: percentile(placed, 0.9),
    claimedShare: share(outcomes.filter(({ isClaimed }) => isClaimed).length),
    keptShare: share(outcomes.filter(({ isKept }) => isKept).length),
    lostClaimsPerOrder: share(sum(({ lostClaims }) => lostClaims)),
    askedPerOrder: Math.round((sum(({ asked }) => asked) / outcomes.length) * 100) / 100,
    costMinorPerOrder: Math.round(sum(({ costMinor }) => costMinor) / outcomes.length),
  };
}

function main(): void {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      orders: { type: 'string', default: '20000' },
      stores: { type: 'string', default: '60' },
      days: { type: 'string', default: '18' },
      seed: { type: 'string', default: '20261123' },
    },
  });
  const of = {
    seed: Number(values.seed),
    orders: Number(values.orders),
    stores: Number(values.stores),
    days: Number(values.days),
  };
  const trace = drawTrace(of);
  const names = Object.keys(POLICIES) as PolicyName[];
  const outcomes = new Map(
    names.map((name) => [name, trace.orders.map((order) => run(trace.snapshot, order, name))]),
  );
  const all = [...outcomes.values()];
  const always = new Set(
    trace.orders.flatMap((_, index) => (all.every((one) => one[index]?.isClaimed) ? [index] : [])),
  );
  const policies = Object.fromEntries(
    [...outcomes].map(([name, one]) => [name, summaryOf(trace, one, always)]),
  );
  const report = { ...of, orders: trace.orders.length, claimedUnderAll: always.size, policies };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

main();
