/**
 * What crosses fields in a world: names that do not exist, contradictions, two answers to one
 * question. Every field on its own has been checked before (world.ts); here the parts meet.
 * A world that passes compiles without error and answers every question.
 */
import type { InvalidInput } from '../base/result.ts';
import { checkNode, checkPoint, checkTimeZone, createPlaceCheck } from './check-places.ts';
import { checkLanes, checkService, checkZones } from './check-services.ts';
import { checkKnown, checkUnique, createProblems, type Problems } from './problems.ts';
import type { NetworkSection, World, WorldPolicy, WorldRequest } from './world.ts';

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

type Names = {
  readonly nodes: ReadonlyMap<string, number>;
  readonly services: ReadonlyMap<string, number>;
  readonly zones: ReadonlyMap<string, number>;
  /** undefined: not known here. */
  readonly skus: ReadonlyMap<string, number> | undefined;
};

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

function checkPolicy(problems: Problems, policy: WorldPolicy, names: Names): void {
  checkTimeZone(problems, new Map(), { path: ['policy', 'timeZone'], name: policy.timeZone });
  checkUnique(
    problems,
    policy.channels.map((channel) => channel.code),
    { list: ['policy', 'channels'], field: 'code', what: 'code' },
  );
  for (const [index, channel] of policy.channels.entries()) {
    for (const [position, name] of (channel.nodeIds ?? []).entries()) {
      const path = ['policy', 'channels', index, 'nodeIds', position];
      checkKnown(problems, names.nodes, { path, name, what: 'node' });
    }
  }
  for (const [index, quota] of policy.quotas.entries()) {
    checkSku(problems, names, ['policy', 'quotas', index], quota.sku);
    if (quota.channel !== undefined || quota.customerTag !== undefined) continue;
    problems.add(['policy', 'quotas', index, 'channel'], {
      allowed: 'a channel or a customerTag: a quota belongs to someone',
      remedy: 'Say whose units these are.',
    });
  }
  for (const index of policy.safetyStock.keys())
    checkSafetyRule(problems, policy, { index, names });
  for (const list of ['waiting', 'reservations'] as const) {
    for (const [index, row] of policy[list].entries()) {
      checkSku(problems, names, ['policy', list, index], row.sku);
    }
  }
}

function checkSafetyRule(
  problems: Problems,
  policy: WorldPolicy,
  at: { readonly index: number; readonly names: Names },
): void {
  const rule = policy.safetyStock[at.index];
  if (rule === undefined) return;
  const path = ['policy', 'safetyStock', at.index];
  if (rule.sku !== undefined) checkSku(problems, at.names, path, rule.sku);
  if (rule.nodeId !== undefined) {
    const where = { path: [...path, 'nodeId'], name: rule.nodeId, what: 'node' };
    checkKnown(problems, at.names.nodes, where);
  }
  if (rule.units === undefined && rule.percent === undefined) {
    problems.add([...path, 'units'], {
      allowed: 'units, or percent of on hand, or both (the larger counts)',
      remedy: 'Say how much is kept back.',
    });
  }
  for (const [narrow, wide] of [
    ['sku', 'category'],
    ['nodeId', 'region'],
  ] as const) {
    if (rule[narrow] === undefined || rule[wide] === undefined) continue;
    problems.add([...path, wide], {
      value: rule[wide],
      allowed: `no ${wide} beside ${narrow}`,
      remedy: `Leave the ${wide} out: ${narrow} already names what the rule is about.`,
    });
  }
}

function checkSku(
  problems: Problems,
  names: Names,
  path: readonly (string | number)[],
  name: string,
): void {
  if (names.skus === undefined) return;
  checkKnown(problems, names.skus, { path: [...path, 'sku'], name, what: 'product' });
}

function checkStock(problems: Problems, world: CheckedParts, names: Names): void {
  const rows = world.stock ?? [];
  const taken = new Map<string, number>();
  for (const [index, row] of rows.entries()) {
    const path = ['stock', index];
    checkSku(problems, names, path, row.sku);
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
