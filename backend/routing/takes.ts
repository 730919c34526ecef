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
  ends(isDivided: boolean): readonly number[];
  /** The takes of the kind were asked for. */
  isListed(isDivided: boolean): boolean;
  /** Some take was left out because it ends after the latest date. */
  isCut(): boolean;
};

/** The takes of a problem that end on `latestDate` or before, listed when first asked for. */
export function spaceOf(problem: PlanProblem, latestDate: number): Space {
  const listing: Listing = { problem, latestDate, isCut: false };
  const listed: (Takes | undefined)[] = [];
  const asked = [false, false];
  const takes = (isDivided: boolean): Takes | undefined => {
    const kind = isDivided ? 1 : 0;
    if (asked[kind] !== true) {
      asked[kind] = true;
      listed[kind] = listTakes(listing, isDivided);
    }
    return listed[kind];
  };
  const ends = (isDivided: boolean) => takes(isDivided)?.endMinute ?? endsOfFewUnits(listing);
  const isListed = (isDivided: boolean) => asked[isDivided ? 1 : 0] === true;
  return { problem, takes, ends, isListed, isCut: () => listing.isCut };
}

/** What is being listed; `isCut` is set when a take ends too late. */
type Listing = {
  readonly problem: PlanProblem;
  readonly latestDate: number;
  isCut: boolean;
};

/** True when some line wants more than one unit, so that dividing means something. */
export function canDivide(problem: PlanProblem): boolean {
  const { quantities, lineCount } = problem.supply;
  for (let line = 0; line < lineCount; line += 1) if ((quantities[line] ?? 0) > 1) return true;
  return false;
}

/** Ends to try when the takes are too many to list: each source with one unit, each line, and all it has. */
function endsOfFewUnits(listing: Listing): number[] {
  const { problem } = listing;
  const { supply } = problem;
  const ends: number[] = [];
  const add = (end: number) => {
    if (isInReach(listing, end)) ends.push(end);
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

/** Ends in time; one that ends too late is noted. */
function isInReach(listing: Listing, endMinute: number): boolean {
  if (endMinute >= NEVER) return false;
  if (listing.problem.dateOf(endMinute) <= listing.latestDate) return true;
  listing.isCut = true;
  return false;
}

function listTakes(listing: Listing, isDivided: boolean): Takes | undefined {
  const { problem } = listing;
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
    const source = problem.sources[at] ?? 0;
    if (!isInReach(listing, problem.endMinute(source, 1, 0))) continue;
    if (isDivided) addTakes(takes, { listing, source }, NOTHING);
    else addWholeTakes(takes, listing, source);
    if (takes.source.length > MAX_TAKES) return undefined;
  }
  return takes;
}

/** Lists every set of whole lines that the source can send in one parcel. */
function addWholeTakes(takes: Takes, listing: Listing, source: number): void {
  const { problem } = listing;
  const { supply } = problem;
  const { lineCount } = supply;
  // By set of the lines the source has whole: sums, each from the set without its lowest line.
  const lines: number[] = [];
  for (let line = 0; line < lineCount; line += 1) {
    const available = supply.available[source * lineCount + line] ?? 0;
    if (available >= (supply.quantities[line] ?? 0)) lines.push(line);
  }
  const sets: (WholeSet | undefined)[] = [EMPTY_SET];
  for (let set = 1; set < 1 << lines.length; set += 1) {
    const lowest = 31 - Math.clz32(set & -set);
    const rest = sets[set & (set - 1)];
    const line = lines[lowest] ?? 0;
    sets[set] = rest && pushWhole(takes, listing, withWholeLine(supply, rest, { source, line }));
  }
}

type WholeSet = Omit<Partial, 'line'> & { readonly source: number };

const EMPTY_SET: WholeSet = {
  source: 0,
  state: 0,
  units: 0,
  incomingUnits: 0,
  usableMinute: 0,
  grams: 0,
  cm3: 0,
};

function withWholeLine(
  supply: PlanProblem['supply'],
  set: WholeSet,
  added: { readonly source: number; readonly line: number },
): WholeSet {
  const { source, line } = added;
  const quantity = supply.quantities[line] ?? 0;
  const incoming = quantity - (supply.onHand[source * supply.lineCount + line] ?? 0);
  const usable = incoming > 0 ? supply.usableMinute(source, line, quantity) : 0;
  return {
    source,
    state: set.state + (1 << line),
    units: set.units + quantity,
    incomingUnits: set.incomingUnits + Math.max(0, incoming),
    usableMinute: Math.max(set.usableMinute, usable),
    grams: set.grams + quantity * (supply.gramsPerUnit[line] ?? 0),
    cm3: set.cm3 + quantity * (supply.cm3PerUnit[line] ?? 0),
  };
}

/** Lists the set and gives it back; `undefined` when it cannot be sent or comes too late, and so no larger one. */
function pushWhole(takes: Takes, listing: Listing, set: WholeSet): WholeSet | undefined {
  return pushTake(takes, { listing, source: set.source }, set) ? set : undefined;
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

type Sender = { readonly listing: Listing; readonly source: number };

/** Lists every larger take that adds units of the lines still open; one that cannot be sent has no larger one that can. */
function addTakes(takes: Takes, sender: Sender, partial: Partial): void {
  const { listing, source } = sender;
  const { supply } = listing.problem;
  for (let line = partial.line; line < supply.lineCount; line += 1) {
    const available = supply.available[source * supply.lineCount + line] ?? 0;
    for (let quantity = 1; quantity <= available; quantity += 1) {
      if (takes.source.length > MAX_TAKES) return;
      const next = withLine(partial, { sender, line, quantity });
      const taken = { ...next, state: partial.state + quantity * (takes.weights[line] ?? 0) };
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
  const { listing, source } = added.sender;
  const { supply } = listing.problem;
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
function pushTake(takes: Takes, sender: Sender, taken: Omit<Partial, 'line'>): boolean {
  const { listing, source } = sender;
  const { problem } = listing;
  if (taken.grams > problem.maxParcelGrams || taken.cm3 > problem.maxParcelCm3) return false;
  const costMinor = problem.costMinor(source, taken.grams, taken.cm3);
  if (costMinor < 0) return false;
  const endMinute = problem.endMinute(source, taken.units, taken.usableMinute);
  if (!isInReach(listing, endMinute)) return false;
  takes.source.push(source);
  takes.state.push(taken.state);
  takes.endMinute.push(endMinute);
  takes.incomingUnits.push(taken.incomingUnits);
  takes.costMinor.push(costMinor);
  return true;
}
