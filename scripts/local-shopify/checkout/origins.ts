/**
 * Which location does Shopify ship each line from, before any app has a say? One group per origin.
 *
 * Only locations that are active, fulfill online orders and have a zone with the buyer's country count, in the order of
 * the profile. One that stocks the whole basket wins; else lines go to the location that can take most, and so on. The
 * `origins` setting spreads the lines over that many locations to show what several origins do.
 */
import { type LocalShop, levelOf, variantOf } from '../shop.ts';
import type { CartLine } from '../state.ts';

export type OriginGroup = { locationId: number; lines: CartLine[] };

/** Groups of lines by origin; undefined when some line can ship from nowhere. */
export function planOrigins(
  shop: LocalShop,
  lines: readonly CartLine[],
  countryCode: string,
): OriginGroup[] | undefined {
  const locationIds = shippingLocations(shop, countryCode);
  const wanted = shop.state.settings.origins;
  if (wanted !== 'auto' && wanted !== '1') {
    return spreadOver(shop, lines, { locationIds, count: Number(wanted) });
  }
  const whole = locationIds.find((id) => lines.every((line) => holds(shop, line, id)));
  if (whole !== undefined) return [{ locationId: whole, lines: [...lines] }];
  return wanted === '1' ? undefined : takeMost(shop, lines, locationIds);
}

/** Locations that may ship to a country, in the profile's order. */
function shippingLocations(shop: LocalShop, countryCode: string): number[] {
  return shop.state.groups
    .filter((group) => group.zones.some((zone) => zone.countries.includes(countryCode)))
    .flatMap((group) => group.locationIds)
    .filter((id) => {
      const location = shop.locations.get(id);
      return location?.isActive === true && location.fulfillsOnlineOrders;
    });
}

/** Whether a location can ship a whole line: it stocks enough, or the variant is sold without stock. */
export function holds(shop: LocalShop, line: CartLine, locationId: number): boolean {
  const { variant } = variantOf(shop, line.variantId);
  const level = levelOf(shop, variant.inventoryItemId, locationId);
  if (!level) return false;
  return variant.inventoryPolicy === 'CONTINUE' || level.available >= line.quantity;
}

function takeMost(
  shop: LocalShop,
  lines: readonly CartLine[],
  locationIds: readonly number[],
): OriginGroup[] | undefined {
  const groups: OriginGroup[] = [];
  let open = [...lines];
  while (open.length > 0) {
    let best: OriginGroup | undefined;
    for (const locationId of locationIds) {
      const fitting = open.filter((line) => holds(shop, line, locationId));
      if (fitting.length > (best?.lines.length ?? 0)) best = { locationId, lines: fitting };
    }
    if (!best) return undefined;
    const taken = new Set(best.lines);
    groups.push(best);
    open = open.filter((line) => !taken.has(line));
  }
  return groups;
}

function spreadOver(
  shop: LocalShop,
  lines: readonly CartLine[],
  { locationIds, count }: { locationIds: readonly number[]; count: number },
): OriginGroup[] | undefined {
  const groups = new Map<number, CartLine[]>();
  for (const line of lines) {
    const able = locationIds.filter((id) => holds(shop, line, id));
    const fresh = able.find((id) => !groups.has(id));
    const chosen =
      groups.size < count && fresh !== undefined
        ? fresh
        : (able.find((id) => groups.has(id)) ?? able[0]);
    if (chosen === undefined) return undefined;
    groups.set(chosen, [...(groups.get(chosen) ?? []), line]);
  }
  return [...groups].map(([locationId, own]) => ({ locationId, lines: own }));
}
