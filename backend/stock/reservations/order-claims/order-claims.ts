/**
 * What an order has claimed of the stock, unit by unit, from sold to shipped.
 *
 * Each unit of a line is waiting (for routing), allocated (on a node), settled (shipped) or canceled, and moves only
 * as `apply…` below says. In: the order's claims and what is heard of it. Out: the claims after; the difference of the
 * two is what changes at SKUs and positions (`differenceOf`).
 * Invariants: waiting + allocated + settled + canceled = quantity, on every line, always; hearing a thing twice, late
 * or after something newer changes nothing: quantities and cancellations only grow, a fulfillment line settles once.
 */
import { compareIds } from '../../../base/ids.ts';

/** Units of one line on one node. */
export type Allocation = { readonly nodeId: string; readonly quantity: number };

/** One line of an order. Its allocations are by node, none empty. */
export type OrderLine = {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly waiting: number;
  readonly allocations: readonly Allocation[];
  readonly settled: number;
  readonly canceled: number;
  /** Of the settled: canceled by its source when they had left. It goes on saying so. */
  readonly late: number;
};

/** An order's claims, by line id. */
export type OrderClaims = ReadonlyMap<string, OrderLine>;

/** A line as its source states it now: units ever ordered, units of them canceled or removed. */
export type StatedLine = {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly canceled: number;
};

/** Goods that left a node. */
export type ShippedLine = {
  readonly fulfillmentLineId: string;
  readonly lineId: string;
  readonly nodeId: string;
  readonly quantity: number;
  /** They were canceled when they left: nothing else of the line is touched. */
  readonly wasCanceled?: boolean | undefined;
};

export function allocatedOf(line: OrderLine): number {
  return line.allocations.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** Units of a line on a node. */
export function unitsAt(line: OrderLine | undefined, nodeId: string): number {
  return line?.allocations.find((one) => one.nodeId === nodeId)?.quantity ?? 0;
}

/**
 * Takes a line in, or what it says anew. More units wait; canceled ones go first from what waits, then from nodes.
 * What has shipped cannot be canceled; a statement older than what is known changes nothing.
 */
export function applyStated(claims: OrderClaims, stated: StatedLine): OrderClaims {
  const known = claims.get(stated.lineId) ?? emptyLine(stated);
  const quantity = Math.max(known.quantity, stated.quantity);
  const grown = { ...known, quantity, waiting: known.waiting + quantity - known.quantity };
  const most = quantity - known.settled;
  const canceled = Math.min(stated.canceled - known.late, most);
  return withLine(claims, cancel(grown, canceled - known.canceled));
}

function emptyLine({ lineId, sku }: StatedLine): OrderLine {
  return {
    lineId,
    sku,
    quantity: 0,
    waiting: 0,
    allocations: [],
    settled: 0,
    canceled: 0,
    late: 0,
  };
}

function cancel(line: OrderLine, units: number): OrderLine {
  if (units <= 0) return line;
  const fromWaiting = Math.min(units, line.waiting);
  const { left, taken } = takeFrom(line.allocations, units - fromWaiting);
  return {
    ...line,
    waiting: line.waiting - fromWaiting,
    allocations: left,
    canceled: line.canceled + fromWaiting + taken,
  };
}

/** Units off allocations, the largest node first, ties by node id: the fewest nodes are touched. */
function takeFrom(allocations: readonly Allocation[], units: number) {
  const order = allocations.toSorted(
    (a, b) => b.quantity - a.quantity || compareIds(a.nodeId, b.nodeId),
  );
  let open = units;
  const left = order.map(({ nodeId, quantity }) => {
    const taken = Math.min(open, quantity);
    open -= taken;
    return { nodeId, quantity: quantity - taken };
  });
  return { left: sortAllocations(left), taken: units - open };
}

function sortAllocations(allocations: readonly Allocation[]): readonly Allocation[] {
  return allocations
    .filter(({ quantity }) => quantity > 0)
    .toSorted((a, b) => compareIds(a.nodeId, b.nodeId));
}

/** Moves waiting units onto a node, as many as wait; says how many. */
export function applyAllocation(
  claims: OrderClaims,
  asked: { readonly lineId: string; readonly nodeId: string; readonly quantity: number },
): { readonly claims: OrderClaims; readonly units: number } {
  const line = claims.get(asked.lineId);
  const units = line === undefined ? 0 : Math.min(asked.quantity, line.waiting);
  if (line === undefined || units <= 0) return { claims, units: 0 };
  const allocations = addTo(line.allocations, asked.nodeId, units);
  return {
    claims: withLine(claims, { ...line, waiting: line.waiting - units, allocations }),
    units,
  };
}

/** Moves units from a node back to waiting, as many as are there; says how many. */
export function applyReturn(
  claims: OrderClaims,
  asked: { readonly lineId: string; readonly nodeId: string; readonly quantity: number },
): { readonly claims: OrderClaims; readonly units: number } {
  const line = claims.get(asked.lineId);
  const units = Math.min(asked.quantity, unitsAt(line, asked.nodeId));
  if (line === undefined || units <= 0) return { claims, units: 0 };
  const allocations = addTo(line.allocations, asked.nodeId, -units);
  return {
    claims: withLine(claims, { ...line, waiting: line.waiting + units, allocations }),
    units,
  };
}

function addTo(
  allocations: readonly Allocation[],
  nodeId: string,
  units: number,
): readonly Allocation[] {
  const before = allocations.find((one) => one.nodeId === nodeId)?.quantity ?? 0;
  const others = allocations.filter((one) => one.nodeId !== nodeId);
  return sortAllocations([...others, { nodeId, quantity: before + units }]);
}

/**
 * Goods left: the units allocated on that node first, else those that wait, else those on other nodes, else those that
 * were canceled too late. Units beyond the order are returned as `beyond`: the goods are gone all the same.
 */
export function applyShipped(
  claims: OrderClaims,
  shipped: ShippedLine,
): { readonly claims: OrderClaims; readonly beyond: number } {
  const line = claims.get(shipped.lineId);
  if (line === undefined) return { claims, beyond: shipped.quantity };
  const late = shipped.wasCanceled === true ? Math.min(line.canceled, shipped.quantity) : 0;
  const fromHere = Math.min(unitsAt(line, shipped.nodeId), shipped.quantity - late);
  const fromWaiting = Math.min(line.waiting, shipped.quantity - late - fromHere);
  const rest = shipped.quantity - fromHere - fromWaiting - late;
  const elsewhere = takeFrom(addTo(line.allocations, shipped.nodeId, -fromHere), rest);
  const fromCanceled = late + Math.min(line.canceled - late, rest - elsewhere.taken);
  const units = fromHere + fromWaiting + elsewhere.taken + fromCanceled;
  const after = {
    ...line,
    waiting: line.waiting - fromWaiting,
    allocations: elsewhere.left,
    canceled: line.canceled - fromCanceled,
    settled: line.settled + units,
    late: line.late + late,
  };
  return { claims: withLine(claims, after), beyond: shipped.quantity - units };
}

/** Goods did not leave after all: as many of the settled units wait again. */
export function applyUnshipped(
  claims: OrderClaims,
  back: { readonly lineId: string; readonly quantity: number },
): OrderClaims {
  const line = claims.get(back.lineId);
  if (line === undefined) return claims;
  const units = Math.min(line.settled - line.late, back.quantity);
  return withLine(claims, {
    ...line,
    settled: line.settled - units,
    waiting: line.waiting + units,
  });
}

function withLine(claims: OrderClaims, line: OrderLine): OrderClaims {
  return new Map(claims).set(line.lineId, line);
}

/** Wanted units spread over nodes in the order given, never more than each has; what is missing is said. */
export function spreadOver(
  wanted: number,
  nodes: readonly { readonly nodeId: string; readonly free: number }[],
): { readonly takes: readonly Allocation[]; readonly missing: number } {
  let missing = Math.max(0, wanted);
  const takes: Allocation[] = [];
  for (const { nodeId, free } of nodes) {
    // The remainder is counted down at every node: asking each for the whole took 23 where 13 were wanted.
    const quantity = Math.min(missing, Math.max(0, free));
    if (quantity > 0) takes.push({ nodeId, quantity });
    missing -= quantity;
  }
  return { takes, missing };
}

/** What a change of claims does to SKUs (`waiting`) and positions (`allocated`), by SKU and node, zeros left out. */
export type ClaimDifference = {
  readonly waiting: readonly { readonly sku: string; readonly units: number }[];
  readonly allocated: readonly {
    readonly sku: string;
    readonly nodeId: string;
    readonly units: number;
  }[];
};

export function differenceOf(before: OrderClaims, after: OrderClaims): ClaimDifference {
  const waiting = new Map<string, number>();
  const allocated = new Map<string, Map<string, number>>();
  const add = (claims: OrderClaims, sign: 1 | -1) => {
    for (const { sku, waiting: units, allocations } of claims.values()) {
      waiting.set(sku, (waiting.get(sku) ?? 0) + sign * units);
      const nodes = allocated.get(sku) ?? new Map<string, number>();
      allocated.set(sku, nodes);
      for (const { nodeId, quantity } of allocations) {
        nodes.set(nodeId, (nodes.get(nodeId) ?? 0) + sign * quantity);
      }
    }
  };
  add(before, -1);
  add(after, 1);
  const bySku = (a: { readonly sku: string }, b: { readonly sku: string }) =>
    compareIds(a.sku, b.sku);
  return {
    waiting: [...waiting]
      .map(([sku, units]) => ({ sku, units }))
      .filter(({ units }) => units !== 0)
      .toSorted(bySku),
    allocated: [...allocated]
      .flatMap(([sku, nodes]) => [...nodes].map(([nodeId, units]) => ({ sku, nodeId, units })))
      .filter(({ units }) => units !== 0)
      .toSorted((a, b) => bySku(a, b) || compareIds(a.nodeId, b.nodeId)),
  };
}
