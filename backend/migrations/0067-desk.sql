-- The desks of stores: which device stands where, who works there, and what is kept of pickup codes.
-- Of every secret only a hash is stored; pickup codes are derived and not stored at all (decision record 0087).

-- A manager's one-time code that makes a device a desk. `lookup` is its first part, which finds the row.
create table desk_pairing (
  shop_id text not null,
  lookup text not null,
  secret_hash text not null,
  node_id text not null,
  device_name text not null,
  created_at timestamptz not null,
  created_by text not null,
  expires_at timestamptz not null,
  -- locked at the fifth
  wrong_tries smallint not null default 0,
  used_at timestamptz,
  primary key (shop_id, lookup)
);
call keep_shops_apart('desk_pairing');

create table desk_device (
  shop_id text not null,
  device_id text not null,
  secret_hash text not null,
  node_id text not null,
  kind text not null check (kind in ('phone', 'pos')),
  name text not null,
  paired_at timestamptz not null,
  paired_by text not null,
  last_seen_at timestamptz,
  revoked_at timestamptz,
  primary key (shop_id, device_id)
);
create index desk_device_by_node on desk_device (shop_id, node_id) where revoked_at is null;
call keep_shops_apart('desk_device');

-- People of a store, by a PIN of their own. A manager may also unlock pickup codes.
create table desk_person (
  shop_id text not null,
  person_id text not null,
  node_id text not null,
  name text not null,
  role text not null check (role in ('staff', 'manager')),
  pin_hash text not null,
  wrong_tries smallint not null default 0,
  locked_until timestamptz,
  created_at timestamptz not null,
  created_by text not null,
  removed_at timestamptz,
  primary key (shop_id, person_id)
);
create index desk_person_by_node on desk_person (shop_id, node_id) where removed_at is null;
call keep_shops_apart('desk_person');

-- Wrong codes shown for a work; a row exists from the first wrong one until the goods were handed over.
create table pickup_code_try (
  shop_id text not null,
  work_id text not null,
  wrong_tries smallint not null,
  locked_at timestamptz,
  primary key (shop_id, work_id)
);
call keep_shops_apart('pickup_code_try');

alter table parcel add column weight_grams integer check (weight_grams > 0);
