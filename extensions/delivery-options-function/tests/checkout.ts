/**
 * The checkout the tests of the Function are about: two bound rates, a table and a promise for Milan.
 */
import { readFileSync } from 'node:fs';
import type { CartPromiseJson } from '../../../backend/contract/cart-promise.ts';
import {
  type CheckoutWords,
  checkoutInput,
  fingerprintOfLines,
  paddedTableOf,
  readSpans,
  settingsOf,
  shippingOption,
  variantLine,
} from '../../../scripts/functions/delivery-input.ts';
import { cartDeliveryOptionsTransformRun } from '../src/index.ts';
import type { Operation } from '../src/input.ts';

const QUERY = readFileSync(
  new URL('../src/cart_delivery_options_transform_run.graphql', import.meta.url),
  'utf8',
);
export const SPANS = readSpans(QUERY);
export const week = (offset: number | null) => Array.from({ length: 7 }, () => offset);

const table = paddedTableOf({
  id: 'pt1',
  firstDay: '2026-11-23',
  validUntil: '2026-11-30',
  serviceCodes: ['standard', 'express'],
  zones: { IT: [week(8), week(3)], IT20: [week(6), [2, 3, 4, 5, 8, 9, 10]] },
});
export const settings = settingsOf({
  bindings: { 'flat-1': 'standard', 'flat-2': 'express' },
  ownCodes: ['own'],
  sortsByDate: false,
  paddedTable: table,
});
export const lines = [variantLine(45_678_901_234_567, 2), variantLine(45_678_901_234_999)];
export const promise: CartPromiseJson = {
  v: 1,
  d: '2026-11-23',
  b: '16:30',
  c: 'IT',
  z: '20121',
  f: fingerprintOfLines(lines),
  r: 'rc_1.k1.s',
  l: 'it',
  o: { 'flat-1': '2026-11-27|ven 27 nov', 'flat-2': '2026-11-25' },
};
const options = [shippingOption('flat-1', '5.90'), shippingOption('flat-2', '9.90')];
export const checkout: CheckoutWords = {
  today: '2026-11-23',
  time: '15:59',
  language: 'IT',
  lines,
  country: 'IT',
  zip: '20121',
  options,
  settings,
  promise,
};

export function decide(words: Partial<CheckoutWords>): Operation[] {
  return cartDeliveryOptionsTransformRun(checkoutInput({ ...checkout, ...words }, SPANS))
    .operations;
}

export function titles(words: Partial<CheckoutWords>): Record<string, string> {
  const named: Record<string, string> = {};
  for (const operation of decide(words)) {
    if (!('deliveryOptionRename' in operation)) continue;
    const { deliveryOptionHandle, title } = operation.deliveryOptionRename;
    named[deliveryOptionHandle.slice('handle-of-'.length)] = title;
  }
  return named;
}
