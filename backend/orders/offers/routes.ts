/**
 * How does a store's desk see and answer its offers?
 *
 * `GET /offers`, `POST /offers/:id/claim`, `POST /offers/:id/refuse`, and `GET /events`, a stream of server-sent events that
 * tells within a second what concerns the store. The desk's identity decides which store it is, never the request: an
 * offer of another store is not told from one that does not exist. Bodies are untrusted.
 */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { ShopId } from '../../base/ids.ts';
import { type InvalidInput, type Result, refuseInput } from '../../base/result.ts';
import type { DeskEvent } from './feed/desk-events.ts';
import type { DeskFeed } from './feed/service.ts';
import { type OfferRefusal, REFUSAL_REASONS, type RefusalReason } from './offers.ts';
import type { OfferService } from './service.ts';

/** Whose desk it is. */
export type DeskIdentity = {
  readonly shopId: ShopId;
  readonly nodeId: string;
  /** Who works at it. */
  readonly person: string;
};

/** What the routes stand on. `Refusal`: why a desk is not let in. */
export type OfferRouteDependencies<Refusal> = {
  readonly offers: OfferService;
  readonly feed: Pick<DeskFeed, 'subscribe' | 'onStop'>;
  readonly deskOf: (request: Request) => Promise<Result<DeskIdentity, Refusal & { code: string }>>;
  readonly sendRefusal: (
    response: Response,
    refusal: (Refusal & { code: string }) | OfferRefusal | InvalidInput,
  ) => void;
};

const REASONS = Object.keys(REFUSAL_REASONS) as [RefusalReason, ...RefusalReason[]];
const refusalSchema = z.strictObject({
  reason: z.enum(REASONS),
  amiss: z
    .array(
      z.strictObject({
        sku: z.string().min(1).max(255),
        quantity: z.int().min(1).max(100_000),
      }),
    )
    .max(500)
    .optional(),
});

/** The routes of a desk, to be mounted under its path; bodies are JSON. */
export function offerRoutes<Refusal>(deps: OfferRouteDependencies<Refusal>): Router {
  const router = Router();
  const atDesk =
    (handle: (desk: DeskIdentity, request: Request, response: Response) => Promise<void>) =>
    async (request: Request, response: Response) => {
      response.set('cache-control', 'no-store');
      const desk = await deps.deskOf(request);
      if (desk.ok) await handle(desk.value, request, response);
      else deps.sendRefusal(response, desk.refusal);
    };
  const idOf = (request: Request) => String(request.params['id']);

  router.get(
    '/offers',
    atDesk(async ({ shopId, nodeId }, _request, response) => {
      response.json(await deps.offers.list(shopId, nodeId));
    }),
  );
  router.post(
    '/offers/:id/claim',
    atDesk(async ({ shopId, ...desk }, request, response) => {
      const answer = await deps.offers.claim(shopId, { ...desk, offerId: idOf(request) });
      if (answer.ok) response.json(answer.value);
      else deps.sendRefusal(response, answer.refusal);
    }),
  );
  router.post(
    '/offers/:id/refuse',
    atDesk(async ({ shopId, ...desk }, request, response) => {
      const body = refusalSchema.safeParse(request.body);
      if (!body.success) return deps.sendRefusal(response, unreadable(request.body).refusal);
      const { reason, amiss } = body.data;
      const no = {
        ...desk,
        offerId: idOf(request),
        reason,
        ...(amiss === undefined ? {} : { amiss }),
      };
      const answer = await deps.offers.refuse(shopId, no);
      if (answer.ok) response.json(answer.value);
      else deps.sendRefusal(response, answer.refusal);
    }),
  );
  router.get(
    '/events',
    atDesk((desk, _request, response) => streamEvents(deps.feed, desk, response)),
  );
  return router;
}

function unreadable(body: unknown) {
  const reason: unknown =
    typeof body === 'object' && body !== null && 'reason' in body ? body.reason : body;
  return refuseInput({
    pointer: '/reason',
    value: reason,
    allowed: `{reason, amiss?}: a reason of ${REASONS.join(', ')}; amiss a list of {sku, quantity}, 1 to 100,000 units each`,
    remedy: 'Say why the store does not take it, and which units are missing or damaged.',
  });
}

// Proxies close what is silent for a minute.
const HEARTBEAT_MILLISECONDS = 20_000;
// A desk that does not read is let go: it connects again and asks for the list.
const UNREAD_BYTES_MAX = 1_000_000;

async function streamEvents(
  feed: Pick<DeskFeed, 'subscribe' | 'onStop'>,
  { shopId, nodeId }: DeskIdentity,
  response: Response,
): Promise<void> {
  const send = (event: DeskEvent) => {
    if (response.writableLength > UNREAD_BYTES_MAX) return response.destroy();
    // What one reading tells leaves together.
    if (response.writableCorked === 0) {
      response.cork();
      setImmediate(() => response.uncork());
    }
    return response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  };
  const leave = await feed.subscribe(shopId, nodeId, send);
  response.set({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  // The list asked for after this line misses nothing.
  response.write('event: listening\ndata: {}\n\n');
  const heartbeat = setInterval(() => response.write(': \n\n'), HEARTBEAT_MILLISECONDS);
  heartbeat.unref();
  const forget = feed.onStop(() => response.end());
  response.once('close', () => {
    clearInterval(heartbeat);
    forget();
    leave();
  });
}
