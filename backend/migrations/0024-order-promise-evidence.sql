-- How many parcels the promise counts on; shown on the order status page.
alter table order_promise add column parcels smallint check (parcels between 1 and 1000);
-- The cart's signed receipt as it was copied onto the order: our own metafield takes its place there, and evidence
-- that arrives late must still be found.
alter table order_promise add column copied_receipt text;
