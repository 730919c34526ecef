/**
 * How many units a node keeps back from sale (docs/semantics.md, rule 17).
 *
 * The most specific rule wins: what it names (SKU, else category, else anything) before where (node,
 * else region, else anywhere); of equal rank the larger amount. Percentages are of on hand, raised to
 * whole units and counted exactly: 7 % of 100 is 7.
 */
import type { WorldNode, WorldPolicy, WorldProduct } from '../network/world.ts';

type Rule = WorldPolicy['safetyStock'][number];

/** A policy's rules, findable by what and where they name. */
export type SafetyBook = {
  readonly hasRules: boolean;
  readonly rulesAt: (what: string, where: string) => readonly Rule[] | undefined;
};

/** Sorts the rules of a policy. */
export function compileSafetyBook(rules: readonly Rule[]): SafetyBook {
  const byKey = new Map<string, Rule[]>();
  for (const rule of rules) {
    const key = `${whatOf(rule)}\n${whereOf(rule)}`;
    const list = byKey.get(key);
    if (list === undefined) byKey.set(key, [rule]);
    else list.push(rule);
  }
  return {
    hasRules: rules.length > 0,
    rulesAt: (what, where) => byKey.get(`${what}\n${where}`),
  };
}

function whatOf(rule: Rule): string {
  if (rule.sku !== undefined) return `sku ${rule.sku}`;
  return rule.category === undefined ? '' : `category ${rule.category}`;
}

function whereOf(rule: Rule): string {
  if (rule.nodeId !== undefined) return `node ${rule.nodeId}`;
  return rule.region === undefined ? '' : `region ${rule.region}`;
}

/** The units kept back of `onHand` units of a product at a node. */
export function safetyUnits(
  book: SafetyBook,
  at: { readonly product: WorldProduct; readonly node: WorldNode; readonly onHand: number },
): number {
  if (!book.hasRules) return 0;
  const { product, node } = at;
  const whats = [`sku ${product.sku}`, `category ${product.category ?? ''}`, ''];
  const wheres = [`node ${node.id}`, `region ${node.region ?? ''}`, ''];
  for (const what of whats) {
    for (const where of wheres) {
      const rules = book.rulesAt(what, where);
      if (rules !== undefined) return Math.max(...rules.map((rule) => amountOf(rule, at.onHand)));
    }
  }
  return 0;
}

function amountOf(rule: Rule, onHand: number): number {
  return Math.max(rule.units ?? 0, percentOf(rule.percent ?? 0, onHand));
}

const PERCENT_DECIMALS = 12;

/** `percent` of whole units, raised to whole units; the decimals are taken as written (up to 12). */
export function percentOf(percent: number, units: number): number {
  const scaled = BigInt(percent.toFixed(PERCENT_DECIMALS).replace('.', '')) * BigInt(units);
  const whole = 100n * 10n ** BigInt(PERCENT_DECIMALS);
  return Number((scaled + whole - 1n) / whole);
}
