-- What is spoken for (docs/semantics.md 16, platform decision 13, decision record 0055).
--
-- A claim is taken against the pool: one row per SKU is locked, never one per node, so that placing an order costs
-- the same with 5 nodes or 500. Locks are always taken in one order: the order, the reservation, SKUs by name,
-- buckets by name, positions by name, the shop's stock clock.

-- waiting: units of orders we know that have no node yet. unseen: units Shopify has committed to orders we have not
-- heard of. reserved: units of reservations, less what has been freed; one that expired is freed by the next
-- transaction that locks the row, before it decides anything.
create table sku_claims (
  shop_id text not null,
  sku text not null,
  waiting integer not null default 0 check (waiting >= 0),
  unseen integer not null default 0 check (unseen >= 0),
  -- the instant as of which unseen was worked out; an order placed before it explains part of it
  unseen_as_of timestamptz,
  reserved integer not null default 0 check (reserved >= 0),
  primary key (shop_id, sku)
) with (fillfactor = 70);
call keep_shops_apart('sku_claims');

-- A bucket is anything else of which there is only so much:
--   quota  holder = SKU,  mark = which quota            orders, units  holder = node, mark = local date of the work
--   slot   holder = node, mark = instant of the slot
create table bucket_claims (
  shop_id text not null,
  kind text not null check (kind in ('quota', 'orders', 'units', 'slot')),
  holder text not null,
  mark text not null,
  taken integer not null default 0 check (taken >= 0),
  primary key (shop_id, kind, holder, mark)
) with (fillfactor = 70);
call keep_shops_apart('bucket_claims');

-- pending → posted | voided | expired, once. A pending one whose expires_at is past has expired already; writing
-- the word into the row is housekeeping.
create table reservation (
  shop_id text not null,
  reservation_id text not null,
  channel text not null,
  -- checkout token, or the key of an API caller
  key text not null,
  state text not null check (state in ('pending', 'posted', 'voided', 'expired')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- activity extends no further than this
  expires_at_latest timestamptz not null,
  ended_at timestamptz,
  order_id text,
  -- what was asked, as JSON text: the same asked again changes nothing but the expiry
  asked text not null,
  primary key (shop_id, reservation_id),
  check ((state = 'pending') = (ended_at is null)),
  check ((state = 'posted') = (order_id is not null)),
  check (expires_at <= expires_at_latest)
) with (fillfactor = 80);
create unique index reservation_pending on reservation (shop_id, channel, key) where state = 'pending';
create index reservation_by_key on reservation (shop_id, key, created_at);
create index reservation_ended on reservation (shop_id, ended_at) where ended_at is not null;
call keep_shops_apart('reservation');

-- What a reservation holds now. The row goes when the claim is given back, and its units with it: deleting is what
-- makes giving back happen once. expires_at null: the reservation became an order, which keeps bucket and quota.
create table reservation_hold (
  shop_id text not null,
  reservation_id text not null,
  kind text not null check (kind in ('sku', 'quota', 'orders', 'units', 'slot')),
  holder text not null,
  mark text not null,
  quantity integer not null check (quantity > 0),
  channel text not null,
  expires_at timestamptz,
  primary key (shop_id, reservation_id, kind, holder, mark),
  foreign key (shop_id, reservation_id) references reservation
) with (fillfactor = 80);
create index reservation_hold_by_bucket on reservation_hold (shop_id, holder, expires_at);
create index reservation_hold_by_expiry on reservation_hold (shop_id, expires_at) where expires_at is not null;
call keep_shops_apart('reservation_hold');
