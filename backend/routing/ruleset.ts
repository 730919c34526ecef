/**
 * Which of the shop's routing rules hold for this order?
 *
 * The first ruleset whose conditions all hold replaces the parts it states; of weights it replaces those it names. An order
 * no ruleset speaks of is routed by the section itself, under the name `default`. Pure.
 */
import type { WorldNode } from '../network/world.ts';
import type { Penalty, RoutingQuestion } from './decision.ts';
import type {
  OfferSettings,
  PlaceFilter,
  PriorityRow,
  Rates,
  RoutingSettings,
  Ruleset,
  SplitRules,
  Weights,
} from './settings.ts';

/** What holds for one order. */
export type Rules = {
  readonly name: string;
  readonly weights: Readonly<Record<Penalty, number>>;
  readonly rates: Rates;
  readonly ladderDays: readonly number[];
  readonly split: SplitRules;
  readonly priority: readonly PriorityRow[];
  readonly offers: OfferSettings;
  /** The places the ruleset leaves; undefined: every one. */
  readonly places: PlaceFilter | undefined;
  readonly settings: RoutingSettings;
};

/** The order's attributes that rulesets ask for. */
export type OrderTraits = Pick<
  RoutingQuestion,
  'method' | 'channel' | 'customerTags' | 'tags' | 'destination' | 'lines'
>;

/** The rules for an order. */
export function rulesFor(settings: RoutingSettings, order: OrderTraits): Rules {
  const ruleset = settings.rulesets.find((one) => !one.isOff && isMet(one.when, order));
  if (ruleset === undefined) return standardOf(settings);
  const standard = standardOf(settings);
  return {
    ...standard,
    name: ruleset.name,
    weights: { ...standard.weights, ...ruleset.weights },
    ladderDays: ruleset.ladderDays ?? settings.ladderDays,
    split: ruleset.split ?? settings.split,
    priority: ruleset.priority ?? settings.priority,
    offers: ruleset.offers ?? settings.offers,
    places: ruleset,
  };
}

const standards = new WeakMap<RoutingSettings, Rules>();

function standardOf(settings: RoutingSettings): Rules {
  const known = standards.get(settings);
  if (known !== undefined) return known;
  const rules: Rules = {
    name: 'default',
    weights: everyWeight(settings.weights),
    rates: settings.rates,
    ladderDays: settings.ladderDays,
    split: settings.split,
    priority: settings.priority,
    offers: settings.offers,
    places: undefined,
    settings,
  };
  standards.set(settings, rules);
  return rules;
}

/** Each penalty's weight; 1 where the merchant says nothing. */
export function everyWeight(named: Weights): Readonly<Record<Penalty, number>> {
  return { ...NO_DIFFERENCE, ...named };
}

const NO_DIFFERENCE: Readonly<Record<Penalty, number>> = {
  shipping_cost: 1,
  handling: 1,
  split: 1,
  lateness: 1,
  node_load: 1,
  cannot_prepare_now: 1,
  stock_balance: 1,
  co2: 1,
  priority: 1,
  move_seen: 1,
};

function isMet(when: Ruleset['when'], order: OrderTraits): boolean {
  const country = order.destination?.country ?? '';
  return (
    (when.methods?.includes(order.method) ?? true) &&
    (when.channels?.includes(order.channel) ?? true) &&
    (when.destinationCountries?.includes(country) ?? true) &&
    (when.customerTags?.some((tag) => order.customerTags.includes(tag)) ?? true) &&
    (when.orderTags?.some((tag) => order.tags.includes(tag)) ?? true) &&
    isWorth(when, order)
  );
}

function isWorth(when: Ruleset['when'], { lines }: OrderTraits): boolean {
  if (when.minimumValueMinor === undefined && when.belowValueMinor === undefined) return true;
  const value = lines.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor, 0);
  return value >= (when.minimumValueMinor ?? 0) && value < (when.belowValueMinor ?? Infinity);
}

/** The filter names the node: every list given does. */
export function namesPlace(filter: PlaceFilter, node: WorldNode): boolean {
  return (
    (filter.nodeIds?.includes(node.id) ?? true) &&
    (filter.nodeKinds?.includes(node.kind) ?? true) &&
    (filter.nodeCountries?.includes(node.country) ?? true) &&
    (filter.nodeTags?.some((tag) => node.tags.includes(tag)) ?? true)
  );
}

/** The row of the priority list names the node for a destination. */
export function namesPriority(
  row: PriorityRow,
  of: { readonly node: WorldNode; readonly country: string },
): boolean {
  return (
    (row.nodeKind === undefined || row.nodeKind === of.node.kind) &&
    (row.nodeCountry === undefined || row.nodeCountry === of.node.country) &&
    (row.destinationCountry === undefined || row.destinationCountry === of.country)
  );
}
