/**
 * Who may ask to hold units, and how?
 *
 * `POST /api/reservations/checkout` from the checkout extension (session token of a checkout, open to opaque origins):
 * the shop comes from the token, the reservation's key is the checkout's. `POST /v1/reservations`, `DELETE
 * /v1/reservations/:id` and `POST /v1/reservations/:id/extend` from other systems, whose connection speaks for one shop
 * and, when the merchant bound it, for one channel. Bodies are untrusted; a checkout is told only whether it holds.
 */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { ShopId } from '../../base/ids.ts';
import { type InvalidInput, type Result, refuseInput } from '../../base/result.ts';
import {
  type CheckoutReservationRequest,
  parseCheckoutReservation,
} from '../../contract/checkout-reservation.ts';
import { pickupKey } from '../../contract/destination.ts';
import type { LiveShop } from '../service.ts';
import { reservationAskSchema } from './ask-schema.ts';
import type { ReservationAsk, ReservationRefusal } from './reservations.ts';
import type { EndedRefusal, ReservationService } from './service.ts';

/** What these routes may refuse with. */
export type ReservationRouteRefusal =
  | ReservationRefusal
  | EndedRefusal
  | InvalidInput
  | { readonly code: 'unauthorized' }
  | { readonly code: 'foreign_channel'; readonly channel: string; readonly allowed: string };

type SendRefusal = (response: Response, refusal: ReservationRouteRefusal) => void;

/** What the checkout's route stands on. */
export type CheckoutReservationDependencies = {
  readonly reservations: Pick<ReservationService, 'reserve'>;
  readonly openShop: (shopId: ShopId) => Promise<LiveShop | undefined>;
  readonly shopOfBuyer: (request: Request) => Promise<ShopId | undefined>;
  readonly sendRefusal: SendRefusal;
};

/** Where checkouts of the online store are. */
export const ONLINE_CHANNEL = 'online';

/** The route under `/api/reservations`. */
export function checkoutReservationRoutes(deps: CheckoutReservationDependencies): Router {
  const router = Router();
  router.use(allowOpaqueOrigins);
  router.post('/checkout', async (request, response) => {
    const shopId = await deps.shopOfBuyer(request);
    if (shopId === undefined) return deps.sendRefusal(response, { code: 'unauthorized' });
    const parsed = parseCheckoutReservation(request.body);
    if (!parsed.ok) return deps.sendRefusal(response, parsed.refusal);
    const live = await deps.openShop(shopId);
    const ask = live === undefined ? undefined : askOfCheckout(live, parsed.value);
    const done = ask === undefined ? undefined : await deps.reservations.reserve(shopId, ask);
    response.json({ held: done?.ok ?? false });
  });
  return router;
}

// Extensions run in a worker without an origin; there is no cookie to protect, the token alone decides.
const allowOpaqueOrigins: RequestHandler = (request, response, next) => {
  response.set({
    'access-control-allow-origin': '*',
    'access-control-allow-headers': 'authorization, content-type',
    'access-control-allow-methods': 'POST, OPTIONS',
    'access-control-max-age': '600',
    'cache-control': 'no-store',
  });
  if (request.method === 'OPTIONS') response.status(204).end();
  else next();
};

// A line we do not know is not ours to hold; the others are.
function askOfCheckout(
  live: LiveShop,
  asked: CheckoutReservationRequest,
): ReservationAsk | undefined {
  const lines = asked.lines.flatMap(({ variantId, quantity }) => {
    const sku = live.skuOfVariant.get(variantId.slice(variantId.lastIndexOf('/') + 1));
    return sku !== undefined && live.snapshot.skuIndex.has(sku) ? [{ sku, quantity }] : [];
  });
  if (lines.length === 0) return undefined;
  const slot = slotOfPickup(live, asked.pickup);
  return {
    channel: ONLINE_CHANNEL,
    key: asked.checkoutToken,
    customerTags: [],
    lines,
    ...(slot === undefined ? {} : { slot }),
  };
}

// Shopify gives no id of a pickup place: one that could be two of ours is none (platform decision 6).
function slotOfPickup(
  { snapshot }: LiveShop,
  pickup: CheckoutReservationRequest['pickup'],
): ReservationAsk['slot'] {
  if (pickup === undefined) return undefined;
  const found = snapshot.nodes.filter(
    ({ source }) => source.offersPickup && pickupKey(source) === pickup.key,
  );
  const [node] = found;
  if (node === undefined || found.length > 1) return undefined;
  return { nodeId: node.id, startsAt: pickup.from };
}

/** A system that calls, as its key says. */
export type ReservationCaller = {
  readonly shopId: ShopId;
  readonly connectionId: string;
  /** The one channel it may speak for; null: any. */
  readonly channel: string | null;
};

/** What the routes for other systems stand on. */
export type ReservationRouteDependencies = {
  readonly reservations: Pick<ReservationService, 'reserve' | 'extend' | 'release'>;
  /** Lets only callers through who may reserve. */
  readonly asCaller: (
    handle: (caller: ReservationCaller, request: Request, response: Response) => Promise<void>,
  ) => RequestHandler;
  /** The parsed body; undefined when a refusal was sent already. */
  readonly readJson: (
    request: Request,
    response: Response,
  ) => Promise<{ json: unknown } | undefined>;
  readonly sendRefusal: SendRefusal;
};

/** The router of `/v1/reservations`; it reads its bodies itself. */
export function reservationRoutes(deps: ReservationRouteDependencies): Router {
  const router = Router();
  const { reservations, sendRefusal } = deps;
  const answer = (response: Response, done: Result<object, ReservationRouteRefusal>) => {
    if (done.ok) response.json(done.value);
    else sendRefusal(response, done.refusal);
  };
  router.post(
    '/',
    deps.asCaller(async (caller, request, response) => {
      const body = await deps.readJson(request, response);
      if (body === undefined) return;
      const ask = parseAsk(caller, body.json);
      if (!ask.ok) return sendRefusal(response, ask.refusal);
      answer(response, await reservations.reserve(caller.shopId, ask.value));
    }),
  );
  router.post(
    '/:id/extend',
    deps.asCaller(async (caller, request, response) => {
      const { shopId } = caller;
      answer(response, await reservations.extend(shopId, idOf(request), prefixOf(caller)));
    }),
  );
  router.delete(
    '/:id',
    deps.asCaller(async (caller, request, response) => {
      const { shopId } = caller;
      answer(response, await reservations.release(shopId, idOf(request), prefixOf(caller)));
    }),
  );
  return router;
}

/** Two systems may choose the same key, and neither may touch a checkout's. */
function prefixOf({ connectionId }: ReservationCaller): string {
  return `${connectionId} `;
}

function idOf(request: Request): string {
  const { id } = request.params;
  return typeof id === 'string' ? id : '';
}

function parseAsk(
  caller: ReservationCaller,
  json: unknown,
): Result<ReservationAsk, ReservationRouteRefusal> {
  const parsed = reservationAskSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuseInput({
      pointer: `/${(issue?.path ?? []).map(String).join('/')}`,
      allowed: issue?.message ?? 'a reservation as docs/connect.md describes it',
      remedy: 'Correct the body as docs/connect.md shows it and send it again.',
    });
  }
  const { channel = caller.channel, key, ...rest } = parsed.data;
  if (channel === null) {
    return refuseInput({
      pointer: '/channel',
      allowed: 'the channel the units are sold on; this connection is bound to none',
      remedy: 'Name the channel as the merchant named it in Kept.',
    });
  }
  if (caller.channel !== null && caller.channel !== channel) {
    const refusal = { code: 'foreign_channel', channel, allowed: caller.channel } as const;
    return { ok: false, refusal };
  }
  return { ok: true, value: { ...rest, channel, key: `${prefixOf(caller)}${key}` } };
}
