/**
 * Does what we were told still hold for this basket, moment and destination? One plain pass over the lines: a
 * call or an object per line costs a tenth of what the line costs to receive.
 */
import type { CartPromiseJson } from '../../../backend/contract/cart-promise.ts';
import { postalKey } from '../../../backend/contract/destination.ts';
import { ORDER_BY_TIMES } from '../../../backend/contract/order-by-bucket.ts';
import type { Input } from './input.ts';

/** Made today (shop's day), not past its order-by bucket, for every group's destination and for these lines. */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one pass; every call is paid for by the shopper's wait.
export function holds(promise: CartPromiseJson, { shop, cart }: Input): boolean {
  const t = shop.localTime;
  // Eight overlapping spans tell fifteen buckets apart (a Johnson counter): how many are past?
  let at = +t.t0 + +t.t1 + +t.t2 + +t.t3 + +t.t4 + +t.t5 + +t.t6;
  at = (t.t7 ? 15 - at : at) * 6;
  if (promise.v !== 1 || promise.d !== t.date) return false;
  // The next bucket ahead, 24:00 when none is.
  if (promise.b !== '' && ORDER_BY_TIMES.slice(at, at + 5) > promise.b) return false;
  for (const { deliveryAddress: p } of cart.deliveryGroups) {
    if (p?.countryCode !== promise.c) return false;
    if (p.zip !== promise.z && postalKey(p.zip || '') !== promise.z) return false;
  }
  // `linesFingerprint` of the contract, written out. The last seven characters of an id are its last digits; for a
  // shorter number they are none, the sum is NaN, and a second pass takes the number behind
  // `gid://shopify/ProductVariant/`. A line without a variant throws, which costs less than asking each line.
  let sum = 0;
  let i: number;
  try {
    for (const l of cart.lines) {
      i = +(l.m.i as string).slice(-7);
      sum += ++i * ((i % 997) + 1) * l.q;
    }
    if (!(sum >= 0)) {
      sum = 0;
      for (const l of cart.lines) {
        i = +(l.m.i as string).slice(29) % 1e7;
        sum += ++i * ((i % 997) + 1) * l.q;
      }
    }
  } catch {
    return false;
  }
  return promise.f === `${sum}`;
}

/** Whether every line may have a padded date: `n` and a day that is still ahead. */
export function areNormal({ shop, cart }: Input): boolean {
  const d = `n${shop.localTime.date}`;
  let v: string | undefined;
  for (const l of cart.lines) {
    v = l.m.e?.v;
    // "n" and a later day sorts behind `d` and before "n3"; nothing else that is written does.
    if (!((v as string) > d && (v as string) < 'n3')) return false;
  }
  return true;
}
