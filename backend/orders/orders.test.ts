import { expect, test } from 'vitest';
import type { PromisedOption, Receipt } from '../promise/receipt.ts';
import {
  bindPromise,
  callbackPromise,
  type Evidence,
  isTooLate,
  newestPromise,
  type PlacedOrder,
  pickupPromise,
  promiseIn,
} from './orders.ts';

const ORDER: PlacedOrder = {
  orderId: '77',
  placedAt: '2026-11-23T10:00:00Z',
  currency: 'EUR',
  lines: [{ variantId: '1', quantity: 1 }],
  fingerprint: '1-a',
  partFingerprints: ['1-a'],
  destination: { country: 'IT', postalCode: '20121' },
  delivery: { kind: 'ship', code: 'standard', serviceCode: 'standard', isOwnRate: true },
  checkoutToken: 'c1',
  cartToken: null,
  copiedReceipt: null,
  isTableDated: true,
  storefrontReceipt: null,
  version: 'v1',
};

function option(day: string, over: Partial<PromisedOption> = {}): PromisedOption {
  return {
    method: 'home',
    serviceCode: 'standard',
    window: { from: `${day}T00:00:00+01:00`, to: `${day}T23:00:00+01:00` },
    promisedOn: day,
    timeZone: 'Europe/Rome',
    orderBy: '2026-11-23T11:00:00+01:00',
    validUntil: '2026-11-23T11:30:00+01:00',
    priceMinor: 490,
    parcels: [{ nodeId: 'milan', serviceCode: 'standard', lines: [{ sku: 'A', quantity: 1 }] }],
    ...over,
  };
}

function evidence(options: readonly PromisedOption[], over: Partial<Receipt> = {}): Evidence {
  const receipt: Receipt = {
    receiptId: 'r1',
    madeAt: '2026-11-23T09:50:00Z',
    surface: 'rate_callback',
    kind: 'live',
    fingerprint: '1-a',
    country: 'IT',
    postalCode: '20121',
    origin: '',
    checkoutToken: null,
    cartToken: null,
    policyVersion: 1,
    engineVersion: '1',
    request: '{}',
    answer: JSON.stringify(options),
    facts: new Uint8Array(),
    ...over,
  };
  return { receipt, options };
}

const tuesday = option('2026-11-24');
const wednesday = option('2026-11-25');

test('the bought option of a receipt for this basket and destination is the promise', () => {
  expect(promiseIn(ORDER, evidence([wednesday, { ...tuesday, serviceCode: 'express' }]))).toEqual({
    method: 'home',
    serviceCode: 'standard',
    promisedOn: '2026-11-25',
    window: wednesday.window,
    timeZone: 'Europe/Rome',
    validUntil: wednesday.validUntil,
    parcels: 1,
    nodeId: undefined,
  });
});

test.each<[string, Evidence]>([
  ['another basket', evidence([tuesday], { fingerprint: '2-b' })],
  ['another country', evidence([tuesday], { country: 'FR' })],
  ['another postal code', evidence([tuesday], { postalCode: '20122' })],
  ['a later instant than the order', evidence([tuesday], { madeAt: '2026-11-23T10:01:01Z' })],
  ['other options only', evidence([option('2026-11-24', { serviceCode: 'express' })])],
  ['no date', evidence([option('2026-11-24', { window: null, promisedOn: null, timeZone: null })])],
])('a receipt for %s is no promise of this order', (_name, one) => {
  expect(promiseIn(ORDER, one)).toBeUndefined();
});

test('a basket that could not be fingerprinted joins nothing', () => {
  const blank = { ...ORDER, fingerprint: '' };
  expect(promiseIn(blank, evidence([tuesday], { fingerprint: '' }))).toBeUndefined();
});

test('postal codes are compared without blanks and case', () => {
  const order = { ...ORDER, destination: { country: 'GB', postalCode: 'sw1a 1aa' } };
  const receipt = evidence([tuesday], { country: 'GB', postalCode: 'SW1A1AA' });
  expect(promiseIn(order, receipt)?.promisedOn).toBe('2026-11-24');
});

test('with the address withheld, basket, code and token still join', () => {
  expect(promiseIn({ ...ORDER, destination: null }, evidence([tuesday]))?.promisedOn).toBe(
    '2026-11-24',
  );
});

test('with only the postal code withheld, the country must still be the same', () => {
  const at = (country: string) => ({ ...ORDER, destination: { country, postalCode: '' } });
  expect(promiseIn(at('IT'), evidence([tuesday]))).toBeDefined();
  expect(promiseIn(at('FR'), evidence([tuesday]))).toBeUndefined();
});

test('of an extension’s receipts the newest before the order counts', () => {
  const older = evidence([tuesday], { receiptId: 'r1', madeAt: '2026-11-23T09:40:00Z' });
  const newer = evidence([wednesday], { receiptId: 'r2', madeAt: '2026-11-23T09:55:00Z' });
  const later = evidence([tuesday], { receiptId: 'r3', madeAt: '2026-11-23T10:05:00Z' });
  expect(newestPromise(ORDER, 2, [older, later, newer])).toMatchObject({
    step: 2,
    receiptIds: ['r2'],
    promise: { promisedOn: '2026-11-25' },
  });
});

const byPart = (entries: Record<string, Evidence[]>) => new Map(Object.entries(entries));

test('rates that all said the same are the promise, whichever the buyer saw', () => {
  const again = evidence([tuesday], { receiptId: 'r2', madeAt: '2026-11-23T09:20:00Z' });
  expect(callbackPromise(ORDER, byPart({ '1-a': [again, evidence([tuesday])] }))).toMatchObject({
    step: 3,
    receiptIds: ['r1'],
  });
});

test('rates that disagree are no evidence', () => {
  const other = evidence([wednesday], { receiptId: 'r2', madeAt: '2026-11-23T09:20:00Z' });
  expect(callbackPromise(ORDER, byPart({ '1-a': [other, evidence([tuesday])] }))).toBeUndefined();
});

test('the checkout token narrows rates that disagree', () => {
  const own = evidence([wednesday], { receiptId: 'r2', checkoutToken: 'c1' });
  expect(callbackPromise(ORDER, byPart({ '1-a': [own, evidence([tuesday])] }))).toMatchObject({
    receiptIds: ['r2'],
  });
});

const TWO_ORIGINS: PlacedOrder = {
  ...ORDER,
  fingerprint: '2-ab',
  partFingerprints: ['1-a', '1-b'],
};

test('parts of two origins make one promise: the latest window, the earliest validity, all parcels', () => {
  const early = option('2026-11-24', { validUntil: '2026-11-23T11:15:00+01:00' });
  const parts = byPart({
    '1-a': [evidence([early])],
    '1-b': [evidence([wednesday], { receiptId: 'r2', fingerprint: '1-b' })],
  });
  expect(callbackPromise(TWO_ORIGINS, parts)).toMatchObject({
    promise: { promisedOn: '2026-11-25', validUntil: '2026-11-23T11:15:00+01:00', parcels: 2 },
    receiptIds: ['r1', 'r2'],
  });
});

test('a missing part leaves no promise', () => {
  expect(callbackPromise(TWO_ORIGINS, byPart({ '1-a': [evidence([tuesday])] }))).toBeUndefined();
});

test('an order routed to two places joins the one answer for its whole basket', () => {
  const whole = byPart({ '2-ab': [evidence([tuesday], { fingerprint: '2-ab' })] });
  expect(callbackPromise(TWO_ORIGINS, whole)).toMatchObject({ receiptIds: ['r1'] });
});

function shown(validUntil: string | null) {
  const promise = promiseIn(ORDER, evidence([option('2026-11-24', { validUntil })]));
  if (promise === undefined) throw new Error('the fixture promises nothing');
  return promise;
}

test.each([
  ['2026-11-23T10:00:00Z', false],
  ['2026-11-23T09:59:59Z', true],
  ['2026-11-23T11:00:00+01:00', false],
])('valid until %s: an order at 10:00 is too late: %s', (validUntil, tooLate) => {
  expect(isTooLate(ORDER, shown(validUntil))).toBe(tooLate);
});

test('a late order gets the new date, and the shown one is remembered', () => {
  const late = shown('2026-11-23T09:00:00Z');
  const now = {
    ...late,
    promisedOn: '2026-11-25',
    window: option('2026-11-25').window ?? late.window,
  };
  expect(bindPromise(ORDER, late, now)).toEqual({
    status: 'changed',
    promise: now,
    replaced: late,
  });
});

test('a late order keeps its date when that can still be kept, or when nothing can be quoted', () => {
  const late = shown('2026-11-23T09:00:00Z');
  expect(bindPromise(ORDER, late, late)).toEqual({ status: 'promised', promise: late });
  expect(bindPromise(ORDER, late, undefined)).toEqual({ status: 'promised', promise: late });
});

const PICKUP: PlacedOrder = { ...ORDER, delivery: { kind: 'pickup', nodeId: 'store-1' } };
const at11 = {
  ...shown(null),
  window: { from: '2026-11-23T11:00:00Z', to: '2026-11-23T18:00:00Z' },
};

test.each([
  [60, true],
  [59, false],
  [undefined, false],
])(
  'pickup "usually ready in %s minutes" promises 11:00 for an order at 10:00: %s',
  (slot, isPromise) => {
    expect(pickupPromise(PICKUP, at11, slot) !== undefined).toBe(isPromise);
  },
);

test('a store pickup is joined by its node, wherever the buyer lives', () => {
  const store = option('2026-11-23', { method: 'store_pickup', serviceCode: 'store:store-1' });
  const receipt = evidence([store], { postalCode: '99999' });
  expect(promiseIn(PICKUP, receipt)).toMatchObject({
    serviceCode: 'store:store-1',
    nodeId: 'milan',
  });
});
