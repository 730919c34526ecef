import { expect, test } from 'vitest';
import { createDeadlineQueue } from './deadline-queue.ts';

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

function queueAt(clock: { now: number }, lengthLimit = 100) {
  const worked: number[] = [];
  const givenUp: number[] = [];
  const queue = createDeadlineQueue<number>({
    work: (item) => worked.push(item),
    giveUp: (item) => givenUp.push(item),
    monotonicMilliseconds: () => clock.now,
    waitLimitMilliseconds: 250,
    lengthLimit,
  });
  return { queue, worked, givenUp };
}

test('one item is worked on per turn of the loop, in order of arrival', async () => {
  const { queue, worked } = queueAt({ now: 0 });
  for (const item of [1, 2, 3]) queue.push(item, 0);
  await nextTurn();
  expect(worked).toEqual([1]);
  await nextTurn();
  await nextTurn();
  expect(worked).toEqual([1, 2, 3]);
});

test('an item that waited 250 ms is worked on, one that waited longer is given up', async () => {
  const clock = { now: 0 };
  const { queue, worked, givenUp } = queueAt(clock);
  queue.push(1, 0);
  queue.push(2, 0.5);
  clock.now = 250.25;
  for (let turn = 0; turn < 3; turn += 1) await nextTurn();
  expect({ worked, givenUp }).toEqual({ worked: [2], givenUp: [1] });
});

test('beyond its length the queue gives the newcomer up at once', () => {
  const { queue, givenUp } = queueAt({ now: 0 }, 2);
  for (const item of [1, 2, 3]) queue.push(item, 0);
  expect(givenUp).toEqual([3]);
  expect(queue.length).toBe(2);
});

test('five thousand items, half of them late, each go one way exactly once', async () => {
  const clock = { now: 1_000 };
  const { queue, worked, givenUp } = queueAt(clock, 10_000);
  for (let item = 0; item < 5_000; item += 1) queue.push(item, item % 2 === 0 ? 1_000 : 500);
  while (queue.length > 0) await nextTurn();
  await nextTurn();
  expect(worked).toHaveLength(2_500);
  expect(givenUp).toHaveLength(2_500);
  expect(new Set([...worked, ...givenUp]).size).toBe(5_000);
});
