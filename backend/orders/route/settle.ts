/**
 * What is right of an order's works before anything new is placed?
 *
 * In: the lines as they are claimed, the works as they stand. Out: the works as they should be (`Draft`) and how many units
 * of each line are to be placed (`pool`). Units that were canceled leave what is unplaced first, then what nobody has begun,
 * then the rest; units that left by somebody else's hand become a work that has left; units whose allocation is gone, or
 * whose fulfillment was canceled, are to be placed again; units nobody has heard of yet too. What has left is gone whatever
 * becomes of its allocation: a recount or a cancellation that comes before the news of it sends nothing twice.
 * Invariants: after it Σ of a line's units in drafts, in `gone` and in the pool is what is ordered of it; running it on its
 * own result changes nothing. Pure; the answer does not depend on the order of works or lines.
 */
import { compareIds } from '../../base/ids.ts';
import { isOpen, isUnbegun } from '../works/lifecycle.ts';
import type { Work } from '../works/store.ts';
import type { RoutedLine } from './order-lines.ts';

/** A work as it should be. Units by line; a draft without units is over. */
export type Draft = {
  readonly work: Work;
  readonly units: Map<string, number>;
  /** Why its units go back to be placed; undefined: it stays what it is. */
  returned:
    | 'shortage'
    | 'node_closed'
    | 'released'
    | 'shipment_canceled'
    | 'promise_changed'
    | 'reoptimised'
    | undefined;
};

/** Units that left a node without a work of ours. */
export type GoneUnits = {
  readonly nodeId: string;
  readonly lineId: string;
  readonly quantity: number;
};

export type Settled = {
  readonly drafts: readonly Draft[];
  /** To be placed and in no draft: units of lines. */
  readonly loose: ReadonlyMap<string, number>;
  /** Canceled, by work. */
  readonly canceled: readonly {
    readonly workId: string;
    readonly lineId: string;
    readonly quantity: number;
  }[];
  readonly gone: readonly GoneUnits[];
  /** Canceled where they were sold when they had left here and nobody there had been told, by work. */
  readonly late: readonly {
    readonly work: Work;
    readonly lineId: string;
    readonly sku: string;
    readonly quantity: number;
  }[];
  /** SKU by line. */
  readonly lines: ReadonlyMap<string, string>;
};

/** What the order and the network say besides lines and works. */
export type SettleFacts = {
  readonly isNode: (nodeId: string) => boolean;
  /** The order's own hold; null: none. */
  readonly holdReason: string | null;
  /** An allocation was refused: what is not allocated is not asked for again, it goes back. */
  readonly isStrict: boolean;
  readonly promise: { readonly end: string; readonly on: string } | undefined;
  /** Works that are placed anew though nothing is wrong with them. */
  readonly anew: ReadonlySet<string>;
};

/** See the header. */
export function settleWorks(
  lines: readonly RoutedLine[],
  works: readonly Work[],
  facts: SettleFacts,
): Settled {
  const drafts = works
    .filter(({ state }) => state !== 'canceled')
    .toSorted((a, b) => compareIds(a.workId, b.workId))
    .map(
      (work): Draft => ({
        work,
        units: new Map(work.lines.map(({ lineId, quantity }) => [lineId, quantity])),
        returned: wholeReturn(work, facts),
      }),
    );
  const outcome = { canceled: [], gone: [], late: [], loose: new Map<string, number>() };
  for (const line of lines) settleLine(line, { drafts, facts, ...outcome });
  dropUnknownLines(lines, drafts, outcome);
  return { drafts, ...outcome, lines: new Map(lines.map(({ lineId, sku }) => [lineId, sku])) };
}

function wholeReturn(work: Work, facts: SettleFacts): Draft['returned'] {
  const { state, nodeId, holdReason, negotiation } = work;
  if (state !== 'placed' || nodeId === null) return undefined;
  if (!facts.isNode(nodeId)) return 'node_closed';
  if (facts.anew.has(work.workId)) return 'reoptimised';
  // Nobody was asked and nobody was told, as of what was placed while the order was held: it is planned afresh.
  const isHeld = facts.holdReason !== null || (holdReason !== null && !isOrderHold(holdReason));
  if (negotiation === 'none' && !isHeld) return 'released';
  return isTooLate(work, facts) ? 'promise_changed' : undefined;
}

/** It was given to a node before this promise was known, and is planned to come after it: another may keep it. */
function isTooLate({ kind, negotiation, promisedEnd, plannedEnd }: Work, facts: SettleFacts) {
  const { promise } = facts;
  if (promise === undefined || promisedEnd === promise.end) return false;
  if (kind !== 'ship' || negotiation !== 'assigned' || plannedEnd === null) return false;
  const [planned, promised] = [plannedEnd, promise.end].map((at) => Temporal.Instant.from(at));
  return planned !== undefined && promised !== undefined && planned.since(promised).sign > 0;
}

/** The hold came with the order's; one of this work alone is named `work:<reason>`. */
export function isOrderHold(holdReason: string | null): boolean {
  return holdReason !== null && !holdReason.startsWith('work:');
}

type Outcome = {
  readonly canceled: { workId: string; lineId: string; quantity: number }[];
  readonly gone: GoneUnits[];
  readonly late: Settled['late'][number][];
  readonly loose: Map<string, number>;
};
type Settling = Outcome & { readonly drafts: readonly Draft[]; readonly facts: SettleFacts };

function settleLine(line: RoutedLine, settling: Settling): void {
  const { drafts, loose } = settling;
  const { lineId } = line;
  takeGone(line, settling);
  const over = sumOf(drafts, lineId) + goneOf(settling, lineId) - line.units;
  cancelUnits(line, over, settling);
  noteLate(line, settling);
  takeBack(line, settling);
  const missing =
    line.units - sumOf(drafts, lineId) - goneOf(settling, lineId) - (loose.get(lineId) ?? 0);
  if (missing > 0) loose.set(lineId, (loose.get(lineId) ?? 0) + missing);
}

/** A line that is not sent any more is nobody's work. */
function dropUnknownLines(
  lines: readonly RoutedLine[],
  drafts: readonly Draft[],
  { canceled }: Outcome,
): void {
  const known = new Set(lines.map(({ lineId }) => lineId));
  for (const draft of drafts) {
    if (!isOpen(draft.work.state)) continue;
    for (const [lineId, quantity] of draft.units) {
      if (known.has(lineId)) continue;
      draft.units.delete(lineId);
      canceled.push({ workId: draft.work.workId, lineId, quantity });
    }
  }
}

const unitsOf = (draft: Draft, lineId: string) => draft.units.get(lineId) ?? 0;

function sumOf(drafts: readonly Draft[], lineId: string): number {
  return drafts.reduce((sum, draft) => sum + unitsOf(draft, lineId), 0);
}

function goneOf({ gone }: Outcome, lineId: string): number {
  return gone.reduce((sum, row) => sum + (row.lineId === lineId ? row.quantity : 0), 0);
}

const isGone = ({ work }: Draft) => !isOpen(work.state);
const isPlaced = ({ work, returned }: Draft) =>
  isOpen(work.state) && work.state !== 'unplaced' && returned === undefined;

/** Takes up to `units` of the line off these drafts, in their order; says how many. */
function takeUnits(
  from: readonly Draft[],
  lineId: string,
  units: number,
  tell?: (draft: Draft, quantity: number) => void,
): number {
  let open = units;
  for (const draft of from) {
    const quantity = Math.min(open, unitsOf(draft, lineId));
    if (quantity <= 0) continue;
    const left = unitsOf(draft, lineId) - quantity;
    if (left === 0) draft.units.delete(lineId);
    else draft.units.set(lineId, left);
    open -= quantity;
    tell?.(draft, quantity);
  }
  return units - open;
}

/** Units that left without a work of ours: off the works of that node first, then off what is unplaced. */
function takeGone(line: RoutedLine, { drafts, gone }: Settling): void {
  const goneAt = (nodeId: string) => unitsAt(drafts.filter(isGone), nodeId, line.lineId);
  const left = [...line.left.values()].reduce((sum, units) => sum + units, 0);
  const sent = sumOf(drafts.filter(isGone), line.lineId);
  let open = left - (sent - unsettledUnits(line, drafts));
  for (const [nodeId, units] of [...line.left].toSorted(([a], [b]) => compareIds(a, b))) {
    const quantity = Math.min(open, units - goneAt(nodeId));
    if (quantity <= 0) continue;
    open -= quantity;
    const others = drafts.filter((draft) => isOpen(draft.work.state));
    takeUnits(others.toSorted(byPlaceThenUnplaced(nodeId)), line.lineId, quantity);
    gone.push({ nodeId, lineId: line.lineId, quantity });
  }
}

function unitsAt(drafts: readonly Draft[], nodeId: string, lineId: string): number {
  const here = drafts.filter(({ work }) => work.nodeId === nodeId);
  return sumOf(here, lineId);
}

/** Units our works have sent that still hold their allocation: the news of them is on its way. */
function unsettledUnits(line: RoutedLine, drafts: readonly Draft[]): number {
  let units = 0;
  for (const [nodeId, allocated] of line.allocated) {
    const sent = unitsAt(drafts.filter(isGone), nodeId, line.lineId);
    const placed = unitsAt(drafts.filter(isPlaced), nodeId, line.lineId);
    const open = sent - (line.left.get(nodeId) ?? 0);
    units += Math.max(0, Math.min(open, allocated - placed));
  }
  return units;
}

function byPlaceThenUnplaced(nodeId: string) {
  const rank = ({ work }: Draft) => {
    if (work.nodeId === nodeId) return 0;
    return work.state === 'unplaced' ? 1 : 2;
  };
  return (a: Draft, b: Draft) => rank(a) - rank(b) || compareIds(a.work.workId, b.work.workId);
}

/** Canceled units: what is unplaced first, then what nobody has begun, then the rest; where units lack first, newest first. */
function cancelUnits(line: RoutedLine, over: number, { drafts, canceled }: Settling): void {
  if (over <= 0) return;
  const rank = (draft: Draft) => {
    if (draft.work.state === 'unplaced' || draft.returned !== undefined) return 0;
    const isLacking = lackAt(line, drafts, draft.work.nodeId ?? '') > 0;
    return (isUnbegun(draft.work.state) ? 1 : 3) + (isLacking ? 0 : 1);
  };
  const open = drafts
    .filter((draft) => isOpen(draft.work.state))
    .map((draft) => ({ draft, rank: rank(draft) }))
    .toSorted((a, b) => a.rank - b.rank || compareIds(b.draft.work.workId, a.draft.work.workId));
  takeUnits(
    open.map(({ draft }) => draft),
    line.lineId,
    over,
    ({ work }, quantity) => canceled.push({ workId: work.workId, lineId: line.lineId, quantity }),
  );
}

/** What left and is canceled all the same: of the works that left last, because of the others it was told. */
function noteLate({ lineId, sku, units, canceled, parts }: RoutedLine, settling: Settling): void {
  const sent = sumOf(settling.drafts.filter(isGone), lineId) + goneOf(settling, lineId);
  let open = parts.length === 0 ? 0 : Math.min(sent - units, canceled);
  const leftAt = ({ work }: Draft) => work.leftAt ?? '';
  for (const draft of settling.drafts
    .filter(isGone)
    .toSorted((a, b) => compareIds(leftAt(b), leftAt(a)) || newestFirst(a, b))) {
    const quantity = Math.min(open, unitsOf(draft, lineId));
    if (quantity <= 0) continue;
    open -= quantity;
    settling.late.push({ work: draft.work, lineId, sku, quantity });
  }
}

/** Units of works at a node that are not allocated there. */
function lackAt(line: RoutedLine, drafts: readonly Draft[], nodeId: string): number {
  let placed = 0;
  let gone = 0;
  for (const draft of drafts) {
    if (draft.work.nodeId !== nodeId) continue;
    if (isGone(draft)) gone += unitsOf(draft, line.lineId);
    else if (isPlaced(draft)) placed += unitsOf(draft, line.lineId);
  }
  const unsettled = Math.max(0, gone - (line.left.get(nodeId) ?? 0));
  return placed + unsettled - (line.allocated.get(nodeId) ?? 0);
}

/** Units that wait though a work has them: a shortage took their allocation, or their parcel did not leave after all. */
function takeBack(line: RoutedLine, settling: Settling): void {
  const { drafts, facts } = settling;
  const unplaced = drafts.filter((draft) => isOpen(draft.work.state) && !isPlaced(draft));
  // Units given back whole still hold their allocation: they do not wait.
  const waitingHere = unplaced
    .filter(({ work }) => work.state === 'unplaced')
    .reduce((sum, draft) => sum + unitsOf(draft, line.lineId), 0);
  let waiting = line.waiting - waitingHere;
  const nodes = new Set(drafts.flatMap(({ work }) => (work.nodeId === null ? [] : [work.nodeId])));
  for (const nodeId of [...nodes].toSorted(compareIds)) {
    const lack = lackAt(line, drafts, nodeId);
    if (line.parts.length === 0 || lack <= 0) continue;
    const here = drafts.filter(({ work }) => work.nodeId === nodeId);
    const asked = { ...settling, units: facts.isStrict ? lack : Math.min(lack, waiting) };
    waiting -= returnUnits(line, { ...asked, from: here.filter(isPlaced).toSorted(byBegun) });
    const back = Math.min(waiting, lackAt(line, drafts, nodeId), unshippedUnits(line, nodeId));
    const from = here.filter((draft) => isUnshipped(line, draft)).toSorted(newestFirst);
    waiting -= returnUnits(line, { ...settling, units: back, from });
  }
}

const newestFirst = (a: Draft, b: Draft) => compareIds(b.work.workId, a.work.workId);

// What nobody has begun goes back before what somebody has in his hands.
function byBegun(a: Draft, b: Draft): number {
  const rank = ({ work }: Draft) => (isUnbegun(work.state) ? 0 : 1);
  return rank(a) - rank(b) || newestFirst(a, b);
}

function unshippedUnits({ unshipped }: RoutedLine, nodeId: string): number {
  return unshipped.get(nodeId)?.units ?? 0;
}

/** It left before a fulfillment from there was canceled, so it may be what came back. */
function isUnshipped({ unshipped }: RoutedLine, draft: Draft): boolean {
  const { nodeId, leftAt } = draft.work;
  const canceledAt = unshipped.get(nodeId ?? '')?.at;
  if (!isGone(draft) || leftAt === null || canceledAt === undefined) return false;
  const [left, canceled] = [leftAt, canceledAt].map((at) => Temporal.Instant.from(at));
  return left !== undefined && canceled !== undefined && canceled.since(left).sign >= 0;
}

function returnUnits(
  line: RoutedLine,
  { loose, units, from }: Settling & { readonly units: number; readonly from: readonly Draft[] },
): number {
  let open = units;
  for (const draft of from) {
    const has = unitsOf(draft, line.lineId);
    const quantity = Math.min(open, has);
    if (quantity <= 0) continue;
    open -= quantity;
    const isWhole = quantity === has && draft.units.size === 1;
    // A work that loses everything goes back as it is; of another, the units.
    if (isWhole) draft.returned = isGone(draft) ? 'shipment_canceled' : 'shortage';
    else {
      takeUnits([draft], line.lineId, quantity);
      loose.set(line.lineId, (loose.get(line.lineId) ?? 0) + quantity);
    }
  }
  return units - open;
}
