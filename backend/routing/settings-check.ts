/**
 * Routing rules that cannot all be meant: which, and what to do about it.
 *
 * In: a section every field of which is right on its own. Out: the first contradiction with its place, or undefined. A
 * contradiction is a rule that can never let anything through, or that another one makes void, so that orders would wait
 * for ever without anybody having wanted it.
 */
import type { InvalidInput } from '../base/result.ts';
import { type Path, toPointer } from '../network/problems.ts';
import { PENALTIES } from './decision.ts';
import type {
  CountryRule,
  PlaceFilter,
  ProductRule,
  RoutingSettings,
  SplitRules,
  Weights,
} from './settings.ts';

type Contradiction = Omit<InvalidInput, 'code'>;

/** The first contradiction of the section. */
export function contradictionIn(settings: RoutingSettings): Contradiction | undefined {
  return (
    ladderFault(settings.ladderDays, ['ladderDays']) ??
    weightsFault(settings.weights, ['weights']) ??
    splitFault(settings.split, ['split']) ??
    rulesFault(settings) ??
    offersFault(settings) ??
    rulesetsFault(settings)
  );
}

function fault(path: Path, allowed: string, remedy: string): Contradiction {
  return { pointer: toPointer(path), allowed, remedy };
}

function ladderFault(days: readonly number[], path: Path): Contradiction | undefined {
  const at = days.findIndex((rung, index) => index > 0 && rung <= (days[index - 1] ?? 0));
  if (at < 0) return undefined;
  return {
    ...fault([...path, at], `more days than the step before (${days[at - 1]})`, 'Sort the steps.'),
    value: days[at],
  };
}

function weightsFault(weights: Weights, path: Path): Contradiction | undefined {
  if (PENALTIES.some((rule) => (weights[rule] ?? 1) > 0)) return undefined;
  return fault(
    path,
    'at least one weight above 0: with all at 0 every plan is as good as any other',
    'Give a weight above 0 to what should decide.',
  );
}

function splitFault(split: SplitRules, path: Path): Contradiction | undefined {
  const { mode, maxParcels, keepKitsTogether } = split;
  if (mode === 'forbid' && !keepKitsTogether) {
    return fault(
      [...path, 'keepKitsTogether'],
      'true while splitting is forbidden: kits cannot come from two nodes in one parcel',
      'Keep kits together, or allow splitting.',
    );
  }
  if (mode === 'limit' && maxParcels === undefined) {
    const allowed = 'the most parcels of an order, with the mode limit';
    return fault([...path, 'maxParcels'], allowed, 'Give a number from 1, or allow splitting.');
  }
  if (mode !== 'limit' && maxParcels !== undefined) {
    const allowed = `nothing with the mode ${mode}`;
    return fault([...path, 'maxParcels'], allowed, 'Remove it, or choose the mode limit.');
  }
  const isValued = split.minimumParcelValueMinor + split.minimumRemainderValueMinor > 0;
  if (mode === 'forbid' && isValued) {
    const allowed = '0 while splitting is forbidden: no parcel is ever a part of an order';
    return fault([...path, 'minimumParcelValueMinor'], allowed, 'Set both values to 0.');
  }
  return undefined;
}

const FILTERS = ['nodeIds', 'nodeKinds', 'nodeCountries', 'nodeTags'] as const;

function isUnfiltered(filter: PlaceFilter): boolean {
  return FILTERS.every((name) => filter[name] === undefined);
}

function emptyList(filter: PlaceFilter, path: Path): Contradiction | undefined {
  for (const name of FILTERS) {
    if (filter[name]?.length !== 0) continue;
    const allowed = 'at least one entry: an empty list names no place at all';
    return fault([...path, name], allowed, 'Add an entry, or remove the list.');
  }
  return undefined;
}

function rulesFault(settings: RoutingSettings): Contradiction | undefined {
  for (const [index, rule] of inForce(settings.countryRules)) {
    const path = ['countryRules', index];
    const empty = emptyList(rule, path);
    if (empty !== undefined) return empty;
    if (isUnfiltered(rule)) return everyPlace(rule.effect, path, 'to these countries');
  }
  for (const [index, rule] of inForce(settings.productRules)) {
    const path = ['productRules', index];
    const empty = emptyList(rule, path);
    if (empty !== undefined) return empty;
    if (isUnfiltered(rule)) return everyPlace(rule.effect, path, 'such products');
  }
  return (
    crossed('countryRules', inForce(settings.countryRules), sharedCountry) ??
    crossed('productRules', inForce(settings.productRules), sharedProducts)
  );
}

/** Rules that are not switched off, each with its place in the list. */
function inForce<Rule extends { readonly isOff: boolean }>(rules: readonly Rule[]) {
  return [...rules.entries()].filter(([, rule]) => !rule.isOff);
}

function everyPlace(effect: 'only' | 'never', path: Path, what: string): Contradiction {
  return effect === 'never'
    ? fault(
        path,
        `a rule that names places: as it is, no place could send ${what}`,
        'Name the places by id, kind or country.',
      )
    : fault(path, 'a rule that names places', 'Name the places, or remove the rule.');
}

/** Two rules for the same thing of which one leaves only what the other forbids. */
function crossed<Rule extends EffectOnPlaces>(
  list: 'countryRules' | 'productRules',
  rules: readonly (readonly [number, Rule])[],
  sharedBy: (a: Rule, b: Rule) => string | undefined,
): Contradiction | undefined {
  for (const [at, [index, rule]] of rules.entries()) {
    for (const [earlier, other] of rules.slice(0, at)) {
      const shared = sharedBy(rule, other);
      if (shared === undefined || !excludeEachOther(rule, other)) continue;
      return {
        ...fault(
          [list, index],
          `a rule that leaves some place for ${shared}: with rule ${earlier + 1} of the list none is left`,
          'Change, switch off or remove one of the two rules.',
        ),
        value: shared,
      };
    }
  }
  return undefined;
}

function sharedCountry(a: CountryRule, b: CountryRule): string | undefined {
  return a.destinationCountries.find((one) => b.destinationCountries.includes(one));
}

// Only what both name for certain: whether some product has two tags at once, nobody knows here.
function sharedProducts(a: ProductRule, b: ProductRule): string | undefined {
  const tag = sharedWord(a.productTags, b.productTags);
  const category = sharedWord(a.categories, b.categories);
  if (tag === undefined || category === undefined) return undefined;
  return [tag, category].filter((word) => word !== '').join(', ') || 'every product';
}

/** A word both lists hold; '' when neither is a condition; undefined: none. */
function sharedWord(a: readonly string[] | undefined, b: readonly string[] | undefined) {
  if (a === undefined || b === undefined) return (a ?? b)?.[0] ?? '';
  return a.find((one) => b.includes(one));
}

type EffectOnPlaces = PlaceFilter & { readonly effect: 'only' | 'never' };

function excludeEachOther(a: EffectOnPlaces, b: EffectOnPlaces): boolean {
  if (a.effect === 'only' && b.effect === 'only') {
    // A place has one id, kind and country, and any number of tags.
    return (['nodeIds', 'nodeKinds', 'nodeCountries'] as const).some((name) =>
      areDisjoint(a[name], b[name]),
    );
  }
  if (a.effect === 'never' && b.effect === 'never') return coverAllKinds(a, b);
  const [only, never] = a.effect === 'only' ? [a, b] : [b, a];
  return FILTERS.every((name) => isWithin(only[name], never[name]));
}

function areDisjoint(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return a !== undefined && b !== undefined && !a.some((one) => b.includes(one));
}

/** What `never` names takes in all that `only` leaves. */
function isWithin(only: readonly string[] | undefined, never: readonly string[] | undefined) {
  if (never === undefined) return true;
  return only?.every((one) => never.includes(one)) ?? false;
}

const KINDS = ['warehouse', 'store', '3pl'] as const;

function coverAllKinds(a: PlaceFilter, b: PlaceFilter): boolean {
  const byKindAlone = [a, b].every(
    ({ nodeIds, nodeCountries, nodeTags }) =>
      nodeIds === undefined && nodeCountries === undefined && nodeTags === undefined,
  );
  const named = [...(a.nodeKinds ?? []), ...(b.nodeKinds ?? [])];
  return byKindAlone && KINDS.every((kind) => named.includes(kind));
}

function offersFault({ offers, dailyOrderCap }: RoutingSettings): Contradiction | undefined {
  const closed = offers.autoClaimNodes.findIndex((node) => dailyOrderCap.byNode[node] === 0);
  if (closed < 0) return undefined;
  return {
    ...fault(
      ['offers', 'autoClaimNodes', closed],
      'a node that takes orders: its daily cap is 0',
      'Raise the cap of the node, or remove it here.',
    ),
    value: offers.autoClaimNodes[closed],
  };
}

function rulesetsFault(settings: RoutingSettings): Contradiction | undefined {
  const names = new Set(['default']);
  for (const [index, ruleset] of settings.rulesets.entries()) {
    const path = ['rulesets', index];
    if (names.has(ruleset.name)) {
      const allowed = 'a name of its own, other than default';
      const said = fault([...path, 'name'], allowed, 'Rename the ruleset.');
      return { ...said, value: ruleset.name };
    }
    names.add(ruleset.name);
    const { minimumValueMinor = 0, belowValueMinor } = ruleset.when;
    if (belowValueMinor !== undefined && belowValueMinor <= minimumValueMinor) {
      const allowed = `more than minimumValueMinor (${minimumValueMinor}): as it is, no order matches`;
      const said = fault([...path, 'when', 'belowValueMinor'], allowed, 'Correct one of the two.');
      return { ...said, value: belowValueMinor };
    }
    const found =
      emptyList(ruleset, path) ??
      (ruleset.ladderDays && ladderFault(ruleset.ladderDays, [...path, 'ladderDays'])) ??
      weightsFault({ ...settings.weights, ...ruleset.weights }, [...path, 'weights']) ??
      (ruleset.split && splitFault(ruleset.split, [...path, 'split']));
    if (found !== undefined) return found;
  }
  return undefined;
}
