import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { installWithScopes, stockWebhooks } from '../fixtures/admin.ts';
import {
  askAdmin,
  type FakeApp,
  FIXTURE_ROOT,
  startFakeApp,
  startSmallShop,
} from '../fixtures/buy.ts';
import { smallShop } from '../fixtures/small-shop.ts';
import { type LocalShopify, startLocalShopify } from '../local-shopify.ts';
import { parseShopSeed } from '../seed.ts';
import { parseBulkQuery } from './bulk-query.ts';
import { adminSchema } from './execute.ts';

let app: FakeApp;
let local: LocalShopify;
let token: string;

beforeAll(async () => {
  app = await startFakeApp();
  local = await startSmallShop(app.url);
  local.control.changeSettings({ webhooks: 'prompt' });
  token = await installWithScopes(local);
});
afterAll(async () => {
  await local.stop();
  await app.stop();
});
beforeEach(() => local.control.clearFaults());

type Operation = {
  id: string;
  status: string;
  errorCode: string | null;
  objectCount: string;
  rootObjectCount: string;
  fileSize: string | null;
  url: string | null;
  partialDataUrl: string | null;
};
type Started = {
  bulkOperation: Operation | null;
  userErrors: { code: string; message: string }[];
};
const FIELDS =
  'id status type errorCode objectCount rootObjectCount fileSize url partialDataUrl completedAt';

async function start(query: string, groupObjects = false): Promise<Started> {
  const answer = await askAdmin(local, token, {
    query: `mutation Run($query: String!, $groupObjects: Boolean!) {
      bulkOperationRunQuery(query: $query, groupObjects: $groupObjects) {
        bulkOperation { ${FIELDS} } userErrors { code message } } }`,
    variables: { query, groupObjects },
  });
  return answer.data?.['bulkOperationRunQuery'] as Started;
}

async function read(id: string | undefined): Promise<Operation> {
  const answer = await askAdmin(local, token, {
    query: `query Read($id: ID!) { bulkOperation(id: $id) { ${FIELDS} } }`,
    variables: { id },
  });
  return answer.data?.['bulkOperation'] as Operation;
}

async function finish(query: string, groupObjects = false): Promise<Operation> {
  const { bulkOperation } = await start(query, groupObjects);
  const isOver = async () =>
    !['CREATED', 'RUNNING'].includes((await read(bulkOperation?.id)).status);
  await expect.poll(isOver).toBe(true);
  return read(bulkOperation?.id);
}

type Line = Record<string, unknown>;
async function linesAt(url: string | null): Promise<Line[]> {
  const response = await fetch(url ?? '');
  const text = await response.text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const LEVELS = `{ inventoryItems { edges { node { id sku inventoryLevels { edges { node {
  id location { id } quantities(names: ["available", "committed"]) { name quantity } } } } } } } }`;

describe('a bulk query', () => {
  test('runs in the background and ends with every object on a line of its own', async () => {
    const { bulkOperation, userErrors } = await start(LEVELS);
    expect(userErrors).toEqual([]);
    expect(bulkOperation).toMatchObject({ status: 'CREATED', url: null, objectCount: '0' });
    const done = await finish(LEVELS);
    // Twelve variants at three locations.
    expect(done).toMatchObject({ status: 'COMPLETED', rootObjectCount: '12', objectCount: '48' });
    const lines = await linesAt(done.url);
    expect(lines).toHaveLength(48);
    expect(lines[0]).toEqual({ id: 'gid://shopify/InventoryItem/3000', sku: 'WOOL-COAT-S' });
    const levels = lines.filter((line) => '__parentId' in line);
    expect(levels[0]).toEqual({
      id: 'gid://shopify/InventoryLevel/101?inventory_item_id=3000',
      location: { id: 'gid://shopify/Location/101' },
      quantities: [
        { name: 'available', quantity: 20 },
        { name: 'committed', quantity: 0 },
      ],
      __parentId: 'gid://shopify/InventoryItem/3000',
    });
  });

  test('writes children right after their parent only when grouping is asked for', async () => {
    const loose = await linesAt((await finish(LEVELS)).url);
    const grouped = await linesAt((await finish(LEVELS, true)).url);
    const parents = (lines: Line[]): number => lines.findIndex((line) => '__parentId' in line);
    expect([parents(loose), parents(grouped)]).toEqual([12, 1]);
    const sorted = (lines: Line[]): string[] => lines.map((line) => JSON.stringify(line)).sort();
    expect(sorted(grouped)).toEqual(sorted(loose));
  });

  test('walks connections of many pages whole, each object once', async () => {
    const small = parseShopSeed(smallShop());
    const [coat] = small.products;
    const [variant] = coat?.variants ?? [];
    if (!coat || !variant) throw new Error('the small shop has no coat');
    // 700 variants, so that items and the levels of one location both take four pages.
    const products = Array.from({ length: 7 }, (_, p) => ({
      ...coat,
      id: 5_000 + p,
      handle: `coat-${p}`,
      variants: Array.from({ length: 100 }, (__, v) => {
        const id = 10_000 + p * 100 + v;
        return { ...variant, id, inventoryItemId: id, sku: `COAT-${id}` };
      }),
    }));
    const main = { local, token };
    local = await startLocalShopify({
      port: 0,
      seed: { ...small, products },
      appUrl: app.url,
      root: FIXTURE_ROOT,
    });
    token = await installWithScopes(local);
    const items = await finish(LEVELS);
    const byLocation = await finish(
      '{ locations { nodes { id inventoryLevels { nodes { id } } } } }',
    );
    const distinct = async ({ url }: Operation): Promise<number> =>
      new Set((await linesAt(url)).map((line) => line['id'])).size;
    expect([items.objectCount, await distinct(items)]).toEqual(['2800', 2_800]);
    expect([byLocation.objectCount, await distinct(byLocation)]).toEqual(['2103', 2_103]);
    await local.stop();
    ({ local, token } = main);
  });

  test('tells the app when it is over', async () => {
    app.received.length = 0;
    const done = await finish(LEVELS);
    const told = () =>
      stockWebhooks(app).filter(({ body }) => body['admin_graphql_api_id'] === done.id);
    await expect.poll(() => told().length).toBe(1);
    expect(told()[0]).toMatchObject({
      topic: 'bulk_operations/finish',
      body: { status: 'completed', error_code: null, type: 'query' },
    });
  });

  test('that fails on demand leaves part of its data and says why', async () => {
    local.control.addFault({ kind: 'bulk_failed', count: 1 });
    const done = await finish(LEVELS);
    expect(done).toMatchObject({
      status: 'FAILED',
      errorCode: 'INTERNAL_SERVER_ERROR',
      url: null,
    });
    expect((await linesAt(done.partialDataUrl)).length).toBeGreaterThan(0);
  });

  test('without the scope of what it reads ends ACCESS_DENIED', async () => {
    const all = token;
    token = await installWithScopes(local, ['read_locations']);
    const done = await finish(LEVELS);
    token = all;
    expect(done).toMatchObject({ status: 'FAILED', errorCode: 'ACCESS_DENIED' });
  });

  test('a sixth at the same time is refused', async () => {
    const first = await Promise.all([1, 2, 3, 4, 5].map(() => start(LEVELS)));
    expect(first.flatMap((one) => one.userErrors)).toEqual([]);
    expect((await start(LEVELS)).userErrors).toMatchObject([{ code: 'LIMIT_REACHED' }]);
    const ids = first.map((one) => one.bulkOperation?.id);
    const statuses = async () =>
      new Set(await Promise.all(ids.map(async (id) => (await read(id)).status)));
    await expect.poll(statuses).toEqual(new Set(['COMPLETED']));
  });

  test('can be canceled before it is over', async () => {
    const { bulkOperation } = await start(LEVELS);
    await askAdmin(local, token, {
      query: 'mutation Stop($id: ID!) { bulkOperationCancel(id: $id) { userErrors { message } } }',
      variables: { id: bulkOperation?.id },
    });
    const status = async () => (await read(bulkOperation?.id)).status;
    await expect.poll(status).toBe('CANCELED');
  });

  test('the operations are listed newest first and by status', async () => {
    const done = await finish(LEVELS);
    const answer = await askAdmin(local, token, {
      query:
        '{ bulkOperations(first: 1, query: "status:completed operation_type:query") { nodes { id } } }',
    });
    expect(answer.data).toEqual({ bulkOperations: { nodes: [{ id: done.id }] } });
  });
});

const refusals: readonly (readonly [string, string, string])[] = [
  [
    'a mutation',
    'mutation { shopPolicyUpdate(shopPolicy: { type: REFUND_POLICY, body: "" }) { userErrors { message } } }',
    'exactly one query',
  ],
  [
    'two top-level fields',
    '{ locations { nodes { id } } products { nodes { id } } }',
    'single top-level field',
  ],
  ['no connection', '{ shop { id } }', 'at least one connection'],
  ['the node field', '{ node(id: "x") { id } }', "'node' and 'nodes'"],
  [
    'variables',
    'query Q($first: Int) { locations(first: $first) { nodes { id } } }',
    'do not support variables',
  ],
  [
    'three levels of connections',
    '{ products { nodes { id variants { nodes { id inventoryItem { inventoryLevels { nodes { id } } } } } } } }',
    'nesting depth greater than 2',
  ],
  [
    'a parent without its id',
    '{ locations { nodes { name inventoryLevels { nodes { id } } } } }',
    "must select the 'id' field",
  ],
  [
    'a connection inside a list',
    '{ orders { nodes { id refunds { refundLineItems { nodes { quantity } } } } } }',
    'within a list field',
  ],
  [
    'more than five connections',
    '{ products { nodes { id a: variants { nodes { id } } b: variants { nodes { id } } c: variants { nodes { id } } d: variants { nodes { id } } e: variants { nodes { id } } } } }',
    'more than 5 connections',
  ],
  ['text that is no query', '{ locations', 'Invalid bulk query'],
  ["a field outside Shopify's schema", '{ locations { nodes { promise } } }', 'Cannot query field'],
];

test.each(refusals)('a bulk query with %s is refused', async (_what, query, reason) => {
  const parsed = parseBulkQuery(await adminSchema('2026-07'), query);
  expect(parsed).toMatchObject({ ok: false, message: expect.stringContaining(reason) });
});
