/**
 * What Kept knows of a shop besides its policy: capabilities seen, what was set up, its locations.
 *
 * Everything here was read from Shopify or made in Shopify; reading it again gives it again. A capability that was
 * never seen is unknown, and unknown is treated as the worse case by whoever asks.
 */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { ShopId } from '../base/ids.ts';
import { type InstantColumn, type JsonColumn, withShop } from '../platform/database.ts';

/** What a shop may or may not be able to do, as far as was seen. */
export type Capabilities = {
  /** Rates from our callback: the plan, the add-on or a development store. */
  readonly carrier_rates?: 'available' | 'unavailable';
  /** Extensions inside checkout (Plus). */
  readonly checkout_ui?: 'available' | 'unavailable';
  /** Whether Shopify signs rate callbacks here; only `unsigned`, recorded by a probe, lets an unsigned one in. */
  readonly rate_signature?: 'signed' | 'unsigned';
  /** Delivery customizations by our Function. */
  readonly delivery_function?: 'available' | 'unavailable';
};
export type CapabilityName = keyof Capabilities;
export type CapabilitySource = 'plan' | 'probe' | 'seen' | 'merchant';

/** How far one thing to set up has come. `unavailable`: this shop cannot have it. */
export type SetupState = 'done' | 'waiting' | 'unavailable' | 'failed';
export type SetupItem = {
  readonly item: string;
  readonly state: SetupState;
  readonly shopifyId: string | undefined;
  readonly facts: Readonly<Record<string, unknown>>;
};

/** Shopify's pickup times; the longest it knows is five days and more. */
export type PickupTime =
  | 'ONE_HOUR'
  | 'TWO_HOURS'
  | 'FOUR_HOURS'
  | 'TWENTY_FOUR_HOURS'
  | 'TWO_TO_FOUR_DAYS'
  | 'FIVE_OR_MORE_DAYS';

/** A location as last read. */
export type ShopLocation = {
  readonly locationId: string;
  readonly name: string;
  readonly isActive: boolean;
  readonly fulfillsOnlineOrders: boolean;
  readonly country: string;
  readonly postalCode: string;
  readonly city: string;
  readonly address1: string;
  readonly lat: number | null;
  readonly lng: number | null;
  /** Null: native pickup is off. A value we do not know (`CUSTOM`) is kept as it is. */
  readonly pickupTime: string | null;
  readonly pickupInstructions: string | null;
};

type ConnectorTables = {
  capability: {
    shop_id: string;
    name: string;
    value: string;
    observed_at: InstantColumn;
    source: string;
  };
  shop_setup: {
    shop_id: string;
    item: string;
    state: SetupState;
    shopify_id: string | null;
    facts: JsonColumn<Record<string, unknown>>;
    updated_at: InstantColumn;
  };
  shopify_location: {
    shop_id: string;
    location_id: string;
    name: string;
    is_active: boolean;
    fulfills_online_orders: boolean;
    country: string;
    postal_code: string;
    city: string;
    address1: string;
    lat: number | null;
    lng: number | null;
    pickup_time: string | null;
    pickup_instructions: string | null;
    read_at: InstantColumn;
  };
  pickup_slot: {
    shop_id: string;
    location_id: string;
    set_at: InstantColumn;
    pickup_time: string | null;
  };
};

export function createConnectorStore(deps: {
  readonly db: Kysely<unknown>;
  readonly now: () => Temporal.Instant;
}) {
  const db = deps.db.withTables<ConnectorTables>();
  const inShop = <Value>(shopId: ShopId, work: (trx: Trx) => Promise<Value>) =>
    withShop(db, shopId, work);
  return {
    readCapabilities: (shopId: ShopId) => inShop(shopId, (trx) => readCapabilities(trx, shopId)),
    saveCapability: (
      shopId: ShopId,
      seen: { name: CapabilityName; value: string; source: CapabilitySource },
    ) => inShop(shopId, (trx) => saveCapability(trx, shopId, seen, deps.now())),
    readSetup: (shopId: ShopId) => inShop(shopId, (trx) => readSetup(trx, shopId)),
    saveSetup: (shopId: ShopId, item: SetupItem) =>
      inShop(shopId, (trx) => saveSetup(trx, shopId, item, deps.now())),
    readLocations: (shopId: ShopId) => inShop(shopId, (trx) => readLocations(trx, shopId)),
    /** A location was switched off: known at once, before all of them are read again. */
    closeLocation: (shopId: ShopId, locationId: string) =>
      inShop(shopId, (trx) => closeLocation(trx, shopId, locationId)),
    /** Replaces what was known of the shop's locations. */
    saveLocations: (shopId: ShopId, locations: readonly ShopLocation[]) =>
      inShop(shopId, (trx) => saveLocations(trx, shopId, locations, deps.now())),
    /** Remembers what native pickup says from now on at a location; null: it is off. */
    savePickupTime: (
      shopId: ShopId,
      locationId: string,
      said: { pickupTime: PickupTime | null; instructions: string },
    ) => inShop(shopId, (trx) => savePickupTime(trx, shopId, locationId, said, deps.now())),
    /** What native pickup said at a location at an instant; undefined: nothing we set, or off. */
    pickupTimeAt: (shopId: ShopId, locationId: string, at: Temporal.Instant) =>
      inShop(shopId, async (trx) => {
        const row = await trx
          .selectFrom('pickup_slot')
          .select('pickup_time')
          .where('shop_id', '=', shopId)
          .where('location_id', '=', locationId)
          .where('set_at', '<=', at)
          .orderBy('set_at', 'desc')
          .limit(1)
          .executeTakeFirst();
        return row?.pickup_time ?? undefined;
      }),
  };
}

/** What `createConnectorStore` returns. */
export type ConnectorStore = ReturnType<typeof createConnectorStore>;

type Trx = Transaction<ConnectorTables>;

async function readCapabilities(trx: Trx, shopId: ShopId): Promise<Capabilities> {
  const rows = await trx
    .selectFrom('capability')
    .select(['name', 'value'])
    .where('shop_id', '=', shopId)
    .execute();
  // Only `saveCapability` writes these rows, with names and values of the type.
  return Object.fromEntries(rows.map(({ name, value }) => [name, value])) as Capabilities;
}

// A probe or the merchant is not overruled by what a plan suggests.
const RANK: Record<CapabilitySource, number> = { plan: 0, seen: 1, probe: 2, merchant: 2 };

async function saveCapability(
  trx: Trx,
  shopId: ShopId,
  seen: { name: CapabilityName; value: string; source: CapabilitySource },
  now: Temporal.Instant,
): Promise<void> {
  const weaker = Object.entries(RANK).flatMap(([source, rank]) =>
    rank <= RANK[seen.source] ? source : [],
  );
  const row = { value: seen.value, source: seen.source, observed_at: now.toString() };
  await trx
    .insertInto('capability')
    .values({ shop_id: shopId, name: seen.name, ...row })
    .onConflict((conflict) =>
      conflict
        .columns(['shop_id', 'name'])
        .doUpdateSet(row)
        .where('capability.source', 'in', weaker),
    )
    .execute();
}

async function readSetup(trx: Trx, shopId: ShopId): Promise<ReadonlyMap<string, SetupItem>> {
  const rows = await trx
    .selectFrom('shop_setup')
    .selectAll()
    .where('shop_id', '=', shopId)
    .execute();
  return new Map(
    rows.map((row) => [
      row.item,
      {
        item: row.item,
        state: row.state,
        shopifyId: row.shopify_id ?? undefined,
        facts: row.facts,
      },
    ]),
  );
}

async function saveSetup(
  trx: Trx,
  shopId: ShopId,
  item: SetupItem,
  now: Temporal.Instant,
): Promise<void> {
  const row = {
    state: item.state,
    shopify_id: item.shopifyId ?? null,
    facts: JSON.stringify(item.facts),
    updated_at: now.toString(),
  };
  await trx
    .insertInto('shop_setup')
    .values({ shop_id: shopId, item: item.item, ...row })
    .onConflict((conflict) => conflict.columns(['shop_id', 'item']).doUpdateSet(row))
    .execute();
}

async function readLocations(trx: Trx, shopId: ShopId): Promise<readonly ShopLocation[]> {
  const rows = await trx
    .selectFrom('shopify_location')
    .selectAll()
    .where('shop_id', '=', shopId)
    .orderBy('name')
    .orderBy('location_id')
    .execute();
  return rows.map((row) => ({
    locationId: row.location_id,
    name: row.name,
    isActive: row.is_active,
    fulfillsOnlineOrders: row.fulfills_online_orders,
    country: row.country,
    postalCode: row.postal_code,
    city: row.city,
    address1: row.address1,
    lat: row.lat,
    lng: row.lng,
    pickupTime: row.pickup_time,
    pickupInstructions: row.pickup_instructions,
  }));
}

async function closeLocation(trx: Trx, shopId: ShopId, locationId: string): Promise<void> {
  await trx
    .updateTable('shopify_location')
    .set({ is_active: false })
    .where('shop_id', '=', shopId)
    .where('location_id', '=', locationId)
    .execute();
}

async function saveLocations(
  trx: Trx,
  shopId: ShopId,
  locations: readonly ShopLocation[],
  now: Temporal.Instant,
): Promise<void> {
  await trx.deleteFrom('shopify_location').where('shop_id', '=', shopId).execute();
  if (locations.length === 0) return;
  await sql`
    insert into shopify_location (shop_id, location_id, name, is_active, fulfills_online_orders, country,
      postal_code, city, address1, lat, lng, pickup_time, pickup_instructions, read_at)
    select ${shopId}, r."locationId", r.name, r."isActive", r."fulfillsOnlineOrders", r.country,
      r."postalCode", r.city, r.address1, r.lat, r.lng, r."pickupTime", r."pickupInstructions",
      ${now.toString()}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(locations)}::jsonb) as r(
      "locationId" text, name text, "isActive" boolean, "fulfillsOnlineOrders" boolean, country text,
      "postalCode" text, city text, address1 text, lat double precision, lng double precision,
      "pickupTime" text, "pickupInstructions" text)`.execute(trx);
}

async function savePickupTime(
  trx: Trx,
  shopId: ShopId,
  locationId: string,
  said: { pickupTime: PickupTime | null; instructions: string },
  now: Temporal.Instant,
): Promise<void> {
  await trx
    .updateTable('shopify_location')
    .set({
      pickup_time: said.pickupTime,
      pickup_instructions: said.pickupTime === null ? null : said.instructions,
    })
    .where('shop_id', '=', shopId)
    .where('location_id', '=', locationId)
    .execute();
  await trx
    .insertInto('pickup_slot')
    .values({
      shop_id: shopId,
      location_id: locationId,
      set_at: now.toString(),
      pickup_time: said.pickupTime,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['shop_id', 'location_id', 'set_at'])
        .doUpdateSet({ pickup_time: said.pickupTime }),
    )
    .execute();
}
