/** The quote follows the figure: who may be promised what, from where, without anyone editing a rule. */
import { expect, test } from 'vitest';
import { parsed, twoStoresOneWarehouse } from '../../tests/worlds/worlds.ts';
import { instantToMinuteFloor } from '../base/time.ts';
import { compileNetwork } from '../network/network.ts';
import type { WorldInput } from '../network/world.ts';
import { applyStockRow, factsOfWorld } from '../stock/stock.ts';
import { type QuoteRequest, quote } from './quote.ts';

const NOW = '2026-11-30T09:00:00+01:00';
const MINUTE = instantToMinuteFloor(NOW);

function shop(change: (world: WorldInput) => WorldInput = (world) => world) {
  const world = parsed(change(twoStoresOneWarehouse()));
  const snapshot = compileNetwork(world, MINUTE);
  return { snapshot, facts: factsOfWorld(snapshot, world) };
}

function withPolicy(policy: Partial<WorldInput['policy']>) {
  return (world: WorldInput): WorldInput => ({ ...world, policy: { ...world.policy, ...policy } });
}

function request(quantity: number, changes: Partial<QuoteRequest> = {}): QuoteRequest {
  return {
    nowMinute: MINUTE,
    marginMinutes: 0,
    lines: [{ sku: 'SHIRT', quantity }],
    destination: { country: 'IT', postalCode: '00184', lat: 41.9, lng: 12.5 },
    currency: 'EUR',
    locale: 'it',
    channel: 'online',
    customerTags: [],
    ...changes,
  };
}

function homeOf({ snapshot, facts }: ReturnType<typeof shop>, asked: QuoteRequest) {
  const answer = quote(snapshot, facts, { ...asked, methods: ['home'] });
  return { option: answer.options[0], absent: answer.absent[0] };
}

function nodesOf(shopped: ReturnType<typeof shop>, asked: QuoteRequest): string[] {
  return homeOf(shopped, asked).option?.parcels.map(({ nodeId }) => nodeId) ?? [];
}

const TO_MILAN = { destination: { country: 'IT', postalCode: '20121', lat: 45.4642, lng: 9.19 } };

test('a warehouse that runs dry hands over to the store, and back when it is filled, with no edit', () => {
  const live = shop();
  const asked = request(2, TO_MILAN);
  expect(nodesOf(live, asked)).toEqual(['milan']);
  const row = { sku: 'SHIRT', nodeId: 'milan', unavailable: 0, allocated: 0, incoming: [] };
  applyStockRow(live.facts, { ...row, onHand: 0 });
  expect(nodesOf(live, asked)).toEqual(['rome']);
  applyStockRow(live.facts, { ...row, onHand: 10 });
  expect(nodesOf(live, asked)).toEqual(['milan']);
});

test('so does one whose units are all damaged, kept back or allocated', () => {
  const live = shop(withPolicy({ safetyStock: [{ nodeId: 'milan', units: 4 }] }));
  const row = { sku: 'SHIRT', nodeId: 'milan', onHand: 10, incoming: [] };
  applyStockRow(live.facts, { ...row, unavailable: 3, allocated: 3 });
  expect(nodesOf(live, request(1, TO_MILAN))).toEqual(['rome']);
});

test('the reserved units of a customer group are promised to it and to nobody else', () => {
  const live = shop(withPolicy({ quotas: [{ sku: 'SHIRT', quantity: 5, customerTag: 'vip' }] }));
  // 13 in all, 5 of them for the group.
  expect(homeOf(live, request(8)).option).toBeDefined();
  expect(homeOf(live, request(9)).absent).toMatchObject({ code: 'no_stock' });
  const vip = request(9, { customerTags: ['vip'] });
  expect(homeOf(live, vip).option?.parcels[0]?.lines[0]?.quantity).toBeGreaterThan(0);
});

test('the units of a marketplace are not promised on the site', () => {
  const live = shop(withPolicy({ quotas: [{ sku: 'SHIRT', quantity: 6, channel: 'market' }] }));
  expect(homeOf(live, request(8)).absent).toMatchObject({ code: 'no_stock' });
  expect(homeOf(live, request(8, { channel: 'market' })).option).toBeDefined();
});

test('a closed node promises nothing, and the others go on', () => {
  const live = shop((world) => ({
    ...world,
    nodes: world.nodes.map((node) =>
      node.id === 'milan' ? { ...node, takesOrders: false } : node,
    ),
  }));
  expect(nodesOf(live, request(2))).toEqual(['rome']);
  expect(homeOf(live, request(4)).absent).toMatchObject({ code: 'no_stock' });
});

test('a channel promises incoming stock of its sources only, and of lots that state none', () => {
  const lots = (source?: string) => [
    {
      quantity: 5,
      expectedOn: '2026-12-01',
      ...(source === undefined ? {} : { source }),
    },
  ];
  const isPromised = (incoming: ReturnType<typeof lots>, incomingSources?: string[]) => {
    const live = shop((world) => ({
      ...withPolicy({
        channels: [{ code: 'online', ...(incomingSources ? { incomingSources } : {}) }],
      })(world),
      stock: [{ sku: 'SHIRT', nodeId: 'milan', onHand: 0, incoming }],
    }));
    const { option, absent } = homeOf(live, request(1));
    if (option === undefined) expect(absent).toMatchObject({ code: 'no_stock' });
    return option?.parcels[0]?.lines[0]?.fromIncoming === 1;
  };
  expect(isPromised(lots('container'))).toBe(true);
  expect(isPromised(lots('container'), ['container', 'purchase_order'])).toBe(true);
  expect(isPromised(lots('container'), ['purchase_order'])).toBe(false);
  expect(isPromised(lots(), ['purchase_order'])).toBe(true);
});

type Rule = NonNullable<NonNullable<WorldInput['policy']['storePickup']>['rules']>[number];

/** Whether Rome hands over the shirt (category tops, tag new), which offers store pickup or not. */
function collects(rules: readonly Rule[], offersStorePickup = true): boolean {
  const live = shop((world) => ({
    ...withPolicy({ storePickup: { rules: [...rules] } })(world),
    nodes: world.nodes.map((node) => (node.id === 'rome' ? { ...node, tags: ['city'] } : node)),
    products: world.products.map((product) => ({
      ...product,
      category: 'tops',
      tags: ['new'],
      offersStorePickup,
    })),
  }));
  const { options, absent } = quote(live.snapshot, live.facts, {
    ...request(1),
    methods: ['store_pickup'],
  });
  if (options.length === 0) {
    expect(absent).toMatchObject([{ code: 'restricted', facts: { sku: 'SHIRT' } }]);
  }
  return options.length > 0;
}

test.each<[string, Rule[], boolean]>([
  ['no rule speaks', [], true],
  ['only its category is', [{ effect: 'only', category: 'tops' }], true],
  ['only another category is', [{ effect: 'only', category: 'shoes' }], false],
  [
    'one of several is its tag',
    [
      { effect: 'only', category: 'shoes' },
      { effect: 'only', productTag: 'new' },
    ],
    true,
  ],
  ['both its names must hold', [{ effect: 'only', category: 'tops', productTag: 'old' }], false],
  ['another store is narrowed', [{ effect: 'only', nodeId: 'london', category: 'shoes' }], true],
  ['its stores are narrowed', [{ effect: 'only', nodeTag: 'city', category: 'shoes' }], false],
  [
    'it never is, whatever else is said',
    [
      { effect: 'never', sku: 'SHIRT' },
      { effect: 'only', sku: 'SHIRT' },
    ],
    false,
  ],
  ['another never is', [{ effect: 'never', productTag: 'old' }], true],
  ['the store hands over nothing', [{ effect: 'never', nodeId: 'rome' }], false],
])('whether a product can be collected when %s', (_fact, rules, expected) => {
  expect(collects(rules)).toBe(expected);
});

test('a rule never lets a product be collected that offers no store pickup', () => {
  expect(collects([{ effect: 'only', sku: 'SHIRT' }], false)).toBe(false);
});
