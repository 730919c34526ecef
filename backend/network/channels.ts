/**
 * Which nodes a sales channel may draw on, and where their services reach.
 *
 * A channel of the policy lists nodes by any of id, kind, country and tag; every list given must
 * match (a node needs one of the tags). A channel the policy does not name draws on every node.
 * Nodes that take no orders belong to none.
 */
import { MINUTES_PER_DAY } from '../base/time.ts';
import type { LaneTable } from './lanes.ts';
import { type CompiledChannel, LANE_EXISTS, PICKUP_EXISTS, type Snapshot } from './snapshot.ts';
import type { World, WorldNode, WorldPolicy } from './world.ts';

type WorldChannel = WorldPolicy['channels'][number];

/** The index of a channel in `Snapshot.channels`; 0 for one the policy does not name. */
export function channelOf(snapshot: Snapshot, code: string): number {
  return snapshot.channelIndex.get(code) ?? 0;
}

/** All channels of a policy, after the one that stands for every other. */
export function compileChannels(
  world: Pick<World, 'policy' | 'nodes' | 'services'>,
  compiled: { readonly lanes: LaneTable; readonly zoneCount: number },
): Pick<Snapshot, 'channels' | 'channelIndex'> {
  const { nodes, policy } = world;
  const compile = (channel: WorldChannel | undefined): CompiledChannel => {
    const hasNode = Uint8Array.from(nodes, (node) => (takesPart(channel, node) ? 1 : 0));
    const horizonDays = channel?.incomingHorizonDays ?? null;
    return {
      code: channel?.code ?? '',
      hasNode,
      shareBasisPoints: channel?.shareBasisPoints ?? 10_000,
      threshold: channel?.threshold ?? 0,
      incomingHorizonMinutes: horizonDays === null ? null : horizonDays * MINUTES_PER_DAY,
      incomingSources:
        channel?.incomingSources === undefined ? undefined : new Set(channel.incomingSources),
      reach: reachOf(world, compiled, hasNode),
    };
  };
  return {
    channels: [compile(undefined), ...policy.channels.map(compile)],
    channelIndex: new Map(policy.channels.map((channel, index) => [channel.code, index + 1])),
  };
}

function takesPart(channel: WorldChannel | undefined, node: WorldNode): boolean {
  if (!node.takesOrders) return false;
  if (channel === undefined) return true;
  return (
    (channel.nodeIds?.includes(node.id) ?? true) &&
    (channel.kinds?.includes(node.kind) ?? true) &&
    (channel.countries?.includes(node.country) ?? true) &&
    (channel.tags?.some((tag) => node.tags.includes(tag)) ?? true)
  );
}

/** By service × zone, whether a node of the channel has a lane, and one with a pickup configured. */
function reachOf(
  world: Pick<World, 'nodes' | 'services'>,
  compiled: { readonly lanes: LaneTable; readonly zoneCount: number },
  hasNode: Uint8Array,
): Uint8Array {
  const { nodes, services } = world;
  const { lanes, zoneCount } = compiled;
  const reach = new Uint8Array(services.length * zoneCount);
  for (const [service, { code }] of services.entries()) {
    // Nodes share rows: each distinct row is read once, with the most its nodes can say.
    const bitsOfRow = new Map<ArrayLike<number>, number>();
    const rowOf = (node: number) =>
      hasNode[node] === 1 ? lanes.rows[node * services.length + service] : undefined;
    for (const [node, source] of nodes.entries()) {
      const row = rowOf(node);
      if (row !== undefined) bitsOfRow.set(row, (bitsOfRow.get(row) ?? 0) | bitsOf(source, code));
    }
    const ofService = reach.subarray(service * zoneCount, (service + 1) * zoneCount);
    for (const [row, bits] of bitsOfRow) addReach(ofService, row, bits);
  }
  return reach;
}

/** What a node with a lane says of a service: that it has one, and whether a pickup too. */
function bitsOf(node: WorldNode, serviceCode: string): number {
  return hasPickupOf(node, serviceCode) ? LANE_EXISTS | PICKUP_EXISTS : LANE_EXISTS;
}

function hasPickupOf(node: WorldNode, serviceCode: string): boolean {
  return node.carrierPickups.some(
    (row) =>
      row.serviceCode === serviceCode &&
      (row.extra.length > 0 || Object.values(row.weekly).some((times) => times.length > 0)),
  );
}

function addReach(reach: Uint8Array, row: ArrayLike<number>, bits: number): void {
  for (let zone = 0; zone < reach.length; zone += 1) {
    if (row[zone] !== 0) reach[zone] = (reach[zone] ?? 0) | bits;
  }
}
