/**
 * What did people do in Shopify's admin that our works do not know yet?
 *
 * In: works, Shopify as read, and where each work was when Shopify last said what we wanted. Out: the first work that was
 * moved by hand since, whole, or the news that a part of one was. Only a place that was right before and was not changed by
 * us is judged, so a step of ours is never taken for somebody else's. Pure.
 */
import type { Desired, DesiredWork } from './desired.ts';
import { isActive, type ObservedPart } from './observed.ts';
import { addUnits, compare, placeOf, type UnitsByPlace, unitsAt, unitsOf } from './units.ts';

/** Work → location, as of the last time when all was done. */
export type Settled = Readonly<Record<string, string>>;

export type MovedByHand =
  | { readonly kind: 'whole'; readonly work: DesiredWork; readonly to: string }
  | { readonly kind: 'part'; readonly work: DesiredWork };

/** The first of them by work, or undefined. Pickups count too: who told the shopper may move them. */
export function movedByHand(
  desired: Desired,
  parts: readonly ObservedPart[],
  settled: Settled,
): MovedByHand | undefined {
  for (const kind of ['ship', 'pickup'] as const) {
    const mine = parts.filter(
      (part) => isActive(part) && (part.method === 'PICK_UP') === (kind === 'pickup'),
    );
    const have = unitsOf(mine);
    const want: UnitsByPlace = new Map();
    for (const one of [...desired.works, ...desired.shipments]) {
      if (one.kind === kind && one.locationId !== null) addUnits(want, one.locationId, one.lines);
    }
    const places = [...new Set(mine.map(placeOf))].toSorted(compare);
    for (const work of desired.works.toSorted((a, b) => compare(a.workId, b.workId))) {
      if (work.kind !== kind || work.locationId === null) continue;
      if (settled[work.workId] !== work.locationId) continue;
      const moved = judge(work, places, (place, lineId) => {
        return unitsAt(have, place, lineId) - unitsAt(want, place, lineId);
      });
      if (moved !== undefined) return moved;
    }
  }
  return undefined;
}

function judge(
  work: DesiredWork,
  places: readonly string[],
  over: (place: string, lineId: string) => number,
): MovedByHand | undefined {
  const from = work.locationId ?? '';
  const lacks = work.lines.filter(({ lineId }) => over(from, lineId) < 0);
  const isElsewhere = lacks.some(({ lineId }) => places.some((place) => over(place, lineId) > 0));
  if (!isElsewhere) return undefined;
  const to = places.find(
    (place) =>
      place !== '' &&
      place !== from &&
      work.lines.every(
        ({ lineId, quantity }) =>
          over(place, lineId) >= quantity && -over(from, lineId) >= quantity,
      ),
  );
  return to === undefined ? { kind: 'part', work } : { kind: 'whole', work, to };
}
