/**
 * Which takes of different sources, together, are exactly the order, at least cost?
 *
 * One pass over the sources from the last to the first by id; for every *state* (units covered so far)
 * the best way to reach it with the sources seen. A source joins at most once, because its takes only
 * extend what stood before its turn. Exact: every part of the order of preference is kept by adding the
 * same parcel to two candidates, so the best cover of a state is part of any best cover that runs through it
 * (sources come in descending id, so the newest parcel is the first of the sorted list of node ids).
 */
import type { PlanProblem } from './routing.ts';
import type { Space, Takes } from './takes.ts';

// Extensions tried before the order counts as too large for the exact search: some 50 ms.
const MAX_STEPS = 3_000_000;

/** Parcels as source and units of each line; sources ascending. */
export type Cover = readonly (readonly [source: number, quantities: readonly number[]])[];

export type CoverQuestion = {
  /** Takes that end later are not used. */
  readonly endMinute: number;
  readonly isDivided: boolean;
  /** Cost before incoming units (`maxDaysLaterForCost`), else after them. */
  readonly isCostFirst: boolean;
};

/** The best cover with the fewest parcels, `undefined` when there is none, `too_large` past the bounds. */
export function cheapestCover(
  space: Space,
  question: CoverQuestion,
): Cover | undefined | 'too_large' {
  const takes = space.takes(question.isDivided);
  if (takes === undefined) return 'too_large';
  if (!canCover(takes, question.endMinute)) return undefined;
  const kept = worthTrying(takes, space.problem, question);
  const search = openSearch(takes, space.problem, { ...question, kept });
  let from = 0;
  while (from < takes.source.length) {
    let to = from + 1;
    while (to < takes.source.length && takes.source[to] === takes.source[from]) to += 1;
    extendBy(search, from, to);
    if (search.steps > MAX_STEPS) return 'too_large';
    from = to;
  }
  const best = search.best[takes.stateCount - 1] ?? NONE;
  return best === NONE ? undefined : coverOf(search, best);
}

/** Quick no: some line cannot be had in full by `endMinute`, however it is divided. */
function canCover(takes: Takes, endMinute: number): boolean {
  const lineCount = takes.caps.length;
  const had = new Array<number>(lineCount).fill(0);
  const most = new Array<number>(lineCount).fill(0);
  const flush = () => {
    for (let line = 0; line < lineCount; line += 1) {
      had[line] = (had[line] ?? 0) + (most[line] ?? 0);
      most[line] = 0;
    }
  };
  for (let take = 0; take < takes.source.length; take += 1) {
    if (take > 0 && takes.source[take] !== takes.source[take - 1]) flush();
    if ((takes.endMinute[take] ?? 0) > endMinute) continue;
    for (let line = 0; line < lineCount; line += 1) {
      const digit = digitOf(takes, takes.state[take] ?? 0, line);
      if (digit > (most[line] ?? 0)) most[line] = digit;
    }
  }
  flush();
  return takes.caps.every((cap, line) => (had[line] ?? 0) >= cap);
}

function digitOf(takes: Takes, state: number, line: number): number {
  const cap = takes.caps[line] ?? 0;
  return Math.floor(state / (takes.weights[line] ?? 1)) % (cap + 1);
}

/**
 * Which takes a best cover may have: those that end in time and, where lines are whole, of each set of lines only
 * the first few by preference. A cover has at most as many parcels as lines, so if it had any other take, one
 * of those first few would be of a free source and no worse.
 */
function worthTrying(takes: Takes, problem: PlanProblem, question: CoverQuestion): Uint8Array {
  const kept = new Uint8Array(takes.source.length);
  const room = takes.caps.length;
  const best = new Int32Array(takes.isDivided ? 0 : takes.stateCount * room).fill(NONE);
  for (let take = 0; take < takes.source.length; take += 1) {
    if ((takes.endMinute[take] ?? 0) > question.endMinute) continue;
    if (takes.isDivided) {
      kept[take] = 1;
      continue;
    }
    const from = (takes.state[take] ?? 0) * room;
    let at = from + room;
    while (at > from && isPreferred({ takes, problem, question }, take, best[at - 1] ?? NONE)) {
      if (at < from + room) best[at] = best[at - 1] ?? NONE;
      at -= 1;
    }
    if (at < from + room) best[at] = take;
  }
  for (const take of best) if (take !== NONE) kept[take] = 1;
  return kept;
}

type Preference = {
  readonly takes: Takes;
  readonly problem: PlanProblem;
  readonly question: CoverQuestion;
};

/** Incoming units and cost (or the other way round), metres, source; `take` comes after `rival`, so its source is lower. */
function isPreferred(by: Preference, take: number, rival: number): boolean {
  const { takes, problem, question } = by;
  if (rival === NONE) return true;
  const incoming = (takes.incomingUnits[take] ?? 0) - (takes.incomingUnits[rival] ?? 0);
  const cost = (takes.costMinor[take] ?? 0) - (takes.costMinor[rival] ?? 0);
  const first = question.isCostFirst ? cost : incoming;
  const second = question.isCostFirst ? incoming : cost;
  if (first !== 0) return first < 0;
  if (second !== 0) return second < 0;
  const source = takes.source[take] ?? 0;
  return problem.distanceMeters(source) <= problem.distanceMeters(takes.source[rival] ?? 0);
}

const NONE = -1;

/** Partial covers as rows: what they cost, the take added last, the partial cover before it. */
type Search = {
  readonly takes: Takes;
  readonly problem: PlanProblem;
  readonly question: CoverQuestion & { readonly kept: Uint8Array };
  /** Row of the best partial cover by state. */
  readonly best: Int32Array;
  /** States reached, in order of discovery. */
  readonly reached: number[];
  readonly parcels: number[];
  readonly first: number[];
  readonly second: number[];
  readonly meters: number[];
  readonly take: number[];
  readonly before: number[];
  steps: number;
};

function openSearch(takes: Takes, problem: PlanProblem, question: Search['question']): Search {
  const best = new Int32Array(takes.stateCount).fill(NONE);
  best[0] = 0;
  return {
    takes,
    problem,
    question,
    best,
    reached: [0],
    parcels: [0],
    first: [0],
    second: [0],
    meters: [0],
    take: [NONE],
    before: [NONE],
    steps: 0,
  };
}

/** Lets one source, whose takes are `[from, to)`, join every partial cover of the sources after it. */
function extendBy(search: Search, from: number, to: number): void {
  const { takes, reached, question } = search;
  let isWanted = false;
  for (let take = from; take < to && !isWanted; take += 1) isWanted = question.kept[take] === 1;
  if (!isWanted) return;
  const known = reached.length;
  const rows = reached.map((state) => search.best[state] ?? NONE);
  const last = takes.stateCount - 1;
  for (let take = from; take < to; take += 1) {
    if (question.kept[take] !== 1) continue;
    const added = takes.state[take] ?? 0;
    for (let at = 0; at < known; at += 1) {
      const state = reached[at] ?? 0;
      if (state + added > last || !fits(takes, state, added)) continue;
      search.steps += 1;
      offer(search, { state: state + added, take, before: rows[at] ?? NONE });
    }
  }
}

function fits(takes: Takes, state: number, added: number): boolean {
  if (!takes.isDivided) return (state & added) === 0;
  for (let line = 0; line < takes.caps.length; line += 1) {
    const sum = digitOf(takes, state, line) + digitOf(takes, added, line);
    if (sum > (takes.caps[line] ?? 0)) return false;
  }
  return true;
}

type Offer = { readonly state: number; readonly take: number; readonly before: number };

function offer(search: Search, { state, take, before }: Offer): void {
  const { takes, problem, question } = search;
  const incoming = takes.incomingUnits[take] ?? 0;
  const cost = takes.costMinor[take] ?? 0;
  const parcels = (search.parcels[before] ?? 0) + 1;
  const first = (search.first[before] ?? 0) + (question.isCostFirst ? cost : incoming);
  const second = (search.second[before] ?? 0) + (question.isCostFirst ? incoming : cost);
  const meters = (search.meters[before] ?? 0) + problem.distanceMeters(takes.source[take] ?? 0);
  const rival = search.best[state] ?? NONE;
  if (rival === NONE) search.reached.push(state);
  else {
    const order =
      parcels - (search.parcels[rival] ?? 0) ||
      first - (search.first[rival] ?? 0) ||
      second - (search.second[rival] ?? 0) ||
      meters - (search.meters[rival] ?? 0);
    if (order > 0) return;
    if (order === 0 && !isBetterTail(search, { take, before }, rival)) return;
  }
  const row = search.take.length;
  search.parcels.push(parcels);
  search.first.push(first);
  search.second.push(second);
  search.meters.push(meters);
  search.take.push(take);
  search.before.push(before);
  search.best[state] = row;
}

/** The last tie-breaks: node ids, then lines by SKU with the lower node taking most. */
function isBetterTail(
  search: Search,
  tail: { readonly take: number; readonly before: number },
  rival: number,
): boolean {
  const { takes } = search;
  const mine = [tail.take, ...chainOf(search, tail.before)];
  const other = chainOf(search, rival);
  for (const [at, take] of mine.entries()) {
    const difference = (takes.source[take] ?? 0) - (takes.source[other[at] ?? 0] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  for (let line = 0; line < takes.caps.length; line += 1) {
    for (const [at, take] of mine.entries()) {
      const more =
        digitOf(takes, takes.state[take] ?? 0, line) -
        digitOf(takes, takes.state[other[at] ?? 0] ?? 0, line);
      if (more !== 0) return more > 0;
    }
  }
  return false;
}

/** The takes of a partial cover, lowest source first. */
function chainOf(search: Search, row: number): number[] {
  const chain: number[] = [];
  for (let at = row; at > 0; at = search.before[at] ?? NONE) chain.push(search.take[at] ?? 0);
  return chain;
}

function coverOf(search: Search, row: number): Cover {
  const { takes, problem } = search;
  return chainOf(search, row).map((take) => {
    const quantities = takes.caps.map((_, line) => {
      const digit = digitOf(takes, takes.state[take] ?? 0, line);
      return takes.isDivided ? digit : digit * (problem.supply.quantities[line] ?? 0);
    });
    return [takes.source[take] ?? 0, quantities] as const;
  });
}
