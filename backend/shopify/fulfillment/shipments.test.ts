// Which fulfillment of Shopify's is which shipment of ours, when people fulfill by hand as well.
import { expect, test } from 'vitest';
import type { Shipment } from './desired.ts';
import type { ObservedFulfillment, Units } from './observed.ts';
import { matchShipments } from './shipments.ts';

const units = (text: string): Units[] =>
  text.split(' ').map((one) => ({ lineId: one.slice(0, 1), quantity: Number(one.slice(1)) }));
const byHand = (workId: string, lines: string): Shipment => ({
  ...{ shipmentId: workId, workId, kind: 'ship', locationId: '101', strangeNode: null },
  ...{ lines: units(lines), tracking: null, fulfillmentId: null, carrier: 'none' },
});
const parcel = (workId: string, lines: string): Shipment => ({
  ...byHand(workId, lines),
  ...{ shipmentId: `p-${workId}`, tracking: { company: 'post', number: `T-${workId}`, url: null } },
});
const fulfillment = (id: string, lines: string): ObservedFulfillment => ({
  ...{ id, isCanceled: false, displayStatus: null, locationId: '101', createdAt: '' },
  ...{ tracking: { company: null, number: `H-${id}`, url: null }, lines: units(lines) },
});
const match = (
  shipments: readonly Shipment[],
  fulfillments: readonly ObservedFulfillment[],
  missing: string,
) => {
  const rows = units(missing).map(({ lineId, quantity }) => [lineId, quantity] as const);
  const { matched, unsent, foreign } = matchShipments(shipments, fulfillments, () => new Map(rows));
  return {
    matched: matched.map((one) => `${one.shipment.shipmentId} ${one.fulfillment.id}`),
    unsent: unsent.map(({ shipmentId }) => shipmentId),
    foreign: foreign.map(({ id }) => id),
  };
};

test('goods that left by hand as two fulfillments are both of them, and our own parcel is still to be told', () => {
  const seen = match(
    [parcel('w3', 'a1'), byHand('w4', 'a1 b3')],
    [fulfillment('f1', 'a1'), fulfillment('f2', 'b3')],
    'a1 b3',
  );
  expect(seen).toEqual({ matched: ['w4 f1', 'w4 f2'], unsent: ['p-w3'], foreign: [] });
});

test('fulfillments that are less or more than the goods are somebody else’s', () => {
  const work = [byHand('w4', 'a2 b3')];
  expect(match(work, [fulfillment('f1', 'a1'), fulfillment('f2', 'b3')], 'a2 b3')).toMatchObject({
    ...{ matched: [], unsent: ['w4'] },
  });
  expect(match(work, [fulfillment('f1', 'a3'), fulfillment('f2', 'b3')], 'a2 b3')).toMatchObject({
    ...{ matched: [], unsent: ['w4'] },
  });
});

test('where nothing is missing in Shopify, the like of a shipment left before', () => {
  const seen = match([byHand('w4', 'a1')], [fulfillment('f1', 'a1')], 'a0');
  expect(seen).toEqual({ matched: [], unsent: ['w4'], foreign: ['f1'] });
});
