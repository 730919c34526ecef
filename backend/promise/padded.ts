/**
 * What date may be given when nobody can be asked, and for which products?
 *
 * Rule 15, with the engine's own snapshot and facts: for each zone, home service and each of seven shop-local
 * days, the date of an order in that day's last minute from the slowest node of the table set, plus one delivery
 * day; and a class per product. A date stands only for baskets whose products are all `normal`.
 * Invariants: never earlier than the live date of the same snapshot for a basket of up to `PADDED_UNITS` units on
 * hand that fits one parcel; a place that is left out, or a day without a departure, has no date. At most 120
 * zones: a zone that is dropped is answered by a shorter prefix, which holds the latest date of all below it.
 */
import { formatDay, MINUTES_PER_DAY, NEVER, wallToMinute } from '../base/time.ts';
import { nthCarrierDay } from '../network/carrier-days.ts';
import { channelOf } from '../network/channels.ts';
import { deliveryDay, deliveryWindow, departureMinute } from '../network/delivery.ts';
import { readyMinute } from '../network/ready.ts';
import type { CompiledService, CompiledZone, Snapshot } from '../network/snapshot.ts';
import { type Facts, loadOf, positionsOf } from '../stock/stock.ts';
import { chooseZones } from './padded-zones.ts';

export const PADDED_DAYS = 7;
/** The table's dates hold for one parcel of so many units; larger baskets are rare and ask the engine. */
export const PADDED_UNITS = 20;
/** A shop metafield stays under 10 kB; 9,000 bytes leave room for its JSON. */
export const MAX_PADDED_ZONES = 120;
const MAX_BYTES = 9_000;
/** What a zone takes beside its dates: two records of its name, and its share of the frame. */
const BYTES_PER_NAME = 30;
const FRAME_BYTES = 900;
/** A node is in the table set when it stocks this share of the catalogue. */
const STOCKED_SHARE = 0.9;
/**
 * A set that together stocks less than this share of what the best set does gives no dates: else the few
 * products of one small shop would decide for everywhere what may be dated at all.
 */
const USEFUL_SHARE = 0.9;

/** `normal`: on hand in the table set; `late`: only elsewhere or incoming; `unknown`: nowhere. */
export type PaddedClass = 'normal' | 'late' | 'unknown';

/** Offsets in days from `firstDay`; the shape of `contract/padded-table.ts` without its id. */
export type PaddedTable = {
  readonly firstDay: string;
  /** First shop-local day on which it may not be used any more. */
  readonly validUntil: string;
  readonly serviceCodes: readonly string[];
  /** By country + postal prefix, then service, then day; null: no date. */
  readonly zones: { readonly [zone: string]: readonly (readonly (number | null)[])[] };
  /** By index in `snapshot.products`. */
  readonly classes: readonly PaddedClass[];
};

export type PaddedQuestion = {
  /** Day number, shop-local, of the first day. */
  readonly fromDay: number;
  /** What the surfaces add to `now`; the table is asked at the day's last minute plus this. */
  readonly marginMinutes: number;
  readonly channel: string;
};

/** The table for seven days from `fromDay`, all of which the snapshot's calendars must hold. */
export function paddedTable(
  snapshot: Snapshot,
  facts: Facts,
  question: PaddedQuestion,
): PaddedTable {
  const services = snapshot.services.filter((service) => service.method === 'home');
  const pad = openPad(snapshot, facts, question);
  const sets = tableSets(pad, services);
  const rows = snapshot.zones.map((zone) =>
    services.map((service) => {
      const set = tableSet(pad, { zone, service });
      return sets.has(set.join()) ? datesOf(pad, { zone, service }, set) : NO_DATES;
    }),
  );
  return {
    firstDay: formatDay(question.fromDay),
    validUntil: formatDay(question.fromDay + PADDED_DAYS),
    serviceCodes: services.map(({ code }) => code),
    zones: chooseZones(snapshot, rows, zonesThatFit(services.length)),
    classes: classesOf(pad, [...sets.values()]),
  };
}

function zonesThatFit(serviceCount: number): number {
  const perZone = serviceCount * PADDED_DAYS + BYTES_PER_NAME;
  return Math.min(MAX_PADDED_ZONES, Math.floor((MAX_BYTES - FRAME_BYTES) / perZone));
}

type Pad = {
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  readonly question: PaddedQuestion;
  /** The last minute of each day, margin added. */
  readonly atMinutes: readonly number[];
  /** Nodes of the channel, those that stock most of the catalogue first, ties by id. */
  readonly byStock: readonly { readonly node: number; readonly share: number }[];
  /** Ready minute by node × day; 0: not asked yet. */
  readonly ready: Int32Array;
};

function openPad(snapshot: Snapshot, facts: Facts, question: PaddedQuestion): Pad {
  const lastMinutes = Array.from({ length: PADDED_DAYS }, (_, index) => {
    const midnight = { timeOfDay: MINUTES_PER_DAY, side: 'later' as const };
    const end = wallToMinute(snapshot.shopZone, question.fromDay + index, midnight);
    return end - 1 + question.marginMinutes;
  });
  return {
    snapshot,
    facts,
    question,
    atMinutes: lastMinutes,
    byStock: nodesByStock(snapshot, facts, question.channel),
    ready: new Int32Array(snapshot.nodes.length * PADDED_DAYS),
  };
}

function nodesByStock(snapshot: Snapshot, facts: Facts, channel: string) {
  const stocked = new Int32Array(snapshot.nodes.length);
  for (let sku = 0; sku < snapshot.products.length; sku += 1) {
    const positions = positionsOf(facts, sku);
    for (let row = 0; row < (positions?.count ?? 0); row += 1) {
      const node = positions?.nodes[row] ?? 0;
      if ((positions?.free[row] ?? 0) > 0) stocked[node] = (stocked[node] ?? 0) + 1;
    }
  }
  const { hasNode } = snapshot.channels[channelOf(snapshot, channel)] ?? {};
  return snapshot.nodes
    .filter(({ index }) => hasNode?.[index] === 1 && (stocked[index] ?? 0) > 0)
    .map(({ index }) => ({ node: index, share: (stocked[index] ?? 0) / snapshot.products.length }))
    .sort((a, b) => b.share - a.share || a.node - b.node);
}

type Cell = { readonly zone: CompiledZone; readonly service: CompiledService };

/** Nodes that ship there with 90 % of the catalogue; fewer than two: the two that stock most. */
function tableSet(pad: Pad, { zone, service }: Cell): readonly number[] {
  const { snapshot, byStock } = pad;
  const nodes: number[] = [];
  for (const { node, share } of byStock) {
    if (share < STOCKED_SHARE && nodes.length >= 2) break;
    const slot = node * snapshot.services.length + service.index;
    const isServed = (snapshot.laneRows[slot]?.[zone.index] ?? 0) > 0;
    if (isServed && snapshot.departures[slot] !== undefined) nodes.push(node);
  }
  return nodes;
}

/** The sets of nodes that give dates, by their nodes joined. */
function tableSets(
  pad: Pad,
  services: readonly CompiledService[],
): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, readonly number[]>();
  for (const zone of pad.snapshot.zones) {
    for (const service of services) {
      const set = tableSet(pad, { zone, service });
      if (set.length > 0) found.set(set.join(), set);
    }
  }
  const stocked = new Map([...found].map(([key, set]) => [key, productsStocked(pad, set)]));
  const best = Math.max(0, ...stocked.values());
  for (const [key, products] of stocked) if (products < best * USEFUL_SHARE) found.delete(key);
  return found;
}

function productsStocked(pad: Pad, set: readonly number[]): number {
  let products = 0;
  for (let sku = 0; sku < pad.snapshot.products.length; sku += 1) {
    if (isOnHand(pad, sku, set)) products += 1;
  }
  return products;
}

function isOnHand(pad: Pad, sku: number, nodes: readonly number[]): boolean {
  const positions = positionsOf(pad.facts, sku);
  for (let row = 0; row < (positions?.count ?? 0); row += 1) {
    if ((positions?.free[row] ?? 0) > 0 && nodes.includes(positions?.nodes[row] ?? -1)) return true;
  }
  return false;
}

/** A product is normal only where every set that gives dates has it on hand. */
function classesOf(pad: Pad, sets: readonly (readonly number[])[]): PaddedClass[] {
  const { hasNode } = pad.snapshot.channels[channelOf(pad.snapshot, pad.question.channel)] ?? {};
  return pad.snapshot.products.map((_, sku): PaddedClass => {
    if (sets.length > 0 && sets.every((set) => isOnHand(pad, sku, set))) return 'normal';
    const positions = positionsOf(pad.facts, sku);
    for (let row = 0; row < (positions?.count ?? 0); row += 1) {
      if (hasNode?.[positions?.nodes[row] ?? -1] !== 1) continue;
      const hasLots = (positions?.lots[row] ?? []).length > 0;
      if ((positions?.free[row] ?? 0) > 0 || hasLots) return 'late';
    }
    return 'unknown';
  });
}

const NO_DATES: readonly null[] = new Array(PADDED_DAYS).fill(null);

/** By day: days from `fromDay` to the padded date. */
function datesOf(pad: Pad, cell: Cell, nodes: readonly number[]): (number | null)[] {
  return pad.atMinutes.map((_, day) => dateOf(pad, cell, { nodes, day }));
}

function dateOf(
  pad: Pad,
  cell: Cell,
  asked: { readonly nodes: readonly number[]; readonly day: number },
): number | null {
  const { snapshot, question } = pad;
  const { zone, service } = cell;
  let slowest = -1;
  for (const node of asked.nodes) {
    const day = arrivalDay(pad, cell, { node, day: asked.day });
    if (day >= NEVER) return null;
    slowest = Math.max(slowest, day);
  }
  const table = snapshot.deliveryDays[service.index * snapshot.placeCount + zone.place];
  if (slowest < 0 || table === undefined) return null;
  // A split, or a cheaper plan, that the policy lets wait so many days may be what the engine promises.
  const { splitOnlyIfDaysEarlier, maxDaysLaterForCost } = snapshot.policy;
  const waits = splitOnlyIfDaysEarlier - 1 + maxDaysLaterForCost;
  const padded = nthCarrierDay(table, slowest + Math.max(0, waits - 1), 1);
  if (padded === undefined) return null;
  return deliveryWindow(service, zone.zone, padded).promisedOn - question.fromDay;
}

function arrivalDay(
  pad: Pad,
  { zone, service }: Cell,
  asked: { readonly node: number; readonly day: number },
): number {
  const { snapshot } = pad;
  const { node } = asked;
  const atMinute = pad.atMinutes[asked.day] ?? NEVER;
  const ready = readyOn(pad, node, asked.day);
  const departure = departureMinute(snapshot, {
    node,
    service: service.index,
    readyMinute: ready,
    atMinute,
  });
  if (departure >= NEVER) return NEVER;
  const row = snapshot.laneRows[node * snapshot.services.length + service.index];
  return deliveryDay(snapshot, {
    node,
    service: service.index,
    terms: (row?.[zone.index] ?? 0) - 1,
    place: zone.place,
    zone: zone.zone,
    departureMinute: departure,
  });
}

function readyOn(pad: Pad, node: number, day: number): number {
  const known = pad.ready[node * PADDED_DAYS + day] ?? 0;
  if (known !== 0) return known;
  const ready = readyMinute(pad.snapshot, {
    node,
    load: loadOf(pad.facts, node),
    atMinute: pad.atMinutes[day] ?? NEVER,
    units: PADDED_UNITS,
    usableMinute: 0,
    kind: 'ship',
  });
  pad.ready[node * PADDED_DAYS + day] = ready;
  return ready;
}
