/**
 * The leaky bucket of one app in one shop: how many points are there, and may this operation run now?
 *
 * An operation runs when the bucket holds its requested cost; what it did not use comes back with the answer. The
 * bucket holds 20 seconds of the plan's restore rate and is full at the start. Time is an argument.
 * Source: https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits
 */
import type { Settings } from '../settings.ts';

/** Points restored a second. */
const RESTORE_RATES: Readonly<Record<Settings['plan'], number>> = {
  basic: 100,
  advanced: 200,
  plus: 1_000,
};
const BUCKET_SECONDS = 20;
/** What a single query may ask for, however full the bucket is. */
export const QUERY_COST_MAX = 1_000;

export type ThrottleStatus = {
  maximumAvailable: number;
  currentlyAvailable: number;
  restoreRate: number;
};
export type Throttle = {
  /** Takes the points when they are there; false: nothing was taken. */
  take(points: number): boolean;
  /** Gives back what an operation did not use. */
  refund(points: number): void;
  status(): ThrottleStatus;
};

/** A full bucket of the plan the shop is on at each moment. */
export function createThrottle({
  plan,
  nowMs,
}: {
  plan: () => Settings['plan'];
  nowMs: () => number;
}): Throttle {
  const rate = (): number => RESTORE_RATES[plan()];
  let points = rate() * BUCKET_SECONDS;
  let countedAt = nowMs();
  const restore = (): number => {
    const maximum = rate() * BUCKET_SECONDS;
    const now = nowMs();
    const elapsedMs = Math.max(0, now - countedAt);
    points = Math.min(maximum, points + (elapsedMs * rate()) / 1_000);
    countedAt = now;
    return points;
  };
  return {
    take(cost) {
      if (restore() < cost) return false;
      points -= cost;
      return true;
    },
    refund(cost) {
      points = Math.min(rate() * BUCKET_SECONDS, restore() + cost);
    },
    status: () => ({
      maximumAvailable: rate() * BUCKET_SECONDS,
      currentlyAvailable: Math.floor(restore()),
      restoreRate: rate(),
    }),
  };
}
