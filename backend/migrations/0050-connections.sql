-- Connections: the systems of a merchant (ERP, WMS, POS, marketplace) that call /v1, and their keys.

-- node_ids: nodes it may speak of; empty means every node. channel: whose figure a marketplace may read; null means any.
create table connection (
  shop_id text not null,
  connection_id text not null,
  name text not null,
  kind text not null check (kind in ('erp', 'wms', 'pos', 'marketplace', 'own_app')),
  scopes text[] not null check (cardinality(scopes) > 0),
  node_ids text[] not null default '{}',
  channel text,
  created_at timestamptz not null,
  created_by text not null,
  revoked_at timestamptz,
  primary key (shop_id, connection_id)
);
call keep_shops_apart('connection');

-- Only the SHA-256 of a key's secret part is kept; `lookup` is the part that finds the row.
-- A connection has one key without an end; a rotation gives the one before its end.
create table connection_key (
  shop_id text not null,
  lookup text not null,
  connection_id text not null,
  secret_hash text not null,
  created_at timestamptz not null,
  ends_at timestamptz,
  last_used_at timestamptz,
  primary key (shop_id, lookup),
  foreign key (shop_id, connection_id) references connection (shop_id, connection_id) on delete cascade
);
create unique index connection_key_live on connection_key (shop_id, connection_id) where ends_at is null;
call keep_shops_apart('connection_key');
