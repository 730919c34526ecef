import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type NodeInput, oneWarehouse, parsed, romeStore } from '../../tests/worlds/worlds.ts';
import { instantToMinuteFloor } from '../base/time.ts';
import { pickupHandOver } from '../network/hand-over.ts';
import { idleLoad } from '../network/load.ts';
import { compileNetwork } from '../network/network.ts';
import { readyMinute } from '../network/ready.ts';
import { PICKUP_SLOTS, type PickupQuestion, planPickupSettings } from './pickup-settings.ts';

const MONDAY = '2026-11-30';
const STORE = { locationId: '7', nodeId: 'rome', pickupTime: null, instructions: null };

type Ask = { at: string; store?: Partial<NodeInput>; now?: Partial<PickupQuestion> };

function question({ at, store = {}, now = {} }: Ask): PickupQuestion {
  const world = oneWarehouse();
  const rome = { ...romeStore(), ...store };
  const nowMinute = instantToMinuteFloor(at);
  const snapshot = compileNetwork(
    parsed({ ...world, nodes: [...world.nodes, rome] }),
    nowMinute - 1_440,
  );
  return {
    snapshot,
    loadOf: (node) => idleLoad(snapshot, node),
    stores: [STORE],
    nowMinute,
    spanMinutes: 31,
    units: 1,
    instructions: '',
    ...now,
  };
}

const slotAt = (ask: Ask) => planPickupSettings(question(ask))[0]?.pickupTime;

// Rome: every day 10:00–20:00, ready after 30 minutes, last hand-over 15 minutes before closing.
test.each<[string, string, string]>([
  ['in the middle of the day', `${MONDAY}T12:00+01:00`, 'ONE_HOUR'],
  ['a quarter hour and the span are waited for', `${MONDAY}T12:01+01:00`, 'ONE_HOUR'],
  ['before closing the text already means tomorrow', `${MONDAY}T19:00+01:00`, 'TWENTY_FOUR_HOURS'],
  ['at night until the opening', `${MONDAY}T07:00+01:00`, 'FOUR_HOURS'],
  ['an hour and a quarter before the first hand-over', `${MONDAY}T09:15+01:00`, 'TWO_HOURS'],
  ['exactly an hour before it', `${MONDAY}T09:30+01:00`, 'ONE_HOUR'],
])('%s', (_name, at, slot) => {
  expect(slotAt({ at })).toBe(slot);
});

test('the text widens before it becomes false: the last checkout of the span decides', () => {
  // An order at 18:59 is ready at 19:30; one at 19:20 only tomorrow at 10:30.
  const last = `${MONDAY}T18:45+01:00`;
  expect(slotAt({ at: last, now: { spanMinutes: 0 } })).toBe('ONE_HOUR');
  expect(slotAt({ at: last })).toBe('TWENTY_FOUR_HOURS');
});

test('a holiday ahead is waited for', () => {
  const exceptions = ['2026-12-01', '2026-12-02'].map((date) => ({ date, intervals: [] }));
  const hours = { ...romeStore().hours, exceptions };
  expect(slotAt({ at: `${MONDAY}T19:30+01:00`, store: { hours } })).toBe('TWO_TO_FOUR_DAYS');
});

test('days of closure are "5+ days", a store that opens no more is switched off', () => {
  const hours = { weekly: { tue: [['10:00', '20:00']] as [string, string][] } };
  const tuesdayNight = '2026-12-01T19:50+01:00';
  expect(slotAt({ at: tuesdayNight, store: { hours } })).toBe('FIVE_OR_MORE_DAYS');
  const past = { date: '2026-11-20', intervals: [['10:00', '20:00'] as [string, string]] };
  const closed = { weekly: {}, exceptions: [past] };
  const on = { stores: [{ ...STORE, pickupTime: 'ONE_HOUR' }] };
  const changes = planPickupSettings(
    question({ at: `${MONDAY}T12:00+01:00`, store: { hours: closed }, now: on }),
  );
  expect(changes).toMatchObject([{ locationId: '7', pickupTime: null }]);
});

test('a basket that takes time widens the text', () => {
  const store = { unitsPerHour: 2 };
  const at = `${MONDAY}T12:00+01:00`;
  expect(slotAt({ at, store, now: { units: 1 } })).toBe('TWO_HOURS');
  expect(slotAt({ at, store, now: { units: 5 } })).toBe('FOUR_HOURS');
});

test('what is right already is not written again', () => {
  const at = `${MONDAY}T12:00+01:00`;
  const right = { ...STORE, pickupTime: 'ONE_HOUR', instructions: 'Ring twice' };
  const ask = (instructions: string) => question({ at, now: { stores: [right], instructions } });
  expect(planPickupSettings(ask('Ring twice'))).toEqual([]);
  expect(planPickupSettings(ask('Ring once'))).toHaveLength(1);
});

test.each<[string, Partial<NodeInput>, Partial<typeof STORE>]>([
  ['a node without pickup', { offersPickup: false }, {}],
  ['a node that takes no orders', { takesOrders: false }, {}],
  ['a location that is no node', {}, { nodeId: 'unknown' }],
])('%s is left alone', (_name, store, change) => {
  const stores = [{ ...STORE, ...change, pickupTime: 'ONE_HOUR' }];
  const ask = question({ at: `${MONDAY}T12:00+01:00`, store, now: { stores } });
  expect(planPickupSettings(ask)).toEqual([]);
});

test('whatever the minute, the text holds for every order of the span and no shorter one would', {
  timeout: 60_000,
}, () => {
  const base = question({ at: `${MONDAY}T00:00+01:00` });
  const node = base.snapshot.nodeIndex.get('rome') ?? -1;
  const waitAt = (atMinute: number) => {
    const load = base.loadOf(node);
    const asked = { node, load, atMinute, units: 1, usableMinute: 0, kind: 'pickup' } as const;
    const ready = readyMinute(base.snapshot, asked);
    const from = pickupHandOver(base.snapshot, {
      node,
      readyMinute: ready,
      atMinute,
      load,
    })?.fromMinute;
    return (from ?? Number.POSITIVE_INFINITY) - atMinute;
  };
  fc.assert(
    fc.property(fc.nat(8 * 1_440), fc.nat(60), (later, spanMinutes) => {
      const nowMinute = base.nowMinute + later;
      const [change] = planPickupSettings({ ...base, nowMinute, spanMinutes });
      const index = PICKUP_SLOTS.findIndex(([name]) => name === change?.pickupTime);
      const waits = Array.from({ length: spanMinutes + 1 }, (_, minute) =>
        waitAt(nowMinute + minute),
      );
      expect(Math.max(...waits)).toBeLessThanOrEqual(PICKUP_SLOTS[index]?.[1] ?? -1);
      expect(Math.max(...waits)).toBeGreaterThan(PICKUP_SLOTS[index - 1]?.[1] ?? -1);
    }),
  );
});
