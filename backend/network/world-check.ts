/**
 * What crosses fields in a world: names that do not exist, contradictions, two answers to one
 * question. Every field on its own has been checked before (world.ts); here the parts meet.
 * A world that passes compiles without error and answers every question.
 */
import type { InvalidInput } from '../base/result.ts';
import { checkNode, checkPoint, createPlaceCheck } from './check-places.ts';
import { checkKits, checkPolicy, checkSku, type Names } from './check-policy.ts';
import { checkLanes, checkService, checkZones } from './check-services.ts';
import { checkKnown, checkUnique, createProblems, type Problems } from './problems.ts';
import type { NetworkSection, World, WorldRequest } from './world.ts';

/** A world; without products and stock when those live elsewhere, and SKUs then go unchecked. */
export type CheckedParts = NetworkSection & Partial<Pick<World, 'products' | 'stock'>>;

/** All problems that cross fields, at most `MAX_PROBLEMS`; none: the world is sound. */
export function checkWorld(world: CheckedParts): readonly InvalidInput[] {
  const problems = createProblems();
  const names = checkNames(problems, world);
  const checkPlace = createPlaceCheck(problems);
  const carriers = new Map(world.carriers.map((carrier) => [carrier.id, carrier]));
  for (const [index, node] of world.nodes.entries()) {
    checkPlace(['nodes', index], node);
    checkNode(problems, node, { path: ['nodes', index], services: names.services });
  }
  for (const [index, service] of world.services.entries()) {
    checkService(problems, service, { path: ['services', index], carriers, zones: names.zones });
  }
  for (const [index, zone] of world.zones.entries()) checkPlace(['zones', index], zone);
  checkZones(problems, world.zones);
  checkLanes(problems, world.lanes, names);
  for (const [index, point] of world.pickupPoints.entries()) {
    checkPlace(['pickupPoints', index], point);
    checkPoint(problems, point, ['pickupPoints', index]);
  }
  checkPolicy(problems, world.policy, names);
  checkKits(problems, world.products ?? [], names);
  checkStock(problems, world, names);
  return problems.found;
}

/** What crosses fields in a request: a point needs both of its numbers. */
export function checkRequest(request: WorldRequest): readonly InvalidInput[] {
  const problems = createProblems();
  const { lat, lng } = request.destination;
  if ((lat === undefined) !== (lng === undefined)) {
    problems.add(['destination', lat === undefined ? 'lat' : 'lng'], {
      allowed: 'both lat and lng, or neither',
      remedy: 'Give the missing one, or leave both out to use the centroid of the zone.',
    });
  }
  return problems.found;
}

function checkNames(problems: Problems, world: CheckedParts): Names {
  const unique = (list: string, field: string, names: readonly string[]) =>
    checkUnique(problems, names, { list: [list], field, what: field });
  unique(
    'carriers',
    'id',
    world.carriers.map((carrier) => carrier.id),
  );
  checkUnique(
    problems,
    world.pickupPoints.map((point) => `${point.network}:${point.id}`),
    { list: ['pickupPoints'], field: 'id', what: 'network and id' },
  );
  return {
    nodes: unique(
      'nodes',
      'id',
      world.nodes.map((node) => node.id),
    ),
    services: unique(
      'services',
      'code',
      world.services.map((service) => service.code),
    ),
    zones: unique(
      'zones',
      'id',
      world.zones.map((zone) => zone.id),
    ),
    skus:
      world.products &&
      unique(
        'products',
        'sku',
        world.products.map((product) => product.sku),
      ),
  };
}

function checkStock(problems: Problems, world: CheckedParts, names: Names): void {
  const rows = world.stock ?? [];
  const taken = new Map<string, number>();
  const kits = new Set(
    (world.products ?? []).filter(({ kit }) => kit !== undefined).map(({ sku }) => sku),
  );
  for (const [index, row] of rows.entries()) {
    const path = ['stock', index];
    checkSku(problems, names, path, row.sku);
    if (kits.has(row.sku)) {
      problems.add([...path, 'sku'], {
        value: row.sku,
        allowed: 'a SKU that is no kit: a kit has no stock of its own',
        remedy: 'State the stock of its components.',
      });
    }
    const node = { path: [...path, 'nodeId'], name: row.nodeId, what: 'node' };
    checkKnown(problems, names.nodes, node);
    const key = `${row.nodeId}\n${row.sku}`;
    const earlier = taken.get(key);
    taken.set(key, index);
    if (earlier === undefined) continue;
    problems.add([...path, 'sku'], {
      value: row.sku,
      allowed: `one row per SKU and node; row ${earlier} already speaks of ${row.nodeId}`,
      remedy: 'Add the two rows together.',
    });
  }
}
