-- What agents did to orders. An action that Shopify must confirm is stored before Shopify is asked, and stays pending
-- until a reading of the order shows it.

create table order_action (
  shop_id text not null,
  action_id text not null,
  order_id text not null,
  kind text not null check (kind in ('reallocate', 'address', 'hold', 'release', 'cancel')),
  -- what was asked, as backend/orders/care/care.ts says; a new address is taken out once it is confirmed
  asked jsonb not null,
  -- of a cancellation: units that shall be left, [{lineId, left}]
  units_left jsonb,
  actor text not null,
  at timestamptz not null,
  state text not null check (state in ('pending', 'done', 'failed')),
  -- why it failed, in Shopify's or our words
  reason text,
  attempts integer not null default 0,
  ended_at timestamptz,
  primary key (shop_id, action_id),
  check ((state = 'pending') = (ended_at is null))
);
create index order_action_by_order on order_action (shop_id, order_id, at desc);
create index order_action_pending on order_action (shop_id, at) where state = 'pending';
call keep_shops_apart('order_action');
