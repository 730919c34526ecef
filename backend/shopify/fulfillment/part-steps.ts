/**
 * What a fulfillment order that is where it belongs still lacks: its hold, its deadline, its progress, its "ready".
 *
 * In: fulfillment orders with the works that share them. Out: the first step, or none. What somebody else holds, and what
 * was given to a fulfillment service, is left as it is. Pure.
 */
import { instantToMinuteFloor } from '../../base/time.ts';
import type { DesiredWork } from './desired.ts';
import type { ObservedPart, PartUnits } from './observed.ts';
import type { SharedPart } from './shares.ts';
import type { Step } from './step.ts';

type IsWanted = (step: Step) => boolean;

/** The first step on a shipping fulfillment order. */
export function partStep(shared: readonly SharedPart[], isWanted: IsWanted): Step | undefined {
  const touched = shared.filter(({ part }) => isTouched(part));
  return (
    firstOf(touched, releaseStep) ??
    firstOf(touched, holdStep) ??
    deadlineStep(touched, isWanted) ??
    firstOf(touched, (one) => progressStep(one, isWanted))
  );
}

/** The first step on a pickup: the shopper is told that it is ready, once. */
export function preparedStep(
  shared: readonly SharedPart[],
  prepared: readonly string[],
  isWanted: IsWanted,
): Step | undefined {
  return firstOf(shared, ({ part, shares, rest }) => {
    const isReady = rest === 0 && shares.length > 0 && shares.every(({ work }) => work.isReady);
    const isFree = part.status === 'OPEN' || part.status === 'IN_PROGRESS';
    if (!isReady || !isFree || prepared.includes(part.id)) return undefined;
    const step = { kind: 'prepared', partId: part.id } as const;
    return isWanted(step) ? step : undefined;
  });
}

function isTouched(part: ObservedPart): boolean {
  return (
    part.method === 'SHIPPING' &&
    part.requestStatus === 'UNSUBMITTED' &&
    part.holds.every(({ isOurs }) => isOurs) &&
    (part.status !== 'ON_HOLD' || part.holds.length > 0)
  );
}

// A hold is right when it is the hold of the one work whose units are all that is in it.
function releaseStep({ part, shares, rest }: SharedPart): Step | undefined {
  const [only, ...others] = shares;
  const isWhole = only !== undefined && others.length === 0 && rest === 0;
  const kept = isWhole && only.work.hold !== null ? only.work.workId : undefined;
  const holdIds = part.holds.filter(({ handle }) => handle !== kept).map(({ id }) => id);
  if (holdIds.length === 0 || !part.actions.includes('RELEASE_HOLD')) return undefined;
  return { kind: 'release', partId: part.id, holdIds };
}

function holdStep({ part, shares, rest }: SharedPart): Step | undefined {
  const share = shares.find(({ work }) => work.hold !== null);
  if (share === undefined || share.work.hold === null || part.holds.length > 0) return undefined;
  const { workId, hold } = share.work;
  if (!part.actions.includes('HOLD')) {
    // What another work has begun is reported again once its units have a fulfillment order of their own.
    const canOpen = part.status === 'IN_PROGRESS' && part.actions.includes('MARK_AS_OPEN');
    return canOpen ? { kind: 'open', partId: part.id } : undefined;
  }
  if (part.status === 'SCHEDULED') return undefined;
  const step = { kind: 'hold', partId: part.id, workId, cause: hold } as const;
  const isWhole = shares.length === 1 && rest === 0;
  return isWhole ? step : { ...step, lines: linesOf(part, [share]) };
}

type Share = SharedPart['shares'][number];

// The units of these works, as lines of the fulfillment order.
function linesOf(part: ObservedPart, shares: readonly Share[]): readonly PartUnits[] {
  const units = new Map<string, number>();
  for (const { lines } of shares) {
    for (const { lineId, quantity } of lines) {
      units.set(lineId, (units.get(lineId) ?? 0) + quantity);
    }
  }
  return part.lines.flatMap(({ id, lineId, remaining }) => {
    const quantity = Math.min(remaining, units.get(lineId) ?? 0);
    units.set(lineId, (units.get(lineId) ?? 0) - quantity);
    return quantity > 0 ? [{ id, quantity }] : [];
  });
}

// One call for all that have the same.
function deadlineStep(shared: readonly SharedPart[], isWanted: IsWanted): Step | undefined {
  const due = shared.flatMap(({ part, shares }) => {
    const deadline = earliest(shares.map(({ work }) => work));
    const isRight = part.status !== 'OPEN' || part.holds.length > 0 || deadline === undefined;
    if (isRight || isSameMinute(part.fulfillBy, deadline)) return [];
    return [{ partId: part.id, deadline }];
  });
  const deadlines = [...new Set(due.map(({ deadline }) => deadline))];
  return firstOf(deadlines, (deadline) => {
    const partIds = due.filter((one) => one.deadline === deadline).map(({ partId }) => partId);
    const step = { kind: 'deadline', partIds, deadline } as const;
    return isWanted(step) ? step : undefined;
  });
}

function earliest(works: readonly DesiredWork[]): string | undefined {
  const [first] = works
    .flatMap(({ deadline }) => (deadline === null ? [] : [deadline]))
    .toSorted((a, b) => instantToMinuteFloor(a) - instantToMinuteFloor(b));
  return first;
}

function isSameMinute(observed: string | null, wanted: string): boolean {
  return observed !== null && instantToMinuteFloor(observed) === instantToMinuteFloor(wanted);
}

function progressStep({ part, shares, rest }: SharedPart, isWanted: IsWanted): Step | undefined {
  if (part.status !== 'OPEN' || part.holds.length > 0) return undefined;
  const begun = shares.filter(({ work }) => work.isBegun);
  if (begun.length === 0) return undefined;
  const isWhole = begun.length === shares.length && rest === 0;
  const action = isWhole ? 'REPORT_PROGRESS' : 'SPLIT';
  if (!part.actions.includes(action)) return undefined;
  const step: Step = isWhole
    ? { kind: 'progress', partId: part.id }
    : { kind: 'split', partId: part.id, lines: linesOf(part, begun) };
  return isWanted(step) ? step : undefined;
}

function firstOf<Item>(
  items: readonly Item[],
  stepOf: (item: Item) => Step | undefined,
): Step | undefined {
  for (const item of items) {
    const step = stepOf(item);
    if (step !== undefined) return step;
  }
  return undefined;
}
