/**
 * With which token may we call a shop right now, and is the shop still ours to call?
 *
 * In: a verified session token at the merchant's first load; later only the shop. Out: an access token good for at
 * least five minutes more, or the refusal `not_connected`.
 * Invariants: both halves of a pair are sealed at rest; a refresh holds the row's lock, so two replicas refresh
 * once; a new pair is committed before anyone uses it (Shopify keeps the old refresh token until the new one is
 * used, so a lost answer is repeated safely); after an uninstall there is no token and no call.
 */
import type { Kysely, Transaction } from 'kysely';
import type { ShopId } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import { type InstantColumn, type NullableInstantColumn, withShop } from '../platform/database.ts';
import type { TokenEndpoint, TokenPair, TokenRefusal } from './token-endpoint.ts';
import type { Vault } from './token-vault.ts';

type ConnectionTables = {
  shopify_token: {
    shop_id: string;
    access_token: string;
    access_expires_at: InstantColumn;
    refresh_token: string;
    refresh_expires_at: InstantColumn;
    scopes: string;
    version: number;
    updated_at: InstantColumn;
  };
  shop: {
    shop_id: string;
    installed_at: InstantColumn;
    uninstalled_at: NullableInstantColumn;
  };
};

/** What the connection needs; `now` is the process's clock. */
export type ConnectionDeps = {
  readonly db: Kysely<unknown>;
  readonly endpoint: TokenEndpoint;
  readonly vault: Vault;
  readonly now: () => Temporal.Instant;
};

/** A shop we may call, and whether this was its first load (then it is provisioned). */
export type Connected = { readonly isNew: boolean; readonly scopes: readonly string[] };

// Refreshed this long before the end, so that no call starts with a token that dies on the way.
const REFRESH_EARLY_SECONDS = 300;

// What was read this short a time ago holds: a burst of orders asks once. A shop that left meanwhile answers 401.
const REMEMBERED_MILLISECONDS = 5_000;
const SHOPS_REMEMBERED = 10_000;

/** What was read of a shop and when; forgotten when this process changes it. */
function createMemory<Value>(now: () => Temporal.Instant) {
  type Read = { readonly value: Value; readonly readAt: Temporal.Instant };
  const known = new Map<ShopId, Read & { readonly until: Temporal.Instant | undefined }>();
  return {
    get: (shopId: ShopId): Value | undefined => {
      const found = known.get(shopId);
      if (found === undefined) return undefined;
      const { value, readAt, until } = found;
      const ageMs = now().since(readAt).total('milliseconds');
      const isPast = until !== undefined && Temporal.Instant.compare(now(), until) >= 0;
      return ageMs >= 0 && ageMs < REMEMBERED_MILLISECONDS && !isPast ? value : undefined;
    },
    /** `until`: it does not hold from then on, however short a time ago it was read. */
    set: (shopId: ShopId, value: Value, until?: Temporal.Instant): void => {
      if (known.size >= SHOPS_REMEMBERED) known.clear();
      known.set(shopId, { value, until, readAt: now() });
    },
    forget: (shopId: ShopId): void => {
      known.delete(shopId);
    },
  };
}

/** Builds the service. */
export function createConnections(deps: ConnectionDeps) {
  const db = deps.db.withTables<ConnectionTables>();
  const tokens = createMemory<Result<string, TokenRefusal>>(deps.now);
  const installed = createMemory<true>(deps.now);
  // What is read while it changes may be of before: forgotten before and behind.
  const changing = async <Value>(shopId: ShopId, change: () => Promise<Value>): Promise<Value> => {
    const forget = () => {
      tokens.forget(shopId);
      installed.forget(shopId);
    };
    forget();
    return await change().finally(forget);
  };
  const readToken = async (shopId: ShopId) => {
    const found = await accessToken(deps, db, shopId);
    if (!found.ok) return found;
    const { token, goodUntil } = found.value;
    tokens.set(shopId, { ok: true, value: token }, goodUntil);
    return { ok: true, value: token } as const;
  };
  const readInstalled = async (shopId: ShopId) => {
    const isInstalled = await withShop(
      db,
      shopId,
      async (trx) => (await loadShop(trx, shopId))?.uninstalled_at === null,
    );
    if (isInstalled) installed.set(shopId, true);
    return isInstalled;
  };
  return {
    /** At an authenticated load: makes sure a living pair is stored, exchanging the session token when none is. */
    connect: (shopId: ShopId, sessionToken: string) =>
      changing(shopId, () => connect(deps, db, shopId, sessionToken)),
    /** A token good for at least five minutes more. */
    accessToken: async (shopId: ShopId) => tokens.get(shopId) ?? (await readToken(shopId)),
    /** After Shopify said 401 to `rejected`: the pair is refreshed unless another process already did. */
    replaceToken: (shopId: ShopId, rejected: string): Promise<Result<string, TokenRefusal>> =>
      changing(shopId, async () => {
        const found = await accessToken(deps, db, shopId, rejected);
        return found.ok ? { ok: true, value: found.value.token } : found;
      }),
    /** What the merchant granted, with what a write scope brings along; none when not connected. */
    grantedScopes: (shopId: ShopId): Promise<readonly string[]> =>
      withShop(db, shopId, async (trx) => {
        const row = await trx
          .selectFrom('shopify_token')
          .select('scopes')
          .where('shop_id', '=', shopId)
          .executeTakeFirst();
        return row === undefined ? [] : splitScopes(row.scopes);
      }),
    /** Records scopes as Shopify announces them. */
    saveScopes: (shopId: ShopId, scopes: readonly string[]): Promise<void> =>
      withShop(db, shopId, async (trx) => {
        await trx
          .updateTable('shopify_token')
          .set({ scopes: scopes.join(','), updated_at: deps.now().toString() })
          .where('shop_id', '=', shopId)
          .execute();
      }),
    /** True while the app is installed. */
    isInstalled: async (shopId: ShopId): Promise<boolean> =>
      installed.get(shopId) ?? (await readInstalled(shopId)),
    /**
     * Forgets the tokens and marks the shop as gone, unless it came back after `at` (webhooks arrive late and out of
     * order). Says whether it was.
     */
    disconnect: (shopId: ShopId, at: Temporal.Instant): Promise<boolean> =>
      changing(shopId, () => withShop(db, shopId, (trx) => disconnect(trx, shopId, at))),
  };
}

/** What `createConnections` returns. */
export type Connections = ReturnType<typeof createConnections>;

type Trx = Transaction<ConnectionTables>;

async function connect(
  deps: ConnectionDeps,
  db: Kysely<ConnectionTables>,
  shopId: ShopId,
  sessionToken: string,
): Promise<Result<Connected, TokenRefusal>> {
  const known = await withShop(db, shopId, async (trx) => ({
    shop: await loadShop(trx, shopId),
    token: await loadToken(trx, shopId),
  }));
  const isInstalled = known.shop?.uninstalled_at === null;
  if (isInstalled && known.token !== undefined && isFresh(known.token, deps.now(), undefined)) {
    return { ok: true, value: { isNew: false, scopes: splitScopes(known.token.scopes) } };
  }
  const exchanged = await deps.endpoint.exchange(shopId, sessionToken);
  if (!exchanged.ok) return exchanged;
  await withShop(db, shopId, async (trx) => {
    await saveShop(trx, shopId, deps.now());
    await savePair(trx, deps, shopId, exchanged.value);
  });
  return { ok: true, value: { isNew: !isInstalled, scopes: splitScopes(exchanged.value.scopes) } };
}

/** A token and until when it is used. */
type LivingToken = { readonly token: string; readonly goodUntil: Temporal.Instant };

async function accessToken(
  deps: ConnectionDeps,
  db: Kysely<ConnectionTables>,
  shopId: ShopId,
  rejected?: string,
): Promise<Result<LivingToken, TokenRefusal>> {
  const open = (sealed: string) => deps.vault.open(sealed, `${shopId}:access`);
  const stored = await withShop(db, shopId, (trx) => loadToken(trx, shopId));
  if (stored === undefined) return notConnected('no_token');
  const current = open(stored.access_token);
  if (isFresh(stored, deps.now(), rejected === current ? rejected : undefined)) {
    return { ok: true, value: { token: current, goodUntil: goodUntil(stored) } };
  }
  return await withShop(db, shopId, async (trx): Promise<Result<LivingToken, TokenRefusal>> => {
    const locked = await loadToken(trx, shopId, 'for update');
    if (locked === undefined) return notConnected('no_token');
    const token = open(locked.access_token);
    if (isFresh(locked, deps.now(), token === rejected ? rejected : undefined)) {
      return { ok: true, value: { token, goodUntil: goodUntil(locked) } };
    }
    const refreshToken = deps.vault.open(locked.refresh_token, `${shopId}:refresh`);
    const refreshed = await deps.endpoint.refresh(shopId, refreshToken);
    if (!refreshed.ok) return refreshed;
    await savePair(trx, deps, shopId, refreshed.value);
    // Its end is read with it the next time.
    return { ok: true, value: { token: refreshed.value.accessToken, goodUntil: deps.now() } };
  });
}

// `rejected` is set when Shopify refused this very token: then it is not fresh, whatever its time says.
function isFresh(
  row: { access_expires_at: Temporal.Instant },
  now: Temporal.Instant,
  rejected: string | undefined,
): boolean {
  if (rejected !== undefined) return false;
  return Temporal.Instant.compare(now, goodUntil(row)) < 0;
}

function goodUntil(row: { access_expires_at: Temporal.Instant }): Temporal.Instant {
  return row.access_expires_at.subtract({ seconds: REFRESH_EARLY_SECONDS });
}

async function loadToken(trx: Trx, shopId: ShopId, lock?: 'for update') {
  const query = trx.selectFrom('shopify_token').selectAll().where('shop_id', '=', shopId);
  return await (lock === undefined ? query : query.forUpdate()).executeTakeFirst();
}

async function loadShop(trx: Trx, shopId: ShopId) {
  return await trx.selectFrom('shop').selectAll().where('shop_id', '=', shopId).executeTakeFirst();
}

async function saveShop(trx: Trx, shopId: ShopId, now: Temporal.Instant): Promise<void> {
  const at = now.toString();
  await trx
    .insertInto('shop')
    .values({ shop_id: shopId, installed_at: at, uninstalled_at: null })
    .onConflict((conflict) =>
      conflict
        .column('shop_id')
        .doUpdateSet({ installed_at: at, uninstalled_at: null })
        .where('shop.uninstalled_at', 'is not', null),
    )
    .execute();
}

async function savePair(
  trx: Trx,
  deps: ConnectionDeps,
  shopId: ShopId,
  pair: TokenPair,
): Promise<void> {
  const now = deps.now();
  const row = {
    access_token: deps.vault.seal(pair.accessToken, `${shopId}:access`),
    access_expires_at: now.add({ seconds: Math.floor(pair.expiresInSeconds) }).toString(),
    refresh_token: deps.vault.seal(pair.refreshToken, `${shopId}:refresh`),
    refresh_expires_at: now.add({ seconds: Math.floor(pair.refreshExpiresInSeconds) }).toString(),
    scopes: pair.scopes,
    updated_at: now.toString(),
  };
  await trx
    .insertInto('shopify_token')
    .values({ shop_id: shopId, version: 1, ...row })
    .onConflict((conflict) =>
      conflict.column('shop_id').doUpdateSet((expression) => ({
        ...row,
        version: expression('shopify_token.version', '+', 1),
      })),
    )
    .execute();
}

async function disconnect(trx: Trx, shopId: ShopId, at: Temporal.Instant): Promise<boolean> {
  const shop = await loadShop(trx, shopId);
  if (shop === undefined || shop.uninstalled_at !== null) return false;
  if (Temporal.Instant.compare(shop.installed_at, at) > 0) return false;
  await trx.deleteFrom('shopify_token').where('shop_id', '=', shopId).execute();
  await trx
    .updateTable('shop')
    .set({ uninstalled_at: at.toString() })
    .where('shop_id', '=', shopId)
    .execute();
  return true;
}

/** Scopes as granted: a write scope brings its read scope along. */
export function splitScopes(text: string): readonly string[] {
  const asked = text.split(',').flatMap((scope) => scope.trim() || []);
  const implied = asked.flatMap((scope) =>
    scope.startsWith('write_') ? scope.replace('write_', 'read_') : [],
  );
  return [...new Set([...asked, ...implied])].toSorted();
}

function notConnected(reason: string): Result<never, TokenRefusal> {
  return { ok: false, refusal: { code: 'not_connected', reason } };
}
