// One property: whatever happens in between, Shopify ends as the works are, in bounded steps, and nobody's hold is touched.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createFulfillmentModel,
  type FulfillmentModel,
} from '../../../tests/shopify-model/fulfillment-orders.ts';
import type { Desired } from './desired.ts';
import { nextStep } from './next-step.ts';
import { isCourtesy, type Learned, NOTHING_LEARNED, stepKey } from './step.ts';
import { openUnits, unitsAt, unitsOf } from './units.ts';

const DEADLINE = '2026-11-24T15:30:00Z';
// Everything that happens to one order, driven against a model of Shopify's rules.
const LOCATIONS = ['rome', 'milan', 'turin'] as const;
const MOST_STEPS = 60;
const QUANTITIES = { a: 3, b: 2, c: 1 } as const;

const worldArbitrary = fc.record({
  settings: fc.record({
    movesHeld: fc.boolean(),
    takesProgress: fc.boolean(),
    joins: fc.boolean(),
  }),
  // Each unit: which work has it. Each work: where, and how far.
  owner: fc.array(fc.nat(2), { minLength: 6, maxLength: 6 }),
  works: fc.array(
    fc.record({
      place: fc.constantFrom(...LOCATIONS, null),
      phase: fc.constantFrom('open', 'held', 'begun', 'left'),
      later: fc.constantFrom('open', 'held', 'begun', 'left'),
      laterPlace: fc.constantFrom(...LOCATIONS),
    }),
    { minLength: 3, maxLength: 3 },
  ),
  first: fc.array(fc.constantFrom(...LOCATIONS), { minLength: 3, maxLength: 3 }),
  lost: fc.array(fc.nat(9), { maxLength: 60, minLength: 60 }),
  heldByMerchant: fc.option(fc.nat(4)),
  unstocked: fc.boolean(),
});
type World = typeof worldArbitrary extends fc.Arbitrary<infer Value> ? Value : never;

function desiredIn(world: World, isThen: boolean): Desired {
  const units = Object.entries(QUANTITIES).flatMap(([lineId, quantity]) =>
    Array.from({ length: quantity }, () => lineId),
  );
  const all = world.works.map((one, index) => {
    const lines = Object.keys(QUANTITIES).flatMap((lineId) => {
      const quantity = units.filter((unit, at) => unit === lineId && world.owner[at] === index);
      return quantity.length > 0 ? [{ lineId, quantity: quantity.length }] : [];
    });
    const hasLeft = one.phase === 'left';
    const phase = isThen && !hasLeft ? one.later : one.phase;
    const place = isThen && !hasLeft ? one.laterPlace : one.place;
    const locationId = phase === 'left' ? (place ?? 'rome') : place;
    return { workId: `w${index}`, phase, locationId, lines };
  });
  const some = all.filter(({ lines }) => lines.length > 0);
  return {
    works: some
      .filter(({ phase }) => phase !== 'left')
      .map(({ workId, phase, locationId, lines }) => ({
        ...{ workId, kind: 'ship', locationId, strangeNode: null, lines, deadline: DEADLINE },
        ...{ isBegun: phase === 'begun', isReady: false },
        hold: phase === 'held' || locationId === null ? 'competing' : null,
      })),
    shipments: some
      .filter(({ phase }) => phase === 'left')
      .map(({ workId, locationId, lines }) => ({
        ...{ shipmentId: workId, workId, kind: 'ship', locationId, strangeNode: null, lines },
        ...{ tracking: null, fulfillmentId: null, carrier: 'none' },
      })),
  };
}

// As the service does it: read, decide, send; a lost reply is an effect nobody was told of; a refusal is remembered.
function drive(model: FulfillmentModel, desired: Desired, world: World): string[] {
  let learned: Learned = NOTHING_LEARNED;
  const log: string[] = [];
  for (let turn = 0; turn < MOST_STEPS; turn++) {
    const answer = nextStep(desired, model.observe(), learned);
    if (answer.kind !== 'step') return [...log, JSON.stringify(answer)];
    const { step: sent } = answer;
    log.push(JSON.stringify(sent));
    // Told once; a move that is refused again tells it again.
    if (sent.kind === 'activate') learned = { ...learned, unstocked: [] };
    if (world.lost[turn] === 1) continue;
    const came = model.apply(sent);
    if (came.ok || world.lost[turn] === 2) continue;
    if (isCourtesy(sent)) {
      learned = { ...learned, refused: new Set([...learned.refused, stepKey(sent)]) };
    } else if (sent.kind === 'move') {
      const lines = model.observe().parts.find(({ id }) => id === sent.partId)?.lines ?? [];
      const unstocked = lines.flatMap(({ itemId }) =>
        itemId !== null && !model.isStocked(sent.locationId, itemId)
          ? [{ locationId: sent.locationId, itemId }]
          : [],
      );
      learned = { ...learned, unstocked };
    } else return [...log, came.message];
  }
  return [...log, 'endless'];
}

function expectSettled(model: FulfillmentModel, desired: Desired, log: readonly string[]): void {
  expect(log.at(-1), log.join('\n')).toBe('{"kind":"done"}');
  const { parts, fulfillments = [] } = model.observe();
  const open = unitsOf(parts.filter(({ status }) => status !== 'CLOSED'));
  for (const lineId of Object.keys(QUANTITIES)) {
    for (const place of LOCATIONS) {
      const wanted = unitsIn(
        desired.works.filter(({ locationId }) => locationId === place),
        lineId,
      );
      const nowhere = unitsIn(
        desired.works.filter(({ locationId }) => locationId === null),
        lineId,
      );
      expect(unitsAt(open, place, lineId)).toBeGreaterThanOrEqual(wanted);
      if (nowhere === 0) expect(unitsAt(open, place, lineId)).toBe(wanted);
    }
    expect(unitsIn(fulfillments, lineId)).toBe(unitsIn(desired.shipments, lineId));
  }
  for (const { hold, workId, lines, isBegun } of desired.works) {
    if (hold === null || isBegun) continue;
    const held = parts.filter(({ holds }) => holds.some(({ handle }) => handle === workId));
    const units = held.flatMap(openUnits).reduce((sum, one) => sum + one.quantity, 0);
    expect(units).toBe(lines.reduce((sum, one) => sum + one.quantity, 0));
  }
}

function unitsIn(
  rows: readonly { readonly lines: readonly { lineId: string; quantity: number }[] }[],
  lineId: string,
): number {
  return rows
    .flatMap(({ lines }) => lines)
    .filter((one) => one.lineId === lineId)
    .reduce((sum, { quantity }) => sum + quantity, 0);
}

function startOf(world: World): FulfillmentModel {
  const byPlace = LOCATIONS.flatMap((locationId) => {
    const lines = Object.entries(QUANTITIES).flatMap(([lineId, quantity], index) =>
      world.first[index] === locationId ? [{ lineId, quantity }] : [],
    );
    return lines.length > 0 ? [{ locationId, lines }] : [];
  });
  const model = createFulfillmentModel(byPlace, world.settings);
  if (world.unstocked) model.byHand.unstock('milan', '9a');
  return model;
}

test('with replies lost, ids changing and plans changing midway, Shopify ends as the works are', () => {
  fc.assert(
    fc.property(worldArbitrary, (world) => {
      const model = startOf(world);
      const before = desiredIn(world, false);
      expectSettled(model, before, drive(model, before, world));
      const after = desiredIn(world, true);
      expectSettled(model, after, drive(model, after, world));
    }),
    { numRuns: 400 },
  );
});

test('a hold of the merchant is never touched, and all is done once it is gone', () => {
  fc.assert(
    fc.property(worldArbitrary, (world) => {
      const model = startOf(world);
      const desired = desiredIn(world, false);
      const { parts } = model.observe();
      const held = parts[(world.heldByMerchant ?? 0) % parts.length]?.id ?? '';
      model.byHand.hold(held);
      const log = drive(model, desired, world);
      expect(log.at(-1)).toMatch(/"(done|merchant_hold)"/);
      expect(model.counts.foreignHolds).toBe(0);
      const still = model.observe().parts.find(({ id }) => id === held);
      expect(still?.holds).toContainEqual(expect.objectContaining({ isOurs: false }));
      model.byHand.release(held);
      expectSettled(model, desired, drive(model, desired, world));
    }),
    { numRuns: 200 },
  );
});
