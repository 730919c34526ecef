// Which shops the clock looks at, and how often.
import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { quietLog } from '../../../tests/worlds/live-shop.ts';
import type { ShopId } from '../../base/ids.ts';
import { createLocalBus } from '../../platform/bus.ts';
import { fixedClock } from '../../platform/clock.ts';
import { driveOffers } from './service.ts';

const NOON = Temporal.Instant.from('2026-11-25T10:00:00Z');
const [A, B] = ['a.myshopify.com', 'b.myshopify.com'] as [ShopId, ShopId];

let stop: () => void = () => undefined;
afterEach(() => stop());

/** A driver of two shops. A round is made by setting the clock, as often as asked. */
function drive(next: Map<ShopId, Temporal.Instant>, broken?: ShopId) {
  const clock = fixedClock(NOON);
  const bus = createLocalBus();
  const looked: ShopId[] = [];
  stop = driveOffers({
    ...{ bus, log: quietLog, now: clock.now, onClockSet: clock.onSet },
    shops: async () => [A, B],
    tick: async (shopId) => {
      looked.push(shopId);
      if (shopId === broken) throw new Error('no database');
      return next.get(shopId);
    },
  });
  return {
    bus,
    /** The shops that a round at this many minutes after noon looks at. */
    round: async (minutes = 0) => {
      looked.length = 0;
      clock.set(NOON.add({ minutes }));
      for (let turns = 0; turns < 5; turns += 1) await setImmediate();
      return [...looked];
    },
  };
}

test('every shop is looked at first; then those with something due', async () => {
  const { round } = drive(new Map([[B, NOON.add({ minutes: 30 })]]));
  expect(await round()).toEqual([A, B]);
  expect(await round(29)).toEqual([]);
  expect(await round(30)).toEqual([B]);
});

test('a shop that said something is looked at, and every shop now and then', async () => {
  const { bus, round } = drive(new Map());
  await round();
  await bus.publish('desk', A);
  expect(await round()).toEqual([A]);
  const rounds = [await round(), await round(), await round(), await round()];
  expect(rounds.filter((looked) => looked.length === 2)).toHaveLength(1);
});

test('a shop that cannot be looked at does not keep the others waiting, and is tried again', async () => {
  const { round } = drive(new Map(), A);
  expect(await round()).toEqual([A, B]);
  expect(await round()).toEqual([A]);
});
