/** Seeded chance: the same seed gives the same choices on every machine (mulberry32). */

export type Random = {
  /** In `[0, 1)`. */
  next(): number;
  /** Whole number in `[low, high]`. */
  int(low: number, high: number): number;
  /** True in this share of the calls. */
  chance(share: number): boolean;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** Each element with this share. */
  some<T>(from: readonly T[], share: number): T[];
};

export function randomFrom(seed: number): Random {
  let state = (seed * 2_654_435_761 + 0x9e37_79b9) | 0;
  const next = (): number => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    int,
    chance: (share) => next() < share,
    pick: (from) => from[int(0, from.length - 1)] ?? from[0],
    some: (from, share) => from.filter(() => next() < share),
  };
}
