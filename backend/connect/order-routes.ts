/**
 * `POST /v1/orders` and `GET /v1/orders/{externalId}`: orders of marketplaces and own apps.
 *
 * In: up to 100 orders with a connection's key. Out: 200 and a verdict for each, in order; 422 says that the envelope is
 * wrong and nothing was looked at. Accepted means stored and enqueued: what comes of it is read by the order's own name.
 * A connection sees its own orders and no others.
 */
import { type Request, type Response, Router } from 'express';
import type { ShopId } from '../base/ids.ts';
import { parseInput } from '../console/input.ts';
import { sendRefusal } from '../http/problem.ts';
import type { PostedOrders, PostedView } from '../orders/posted/service.ts';
import type { LiveShop } from '../stock/service.ts';
import { readJsonBody } from './body.ts';
import type { Caller } from './connections.ts';
import { asCaller, type GateDependencies } from './gate.ts';
import type { IntakeStore } from './intake-store.ts';
import { checkOrder, type OrderRules } from './order-rows.ts';
import {
  type OrderAnswer,
  type OrdersAnswer,
  type OrderVerdict,
  ordersEnvelope,
  postedOrderSchema,
} from './order-schemas.ts';
import { latestInstant } from './stock-rows.ts';

/** What the endpoints stand on. */
export type OrderRouteDependencies = GateDependencies & {
  readonly posted: Pick<PostedOrders, 'post' | 'view'>;
  readonly store: Pick<IntakeStore, 'record'>;
  readonly openShop: (shopId: ShopId) => Promise<LiveShop | undefined>;
  readonly now: () => Temporal.Instant;
};

/** The router; mounted at `/v1/orders`, bodies its own. */
export function orderRoutes(deps: OrderRouteDependencies): Router {
  const router = Router();
  router.post(
    '/',
    asCaller(deps, 'orders:write', (caller, request, response) =>
      take(deps, { caller, request, response }),
    ),
  );
  router.get(
    '/:externalId',
    asCaller(deps, 'orders:write', async ({ shopId, connectionId }, request, response) => {
      const asked = postedOrderSchema.shape.externalId.safeParse(request.params['externalId']);
      // What no order can be called, no order is called.
      if (!asked.success) return sendRefusal(response, { code: 'not_found' });
      const name = asked.data;
      const view = await deps.posted.view(shopId, connectionId, name);
      if (view === undefined) sendRefusal(response, { code: 'not_found' });
      else response.json(toAnswer(name, view));
    }),
  );
  return router;
}

type Asked = { readonly caller: Caller; readonly request: Request; readonly response: Response };

async function take(deps: OrderRouteDependencies, asked: Asked): Promise<void> {
  const { caller, request, response } = asked;
  const body = await readJsonBody(request, response);
  if (!body.ok) return sendRefusal(response, body.refusal);
  const envelope = parseInput(ordersEnvelope, body.value.json);
  if (!envelope.ok) return sendRefusal(response, envelope.refusal);
  const rules = rulesOf(await deps.openShop(caller.shopId), caller, deps.now());
  const verdicts: OrderVerdict[] = [];
  // One after the other: the same order twice in one request is taken twice, in its order.
  for (const [place, row] of envelope.value.orders.entries()) {
    verdicts.push(await takeOne(deps, caller, checkOrder(row, place, rules), place));
  }
  const answer = summed(verdicts);
  const { accepted: booked, unchanged } = answer;
  const trace = { connectionId: caller.connectionId, at: deps.now(), booked, unchanged };
  await deps.store.record(caller.shopId, { ...trace, refused: [], settledKeys: [] });
  response.json(answer);
}

async function takeOne(
  deps: OrderRouteDependencies,
  { shopId, connectionId }: Caller,
  checked: ReturnType<typeof checkOrder>,
  place: number,
): Promise<OrderVerdict> {
  const { externalId } = checked;
  if ('refusal' in checked) return { externalId, verdict: 'refused', ...checked.refusal };
  const outcome = await deps.posted.post(shopId, connectionId, checked.order);
  if (outcome !== 'contradicts') return { externalId, verdict: outcome };
  return {
    externalId,
    verdict: 'refused',
    code: 'updated_at_reused',
    pointer: `/orders/${place}/updatedAt`,
    detail: `This order is known with other content as of ${checked.order.updatedAt}. Post it with the instant at which it changed.`,
  };
}

function rulesOf(live: LiveShop | undefined, caller: Caller, now: Temporal.Instant): OrderRules {
  const { snapshot } = live ?? {};
  return {
    hasSku: (sku) => snapshot?.skuIndex.has(sku) ?? false,
    hasNode: (nodeId) => snapshot?.nodeIndex.has(nodeId) ?? false,
    hasService: (code) => snapshot?.serviceIndex.has(code) ?? false,
    channel: caller.channel,
    nodeIds: caller.nodeIds,
    latest: latestInstant(now),
  };
}

function summed(verdicts: OrderVerdict[]): OrdersAnswer {
  const count = (...of: OrderVerdict['verdict'][]) =>
    verdicts.filter(({ verdict }) => of.includes(verdict)).length;
  return {
    accepted: count('accepted'),
    unchanged: count('unchanged', 'older'),
    refused: count('refused'),
    verdicts,
  };
}

function toAnswer(externalId: string, view: PostedView): OrderAnswer {
  const { order, promise: row, works, parcels } = view;
  const promise =
    row?.promise === undefined
      ? null
      : {
          status: row.status,
          promisedOn: row.promise.promisedOn,
          ...row.promise.window,
          timeZone: row.promise.timeZone,
        };
  return {
    externalId,
    state: order.state,
    holdReason: order.holdReason,
    isWorkedIn: order.takenInVersion === order.version,
    promise,
    works: works.map((work) => ({ ...work, lines: [...work.lines] })),
    parcels: parcels.map((parcel) => ({ ...parcel, lines: [...parcel.lines] })),
  };
}
