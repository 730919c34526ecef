-- What we hold of a buyer's orders, copied when Shopify asks on his behalf; the merchant hands it over.
create table privacy_export (
  shop_id text not null,
  export_id bigint generated always as identity,
  requested_at timestamptz not null,
  body jsonb not null,
  primary key (shop_id, export_id)
);
call keep_shops_apart('privacy_export');
