/**
 * Stock files in the admin app: `/api/admin/imports`.
 *
 * In: a file as the body of a request, then decisions as JSON, with a merchant's session token. Out: the import and its
 * progress, a preview, the wrong rows as a file. docs/connect.md describes each answer.
 */
import { Readable } from 'node:stream';
import express, { type Request, Router } from 'express';
import { z } from 'zod';
import { type AdminHandler, type AuthenticateAdmin, asAdmin } from '../console/admin.ts';
import { parseInput } from '../console/input.ts';
import { sendRefusal } from '../http/problem.ts';
import { importOptionsSchema } from './import-options.ts';
import type { Imports } from './imports.ts';

/** What the endpoints stand on. */
export type ImportRouteDependencies = {
  readonly authenticateAdmin: AuthenticateAdmin;
  readonly imports: Imports;
};

const uploadSchema = z.object({ fileName: z.string().trim().min(1).max(255) });
// Without options the preview shows the guess.
const previewSchema = z.strictObject({ options: importOptionsSchema.optional() });
const startSchema = z.strictObject({ options: importOptionsSchema });

/** The router; `main.ts` mounts it at `/api/admin/imports`, bodies its own. */
export function importRoutes(deps: ImportRouteDependencies): Router {
  const router = Router();
  const admin = (handle: AdminHandler) => asAdmin(deps.authenticateAdmin, handle);
  const json = express.json({ limit: '64kb' });
  router.get('/', admin(list(deps)));
  router.post('/', admin(upload(deps)));
  router.get('/:importId', admin(read(deps)));
  router.get('/:importId/errors.csv', admin(readErrors(deps)));
  router.post('/:importId/preview', json, admin(preview(deps)));
  router.post('/:importId/start', json, admin(start(deps)));
  router.post('/:importId/cancel', admin(cancel(deps)));
  return router;
}

const idOf = (request: Request) => String(request.params['importId']);

function list({ imports }: ImportRouteDependencies): AdminHandler {
  return async ({ shopId }, _request, response) => {
    response.json({ imports: await imports.list(shopId) });
  };
}

function upload({ imports }: ImportRouteDependencies): AdminHandler {
  return async ({ shopId, userId }, request, response) => {
    const input = parseInput(uploadSchema, request.query);
    if (!input.ok) return sendRefusal(response, input.refusal);
    if (request.get('content-encoding') !== undefined) {
      const reason = 'a file is sent as it is, without Content-Encoding';
      return sendRefusal(response, { code: 'malformed_request', reason });
    }
    const { fileName } = input.value;
    const file = { fileName, author: userId, pieces: piecesOf(request) };
    const uploaded = await imports.upload(shopId, file);
    if (uploaded.ok) response.status(201).json(uploaded.value);
    else {
      response.set('connection', 'close');
      sendRefusal(response, uploaded.refusal);
    }
  };
}

// A caller who goes away in the middle is no fault of ours; the app knows it by this type.
async function* piecesOf(request: Request): AsyncGenerator<Buffer> {
  try {
    for await (const piece of request) yield piece;
  } catch (cause) {
    throw Object.assign(new Error('the body ended early', { cause }), { type: 'request.aborted' });
  }
}

function read({ imports }: ImportRouteDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const found = await imports.read(shopId, idOf(request));
    if (found.ok) response.json(found.value);
    else sendRefusal(response, found.refusal);
  };
}

function preview({ imports }: ImportRouteDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(previewSchema, request.body ?? {});
    if (!input.ok) return sendRefusal(response, input.refusal);
    const looked = await imports.preview(shopId, idOf(request), input.value.options);
    if (looked.ok) response.json(looked.value);
    else sendRefusal(response, looked.refusal);
  };
}

function start({ imports }: ImportRouteDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(startSchema, request.body);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const started = await imports.start(shopId, idOf(request), input.value.options);
    if (started.ok) response.status(202).json(started.value);
    else sendRefusal(response, started.refusal);
  };
}

function cancel({ imports }: ImportRouteDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const canceled = await imports.cancel(shopId, idOf(request));
    if (canceled.ok) response.json(canceled.value);
    else sendRefusal(response, canceled.refusal);
  };
}

function readErrors({ imports }: ImportRouteDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const found = await imports.read(shopId, idOf(request));
    if (!found.ok) return sendRefusal(response, found.refusal);
    response.set({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="errors.csv"',
    });
    Readable.from(imports.errorsCsv(shopId, found.value)).pipe(response);
  };
}
