/**
 * Is every position the sum of its stored movements, by SQL over everything?
 *
 * Each position's on hand and each part's quantity is compared with the sum of the effects of its movements, and what a
 * position publishes with its parts; movements are counted against the events that were sent once, and against the marks
 * that tell replicas of them. Also reads back how durable the server was told to be.
 */
import type pg from 'pg';

/** What was found. */
export type LedgerCheck = {
  readonly positionsChecked: number;
  readonly partsChecked: number;
  readonly movements: number;
  readonly mismatches: number;
  readonly lostOrDoubled: number;
  readonly unmarked: number;
  readonly fsync: string;
  readonly synchronousCommit: string;
  readonly fullPageWrites: string;
};

const SUMS = `
  with sums as (
    select sku, node_id, type, coalesce(lot, '') as lot, sum(delta) as total
    from stock_movement group by 1, 2, 3, 4
  ), held as (
    select sku, node_id, 'on_hand' as type, '' as lot, on_hand as total from stock_position
    union all
    select sku, node_id, type, lot, quantity from stock_part
  )
  select count(*) filter (where h.type = 'on_hand')::int as positions,
    count(*) filter (where h.type <> 'on_hand')::int as parts,
    count(*) filter (where coalesce(h.total, 0) <> coalesce(s.total, 0))::int as mismatches
  from held h full join sums s using (sku, node_id, type, lot)`;

const PUBLISHED = `
  select count(*)::int as mismatches
  from stock_position p
  full join (
    select sku, node_id,
      coalesce(sum(quantity) filter (where type <> 'incoming' and quantity > 0), 0) as unavailable,
      coalesce(sum(quantity) filter (where type = 'incoming' and quantity > 0), 0) as incoming
    from stock_part group by 1, 2) s using (sku, node_id)
  where p.unavailable <> coalesce(s.unavailable, 0)
    or coalesce((select sum((lot ->> 'quantity')::int) from jsonb_array_elements(p.incoming) lot), 0)
      <> coalesce(s.incoming, 0)`;

const MARKED = `
  select coalesce(sum(m.count), 0)::int as marked from stock_change c cross join lateral (
    select count(*) from stock_movement
    where shop_id = c.shop_id and movement between c.first_movement and c.last_movement) m`;

/** Adds everything up. */
export async function checkLedger(
  owner: pg.Client,
  shopId: string,
  sent: { readonly movements: number },
): Promise<LedgerCheck> {
  await owner.query("select set_config('app.shop', $1, false)", [shopId]);
  const [sums] = (await owner.query(SUMS)).rows;
  const [published] = (await owner.query(PUBLISHED)).rows;
  const [marks] = (await owner.query(MARKED)).rows;
  const [stored] = (await owner.query('select count(*)::int as count from stock_movement')).rows;
  const { rows: settings } = await owner.query(
    `select name, setting from pg_settings
     where name in ('fsync', 'synchronous_commit', 'full_page_writes')`,
  );
  const settingOf = (name: string) => settings.find((row) => row.name === name)?.setting ?? '';
  return {
    positionsChecked: sums.positions,
    partsChecked: sums.parts,
    movements: stored.count,
    mismatches: sums.mismatches + published.mismatches,
    lostOrDoubled: Math.abs(stored.count - sent.movements),
    unmarked: stored.count - marks.marked,
    fsync: settingOf('fsync'),
    synchronousCommit: settingOf('synchronous_commit'),
    fullPageWrites: settingOf('full_page_writes'),
  };
}
