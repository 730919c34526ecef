/**
 * Why is a delivery option not offered?
 *
 * Rule 10's reasons, the first that holds: no lane, restricted, limit, no price, no departure (no pickup
 * of the service), no stock, no departure (nothing in time). What can be said before planning is said by
 * `refusalBefore`; `refusalAfter` explains why planning found nothing.
 */
import { breaksItemLimit, isRestricted } from '../network/limits.ts';
import { billableGrams, priceMinor } from '../network/prices.ts';
import { type CompiledService, LANE_EXISTS, PICKUP_EXISTS } from '../network/snapshot.ts';
import { planOrder, quoteObjective } from '../routing/routing.ts';
import type { Absent, AbsentCode } from './quote.ts';
import type { Ask } from './quote-ask.ts';
import { openShip, problemOf, type Ship, type Target } from './quote-ship.ts';

/** A reason with its facts. */
export type Refusal = { readonly code: AbsentCode; readonly facts: Absent['facts'] };

/** How far down rule 10's list a reason stands; later means nearer to being offered. */
const ORDER: readonly string[] = [
  'no_lane',
  'restricted',
  'limit',
  'no_price',
  'no_departure/no_pickup',
  'no_stock',
  'no_departure/nothing_in_time',
];

/** Of two services of one network at one point, the reason of the one that came further. */
export function furthestRefusal(refusals: readonly Refusal[]): Refusal | undefined {
  const rank = ({ code, facts }: Refusal) =>
    ORDER.indexOf(facts['why'] === undefined ? code : `${code}/${facts['why']}`);
  let furthest: Refusal | undefined;
  for (const refusal of refusals) {
    if (furthest === undefined || rank(refusal) > rank(furthest)) furthest = refusal;
  }
  return furthest;
}

/** What a service costs the shopper for the whole basket; −1: no price. */
export function priceOf(ask: Ask, target: Target): number {
  return priceMinor(ask.snapshot, {
    service: target.service.index,
    zone: target.zoneIndex,
    currency: ask.request.currency,
    grams: billableGrams(target.service.source, ask.grams, ask.cm3),
  });
}

/** The service to the target opened for planning, or the reason that needs no plan. */
export function openOrRefuse(ask: Ask, target: Target): Ship | Refusal {
  const { service, zoneIndex } = target;
  const reach = reachOf(ask, service, zoneIndex);
  if ((reach & LANE_EXISTS) === 0) return { code: 'no_lane', facts: {} };
  const refused = refusedItem(ask, service);
  if (refused !== undefined) return refused;
  const ship = openShip(ask, target);
  if (priceOf(ask, target) < 0) {
    if (breaksParcels(ship)) return { code: 'limit', facts: { of: 'parcel' } };
    return { code: 'no_price', facts: { currency: ask.request.currency } };
  }
  if ((reach & PICKUP_EXISTS) === 0) return { code: 'no_departure', facts: { why: 'no_pickup' } };
  return ship;
}

function reachOf(ask: Ask, service: CompiledService, zoneIndex: number): number {
  if (zoneIndex < 0) return 0;
  return ask.channel.reach[service.index * ask.snapshot.zones.length + zoneIndex] ?? 0;
}

function refusedItem(ask: Ask, service: CompiledService): Refusal | undefined {
  const { country } = ask.destination;
  const restricted = ask.lines.find((line) => isRestricted(service.source, line.product, country));
  if (restricted !== undefined) {
    return { code: 'restricted', facts: { sku: restricted.product.sku } };
  }
  const large = ask.lines.find((line) => breaksItemLimit(service.source, line.product));
  return large && { code: 'limit', facts: { of: 'item', sku: large.product.sku } };
}

/** Why no ship of one service has a plan. */
export function refusalAfter(ship: Ship): Refusal {
  const short = shortLine(ship);
  if (short !== undefined) return { code: 'no_stock', facts: { sku: short } };
  if (breaksParcels(ship)) return { code: 'limit', facts: { of: 'parcel' } };
  return { code: 'no_departure', facts: { why: 'nothing_in_time' } };
}

/** The first SKU that the channel's figure or the nodes that could send do not have enough of. */
function shortLine(ship: Ship): string | undefined {
  const { ask, sources, sourceCount } = ship;
  const { supply } = ask;
  for (const [line, { product, quantity }] of ask.lines.entries()) {
    let units = 0;
    for (let at = 0; at < sourceCount && units < quantity; at += 1) {
      units += supply.available[(sources[at] ?? 0) * supply.lineCount + line] ?? 0;
    }
    if (units < quantity) return product.sku;
  }
  return ask.shortSku;
}

/** There is stock enough, but no way to put it in parcels that the service and its lanes take. */
function breaksParcels(ship: Ship): boolean {
  if (shortLine(ship) !== undefined) return false;
  const timeless = { ...problemOf(ship), endMinute: () => 0, dateOf: () => 0 };
  const objective = quoteObjective({ splitOnlyIfDaysEarlier: 1, maxDaysLaterForCost: 0 });
  return planOrder([timeless], objective) === undefined;
}
