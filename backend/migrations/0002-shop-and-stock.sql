-- Shops, their products, what stands where, and how busy each node is.

create table shop (
  shop_id text primary key,
  installed_at timestamptz not null,
  uninstalled_at timestamptz,
  check (uninstalled_at >= installed_at)
);
call keep_shops_apart('shop');

-- product: the engine's facts of a SKU (weight, volume, tags …), parsed by network.
-- variant_id and inventory_item_id are Shopify's numbers; one SKU may be sold as several variants.
create table product (
  shop_id text not null,
  sku text not null,
  variant_id text,
  inventory_item_id text,
  product jsonb not null,
  primary key (shop_id, sku)
);
create index product_by_variant on product (shop_id, variant_id);
create index product_by_inventory_item on product (shop_id, inventory_item_id);
call keep_shops_apart('product');

-- on_hand may be below zero when another system says so; it is booked as it is.
-- incoming: lots with quantity and expected day or instant. version grows with every write of the row.
create table stock_position (
  shop_id text not null,
  sku text not null,
  node_id text not null,
  on_hand integer not null,
  unavailable integer not null default 0 check (unavailable >= 0),
  allocated integer not null default 0 check (allocated >= 0),
  safety_stock integer check (safety_stock >= 0),
  incoming jsonb not null default '[]' check (jsonb_typeof(incoming) = 'array'),
  version bigint not null default 1 check (version >= 1),
  primary key (shop_id, sku, node_id)
) with (fillfactor = 80);
create index stock_position_by_node on stock_position (shop_id, node_id);
call keep_shops_apart('stock_position');

-- orders_by_date: local date of the node → orders reserved or allocated on it.
create table node_load (
  shop_id text not null,
  node_id text not null,
  backlog_units integer not null default 0 check (backlog_units >= 0),
  backlog_as_of timestamptz,
  orders_by_date jsonb not null default '{}' check (jsonb_typeof(orders_by_date) = 'object'),
  version bigint not null default 1 check (version >= 1),
  primary key (shop_id, node_id),
  -- docs/semantics.md rule 2: a backlog without its instant cannot be worked off.
  check (backlog_units = 0 or backlog_as_of is not null)
) with (fillfactor = 80);
call keep_shops_apart('node_load');
