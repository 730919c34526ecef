// A place whose location is switched off in the shop, as routing sees it.
import { expect, test } from 'vitest';
import { order, routingSettings, town } from '../../tests/worlds/routing-town.ts';
import { withSwitchedOff } from '../network/switched-off.ts';
import { decideRoute } from './decide.ts';

const { snapshot, facts } = town({
  near: { stock: { A: 5 }, costMinor: 100 },
  far: { stock: { A: 5 }, costMinor: 900 },
});
const decide = (off: readonly string[]) =>
  decideRoute(withSwitchedOff(snapshot, new Set(off)), facts, routingSettings(), order({ A: 1 }));

test('an order goes past a place that is switched off, and the log says why', () => {
  expect(decide([]).parcels).toMatchObject([{ nodeId: 'near' }]);
  const decision = decide(['near']);
  expect(decision.parcels).toMatchObject([{ nodeId: 'far' }]);
  expect(decision.candidates.find(({ nodeId }) => nodeId === 'near')).toMatchObject({
    verdict: 'fenced',
    fence: 'location_off',
  });
});

test('with all places switched off the units wait, with that reason', () => {
  expect(decide(['near', 'far'])).toMatchObject({
    parcels: [],
    unplaced: [{ reason: 'location_off' }],
  });
});

test('without such a place the network is the same object', () => {
  expect(withSwitchedOff(snapshot, new Set(['gone']))).toBe(snapshot);
});
