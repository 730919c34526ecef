/**
 * Our router behind the exchange format: maps an instance to the planners the routing job runs.
 *
 * No algorithm lives here. `batch` plans all orders together; `createRouter` gets the instance without
 * orders but with its history, then plans one order at a time. Orders, lines and locations are handed over
 * by id, as the job hands them over, so that the order in which they were written never matters. A SKU
 * the instance does not list is nowhere: its line is sent by nobody.
 */
import { compareIds } from '../../../backend/base/ids.ts';
import { planBatch } from '../../../backend/routing/batch/batch.ts';
import { createOnlinePlanner } from '../../../backend/routing/batch/online.ts';
import type { BatchOrder, BatchProblem } from '../../../backend/routing/batch/problem.ts';
import { type Assignments, costsOf } from './cost.ts';
import type { Instance, SourcingOrder } from './instance.ts';

// More units than any instance asks for, few enough that eight lines of them are still a 32-bit number.
const UNITS_MAX = 100_000_000;

/** All orders of an instance at once. */
export function batch(instance: Instance): { readonly assignments: Assignments } {
  const ground = groundOf(instance);
  const orders = instance.orders.toSorted((a, b) => compareIds(a.id, b.id));
  const turned = orders.map(inTurn);
  const { nodesByOrder } = planBatch(problemFrom(ground, turned));
  return {
    assignments: Object.fromEntries(
      turned.map((one, at) => [one.order.id, locationIds(ground, one, nodesByOrder[at] ?? [])]),
    ),
  };
}

/** Orders as they come; `history` stands for those expected. */
export function createRouter(instance: Instance): {
  readonly route: (order: SourcingOrder) => readonly (string | null)[];
} {
  const ground = groundOf(instance);
  const past = (instance.history ?? []).toSorted((a, b) => compareIds(a.id, b.id));
  const { orders: history, ...setting } = problemFrom(ground, past.map(inTurn));
  const planner = createOnlinePlanner({ ...setting, history, expectedOrders: history.length });
  return {
    route: (order) => {
      const turned = inTurn(order);
      return locationIds(ground, turned, planner.plan(toOrder(ground, turned)));
    },
  };
}

/** An instance as the planners take it, its locations by id. */
export function problemOf(instance: Instance, orders: readonly SourcingOrder[]): BatchProblem {
  return problemFrom(groundOf(instance), orders.map(inTurn));
}

function problemFrom(ground: Ground, orders: readonly Turned[]): BatchProblem {
  const { instance, stock } = ground;
  return {
    nodeCount: instance.locations.length,
    skuCount: instance.skus.length,
    stock,
    capacityUnits: instance.locations.map((one) => Math.min(one.capacityUnits, UNITS_MAX)),
    unfilledPoints: instance.unfilledLineCents,
    orders: orders.map((order) => toOrder(ground, order)),
  };
}

/** The instance with its locations by id. */
type Ground = {
  readonly instance: Instance;
  readonly skuIndex: ReadonlyMap<string, number>;
  readonly stock: Int32Array;
};

function groundOf(written: Instance): Ground {
  const skus = written.skus.toSorted(compareIds);
  const locations = written.locations.toSorted((a, b) => compareIds(a.id, b.id));
  const skuIndex = new Map(skus.map((sku, at) => [sku, at]));
  const stock = new Int32Array(locations.length * skus.length);
  for (const [node, location] of locations.entries()) {
    for (const [sku, units] of Object.entries(location.stock)) {
      const at = skuIndex.get(sku);
      if (at !== undefined) stock[node * skus.length + at] = Math.min(units, UNITS_MAX);
    }
  }
  return { instance: { ...written, skus, locations }, skuIndex, stock };
}

/** An order with its lines by SKU; `places`: where each of them was written. */
type Turned = { readonly order: SourcingOrder; readonly places: readonly number[] };

function inTurn(order: SourcingOrder): Turned {
  const places = Array.from(order.lines.keys()).sort((a, b) => {
    const [one, other] = [order.lines[a], order.lines[b]];
    if (one === undefined || other === undefined) return 0;
    return compareIds(one.sku, other.sku) || one.qty - other.qty || one.kg - other.kg;
  });
  const lines = places.flatMap((place) => order.lines[place] ?? []);
  return { order: { ...order, lines }, places };
}

// A location is a candidate when it has one of the lines whole; who is far away only costs more.
function toOrder({ instance, skuIndex, stock }: Ground, { order }: Turned): BatchOrder {
  const costs = costsOf(instance, order);
  const skus = order.lines.map((line) => skuIndex.get(line.sku));
  const nodes: number[] = [];
  for (const [node, location] of instance.locations.entries()) {
    const first = node * instance.skus.length;
    const canSend = order.lines.some(({ qty }, line) => {
      const sku = skus[line];
      return sku !== undefined && (stock[first + sku] ?? 0) >= qty && location.capacityUnits >= qty;
    });
    if (canSend) nodes.push(node);
  }
  return {
    skus: skus.map((sku) => sku ?? 0),
    // Nobody has so many: a line of an unknown SKU stays unsent.
    quantities: order.lines.map(({ qty }, line) =>
      skus[line] === undefined ? UNITS_MAX + 1 : Math.min(qty, UNITS_MAX + 1),
    ),
    nodes,
    parcelPoints: nodes.map((node) => costs.parcelCents[node] ?? 0),
    linePoints: nodes.flatMap((node) => costs.lineCents.map((ofLine) => ofLine[node] ?? 0)),
  };
}

function locationIds(
  { instance }: Ground,
  { places }: Turned,
  nodes: readonly number[],
): (string | null)[] {
  const ids = new Array<string | null>(places.length).fill(null);
  for (const [at, place] of places.entries()) {
    ids[place] = instance.locations[nodes[at] ?? -1]?.id ?? null;
  }
  return ids;
}
