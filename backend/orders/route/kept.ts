/**
 * Where must the units of works that stay be allocated?
 *
 * In: an order's lines, its works as they should be. Out: units by line and node. Pure.
 */
import { isOpen } from '../works/lifecycle.ts';
import type { PlacedUnits, RoutedLine } from './order-lines.ts';
import type { Draft } from './settle.ts';

/** Those of open works at their node; those that left and are not settled yet keep what they hold. */
export function keptUnits(
  lines: readonly RoutedLine[],
  drafts: readonly Draft[],
): readonly PlacedUnits[] {
  const placed = drafts.filter(isKept).flatMap(({ work, units }) => unitsAt(work.nodeId, units));
  const left = drafts
    .filter(({ work, returned }) => !isOpen(work.state) && returned === undefined)
    .flatMap(({ work, units }) => unitsAt(work.nodeId, units));
  const unsettled = lines.flatMap((line) => {
    const at = (rows: readonly PlacedUnits[], nodeId: string) =>
      rows.reduce(
        (sum, row) =>
          row.lineId === line.lineId && row.nodeId === nodeId ? sum + row.quantity : sum,
        0,
      );
    return [...line.allocated].flatMap(([nodeId, allocated]) => {
      const open = at(left, nodeId) - (line.left.get(nodeId) ?? 0);
      const quantity = Math.min(open, allocated - at(placed, nodeId));
      return quantity > 0 ? [{ lineId: line.lineId, nodeId, quantity }] : [];
    });
  });
  return [...placed, ...unsettled];
}

function unitsAt(nodeId: string | null, units: ReadonlyMap<string, number>): PlacedUnits[] {
  if (nodeId === null) return [];
  return [...units].map(([lineId, quantity]) => ({ lineId, nodeId, quantity }));
}

const isKept = ({ work, returned }: Draft) =>
  isOpen(work.state) && work.state !== 'unplaced' && returned === undefined;
