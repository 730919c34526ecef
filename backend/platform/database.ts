/**
 * How does the process talk to Postgres?
 *
 * In: an address. Out: a kysely database whose statements run as the application's role, and
 * `withShop`, the only way to reach rows of a shop: a transaction that names the shop first, so that
 * row-level security shows and accepts that shop's rows and no others.
 * Invariants: inside `withShop` every statement goes through `trx`; an outage is a `TransientError`;
 * `timestamptz` is read as `Temporal.Instant`, `date` as `Temporal.PlainDate`, `bigint` as an exact
 * number; instants are written as ISO strings that the caller made, never SQL's own clock.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type ColumnType,
  Kysely,
  type PostgresCursor,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type PostgresQueryResult,
  sql,
  type Transaction,
} from 'kysely';
import pg from 'pg';
import type { ShopId } from '../base/ids.ts';
import { TransientError } from '../base/result.ts';
import { APP_ROLE } from './postgres-server.ts';
import {
  createStatementNames,
  isPastPlan,
  queryPrepared,
  type StatementNames,
} from './prepared.ts';

/** A `timestamptz` column: read as an instant, written as its ISO string. */
export type InstantColumn = ColumnType<Temporal.Instant, string, string>;
/** A `timestamptz` column that may be empty. */
export type NullableInstantColumn = ColumnType<
  Temporal.Instant | null,
  string | null | undefined,
  string | null
>;
/** A `date` column: read as a plain date, written as `2026-11-30`. */
export type DateColumn = ColumnType<Temporal.PlainDate, string, string>;
/** A `jsonb` column: read parsed, written as a JSON string (pg would send an array as a SQL array). */
export type JsonColumn<Value> = ColumnType<Value, string, string>;

/** What opening needs. `maxConnections` bounds how much of the server one replica takes. */
export type DatabaseOptions = {
  readonly url: string;
  /** Set when `url` logs in as the owner: every statement then runs as the application's role. */
  readonly assumesAppRole: boolean;
  readonly maxConnections: number;
  /** Told when an idle connection breaks; the pool replaces it. */
  readonly onIdleError: (error: Error) => void;
};

// A statement that takes longer than this serves nobody: the longest caller (a job) waits 30 s.
const STATEMENT_TIMEOUT_MILLISECONDS = 30_000;
// Connecting to a live server takes milliseconds; longer means it is down.
const CONNECT_TIMEOUT_MILLISECONDS = 2_000;

/** Opens a pool. Nothing is connected until the first statement. */
export function openDatabase<Tables>(options: DatabaseOptions): Kysely<Tables> {
  const role = options.assumesAppRole ? ` -c role=${APP_ROLE}` : '';
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MILLISECONDS,
    statement_timeout: STATEMENT_TIMEOUT_MILLISECONDS,
    query_timeout: STATEMENT_TIMEOUT_MILLISECONDS + 1_000,
    keepAlive: true,
    application_name: 'kept',
    options: `-c TimeZone=UTC -c DateStyle=ISO${role}`,
    types: { getTypeParser: chooseTypeParser },
  });
  pool.on('error', options.onIdleError);
  // The pool listens only to idle connections; one that breaks while it is in use would end the process.
  pool.on('connect', (client) => client.on('error', options.onIdleError));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: keepingPlans(pool) }) });
}

// Kysely knows a connection by its object: one that comes back from the pool is the same.
function keepingPlans(pool: pg.Pool): PostgresPool {
  const names = createStatementNames();
  const known = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      const client = await pool.connect();
      const before = known.get(client) ?? keepingClient(client, names);
      known.set(client, before);
      return before;
    },
  };
}

function keepingClient(client: pg.PoolClient, names: StatementNames): PostgresPoolClient {
  const begin = createLateBegin(client);
  function query<Row>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<Row>>;
  function query<Row>(cursor: PostgresCursor<Row>): PostgresCursor<Row>;
  function query(text: string | object, values: readonly unknown[] = []): unknown {
    if (typeof text !== 'string') throw new Error('Bug: nobody reads with a cursor');
    return begin.sent(text, values) ?? queryPrepared(names, client, text, values);
  }
  return { query, release: (isBroken) => client.release(isBroken) };
}

const BEGUN = { command: 'BEGIN', rowCount: null, rows: [] };
const NAME_SHOP = "select set_config('app.shop', $1, true)";

/** `begin` waits for the statement behind it: with the shop's name it is one way to the server instead of two. */
function createLateBegin(client: pg.PoolClient) {
  let isWaiting = false;
  return {
    /** What became of the statement; undefined: it is sent as any other. */
    sent: (text: string, values: readonly unknown[]): Promise<unknown> | undefined => {
      if (!isWaiting) {
        isWaiting = text === 'begin';
        return isWaiting ? Promise.resolve(BEGUN) : undefined;
      }
      isWaiting = false;
      if (text === NAME_SHOP) {
        const shop = pg.escapeLiteral(String(values[0]));
        // Two statements in one text give a list; nobody reads what they return.
        const named = client.query(`begin; ${NAME_SHOP.replace('$1', shop)}`);
        return named.then(() => ({ ...BEGUN, command: 'SELECT' }));
      }
      if (text === 'commit' || text === 'rollback') {
        return Promise.resolve({ ...BEGUN, command: text.toUpperCase() });
      }
      // Sent before it over the same connection; when it fails, so does what comes behind.
      client.query('begin').catch(() => undefined);
      return undefined;
    },
  };
}

/**
 * Runs `work` in a transaction that sees and writes only rows of `shopId`. Commits when it returns,
 * rolls back when it throws. Throws `TransientError` when Postgres is out of reach.
 */
export async function withShop<Tables, Value>(
  db: Kysely<Tables>,
  shopId: ShopId,
  work: (trx: Transaction<Tables>) => Promise<Value>,
): Promise<Value> {
  const told: (() => void)[] = [];
  const value = await reachingPostgres(() =>
    afterwards.run(told, () =>
      db.transaction().execute(async (trx) => {
        await sql`select set_config('app.shop', ${shopId}, true)`.execute(trx);
        return await work(trx);
      }),
    ),
  );
  for (const tell of told) tell();
  return value;
}

type Sharing = {
  readonly shopId: ShopId;
  readonly trx: Transaction<unknown>;
  isOpen: boolean;
};

const sharing = new AsyncLocalStorage<Sharing>();

/**
 * As `withShop`; every `withShared` of this shop that `work` waits for runs in the same transaction. For a few reads and a
 * write that belong together and come from several stores.
 */
export async function sharingShop<Value>(
  db: Kysely<unknown>,
  shopId: ShopId,
  work: () => Promise<Value>,
): Promise<Value> {
  return await withShop(db, shopId, async (trx) => {
    const shared: Sharing = { shopId, trx, isOpen: true };
    try {
      return await sharing.run(shared, work);
    } finally {
      shared.isOpen = false;
    }
  });
}

/** As `withShop`; within `sharingShop` of the shop, in its transaction. */
export async function withShared<Tables, Value>(
  db: Kysely<Tables>,
  shopId: ShopId,
  work: (trx: Kysely<Tables>) => Promise<Value>,
): Promise<Value> {
  const shared = sharing.getStore();
  if (shared?.isOpen !== true || shared.shopId !== shopId) return await withShop(db, shopId, work);
  // The tables are known by who asks; the transaction is the same for all of them.
  return await work(shared.trx as unknown as Kysely<Tables>);
}

const afterwards = new AsyncLocalStorage<(() => void)[]>();

/** Called inside `withShop`: does this when the transaction has committed; never after a rollback. */
export function whenCommitted(tell: () => void): void {
  afterwards.getStore()?.push(tell);
}

/** Runs statements that belong to no shop; an outage becomes a `TransientError`. */
export async function reachingPostgres<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (isOutage(error)) {
      throw new TransientError('postgres', 'Postgres did not answer; the call may be repeated.', {
        cause: error,
      });
    }
    throw error;
  }
}

/**
 * Refuses to run with more rights than the application may have: row-level security does not bind a
 * superuser or a role with BYPASSRLS. Also refuses a server older than 18.
 */
export async function assertSafeRole<Tables>(db: Kysely<Tables>): Promise<void> {
  const { rows } = await reachingPostgres(() =>
    sql<{ name: string; isAboveSecurity: boolean; version: number }>`
      select rolname as name, rolsuper or rolbypassrls as "isAboveSecurity",
        current_setting('server_version_num')::int as version
      from pg_roles where rolname = current_user`.execute(db),
  );
  const role = rows[0];
  if (role === undefined || role.isAboveSecurity) {
    throw new Error(
      `The database role ${role?.name ?? '(unknown)'} stands above row-level security (superuser or ` +
        `BYPASSRLS), so shops would not be kept apart. Let DATABASE_URL log in as ${APP_ROLE}.`,
    );
  }
  if (role.version < 180_000) {
    throw new Error(
      `The database server is version ${role.version}; Kept needs PostgreSQL 18 or newer.`,
    );
  }
}

// Server codes: 08 connection, 53 out of resources, 57P0x shutting down, 57014 statement timeout,
// 40001/40P01 lost a race that a repeat decides.
const OUTAGE_CODE = /^(08|53|57P0|57014|40001|40P01|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)/;
// pg throws these without a code.
const OUTAGE_MESSAGE =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable/;

function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isOutage);
  if (isPastPlan(error)) return true;
  if ('code' in error && typeof error.code === 'string') return OUTAGE_CODE.test(error.code);
  return OUTAGE_MESSAGE.test(error.message);
}

const { builtins } = pg.types;

const TEXT_PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [builtins.INT8]: parseExactInteger,
  [builtins.DATE]: (text) => Temporal.PlainDate.from(text),
  [builtins.TIMESTAMPTZ]: (text) => Temporal.Instant.from(text),
};

const chooseTypeParser: typeof pg.types.getTypeParser = (
  oid: number,
  format?: 'text' | 'binary',
) => {
  const own = format === 'binary' ? undefined : TEXT_PARSERS[oid];
  return own ?? pg.types.getTypeParser(oid, format);
};

function parseExactInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`Bug: ${text} is beyond an exact number`);
  return value;
}
