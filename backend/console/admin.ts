/**
 * What every endpoint of the console stands on: who asks, and what `main.ts` gives it.
 *
 * The connector authenticates, the policy keeps, the stock knows, the promise answers; the console only asks them in
 * the merchant's words. Function types of what comes from elsewhere are declared here and supplied at start.
 */
import type { Request, RequestHandler, Response } from 'express';
import type { ShopId } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import { type KnownRefusal, sendRefusal } from '../http/problem.ts';
import type { PostalPlaces } from '../network/geo/geocode.ts';
import type { WorldStockRow } from '../network/world.ts';
import type { Clock } from '../platform/clock.ts';
import type { PolicyService } from '../policy/service.ts';
import type { DateTester } from './date-tester.ts';
import type { StockImport } from './input.ts';
import type { ReadPolicyHistory } from './policy-history.ts';
import type { SetupAction, SetupView, ZoneChoice } from './setup-view.ts';
import type { SyncView } from './sync-view.ts';
import type { FiguresView, MovementView, ProductHit } from './view.ts';

/** A merchant's user in a shop, from a verified session token. */
export type AdminIdentity = { readonly shopId: ShopId; readonly userId: string };

/** Verifies the session token of a request to `/api/admin`. */
export type AuthenticateAdmin = (
  request: Request,
) => Promise<Result<AdminIdentity, { readonly code: 'unauthorized' }>>;

/** Everything the console asks of the rest of the service. */
export type ConsoleDependencies = {
  readonly authenticateAdmin: AuthenticateAdmin;
  readonly clock: Pick<Clock, 'now'>;
  readonly policy: Pick<PolicyService, 'read' | 'save'>;
  readonly readHistory: ReadPolicyHistory;
  /** The policy version that quotes of this replica are computed with now. */
  readonly versionInForce: (shopId: ShopId) => Promise<number>;
  readonly testDates: DateTester;
  readonly searchProducts: (
    shopId: ShopId,
    search: { readonly text: string; readonly limit: number },
  ) => Promise<readonly ProductHit[]>;
  /** Where a SKU is and what of it is on its way. */
  readonly readStock: (shopId: ShopId, sku: string) => Promise<readonly WorldStockRow[]>;
  /** What each channel may sell of a SKU now, and why; nothing for a SKU the shop does not have. */
  readonly readFigures: (
    shopId: ShopId,
    asked: { readonly sku: string; readonly customerTags: readonly string[] },
  ) => Promise<FiguresView | undefined>;
  /** What happened to a SKU at a node, the newest booked first. */
  readonly readMovements: (
    shopId: ShopId,
    asked: { readonly sku: string; readonly nodeId: string; readonly limit: number },
  ) => Promise<readonly MovementView[]>;
  /** How the way of stock to Shopify is. */
  readonly readSync: (shopId: ShopId) => Promise<SyncView>;
  /** Sends refused levels again; says how many. */
  readonly retryLevels: (
    shopId: ShopId,
    levels: readonly { readonly locationId: number; readonly itemId: number }[] | 'all',
  ) => Promise<number>;
  /** Writes rows and waits until quotes of this replica use them. A product keeps its Shopify numbers. */
  readonly importStock: (who: AdminIdentity, rows: StockImport) => Promise<Result<number>>;
  readonly readSetup: (shopId: ShopId) => Promise<SetupView>;
  readonly runSetupAction: (
    identity: AdminIdentity,
    asked: { readonly action: SetupAction; readonly zones: readonly ZoneChoice[] },
  ) => Promise<Result<SetupView, KnownRefusal>>;
  readonly places: readonly PostalPlaces[];
};

/** A handler that knows who asks; what it throws goes to the app's fault handler. */
export type AdminHandler = (
  identity: AdminIdentity,
  request: Request,
  response: Response,
) => Promise<void>;

/** Lets only verified requests through. App Bridge fetches a fresh token and tries again on this header. */
export function asAdmin(
  authenticateAdmin: AuthenticateAdmin,
  handle: AdminHandler,
): RequestHandler {
  return async (request, response) => {
    const identity = await authenticateAdmin(request);
    if (identity.ok) {
      response.set('cache-control', 'no-store');
      await handle(identity.value, request, response);
      return;
    }
    response.set('x-shopify-retry-invalid-session-request', '1');
    sendRefusal(response, identity.refusal);
  };
}
