import { gzipSync } from 'node:zlib';
import { isInputObjectType, isObjectType } from 'graphql';
import { beforeAll, expect, test } from 'vitest';
import {
  ensureShopifySchemas,
  introspectionToSdl,
  loadShopifySchema,
  shopifySchemaSdl,
} from './shopify-schemas.ts';

// The first run downloads 14 MB.
beforeAll(async () => {
  await ensureShopifySchemas();
}, 180_000);

test.each(['2026-07', '2026-10'] as const)(
  'the Admin schema %s executes and knows the checkout token of an order',
  async (version) => {
    const order = (await loadShopifySchema('admin', version)).getType('Order');
    expect(isObjectType(order) && Object.keys(order.getFields())).toContain('checkoutToken');
  },
  30_000,
);

test('the function schema has the scale limit that introspection loses', async () => {
  const sdl = await shopifySchemaSdl('functions_delivery_customization', '2026-07');
  expect(sdl).toContain('lines: [CartLine!]! @scaleLimits(rate: 0.005)');
});

test('an input type whose every field is deprecated keeps a placeholder, so that the schema is valid', async () => {
  const schema = await loadShopifySchema('functions_delivery_customization', '2026-07');
  const placeholders = Object.values(schema.getTypeMap()).filter(
    (type) => isInputObjectType(type) && '_empty' in type.getFields(),
  );
  expect(placeholders).not.toHaveLength(0);
});

test('an introspection that makes no valid schema is refused', () => {
  const nothing = { queryType: { name: 'Q' }, mutationType: null, subscriptionType: null };
  const field = { name: 'f', args: [], isDeprecated: false, type: { kind: 'OBJECT', name: 'Q' } };
  const type = { kind: 'OBJECT', name: 'Q', fields: [field, field], interfaces: [] };
  const json = JSON.stringify({
    data: { __schema: { ...nothing, types: [type], directives: [] } },
  });
  expect(() => introspectionToSdl('functions_delivery_customization', gzipSync(json))).toThrow();
});
