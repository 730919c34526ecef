/**
 * How does a store's desk speak with us?
 *
 * Under `/api/desk`, for the phone page and the POS extension alike: `POST /pair`, `GET /me`, `POST /identify`, then as the
 * person at the device `GET /works`, `GET /works/:id`, `POST /works/:id/<act>` and `POST /put-back/:id`. Who speaks stands in headers (`x-kept-device`,
 * `x-kept-person`; in POS Shopify's session token and `x-kept-location` besides) and decides alone which store it is. POS
 * extensions run in a worker without an origin: there is no cookie to protect, so any origin may ask. Bodies are untrusted.
 */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { parseShopId, type ShopId } from '../../base/ids.ts';
import { type InvalidInput, type Result, refuseInput } from '../../base/result.ts';
import type { Pickups } from '../pickups/service.ts';
import {
  type AccessRefusal,
  DEVICE_KINDS,
  type Desk,
  type Device,
  type PairingRefusal,
  type PinRefusal,
} from './access/access.ts';
import { DESK_HEADERS, type DeskHeaders } from './access/gate/service.ts';
import type { DeskAccess } from './access/service.ts';
import type { DeskResult } from './act/service.ts';
import { type Asked, type DeskRefusal, SHORT_REASONS } from './desk.ts';
import type { DeskService } from './service.ts';

/** Everything these routes may refuse with. */
export type DeskRouteRefusal =
  | DeskRefusal
  | AccessRefusal
  | PairingRefusal
  | PinRefusal
  | InvalidInput
  | { readonly code: 'nothing_to_put_back'; readonly putBackId: string }
  | { readonly code: 'not_found' };

/** What they stand on. */
export type DeskRouteDependencies = {
  readonly desk: DeskService;
  readonly pickups: Pick<Pickups, 'listPutBack' | 'confirmPutBack'>;
  readonly access: Pick<DeskAccess, 'pair' | 'deviceOf' | 'deskOf' | 'identify' | 'listPeople'>;
  readonly nodesOf: (shopId: ShopId) => Promise<ReadonlyMap<string, string>>;
  /** Open offers of a node. */
  readonly countOffers: (shopId: ShopId, nodeId: string) => Promise<number>;
  readonly nodeOfLocation: (shopId: ShopId, locationId: string) => Promise<string | undefined>;
  readonly shopOfPos: (authorization: string | undefined) => Promise<ShopId | undefined>;
  readonly sendRefusal: (response: Response, refusal: DeskRouteRefusal) => void;
};

/** The headers by which a request says whose desk it is. */
export function deskHeaders(request: Request): DeskHeaders {
  return {
    device: request.get(DESK_HEADERS.device),
    person: request.get(DESK_HEADERS.person),
    authorization: request.get('authorization'),
    location: request.get(DESK_HEADERS.location),
  };
}

/** The routes, to be mounted at `/api/desk` with JSON bodies. */
export function deskRoutes(deps: DeskRouteDependencies): Router {
  const router = Router();
  const { desk, access } = deps;
  router.use(allowOpaqueOrigins);
  router.post('/pair', (request, response) => pair(deps, request, response));
  router.get('/me', async (request, response) => {
    const device = await access.deviceOf(deskHeaders(request));
    if (!device.ok) return deps.sendRefusal(response, device.refusal);
    response.json(await describeDevice(deps, device.value));
  });
  router.post('/identify', async (request, response) => {
    const device = await access.deviceOf(deskHeaders(request));
    const body = parse(identifySchema, request.body);
    if (!device.ok) return deps.sendRefusal(response, device.refusal);
    if (!body.ok) return deps.sendRefusal(response, body.refusal);
    const known = await access.identify(device.value, body.value);
    if (known.ok) response.json(known.value);
    else deps.sendRefusal(response, known.refusal);
  });
  router.get(
    '/works',
    atDesk(deps, async (who, _request, response) => {
      const putBack = await deps.pickups.listPutBack(who.shopId, who.nodeId);
      response.json({ ...(await desk.list(who)), putBack });
    }),
  );
  router.get(
    '/works/:id',
    atDesk(deps, async (who, request, response) => {
      const found = await desk.read(who, String(request.params['id']));
      if (found.ok) response.json({ work: found.value });
      else deps.sendRefusal(response, found.refusal);
    }),
  );
  router.post(
    '/works/:id/:act',
    atDesk(deps, (who, request, response) => runAct(deps, who, { request, response })),
  );
  router.post(
    '/put-back/:id',
    atDesk(deps, async ({ shopId, nodeId, person }, request, response) => {
      const putBackId = String(request.params['id']);
      const { personId } = person;
      const isDone = await deps.pickups.confirmPutBack(shopId, { putBackId, nodeId, personId });
      if (isDone) response.json({ putBackId });
      else deps.sendRefusal(response, { code: 'nothing_to_put_back', putBackId });
    }),
  );
  return router;
}

const allowOpaqueOrigins: RequestHandler = (request, response, next) => {
  response.set({
    'access-control-allow-origin': '*',
    'access-control-allow-headers': `authorization, content-type, ${Object.values(DESK_HEADERS).join(', ')}`,
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-max-age': '600',
    'cache-control': 'no-store',
  });
  if (request.method === 'OPTIONS') response.status(204).end();
  else next();
};

type DeskHandler = (desk: Desk, request: Request, response: Response) => Promise<void>;

function atDesk(
  { access, sendRefusal }: DeskRouteDependencies,
  handle: DeskHandler,
): RequestHandler {
  return async (request, response) => {
    const desk = await access.deskOf(deskHeaders(request));
    if (desk.ok) await handle(desk.value, request, response);
    else sendRefusal(response, desk.refusal);
  };
}

const pairSchema = z.strictObject({
  shop: z.string().max(120).optional(),
  code: z.string().min(1).max(40),
  kind: z.enum(DEVICE_KINDS).default('phone'),
});
const identifySchema = z.strictObject({
  personId: z.string().min(1).max(80),
  pin: z.string().min(1).max(20),
});

async function pair(
  deps: DeskRouteDependencies,
  request: Request,
  response: Response,
): Promise<void> {
  const body = parse(pairSchema, request.body);
  if (!body.ok) return deps.sendRefusal(response, body.refusal);
  const { code: text, kind } = body.value;
  const place = await placeOfPairing(deps, request, body.value);
  if (!place.ok) return deps.sendRefusal(response, place.refusal);
  const { shopId, atNodeId } = place.value;
  const paired = await deps.access.pair(shopId, { text, kind, atNodeId });
  if (!paired.ok) return deps.sendRefusal(response, paired.refusal);
  const { token, nodeId } = paired.value;
  const name = (await deps.nodesOf(shopId)).get(nodeId) ?? nodeId;
  response.status(201).json({ token, node: { id: nodeId, name } });
}

/** The shop a device is paired in, and in POS the node it stands at: both as Shopify says, not as was typed. */
async function placeOfPairing(
  deps: DeskRouteDependencies,
  request: Request,
  { kind, shop }: z.output<typeof pairSchema>,
): Promise<Result<{ readonly shopId: ShopId; readonly atNodeId?: string }, DeskRouteRefusal>> {
  if (kind === 'phone') {
    const shopId = parseShopId(shop, '/shop');
    return shopId.ok ? { ok: true, value: { shopId: shopId.value } } : shopId;
  }
  const { authorization, location: locationId = '' } = deskHeaders(request);
  const shopId = await deps.shopOfPos(authorization);
  if (shopId === undefined) return { ok: false, refusal: { code: 'unauthorized' } };
  const atNodeId = await deps.nodeOfLocation(shopId, locationId);
  if (atNodeId !== undefined) return { ok: true, value: { shopId, atNodeId } };
  return { ok: false, refusal: { code: 'wrong_location', locationId, nodeId: '' } };
}

async function describeDevice(deps: DeskRouteDependencies, { shopId, nodeId }: Device) {
  const [nodes, people, offers, counts] = await Promise.all([
    deps.nodesOf(shopId),
    deps.access.listPeople(shopId, nodeId),
    deps.countOffers(shopId, nodeId),
    deps.desk.count({ shopId, nodeId }),
  ]);
  return {
    shop: shopId,
    node: { id: nodeId, name: nodes.get(nodeId) ?? nodeId },
    people: people.map(({ personId, name, role }) => ({ personId, name, role })),
    // Who lost an offer is told to whom, by name.
    nodes: Object.fromEntries(nodes),
    // How much there is to do is no secret of a person's.
    tile: {
      ...{ offers, prepare: counts.placed + counts.picking },
      ready: counts.packed + counts.ready,
    },
  };
}

const version = z.int().min(1);
const lineId = z.string().min(1).max(255);
const units = z.int().min(0).max(1_000_000);
// Printable, as carriers give them; empty means that there is none.
const words = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^[^\p{Cc}]*$/u)
    .nullable()
    .default(null)
    .transform((text) => (text === '' ? null : text));
const MOST_LINES = 500;
const carrier = words(80);
const trackingNumber = words(60);
const weightGrams = z.int().min(1).max(1_000_000).nullable().default(null);
const plainSchema = z.strictObject({ version });
const pickSchema = z.strictObject({
  version,
  lines: z
    .array(z.strictObject({ lineId, picked: units }))
    .min(1)
    .max(MOST_LINES),
});
const shortSchema = z.strictObject({
  version,
  lines: z
    .array(z.strictObject({ lineId, missing: units.min(1) }))
    .min(1)
    .max(MOST_LINES),
  reason: z.enum(SHORT_REASONS),
});
const packSchema = z.strictObject({ version, carrier, trackingNumber, weightGrams });
const shipSchema = z.strictObject({ version, carrier, trackingNumber });
const codeSchema = z.strictObject({ version, code: z.string().min(1).max(20) });

type Acting = { readonly desk: DeskService; readonly who: Desk; readonly workId: string };

/** An act by its name in the address: what its body must be, and what it does. */
function actOf<Body extends { readonly version: number }>(
  schema: z.ZodType<Body>,
  run: (acting: Acting, asked: Asked, body: Body) => Promise<DeskResult>,
) {
  return async (
    acting: Acting,
    body: unknown,
  ): Promise<DeskResult | Result<never, InvalidInput>> => {
    const parsed = parse(schema, body);
    if (!parsed.ok) return parsed;
    const { workId } = acting;
    return await run(acting, { workId, version: parsed.value.version }, parsed.value);
  };
}

const ACTS = new Map([
  ['start', actOf(plainSchema, ({ desk, who }, asked) => desk.startPick(who, asked))],
  ['pick', actOf(pickSchema, ({ desk, who }, asked, { lines }) => desk.pick(who, asked, lines))],
  ['short', actOf(shortSchema, ({ desk, who }, asked, body) => desk.pickShort(who, asked, body))],
  ['pack', actOf(packSchema, ({ desk, who }, asked, body) => desk.pack(who, asked, body))],
  ['unpack', actOf(plainSchema, ({ desk, who }, asked) => desk.unpack(who, asked))],
  ['ship', actOf(shipSchema, ({ desk, who }, asked, body) => desk.ship(who, asked, body))],
  ['ready', actOf(plainSchema, ({ desk, who }, asked) => desk.ready(who, asked))],
  [
    'hand-over',
    actOf(codeSchema, ({ desk, who }, asked, { code }) => desk.handOver(who, asked, code)),
  ],
  ['unlock', actOf(plainSchema, ({ desk, who }, asked) => desk.unlockCode(who, asked))],
]);

async function runAct(
  { desk, sendRefusal }: DeskRouteDependencies,
  who: Desk,
  { request, response }: { readonly request: Request; readonly response: Response },
): Promise<void> {
  const named = ACTS.get(String(request.params['act']));
  if (named === undefined) return sendRefusal(response, { code: 'not_found' });
  const workId = String(request.params['id']);
  const done = await named({ desk, who, workId }, request.body ?? {});
  if (done.ok) response.json(done.value);
  else sendRefusal(response, done.refusal);
}

function parse<Value>(schema: z.ZodType<Value>, body: unknown): Result<Value> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  return refuseInput({
    pointer: `/${(issue?.path ?? []).map(String).join('/')}`,
    allowed: issue?.message ?? 'another value',
    remedy: 'Send it again as the desk’s page does; reload the page if this goes on.',
  });
}
