// Works made right on paper: every unit somewhere once, and right works stay as they are.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WorkState } from '../works/lifecycle.ts';
import type { Work } from '../works/store.ts';
import { keptUnits } from './kept.ts';
import { allocationChange, type ClaimedLine, type RoutedLine } from './order-lines.ts';
import { type Draft, settleWorks } from './settle.ts';

const NODES = ['a', 'b', 'c'] as const;
const FACTS = {
  ...{ isNode: () => true, holdReason: null, promise: undefined, isStrict: false },
  anew: new Set<string>(),
};
const few = fc.nat({ max: 3 });
const story = fc.record({
  waiting: few,
  canceled: few,
  allocated: fc.tuple(few, few, few),
  left: fc.tuple(few, few, few),
  open: fc.array(
    fc.record({
      state: fc.constantFrom<WorkState>('unplaced', 'placed', 'picking', 'packed'),
      node: fc.nat({ max: 2 }),
      units: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 4 },
  ),
  /** Of what left or is allocated at a node, how much our works say they sent. */
  sent: fc.tuple(few, few, few),
});
type Story = typeof story extends fc.Arbitrary<infer Of> ? Of : never;

const places = (units: readonly number[]) =>
  NODES.map((nodeId, at) => ({ nodeId, quantity: units[at] ?? 0 })).filter(
    (row) => row.quantity > 0,
  );
const sum = (units: readonly number[]) => units.reduce((all, one) => all + one, 0);

function lineOf({ waiting, canceled, allocated, left }: Story): RoutedLine {
  const quantity = waiting + canceled + sum(allocated) + sum(left);
  const claim: ClaimedLine = {
    ...{ lineId: 'l', sku: 'SHIRT', quantity, waiting, canceled },
    ...{ allocations: places(allocated), left: places(left), unshipped: [] },
  };
  return {
    ...{ lineId: 'l', sku: 'SHIRT', unitPriceMinor: 0, units: quantity - canceled, canceled },
    ...{ waiting, unshipped: new Map() },
    allocated: new Map(places(allocated).map((row) => [row.nodeId, row.quantity])),
    left: new Map(places(left).map((row) => [row.nodeId, row.quantity])),
    parts: [{ claim, need: 1 }],
  };
}

function workOf(at: number, state: WorkState, nodeId: string | null, quantity: number): Work {
  return {
    ...{ workId: `w${at}`, orderId: '1', kind: 'ship', state, negotiation: 'assigned', nodeId },
    ...{ serviceCode: null, unplacedReason: null, holdReason: null, excludedNodes: [] },
    ...{ promisedOn: null, promisedEnd: null, allowedLateDays: 0, plannedEnd: null },
    ...{ plannedDeparture: null, startBy: null, costMinor: 0, expiresAt: null },
    ...{ createdAt: '', placedAt: null, claimedAt: null, claimedBy: null, startedAt: null },
    ...{ packedAt: null, readyAt: null, leftAt: null, deliveredAt: null, version: 1, wave: 0 },
    lines: [{ lineId: 'l', sku: 'SHIRT', quantity, picked: 0 }],
  };
}

function worksOf({ open, sent, left, allocated }: Story, isHeardOf = false): Work[] {
  const mine = open.map(({ state, node, units }, at) =>
    workOf(at, state, state === 'unplaced' ? null : (NODES[node] ?? 'a'), units),
  );
  const gone = NODES.flatMap((nodeId, at) => {
    const most = (left[at] ?? 0) + (isHeardOf ? 0 : (allocated[at] ?? 0));
    const units = Math.min(sent[at] ?? 0, most);
    return units > 0 ? [workOf(open.length + at, 'shipped', nodeId, units)] : [];
  });
  return [...mine, ...gone];
}

const unitsIn = (drafts: readonly Draft[]) =>
  drafts.reduce((all, { units }) => all + (units.get('l') ?? 0), 0);

test('every unit ordered and not canceled is in one place once the works are right', () => {
  fc.assert(
    fc.property(story, (told) => {
      const line = lineOf(told);
      const settled = settleWorks([line], worksOf(told), FACTS);
      const gone = sum(settled.gone.map(({ quantity }) => quantity));
      const loose = settled.loose.get('l') ?? 0;
      expect(unitsIn(settled.drafts) + gone + loose).toBe(line.units);
      expect(
        [...settled.drafts].every(({ units }) => [...units.values()].every((n) => n > 0)),
      ).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('what is asked of positions is never more than waits and is given back, once the works are right', () => {
  fc.assert(
    fc.property(story, (told) => {
      const line = lineOf(told);
      // Once the news of what left has come.
      const { drafts } = settleWorks([line], worksOf(told, true), FACTS);
      const { given, asked } = allocationChange([line], keptUnits([line], drafts));
      const units = (rows: readonly { readonly quantity: number }[]) =>
        sum(rows.map(({ quantity }) => quantity));
      expect(units(asked)).toBeLessThanOrEqual(line.waiting + units(given));
    }),
    { numRuns: 2_000 },
  );
});

test('what has left is not sent again, whatever a recount or a cancellation does to its allocation', () => {
  fc.assert(
    fc.property(story, fc.boolean(), (told, isStrict) => {
      // The allocation of everything is gone: it waits, or was canceled before the news of what left.
      const taken = { ...told, waiting: told.waiting + sum(told.allocated) };
      const line = lineOf({ ...taken, allocated: [0, 0, 0] });
      const works = worksOf(told);
      const { drafts } = settleWorks([line], works, { ...FACTS, isStrict });
      const gone = drafts.filter(({ work }) => work.state === 'shipped');
      expect(gone.filter(({ returned }) => returned !== undefined)).toEqual([]);
      for (const { work, units } of gone) expect(units.get('l')).toBe(work.lines[0]?.quantity);
    }),
    { numRuns: 2_000 },
  );
});

test('units that were canceled when they had left are told once, no more of them than were canceled', () => {
  fc.assert(
    fc.property(story, fc.nat({ max: 6 }), (told, most) => {
      // What was told to have left cannot be canceled.
      const late = Math.min(most, sum(told.allocated));
      const line = lineOf({ ...told, open: [] });
      const works = worksOf({ ...told, open: [] });
      const sent = sum(works.map(({ lines }) => lines[0]?.quantity ?? 0));
      const canceled = { ...line, units: line.units - late, canceled: line.canceled + late };
      const settled = settleWorks([canceled], works, FACTS);
      const units = sum(settled.late.map(({ quantity }) => quantity));
      expect(units).toBeLessThanOrEqual(canceled.canceled);
      expect(units).toBeLessThanOrEqual(sent);
      if (sent > canceled.units) expect(units).toBeGreaterThan(0);
      // Booked as left, nothing is late any more.
      const booked = {
        ...canceled,
        units: canceled.units + units,
        canceled: canceled.canceled - units,
      };
      expect(settleWorks([booked], works, FACTS).late).toEqual([]);
    }),
  );
});
