import { expect, test } from 'vitest';
import { elementCatalog } from './element-catalog.ts';

const CHECKOUT = 'purchase.checkout.shipping-option-item.render-after';

test('a checkout target may draw what its types list, with their literal values', {
  timeout: 60_000,
}, () => {
  const catalog = elementCatalog(CHECKOUT);
  expect(catalog['s-badge']?.properties['tone']).toEqual({
    type: 'string',
    values: ['auto', 'neutral', 'critical'],
  });
  expect(catalog['s-banner']?.events).toContain('dismiss');
  expect(catalog['s-tile']).toBeUndefined();
});

test('a target outside the types is an error', { timeout: 60_000 }, () => {
  expect(() => elementCatalog('purchase.checkout.no-such-place.render')).toThrow(
    'target purchase.checkout.no-such-place.render is not in the types',
  );
});
