/**
 * What is routing asked about an order?
 *
 * In: the order as it is recorded, its promise, the lines to be placed and what its other works hold. Out: the question
 * of `backend/routing/decision.ts`. Pure: the same order at the same minute asks the same.
 */
import { instantToMinuteCeil, instantToMinuteFloor } from '../../base/time.ts';
import type { Snapshot } from '../../network/snapshot.ts';
import type { RoutingQuestion } from '../../routing/decision.ts';
import type { PlacedUnits, RoutedLine } from './order-lines.ts';

/** An order as routing needs it. */
export type OrderFacts = {
  readonly orderId: string;
  readonly source: 'shopify' | 'api';
  readonly channel: string;
  readonly placedAt: string;
  readonly method: 'ship' | 'pickup' | 'none';
  readonly serviceCode: string | null;
  readonly pickupNodeId: string | null;
  readonly tags: readonly string[];
  readonly holdReason: string | null;
  readonly country: string | null;
  readonly postalCode: string | null;
};

/** The promise as it is stored (order_promise). */
export type PromiseFacts = {
  readonly method: 'home' | 'pickup_point' | 'store_pickup' | null;
  readonly serviceCode: string | null;
  readonly promisedOn: string | null;
  /** ISO instant, exclusive. */
  readonly windowTo: string | null;
  readonly nodeId: string | null;
};

/** What is left of an order to place. */
export type ToPlace = {
  /** Units by line. */
  readonly units: ReadonlyMap<string, number>;
  readonly excludedNodes: readonly string[];
  /** Units still allocated though they are to be placed, in units of claims. */
  readonly given: readonly PlacedUnits[];
  readonly parcelsElsewhere: number;
  readonly placedToday: Readonly<Record<string, number>>;
  /** Nodes of works that were there and are placed anew. */
  readonly seenAt: readonly string[];
};

/** The question about the lines to place; lines nobody has claimed are not asked for. */
export function routingQuestion(
  snapshot: Snapshot,
  of: {
    readonly order: OrderFacts;
    readonly promise: PromiseFacts | undefined;
    readonly lines: readonly RoutedLine[];
    readonly toPlace: ToPlace;
    readonly at: string;
  },
): RoutingQuestion {
  const { order, promise, lines, toPlace, at } = of;
  const serviceCode = order.serviceCode ?? promise?.serviceCode ?? undefined;
  const isPickup = order.method === 'pickup';
  return {
    orderId: order.orderId,
    nowMinute: instantToMinuteFloor(at),
    placedMinute: instantToMinuteFloor(order.placedAt),
    lines: lines.flatMap(({ lineId, sku, unitPriceMinor, parts }) => {
      const quantity = toPlace.units.get(lineId) ?? 0;
      return quantity > 0 && parts.length > 0 ? [{ lineId, sku, quantity, unitPriceMinor }] : [];
    }),
    method: isPickup ? 'store_pickup' : methodOf(snapshot, serviceCode),
    // A service that is not of this network binds nobody: any that goes there will do.
    serviceCode: isPickup || !hasService(snapshot, serviceCode) ? undefined : serviceCode,
    destination: destinationOf(order),
    pickupNodeId: isPickup ? (order.pickupNodeId ?? promise?.nodeId ?? undefined) : undefined,
    promise: promiseOf(promise),
    channel: order.channel,
    customerTags: [],
    tags: order.tags,
    excluded: toPlace.excludedNodes.map((nodeId) => ({ nodeId, why: 'refused' })),
    seenAt: toPlace.seenAt,
    placedToday: toPlace.placedToday,
    ownAllocated: ownUnits(lines, toPlace.given),
    parcelsElsewhere: toPlace.parcelsElsewhere,
  };
}

function hasService({ serviceIndex }: Snapshot, code: string | undefined): boolean {
  return code !== undefined && serviceIndex.has(code);
}

function methodOf(snapshot: Snapshot, code: string | undefined): 'home' | 'pickup_point' {
  return snapshot.services[snapshot.serviceIndex.get(code ?? '') ?? -1]?.method ?? 'home';
}

function destinationOf({ country, postalCode }: OrderFacts): RoutingQuestion['destination'] {
  return country === null ? null : { country, postalCode: postalCode ?? '' };
}

/** The promise that binds: its end and its date; undefined: nothing was promised. */
export function promiseOf(promise: PromiseFacts | undefined): RoutingQuestion['promise'] {
  const { windowTo, promisedOn } = promise ?? { windowTo: null, promisedOn: null };
  if (windowTo === null || promisedOn === null) return undefined;
  return { endMinute: instantToMinuteCeil(windowTo), on: promisedOn };
}

function ownUnits(lines: readonly RoutedLine[], given: readonly PlacedUnits[]) {
  const skuOf = new Map(
    lines.flatMap(({ parts }) => parts.map(({ claim }) => [claim.lineId, claim.sku] as const)),
  );
  return given.flatMap(({ lineId, nodeId, quantity }) => {
    const sku = skuOf.get(lineId);
    return sku === undefined ? [] : [{ nodeId, sku, quantity }];
  });
}
