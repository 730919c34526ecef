/**
 * What the error view reads: flows by the hour and connection, and events that did not get through.
 *
 * In: a shop and a page. Out: rows as intake-store.ts wrote them. Writes only what a person decides: rows set aside.
 */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { ShopId } from '../base/ids.ts';
import { withShop } from '../platform/database.ts';
import type { RowRefusal } from './stock-rows.ts';

/** One hour of one connection. */
export type ActivityHour = {
  readonly connectionId: string;
  /** Its start, as an instant. */
  readonly hour: string;
  readonly requests: number;
  readonly booked: number;
  readonly unchanged: number;
  readonly refused: number;
  /** Requests refused as a whole. */
  readonly failures: number;
  readonly lastError: { readonly code: string; readonly detail: string } | null;
  readonly lastErrorAt: string | null;
};

/** An event that was refused. */
export type RefusedEvent = {
  readonly connectionId: string;
  readonly eventKey: string;
  readonly event: unknown;
  readonly reason: RowRefusal;
  readonly times: number;
  readonly firstAt: string;
  readonly lastAt: string;
};

/** Which refused events. */
export type RefusedPage = {
  readonly connectionId?: string | undefined;
  /** Of an earlier page's last row. */
  readonly after?: { readonly lastAt: string; readonly eventKey: string } | undefined;
  readonly limit: number;
};

/** The store over a pool that runs as the application's role. */
export function createActivityStore(db: Kysely<unknown>) {
  return {
    /** Hours from an instant on, newest first. */
    readHours: (shopId: ShopId, from: string): Promise<readonly ActivityHour[]> =>
      withShop(db, shopId, (trx) => readHours(trx, shopId, from)),
    /** Open refused events by connection. */
    countRefused: (shopId: ShopId): Promise<ReadonlyMap<string, number>> =>
      withShop(db, shopId, async (trx) => {
        const { rows } = await sql<{ connectionId: string; count: number }>`
          select connection_id as "connectionId", count(*) as count from refused_event
          where shop_id = ${shopId} and state = 'open' group by 1`.execute(trx);
        return new Map(rows.map((row) => [row.connectionId, row.count]));
      }),
    /** Open refused events, newest first. */
    listRefused: (shopId: ShopId, page: RefusedPage): Promise<readonly RefusedEvent[]> =>
      withShop(db, shopId, (trx) => listRefused(trx, shopId, page)),
    /** The named events that are open. */
    findRefused: (
      shopId: ShopId,
      connectionId: string,
      eventKeys: readonly string[],
    ): Promise<readonly RefusedEvent[]> =>
      withShop(db, shopId, async (trx) => {
        const { rows } = await selectRefused(
          trx,
          shopId,
          sql`and connection_id = ${connectionId} and event_key = any(${eventKeys})`,
        );
        return rows.map(toRefused);
      }),
    /** Takes events out of the view for good; says how many. */
    setAside: (
      shopId: ShopId,
      asked: {
        readonly connectionId: string;
        readonly eventKeys: readonly string[];
        readonly at: string;
      },
    ): Promise<number> =>
      withShop(db, shopId, async (trx) => {
        const done = await sql`
          update refused_event set state = 'set_aside', settled_at = ${asked.at}
          where shop_id = ${shopId} and connection_id = ${asked.connectionId}
            and state = 'open' and event_key = any(${asked.eventKeys})`.execute(trx);
        return Number(done.numAffectedRows ?? 0n);
      }),
  };
}

/** What `createActivityStore` returns. */
export type ActivityStore = ReturnType<typeof createActivityStore>;

async function readHours(
  trx: Transaction<unknown>,
  shopId: ShopId,
  from: string,
): Promise<readonly ActivityHour[]> {
  type Row = Omit<ActivityHour, 'hour' | 'lastErrorAt'> & {
    readonly hour: Temporal.Instant;
    readonly lastErrorAt: Temporal.Instant | null;
  };
  const { rows } = await sql<Row>`
    select connection_id as "connectionId", hour, requests, booked, unchanged, refused, failures,
      last_error as "lastError", last_error_at as "lastErrorAt"
    from connection_activity where shop_id = ${shopId} and hour >= ${from}
    order by hour desc, connection_id`.execute(trx);
  return rows.map((row) => ({
    ...row,
    hour: row.hour.toString(),
    lastErrorAt: row.lastErrorAt?.toString() ?? null,
  }));
}

type RefusedRow = Omit<RefusedEvent, 'firstAt' | 'lastAt'> & {
  readonly firstAt: Temporal.Instant;
  readonly lastAt: Temporal.Instant;
};

function selectRefused(trx: Transaction<unknown>, shopId: ShopId, which: ReturnType<typeof sql>) {
  return sql<RefusedRow>`
    select connection_id as "connectionId", event_key as "eventKey", event, reason, times,
      first_at as "firstAt", last_at as "lastAt"
    from refused_event where shop_id = ${shopId} and state = 'open' ${which}`.execute(trx);
}

async function listRefused(
  trx: Transaction<unknown>,
  shopId: ShopId,
  { connectionId, after, limit }: RefusedPage,
): Promise<readonly RefusedEvent[]> {
  const ofOne = connectionId === undefined ? sql`` : sql`and connection_id = ${connectionId}`;
  const from =
    after === undefined
      ? sql``
      : sql`and (last_at, event_key) < (${after.lastAt}::timestamptz, ${after.eventKey})`;
  const page = sql`${ofOne} ${from} order by last_at desc, event_key desc limit ${limit}`;
  return (await selectRefused(trx, shopId, page)).rows.map(toRefused);
}

function toRefused(row: RefusedRow): RefusedEvent {
  return { ...row, firstAt: row.firstAt.toString(), lastAt: row.lastAt.toString() };
}
