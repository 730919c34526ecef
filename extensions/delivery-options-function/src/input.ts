/**
 * What the input query of this Function answers with, and what the Function may write.
 * Written by hand, because Shopify's generated types carry every enum of the API; `tests/fixtures.test.ts` proves
 * both against the real schema through Shopify's own `validateTestAssets`.
 */
import type { CartPromiseJson } from '../../../backend/contract/cart-promise.ts';
import type { FunctionSettingsJson } from '../../../backend/contract/function-settings.ts';

/** `null` where nothing is written, and for metafields above 10,000 bytes. */
type Metafield<Value> = { readonly jsonValue: Value } | null;

/** Quantity and merchandise (id, ETA class); a custom product has neither id nor class. */
export type Line = {
  readonly q: number;
  readonly m: { readonly i?: string; readonly e?: { readonly v: string } | null };
};

/** Handle, code, title, description, method and price (amount) of a delivery option. */
export type Option = {
  readonly h: string;
  readonly c: string | null;
  readonly t: string | null;
  readonly d: string | null;
  readonly m: string;
  readonly p: { readonly a: string };
};

export type Group = {
  readonly deliveryAddress: {
    readonly zip: string | null;
    readonly countryCode: string | null;
  } | null;
  readonly options: readonly Option[];
};

/** The shop's day, and which spans of the order-by buckets its time is in. */
export type LocalTime = {
  readonly date: string;
  readonly t0: boolean;
  readonly t1: boolean;
  readonly t2: boolean;
  readonly t3: boolean;
  readonly t4: boolean;
  readonly t5: boolean;
  readonly t6: boolean;
  readonly t7: boolean;
};

export type Input = {
  readonly deliveryCustomization: { readonly metafield: Metafield<FunctionSettingsJson> };
  readonly shop: { readonly localTime: LocalTime };
  readonly localization: { readonly language: { readonly isoCode: string } };
  readonly cart: {
    readonly promise: Metafield<CartPromiseJson>;
    readonly lines: readonly Line[];
    readonly deliveryGroups: readonly Group[];
  };
};

/** Exactly one member, as Shopify demands. */
export type Operation =
  | { deliveryOptionRename: { deliveryOptionHandle: string; title: string } }
  | { deliveryOptionMove: { deliveryOptionHandle: string; index: number } }
  | { deliveryOptionHide: { deliveryOptionHandle: string } };

export type Output = { operations: Operation[] };
