/**
 * Where do receipts and published padded tables rest?
 *
 * In: signed receipts, many at a time. Out: the receipts an order may be joined to.
 * Invariants: a batch is one statement in one transaction; a receipt that is already there is left as it is
 * (the writer repeats a batch whose reply was lost); nothing here is ever updated.
 */
import { type Kysely, sql } from 'kysely';
import type { ShopId } from '../base/ids.ts';
import { type DateColumn, type InstantColumn, withShared, withShop } from '../platform/database.ts';
import type { SignedReceipt } from './receipt.ts';

type PromiseTables = {
  receipt: {
    shop_id: string;
    made_on: DateColumn;
    receipt_id: string;
    made_at: InstantColumn;
    surface: SignedReceipt['surface'];
    kind: SignedReceipt['kind'];
    fingerprint: string;
    country: string;
    postal_code: string;
    origin: string;
    checkout_token: string | null;
    cart_token: string | null;
    policy_version: number;
    engine_version: string;
    request: string;
    answer: string;
    facts: Buffer;
    signature: string;
  };
  padded_table: {
    shop_id: string;
    published_at: InstantColumn;
    valid_until: InstantColumn;
    policy_version: number;
    body: string;
    signature: string;
  };
};

/** A padded table as published. */
export type StoredPaddedTable = {
  readonly publishedAt: string;
  readonly validUntil: string;
  readonly policyVersion: number;
  readonly body: string;
  readonly signature: string;
};

/** What a search for receipts of a callback narrows by. */
export type ReceiptSearch = {
  readonly fingerprint: string;
  readonly country: string;
  readonly postalCode: string;
  /** ISO instants; `[madeFrom, madeTo]`. */
  readonly madeFrom: string;
  readonly madeTo: string;
};

// An order is joined to one receipt; more candidates than this are ambiguous anyway.
const CANDIDATES_MAX = 200;

/** The store over a pool that runs as the application's role. */
export function createPromiseStore(database: Kysely<unknown>) {
  const db = database.withTables<PromiseTables>();
  const pick = (
    shopId: ShopId,
    narrow: (query: ReturnType<typeof base>) => ReturnType<typeof base>,
  ) =>
    withShared(db, shopId, async (trx) => (await narrow(base(trx, shopId)).execute()).map(fromRow));
  const base = (trx: Kysely<PromiseTables>, shopId: ShopId) =>
    trx
      .selectFrom('receipt')
      .selectAll()
      .where('shop_id', '=', shopId)
      .orderBy('made_at', 'desc')
      .orderBy('receipt_id')
      .limit(CANDIDATES_MAX);
  return {
    /** Stores receipts of one shop in one transaction. Returns how many are new. */
    saveReceipts: (shopId: ShopId, receipts: readonly SignedReceipt[]): Promise<number> =>
      withShop(db, shopId, async (trx) => {
        const { numAffectedRows } = await insertReceipts(shopId, receipts).execute(trx);
        return Number(numAffectedRows ?? 0);
      }),

    /** One receipt by its id. */
    receiptById: async (shopId: ShopId, receiptId: string): Promise<SignedReceipt | undefined> =>
      (await pick(shopId, (query) => query.where('receipt_id', '=', receiptId)))[0],

    /** Receipts of the rate callback with this fingerprint and destination, newest first. */
    receiptsOfCallback: (shopId: ShopId, search: ReceiptSearch): Promise<SignedReceipt[]> =>
      pick(shopId, (query) =>
        query
          .where('surface', '=', 'rate_callback')
          .where('fingerprint', '=', search.fingerprint)
          .where('country', '=', search.country)
          .where('postal_code', '=', search.postalCode)
          .where('made_at', '>=', sql<Temporal.Instant>`${search.madeFrom}::timestamptz`)
          .where('made_at', '<=', sql<Temporal.Instant>`${search.madeTo}::timestamptz`),
      ),

    /** Receipts that an extension made with this checkout token, newest first. */
    receiptsOfCheckout: (shopId: ShopId, checkoutToken: string): Promise<SignedReceipt[]> =>
      pick(shopId, (query) => query.where('checkout_token', '=', checkoutToken)),

    /** Receipts that the theme made with this cart token, newest first. */
    receiptsOfCart: (shopId: ShopId, cartToken: string): Promise<SignedReceipt[]> =>
      pick(shopId, (query) => query.where('cart_token', '=', cartToken)),

    /** How many receipts of each kind were made since an instant (ISO). */
    countReceipts: (shopId: ShopId, madeFrom: string) =>
      withShop(db, shopId, (trx) =>
        trx
          .selectFrom('receipt')
          .select((expression) => ['kind', expression.fn.countAll<number>().as('count')])
          .where('shop_id', '=', shopId)
          .where('made_at', '>=', sql<Temporal.Instant>`${madeFrom}::timestamptz`)
          .groupBy('kind')
          .execute(),
      ),

    /** Stores a table as published; the same instant twice keeps the first. */
    savePaddedTable: (shopId: ShopId, table: StoredPaddedTable): Promise<void> =>
      withShop(db, shopId, async (trx) => {
        await trx
          .insertInto('padded_table')
          .values({
            shop_id: shopId,
            published_at: table.publishedAt,
            valid_until: table.validUntil,
            policy_version: table.policyVersion,
            body: table.body,
            signature: table.signature,
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }),

    /** The table that was the newest at this instant (ISO), if it was still valid then. */
    paddedTableAt: (shopId: ShopId, instant: string): Promise<StoredPaddedTable | undefined> =>
      withShop(db, shopId, async (trx) => {
        const row = await trx
          .selectFrom('padded_table')
          .selectAll()
          .where('shop_id', '=', shopId)
          .where('published_at', '<=', sql<Temporal.Instant>`${instant}::timestamptz`)
          .orderBy('published_at', 'desc')
          .limit(1)
          .executeTakeFirst();
        if (row === undefined || Temporal.Instant.compare(row.valid_until, instant) <= 0) {
          return undefined;
        }
        return {
          publishedAt: row.published_at.toString(),
          validUntil: row.valid_until.toString(),
          policyVersion: row.policy_version,
          body: row.body,
          signature: row.signature,
        };
      }),
  };
}

/** What `createPromiseStore` returns. */
export type PromiseStore = ReturnType<typeof createPromiseStore>;

// Columns as arrays: 18 parameters whatever the number of rows, and no row is parsed as JSON by the server.
function insertReceipts(shopId: ShopId, receipts: readonly SignedReceipt[]) {
  const column = <Key extends keyof SignedReceipt>(key: Key) => receipts.map((row) => row[key]);
  return sql`
    insert into receipt (shop_id, made_on, receipt_id, made_at, surface, kind, fingerprint, country,
      postal_code, origin, checkout_token, cart_token, policy_version, engine_version, request,
      answer, facts, signature)
    select ${shopId}, (made_at at time zone 'UTC')::date, receipt_id, made_at, surface, kind,
      fingerprint, country, postal_code, origin, checkout_token, cart_token, policy_version,
      engine_version, request, answer, facts, signature
    from unnest(
      ${column('receiptId')}::text[], ${column('madeAt')}::timestamptz[], ${column('surface')}::text[],
      ${column('kind')}::text[], ${column('fingerprint')}::text[], ${column('country')}::text[],
      ${column('postalCode')}::text[], ${column('origin')}::text[], ${column('checkoutToken')}::text[],
      ${column('cartToken')}::text[], ${column('policyVersion')}::bigint[],
      ${column('engineVersion')}::text[], ${column('request')}::text[], ${column('answer')}::text[],
      ${receipts.map((row) => Buffer.from(row.facts))}::bytea[], ${column('signature')}::text[]
    ) as r(receipt_id, made_at, surface, kind, fingerprint, country, postal_code, origin,
      checkout_token, cart_token, policy_version, engine_version, request, answer, facts, signature)
    on conflict do nothing`;
}

function fromRow(row: {
  receipt_id: string;
  made_at: Temporal.Instant;
  surface: SignedReceipt['surface'];
  kind: SignedReceipt['kind'];
  fingerprint: string;
  country: string;
  postal_code: string;
  origin: string;
  checkout_token: string | null;
  cart_token: string | null;
  policy_version: number;
  engine_version: string;
  request: string;
  answer: string;
  facts: Buffer;
  signature: string;
}): SignedReceipt {
  return {
    receiptId: row.receipt_id,
    madeAt: row.made_at.toString(),
    surface: row.surface,
    kind: row.kind,
    fingerprint: row.fingerprint,
    country: row.country,
    postalCode: row.postal_code,
    origin: row.origin,
    checkoutToken: row.checkout_token,
    cartToken: row.cart_token,
    policyVersion: row.policy_version,
    engineVersion: row.engine_version,
    request: row.request,
    answer: row.answer,
    facts: new Uint8Array(row.facts),
    signature: row.signature,
  };
}
