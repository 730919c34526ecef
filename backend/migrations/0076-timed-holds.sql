-- Holds that end by themselves: an order the buyer may still change (edit_window), a gift that leaves on a later day (gift_date).
alter table customer_order add column hold_until timestamptz;
create index customer_order_held_until on customer_order (shop_id, hold_until) where hold_until is not null;
