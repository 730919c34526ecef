/**
 * Orders with all their rules, written as the batch planner takes them: points of a parcel, points of a line.
 *
 * In: opened cases. Out: a `BatchProblem` over the pools they share. A parcel's points are not a sum in truth (tiers, lateness
 * by size); the two numbers given for a node are right for each line alone and for all it can send together, and whoever
 * realises the plan (decide-batch.ts) prices every parcel anew. Orders the planner has no words for are no members: kits,
 * pools that lines share, limits of parcels, pickups.
 */
import type { Snapshot } from '../network/snapshot.ts';
import type { BatchOrder, BatchProblem } from './batch/problem.ts';
import { type Case, roomLeft, type Source } from './case.ts';
import { pointsFor } from './parcels.ts';
import { splitPoints } from './points.ts';

/** A case in the batch; `at` is its place among the questions. */
export type BatchMember = {
  readonly at: number;
  readonly opened: Case;
  readonly candidates: readonly Candidate[];
};

type Candidate = {
  readonly node: number;
  readonly parcelPoints: number;
  readonly linePoints: readonly number[];
};

// More points than any line is worth sending; the planner leaves it then.
const NEVER_SENT = 2 ** 36;
// A node without a limit has room for everything.
const ROOM_MAX = 1_000_000_000;
// All orders of a batch together stay within 32 bits; a larger one takes its turn.
const UNITS_MAX = 1_000_000;
// A line left behind costs so many times the dearest parcel: rather any node than none.
const UNFILLED_FACTOR = 4;
const UNFILLED_LEAST = 1_000;

/** The case as a member; undefined when the planner could not say what it needs. */
export function toMember(opened: Case, at: number): BatchMember | undefined {
  const { goods, route, rules } = opened;
  const isPlain =
    route.kind === 'ship' &&
    rules.split.mode === 'allow' &&
    !goods.isShared &&
    goods.unitCount <= UNITS_MAX &&
    goods.lines.every(({ parts }) => parts.length === 1 && parts[0]?.need === 1);
  if (!isPlain || goods.lines.length === 0) return undefined;
  const candidates = opened.sources.flatMap((source) => candidateOf(opened, source) ?? []);
  return candidates.length === 0 ? undefined : { at, opened, candidates };
}

function candidateOf(opened: Case, source: Source): Candidate | undefined {
  const { lines } = opened.goods;
  const split = splitPoints(opened);
  const alone = lines.map(({ quantity }, at) => {
    if ((source.able[at] ?? 0) < quantity) return Infinity;
    const only = lines.map((_, line) => (line === at ? quantity : 0));
    return pointsFor(opened, source, only) + split;
  });
  const sent = alone.filter((points) => points < Infinity);
  if (sent.length === 0) return undefined;
  const all = lines.map(({ quantity }, at) => (alone[at] === Infinity ? 0 : quantity));
  const together = pointsFor(opened, source, all) + split;
  const sum = sent.reduce((a, b) => a + b, 0);
  const least = Math.min(...sent);
  const shared =
    sent.length > 1 && together < Infinity
      ? Math.round((sum - together) / (sent.length - 1))
      : least;
  const parcelPoints = Math.min(least, Math.max(0, shared));
  return {
    node: source.node.index,
    parcelPoints,
    linePoints: alone.map((points) => (points < Infinity ? points - parcelPoints : NEVER_SENT)),
  };
}

/** The members' problem. */
export function batchProblemOf(snapshot: Snapshot, members: readonly BatchMember[]): BatchProblem {
  const pools = [...new Set(members.flatMap(({ opened }) => opened.goods.pools))];
  const poolIndex = new Map(pools.map((sku, index) => [sku, index]));
  const nodeCount = snapshot.nodes.length;
  const stock = new Int32Array(nodeCount * pools.length);
  const capacityUnits = new Int32Array(nodeCount).fill(ROOM_MAX);
  let dearest = UNFILLED_LEAST;
  const orders = members.map(({ opened, candidates }): BatchOrder => {
    const { goods, sources } = opened;
    for (const { node } of sources) {
      capacityUnits[node.index] = Math.max(0, Math.min(ROOM_MAX, roomLeft(opened, node)));
      for (const [pool, sku] of goods.pools.entries()) {
        const cell = node.index * pools.length + (poolIndex.get(sku) ?? 0);
        stock[cell] = Math.min(ROOM_MAX, goods.free[pool * nodeCount + node.index] ?? 0);
      }
    }
    for (const { parcelPoints, linePoints } of candidates) {
      for (const points of linePoints) {
        if (points < NEVER_SENT) dearest = Math.max(dearest, parcelPoints + points);
      }
    }
    return {
      skus: goods.lines.map(
        ({ parts }) => poolIndex.get(goods.pools[parts[0]?.pool ?? 0] ?? 0) ?? 0,
      ),
      quantities: goods.lines.map(({ quantity }) => quantity),
      nodes: candidates.map(({ node }) => node),
      parcelPoints: candidates.map(({ parcelPoints }) => parcelPoints),
      linePoints: candidates.flatMap(({ linePoints }) => linePoints),
    };
  });
  return {
    nodeCount,
    skuCount: pools.length,
    stock,
    capacityUnits,
    orders,
    unfilledPoints: dearest * UNFILLED_FACTOR,
  };
}
