import fc from 'fast-check';
import { expect, test } from 'vitest';
import { everyDay, type NodeInput, oneWarehouse, parsed } from '../../tests/worlds/worlds.ts';
import { formatMinute, instantToMinuteFloor, NEVER } from '../base/time.ts';
import { compileLoad, type walkBacklog, walkTicks } from '../network/load.ts';
import { compileNetwork } from '../network/network.ts';
import { claimedLoad, type NodeClaims, nextEnd } from './node-claims.ts';
import { applyLoad, emptyFacts, type LoadRow, loadOf } from './stock.ts';

const DAY = '2026-11-30';
const at = (time: string, day = DAY) => `${day}T${time}:00+01:00`;
const minuteAt = (time: string, day = DAY) => instantToMinuteFloor(at(time, day));
const NOTHING: NodeClaims = { nodeId: 'only', dates: [], slots: [], work: [], allocated: [] };

/** A node open from 09:00 to 17:00 and its load under claims, seen at a time of this Monday. */
function loadWith(
  limits: Partial<NodeInput>,
  claims: Partial<NodeClaims>,
  { stated = {}, now = '12:00' }: { stated?: Partial<LoadRow>; now?: string } = {},
) {
  const hours = everyDay('09:00', '17:00');
  const snapshot = compileNetwork(parsed(oneWarehouse({ hours, ...limits })), minuteAt('08:00'));
  const base: LoadRow = { nodeId: 'only', backlogUnits: 0, ordersByDate: {}, ...stated };
  const row = claimedLoad(snapshot, base, {
    claims: { ...NOTHING, ...claims },
    nowMinute: minuteAt(now),
  });
  const facts = emptyFacts(snapshot);
  applyLoad(facts, row);
  return { row, load: loadOf(facts, 0), snapshot };
}

function backlogEnd(made: ReturnType<typeof loadWith>): string {
  const end = made.load.backlogEnd?.minute;
  return end === undefined ? 'none' : formatMinute(end, 'Europe/Rome').slice(5, 16);
}

const TEN_AN_HOUR = { unitsPerHour: 10 };

test.each<[string, Partial<NodeInput>, Partial<NodeClaims>, Partial<LoadRow>, string]>([
  ['nothing claimed, nothing to do', TEN_AN_HOUR, {}, {}, 'none'],
  [
    'ten units from ten o’clock take the hour',
    TEN_AN_HOUR,
    { work: [{ claimedAt: at('10:00'), units: 10 }] },
    {},
    '11-30T11:00',
  ],
  [
    'what comes while it works queues',
    TEN_AN_HOUR,
    { work: [10, 10].map((units, n) => ({ claimedAt: at(`10:${n}0`), units })) },
    {},
    '11-30T12:00',
  ],
  [
    'what comes after a rest begins then',
    TEN_AN_HOUR,
    { work: ['09:00', '11:30'].map((time) => ({ claimedAt: at(time), units: 10 })) },
    {},
    '11-30T12:30',
  ],
  [
    'a reported backlog comes first',
    TEN_AN_HOUR,
    { work: [{ claimedAt: at('10:00'), units: 10 }] },
    { backlogUnits: 20, backlogAsOf: at('09:00') },
    '11-30T12:00',
  ],
  [
    'and contains what was claimed before it was counted',
    TEN_AN_HOUR,
    { work: [{ claimedAt: at('08:59'), units: 10 }] },
    { backlogUnits: 20, backlogAsOf: at('09:00') },
    '11-30T11:00',
  ],
  [
    'a reservation that has ended is no work',
    TEN_AN_HOUR,
    { work: [{ claimedAt: at('10:00'), units: 10, expiresAt: at('12:00') }] },
    {},
    'none',
  ],
  [
    'a day’s units go on from part to part of the day',
    { unitsPerDay: 5 },
    { work: ['09:00', '10:00', '11:00'].map((time) => ({ claimedAt: at(time), units: 2 })) },
    {},
    '12-01T09:00',
  ],
])('the work of a node: %s', (_fact, limits, claims, stated, end) => {
  expect(backlogEnd(loadWith(limits, claims, { stated }))).toBe(end);
});

test('dates fill up by orders and by units, allocations on the date their work starts', () => {
  const orders = (n: number) => ({ dates: [{ date: DAY, orders: n, units: n }] });
  const isFull = (limits: Partial<NodeInput>, claims: Partial<NodeClaims>, stated = {}) =>
    loadWith(limits, claims, { stated }).load.hasFullDates;
  expect(isFull({ ordersPerDay: 3 }, orders(2))).toBe(false);
  expect(isFull({ ordersPerDay: 3 }, orders(2), { ordersByDate: { [DAY]: 1 } })).toBe(true);
  expect(isFull({ unitsPerDay: 3 }, orders(2))).toBe(false);
  expect(isFull({ unitsPerDay: 3 }, orders(3))).toBe(true);
  // Allocated at night: work starts in the morning. Allocated after closing: on the next day.
  const allocated = ['03:00', '18:00'].map((time) => ({ at: at(time), orders: 2 }));
  expect(loadWith({ ordersPerDay: 9 }, { allocated }).row.ordersByDate).toEqual({
    [DAY]: 2,
    '2026-12-01': 2,
  });
});

test('a slot is full at its limit, until a hold of it ends', () => {
  const slots = [
    { startsAt: at('15:00'), taken: 1 },
    { startsAt: at('15:00'), taken: 1, expiresAt: at('12:05') },
    { startsAt: at('15:15'), taken: 1 },
  ];
  const full = (now: string) => [
    ...loadWith({ pickupsPerSlot: 2 }, { slots }, { now }).load.fullSlots,
  ];
  expect(full('12:04')).toEqual([minuteAt('15:00')]);
  expect(full('12:05')).toEqual([]);
  expect(nextEnd({ ...NOTHING, slots }, minuteAt('12:04'))).toBe(minuteAt('12:05'));
  expect(nextEnd({ ...NOTHING, slots }, minuteAt('12:05'))).toBe(NEVER);
});

test('merged work ends when its parts, done one after the other, end', () => {
  const part = fc.record({ later: fc.nat(600), units: fc.integer({ min: 1, max: 60 }) });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (drawn) => {
      let minute = minuteAt('00:00');
      const work = drawn.map(({ later, units }) => {
        minute += later;
        return {
          claimedAt: new Temporal.Instant(BigInt(minute) * 60_000_000_000n).toString(),
          units,
        };
      });
      const { load, snapshot } = loadWith(TEN_AN_HOUR, { work });
      const [node] = snapshot.nodes;
      if (node === undefined) throw new Error('one node');
      // Each part alone, from when it came or when the one before it is done.
      let end = { minute: -Infinity, ticks: 0 };
      for (const { claimedAt, units } of work) {
        const came = instantToMinuteFloor(claimedAt);
        const from = Math.max(came, end.minute);
        const ticks = from === end.minute ? end.ticks : 0;
        // Ticks begun in the minute it starts in are units done before: sixtieths of a unit.
        const done = walkTicksFrom(node, { from, ticks, units });
        if (done === undefined) return;
        end = done;
      }
      expect([load.backlogEnd?.minute, load.backlogEnd?.ticks]).toEqual([end.minute, end.ticks]);
    }),
  );
});

function walkTicksFrom(
  node: Parameters<typeof walkBacklog>[0],
  part: { readonly from: number; readonly ticks: number; readonly units: number },
) {
  const start = { minute: part.from, ticks: part.ticks, day: -Infinity, usedOnDay: 0 };
  return walkTicks(node, node.calendar.minutes, { units: part.units, start });
}

test('an idle node of old claims costs nothing', () => {
  const work = [{ claimedAt: at('09:00', '2026-11-20'), units: 10 }];
  const { row, snapshot } = loadWith(TEN_AN_HOUR, { work });
  expect(
    compileLoad(snapshot, 0, {
      backlogUnits: row.backlogUnits,
      backlogAsOfMinute: instantToMinuteFloor(row.backlogAsOf ?? ''),
      ordersByDate: {},
    }).backlogEnd?.minute,
  ).toBeLessThan(minuteAt('08:00'));
});
