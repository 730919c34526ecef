/**
 * The console's endpoints, `/api/admin/*`: what the embedded admin app reads and saves.
 *
 * In: JSON of a merchant's user, always with a session token of Shopify's admin. Out: JSON, or a problem document.
 * Every change names the version it is based on; a second saver gets 409 with who saved first, a wrong field 422 with
 * all problems found, each inside the edit that holds it. Nothing is half stored.
 */
import { type Response, Router } from 'express';
import type { InvalidInput, Result } from '../base/result.ts';
import { sendRefusal } from '../http/problem.ts';
import { parseMessageSettings } from '../messages/settings.ts';
import { parseNetworkSection } from '../network/world-parse.ts';
import { parseOutcomeSettings } from '../orders/outcome/settings.ts';
import type { PolicyConflict } from '../policy/policy.ts';
import { parseRoutingSettings } from '../routing/settings.ts';
import { parseFulfillmentSettings } from '../shopify/fulfillment/settings.ts';
import { type AdminHandler, asAdmin, type ConsoleDependencies } from './admin.ts';
import { applyEdits, itemsOf, type Section, toEditProblems } from './edits.ts';
import {
  dateTestSchema,
  editsSchema,
  figuresSchema,
  forceSchema,
  incomingSchema,
  movementsSchema,
  pageSchema,
  parseInput,
  placeSchema,
  productSearchSchema,
  retrySchema,
  sectionSchema,
  sectionsSchema,
  setupActionSchema,
  skuSchema,
  stockSchema,
} from './input.ts';
import { namesOf } from './network-names.ts';
import { hintOf } from './place-hint.ts';
import type { NetworkItem, NetworkPage, SectionView } from './view.ts';

const PAGE_SIZE = 50;
const PRODUCTS_SHOWN = 20;
const MOVEMENTS_SHOWN = 50;
const SECTION = 'network';

/** The router; `main.ts` mounts it at `/api/admin` with JSON bodies. */
export function consoleRoutes(dependencies: ConsoleDependencies): Router {
  const router = Router();
  const admin = (handle: AdminHandler) => asAdmin(dependencies.authenticateAdmin, handle);
  router.get('/setup', admin(readSetup(dependencies)));
  router.post('/setup/:action', admin(runSetupAction(dependencies)));
  router.get('/network', admin(readNames(dependencies)));
  router.get('/network/force', admin(readForce(dependencies)));
  router.get('/network/:collection', admin(readPage(dependencies)));
  router.post('/network/edits', admin(saveEdits(dependencies)));
  router.post('/policy', admin(saveSections(dependencies)));
  router.post('/stock', admin(importStock(dependencies)));
  router.get('/stock', admin(readStock(dependencies)));
  router.get('/stock/figures', admin(readFigures(dependencies)));
  router.post('/incoming', admin(saveIncoming(dependencies)));
  router.get('/stock/movements', admin(readMovements(dependencies)));
  router.get('/sync', admin(readSync(dependencies)));
  router.post('/sync/retry', admin(retryLevels(dependencies)));
  router.get('/inventory', admin(readInventory(dependencies)));
  router.get('/surfaces', admin(readSurfaces(dependencies)));
  router.get('/sections/:name', admin(readSection(dependencies)));
  router.get('/places', admin(readPlace(dependencies)));
  router.get('/products', admin(searchProducts(dependencies)));
  router.post('/date-test', admin(testDates(dependencies)));
  router.get('/clock', admin(readClock(dependencies)));
  return router;
}

function readSetup({ readSetup: read }: ConsoleDependencies): AdminHandler {
  return async ({ shopId }, _request, response) => {
    response.json(await read(shopId));
  };
}

function runSetupAction({ runSetupAction: run }: ConsoleDependencies): AdminHandler {
  return async (identity, request, response) => {
    const body: unknown = request.body;
    const input = parseInput(setupActionSchema, {
      ...(isSection(body) ? body : {}),
      ...request.params,
    });
    if (!input.ok) return sendRefusal(response, input.refusal);
    const done = await run(identity, input.value);
    if (done.ok) response.json(done.value);
    else sendRefusal(response, done.refusal);
  };
}

async function loadSection(
  { policy }: ConsoleDependencies,
  shopId: Parameters<ConsoleDependencies['policy']['read']>[0],
): Promise<{ readonly version: number; readonly section: Section }> {
  const current = await policy.read(shopId);
  const section = current.sections.get(SECTION);
  return { version: current.version, section: isSection(section) ? section : {} };
}

function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readNames(dependencies: ConsoleDependencies): AdminHandler {
  return async ({ shopId }, _request, response) => {
    const { version, section } = await loadSection(dependencies, shopId);
    response.json(namesOf(section, version));
  };
}

function readForce({ versionInForce }: ConsoleDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(forceSchema, request.query);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const version = await versionInForce(shopId);
    response.json({ version, isInForce: version >= input.value.version });
  };
}

function readPage(dependencies: ConsoleDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(pageSchema, { ...request.query, ...request.params });
    if (!input.ok) return sendRefusal(response, input.refusal);
    const { collection, page, search, key } = input.value;
    const { version, section } = await loadSection(dependencies, shopId);
    const found = itemsOf(section, collection).filter((item) =>
      key === undefined ? matches(item, search) : item.key === key,
    );
    const items = found.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
    const answer: NetworkPage = { version, total: found.length, page, pageSize: PAGE_SIZE, items };
    response.json(answer);
  };
}

const SEARCHED = ['id', 'code', 'name', 'city', 'postalCode', 'country', 'serviceCode', 'network'];

function matches({ key, value }: NetworkItem, search: string): boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const lists = [value['nodeIds'], value['zoneIds']].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  const text = [key, ...SEARCHED.map((field) => value[field] ?? ''), ...lists]
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

function saveEdits(dependencies: ConsoleDependencies): AdminHandler {
  return async ({ shopId, userId }, request, response) => {
    const input = parseInput(editsSchema, request.body);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const { basedOnVersion, edits } = input.value;
    const { version, section } = await loadSection(dependencies, shopId);
    if (version !== basedOnVersion) {
      const refusal = { code: 'policy_conflict', basedOnVersion, currentVersion: version } as const;
      return await sendConflict(dependencies, { shopId, response, refusal });
    }
    const edited = applyEdits(section, edits);
    if (!edited.ok) return sendRefusal(response, edited.refusal);
    const parsed = parseNetworkSection(edited.value.section);
    if (!parsed.ok) {
      const problems = toEditProblems(parsed.refusal.problems, edited.value.places);
      const { problems: _, ...first } = parsed.refusal;
      return sendRefusal(response, withFacts(first, { problems }));
    }
    const saved = await dependencies.policy.save(shopId, {
      basedOnVersion,
      sections: { [SECTION]: edited.value.section },
      author: userId,
    });
    if (saved.ok) response.json({ version: saved.value.version });
    else await sendSaveRefusal(dependencies, { shopId, response, saved });
  };
}

function saveSections(dependencies: ConsoleDependencies): AdminHandler {
  return async ({ shopId, userId }, request, response) => {
    const input = parseInput(sectionsSchema, request.body);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const saved = await dependencies.policy.save(shopId, { ...input.value, author: userId });
    if (saved.ok) response.json({ version: saved.value.version });
    else await sendSaveRefusal(dependencies, { shopId, response, saved });
  };
}

function importStock({ importStock: write }: ConsoleDependencies): AdminHandler {
  return async (who, request, response) => {
    const input = parseInput(stockSchema, request.body);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const written = await write(who, input.value);
    if (written.ok) response.json({ version: written.value });
    else sendRefusal(response, written.refusal);
  };
}

function readStock({ readStock: read }: ConsoleDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(skuSchema, request.query);
    if (!input.ok) return sendRefusal(response, input.refusal);
    response.json(await read(shopId, input.value.sku));
  };
}

function readFigures({ readFigures: read }: ConsoleDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(figuresSchema, request.query);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const { sku, tags } = input.value;
    const figures = await read(shopId, { sku, customerTags: tags });
    if (figures !== undefined) response.json(figures);
    else
      sendRefusal(response, {
        code: 'invalid_input',
        pointer: '/sku',
        value: sku,
        allowed: 'a SKU of this shop',
        remedy: 'Search for the product by its name; a new one is here after the next import.',
      });
  };
}

// Only what is on its way is the merchant's to say here; the rest of the row is Shopify's.
function saveIncoming({ readStock: read, importStock: write }: ConsoleDependencies): AdminHandler {
  return async (who, request, response) => {
    const input = parseInput(incomingSchema, request.body);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const { sku, nodeId, incoming } = input.value;
    const before = (await read(who.shopId, sku)).find((row) => row.nodeId === nodeId);
    const row = before ?? { sku, nodeId, onHand: 0, unavailable: 0, allocated: 0 };
    const rows = { products: [], loads: [], stock: [{ ...row, incoming }] };
    const written = await write(who, rows);
    if (written.ok) response.json({ version: written.value });
    else sendRefusal(response, written.refusal);
  };
}

function readMovements({ readMovements: read }: ConsoleDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(movementsSchema, request.query);
    if (!input.ok) return sendRefusal(response, input.refusal);
    response.json(await read(shopId, { ...input.value, limit: MOVEMENTS_SHOWN }));
  };
}

function readSync({ readSync: read }: ConsoleDependencies): AdminHandler {
  return async ({ shopId }, _request, response) => {
    response.json(await read(shopId));
  };
}

function retryLevels({ retryLevels: retry }: ConsoleDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(retrySchema, request.body);
    if (!input.ok) return sendRefusal(response, input.refusal);
    response.json({ retried: await retry(shopId, input.value.levels) });
  };
}

function readInventory({ policy }: ConsoleDependencies): AdminHandler {
  return async ({ shopId }, _request, response) => {
    const { version, sections } = await policy.read(shopId);
    response.json({ version, inventory: sections.get('inventory') ?? {} });
  };
}

function readSurfaces({ policy }: ConsoleDependencies): AdminHandler {
  return async ({ shopId }, _request, response) => {
    const { version, sections } = await policy.read(shopId);
    response.json({ version, surfaces: sections.get('surfaces') ?? {} });
  };
}

const FORM_PARSERS = {
  routing: parseRoutingSettings,
  messages: parseMessageSettings,
  outcome: parseOutcomeSettings,
  fulfillment: parseFulfillmentSettings,
} as const;

// With the defaults of its owner, so that a form shows what holds.
function readSection({ policy }: ConsoleDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(sectionSchema, request.params);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const { version, sections } = await policy.read(shopId);
    const stored = sections.get(input.value.name) ?? {};
    const parsed = FORM_PARSERS[input.value.name](stored);
    const section: unknown = parsed.ok ? parsed.value : stored;
    const answer: SectionView = { version, section: isSection(section) ? section : {} };
    response.json(answer);
  };
}

type Asked = {
  readonly shopId: Parameters<ConsoleDependencies['policy']['read']>[0];
  readonly response: Response;
};

async function sendSaveRefusal(
  dependencies: ConsoleDependencies,
  asked: Asked & { readonly saved: Result<unknown, InvalidInput | PolicyConflict> },
): Promise<void> {
  if (asked.saved.ok) return;
  const { refusal } = asked.saved;
  if (refusal.code === 'policy_conflict') await sendConflict(dependencies, { ...asked, refusal });
  else sendRefusal(asked.response, refusal);
}

// The second saver learns who was first, and when.
async function sendConflict(
  dependencies: ConsoleDependencies,
  { shopId, response, refusal }: Asked & { readonly refusal: PolicyConflict },
): Promise<void> {
  const changes = await dependencies.readHistory(shopId, refusal.basedOnVersion);
  sendRefusal(response, withFacts(refusal, { changes }));
}

/** A refusal with further facts: they travel in the problem document beside its own. */
function withFacts<R extends object, F extends object>(refusal: R, facts: F): R & F {
  return { ...refusal, ...facts };
}

function readPlace({ places, clock }: ConsoleDependencies): AdminHandler {
  return async (_identity, request, response) => {
    const input = parseInput(placeSchema, request.query);
    if (!input.ok) return sendRefusal(response, input.refusal);
    response.json(hintOf(places, input.value, clock.now()));
  };
}

function searchProducts({ searchProducts: search }: ConsoleDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(productSearchSchema, request.query);
    if (!input.ok) return sendRefusal(response, input.refusal);
    response.json(await search(shopId, { text: input.value.search, limit: PRODUCTS_SHOWN }));
  };
}

function testDates({ testDates: test }: ConsoleDependencies): AdminHandler {
  return async ({ shopId }, request, response) => {
    const input = parseInput(dateTestSchema, request.body);
    if (!input.ok) return sendRefusal(response, input.refusal);
    const tested = await test(shopId, input.value);
    if (tested.ok) response.json(tested.value);
    else sendRefusal(response, tested.refusal);
  };
}

function readClock({ clock }: ConsoleDependencies): AdminHandler {
  return async (_identity, _request, response) => {
    response.json({ now: clock.now().toString({ smallestUnit: 'minute' }) });
  };
}
