/**
 * Orders as intake keeps them, for tests.
 */
import type { OrderRecord } from '../../backend/orders/record/record.ts';

/** An order of two shirts to Rome, as Shopify states it; parts may be given otherwise. */
export function orderRecord(orderId: string, more: Partial<OrderRecord> = {}): OrderRecord {
  return {
    orderId,
    source: 'shopify',
    channel: 'online',
    name: `#${orderId}`,
    placedAt: '2026-11-30T10:00:00Z',
    state: 'open',
    currency: 'EUR',
    totalMinor: 9_800,
    customerName: 'Giulia Bianchi',
    email: 'giulia@example.com',
    phone: '+39 06 1234567',
    address: {
      name: 'Giulia Bianchi',
      address1: 'Via del Corso 1',
      address2: null,
      city: 'Roma',
      province: 'RM',
      zip: '00187',
      country: 'IT',
    },
    country: 'IT',
    postalCode: '00187',
    locale: 'it',
    method: 'ship',
    serviceCode: 'standard',
    pickupNodeId: null,
    tags: [],
    holdReason: null,
    isTest: false,
    promisedOn: null,
    reservationKey: null,
    version: 'v1',
    sourceUpdatedAt: '2026-11-30T10:00:00Z',
    lines: [
      {
        lineId: 'l1',
        sku: 'SHIRT',
        variantId: '77',
        title: 'Shirt',
        quantity: 2,
        canceled: 0,
        unitPriceMinor: 4_900,
        needsShipping: true,
      },
    ],
    ...more,
  };
}
