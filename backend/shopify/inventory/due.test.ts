import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsed, twoStoresOneWarehouse } from '../../../tests/worlds/worlds.ts';
import { instantToMinuteFloor } from '../../base/time.ts';
import { channelOf } from '../../network/channels.ts';
import { createHolidayBook } from '../../network/holidays.ts';
import { compileNetwork } from '../../network/network.ts';
import type { WorldInput } from '../../network/world.ts';
import { aggregateUnits } from '../../stock/figures/levels.ts';
import { factsOfWorld } from '../../stock/stock.ts';
import { skusDue } from './due.ts';

const NOW = instantToMinuteFloor('2026-11-30T10:00:00+01:00');
const HOLIDAYS = createHolidayBook();
const DAY = 1_440;

function instant(minutes: number): string {
  return Temporal.Instant.from('2026-11-30T10:00:00+01:00').add({ minutes }).toString();
}

function shopOf(days: number | undefined, lotMinutes: number, endMinutes: number) {
  const world = twoStoresOneWarehouse();
  const channel = { code: 'online', ...(days === undefined ? {} : { incomingHorizonDays: days }) };
  const reservations = [
    { sku: 'SHIRT', quantity: 2, channel: 'pos', expiresAt: instant(endMinutes) },
  ];
  const incoming = [{ expectedAt: instant(lotMinutes), quantity: 5 }];
  const stock: WorldInput['stock'] = [{ sku: 'SHIRT', nodeId: 'milan', onHand: 9, incoming }];
  const policy = { ...world.policy, channels: [channel], reservations };
  const checked = parsed({ ...world, policy, stock });
  const snapshot = compileNetwork(checked, NOW, { holidays: HOLIDAYS });
  const online = snapshot.channels[channelOf(snapshot, 'online')];
  return { snapshot, facts: factsOfWorld(snapshot, checked), channels: online ? [online] : [] };
}

const span = (from: number, to: number) => ({ afterMinute: NOW + from, untilMinute: NOW + to });

test('a SKU is due in the minute in which its lot comes within the horizon', () => {
  const { facts, channels } = shopOf(2, 2 * DAY + 30, 9 * DAY);
  expect(skusDue(facts, channels, span(28, 29)).size).toBe(0);
  expect(skusDue(facts, channels, span(29, 30)).size).toBe(1);
  expect(skusDue(facts, channels, span(30, 31)).size).toBe(0);
});

test.each([0, undefined])('with a horizon of %s days a lot is never due', (days) => {
  const { facts, channels } = shopOf(days, 30, 9 * DAY);
  expect(skusDue(facts, channels, span(-9 * DAY, 8 * DAY)).size).toBe(0);
});

test('a SKU is due in the minute in which a reservation ends', () => {
  const { facts, channels } = shopOf(undefined, 9 * DAY, 7);
  expect(skusDue(facts, channels, span(5, 6)).size).toBe(0);
  expect(skusDue(facts, channels, span(6, 7)).size).toBe(1);
});

test('whatever figure time changes between two minutes, its SKU was due between them', () => {
  const minute = fc.integer({ min: 1, max: 4 * DAY });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3 }), minute, minute, minute, minute, (days, ...at) => {
      const [lot, end, from, to] = at;
      const { snapshot, facts, channels } = shopOf(days, lot, end);
      const [first, last] = [Math.min(from, to), Math.max(from, to)];
      const sku = snapshot.skuIndex.get('SHIRT') ?? -1;
      const unitsAt = (minutes: number) => {
        const then = { nowMinute: NOW + minutes, atMinute: NOW + minutes };
        return aggregateUnits(snapshot, facts, { sku, channel: 'online', ...then });
      };
      const isDue = skusDue(facts, channels, span(first, last)).has(sku);
      return isDue || unitsAt(first) === unitsAt(last);
    }),
  );
});
