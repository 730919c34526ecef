import { expect, test } from 'vitest';
import type { ShopId } from '../base/ids.ts';
import type { AdminClient } from './admin-client.ts';
import { ORDER_TOPICS, subscribeShop } from './subscriptions.ts';

const SHOP = 'kept-demo.myshopify.com' as ShopId;

/** A shop that holds subscriptions, as the two operations show it. */
function shopWith(topics: string[]) {
  const held = new Set(topics);
  const send: AdminClient['send'] = async (_shop, _document, variables) => {
    const { topic } = Object(variables);
    if (topic === undefined) {
      const nodes = [...held].map((one) => ({ id: one, topic: one }));
      return JSON.parse(
        JSON.stringify({ ok: true, value: { webhookSubscriptions: { nodes } }, withheld: [] }),
      );
    }
    held.add(topic);
    const made = { webhookSubscription: { id: topic }, userErrors: [] };
    return JSON.parse(
      JSON.stringify({ ok: true, value: { webhookSubscriptionCreate: made }, withheld: [] }),
    );
  };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  return { held, deps: { admin: { send }, log, publicUrl: 'https://kept.example.com' } };
}

test.each([
  ['none', [], 3],
  ['one that Shopify left', ['ORDERS_UPDATED'], 2],
  ['all', [...ORDER_TOPICS], 0],
])('a shop with %s of the subscriptions gets those it lacks', async (_name, topics, made) => {
  const { held, deps } = shopWith(topics);
  expect(await subscribeShop(deps, SHOP)).toBe(made);
  expect([...held].toSorted()).toEqual([...ORDER_TOPICS].toSorted());
  expect(await subscribeShop(deps, SHOP)).toBe(0);
});
