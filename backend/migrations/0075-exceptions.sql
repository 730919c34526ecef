-- What only a person can put right: exceptions beside the milestones, pickups that nobody fetches, goods to be put back.

-- Exceptions stand in order_alert under a word of their own instead of a milestone: left_though_canceled | uncollected
-- (backend/orders/exceptions/exceptions.ts). The watch over milestones leaves them alone.

alter table order_action drop constraint order_action_kind_check;
alter table order_action add constraint order_action_kind_check check (kind in
  ('reallocate', 'address', 'hold', 'release', 'cancel', 'seen_to', 'extend', 'unlock'));

-- Units that were canceled where they were sold when they had left here: they left, though their source says canceled.
alter table order_claim add column late integer not null default 0 check (late >= 0 and late <= settled);

-- Routing looks for what came back of an order; the table's key is the fulfillment's line.
create index order_settlement_by_order on order_settlement (shop_id, order_id);

-- How long what lies ready is kept. A row from when it was found ready until it is collected or taken away.
create table pickup_wait (
  shop_id text not null,
  work_id text not null,
  -- the instant at which it became ready: another one is another wait
  ready_at timestamptz not null,
  keep_until timestamptz not null,
  -- the shopper is reminded from here on
  remind_at timestamptz not null,
  reminded_at timestamptz,
  expired_at timestamptz,
  primary key (shop_id, work_id)
);
call keep_shops_apart('pickup_wait');

-- Goods that lay ready and are not wanted any more: not for sale until the store has put them back on the shelf.
create table put_back (
  shop_id text not null,
  -- the work and its version when they were given up
  put_back_id text not null,
  work_id text not null,
  order_id text not null,
  node_id text not null,
  -- [{lineId, sku, quantity}] as sold
  lines jsonb not null,
  since timestamptz not null,
  -- what was taken out of sale, [{sku, quantity}]; null: not yet
  units jsonb,
  done_at timestamptz,
  done_by text,
  primary key (shop_id, put_back_id)
);
create index put_back_open on put_back (shop_id, node_id, since) where done_at is null;
call keep_shops_apart('put_back');
