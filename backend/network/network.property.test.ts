import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type NodeInput, oneWarehouse, parsed, standardHome } from '../../tests/worlds/worlds.ts';
import { instantToMinuteFloor, NEVER } from '../base/time.ts';
import { deliveryDay, deliveryWindow, departureMinute } from './delivery.ts';
import { pickupHandOver } from './hand-over.ts';
import { createHolidayBook } from './holidays.ts';
import { compileLoad } from './load.ts';
import { compileNetwork } from './network.ts';
import { readyMinute } from './ready.ts';
import { WEEKDAYS, type WorldInput } from './world.ts';

const HOLIDAYS = createHolidayBook();
const START = instantToMinuteFloor('2026-10-22T00:00Z');

/** End of the delivery window and start of store pickup for one order of the world's only node. */
function promised(
  world: WorldInput,
  atMinute: number,
  holidays = HOLIDAYS,
): { shipped: number; collected: number } {
  const checked = parsed(world);
  const snapshot = compileNetwork(checked, START, { validDays: 14, holidays });
  const [node] = checked.nodes;
  const [place] = snapshot.zones;
  const [service] = snapshot.services;
  if (!node || !place || !service) throw new Error('a world of one node, zone and service');
  const load = compileLoad(snapshot, 0, {
    backlogUnits: node.backlogUnits,
    backlogAsOfMinute: node.backlogAsOf ? instantToMinuteFloor(node.backlogAsOf) : undefined,
    ordersByDate: node.ordersByDate,
  });
  const ask = { node: 0, load, atMinute, units: 2, usableMinute: 0 };
  const ready = readyMinute(snapshot, { ...ask, kind: 'ship' });
  const departure = departureMinute(snapshot, {
    node: 0,
    service: 0,
    readyMinute: ready,
    atMinute,
  });
  const day =
    departure === NEVER
      ? NEVER
      : deliveryDay(snapshot, {
          node: 0,
          service: 0,
          terms: 0,
          place: place.place,
          zone: place.zone,
          departureMinute: departure,
        });
  const collect = pickupHandOver(snapshot, {
    node: 0,
    readyMinute: readyMinute(snapshot, { ...ask, kind: 'pickup' }),
    atMinute,
    load,
  });
  return {
    shipped: day === NEVER ? NEVER : deliveryWindow(service, place.zone, day).toMinute,
    collected: collect?.fromMinute ?? NEVER,
  };
}

const clockTime = (min: number, max: number) =>
  fc.integer({ min, max }).map((fives) => {
    const minutes = fives * 5;
    return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  });
const day = fc
  .integer({ min: 0, max: 30 })
  .map((days) => Temporal.PlainDate.from('2026-10-20').add({ days }).toString());

const drawnWorld = fc.record({
  place: fc.constantFrom(
    { country: 'IT', timeZone: 'Europe/Rome' },
    { country: 'GB', timeZone: 'Europe/London' },
    { country: 'US', timeZone: 'America/New_York' },
  ),
  opens: clockTime(72, 130),
  closes: clockTime(180, 330),
  cutOff: clockTime(120, 340),
  pickups: fc.array(clockTime(100, 330), { minLength: 1, maxLength: 3 }),
  leadTimeMinutes: fc.nat({ max: 900 }),
  unitsPerHour: fc.option(fc.integer({ min: 1, max: 50 })),
  unitsPerDay: fc.option(fc.integer({ min: 2, max: 50 })),
  openDays: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
  transitDays: fc.nat({ max: 4 }),
  at: fc.integer({ min: 0, max: 13 * 1_440 }),
});

type Drawn = typeof drawnWorld extends fc.Arbitrary<infer Value> ? Value : never;

function worldOf(drawn: Drawn, changes: Partial<NodeInput> = {}): WorldInput {
  const onOpenDays = <Value>(value: Value) =>
    Object.fromEntries(drawn.openDays.map((weekday) => [weekday, value]));
  const base = oneWarehouse({
    ...drawn.place,
    hours: { weekly: onOpenDays([[drawn.opens, drawn.closes] satisfies [string, string]]) },
    cutOffs: onOpenDays(drawn.cutOff),
    leadTimeMinutes: drawn.leadTimeMinutes,
    pickupLeadMinutes: 30,
    offersPickup: true,
    ...(drawn.unitsPerHour === null ? {} : { unitsPerHour: drawn.unitsPerHour }),
    ...(drawn.unitsPerDay === null ? {} : { unitsPerDay: drawn.unitsPerDay }),
    carrierPickups: [{ serviceCode: 'standard', weekly: onOpenDays(drawn.pickups) }],
    ...changes,
  });
  return {
    ...base,
    lanes: base.lanes.map((lane) => ({ ...lane, transitDays: drawn.transitDays })),
  };
}

function expectNotEarlier(
  than: ReturnType<typeof promised>,
  now: ReturnType<typeof promised>,
): void {
  expect(now.shipped).toBeGreaterThanOrEqual(than.shipped);
  expect(now.collected).toBeGreaterThanOrEqual(than.collected);
}

test('asking later never brings the promise forward', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(drawnWorld, fc.integer({ min: 1, max: 1_440 }), (drawn, later) => {
      const world = worldOf(drawn);
      const before = promised(world, START + drawn.at);
      // An option may appear when a departure enters the 60-day horizon; none does here.
      if (before.shipped === NEVER || before.collected === NEVER) return;
      expectNotEarlier(before, promised(world, START + drawn.at + later));
    }),
  );
});

test('closing the node for a date never brings the promise forward', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(drawnWorld, day, (drawn, date) => {
      const world = worldOf(drawn);
      const hours = { ...world.nodes[0]?.hours, exceptions: [{ date, intervals: [] }] };
      const closed = worldOf(drawn, { hours: { weekly: {}, ...hours } });
      expectNotEarlier(promised(world, START + drawn.at), promised(closed, START + drawn.at));
    }),
  );
});

test('a day off of the carrier never brings the promise forward', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(
      drawnWorld,
      day,
      fc.constantFrom('origin', 'delivery', 'both'),
      (drawn, date, side) => {
        const world = worldOf(drawn);
        const closed = { ...world, services: [{ ...standardHome(), closures: [{ date, side }] }] };
        expectNotEarlier(promised(world, START + drawn.at), promised(closed, START + drawn.at));
      },
    ),
  );
});

test('a public holiday never brings the promise forward', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(drawnWorld, fc.integer({ min: 0, max: 13 * 1_440 }), (drawn, at) => {
      // Nepal has no holidays here: the same world with and without its country's.
      const world = worldOf(drawn);
      const without = {
        ...world,
        nodes: world.nodes.map((node) => ({ ...node, country: 'NP' })),
        zones: world.zones.map((zone) => ({ ...zone, country: 'NP' })),
      };
      expectNotEarlier(promised(without, START + at), promised(world, START + at));
    }),
  );
});

test('more backlog never brings the promise forward', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(drawnWorld, fc.nat({ max: 300 }), fc.nat({ max: 300 }), (drawn, units, more) => {
      const backlogAsOf = '2026-10-21T12:00Z';
      const less = worldOf(drawn, { backlogUnits: units, backlogAsOf });
      const greater = worldOf(drawn, { backlogUnits: units + more, backlogAsOf });
      expectNotEarlier(promised(less, START + drawn.at), promised(greater, START + drawn.at));
    }),
  );
});

test('a date full of orders never brings the promise forward', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(drawnWorld, day, (drawn, date) => {
      const free = worldOf(drawn, { ordersPerDay: 3 });
      const full = worldOf(drawn, { ordersPerDay: 3, ordersByDate: { [date]: 3 } });
      expectNotEarlier(promised(free, START + drawn.at), promised(full, START + drawn.at));
    }),
  );
});

test('the host’s own zone changes nothing', () => {
  const drawn = fc.sample(drawnWorld, { numRuns: 30, seed: 7 });
  const own = process.env['TZ'];
  const answersIn = (zone: string) => {
    process.env['TZ'] = zone;
    const hostOffset = new Date(0).getTimezoneOffset();
    // What was read of the holidays in another host zone must not be reused here.
    const holidays = createHolidayBook();
    return {
      hostOffset,
      answers: drawn.map((each) => promised(worldOf(each), START + each.at, holidays)),
    };
  };
  try {
    const [apia, honolulu] = [answersIn('Pacific/Apia'), answersIn('Pacific/Honolulu')];
    // The host's zone did change between the two runs, or the comparison would say nothing.
    expect(apia.hostOffset).not.toBe(honolulu.hostOffset);
    expect(apia.answers).toEqual(honolulu.answers);
  } finally {
    if (own === undefined) delete process.env['TZ'];
    else process.env['TZ'] = own;
  }
});
