-- What nodes are asked to do: a work is one order's lines at one node. Two axes: where the work is (state), and where
-- the negotiation about it is (negotiation). The allowed changes are in backend/orders/works/lifecycle.ts.
--
-- Locks, always in this order: works by id, then the claims of stock (0035-claims.sql), then the stock clock.
-- A work that has a node has its units allocated there (order_allocation): no moment exists in which both or neither hold.

create table work (
  shop_id text not null,
  work_id text not null,
  order_id text not null,
  kind text not null check (kind in ('ship', 'pickup')),
  state text not null check (state in
    ('unplaced', 'placed', 'picking', 'packed', 'ready', 'shipped', 'handed_over', 'delivered', 'canceled')),
  negotiation text not null default 'none' check (negotiation in ('none', 'offered', 'claimed', 'assigned')),
  -- null only while unplaced (or canceled)
  node_id text,
  service_code text,
  -- why it is unplaced, a code of routing; null otherwise
  unplaced_reason text,
  -- nobody works on it until this is gone: agent, payment, fraud, address; null: none
  hold_reason text,
  -- nodes that refused it or let it time out
  excluded_nodes text[] not null default '{}',
  -- the plan: what it is held to. Half-open window of the promise, its last allowed end, and the days of lateness allowed
  promised_on date,
  promised_end timestamptz,
  allowed_late_days smallint not null default 0,
  planned_end timestamptz,
  planned_departure timestamptz,
  -- the latest start of work that still keeps the promise at this node
  start_by timestamptz,
  cost_minor bigint not null default 0,
  -- when an unplaced work is given up
  expires_at timestamptz,
  created_at timestamptz not null,
  placed_at timestamptz,
  claimed_at timestamptz,
  claimed_by text,
  started_at timestamptz,
  packed_at timestamptz,
  ready_at timestamptz,
  left_at timestamptz,
  delivered_at timestamptz,
  -- rises with every change: readers compare, writers guard
  version integer not null default 1,
  -- its part of the order's negotiation: number of the last wave
  wave smallint not null default 0,
  primary key (shop_id, work_id),
  check ((node_id is not null) or state in ('unplaced', 'canceled')),
  check (negotiation <> 'offered' or state = 'placed')
) with (fillfactor = 70);
create index work_by_order on work (shop_id, order_id);
create index work_by_node on work (shop_id, node_id, state) where state in ('placed', 'picking', 'packed', 'ready');
create index work_unplaced on work (shop_id, created_at) where state = 'unplaced';
create index work_offered on work (shop_id, work_id) where negotiation = 'offered';
call keep_shops_apart('work');

create table work_line (
  shop_id text not null,
  work_id text not null,
  line_id text not null,
  sku text not null,
  quantity integer not null check (quantity > 0),
  picked integer not null default 0 check (picked >= 0 and picked <= quantity),
  primary key (shop_id, work_id, line_id),
  foreign key (shop_id, work_id) references work
) with (fillfactor = 80);
create index work_line_by_sku on work_line (shop_id, sku);
call keep_shops_apart('work_line');

-- How it was decided who sends what; the newest of an order is the one in force.
create table routing_decision (
  shop_id text not null,
  order_id text not null,
  decision_id text not null,
  decided_at timestamptz not null,
  -- order_placed | refused | timed_out | short_pick | shortage | agent | stock_appeared | reoptimised | ...
  cause text not null,
  -- candidates, verdicts, points and the plan, as backend/routing/decision.ts writes it
  decision jsonb not null,
  primary key (shop_id, order_id, decision_id)
);
create index routing_decision_by_time on routing_decision (shop_id, order_id, decided_at desc);
call keep_shops_apart('routing_decision');

-- A parcel: what left together under one tracking number.
create table parcel (
  shop_id text not null,
  parcel_id text not null,
  order_id text not null,
  work_id text,
  state text not null check (state in ('packed', 'shipped', 'in_transit', 'out_for_delivery', 'delivered', 'failed', 'canceled')),
  carrier text,
  service_code text,
  tracking_number text,
  tracking_url text,
  -- Shopify's fulfillment, once there is one
  fulfillment_id text,
  -- [{lineId, sku, quantity}]
  lines jsonb not null,
  created_at timestamptz not null,
  shipped_at timestamptz,
  delivered_at timestamptz,
  -- as the carrier expects it
  expected_at timestamptz,
  primary key (shop_id, parcel_id)
) with (fillfactor = 80);
create index parcel_by_order on parcel (shop_id, order_id);
create unique index parcel_by_tracking on parcel (shop_id, lower(tracking_number)) where tracking_number is not null;
call keep_shops_apart('parcel');
