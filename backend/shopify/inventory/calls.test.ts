import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CallRow,
  type LevelState,
  MOST_ROWS,
  nextStep,
  packCalls,
  readOutcome,
} from './calls.ts';
import type { OpenChunk } from './chunk-rows.ts';
import { decideTurn, keyOf } from './decide-turn.ts';

const units = fc.integer({ min: 0, max: 60 });

function level(over: Partial<LevelState> = {}): LevelState {
  const base = { locationId: 1, itemId: 1, available: 5, target: 3, knownParked: 0, parked: 0 };
  return { ...base, isStocked: true, ...over };
}

describe('the steps of a level', () => {
  test('end where it shall be, and never show more than what is there', () => {
    fc.assert(
      fc.property(units, units, units, units, (available, target, knownParked, parked) => {
        let now = level({ available, target, knownParked, parked });
        const most = Math.max(available + knownParked, target + parked);
        for (let step = 0; step < 5; step++) {
          const next = nextStep(now);
          if (!('row' in next)) break;
          const moved = next.kind === 'move' ? next.row.from - next.row.to : 0;
          expect(next.row.to).toBeGreaterThanOrEqual(0);
          now = { ...now, available: next.row.to, knownParked: now.knownParked + moved };
          expect((now.available ?? 0) + now.knownParked).toBeLessThanOrEqual(most);
        }
        expect(now).toMatchObject({ available: target, knownParked: parked });
      }),
    );
  });

  test('without a parked share are one write', () => {
    expect(nextStep(level())).toEqual({
      kind: 'set',
      row: { locationId: 1, itemId: 1, from: 5, to: 3, parked: 0 },
    });
    expect(nextStep(level({ target: 5 }))).toEqual({ kind: 'none' });
  });

  test('begin with a read when nothing is known, and with stocking it where it is not', () => {
    expect(nextStep(level({ available: null }))).toEqual({ kind: 'read' });
    expect(nextStep(level({ isStocked: false }))).toMatchObject({ kind: 'activate' });
    expect(nextStep(level({ isStocked: false, target: 0 }))).toEqual({ kind: 'none' });
  });
});

function rows(count: number): CallRow[] {
  return Array.from({ length: count }, (_, index) => ({
    locationId: 1,
    itemId: index,
    from: 1,
    to: 2,
    parked: 0,
  }));
}

describe('an answer', () => {
  const one = fc.record({
    index: fc.integer({ min: -1, max: 260 }),
    code: fc.constantFrom(
      'CHANGE_FROM_QUANTITY_STALE',
      'INVALID_INVENTORY_ITEM',
      'ITEM_NOT_STOCKED_AT_LOCATION',
      'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED',
      null,
    ),
  });

  test('puts every row in exactly one place, whatever errors it brings', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: MOST_ROWS }),
        fc.array(one, { maxLength: 6 }),
        fc.boolean(),
        (count, faults, hasGroup) => {
          const [call] = packCalls('set', 'resync', rows(count));
          if (call === undefined) throw new Error('no call');
          const errors = faults.map(({ index, code }) => ({
            code,
            message: 'no',
            field: index < 0 ? ['input'] : ['input', 'quantities', String(index), 'quantity'],
          }));
          const outcome = readOutcome(call, errors, hasGroup ? '2026-11-23T09:00:00Z' : undefined);
          const { applied, stale, unstocked, refused, following } = outcome;
          const seen = [
            ...[...applied, ...stale, ...unstocked, ...refused].map((row) => row.itemId),
            ...following.flatMap((next) => next.items),
          ];
          expect(seen.toSorted((a, b) => a - b)).toEqual(rows(count).map((row) => row.itemId));
          // What is sent again is smaller or goes under another key, so it ends.
          for (const next of following) expect(next.key).not.toBe(call.key);
        },
      ),
    );
  });
});

describe('a turn', () => {
  const oneLevel = fc.record({
    itemId: fc.integer({ min: 0, max: 40 }),
    target: fc.integer({ min: 0, max: 3 }),
  });
  const chunk = fc.record({
    lane: fc.constantFrom('sale' as const, 'resync' as const),
    levels: fc.array(oneLevel, { minLength: 1, maxLength: 20 }),
  });

  test('sends no level twice, begins none that is in a call, and forgets none', () => {
    fc.assert(
      fc.property(
        fc.array(chunk, { maxLength: 12 }),
        fc.integer({ min: 0, max: 3 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 10 }),
        (found, wanted, busyItems) => {
          const chunks: OpenChunk[] = found
            .toSorted((a, b) => Number(a.lane === 'resync') - Number(b.lane === 'resync'))
            .map(({ lane, levels }, seq) => ({
              lane,
              seq,
              levels: levels.map((one) => level(one)),
            }));
          const busy = new Set(busyItems.map((itemId) => keyOf(1, itemId)));
          const { calls, consumed, again } = decideTurn(chunks, wanted, busy);
          const sent = calls.flatMap((call) => call.items);
          expect(new Set(sent).size).toBe(sent.length);
          expect(sent.filter((itemId) => busyItems.includes(itemId))).toEqual([]);
          const later = again.flatMap(({ items }) => items);
          for (const { seq, levels } of chunks) {
            if (!consumed.includes(seq)) continue;
            for (const { itemId, target } of levels) {
              const isTaken = sent.includes(itemId) || later.includes(itemId);
              const isRepeated = chunks.some(({ levels: others }) =>
                others.some((other) => other.itemId === itemId && other.target === 5),
              );
              expect(isTaken || target === 5 || isRepeated).toBe(true);
            }
          }
        },
      ),
    );
  });

  test('takes sales first and fills their last call with others, for it costs the same', () => {
    const chunks: OpenChunk[] = [
      { lane: 'sale', seq: 1, levels: [level({ itemId: 7 })] },
      {
        lane: 'resync',
        seq: 2,
        levels: rows(250).map((row) => level({ itemId: 100 + row.itemId })),
      },
    ];
    const { calls, again } = decideTurn(chunks, 0, new Set());
    expect(calls.map((call) => [call.lane, call.items[0], call.items.length])).toEqual([
      ['sale', 7, 250],
    ]);
    expect(again.find(({ lane }) => lane === 'resync')?.items).toHaveLength(1);
  });
});
