/**
 * Units of order lines by location: what is wanted where, what is where, and which move brings them together.
 *
 * Units of a line are alike: a move takes them from any fulfillment order that has more of them at its location than are
 * wanted there. Chosen first is what can be moved without undoing anything, and whole rather than in part. Pure.
 */
import type { ObservedPart, PartUnits, Units } from './observed.ts';

/** Location → line → units. */
export type UnitsByPlace = Map<string, Map<string, number>>;

/** Stands for a location that is gone. */
const NOWHERE = '';

/** The location of a fulfillment order, also when it has none. */
export function placeOf(part: ObservedPart): string {
  return part.locationId ?? NOWHERE;
}

/** Adds units. */
export function addUnits(to: UnitsByPlace, place: string, lines: readonly Units[]): void {
  const at = to.get(place) ?? new Map<string, number>();
  to.set(place, at);
  for (const { lineId, quantity } of lines) at.set(lineId, (at.get(lineId) ?? 0) + quantity);
}

/** What is open where. */
export function unitsOf(parts: readonly ObservedPart[]): UnitsByPlace {
  const units: UnitsByPlace = new Map();
  for (const part of parts) addUnits(units, placeOf(part), openUnits(part));
  return units;
}

/** What is open of one. */
export function openUnits(part: ObservedPart): readonly Units[] {
  return part.lines.map(({ lineId, remaining }) => ({ lineId, quantity: remaining }));
}

/** Units of a line at a place. */
export function unitsAt(units: UnitsByPlace, place: string, lineId: string): number {
  return units.get(place)?.get(lineId) ?? 0;
}

/** Units that can go from a fulfillment order to a location that lacks them. */
export type Move = {
  readonly part: ObservedPart;
  readonly to: string;
  readonly lines: readonly PartUnits[];
  /** Nothing stays behind. */
  readonly isWhole: boolean;
};

/** Every move that would help, the best first; `rank` says how readily a fulfillment order is moved (low is better). */
export function movesOf(
  parts: readonly ObservedPart[],
  want: UnitsByPlace,
  rank: (part: ObservedPart) => number,
): readonly Move[] {
  const have = unitsOf(parts);
  const over = (place: string, lineId: string) =>
    unitsAt(have, place, lineId) - unitsAt(want, place, lineId);
  const moves = parts.flatMap((part) => {
    const from = placeOf(part);
    return [...want.keys()].flatMap((to): Move[] => {
      if (to === from) return [];
      const lines = part.lines.flatMap(({ id, lineId, remaining }) => {
        const quantity = Math.min(remaining, over(from, lineId), -over(to, lineId));
        return quantity > 0 ? [{ id, quantity }] : [];
      });
      const units = lines.reduce((sum, { quantity }) => sum + quantity, 0);
      const all = part.lines.reduce((sum, { remaining }) => sum + remaining, 0);
      return units === 0 ? [] : [{ part, to, lines, isWhole: units === all }];
    });
  });
  return moves.toSorted(
    (a, b) =>
      rank(a.part) - rank(b.part) ||
      Number(b.isWhole) - Number(a.isWhole) ||
      unitsIn(b) - unitsIn(a) ||
      compare(a.part.id, b.part.id) ||
      compare(a.to, b.to),
  );
}

function unitsIn({ lines }: Move): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** Ids as text in an order that is always the same. */
export function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
