-- Orders that other systems post: the reservation such an order came from, under the key its system gave it.
alter table customer_order
  add column reservation_key text;
