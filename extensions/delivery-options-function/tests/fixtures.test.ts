// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type FixtureData,
  loadFixture,
  loadInputQuery,
  loadSchema,
  validateTestAssets,
} from '@shopify/shopify-function-test-helpers';
import { type OperationDefinitionNode, parse } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildExtensions, readExtensions } from '../../../scripts/build-extensions.ts';
import { FUNCTION_EXPORT } from '../../../scripts/functions/delivery-input.ts';
import { FUNCTION_LIMITS, runFunction } from '../../../scripts/functions/engine.ts';
import { QUERY_LIMITS, queryBytes, queryCost } from '../../../scripts/functions/query-cost.ts';
import { ensureShopifySchemas, shopifySchemaPath } from '../../../scripts/shopify-schemas.ts';
import { cartDeliveryOptionsTransformRun } from '../src/index.ts';
import type { Input } from '../src/input.ts';

const DIRECTORY = fileURLToPath(new URL('..', import.meta.url));
const FIXTURES = `${DIRECTORY}tests/fixtures/`;
const QUERY_FILE = `${DIRECTORY}src/cart_delivery_options_transform_run.graphql`;
const QUERY = readFileSync(QUERY_FILE, 'utf8');
const VERSIONS = ['2026-07', '2026-10'] as const;
const MOST_BUNDLE_BYTES = 8_192;

let bundle = '';

beforeAll(async () => {
  const built = (await buildExtensions()).find(({ kind }) => kind === 'function');
  if (!built) throw new Error('The Function was not built.');
  bundle = readFileSync(built.file, 'utf8');
  await ensureShopifySchemas();
}, 180_000);

describe('the input query', () => {
  test('stays within what Shopify takes', () => {
    expect(queryBytes(QUERY)).toBeLessThanOrEqual(QUERY_LIMITS.bytes);
    expect(queryCost(QUERY)).toBeLessThanOrEqual(QUERY_LIMITS.cost);
  });

  test('is the one the extension names', () => {
    const [own] = readExtensions().filter(({ kind }) => kind === 'function');
    expect(own?.targets[0]).toEqual({
      target: 'cart.delivery-options.transform.run',
      module: undefined,
      inputQuery: 'src/cart_delivery_options_transform_run.graphql',
      export: 'cart-delivery-options-transform-run',
    });
  });
});

test('the bundle is small', () => {
  expect(Buffer.byteLength(bundle)).toBeLessThanOrEqual(MOST_BUNDLE_BYTES);
});

/** Members the query asks for at the top; Shopify's own check does not miss one. */
function rootFields(): string[] {
  const operation = parse(QUERY).definitions[0] as OperationDefinitionNode;
  return operation.selectionSet.selections.flatMap(
    (one) => ('name' in one ? one.name?.value : []) ?? [],
  );
}

describe.each(readdirSync(FIXTURES))('%s', (file) => {
  const load = (): Promise<FixtureData> => loadFixture(FIXTURES + file);

  test.each(VERSIONS)('fits the schema of %s', async (version) => {
    const path = shopifySchemaPath('functions_delivery_customization', version);
    const [schema, inputQueryAST] = [await loadSchema(path), await loadInputQuery(QUERY_FILE)];
    const result = await validateTestAssets({ schema, inputQueryAST, fixture: await load() });
    expect(result.error).toBeUndefined();
    expect(result.inputQuery.errors).toEqual([]);
    expect(result.inputFixture.errors).toEqual([]);
    expect(result.outputFixture.errors).toEqual([]);
  });

  test('is whole, and every operation has one member', async () => {
    const fixture = await load();
    expect(Object.keys(fixture.input).sort()).toEqual(rootFields().sort());
    const { operations }: { operations?: object[] } = fixture.expectedOutput;
    for (const operation of operations ?? []) expect(Object.keys(operation)).toHaveLength(1);
  });

  test('gives this output in the counting engine, for this many instructions', async () => {
    const fixture = await load();
    const run = await runFunction(bundle, fixture.input, FUNCTION_EXPORT);
    expect(run.error).toBeUndefined();
    expect(run.logs).toBe('');
    expect(run.output).toEqual(fixture.expectedOutput);
    expect(run.inputBytes).toBeLessThanOrEqual(FUNCTION_LIMITS.inputBytes);
    expect(run.outputBytes).toBeLessThanOrEqual(FUNCTION_LIMITS.outputBytes);
    expect(run.instructions).toBeLessThanOrEqual(FUNCTION_LIMITS.instructions);
    expect(run.instructions).toMatchSnapshot();
  });

  test('gives the same output as source', async () => {
    const fixture = await load();
    expect(cartDeliveryOptionsTransformRun(fixture.input as Input)).toEqual(fixture.expectedOutput);
  });
});

test('an input that is not what was asked for changes nothing and says so in the log', async () => {
  const fixture = await loadFixture(`${FIXTURES}live-promise.json`);
  const run = await runFunction(bundle, { ...fixture.input, shop: null }, FUNCTION_EXPORT);
  expect(run.error).toBeUndefined();
  expect(run.output).toEqual({ operations: [] });
  expect(run.logs).toMatch(/^Kept: TypeError/);
  expect(Buffer.byteLength(run.logs)).toBeLessThanOrEqual(FUNCTION_LIMITS.logBytes);
});
