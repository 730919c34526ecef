import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkEvent, type EventRules } from './check-event.ts';
import { createInstantReader } from './instants.ts';
import {
  bookPart,
  compareMarks,
  type PartState,
  type StockEvent,
  type TimedEvent,
} from './ledger.ts';

const NOW_MICROS = 1_795_400_000_000_000;

function timed(
  kind: 'delta' | 'count',
  quantity: number,
  micros: number,
  eventId: string,
): TimedEvent {
  return {
    ...{ kind, quantity, micros, eventId, name: `${eventId}\nwms` },
    ...{ type: 'on_hand', sku: 'A', nodeId: 'milan', reason: 'recount', occurredAt: '' },
  } as const;
}

const events = fc
  .array(fc.record({ isCount: fc.boolean(), units: fc.nat(20), micros: fc.nat(6) }), {
    maxLength: 12,
  })
  .map((list) =>
    list.map(({ isCount, units, micros }, index) =>
      timed(isCount ? 'count' : 'delta', isCount ? units : units - 10, micros, `e${index}`),
    ),
  );

/** The rule itself, of the whole set: the greatest count and every delta after it. */
function saidBy(all: readonly TimedEvent[]): number {
  const [count] = all.filter(({ kind }) => kind === 'count').toSorted((a, b) => compareMarks(b, a));
  const later = all.filter((one) => one.kind === 'delta' && one.micros > (count?.micros ?? -1));
  return (count?.quantity ?? 0) + later.reduce((sum, one) => sum + one.quantity, 0);
}

test('any order of events, in batches of any size, ends where the set of them says, and effects sum to it', () => {
  const arrivals = events.chain((list) =>
    fc.tuple(
      fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 12, maxLength: 12 }),
    ),
  );
  fc.assert(
    fc.property(arrivals, ([shuffled, sizes]) => {
      let state: PartState = { quantity: 0, counted: undefined };
      let effects = 0;
      const stored: TimedEvent[] = [];
      const rest = [...shuffled];
      for (const size of sizes) {
        const batch = rest.splice(0, size);
        const booked = bookPart(state, batch, (micros) =>
          stored.reduce(
            (sum, one) => sum + (one.kind === 'delta' && one.micros > micros ? one.quantity : 0),
            0,
          ),
        );
        effects += booked.effects.reduce((sum, effect) => sum + effect, 0);
        stored.push(...batch);
        state = booked;
      }
      expect(state.quantity).toBe(saidBy(shuffled));
      expect(effects).toBe(state.quantity);
    }),
    { numRuns: 2_000 },
  );
});

test.each<[string, TimedEvent[], number, number[]]>([
  [
    'a sale after the count comes off it',
    [timed('count', 10, 1, 'c'), timed('delta', -3, 2, 's')],
    7,
    [10, -3],
  ],
  [
    'a sale before the count is in it',
    [timed('delta', -3, 1, 's'), timed('count', 10, 2, 'c')],
    10,
    [0, 10],
  ],
  [
    'a sale at the very instant of the count is in it',
    [timed('delta', -3, 2, 's'), timed('count', 10, 2, 'c')],
    10,
    [0, 10],
  ],
  [
    'of two counts at one instant the greater id holds',
    [timed('count', 8, 1, 'b'), timed('count', 9, 1, 'a')],
    8,
    [8, 0],
  ],
  ['what is taken before it came leaves less than nothing', [timed('delta', -3, 1, 's')], -3, [-3]],
])('%s', (_fact, arriving, quantity, effects) => {
  const booked = bookPart({ quantity: 0, counted: undefined }, arriving, () => 0);
  expect({ quantity: booked.quantity, effects: booked.effects }).toEqual({ quantity, effects });
});

test('a count that comes late takes what was already sold after it into account', () => {
  const before: PartState = { quantity: -2, counted: undefined };
  const booked = bookPart(before, [timed('count', 10, 5, 'c')], () => -2);
  expect(booked).toMatchObject({ quantity: 8, effects: [10], superseded: [false] });
});

const RULES: EventRules = {
  knownNodes: new Set(['milan']),
  nowMicros: NOW_MICROS,
  readInstant: createInstantReader(),
};
const GOOD: StockEvent = {
  ...{ eventId: 'e1', kind: 'delta', type: 'on_hand', sku: 'A', nodeId: 'milan' },
  ...{ quantity: -1, reason: 'sold', occurredAt: '2026-11-22T09:00:00+01:00' },
};
const LOT = { reference: 'PO-1', expectedOn: '2026-12-01' };

test.each<[string, Partial<StockEvent>, string]>([
  ['a node that the network does not have', { nodeId: 'nowhere' }, 'unknown_node'],
  ['an empty event id', { eventId: '' }, 'invalid_event'],
  ['an id with a control character, which no database keeps', { sku: 'A\u0000' }, 'invalid_event'],
  ['half a character', { sku: 'A\ud800' }, 'invalid_event'],
  ['half a unit', { quantity: 0.5 }, 'invalid_event'],
  ['a count below zero', { kind: 'count', quantity: -1 }, 'invalid_event'],
  ['more units than there are', { quantity: 1_000_000_001 }, 'invalid_event'],
  ['a day that does not exist', { occurredAt: '2026-02-30T09:00:00Z' }, 'invalid_event'],
  ['more than a day ahead', { occurredAt: '2027-01-01T00:00:00Z' }, 'occurred_in_future'],
  ['incoming units of no lot', { type: 'incoming' }, 'lot_required'],
  ['a lot of what is here already', { lot: LOT }, 'lot_not_allowed'],
  [
    'a lot due twice',
    { type: 'incoming', lot: { ...LOT, expectedAt: '2026-12-01T09:00:00Z' } },
    'invalid_event',
  ],
  [
    'a lot due on no day',
    { type: 'incoming', lot: { ...LOT, expectedOn: '2026-13-01' } },
    'invalid_event',
  ],
])('%s is refused with what to do next', (_fact, wrong, code) => {
  const refusal = checkEvent({ ...GOOD, ...wrong }, RULES);
  expect(refusal).toMatchObject({ code });
  expect(typeof refusal !== 'number' && refusal.detail.length).toBeGreaterThan(20);
});

test('a node that is not known comes with some that are', () => {
  const refusal = checkEvent({ ...GOOD, nodeId: 'milano' }, RULES);
  expect(refusal).toMatchObject({ knownNodes: ['milan'] });
});

test('a name may be written in any script', () => {
  expect(checkEvent({ ...GOOD, sku: 'Größe 42 – 靴 👟' }, RULES)).toBe(checkEvent(GOOD, RULES));
});

test('a SKU that nobody has heard of is booked: the catalogue may come later', () => {
  expect(checkEvent({ ...GOOD, sku: 'NEW-1' }, RULES)).toBe(checkEvent(GOOD, RULES));
});
