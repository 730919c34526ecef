-- How far Shopify's fulfillment orders follow our works, order by order, and what was sent for it.

create table fulfillment_follow (
  shop_id text not null,
  order_id text not null,
  -- pending: a run was begun and not ended; found by the sweep after a crash
  state text not null check (state in ('pending', 'done', 'stuck')),
  since timestamptz not null,
  -- the sum of its works' versions that the last ended run has seen
  seen_version bigint not null default 0,
  -- a word of backend/shopify/fulfillment/step.ts and its facts; null unless stuck
  reason text,
  facts jsonb not null default '{}',
  -- location of each work as Shopify had it when all was done ({work: location}); null while steps are under way.
  -- What differs from it later, without a step of ours, was moved by hand.
  settled jsonb,
  -- fulfillment of each shipment ({parcel or work: fulfillment}), so that none is sent twice
  fulfillments jsonb not null default '{}',
  -- fulfillment orders that Shopify was told are ready for pickup; it does not show it
  prepared text[] not null default '{}',
  -- how many fulfillment orders it has, closed ones too: the size of the next read
  parts smallint not null default 0,
  last_step integer not null default 0,
  primary key (shop_id, order_id)
) with (fillfactor = 80);
create index fulfillment_follow_open on fulfillment_follow (shop_id, since) where state <> 'done';
call keep_shops_apart('fulfillment_follow');

-- One mutation: committed before it leaves. Without an outcome it is open or was cut off; then Shopify is read and asked
-- anew, the row itself decides nothing.
create table fulfillment_step (
  shop_id text not null,
  order_id text not null,
  step_no integer not null,
  kind text not null,
  -- what is sent
  step jsonb not null,
  -- the fulfillment orders as they were read before
  before jsonb not null,
  begun_at timestamptz not null,
  outcome text check (outcome in ('done', 'refused', 'unclear')),
  -- Shopify's words, of a refusal
  answer text,
  ended_at timestamptz,
  primary key (shop_id, order_id, step_no)
) with (fillfactor = 80);
call keep_shops_apart('fulfillment_step');
