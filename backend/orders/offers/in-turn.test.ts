// What waits for what.
import { expect, test } from 'vitest';
import { createInTurn } from './in-turn.ts';

test('one a key at a time, in the order they came; other keys do not wait; a fault is its own', async () => {
  const inTurn = createInTurn();
  const log: string[] = [];
  const open: (() => void)[] = [];
  const act = (name: string) => async () => {
    log.push(`${name} begins`);
    await new Promise<void>((resolve) => {
      open.push(resolve);
    });
    log.push(`${name} ends`);
    if (name === 'a1') throw new Error('its own');
    return name;
  };
  const first = inTurn('a', act('a1'));
  const second = inTurn('a', act('a2'));
  const other = inTurn('b', act('b1'));
  await Promise.resolve();
  expect(log).toEqual(['a1 begins', 'b1 begins']);
  open.shift()?.();
  await expect(first).rejects.toThrow('its own');
  await Promise.resolve();
  expect(log).toEqual(['a1 begins', 'b1 begins', 'a1 ends', 'a2 begins']);
  for (const go of open) go();
  expect(await Promise.all([second, other])).toEqual(['a2', 'b1']);
});
