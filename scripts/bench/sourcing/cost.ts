/**
 * What an assignment costs in an instance, in cents, and whether it can be done at all.
 *
 * A parcel: zone base by distance, packing, and a penalty when it is late; a line in it: handling by
 * unit and weight by zone; a line nobody sends: a fixed amount. Everybody in this folder prices alike.
 */
import type { Instance, Point, SourcingLocation, SourcingOrder } from './instance.ts';

/** For one order: what a parcel costs from each location, and each line in it. */
export type OrderCosts = {
  readonly parcelCents: Int32Array;
  /** By line, by location. */
  readonly lineCents: readonly Int32Array[];
};

/** By order id, the location's id of each line; null: nobody sends it. */
export type Assignments = Readonly<Record<string, readonly (string | null)[]>>;

/** The cost tables of one order. */
export function costsOf(instance: Instance, order: SourcingOrder): OrderCosts {
  const { locations } = instance;
  const parcelCents = new Int32Array(locations.length);
  const lineCents = order.lines.map(() => new Int32Array(locations.length));
  for (const [at, location] of locations.entries()) {
    const zone = zoneOf(instance, location, order);
    const daysLate = Math.max(0, location.prepDays + zone.transitDays - order.promiseDays);
    const late = daysLate > 0 ? instance.latePackageCents + instance.lateDayCents * daysLate : 0;
    parcelCents[at] = zone.baseCents + location.packCents + late;
    for (const [line, { qty, kg }] of order.lines.entries()) {
      const cents = location.handlingCents * qty + Math.round(zone.perKgCents * kg * qty);
      lineCents[line]?.fill(cents, at, at + 1);
    }
  }
  return { parcelCents, lineCents };
}

function zoneOf({ zones }: Instance, location: SourcingLocation, order: SourcingOrder) {
  const km = haversineKm(location, order);
  const zone = zones.find(({ maxKm }) => km <= maxKm) ?? zones.at(-1);
  if (zone === undefined) throw new Error('an instance needs a zone');
  return zone;
}

const EARTH_KM = 6_371;

function haversineKm(a: Point, b: Point): number {
  const toRadians = Math.PI / 180;
  const lat = Math.sin(((b.lat - a.lat) * toRadians) / 2) ** 2;
  const lng = Math.sin(((b.lng - a.lng) * toRadians) / 2) ** 2;
  const between = lat + Math.cos(a.lat * toRadians) * Math.cos(b.lat * toRadians) * lng;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(between)));
}

/** The cost of an assignment, and every limit it breaks. */
export function scoreOf(
  instance: Instance,
  assignments: Assignments,
): { readonly cents: number; readonly faults: readonly string[] } {
  const places = new Map(instance.locations.map((location, at) => [location.id, at]));
  const stock = instance.locations.map((location) => ({ ...location.stock }));
  const room = instance.locations.map((location) => location.capacityUnits);
  const faults: string[] = [];
  let cents = 0;
  for (const order of instance.orders) {
    const given = assignments[order.id];
    if (given?.length !== order.lines.length) {
      faults.push(`order ${order.id}: ${given?.length ?? 'no'} lines`);
      continue;
    }
    const costs = costsOf(instance, order);
    const used = new Set<number>();
    for (const [line, id] of given.entries()) {
      if (id === null) {
        cents += instance.unfilledLineCents;
        continue;
      }
      const at = places.get(id) ?? -1;
      const { sku, qty } = order.lines[line] ?? { sku: '', qty: 0 };
      const ofPlace = stock[at] ?? {};
      ofPlace[sku] = (ofPlace[sku] ?? 0) - qty;
      room[at] = (room[at] ?? 0) - qty;
      if ((ofPlace[sku] ?? 0) < 0) faults.push(`stock exceeded: ${id} ${sku}`);
      if ((room[at] ?? 0) < 0) faults.push(`capacity exceeded: ${id}`);
      cents += costs.lineCents[line]?.[at] ?? 0;
      if (!used.has(at)) cents += costs.parcelCents[at] ?? 0;
      used.add(at);
    }
  }
  return { cents, faults };
}
