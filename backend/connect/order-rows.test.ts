// Orders of other systems that are wrong, each refused with what a person can act on.
import { expect, test } from 'vitest';
import { checkOrder, type OrderRules } from './order-rows.ts';

const RULES: OrderRules = {
  hasSku: (sku) => sku === 'COAT-M',
  hasNode: (nodeId) => ['rome', 'milan'].includes(nodeId),
  hasService: (code) => code === 'standard',
  channel: null,
  nodeIds: [],
  latest: Temporal.Instant.from('2026-12-01T10:00:00Z'),
};

const line = (more: object = {}) => ({ lineId: '1', sku: 'COAT-M', quantity: 2, ...more });
function row(more: object = {}): object {
  return {
    externalId: 'MP-1',
    placedAt: '2026-11-30T10:02:00+01:00',
    updatedAt: '2026-11-30T10:02:00+01:00',
    currency: 'EUR',
    address: { city: 'Milano', zip: '20123', country: 'IT' },
    lines: [line({ unitPriceMinor: 19_900 })],
    ...more,
  };
}

test('an order is read into our words, with what it leaves out said for it', () => {
  const checked = checkOrder(row({ email: null }), 0, { ...RULES, channel: 'marketplace' });
  expect(checked).toMatchObject({
    externalId: 'MP-1',
    order: {
      ...{ name: 'MP-1', channel: 'marketplace', placedAt: '2026-11-30T09:02:00Z' },
      ...{ totalMinor: 39_800, method: 'ship', serviceCode: null, hold: null, email: null },
      lines: [{ lineId: '1', sku: 'COAT-M', title: 'COAT-M', canceled: 0 }],
    },
  });
});

const { collected, bound } = {
  collected: { method: 'pickup', address: undefined },
  bound: { ...RULES, channel: 'marketplace', nodeIds: ['milan'] },
};
test.each<[string, object, string, string, OrderRules?]>([
  ['no lines', { lines: [] }, 'invalid_row', '/lines'],
  ['half a unit', { lines: [line({ quantity: 1.5 })] }, 'invalid_row', '/lines/0/quantity'],
  [
    'more units than there are',
    { lines: [line({ quantity: 1e9 }), line({ lineId: '2' })] },
    'invalid_row',
    '/lines',
  ],
  [
    'a value beyond exact numbers',
    { lines: [line({ unitPriceMinor: Number.MAX_SAFE_INTEGER })] },
    'invalid_row',
    '/lines',
  ],
  ['too many canceled', { lines: [line({ canceled: 3 })] }, 'invalid_row', '/lines/0/canceled'],
  ['one line twice', { lines: [line(), line()] }, 'invalid_row', '/lines'],
  ['an instant without offset', { placedAt: '2026-11-30' }, 'invalid_row', '/placedAt'],
  ['a field nobody knows', { shipTo: {} }, 'invalid_row', '/shipTo'],
  ['a country in words', { address: { country: 'Italy' } }, 'invalid_row', '/address/country'],
  ['no address', { address: undefined }, 'no_address', '/address'],
  ['no store', collected, 'no_pickup_node', '/pickupNodeId'],
  ['a store nobody knows', { ...collected, pickupNodeId: 'x' }, 'unknown_node', '/pickupNodeId'],
  [
    'a foreign store',
    { ...collected, pickupNodeId: 'rome' },
    'foreign_node',
    '/pickupNodeId',
    bound,
  ],
  ['a service nobody knows', { serviceCode: 'drone' }, 'unknown_service', '/serviceCode'],
  [
    'a SKU nobody knows',
    { lines: [line(), line({ lineId: '2', sku: 'X' })] },
    'unknown_sku',
    '/lines/1/sku',
  ],
  ['another’s channel', { channel: 'online' }, 'foreign_channel', '/channel', bound],
  ['a later word of tomorrow', { updatedAt: '2099-12-31T10:00:00Z' }, 'future_order', '/updatedAt'],
  [
    'an instant of no year of ours',
    { placedAt: '0000-01-01T00:00:00Z' },
    'invalid_row',
    '/placedAt',
  ],
  ['a day of no year of ours', { promisedOn: '9999-12-31' }, 'invalid_row', '/promisedOn'],
  ['half of an emoji', { tags: ['\ud83d'] }, 'invalid_row', '/tags/0'],
  ['an order of tomorrow', { placedAt: '2026-12-02T10:00:00Z' }, 'future_order', '/placedAt'],
])(
  'an order with %s is refused by its place and what to do',
  (_name, more, code, at, rules = RULES) => {
    const checked = checkOrder(row(more), 3, rules);
    expect(checked).toMatchObject({
      externalId: 'MP-1',
      refusal: { code, pointer: `/orders/3${at}` },
    });
    expect('refusal' in checked && checked.refusal.detail).toMatch(/\. [A-Z]|[a-z]\.$/);
  },
);

test('what is no order at all is refused without a name', () => {
  expect(checkOrder(7, 0, RULES)).toMatchObject({
    externalId: null,
    refusal: { code: 'invalid_row' },
  });
});
