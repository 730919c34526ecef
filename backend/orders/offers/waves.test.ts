// Who is asked for a parcel, and until when.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { liveShopOf } from '../../../tests/worlds/live-shop.ts';
import { romeStore, twoStoresOneWarehouse, weekdays } from '../../../tests/worlds/worlds.ts';
import type { ShopId } from '../../base/ids.ts';
import { instantToMinuteFloor } from '../../base/time.ts';
import type { WorldInput } from '../../network/world.ts';
import type { Alternative, PlannedParcel } from '../../routing/decision.ts';
import { DEFAULT_ROUTING, type OfferSettings } from '../../routing/settings.ts';
import {
  FALLBACK_LEAD_MINUTES,
  nextTurn,
  type OfferPlan,
  type Placement,
  placeParcel,
} from './waves.ts';

const minute = (text: string) => instantToMinuteFloor(text);
// A Wednesday, 11:00 in Rome.
const NOW = minute('2026-11-25T10:00:00Z');
const CLOSING = minute('2026-11-25T19:00:00Z');

/** Stores a, b, c, d open daily 10–20 but `late`, which opens at 15:00; a warehouse. */
function market() {
  const world: WorldInput = twoStoresOneWarehouse();
  const [warehouse] = world.nodes;
  if (warehouse === undefined) throw new Error('a world with a warehouse');
  const stores = ['a', 'b', 'c', 'd'].map((id) => ({ ...romeStore(), id }));
  const late = { ...romeStore(), id: 'late', hours: weekdays('15:00', '20:00') };
  const nodes = [warehouse, ...stores, late];
  const lanes = [
    {
      nodeIds: nodes.map(({ id }) => id),
      zoneIds: ['it'],
      serviceCode: 'standard',
      transitDays: 1,
    },
  ];
  const full = { ...world, nodes, lanes, pickupPoints: [], stock: [] };
  const now = Temporal.Instant.from('2026-11-25T10:00:00Z');
  return liveShopOf('m.myshopify.com' as ShopId, full, {
    now,
    confirmedAt: 0,
    skuOfVariant: new Map(),
  }).snapshot;
}
const snapshot = market();

const place = (nodeId: string, startByMinute = NOW + 6 * 60): Alternative => ({
  nodeId,
  points: 0,
  endMinute: NOW + 3 * 1_440,
  departureMinute: NOW + 1_440,
  costMinor: 500,
  startByMinute,
});

function parcel(nodeId: string, alternatives: readonly Alternative[]): PlannedParcel {
  const { points: _points, ...held } = place(nodeId);
  const lines = [{ lineId: 'l', sku: 'SHIRT', quantity: 1 }];
  return {
    ...held,
    serviceCode: 'standard',
    lines,
    readyMinute: NOW,
    points: [],
    alternatives,
  };
}

const COMPETE: OfferSettings = { ...DEFAULT_ROUTING.offers, mode: 'compete', candidates: 2 };
const at = { snapshot, excluded: [], nowMinute: NOW };

function planOf(placement: Placement): OfferPlan {
  if (placement.mode !== 'compete') throw new Error('stores were expected to compete');
  return placement.plan;
}

test.each([
  ['the shop gives its works directly', 'a', { ...COMPETE, mode: 'direct' as const }, 'standard'],
  ['a warehouse sends it best', 'milan', COMPETE, 'standard'],
  ['it is collected at the store', 'a', COMPETE, null],
])('nobody is asked when %s', (_why, nodeId, settings, serviceCode) => {
  const given = { ...parcel(nodeId, [place('b')]), serviceCode };
  expect(placeParcel(given, settings, at)).toMatchObject({ mode: 'direct', at: { nodeId } });
});

test('while stores compete the units stand at the best place that need not be asked', () => {
  const placed = placeParcel(parcel('a', [place('b'), place('milan'), place('c')]), COMPETE, at);
  expect(placed.at.nodeId).toBe('milan');
  expect(planOf(placed).candidates.map(({ nodeId }) => nodeId)).toEqual(['a', 'b', 'c']);
});

test('with stores alone the units stand at the best of them', () => {
  const placed = placeParcel(parcel('a', [place('b')]), COMPETE, at);
  expect(placed).toMatchObject({ mode: 'compete', at: { nodeId: 'a' } });
});

test('nobody is asked when the latest start at the fallback is too near for an answer', () => {
  const near = { ...parcel('a', [place('b')]), startByMinute: NOW + FALLBACK_LEAD_MINUTES };
  expect(placeParcel(near, COMPETE, at).mode).toBe('direct');
});

const standing = (plan: OfferPlan, out: readonly string[] = [], wavesOpened = 0) => ({
  plan,
  wavesOpened,
  out: new Set(out),
});

test('a wave asks the best stores that are open, each with the whole time-out', () => {
  const plan = planOf(
    placeParcel(
      parcel(
        'late',
        ['a', 'b', 'c'].map((id) => place(id)),
      ),
      COMPETE,
      at,
    ),
  );
  const turn = nextTurn(snapshot, standing(plan), NOW);
  expect(turn).toMatchObject({
    kind: 'ask',
    asked: [
      { candidate: { nodeId: 'a' }, expiresMinute: NOW + 31 },
      { candidate: { nodeId: 'b' }, expiresMinute: NOW + 31 },
    ],
  });
  expect(nextTurn(snapshot, standing(plan, ['a', 'b'], 1), NOW)).toMatchObject({
    asked: [{ candidate: { nodeId: 'c' } }],
  });
});

test('a time-out stands still while the store is closed', () => {
  const tomorrow = NOW + 2 * 1_440;
  const plan = planOf(placeParcel({ ...parcel('a', []), startByMinute: tomorrow }, COMPETE, at));
  const turn = nextTurn(snapshot, standing(plan), CLOSING - 11);
  // Ten minutes until closing, twenty after the next opening at 10:00 in Rome.
  expect(turn).toMatchObject({ asked: [{ expiresMinute: minute('2026-11-26T09:20:00Z') }] });
});

test('when nobody is open the next opening is waited for', () => {
  const plan = planOf(placeParcel(parcel('late', []), COMPETE, at));
  expect(nextTurn(snapshot, standing(plan), NOW)).toEqual({
    kind: 'wait',
    minute: minute('2026-11-25T14:00:00Z'),
  });
});

test('closed stores are asked too where hours do not matter', () => {
  const settings: OfferSettings = { ...COMPETE, activeHours: 'always' };
  const plan = planOf(placeParcel(parcel('late', []), settings, at));
  expect(nextTurn(snapshot, standing(plan), NOW)).toMatchObject({
    asked: [{ candidate: { nodeId: 'late' }, expiresMinute: NOW + 31 }],
  });
});

test('an answer is not waited for beyond the fallback or the store’s own latest start', () => {
  const slow: OfferSettings = { ...COMPETE, timeOutMinutes: 600 };
  const plan = planOf(placeParcel(parcel('a', [place('b', NOW + 45)]), slow, at));
  expect(nextTurn(snapshot, standing(plan), NOW)).toMatchObject({
    asked: [{ expiresMinute: NOW + 360 - FALLBACK_LEAD_MINUTES }, { expiresMinute: NOW + 45 }],
  });
});

test('a store that takes by itself takes at once, before a better one that would be asked', () => {
  const settings: OfferSettings = { ...COMPETE, autoClaimNodes: ['b'] };
  const plan = planOf(placeParcel(parcel('a', [place('b'), place('c')]), settings, at));
  expect(nextTurn(snapshot, standing(plan), NOW)).toMatchObject({
    kind: 'take',
    candidate: { nodeId: 'b' },
  });
});

test('after the last wave, and at the fallback instant, the fallback has it', () => {
  const plan = planOf(placeParcel(parcel('a', [place('b'), place('c')]), COMPETE, at));
  expect(nextTurn(snapshot, standing(plan, ['a', 'b'], 2), NOW)).toEqual({ kind: 'fall_back' });
  expect(nextTurn(snapshot, standing(plan), plan.fallbackAtMinute)).toEqual({ kind: 'fall_back' });
});

test('whatever stores do, none is asked twice or late, and it ends by the fallback instant', () => {
  const stores = ['a', 'b', 'c', 'd', 'late'];
  const candidates = fc.array(
    fc.record({ nodeId: fc.constantFrom(...stores), slack: fc.integer({ min: 1, max: 2_000 }) }),
    { minLength: 1, maxLength: 5 },
  );
  const knobs = fc.record({
    perWave: fc.integer({ min: 1, max: 3 }),
    waves: fc.integer({ min: 1, max: 4 }),
    timeOutMinutes: fc.integer({ min: 1, max: 700 }),
    onlyWhenOpen: fc.boolean(),
    slack: fc.integer({ min: 11, max: 3_000 }),
    start: fc.integer({ min: 0, max: 2_880 }),
  });
  fc.assert(
    fc.property(candidates, knobs, (rows, { slack, start, ...rest }) => {
      const begin = NOW + start;
      const unique = [...new Map(rows.map((row) => [row.nodeId, row])).values()];
      const plan: OfferPlan = {
        ...rest,
        candidates: unique.map(({ nodeId, slack: own }) => ({
          ...place(nodeId, begin + own),
          serviceCode: 'standard',
        })),
        autoClaimNodes: [],
        fallbackAtMinute: begin + slack,
      };
      const asked: string[] = [];
      let [now, wavesOpened] = [begin, 0];
      for (let turns = 0; turns < 50; turns += 1) {
        const turn = nextTurn(snapshot, { plan, wavesOpened, out: new Set(asked) }, now);
        if (turn.kind === 'fall_back') break;
        if (turn.kind === 'wait') {
          expect(turn.minute).toBeGreaterThan(now);
          now = turn.minute;
          continue;
        }
        if (turn.kind !== 'ask') throw new Error('nobody takes by himself here');
        wavesOpened += 1;
        for (const { candidate, expiresMinute } of turn.asked) {
          expect(expiresMinute).toBeGreaterThan(now);
          expect(expiresMinute).toBeLessThanOrEqual(candidate.startByMinute);
          asked.push(candidate.nodeId);
        }
        // Silence: until the last has had his time.
        now = Math.max(...turn.asked.map(({ expiresMinute }) => expiresMinute));
      }
      expect(new Set(asked).size).toBe(asked.length);
      expect(wavesOpened).toBeLessThanOrEqual(plan.waves);
      expect(now).toBeLessThanOrEqual(plan.fallbackAtMinute);
    }),
  );
});
