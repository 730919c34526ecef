/**
 * Which shop may this request speak for?
 *
 * Three doors: the admin page (session token of a merchant's user; its first load connects the shop), the extensions in
 * checkout and customer account (session token of a buyer), the storefront (signed by the app proxy). The shop comes
 * from the token or signature alone, and must have the app installed. What the handler does with it is its business.
 */
import type { Request } from 'express';
import type { ShopId } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import type { Log } from '../platform/log.ts';
import type { Connections } from './connections.ts';
import { type SessionSurface, verifySessionToken } from './session-token.ts';
import { type AppSecrets, shopOfSignedQuery } from './signature.ts';

export type SessionGateDeps = {
  readonly clientId: string;
  readonly secrets: AppSecrets;
  readonly connections: Connections;
  readonly log: Log;
  readonly now: () => Temporal.Instant;
  /** Called once a shop was connected for the first time, or again after an uninstall. */
  onInstalled(shopId: ShopId): Promise<void>;
};

/** A merchant's user in a shop. */
export type AdminUser = { readonly shopId: ShopId; readonly userId: string };

type Unauthorized = { readonly code: 'unauthorized' };

// Installed shops are asked for at every buyer's request; a minute is how long an uninstall may go unseen.
const REMEMBER_MS = 60_000;
const MOST_REMEMBERED = 10_000;

export function createSessionGate(deps: SessionGateDeps) {
  const installed = createMemory(deps);
  const rulesOf = (surface: SessionSurface) => {
    const nowSeconds = Math.trunc(deps.now().epochMilliseconds / 1_000);
    return { clientId: deps.clientId, secrets: deps.secrets, surface, nowSeconds };
  };
  const verify = (request: Request, surface: SessionSurface) => {
    const token = tokenIn(request.get('authorization'));
    return { token, session: verifySessionToken(token, rulesOf(surface)) };
  };
  return {
    /** The merchant's user; the first load of a shop exchanges its token and starts provisioning. */
    authenticateAdmin: async (request: Request): Promise<Result<AdminUser, Unauthorized>> => {
      const { token, session } = verify(request, 'admin');
      if (!session.ok) return { ok: false, refusal: { code: 'unauthorized' } };
      const { shopId, subject } = session.value;
      const connected = await deps.connections.connect(shopId, token);
      if (!connected.ok) {
        const { code, reason } = connected.refusal;
        deps.log.warn({ event: 'connect_refused', shop: shopId, code, reason });
        return { ok: false, refusal: { code: 'unauthorized' } };
      }
      if (connected.value.isNew) await deps.onInstalled(shopId);
      return { ok: true, value: { shopId, userId: subject ?? '' } };
    },

    /** The shop whose user a session token of Shopify POS names, which is made like the admin's. */
    shopOfPos: async (authorization: string | undefined): Promise<ShopId | undefined> => {
      const token = tokenIn(authorization);
      const session = verifySessionToken(token, rulesOf('admin'));
      if (!session.ok) return undefined;
      return (await installed.has(session.value.shopId)) ? session.value.shopId : undefined;
    },

    /** The shop of a checkout or customer-account session token. */
    shopOfBuyer: async (request: Request): Promise<ShopId | undefined> => {
      const { session } = verify(request, 'checkout');
      if (!session.ok) return undefined;
      return (await installed.has(session.value.shopId)) ? session.value.shopId : undefined;
    },

    /** The shop of a request through the app proxy. */
    shopOfProxy: async (request: Request): Promise<ShopId | undefined> => {
      const at = request.originalUrl.indexOf('?');
      const query = new URLSearchParams(at < 0 ? '' : request.originalUrl.slice(at + 1));
      const nowSeconds = Math.trunc(deps.now().epochMilliseconds / 1_000);
      const shopId = shopOfSignedQuery(query, deps.secrets, nowSeconds);
      return shopId !== undefined && (await installed.has(shopId)) ? shopId : undefined;
    },

    /** Forgets what is remembered of a shop, so that an uninstall is seen here at once. */
    forget: (shopId: ShopId): void => installed.forget(shopId),
  };
}

function tokenIn(authorization: string | undefined): string {
  return /^Bearer ([\w.-]+)$/.exec(authorization ?? '')?.[1] ?? '';
}

/** What `createSessionGate` returns. */
export type SessionGate = ReturnType<typeof createSessionGate>;

function createMemory({ connections, now }: SessionGateDeps) {
  const seen = new Map<ShopId, number>();
  return {
    has: async (shopId: ShopId): Promise<boolean> => {
      const nowMs = now().epochMilliseconds;
      const seenAtMs = seen.get(shopId);
      if (seenAtMs !== undefined && Math.abs(nowMs - seenAtMs) < REMEMBER_MS) return true;
      const isInstalled = await connections.isInstalled(shopId);
      seen.delete(shopId);
      if (!isInstalled) return false;
      const [oldest] = seen.keys();
      if (seen.size >= MOST_REMEMBERED && oldest !== undefined) seen.delete(oldest);
      seen.set(shopId, nowMs);
      return true;
    },
    forget: (shopId: ShopId) => {
      seen.delete(shopId);
    },
  };
}
