-- Orders of every channel as far as an agent, routing and the messages need them. Personal data lives in customer_order
-- alone, so that one row is redacted; every other table names the order.

create table customer_order (
  shop_id text not null,
  -- Shopify's number, or `api:<connection>:<external id>`; the same id as in claimed_order
  order_id text not null,
  source text not null check (source in ('shopify', 'api')),
  channel text not null,
  -- what people call it: #1001
  name text not null,
  placed_at timestamptz not null,
  state text not null default 'open' check (state in ('open', 'canceled', 'closed')),
  currency text not null,
  total_minor bigint not null check (total_minor >= 0),
  -- null when protected data is withheld, or after redaction
  customer_name text,
  email text,
  phone text,
  -- null, or {name, address1, address2, city, province, zip, country}
  address jsonb,
  country text,
  postal_code text,
  -- language of the buyer, as it, fr, en, de, es; null: the shop's
  locale text,
  -- ship | pickup | none (POS sales, gift cards)
  method text not null check (method in ('ship', 'pickup', 'none')),
  -- the Kept service bought, null when unknown
  service_code text,
  pickup_node_id text,
  tags text[] not null default '{}',
  -- nothing of it may be worked on: payment, fraud, an agent; null: none
  hold_reason text,
  -- what it was last read as; an unchanged order is not stored again
  version text not null,
  -- the source's own time of change: an older reading never replaces a newer one
  source_updated_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (shop_id, order_id)
) with (fillfactor = 80);
create index customer_order_by_place on customer_order (shop_id, placed_at desc);
create index customer_order_by_name on customer_order (shop_id, lower(name));
create index customer_order_by_email on customer_order (shop_id, lower(email)) where email is not null;
create index customer_order_by_postal on customer_order (shop_id, country, postal_code);
call keep_shops_apart('customer_order');

create table customer_order_line (
  shop_id text not null,
  order_id text not null,
  line_id text not null,
  sku text not null,
  variant_id text,
  title text not null,
  quantity integer not null check (quantity > 0),
  canceled integer not null default 0 check (canceled >= 0),
  unit_price_minor bigint not null default 0,
  needs_shipping boolean not null default true,
  primary key (shop_id, order_id, line_id),
  foreign key (shop_id, order_id) references customer_order,
  check (canceled <= quantity)
);
create index customer_order_line_by_sku on customer_order_line (shop_id, sku);
call keep_shops_apart('customer_order_line');

-- The timeline: what happened to an order, never changed. event_id makes a thing told twice one event.
create table order_event (
  shop_id text not null,
  order_id text not null,
  event_id text not null,
  -- a number of the shop's events in the order they were written; readers page by it
  seq bigint generated always as identity,
  at timestamptz not null,
  -- a word of backend/orders/timeline.ts
  kind text not null,
  -- who: system | store | agent | shopper | carrier | shopify | api, and which one
  actor_kind text not null,
  actor text not null default '',
  work_id text,
  node_id text,
  facts jsonb not null default '{}',
  primary key (shop_id, order_id, event_id)
);
create index order_event_by_seq on order_event (shop_id, seq);
call keep_shops_apart('order_event');
