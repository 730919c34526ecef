/**
 * The independent oracle: what must `kept quote` answer, found slowly and plainly.
 *
 * Inputs: a world, a request (both already parsed). Output: the answer of docs/cli.md without its `reasons`. It shares
 * no code with the product: minutes are walked over a table of UTC offsets, every division of the basket is written
 * down, order-by is found by looking at every minute in which anything can change. `createOracle` answers many
 * instants of one world with the same tables and counts which branch of the rules decided.
 * Source: docs/semantics.md rules 1–14, 16 and 17.
 */
import type {
  World,
  WorldNode,
  WorldPolicy,
  WorldProduct,
  WorldRequest,
  WorldService,
} from '../../backend/network/world.ts';
import {
  type Answer,
  type AnswerAbsent,
  answerShipped,
  answerStore,
  byPlace,
  markGreenest,
  type Placed,
} from './answer.ts';
import { type Count, SILENT } from './branches.ts';
import { HORIZON_MINUTES } from './carriage.ts';
import { type Network, networkOf, type Target } from './network.ts';
import { NEVER, type Span } from './open-hours.ts';
import { meters, resolveZone } from './places.ts';
import { byText, decidedBy } from './plans.ts';
import { homeTarget, horizonSteps, isFigureShort, type Question, questionOf } from './question.ts';
import { type Assessment, assessShipped, type ShippedOption } from './shipped.ts';
import type { Timeline } from './timeline.ts';
import { instantMinutes, isoInstant, MINUTES_PER_DAY, zoneTable } from './zone-table.ts';

/** Rule 7: order-by is at most this long after `now`. */
const ORDER_BY_MINUTES = 7 * MINUTES_PER_DAY;

export type Oracle = { quote(request: WorldRequest, count?: Count): Answer };

type Instants = { readonly fromMinute: number; readonly toMinute: number };

/** An option's window by `at`, and what it hangs on there. */
type Course = {
  windowAt(at: number): Instants | undefined;
  timelinesAt(at: number): readonly Timeline[];
};

/** Rule 7 by brute force: the first later minute whose window is another one. */
function orderBy(question: Question, course: Course, at: number): { end: number; why: string } {
  const limit = at + ORDER_BY_MINUTES;
  const steps = horizonSteps(question);
  const promised = course.windowAt(at);
  for (let minute = at; ; ) {
    const next = Math.min(
      ...course.timelinesAt(minute).map((line) => line.nextChange(minute)),
      ...steps.filter((step) => step > minute),
      limit,
    );
    if (next >= limit) return { end: limit, why: 'cap' };
    const window = course.windowAt(next);
    if (window === undefined) return { end: next, why: 'disappears' };
    if (window.fromMinute !== promised?.fromMinute || window.toMinute !== promised.toMinute) {
      return { end: next, why: 'moves' };
    }
    minute = next;
  }
}

const COUNTED_END = {
  cap: 'rule7.cap',
  disappears: 'rule7.disappears',
  moves: 'rule7.windowMoves',
} as const;

function countEnd(why: string, count: Count): void {
  if (why === 'cap' || why === 'disappears' || why === 'moves') count(COUNTED_END[why]);
}

/** Assessments of one option by `at`, each found once per question and set of live reservations. */
function shippedCourse(question: Question, option: ShippedOption) {
  const known = new Map<number, Assessment>();
  const assess = (at: number): Assessment => {
    const found = known.get(at) ?? assessShipped(question, option, at, SILENT);
    known.set(at, found);
    return found;
  };
  const course: Course = {
    windowAt(at) {
      const assessment = assess(at);
      return 'chosen' in assessment ? assessment.chosen.window : undefined;
    },
    timelinesAt: (at) => assess(at).legs.map((leg) => question.network.departures(leg)),
  };
  return { assess, course };
}

function memorized<T>(question: Question, key: string, make: () => T): T {
  const known = question.memory.get(key);
  if (known !== undefined) return known as T;
  const made = make();
  question.memory.set(key, made);
  return made;
}

/** Which of the reservations are live: it changes the figure, so courses are kept apart by it. */
function liveReservations(question: Question): string {
  const { reservations } = question.network.world.policy;
  return reservations
    .map(({ expiresAt }) => (instantMinutes(expiresAt) > question.nowMinute ? '1' : '0'))
    .join('');
}

type Part = { options: Placed[]; absent: AnswerAbsent[] };

function quoteShipped(question: Question, option: ShippedOption, part: Part, count: Count): void {
  const at = question.nowMinute + question.request.marginMinutes;
  const { network } = question;
  const key = `course ${option.code} ${liveReservations(question)}`;
  const { assess, course } = memorized(question, key, () => shippedCourse(question, option));
  const assessment = count === SILENT ? assess(at) : assessShipped(question, option, at, count);
  if ('reason' in assessment) {
    if (count !== SILENT) countReason(network, assessment, at, count);
    const { code, facts } = reasonOf(assessment.reason);
    part.absent.push({ method: option.method, serviceCode: option.code, code, facts });
    return;
  }
  const { chosen } = assessment;
  const { end, why } = orderBy(question, course, at);
  countEnd(why, count);
  if (count !== SILENT) {
    for (const branch of decidedBy(network.world.policy, chosen.all, chosen.ended)) count(branch);
  }
  const moment = { at, orderByMinute: end - question.request.marginMinutes };
  part.options.push(answerShipped(question, { option, chosen, moment }, count));
}

function reasonOf(reason: string): { code: string; facts: { why?: string } } {
  const isDeparture = reason === 'no_pickup' || reason === 'nothing_in_time';
  return isDeparture
    ? { code: 'no_departure', facts: { why: reason } }
    : { code: reason, facts: {} };
}

function countReason(
  network: Network,
  absent: Extract<Assessment, { reason: unknown }>,
  at: number,
  count: Count,
): void {
  const { reason, legs } = absent;
  if (reason === 'no_lane') count('rule10.no_lane');
  if (reason === 'restricted') count('rule10.restricted');
  if (reason === 'limit') count('rule10.limit');
  if (reason === 'no_price') count('rule10.no_price');
  if (reason === 'no_pickup') count('rule10.no_departure.no_pickup');
  if (reason !== 'nothing_in_time') return;
  count('rule10.no_departure.nothing_in_time');
  const isBeyond = legs.some((leg) => {
    const { departureMinute } = network.trace(leg, at, SILENT);
    return departureMinute !== NEVER && departureMinute >= at + HORIZON_MINUTES;
  });
  if (isBeyond) count('rule3.beyondHorizon');
}

function homeOptions(question: Question): readonly ShippedOption[] {
  const { destination, point } = question;
  const target = destination && point && homeTarget(destination, point);
  return question.network.world.services
    .filter(({ method }) => method === 'home')
    .map((service) => ({
      method: 'home',
      code: service.code,
      services: [service],
      zone: destination,
      target,
    }));
}

/** The nearest candidates within reach, by whole metres, ties by id. */
function nearest<T extends { id: string; lat: number; lng: number; country: string }>(
  question: Question,
  candidates: readonly T[],
  limits: { maxCount: number; maxMeters: number },
): readonly T[] {
  const { point, request } = question;
  if (point === undefined) return [];
  return candidates
    .filter(({ country }) => country === request.destination.country)
    .map((candidate) => ({ candidate, away: meters(point, candidate) }))
    .filter(({ away }) => away <= limits.maxMeters)
    .sort((a, b) => a.away - b.away || byText(a.candidate.id, b.candidate.id))
    .slice(0, limits.maxCount)
    .map(({ candidate }) => candidate);
}

/** The points of each network in reach; a service whose network has none is absent under its own code. */
function pointOptions(question: Question): readonly ShippedOption[] {
  const { world } = question.network;
  const byNetwork = new Map<string, WorldService[]>();
  for (const service of world.services) {
    if (service.method !== 'pickup_point' || service.network === undefined) continue;
    byNetwork.set(service.network, [...(byNetwork.get(service.network) ?? []), service]);
  }
  return [...byNetwork].flatMap(([network, services]): ShippedOption[] => {
    const points = nearest(
      question,
      world.pickupPoints.filter((point) => point.network === network),
      world.policy.pickupPoints,
    );
    const nowhere = { method: 'pickup_point', zone: undefined, target: undefined } as const;
    if (points.length === 0) {
      return services.map((service) => ({ ...nowhere, code: service.code, services: [service] }));
    }
    return points.map((point) => {
      const target: Target = {
        key: `point ${network} ${point.id}`,
        region: { country: point.country, region: point.region },
        clock: zoneTable(point.timeZone),
        at: point,
        pickupPoint: point,
      };
      return {
        method: 'pickup_point',
        code: `pp:${network}:${point.id}`,
        services,
        zone: resolveZone(world, point.country, point.postalCode),
        target,
      };
    });
  });
}

type StoreQuestion = {
  readonly node: WorldNode;
  readonly handOvers: Timeline;
  isHeld: boolean;
  isShort(minute: number): boolean;
};

function storeQuestion(question: Question, node: WorldNode, units: number): StoreQuestion {
  const { network, lines } = question;
  const live = liveReservations(question);
  const figureAt = (minute: number) =>
    memorized(question, `short ${live} ${minute}`, () => ({
      isShort: isFigureShort(question, minute, SILENT),
    }));
  return {
    node,
    handOvers: network.handOvers(node, units),
    isHeld: lines.every(
      ({ product, quantity }) => network.position(node.id, product.sku).units >= quantity,
    ),
    isShort: (minute) => figureAt(minute).isShort,
  };
}

/** `storePickup.rules`: no `never` row names the product here, and one `only` row does if any speaks of the store. */
function isAllowedAt(policy: WorldPolicy, node: WorldNode, product: WorldProduct): boolean {
  const here = policy.storePickup.rules.filter(
    (row) =>
      (row.nodeId ?? node.id) === node.id &&
      (row.nodeTag === undefined || node.tags.some((tag) => tag === row.nodeTag)),
  );
  const naming = here.filter(
    (row) =>
      (row.sku ?? product.sku) === product.sku &&
      (row.category === undefined || row.category === product.category) &&
      (row.productTag === undefined || product.tags.some((tag) => tag === row.productTag)),
  );
  if (naming.some(({ effect }) => effect === 'never')) return false;
  return (
    !here.some(({ effect }) => effect === 'only') || naming.some(({ effect }) => effect === 'only')
  );
}

/** The first reason against a store that holds, or undefined. */
function storeReason(question: Question, store: StoreQuestion, at: number, count: Count) {
  const { policy } = question.network.world;
  const offered = question.lines.every(({ product }) => product.offersStorePickup);
  const allowed = question.lines.every(({ product }) => isAllowedAt(policy, store.node, product));
  if (!offered || !allowed) {
    if (!offered) count('rule10.restricted');
    else count('rule11.pickupRule');
    return 'restricted';
  }
  if (store.isShort(at) || !store.isHeld) {
    count(store.isShort(at) ? 'rule10.no_stock.figure' : 'rule10.no_stock.nodes');
    return 'no_stock';
  }
  if (store.handOvers.valueAt(at) !== NEVER) return undefined;
  count('rule10.no_opening');
  return 'no_opening';
}

/** Rule 11 at one store; everything must be there. */
function quoteStore(question: Question, node: WorldNode, part: Part, count: Count): void {
  const { network, lines, nowMinute, request } = question;
  const at = nowMinute + request.marginMinutes;
  const serviceCode = `store:${node.id}`;
  const units = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  const store = storeQuestion(question, node, units);
  const reason = storeReason(question, store, at, count);
  if (reason !== undefined) {
    part.absent.push({ method: 'store_pickup', serviceCode, code: reason, facts: {} });
    return;
  }
  const course: Course = {
    windowAt(minute) {
      if (store.isShort(minute) || store.handOvers.valueAt(minute) === NEVER) return undefined;
      return network.traceStore(node, units, minute, SILENT).window;
    },
    timelinesAt: () => [store.handOvers],
  };
  const { end, why } = orderBy(question, course, at);
  countEnd(why, count);
  const { readyMinute, window } = network.traceStore(node, units, at, count);
  if (window === undefined) throw new Error(`${serviceCode} lost its window`);
  const orderByMinute = end - request.marginMinutes;
  const placed = answerStore(question, { node, window, readyMinute, orderByMinute });
  const { withinTwoHours } = placed.option;
  count(withinTwoHours ? 'rule11.withinTwoHours' : 'rule11.laterThanTwoHours');
  part.options.push(placed);
}

function quoteAll(question: Question, count: Count): Answer {
  const part: Part = { options: [], absent: [] };
  const { network, nodes, nowMinute, request } = question;
  if (nodes.length < network.world.nodes.length) count('rule16.channelNodes');
  for (const option of homeOptions(question)) quoteShipped(question, option, part, count);
  for (const option of pointOptions(question)) quoteShipped(question, option, part, count);
  const stores = nodes.filter(({ offersPickup }) => offersPickup);
  for (const node of nearest(question, stores, network.world.policy.storePickup)) {
    quoteStore(question, node, part, count);
  }
  const options = part.options.sort(byPlace).map(({ option }) => option);
  markGreenest(options, count);
  const { timeZone } = network.world.policy;
  return {
    evaluatedAt: isoInstant(nowMinute + request.marginMinutes, zoneTable(timeZone)),
    options,
    absent: part.absent.sort(
      (a, b) => byText(a.method, b.method) || byText(a.serviceCode, b.serviceCode),
    ),
  };
}

/** An oracle of one world for requests evaluated within `[fromMinute, toMinute)`. */
export function createOracle(world: World, evaluated: Span): Oracle {
  const network = networkOf(world, {
    fromMinute: evaluated.fromMinute,
    toMinute: evaluated.toMinute + ORDER_BY_MINUTES + 1,
  });
  const memories = new Map<string, Map<string, unknown>>();
  return {
    quote(request, count = SILENT) {
      const { now: _, ...asked } = request;
      const body = JSON.stringify(asked);
      const memory = memories.get(body) ?? new Map<string, unknown>();
      memories.set(body, memory);
      return quoteAll({ ...questionOf(network, request), memory }, count);
    },
  };
}

/** What must be answered to one request. */
export function quote(world: World, request: WorldRequest, count: Count = SILENT): Answer {
  const at = Math.floor(instantMinutes(request.now)) + request.marginMinutes;
  const oracle = createOracle(world, { fromMinute: at, toMinute: at + 1 });
  return oracle.quote(request, count);
}
