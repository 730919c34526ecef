-- What intake needs to know of an order besides what others do: whether all of a reading was worked in, whether its buyer
-- was forgotten, and what another system promised for it.

alter table customer_order
  -- the version of which claims, promise and routing are done; null or another: the work was cut off, it is done again
  add column taken_in_version text,
  -- the buyer asked to be forgotten: no later reading brings personal data back
  add column redacted_at timestamptz,
  -- a hold of the source (payment, fraud) that an agent has released: the same reading does not hold it again
  add column waived_hold text,
  -- placed with a test payment
  add column is_test boolean not null default false,
  -- the date the system that sent it has promised; null: nobody did
  add column promised_on date;
-- Orders whose work was cut off, for the sweep.
create index customer_order_unsettled on customer_order (shop_id, updated_at)
  where taken_in_version is distinct from version;
