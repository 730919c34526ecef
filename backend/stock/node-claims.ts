/**
 * How busy do reservations and orders make a node, on top of what other systems report?
 *
 * In: what is claimed of a node's dates, work and pickup slots, each with its end, and the load as it is stated. Out: the
 * load at one minute. docs/semantics.md 2: a reservation that holds capacity, or else the allocation, adds its units
 * to the backlog once; work claimed up to `backlogAsOf` is in that count already. Decision record 0058.
 */
import {
  formatDay,
  instantToMinuteCeil,
  instantToMinuteFloor,
  localDay,
  NEVER,
} from '../base/time.ts';
import { idleLoad, mergeWork, type WorkPart } from '../network/load.ts';
import { startOfWork } from '../network/ready.ts';
import type { CompiledNode, Snapshot } from '../network/snapshot.ts';
import type { LoadRow } from './stock.ts';

/** What is claimed of one node; instants are ISO, `expiresAt` absent: an order's. */
export type NodeClaims = {
  readonly nodeId: string;
  /** By local date (`YYYY-MM-DD`). */
  readonly dates: readonly Claimed<{ date: string; orders: number; units: number }>[];
  readonly slots: readonly Claimed<{ startsAt: string; taken: number }>[];
  /** Units of work, by the minute they were claimed in. */
  readonly work: readonly Claimed<{ claimedAt: string; units: number }>[];
  /** Orders allocated here that hold no date: they count on the one their work starts on. */
  readonly allocated: readonly { readonly at: string; readonly orders: number }[];
};

type Claimed<Of> = Readonly<Of> & { readonly expiresAt?: string | undefined };

/** True when a quote can depend on what is claimed of the node. */
export function hasLimits({ source }: CompiledNode): boolean {
  const { unitsPerHour, unitsPerDay, ordersPerDay, pickupsPerSlot } = source;
  return [unitsPerHour, unitsPerDay, ordersPerDay, pickupsPerSlot].some((one) => one !== undefined);
}

/** When the first claim that is live now ends; `NEVER`: none does. */
export function nextEnd({ dates, slots, work }: NodeClaims, nowMinute: number): number {
  let next: number = NEVER;
  for (const { expiresAt } of [...dates, ...slots, ...work]) {
    const end = expiresAt === undefined ? NEVER : instantToMinuteCeil(expiresAt);
    if (end > nowMinute) next = Math.min(next, end);
  }
  return next;
}

/** The load at a minute. */
export function claimedLoad(
  snapshot: Snapshot,
  base: LoadRow,
  of: { readonly claims: NodeClaims; readonly nowMinute: number },
): LoadRow {
  const node = snapshot.nodes[snapshot.nodeIndex.get(base.nodeId) ?? -1];
  if (node === undefined || !hasLimits(node)) return base;
  const isLive = ({ expiresAt }: { readonly expiresAt?: string | undefined }) =>
    expiresAt === undefined || instantToMinuteCeil(expiresAt) > of.nowMinute;
  const { claims } = of;
  const dates = claims.dates.filter(isLive);
  const ordersByDate = countOrders(snapshot, node, { base, dates, allocated: claims.allocated });
  return {
    ...base,
    ...addWork(snapshot, node, { base, work: claims.work.filter(isLive) }),
    ordersByDate,
    fullDates: datesWithoutUnits(node, dates),
    fullSlots: fullSlots(node, claims.slots.filter(isLive)),
  };
}

function countOrders(
  snapshot: Snapshot,
  node: CompiledNode,
  of: { readonly base: LoadRow } & Pick<NodeClaims, 'dates' | 'allocated'>,
): Readonly<Record<string, number>> {
  if (node.source.ordersPerDay === undefined) return of.base.ordersByDate;
  const byDate = new Map(Object.entries(of.base.ordersByDate));
  const add = (date: string, orders: number) => byDate.set(date, (byDate.get(date) ?? 0) + orders);
  for (const { date, orders } of of.dates) add(date, orders);
  const load = idleLoad(snapshot, node.index);
  for (const { at, orders } of of.allocated) {
    const atMinute = instantToMinuteFloor(at);
    if (atMinute < snapshot.validFromMinute - WORK_BACK_MINUTES) continue;
    const start = startOfWork(node, { load, atMinute, usableMinute: 0, kind: 'ship' });
    if (start !== NEVER) add(formatDay(localDay(node.calendar.zone, start)), orders);
  }
  return Object.fromEntries(byDate);
}

// Calendars reach a little back; an order older than that has its work behind it.
const WORK_BACK_MINUTES = 1_440;

function datesWithoutUnits(node: CompiledNode, dates: NodeClaims['dates']): readonly string[] {
  const limit = node.source.unitsPerDay;
  if (limit === undefined) return [];
  const taken = new Map<string, number>();
  for (const { date, units } of dates) taken.set(date, (taken.get(date) ?? 0) + units);
  return [...taken].filter(([, units]) => units >= limit).map(([date]) => date);
}

function fullSlots(node: CompiledNode, slots: NodeClaims['slots']): readonly string[] {
  const limit = node.source.pickupsPerSlot;
  if (limit === undefined) return [];
  const taken = new Map<string, number>();
  for (const slot of slots) taken.set(slot.startsAt, (taken.get(slot.startsAt) ?? 0) + slot.taken);
  return [...taken].filter(([, pickups]) => pickups >= limit).map(([startsAt]) => startsAt);
}

function addWork(
  snapshot: Snapshot,
  node: CompiledNode,
  { base, work }: { readonly base: LoadRow } & Pick<NodeClaims, 'work'>,
): Partial<Pick<LoadRow, 'backlogUnits' | 'backlogAsOf'>> {
  const { backlogUnits, backlogAsOf } = base;
  const countedMinute = backlogAsOf === undefined ? -NEVER : instantToMinuteFloor(backlogAsOf);
  const parts: WorkPart[] = work
    .map(({ claimedAt, units }) => ({ fromMinute: instantToMinuteFloor(claimedAt), units }))
    .filter(({ fromMinute }) => fromMinute >= countedMinute);
  if (parts.length === 0) return {};
  if (backlogUnits > 0) parts.push({ fromMinute: countedMinute, units: backlogUnits });
  const merged = mergeWork(snapshot, node, parts);
  return {
    backlogUnits: merged.units,
    backlogAsOf: Temporal.Instant.fromEpochMilliseconds(merged.fromMinute * 60_000).toString(),
  };
}
