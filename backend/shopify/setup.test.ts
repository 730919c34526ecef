import { expect, test } from 'vitest';
import type { ShopId } from '../base/ids.ts';
import type { SetupItem, ShopLocation } from './connector-store.ts';
import { duplicatePickupKeys, origins, type SetupFacts, toSetupView } from './setup.ts';
import { DEFAULT_SURFACES } from './surfaces.ts';

const MILAN: ShopLocation = {
  locationId: '1',
  name: 'Milano Duomo',
  isActive: true,
  fulfillsOnlineOrders: true,
  country: 'IT',
  postalCode: '20121',
  city: 'Milano',
  address1: 'Via Dante 1',
  lat: 45.46,
  lng: 9.19,
  pickupTime: 'ONE_HOUR',
  pickupInstructions: '',
};
const ROME: ShopLocation = { ...MILAN, locationId: '2', name: 'Roma', postalCode: '00187' };

function item(name: string, facts: SetupItem['facts'] = {}, state: SetupItem['state'] = 'done') {
  return [name, { item: name, state, shopifyId: 'gid://x/1', facts }] as const;
}

const SHOP = {
  shopGid: 'gid://shopify/Shop/1',
  name: 'Demo',
  url: 'https://demo.example.com',
  timeZone: 'Europe/Rome',
  currency: 'EUR',
  plan: 'Plus',
  isPlus: true,
  isDevelopment: false,
  primaryLanguage: 'it',
  languages: ['it'],
};

function facts(over: Partial<SetupFacts> = {}): SetupFacts {
  return {
    shopId: 'kept-demo.myshopify.com' as ShopId,
    shop: SHOP,
    capabilities: {
      carrier_rates: 'available',
      checkout_ui: 'available',
      delivery_function: 'available',
    },
    setup: new Map([item('locations'), item('carrier_service', { isActive: false })]),
    locations: [MILAN],
    surfaces: { ...DEFAULT_SURFACES, locations: [{ locationId: '1', nodeId: 'milan' }] },
    network: { nodeIds: new Set(['milan']), products: 3, optionsTo: () => [] },
    zones: [],
    ...over,
  };
}

const stateOf = (view: ReturnType<typeof toSetupView>, code: string) =>
  view.steps.find((step) => step.code === code)?.state;
const allowanceOf = (view: ReturnType<typeof toSetupView>, code: string) =>
  view.capabilities.find((one) => one.code === code);

test('a Plus shop may have everything', () => {
  const view = toSetupView(facts());
  expect(view.capabilities.map((one) => one.allowance)).toEqual(Array(8).fill('available'));
  expect(view.rates).toBe('registered');
});

test('a Basic shop is told what it loses, why, and what to do in its place', () => {
  const view = toSetupView(
    facts({
      shop: { ...SHOP, plan: 'Basic', isPlus: false },
      capabilities: {
        carrier_rates: 'unavailable',
        checkout_ui: 'unavailable',
        delivery_function: 'available',
      },
    }),
  );
  expect(allowanceOf(view, 'carrier_rates')).toMatchObject({ reason: 'plan_advanced' });
  expect(allowanceOf(view, 'pickup_points')).toMatchObject({ reason: 'needs_carrier_rates' });
  expect(allowanceOf(view, 'checkout_block')).toMatchObject({ reason: 'plan_plus' });
  expect(allowanceOf(view, 'rate_names')).toMatchObject({ allowance: 'available' });
  expect(view.rates).toBe('unavailable');
  expect([stateOf(view, 'registered'), stateOf(view, 'active')]).toEqual([
    'not_needed',
    'not_needed',
  ]);
  expect(stateOf(view, 'bindings')).toBe('next');
});

test('what nobody probed is unknown, never a promise', () => {
  const view = toSetupView(facts({ capabilities: {}, shop: undefined, setup: new Map() }));
  expect(allowanceOf(view, 'carrier_rates')).toEqual({
    code: 'carrier_rates',
    allowance: 'unknown',
    reason: 'not_probed',
  });
  expect(view.rates).toBe('not_registered');
  expect(stateOf(view, 'installed')).toBe('next');
  expect(stateOf(view, 'network')).toBe('done');
});

test('one step is next at a time', () => {
  const network = { nodeIds: new Set<string>(), products: 0, optionsTo: () => [] };
  const view = toSetupView(facts({ network }));
  expect(view.steps.filter((step) => step.state === 'next').map((step) => step.code)).toEqual([
    'network',
  ]);
  expect(stateOf(view, 'stock')).toBe('later');
});

test('rates are active only when the service is on and attached somewhere', () => {
  const zone = {
    profileId: 'p',
    profileName: 'General',
    groupId: 'g',
    zoneId: 'z',
    name: 'Italia',
    countries: ['IT'],
    ourMethodIds: ['m'],
    isOursActive: true,
    merchantRates: [],
    hasMoreRates: false,
    isAttached: true,
    duplicates: [],
  };
  expect(toSetupView(facts({ zones: [zone] })).rates).toBe('registered');
  const setup = new Map([item('locations'), item('carrier_service', { isActive: true })]);
  expect(toSetupView(facts({ zones: [zone], setup })).rates).toBe('active');
  const detached = { ...zone, isAttached: false, isOursActive: false };
  expect(toSetupView(facts({ zones: [detached], setup })).rates).toBe('registered');
});

test('locations are counted by what is a node', () => {
  const view = toSetupView(facts({ locations: [MILAN, ROME] }));
  expect(view.steps.find((step) => step.code === 'locations')).toEqual({
    code: 'locations',
    state: 'done',
    facts: { bound: 1, total: 2 },
  });
});

test('origins are the places that ship online orders', () => {
  const store = { ...ROME, fulfillsOnlineOrders: false };
  const closed = { ...ROME, locationId: '3', isActive: false };
  expect(origins([MILAN, store, closed])).toEqual([MILAN]);
  expect(toSetupView(facts({ locations: [MILAN, ROME] })).originCount).toBe(2);
});

test('two pickup locations that checkout cannot tell apart are a problem, by name', () => {
  const twin = { ...MILAN, locationId: '9', name: 'MILANO  duomo', address1: 'via Dante, 1' };
  expect(duplicatePickupKeys([MILAN, twin, ROME])).toEqual([[MILAN, twin]]);
  const view = toSetupView(facts({ locations: [MILAN, twin] }));
  expect(view.steps.find((step) => step.code === 'locations')).toMatchObject({
    state: 'problem',
    facts: { ambiguous: 'Milano Duomo, MILANO  duomo' },
  });
});

test('twins without pickup, or one of them closed, are no problem', () => {
  const twin = { ...MILAN, locationId: '9' };
  expect(duplicatePickupKeys([MILAN, { ...twin, pickupTime: null }])).toEqual([]);
  expect(duplicatePickupKeys([MILAN, { ...twin, isActive: false }])).toEqual([]);
});
