/**
 * Seeded random numbers for the demo: the same seed gives the same retailer on every machine, for ever.
 *
 * `sfc32` (Chris Doty-Humphrey, public domain), seeded by a hash of a text, so that each part of the demo
 * draws from its own stream and a change of one part never moves another.
 */

/** A stream of numbers in [0, 1) and what is drawn from it. */
export type Random = {
  /** The next number in [0, 1). */
  readonly next: () => number;
  /** A whole number from `from` to `to`, both included. */
  readonly whole: (from: number, to: number) => number;
  /** One of the given things. */
  readonly pick: <T>(things: readonly [T, ...T[]]) => T;
  /** True with this chance. */
  readonly chance: (share: number) => boolean;
};

/** The stream of this name. */
export function randomOf(name: string): Random {
  const next = sfc32(hash(name, 1), hash(name, 2), hash(name, 3));
  for (let warm = 0; warm < 12; warm += 1) next();
  const whole = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    whole,
    pick: (things) => things[whole(0, things.length - 1)] ?? things[0],
    chance: (share) => next() < share,
  };
}

// FNV-1a, 32 bits, salted.
function hash(text: string, salt: number): number {
  let state = 0x811c9dc5 ^ salt;
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  return state >>> 0;
}

function sfc32(seedA: number, seedB: number, seedC: number): () => number {
  let [a, b, c, counter] = [seedA | 0, seedB | 0, seedC | 0, 1];
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
}
