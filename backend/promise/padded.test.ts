import { expect, test } from 'vitest';
import { randomCase } from '../../tests/oracle/random-world.ts';
import { parsed, twoStoresOneWarehouse } from '../../tests/worlds/worlds.ts';
import { instantToMinuteFloor, localDay, parseDay } from '../base/time.ts';
import { encodePaddedTable, MOST_PADDED_TABLE_BYTES } from '../contract/padded-table.ts';
import { normalizePostalCode } from '../network/destination.ts';
import { compileNetwork } from '../network/network.ts';
import type { World } from '../network/world.ts';
import { factsOfWorld } from '../stock/stock.ts';
import { type PaddedTable, paddedTable } from './padded.ts';
import { chooseZones } from './padded-zones.ts';
import { quote } from './quote.ts';

const MARGIN_MINUTES = 30;

/** Days from the first day for a service, as a reader of the table finds it. */
function lookUp(
  table: PaddedTable,
  asked: { readonly country: string; readonly postalCode: string; readonly service: number },
): readonly (number | null)[] | undefined {
  const code = asked.country + normalizePostalCode(asked.postalCode);
  for (let length = code.length; length >= 2; length -= 1) {
    const row = table.zones[code.slice(0, length)];
    if (row !== undefined) return row[asked.service];
  }
  return undefined;
}

/** Parcels of any weight, no reservations that end, incoming stock as it is. */
function unlimited(world: World): World {
  const openCosts = [{ fromGrams: 0, toGrams: null, costMinor: 100 }];
  return {
    ...world,
    policy: { ...world.policy, reservations: [] },
    lanes: world.lanes.map((lane) => ({ ...lane, costs: openCosts })),
    services: world.services.map(
      ({ maxParcelGrams: _, maxParcelVolumeCm3: __, ...service }) => service,
    ),
  };
}

test('a padded date is never earlier than the live one, for baskets of normal products', () => {
  let compared = 0;
  let splits = 0;
  for (let seed = 1; seed <= 120; seed += 1) {
    const { world: random, requests } = randomCase(seed, 2);
    const world = unlimited(random);
    for (const asked of requests) {
      const now = instantToMinuteFloor(asked.now);
      const snapshot = compileNetwork(world, now, { validDays: 20 });
      const facts = factsOfWorld(snapshot, world);
      const fromDay = localDay(snapshot.shopZone, now);
      const table = paddedTable(snapshot, facts, {
        fromDay,
        marginMinutes: MARGIN_MINUTES,
        channel: asked.channel,
      });
      const normal = snapshot.products.filter((_, sku) => table.classes[sku] === 'normal');
      const baskets = [...normal.map((product) => [product]), normal].filter(
        (one) => one.length > 0,
      );
      for (const basket of baskets) {
        for (let hours = 0; hours < 24 * 6; hours += 5) {
          const nowMinute = now + hours * 60;
          const day = localDay(snapshot.shopZone, nowMinute) - fromDay;
          const live = quote(snapshot, facts, {
            nowMinute,
            marginMinutes: MARGIN_MINUTES,
            lines: basket.map(({ sku }) => ({ sku, quantity: 1 })),
            destination: asked.destination,
            currency: asked.currency,
            locale: 'en',
            channel: asked.channel,
            customerTags: [],
            methods: ['home'],
          } as Parameters<typeof quote>[2]);
          for (const option of live.options) {
            const service = table.serviceCodes.indexOf(option.serviceCode);
            const padded = lookUp(table, { ...asked.destination, service })?.[day];
            if (padded === undefined || padded === null) continue;
            compared += 1;
            if (option.parcels.length > 1) splits += 1;
            const where = `seed ${seed}, ${option.serviceCode}, day ${day}, ${nowMinute}`;
            expect(fromDay + padded, where).toBeGreaterThanOrEqual(parseDay(option.promisedOn));
          }
        }
      }
    }
  }
  expect(compared).toBeGreaterThan(1_000);
  expect(splits).toBeGreaterThan(5);
}, 60_000);

test('an order in the last minute of Monday from the slower of two warehouses, plus one delivery day', () => {
  const world = parsed(twoStoresOneWarehouse());
  const now = instantToMinuteFloor('2026-11-30T09:00:00+01:00');
  const snapshot = compileNetwork(world, now);
  const fromDay = localDay(snapshot.shopZone, now);
  const table = paddedTable(snapshot, factsOfWorld(snapshot, world), {
    fromDay,
    marginMinutes: MARGIN_MINUTES,
    channel: 'online',
  });
  expect(table.firstDay).toBe('2026-11-30');
  expect(table.validUntil).toBe('2026-12-07');
  // Monday 23:59 counts for Tuesday at both nodes: delivered Wednesday, padded to Thursday. Friday night goes out on
  // Monday; Tuesday 8 December is a holiday, so it arrives on Wednesday and is padded to Thursday the 10th.
  const monday = lookUp(table, { country: 'IT', postalCode: '20121', service: 0 });
  expect(monday?.[0]).toBe(3);
  expect(monday?.[4]).toBe(10);
});

test('hundreds of zones and many services still fit 120 names and 9,000 bytes', () => {
  const world = parsed(twoStoresOneWarehouse());
  const [zone] = world.zones;
  const [service] = world.services;
  const [lane] = world.lanes;
  if (zone === undefined || service === undefined || lane === undefined) throw new Error('no zone');
  const zones = Array.from({ length: 900 }, (_, index) => ({
    ...zone,
    id: `z${index}`,
    postalPrefixes: [String(index + 100)],
  }));
  const codes = Array.from({ length: 9 }, (_, index) => `standard${index}`);
  const large: World = {
    ...world,
    zones,
    services: codes.map((code) => ({ ...service, code, prices: [] })),
    lanes: codes.flatMap((serviceCode, index) =>
      zones.map(({ id }, at) => ({
        ...lane,
        serviceCode,
        zoneIds: [id],
        transitDays: (at * 7 + index) % 13,
      })),
    ),
    nodes: world.nodes.map((node) => ({
      ...node,
      carrierPickups: codes.flatMap((serviceCode) =>
        node.carrierPickups.slice(0, 1).map((pickup) => ({ ...pickup, serviceCode })),
      ),
    })),
    pickupPoints: [],
  };
  const now = instantToMinuteFloor('2026-11-30T09:00:00+01:00');
  const snapshot = compileNetwork(large, now);
  const table = paddedTable(snapshot, factsOfWorld(snapshot, large), {
    fromDay: localDay(snapshot.shopZone, now),
    marginMinutes: MARGIN_MINUTES,
    channel: 'online',
  });
  expect(Object.keys(table.zones).length).toBeGreaterThan(50);
  const { classes: _, ...dates } = table;
  const encoded = encodePaddedTable({ id: 'table-1', ...dates });
  expect(encoded.ok).toBe(true);
  if (encoded.ok) {
    expect(JSON.stringify(encoded.value).length).toBeLessThanOrEqual(MOST_PADDED_TABLE_BYTES);
  }
});

test('with room for one name a country is told its latest date, with more its prefixes', () => {
  const world = parsed(twoStoresOneWarehouse());
  const [zone] = world.zones;
  if (zone === undefined) throw new Error('no zone');
  const zones = [
    { ...zone, id: 'rest', postalPrefixes: [] },
    { ...zone, id: 'north', postalPrefixes: ['20', '21'] },
    { ...zone, id: 'south', postalPrefixes: ['9'] },
  ];
  const snapshot = compileNetwork({ ...world, zones, lanes: [] }, 29_600_000);
  const days: Readonly<Record<string, number>> = { north: 2, rest: 4, south: 7 };
  const rows = snapshot.zones.map(({ id }) => [new Array<number>(7).fill(days[id] ?? 0)]);
  const first = (room: number) =>
    Object.fromEntries(
      Object.entries(chooseZones(snapshot, rows, room)).map(([key, row]) => [key, row[0]?.[0]]),
    );
  expect(first(1)).toEqual({ IT: 7 });
  // IT2 stands for two zones (north and what is left of the country), IT20 for one.
  expect(first(2)).toEqual({ IT: 7, IT2: 4 });
  expect(first(9)).toEqual({ IT: 7, IT2: 4, IT20: 2, IT21: 2 });
});
