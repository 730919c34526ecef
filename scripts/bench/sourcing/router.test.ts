// The router behind the exchange format, on instances nobody drew for it.
import { expect, test } from 'vitest';
import { scoreOf } from './cost.ts';
import { FAMILIES, type Instance, makeInstance, readMap } from './instance.ts';
import { batch, createRouter } from './router.ts';

const SIZE = { orders: 40, locations: 12, warehouses: 2, skus: 30 };

function drawn(seed: number): Instance {
  const family = FAMILIES[2];
  if (family === undefined) throw new Error('no family');
  return makeInstance(readMap(), { name: 'drawn', seed, family, size: SIZE });
}

function turnedRound(instance: Instance): Instance {
  return {
    ...instance,
    skus: instance.skus.toReversed(),
    locations: instance.locations.toReversed(),
    orders: instance.orders.toReversed(),
    history: (instance.history ?? []).toReversed(),
  };
}

test('the order in which orders, locations and SKUs are written never matters', () => {
  for (const seed of [1, 2, 3]) {
    const instance = drawn(seed);
    expect(batch(turnedRound(instance)).assignments).toEqual(batch(instance).assignments);
    const routed = [instance, turnedRound(instance)].map((one) => {
      const router = createRouter({ ...one, orders: [] });
      return instance.orders.map((order) => router.route(order));
    });
    expect(routed[1]).toEqual(routed[0]);
  }
});

test('lines are answered where they were written', () => {
  const instance = drawn(4);
  const orders = instance.orders.map((order) => ({ ...order, lines: order.lines.toReversed() }));
  const turned = batch({ ...instance, orders }).assignments;
  for (const [id, nodes] of Object.entries(batch(instance).assignments)) {
    expect(turned[id]).toEqual(nodes.toReversed());
  }
});

test('a SKU the instance does not list is nowhere, in an order and in a stock', () => {
  const instance = drawn(5);
  const [first, ...others] = instance.orders;
  const [location, ...places] = instance.locations;
  if (first === undefined || location === undefined) throw new Error('an empty instance');
  const [line] = first.lines;
  if (line === undefined) throw new Error('an order without lines');
  const odd: Instance = {
    ...instance,
    orders: [{ ...first, lines: [...first.lines, { ...line, sku: 'NOBODY' }] }, ...others],
    locations: [{ ...location, stock: { ...location.stock, NOBODY: 1_000 } }, ...places],
  };
  const { assignments } = batch(odd);
  expect(scoreOf(odd, assignments).faults).toEqual([]);
  expect(assignments[first.id]?.at(-1)).toBeNull();
  expect(
    createRouter({ ...odd, orders: [] })
      .route(odd.orders[0] ?? first)
      .at(-1),
  ).toBeNull();
});

test('limits that no 32-bit number holds are no limits', () => {
  const instance = drawn(6);
  const free: Instance = {
    ...instance,
    locations: instance.locations.map((one) => ({ ...one, capacityUnits: 3e9 })),
  };
  const wide: Instance = {
    ...instance,
    locations: instance.locations.map((one) => ({ ...one, capacityUnits: 10_000 })),
  };
  expect(batch(free).assignments).toEqual(batch(wide).assignments);
});
