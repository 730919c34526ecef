-- How Kept reaches a shop, and what it learned of it.

-- The offline token of a shop: both halves encrypted (AES-256-GCM, first byte of the text names the key).
-- A refresh holds this row's lock from reading the old pair until the new pair is committed.
create table shopify_token (
  shop_id text not null primary key,
  access_token text not null,
  access_expires_at timestamptz not null,
  refresh_token text not null,
  refresh_expires_at timestamptz not null,
  scopes text not null,
  version bigint not null default 1,
  updated_at timestamptz not null
);
call keep_shops_apart('shopify_token');

-- Random tokens of the rate callback's address: only their SHA-256 is kept. `ends_at` is set when a newer one took over.
create table rate_token (
  shop_id text not null,
  token_hash text not null,
  created_at timestamptz not null,
  ends_at timestamptz,
  primary key (shop_id, token_hash)
);
call keep_shops_apart('rate_token');
-- One live token a shop, whatever two replicas do at once.
create unique index rate_token_live on rate_token (shop_id) where ends_at is null;

-- What this shop's plan and platform were seen to allow; absent means unknown, treated as the worse case.
create table capability (
  shop_id text not null,
  name text not null,
  value text not null,
  observed_at timestamptz not null,
  -- plan | probe | seen | merchant
  source text not null,
  primary key (shop_id, name)
);
call keep_shops_apart('capability');

-- What provisioning made in the shop, by what it is for: carrier service, delivery customization, definitions.
create table shop_setup (
  shop_id text not null,
  item text not null,
  state text not null check (state in ('done', 'waiting', 'unavailable', 'failed')),
  shopify_id text,
  -- codes and names only, shown to the merchant
  facts jsonb not null default '{}',
  updated_at timestamptz not null,
  primary key (shop_id, item)
);
call keep_shops_apart('shop_setup');

-- The merchant's locations as last read, with what native pickup says there.
create table shopify_location (
  shop_id text not null,
  location_id text not null,
  name text not null,
  is_active boolean not null,
  fulfills_online_orders boolean not null,
  country text not null,
  postal_code text not null,
  city text not null,
  address1 text not null,
  lat double precision,
  lng double precision,
  -- Shopify's DeliveryLocalPickupTime, or null: pickup is off
  pickup_time text,
  pickup_instructions text,
  read_at timestamptz not null,
  primary key (shop_id, location_id)
);
call keep_shops_apart('shopify_location');
