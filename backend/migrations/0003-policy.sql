-- The versioned configuration of a shop: opaque sections, each parsed by the module that owns it.
-- Rows are never changed: a section's value is its row with the highest version.

create table policy_version (
  shop_id text not null,
  version bigint not null check (version >= 1),
  author text not null,
  created_at timestamptz not null,
  primary key (shop_id, version)
);
call keep_shops_apart('policy_version');

create table policy_section (
  shop_id text not null,
  section text not null,
  version bigint not null,
  value jsonb not null,
  primary key (shop_id, section, version),
  foreign key (shop_id, version) references policy_version (shop_id, version)
);
call keep_shops_apart('policy_section');

-- Which version is current in each of these shops? One round trip for all shops that a replica holds.
-- Runs as its caller and looks at one shop at a time through the same row-level security as any
-- statement; its caller's transaction is left without a shop.
create function current_policy_versions(shops text[])
returns table (shop text, version bigint)
language plpgsql
as $$
begin
  foreach shop in array shops loop
    perform set_config('app.shop', shop, true);
    select coalesce(max(p.version), 0) into version from policy_version p where p.shop_id = shop;
    return next;
  end loop;
  perform set_config('app.shop', '', true);
end
$$;
