/**
 * The order desk's endpoints, `/api/admin/orders…`.
 *
 * In: JSON of a merchant's user with a session token. Out: JSON, or a problem document that says what stands in the
 * way. Every action can be asked for as a preview first, by the same words.
 */
import { Router } from 'express';
import { sendRefusal } from '../../http/problem.ts';
import type { CareService } from '../../orders/care/service.ts';
import type { RouteService } from '../../orders/route/service.ts';
import { parseRoutingSettings } from '../../routing/settings.ts';
import { type AdminHandler, type AuthenticateAdmin, asAdmin } from '../admin.ts';
import { parseInput } from '../input.ts';
import {
  actSchema,
  atRiskSchema,
  draftSchema,
  orderSchema,
  ordersSchema,
  previewSchema,
} from './orders-input.ts';

const PAGE_SIZE = 50;

/** What the endpoints stand on. */
export type OrderDesk = {
  readonly authenticateAdmin: AuthenticateAdmin;
  readonly care: Pick<CareService, 'search' | 'list' | 'atRisk' | 'readPage' | 'preview' | 'act'>;
  readonly route: Pick<RouteService, 'dryRun'>;
};

/** The router; mounted at `/api/admin/orders` with JSON bodies. */
export function orderRoutes(desk: OrderDesk): Router {
  const router = Router();
  const admin = (handle: AdminHandler) => asAdmin(desk.authenticateAdmin, handle);
  router.get('/', admin(readOrders(desk)));
  router.get('/at-risk', admin(readAtRisk(desk)));
  router.get('/:orderId', admin(readOrder(desk)));
  router.get('/:orderId/dry-run', admin(dryRun(desk)));
  router.post('/:orderId/dry-run', admin(dryRunDraft(desk)));
  router.post('/:orderId/preview', admin(preview(desk)));
  router.post('/:orderId/actions', admin(act(desk)));
  return router;
}

function readOrders({ care }: OrderDesk): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(ordersSchema, request.query);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const { queue, search, page } = input.value;
    const part = { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE };
    const found =
      search === ''
        ? await care.list(shopId, { queue, ...part })
        : await care.search(shopId, { text: search, ...part });
    response.json({ page, ...found });
  };
}

function readAtRisk({ care }: OrderDesk): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(atRiskSchema, request.query);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const { page } = input.value;
    const found = await care.atRisk(shopId, { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE });
    response.json({ page, ...found });
  };
}

function readOrder({ care }: OrderDesk): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(orderSchema, request.params);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const page = await care.readPage(shopId, input.value.orderId);
    if (page === undefined) return sendRefusal(response, { code: 'order_unknown', ...input.value });
    response.json(page);
  };
}

function dryRun({ route }: OrderDesk): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(orderSchema, request.params);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const decision = await route.dryRun(shopId, input.value.orderId);
    if (decision === undefined) {
      return sendRefusal(response, { code: 'order_unknown', ...input.value });
    }
    response.json({ decision });
  };
}

function dryRunDraft({ route }: OrderDesk): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(draftSchema, { ...bodyOf(request.body), ...request.params });
    if (!input.ok) return sendRefusal(response, input.refusal);
    const { orderId } = input.value;
    const settings = parseRoutingSettings(input.value.settings);
    if (!settings.ok) {
      const { pointer } = settings.refusal;
      return sendRefusal(response, { ...settings.refusal, pointer: `/settings${pointer}` });
    }
    const decision = await route.dryRun(shopId, orderId, undefined, settings.value);
    if (decision === undefined) return sendRefusal(response, { code: 'order_unknown', orderId });
    response.json({ decision });
  };
}

function preview({ care }: OrderDesk): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(previewSchema, { ...bodyOf(request.body), ...request.params });
    if (!input.ok) return sendRefusal(response, input.refusal);
    const previewed = await care.preview(shopId, input.value.orderId, input.value.action);
    if (previewed.ok) response.json(previewed.value);
    else sendRefusal(response, previewed.refusal);
  };
}

function act({ care }: OrderDesk): AdminHandler {
  return async ({ shopId, userId }, request, response) => {
    const input = parseInput(actSchema, { ...bodyOf(request.body), ...request.params });
    if (!input.ok) return sendRefusal(response, input.refusal);
    const { orderId, actionId, action } = input.value;
    const done = await care.act(shopId, orderId, { actionId, action, actor: userId });
    if (done.ok) response.json(done.value);
    else sendRefusal(response, done.refusal);
  };
}

function bodyOf(body: unknown): object {
  return typeof body === 'object' && body !== null ? body : {};
}
