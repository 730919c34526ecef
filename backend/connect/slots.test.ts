import { expect, test } from 'vitest';
import type { ShopId } from '../base/ids.ts';
import { createSlots } from './slots.ts';

const [A, B] = ['a.myshopify.com', 'b.myshopify.com'] as ShopId[] as [ShopId, ShopId];
const LIMITS = { perShop: 2, waitingPerShop: 1, inAll: 3, waitMilliseconds: 60_000 };

test('a shop has its slots, one waits, the next is told to come again', async () => {
  const slots = createSlots(LIMITS);
  const first = await slots.take(A);
  expect(await slots.take(A)).toBeDefined();
  const waiting = slots.take(A);
  expect(await slots.take(A)).toBeUndefined();
  first?.();
  expect(await waiting).toBeDefined();
});

test('a full shop holds nobody else up', async () => {
  const slots = createSlots(LIMITS);
  await slots.take(A);
  await slots.take(A);
  void slots.take(A);
  expect(await slots.take(B)).toBeDefined();
});

test('all shops together have no more than there is room for', async () => {
  const slots = createSlots(LIMITS);
  const release = await slots.take(A);
  await slots.take(A);
  await slots.take(B);
  let isTaken = false;
  const waiting = slots.take(B).then((slot) => {
    isTaken = slot !== undefined;
  });
  expect(isTaken).toBe(false);
  release?.();
  await waiting;
  expect(isTaken).toBe(true);
});

test('a slot given back twice is given back once', async () => {
  const slots = createSlots({ ...LIMITS, perShop: 1, waitingPerShop: 5 });
  const release = await slots.take(A);
  const [second, third] = [slots.take(A), slots.take(A)];
  release?.();
  release?.();
  expect(await second).toBeDefined();
  let isTaken = false;
  void third.then(() => {
    isTaken = true;
  });
  await Promise.resolve();
  expect(isTaken).toBe(false);
});

test('who waits too long is told to come again', async () => {
  const slots = createSlots({ ...LIMITS, waitMilliseconds: 5 });
  await slots.take(A);
  await slots.take(A);
  expect(await slots.take(A)).toBeUndefined();
});
