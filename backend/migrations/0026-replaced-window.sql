-- The window that was shown first, beside its day: the order status page names both.
alter table order_promise add column replaced_from timestamptz;
alter table order_promise add column replaced_to timestamptz;
