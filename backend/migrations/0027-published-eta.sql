-- What each variant's metafield $app:eta says in Shopify: only a class that changed is written again.
create table published_eta (
  shop_id text not null,
  variant_id text not null,
  class text not null check (class in ('normal', 'late', 'unknown')),
  valid_until date not null,
  primary key (shop_id, variant_id)
);
call keep_shops_apart('published_eta');
