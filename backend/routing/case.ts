/**
 * One question made ready for choosing: who may send what of it, and why the others may not.
 *
 * In: snapshot, facts, settings, question. Out: a `Case`: its goods, its route, and by node the first fence that holds or a
 * `Source` with the units it may send of each line. Fences that need a parcel (too late, too heavy, a value too small) are
 * told apart in parcels.ts. Nodes are looked at by id, so the order in which anything was written never matters.
 */
import { localDay, parseDay, writeDay } from '../base/time.ts';
import { channelOf } from '../network/channels.ts';
import { handsOver } from '../network/pickup-rules.ts';
import type { CompiledChannel, CompiledNode, Snapshot } from '../network/snapshot.ts';
import type { Facts } from '../stock/stock.ts';
import type { Fence, RoutingQuestion } from './decision.ts';
import { type Goods, type GoodsLine, openGoods, type Taken, unitsAt } from './goods.ts';
import { namesPlace, type Rules, rulesFor } from './ruleset.ts';
import type { CountryRule, PlaceFilter, ProductRule, RoutingSettings } from './settings.ts';
import { type NoRoute, type Route, routeOf, type Timing, type Way, waysOf } from './ways.ts';

/** A node that may send something. */
export type Source = {
  readonly node: CompiledNode;
  readonly ways: readonly Way[];
  /** By line: units it may send if it sent nothing else. */
  readonly able: Int32Array;
  /** Lines it has and may not send, with why. */
  readonly barred: ReadonlyMap<number, Fence>;
  /** Points of any parcel from there (points.ts); −1 until asked for. */
  standing: number;
};

export type Case = {
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  readonly question: RoutingQuestion;
  readonly rules: Rules;
  readonly goods: Goods;
  readonly route: Route;
  readonly taken: Taken | undefined;
  readonly sources: readonly Source[];
  /** By node: the fence that keeps it out, with its facts; sources have none. */
  readonly fences: ReadonlyMap<number, FenceSaid>;
  readonly ground: Ground;
  /** The date promised, a day number. */
  readonly promisedDay: number | undefined;
  readonly seen: ReadonlySet<string>;
  /** Times already worked out, by node, service and units. */
  readonly timings: Map<number, Timing | 'no_departure' | 'capacity'>;
  /** The earliest date anybody reaches, where nothing was promised; −1 until asked for. */
  earliestDay: number;
  /** The step of the ladder that is being tried. */
  lateDays: number;
};

/** A node that works by the hour is taken to have so many hours a day. */
export const HOURS_A_DAY = 8;

export type FenceSaid = {
  readonly fence: Fence;
  readonly facts: Readonly<Record<string, number | string>>;
};

export type Asked = {
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  readonly settings: RoutingSettings;
  readonly question: RoutingQuestion;
  readonly taken: Taken | undefined;
};

/** A case, or the reason why no node can be asked. */
export function openCase(
  asked: Asked,
): Case | (NoRoute & { readonly rules: Rules; readonly goods: Goods }) {
  const { snapshot, facts, settings, question, taken } = asked;
  const rules = rulesFor(settings, question);
  const goods = openGoods(snapshot, facts, { question, taken });
  const route = routeOf(snapshot, question, goods.lines);
  if ('reason' in route) return { ...route, rules, goods };
  const ground: Ground = {
    snapshot,
    facts,
    question,
    rules,
    goods,
    route,
    taken,
    channel: snapshot.channels[channelOf(snapshot, question.channel)],
    excluded: new Map(question.excluded.map(({ nodeId, why }) => [nodeId, why])),
    own: new Set((question.ownAllocated ?? []).map(({ nodeId }) => nodeId)),
    productRules: goods.lines.map((line) => rulesNaming(settings.productRules, line)),
    countryRules: countryRulesFor(rules, question),
  };
  const fences = new Map<number, FenceSaid>();
  const sources: Source[] = [];
  for (const index of goods.nodes) {
    const node = snapshot.nodes[index];
    if (node === undefined) continue;
    const opened = openSource(ground, node);
    if ('fence' in opened) fences.set(index, opened);
    else sources.push(opened);
  }
  const { promise } = question;
  return {
    snapshot,
    facts,
    question,
    rules,
    goods,
    route,
    taken,
    sources,
    fences,
    ground,
    promisedDay: promise === undefined ? undefined : parseDay(promise.on),
    seen: new Set(question.seenAt),
    timings: new Map(),
    earliestDay: -1,
    lateDays: 0,
  };
}

/** What every node is held against. */
export type Ground = Pick<
  Case,
  'snapshot' | 'facts' | 'question' | 'rules' | 'goods' | 'route' | 'taken'
> & {
  readonly channel: CompiledChannel | undefined;
  readonly excluded: ReadonlyMap<string, string>;
  /** Nodes where the order has units already: it is counted in their caps. */
  readonly own: ReadonlySet<string>;
  /** By line, the product rules that name it. */
  readonly productRules: readonly (readonly ProductRule[])[];
  /** Those that speak of where the order goes. */
  readonly countryRules: readonly CountryRule[];
};

const NO_FACTS = {};
const NONE_BARRED: ReadonlyMap<number, Fence> = new Map();

function said(fence: Fence, facts: FenceSaid['facts'] = NO_FACTS): FenceSaid {
  return { fence, facts };
}

function openSource(ground: Ground, node: CompiledNode): Source | FenceSaid {
  const kept = placeFence(ground, node) ?? capFence(ground, node);
  if (kept !== undefined) return kept;
  const ways = waysOf(ground.snapshot, ground.route, node.index);
  if (ground.route.kind === 'ship' && ways.length === 0) return said('no_lane');
  const { lines } = ground.goods;
  const able = new Int32Array(lines.length);
  let barred = NONE_BARRED;
  let fence: FenceSaid | undefined;
  let hasUnits = false;
  for (const [at, line] of lines.entries()) {
    const units = unitsAt(ground.goods, line, node.index);
    if (units === 0) continue;
    const lineFence = fenceOfLine(ground, { node, ways, line, at });
    if (lineFence !== undefined) {
      fence ??= said(lineFence, { sku: line.sku });
      barred = new Map([...barred, [at, lineFence]]);
      continue;
    }
    able[at] = units;
    hasUnits = true;
  }
  if (!hasUnits) return fence ?? said('no_stock');
  return { node, ways, able, barred, standing: -1 };
}

/** The ways of a node that could be asked if it had the goods; empty: it could not. */
export function waysIfAsked({ ground, snapshot, route }: Case, node: CompiledNode): readonly Way[] {
  if (placeFence(ground, node) !== undefined || capFence(ground, node) !== undefined) return [];
  return waysOf(snapshot, route, node.index);
}

/** Fences that hold for the place, whatever is sent. */
function placeFence(ground: Ground, node: CompiledNode): FenceSaid | undefined {
  const { route, rules, question, channel, excluded } = ground;
  if (route.kind === 'collect' && route.node !== node.index) return said('own_store_only');
  if (!node.takesOrders) return said(node.isLocationOff ? 'location_off' : 'closed');
  if (channel?.hasNode[node.index] !== 1) {
    return said('not_in_ruleset', { channel: question.channel });
  }
  const why = excluded.get(node.id);
  if (why !== undefined) return said('refused', { why });
  if (rules.places !== undefined && !namesPlace(rules.places, node.source)) {
    return said('not_in_ruleset', { ruleset: rules.name });
  }
  if (route.kind === 'collect') return undefined;
  const isBarred = ground.countryRules.some((rule) => isBarredBy(rule, node));
  const country = question.destination?.country ?? '';
  return isBarred ? said('country_rule', { country }) : undefined;
}

function countryRulesFor({ settings }: Rules, { destination }: RoutingQuestion) {
  const country = destination?.country ?? '';
  return settings.countryRules.filter(
    (rule) => !rule.isOff && rule.destinationCountries.includes(country),
  );
}

function isBarredBy(rule: PlaceFilter & { readonly effect: 'only' | 'never' }, node: CompiledNode) {
  return namesPlace(rule, node.source) === (rule.effect === 'never');
}

/** The cap on a node's day; an order that is there already is counted, a pickup has nowhere else to go. */
function capFence(ground: Ground, node: CompiledNode): FenceSaid | undefined {
  if (ground.route.kind === 'collect' || ground.own.has(node.id)) return undefined;
  const cap = capOf(ground.rules.settings, node.id);
  if (cap === null) return undefined;
  const orders = cap === 0 ? 0 : ordersToday(ground, node);
  return orders < cap ? undefined : said('daily_cap', { cap, orders });
}

/** Orders a node may take a day; null: any number. */
export function capOf({ dailyOrderCap }: RoutingSettings, nodeId: string): number | null {
  const own = entryOf(dailyOrderCap.byNode, nodeId);
  return own === undefined ? dailyOrderCap.standard : own;
}

/** Orders the node has on the local date of now. */
export function ordersToday(
  of: Pick<Case, 'facts' | 'question' | 'taken'>,
  node: CompiledNode,
): number {
  const { facts, question, taken } = of;
  const known = facts.nodeLoads[node.index]?.ordersByDate;
  const today =
    known === undefined ? 0 : known[writeDay(localDay(node.calendar.zone, question.nowMinute))];
  const placed = entryOf(question.placedToday, node.id);
  return (today ?? 0) + (placed ?? 0) + (taken?.orders.get(node.index) ?? 0);
}

/** The entry under a name from outside: a node may be called `constructor`. */
function entryOf<Value>(by: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(by, name) ? by[name] : undefined;
}

/**
 * Units a node still takes from a batch before its day is full; Infinity where nothing limits it. A node whose day is full
 * already has no limit here: the network says when its next parcel is ready.
 */
export function roomLeft(
  { facts, taken }: Pick<Case, 'facts' | 'taken'>,
  node: CompiledNode,
): number {
  if (taken === undefined || (node.unitsPerDay === 0 && node.unitsPerHour === 0)) return Infinity;
  const ofDay = node.unitsPerDay || node.unitsPerHour * HOURS_A_DAY;
  const room = ofDay - (facts.nodeLoads[node.index]?.backlogUnits ?? 0);
  return room <= 0 ? Infinity : room - (taken.work.get(node.index) ?? 0);
}

function fenceOfLine(
  ground: Ground,
  of: {
    readonly node: CompiledNode;
    readonly ways: readonly Way[];
    readonly line: GoodsLine;
    readonly at: number;
  },
): Fence | undefined {
  const { node, ways, line, at } = of;
  if (ground.route.kind === 'collect') {
    const { policy } = ground.snapshot;
    const may = handsOver(policy, { product: line.product, node: node.source });
    return may ? undefined : 'restricted';
  }
  if (ground.productRules[at]?.some((rule) => isBarredBy(rule, node)) === true) {
    return 'product_rule';
  }
  let fence: Fence | undefined;
  for (const { carrier } of ways) {
    const barred = carrier.fences[at];
    if (barred === undefined) return undefined;
    fence ??= barred;
  }
  return fence;
}

function rulesNaming(rules: readonly ProductRule[], { product }: GoodsLine): ProductRule[] {
  return rules.filter(
    ({ isOff, productTags, categories }) =>
      !isOff &&
      (productTags?.some((tag) => product.tags.includes(tag)) ?? true) &&
      (categories?.includes(product.category ?? '') ?? true),
  );
}

/** The fence of a node that has none of the goods: what would keep it out anyway, else that it has none. */
export function fenceOfEmpty(
  opened: Pick<Case, 'snapshot' | 'question' | 'rules' | 'route'>,
  node: CompiledNode,
): FenceSaid {
  const { snapshot, question } = opened;
  if (opened.route.kind === 'collect' && opened.route.node !== node.index) {
    return said('own_store_only');
  }
  if (!node.takesOrders) return said(node.isLocationOff ? 'location_off' : 'closed');
  if (snapshot.channels[channelOf(snapshot, question.channel)]?.hasNode[node.index] !== 1) {
    return said('not_in_ruleset', { channel: question.channel });
  }
  return said('no_stock');
}

/** No node of the network may send this line (or anything): rules that cannot be met, whatever the stock. */
export function isRuledOut(opened: Case, line: GoodsLine): boolean {
  const { snapshot, rules, question } = opened;
  const products = rulesNaming(rules.settings.productRules, line);
  const countries = countryRulesFor(rules, question);
  if (products.length + countries.length === 0 && rules.places === undefined) return false;
  return snapshot.nodes.every(
    (node) =>
      [...products, ...countries].some((rule) => isBarredBy(rule, node)) ||
      (rules.places !== undefined && !namesPlace(rules.places, node.source)),
  );
}
