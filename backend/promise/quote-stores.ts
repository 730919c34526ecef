/**
 * At which stores can the shopper collect, and from when?
 *
 * Rule 11: the nearest stores of the channel that hand over orders, each from its own stock on hand.
 */
import { localDay } from '../base/time.ts';
import { distanceMeters } from '../network/distance.ts';
import { type HandOver, pickupHandOver } from '../network/hand-over.ts';
import { handsOver } from '../network/pickup-rules.ts';
import { latestAtMinute, readyMinute } from '../network/ready.ts';
import type { CompiledNode } from '../network/snapshot.ts';
import { loadOf } from '../stock/stock.ts';
import type { Refusal } from './absent.ts';
import { type Ask, cursorOf } from './quote-ask.ts';
import { placesNear } from './quote-memory.ts';

/** A store in reach. */
export type NearStore = { readonly node: CompiledNode; readonly meters: number };

/** What collecting at a store would be. */
export type StorePickup = {
  readonly readyMinute: number;
  readonly handOver: HandOver;
  /** Local date of the hand-over, a day number. */
  readonly promisedOn: number;
  /** First `at` with another hand-over. */
  readonly windowUntil: number;
};

/** Stores of the channel in the destination's country within the policy's reach, nearest first, ties by id. */
export function nearestStores(ask: Ask): NearStore[] {
  if (!ask.hasPoint) return [];
  const { maxCount, maxMeters } = ask.snapshot.policy.storePickup;
  const near: NearStore[] = [];
  const { country, lat } = ask.destination;
  for (const node of placesNear(ask.memory.stores.get(country), lat, maxMeters)) {
    if (ask.channel.hasNode[node.index] !== 1) continue;
    const meters = distanceMeters(node.source, ask.destination);
    if (meters <= maxMeters) near.push({ node, meters });
  }
  near.sort((a, b) => a.meters - b.meters || a.node.index - b.node.index);
  return near.slice(0, maxCount);
}

/** Collecting everything at the store, or why not. */
export function planStorePickup(ask: Ask, node: CompiledNode): StorePickup | Refusal {
  const { policy } = ask.snapshot;
  const barred = ask.lines.find(
    ({ product }) => !handsOver(policy, { product, node: node.source }),
  );
  if (barred !== undefined) return { code: 'restricted', facts: { sku: barred.product.sku } };
  const missing = ask.shortSku ?? missingAt(ask, node);
  if (missing !== undefined) return { code: 'no_stock', facts: { sku: missing } };
  const { snapshot, atMinute, units } = ask;
  const work = {
    node: node.index,
    load: loadOf(ask.facts, node.index),
    units,
    usableMinute: 0,
    kind: 'pickup' as const,
  };
  const ready = readyMinute(snapshot, { ...work, atMinute });
  const asked = { node: node.index, readyMinute: ready, atMinute, load: work.load };
  const handOver = pickupHandOver(snapshot, asked);
  if (handOver === undefined) return { code: 'no_opening', facts: {} };
  // Every parcel ready by the hand-over instant is handed over then: it is the first quarter hour for all of them.
  const last = latestAtMinute(snapshot, { ...work, departureMinute: handOver.fromMinute });
  return {
    readyMinute: ready,
    handOver,
    promisedOn: localDay(node.calendar.zone, handOver.fromMinute),
    windowUntil: last + 1,
  };
}

function missingAt(ask: Ask, node: CompiledNode): string | undefined {
  const missing = ask.lines.find(({ positions, quantity }) => {
    const cursor = positions === undefined ? -1 : cursorOf(positions, node.index);
    return (positions?.free[cursor] ?? 0) < quantity;
  });
  return missing?.product.sku;
}
