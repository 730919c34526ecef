/**
 * Which systems may call `/v1` for a shop, and is this key one of theirs?
 *
 * In: what a merchant decides (make, rotate, revoke) and keys as callers show them. Out: a new key, once; for a shown key
 * its connection, or why not. Invariants: a wrong key never learns whether its shop or connection exists; a revocation
 * holds at once on this replica, and on every other as soon as the bus or ten seconds tell it (docs/decisions/0071).
 */
import { LRUCache } from 'lru-cache';
import type { ShopId } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import type { Bus } from '../platform/bus.ts';
import type { Log } from '../platform/log.ts';
import type { ConnectionRow, ConnectionStore, KeyRow, StoredKey } from './connection-store.ts';
import { isSameHash, makeKey, type ShownKey } from './key.ts';
import type { ConnectionKind, Scope } from './scopes.ts';

/** A connection whose key was shown and holds. */
export type Caller = ConnectionRow & { readonly shopId: ShopId };

/** Why a shown key does not hold. */
export type KeyRefusal =
  | { readonly code: 'wrong_key' }
  | { readonly code: 'revoked_key'; readonly revokedAt: string }
  | { readonly code: 'ended_key'; readonly endedAt: string };

/** What a merchant says of a new connection. */
export type NewConnection = {
  readonly name: string;
  readonly kind: ConnectionKind;
  readonly scopes: readonly Scope[];
  readonly nodeIds: readonly string[];
  readonly channel: string | null;
};

/** A connection as the console shows it. */
export type ConnectionView = ConnectionRow & { readonly keys: readonly KeyRow[] };

type NotFound = { readonly code: 'not_found' };

type ConnectionDependencies = {
  readonly store: ConnectionStore;
  readonly bus: Bus;
  readonly newId: () => string;
  readonly now: () => Temporal.Instant;
  readonly monotonicMilliseconds: () => number;
  readonly log: Log;
};

const TOPIC = 'connections';
// How long a revocation may go unseen on a replica that did not hear of it.
const HELD_FOR_MILLISECONDS = 10_000;
const MOST_HELD = 10_000;
// "Last used" is for a person's eyes: one write a minute and key is enough.
const MARK_EVERY_MILLISECONDS = 60_000;

/** Builds the service; it follows the bus until `stop`. */
export function createConnectionService(deps: ConnectionDependencies) {
  const keys = createKeyMemory(deps);
  const stop = deps.bus.subscribe(TOPIC, keys.forgetAll);
  const changed = async () => {
    keys.forgetAll();
    await deps.bus.publish(TOPIC, 'changed');
  };
  return {
    list: (shopId: ShopId): Promise<ConnectionView[]> => deps.store.list(shopId),

    /** Makes a connection; `key` is said here and never again. */
    create: async (
      shopId: ShopId,
      asked: NewConnection,
      author: string,
    ): Promise<{ readonly connectionId: string; readonly key: string }> => {
      const connectionId = `con_${deps.newId()}`;
      const made = makeKey(shopId);
      const createdAt = deps.now().toString();
      const row = { ...asked, connectionId, createdAt, createdBy: author, revokedAt: null };
      await deps.store.create(shopId, row, made);
      return { connectionId, key: made.key };
    },

    /** A second key; the one before works for `overlapMinutes` more. */
    rotate: async (
      shopId: ShopId,
      connectionId: string,
      overlapMinutes: number,
    ): Promise<Result<{ readonly key: string; readonly endsAt: string }, NotFound>> => {
      const made = makeKey(shopId);
      const now = deps.now();
      const endsAt = now.add({ minutes: overlapMinutes }).toString();
      const rotation = { ...made, connectionId, endsAt, createdAt: now.toString() };
      if (!(await deps.store.rotate(shopId, rotation))) return NOT_FOUND;
      await changed();
      return { ok: true, value: { key: made.key, endsAt } };
    },

    /** Ends a connection; every key of it is refused from now on. */
    revoke: async (shopId: ShopId, connectionId: string): Promise<Result<null, NotFound>> => {
      const done = await deps.store.revoke(shopId, connectionId, deps.now().toString());
      if (!done) return NOT_FOUND;
      await changed();
      return { ok: true, value: null };
    },

    /** Whose key this is. Throws `TransientError` when it is not in memory and the database is away. */
    authenticate: async (shown: ShownKey): Promise<Result<Caller, KeyRefusal>> => {
      const stored = await keys.find(shown);
      if (stored === undefined || !isSameHash(stored.secretHash, shown.secretHash)) {
        return { ok: false, refusal: { code: 'wrong_key' } };
      }
      const refusal = endOf(stored, deps.now());
      if (refusal !== undefined) return { ok: false, refusal };
      keys.used(shown);
      return { ok: true, value: { ...stored.connection, shopId: shown.shopId } };
    },
    stop,
  };
}

/** What `createConnectionService` returns. */
export type ConnectionService = ReturnType<typeof createConnectionService>;

const NOT_FOUND = { ok: false, refusal: { code: 'not_found' } } as const;

// Only somebody who knows the secret learns that a key has ended.
function endOf({ connection, endsAt }: StoredKey, now: Temporal.Instant): KeyRefusal | undefined {
  if (connection.revokedAt !== null) {
    return { code: 'revoked_key', revokedAt: connection.revokedAt };
  }
  if (endsAt === null || Temporal.Instant.compare(now, Temporal.Instant.from(endsAt)) < 0) {
    return undefined;
  }
  return { code: 'ended_key', endedAt: endsAt };
}

type Held = { readonly key: StoredKey | undefined; readonly readAt: number };

function createKeyMemory({ store, now, monotonicMilliseconds, log }: ConnectionDependencies) {
  const held = new LRUCache<string, Held>({ max: MOST_HELD });
  const marked = new LRUCache<string, number>({ max: MOST_HELD });
  let generation = 0;
  return {
    find: async ({ shopId, lookup }: ShownKey): Promise<StoredKey | undefined> => {
      const name = `${shopId} ${lookup}`;
      const known = held.get(name);
      const startedAt = monotonicMilliseconds();
      if (known !== undefined && startedAt - known.readAt < HELD_FOR_MILLISECONDS) return known.key;
      const before = generation;
      const key = await store.findKey(shopId, lookup);
      // What was read before a revocation was announced is used once and not kept.
      if (before === generation) held.set(name, { key, readAt: startedAt });
      return key;
    },
    used: ({ shopId, lookup }: ShownKey): void => {
      const name = `${shopId} ${lookup}`;
      const at = monotonicMilliseconds();
      if (at - (marked.get(name) ?? -Infinity) < MARK_EVERY_MILLISECONDS) return;
      marked.set(name, at);
      store.markUsed(shopId, lookup, now().toString()).catch((error: unknown) => {
        log.warn({ event: 'key_use_not_marked', shop: shopId, error });
      });
    },
    forgetAll: (): void => {
      generation += 1;
      held.clear();
    },
  };
}
