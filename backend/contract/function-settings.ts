/**
 * The one metafield the delivery-options Function owns: `$app:settings` (json) on its delivery customization.
 * It holds what the merchant decided (which of his own rates stands for which Kept service, whether to sort)
 * and the padded table, in one value because each metafield a Function reads costs 3 of the 30 its query may.
 */
import type { PaddedTableJson } from './padded-table.ts';
import { type Parsed, parseWith, refuse } from './parsed.ts';

export const FUNCTION_SETTINGS_METAFIELD = {
  namespace: '$app',
  key: 'settings',
  type: 'json',
} as const;
/** Shopify hands a Function null instead of a metafield above this size. */
export const MOST_FUNCTION_SETTINGS_BYTES = 10_000;

export type FunctionSettings = {
  /** Merchant's own rate code -> Kept service code (platform decision 4); unmapped rates are never touched. */
  readonly bindings: { readonly [rateCode: string]: string };
  /** Codes of our own rates; `pp:` codes are ours without being listed. */
  readonly ownCodes: readonly string[];
  /** Sort options by date behind the cheapest. */
  readonly sortsByDate: boolean;
  readonly paddedTable: PaddedTableJson | undefined;
};

/** As the Function receives it from `jsonValue`. */
export type FunctionSettingsJson = {
  readonly v: 1;
  /** Code of an option -> place of its service in the table, or `OWN_RATE`, whose date is in its description. */
  readonly b: { readonly [code: string]: number };
  /** 1: sort. */
  readonly s: 0 | 1;
  readonly t?: FunctionTableJson;
};

/** What the Function reads of the padded table; `n`: services in a row, instead of their names. */
export type FunctionTableJson = Pick<PaddedTableJson, 'd' | 'w' | 'k' | 'z'> & {
  readonly n: number;
};

export const OWN_RATE = -1;
/** A place behind the end of every table, for a service it does not have: bound, but without a padded date. */
const NO_PLACE = 9_999;

/** The metafield's value, or a refusal naming the size when bindings and table do not fit together. */
export function encodeFunctionSettings(settings: FunctionSettings): Parsed<string> {
  return parseWith(() => {
    const table = settings.paddedTable;
    const json: FunctionSettingsJson = {
      v: 1,
      b: placesOf(settings),
      s: settings.sortsByDate ? 1 : 0,
      ...(table === undefined
        ? {}
        : { t: { d: table.d, w: table.w, n: table.s.length, k: table.k, z: table.z } }),
    };
    const text = JSON.stringify(json);
    const bytes = utf8Bytes(text);
    if (bytes > MOST_FUNCTION_SETTINGS_BYTES) {
      refuse('', bytes, `at most ${MOST_FUNCTION_SETTINGS_BYTES} bytes of bindings and table`);
    }
    return text;
  });
}

function placesOf({ bindings, ownCodes, paddedTable }: FunctionSettings): {
  readonly [code: string]: number;
} {
  const places: { [code: string]: number } = {};
  for (const [code, service] of Object.entries(bindings)) {
    const place = paddedTable === undefined ? 0 : paddedTable.s.indexOf(service);
    places[code] = place < 0 ? NO_PLACE : place;
  }
  for (const code of ownCodes) places[code] = OWN_RATE;
  return places;
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
