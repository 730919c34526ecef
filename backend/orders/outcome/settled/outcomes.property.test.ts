// How promises end, as laws.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WORK_STATES } from '../../works/lifecycle.ts';
import { type EndedPart, type Judged, outcomeOfOrder, outcomeOfPart } from './outcomes.ts';

const DAY = 1_440;
const JUDGED: Judged = {
  dueMinute: 100 * DAY,
  isExclusive: true,
  promisedDay: 99,
  paddedDays: 2,
  settleAfterMinutes: 2 * DAY,
  dayOf: (minute) => Math.floor(minute / DAY),
};
const minute = fc.integer({ min: 90 * DAY, max: 110 * DAY });
const there = fc.record<EndedPart>({
  state: fc.constantFrom('delivered' as const, 'shipped' as const, 'handed_over' as const),
  thereMinute: minute,
  isWithdrawn: fc.boolean(),
  seenUnderWayMinute: fc.option(minute, { nil: undefined }),
});
const anyPart = fc.record<EndedPart>({
  state: fc.constantFrom(...WORK_STATES),
  thereMinute: fc.option(minute, { nil: undefined }),
  isWithdrawn: fc.boolean(),
  seenUnderWayMinute: fc.option(minute, { nil: undefined }),
});

test('what was there is late if and only if it was there at the window’s end or after', () => {
  fc.assert(
    fc.property(there, minute, (part, now) => {
      const ended = outcomeOfPart(part, JUDGED, now);
      expect(ended?.outcome === 'late').toBe((part.thereMinute ?? 0) >= JUDGED.dueMinute);
      expect(ended?.outcome === 'too_padded').toBe((part.thereMinute ?? 0) < 98 * DAY);
    }),
  );
});

test('what is ready at the promised minute is kept, a minute later is late', () => {
  const pickup = { ...JUDGED, isExclusive: false };
  const part = (thereMinute: number): EndedPart => ({
    state: 'ready',
    thereMinute,
    isWithdrawn: false,
    seenUnderWayMinute: undefined,
  });
  expect(outcomeOfPart(part(JUDGED.dueMinute), pickup, 0)?.outcome).toBe('kept');
  expect(outcomeOfPart(part(JUDGED.dueMinute + 1), pickup, 0)?.outcome).toBe('late');
});

test('nothing is late before its window has ended', () => {
  fc.assert(
    fc.property(anyPart, (part) => {
      const open = { ...part, thereMinute: undefined };
      expect(outcomeOfPart(open, JUDGED, JUDGED.dueMinute - 1)?.outcome).not.toBe('late');
    }),
  );
});

test('once its window and the patience have passed, everything has ended', () => {
  fc.assert(
    fc.property(anyPart, (part) => {
      const end = JUDGED.dueMinute + JUDGED.settleAfterMinutes;
      expect(outcomeOfPart(part, JUDGED, end)).toBeDefined();
    }),
  );
});

test('an outcome once given stays, however much later it is asked for', () => {
  fc.assert(
    fc.property(anyPart, minute, fc.nat({ max: 30 * DAY }), (part, now, later) => {
      const first = outcomeOfPart(part, JUDGED, now);
      if (first !== undefined) expect(outcomeOfPart(part, JUDGED, now + later)).toEqual(first);
    }),
  );
});

test('an order is late if a part is, kept only when all have ended, and does not depend on their order', () => {
  fc.assert(
    fc.property(fc.array(anyPart, { minLength: 1, maxLength: 5 }), minute, (parts, now) => {
      const ends = parts.map((part) => outcomeOfPart(part, JUDGED, now));
      const order = outcomeOfOrder(ends);
      expect(order?.outcome === 'late').toBe(ends.some((end) => end?.outcome === 'late'));
      if (order !== undefined && order.outcome !== 'late') {
        expect(ends.every((end) => end !== undefined)).toBe(true);
      }
      if (order?.outcome === 'kept' || order?.outcome === 'too_padded') {
        expect(ends.every((end) => end?.outcome !== 'withdrawn')).toBe(true);
      }
      expect(outcomeOfOrder(ends.toReversed())).toEqual(order);
    }),
  );
});
