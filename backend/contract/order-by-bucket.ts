/**
 * Times of the shop's day a Function can tell apart. A Function has no clock, only questions its input query asks
 * (platform decision 5): with a query cost of 30 in all, eight `timeBetween` fields are left for them, and eight
 * overlapping spans tell fifteen instants apart (a Johnson counter). They are half hours where carriers
 * collect, whole hours around. An order-by time is rounded down to one of them, so a promise is dropped
 * up to an hour early and never late.
 */

/** Shop-local times, ascending, six characters each; span k of the input query is `[k, k + 8)`, the last runs to midnight. */
export const ORDER_BY_TIMES =
  '10:00 11:00 12:00 12:30 13:00 13:30 14:00 14:30 15:00 15:30 16:00 16:30 17:00 18:00 20:00 24:00';

/** The last bucket at or before a shop-local time `HH:MM`; `"00:00"` (passed all day) when there is none. */
export function orderByBucket(time: string): string {
  let bucket = '00:00';
  for (const candidate of ORDER_BY_TIMES.split(' ')) if (candidate <= time) bucket = candidate;
  return bucket;
}
