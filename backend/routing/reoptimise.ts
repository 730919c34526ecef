/**
 * Would what nobody has begun stand better elsewhere?
 *
 * In: questions of works that were placed and not begun, each with the units it holds (`ownAllocated`) and the stores that
 * have seen it. Out: for each the decision it should have, and whether that moves it. All units come back, the batch is
 * decided anew and compared with leaving everything where it is; moving what a store has seen costs points, so nothing
 * moves for a trifle. All moves together can be carried out; single ones may need units that another one frees.
 */

import { type Asked, openCase } from './case.ts';
import { type Decided, decideWithin } from './decide.ts';
import {
  type BatchGround,
  decideTogether,
  givenBack,
  isBetter,
  withoutOwnUnits,
} from './decide-batch.ts';
import type { RouteDecision, RoutingQuestion } from './decision.ts';
import { parcelOf } from './parcels.ts';

/** What became of one order. */
export type Reoptimised = {
  readonly orderId: string;
  readonly decision: RouteDecision;
  readonly isMoved: boolean;
  /** Points it has fewer than where it stands now; below 0 where it makes room for another. */
  readonly gainPoints: number;
};

/** Decides all works anew; nothing moves unless the whole is better for it. */
export function reoptimise(
  ground: BatchGround,
  questions: readonly RoutingQuestion[],
): readonly Reoptimised[] {
  const standing = asTheyStand(ground, questions);
  const anew = decideTogether(ground, questions);
  const chosen = isBetter(anew, standing) ? anew : standing;
  return questions.map((question, at): Reoptimised => {
    const before = standing[at];
    const after = chosen[at];
    if (before === undefined || after === undefined) throw new Error('Bug: a work without a plan');
    return {
      orderId: question.orderId,
      decision: after.decision,
      isMoved: placesOf(before) !== placesOf(after),
      gainPoints: before.decision.points - after.decision.points,
    };
  });
}

/** Every order on the units it holds, priced as the new plan is: with all units given back. */
function asTheyStand(
  ground: BatchGround,
  questions: readonly RoutingQuestion[],
): readonly Decided[] {
  const taken = givenBack(ground, questions);
  return questions.map((question) => {
    const only = new Set((question.ownAllocated ?? []).map(({ nodeId }) => nodeId));
    const decided = decideWithin({ ...ground, question }, { only });
    const points = pointsAmongAll(
      { ...ground, question: withoutOwnUnits(question), taken },
      decided,
    );
    return { ...decided, decision: { ...decided.decision, points } };
  });
}

/** What the same parcels would have in the new plan, where more is free. */
function pointsAmongAll(asked: Asked, { decision, parcels }: Decided): number {
  const opened = openCase(asked);
  if ('reason' in opened) return decision.points;
  opened.lateDays = decision.lateDays;
  let points = decision.points;
  for (const parcel of parcels) {
    const source = opened.sources.find(({ node }) => node.index === parcel.source.node.index);
    const again = source === undefined ? 'no_stock' : parcelOf(opened, source, parcel.quantities);
    if (typeof again !== 'string') points += again.points - parcel.points;
  }
  return points;
}

function placesOf({ decision }: Decided): string {
  return JSON.stringify(
    decision.parcels.map(({ nodeId, lines }) => [
      nodeId,
      lines.map(({ lineId, quantity }) => [lineId, quantity]),
    ]),
  );
}
