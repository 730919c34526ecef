// What the shopper's pages are told, and who is told the pickup code.
import { expect, test } from 'vitest';
import type { ShopId } from '../base/ids.ts';
import type { OrderKey, OrderPromiseRow } from '../orders/store.ts';
import { answerOrder } from './order-answer.ts';

const SHOP = 'answers.myshopify.com' as ShopId;
const ORDER = 'gid://shopify/Order/77';
const ROW: OrderPromiseRow = {
  ...{ orderId: '77', placedAt: '2026-11-25T09:00:00Z', status: 'promised', joinedBy: 1 },
  promise: {
    ...{ method: 'home', serviceCode: 'standard', promisedOn: '2026-11-27', parcels: 1 },
    window: { from: '2026-11-27T00:00:00+01:00', to: '2026-11-28T00:00:00+01:00' },
    ...{ timeZone: 'Europe/Rome', nodeId: undefined, pickupPointId: undefined },
  },
  ...{ replaced: undefined, receiptIds: [], checkoutToken: 'secret', copiedReceipt: null },
  ...{ country: 'IT', postalCode: '20121', orderVersion: '1', publishedVersion: null },
};
const TRACKING = [{ url: 'https://track.example/1', number: 'BRT1' }];

const ask = (asked: { checkoutToken?: string; orderId?: string }, row: OrderPromiseRow = ROW) => {
  const keys: OrderKey[] = [];
  const answer = answerOrder(
    {
      readOrderPromise: async (_shopId, key) => {
        keys.push(key);
        return row;
      },
      placeOf: async () => undefined,
      readProgress: async () => ({ stage: 'ready', readyWorkIds: ['w1'], tracking: TRACKING }),
      pickupCodeOf: (_shopId, workId) => `code-${workId}`,
    },
    SHOP,
    { ...asked, locale: 'it' },
  );
  return answer.then((said) => ({ said, keys }));
};

test.each([
  ['the token alone', { checkoutToken: 'secret' }, ['code-w1']],
  ['order and token', { orderId: ORDER, checkoutToken: 'secret' }, ['code-w1']],
  ['the order alone', { orderId: ORDER }, []],
  ['another checkout’s token', { orderId: ORDER, checkoutToken: 'guess' }, []],
])('who names %s is told the codes %j', async (_what, asked, pickupCodes) => {
  const { said } = await ask(asked);
  expect(said).toMatchObject({ status: 'promised', progress: { stage: 'ready', pickupCodes } });
  expect(said.progress?.tracking).toEqual(pickupCodes.length === 0 ? [] : TRACKING);
});

test('a page that knows order and token asks by the order', async () => {
  expect((await ask({ orderId: ORDER, checkoutToken: 'x' })).keys).toEqual([{ orderId: '77' }]);
});

test('an order that never had a token tells nobody its code', async () => {
  const { said } = await ask({ orderId: ORDER }, { ...ROW, checkoutToken: null });
  expect(said.progress?.pickupCodes).toEqual([]);
});

test('an order without a date that was shown still says where it is', async () => {
  const { said } = await ask({ checkoutToken: 'secret' }, { ...ROW, status: 'none', joinedBy: 5 });
  expect(said).toEqual({
    status: 'none',
    progress: { stage: 'ready', pickupCodes: ['code-w1'], tracking: TRACKING },
  });
});
