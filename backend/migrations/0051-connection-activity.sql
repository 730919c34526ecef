-- What flows through each connection, and what did not get through: one place where flows and errors are seen.

-- hour: the start of the hour (UTC). failures: requests refused as a whole. last_error: code and detail of the newest.
create table connection_activity (
  shop_id text not null,
  connection_id text not null,
  hour timestamptz not null,
  requests bigint not null default 0,
  booked bigint not null default 0,
  unchanged bigint not null default 0,
  refused bigint not null default 0,
  failures bigint not null default 0,
  last_error jsonb,
  last_error_at timestamptz,
  primary key (shop_id, connection_id, hour),
  foreign key (shop_id, connection_id) references connection (shop_id, connection_id) on delete cascade
) with (fillfactor = 80);
call keep_shops_apart('connection_activity');

-- Events that were refused, as they were sent, until they are booked, replayed or set aside.
-- event_key: the event's id, or a hash of the event when it has none that can be read; sent again it is the same row.
create table refused_event (
  shop_id text not null,
  connection_id text not null,
  event_key text not null,
  event jsonb not null,
  reason jsonb not null,
  state text not null default 'open' check (state in ('open', 'booked', 'set_aside')),
  times integer not null default 1 check (times >= 1),
  first_at timestamptz not null,
  last_at timestamptz not null,
  settled_at timestamptz,
  primary key (shop_id, connection_id, event_key),
  foreign key (shop_id, connection_id) references connection (shop_id, connection_id) on delete cascade,
  check ((state = 'open') = (settled_at is null))
);
-- The error view lists open rows, newest first; booked events look here for their earlier refusal.
create index refused_event_open on refused_event (shop_id, connection_id, last_at) where state = 'open';
call keep_shops_apart('refused_event');
