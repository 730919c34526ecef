/**
 * Which parcels, together, send most of what is wanted for the fewest points?
 *
 * In: what each source could send of each line and a price (points) of every parcel. Out: the plan that sends most units and
 * among those the one with the fewest points, then parcels. A *state* is a number of units of each line, written as one
 * whole number (mixed radix), so that the states of different parcels add up.
 * Exact: of every state the cheapest few sources are kept. A plan has at most so many parcels, so if its parcel were of
 * another source, one of those few would be free and no dearer. Past the bounds `wide` answers by rule of thumb,
 * `isExact: false`. Deterministic: lines and sources come sorted, ties go to fewer parcels, then lower sources.
 */

/** What is to be parted. */
export type LeastQuestion = {
  /** Units wanted of each line. */
  readonly quantities: ArrayLike<number>;
  /** By source × lines + line: units it could send. */
  readonly able: Int32Array;
  readonly sourceCount: number;
  /** By line: 1 when its units may come from several sources. */
  readonly divides: Uint8Array;
  readonly maxParcels: number;
  /** Points of a parcel, Infinity when it cannot be sent. Never negative. */
  pointsOf(source: number, quantities: ArrayLike<number>): number;
};

export type LeastParcel = { readonly source: number; readonly quantities: readonly number[] };

export type LeastPlan = {
  /** Ascending by source; empty: nothing can be sent. */
  readonly parcels: readonly LeastParcel[];
  readonly points: number;
  readonly units: number;
  readonly isExact: boolean;
  /** Points of the best plan with these units, one parcel short of the limit; Infinity when there is none. */
  readonly restPoints: (quantities: ArrayLike<number>) => number;
};

// Bounds of the exact search: some 30 ms at the worst. Eight whole lines at 500 nodes are 127,500 parcels.
const MAX_STATES = 4_096;
const MAX_TAKES = 160_000;
const MAX_STEPS = 8_000_000;

/** The best plan; `undefined` when the question is too large to be searched. */
export function leastPlan(question: LeastQuestion): LeastPlan | undefined {
  const space = openSpace(question);
  if (space === undefined) return undefined;
  const takes = listTakes(space);
  if (takes.source.length * space.stateCount * space.layers > MAX_STEPS) return undefined;
  const search = openSearch(space, takes);
  for (let from = 0; from < takes.source.length; ) {
    let to = from + 1;
    while (to < takes.source.length && takes.source[to] === takes.source[from]) to += 1;
    extendBy(search, from, to);
    from = to;
  }
  return bestOf(search);
}

type Space = {
  readonly question: LeastQuestion;
  readonly lineCount: number;
  /** Largest digit and value of one step of each line's digit. */
  readonly caps: Int32Array;
  readonly steps: Int32Array;
  readonly stateCount: number;
  /** Parcels of a plan at most. */
  readonly most: number;
  /** States are kept apart by how many parcels made them: most + 1, or 1 where no limit binds. */
  readonly layers: number;
};

function openSpace(question: LeastQuestion): Space | undefined {
  const { quantities, divides, sourceCount, able } = question;
  const lineCount = quantities.length;
  const caps = new Int32Array(lineCount);
  const steps = new Int32Array(lineCount);
  let stateCount = 1;
  let parts = 0;
  for (let line = 0; line < lineCount; line += 1) {
    const cap = divides[line] === 1 ? (quantities[line] ?? 0) : 1;
    caps[line] = cap;
    steps[line] = stateCount;
    parts += cap;
    stateCount *= cap + 1;
    if (stateCount > MAX_STATES) return undefined;
  }
  let takeCount = 0;
  for (let source = 0; source < sourceCount; source += 1) {
    let ofSource = 1;
    for (let line = 0; line < lineCount; line += 1) {
      ofSource *= 1 + digitFor(question, line, able[source * lineCount + line] ?? 0);
    }
    takeCount += ofSource - 1;
  }
  if (takeCount > MAX_TAKES) return undefined;
  const free = Math.min(parts, sourceCount);
  const most = Math.min(free, question.maxParcels);
  return { question, lineCount, caps, steps, stateCount, most, layers: most < free ? most + 1 : 1 };
}

/** The largest digit that so many units are: all of them, or 1 for a whole line. */
function digitFor({ quantities, divides }: LeastQuestion, line: number, units: number): number {
  if (divides[line] === 1) return units;
  return units >= (quantities[line] ?? 0) ? 1 : 0;
}

type Takes = {
  readonly source: readonly number[];
  readonly state: readonly number[];
  readonly points: readonly number[];
};

/** Of every state the `most` sources with the fewest points, as takes by ascending source. */
function listTakes(space: Space): Takes {
  const { question, lineCount, stateCount, most } = space;
  const kept = { points: new Float64Array(stateCount * most).fill(Infinity), room: most };
  const sources = new Int32Array(stateCount * most).fill(-1);
  const digits = new Int32Array(lineCount);
  const quantities = new Int32Array(lineCount);
  for (let source = 0; source < question.sourceCount; source += 1) {
    digits.fill(0);
    quantities.fill(0);
    for (let state = nextTake(space, source, { digits, quantities }); state > 0; ) {
      const points = question.pointsOf(source, quantities);
      if (points < Infinity) keep(kept, sources, { state, source, points });
      state = nextTake(space, source, { digits, quantities });
    }
  }
  const found: number[] = [];
  for (let at = 0; at < sources.length; at += 1) if ((sources[at] ?? -1) >= 0) found.push(at);
  found.sort((a, b) => (sources[a] ?? 0) - (sources[b] ?? 0) || a - b);
  return {
    source: found.map((at) => sources[at] ?? 0),
    state: found.map((at) => Math.floor(at / most)),
    points: found.map((at) => kept.points[at] ?? 0),
  };
}

/** Counts on to the next set of units the source could send; its state, 0 when there is none. */
function nextTake(
  { question, lineCount, steps }: Space,
  source: number,
  at: { readonly digits: Int32Array; readonly quantities: Int32Array },
): number {
  const { digits, quantities } = at;
  let line = 0;
  for (; line < lineCount; line += 1) {
    const most = digitFor(question, line, question.able[source * lineCount + line] ?? 0);
    const digit = (digits[line] ?? 0) + 1;
    if (digit <= most) {
      setDigit(question, line, { digits, quantities, digit });
      break;
    }
    setDigit(question, line, { digits, quantities, digit: 0 });
  }
  if (line === lineCount) return 0;
  let state = 0;
  for (let one = 0; one < lineCount; one += 1) state += (digits[one] ?? 0) * (steps[one] ?? 0);
  return state;
}

function setDigit(
  { quantities: wanted, divides }: LeastQuestion,
  line: number,
  to: { readonly digits: Int32Array; readonly quantities: Int32Array; readonly digit: number },
): void {
  to.digits[line] = to.digit;
  to.quantities[line] = divides[line] === 1 ? to.digit : to.digit * (wanted[line] ?? 0);
}

/** Puts a take among the best few of its state; an equal one stays behind those of lower sources. */
function keep(
  kept: { readonly points: Float64Array; readonly room: number },
  sources: Int32Array,
  take: { readonly state: number; readonly source: number; readonly points: number },
): void {
  const { points, room } = kept;
  const first = take.state * room;
  let at = first + room - 1;
  if (take.points >= (points[at] ?? 0)) return;
  for (; at > first && take.points < (points[at - 1] ?? 0); at -= 1) {
    points[at] = points[at - 1] ?? Infinity;
    sources[at] = sources[at - 1] ?? -1;
  }
  points[at] = take.points;
  sources[at] = take.source;
}

const NONE = -1;

/** Partial plans as rows: points, parcels, the take added last, the partial plan before it. */
type Search = {
  readonly space: Space;
  readonly takes: Takes;
  /** Row of the best partial plan by layer × states + state. */
  readonly best: Int32Array;
  readonly reached: number[];
  readonly points: number[];
  readonly parcels: number[];
  readonly take: number[];
  readonly before: number[];
};

function openSearch(space: Space, takes: Takes): Search {
  const best = new Int32Array(space.stateCount * space.layers).fill(NONE);
  best[0] = 0;
  return {
    space,
    takes,
    best,
    reached: [0],
    points: [0],
    parcels: [0],
    take: [NONE],
    before: [NONE],
  };
}

/** Lets one source, whose takes are `[from, to)`, join every partial plan of the sources before it. */
function extendBy(search: Search, from: number, to: number): void {
  const { space, takes, reached, best } = search;
  const { stateCount, layers } = space;
  const known = reached.length;
  const rows = reached.map((place) => best[place] ?? NONE);
  for (let take = from; take < to; take += 1) {
    const added = takes.state[take] ?? 0;
    for (let at = 0; at < known; at += 1) {
      const place = reached[at] ?? 0;
      const state = layers === 1 ? place : place % stateCount;
      if (state + added >= stateCount || !fits(space, state, added)) continue;
      const next = place + added + (layers === 1 ? 0 : stateCount);
      if (next < best.length) offer(search, next, { take, before: rows[at] ?? NONE });
    }
  }
}

function fits({ caps, steps, lineCount }: Space, state: number, added: number): boolean {
  for (let line = 0; line < lineCount; line += 1) {
    const step = steps[line] ?? 1;
    const cap = caps[line] ?? 0;
    const sum = (Math.floor(state / step) % (cap + 1)) + (Math.floor(added / step) % (cap + 1));
    if (sum > cap) return false;
  }
  return true;
}

function offer(
  search: Search,
  place: number,
  step: { readonly take: number; readonly before: number },
): void {
  const points = (search.points[step.before] ?? 0) + (search.takes.points[step.take] ?? 0);
  const parcels = (search.parcels[step.before] ?? 0) + 1;
  const rival = search.best[place] ?? NONE;
  if (rival === NONE) search.reached.push(place);
  else {
    const order = points - (search.points[rival] ?? 0) || parcels - (search.parcels[rival] ?? 0);
    if (order >= 0) return;
  }
  search.points.push(points);
  search.parcels.push(parcels);
  search.take.push(step.take);
  search.before.push(step.before);
  search.best[place] = search.take.length - 1;
}

function bestOf(search: Search): LeastPlan {
  const { space, reached, best, points, parcels } = search;
  let chosen = 0;
  let units = 0;
  for (const place of reached.toSorted((a, b) => a - b)) {
    const row = best[place] ?? 0;
    const sent = unitsIn(space, place % space.stateCount);
    const order =
      units - sent ||
      (points[row] ?? 0) - (points[chosen] ?? 0) ||
      (parcels[row] ?? 0) - (parcels[chosen] ?? 0);
    if (order >= 0) continue;
    chosen = row;
    units = sent;
  }
  return {
    parcels: parcelsOf(search, chosen),
    points: points[chosen] ?? 0,
    units,
    isExact: true,
    restPoints: (quantities) => restPoints(search, quantities),
  };
}

function unitsIn({ question, caps, steps, lineCount }: Space, state: number): number {
  let units = 0;
  for (let line = 0; line < lineCount; line += 1) {
    const digit = Math.floor(state / (steps[line] ?? 1)) % ((caps[line] ?? 0) + 1);
    units += question.divides[line] === 1 ? digit : digit * (question.quantities[line] ?? 0);
  }
  return units;
}

function parcelsOf({ space, takes, take, before }: Search, row: number): LeastParcel[] {
  const { question, caps, steps, lineCount } = space;
  const parcels: LeastParcel[] = [];
  for (let at = row; at > 0; at = before[at] ?? NONE) {
    const state = takes.state[take[at] ?? 0] ?? 0;
    const quantities = Array.from({ length: lineCount }, (_, line) => {
      const digit = Math.floor(state / (steps[line] ?? 1)) % ((caps[line] ?? 0) + 1);
      return question.divides[line] === 1 ? digit : digit * (question.quantities[line] ?? 0);
    });
    parcels.push({ source: takes.source[take[at] ?? 0] ?? 0, quantities });
  }
  return parcels.sort((a, b) => a.source - b.source);
}

function restPoints({ space, best, points }: Search, quantities: ArrayLike<number>): number {
  const { question, steps, lineCount, stateCount, layers } = space;
  let state = 0;
  for (let line = 0; line < lineCount; line += 1) {
    const quantity = quantities[line] ?? 0;
    const isWhole = question.divides[line] !== 1;
    if (isWhole && quantity > 0 && quantity !== question.quantities[line]) return Infinity;
    state += (isWhole ? Math.min(1, quantity) : quantity) * (steps[line] ?? 0);
  }
  let least = Infinity;
  for (let layer = 0; layer < Math.max(1, layers - 1); layer += 1) {
    const row = best[layer * stateCount + state] ?? NONE;
    if (row !== NONE) least = Math.min(least, points[row] ?? Infinity);
  }
  return least;
}
