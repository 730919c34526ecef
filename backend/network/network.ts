/**
 * What are our nodes, calendars, carrier services and lanes; when could something be ready, leave,
 * arrive, and what does that cost and emit.
 *
 * A checked world (world-parse.ts) goes in once per policy version; an immutable `Snapshot` comes out
 * on which every question of a quote is arithmetic on whole numbers. All calendars (opening hours,
 * holidays, cut-offs, pickups, carrier days) are worked out here for `at` in
 * `[fromMinute, fromMinute + validDays)`, the week order-by looks ahead and the 60 days after that;
 * nothing is worked out when quoting.
 * Source: docs/semantics.md, rules 1–14; field by field in docs/cli.md.
 */
import { compareIds } from '../base/ids.ts';
import { MINUTES_PER_DAY, parseTimeOfDay } from '../base/time.ts';
import { carrierWeek, compileCarrierDays, isCarrierDay } from './carrier-days.ts';
import { compileChannels } from './channels.ts';
import { HORIZON_MINUTES } from './delivery.ts';
import { compileDepartures } from './departures.ts';
import { compileDestinations, findZone } from './destination.ts';
import { createHolidayBook, type HolidayBook } from './holidays.ts';
import { compileKits } from './kits.ts';
import { compileLanes, customsAreaOf, indexOf, type LaneTable } from './lanes.ts';
import { createPlaceBook, type PlaceBook } from './places.ts';
import { compilePrices } from './prices.ts';
import {
  type CarrierDays,
  type CompiledNode,
  type CompiledPoint,
  type CompiledService,
  type CompiledZone,
  ENGINE_VERSION,
  type Snapshot,
} from './snapshot.ts';
import type { World, WorldCarrier, WorldNode, WorldService } from './world.ts';

/** The parts of a world that a snapshot is made of: everything but stock. */
export type NetworkWorld = Omit<World, 'stock'>;

/** `validDays`: for how long answers stay exact; longer costs memory. `holidays`: what is known already. */
export type CompileOptions = {
  readonly validDays?: number;
  readonly holidays?: HolidayBook;
};

/** A fortnight of requests and a day to spare. */
const DEFAULT_VALID_DAYS = 15;
/** Order-by looks so far beyond a request (rule 7); its questions need whole calendars too. */
const LOOK_AHEAD_DAYS = 7;
/** A night shift, a late cut-off or a fresh backlog reaches back; a week of closed days does too. */
const DAYS_BEFORE = 9;
/** Openings that begin on the last day end within two more. */
const DAYS_AFTER = 3;

/** Compiles a checked world for requests evaluated from `fromMinute` on. Throws only on unchecked worlds. */
export function compileNetwork(
  unsorted: NetworkWorld,
  fromMinute: number,
  options: CompileOptions = {},
): Snapshot {
  const world = sortWorld(unsorted);
  const validDays = options.validDays ?? DEFAULT_VALID_DAYS;
  const validToMinute = fromMinute + validDays * MINUTES_PER_DAY;
  const book = createPlaceBook({
    fromDay: Math.floor(fromMinute / MINUTES_PER_DAY) - DAYS_BEFORE,
    toDay:
      Math.floor((validToMinute + HORIZON_MINUTES) / MINUTES_PER_DAY) +
      LOOK_AHEAD_DAYS +
      DAYS_AFTER,
    holidays: options.holidays ?? createHolidayBook(),
  });
  const lanes = compileLanes(world);
  const nodes = world.nodes.map((node, index) => compileNode(book, node, index));
  const destinations = compileDestinations(world.zones);
  const zones = world.zones.map(
    (source, index): CompiledZone => ({
      index,
      source,
      id: source.id,
      zone: book.zone(source.timeZone),
      place: book.place(source),
    }),
  );
  const points = world.pickupPoints.map(
    (source, index): CompiledPoint => ({
      index,
      source,
      id: source.id,
      calendar: book.calendar(source, source.opensOnHolidays),
      place: book.place(source),
      ...findZone(destinations, source.country, source.postalCode),
    }),
  );
  const departures = compileAllDepartures(book, world, nodes);
  const services = world.services.map(compileService);
  const skuIndex = indexOf(world.products.map((product) => product.sku));
  return {
    engineVersion: ENGINE_VERSION,
    policyVersion: world.policyVersion,
    validFromMinute: fromMinute,
    validToMinute,
    policy: world.policy,
    shopZone: book.zone(world.policy.timeZone),
    nodes,
    services,
    zones,
    points,
    products: world.products,
    nodeIndex: indexOf(world.nodes.map((node) => node.id)),
    serviceIndex: indexOf(world.services.map((service) => service.code)),
    zoneIndex: indexOf(world.zones.map((zone) => zone.id)),
    skuIndex,
    ...compileKits(world.products, skuIndex),
    ...compileChannels(world, { lanes, zoneCount: zones.length }),
    laneTerms: lanes.terms,
    laneRows: lanes.rows,
    departures,
    deliveryDays: compileDeliveryDays(book, world, { lanes, zones, points }),
    placeCount: book.placeCount(),
    prices: world.services.map((service) => compilePrices(service, world.zones)),
    destinations,
    holidays: book.holidays,
  };
}

/** By id in code-unit order, so that comparing indexes is comparing ids. */
function sortWorld(world: NetworkWorld): NetworkWorld {
  return {
    ...world,
    nodes: world.nodes.toSorted((a, b) => compareIds(a.id, b.id)),
    services: world.services.toSorted((a, b) => compareIds(a.code, b.code)),
    zones: world.zones.toSorted((a, b) => compareIds(a.id, b.id)),
    pickupPoints: world.pickupPoints.toSorted(
      (a, b) => compareIds(a.id, b.id) || compareIds(a.network, b.network),
    ),
    products: world.products.toSorted((a, b) => compareIds(a.sku, b.sku)),
  };
}

function compileNode(book: PlaceBook, source: WorldNode, index: number): CompiledNode {
  const calendar = book.calendar(source, false);
  return {
    index,
    source,
    id: source.id,
    calendar,
    cutOffs: book.cutOffs(calendar, source, 'ship'),
    pickupCutOffs: book.cutOffs(calendar, source, 'pickup'),
    leadTimeMinutes: source.leadTimeMinutes,
    pickupLeadMinutes: source.pickupLeadMinutes,
    lastHandOverMinutes: source.lastHandOverMinutes,
    unitsPerHour: source.unitsPerHour ?? 0,
    unitsPerDay: source.unitsPerDay ?? 0,
    takesOrders: source.takesOrders,
    isLocationOff: false,
    offersPickup: source.offersPickup,
    customsArea: customsAreaOf(source),
  };
}

function compileService(source: WorldService, index: number): CompiledService {
  return {
    index,
    source,
    code: source.code,
    method: source.method,
    deliverFrom: source.deliverFrom === undefined ? 0 : parseTimeOfDay(source.deliverFrom),
    deliverBy: source.deliverBy === undefined ? MINUTES_PER_DAY : parseTimeOfDay(source.deliverBy),
  };
}

function carrierOf(world: NetworkWorld, service: WorldService): WorldCarrier {
  const carrier = world.carriers.find((candidate) => candidate.id === service.carrierId);
  if (carrier === undefined)
    throw new Error(`Bug: unchecked world, no carrier ${service.carrierId}`);
  return carrier;
}

function compileAllDepartures(
  book: PlaceBook,
  world: NetworkWorld,
  nodes: readonly CompiledNode[],
): readonly (Int32Array | undefined)[] {
  const all = new Array<Int32Array | undefined>(nodes.length * world.services.length);
  const known = new Map<string, Int32Array>();
  for (const [index, service] of world.services.entries()) {
    const week = carrierWeek(service, carrierOf(world, service), 'origin');
    for (const node of nodes) {
      const pickups = node.source.carrierPickups.filter((row) => row.serviceCode === service.code);
      if (pickups.length === 0) continue;
      // The calendar's number stands for zone, country, region and hours.
      const key = `${index}/${book.calendarNumber(node.calendar)}/${JSON.stringify(pickups)}`;
      const holidays = book.holidays.of(book.placeOf(node.source));
      const departures =
        known.get(key) ??
        compileDepartures(node.calendar, pickups, (day) => isCarrierDay(week, holidays, day));
      known.set(key, departures);
      all[node.index * world.services.length + index] = departures;
    }
  }
  return all;
}

/** The delivery side of every service at every place it has a lane to. */
function compileDeliveryDays(
  book: PlaceBook,
  world: NetworkWorld,
  compiled: {
    readonly lanes: LaneTable;
    readonly zones: readonly CompiledZone[];
    readonly points: readonly CompiledPoint[];
  },
): readonly (CarrierDays | undefined)[] {
  const places = book.placeCount();
  const tables = new Array<CarrierDays | undefined>(world.services.length * places);
  for (const [index, service] of world.services.entries()) {
    const week = carrierWeek(service, carrierOf(world, service), 'delivery');
    const longestTransit = longestTransitOf(world, compiled.lanes, index);
    const served =
      service.method === 'home'
        ? compiled.zones
        : compiled.points.filter((point) => point.source.network === service.network);
    for (const { place, source } of served) {
      tables[index * places + place] ??= compileCarrierDays(
        week,
        book.holidays.of(book.placeOf(source)),
        { firstDay: book.fromDay, lastDay: book.toDay, longestTransit },
      );
    }
  }
  return tables;
}

function longestTransitOf(world: NetworkWorld, lanes: LaneTable, service: number): number {
  let longest = 1;
  const seen = new Set<unknown>();
  for (let node = 0; node < world.nodes.length; node += 1) {
    const row = lanes.rows[node * world.services.length + service];
    if (row === undefined || seen.has(row)) continue;
    seen.add(row);
    for (const terms of row) {
      longest = Math.max(longest, lanes.terms[terms - 1]?.carrierDays ?? 0);
    }
  }
  return longest;
}
