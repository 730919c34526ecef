/**
 * What of an order's claims changes when its source states it anew, and where its units may go.
 *
 * Pure decisions of the service beside it: kits become lines of components, allocations follow where Shopify assigned
 * them, wishes of routing are granted whole or refused whole. `FreeBook` is what locked positions have; every decision
 * counts it down as it takes, so that two lines never share a unit.
 */
import { compareIds } from '../../../base/ids.ts';
import type { Result } from '../../../base/result.ts';
import type { Snapshot } from '../../../network/snapshot.ts';
import type { Hold } from '../reservations.ts';
import {
  applyAllocation,
  applyReturn,
  type OrderClaims,
  type ShippedLine,
  type StatedLine,
  spreadOver,
  unitsAt,
} from './order-claims.ts';

/** What is known of an order besides its lines. */
export type ClaimedOrder = {
  readonly orderId: string;
  readonly source: 'shopify' | 'api';
  readonly channel: string;
  /** ISO instant. */
  readonly placedAt: string;
};

/** An order as its source states it now; every part may be heard again, late, or for the first time. */
export type FollowedOrder = ClaimedOrder & {
  readonly lines: readonly StatedLine[];
  readonly shipped: readonly (ShippedLine & { readonly shippedAt: string })[];
  /** Lines of fulfillments that were canceled: what had left by them is there again. */
  readonly unshipped?: readonly string[];
  /** Where its open units are to be shipped from; undefined: that is not known, allocations stay. */
  readonly assigned:
    | readonly { readonly lineId: string; readonly nodeId: string; readonly quantity: number }[]
    | undefined;
  /** The key of the reservation it may have come from. */
  readonly reservationKey: string | undefined;
  /** What it was read as: equal text, equal order. */
  readonly version: string | undefined;
};

/** Units of a SKU at one node, and of whose line. */
export type AllocatedUnits = {
  readonly orderId: string;
  readonly lineId: string;
  readonly sku: string;
  readonly nodeId: string;
  readonly quantity: number;
};

/** Units of one line at one node. */
export type Assigned = {
  readonly lineId: string;
  readonly nodeId: string;
  readonly quantity: number;
};

/** Why nothing of a call was allocated: every line that stood in the way, none left out. */
export type AllocationRefusal =
  | { readonly code: 'order_unknown'; readonly orderId: string }
  | { readonly code: 'allocation_refused'; readonly lines: readonly RefusedAllocation[] };

type RefusedAllocation = {
  readonly lineId: string;
  readonly nodeId: string;
  readonly wanted: number;
  /** Units of the line that wait, and units the position has. */
  readonly waiting: number;
  readonly free: number;
};

/** Free units of locked positions; decisions count them down as they take. */
export type FreeBook = {
  of(sku: string, nodeId: string): number;
  take(sku: string, nodeId: string, units: number): void;
};

/** Kits are claimed by their components: each line of one becomes a line a component. */
export function explode(snapshot: Snapshot, order: FollowedOrder): FollowedOrder {
  const partsOfLine = new Map(
    order.lines.flatMap(({ lineId, sku }) => {
      const parts = snapshot.kits.get(snapshot.skuIndex.get(sku) ?? -1);
      return parts === undefined ? [] : [[lineId, parts] as const];
    }),
  );
  if (partsOfLine.size === 0) return order;
  const parts = new Set(
    [...partsOfLine.values()].flat().map(({ sku }) => snapshot.products[sku]?.sku ?? ''),
  );
  const each = <Of extends { readonly lineId: string; readonly quantity: number }, To>(
    rows: readonly Of[],
    make: (row: Of, part: { sku: string; units: number; lineId: string }) => To,
  ): (Of | To)[] =>
    rows.flatMap((row): (Of | To)[] => {
      const parts = partsOfLine.get(row.lineId);
      if (parts === undefined) return [row];
      return parts.map((part) => {
        const sku = snapshot.products[part.sku]?.sku ?? '';
        return make(row, { sku, units: part.quantity, lineId: `${row.lineId}/${sku}` });
      });
    });
  return {
    ...order,
    lines: each(order.lines, (line, { sku, units, lineId }) => ({
      lineId,
      sku,
      quantity: line.quantity * units,
      canceled: line.canceled * units,
    })),
    shipped: each(order.shipped, (line, { sku, units, lineId }) => ({
      ...line,
      lineId,
      fulfillmentLineId: `${line.fulfillmentLineId}/${sku}`,
      quantity: line.quantity * units,
    })),
    unshipped: (order.unshipped ?? []).flatMap((id) => [
      id,
      ...[...parts].map((sku) => `${id}/${sku}`),
    ]),
    assigned:
      order.assigned &&
      each(order.assigned, (line, { units, lineId }) => ({
        ...line,
        lineId,
        quantity: line.quantity * units,
      })),
  };
}

/** What stays with the order: its places, and of quotas no more than was ordered. Units are claimed by its lines. */
export function keptOf(holds: readonly Hold[], stated: OrderClaims): Hold[] {
  const ordered = new Map<string, number>();
  for (const { sku, quantity, canceled } of stated.values()) {
    ordered.set(sku, (ordered.get(sku) ?? 0) + quantity - canceled);
  }
  return holds.flatMap((hold) => {
    if (hold.kind === 'sku') return [];
    if (hold.kind !== 'quota') return [hold];
    const quantity = Math.min(hold.quantity, ordered.get(hold.holder) ?? 0);
    ordered.set(hold.holder, (ordered.get(hold.holder) ?? 0) - quantity);
    return quantity > 0 ? [{ ...hold, quantity }] : [];
  });
}

type Wanted = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Moves allocations to where they are assigned, as far as the positions have the units. */
export function assign(
  claims: OrderClaims,
  assigned: FollowedOrder['assigned'],
  free: FreeBook,
): {
  readonly claims: OrderClaims;
  readonly missing: readonly { readonly lineId: string; readonly units: number }[];
} {
  if (assigned === undefined) return { claims, missing: [] };
  const wanted = new Map<string, Map<string, number>>();
  for (const { lineId, nodeId, quantity } of assigned) {
    const nodes = wanted.get(lineId) ?? new Map<string, number>();
    wanted.set(lineId, nodes.set(nodeId, (nodes.get(nodeId) ?? 0) + quantity));
  }
  return fill(returnExcess(claims, wanted, free), wanted, free);
}

function returnExcess(claims: OrderClaims, wanted: Wanted, free: FreeBook): OrderClaims {
  let after = claims;
  for (const { lineId, sku, allocations } of claims.values()) {
    for (const { nodeId, quantity } of allocations) {
      const excess = quantity - (wanted.get(lineId)?.get(nodeId) ?? 0);
      const done = applyReturn(after, { lineId, nodeId, quantity: excess });
      free.take(sku, nodeId, -done.units);
      after = done.claims;
    }
  }
  return after;
}

function fill(claims: OrderClaims, wanted: Wanted, free: FreeBook) {
  const missing: { lineId: string; units: number }[] = [];
  let after = claims;
  for (const [lineId, nodes] of wanted) {
    for (const nodeId of [...nodes.keys()].toSorted(compareIds)) {
      const line = after.get(lineId);
      if (line === undefined) continue;
      const open = Math.min(line.waiting, (nodes.get(nodeId) ?? 0) - unitsAt(line, nodeId));
      const quantity = Math.min(open, free.of(line.sku, nodeId));
      const done = applyAllocation(after, { lineId, nodeId, quantity });
      free.take(line.sku, nodeId, done.units);
      after = done.claims;
      if (open > done.units) missing.push({ lineId, units: open - done.units });
    }
  }
  return { claims: after, missing };
}

/** Units that an order had not claimed before, whatever has become of them since. */
export function newUnits(before: OrderClaims, after: OrderClaims) {
  const units = new Map<string, number>();
  for (const { lineId, sku, quantity } of after.values()) {
    const known = before.get(lineId)?.quantity ?? 0;
    units.set(sku, (units.get(sku) ?? 0) + quantity - known);
  }
  return [...units].map(([sku, more]) => ({ sku, units: more }));
}

/** All that is asked, or every line that stands in the way. */
export function decideAllocation(
  before: OrderClaims,
  asked: readonly Assigned[],
  free: FreeBook,
): Result<OrderClaims, AllocationRefusal> {
  const inTheWay: RefusedAllocation[] = [];
  let after = before;
  const sorted = asked.toSorted(
    (a, b) => compareIds(a.lineId, b.lineId) || compareIds(a.nodeId, b.nodeId),
  );
  for (const { lineId, nodeId, quantity: wanted } of sorted) {
    const line = after.get(lineId);
    const waiting = line?.waiting ?? 0;
    const has = line === undefined ? 0 : free.of(line.sku, nodeId);
    if (line === undefined || wanted > Math.min(waiting, has)) {
      inTheWay.push({ lineId, nodeId, wanted, waiting, free: has });
      continue;
    }
    free.take(line.sku, nodeId, wanted);
    after = applyAllocation(after, { lineId, nodeId, quantity: wanted }).claims;
  }
  if (inTheWay.length === 0) return { ok: true, value: after };
  return { ok: false, refusal: { code: 'allocation_refused', lines: inTheWay } };
}

/** What waits of each line on its nodes, first come first, and what is missing of it. */
export function decideSpread(
  before: OrderClaims,
  wishes: readonly { readonly lineId: string; readonly nodeIds: readonly string[] }[],
  free: FreeBook,
) {
  let after = before;
  const missing = wishes.map(({ lineId, nodeIds }) => {
    const line = after.get(lineId);
    if (line === undefined) return { lineId, missing: 0 };
    const places = [...new Set(nodeIds)].map((nodeId) => ({
      nodeId,
      free: free.of(line.sku, nodeId),
    }));
    const spread = spreadOver(line.waiting, places);
    for (const { nodeId, quantity } of spread.takes) {
      free.take(line.sku, nodeId, quantity);
      after = applyAllocation(after, { lineId, nodeId, quantity }).claims;
    }
    return { lineId, missing: spread.missing };
  });
  return { after, missing };
}

/** What a shortage sends back, from the allocations given, newest first; never more than is missing. */
export function decideReturns(
  before: ReadonlyMap<string, OrderClaims>,
  newest: readonly AllocatedUnits[],
  missing: number,
): { readonly after: ReadonlyMap<string, OrderClaims>; readonly returned: AllocatedUnits[] } {
  const after = new Map(before);
  const returned: AllocatedUnits[] = [];
  let open = missing;
  for (const row of newest) {
    const claims = after.get(row.orderId);
    if (claims === undefined || open <= 0) continue;
    const done = applyReturn(claims, { ...row, quantity: Math.min(open, row.quantity) });
    after.set(row.orderId, done.claims);
    open -= done.units;
    if (done.units > 0) returned.push({ ...row, quantity: done.units });
  }
  return { after, returned };
}
