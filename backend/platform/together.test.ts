import { expect, test } from 'vitest';
import { createTogether } from './together.ts';

/** Runs that end when they are told to, and what they were given. */
function heldRuns() {
  const runs: { readonly items: readonly string[]; readonly end: (error?: Error) => void }[] = [];
  const run = (_key: string, items: readonly string[]) =>
    new Promise<readonly string[]>((resolve, reject) => {
      const end = (error?: Error) =>
        error === undefined ? resolve(items.map((item) => `${item}!`)) : reject(error);
      runs.push({ items, end });
    });
  return { runs, run };
}

test('the first begins at once, who comes meanwhile goes together next, no more than fit', async () => {
  const { runs, run } = heldRuns();
  const together = createTogether({ most: 2, run });
  const done = Promise.all(['a', 'b', 'c', 'd'].map((item) => together('shop', item)));
  expect(runs.map(({ items }) => items)).toEqual([['a']]);
  for (let turn = 0; turn < 3; turn += 1) {
    await expect.poll(() => runs.length).toBe(turn + 1);
    runs[turn]?.end();
  }
  expect(await done).toEqual(['a!', 'b!', 'c!', 'd!']);
  expect(runs.map(({ items }) => items)).toEqual([['a'], ['b', 'c'], ['d']]);
});

test('keys do not wait for each other, and a key begins anew when its line is empty', async () => {
  const { runs, run } = heldRuns();
  const together = createTogether({ most: 9, run });
  const first = together('one', 'a');
  const other = together('two', 'b');
  expect(runs).toHaveLength(2);
  runs[1]?.end();
  expect(await other).toBe('b!');
  runs[0]?.end();
  expect(await first).toBe('a!');
  const again = together('one', 'c');
  await expect.poll(() => runs.length).toBe(3);
  runs[2]?.end();
  expect(await again).toBe('c!');
});

test('a group that fails fails for its own and for nobody behind it', async () => {
  const { runs, run } = heldRuns();
  const together = createTogether({ most: 9, run });
  const first = together('shop', 'a').catch((error: Error) => error.message);
  const second = together('shop', 'b');
  runs[0]?.end(new Error('broken'));
  expect(await first).toBe('broken');
  await expect.poll(() => runs.length).toBe(2);
  runs[1]?.end();
  expect(await second).toBe('b!');
});
