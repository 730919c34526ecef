import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type GraphQLSchema, parse } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { sampleVariables } from '../fixtures/variables.ts';
import { costOf, type Sizing } from './cost.ts';
import { adminSchema } from './execute.ts';
import { QUERY_COST_MAX } from './throttle.ts';

const DOCUMENTS = join(
  dirname(fileURLToPath(import.meta.url)),
  '..',
  '..',
  '..',
  'graphql',
  'admin',
);

let schema: GraphQLSchema;
beforeAll(async () => {
  schema = await adminSchema('2026-07');
});

type More = { variables?: object; data?: object; sizing?: Sizing };

function cost(query: string, { variables = {}, data, sizing = 'in full' }: More = {}): number {
  const ask = {
    sizing,
    schema,
    document: parse(query),
    operationName: undefined,
    variables: { ...variables },
  };
  return costOf(ask, data as Record<string, unknown> | undefined);
}

describe('requested cost, sizes in full', () => {
  test.each([
    ['scalars alone cost nothing more than their object', '{ shop { id name } }', 1],
    ['an object in an object is two', '{ shop { plan { shopifyPlus } } }', 2],
    ['a connection costs what it asks for', '{ productVariants(first: 40) { nodes { id } } }', 40],
    [
      'nodes and edges together cost the dearer of the two',
      '{ locations(first: 3) { nodes { id address { zip } } edges { node { id } } } }',
      6,
    ],
    ['edges cost what nodes do', '{ productVariants(last: 40) { edges { node { id } } } }', 40],
    [
      'pageInfo and cursors are free',
      '{ productVariants(first: 5) { edges { cursor node { id } } pageInfo { hasNextPage } } }',
      5,
    ],
    [
      'nested connections multiply',
      '{ locations(first: 4) { nodes { inventoryLevels(first: 10) { nodes { id } } } } }',
      44,
    ],
    ['two root fields add up', '{ shop { id } locations(first: 3) { nodes { id } } }', 4],
    [
      'a union is its dearest member',
      '{ nodes(ids: ["a", "b"]) { ... on InventoryItem { measurement { weight { value } } } ... on Location { id } } }',
      6,
    ],
    [
      'a fragment costs what it stands for',
      'query { shop { ...Facts } } fragment Facts on Shop { plan { shopifyPlus } }',
      2,
    ],
    [
      'a mutation costs ten with its payload',
      'mutation { inventoryDeactivate(inventoryLevelId: "x") { userErrors { message } } }',
      10,
    ],
    [
      'a connection in a payload comes on top',
      'mutation { locationEdit(id: "x", input: {}) { location { inventoryLevels(first: 6) { nodes { item { id } } } } } }',
      22,
    ],
  ])('%s', (_fact, query, points) => {
    expect(cost(query)).toBe(points);
  });

  test('sizes come from variables too', () => {
    const query = 'query Q($first: Int!) { locations(first: $first) { nodes { id } } }';
    expect(cost(query, { variables: { first: 7 } })).toBe(7);
  });
});

// What Shopify answered to these queries on 2025-07: github.com/microsoft/BCApps pull 5926.
const AUDITED: readonly (readonly [string, number])[] = [
  [
    '{ products(first: 200) { pageInfo { hasNextPage } edges { cursor node { id updatedAt } } } }',
    12,
  ],
  [
    '{ product(id: "x") { variants(first: 200) { pageInfo { hasNextPage } edges { cursor node { legacyResourceId updatedAt } } } } }',
    13,
  ],
  [
    '{ location(id: "x") { inventoryLevels(first: 100) { pageInfo { hasNextPage } edges { cursor node { id quantities(names: "available") { quantity } item { id variant { id product { id } } } } } } } }',
    48,
  ],
  [
    '{ catalog(id: "x") { id priceList { id currency prices(first: 100) { edges { cursor node { variant { id product { id } } price { amount } compareAtPrice { amount } } } pageInfo { hasNextPage } } } } }',
    31,
  ],
  [
    '{ products(first: 100) { pageInfo { hasNextPage } edges { cursor node { legacyResourceId media(first: 1) { edges { node { mediaContentType ... on MediaImage { id image { url } } } } } } } } }',
    47,
  ],
  [
    '{ deliveryProfile(id: "x") { profileLocationGroups(locationGroupId: "y") { locationGroupZones(first: 20) { pageInfo { hasNextPage } edges { cursor node { methodDefinitions(first: 50) { edges { node { active name } } } } } } } } }',
    54,
  ],
];

test.each(AUDITED)('as measured, %s costs what Shopify asked for it', (query, points) => {
  expect(cost(query, { sizing: 'measured' })).toBe(points);
});

test('as measured, an answer of a few nodes costs less than the page asked for', () => {
  const [query] = AUDITED[0] ?? [''];
  const edges = [1, 2].map((id) => ({ cursor: 'x', node: { id, updatedAt: 'x' } }));
  expect(cost(query, { sizing: 'measured', data: { products: { edges } } })).toBe(3);
  expect(cost(query, { sizing: 'measured', data: { products: { edges: [] } } })).toBe(2);
});

describe('actual cost', () => {
  const query =
    '{ locations(first: 50) { nodes { id localPickupSettingsV2 { pickupTime } address { zip } } } shop { id } }';

  test('counts what came, not what was asked', () => {
    const node = { id: 'x', localPickupSettingsV2: { pickupTime: 'ONE_HOUR' }, address: {} };
    const data = { locations: { nodes: [node, { ...node, localPickupSettingsV2: null }] } };
    // Two locations, two addresses, one pickup; the shop came back null.
    expect(cost(query, { data: { ...data, shop: null } })).toBe(5);
  });

  test('never exceeds what was requested, however long a list of objects is', () => {
    const list =
      '{ profile: deliveryProfile(id: "x") { profileLocationGroups { locationGroup { id } } } }';
    const group = { locationGroup: { id: 'x' } };
    const data = { profile: { profileLocationGroups: [group, group, group] } };
    expect(cost(list, { data })).toBe(cost(list));
  });
});

/** The largest page any job of the app asks for. */
const SIZES = {
  first: 100,
  ids: Array.from({ length: 250 }, (_, i) => `gid://shopify/InventoryItem/${i}`),
};
/** Where the app asks for less at a time, because a node is dear. */
const PAGES: Readonly<Record<string, number>> = {
  'delivery-profiles-read': 5,
  'delivery-zones-read': 5,
};

test.each(readdirSync(DOCUMENTS).filter((file) => file.endsWith('.graphql')))(
  '%s fits into one query',
  (file) => {
    const first = PAGES[file.replace('.graphql', '')] ?? SIZES.first;
    const query = readFileSync(join(DOCUMENTS, file), 'utf8');
    // Inputs are no part of a cost; those a document needs are left out of its text.
    const document = parse(query);
    const variables = {
      ...sampleVariables(schema, document),
      ...SIZES,
      first,
      id: 'x',
      locationId: 'x',
      inventoryItemId: 'x',
      query: 'x',
      profileId: 'x',
      locationGroupId: 'x',
      after: 'x',
      ownerType: 'ORDER',
      names: ['available'],
      key: 'x',
      input: {},
      metafields: [],
      definition: {},
      deliveryCustomization: {},
      localPickupSettings: {},
      profile: {},
    };
    const points = costOf({
      schema,
      document,
      operationName: undefined,
      variables,
      sizing: 'measured',
    });
    expect(points).toBeGreaterThan(0);
    expect(points).toBeLessThanOrEqual(QUERY_COST_MAX);
  },
);
