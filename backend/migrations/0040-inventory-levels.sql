-- What Shopify keeps of stock, as we last knew it, and what we want it to say: one row an item and location.
-- Numbers are Shopify's, as integers: these rows are the hot ones of a push (docs/decisions/0060).

-- The mirror of Shopify's stocked things. A row stays when its item is gone: its levels are refused beforehand.
create table inventory_item (
  shop_id text not null,
  item_id bigint not null,
  sku text not null,
  variant_id bigint not null,
  is_tracked boolean not null,
  -- A parent of a bundle has no stock of its own; Shopify refuses to set it.
  is_parent boolean not null default false,
  is_gone boolean not null default false,
  primary key (shop_id, item_id)
);
create index inventory_item_by_sku on inventory_item (shop_id, sku);
create index inventory_item_by_variant on inventory_item (shop_id, variant_id);
call keep_shops_apart('inventory_item');

-- target: units `available` shall say; null: Shopify is the authority of this level. parked: units `safety_stock` shall
-- say. planned_version: the stock clock's number the target was worked out at; an older plan never replaces a newer.
-- available, known_parked, committed: as last read or written; available null: never read. known_at: Shopify's instant.
-- is_stocked: the item may be set at the location. is_refused: not sent until it changes or a person says so
-- (push_refusal has the reason).
-- Half a page stays free: a settled push rewrites most rows of a page at once, and stays on it (no index changes).
create table inventory_level (
  shop_id text not null,
  location_id bigint not null,
  item_id bigint not null,
  target integer check (target >= 0),
  parked integer not null default 0 check (parked >= 0),
  planned_version bigint not null default 0,
  available integer,
  known_parked integer not null default 0,
  committed integer not null default 0,
  known_at timestamptz not null default '-infinity',
  is_stocked boolean not null default true,
  is_refused boolean not null default false,
  primary key (shop_id, location_id, item_id)
) with (fillfactor = 45);
create index inventory_level_by_item on inventory_level (shop_id, item_id);
call keep_shops_apart('inventory_level');
