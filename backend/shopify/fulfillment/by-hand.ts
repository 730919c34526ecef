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
  return (
    movedOfKind('ship', { desired, parts, settled }) ??
    movedOfKind('pickup', { desired, parts, settled })
  );
}

function movedOfKind(
  kind: 'ship' | 'pickup',
  seen: {
    readonly desired: Desired;
    readonly parts: readonly ObservedPart[];
    readonly settled: Settled;
  },
): MovedByHand | undefined {
  const { works, shipments } = seen.desired;
  const mine = seen.parts.filter(
    (part) => isActive(part) && (part.method === 'PICK_UP') === (kind === 'pickup'),
  );
  const have = unitsOf(mine);
  const want: UnitsByPlace = new Map();
  for (const one of [...works, ...shipments]) {
    if (one.kind === kind && one.locationId !== null) addUnits(want, one.locationId, one.lines);
  }
  const over = (place: string, lineId: string) =>
    unitsAt(have, place, lineId) - unitsAt(want, place, lineId);
  const places = [...new Set(mine.map(placeOf))].toSorted(compare);
  const judged = works
    .filter(
      ({ workId, kind: ofWork, locationId }) =>
        ofWork === kind && locationId !== null && seen.settled[workId] === locationId,
    )
    .toSorted((a, b) => compare(a.workId, b.workId));
  for (const work of judged) {
    const moved = judge(work, places, over);
    if (moved !== undefined) return moved;
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
