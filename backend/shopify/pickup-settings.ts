/**
 * What may Shopify say of pickup at each store, so that it is kept for every checkout until we look again?
 *
 * In: the network's snapshot, each store's load, what Shopify says now. Out: only the settings that must change.
 * Invariants: "usually ready in …" holds for a basket of `units` asked at any minute of the coming span, so it widens by
 * itself before closing and holidays; when no text is true, pickup is switched off; a setting that is right is not
 * written again (platform decision 6). Rule 11 of docs/semantics.md gives each instant.
 */
import { NEVER } from '../base/time.ts';
import { pickupHandOver } from '../network/hand-over.ts';
import type { CompiledLoad } from '../network/load.ts';
import { readyMinute } from '../network/ready.ts';
import type { Snapshot } from '../network/snapshot.ts';
import type { PickupTime } from './connector-store.ts';

/** Each of Shopify's texts and within how many minutes it says the order is ready, shortest first. */
export const PICKUP_SLOTS: readonly (readonly [PickupTime, number])[] = [
  ['ONE_HOUR', 60],
  ['TWO_HOURS', 120],
  ['FOUR_HOURS', 240],
  ['TWENTY_FOUR_HOURS', 1_440],
  // "2-4 days" is kept on the fourth.
  ['TWO_TO_FOUR_DAYS', 4 * 1_440],
  // "5+ days" names no end: true of everything later that happens at all.
  ['FIVE_OR_MORE_DAYS', NEVER],
];

/** A store as Shopify has it and as the network knows it. */
export type PickupStore = {
  readonly locationId: string;
  readonly nodeId: string;
  /** What Shopify says now; null: pickup is off. */
  readonly pickupTime: string | null;
  readonly instructions: string | null;
};

/** One setting to write. */
export type PickupChange = {
  readonly locationId: string;
  readonly nodeId: string;
  /** Null: switch pickup off. */
  readonly pickupTime: PickupTime | null;
  readonly instructions: string;
};

export type PickupQuestion = {
  readonly snapshot: Snapshot;
  /** The load of a node, by its index. */
  loadOf(node: number): CompiledLoad;
  readonly stores: readonly PickupStore[];
  readonly nowMinute: number;
  /** Minutes from now in which a checkout may still show what is written now. */
  readonly spanMinutes: number;
  /** Units of the basket that must be ready in time. */
  readonly units: number;
  readonly instructions: string;
};

/** The settings that must change. Stores that are no node, or whose node offers no pickup, are left alone. */
export function planPickupSettings(question: PickupQuestion): PickupChange[] {
  return question.stores.flatMap((store) => {
    const node = question.snapshot.nodeIndex.get(store.nodeId);
    const source = node === undefined ? undefined : question.snapshot.nodes[node]?.source;
    if (node === undefined || source?.offersPickup !== true || !source.takesOrders) return [];
    const pickupTime = keptSlot(question, node);
    const { locationId, nodeId } = store;
    const instructions = question.instructions;
    const isRight =
      store.pickupTime === pickupTime &&
      (pickupTime === null || (store.instructions ?? '') === instructions);
    return isRight ? [] : [{ locationId, nodeId, pickupTime, instructions }];
  });
}

/** The shortest text that holds at this node at every minute of the span; null when none does. */
export function keptSlot(question: PickupQuestion, node: number): PickupTime | null {
  let longestMinutes = 0;
  for (let minute = 0; minute <= question.spanMinutes; minute++) {
    const waitMinutes = waitAt(question, node, question.nowMinute + minute);
    if (waitMinutes === undefined) return null;
    longestMinutes = Math.max(longestMinutes, waitMinutes);
  }
  return PICKUP_SLOTS.find(([, minutes]) => longestMinutes <= minutes)?.[0] ?? null;
}

// Minutes from an order to its hand-over; undefined: never within the horizon.
function waitAt(question: PickupQuestion, node: number, atMinute: number): number | undefined {
  const { snapshot, units } = question;
  const load = question.loadOf(node);
  const ready = readyMinute(snapshot, {
    node,
    load,
    atMinute,
    units,
    usableMinute: 0,
    kind: 'pickup',
  });
  const handOver = pickupHandOver(snapshot, { node, readyMinute: ready, atMinute, load });
  return handOver === undefined ? undefined : handOver.fromMinute - atMinute;
}

/** Within how many minutes a text says the order is ready; undefined: it names no end, or we do not know it. */
export function slotMinutes(pickupTime: string): number | undefined {
  const minutes = PICKUP_SLOTS.find(([name]) => name === pickupTime)?.[1];
  return minutes === NEVER ? undefined : minutes;
}
