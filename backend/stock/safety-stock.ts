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
  /** By `region`, `tag` and `kind` with a space and the name. */
  readonly byGroup: Map<string, Rule[]>;
  readonly anywhere: Rule[];
};

/** A policy's rules, findable by what and where they name. */
export type SafetyBook = {
  readonly hasRules: boolean;
  readonly bySku: ReadonlyMap<string, Places>;
  /** By `category` and `tag` with a space and the name. */
  readonly byGroup: ReadonlyMap<string, Places>;
  readonly ofAny: Places | undefined;
};

/** Sorts the rules of a policy. */
export function compileSafetyBook(rules: readonly Rule[]): SafetyBook {
  const bySku = new Map<string, Places>();
  const byGroup = new Map<string, Places>();
  const ofAny = emptyPlaces();
  for (const rule of rules) {
    if (rule.sku !== undefined) addRule(placesOf(bySku, rule.sku), rule);
    else if (rule.category !== undefined)
      addRule(placesOf(byGroup, `category ${rule.category}`), rule);
    else if (rule.productTag !== undefined)
      addRule(placesOf(byGroup, `tag ${rule.productTag}`), rule);
    else addRule(ofAny, rule);
  }
  return { hasRules: rules.length > 0, bySku, byGroup, ofAny };
}

function emptyPlaces(): Places {
  return { byNode: new Map(), byGroup: new Map(), anywhere: [] };
}

function placesOf(known: Map<string, Places>, name: string): Places {
  const places = known.get(name) ?? emptyPlaces();
  known.set(name, places);
  return places;
}

function addRule(places: Places, rule: Rule): void {
  if (rule.nodeId !== undefined) push(places.byNode, rule.nodeId, rule);
  else if (rule.region !== undefined) push(places.byGroup, `region ${rule.region}`, rule);
  else if (rule.nodeTag !== undefined) push(places.byGroup, `tag ${rule.nodeTag}`, rule);
  else if (rule.kind !== undefined) push(places.byGroup, `kind ${rule.kind}`, rule);
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

/** The units kept back of a product at a node. */
export function safetyUnits(book: SafetyBook, at: SafetyQuestion): number {
  if (!book.hasRules) return 0;
  const { product } = at;
  const ofSku = book.bySku.get(product.sku);
  const kept = ofSku === undefined ? undefined : amountAt([ofSku], at);
  if (kept !== undefined) return kept;
  if (book.byGroup.size > 0) {
    const keptOfGroup = amountAt(groupsOf(book, product), at);
    if (keptOfGroup !== undefined) return keptOfGroup;
  }
  return (book.ofAny && amountAt([book.ofAny], at)) ?? 0;
}

function groupsOf(book: SafetyBook, product: WorldProduct): Places[] {
  const names = product.tags.map((tag) => `tag ${tag}`);
  if (product.category !== undefined) names.push(`category ${product.category}`);
  return names.flatMap((name) => book.byGroup.get(name) ?? []);
}

/** The largest amount of the most specific place that any of the lists names; undefined: none does. */
function amountAt(lists: readonly Places[], at: SafetyQuestion): number | undefined {
  const { node } = at;
  const ofNode = lists.flatMap((places) => places.byNode.get(node.id) ?? []);
  if (ofNode.length > 0) return largest(ofNode, at);
  const ofGroup = lists.flatMap((places) =>
    places.byGroup.size > 0 ? groupRules(places, node) : [],
  );
  if (ofGroup.length > 0) return largest(ofGroup, at);
  const anywhere = lists.flatMap((places) => places.anywhere);
  return anywhere.length > 0 ? largest(anywhere, at) : undefined;
}

function groupRules({ byGroup }: Places, node: WorldNode): Rule[] {
  const names = [`kind ${node.kind}`, ...node.tags.map((tag) => `tag ${tag}`)];
  if (node.region !== undefined) names.push(`region ${node.region}`);
  return names.flatMap((name) => byGroup.get(name) ?? []);
}

function largest(rules: readonly Rule[], at: SafetyQuestion): number {
  let most = 0;
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

/** `percent` of whole units, raised to whole units; the decimals are taken as written (up to 12). */
export function percentOf(percent: number, units: number): number {
  if (units <= 0) return 0;
  // Whole percentages of what fits a double need no long numbers; `%` of whole numbers is exact.
  const whole = percent * units;
  if (Number.isInteger(percent) && whole <= Number.MAX_SAFE_INTEGER) {
    const over = whole % 100;
    return (whole - over) / 100 + (over > 0 ? 1 : 0);
  }
  return ceilOf(scaled(percent) * BigInt(units), 100n * SCALE);
}

const SCALE = 10n ** BigInt(PERCENT_DECIMALS);

/** The product of two numbers as they are written, raised to a whole one. */
function productCeil(a: number, b: number): number {
  return ceilOf(scaled(a) * scaled(b), SCALE * SCALE);
}

function scaled(value: number): bigint {
  return BigInt(value.toFixed(PERCENT_DECIMALS).replace('.', ''));
}

function ceilOf(value: bigint, by: bigint): number {
  return Number((value + by - 1n) / by);
}
