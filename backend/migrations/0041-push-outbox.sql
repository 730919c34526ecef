-- The way of a figure to Shopify: chunks name levels to look at, calls are what was begun and not yet settled.

-- Levels that may have to be sent (lane 1 before 3) or read again (lane 2), up to 250 a row. The figure itself stands
-- in inventory_level, so whoever takes a chunk sends the newest, and a level named twice is sent once.
-- Arrays of integers stay in the row (plain): a chunk is written once, read once and deleted.
create table push_chunk (
  shop_id text not null,
  lane smallint not null check (lane in (1, 2, 3)),
  seq bigint generated always as identity,
  marked_at timestamptz not null,
  locations bigint[] not null,
  items bigint[] not null,
  primary key (shop_id, lane, seq),
  check (cardinality(items) between 1 and 250 and cardinality(locations) = cardinality(items))
);
alter table push_chunk alter column locations set storage plain, alter column items set storage plain;
call keep_shops_apart('push_chunk');

-- One logical write: its key is the idempotency key, its arrays the state before and the state wanted. Committed before
-- the call leaves and deleted in the transaction that books its outcome, so what is here is open or unclear.
create table push_call (
  shop_id text not null,
  call_key uuid not null,
  kind text not null check (kind in ('set', 'move', 'activate')),
  lane smallint not null check (lane in (1, 3)),
  begun_at timestamptz not null,
  locations bigint[] not null,
  items bigint[] not null,
  from_units integer[] not null,
  to_units integer[] not null,
  parked_units integer[] not null,
  primary key (shop_id, call_key)
);
alter table push_call
  alter column locations set storage plain, alter column items set storage plain,
  alter column from_units set storage plain, alter column to_units set storage plain,
  alter column parked_units set storage plain;
call keep_shops_apart('push_call');

-- Why a level is not sent. Shopify's own words; holds no data of a person.
create table push_refusal (
  shop_id text not null,
  location_id bigint not null,
  item_id bigint not null,
  code text not null,
  message text not null,
  refused_at timestamptz not null,
  tries integer not null default 1,
  primary key (shop_id, location_id, item_id)
);
call keep_shops_apart('push_refusal');

-- One replica at a time pushes a shop: whoever holds the lease. stock_version: changes up to it are planned.
create table push_worker (
  shop_id text not null primary key,
  holder text not null,
  held_until timestamptz not null,
  stock_version bigint not null default 0,
  last_push_at timestamptz,
  trouble text
);
call keep_shops_apart('push_worker');
