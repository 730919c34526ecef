-- What orders have claimed: each unit of each line is in exactly one of four states, and the row itself says so.

create table claimed_order (
  shop_id text not null,
  order_id text not null,
  -- shopify | api: Shopify's own count of committed units contains the first kind
  source text not null check (source in ('shopify', 'api')),
  channel text not null,
  placed_at timestamptz not null,
  reservation_id text,
  -- what the order was last read as (its own time of change); an unchanged order is not worked on again
  version text not null default '',
  primary key (shop_id, order_id)
);
call keep_shops_apart('claimed_order');

create table order_claim (
  shop_id text not null,
  order_id text not null,
  line_id text not null,
  sku text not null,
  quantity integer not null check (quantity >= 0),
  -- waits for routing
  waiting integer not null check (waiting >= 0),
  -- on nodes, see order_allocation
  allocated integer not null check (allocated >= 0),
  -- left the building
  settled integer not null check (settled >= 0),
  canceled integer not null check (canceled >= 0),
  primary key (shop_id, order_id, line_id),
  foreign key (shop_id, order_id) references claimed_order,
  check (waiting + allocated + settled + canceled = quantity)
) with (fillfactor = 80);
create index order_claim_open on order_claim (shop_id, sku) where waiting + allocated > 0;
call keep_shops_apart('order_claim');

create table order_allocation (
  shop_id text not null,
  order_id text not null,
  line_id text not null,
  node_id text not null,
  sku text not null,
  quantity integer not null check (quantity > 0),
  allocated_at timestamptz not null,
  primary key (shop_id, order_id, line_id, node_id),
  foreign key (shop_id, order_id, line_id) references order_claim
) with (fillfactor = 80);
create index order_allocation_by_position on order_allocation (shop_id, sku, node_id, allocated_at);
call keep_shops_apart('order_allocation');

-- Goods that left, by the line of the fulfillment: the same one told twice is there once.
create table order_settlement (
  shop_id text not null,
  fulfillment_line_id text not null,
  order_id text not null,
  line_id text not null,
  node_id text not null,
  sku text not null,
  quantity integer not null check (quantity > 0),
  shipped_at timestamptz not null,
  primary key (shop_id, fulfillment_line_id),
  foreign key (shop_id, order_id, line_id) references order_claim
);
call keep_shops_apart('order_settlement');
