/**
 * Whose units are in a fulfillment order?
 *
 * Shopify knows no works: units of a line at a location are alike, and the works there share them out. Each work
 * gets first what already looks like it: a held one the units under its hold, a begun one those with progress, the others
 * what is open. So what is right already stays as it is. Pure.
 */
import type { DesiredWork } from './desired.ts';
import type { ObservedPart, Units } from './observed.ts';
import { compare, openUnits, placeOf } from './units.ts';

/** Works and their units in one fulfillment order. */
export type SharedPart = {
  readonly part: ObservedPart;
  readonly shares: readonly { readonly work: DesiredWork; readonly lines: readonly Units[] }[];
  /** Units that belong to no work. */
  readonly rest: number;
};

/** Shares out. Works without a location take what is left anywhere. */
export function shareOut(
  parts: readonly ObservedPart[],
  works: readonly DesiredWork[],
): readonly SharedPart[] {
  const free = new Map(
    parts.map(({ id, ...part }) => [id, unitsByLine(openUnits({ id, ...part }))]),
  );
  const shares = new Map<string, { work: DesiredWork; lines: readonly Units[] }[]>();
  const open = new Map(works.map(({ workId, lines }) => [workId, unitsByLine(lines)]));
  // What stands under a work's own hold is its own before anybody else takes of it.
  const rounds = [
    works.map((work) => ({ work, of: parts.filter((part) => isHeldFor(part, work)) })),
    inOrder(works).map((work) => ({ work, of: byLikeness(parts, work) })),
  ];
  for (const { work, of } of rounds.flat()) {
    const wanted = open.get(work.workId) ?? new Map<string, number>();
    for (const part of of) {
      const lines = takeUpTo(free.get(part.id) ?? new Map(), wanted);
      if (lines.length === 0) continue;
      shares.set(part.id, [...(shares.get(part.id) ?? []), { work, lines }]);
    }
  }
  return parts.map((part) => ({
    part,
    shares: shares.get(part.id) ?? [],
    rest: [...(free.get(part.id)?.values() ?? [])].reduce((sum, quantity) => sum + quantity, 0),
  }));
}

function isAt(part: ObservedPart, work: DesiredWork): boolean {
  return work.locationId === null || work.locationId === placeOf(part);
}

function isHeldFor(part: ObservedPart, work: DesiredWork): boolean {
  return (
    work.hold !== null &&
    isAt(part, work) &&
    part.holds.some(({ handle, isOurs }) => isOurs && handle === work.workId)
  );
}

// Works that have a place before those that take what is left; begun before held before the others.
function inOrder(works: readonly DesiredWork[]): readonly DesiredWork[] {
  const rank = (work: DesiredWork) =>
    (work.locationId === null ? 4 : 0) + (work.isBegun ? 0 : work.hold === null ? 2 : 1);
  return works.toSorted((a, b) => rank(a) - rank(b) || compare(a.workId, b.workId));
}

function byLikeness(parts: readonly ObservedPart[], work: DesiredWork): readonly ObservedPart[] {
  const likes = work.isBegun
    ? ['IN_PROGRESS', 'OPEN', 'ON_HOLD', 'SCHEDULED']
    : ['OPEN', 'IN_PROGRESS', 'ON_HOLD', 'SCHEDULED'];
  return parts
    .filter((part) => isAt(part, work))
    .toSorted((a, b) => likes.indexOf(a.status) - likes.indexOf(b.status) || compare(a.id, b.id));
}

function takeUpTo(free: Map<string, number>, wanted: Map<string, number>): readonly Units[] {
  return [...wanted].flatMap(([lineId, open]) => {
    const there = free.get(lineId) ?? 0;
    const quantity = Math.min(open, there);
    if (quantity <= 0) return [];
    free.set(lineId, there - quantity);
    wanted.set(lineId, open - quantity);
    return [{ lineId, quantity }];
  });
}

function unitsByLine(lines: readonly Units[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const { lineId, quantity } of lines) {
    units.set(lineId, (units.get(lineId) ?? 0) + quantity);
  }
  return units;
}
