/**
 * Where do messages rest, and what are they made from?
 *
 * A message is claimed under the lock of its order's row, in the statement order: lock, read, claim, commit; then it is sent;
 * then settled. Two workers at once therefore never claim the same message, and one that died leaves a claim that is seen.
 */
import { sql, type Transaction } from 'kysely';
import type { ShopId } from '../base/ids.ts';
import type { DigestRow } from './compose.ts';
import type { DueMessage, KnownMessage, MessageKind, StatedPromise } from './due.ts';

type Trx = Transaction<unknown>;

/** An order with everything its messages say. */
export type MessageOrder = {
  readonly name: string;
  readonly isOpen: boolean;
  readonly placedMinute: number;
  readonly email: string | null;
  readonly locale: string | null;
  /** As it stands; null: none that was shown. */
  readonly promise: (StatedPromise & PlaceOfPromise) | null;
  readonly before: StatedPromise | null;
  readonly movedMinute: number | null;
  readonly readyWorks: readonly {
    readonly workId: string;
    readonly nodeId: string;
    readonly readyMinute: number;
  }[];
  readonly items: readonly { readonly title: string; readonly quantity: number }[];
  readonly trackingUrls: readonly string[];
  readonly messages: readonly KnownMessage[];
};

/** Where it is collected: one of our nodes, or `<network>:<pointId>`. */
export type PlaceOfPromise = {
  readonly nodeId: string | null;
  readonly pickupPointId: string | null;
};

const minute = (column: string) => sql`floor(extract(epoch from ${sql.ref(column)}) / 60)::float8`;
const iso = (column: string) =>
  sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

// What is shown of a basket; the rest is in the shop's own mail.
const MOST_ITEMS = 50;
const MOST_LINKS = 5;

/** Locks an order's row and reads it; undefined: it is not known (yet). */
export async function lockOrder(
  trx: Trx,
  shopId: ShopId,
  orderId: string,
): Promise<MessageOrder | undefined> {
  await sql`select 1 from customer_order where shop_id = ${shopId} and order_id = ${orderId}
    for no key update`.execute(trx);
  const { rows } = await sql<MessageOrder>`
    select o.name, o.state = 'open' as "isOpen", ${minute('o.placed_at')} as "placedMinute", o.email, o.locale,
      case when p.status <> 'none' and p.joined_by < 5 and p.window_to is not null then jsonb_build_object(
        'method', p.method, 'timeZone', coalesce(p.time_zone, 'UTC'), 'nodeId', p.node_id,
        'pickupPointId', p.pickup_point_id, 'promisedOn', coalesce(m.promised_on, p.promised_on),
        'window', jsonb_build_object('from', ${iso('c.window_from')}, 'to', ${iso('c.window_to')})) end as promise,
      case when p.replaced_to is not null or m.move_number is not null then jsonb_build_object(
        'method', p.method, 'timeZone', coalesce(p.time_zone, 'UTC'),
        'promisedOn', coalesce(p.replaced_promised_on, p.promised_on),
        'window', jsonb_build_object('from', ${iso('f.window_from')}, 'to', ${iso('f.window_to')})) end as before,
      ${minute('m.moved_at')} as "movedMinute",
      coalesce((select jsonb_agg(jsonb_build_object('workId', w.work_id, 'nodeId', w.node_id,
        'readyMinute', ${minute('w.ready_at')}) order by w.work_id) from work w where w.shop_id = o.shop_id
        and w.order_id = o.order_id and w.kind = 'pickup' and w.state = 'ready' and w.ready_at is not null),
        '[]'::jsonb) as "readyWorks",
      coalesce((select jsonb_agg(jsonb_build_object('title', l.title, 'quantity', l.quantity - l.canceled))
        from (select * from customer_order_line x where x.shop_id = o.shop_id and x.order_id = o.order_id
          and x.quantity > x.canceled and x.needs_shipping order by x.line_id limit ${MOST_ITEMS}) l),
        '[]'::jsonb) as items,
      coalesce((select jsonb_agg(distinct x.tracking_url) from (select tracking_url from parcel y
        where y.shop_id = o.shop_id and y.order_id = o.order_id and y.tracking_url is not null
          and y.state not in ('canceled', 'delivered') order by y.parcel_id limit ${MOST_LINKS}) x),
        '[]'::jsonb) as "trackingUrls",
      coalesce((select jsonb_agg(jsonb_build_object('kind', g.kind, 'subjectKey', g.subject_key, 'state', g.state,
        'attempts', g.attempts, 'claimedMinute', ${minute('g.claimed_at')})) from message g
        where g.shop_id = o.shop_id and g.order_id = o.order_id), '[]'::jsonb) as messages
    from customer_order o
    left join order_promise p on p.shop_id = o.shop_id and p.order_id = o.order_id
    left join lateral (select * from promise_move x where x.shop_id = p.shop_id and x.order_id = p.order_id
      order by x.move_number desc limit 1) m on true
    left join lateral (select coalesce(m.window_from, p.window_from) as window_from,
      coalesce(m.window_to, p.window_to) as window_to) c on true
    left join lateral (select coalesce(p.replaced_from, p.window_from) as window_from,
      coalesce(p.replaced_to, p.window_to) as window_to) f on true
    where o.shop_id = ${shopId} and o.order_id = ${orderId}`.execute(trx);
  return rows[0];
}

/** A message that is about to be sent. */
export type Claim = DueMessage & {
  readonly orderId: string;
  readonly messageId: string;
  readonly locale: string;
};

/** Claims a message that is new or was put off; the order's row is locked. Says the number of the try. */
export async function claimMessage(
  trx: Trx,
  shopId: ShopId,
  claim: Omit<Claim, 'kind'> & { readonly kind: string; readonly now: string },
): Promise<number | undefined> {
  const { rows } = await sql<{ attempts: number }>`
    insert into message as g (shop_id, order_id, kind, subject_key, state, message_id, locale, attempts, claimed_at)
    values (${shopId}, ${claim.orderId}, ${claim.kind}, ${claim.subjectKey}, 'sending', ${claim.messageId},
      ${claim.locale}, 1, ${claim.now})
    on conflict (shop_id, order_id, kind, subject_key) do update set state = 'sending', attempts = g.attempts + 1,
      claimed_at = excluded.claimed_at, settled_at = null, reason = null
    where g.state = 'retry'
    returning attempts`.execute(trx);
  return rows[0]?.attempts;
}

/** What became of a try. */
export type Settlement = {
  readonly orderId: string;
  readonly kind: string;
  readonly subjectKey: string;
  readonly attempts: number;
  readonly state: 'sent' | 'retry' | 'failed' | 'unclear' | 'withheld';
  readonly reason: string | null;
  readonly now: string;
};

/** Writes what became of a try. A try that was given up as unclear and then heard of is settled after all. */
export async function settleMessage(trx: Trx, shopId: ShopId, done: Settlement): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update message set state = ${done.state}, reason = ${done.reason}, settled_at = ${done.now}
    where shop_id = ${shopId} and order_id = ${done.orderId} and kind = ${done.kind}
      and subject_key = ${done.subjectKey} and attempts = ${done.attempts}
      and state in ('sending', 'unclear')`.execute(trx);
  return numAffectedRows === 1n;
}

/** Ends messages that were put off and are wanted no more; what is being sent stays. */
export async function withholdMessages(
  trx: Trx,
  shopId: ShopId,
  ended: {
    readonly orderId: string;
    readonly messages: readonly Pick<KnownMessage, 'kind' | 'subjectKey'>[];
    readonly reason: string;
    readonly now: string;
  },
): Promise<void> {
  await sql`
    update message g set state = 'withheld', reason = ${ended.reason}, settled_at = ${ended.now}
    from jsonb_to_recordset(${JSON.stringify(ended.messages)}::jsonb) e(kind text, "subjectKey" text)
    where g.shop_id = ${shopId} and g.order_id = ${ended.orderId} and g.state = 'retry' and g.kind = e.kind
      and g.subject_key = e."subjectKey"`.execute(trx);
}

/** Gives up claims older than any dialogue lasts: they may have been delivered, so they are never sent again. */
export async function giveUpStale(
  trx: Trx,
  shopId: ShopId,
  at: { readonly now: string; readonly claimedBefore: string },
): Promise<readonly Pick<Settlement, 'orderId' | 'kind' | 'subjectKey'>[]> {
  const { rows } = await sql<Pick<Settlement, 'orderId' | 'kind' | 'subjectKey'>>`
    update message set state = 'unclear', reason = 'interrupted', settled_at = ${at.now}
    where shop_id = ${shopId} and state = 'sending' and claimed_at < ${at.claimedBefore}
    returning order_id as "orderId", kind, subject_key as "subjectKey"`.execute(trx);
  return rows;
}

// A sweep's share; the next takes the rest.
const MOST_ORDERS = 500;

/** Orders that may have something to be told; what exactly, due.ts says. */
export async function findTellable(
  trx: Trx,
  shopId: ShopId,
  at: {
    readonly newsFrom: string;
    readonly settings: { readonly [kind in MessageKind]: boolean };
  },
): Promise<readonly string[]> {
  const { newsFrom, settings } = at;
  const { rows } = await sql<{ orderId: string }>`
    select order_id as "orderId" from (
      select o.order_id from customer_order o join order_promise p on p.shop_id = o.shop_id and p.order_id = o.order_id
      where ${settings.confirmed} and o.shop_id = ${shopId} and o.placed_at > ${newsFrom} and o.state = 'open' and p.status <> 'none'
        and p.joined_by < 5 and not exists (select from message g where g.shop_id = o.shop_id
          and g.order_id = o.order_id and g.kind = 'confirmed')
      union
      select w.order_id from work w where ${settings.ready} and w.shop_id = ${shopId} and w.kind = 'pickup' and w.state = 'ready'
        and w.ready_at > ${newsFrom} and not exists (select from message g where g.shop_id = w.shop_id
          and g.order_id = w.order_id and g.kind = 'ready' and g.subject_key = w.work_id)
      union
      select m.order_id from promise_move m where ${settings.moved} and m.shop_id = ${shopId} and m.moved_at > ${newsFrom}
        and not exists (select from message g where g.shop_id = m.shop_id and g.order_id = m.order_id
          and g.kind = 'moved' and g.claimed_at >= m.moved_at)
      union
      select g.order_id from message g where g.shop_id = ${shopId} and g.state = 'retry' and g.order_id <> '') x
    order by order_id limit ${MOST_ORDERS}`.execute(trx);
  return rows.map((row) => row.orderId);
}

/** When the merchant was last told of promises in danger; undefined: never. */
export async function lastDigest(trx: Trx, shopId: ShopId): Promise<Temporal.Instant | undefined> {
  const { rows } = await sql<{ at: Temporal.Instant }>`
    select claimed_at as at from message where shop_id = ${shopId} and order_id = '' and kind = 'digest'
    order by claimed_at desc limit 1`.execute(trx);
  return rows[0]?.at;
}

/** What nobody was told of, an order by its most urgent alert; all of them are told from now on. */
export async function takeUntold(
  trx: Trx,
  shopId: ShopId,
  at: { readonly now: string; readonly limit: number },
): Promise<readonly UntoldAlert[]> {
  const { rows } = await sql<UntoldAlert>`
    with told as (
      update order_alert a set told_at = ${at.now}
      where a.shop_id = ${shopId} and a.cleared_at is null and a.told_at is null
      returning a.order_id, a.milestone, a.level, a.due_at)
    select coalesce(o.name, t.order_id) as "orderName", t.milestone, t.level, ${iso('t.due_at')} as "dueAt",
      count(*) over ()::int as total
    from (select distinct on (order_id) * from told order by order_id, level = 'missed' desc, due_at) t
    left join customer_order o on o.shop_id = ${shopId} and o.order_id = t.order_id
    order by t.level = 'missed' desc, t.due_at, t.order_id limit ${at.limit}`.execute(trx);
  return rows;
}

/** Takes back that alerts were told at this instant: the mail did not go out. */
export async function untell(trx: Trx, shopId: ShopId, toldAt: string): Promise<void> {
  await sql`update order_alert set told_at = null
    where shop_id = ${shopId} and told_at = ${toldAt} and cleared_at is null`.execute(trx);
}

/** An alert as the digest takes it. `total`: of all there are. */
export type UntoldAlert = {
  readonly orderName: string;
  readonly milestone: DigestRow['milestone'];
  readonly level: 'before' | 'missed';
  readonly dueAt: string;
  readonly total: number;
};

/** A message as the console shows it. */
export type MessageRow = {
  readonly orderId: string;
  readonly kind: string;
  readonly subjectKey: string;
  readonly state: string;
  readonly reason: string | null;
  readonly locale: string;
  readonly at: string;
};

/** The newest messages, of one order or of all; those that did not surely arrive alone when asked. */
export async function listMessages(
  trx: Trx,
  shopId: ShopId,
  asked: { readonly orderId?: string; readonly troubledOnly?: boolean; readonly limit: number },
): Promise<readonly MessageRow[]> {
  const { rows } = await sql<MessageRow>`
    select order_id as "orderId", kind, subject_key as "subjectKey", state, reason, locale, ${iso('claimed_at')} as at
    from message where shop_id = ${shopId}
      and (${asked.orderId ?? null}::text is null or order_id = ${asked.orderId ?? null})
      and (not ${asked.troubledOnly ?? false} or state in ('failed', 'unclear', 'retry'))
    order by claimed_at desc, order_id limit ${asked.limit}`.execute(trx);
  return rows;
}
