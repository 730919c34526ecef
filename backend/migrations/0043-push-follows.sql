-- What else a plan was made from, and where an item belongs.
alter table push_worker add column policy_version bigint not null default 0;
-- Shopify tells of products; their variants' items are found by it.
alter table inventory_item add column product_id bigint not null default 0;
create index inventory_item_by_product on inventory_item (shop_id, product_id);
