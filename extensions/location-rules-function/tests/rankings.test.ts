// @vitest-environment node
// The Function that ranks locations: its query, what it answers, and how many instructions that takes.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  loadFixture,
  loadInputQuery,
  loadSchema,
  validateTestAssets,
} from '@shopify/shopify-function-test-helpers';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  encodeLocationRanks,
  LOCATION_RANKS_METAFIELD,
  type LocationRanks,
  type LocationRanksJson,
} from '../../../backend/contract/location-ranks.ts';
import { buildExtensions } from '../../../scripts/build-extensions.ts';
import { FUNCTION_LIMITS, runFunction } from '../../../scripts/functions/engine.ts';
import { QUERY_LIMITS, queryBytes, queryCost } from '../../../scripts/functions/query-cost.ts';
import { ensureShopifySchemas, shopifySchemaPath } from '../../../scripts/shopify-schemas.ts';
import { cartFulfillmentGroupsLocationRankingsGenerateRun } from '../src/index.ts';
import type { Input } from '../src/input.ts';

const DIRECTORY = fileURLToPath(new URL('..', import.meta.url));
const QUERY_FILE = `${DIRECTORY}src/cart_fulfillment_groups_location_rankings_generate_run.graphql`;
const QUERY = readFileSync(QUERY_FILE, 'utf8');
const EXPORT = 'cartFulfillmentGroupsLocationRankingsGenerateRun';
const load = () => loadFixture(`${DIRECTORY}tests/fixtures/two-groups.json`);

let bundle = '';
beforeAll(async () => {
  const handle = 'location-rules-function';
  const built = (await buildExtensions()).find((one) => one.handle === handle);
  if (!built) throw new Error('The Function was not built.');
  bundle = readFileSync(built.file, 'utf8');
  await ensureShopifySchemas();
}, 180_000);

test('the input query stays within what Shopify takes', () => {
  expect(queryBytes(QUERY)).toBeLessThanOrEqual(QUERY_LIMITS.bytes);
  expect(queryCost(QUERY)).toBe(10);
  expect(QUERY_LIMITS.cost).toBeGreaterThanOrEqual(10);
});

test('the query asks for the metafield that the backend writes', () => {
  const { namespace, key } = LOCATION_RANKS_METAFIELD;
  expect(QUERY).toContain(`metafield(namespace: "${namespace}", key: "${key}")`);
});

test('query, input and output fit Shopify’s schema', async () => {
  const path = shopifySchemaPath('functions_order_routing_location_rule', '2026-07');
  const [schema, inputQueryAST] = [await loadSchema(path), await loadInputQuery(QUERY_FILE)];
  const result = await validateTestAssets({ schema, inputQueryAST, fixture: await load() });
  expect(result.error).toBeUndefined();
  expect(result.inputQuery.errors).toEqual([]);
  expect(result.inputFixture.errors).toEqual([]);
  expect(result.outputFixture.errors).toEqual([]);
});

test('the longest key of a destination ranks the locations that stock the group', async () => {
  const { input, expectedOutput } = await load();
  const run = await runFunction(bundle, input, EXPORT);
  expect({ error: run.error, logs: run.logs }).toEqual({ error: undefined, logs: '' });
  expect(run.output).toEqual(expectedOutput);
  expect(cartFulfillmentGroupsLocationRankingsGenerateRun(input as Input)).toEqual(expectedOutput);
});

describe('nothing is ranked', () => {
  const changed = async (change: (ranks: LocationRanksJson) => unknown) => {
    const input = structuredClone((await load()).input) as Input;
    const ranks = change(input.shop.ranks?.jsonValue as LocationRanksJson);
    const shop = { ...input.shop, ranks: ranks === null ? null : { jsonValue: ranks } };
    return await runFunction(bundle, { ...input, shop }, EXPORT);
  };

  test.each<[string, (ranks: LocationRanksJson) => unknown]>([
    ['the day after the last', (ranks) => ({ ...ranks, u: '2026-11-22' })],
    ['by another version', (ranks) => ({ ...ranks, v: 2 })],
    ['without the metafield', () => null],
  ])('%s', async (_, change) => {
    expect(await changed(change)).toMatchObject({ output: { operations: [] }, logs: '' });
  });

  test('from a metafield that is not what it should be, and the log says so', async () => {
    const run = await changed((ranks) => ({ ...ranks, l: 7 }));
    expect(run).toMatchObject({ output: { operations: [] }, error: undefined });
    expect(run.logs).toMatch(/^Kept: TypeError/);
  });
});

const ranks: LocationRanks = {
  validUntil: '2026-11-24',
  highestWins: true,
  locationNumbers: ['11', '12', '13'],
  zones: { IT: [['12'], ['11', '13']] },
};

test('the highest number can be the best, should Shopify mean that', async () => {
  const encoded = encodeLocationRanks(ranks);
  if (!encoded.ok) throw new Error(JSON.stringify(encoded.refusal));
  const { input } = await load();
  const shop = {
    localTime: { date: '2026-11-23' },
    ranks: { jsonValue: JSON.parse(encoded.value) },
  };
  const { output } = await runFunction(bundle, { ...input, shop }, EXPORT);
  const { operations } = output as ReturnType<
    typeof cartFulfillmentGroupsLocationRankingsGenerateRun
  >;
  expect(operations[1]?.fulfillmentGroupLocationRankingAdd.rankings).toEqual([
    { locationHandle: 'rome', rank: 61 },
    { locationHandle: 'milan', rank: 60 },
    { locationHandle: 'turin', rank: 60 },
  ]);
});

test.each<[string, Partial<LocationRanks>, string]>([
  ['a location nobody listed', { zones: { IT: [['99']] } }, '/zones/IT'],
  ['a destination that is none', { zones: { italy: [['11']] } }, '/zones/italy'],
  ['more ranks than digits', { zones: { IT: Array(63).fill(['11']) } }, '/zones/IT'],
  [
    'more than a Function is handed',
    {
      zones: Object.fromEntries(
        Array.from({ length: 900 }, (_, at) => [`IT${10_000 + at}`, [['11']]]),
      ),
    },
    '/zones',
  ],
])('%s is refused before it is written', (_, change, pointer) => {
  expect(encodeLocationRanks({ ...ranks, ...change })).toMatchObject({
    ok: false,
    refusal: { pointer },
  });
});

test('five groups of a hundred locations end within the limit: what is too much is left to the next rule', async () => {
  const locationNumbers = Array.from({ length: 100 }, (_, at) => String(70_000_000_000 + at));
  const zones = Object.fromEntries(
    Array.from({ length: 70 }, (_, at) => [
      `IT${10 + at}`,
      locationNumbers.map((one) => [one]).slice(0, 60),
    ]),
  );
  const encoded = encodeLocationRanks({ ...ranks, locationNumbers, zones });
  if (!encoded.ok) throw new Error(JSON.stringify(encoded.refusal));
  const handles = locationNumbers.map((number) => `at-${number}`);
  const input = {
    shop: { localTime: { date: '2026-11-23' }, ranks: { jsonValue: JSON.parse(encoded.value) } },
    locations: locationNumbers.map((number) => ({
      h: `at-${number}`,
      i: `gid://shopify/Location/${number}`,
    })),
    fulfillmentGroups: Array.from({ length: 5 }, (_, at) => ({
      h: `g${at}`,
      l: handles,
      a: { countryCode: 'IT', zip: `79${at}00` },
    })),
  };
  const run = await runFunction(bundle, input, EXPORT);
  expect(run.error).toBeUndefined();
  expect(run.output).toMatchObject({ operations: { length: 2 } });
  expect(run.outputBytes).toBeLessThanOrEqual(FUNCTION_LIMITS.outputBytes);
  expect(run.instructions).toBeLessThanOrEqual(FUNCTION_LIMITS.instructions);
});
