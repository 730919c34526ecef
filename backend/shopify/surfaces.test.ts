import { expect, test } from 'vitest';
import { DEFAULT_SURFACES, nodeOfLocation, parseSurfaces, serviceOfRate } from './surfaces.ts';

test('an empty section is a shop that decided nothing', () => {
  expect(parseSurfaces({})).toEqual({ ok: true, value: DEFAULT_SURFACES });
  expect(DEFAULT_SURFACES).toMatchObject({ sortsByDate: false, managesPickup: true });
});

test.each([
  [
    '/locations/1',
    {
      locations: [
        { locationId: '1', nodeId: 'a' },
        { locationId: '1', nodeId: 'b' },
      ],
    },
  ],
  [
    '/locations/1',
    {
      locations: [
        { locationId: '1', nodeId: 'a' },
        { locationId: '2', nodeId: 'a' },
      ],
    },
  ],
  [
    '/rateBindings/1',
    {
      rateBindings: [
        { rateCode: 'S', serviceCode: 'a' },
        { rateCode: 'S', serviceCode: 'b' },
      ],
    },
  ],
  [
    '/locations/0/locationId',
    { locations: [{ locationId: 'gid://shopify/Location/1', nodeId: 'a' }] },
  ],
  ['/pickupBasketUnits', { pickupBasketUnits: 0 }],
  ['', { unknown: true }],
])('a fault is refused at %s', (pointer, value) => {
  expect(parseSurfaces(value)).toMatchObject({ ok: false, refusal: { pointer } });
});

test('more bindings than the Function can read are refused', () => {
  const rateBindings = Array.from({ length: 100 }, (_, index) => ({
    rateCode: `${index}${'x'.repeat(95)}`,
    serviceCode: 'standard',
  }));
  expect(parseSurfaces({ rateBindings })).toMatchObject({ refusal: { pointer: '/rateBindings' } });
});

test('a location is its listed node, else the node that carries its number', () => {
  const nodes = new Set(['milan', '7', 'location-8']);
  const surfaces = { ...DEFAULT_SURFACES, locations: [{ locationId: '5', nodeId: 'milan' }] };
  expect(['5', '7', '8', '9'].map((id) => nodeOfLocation(surfaces, id, nodes))).toEqual([
    'milan',
    '7',
    'location-8',
    undefined,
  ]);
  const gone = { ...surfaces, locations: [{ locationId: '7', nodeId: 'gone' }] };
  expect(nodeOfLocation(gone, '7', nodes)).toBeUndefined();
});

test('a rate nobody bound stands for nothing', () => {
  const rateBindings = [{ rateCode: 'Standard', serviceCode: 'std' }];
  const surfaces = { ...DEFAULT_SURFACES, rateBindings };
  expect(serviceOfRate(surfaces, 'Standard')).toBe('std');
  expect(serviceOfRate(surfaces, 'standard')).toBeUndefined();
});
