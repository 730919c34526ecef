import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsed, twoStoresOneWarehouse } from '../../tests/worlds/worlds.ts';
import { instantToMinuteFloor } from '../base/time.ts';
import { createHolidayBook } from '../network/holidays.ts';
import { compileNetwork } from '../network/network.ts';
import type { WorldInput } from '../network/world.ts';
import { applyReservations, applyStockRow, factsOfWorld } from '../stock/stock.ts';
import { type Quote, type QuoteRequest, quote } from './quote.ts';
import { factsConsidered, packedProducts, unpackFacts } from './receipt-facts.ts';

const MINUTE = instantToMinuteFloor('2026-11-30T09:00:00+01:00');
const HOLIDAYS = createHolidayBook();
const PRODUCTS: WorldInput['products'] = [
  { sku: 'HAT', weightGrams: 100 },
  { sku: 'SHIRT', weightGrams: 300 },
  {
    sku: 'SET',
    weightGrams: 700,
    kit: {
      components: [
        { sku: 'HAT', quantity: 1 },
        { sku: 'SHIRT', quantity: 2 },
      ],
    },
  },
  { sku: 'TWIN', weightGrams: 200, kit: { components: [{ sku: 'HAT', quantity: 2 }] } },
];

type Held = { readonly shirts: readonly number[]; readonly hats: readonly number[] };

function worldOf({ shirts, hats }: Held, policy: Partial<WorldInput['policy']> = {}): WorldInput {
  const world = twoStoresOneWarehouse();
  const nodes = ['milan', 'rome'];
  return {
    ...world,
    policy: { ...world.policy, ...policy },
    products: PRODUCTS,
    stock: nodes.flatMap((nodeId, index) => [
      { sku: 'SHIRT', nodeId, onHand: shirts[index] ?? 0 },
      { sku: 'HAT', nodeId, onHand: hats[index] ?? 0 },
    ]),
  };
}

function shop(held: Held, policy: Partial<WorldInput['policy']> = {}) {
  const world = parsed(worldOf(held, policy));
  const snapshot = compileNetwork(world, MINUTE, { holidays: HOLIDAYS });
  return { world, snapshot, facts: factsOfWorld(snapshot, world) };
}

function request(lines: Readonly<Record<string, number>>): QuoteRequest {
  return {
    nowMinute: MINUTE,
    marginMinutes: 0,
    lines: Object.entries(lines).map(([sku, quantity]) => ({ sku, quantity })),
    destination: { country: 'IT', postalCode: '00184', lat: 41.9, lng: 12.5 },
    currency: 'EUR',
    locale: 'it',
    channel: 'online',
    customerTags: [],
  };
}

function homeOf(answer: Quote) {
  return answer.options.find(({ method }) => method === 'home');
}

test('a kit leaves the node that holds all of it, not the one that holds most', () => {
  const { snapshot, facts } = shop({ shirts: [9, 2], hats: [0, 1] });
  const home = homeOf(quote(snapshot, facts, request({ SET: 1 })));
  expect(home?.parcels).toMatchObject([{ nodeId: 'rome', lines: [{ sku: 'SET', quantity: 1 }] }]);
});

test('a kit is never put together from two nodes', () => {
  const { snapshot, facts } = shop({ shirts: [9, 1], hats: [0, 5] });
  const answer = quote(snapshot, facts, request({ SET: 1 }));
  expect(homeOf(answer)).toBeUndefined();
  expect(answer.absent).toMatchObject([{ code: 'no_stock', facts: { sku: 'SET' } }, {}, {}]);
});

test('two kits may leave two nodes', () => {
  const { snapshot, facts } = shop({ shirts: [3, 2], hats: [1, 4] });
  const home = homeOf(quote(snapshot, facts, request({ SET: 2 })));
  expect(home?.parcels.map(({ nodeId }) => nodeId)).toEqual(['milan', 'rome']);
});

test('a kit and its component do not get the same unit', () => {
  const { snapshot, facts } = shop({ shirts: [3, 0], hats: [1, 0] });
  expect(homeOf(quote(snapshot, facts, request({ SET: 1, SHIRT: 1 })))).toBeDefined();
  expect(homeOf(quote(snapshot, facts, request({ SET: 1, SHIRT: 2 })))).toBeUndefined();
  expect(homeOf(quote(snapshot, facts, request({ SET: 1, HAT: 1 })))).toBeUndefined();
});

test('a component that only one node has is left for its own line; the kit comes from the other', () => {
  // A kit could take Milan’s shirts too, but then no shirt is left for the other line.
  const { snapshot, facts } = shop({ shirts: [2, 2], hats: [0, 1] });
  const home = homeOf(quote(snapshot, facts, request({ SET: 1, SHIRT: 2 })));
  expect(home?.parcels).toMatchObject([
    { nodeId: 'milan', lines: [{ sku: 'SHIRT', quantity: 2 }] },
    { nodeId: 'rome', lines: [{ sku: 'SET', quantity: 1 }] },
  ]);
});

test('a store hands over a kit and its component when it holds both', () => {
  const pickupOf = (lines: Readonly<Record<string, number>>) => {
    const { snapshot, facts } = shop({ shirts: [0, 3], hats: [0, 1] });
    const answer = quote(snapshot, facts, { ...request(lines), methods: ['store_pickup'] });
    return answer.options.map(({ serviceCode }) => serviceCode);
  };
  expect(pickupOf({ SET: 1, SHIRT: 1 })).toEqual(['store:rome']);
  expect(pickupOf({ SET: 1, SHIRT: 2 })).toEqual([]);
});

test('what claims a component is not promised as part of a kit, and the other way round', () => {
  const waiting = (sku: string) => ({ waiting: [{ sku, quantity: 1 }] });
  const held = { shirts: [2, 0], hats: [1, 0] };
  const isPromised = (sku: string, policy: Partial<WorldInput['policy']>) => {
    const { snapshot, facts } = shop(held, policy);
    return homeOf(quote(snapshot, facts, request({ [sku]: 1 }))) !== undefined;
  };
  expect(isPromised('SET', {})).toBe(true);
  expect(isPromised('SET', waiting('HAT'))).toBe(false);
  expect(isPromised('HAT', waiting('SET'))).toBe(false);
  expect(isPromised('SET', { quotas: [{ sku: 'HAT', quantity: 1, channel: 'pos' }] })).toBe(false);
});

test('a changed component raises the version of its kits, so that no cached answer stays', () => {
  const { snapshot, facts } = shop({ shirts: [2, 0], hats: [1, 0] });
  const versionOf = (sku: string) => facts.skuVersions[snapshot.skuIndex.get(sku) ?? -1];
  expect(homeOf(quote(snapshot, facts, request({ SET: 1 })))).toBeDefined();
  const row = { sku: 'HAT', nodeId: 'milan', unavailable: 0, allocated: 0, incoming: [] };
  applyStockRow(facts, { ...row, onHand: 0 }, 7);
  expect(['HAT', 'SET', 'TWIN', 'SHIRT'].map(versionOf)).toEqual([7, 7, 7, 0]);
  expect(homeOf(quote(snapshot, facts, request({ SET: 1 })))).toBeUndefined();
  applyReservations(facts, { sku: 'TWIN', rows: [] }, 9);
  expect(['HAT', 'SET', 'TWIN', 'SHIRT'].map(versionOf)).toEqual([9, 9, 9, 0]);
});

const few = fc.nat({ max: 5 });
const drawn = fc.record({
  shirts: fc.tuple(few, few),
  hats: fc.tuple(few, few),
  lines: fc.dictionary(
    fc.constantFrom('HAT', 'SHIRT', 'SET', 'TWIN'),
    fc.integer({ min: 1, max: 3 }),
    { minKeys: 1, maxKeys: 4 },
  ),
  waiting: fc.nat({ max: 2 }),
  share: fc.constantFrom(10_000, 10_000, 6_000),
});

/** Units of each component that an option takes from each node. */
function takenFrom(option: Quote['options'][number]): Map<string, number> {
  const taken = new Map<string, number>();
  for (const { nodeId, lines } of option.parcels) {
    for (const { sku, quantity } of lines) {
      const kit = PRODUCTS.find((product) => product.sku === sku)?.kit?.components;
      for (const part of kit ?? [{ sku, quantity: 1 }]) {
        const cell = `${nodeId}/${part.sku}`;
        taken.set(cell, (taken.get(cell) ?? 0) + part.quantity * quantity);
      }
    }
  }
  return taken;
}

test('no option takes more of a component from a node than it holds, whatever shares it', {
  timeout: 60_000,
}, () => {
  let options = 0;
  fc.assert(
    fc.property(drawn, ({ shirts, hats, lines, waiting, share }) => {
      const { world, snapshot, facts } = shop(
        { shirts, hats },
        {
          waiting: [{ sku: 'HAT', quantity: waiting }],
          channels: [{ code: 'online', shareBasisPoints: share }],
        },
      );
      const answer = quote(snapshot, facts, request(lines));
      for (const option of answer.options) {
        options += 1;
        for (const [cell, units] of takenFrom(option)) {
          const row = world.stock.find(({ sku, nodeId }) => `${nodeId}/${sku}` === cell);
          expect(units).toBeLessThanOrEqual(row?.onHand ?? 0);
        }
      }
    }),
    { numRuns: 300 },
  );
  expect(options).toBeGreaterThan(100);
});

test('a receipt of kits gives its own dates again, as SKUs of their own', {
  timeout: 60_000,
}, () => {
  fc.assert(
    fc.property(drawn, ({ shirts, hats, lines, waiting, share }) => {
      const { world, snapshot, facts } = shop(
        { shirts, hats },
        {
          waiting: [{ sku: 'HAT', quantity: waiting }],
          reservations: [
            { sku: 'SET', quantity: 1, channel: 'pos', expiresAt: '2026-12-30T10:00:00Z' },
          ],
          channels: [{ code: 'online', shareBasisPoints: share }],
        },
      );
      const asked = request(lines);
      const { options } = quote(snapshot, facts, asked);
      const bytes = factsConsidered(snapshot, facts, asked);
      const alone = compileNetwork({ ...world, products: packedProducts(bytes) }, MINUTE, {
        holidays: HOLIDAYS,
      });
      expect(quote(alone, unpackFacts(alone, bytes), asked).options).toEqual(options);
      expect(quote(snapshot, unpackFacts(snapshot, bytes), asked).options).toEqual(options);
    }),
    { numRuns: 150 },
  );
});
