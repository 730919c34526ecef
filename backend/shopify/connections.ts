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

/** Builds the service. */
export function createConnections(deps: ConnectionDeps) {
  const db = deps.db.withTables<ConnectionTables>();
  return {
    /** At an authenticated load: makes sure a living pair is stored, exchanging the session token when none is. */
    connect: (shopId: ShopId, sessionToken: string) => connect(deps, db, shopId, sessionToken),
    /** A token good for at least five minutes more. */
    accessToken: (shopId: ShopId) => accessToken(deps, db, shopId),
    /** After Shopify said 401 to `rejected`: the pair is refreshed unless another process already did. */
    replaceToken: (shopId: ShopId, rejected: string) => accessToken(deps, db, shopId, rejected),
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
    isInstalled: (shopId: ShopId): Promise<boolean> =>
      withShop(db, shopId, async (trx) => (await loadShop(trx, shopId))?.uninstalled_at === null),
    /**
     * Forgets the tokens and marks the shop as gone, unless it came back after `at` (webhooks arrive late and out of
     * order). Says whether it was.
     */
    disconnect: (shopId: ShopId, at: Temporal.Instant): Promise<boolean> =>
      withShop(db, shopId, (trx) => disconnect(trx, shopId, at)),
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

async function accessToken(
  deps: ConnectionDeps,
  db: Kysely<ConnectionTables>,
  shopId: ShopId,
  rejected?: string,
): Promise<Result<string, TokenRefusal>> {
  const open = (sealed: string) => deps.vault.open(sealed, `${shopId}:access`);
  const stored = await withShop(db, shopId, (trx) => loadToken(trx, shopId));
  if (stored === undefined) return notConnected('no_token');
  const current = open(stored.access_token);
  if (isFresh(stored, deps.now(), rejected === current ? rejected : undefined)) {
    return { ok: true, value: current };
  }
  return await withShop(db, shopId, async (trx): Promise<Result<string, TokenRefusal>> => {
    const locked = await loadToken(trx, shopId, 'for update');
    if (locked === undefined) return notConnected('no_token');
    const token = open(locked.access_token);
    if (isFresh(locked, deps.now(), token === rejected ? rejected : undefined)) {
      return { ok: true, value: token };
    }
    const refreshToken = deps.vault.open(locked.refresh_token, `${shopId}:refresh`);
    const refreshed = await deps.endpoint.refresh(shopId, refreshToken);
    if (!refreshed.ok) return refreshed;
    await savePair(trx, deps, shopId, refreshed.value);
    return { ok: true, value: refreshed.value.accessToken };
  });
}

// `rejected` is set when Shopify refused this very token: then it is not fresh, whatever its time says.
function isFresh(
  row: { access_expires_at: Temporal.Instant },
  now: Temporal.Instant,
  rejected: string | undefined,
): boolean {
  if (rejected !== undefined) return false;
  const latest = row.access_expires_at.subtract({ seconds: REFRESH_EARLY_SECONDS });
  return Temporal.Instant.compare(now, latest) < 0;
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
