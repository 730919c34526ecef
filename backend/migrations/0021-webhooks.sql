-- Every webhook delivery under its delivery id: stored before the 200, worked on in a job. A repeat of a delivery
-- adds nothing. Payloads hold ids and instants only (include_fields of shopify.app.toml).
create table webhook_delivery (
  shop_id text not null,
  delivery_id text not null,
  topic text not null,
  event_id text,
  triggered_at timestamptz,
  received_at timestamptz not null,
  payload jsonb not null,
  handled_at timestamptz,
  primary key (shop_id, delivery_id)
);
call keep_shops_apart('webhook_delivery');
-- Retention deletes by age.
create index webhook_delivery_by_age on webhook_delivery (shop_id, received_at);
