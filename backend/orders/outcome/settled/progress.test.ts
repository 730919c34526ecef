import { expect, test } from 'vitest';
import { stageOf } from './progress.ts';

test.each([
  [['unplaced'], 'confirmed'],
  [['placed', 'unplaced'], 'confirmed'],
  [['placed', 'picking'], 'preparing'],
  [['packed'], 'preparing'],
  [['shipped', 'placed'], 'shipped'],
  [['shipped', 'delivered'], 'shipped'],
  [['delivered', 'canceled'], 'delivered'],
  [['ready', 'shipped'], 'ready'],
  [['handed_over'], 'collected'],
  [['handed_over', 'delivered'], 'delivered'],
  [['canceled'], undefined],
  [[], undefined],
] as const)('an order whose works are %j is %s', (states, stage) => {
  const works = states.map((state) => ({ kind: 'ship' as const, state }));
  expect(stageOf(works)).toBe(stage);
});
