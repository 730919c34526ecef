-- What native pickup said at a location, from when on: a pickup order without a receipt is joined to it.
create table pickup_slot (
  shop_id text not null,
  location_id text not null,
  set_at timestamptz not null,
  -- Shopify's DeliveryLocalPickupTime; null: pickup was switched off
  pickup_time text,
  primary key (shop_id, location_id, set_at)
);
call keep_shops_apart('pickup_slot');
