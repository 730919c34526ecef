import { expect, test } from 'vitest';
import {
  InventoryItemsAtLocationRead,
  LocationLocalPickupDisable,
  MetafieldsSet,
  OrdersUpdatedRead,
} from '../../graphql/admin/generated/documents.ts';
import { createCostBook, estimateCost } from './admin-cost.ts';

test.each([
  ['a mutation is 10, whatever it returns', LocationLocalPickupDisable, { locationId: 'x' }, 10],
  ['a mutation over 25 things is one mutation', MetafieldsSet, { metafields: [1, 2, 3] }, 10],
  ['a page is what its size lets through, and two', OrdersUpdatedRead, { first: 100 }, 1 + 2 + 100],
  [
    'an object is 1, and so is each thing of a list by its names or ids',
    InventoryItemsAtLocationRead,
    { ids: ['a', 'b'], names: ['available', 'committed', 'on_hand'] },
    2 * (1 + 1 + 3),
  ],
])('%s', (_name, document, variables, points) => {
  const estimated = estimateCost(document, variables);
  expect(estimated).toBeGreaterThanOrEqual(points - 1);
  expect(estimated).toBeLessThanOrEqual(points + 1);
});

test('what Shopify charged once is expected the next time for the same sizes, and for those alone', () => {
  const book = createCostBook();
  book.learn(OrdersUpdatedRead, { first: 100, query: 'a' }, 27);
  expect(book.expect(OrdersUpdatedRead, { first: 100, query: 'b' })).toBe(27);
  expect(book.expect(OrdersUpdatedRead, { first: 50, query: 'b' })).toBeGreaterThan(27);
});
