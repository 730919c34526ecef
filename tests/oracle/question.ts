/**
 * One request as the rules see it: lines by SKU, the channel and its nodes, what each may give at an instant.
 *
 * Inputs: a network, a request. Outputs: senders, figures and the instants of `at` at which incoming stock enters the
 * channel's horizon. Source: docs/semantics.md rules 8, 9, 10 and 16.
 */
import type {
  WorldLane,
  WorldNode,
  WorldRequest,
  WorldService,
} from '../../backend/network/world.ts';
import type { Count } from './branches.ts';
import type { Network, Target } from './network.ts';
import {
  customsArea,
  kilometers,
  meters,
  type Point,
  type ResolvedZone,
  resolveZone,
} from './places.ts';
import { byText, type Line, type Sender } from './plans.ts';
import { channelNodes, channelOf, figure, isWithinHorizon, type Lot } from './stock.ts';
import { instantMinutes, MINUTES_PER_DAY, zoneTable } from './zone-table.ts';

export type Question = {
  readonly network: Network;
  readonly request: WorldRequest;
  readonly nowMinute: number;
  /** One per SKU, by SKU. */
  readonly lines: readonly Line[];
  /** By node id. */
  readonly nodes: readonly WorldNode[];
  readonly destination: ResolvedZone | undefined;
  /** The request's own point, else the zone's centroid. */
  readonly point: Point | undefined;
  readonly memory: Map<string, unknown>;
};

/** Adds lines of one SKU up and looks everything up that does not depend on `at`. */
export function questionOf(network: Network, request: WorldRequest): Question {
  const { world } = network;
  const wanted = new Map<string, number>();
  for (const line of request.lines) {
    wanted.set(line.sku, (wanted.get(line.sku) ?? 0) + line.quantity);
  }
  const lines = [...wanted].map(([sku, quantity]): Line => {
    const product = world.products.find((row) => row.sku === sku);
    if (product === undefined) throw new Error(`the request names the unknown SKU ${sku}`);
    return { product, quantity };
  });
  const { country, postalCode, lat, lng } = request.destination;
  const destination = resolveZone(world, country, postalCode);
  return {
    network,
    request,
    nowMinute: Math.floor(instantMinutes(request.now)),
    lines: lines.sort((a, b) => byText(a.product.sku, b.product.sku)),
    nodes: [...channelNodes(world, channelOf(world.policy, request.channel))].sort((a, b) =>
      byText(a.id, b.id),
    ),
    destination,
    point: lat !== undefined && lng !== undefined ? { lat, lng } : destination?.zone,
    memory: new Map(),
  };
}

/** The home address as a target. */
export function homeTarget(destination: ResolvedZone, point: Point): Target {
  const { zone } = destination;
  return {
    key: `zone ${zone.id}`,
    region: { country: zone.country, region: zone.region },
    clock: zoneTable(zone.timeZone),
    at: point,
    pickupPoint: undefined,
  };
}

/** The lane of a node to a zone with a service; two areas of customs need one that crosses. */
export function laneOf(question: Question, way: Way): { lane?: WorldLane; isRefused: boolean } {
  const { node, service, zone } = way;
  const lane = question.network.world.lanes.find(
    (row) =>
      row.serviceCode === service.code &&
      row.nodeIds.includes(node.id) &&
      row.zoneIds.includes(zone.zone.id),
  );
  if (lane === undefined) return { isRefused: false };
  const isAbroad = customsArea(node) !== customsArea(zone.zone);
  return isAbroad && !lane.crossesCustoms ? { isRefused: true } : { lane, isRefused: false };
}

export type Way = {
  readonly node: WorldNode;
  readonly service: WorldService;
  readonly zone: ResolvedZone;
};

/** The lots of a SKU at a node that count for the channel at this instant. */
export function lotsAt(question: Question, place: { node: WorldNode; sku: string }, at: number) {
  const { network, request } = question;
  const channel = channelOf(network.world.policy, request.channel);
  return network
    .position(place.node.id, place.sku)
    .lots.filter((lot) => isWithinHorizon(lot, channel, at));
}

/** The channel's nodes with a lane for this service and target; found once. */
function reachOf(
  question: Question,
  way: { service: WorldService; zone: ResolvedZone; target: Target },
): readonly Omit<Sender, 'given'>[] {
  const key = `reach ${way.service.code} ${way.target.key}`;
  const known = question.memory.get(key);
  if (known !== undefined) return known as readonly Omit<Sender, 'given'>[];
  const found = question.nodes.flatMap((node) => {
    const { lane } = laneOf(question, { node, ...way });
    return lane === undefined ? [] : [{ node, lane, meters: meters(node, way.target.at) }];
  });
  question.memory.set(key, found);
  return found;
}

/** Those nodes with what they can give at `at`. */
export function sendersOf(
  question: Question,
  way: { service: WorldService; zone: ResolvedZone; target: Target },
  at: number,
): readonly Sender[] {
  return reachOf(question, way).map((sender) => ({
    ...sender,
    given: question.lines.map(({ product: { sku } }) => ({
      units: question.network.position(sender.node.id, sku).units,
      lots: lotsAt(question, { node: sender.node, sku }, at),
    })),
  }));
}

/** Rule 16: true when the channel may not sell what is asked. */
export function isFigureShort(question: Question, at: number, count: Count): boolean {
  const { network, request, nodes, nowMinute } = question;
  const { policy } = network.world;
  const channel = channelOf(policy, request.channel);
  return question.lines.some(({ product: { sku }, quantity }) => {
    const facts = { request, channel, nodes, position: network.position, sku, nowMinute };
    return figure(policy, { ...facts, atMinute: at }, count) < quantity;
  });
}

/** The instants `at` from which one more lot counts for the channel. */
export function horizonSteps(question: Question): readonly number[] {
  const { network, request, nodes, lines } = question;
  const days = channelOf(network.world.policy, request.channel).incomingHorizonDays;
  if (days === null || days === 0) return [];
  const lots: readonly Lot[] = nodes.flatMap((node) =>
    lines.flatMap(({ product }) => network.position(node.id, product.sku).lots),
  );
  return lots.map(({ usableMinute }) => usableMinute - days * MINUTES_PER_DAY);
}

/** Rule 14 before rounding: grams of CO2 of one parcel. */
export function parcelCo2(
  question: Question,
  parcel: { sender: Sender; grams: number; service: WorldService },
  target: Target,
): number {
  const km =
    kilometers(parcel.sender.node, target.at) * question.network.world.policy.distanceFactor;
  return (parcel.grams / 1_000_000) * km * parcel.service.co2KgPerTonneKm * 1_000;
}
