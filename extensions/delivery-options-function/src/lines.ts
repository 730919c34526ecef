/**
 * Does what we were told still hold for this basket, moment and destination? One plain pass over the lines: a
 * call or an object per line costs a tenth of what the line costs to receive.
 */
import type { CartPromiseJson } from '../../../backend/contract/cart-promise.ts';
import { postalKey } from '../../../backend/contract/destination.ts';
import { ORDER_BY_TIMES } from '../../../backend/contract/order-by-bucket.ts';
import type { Group, Input, Line } from './input.ts';

/** Made today (shop's day), not past its order-by bucket, for every group's destination and for these lines. */
export function holds(promise: CartPromiseJson, { shop, cart }: Input): boolean {
  const at = shop.localTime;
  // Eight overlapping spans tell fifteen buckets apart (a Johnson counter): how many are past?
  const spans = +at.t0 + +at.t1 + +at.t2 + +at.t3 + +at.t4 + +at.t5 + +at.t6;
  const past = (at.t7 ? 15 - spans : spans) * 6;
  if (promise.v !== 1 || promise.d !== at.date) return false;
  // The next bucket ahead, 24:00 when none is.
  if (promise.b !== '' && ORDER_BY_TIMES.slice(past, past + 5) > promise.b) return false;
  for (let group = 0; group < cart.deliveryGroups.length; group++) {
    const place = (cart.deliveryGroups[group] as Group).deliveryAddress;
    if (place?.countryCode !== promise.c) return false;
    if (place.zip !== promise.z && postalKey(place.zip || '') !== promise.z) return false;
  }
  return promise.f === fingerprint(cart.lines);
}

/** `linesFingerprint` of the contract, written out: 29 characters are `gid://shopify/ProductVariant/`. */
function fingerprint(lines: readonly Line[]): string {
  const { imul } = Math;
  const count = lines.length;
  let units = 0;
  let sum = 0;
  for (let at = 0; at < count; at++) {
    const { q, m } = lines[at] as Line;
    if (!m.i) return '';
    const mix = imul(+m.i.slice(29), 73244475);
    sum += (mix ^ (mix >>> 15)) * q;
    units += q;
  }
  return `${units}-${sum >>> 0}`;
}

/** Whether every line may have a padded date: `normal:` and a day that is still ahead. */
export function areNormal({ shop, cart }: Input): boolean {
  const past = `normal:${shop.localTime.date}`;
  const { lines } = cart;
  const count = lines.length;
  for (let at = 0; at < count; at++) {
    const value = (lines[at] as Line).m.e?.v;
    // "normal:" and a later day sorts behind `past` and before "normal:~"; nothing else that is written does.
    if (!value || value <= past || value > 'normal:~') return false;
  }
  return true;
}
