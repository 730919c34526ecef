/**
 * Every node that was looked at, and what became of it.
 *
 * In: a case and its plan. Out: by node id whether it was chosen, which fence kept it out, or by how many points it lost: the
 * points of the best plan in which it sends what it can of what was placed. Bounded, because every decision is stored:
 * of a large network only nodes with any of the goods are listed, and only the nearest losers row by row.
 */
import type { Snapshot } from '../network/snapshot.ts';
import { type Case, type FenceSaid, fenceOfEmpty, type Source } from './case.ts';
import type { Candidate, Fence, RouteDecision } from './decision.ts';
import type { Goods } from './goods.ts';
import type { LeastPlan } from './least.ts';
import { type Parcel, parcelOf } from './parcels.ts';
import { rowsOf, splitPoints } from './points.ts';
import type { NoRoute } from './ways.ts';

// A network of more nodes is not listed whole; of so many losers the rows are written out.
const LISTED_WHOLE_MAX = 200;
const LOSERS_WITH_ROWS = 8;

type Listed = Pick<RouteDecision, 'candidates' | 'notListed'>;

/** The candidates of a decision. */
export function candidatesOf(
  opened: Case,
  of: {
    readonly plan: LeastPlan;
    readonly parcels: readonly Parcel[];
    readonly only: ReadonlySet<string> | undefined;
  },
): Listed {
  const { snapshot, goods } = opened;
  const chosen = new Map(of.parcels.map((parcel) => [parcel.source.node.index, parcel]));
  const sources = new Map(opened.sources.map((source) => [source.node.index, source]));
  const placed = goods.lines.map((_, at) =>
    of.parcels.reduce((sum, parcel) => sum + (parcel.quantities[at] ?? 0), 0),
  );
  const losers: Loser[] = [];
  const candidates: Candidate[] = [];
  for (const index of listedNodes(snapshot, goods)) {
    const node = snapshot.nodes[index];
    if (node === undefined) continue;
    const parcel = chosen.get(index);
    const source = sources.get(index);
    if (parcel !== undefined) {
      const isFurther = of.parcels[0] !== parcel;
      const points = rowsOf(opened, parcel, isFurther);
      candidates.push({ nodeId: node.id, verdict: 'chosen', facts: {}, points, behindPoints: 0 });
    } else if (source === undefined) {
      const said = opened.fences.get(index) ?? fenceOfEmpty(opened, node);
      candidates.push(fenced(node.id, said));
    } else {
      const loser = loserOf(opened, source, { plan: of.plan, placed, only: of.only });
      if ('fence' in loser) candidates.push(fenced(node.id, loser));
      else {
        losers.push(loser);
        candidates.push(loser.candidate);
      }
    }
  }
  return {
    candidates: withRows(opened, candidates, losers),
    notListed: snapshot.nodes.length - candidates.length,
  };
}

/** The list where nobody could be asked at all. */
export function candidatesWithoutRoute(
  snapshot: Snapshot,
  goods: Goods,
  reason: NoRoute['reason'],
): Listed {
  // Nothing was asked of any place.
  if (reason !== 'no_lane') return { candidates: [], notListed: 0 };
  const said: FenceSaid = { fence: 'no_lane', facts: {} };
  const nodes = listedNodes(snapshot, goods);
  const candidates = Array.from(nodes, (index) => fenced(snapshot.nodes[index]?.id ?? '', said));
  return { candidates, notListed: snapshot.nodes.length - candidates.length };
}

function listedNodes(snapshot: Snapshot, goods: Goods): ArrayLike<number> & Iterable<number> {
  if (snapshot.nodes.length > LISTED_WHOLE_MAX) return goods.nodes;
  return snapshot.nodes.map(({ index }) => index);
}

function fenced(nodeId: string, { fence, facts }: FenceSaid): Candidate {
  return { nodeId, verdict: 'fenced', fence, facts, points: [] };
}

type Loser = {
  readonly candidate: Candidate;
  readonly parcel: Parcel;
  readonly isFurther: boolean;
};

/** The source in the best plan with it, or the fence that keeps every parcel of it from being sent. */
function loserOf(
  opened: Case,
  source: Source,
  of: {
    readonly plan: LeastPlan;
    readonly placed: readonly number[];
    readonly only: ReadonlySet<string> | undefined;
  },
): Loser | FenceSaid {
  const { plan, placed, only } = of;
  const sends = placed.map((units, at) => Math.min(units, source.able[at] ?? 0));
  const parcel = sendable(opened, source, sends);
  if (typeof parcel === 'string') return { fence: parcel, facts: {} };
  const rest = placed.map((units, at) => units - (parcel.quantities[at] ?? 0));
  const hasRest = rest.some((units) => units > 0);
  const points = parcel.points + splitPoints(opened) + plan.restPoints(rest);
  const behind = points - plan.points;
  const facts: Record<string, number | string> = {};
  if (hasRest) facts['sends'] = parcel.load.units;
  if (only !== undefined && behind < 0) facts['kept'] = 'other_orders';
  const candidate: Candidate = {
    nodeId: source.node.id,
    verdict: 'outscored',
    facts,
    points: [],
    ...(Number.isFinite(behind) ? { behindPoints: Math.max(0, behind) } : {}),
  };
  return { candidate, parcel, isFurther: hasRest };
}

/** What it can send at once; where that may not be sent, its first line that may. */
function sendable(opened: Case, source: Source, sends: readonly number[]): Parcel | Fence {
  const units = sends.some((quantity) => quantity > 0) ? sends : Array.from(source.able);
  const parcel = parcelOf(opened, source, units);
  if (typeof parcel !== 'string') return parcel;
  for (const [line, quantity] of units.entries()) {
    if (quantity === 0) continue;
    const alone = parcelOf(
      opened,
      source,
      units.map((_, at) => (at === line ? quantity : 0)),
    );
    if (typeof alone !== 'string') return alone;
  }
  return parcel;
}

/** The nearest losers with their rows. */
function withRows(
  opened: Case,
  candidates: readonly Candidate[],
  losers: readonly Loser[],
): Candidate[] {
  const nearest = losers
    .toSorted(
      (a, b) => (a.candidate.behindPoints ?? Infinity) - (b.candidate.behindPoints ?? Infinity),
    )
    .slice(0, LOSERS_WITH_ROWS);
  const rows = new Map(
    nearest.map(({ candidate, parcel, isFurther }) => [
      candidate,
      rowsOf(opened, parcel, isFurther),
    ]),
  );
  return candidates.map((candidate) => {
    const points = rows.get(candidate);
    return points === undefined ? candidate : { ...candidate, points };
  });
}
