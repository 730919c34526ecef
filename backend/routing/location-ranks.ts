/**
 * Which nodes had better send where, whatever the order?
 *
 * For Shopify's own routing (extensions/location-rules-function), which decides before we are asked: nodes by the points
 * that a usual parcel of theirs would have, from priority, handling and the cheapest lane. Stock is Shopify's to look at.
 * In: a snapshot, the settings, the nodes that are locations. Out: by destination (a country, or a country and the first
 * two characters of a postal code where they differ from it) nodes best first, equal ones together. Pure.
 */
import { laneCostMinor, laneFor } from '../network/lanes.ts';
import type { CompiledNode, CompiledZone, Snapshot } from '../network/snapshot.ts';
import { everyWeight, namesPriority } from './ruleset.ts';
import type { RoutingSettings } from './settings.ts';

/** A usual parcel. */
const PARCEL_GRAMS = 1_000;
const PREFIX_LENGTH = 2;
// Shopify takes the rank as a number of one character: finer differences decide nothing.
const MOST_RANKS = 20;

/** Nodes best first; equal ones in one list. Those that do not go there are left out. */
export type NodeRanks = readonly (readonly string[])[];

/** Ranks by destination; countries first, then prefixes, each in code-unit order. */
export function rankNodes(
  snapshot: Snapshot,
  settings: Pick<RoutingSettings, 'weights' | 'rates' | 'priority'>,
  nodes: readonly CompiledNode[],
): ReadonlyMap<string, NodeRanks> {
  const groups = groupZones(snapshot.zones);
  const ranks = new Map<string, NodeRanks>();
  for (const [destination, zones] of [...groups].toSorted(byLengthThenName)) {
    const order = orderOf(zones, nodes, (node, zone) => pointsOf(snapshot, settings, node, zone));
    const ofCountry = ranks.get(destination.slice(0, 2));
    if (JSON.stringify(order) !== JSON.stringify(ofCountry)) ranks.set(destination, order);
  }
  return ranks;
}

function groupZones(zones: readonly CompiledZone[]): Map<string, CompiledZone[]> {
  const groups = new Map<string, CompiledZone[]>();
  for (const zone of zones) {
    const { country, postalPrefixes } = zone.source;
    const prefixes = new Set(postalPrefixes.map((one) => one.slice(0, PREFIX_LENGTH)));
    for (const name of [country, ...[...prefixes].map((prefix) => country + prefix)]) {
      groups.set(name, [...(groups.get(name) ?? []), zone]);
    }
  }
  return groups;
}

function byLengthThenName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

function orderOf(
  zones: readonly CompiledZone[],
  nodes: readonly CompiledNode[],
  points: (node: CompiledNode, zone: CompiledZone) => number | undefined,
): NodeRanks {
  const scored = nodes.flatMap(({ id }, at) => {
    const node = nodes[at];
    const each = node === undefined ? [] : zones.flatMap((zone) => points(node, zone) ?? []);
    if (each.length === 0) return [];
    return [{ id, points: each.reduce((sum, one) => sum + one, 0) / each.length }];
  });
  const levels = [...new Set(scored.map((one) => one.points))].toSorted((a, b) => a - b);
  const last = MOST_RANKS - 1;
  const ranks: string[][] = [];
  for (const { id, points: own } of scored) {
    const rank = Math.min(levels.indexOf(own), last);
    ranks[rank] = [...(ranks[rank] ?? []), id];
  }
  return ranks;
}

function pointsOf(
  snapshot: Snapshot,
  { weights, rates, priority }: Pick<RoutingSettings, 'weights' | 'rates' | 'priority'>,
  node: CompiledNode,
  zone: CompiledZone,
): number | undefined {
  const costs = snapshot.services.flatMap((service) => {
    const at = { node: node.index, service: service.index, zone: zone.index };
    const terms = snapshot.laneTerms[laneFor(snapshot, at)];
    const cost = terms === undefined ? -1 : laneCostMinor(terms, PARCEL_GRAMS);
    return cost < 0 ? [] : [cost];
  });
  if (costs.length === 0 || !node.takesOrders) return undefined;
  const weight = everyWeight(weights);
  const { country } = zone.source;
  const found = priority.findIndex((row) => namesPriority(row, { node: node.source, country }));
  const rank = found < 0 ? priority.length : found;
  return (
    Math.min(...costs) * weight.shipping_cost +
    rates.handlingMinor[node.source.kind] * weight.handling +
    rates.priorityMinorPerRank * rank * weight.priority
  );
}
