/**
 * How many points does Shopify still hold for us in one shop?
 *
 * A model of the leaky bucket that Shopify keeps: what was there, what flows in each second, what every call takes
 * the moment it leaves. In: calls sent and what their answers say of the bucket. Out: points that can be spent now.
 * Invariants: nothing is known at first, so the bucket counts as empty with the slowest flow; an answer can only say
 * how it was when it was written, so calls sent after its own are taken off it; whatever somebody else spent shows in
 * the next answer and lowers the model at once. Time is an argument, in milliseconds that only run forward.
 * Source: https://shopify.dev/docs/api/usage/limits (extensions.cost.throttleStatus)
 */

/** What an answer says of its price and of the bucket. */
export type CostReport = {
  readonly requested: number;
  /** Undefined: the call did not run. */
  readonly actual: number | undefined;
  readonly available: number;
  readonly capacity: number;
  readonly restorePerSecond: number;
};

/** A call that took its points, as `settleCall` wants it back. */
export type SentCall = {
  readonly sentAtMs: number;
  readonly sentPoints: number;
  readonly points: number;
};

/** The model of one shop's bucket. Only this file changes it. */
export type Bucket = {
  capacity: number;
  restorePerSecond: number;
  points: number;
  asOfMs: number;
  isLearned: boolean;
  /** All that was ever taken: what was sent after a call is one subtraction away. */
  sentPoints: number;
};

// The smallest that any plan has had: to believe less costs a moment at the start, to believe more a refused call.
const LEAST_CAPACITY = 1_000;
const LEAST_RESTORE_PER_SECOND = 50;

/** A bucket of which nothing is known. */
export function createBucket(nowMs: number): Bucket {
  return {
    capacity: LEAST_CAPACITY,
    restorePerSecond: LEAST_RESTORE_PER_SECOND,
    points: 0,
    asOfMs: nowMs,
    isLearned: false,
    sentPoints: 0,
  };
}

function refill(bucket: Bucket, nowMs: number): void {
  const flowed = (Math.max(0, nowMs - bucket.asOfMs) * bucket.restorePerSecond) / 1_000;
  bucket.points = Math.min(bucket.capacity, bucket.points + flowed);
  bucket.asOfMs = nowMs;
}

/** Points to spend now. */
export function pointsNow(bucket: Bucket, nowMs: number): number {
  refill(bucket, nowMs);
  return bucket.points;
}

/** Milliseconds until `points` are there; 0: they are. More than the bucket holds is asked for as a full bucket. */
export function millisecondsUntil(bucket: Bucket, points: number, nowMs: number): number {
  refill(bucket, nowMs);
  const missing = Math.min(points, bucket.capacity) - bucket.points;
  return missing <= 0 ? 0 : Math.ceil((missing / bucket.restorePerSecond) * 1_000);
}

/** Takes a call's points; the returned value goes with its answer to `settleCall`. */
export function takePoints(bucket: Bucket, points: number, nowMs: number): SentCall {
  refill(bucket, nowMs);
  bucket.points -= points;
  bucket.sentPoints += points;
  return { sentAtMs: nowMs, sentPoints: bucket.sentPoints, points };
}

/** Learns from the answer of a call; without a report (nothing came back) the points stay spent. */
export function settleCall(
  bucket: Bucket,
  call: SentCall,
  report: CostReport | undefined,
  nowMs: number,
): void {
  refill(bucket, nowMs);
  if (report === undefined) return;
  bucket.capacity = Math.max(1, report.capacity);
  bucket.restorePerSecond = Math.max(1, report.restorePerSecond);
  bucket.isLearned = true;
  // What was taken at sending and not charged after all.
  bucket.points += call.points - (report.actual ?? 0);
  const sentSincePoints = bucket.sentPoints - call.sentPoints;
  const surelyThere = report.available - sentSincePoints;
  // An answer is written in the second half of its way: more has not flowed in since. Believing more would hide for ever
  // what another replica spent, and with it the points that are left for its more urgent calls.
  const flowedAtMost = ((nowMs - call.sentAtMs) * bucket.restorePerSecond) / 2_000;
  const mostThere = surelyThere + flowedAtMost;
  bucket.points = Math.min(bucket.capacity, mostThere, Math.max(bucket.points, surelyThere));
  // A refused call says to the point what is there now.
  if (report.actual === undefined) bucket.points = Math.min(bucket.points, surelyThere);
}

// What Shopify asks for when it refuses without numbers (Retry-After is 2 s).
const REFUSED_SECONDS = 2;

/** Shopify refused without numbers (429): nothing leaves for two seconds. */
export function emptyBucket(bucket: Bucket, nowMs: number): void {
  refill(bucket, nowMs);
  bucket.points = Math.min(bucket.points, -REFUSED_SECONDS * bucket.restorePerSecond);
}
