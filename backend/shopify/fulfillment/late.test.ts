// What left though it was canceled in Shopify: what of it Shopify is still told.
import { expect, test } from 'vitest';
import { createFulfillmentModel } from '../../../tests/shopify-model/fulfillment-orders.ts';
import type { Work } from '../../orders/works/store.ts';
import { desiredOf } from './desired.ts';
import { nextStep } from './next-step.ts';
import { NOTHING_LEARNED } from './step.ts';

const WORK: Work = {
  ...{ workId: 'w1', orderId: '1', kind: 'ship', state: 'shipped', negotiation: 'assigned' },
  ...{ nodeId: 'rome', serviceCode: null, unplacedReason: null, holdReason: null },
  ...{ excludedNodes: [], promisedOn: null, promisedEnd: null, allowedLateDays: 0 },
  ...{ plannedEnd: null, plannedDeparture: null, startBy: null, costMinor: 0, expiresAt: null },
  ...{ createdAt: '2026-11-25T09:00:00Z', placedAt: null, claimedAt: null, claimedBy: null },
  ...{ startedAt: null, packedAt: null, readyAt: null, leftAt: '2026-11-25T10:00:00Z' },
  ...{ deliveredAt: null, version: 1, wave: 0 },
  lines: [
    { lineId: '11', sku: 'A', quantity: 2, picked: 2 },
    { lineId: '12', sku: 'B', quantity: 1, picked: 1 },
  ],
};
const PARCEL = {
  ...{ parcelId: 'p1', workId: 'w1', state: 'shipped', carrier: 'post', trackingNumber: 'T1' },
  ...{ trackingUrl: null, fulfillmentId: null },
  lines: [
    { lineId: '11', quantity: 2 },
    { lineId: '12', quantity: 1 },
  ],
};
const desired = (late: readonly { lineId: string; quantity: number }[]) =>
  desiredOf([WORK], {
    ...{ parcels: [PARCEL], fulfillments: {}, locationOf: () => '101' },
    late: [{ workId: 'w1', lines: late, isOpen: true }],
    settings: { reportsProgress: true, setsDeadlines: true },
  });

test('the units that are still open there are fulfilled, under the parcel’s number', () => {
  const lines = [
    { lineId: '11', quantity: 1 },
    { lineId: '12', quantity: 1 },
  ];
  const model = createFulfillmentModel([{ locationId: '101', method: 'SHIPPING', lines }]);
  const next = nextStep(desired([{ lineId: '11', quantity: 1 }]), model.observe(), NOTHING_LEARNED);
  expect(next).toMatchObject({
    kind: 'step',
    step: { kind: 'fulfill', units: lines, tracking: { number: 'T1' } },
  });
});

test('of a parcel that was canceled whole there is nothing to tell', () => {
  const { shipments } = desired([
    { lineId: '11', quantity: 2 },
    { lineId: '12', quantity: 1 },
  ]);
  expect(shipments).toEqual([]);
});

test('what Shopify has as a fulfillment stays as it is', () => {
  const { shipments } = desiredOf([WORK], {
    ...{ parcels: [{ ...PARCEL, fulfillmentId: 'f1' }], fulfillments: {}, locationOf: () => '101' },
    late: [{ workId: 'w1', lines: [{ lineId: '11', quantity: 1 }], isOpen: false }],
    settings: { reportsProgress: true, setsDeadlines: true },
  });
  expect(shipments).toMatchObject([{ lines: PARCEL.lines, fulfillmentId: 'f1' }]);
});
