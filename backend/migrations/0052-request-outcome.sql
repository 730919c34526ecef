-- Requests that carried an Idempotency-Key, and what was answered, for 30 days.
-- outcome is null while the request is being worked on; started_at tells when one that was cut off may be taken over.
create table request_outcome (
  shop_id text not null,
  connection_id text not null,
  idempotency_key text not null,
  request_hash text not null,
  started_at timestamptz not null,
  outcome jsonb,
  primary key (shop_id, connection_id, idempotency_key),
  foreign key (shop_id, connection_id) references connection (shop_id, connection_id) on delete cascade
);
create index request_outcome_by_age on request_outcome (shop_id, started_at);
call keep_shops_apart('request_outcome');
