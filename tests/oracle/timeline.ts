/**
 * A step function of `at`, kept as a table of minutes: rule 7 asks when it next changes.
 *
 * Inputs: a function of an instant, the span of instants. Outputs: its value at an instant and the next minute at which
 * the value is another one. Every minute between is really looked at; nothing is assumed about the function.
 */
import { NEVER, type Span } from './open-hours.ts';

export type Timeline = {
  /** The value at this instant; `NEVER` for none. */
  valueAt(minute: number): number;
  /** The first later minute with another value, at most the end of the span. */
  nextChange(minute: number): number;
};

const UNKNOWN = -NEVER;

/** Values are computed once per minute, on demand. */
export function timeline(span: Span, compute: (minute: number) => number): Timeline {
  const { fromMinute, toMinute } = span;
  const values = new Int32Array(toMinute - fromMinute).fill(UNKNOWN);
  const changes = new Int32Array(toMinute - fromMinute).fill(UNKNOWN);
  const valueAt = (minute: number): number => {
    const known = values[minute - fromMinute];
    if (known === undefined) throw new Error(`minute ${minute} outside the oracle's span`);
    if (known !== UNKNOWN) return known;
    const value = compute(minute);
    values[minute - fromMinute] = value;
    return value;
  };
  return {
    valueAt,
    nextChange(minute) {
      const known = changes[minute - fromMinute] ?? UNKNOWN;
      if (known !== UNKNOWN) return known;
      const value = valueAt(minute);
      let next = minute + 1;
      while (next < toMinute && valueAt(next) === value) next += 1;
      changes.fill(next, minute - fromMinute, next - fromMinute);
      return next;
    },
  };
}
