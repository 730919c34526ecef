// What `kept route` refuses, and where it says the mistake is.
import { expect, test } from 'vitest';
import { townWorld } from '../tests/worlds/routing-town.ts';
import { answerRoute, writeRoute } from './kept-route.ts';

const ORDER = {
  orderId: '1001',
  lines: [{ sku: 'A', quantity: 1 }],
  destination: { country: 'IT', postalCode: '00187' },
};
const INSTANCE = {
  now: '2026-11-16T12:00:00+01:00',
  world: townWorld({ a: { stock: { A: 1 } }, b: { stock: { A: 1 } } }),
  orders: [ORDER],
};

test.each<[string, unknown, string]>([
  ['no orders', { ...INSTANCE, orders: [] }, '/orders'],
  ['no instant', { ...INSTANCE, now: 'noon' }, '/now'],
  ['a broken world', { ...INSTANCE, world: { ...INSTANCE.world, nodes: 1 } }, '/world/nodes'],
  [
    'rules that contradict each other',
    { ...INSTANCE, routing: { ladderDays: [2, 0] } },
    '/routing/ladderDays/1',
  ],
  [
    'a cap for a node that is not there',
    { ...INSTANCE, routing: { dailyOrderCap: { byNode: { c: 1 } } } },
    '/routing/dailyOrderCap/byNode/c',
  ],
  [
    'an unknown SKU',
    { ...INSTANCE, orders: [{ ...ORDER, lines: [{ sku: 'X', quantity: 1 }] }] },
    '/orders/0/lines/0/sku',
  ],
  [
    'an unknown node',
    { ...INSTANCE, orders: [{ ...ORDER, seenAt: ['a', 'c'] }] },
    '/orders/0/seenAt/1',
  ],
  [
    'an unknown service',
    { ...INSTANCE, orders: [{ ...ORDER, serviceCode: 'express' }] },
    '/orders/0/serviceCode',
  ],
])('%s is refused with its place', (_, instance, pointer) => {
  const answer = answerRoute(instance);
  expect(answer).toMatchObject({ ok: false, problems: [{ code: 'invalid_input', pointer }] });
});

test('everything that is wrong is said at once, in words of ours', () => {
  const answer = answerRoute({
    ...INSTANCE,
    world: { ...INSTANCE.world, nodes: 1 },
    routing: { batchSize: 'many' },
    orders: [{ ...ORDER, lines: [{ sku: 'A', quantity: 1.5 }], colour: 'red' }],
  });
  expect(answer).toMatchObject({
    problems: [
      { pointer: '/orders/0/lines/0/quantity', value: 1.5, allowed: 'a whole number' },
      { pointer: '/orders/0/colour', value: 'red', allowed: 'no field of this name' },
      { pointer: '/world/nodes', value: 1, allowed: 'an array' },
      { pointer: '/routing/batchSize', value: 'many', allowed: 'a number' },
    ],
  });
  const named = {
    ...INSTANCE,
    orders: [{ ...ORDER, lines: [{ sku: 'X', quantity: 1 }], seenAt: ['c'] }],
  };
  expect(answerRoute(named)).toMatchObject({
    problems: [{ pointer: '/orders/0/lines/0/sku' }, { pointer: '/orders/0/seenAt/0' }],
  });
  expect(answerRoute({ now: INSTANCE.now, orders: [ORDER] })).toMatchObject({
    problems: [{ pointer: '/world', allowed: 'a world, as for quote' }],
  });
});

test('an order without an address, and one without a lane, are answered with why they wait', () => {
  const orders = [
    { ...ORDER, orderId: '1', destination: null },
    { ...ORDER, orderId: '2', destination: { country: 'FR' } },
  ];
  const answer = answerRoute({ ...INSTANCE, orders });
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
  expect(answer.value.orders.map(({ unplaced }) => unplaced[0]?.reason)).toEqual([
    'no_address',
    'no_lane',
  ]);
  expect(writeRoute(answer.value)).toContain('1 × A wait: the order has no address. Add one.');
});

test('several orders are planned together: the last two units go to two of three', () => {
  const orders = ['1', '2', '3'].map((orderId) => ({ ...ORDER, orderId }));
  const answer = answerRoute({ ...INSTANCE, orders });
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
  const sent = answer.value.orders.map(({ parcels }) => parcels[0]?.nodeId ?? 'nobody');
  expect(sent.toSorted()).toEqual(['a', 'b', 'nobody']);
});
