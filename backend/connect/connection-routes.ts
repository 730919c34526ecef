/**
 * Connections and the error view in the admin app: `/api/admin/connections`.
 *
 * In: JSON of a merchant's user with a session token. Out: connections with their keys' dates (a key's secret once, when it
 * is made), flows by the hour, refused events and their replay. docs/connect.md describes each answer.
 */
import { Router } from 'express';
import { z } from 'zod';
import type { ShopId } from '../base/ids.ts';
import { type AdminHandler, type AuthenticateAdmin, asAdmin } from '../console/admin.ts';
import { parseInput } from '../console/input.ts';
import { sendRefusal } from '../http/problem.ts';
import type { ActivityStore } from './activity-store.ts';
import type { ConnectionService } from './connections.ts';
import type { Replay } from './replay.ts';
import { CONNECTION_KINDS, SCOPES } from './scopes.ts';

/** What the endpoints stand on. */
export type ConnectionRouteDependencies = {
  readonly authenticateAdmin: AuthenticateAdmin;
  readonly connections: ConnectionService;
  readonly activity: ActivityStore;
  readonly replay: Replay;
  readonly nodesOf: (shopId: ShopId) => Promise<readonly string[]>;
  readonly now: () => Temporal.Instant;
};

const name = z.string().trim().min(1).max(80);
const newConnectionSchema = z.strictObject({
  name,
  kind: z.enum(CONNECTION_KINDS),
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
  nodeIds: z.array(z.string().min(1).max(255)).max(1_000).default([]),
  channel: z.string().min(1).max(120).nullable().default(null),
});

// A day is time enough to change a system over; a week for one that is changed by hand in each store.
const OVERLAP_MINUTES = { usual: 24 * 60, most: 7 * 24 * 60 };
const rotateSchema = z.strictObject({
  overlapMinutes: z.int().min(0).max(OVERLAP_MINUTES.most).default(OVERLAP_MINUTES.usual),
});

const activitySchema = z.object({
  hours: z.coerce
    .number()
    .int()
    .min(1)
    .max(31 * 24)
    .default(24),
});

const REFUSED_A_PAGE = 50;
const refusedSchema = z.object({
  connectionId: z.string().max(120).optional(),
  lastAt: z.iso.datetime().regex(/^20/).optional(),
  eventKey: z.string().max(600).optional(),
});
const chosenSchema = z.strictObject({
  connectionId: z.string().min(1).max(120),
  eventKeys: z.array(z.string().min(1).max(600)).min(1).max(1_000),
});

/** The router; `main.ts` mounts it at `/api/admin/connections` with JSON bodies. */
export function connectionRoutes(deps: ConnectionRouteDependencies): Router {
  const router = Router();
  const admin = (handle: AdminHandler) => asAdmin(deps.authenticateAdmin, handle);
  router.get('/', admin(list(deps)));
  router.post('/', admin(create(deps)));
  router.get('/activity', admin(readActivity(deps)));
  router.get('/refused', admin(listRefused(deps)));
  router.post('/refused/replay', admin(replay(deps)));
  router.post('/refused/set-aside', admin(setAside(deps)));
  router.post('/:connectionId/rotate', admin(rotate(deps)));
  router.post('/:connectionId/revoke', admin(revoke(deps)));
  return router;
}

function list({ connections, activity, nodesOf }: ConnectionRouteDependencies): AdminHandler {
  return async ({ shopId }, _request, response) => {
    const [rows, refused] = await Promise.all([
      connections.list(shopId),
      activity.countRefused(shopId),
    ]);
    response.json({
      connections: rows.map((row) => ({
        ...row,
        openRefused: refused.get(row.connectionId) ?? 0,
      })),
      nodes: await nodesOf(shopId),
    });
  };
}

function create({ connections }: ConnectionRouteDependencies): AdminHandler {
  return async ({ shopId, userId }, request, response) => {
    const input = parseInput(newConnectionSchema, request.body);
    if (!input.ok) return sendRefusal(response, input.refusal);
    response.status(201).json(await connections.create(shopId, input.value, userId));
  };
}

function rotate({ connections }: ConnectionRouteDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(rotateSchema, request.body ?? {});
    if (!input.ok) return sendRefusal(response, input.refusal);
    const id = String(request.params['connectionId']);
    const rotated = await connections.rotate(shopId, id, input.value.overlapMinutes);
    if (rotated.ok) response.json(rotated.value);
    else sendRefusal(response, rotated.refusal);
  };
}

function revoke({ connections }: ConnectionRouteDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const revoked = await connections.revoke(shopId, String(request.params['connectionId']));
    if (revoked.ok) response.status(204).end();
    else sendRefusal(response, revoked.refusal);
  };
}

function readActivity({ activity, now }: ConnectionRouteDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(activitySchema, request.query);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const from = now()
      .subtract({ hours: input.value.hours - 1 })
      .round({ smallestUnit: 'hour', roundingMode: 'floor' });
    response.json({ hours: await activity.readHours(shopId, from.toString()) });
  };
}

function listRefused({ activity }: ConnectionRouteDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(refusedSchema, request.query);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const { connectionId, lastAt, eventKey } = input.value;
    const after = lastAt === undefined ? undefined : { lastAt, eventKey: eventKey ?? '' };
    const events = await activity.listRefused(shopId, {
      connectionId,
      after,
      limit: REFUSED_A_PAGE,
    });
    response.json({ events, hasMore: events.length === REFUSED_A_PAGE });
  };
}

function replay(deps: ConnectionRouteDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(chosenSchema, request.body);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const replayed = await deps.replay(shopId, input.value);
    if (replayed.ok) response.json(replayed.value);
    else sendRefusal(response, replayed.refusal);
  };
}

function setAside({ activity, now }: ConnectionRouteDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(chosenSchema, request.body);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const count = await activity.setAside(shopId, { ...input.value, at: now().toString() });
    response.json({ setAside: count });
  };
}
