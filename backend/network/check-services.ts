/**
 * What cannot be true of services, lanes, zones and prices: names that do not exist, gaps between
 * tiers, two answers to one question, a service that never works.
 */
import { parseTimeOfDay } from '../base/time.ts';
import { carrierWeek } from './carrier-days.ts';
import { checkKnown, type Path, type Problems } from './problems.ts';
import type { NetworkSection, WorldCarrier, WorldLane, WorldService, WorldZone } from './world.ts';

type Names = ReadonlyMap<string, number>;

/** Everything about one service that crosses fields. */
export function checkService(
  problems: Problems,
  service: WorldService,
  at: {
    readonly path: Path;
    readonly carriers: ReadonlyMap<string, WorldCarrier>;
    readonly zones: Names;
  },
): void {
  const { path } = at;
  checkKnown(problems, at.carriers, {
    path: [...path, 'carrierId'],
    name: service.carrierId,
    what: 'carrier',
  });
  if (/^(pp|store):/.test(service.code)) {
    problems.add([...path, 'code'], {
      value: service.code,
      allowed: 'a code that does not begin with pp: or store:, which name points and stores',
      remedy: 'Choose another code.',
    });
  }
  if ((service.method === 'pickup_point') !== (service.network !== undefined)) {
    problems.add([...path, 'network'], {
      ...(service.network === undefined ? {} : { value: service.network }),
      allowed: 'the network of its points for method pickup_point, nothing for method home',
      remedy: 'Give the network, or change the method.',
    });
  }
  const from = parseTimeOfDay(service.deliverFrom ?? '00:00');
  if (from >= parseTimeOfDay(service.deliverBy ?? '24:00')) {
    problems.add([...path, 'deliverFrom'], {
      value: service.deliverFrom,
      allowed: `a time before deliverBy (${service.deliverBy ?? '24:00'})`,
      remedy: 'Correct one of the two times.',
    });
  }
  checkWorks(problems, service, { path, carrier: at.carriers.get(service.carrierId) });
  checkPrices(problems, service, { path: [...path, 'prices'], zones: at.zones });
}

function checkWorks(
  problems: Problems,
  service: WorldService,
  at: { readonly path: Path; readonly carrier: WorldCarrier | undefined },
): void {
  if (at.carrier === undefined) return;
  const week = carrierWeek(service, at.carrier, 'delivery');
  if (week.pattern.size > 0 || week.workedDates.size > 0) return;
  problems.add([...at.path, 'workingDays'], {
    allowed: 'at least one working day: this service never delivers',
    remedy: 'Give the service or its carrier working days, or remove the service.',
  });
}

function checkPrices(
  problems: Problems,
  service: WorldService,
  at: { readonly path: Path; readonly zones: Names },
): void {
  const taken = new Map<string, number>();
  for (const [index, row] of service.prices.entries()) {
    const path = [...at.path, index];
    checkTiers(problems, [...path, 'tiers'], row.tiers);
    for (const [position, name] of (row.zoneIds ?? []).entries()) {
      checkKnown(problems, at.zones, { path: [...path, 'zoneIds', position], name, what: 'zone' });
    }
    for (const { key, where, shown } of answersOf(row, path)) {
      const earlier = taken.get(key);
      taken.set(key, index);
      if (earlier === undefined) continue;
      problems.add(where, {
        ...shown,
        allowed: `one price row per zone and currency; row ${earlier} already answers in ${row.currency}`,
        remedy: 'Remove the zone from one of the rows.',
      });
    }
  }
}

/** What a price row answers: each of its zones, or the rest of its currency. */
function answersOf(row: WorldService['prices'][number], path: Path) {
  if (row.zoneIds === undefined) return [{ key: row.currency, where: path, shown: {} }];
  return row.zoneIds.map((id, position) => ({
    key: `${row.currency} ${id}`,
    where: [...path, 'zoneIds', position],
    shown: { value: id },
  }));
}

type Tier = { readonly fromGrams: number; readonly toGrams: number | null };

/** Tiers begin at 0, touch, rise, and only the last may be open. */
function checkTiers(problems: Problems, path: Path, tiers: readonly Tier[]): void {
  let expected: number | null = 0;
  for (const [index, tier] of tiers.entries()) {
    if (expected === null || tier.fromGrams !== expected) {
      problems.add([...path, index, 'fromGrams'], {
        value: tier.fromGrams,
        allowed:
          expected === null
            ? 'no tier after the open one'
            : `${expected}, where the last tier ends`,
        remedy: 'Make the tiers touch: each begins where the one before ends, the first at 0.',
      });
    }
    if (tier.toGrams !== null && tier.toGrams <= tier.fromGrams) {
      problems.add([...path, index, 'toGrams'], {
        value: tier.toGrams,
        allowed: `more than fromGrams (${tier.fromGrams}), or null for no end`,
        remedy: 'Correct the tier.',
      });
    }
    expected = tier.toGrams;
  }
}

/** Zones: one answer per postal prefix and one rest per country. */
export function checkZones(problems: Problems, zones: readonly WorldZone[]): void {
  const taken = new Map<string, number>();
  const take = (key: string, zone: number) => {
    const earlier = taken.get(key);
    taken.set(key, zone);
    return earlier;
  };
  for (const [index, zone] of zones.entries()) {
    const { country } = zone;
    const path = ['zones', index, 'postalPrefixes'];
    const rest = zone.postalPrefixes.length === 0 ? take(country, index) : undefined;
    if (rest !== undefined) {
      problems.add(path, {
        allowed: `one zone without prefixes per country; zone ${rest} is it for ${country}`,
        remedy: 'Give one of the two its prefixes.',
      });
    }
    for (const [position, prefix] of zone.postalPrefixes.entries()) {
      const earlier = take(`${country} ${prefix}`, index);
      if (earlier === undefined) continue;
      problems.add([...path, position], {
        value: prefix,
        allowed: `a prefix no zone of ${country} has; zone ${earlier} has this one`,
        remedy: 'Remove the prefix from one of the zones.',
      });
    }
  }
}

/** Lanes: names that exist, whole tiers, and one lane per node, zone and service. */
export function checkLanes(
  problems: Problems,
  lanes: NetworkSection['lanes'],
  names: { readonly nodes: Names; readonly zones: Names; readonly services: Names },
): void {
  for (const [index, lane] of lanes.entries()) {
    const path = ['lanes', index];
    checkTiers(problems, [...path, 'costs'], lane.costs);
    checkKnown(problems, names.services, {
      path: [...path, 'serviceCode'],
      name: lane.serviceCode,
      what: 'service',
    });
    for (const [position, name] of lane.nodeIds.entries()) {
      checkKnown(problems, names.nodes, {
        path: [...path, 'nodeIds', position],
        name,
        what: 'node',
      });
    }
    for (const [position, name] of lane.zoneIds.entries()) {
      checkKnown(problems, names.zones, {
        path: [...path, 'zoneIds', position],
        name,
        what: 'zone',
      });
    }
  }
  checkOneLane(problems, lanes, names.zones);
}

/** Two lanes for one way would be two answers; nodes named by the same lanes are looked at once. */
function checkOneLane(problems: Problems, lanes: readonly WorldLane[], zones: Names): void {
  const laneOfZone = new Int32Array(zones.size);
  const seen = new Set<string>();
  for (const list of lanesByNode(lanes)) {
    const key = list.join();
    if (seen.has(key)) continue;
    seen.add(key);
    laneOfZone.fill(-1);
    for (const index of list) {
      claimZones(problems, laneOfZone, {
        lane: index,
        zoneIds: lanes[index]?.zoneIds ?? [],
        zones,
      });
    }
  }
}

/** Notes which lane goes to each of its zones, and refuses what another lane already does. */
function claimZones(
  problems: Problems,
  laneOfZone: Int32Array,
  claim: { readonly lane: number; readonly zoneIds: readonly string[]; readonly zones: Names },
): void {
  for (const [position, id] of claim.zoneIds.entries()) {
    const zone = claim.zones.get(id);
    // A zone that does not exist has its own problem already.
    if (zone === undefined) continue;
    const earlier = laneOfZone[zone] ?? -1;
    laneOfZone[zone] = claim.lane;
    if (earlier === -1) continue;
    problems.add(['lanes', claim.lane, 'zoneIds', position], {
      value: id,
      allowed: `one lane per node, zone and service; lane ${earlier} already goes there`,
      remedy: 'Remove the zone, or the node, from one of the two lanes.',
    });
  }
}

/** For each node × service, the lanes that name it. */
function lanesByNode(lanes: readonly WorldLane[]): Iterable<readonly number[]> {
  const byNode = new Map<string, number[]>();
  for (const [index, lane] of lanes.entries()) {
    for (const node of lane.nodeIds) {
      const key = `${lane.serviceCode}\n${node}`;
      const list = byNode.get(key);
      if (list === undefined) byNode.set(key, [index]);
      else list.push(index);
    }
  }
  return byNode.values();
}
