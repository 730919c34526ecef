/**
 * How can goods get from a node to where the order goes, and when would they be there?
 *
 * In: a question's method, service and address, at the minute of the question (no margin: the promise was made with
 * one). Out: a `Route` (services that may be used, destination), the lanes of a node on it, and the times of a parcel by
 * docs/semantics.md 1 to 6, 11 and 12. Routing takes what is on hand: nothing waits for incoming stock here.
 */
import { localDay, NEVER, type ZoneTable } from '../base/time.ts';
import { deliveryDay, deliveryWindow, departureMinute } from '../network/delivery.ts';
import { resolveDestination } from '../network/destination.ts';
import type { Point } from '../network/distance.ts';
import { pickupHandOver, pointHandOver } from '../network/hand-over.ts';
import { laneFor } from '../network/lanes.ts';
import { breaksItemLimit, isRestricted } from '../network/limits.ts';
import { latestAtMinute, readyMinute } from '../network/ready.ts';
import type { CompiledPoint, CompiledService, LaneTerms, Snapshot } from '../network/snapshot.ts';
import { type Facts, loadOf } from '../stock/stock.ts';
import type { Fence, RoutingQuestion } from './decision.ts';
import type { GoodsLine } from './goods.ts';

/** Where an order goes and what may carry it; `collect`: fetched at the node itself. */
export type Route =
  | { readonly kind: 'collect'; readonly node: number }
  | {
      readonly kind: 'ship';
      readonly services: readonly RouteService[];
      readonly zoneIndex: number;
      readonly point: CompiledPoint | undefined;
      readonly place: number;
      readonly zone: ZoneTable;
      readonly to: Point;
    };

/** A service and the lines it carries at all. */
export type RouteService = {
  readonly service: CompiledService;
  /** By line: the fence that keeps it out of the service, undefined for none. */
  readonly fences: readonly ('restricted' | 'limit' | undefined)[];
};

/** Why nobody can be asked at all. */
export type NoRoute = { readonly reason: 'no_address' | 'unknown_node' | 'no_lane' };

/** The route of a question. */
export function routeOf(
  snapshot: Snapshot,
  question: RoutingQuestion,
  lines: readonly GoodsLine[],
): Route | NoRoute {
  if (question.method === 'store_pickup') {
    const node = snapshot.nodeIndex.get(question.pickupNodeId ?? '');
    return node === undefined ? { reason: 'unknown_node' } : { kind: 'collect', node };
  }
  const { destination } = question;
  if (destination === null) return { reason: 'no_address' };
  const point = question.method === 'pickup_point' ? pointOf(snapshot, question) : undefined;
  const found = resolveDestination(snapshot, destination);
  const zoneIndex = point?.zoneIndex ?? found.zoneIndex;
  const zone = snapshot.zones[zoneIndex];
  if (zone === undefined) return { reason: 'no_lane' };
  const country = point?.source.country ?? destination.country;
  const services = snapshot.services
    .filter((service) => carries(service, question, point))
    .map((service): RouteService => {
      const fences = lines.map(({ product }) => {
        if (isRestricted(service.source, product, country)) return 'restricted';
        return breaksItemLimit(service.source, product) ? 'limit' : undefined;
      });
      return { service, fences };
    });
  if (services.length === 0) return { reason: 'no_lane' };
  return {
    kind: 'ship',
    services,
    zoneIndex,
    point,
    place: point?.place ?? zone.place,
    zone: point?.calendar.zone ?? zone.zone,
    to: point?.source ?? found,
  };
}

/** `pp:<network>:<pointId>`, as quoted; another code names no point, and the order goes to its address' zone. */
function pointOf(snapshot: Snapshot, question: RoutingQuestion): CompiledPoint | undefined {
  const [kind, network = '', ...rest] = (question.serviceCode ?? '').split(':');
  if (kind !== 'pp') return undefined;
  const id = rest.join(':');
  return snapshot.points.find((one) => one.id === id && one.source.network === network);
}

function carries(
  service: CompiledService,
  question: RoutingQuestion,
  point: CompiledPoint | undefined,
): boolean {
  if (service.method !== question.method) return false;
  if (question.method === 'pickup_point') {
    return point !== undefined && service.source.network === point.source.network;
  }
  return question.serviceCode === undefined || service.code === question.serviceCode;
}

/** A node's lane on one of the route's services. */
export type Way = {
  readonly carrier: RouteService;
  readonly lane: number;
  readonly terms: LaneTerms;
};

/** The node's ways on a shipped route, in the order of the route's services. */
export function waysOf(snapshot: Snapshot, route: Route, node: number): readonly Way[] {
  if (route.kind === 'collect') return [];
  const ways: Way[] = [];
  for (const carrier of route.services) {
    const lane = laneFor(snapshot, { node, service: carrier.service.index, zone: route.zoneIndex });
    const terms = snapshot.laneTerms[lane];
    if (terms !== undefined) ways.push({ carrier, lane, terms });
  }
  return ways;
}

/** When a parcel is ready, leaves and is there. `day`: the local date it is promised for. */
export type Timing = {
  readonly readyMinute: number;
  readonly departureMinute: number;
  /** End of the window, exclusive. */
  readonly endMinute: number;
  readonly day: number;
};

/** What is asked of a node: so many units, by a way (undefined: collected there). */
export type TimingQuestion = {
  readonly route: Route;
  readonly node: number;
  readonly way: Way | undefined;
  readonly units: number;
  readonly atMinute: number;
  /** When the last unit it waits for is there; 0: on hand. */
  readonly usableMinute?: number;
};

/** The times of a parcel asked for at a minute, or what stands in the way. */
export function timingOf(
  snapshot: Snapshot,
  facts: Facts,
  question: TimingQuestion,
): Timing | Extract<Fence, 'no_departure' | 'capacity'> {
  const { route, node, way, units, atMinute, usableMinute = 0 } = question;
  const load = loadOf(facts, node);
  const kind = way === undefined ? 'pickup' : 'ship';
  const ready = readyMinute(snapshot, { node, load, atMinute, units, usableMinute, kind });
  if (ready >= NEVER) return 'capacity';
  if (way === undefined || route.kind === 'collect') {
    const handOver = pickupHandOver(snapshot, { node, readyMinute: ready, atMinute, load });
    const zone = snapshot.nodes[node]?.calendar.zone;
    if (handOver === undefined || zone === undefined) return 'no_departure';
    const { fromMinute, toMinute } = handOver;
    const day = localDay(zone, fromMinute);
    return { readyMinute: ready, departureMinute: fromMinute, endMinute: toMinute, day };
  }
  const service = way.carrier.service.index;
  const departs = departureMinute(snapshot, { node, service, readyMinute: ready, atMinute });
  if (departs >= NEVER) return 'no_departure';
  const arrival = arrivalOf(snapshot, { route, node, way, departs, atMinute });
  if (arrival === undefined) return 'no_departure';
  return { readyMinute: ready, departureMinute: departs, ...arrival };
}

type Leaving = {
  readonly route: Extract<Route, { kind: 'ship' }>;
  readonly node: number;
  readonly way: Way;
  readonly departs: number;
  readonly atMinute: number;
};

/** Rules 4 to 6, and 12 for a pickup point. */
function arrivalOf(
  snapshot: Snapshot,
  { route, node, way, departs, atMinute }: Leaving,
): Pick<Timing, 'endMinute' | 'day'> | undefined {
  const { service } = way.carrier;
  const delivery = deliveryDay(snapshot, {
    node,
    service: service.index,
    terms: way.lane,
    place: route.place,
    zone: route.zone,
    departureMinute: departs,
  });
  if (delivery >= NEVER) return undefined;
  const window = deliveryWindow(service, route.zone, delivery);
  if (route.point === undefined) return { endMinute: window.toMinute, day: window.promisedOn };
  const handOver = pointHandOver(snapshot, {
    point: route.point.index,
    toMinute: window.toMinute,
    atMinute,
  });
  if (handOver === undefined) return undefined;
  return { endMinute: handOver.toMinute, day: localDay(route.zone, handOver.fromMinute) };
}

// Departures looked at for the last one that is in time: two a day over the ladder's widest step and then some.
const LATER_DEPARTURES_MAX = 64;

/**
 * The first minute at which it is too late to begin: a parcel asked for before it still leaves with the last departure
 * whose arrival `isInTime`. Never before the minute after the question's own.
 */
export function startByMinute(
  snapshot: Snapshot,
  facts: Facts,
  asked: TimingQuestion & {
    readonly timing: Timing;
    readonly isInTime: (arrival: Pick<Timing, 'endMinute' | 'day'>) => boolean;
  },
): number {
  const { node, way, units, atMinute, timing } = asked;
  const departs = lastDeparture(snapshot, asked);
  const latest = latestAtMinute(snapshot, {
    node,
    load: loadOf(facts, node),
    units,
    usableMinute: asked.usableMinute ?? 0,
    kind: way === undefined ? 'pickup' : 'ship',
    departureMinute: Math.max(departs, timing.departureMinute),
  });
  return Math.max(latest, atMinute) + 1;
}

function lastDeparture(snapshot: Snapshot, asked: Parameters<typeof startByMinute>[2]): number {
  const { route, node, way, timing, isInTime, atMinute } = asked;
  if (way === undefined || route.kind === 'collect') return timing.departureMinute;
  const service = way.carrier.service.index;
  let departs = timing.departureMinute;
  for (let at = 0; at < LATER_DEPARTURES_MAX; at += 1) {
    const next = departureMinute(snapshot, { node, service, readyMinute: departs + 1, atMinute });
    if (next >= NEVER) return departs;
    const arrival = arrivalOf(snapshot, { route, node, way, departs: next, atMinute });
    if (arrival === undefined || !isInTime(arrival)) return departs;
    departs = next;
  }
  return departs;
}
