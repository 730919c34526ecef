/**
 * Which shop does a rate callback belong to, and may it come unsigned?
 *
 * In: the token in the callback's address. Out: its shop, or nothing. The address is `<shop>~<192 random bits>`, so
 * that the row can be looked up inside that shop's own row-level security; only the SHA-256 of the random part is
 * stored, compared in constant time (platform decision 9).
 * Invariants: one live token a shop; after a rotation the old one works one hour more; what was read is kept in
 * memory for a minute, and longer while Postgres is away: a callback never waits on a slow database for this.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import { LRUCache } from 'lru-cache';
import { parseShopId, type ShopId } from '../base/ids.ts';
import { TransientError } from '../base/result.ts';
import { type InstantColumn, type NullableInstantColumn, withShop } from '../platform/database.ts';

type RateTokenTables = {
  rate_token: {
    shop_id: string;
    token_hash: string;
    created_at: InstantColumn;
    ends_at: NullableInstantColumn;
  };
};

/** Old tokens work this long after a rotation: Shopify may still hold the old address. */
const OVERLAP_MINUTES = 60;
const REREAD_AFTER_MS = 60_000;
const REREAD_PAUSE_MS = 1_000;
// A flood of invented tokens may not push out real shops: unknown shops are remembered apart, briefly.
const MOST_SHOPS_HELD = 10_000;
const UNKNOWN_FOR_MS = 10_000;
const RANDOM_BYTES = 24;
const SEPARATOR = '~';

type Hash = { readonly hash: Buffer; readonly endsAt: Temporal.Instant | null };
type Held = { readonly hashes: readonly Hash[]; readonly readAtMs: number };

type RateTokenDeps = {
  readonly db: Kysely<unknown>;
  readonly now: () => Temporal.Instant;
};

export function createRateTokens(deps: RateTokenDeps) {
  const db = deps.db.withTables<RateTokenTables>();
  const hashes = createHashCache(db, deps.now);
  return {
    /** The shop whose live (or for an hour still good) token this is. */
    shopOfRateToken: async (token: string): Promise<ShopId | undefined> => {
      const at = token.indexOf(SEPARATOR);
      const shop = parseShopId(`${token.slice(0, Math.max(0, at))}.myshopify.com`, '/token');
      if (!shop.ok) return undefined;
      const given = hashOf(token.slice(at + 1));
      if (isLive(await hashes.of(shop.value), given, deps.now())) return shop.value;
      // Another replica may have made this token a moment ago.
      const fresh = await hashes.reread(shop.value);
      return isLive(fresh, given, deps.now()) ? shop.value : undefined;
    },

    /** Makes a new token; the one before works an hour more. Says the token, which is stored nowhere. */
    rotate: async (shopId: ShopId): Promise<string> => {
      const random = randomBytes(RANDOM_BYTES).toString('base64url');
      await withShop(db, shopId, (trx) => replaceLive(trx, shopId, hashOf(random), deps.now()));
      hashes.forget(shopId);
      return `${shopId.slice(0, -'.myshopify.com'.length)}${SEPARATOR}${random}`;
    },

    /** Ends every token of the shop at once (uninstall). */
    end: async (shopId: ShopId): Promise<void> => {
      await withShop(db, shopId, async (trx) => {
        await trx.deleteFrom('rate_token').where('shop_id', '=', shopId).execute();
      });
      hashes.forget(shopId);
    },
  };
}

/** What `createRateTokens` returns. */
export type RateTokens = ReturnType<typeof createRateTokens>;

function hashOf(random: string): Buffer {
  return createHash('sha256').update(random).digest();
}

function isLive(hashes: readonly Hash[], given: Buffer, now: Temporal.Instant): boolean {
  return hashes.some(
    ({ hash, endsAt }) =>
      timingSafeEqual(hash, given) &&
      (endsAt === null || Temporal.Instant.compare(now, endsAt) < 0),
  );
}

async function replaceLive(
  trx: Transaction<RateTokenTables>,
  shopId: ShopId,
  hash: Buffer,
  now: Temporal.Instant,
): Promise<void> {
  // Two rotations at once: the second waits here and ends the first one's token.
  await sql`select pg_advisory_xact_lock(hashtext(${`rate token ${shopId}`}))`.execute(trx);
  const own = () => trx.updateTable('rate_token').where('shop_id', '=', shopId);
  const endsAt = now.add({ minutes: OVERLAP_MINUTES }).toString();
  await own().set({ ends_at: endsAt }).where('ends_at', 'is', null).execute();
  await trx
    .deleteFrom('rate_token')
    .where('shop_id', '=', shopId)
    .where('ends_at', '<=', now)
    .execute();
  await trx
    .insertInto('rate_token')
    .values({
      shop_id: shopId,
      token_hash: hash.toString('base64url'),
      created_at: now.toString(),
      ends_at: null,
    })
    .execute();
}

// Hashes by shop, in memory. What is known but old is read again beside the answer; only an unknown shop waits.
function createHashCache(db: Kysely<RateTokenTables>, now: () => Temporal.Instant) {
  const held = new LRUCache<ShopId, Held>({ max: MOST_SHOPS_HELD });
  const unknown = new LRUCache<ShopId, true>({ max: MOST_SHOPS_HELD, ttl: UNKNOWN_FOR_MS });
  const loading = new Map<ShopId, Promise<readonly Hash[]>>();

  const load = async (shopId: ShopId): Promise<readonly Hash[]> => {
    const hashes = await readHashes(db, shopId);
    if (hashes.length > 0) {
      held.set(shopId, { hashes, readAtMs: now().epochMilliseconds });
    } else {
      held.delete(shopId);
      unknown.set(shopId, true);
    }
    return hashes;
  };
  const loadOnce = (shopId: ShopId): Promise<readonly Hash[]> => {
    const running = loading.get(shopId);
    if (running !== undefined) return running;
    const started = load(shopId).finally(() => loading.delete(shopId));
    loading.set(shopId, started);
    return started;
  };
  return {
    of: async (shopId: ShopId): Promise<readonly Hash[]> => {
      const known = held.get(shopId);
      if (known === undefined) return unknown.has(shopId) ? [] : await loadOnce(shopId);
      // A simulated clock may jump back: that is old too.
      const ageMs = Math.abs(now().epochMilliseconds - known.readAtMs);
      if (ageMs >= REREAD_AFTER_MS) {
        loadOnce(shopId).catch((error: unknown) => {
          if (!(error instanceof TransientError)) throw error;
        });
      }
      return known.hashes;
    },
    /** Read again, at most once a second a shop: guessing costs the database nothing more. */
    reread: async (shopId: ShopId): Promise<readonly Hash[]> => {
      const known = held.get(shopId);
      if (known === undefined) return [];
      const ageMs = Math.abs(now().epochMilliseconds - known.readAtMs);
      return ageMs < REREAD_PAUSE_MS ? known.hashes : await loadOnce(shopId);
    },
    forget: (shopId: ShopId) => {
      held.delete(shopId);
      unknown.delete(shopId);
    },
  };
}

async function readHashes(db: Kysely<RateTokenTables>, shopId: ShopId): Promise<readonly Hash[]> {
  return await withShop(db, shopId, async (trx) => {
    const rows = await trx
      .selectFrom('rate_token')
      .select(['token_hash', 'ends_at'])
      .where('shop_id', '=', shopId)
      .execute();
    return rows.map((row) => ({
      hash: Buffer.from(row.token_hash, 'base64url'),
      endsAt: row.ends_at,
    }));
  });
}
