/**
 * How many units a node keeps back (docs/semantics.md, rule 17): from sale, or from routing; two books.
 *
 * The most specific rule wins: what it names (SKU, else category or product tag, else anything) before
 * where (node, else region, node tag or kind, else anywhere); of equal rank the larger amount. Percentages
 * are of on hand, weeks of supply of the row's weekly sales; both are raised to whole units and counted
 * exactly: 7 % of 100 is 7.
 */
import type { WorldNode, WorldPolicy, WorldProduct } from '../network/world.ts';

type Rule = WorldPolicy['safetyStock'][number];

/** Rules that name one thing, by where they hold. */
type Places = {
  readonly byNode: Map<string, Rule[]>;
  readonly byRegion: Map<string, Rule[]>;
  readonly byTag: Map<string, Rule[]>;
  readonly byKind: Map<string, Rule[]>;
  readonly anywhere: Rule[];
};

/** A policy's rules, findable by what and where they name. */
export type SafetyBook = {
  readonly hasRules: boolean;
  readonly bySku: ReadonlyMap<string, Places>;
  readonly byCategory: ReadonlyMap<string, Places>;
  readonly byTag: ReadonlyMap<string, Places>;
  readonly ofAny: Places;
};

/** Sorts the rules of a policy. */
export function compileSafetyBook(rules: readonly Rule[]): SafetyBook {
  const bySku = new Map<string, Places>();
  const byCategory = new Map<string, Places>();
  const byTag = new Map<string, Places>();
  const ofAny = emptyPlaces();
  for (const rule of rules) {
    if (rule.sku !== undefined) addRule(placesOf(bySku, rule.sku), rule);
    else if (rule.category !== undefined) addRule(placesOf(byCategory, rule.category), rule);
    else if (rule.productTag !== undefined) addRule(placesOf(byTag, rule.productTag), rule);
    else addRule(ofAny, rule);
  }
  return { hasRules: rules.length > 0, bySku, byCategory, byTag, ofAny };
}

function emptyPlaces(): Places {
  return {
    byNode: new Map(),
    byRegion: new Map(),
    byTag: new Map(),
    byKind: new Map(),
    anywhere: [],
  };
}

function placesOf(known: Map<string, Places>, name: string): Places {
  const places = known.get(name) ?? emptyPlaces();
  known.set(name, places);
  return places;
}

function addRule(places: Places, rule: Rule): void {
  if (rule.nodeId !== undefined) push(places.byNode, rule.nodeId, rule);
  else if (rule.region !== undefined) push(places.byRegion, rule.region, rule);
  else if (rule.nodeTag !== undefined) push(places.byTag, rule.nodeTag, rule);
  else if (rule.kind !== undefined) push(places.byKind, rule.kind, rule);
  else places.anywhere.push(rule);
}

function push(lists: Map<string, Rule[]>, name: string, rule: Rule): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [rule]);
  else list.push(rule);
}

/** What is kept back, of what. */
export type SafetyQuestion = {
  readonly product: WorldProduct;
  readonly node: WorldNode;
  readonly onHand: number;
  /** Units sold a week. */
  readonly weeklySales: number;
};

/** No rule speaks; any amount is more. */
const NONE = -1;

/** The units kept back of a product at a node. */
export function safetyUnits(book: SafetyBook, at: SafetyQuestion): number {
  if (!book.hasRules) return 0;
  const ofSku = book.bySku.get(at.product.sku);
  if (ofSku !== undefined) {
    const kept = amountAt([ofSku], at);
    if (kept !== NONE) return kept;
  }
  const groups = groupsOf(book, at.product);
  if (groups.length > 0) {
    const kept = amountAt(groups, at);
    if (kept !== NONE) return kept;
  }
  return Math.max(0, amountAt([book.ofAny], at));
}

const NO_GROUPS: readonly Places[] = [];

function groupsOf(book: SafetyBook, { category, tags }: WorldProduct): readonly Places[] {
  const ofCategory = category === undefined ? undefined : book.byCategory.get(category);
  if (book.byTag.size === 0 || tags.length === 0) {
    return ofCategory === undefined ? NO_GROUPS : [ofCategory];
  }
  const groups = tags.flatMap((tag) => book.byTag.get(tag) ?? []);
  return ofCategory === undefined ? groups : [...groups, ofCategory];
}

/** The largest amount of the most specific place that any of the lists names, or NONE. */
function amountAt(lists: readonly Places[], at: SafetyQuestion): number {
  const { node } = at;
  let most = NONE;
  for (const { byNode } of lists) most = Math.max(most, largest(byNode.get(node.id), at));
  if (most !== NONE) return most;
  for (const { byRegion, byTag, byKind } of lists) {
    most = Math.max(most, largest(byKind.get(node.kind), at));
    if (node.region !== undefined) most = Math.max(most, largest(byRegion.get(node.region), at));
    if (byTag.size === 0) continue;
    for (const tag of node.tags) most = Math.max(most, largest(byTag.get(tag), at));
  }
  if (most !== NONE) return most;
  for (const { anywhere } of lists) most = Math.max(most, largest(anywhere, at));
  return most;
}

function largest(rules: readonly Rule[] | undefined, at: SafetyQuestion): number {
  let most = NONE;
  if (rules === undefined) return most;
  for (const rule of rules) most = Math.max(most, amountOf(rule, at));
  return most;
}

function amountOf(rule: Rule, at: SafetyQuestion): number {
  return Math.max(
    rule.units ?? 0,
    rule.percent === undefined ? 0 : percentOf(rule.percent, at.onHand),
    rule.weeksOfSupply === undefined ? 0 : productCeil(rule.weeksOfSupply, at.weeklySales),
  );
}

const PERCENT_DECIMALS = 12;

// A double this far from every whole number cannot have been rounded over one: products here stay under 10¹².
const SURELY_APART = 1e-3;

/** `percent` of whole units, raised to whole units; the decimals are taken as written (up to 12). */
export function percentOf(percent: number, units: number): number {
  if (units <= 0) return 0;
  const about = (percent * units) / 100;
  if (Math.abs(about - Math.round(about)) > SURELY_APART) return Math.ceil(about);
  return ceilOf(scaled(percent) * BigInt(units), 100n * SCALE);
}

const SCALE = 10n ** BigInt(PERCENT_DECIMALS);

/** The product of two numbers as they are written, raised to a whole one. */
function productCeil(a: number, b: number): number {
  const about = a * b;
  if (about === 0) return 0;
  if (Math.abs(about - Math.round(about)) > SURELY_APART) return Math.ceil(about);
  return ceilOf(scaled(a) * scaled(b), SCALE * SCALE);
}

function scaled(value: number): bigint {
  return BigInt(value.toFixed(PERCENT_DECIMALS).replace('.', ''));
}

function ceilOf(value: bigint, by: bigint): number {
  return Number((value + by - 1n) / by);
}
