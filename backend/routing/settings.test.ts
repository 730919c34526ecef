// Which routing settings are accepted, and why others are not.
import { expect, test } from 'vitest';
import { rulesFor } from './ruleset.ts';
import {
  DEFAULT_ROUTING,
  parseRoutingSettings,
  type RoutingSettings,
  type RoutingSettingsInput,
} from './settings.ts';

function parsed(section: RoutingSettingsInput): RoutingSettings {
  const result = parseRoutingSettings(section);
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}

test('a shop that decided nothing tries 0, 2 and 5 days, may split and gives works directly', () => {
  expect(DEFAULT_ROUTING.ladderDays).toEqual([0, 2, 5]);
  expect(DEFAULT_ROUTING.split.mode).toBe('allow');
  expect(DEFAULT_ROUTING.offers.mode).toBe('direct');
  expect(parsed({})).toEqual(DEFAULT_ROUTING);
});

const ZERO = {
  ...{ shipping_cost: 0, handling: 0, split: 0, lateness: 0, node_load: 0 },
  ...{ cannot_prepare_now: 0, stock_balance: 0, co2: 0, priority: 0, move_seen: 0 },
};

test.each<[string, RoutingSettingsInput, string]>([
  ['a ladder that does not rise', { ladderDays: [0, 5, 2] }, '/ladderDays/2'],
  ['weights that are all 0', { weights: ZERO }, '/weights'],
  [
    'no splitting, but kits apart',
    { split: { mode: 'forbid', keepKitsTogether: false } },
    '/split/keepKitsTogether',
  ],
  ['a limit without a number', { split: { mode: 'limit' } }, '/split/maxParcels'],
  ['a number without the limit', { split: { maxParcels: 2 } }, '/split/maxParcels'],
  [
    'least values of parts that there never are',
    { split: { mode: 'forbid', minimumParcelValueMinor: 1 } },
    '/split/minimumParcelValueMinor',
  ],
  [
    'every place forbidden for a country',
    { countryRules: [{ effect: 'never', destinationCountries: ['IT'] }] },
    '/countryRules/0',
  ],
  [
    'two rules that leave nobody for a country',
    {
      countryRules: [
        { effect: 'only', destinationCountries: ['IT', 'FR'], nodeKinds: ['store'] },
        { effect: 'never', destinationCountries: ['FR'], nodeKinds: ['store', '3pl'] },
      ],
    },
    '/countryRules/1',
  ],
  [
    'every kind of place forbidden by two rules',
    {
      countryRules: [
        { effect: 'never', destinationCountries: ['IT'], nodeKinds: ['store'] },
        { effect: 'never', destinationCountries: ['IT'], nodeKinds: ['warehouse', '3pl'] },
      ],
    },
    '/countryRules/1',
  ],
  [
    'two rules that leave nobody for products of one tag',
    {
      productRules: [
        { effect: 'only', productTags: ['cold', 'fresh'], nodeKinds: ['warehouse'] },
        { effect: 'only', productTags: ['fresh'], nodeKinds: ['store'] },
      ],
    },
    '/productRules/1',
  ],
  [
    'a rule for every product that leaves nobody for some',
    {
      productRules: [
        { effect: 'only', nodeKinds: ['store'] },
        { effect: 'never', categories: ['wine'], nodeKinds: ['store', '3pl'] },
      ],
    },
    '/productRules/1',
  ],
  [
    'a list that names no place',
    { productRules: [{ effect: 'only', productTags: ['cold'], nodeIds: [] }] },
    '/productRules/0/nodeIds',
  ],
  [
    'a store that claims by itself and takes no orders',
    { offers: { autoClaimNodes: ['rome'] }, dailyOrderCap: { byNode: { rome: 0 } } },
    '/offers/autoClaimNodes/0',
  ],
  [
    'a ruleset no order can match',
    { rulesets: [{ name: 'x', when: { minimumValueMinor: 5, belowValueMinor: 5 } }] },
    '/rulesets/0/when/belowValueMinor',
  ],
  [
    'two rulesets of one name',
    {
      rulesets: [
        { name: 'x', when: {} },
        { name: 'x', when: {} },
      ],
    },
    '/rulesets/1/name',
  ],
])('%s is refused, with its place and the next step', (_, section, pointer) => {
  const result = parseRoutingSettings(section);
  expect(result).toMatchObject({ ok: false, refusal: { code: 'invalid_input', pointer } });
  if (!result.ok) expect(result.refusal.remedy).not.toBe('');
});

test('rules that leave some place are accepted', () => {
  parsed({
    countryRules: [
      { effect: 'only', destinationCountries: ['IT'], nodeKinds: ['store', 'warehouse'] },
      { effect: 'never', destinationCountries: ['IT'], nodeKinds: ['store'] },
      { effect: 'never', destinationCountries: ['FR'], nodeIds: ['rome'] },
      { effect: 'only', destinationCountries: ['DE'], nodeTags: ['large'] },
      { effect: 'only', destinationCountries: ['DE'], nodeTags: ['cooled'] },
    ],
  });
});

test('a rule that is switched off contradicts nothing and is kept', () => {
  const settings = parsed({
    countryRules: [
      { effect: 'only', destinationCountries: ['IT'], nodeKinds: ['store'] },
      { effect: 'never', destinationCountries: ['IT'], nodeKinds: ['store'], isOff: true },
    ],
    productRules: [
      { effect: 'only', productTags: ['cold'], nodeKinds: ['store'] },
      { effect: 'only', productTags: ['dry'], nodeKinds: ['warehouse'] },
    ],
  });
  expect(settings.countryRules.map((rule) => rule.isOff)).toEqual([false, true]);
});

test('the first ruleset that matches replaces what it states and keeps the rest', () => {
  const settings = parsed({
    weights: { co2: 3 },
    rulesets: [
      { name: 'large', when: { minimumValueMinor: 10_000 }, split: { mode: 'forbid' } },
      { name: 'uk', when: { destinationCountries: ['GB'] }, weights: { split: 2 } },
    ],
  });
  const order = {
    method: 'home' as const,
    channel: 'online',
    customerTags: [],
    tags: [],
    destination: { country: 'GB', postalCode: '' },
    lines: [{ lineId: '1', sku: 'A', quantity: 2, unitPriceMinor: 4_999 }],
  };
  expect(rulesFor(settings, order)).toMatchObject({
    name: 'uk',
    weights: { co2: 3, split: 2, lateness: 1 },
    split: { mode: 'allow' },
  });
  const dearer = { ...order, lines: [{ ...order.lines[0], unitPriceMinor: 5_000 }] };
  expect(rulesFor(settings, { ...order, ...dearer } as typeof order).name).toBe('large');
});
