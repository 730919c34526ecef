import { expect, test } from 'vitest';
import { DEFAULT_INVENTORY, parseInventorySettings } from './settings.ts';

test('a shop that decided nothing is written to nowhere', () => {
  expect(DEFAULT_INVENTORY).toEqual({
    topology: 'mirror',
    channel: 'online',
    locations: [],
    keptNodes: [],
    shipmentsBookedBySystem: [],
  });
});

test.each([
  ['an unknown topology', { topology: 'star' }, '/topology', 'expected one of'],
  ['an unknown field', { keeps: [] }, '', 'Unrecognized'],
  [
    'one location for two channels',
    {
      locations: [
        { locationId: '7', channel: 'online' },
        { locationId: '7', channel: 'market' },
      ],
    },
    '/locations/1',
    'one quantity for an item at a location',
  ],
  [
    'aggregate without its location',
    { topology: 'aggregate' },
    '/onlineLocationId',
    'one location',
  ],
  [
    'an online location in a mirror',
    { topology: 'mirror', onlineLocationId: '7' },
    '/onlineLocationId',
    'its own part',
  ],
  [
    'the online location standing for another channel too',
    {
      topology: 'aggregate',
      onlineLocationId: '7',
      locations: [{ locationId: '7', channel: 'market' }],
    },
    '/locations/0',
    'one quantity for an item at a location',
  ],
  [
    'a system’s shipments at a node that is Shopify’s',
    { keptNodes: ['milan'], shipmentsBookedBySystem: ['milan', 'rome'] },
    '/shipmentsBookedBySystem/1',
    'a node of keptNodes',
  ],
  ['a node kept twice', { keptNodes: ['milan', 'milan'] }, '/keptNodes/1', 'each node once'],
])('%s is refused with the place and the reason', (_what, value, pointer, reason) => {
  const parsed = parseInventorySettings(value);
  expect(parsed).toMatchObject({ ok: false, refusal: { code: 'invalid_input', pointer } });
  expect(parsed.ok ? '' : parsed.refusal.allowed).toContain(reason);
});
