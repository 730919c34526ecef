-- Whom works are offered to. A plan says which stores may be asked, how many at once and until when; an offer is one work
-- asked of one store.
--
-- Locks: the work's row first (0061-works.sql). An offer and a plan change only while their work's row is held, and each such
-- change raises work.version: so one conditional update of the work decides who wins.

create table offer_plan (
  shop_id text not null,
  work_id text not null,
  order_id text not null,
  -- [{nodeId, endMinute, departureMinute, startByMinute, costMinor, serviceCode}], best first
  candidates jsonb not null,
  per_wave smallint not null check (per_wave > 0),
  waves smallint not null check (waves > 0),
  time_out_minutes integer not null check (time_out_minutes > 0),
  -- stores that take what they are asked, without a person
  auto_claim_nodes text[] not null default '{}',
  -- a closed store is not asked, and its time stands still
  only_when_open boolean not null,
  opened_at timestamptz not null,
  -- the work goes to its node without an offer
  fallback_at timestamptz not null,
  -- work.wave when this plan began: the waves since are its own
  waves_before smallint not null default 0,
  -- the earliest instant at which time alone changes something; null: the negotiation is over
  next_at timestamptz,
  primary key (shop_id, work_id),
  foreign key (shop_id, work_id) references work
) with (fillfactor = 80);
create index offer_plan_due on offer_plan (shop_id, next_at) where next_at is not null;
call keep_shops_apart('offer_plan');

create table offer (
  shop_id text not null,
  offer_id text not null,
  work_id text not null,
  order_id text not null,
  node_id text not null,
  wave smallint not null,
  state text not null check (state in ('open', 'won', 'lost', 'refused', 'timed_out', 'withdrawn')),
  sent_at timestamptz not null,
  -- exclusive: an answer at this instant is late
  expires_at timestamptz not null,
  -- a word of backend/orders/offers/offers.ts: why it was refused or ended
  reason text,
  answered_at timestamptz,
  -- who answered: a person or a device; empty: nobody did
  actor text not null default '',
  primary key (shop_id, offer_id),
  -- a store is asked once a wave
  unique (shop_id, work_id, node_id, wave),
  foreign key (shop_id, work_id) references work,
  check ((state = 'open') = (answered_at is null))
) with (fillfactor = 70);
create index offer_open_by_node on offer (shop_id, node_id, sent_at) where state = 'open';
call keep_shops_apart('offer');

-- Readers that follow the timeline ask for what has committed since they last looked. Numbers are given before they commit,
-- so a transaction that was slow would be passed over by number; its transaction id says that it was still running.
alter table order_event add column xact xid8 not null default pg_current_xact_id();
create index order_event_by_xact on order_event (shop_id, xact);
