/**
 * Stores' desks in the admin app: `/api/admin/desks`.
 *
 * In: JSON of a merchant's user with a session token. Out: devices and people by node; a pairing code with the link that
 * opens the desk's page on a phone, said once. PINs come in and never go out.
 */
import { Router } from 'express';
import { z } from 'zod';
import type { ShopId } from '../base/ids.ts';
import { type AdminHandler, type AuthenticateAdmin, asAdmin } from '../console/admin.ts';
import { parseInput } from '../console/input.ts';
import { sendRefusal } from '../http/problem.ts';
import { ROLES } from '../orders/desk/access/access.ts';
import type { DeskAccess } from '../orders/desk/access/service.ts';

/** What the endpoints stand on. */
export type DeskAdminDependencies = {
  readonly authenticateAdmin: AuthenticateAdmin;
  readonly access: DeskAccess;
  readonly nodesOf: (shopId: ShopId) => Promise<ReadonlyMap<string, string>>;
  /** Where shoppers and phones reach this service; no slash at the end. */
  readonly publicUrl: string;
};

const id = z.string().min(1).max(255);
const text = z.string().max(200);
const codeSchema = z.strictObject({ nodeId: id, deviceName: text });
const personSchema = z.strictObject({
  nodeId: id,
  name: text,
  role: z.enum(ROLES).default('staff'),
  pin: z.string().max(20),
});
const pinSchema = z.strictObject({ pin: z.string().max(20) });

/** The router; `main.ts` mounts it at `/api/admin/desks` with JSON bodies. */
export function deskAdminRoutes(deps: DeskAdminDependencies): Router {
  const router = Router();
  const admin = (handle: AdminHandler) => asAdmin(deps.authenticateAdmin, handle);
  router.get('/', admin(list(deps)));
  router.post('/codes', admin(createCode(deps)));
  router.post('/devices/:id/revoke', admin(revoke(deps)));
  router.post('/people', admin(addPerson(deps)));
  router.post('/people/:id/pin', admin(setPin(deps)));
  router.post('/people/:id/remove', admin(removePerson(deps)));
  return router;
}

function list({ access, nodesOf }: DeskAdminDependencies): AdminHandler {
  return async ({ shopId }, _request, response) => {
    const [nodes, devices, people] = await Promise.all([
      nodesOf(shopId),
      access.listDevices(shopId),
      access.listPeople(shopId),
    ]);
    response.json({
      nodes: [...nodes].map(([nodeId, name]) => ({ id: nodeId, name })),
      devices,
      people,
    });
  };
}

function createCode({ access, publicUrl }: DeskAdminDependencies): AdminHandler {
  return async ({ shopId, userId }, request, response) => {
    const input = parseInput(codeSchema, request.body);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const made = await access.createPairing(shopId, input.value, userId);
    if (!made.ok) return sendRefusal(response, made.refusal);
    const { code, expiresAt } = made.value;
    // The code stands behind the hash: no server and no log sees it.
    const url = `${publicUrl}/desk?shop=${shopId}#pair=${code}`;
    response.status(201).json({ code, expiresAt, url });
  };
}

function revoke({ access }: DeskAdminDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const isDone = await access.revokeDevice(shopId, String(request.params['id']));
    if (isDone) response.status(204).end();
    else sendRefusal(response, { code: 'not_found' });
  };
}

function addPerson({ access }: DeskAdminDependencies): AdminHandler {
  return async ({ shopId, userId }, request, response) => {
    const input = parseInput(personSchema, request.body);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const made = await access.addPerson(shopId, input.value, userId);
    if (made.ok) response.status(201).json(made.value);
    else sendRefusal(response, made.refusal);
  };
}

function setPin({ access }: DeskAdminDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(pinSchema, request.body);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const set = await access.setPin(shopId, String(request.params['id']), input.value.pin);
    if (!set.ok) return sendRefusal(response, set.refusal);
    if (set.value) response.status(204).end();
    else sendRefusal(response, { code: 'not_found' });
  };
}

function removePerson({ access }: DeskAdminDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const isDone = await access.removePerson(shopId, String(request.params['id']));
    if (isDone) response.status(204).end();
    else sendRefusal(response, { code: 'not_found' });
  };
}
