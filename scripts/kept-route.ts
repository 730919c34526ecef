/**
 * Who should send these orders, and why not the others? The answer of `kept route`, as data and as text.
 *
 * Inputs: an instance, one JSON document with a world, the routing settings and one or more orders. Output: for each order
 * the decision the routing job would make of it (several: planned together), with instants, and the sentences that say it.
 * Names that do not exist are refused with their place; what cannot be placed is answered with its reason. Format:
 * docs/cli.md, "Route".
 */
import { z } from 'zod';
import type { InvalidInput } from '../backend/base/result.ts';
import { formatMinute, instantToMinuteFloor } from '../backend/base/time.ts';
import { resolveDestination } from '../backend/network/destination.ts';
import { fieldProblems } from '../backend/network/field-problems.ts';
import { compileNetwork } from '../backend/network/network.ts';
import {
  checkKnown,
  createProblems,
  MAX_PROBLEMS,
  type Path,
} from '../backend/network/problems.ts';
import type { Snapshot } from '../backend/network/snapshot.ts';
import { type World, worldSchema } from '../backend/network/world.ts';
import {
  country,
  day,
  id,
  instant,
  latitude,
  longitude,
  whole,
} from '../backend/network/world-fields.ts';
import { parseWorld } from '../backend/network/world-parse.ts';
import { decideRoute } from '../backend/routing/decide.ts';
import { decideBatch } from '../backend/routing/decide-batch.ts';
import type { RouteDecision, RoutingQuestion } from '../backend/routing/decision.ts';
import {
  isDetail,
  SENTENCES_EN,
  sentencesOf,
  writeSentences,
} from '../backend/routing/sentences.ts';
import {
  parseRoutingSettings,
  type RoutingSettings,
  routingSettingsSchema,
} from '../backend/routing/settings.ts';
import { factsOfWorld } from '../backend/stock/stock.ts';

const line = z.strictObject({
  /** Absent: the line's position, from 1. */
  lineId: id.optional(),
  sku: id,
  quantity: z.int().min(1).max(1_000_000),
  unitPriceMinor: whole.default(0),
});

const instanceOrder = z.strictObject({
  orderId: id,
  /** Absent: now. */
  placedAt: instant.optional(),
  lines: z.array(line).min(1).max(500),
  method: z.enum(['home', 'pickup_point', 'store_pickup']).default('home'),
  /** A service's code, or `pp:<network>:<pointId>`; absent: any service that goes there. */
  serviceCode: id.optional(),
  /** null: none is known, and the order waits for one. */
  destination: z
    .strictObject({
      country,
      postalCode: z.string().max(20).default(''),
      lat: latitude.optional(),
      lng: longitude.optional(),
    })
    .nullable()
    .default(null),
  pickupNodeId: id.optional(),
  /** `by`: exclusive; absent: the end of the date where it goes. */
  promise: z.strictObject({ on: day, by: instant.optional() }).optional(),
  channel: id.default('online'),
  customerTags: z.array(z.string().max(255)).max(250).default([]),
  tags: z.array(z.string().max(255)).max(250).default([]),
  excluded: z
    .array(z.strictObject({ nodeId: id, why: z.enum(['refused', 'timed_out', 'agent']) }))
    .max(2_000)
    .default([]),
  /** Nodes that have seen the work: moving it elsewhere costs. */
  seenAt: z.array(id).max(100).default([]),
  /** Units of components that the order holds already. */
  ownAllocated: z
    .array(z.strictObject({ nodeId: id, sku: id, quantity: z.int().min(1) }))
    .max(2_000)
    .default([]),
  parcelsElsewhere: z.int().min(0).max(64).default(0),
});

/** An instance. World and settings are parsed again by their owners, who say what is wrong across fields. */
export const routeInstanceSchema = z.strictObject({
  now: instant,
  world: worldSchema,
  routing: routingSettingsSchema.prefault({}),
  orders: z.array(instanceOrder).min(1).max(500),
});

const ownSchema = routeInstanceSchema.extend({
  world: z.unknown().optional(),
  routing: z.unknown().optional(),
});

type Order = z.output<typeof instanceOrder>;
type Refused = { readonly ok: false; readonly problems: readonly InvalidInput[] };

/** One order's answer. */
export type RouteAnswer = {
  readonly evaluatedAt: string;
  readonly orders: readonly RoutedOrder[];
};

type RoutedOrder = ReturnType<typeof routedOrder>;

/** Every order's decision, or all that is wrong with the instance. */
export function answerRoute(json: unknown): { ok: true; value: RouteAnswer } | Refused {
  const read = ownSchema.safeParse(json);
  const part = (name: string): unknown =>
    typeof json === 'object' && json !== null ? Reflect.get(json, name) : undefined;
  const world = parseWorld(part('world'));
  const settings = parseRoutingSettings(part('routing') ?? {});
  if (!read.success || !world.ok || !settings.ok) {
    // A part that is missing is a problem of the instance, not one of every field it should have.
    const ofParts = [
      ...(world.ok || part('world') === undefined ? [] : under('/world', world.refusal.problems)),
      ...(settings.ok ? [] : under('/routing', [settings.refusal])),
    ];
    const own = read.success ? [] : fieldProblems(read.error, json);
    const missing = part('world') === undefined ? [MISSING_WORLD] : [];
    return { ok: false, problems: [...own, ...missing, ...ofParts].slice(0, MAX_PROBLEMS) };
  }
  const { orders, now } = read.data;
  const nowMinute = instantToMinuteFloor(now);
  const snapshot = compileNetwork(world.value, nowMinute);
  const unknown = unknownNames(snapshot, orders, settings.value);
  if (unknown.length > 0) return { ok: false, problems: unknown };
  const ground = { world: world.value, snapshot, settings: settings.value };
  return { ok: true, value: route(ground, { orders, nowMinute }) };
}

const MISSING_WORLD: InvalidInput = {
  code: 'invalid_input',
  pointer: '/world',
  allowed: 'a world, as for quote',
  remedy:
    'Give the nodes, lanes, products and stock that the orders are routed on; docs/cli.md, "World".',
};

function under(pointer: string, problems: readonly InvalidInput[]): InvalidInput[] {
  return problems.map((problem) => ({ ...problem, pointer: `${pointer}${problem.pointer}` }));
}

/** Names of SKUs, nodes and services that must exist and do not. */
function unknownNames(
  { skuIndex, nodeIndex, serviceIndex }: Snapshot,
  orders: readonly Order[],
  settings: RoutingSettings,
): readonly InvalidInput[] {
  const problems = createProblems();
  const node = (path: Path, name: string) =>
    checkKnown(problems, nodeIndex, { path, name, what: 'node' });
  for (const nodeId of Object.keys(settings.dailyOrderCap.byNode)) {
    node(['routing', 'dailyOrderCap', 'byNode', nodeId], nodeId);
  }
  for (const [at, order] of orders.entries()) {
    const place = ['orders', at];
    for (const [index, { sku: name }] of order.lines.entries()) {
      checkKnown(problems, skuIndex, {
        ...{ path: [...place, 'lines', index, 'sku'], name, what: 'product' },
      });
    }
    if (order.pickupNodeId !== undefined) node([...place, 'pickupNodeId'], order.pickupNodeId);
    for (const [index, { nodeId }] of order.excluded.entries()) {
      node([...place, 'excluded', index, 'nodeId'], nodeId);
    }
    for (const [index, nodeId] of order.seenAt.entries()) node([...place, 'seenAt', index], nodeId);
    for (const [index, { nodeId }] of order.ownAllocated.entries()) {
      node([...place, 'ownAllocated', index, 'nodeId'], nodeId);
    }
    const { serviceCode: name } = order;
    if (name === undefined || name.startsWith('pp:') || name.startsWith('store:')) continue;
    checkKnown(problems, serviceIndex, {
      ...{ path: [...place, 'serviceCode'], name, what: 'service' },
    });
  }
  return problems.found;
}

type Ground = {
  readonly world: World;
  readonly snapshot: Snapshot;
  readonly settings: RoutingSettings;
};

function route(
  { world, snapshot, settings }: Ground,
  asked: { readonly orders: readonly Order[]; readonly nowMinute: number },
): RouteAnswer {
  const { orders, nowMinute } = asked;
  const facts = factsOfWorld(snapshot, world);
  const questions = orders.map((order) => toQuestion(snapshot, order, nowMinute));
  const [first] = questions;
  const decisions =
    questions.length === 1 && first !== undefined
      ? [decideRoute(snapshot, facts, settings, first)]
      : decideBatch(snapshot, facts, settings, questions);
  return {
    evaluatedAt: formatMinute(nowMinute, world.policy.timeZone),
    orders: decisions.map((decision, at) =>
      routedOrder(world, { decision, orderId: orders[at]?.orderId ?? '' }),
    ),
  };
}

function toQuestion(snapshot: Snapshot, order: Order, nowMinute: number): RoutingQuestion {
  const { promise, placedAt, destination, lines } = order;
  const endMinute = promise === undefined ? 0 : endOf(snapshot, order, promise);
  return {
    orderId: order.orderId,
    nowMinute,
    placedMinute: placedAt === undefined ? nowMinute : instantToMinuteFloor(placedAt),
    lines: lines.map(({ lineId, ...rest }, at) => ({ ...rest, lineId: lineId ?? String(at + 1) })),
    method: order.method,
    serviceCode: order.serviceCode,
    destination: destination === null ? null : addressOf(destination),
    pickupNodeId: order.pickupNodeId,
    promise: promise === undefined ? undefined : { on: promise.on, endMinute },
    channel: order.channel,
    customerTags: order.customerTags,
    tags: order.tags,
    excluded: order.excluded,
    seenAt: order.seenAt,
    placedToday: {},
    ownAllocated: order.ownAllocated,
    parcelsElsewhere: order.parcelsElsewhere,
  };
}

function addressOf({ lat, lng, ...address }: NonNullable<Order['destination']>) {
  return lat === undefined || lng === undefined ? address : { ...address, lat, lng };
}

/** The end of the promised date where the order goes. */
function endOf(
  snapshot: Snapshot,
  { destination, pickupNodeId }: Order,
  promise: NonNullable<Order['promise']>,
): number {
  if (promise.by !== undefined) return instantToMinuteFloor(promise.by);
  const node = snapshot.nodes[snapshot.nodeIndex.get(pickupNodeId ?? '') ?? -1];
  const zone =
    destination === null
      ? undefined
      : snapshot.zones[resolveDestination(snapshot, destination).zoneIndex];
  const timeZone = node?.source.timeZone ?? zone?.source.timeZone ?? snapshot.policy.timeZone;
  const next = Temporal.PlainDate.from(promise.on).add({ days: 1 }).toZonedDateTime(timeZone);
  return instantToMinuteFloor(next.toInstant().toString());
}

function routedOrder(
  world: World,
  { decision, orderId }: { readonly decision: RouteDecision; readonly orderId: string },
) {
  const at = (minute: number) => formatMinute(minute, world.policy.timeZone);
  return {
    orderId,
    ruleset: decision.ruleset,
    lateDays: decision.lateDays,
    points: decision.points,
    isExact: decision.isExact,
    parcels: decision.parcels.map((parcel) => ({
      nodeId: parcel.nodeId,
      serviceCode: parcel.serviceCode,
      lines: parcel.lines,
      readyAt: at(parcel.readyMinute),
      departsAt: at(parcel.departureMinute),
      endsAt: at(parcel.endMinute),
      startBy: at(parcel.startByMinute),
      costMinor: parcel.costMinor,
      points: parcel.points,
      alternatives: parcel.alternatives.map(({ nodeId, points, costMinor, ...one }) => ({
        nodeId,
        points,
        costMinor,
        departsAt: at(one.departureMinute),
        endsAt: at(one.endMinute),
        startBy: at(one.startByMinute),
      })),
    })),
    unplaced: decision.unplaced.map(({ expected, ...left }) => ({
      ...left,
      ...(expected === undefined
        ? {}
        : {
            expected: {
              nodeId: expected.nodeId,
              usableAt: at(expected.usableMinute),
              endsAt: at(expected.endMinute),
            },
          }),
    })),
    candidates: decision.candidates,
    notListed: decision.notListed,
    sentences: sentences(world, decision),
  };
}

function sentences(world: World, decision: RouteDecision): string[] {
  const rows = sentencesOf(decision);
  const names = new Map(world.nodes.map(({ id: nodeId, name }) => [nodeId, name ?? nodeId]));
  const { timeZone, currency } = world.policy;
  const money = new Intl.NumberFormat('en', { style: 'currency', currency });
  const digits = money.resolvedOptions().maximumFractionDigits ?? 2;
  const texts = writeSentences(rows, {
    templates: SENTENCES_EN,
    nodeName: (nodeId) => names.get(nodeId) ?? nodeId,
    instant: (minute) => formatMinute(minute, timeZone).slice(0, 16).replace('T', ' '),
    money: (minor) => money.format(minor / 10 ** digits),
  });
  return texts.map((text, at) => {
    const row = rows[at];
    return row !== undefined && isDetail(row) ? `  ${text}` : text;
  });
}

/** The answer for people: each order's sentences. */
export function writeRoute({ evaluatedAt, orders }: RouteAnswer): string {
  const blocks = orders.map(({ orderId, sentences: lines }) =>
    [`Order ${orderId}`, ...lines.map((text) => `  ${text}`)].join('\n'),
  );
  return `${[`At ${evaluatedAt}`, ...blocks].join('\n\n')}\n`;
}
