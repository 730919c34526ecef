-- What the nightly comparison with Shopify found, row by row, until the next but one.
create table reconcile_run (
  shop_id text not null,
  run_id bigint generated always as identity,
  bulk_id text,
  started_at timestamptz not null,
  ended_at timestamptz,
  levels integer not null default 0,
  drifted integer not null default 0,
  primary key (shop_id, run_id)
);
call keep_shops_apart('reconcile_run');

create table reconcile_row (
  shop_id text not null,
  run_id bigint not null,
  location_id bigint not null,
  item_id bigint not null,
  ours integer,
  theirs integer,
  -- unseen_sale | foreign_edit | unknown_level | missing_level
  cause text not null,
  primary key (shop_id, run_id, location_id, item_id),
  foreign key (shop_id, run_id) references reconcile_run (shop_id, run_id) on delete cascade
);
call keep_shops_apart('reconcile_row');
