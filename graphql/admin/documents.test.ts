import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type GraphQLSchema, NoDeprecatedCustomRule, parse, validate } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  adminDocumentPaths,
  type GeneratedFile,
  generateDocuments,
  staleFiles,
} from '../../scripts/codegen.ts';
import { loadShopifySchema } from '../../scripts/shopify-schemas.ts';
import { ADMIN_API_VERSION, NEXT_ADMIN_API_VERSION } from '../version.ts';

// A deprecated field that an operation may use all the same, with the reason; none today.
const DEPRECATED_BUT_USED: Record<string, string> = {};

// Reading the whole schema takes two seconds on an idle machine; the first run also downloads it.
const GENERATION_TIMEOUT_MS = 180_000;

const documents = adminDocumentPaths().map((path) => ({
  name: basename(path),
  document: parse(readFileSync(path, 'utf8')),
}));

describe.each([ADMIN_API_VERSION, NEXT_ADMIN_API_VERSION] as const)('on Admin %s', (version) => {
  let schema: GraphQLSchema;
  beforeAll(async () => {
    schema = await loadShopifySchema('admin', version);
  }, GENERATION_TIMEOUT_MS);

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

describe('the generated files', () => {
  let made: readonly GeneratedFile[];
  beforeAll(async () => {
    made = await generateDocuments();
  }, GENERATION_TIMEOUT_MS);

  test('are committed as the generator makes them', () => {
    expect(staleFiles(made)).toEqual([]);
  });

  test('hold no enum and no any', () => {
    for (const { content } of made) expect(content).not.toMatch(/\benum\b|\bany\b/);
  });

  test('are noticed when one is changed', () => {
    const [types, ...others] = made;
    if (!types) throw new Error('nothing was generated');
    expect(staleFiles([{ ...types, content: `${types.content} ` }, ...others])).toEqual([
      types.path,
    ]);
  });
});
