-- Goods that were said to have left and did not: the fulfillment was canceled. Its line never settles again.
alter table order_settlement add column canceled_at timestamptz;
