import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import type { ShopId } from '../base/ids.ts';
import type { SignedReceipt } from './receipt.ts';
import { createPromiseStore, type PromiseStore } from './store.ts';

const SHOP = 'promise-one.myshopify.com' as ShopId;
const OTHER = 'promise-two.myshopify.com' as ShopId;

let database: TestDatabase<unknown>;
let store: PromiseStore;
beforeAll(async () => {
  database = await createTestDatabase();
  store = createPromiseStore(database.db);
});
afterAll(() => database.close());

const receipt = (receiptId: string, changes: Partial<SignedReceipt> = {}): SignedReceipt => ({
  receiptId,
  madeAt: '2026-11-27T10:00:00Z',
  surface: 'rate_callback',
  kind: 'live',
  fingerprint: '2-abc',
  country: 'IT',
  postalCode: '20121',
  origin: '',
  checkoutToken: null,
  cartToken: null,
  policyVersion: 3,
  engineVersion: '1',
  request: '{"lines":[]}',
  answer: '[]',
  facts: new Uint8Array([0, 255, 7]),
  signature: 'k.sig',
  ...changes,
});

test('a receipt comes back byte for byte', async () => {
  const stored = receipt('r1');
  expect(await store.saveReceipts(SHOP, [stored])).toBe(1);
  expect(await store.receiptById(SHOP, 'r1')).toEqual(stored);
});

test('a batch written twice is stored once', async () => {
  const batch = [receipt('twice-1'), receipt('twice-2')];
  expect(await store.saveReceipts(SHOP, batch)).toBe(2);
  expect(await store.saveReceipts(SHOP, batch)).toBe(0);
});

test('receipts of a callback are found by basket and destination, newest first', async () => {
  const here = { fingerprint: '1-find', postalCode: '50123' };
  await store.saveReceipts(SHOP, [
    receipt('old', { ...here, madeAt: '2026-11-27T08:00:00Z' }),
    receipt('new', { ...here, madeAt: '2026-11-27T09:00:00Z' }),
    receipt('too-late', { ...here, madeAt: '2026-11-27T11:00:00Z' }),
    receipt('elsewhere', { ...here, postalCode: '00184', madeAt: '2026-11-27T09:00:00Z' }),
    receipt('extension', { ...here, surface: 'checkout', madeAt: '2026-11-27T09:00:00Z' }),
  ]);
  const found = await store.receiptsOfCallback(SHOP, {
    fingerprint: '1-find',
    country: 'IT',
    postalCode: '50123',
    madeFrom: '2026-11-27T07:00:00Z',
    madeTo: '2026-11-27T10:00:00Z',
  });
  expect(found.map((found) => found.receiptId)).toEqual(['new', 'old']);
});

test('a receipt of another shop is not there', async () => {
  await store.saveReceipts(OTHER, [receipt('foreign', { checkoutToken: 'tok' })]);
  expect(await store.receiptById(SHOP, 'foreign')).toBeUndefined();
  expect(await store.receiptsOfCheckout(SHOP, 'tok')).toEqual([]);
  expect(await store.receiptsOfCheckout(OTHER, 'tok')).toHaveLength(1);
});

test('the padded table of an instant is the newest published by then, while it is valid', async () => {
  const table = (publishedAt: string, validUntil: string) => ({
    publishedAt,
    validUntil,
    policyVersion: 1,
    body: publishedAt,
    signature: 's',
  });
  await store.savePaddedTable(SHOP, table('2026-11-20T00:00:00Z', '2026-11-27T00:00:00Z'));
  await store.savePaddedTable(SHOP, table('2026-11-21T00:00:00Z', '2026-11-28T00:00:00Z'));
  const at = async (instant: string) => (await store.paddedTableAt(SHOP, instant))?.body;
  expect(await at('2026-11-19T23:59:59Z')).toBeUndefined();
  expect(await at('2026-11-20T12:00:00Z')).toBe('2026-11-20T00:00:00Z');
  expect(await at('2026-11-27T23:59:59Z')).toBe('2026-11-21T00:00:00Z');
  expect(await at('2026-11-28T00:00:00Z')).toBeUndefined();
});
