-- How many orders were placed at a node since the beginning of its day: a limit of orders a day is checked with it.
create index work_by_placed on work (shop_id, node_id, placed_at) where node_id is not null;

-- When routing last looked at a work that waits, and what stock was then: it looks again when either is old.
alter table work add column tried_at timestamptz;
alter table work add column tried_stock text;

-- Orders whose units wait and that nobody routes: the sweep's own search.
create index order_claim_waiting on order_claim (shop_id, order_id) where waiting > 0;
