/**
 * Inputs of the delivery-options Function for its tests and its bench: a checkout in words, as Shopify would send it.
 * Every part has a plain default; what a test is about is given. The answer has the aliases of the input query.
 */

import type { CartPromiseJson } from '../../backend/contract/cart-promise.ts';
import {
  encodeFunctionSettings,
  type FunctionSettings,
  type FunctionSettingsJson,
} from '../../backend/contract/function-settings.ts';
import { linesFingerprint } from '../../backend/contract/lines-fingerprint.ts';
import {
  encodePaddedTable,
  type PaddedTable,
  type PaddedTableJson,
} from '../../backend/contract/padded-table.ts';
import type { Group, Input, Option } from '../../extensions/delivery-options-function/src/input.ts';

export const FUNCTION_EXPORT = 'cartDeliveryOptionsTransformRun';

export type CheckoutWords = {
  readonly today: string;
  /** Shop-local time, `HH:MM`. */
  readonly time: string;
  readonly language: string;
  readonly lines: Input['cart']['lines'];
  readonly country: string;
  readonly zip: string;
  readonly options: readonly Option[];
  readonly settings: FunctionSettingsJson | undefined;
  readonly promise: CartPromiseJson | undefined;
};

/** The spans of the input query, `[start, end)`; `end` undefined: to midnight. */
export type Spans = readonly { readonly start: string; readonly end: string | undefined }[];

/** The spans as the query has them, so that the tests hold the query and not a copy of it. */
export function readSpans(query: string): Spans {
  return [
    ...query.matchAll(
      /t\d: time(?:Between\(startTime|After\(time): "(.{5}):00"(?:, endTime: "(.{5}):00")?\)/g,
    ),
  ].map(([, start = '', end]) => ({ start, end }));
}

/** The input of one checkout with one delivery group. */
export function checkoutInput(words: CheckoutWords, spans: Spans): Input {
  const inside = spans.map(({ start, end }) => words.time >= start && (!end || words.time < end));
  const [t0, t1, t2, t3, t4, t5, t6, t7] = inside;
  const group: Group = {
    deliveryAddress: { zip: words.zip, countryCode: words.country },
    options: words.options,
  };
  return {
    deliveryCustomization: {
      metafield: words.settings ? { jsonValue: words.settings } : null,
    },
    shop: {
      localTime: {
        date: words.today,
        t0: t0 === true,
        t1: t1 === true,
        t2: t2 === true,
        t3: t3 === true,
        t4: t4 === true,
        t5: t5 === true,
        t6: t6 === true,
        t7: t7 === true,
      },
    },
    localization: { language: { isoCode: words.language } },
    cart: {
      promise: words.promise ? { jsonValue: words.promise } : null,
      lines: words.lines,
      deliveryGroups: [group],
    },
  };
}

export function variantLine(variant: number, quantity = 1, eta: string | null = 'n2027-12-31') {
  return {
    q: quantity,
    m: { i: `gid://shopify/ProductVariant/${variant}`, e: eta === null ? null : { v: eta } },
  };
}

/** Fingerprint of the lines of an input, by the contract. */
export function fingerprintOfLines(lines: CheckoutWords['lines']): string {
  return linesFingerprint(lines.map(({ q, m }) => ({ variantId: m.i ?? '', quantity: q })));
}

export function shippingOption(code: string, amount: string, more: Partial<Option> = {}): Option {
  return {
    h: `handle-of-${code}`,
    c: code,
    t: code,
    d: null,
    m: 'SHIPPING',
    p: { a: amount },
    ...more,
  };
}

/** A table that has to be encodable; a refusal here is a mistake in the test. */
export function paddedTableOf(table: PaddedTable): PaddedTableJson {
  const encoded = encodePaddedTable(table);
  if (!encoded.ok) throw new Error(JSON.stringify(encoded.refusal));
  return encoded.value;
}

/** Settings as Shopify hands them to the Function; a refusal here is a mistake in the test. */
export function settingsOf(settings: FunctionSettings): FunctionSettingsJson {
  const encoded = encodeFunctionSettings(settings);
  if (!encoded.ok) throw new Error(JSON.stringify(encoded.refusal));
  return JSON.parse(encoded.value);
}
