/**
 * A small network for routing: nodes that never close, one carrier, every node to every door for a stated price.
 *
 * A test says which nodes there are, what they stock, what a parcel from each costs and how long it takes; the rest is
 * plain: weekday pickups at 17:00, delivery Monday to Friday, Europe/Rome. `MONDAY_NOON` is when orders come.
 */
import { instantToMinuteFloor } from '../../backend/base/time.ts';
import { compileNetwork } from '../../backend/network/network.ts';
import type { WorldInput } from '../../backend/network/world.ts';
import type { RoutingQuestion } from '../../backend/routing/decision.ts';
import {
  parseRoutingSettings,
  type RoutingSettings,
  type RoutingSettingsInput,
} from '../../backend/routing/settings.ts';
import { factsOfWorld } from '../../backend/stock/stock.ts';
import { type NodeInput, parsed, pickupsOnWeekdays, roundTheClock } from './worlds.ts';

/** Monday 16 November 2026, 12:00 in Rome. */
export const MONDAY_NOON = instantToMinuteFloor('2026-11-16T12:00:00+01:00');

/** A node; `costMinor` of a parcel (default 500), `days` it takes (default 1). */
export type TownNode = {
  readonly stock: Readonly<Record<string, number>>;
  readonly costMinor?: number;
  readonly days?: number;
  readonly more?: Partial<NodeInput>;
};

/** The network compiled, with its facts. Nodes are warehouses in Italy unless `more` says otherwise. */
export function town(
  nodes: Readonly<Record<string, TownNode>>,
  change: (world: WorldInput) => WorldInput = (world) => world,
) {
  const world = parsed(change(townWorld(nodes)));
  const snapshot = compileNetwork(world, MONDAY_NOON);
  return { world, snapshot, facts: factsOfWorld(snapshot, world) };
}

/** The same as a person would write it. */
export function townWorld(nodes: Readonly<Record<string, TownNode>>): WorldInput {
  const ids = Object.keys(nodes);
  const skus = [...new Set(Object.values(nodes).flatMap(({ stock }) => Object.keys(stock)))];
  return {
    policyVersion: 1,
    policy: { timeZone: 'Europe/Rome', currency: 'EUR' },
    nodes: ids.map((id, index) => ({
      ...{ id, kind: 'warehouse', country: 'IT', timeZone: 'Europe/Rome' },
      ...{ lat: 45, lng: 9 + index / 10, hours: roundTheClock() },
      carrierPickups: [pickupsOnWeekdays('standard', '17:00')],
      ...nodes[id]?.more,
    })),
    carriers: [{ id: 'post' }],
    services: [
      {
        ...{ code: 'standard', carrierId: 'post', method: 'home' },
        prices: [{ currency: 'EUR', tiers: [{ fromGrams: 0, toGrams: null, priceMinor: 600 }] }],
      },
    ],
    zones: ['IT', 'FR'].map((country) => ({
      ...{ id: country, country, timeZone: 'Europe/Rome', postalPrefixes: [], lat: 42, lng: 12 },
    })),
    lanes: ids.map((id) => ({
      ...{ nodeIds: [id], zoneIds: ['IT'], serviceCode: 'standard' },
      transitDays: nodes[id]?.days ?? 1,
      costs: [{ fromGrams: 0, toGrams: null, costMinor: nodes[id]?.costMinor ?? 500 }],
    })),
    pickupPoints: [],
    products: skus.map((sku) => ({ sku, weightGrams: 100 })),
    stock: ids.flatMap((nodeId) =>
      Object.entries(nodes[nodeId]?.stock ?? {}).map(([sku, onHand]) => ({ sku, nodeId, onHand })),
    ),
  };
}

/** An order to a door in Rome: `{A: 2}` is two of A; each unit is worth 10.00. */
export function order(
  wanted: Readonly<Record<string, number>>,
  more: Partial<RoutingQuestion> = {},
): RoutingQuestion {
  return {
    ...{ orderId: '1001', nowMinute: MONDAY_NOON, placedMinute: MONDAY_NOON },
    lines: Object.entries(wanted).map(([sku, quantity]) => ({
      ...{ lineId: `line-${sku}`, sku, quantity, unitPriceMinor: 1_000 },
    })),
    ...{ method: 'home', serviceCode: 'standard', pickupNodeId: undefined, promise: undefined },
    destination: { country: 'IT', postalCode: '00187' },
    ...{ channel: 'online', customerTags: [], tags: [], excluded: [], seenAt: [] },
    placedToday: {},
    ...more,
  };
}

/** A promise for the end of a date in Rome. */
export function promiseOn(on: string): NonNullable<RoutingQuestion['promise']> {
  const next = Temporal.PlainDate.from(on).add({ days: 1 }).toZonedDateTime('Europe/Rome');
  return { on, endMinute: instantToMinuteFloor(next.toInstant().toString()) };
}

/** Settings that must be sound. */
export function routingSettings(section: RoutingSettingsInput = {}): RoutingSettings {
  const result = parseRoutingSettings(section);
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}
