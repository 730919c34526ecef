-- What becomes of a promise after the order: dates that were moved, alerts that run, what carriers say, and how it ended.

-- A promise whose date was moved; the newest row holds, order_promise keeps what was shown first. Never changed.
create table promise_move (
  shop_id text not null,
  order_id text not null,
  move_number smallint not null check (move_number > 0),
  moved_at timestamptz not null,
  promised_on date not null,
  window_from timestamptz not null,
  window_to timestamptz not null,
  -- carrier | routing | agent
  cause text not null,
  primary key (shop_id, order_id, move_number),
  check (window_from < window_to)
);
call keep_shops_apart('promise_move');

-- The at-risk queue: a milestone of a work that comes near, or has passed, without being reached.
create table order_alert (
  shop_id text not null,
  order_id text not null,
  work_id text not null,
  -- routing | claim | pick_start | departure | delivery
  milestone text not null,
  level text not null check (level in ('before', 'missed')),
  due_at timestamptz not null,
  raised_at timestamptz not null,
  -- null while it runs
  cleared_at timestamptz,
  -- the merchant was told of it by e-mail; null: not yet
  told_at timestamptz,
  facts jsonb not null default '{}',
  primary key (shop_id, order_id, work_id, milestone)
) with (fillfactor = 80);
create index order_alert_running on order_alert (shop_id, due_at) where cleared_at is null;
call keep_shops_apart('order_alert');

-- What carriers say of a parcel, as it was said; the parcel's state follows from all of it, in whatever order it came.
create table parcel_event (
  shop_id text not null,
  parcel_id text not null,
  -- who said it (a connection, shopify) and under which name
  source text not null,
  event_id text not null,
  kind text not null check (kind in
    ('picked_up', 'in_transit', 'delayed', 'out_for_delivery', 'attempted', 'delivered', 'failed')),
  occurred_at timestamptz not null,
  told_at timestamptz not null,
  -- the day and minute the carrier now expects, when it says so
  expected_at timestamptz,
  primary key (shop_id, parcel_id, source, event_id)
);
call keep_shops_apart('parcel_event');

-- Works whose promise is not settled yet are few among all there ever were: what the sweep looks at every minute.
alter table work add column is_settled boolean not null default false;
create index work_unsettled on work (shop_id, order_id) where not is_settled;

-- How the promise of an order ended: once, and its outcome never changes. A late one learns later how late.
create table order_outcome (
  shop_id text not null,
  order_id text not null,
  outcome text not null check (outcome in ('kept', 'late', 'too_padded', 'withdrawn', 'canceled', 'unheard')),
  joined_by smallint not null,
  placed_at timestamptz not null,
  -- the instant until which it had to be there (pickups: from when it had to be ready), as first shown
  due_at timestamptz not null,
  promised_on date not null,
  -- when the last of it was there; null: never, or not yet
  ended_at timestamptz,
  late_minutes integer,
  -- dates earlier than promised
  early_days integer,
  -- the shopper was told another date before the end
  was_moved boolean not null,
  exceptions integer not null default 0,
  settled_at timestamptz not null,
  primary key (shop_id, order_id)
);
create index order_outcome_by_time on order_outcome (shop_id, settled_at);
call keep_shops_apart('order_outcome');

-- The same for each of its parcels and hand-overs, with where it went and how long the carrier took.
create table parcel_outcome (
  shop_id text not null,
  order_id text not null,
  -- the parcel, or the work when no parcel was named
  unit_id text not null,
  outcome text not null check (outcome in ('kept', 'late', 'too_padded', 'withdrawn', 'canceled', 'unheard')),
  joined_by smallint not null,
  node_id text,
  -- zone of the destination; null: none, or collected
  zone_id text,
  service_code text,
  due_at timestamptz not null,
  left_at timestamptz,
  ended_at timestamptz,
  late_minutes integer,
  early_days integer,
  -- carrier days from departure to delivery (rule 4); null: unknown, or collected
  carrier_days smallint,
  settled_at timestamptz not null,
  primary key (shop_id, order_id, unit_id)
);
create index parcel_outcome_by_time on parcel_outcome (shop_id, settled_at);
call keep_shops_apart('parcel_outcome');
