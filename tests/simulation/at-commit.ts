/**
 * What may never be otherwise, asked by the database itself at every commit, of what the commit touched.
 *
 * In: a database, as its owner. Out: constraint triggers on it, put off to the end of each transaction: the units a position
 * counts are those of its allocations, and a work has one winner and open offers only while it is offered. What does not hold
 * is an error of the statement `commit`, so that nothing that breaks it is ever stored, and whoever did it is named.
 */
import pg from 'pg';

const TRIGGERS = `
create function see_position(shop text, item text, node text) returns void language plpgsql as $$
declare
  counted int;
  rows_ int;
begin
  select allocated into counted from stock_position where shop_id = shop and sku = item and node_id = node;
  select coalesce(sum(quantity), 0) into rows_ from order_allocation
    where shop_id = shop and sku = item and node_id = node;
  if coalesce(counted, 0) <> rows_ then
    raise exception 'breach: position % at % counts %, its rows %', item, node, counted, rows_;
  end if;
end $$;
create function see_negotiation(shop text, work text) returns void language plpgsql as $$
declare
  now_ text;
  won int;
  open int;
begin
  select negotiation into now_ from work w where w.shop_id = shop and w.work_id = work;
  select count(*) filter (where f.state = 'won' and f.wave > p.waves_before), count(*) filter (where f.state = 'open')
    into won, open from offer f join offer_plan p using (shop_id, work_id)
    where f.shop_id = shop and f.work_id = work;
  if won > 1 or (open > 0 and now_ <> 'offered') then
    raise exception 'breach: work % is % and has % winners, % open offers', work, now_, won, open;
  end if;
end $$;
create function seen_place() returns trigger language plpgsql as $$
begin
  if tg_op <> 'DELETE' then perform see_position(new.shop_id, new.sku, new.node_id); end if;
  if tg_op = 'DELETE' or (tg_op = 'UPDATE' and (old.sku, old.node_id) <> (new.sku, new.node_id)) then
    perform see_position(old.shop_id, old.sku, old.node_id);
  end if;
  return null;
end $$;
create function seen_negotiation() returns trigger language plpgsql as $$
begin
  perform see_negotiation(new.shop_id, new.work_id);
  return null;
end $$;
create constraint trigger counted after insert or update of allocated on stock_position
  deferrable initially deferred for each row execute function seen_place();
create constraint trigger allocated after insert or update or delete on order_allocation
  deferrable initially deferred for each row execute function seen_place();
create constraint trigger negotiated after update of negotiation on work
  deferrable initially deferred for each row execute function seen_negotiation();
create constraint trigger offered after insert or update of state on offer
  deferrable initially deferred for each row execute function seen_negotiation();`;

/** Has every commit to the database looked at. */
export async function watchCommits(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(TRIGGERS);
  } finally {
    await client.end();
  }
}
