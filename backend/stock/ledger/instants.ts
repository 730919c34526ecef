/**
 * Instants as the ledger compares them: whole microseconds since 1970, as the database keeps them.
 */

/** An ISO instant in whole microseconds since 1970, as the database keeps it. */
export function toMicros(instant: string): number {
  return Number(Temporal.Instant.from(instant).epochNanoseconds / 1_000n);
}

/** Those microseconds as an ISO instant. */
export function instantOf(micros: number): string {
  return Temporal.Instant.fromEpochNanoseconds(BigInt(micros) * 1_000n).toString();
}

/**
 * Reads the instants of a batch as `toMicros` does; undefined: it is none. Instants of one minute share the reading of that
 * minute, which is what costs.
 */
export function createInstantReader(): (instant: string) => number | undefined {
  const minutes = new Map<string, number>();
  return (instant) => {
    const rest = microsOfMinute(instant);
    if (rest === undefined) return microsOrNone(instant);
    const minute = instant.slice(0, MINUTE_LENGTH);
    let micros = minutes.get(minute);
    if (micros === undefined) {
      micros = microsOrNone(`${minute}Z`);
      if (micros === undefined) return microsOrNone(instant);
      minutes.set(minute, micros);
    }
    return micros + rest;
  };
}

function microsOrNone(instant: string): number | undefined {
  try {
    return toMicros(instant);
  } catch {
    return undefined;
  }
}

// 2026-11-23T12:34
const MINUTE_LENGTH = 16;
const SHAPE = [
  [4, '-'],
  [7, '-'],
  [10, 'T'],
  [13, ':'],
  [MINUTE_LENGTH, ':'],
] as const;
const MICROS_DIGITS = 6;

/** The part of `2026-11-23T12:34:56.789Z` below the minute; undefined: it is written otherwise. */
function microsOfMinute(instant: string): number | undefined {
  const end = instant.length - 1;
  if (instant[end] !== 'Z' || SHAPE.some(([place, sign]) => instant[place] !== sign)) {
    return undefined;
  }
  const seconds = digitsOf(instant, MINUTE_LENGTH + 1, MINUTE_LENGTH + 3);
  // Second 60 is Temporal's to judge.
  if (seconds === undefined || seconds > 59) return undefined;
  const point = MINUTE_LENGTH + 3;
  if (end === point) return seconds * 1_000_000;
  const digits = end - point - 1;
  if (instant[point] !== '.' || digits < 1 || digits > MICROS_DIGITS) return undefined;
  const fraction = digitsOf(instant, point + 1, end);
  if (fraction === undefined) return undefined;
  return seconds * 1_000_000 + fraction * 10 ** (MICROS_DIGITS - digits);
}

function digitsOf(text: string, from: number, to: number): number | undefined {
  let value = 0;
  for (let index = from; index < to; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    value = value * 10 + digit;
  }
  return value;
}
