/**
 * Would what nobody has begun stand better elsewhere?
 *
 * In: questions of works that were placed and not begun, each with the units it holds (`ownAllocated`) and the stores that
 * have seen it. Out: for each the decision it should have, and whether that moves it. All units come back, the batch is
 * decided anew and compared with leaving everything where it is; moving what a store has seen costs points, so nothing
 * moves for a trifle. All moves together can be carried out; single ones may need units that another one frees.
 */

import { type Decided, decideWithin } from './decide.ts';
import {
  type BatchGround,
  decideTogether,
  givenBack,
  isBetter,
  withoutOwnUnits,
} from './decide-batch.ts';
import type { RouteDecision, RoutingQuestion } from './decision.ts';

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

/** Every order among the nodes it holds units at, priced as the new plan is: with all units given back. */
function asTheyStand(
  ground: BatchGround,
  questions: readonly RoutingQuestion[],
): readonly Decided[] {
  const taken = givenBack(ground, questions);
  return questions.map((question) => {
    const only = new Set((question.ownAllocated ?? []).map(({ nodeId }) => nodeId));
    return decideWithin({ ...ground, question: withoutOwnUnits(question) }, { taken, only });
  });
}

function placesOf({ decision }: Decided): string {
  return JSON.stringify(
    decision.parcels.map(({ nodeId, lines }) => [
      nodeId,
      lines.map(({ lineId, quantity }) => [lineId, quantity]),
    ]),
  );
}
