-- Work of nodes that reservations and orders have taken reaches quotes (decision record 0058): which nodes' claims
-- changed how often, and an order's allocations by node.
create table node_claims (
  shop_id text not null,
  node_id text not null,
  -- counts changes of what is claimed of the node; with the load's own count it tells replicas apart
  revision bigint not null,
  primary key (shop_id, node_id)
) with (fillfactor = 70);
call keep_shops_apart('node_claims');

create index order_allocation_by_node on order_allocation (shop_id, node_id, allocated_at);
