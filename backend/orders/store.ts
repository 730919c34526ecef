/**
 * Where do the promises of orders rest?
 *
 * Invariants: better evidence replaces worse, never the reverse, whatever order two jobs commit in; the version that
 * was written to Shopify is remembered, so that a row whose metafield is not current is found again.
 */
import { type Kysely, sql } from 'kysely';
import type { ShopId } from '../base/ids.ts';
import {
  type DateColumn,
  type InstantColumn,
  type NullableInstantColumn,
  withShared,
  withShop,
} from '../platform/database.ts';
import type { JoinStep } from './orders.ts';

type OrderTables = {
  order_promise: {
    shop_id: string;
    order_id: string;
    placed_at: InstantColumn;
    status: OrderPromiseRow['status'];
    joined_by: number;
    method: string | null;
    service_code: string | null;
    promised_on: DateColumn | null;
    window_from: NullableInstantColumn;
    window_to: NullableInstantColumn;
    time_zone: string | null;
    parcels: number | null;
    node_id: string | null;
    pickup_point_id: string | null;
    receipt_ids: string[];
    replaced_promised_on: DateColumn | null;
    replaced_from: NullableInstantColumn;
    replaced_to: NullableInstantColumn;
    checkout_token: string | null;
    copied_receipt: string | null;
    country: string | null;
    postal_code: string | null;
    order_version: string;
    updated_at: InstantColumn;
    published_version: string | null;
  };
};

/** The dated part of a stored promise. */
export type StoredPromise = {
  readonly method: 'home' | 'pickup_point' | 'store_pickup';
  readonly serviceCode: string;
  /** `YYYY-MM-DD`. */
  readonly promisedOn: string;
  /** ISO instants, half-open. */
  readonly window: { readonly from: string; readonly to: string };
  readonly timeZone: string;
  readonly parcels: number;
  readonly nodeId: string | undefined;
  /** `<network>:<pointId>`. */
  readonly pickupPointId: string | undefined;
};

/** One order's promise as stored. `promise` may be there with status `none`: recomputed, never shown. */
export type OrderPromiseRow = {
  readonly orderId: string;
  readonly placedAt: string;
  readonly status: 'promised' | 'changed' | 'none';
  readonly joinedBy: JoinStep;
  readonly promise: StoredPromise | undefined;
  /** What was shown first, when another date took its place. */
  readonly replaced: Pick<StoredPromise, 'promisedOn' | 'window'> | undefined;
  readonly receiptIds: readonly string[];
  readonly checkoutToken: string | null;
  /** The signed receipt of the cart, kept because our metafield replaces it on the order. */
  readonly copiedReceipt: string | null;
  readonly country: string | null;
  readonly postalCode: string | null;
  readonly orderVersion: string;
  /** What was last written to the order's metafield; null: nothing yet. */
  readonly publishedVersion: string | null;
};

/** Exactly one of the two names the order. */
export type OrderKey = { readonly orderId: string } | { readonly checkoutToken: string };

/** Told in the transaction that joins an order to a promise its buyer was shown. */
export type OnPromised = <Tables>(
  trx: Kysely<Tables>,
  shopId: ShopId,
  orderId: string,
) => Promise<void>;

/** The store over a pool that runs as the application's role. */
export function createOrderStore(database: Kysely<unknown>, onPromised?: OnPromised) {
  const db = database.withTables<OrderTables>();
  const base = (trx: Kysely<OrderTables>, shopId: ShopId) =>
    trx.selectFrom('order_promise').selectAll().where('shop_id', '=', shopId);
  return {
    load: (shopId: ShopId, key: OrderKey): Promise<OrderPromiseRow | undefined> =>
      withShared(db, shopId, async (trx) => {
        const query =
          'orderId' in key
            ? base(trx, shopId).where('order_id', '=', key.orderId)
            : base(trx, shopId).where('checkout_token', '=', key.checkoutToken);
        const row = await query.orderBy('placed_at', 'desc').executeTakeFirst();
        return row === undefined ? undefined : (await asMoved(trx, shopId, [fromRow(row)]))[0];
      }),

    /**
     * Stores a decision unless better evidence is stored already; says what is stored now. `before`: what was stored when it
     * was made; where that was no date, works that nobody watches any more are watched again.
     */
    save: (
      shopId: ShopId,
      row: OrderPromiseRow,
      now: Temporal.Instant,
      before?: OrderPromiseRow,
    ): Promise<OrderPromiseRow> =>
      withShared(db, shopId, async (trx) => {
        if (before !== undefined && before.promise === undefined && row.promise !== undefined) {
          await watchAgain(trx, shopId, row.orderId);
        }
        const written = await write(trx, shopId, row, now);
        if (row.status !== 'none') await onPromised?.(trx, shopId, row.orderId);
        // Nobody has moved what was not there.
        if (written?.is_new === true) return fromRow(written);
        const saved =
          written ??
          (await base(trx, shopId).where('order_id', '=', row.orderId).executeTakeFirstOrThrow());
        const [stored = fromRow(saved)] = await asMoved(trx, shopId, [fromRow(saved)]);
        return stored;
      }),

    loadMany: (shopId: ShopId, orderIds: readonly string[]): Promise<readonly OrderPromiseRow[]> =>
      withShared(db, shopId, async (trx) => {
        const rows = await base(trx, shopId)
          .where(sql<boolean>`order_id = any(${[...orderIds]}::text[])`)
          .execute();
        return await asMoved(trx, shopId, rows.map(fromRow));
      }),

    /** Remembers what the metafields of these orders say now. */
    markPublished: (
      shopId: ShopId,
      written: readonly { readonly orderId: string; readonly version: string }[],
    ): Promise<void> =>
      withShop(db, shopId, async (trx) => {
        await sql`
          update order_promise p set published_version = w.version
          from jsonb_to_recordset(${JSON.stringify(written)}::jsonb) w("orderId" text, version text)
          where p.shop_id = ${shopId} and p.order_id = w."orderId"`.execute(trx);
      }),

    /** The metafield does not say what is stored: it is to be written again. */
    markUnpublished: (shopId: ShopId, orderId: string): Promise<void> =>
      withShared(db, shopId, async (trx) => {
        await trx
          .updateTable('order_promise')
          .set({ published_version: null })
          .where('shop_id', '=', shopId)
          .where('order_id', '=', orderId)
          .execute();
      }),

    /** Orders whose metafield is still to be written, the longest unwritten first. */
    unpublished: (shopId: ShopId, most: number): Promise<readonly OrderPromiseRow[]> =>
      withShop(db, shopId, async (trx) => {
        const rows = await base(trx, shopId)
          .where('published_version', 'is', null)
          .orderBy('updated_at')
          .limit(most)
          .execute();
        return await asMoved(trx, shopId, rows.map(fromRow));
      }),

    /** How many orders placed since then were joined by which evidence, with which status. */
    countJoins: (shopId: ShopId, placedFrom: Temporal.Instant) =>
      withShop(db, shopId, async (trx) => {
        const { rows } = await sql<{ joinedBy: JoinStep; status: string; count: number }>`
          select joined_by as "joinedBy", status, count(*)::int as count from order_promise
          where shop_id = ${shopId} and placed_at >= ${placedFrom.toString()}::timestamptz
          group by joined_by, status order by joined_by, status`.execute(trx);
        return rows;
      }),
  };
}

/** What `createOrderStore` returns. */
export type OrderStore = ReturnType<typeof createOrderStore>;

// Works first, as everybody locks them. An order whose outcome is written has none to come.
async function watchAgain(trx: Kysely<OrderTables>, shopId: ShopId, orderId: string) {
  await sql`
    update work set is_settled = false where shop_id = ${shopId} and work_id in (
      select w.work_id from work w where w.shop_id = ${shopId} and w.order_id = ${orderId} and w.is_settled
        and not exists (select from order_outcome o where o.shop_id = ${shopId} and o.order_id = ${orderId})
      order by w.work_id for update of w)`.execute(trx);
}

async function write(
  trx: Kysely<OrderTables>,
  shopId: ShopId,
  row: OrderPromiseRow,
  now: Temporal.Instant,
) {
  const values = { ...toRow(row), updated_at: now.toString() };
  return await trx
    .insertInto('order_promise')
    .values({ shop_id: shopId, order_id: row.orderId, published_version: null, ...values })
    .onConflict((conflict) =>
      conflict
        .columns(['shop_id', 'order_id'])
        .doUpdateSet(values)
        .where('order_promise.joined_by', '>=', row.joinedBy),
    )
    .returningAll()
    // xmax is 0 in a row that was inserted here.
    .returning(sql<boolean>`xmax = 0`.as('is_new'))
    .executeTakeFirst();
}

/** Promises as they stand: a date that was moved since (0071-outcomes.sql) takes its place, what was shown first stays beside it. */
async function asMoved(
  trx: Kysely<OrderTables>,
  shopId: ShopId,
  rows: readonly OrderPromiseRow[],
): Promise<readonly OrderPromiseRow[]> {
  if (rows.length === 0) return rows;
  const orderIds = rows.map(({ orderId }) => orderId);
  const moves = await sql<Moved>`
    select distinct on (order_id) order_id as "orderId", promised_on::text as "promisedOn", window_from as "from",
      window_to as "to"
    from promise_move where shop_id = ${shopId} and order_id = any(${orderIds}::text[])
    order by order_id, move_number desc`.execute(trx);
  const byOrder = new Map(moves.rows.map((move) => [move.orderId, move]));
  return rows.map((row) => standing(row, byOrder.get(row.orderId)));
}

type Moved = {
  readonly orderId: string;
  readonly promisedOn: string;
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
};

function standing(row: OrderPromiseRow, moved: Moved | undefined): OrderPromiseRow {
  const { promise } = row;
  if (moved === undefined || promise === undefined || row.status === 'none') return row;
  const { timeZone, promisedOn, window } = promise;
  return {
    ...row,
    status: 'changed',
    promise: {
      ...promise,
      promisedOn: moved.promisedOn,
      window: { from: writeInstant(moved.from, timeZone), to: writeInstant(moved.to, timeZone) },
    },
    replaced: row.replaced ?? { promisedOn, window },
  };
}

function toRow(row: OrderPromiseRow) {
  const { promise } = row;
  return {
    placed_at: row.placedAt,
    status: row.status,
    joined_by: row.joinedBy,
    method: promise?.method ?? null,
    service_code: promise?.serviceCode ?? null,
    promised_on: promise?.promisedOn ?? null,
    window_from: promise?.window.from ?? null,
    window_to: promise?.window.to ?? null,
    time_zone: promise?.timeZone ?? null,
    parcels: promise?.parcels ?? null,
    node_id: promise?.nodeId ?? null,
    pickup_point_id: promise?.pickupPointId ?? null,
    receipt_ids: [...row.receiptIds],
    replaced_promised_on: row.replaced?.promisedOn ?? null,
    replaced_from: row.replaced?.window.from ?? null,
    replaced_to: row.replaced?.window.to ?? null,
    checkout_token: row.checkoutToken,
    copied_receipt: row.copiedReceipt,
    country: row.country,
    postal_code: row.postalCode,
    order_version: row.orderVersion,
  };
}

type Selected = {
  order_id: string;
  placed_at: Temporal.Instant;
  status: OrderPromiseRow['status'];
  joined_by: number;
  method: string | null;
  service_code: string | null;
  promised_on: Temporal.PlainDate | null;
  window_from: Temporal.Instant | null;
  window_to: Temporal.Instant | null;
  time_zone: string | null;
  parcels: number | null;
  node_id: string | null;
  pickup_point_id: string | null;
  receipt_ids: string[];
  replaced_promised_on: Temporal.PlainDate | null;
  replaced_from: Temporal.Instant | null;
  replaced_to: Temporal.Instant | null;
  checkout_token: string | null;
  copied_receipt: string | null;
  country: string | null;
  postal_code: string | null;
  order_version: string;
  published_version: string | null;
};

function fromRow(row: Selected): OrderPromiseRow {
  return {
    orderId: row.order_id,
    placedAt: row.placed_at.toString(),
    status: row.status,
    // The column's check allows no other number.
    joinedBy: row.joined_by as JoinStep,
    promise: promiseOf(row),
    replaced: replacedOf(row),
    receiptIds: row.receipt_ids,
    checkoutToken: row.checkout_token,
    copiedReceipt: row.copied_receipt,
    country: row.country,
    postalCode: row.postal_code,
    orderVersion: row.order_version,
    publishedVersion: row.published_version,
  };
}

function promiseOf(row: Selected): StoredPromise | undefined {
  const { promised_on, window_from, window_to, method, service_code, time_zone } = row;
  if (promised_on === null || window_from === null || window_to === null) return undefined;
  if (method !== 'home' && method !== 'pickup_point' && method !== 'store_pickup') return undefined;
  const timeZone = time_zone ?? 'UTC';
  return {
    method,
    serviceCode: service_code ?? '',
    promisedOn: promised_on.toString(),
    window: { from: writeInstant(window_from, timeZone), to: writeInstant(window_to, timeZone) },
    timeZone,
    parcels: row.parcels ?? 1,
    nodeId: row.node_id ?? undefined,
    pickupPointId: row.pickup_point_id ?? undefined,
  };
}

function replacedOf(row: Selected): OrderPromiseRow['replaced'] {
  const { replaced_promised_on, replaced_from, replaced_to } = row;
  if (replaced_promised_on === null || replaced_from === null || replaced_to === null) {
    return undefined;
  }
  const timeZone = row.time_zone ?? 'UTC';
  return {
    promisedOn: replaced_promised_on.toString(),
    window: {
      from: writeInstant(replaced_from, timeZone),
      to: writeInstant(replaced_to, timeZone),
    },
  };
}

// ISO with the offset the buyer saw, whole seconds.
function writeInstant(instant: Temporal.Instant, timeZone: string): string {
  return instant.toString({ timeZone, smallestUnit: 'second' });
}
