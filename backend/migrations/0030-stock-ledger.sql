-- The ledger: every movement of stock is a row that never changes, positions are their sum.
--
-- docs/decisions/0050-a-ledger-that-keeps-pace.md has the measurements behind the shapes below.

-- One number is a block of 16,384 movement numbers: a batch takes its numbers in one step, and movements arrive at
-- the right end of the primary key.
create sequence stock_movement_block;

-- quantity is what the event said; delta what it did to its position, so that the deltas of a position sum to it.
-- previous names the movement before in the same cell (SKU at a node): its history is read link by link, which costs
-- the writer nothing, where an index by cell would cost as much as the row. latest_micros is the latest occurrence in
-- the cell up to here: a walk back for "what happened after T" stops where it is not later than T.
-- Rows are inserted and pruned, never updated. Ids are compared byte by byte on every server.
create table stock_movement (
  shop_id text not null,
  movement bigint not null,
  source text collate "C" not null,
  event_id text collate "C" not null,
  sku text not null,
  node_id text not null,
  type text not null,
  kind text not null,
  quantity integer not null,
  delta bigint not null,
  reason text not null,
  actor text not null,
  occurred_at timestamptz not null,
  booked_at timestamptz not null,
  latest_micros bigint not null,
  previous bigint,
  lot text,
  expected_at timestamptz,
  expected_on date,
  primary key (shop_id, movement),
  -- The same event twice is one movement, whoever sends it again and whenever.
  unique (shop_id, source, event_id)
);
call keep_shops_apart('stock_movement');
revoke update on stock_movement from kept_app;

-- Unavailable units by kind, and incoming units by lot (lot '' where there is none). quantity is the raw sum of deltas
-- and may be below zero until a late event arrives; what is published never is. counted_micros and counted_by name the
-- count in force, stated_micros and stated_by the event that last said when the lot is due.
create table stock_part (
  shop_id text not null,
  sku text not null,
  node_id text not null,
  type text not null,
  lot text collate "C" not null default '',
  quantity bigint not null,
  counted_micros bigint,
  counted_by text collate "C",
  stated_micros bigint,
  stated_by text collate "C",
  expected_at timestamptz,
  expected_on date,
  primary key (shop_id, sku, node_id, type, lot),
  check (type in ('incoming', 'damaged', 'quality_control', 'not_found', 'recount')),
  check ((type = 'incoming') = (lot <> '')),
  check (expected_at is null or expected_on is null)
);
call keep_shops_apart('stock_part');

-- One row a committed change of anything a quote reads: positions by the numbers of their movements or one by one,
-- SKUs whose claims changed, products, nodes whose load changed. The clock's number is taken last, so numbers become
-- visible in order and a consumer asks "after N".
create table stock_change (
  shop_id text not null,
  version bigint not null,
  changed_at timestamptz not null,
  first_movement bigint,
  last_movement bigint,
  cells jsonb,
  claims text[],
  products text[],
  loads text[],
  primary key (shop_id, version)
);
call keep_shops_apart('stock_change');

alter table stock_clock add column pruned_to bigint not null default 0;

-- How often the claims of a SKU changed: with the positions' own counts it tells replicas apart.
create table claim_revision (
  shop_id text not null,
  sku text not null,
  revision bigint not null,
  primary key (shop_id, sku)
) with (fillfactor = 80);
call keep_shops_apart('claim_revision');

-- Where allocations exceed what is left after a recount; a row goes when that ends.
create table stock_shortage (
  shop_id text not null,
  sku text not null,
  node_id text not null,
  found_at timestamptz not null,
  primary key (shop_id, sku, node_id)
);
call keep_shops_apart('stock_shortage');

-- Positions: on_hand and unavailable follow movements, allocated follows our own allocations. revision counts writes of
-- the row and is what replicas compare. No index covers a column that a movement changes (HOT updates).
drop index stock_position_by_version;
drop index stock_position_by_node;
alter table stock_position
  alter column on_hand type bigint,
  alter column unavailable type bigint,
  add column weekly_sales double precision check (weekly_sales >= 0),
  add column revision bigint not null default 1,
  add column last_movement bigint,
  add column latest_micros bigint,
  add column counted_micros bigint,
  add column counted_by text collate "C";

-- What stood before the ledger opens it: one count a cell, kind and lot, as of the migration.
alter table stock_position no force row level security;
alter table stock_movement no force row level security;
alter table stock_part no force row level security;
alter table stock_clock no force row level security;
alter table stock_change no force row level security;

create temporary table opening on commit drop as
  select row_number() over (order by shop_id, sku, node_id, type, lot) as number, opened.*
  from (
    select shop_id, sku, node_id, 'on_hand' as type, '' as lot, on_hand as quantity,
      null::timestamptz as expected_at, null::date as expected_on
    from stock_position
    union all
    select shop_id, sku, node_id, 'quality_control', '', unavailable, null, null
    from stock_position where unavailable > 0
    union all
    select p.shop_id, p.sku, p.node_id, 'incoming', 'opening-' || l.place, (l.lot ->> 'quantity')::bigint,
      (l.lot ->> 'expectedAt')::timestamptz, (l.lot ->> 'expectedOn')::date
    from stock_position p cross join jsonb_array_elements(p.incoming) with ordinality l(lot, place)
  ) opened;
select setval('stock_movement_block', (select count(*) / 16384 + 1 from opening));

insert into stock_movement (shop_id, movement, source, event_id, sku, node_id, type, kind, quantity, delta, reason,
  actor, occurred_at, booked_at, latest_micros, previous, lot, expected_at, expected_on)
select shop_id, number, 'kept', '!opening-' || number, sku, node_id, type, 'count', quantity, quantity, 'opening',
  'migration', transaction_timestamp(), transaction_timestamp(),
  extract(epoch from transaction_timestamp()) * 1000000,
  lag(number) over (partition by shop_id, sku, node_id order by number),
  nullif(lot, ''), expected_at, expected_on
from opening;

insert into stock_part (shop_id, sku, node_id, type, lot, quantity, counted_micros, counted_by, stated_micros,
  stated_by, expected_at, expected_on)
select shop_id, sku, node_id, type, lot, quantity, extract(epoch from transaction_timestamp()) * 1000000,
  '!opening-' || number || E'\nkept',
  case when type = 'incoming' then extract(epoch from transaction_timestamp()) * 1000000 end,
  case when type = 'incoming' then '!opening-' || number || E'\nkept' end, expected_at, expected_on
from opening where type <> 'on_hand';

update stock_position p set
  last_movement = o.last, latest_micros = extract(epoch from transaction_timestamp()) * 1000000,
  counted_micros = extract(epoch from transaction_timestamp()) * 1000000, counted_by = '!opening-' || o.counted || E'\nkept'
from (
  select shop_id, sku, node_id, max(number) as last, max(number) filter (where type = 'on_hand') as counted
  from opening group by shop_id, sku, node_id
) o
where p.shop_id = o.shop_id and p.sku = o.sku and p.node_id = o.node_id;

-- Consumers that hold an older number load everything once.
update stock_clock set version = version + 1;
update stock_clock set pruned_to = version;

alter table stock_position drop column version;
drop index product_by_version;
drop index node_load_by_version;
alter table stock_position force row level security;
alter table stock_movement force row level security;
alter table stock_part force row level security;
alter table stock_clock force row level security;
alter table stock_change force row level security;

-- Whoever writes a position counts the write; one who does not is counted here.
create function count_position_write() returns trigger language plpgsql as $$
begin
  new.revision := old.revision + 1;
  return new;
end
$$;
create trigger stock_position_revision before update on stock_position
  for each row when (new.revision = old.revision) execute function count_position_write();
