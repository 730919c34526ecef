import { expect, test } from 'vitest';
import type { ShopLocation } from '../connector-store.ts';
import { DEFAULT_SURFACES } from '../surfaces.ts';
import { bindLevels } from './bindings.ts';
import { DEFAULT_INVENTORY, type InventorySettings } from './settings.ts';

function location(locationId: string, over: Partial<ShopLocation> = {}): ShopLocation {
  return {
    locationId,
    name: locationId,
    isActive: true,
    fulfillsOnlineOrders: true,
    country: 'IT',
    postalCode: '',
    city: '',
    address1: '',
    lat: null,
    lng: null,
    pickupTime: null,
    pickupInstructions: null,
    ...over,
  };
}

const surfaces = { ...DEFAULT_SURFACES, locations: [{ locationId: '1', nodeId: 'milan' }] };
const nodeIds = new Set(['milan', '2']);

function bind(settings: Partial<InventorySettings>, locations: readonly ShopLocation[]) {
  return bindLevels({ ...DEFAULT_INVENTORY, ...settings }, { surfaces, locations, nodeIds });
}

test('a node is Shopify’s until its stock is sent to us, then Kept writes its location', () => {
  const both = [location('1'), location('2')];
  expect(bind({}, both).levels.map((one) => one.isWritten)).toEqual([false, false]);
  const { levels } = bind({ keptNodes: ['milan'] }, both);
  expect(levels).toEqual([
    { locationId: 1, channel: 'online', nodeId: 'milan', isWritten: true },
    { locationId: 2, channel: 'online', nodeId: '2', isWritten: false },
  ]);
});

test('a location that stands for nothing, or is closed, has no figure', () => {
  expect(bind({}, [location('9'), location('1', { isActive: false })]).levels).toEqual([]);
});

test('a location for a marketplace shows that channel’s whole figure', () => {
  const { levels } = bind({ locations: [{ locationId: '9', channel: 'market' }] }, [location('9')]);
  expect(levels).toEqual([
    { locationId: 9, channel: 'market', nodeId: undefined, isWritten: true },
  ]);
});

test('a node’s location cannot show a channel too: Shopify has one quantity', () => {
  const { levels, impossible } = bind({ locations: [{ locationId: '1', channel: 'market' }] }, [
    location('1'),
  ]);
  expect(levels).toEqual([]);
  expect(impossible).toEqual([
    { locationId: '1', reason: expect.stringContaining('one quantity for an item at a location') },
  ]);
});

test('with one location for all units the places are not written, and may not sell online', () => {
  const settings: Partial<InventorySettings> = {
    topology: 'aggregate',
    onlineLocationId: '9',
    keptNodes: ['milan'],
  };
  const shut = { fulfillsOnlineOrders: false };
  const { levels, impossible } = bind(settings, [
    location('9'),
    location('1', shut),
    location('2'),
  ]);
  expect(levels.map((one) => [one.locationId, one.isWritten])).toEqual([
    [9, true],
    [1, false],
  ]);
  expect(impossible).toEqual([
    { locationId: '2', reason: expect.stringContaining('would be sold twice') },
  ]);
});
