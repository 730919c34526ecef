/**
 * Makes a difference small: leaves out nodes, services, lanes, stock, dates, settings and lines for as long as the two
 * answers still differ in the same way. What is left is a world a person can check by hand.
 */
import type { World, WorldRequest } from '../../backend/network/world.ts';
import { compareCase, type Difference, differingLines } from './compare.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Pair = { world: World; request: WorldRequest };

/** All ways to leave one thing out of a value: an element of a list or an optional member of an object. */
function* smaller(value: Json): Generator<Json> {
  if (Array.isArray(value)) yield* smallerLists(value);
  else if (typeof value === 'object' && value !== null) yield* smallerObjects(value);
  else if (typeof value === 'number' && value > 1) yield 1;
}

function* smallerLists(value: Json[]): Generator<Json> {
  for (const index of value.keys()) yield value.toSpliced(index, 1);
  for (const [index, element] of value.entries()) {
    for (const less of smaller(element)) yield value.with(index, less);
  }
}

function* smallerObjects(value: { [key: string]: Json }): Generator<Json> {
  for (const key of Object.keys(value)) {
    const { [key]: _, ...rest } = value;
    yield rest;
  }
  for (const [key, member] of Object.entries(value)) {
    for (const less of smaller(member)) yield { ...value, [key]: less };
  }
}

/** Leaves out what names a node, service or zone together with it. */
function withoutNames(world: World): World {
  const nodeIds = new Set(world.nodes.map(({ id }) => id));
  const codes = new Set(world.services.map(({ code }) => code));
  const zoneIds = new Set(world.zones.map(({ id }) => id));
  return {
    ...world,
    nodes: world.nodes.map((node) => ({
      ...node,
      carrierPickups: node.carrierPickups.filter(({ serviceCode }) => codes.has(serviceCode)),
    })),
    services: world.services.map((service) => ({
      ...service,
      prices: service.prices.map((row) =>
        row.zoneIds === undefined
          ? row
          : { ...row, zoneIds: row.zoneIds.filter((id) => zoneIds.has(id)) },
      ),
    })),
    lanes: world.lanes.filter(
      (lane) =>
        codes.has(lane.serviceCode) &&
        lane.nodeIds.every((id) => nodeIds.has(id)) &&
        lane.zoneIds.every((id) => zoneIds.has(id)),
    ),
    stock: world.stock.filter(({ nodeId }) => nodeIds.has(nodeId)),
  };
}

/** What differs, without values: a shrunk difference must stay of this kind. */
function kindOf(difference: Difference): string {
  if (typeof difference.got === 'string') return difference.got.split('\n')[0] ?? 'thrown';
  const paths = differingLines(difference.expected, difference.got).map((line) =>
    (line.split(':')[0] ?? '').replace(/\d+/g, '#'),
  );
  return [...new Set(paths)].sort()[0] ?? '';
}

type Parse = (pair: { world: unknown; request: unknown }) => Pair | undefined;

/** The difference of a smaller pair, when it differs in the same way. */
function sameDifference(pair: Pair, kind: string): Difference | undefined {
  try {
    const { first } = compareCase({ world: pair.world, requests: [pair.request] });
    return first !== undefined && kindOf(first) === kind ? first : undefined;
  } catch {
    // The oracle could not answer it: not a smaller example of anything.
    return undefined;
  }
}

/** One thing less, still differing; undefined when nothing more can go. */
function shrinkOnce(best: Difference, kind: string, parse: Parse): Difference | undefined {
  const pair = { world: best.world, request: best.request };
  for (const less of smaller(JSON.parse(JSON.stringify(pair)) as Json)) {
    const { world, request } = less as { world?: World; request?: WorldRequest };
    if (world === undefined || request === undefined) continue;
    const parsed = parse({ world: tidied(world), request });
    if (parsed === undefined || sizeOf(parsed) >= sizeOf(best)) continue;
    const found = sameDifference(parsed, kind);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The smallest world and request found that still differ in the same way. */
export function shrink(difference: Difference, parse: Parse): Difference {
  const kind = kindOf(difference);
  let best = difference;
  for (;;) {
    const less = shrinkOnce(best, kind, parse);
    if (less === undefined) return best;
    best = less;
  }
}

function tidied(world: World): unknown {
  try {
    return withoutNames(world);
  } catch {
    return world;
  }
}

function sizeOf({ world, request }: Pair): number {
  return JSON.stringify(world).length + JSON.stringify(request).length;
}
