/**
 * How long do the sources of one ship still make it in time?
 *
 * By the deadlines of quote-memory.ts; an upper bound that no plan passes and a minute at which one is known, which
 * are the same for all but orders whose units or weights decide.
 */
import { NEVER } from '../base/time.ts';
import { laneCostMinor } from '../network/lanes.ts';
import { breaksParcelLimit } from '../network/limits.ts';
import { billableGrams } from '../network/prices.ts';
import { type Ask, type ParcelWork, readyAtSource } from './quote-ask.ts';
import { deadlineAt, deadlineOfOne } from './quote-memory.ts';
import { arrivalAt, leavingOf, type Ship, slotOf, tableOf, termsOf } from './quote-ship.ts';

/** Departures not looked up yet; −1 stands for "none in time". */
export const NOT_ASKED = -2;

export type InTime = {
  readonly endMinute: number;
  /** By source: index of the last departure that arrives by `endMinute`. */
  readonly lastIndexes: Int32Array | undefined;
};

/**
 * How long a ship makes it: `most`, which no plan can pass because some line lacks units by then, and `latest`,
 * a minute of at least `least` at which a plan is known: one source with everything, each line from the source
 * that has it whole for longest, or each line from whichever sources still make it.
 */
export function reachOf(
  ship: Ship,
  inTime: InTime,
  least: number,
): { readonly most: number; readonly latest: number } {
  const { ask } = ship;
  const { supply } = ask;
  const { lineCount } = supply;
  const any = new Int32Array(lineCount).fill(-1);
  const whole = new Int32Array(lineCount).fill(-1);
  const wholeSource = new Int32Array(lineCount).fill(-1);
  let latest = least;
  for (let at = 0; at < ship.sourceCount; at += 1) {
    const source = ship.sources[at] ?? 0;
    const last = lastOfOne(ship, source, inTime);
    if (last <= latest) continue;
    if (supply.wholeLines[source] === lineCount) {
      latest = Math.max(latest, lastOfWhole(ship, source, inTime));
    }
    for (let line = 0; line < lineCount; line += 1) {
      const available = supply.available[source * lineCount + line] ?? 0;
      if (available === 0) continue;
      if (last > (any[line] ?? 0)) any[line] = last;
      if (available < (supply.quantities[line] ?? 0) || last <= (whole[line] ?? 0)) continue;
      whole[line] = last;
      wholeSource[line] = source;
    }
  }
  if (leastOf(any) <= latest) return { most: latest, latest };
  if (leastOf(whole) > latest) {
    const parcels = new Map<number, number[]>();
    for (let line = 0; line < lineCount; line += 1) {
      give(parcels, lineCount, {
        source: wholeSource[line] ?? 0,
        line,
        units: supply.quantities[line] ?? 0,
      });
    }
    latest = Math.max(latest, lastOfParcels(ship, parcels, inTime));
  }
  return reachDivided(ship, inTime, latest);
}

/** The last `at` at which one unit of the source arrives in time; −1 when none does. */
function lastOfOne(ship: Ship, source: number, inTime: InTime): number {
  if ((ship.endOne[source] ?? NEVER) > inTime.endMinute) return -1;
  const index = lastIndexBy(ship, source, inTime);
  return index < 0 ? -1 : deadlineOfOne(ship.ask.memory, slotOf(ship, source), index);
}

/** Adds up the sources that make it longest until each line has units enough; tries that plan. */
function reachDivided(
  ship: Ship,
  inTime: InTime,
  latest: number,
): { readonly most: number; readonly latest: number } {
  const { supply } = ship.ask;
  const { lineCount } = supply;
  const senders: { readonly source: number; readonly last: number }[] = [];
  for (let at = 0; at < ship.sourceCount; at += 1) {
    const source = ship.sources[at] ?? 0;
    const last = lastOfOne(ship, source, inTime);
    if (last > latest) senders.push({ source, last });
  }
  senders.sort((a, b) => b.last - a.last || a.source - b.source);
  const parcels = new Map<number, number[]>();
  let most = NEVER;
  for (let line = 0; line < lineCount; line += 1) {
    let missing = supply.quantities[line] ?? 0;
    for (const { source, last } of senders) {
      const units = Math.min(missing, supply.available[source * lineCount + line] ?? 0);
      if (units === 0) continue;
      give(parcels, lineCount, { source, line, units });
      missing -= units;
      most = Math.min(most, last);
      if (missing === 0) break;
    }
    if (missing > 0) return { most: latest, latest };
  }
  return { most, latest: Math.max(latest, lastOfParcels(ship, parcels, inTime)) };
}

function give(
  parcels: Map<number, number[]>,
  lineCount: number,
  given: { readonly source: number; readonly line: number; readonly units: number },
): void {
  const quantities = parcels.get(given.source) ?? new Array<number>(lineCount).fill(0);
  quantities[given.line] = given.units;
  parcels.set(given.source, quantities);
}

function leastOf(values: Int32Array): number {
  let least = NEVER;
  for (let at = 0; at < values.length; at += 1) least = Math.min(least, values[at] ?? 0);
  return least;
}

/** The last `at` at which a source that has everything still makes it alone; −1 when it never does. */
function lastOfWhole(ship: Ship, source: number, inTime: InTime): number {
  if (!fitsWhole(ship, source)) return -1;
  const { ask } = ship;
  const index = lastIndexBy(ship, source, inTime);
  return lastAtFor(ship, source, {
    units: ask.units,
    usableMinute: usableOfAll(ask, source),
    index,
  });
}

/** The same for a plan, given as units of each line by source; −1 when a parcel cannot be sent. */
function lastOfParcels(
  ship: Ship,
  parcels: ReadonlyMap<number, readonly number[]>,
  inTime: InTime,
): number {
  let latest = NEVER;
  for (const [source, quantities] of parcels) {
    latest = Math.min(latest, lastOfParcel(ship, { source, quantities }, inTime));
  }
  return latest;
}

function lastOfParcel(
  ship: Ship,
  parcel: { readonly source: number; readonly quantities: readonly number[] },
  inTime: InTime,
): number {
  const { ask, service } = ship;
  const { supply } = ask;
  const { source, quantities } = parcel;
  let units = 0;
  let grams = 0;
  let cm3 = 0;
  let usableMinute = 0;
  for (let line = 0; line < supply.lineCount; line += 1) {
    const quantity = quantities[line] ?? 0;
    units += quantity;
    grams += quantity * (supply.gramsPerUnit[line] ?? 0);
    cm3 += quantity * (supply.cm3PerUnit[line] ?? 0);
    if (quantity > (supply.onHand[source * supply.lineCount + line] ?? 0)) {
      usableMinute = Math.max(usableMinute, supply.usableMinute(source, line, quantity));
    }
  }
  if (breaksParcelLimit(service.source, grams, cm3)) return -1;
  const cost = laneCostMinor(termsOf(ship, source), billableGrams(service.source, grams, cm3));
  if (cost < 0) return -1;
  const index = lastIndexBy(ship, source, inTime);
  return lastAtFor(ship, source, { units, usableMinute, index });
}

function usableOfAll(ask: Ask, source: number): number {
  const { supply } = ask;
  let usable = 0;
  for (let line = 0; line < supply.lineCount; line += 1) {
    const quantity = supply.quantities[line] ?? 0;
    if (quantity <= (supply.onHand[source * supply.lineCount + line] ?? 0)) continue;
    usable = Math.max(usable, supply.usableMinute(source, line, quantity));
  }
  return usable;
}

function fitsWhole(ship: Ship, source: number): boolean {
  const { ask, service } = ship;
  return (
    !breaksParcelLimit(service.source, ask.grams, ask.cm3) &&
    laneCostMinor(termsOf(ship, source), billableGrams(service.source, ask.grams, ask.cm3)) >= 0
  );
}

/** The last `at` at which a parcel makes the departure at `index`. */
export function lastAtFor(
  ship: Ship,
  source: number,
  parcel: ParcelWork & { readonly index: number },
): number {
  const { ask } = ship;
  const { units, usableMinute, index } = parcel;
  if (index < 0) return -1;
  const departure = tableOf(ship, source)?.minutes[index] ?? -1;
  // Incoming stock is there at its own instant whenever the order is placed: in time now, in time always.
  if (usableMinute > ask.atMinute && readyAtSource(ask, source, parcel) > departure) return -1;
  return deadlineAt(ask.memory, leavingOf(ship, source, units), index);
}

/** Index of the last departure of the source that arrives by `endMinute`; −1 when none does. */
export function lastIndexBy(
  ship: Ship,
  source: number,
  { endMinute, lastIndexes }: InTime,
): number {
  const known = lastIndexes?.[source] ?? NOT_ASKED;
  if (known !== NOT_ASKED) return known;
  const count = tableOf(ship, source)?.minutes.length ?? 0;
  // Each later departure arrives later or together: go forward from the one that is made now.
  let last = -1;
  let index = ship.indexOne[source] ?? 0;
  while (index < count && arrivalAt(ship, source, index) <= endMinute) {
    last = index;
    index += 1;
  }
  if (lastIndexes !== undefined) lastIndexes[source] = last;
  return last;
}
