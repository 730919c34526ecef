-- One counter a shop for every write of stock or load: a replica asks for the rows after the number it holds.
-- The writer holds the counter's row until it commits, so numbers become visible in order and none is missed;
-- one batch takes one number, so the lock costs a batch, not a row.
create table stock_clock (
  shop_id text not null primary key,
  version bigint not null check (version >= 0)
);
call keep_shops_apart('stock_clock');

create index stock_position_by_version on stock_position (shop_id, version);
create index node_load_by_version on node_load (shop_id, version);
alter table product add column version bigint not null default 0;
create index product_by_version on product (shop_id, version);
