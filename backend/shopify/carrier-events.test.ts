import { expect, test } from 'vitest';
import type { ShopId } from '../base/ids.ts';
import { carrierEventsJob, fromShopifyEvents } from './carrier-events.ts';
import { carrierEvent } from './webhooks/carrier-event.ts';

const SHOP = 'events.myshopify.com' as ShopId;

const event = (number: number, status: string, estimatedDeliveryAt: string | null = null) => ({
  id: `gid://shopify/FulfillmentEvent/${number}`,
  happenedAt: '2026-11-26T09:00:00Z',
  ...{ status, estimatedDeliveryAt },
});

test('what carriers told Shopify of a parcel is told under Shopify’s id of it', () => {
  const nodes = [
    event(1, 'LABEL_PURCHASED'),
    event(2, 'CARRIER_PICKED_UP'),
    event(3, 'DELAYED', '2026-11-28T17:00:00Z'),
    event(4, 'READY_FOR_PICKUP'),
    event(5, 'DELIVERED'),
  ];
  const told = fromShopifyEvents({
    fulfillments: [{ id: 'gid://shopify/Fulfillment/9', events: { nodes } }],
  });
  expect(told.map(({ eventId, kind, expectedAt }) => [eventId, kind, expectedAt])).toEqual([
    ['2', 'picked_up', undefined],
    ['3', 'delayed', '2026-11-28T17:00:00Z'],
    ['5', 'delivered', undefined],
  ]);
  expect(
    told.every(({ parcel }) => 'fulfillmentId' in parcel && parcel.fulfillmentId === '9'),
  ).toBe(true);
});

test('the webhook is kept as its order’s number, and has that order’s events read', () => {
  const kept = carrierEvent.keep({ id: 5, order_id: 77, status: 'delivered' }, SHOP);
  expect(kept).toEqual({ orderId: '77' });
  expect(carrierEvent.jobOf?.(SHOP, 'fulfillment_events/create', { orderId: '77' })).toEqual(
    carrierEventsJob(SHOP, '77'),
  );
  expect(carrierEvent.keep({ id: 5 }, SHOP)).toBeUndefined();
});
