-- Receipts: every promise shown, with what it was made from (docs/semantics.md 7 and 15, platform decisions 1 and 11).
-- Partitioned by day so that retention is one DROP; the default partition means a missing day loses nothing.
-- One row is one *part*: what one surface answered for one group of items. Only country and postal code of the
-- destination are kept, never a name, street or phone (platform decision 10).
create table receipt (
  shop_id text not null,
  made_on date not null,
  receipt_id text not null,
  made_at timestamptz not null,
  -- rate_callback | checkout | storefront | tester
  surface text not null,
  -- live | padded | undated: where the dates came from
  kind text not null check (kind in ('live', 'padded', 'undated')),
  fingerprint text not null,
  country text not null,
  postal_code text not null,
  -- the origin Shopify asked for, '' where there is none
  origin text not null default '',
  checkout_token text,
  cart_token text,
  policy_version bigint not null,
  engine_version text not null,
  -- request and answer as given, JSON text: replayed byte for byte, never queried inside
  request text not null,
  answer text not null,
  facts bytea not null,
  signature text not null,
  primary key (shop_id, made_on, receipt_id)
) partition by range (made_on);

create table receipt_default partition of receipt default;

-- Joining an order (decision 11, step 3): our rates by fingerprint and destination, newest first.
create index receipt_by_fingerprint on receipt (shop_id, fingerprint, country, postal_code, made_at desc);
-- Steps 2 and 4: by the token an extension or the theme saw.
create index receipt_by_checkout on receipt (shop_id, checkout_token) where checkout_token is not null;
create index receipt_by_cart on receipt (shop_id, cart_token) where cart_token is not null;

call keep_shops_apart('receipt');
call keep_shops_apart('receipt_default');
-- A receipt is never changed; it goes with its day, or with its shop (shop/redact).
revoke update on receipt, receipt_default from kept_app;

-- Every padded table ever published, signed: a bound merchant rate is joined to the one valid at createdAt.
create table padded_table (
  shop_id text not null,
  published_at timestamptz not null,
  valid_until timestamptz not null,
  policy_version bigint not null,
  body text not null,
  signature text not null,
  primary key (shop_id, published_at)
);
call keep_shops_apart('padded_table');
revoke update on padded_table from kept_app;
