/**
 * What can one source send, and when would it arrive?
 *
 * A *take* is one possible parcel of one source: how many units of each line. Undivided takes send a line
 * whole or not at all, divided ones any number of units. Takes that cannot be sent (too heavy, nothing
 * departs) or would arrive too late to matter are never listed. A take's units are one whole number, its
 * *state*: digits in a mixed radix, so that states of different sources add up.
 */
import { NEVER } from '../base/time.ts';
import type { PlanProblem } from './routing.ts';

// The exact search holds a value per state and walks takes × states. 4,096 states are twelve whole lines,
// or six lines of three units; 200,000 takes are some 10 MB. Larger orders go to wide.ts.
const MAX_STATES = 4_096;
const MAX_TAKES = 200_000;

/** All takes of a problem, by descending source. */
export type Takes = {
  readonly isDivided: boolean;
  /** Largest digit of each line: 1, or the units wanted. */
  readonly caps: readonly number[];
  /** Value of one step of each line's digit. */
  readonly weights: readonly number[];
  readonly stateCount: number;
  readonly source: number[];
  readonly state: number[];
  readonly endMinute: number[];
  readonly incomingUnits: number[];
  readonly costMinor: number[];
};

export type Space = {
  readonly problem: PlanProblem;
  /** Takes of the kind, or `undefined` when there are too many to list. */
  takes(isDivided: boolean): Takes | undefined;
  /** Ends at which something more becomes possible; unsorted, may repeat. */
  ends(): Iterable<number>;
};

/** The takes of a problem that end on `latestDate` or before, listed when first asked for. */
export function spaceOf(problem: PlanProblem, latestDate: number): Space {
  const listed: { whole?: Takes | undefined; divided?: Takes | undefined } = {};
  const takes = (isDivided: boolean): Takes | undefined => {
    const key = isDivided ? 'divided' : 'whole';
    if (!(key in listed)) listed[key] = listTakes(problem, isDivided, latestDate);
    return listed[key];
  };
  return { problem, takes, ends: () => endsOf(problem, takes, latestDate) };
}

/** True when some line wants more than one unit, so that dividing means something. */
export function canDivide(problem: PlanProblem): boolean {
  return problem.supply.quantities.some((quantity) => quantity > 1);
}

function endsOf(
  problem: PlanProblem,
  takes: (isDivided: boolean) => Takes | undefined,
  latestDate: number,
): number[] {
  const kinds = canDivide(problem) ? [false, true] : [false];
  const ends: number[] = [];
  for (const isDivided of kinds) {
    const list = takes(isDivided);
    if (list === undefined) return endsOfFewUnits(problem, latestDate);
    for (const end of list.endMinute) ends.push(end);
  }
  return ends;
}

/** Ends to try when the takes are too many to list: each source with one unit, each line, and all it has. */
function endsOfFewUnits(problem: PlanProblem, latestDate: number): number[] {
  const { supply } = problem;
  const ends: number[] = [];
  const add = (end: number) => {
    if (end < NEVER && problem.dateOf(end) <= latestDate) ends.push(end);
  };
  for (let at = 0; at < problem.sourceCount; at += 1) {
    const source = problem.sources[at] ?? 0;
    let units = 0;
    let usable = 0;
    for (let line = 0; line < supply.lineCount; line += 1) {
      const cell = source * supply.lineCount + line;
      const available = supply.available[cell] ?? 0;
      if (available === 0) continue;
      const isIncoming = available > (supply.onHand[cell] ?? 0);
      const lineUsable = isIncoming ? supply.usableMinute(source, line, available) : 0;
      add(problem.endMinute(source, 1, isIncoming ? supply.usableMinute(source, line, 1) : 0));
      add(problem.endMinute(source, available, lineUsable));
      units += available;
      usable = Math.max(usable, lineUsable);
    }
    if (units > 0) add(problem.endMinute(source, units, usable));
  }
  return ends;
}

function listTakes(
  problem: PlanProblem,
  isDivided: boolean,
  latestDate: number,
): Takes | undefined {
  const { supply } = problem;
  const caps: number[] = [];
  const weights: number[] = [];
  let stateCount = 1;
  for (const quantity of supply.quantities) {
    const cap = isDivided ? quantity : 1;
    caps.push(cap);
    weights.push(stateCount);
    stateCount *= cap + 1;
    if (stateCount > MAX_STATES) return undefined;
  }
  const takes: Takes = {
    isDivided,
    caps,
    weights,
    stateCount,
    source: [],
    state: [],
    endMinute: [],
    incomingUnits: [],
    costMinor: [],
  };
  for (let at = problem.sourceCount - 1; at >= 0; at -= 1) {
    addTakes(takes, { problem, source: problem.sources[at] ?? 0, latestDate }, NOTHING);
    if (takes.source.length > MAX_TAKES) return undefined;
  }
  return takes;
}

type Partial = {
  /** Lines before this one are decided. */
  readonly line: number;
  readonly state: number;
  readonly units: number;
  readonly incomingUnits: number;
  readonly usableMinute: number;
  readonly grams: number;
  readonly cm3: number;
};

const NOTHING: Partial = {
  line: 0,
  state: 0,
  units: 0,
  incomingUnits: 0,
  usableMinute: 0,
  grams: 0,
  cm3: 0,
};

type Sender = {
  readonly problem: PlanProblem;
  readonly source: number;
  readonly latestDate: number;
};

/** Lists every larger take that adds units of the lines still open; one that cannot be sent has no larger one that can. */
function addTakes(takes: Takes, sender: Sender, partial: Partial): void {
  const { problem, source } = sender;
  const { supply } = problem;
  for (let line = partial.line; line < supply.lineCount; line += 1) {
    const available = supply.available[source * supply.lineCount + line] ?? 0;
    const wanted = supply.quantities[line] ?? 0;
    if (!takes.isDivided && available < wanted) continue;
    const step = takes.isDivided ? 1 : wanted;
    for (let quantity = step; quantity <= available; quantity += step) {
      if (takes.source.length > MAX_TAKES) return;
      const next = withLine(partial, { sender, line, quantity });
      const digit = takes.isDivided ? quantity : 1;
      const taken = { ...next, state: partial.state + digit * (takes.weights[line] ?? 0) };
      if (!pushTake(takes, sender, taken)) break;
      addTakes(takes, sender, taken);
    }
  }
}

function withLine(
  partial: Partial,
  added: { readonly sender: Sender; readonly line: number; readonly quantity: number },
): Partial {
  const { line, quantity } = added;
  const { problem, source } = added.sender;
  const { supply } = problem;
  const incoming = Math.max(0, quantity - (supply.onHand[source * supply.lineCount + line] ?? 0));
  return {
    line: line + 1,
    state: 0,
    units: partial.units + quantity,
    incomingUnits: partial.incomingUnits + incoming,
    usableMinute:
      incoming === 0
        ? partial.usableMinute
        : Math.max(partial.usableMinute, supply.usableMinute(source, line, quantity)),
    grams: partial.grams + quantity * (supply.gramsPerUnit[line] ?? 0),
    cm3: partial.cm3 + quantity * (supply.cm3PerUnit[line] ?? 0),
  };
}

/** Lists the take; false when it cannot be sent or comes too late. */
function pushTake(takes: Takes, sender: Sender, taken: Partial): boolean {
  const { problem, source, latestDate } = sender;
  if (taken.grams > problem.maxParcelGrams || taken.cm3 > problem.maxParcelCm3) return false;
  const costMinor = problem.costMinor(source, taken.grams, taken.cm3);
  if (costMinor < 0) return false;
  const endMinute = problem.endMinute(source, taken.units, taken.usableMinute);
  if (endMinute >= NEVER || problem.dateOf(endMinute) > latestDate) return false;
  takes.source.push(source);
  takes.state.push(taken.state);
  takes.endMinute.push(endMinute);
  takes.incomingUnits.push(taken.incomingUnits);
  takes.costMinor.push(costMinor);
  return true;
}
