/**
 * What each node × zone × service says: carrier days to promise, cost, confidence.
 *
 * Rule 5 (transit by the policy's service level), rule 9 (customs) and the cost side of rule 13 of
 * docs/semantics.md. Lanes with the same terms share them, and nodes with the same lanes share one
 * row over all zones, so that thousands of nodes fit in memory; a question is two array reads.
 */
import { tierValue } from './prices.ts';
import type { LaneTerms, Snapshot } from './snapshot.ts';
import type { WorldLane, WorldNode, WorldPolicy, WorldService, WorldZone } from './world.ts';

/** The terms of a lane as an index into `Snapshot.laneTerms`; −1: the node does not go there. */
export function laneFor(
  snapshot: Snapshot,
  question: { readonly node: number; readonly service: number; readonly zone: number },
): number {
  const row = snapshot.laneRows[question.node * snapshot.services.length + question.service];
  return row === undefined ? -1 : (row[question.zone] ?? 0) - 1;
}

/** What a parcel of this billable weight costs the retailer, minor units; −1 beyond the last tier. */
export function laneCostMinor(terms: LaneTerms, grams: number): number {
  return tierValue(terms.costEnds, terms.costMinor, grams);
}

/**
 * Rule 10: the chance that every parcel keeps its carrier days, cut to 2 decimals; null when a lane
 * is thin. Counted in whole numbers: 95 of 100 is 0.95 and never 0.94.
 */
export function promiseConfidence(terms: readonly LaneTerms[]): number | null {
  let kept = 1n;
  let all = 1n;
  for (const lane of terms) {
    if (lane.isThin) return null;
    kept *= BigInt(lane.onTimeCount);
    all *= BigInt(lane.observationCount);
  }
  return Number((kept * 100n) / all) / 100;
}

/** Fewer measured deliveries than this say nothing about a lane. */
export const THIN_BELOW_OBSERVATIONS = 30;

const EU_MEMBERS = new Set(
  'AT BE BG HR CY CZ DE DK EE ES FI FR GR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' '),
);

/** The customs area a place lies in: its own setting, `EU` for member states, else the country. */
export function customsAreaOf(place: {
  readonly customsArea?: string | undefined;
  readonly country: string;
}): string {
  return place.customsArea ?? (EU_MEMBERS.has(place.country) ? 'EU' : place.country);
}

/** Rule 5 for one lane. */
export function compileTerms(lane: WorldLane, policy: WorldPolicy): LaneTerms {
  const observationCount = lane.observations.reduce((sum, count) => sum + count, 0);
  const isThin = observationCount < THIN_BELOW_OBSERVATIONS;
  const measured = isThin
    ? { carrierDays: lane.transitDays + (policy.thinLaneExtraDay ? 1 : 0), onTimeCount: 0 }
    : atServiceLevel(lane.observations, observationCount, policy.serviceLevel);
  return {
    ...measured,
    isThin,
    observationCount,
    crossesCustoms: lane.crossesCustoms,
    costEnds: lane.costs.map((tier) => tier.toGrams ?? Infinity),
    costMinor: lane.costs.map((tier) => tier.costMinor),
  };
}

function atServiceLevel(observations: readonly number[], total: number, level: number) {
  let onTimeCount = 0;
  for (const [carrierDays, count] of observations.entries()) {
    onTimeCount += count;
    // The quotient is the double nearest to the fraction, as the level is nearest to its decimal:
    // equal when they are equal, and counts below 10^11 cannot come closer without being equal.
    if (onTimeCount / total >= level) return { carrierDays, onTimeCount };
  }
  return { carrierDays: observations.length - 1, onTimeCount: total };
}

/** All lanes as rows over the zones, by node × services + service. */
export type LaneTable = {
  readonly terms: readonly LaneTerms[];
  readonly rows: readonly (LaneRow | undefined)[];
};
type LaneRow = Uint16Array | Int32Array;

/** A lane with its names turned into indexes. */
type IndexedLane = {
  readonly terms: number;
  readonly zones: Int32Array;
  readonly crossesCustoms: boolean;
};

/** Works out every node's rows; equal rows are one array. */
export function compileLanes(world: {
  readonly policy: WorldPolicy;
  readonly nodes: readonly WorldNode[];
  readonly services: readonly WorldService[];
  readonly zones: readonly WorldZone[];
  readonly lanes: readonly WorldLane[];
}): LaneTable {
  const { nodes, services, zones } = world;
  const terms = internTerms(world.lanes, world.policy);
  const zoneIndex = indexOf(zones.map((zone) => zone.id));
  const lanes = world.lanes.map(
    (lane, index): IndexedLane => ({
      terms: terms.ofLane[index] ?? 0,
      zones: Int32Array.from(lane.zoneIds, (id) => zoneIndex.get(id) ?? -1),
      crossesCustoms: lane.crossesCustoms,
    }),
  );
  const lanesOfSlot = collectBySlot(world);
  const zoneAreas = zones.map(customsAreaOf);
  const rowByLanes = new Map<string, LaneRow>();
  const distinctRows = new Map<number, LaneRow[]>();
  const rows = new Array<LaneRow | undefined>(nodes.length * services.length);
  for (const [slot, list] of lanesOfSlot) {
    const node = nodes[Math.floor(slot / services.length)];
    if (node === undefined) continue;
    const area = customsAreaOf(node);
    const key = `${area}/${list.join(',')}`;
    let row = rowByLanes.get(key);
    if (row === undefined) {
      row =
        terms.all.length < 65_535 ? new Uint16Array(zones.length) : new Int32Array(zones.length);
      for (const index of list) fillRow(row, lanes[index], { area, zoneAreas });
      row = internRow(distinctRows, row);
      rowByLanes.set(key, row);
    }
    rows[slot] = row;
  }
  return { terms: terms.all, rows };
}

function fillRow(
  row: LaneRow,
  lane: IndexedLane | undefined,
  customs: { readonly area: string; readonly zoneAreas: readonly string[] },
): void {
  if (lane === undefined) return;
  for (const zone of lane.zones) {
    if (zone === -1) continue;
    if (lane.crossesCustoms || customs.zoneAreas[zone] === customs.area) row[zone] = lane.terms + 1;
  }
}

/** For each node × service the lanes that name it, in the world's order. */
function collectBySlot(world: Parameters<typeof compileLanes>[0]): Map<number, number[]> {
  const nodeIndex = indexOf(world.nodes.map((node) => node.id));
  const serviceIndex = indexOf(world.services.map((service) => service.code));
  const slots = new Map<number, number[]>();
  for (const [index, lane] of world.lanes.entries()) {
    const service = serviceIndex.get(lane.serviceCode);
    if (service === undefined) continue;
    for (const id of lane.nodeIds) {
      const node = nodeIndex.get(id);
      if (node === undefined) continue;
      const slot = node * world.services.length + service;
      const list = slots.get(slot);
      if (list === undefined) slots.set(slot, [index]);
      else list.push(index);
    }
  }
  return slots;
}

function internTerms(lanes: readonly WorldLane[], policy: WorldPolicy) {
  const all: LaneTerms[] = [];
  const known = new Map<string, number>();
  const ofLane = lanes.map((lane) => {
    const terms = compileTerms(lane, policy);
    // Infinity would turn into null and stay distinct from every number.
    const key = JSON.stringify(terms);
    const index = known.get(key) ?? all.push(terms) - 1;
    known.set(key, index);
    return index;
  });
  return { all, ofLane };
}

function internRow(known: Map<number, LaneRow[]>, row: LaneRow): LaneRow {
  let hash = 17;
  for (const value of row) hash = (Math.imul(hash, 31) + value) | 0;
  const candidates = known.get(hash) ?? [];
  const same = candidates.find((other) => other.every((value, zone) => value === row[zone]));
  if (same !== undefined) return same;
  candidates.push(row);
  known.set(hash, candidates);
  return row;
}

/** Names to their positions. */
export function indexOf(names: readonly string[]): Map<string, number> {
  return new Map(names.map((name, index) => [name, index]));
}
