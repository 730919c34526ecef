/**
 * A network in which some places are switched off for now.
 *
 * In: a snapshot, the places whose location the shop has switched off. Out: the same snapshot in which they take no orders,
 * with the reason beside. Nothing else of it changes; without such places it is the snapshot itself. Pure.
 */
import type { Snapshot } from './snapshot.ts';

/** The snapshot without these places. */
export function withSwitchedOff(snapshot: Snapshot, nodeIds: ReadonlySet<string>): Snapshot {
  if (!snapshot.nodes.some(({ id }) => nodeIds.has(id))) return snapshot;
  const nodes = snapshot.nodes.map((node) =>
    nodeIds.has(node.id) ? { ...node, takesOrders: false, isLocationOff: true } : node,
  );
  return { ...snapshot, nodes };
}
