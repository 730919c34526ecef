import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type GraphQLSchema, NoDeprecatedCustomRule, parse, validate } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { adminDocumentPaths, generateDocuments, staleFiles } from '../../scripts/codegen.ts';
import { loadShopifySchema } from '../../scripts/shopify-schemas.ts';
import { ADMIN_API_VERSION, NEXT_ADMIN_API_VERSION } from '../version.ts';

// A deprecated field that an operation may use all the same, with the reason; none today.
const DEPRECATED_BUT_USED: Record<string, string> = {};

const documents = adminDocumentPaths().map((path) => ({
  name: basename(path),
  document: parse(readFileSync(path, 'utf8')),
}));

describe.each([ADMIN_API_VERSION, NEXT_ADMIN_API_VERSION] as const)('on Admin %s', (version) => {
  let schema: GraphQLSchema;
  beforeAll(async () => {
    schema = await loadShopifySchema('admin', version);
  });

  test.each(documents)('$name is valid', ({ document }) => {
    expect(validate(schema, document)).toEqual([]);
  });

  test.each(documents)('$name uses no deprecated field without a reason', ({ name, document }) => {
    const uses = validate(schema, document, [NoDeprecatedCustomRule]);
    expect(uses.filter(({ message }) => !(`${name}: ${message}` in DEPRECATED_BUT_USED))).toEqual(
      [],
    );
  });
});

test('the committed typed documents are what the generator makes', async () => {
  expect(staleFiles(await generateDocuments())).toEqual([]);
});

test('the typed documents hold no enum and no any', async () => {
  for (const { content } of await generateDocuments()) {
    expect(content).not.toMatch(/\benum\b|\bany\b/);
  }
});

test('a changed generated file is noticed', async () => {
  const [types, ...others] = await generateDocuments();
  if (!types) throw new Error('nothing was generated');
  expect(staleFiles([{ ...types, content: `${types.content} ` }, ...others])).toEqual([types.path]);
});
