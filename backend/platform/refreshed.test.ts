import { expect, test } from 'vitest';
import { createRefreshed } from './refreshed.ts';

function memory(load: (key: string) => Promise<string>) {
  const state = { now: 0, faults: 0 };
  const refreshed = createRefreshed<string, string>({
    load,
    maxAgeMilliseconds: 1_000,
    maxKeys: 2,
    monotonicMilliseconds: () => state.now,
    onFault: () => {
      state.faults += 1;
    },
  });
  return { state, refreshed };
}

const turn = () => new Promise(setImmediate);

test('the first look gives nothing and loads; the next gives the value', async () => {
  const { refreshed } = memory(async (key) => `value of ${key}`);
  expect(refreshed.peek('a')).toBeUndefined();
  await turn();
  expect(refreshed.peek('a')).toBe('value of a');
});

test('an old value is given once more while a newer one is loaded', async () => {
  let version = 0;
  const { state, refreshed } = memory(async () => `v${++version}`);
  expect(await refreshed.read('a')).toBe('v1');
  state.now = 1_000;
  expect(refreshed.peek('a')).toBe('v1');
  await turn();
  expect(version).toBe(1);
  state.now = 1_001;
  expect(refreshed.peek('a')).toBe('v1');
  await turn();
  expect(refreshed.peek('a')).toBe('v2');
});

test('askers at the same time share one load', async () => {
  let loads = 0;
  const { refreshed } = memory(async () => `v${++loads}`);
  const all = await Promise.all([refreshed.read('a'), refreshed.read('a'), refreshed.reload('a')]);
  expect([all, loads]).toEqual([['v1', 'v1', 'v1'], 1]);
});

test('a load that fails keeps the last value and is told', async () => {
  let isAway = false;
  const { state, refreshed } = memory(async () => {
    if (isAway) throw new Error('away');
    return 'kept';
  });
  await refreshed.read('a');
  isAway = true;
  state.now = 2_000;
  refreshed.peek('a');
  await turn();
  expect([refreshed.peek('a'), state.faults]).toEqual(['kept', 1]);
  await expect(refreshed.read('b')).rejects.toThrow('away');
});

test('the key longest unasked is forgotten first', async () => {
  const { refreshed } = memory(async (key) => key);
  for (const key of ['a', 'b']) await refreshed.read(key);
  refreshed.peek('a');
  await refreshed.read('c');
  expect([refreshed.peek('a'), refreshed.peek('b')]).toEqual(['a', undefined]);
});
