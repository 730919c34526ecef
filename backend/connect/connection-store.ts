/**
 * Where connections and their keys rest.
 *
 * In: a shop and what to write. Out: connections as rows, keys by their lookup digits; a key's secret is stored nowhere.
 * Invariants: one key without an end a connection; a revoked connection keeps its row, so that its events keep a name.
 */
import { type Kysely, sql, type Transaction } from 'kysely';
import { compareIds, type ShopId } from '../base/ids.ts';
import { type InstantColumn, type NullableInstantColumn, withShop } from '../platform/database.ts';
import type { ConnectionKind, Scope } from './scopes.ts';

/** A connection as it is stored; instants are ISO strings. */
export type ConnectionRow = {
  readonly connectionId: string;
  readonly name: string;
  readonly kind: ConnectionKind;
  readonly scopes: readonly Scope[];
  /** Nodes it may speak of; empty: every node. */
  readonly nodeIds: readonly string[];
  /** The channel whose figures it may read; null: any. */
  readonly channel: string | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly revokedAt: string | null;
};

/** A key of a connection, without its secret. */
export type KeyRow = {
  readonly lookup: string;
  readonly createdAt: string;
  readonly endsAt: string | null;
  readonly lastUsedAt: string | null;
};

/** What a shown key is held against. */
export type StoredKey = KeyRow & {
  readonly secretHash: string;
  readonly connection: ConnectionRow;
};

type ConnectionTables = {
  connection: {
    shop_id: string;
    connection_id: string;
    name: string;
    kind: ConnectionKind;
    scopes: Scope[];
    node_ids: string[];
    channel: string | null;
    created_at: InstantColumn;
    created_by: string;
    revoked_at: NullableInstantColumn;
  };
  connection_key: {
    shop_id: string;
    lookup: string;
    connection_id: string;
    secret_hash: string;
    created_at: InstantColumn;
    ends_at: NullableInstantColumn;
    last_used_at: NullableInstantColumn;
  };
};

type Trx = Transaction<ConnectionTables>;
type NewKey = { readonly lookup: string; readonly secretHash: string };

/** The store over a pool that runs as the application's role. */
export function createConnectionStore(database: Kysely<unknown>) {
  const db = database.withTables<ConnectionTables>();
  return {
    /** Every connection of the shop with its keys, by name. */
    list: (shopId: ShopId) => withShop(db, shopId, (trx) => list(trx, shopId)),
    /** Stores a connection and its first key. */
    create: (shopId: ShopId, row: ConnectionRow, key: NewKey): Promise<void> =>
      withShop(db, shopId, async (trx) => {
        await insertConnection(trx, shopId, row);
        await insertKey(trx, shopId, { ...row, ...key });
      }),
    findKey: (shopId: ShopId, lookup: string) =>
      withShop(db, shopId, (trx) => findKey(trx, shopId, lookup)),
    /** Gives the live key its end and stores the new one; false: no such connection, or revoked. */
    rotate: (
      shopId: ShopId,
      rotation: NewKey & {
        readonly connectionId: string;
        readonly endsAt: string;
        readonly createdAt: string;
      },
    ): Promise<boolean> => withShop(db, shopId, (trx) => rotate(trx, shopId, rotation)),
    /** Ends a connection and all its keys; false: there is none that is live. */
    revoke: (shopId: ShopId, connectionId: string, at: string): Promise<boolean> =>
      withShop(db, shopId, async (trx) => {
        const done = await trx
          .updateTable('connection')
          .set({ revoked_at: at })
          .where('shop_id', '=', shopId)
          .where('connection_id', '=', connectionId)
          .where('revoked_at', 'is', null)
          .executeTakeFirst();
        return done.numUpdatedRows > 0n;
      }),
    /** Remembers that a key was used. */
    markUsed: (shopId: ShopId, lookup: string, at: string): Promise<void> =>
      withShop(db, shopId, async (trx) => {
        await trx
          .updateTable('connection_key')
          .set({ last_used_at: at })
          .where('shop_id', '=', shopId)
          .where('lookup', '=', lookup)
          .execute();
      }),
  };
}

/** What `createConnectionStore` returns. */
export type ConnectionStore = ReturnType<typeof createConnectionStore>;

async function list(
  trx: Trx,
  shopId: ShopId,
): Promise<(ConnectionRow & { readonly keys: readonly KeyRow[] })[]> {
  const rows = await trx
    .selectFrom('connection')
    .selectAll()
    .where('shop_id', '=', shopId)
    .execute();
  const keys = await trx
    .selectFrom('connection_key')
    .selectAll()
    .where('shop_id', '=', shopId)
    .orderBy('created_at', 'desc')
    .execute();
  const byConnection = Map.groupBy(keys, (key) => key.connection_id);
  return rows
    .map((row) => ({
      ...toConnection(row),
      keys: (byConnection.get(row.connection_id) ?? []).map(toKey),
    }))
    .toSorted((a, b) => compareIds(a.name, b.name) || compareIds(a.connectionId, b.connectionId));
}

async function findKey(trx: Trx, shopId: ShopId, lookup: string): Promise<StoredKey | undefined> {
  const key = await trx
    .selectFrom('connection_key')
    .selectAll()
    .where('shop_id', '=', shopId)
    .where('lookup', '=', lookup)
    .executeTakeFirst();
  if (key === undefined) return undefined;
  const row = await trx
    .selectFrom('connection')
    .selectAll()
    .where('shop_id', '=', shopId)
    .where('connection_id', '=', key.connection_id)
    .executeTakeFirstOrThrow();
  return { ...toKey(key), secretHash: key.secret_hash, connection: toConnection(row) };
}

type Selected<Table extends keyof ConnectionTables> = {
  readonly [Column in keyof ConnectionTables[Table]]: ConnectionTables[Table][Column] extends InstantColumn
    ? Temporal.Instant
    : ConnectionTables[Table][Column] extends NullableInstantColumn
      ? Temporal.Instant | null
      : ConnectionTables[Table][Column];
};

function toConnection(row: Selected<'connection'>): ConnectionRow {
  return {
    connectionId: row.connection_id,
    name: row.name,
    kind: row.kind,
    scopes: row.scopes,
    nodeIds: row.node_ids,
    channel: row.channel,
    createdAt: row.created_at.toString(),
    createdBy: row.created_by,
    revokedAt: row.revoked_at?.toString() ?? null,
  };
}

function toKey(row: Selected<'connection_key'>): KeyRow {
  return {
    lookup: row.lookup,
    createdAt: row.created_at.toString(),
    endsAt: row.ends_at?.toString() ?? null,
    lastUsedAt: row.last_used_at?.toString() ?? null,
  };
}

async function insertConnection(trx: Trx, shopId: ShopId, row: ConnectionRow): Promise<void> {
  await trx
    .insertInto('connection')
    .values({
      shop_id: shopId,
      connection_id: row.connectionId,
      name: row.name,
      kind: row.kind,
      scopes: [...row.scopes],
      node_ids: [...row.nodeIds],
      channel: row.channel,
      created_at: row.createdAt,
      created_by: row.createdBy,
    })
    .execute();
}

async function insertKey(
  trx: Trx,
  shopId: ShopId,
  key: NewKey & { readonly connectionId: string; readonly createdAt: string },
): Promise<void> {
  await trx
    .insertInto('connection_key')
    .values({
      shop_id: shopId,
      lookup: key.lookup,
      connection_id: key.connectionId,
      secret_hash: key.secretHash,
      created_at: key.createdAt,
    })
    .execute();
}

async function rotate(
  trx: Trx,
  shopId: ShopId,
  rotation: NewKey & {
    readonly connectionId: string;
    readonly endsAt: string;
    readonly createdAt: string;
  },
): Promise<boolean> {
  // The connection's row is held, so that of two rotations at once the second ends the first one's key.
  const { rows } = await sql`
    select from connection where shop_id = ${shopId} and connection_id = ${rotation.connectionId}
      and revoked_at is null for update`.execute(trx);
  if (rows.length === 0) return false;
  await trx
    .updateTable('connection_key')
    .set({ ends_at: rotation.endsAt })
    .where('shop_id', '=', shopId)
    .where('connection_id', '=', rotation.connectionId)
    .where('ends_at', 'is', null)
    .execute();
  await insertKey(trx, shopId, rotation);
  return true;
}
