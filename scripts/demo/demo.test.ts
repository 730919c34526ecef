import { expect, test } from 'vitest';
import { geocode } from '../../backend/network/geo/geocode.ts';
import { builtInPostalPlaces } from '../../backend/network/geo/prefix-centroids.ts';
import { parseWorld } from '../../backend/network/world-parse.ts';
import { parseShopSeed } from '../local-shopify/seed.ts';
import { CO2_KG_PER_TONNE_KM, mixedCo2KgPerTonneKm } from './co2-factors.ts';
import { demoWorld } from './generate.ts';
import { demoHistory, demoLanes } from './lanes.ts';
import { locationIdOf, variantIdsOf } from './locations.ts';
import { pictureOf } from './pictures/picture.ts';
import { ADVENT_SUNDAYS, BLACK_FRIDAYS } from './season.ts';
import { demoShopSeed } from './shop.ts';
import { demoStories } from './stories.ts';
import { demoStyles } from './styles.ts';
import { COUNTRIES, demoZones } from './zones.ts';

const parsed = parseWorld(JSON.parse(JSON.stringify(demoWorld())));
if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal.problems, undefined, 1));
const world = parsed.value;

test('the network accepts the demo world without a refusal', () => {
  expect(parsed.ok).toBe(true);
});

test('two runs of the generator give the same world, letter for letter', () => {
  expect(JSON.stringify(demoWorld())).toBe(JSON.stringify(demoWorld()));
});

test('there are 3 warehouses, a logistics partner, 43 stores, 6 carriers and 40 styles of 2 brands', () => {
  const count = (kind: string) => world.nodes.filter((node) => node.kind === kind).length;
  expect([count('warehouse'), count('3pl'), count('store')]).toEqual([3, 1, 43]);
  expect(world.carriers).toHaveLength(6);
  expect(demoStyles()).toHaveLength(40);
  expect(new Set(demoStyles().map((style) => style.brand))).toEqual(
    new Set(['Vesprana', 'Tidemoor']),
  );
});

test.each(COUNTRIES)('%s has stores, 25 to 60 pickup points, and its own zones', (country) => {
  const inCountry = <T extends { country: string }>(things: readonly T[]) =>
    things.filter((thing) => thing.country === country);
  expect(inCountry(world.nodes).length).toBeGreaterThanOrEqual(5);
  expect(inCountry(world.pickupPoints).length).toBeGreaterThanOrEqual(25);
  expect(inCountry(world.pickupPoints).length).toBeLessThanOrEqual(60);
  expect(inCountry(world.zones).length).toBeGreaterThanOrEqual(10);
});

test('every node and pickup point stands within 25 km of the centroid of its postal prefix', () => {
  for (const place of [...world.nodes, ...world.pickupPoints]) {
    const { country, postalCode = '' } = place;
    const point = geocode([builtInPostalPlaces()], { country, postalCode });
    expect(point, place.id).toBeDefined();
    const lng = (place.lng - (point?.lng ?? 0)) * Math.cos((place.lat * Math.PI) / 180);
    expect(111.2 * Math.hypot(lng, place.lat - (point?.lat ?? 0)), place.id).toBeLessThan(25);
  }
});

test('every node opens in some week, and every store hands over orders', () => {
  for (const node of world.nodes) {
    const openings = Object.values(node.hours.weekly).flat();
    expect(openings.length, node.id).toBeGreaterThan(4);
    expect(node.offersPickup, node.id).toBe(node.kind === 'store');
  }
});

test('Milan keeps 7 December, Rome 29 June, Madrid 9 November, Barcelona 24 September', () => {
  const closedOn = (city: string, date: string) =>
    world.nodes
      .filter((node) => node.city === city)
      .map((node) => node.hours.exceptions.find((exception) => exception.date === date)?.intervals);
  expect(closedOn('Milano', '2026-12-07')).toEqual([[], []]);
  expect(closedOn('Roma', '2027-06-29')).toEqual([[], []]);
  expect(closedOn('Madrid', '2026-11-09')).toEqual([[], []]);
  expect(closedOn('Barcelona', '2026-09-24')).toEqual([[], []]);
  expect(closedOn('München', '2026-12-07')).toEqual([undefined, undefined]);
});

test('Black Friday and Advent fall where the calendar puts them', () => {
  expect(BLACK_FRIDAYS).toEqual(['2026-11-27', '2027-11-26']);
  expect(ADVENT_SUNDAYS).toEqual([
    ['2026-11-29', '2026-12-06', '2026-12-13', '2026-12-20'],
    ['2027-11-28', '2027-12-05', '2027-12-12', '2027-12-19'],
  ]);
});

test('the observations of the lanes are the counts of the deliveries in the history', () => {
  const history = demoHistory(demoZones());
  const observed = demoLanes(demoZones())
    .flatMap((lane) => lane.observations ?? [])
    .reduce((sum, count) => sum + count, 0);
  expect(history).toHaveLength(observed);
  expect(history.every(({ departedOn }) => departedOn > '2026-09-24')).toBe(true);
  expect(new Set(history.map(({ laneKey }) => laneKey)).size).toBe(world.lanes.length);
});

test('a British zone is served from British nodes, and nothing leaves Great Britain', () => {
  const british = new Set(
    [...world.nodes, ...world.zones].flatMap(({ id, country }) => (country === 'GB' ? [id] : [])),
  );
  for (const lane of world.lanes) {
    const sides = [...lane.nodeIds, ...lane.zoneIds].map((id) => british.has(id));
    expect(new Set(sides).size, lane.serviceCode).toBe(1);
  }
});

test('every service has a price in EUR and GBP for every weight', () => {
  for (const service of world.services) {
    expect(new Set(service.prices.map((row) => row.currency))).toEqual(new Set(['EUR', 'GBP']));
  }
});

test('a mix of vehicles emits the mean of their factors', () => {
  expect(mixedCo2KgPerTonneKm({ rail: 1 })).toBe(CO2_KG_PER_TONNE_KM.rail);
  expect(mixedCo2KgPerTonneKm({ articulatedTruck: 0.5, dieselVan: 0.5 })).toBe(0.439);
});

test('the local Shopify accepts the shop seed, and its levels are those of the world', () => {
  const seed = parseShopSeed(JSON.parse(JSON.stringify(demoShopSeed())));
  const variants = seed.products.flatMap((product) => product.variants);
  expect(variants).toHaveLength(world.products.length);
  for (const row of world.stock.slice(0, 500)) {
    const variant = variants.find(({ sku }) => sku === row.sku);
    expect(variant?.available[String(locationIdOf(row.nodeId))]).toBe(row.onHand - row.unavailable);
  }
});

test('product handles, SKUs and shop ids are distinct', () => {
  const seed = demoShopSeed();
  const distinct = (values: readonly unknown[]) => expect(new Set(values).size).toBe(values.length);
  distinct(seed.products.map((product) => product.handle));
  distinct(world.products.map((product) => product.sku));
  distinct(world.products.map(({ sku }) => variantIdsOf(sku).inventoryItemId));
});

test('each picture is a whole SVG document with ids of its own and no script', () => {
  const ids = new Set<string>();
  for (const style of demoStyles()) {
    const svg = pictureOf(style);
    expect(svg).toMatch(/^<svg [^>]*viewBox="0 0 600 720".*<\/svg>$/s);
    expect(svg).not.toMatch(/undefined|NaN|<script/);
    for (const [, id = ''] of svg.matchAll(/ id="([^"]+)"/g)) {
      expect(ids.has(id), id).toBe(false);
      ids.add(id);
    }
  }
});

test('every story names SKUs that exist and jumps to an instant of its own', () => {
  const skus = new Set(world.products.map((product) => product.sku));
  for (const story of demoStories()) {
    for (const line of story.cart) expect(skus.has(line.sku), line.sku).toBe(true);
  }
  expect(new Set(demoStories().map((story) => story.id)).size).toBe(demoStories().length);
});
