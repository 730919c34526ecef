-- What we promised the buyer of an order, on what grounds, and whether it stood when the order was placed
-- (platform decision 11). Kept for the kept rate; no address beyond country and postal code.
create table order_promise (
  shop_id text not null,
  order_id text not null,
  placed_at timestamptz not null,
  -- promised | changed (bound too late: the new date counts against us) | none
  status text not null check (status in ('promised', 'changed', 'none')),
  -- Which step joined it: 1 signed receipt, 2 checkout token, 3 date owner, 4 storefront, 5 nothing.
  joined_by smallint not null check (joined_by between 1 and 5),
  method text check (method in ('home', 'pickup_point', 'store_pickup')),
  service_code text,
  promised_on date,
  window_from timestamptz,
  window_to timestamptz,
  time_zone text,
  node_id text,
  pickup_point_id text,
  receipt_ids text[] not null default '{}',
  -- the date shown first, when the order came after its validUntil and another date holds now
  replaced_promised_on date,
  checkout_token text,
  country text,
  postal_code text,
  -- hash of the facts of the order this was decided from: the same order again changes nothing
  order_version text not null,
  updated_at timestamptz not null,
  -- the order metafield was written with this version; null: still to do
  published_version text,
  primary key (shop_id, order_id),
  check (status = 'none' or (promised_on is not null and window_from < window_to))
);
call keep_shops_apart('order_promise');
create index order_promise_by_checkout on order_promise (shop_id, checkout_token) where checkout_token is not null;
create index order_promise_unpublished on order_promise (shop_id) where published_version is null;
