/**
 * Many orders at once, on the same stock, the same capacity and the same daily caps.
 *
 * In: as for one order, with many questions. Out: a decision for each, in their order, that can all be carried out together.
 * Every order is decided alone first: where all those plans fit together nothing can be better. Where they do not, the
 * batch planner (batch/batch.ts) says who had better have what, each order is decided among the nodes it was given, and
 * the result is compared with simply taking the orders one after the other: the better of the two is returned.
 * Invariants: no node over its stock, its room or its cap; never fewer units than one after the other; the order in which
 * questions are asked never matters (they take turns by when they were placed, then by id).
 */
import { compareIds } from '../base/ids.ts';
import type { Snapshot } from '../network/snapshot.ts';
import type { Facts } from '../stock/stock.ts';
import { planBatch } from './batch/batch.ts';
import { type BatchMember, batchProblemOf, toMember } from './batch-problem.ts';
import { openCase } from './case.ts';
import { type Decided, decideWithin } from './decide.ts';
import type { RouteDecision, RoutingQuestion } from './decision.ts';
import { createTaken, type Taken, take } from './goods.ts';
import { parcelOf } from './parcels.ts';
import type { RoutingSettings } from './settings.ts';

/** What a batch is decided with. */
export type BatchGround = {
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  readonly settings: RoutingSettings;
};

/** A decision for every question, in their order. */
export function decideBatch(
  snapshot: Snapshot,
  facts: Facts,
  settings: RoutingSettings,
  questions: readonly RoutingQuestion[],
): RouteDecision[] {
  const ground = { snapshot, facts, settings };
  return decideTogether(ground, questions).map(({ decision }) => decision);
}

/** The same with what the decisions were made from. */
export function decideTogether(
  ground: BatchGround,
  questions: readonly RoutingQuestion[],
): readonly Decided[] {
  const turns = questions
    .map((question, at) => ({ question: withoutOwnUnits(question), at }))
    .sort(
      (a, b) =>
        a.question.placedMinute - b.question.placedMinute ||
        compareIds(a.question.orderId, b.question.orderId),
    );
  const ordered = turns.map(({ question }) => question);
  const decided = decideOrdered(ground, ordered, () => givenBack(ground, questions));
  const answers: (Decided | undefined)[] = new Array(questions.length).fill(undefined);
  for (const [turn, { at }] of turns.entries()) answers[at] = decided[turn];
  return answers.map((one) => {
    if (one === undefined) throw new Error('Bug: a question without a decision');
    return one;
  });
}

/** Its nodes stay its own (caps), its units are given back for all. */
export function withoutOwnUnits(question: RoutingQuestion): RoutingQuestion {
  if (question.ownAllocated === undefined) return question;
  const ownAllocated = question.ownAllocated.map((row) => ({ ...row, quantity: 0 }));
  return { ...question, ownAllocated };
}

/** What was taken before the first decision: less than nothing where the orders hold units already. */
export function givenBack({ snapshot }: BatchGround, questions: readonly RoutingQuestion[]): Taken {
  const taken = createTaken();
  for (const { nodeId, sku, quantity } of questions.flatMap((one) => one.ownAllocated ?? [])) {
    const node = snapshot.nodeIndex.get(nodeId);
    const index = snapshot.skuIndex.get(sku);
    if (node === undefined || index === undefined) continue;
    const cell = index * snapshot.nodes.length + node;
    taken.units.set(cell, (taken.units.get(cell) ?? 0) - quantity);
  }
  return taken;
}

function decideOrdered(
  ground: BatchGround,
  questions: readonly RoutingQuestion[],
  open: () => Taken,
): readonly Decided[] {
  const nothing = open();
  const alone = questions.map((question) =>
    decideWithin({ ...ground, question }, { taken: nothing }),
  );
  const { decided: inTurn, isCrowded } = takeInTurn(ground, { questions, alone, taken: open() });
  if (!isCrowded) return inTurn;
  const together = decideByPlan(ground, { questions, alone, nothing, taken: open() });
  return isBetter(together, inTurn) ? together : inTurn;
}

type Turns = {
  readonly questions: readonly RoutingQuestion[];
  readonly alone: readonly Decided[];
  readonly taken: Taken;
};

/** One after the other; the plan an order has alone stands as long as it still fits. */
function takeInTurn(
  ground: BatchGround,
  { questions, alone, taken }: Turns,
): { readonly decided: readonly Decided[]; readonly isCrowded: boolean } {
  let isCrowded = false;
  const decided = questions.map((question, at) => {
    const own = alone[at];
    if (own !== undefined && stillFits(ground, { question, decided: own, taken })) {
      takeAll(taken, own);
      return own;
    }
    isCrowded = true;
    const next = decideWithin({ ...ground, question }, { taken });
    takeAll(taken, next);
    return next;
  });
  return { decided, isCrowded };
}

function takeAll(taken: Taken, { goods, parcels }: Decided): void {
  for (const { source, quantities } of parcels) {
    take(taken, goods, { node: source.node.index, quantities });
  }
}

/** Stock, room and caps still allow every parcel of the plan, and it is still in time. */
function stillFits(
  ground: BatchGround,
  of: {
    readonly question: RoutingQuestion;
    readonly decided: Decided;
    readonly taken: Taken;
  },
): boolean {
  const { question, decided, taken } = of;
  if (decided.parcels.length === 0) return true;
  const opened = openCase({ ...ground, question, taken });
  if ('reason' in opened) return false;
  opened.lateDays = decided.decision.lateDays;
  return decided.parcels.every(({ source: { node }, quantities }) => {
    const source = opened.sources.find((one) => one.node.index === node.index);
    if (source === undefined) return false;
    for (let line = 0; line < quantities.length; line += 1) {
      if ((source.able[line] ?? 0) < (quantities[line] ?? 0)) return false;
    }
    return typeof parcelOf(opened, source, quantities) !== 'string';
  });
}

/** The batch planner says which nodes each order gets; what it cannot say is decided in turn, afterwards. */
function decideByPlan(
  ground: BatchGround,
  { questions, alone, nothing, taken }: Turns & { readonly nothing: Taken },
): readonly Decided[] {
  const members: BatchMember[] = [];
  for (const [at, question] of questions.entries()) {
    const opened = openCase({ ...ground, question, taken: nothing });
    if ('reason' in opened) continue;
    opened.lateDays = alone[at]?.decision.lateDays ?? 0;
    const member = toMember(opened, at);
    if (member !== undefined) members.push(member);
  }
  const { nodesByOrder } = planBatch(batchProblemOf(ground.snapshot, members));
  const given = new Map<number, ReadonlySet<string>>();
  for (const [index, member] of members.entries()) {
    const nodes = new Set(
      (nodesByOrder[index] ?? []).flatMap((node) => ground.snapshot.nodes[node]?.id ?? []),
    );
    if (nodes.size > 0) given.set(member.at, nodes);
  }
  const decided = questions.map((question, at) => {
    const only = given.get(at);
    if (only === undefined) return undefined;
    const one = decideWithin({ ...ground, question }, { taken, only });
    if (one.decision.unplaced.length > 0) return undefined;
    takeAll(taken, one);
    return one;
  });
  return questions.map((question, at) => {
    const known = decided[at];
    if (known !== undefined) return known;
    const one = decideWithin({ ...ground, question }, { taken });
    takeAll(taken, one);
    return one;
  });
}

/** More units, or as many for fewer points. */
export function isBetter(plan: readonly Decided[], rival: readonly Decided[]): boolean {
  const units = unitsOf(plan) - unitsOf(rival);
  return units === 0 ? pointsOf(plan) < pointsOf(rival) : units > 0;
}

function unitsOf(plan: readonly Decided[]): number {
  let units = 0;
  for (const { parcels } of plan) for (const { load } of parcels) units += load.units;
  return units;
}

function pointsOf(plan: readonly Decided[]): number {
  return plan.reduce((sum, { decision }) => sum + decision.points, 0);
}
