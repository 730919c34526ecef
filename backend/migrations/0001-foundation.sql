-- The role the application runs as, and what sets one shop apart from another.
--
-- kept_app owns nothing, is no superuser and does not bypass row-level security. Every table that has
-- a shop_id calls keep_shops_apart(), whose policy lets a statement see and write only the rows of the
-- shop named by the transaction (set_config('app.shop', …, true)). After a transaction the setting
-- reads '' and not NULL, hence NULLIF: without a shop nothing is seen. FORCE binds the owner too: a
-- migration that must rewrite rows of all shops says NO FORCE before and FORCE after.

do $$
begin
  if not exists (select from pg_roles where rolname = 'kept_app') then
    create role kept_app nologin nosuperuser nobypassrls;
  end if;
exception
  -- Two databases of one cluster migrated at once: the role is the cluster's.
  when duplicate_object or unique_violation then null;
end
$$;

-- A server that is given only the owner's address lets each connection assume kept_app.
do $$
begin
  if not pg_has_role(current_user, 'kept_app', 'SET') then
    grant kept_app to current_user with inherit false, set true;
  end if;
end
$$;

grant usage on schema public to kept_app;
alter default privileges in schema public grant select, insert, update, delete on tables to kept_app;
alter default privileges in schema public grant usage, select on sequences to kept_app;

create procedure keep_shops_apart(shop_table regclass)
language plpgsql
as $$
begin
  execute format('alter table %s enable row level security', shop_table);
  execute format('alter table %s force row level security', shop_table);
  execute format(
    'create policy own_shop on %s '
    'using (shop_id = nullif(current_setting(''app.shop'', true), '''')) '
    'with check (shop_id = nullif(current_setting(''app.shop'', true), ''''))',
    shop_table
  );
end
$$;
revoke all on procedure keep_shops_apart(regclass) from public;
