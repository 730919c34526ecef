/**
 * Our router behind the exchange format: maps an instance to the planners the routing job runs.
 *
 * No algorithm lives here. `batch` plans all orders together; `createRouter` gets the instance without
 * orders but with its history, then plans one order at a time.
 */
import { planBatch } from '../../../backend/routing/batch/batch.ts';
import { createOnlinePlanner } from '../../../backend/routing/batch/online.ts';
import type { BatchOrder, BatchProblem } from '../../../backend/routing/batch/problem.ts';
import { type Assignments, costsOf } from './cost.ts';
import type { Instance, SourcingOrder } from './instance.ts';

/** All orders of an instance at once. */
export function batch(instance: Instance): { readonly assignments: Assignments } {
  const plan = planBatch(problemOf(instance, instance.orders));
  return {
    assignments: Object.fromEntries(
      instance.orders.map((order, at) => [
        order.id,
        locationIds(instance, plan.nodesByOrder[at] ?? []),
      ]),
    ),
  };
}

/** Orders as they come; `history` stands for those expected. */
export function createRouter(instance: Instance): {
  readonly route: (order: SourcingOrder) => readonly (string | null)[];
} {
  const { orders: history, ...setting } = problemOf(instance, instance.history ?? []);
  const planner = createOnlinePlanner({ ...setting, history, expectedOrders: history.length });
  const ground = groundOf(instance);
  return {
    route: (order) => locationIds(instance, planner.plan(toOrder(instance, ground, order))),
  };
}

/** An instance as the planners take it. */
export function problemOf(instance: Instance, orders: readonly SourcingOrder[]): BatchProblem {
  const ground = groundOf(instance);
  return {
    nodeCount: instance.locations.length,
    skuCount: instance.skus.length,
    stock: ground.stock,
    capacityUnits: instance.locations.map((location) => location.capacityUnits),
    unfilledPoints: instance.unfilledLineCents,
    orders: orders.map((order) => toOrder(instance, ground, order)),
  };
}

type Ground = { readonly skuIndex: ReadonlyMap<string, number>; readonly stock: Int32Array };

function groundOf(instance: Instance): Ground {
  const skuIndex = new Map(instance.skus.map((sku, at) => [sku, at]));
  const stock = new Int32Array(instance.locations.length * instance.skus.length);
  for (const [node, location] of instance.locations.entries()) {
    for (const [sku, units] of Object.entries(location.stock)) {
      stock[node * instance.skus.length + (skuIndex.get(sku) ?? 0)] = units;
    }
  }
  return { skuIndex, stock };
}

// A location is a candidate when it has one of the lines whole; who is far away only costs more.
function toOrder(instance: Instance, ground: Ground, order: SourcingOrder): BatchOrder {
  const costs = costsOf(instance, order);
  const skus = order.lines.map((line) => {
    const sku = ground.skuIndex.get(line.sku);
    if (sku === undefined)
      throw new Error(`order ${order.id}: the instance has no SKU ${line.sku}`);
    return sku;
  });
  const nodes: number[] = [];
  for (const [node, location] of instance.locations.entries()) {
    const first = node * instance.skus.length;
    const canSend = order.lines.some(
      ({ qty }, line) =>
        (ground.stock[first + (skus[line] ?? 0)] ?? 0) >= qty && location.capacityUnits >= qty,
    );
    if (canSend) nodes.push(node);
  }
  return {
    skus,
    quantities: order.lines.map((line) => line.qty),
    nodes,
    parcelPoints: nodes.map((node) => costs.parcelCents[node] ?? 0),
    linePoints: nodes.flatMap((node) => costs.lineCents.map((ofLine) => ofLine[node] ?? 0)),
  };
}

function locationIds(instance: Instance, nodes: readonly number[]): (string | null)[] {
  return nodes.map((node) => instance.locations[node]?.id ?? null);
}
