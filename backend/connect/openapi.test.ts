import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openApiDocument, openApiText } from './openapi.ts';

const COMMITTED = join(import.meta.dirname, '../../docs/openapi.json');

test('docs/openapi.json is what the code says; else run node scripts/openapi.ts', () => {
  expect(readFileSync(COMMITTED, 'utf8')).toBe(openApiText());
});

test('every schema that an operation names is in the document', () => {
  const document = openApiDocument();
  const names = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)];
  const { schemas } = document['components'] as { schemas: object };
  expect(new Set(names.map((match) => match[1]))).toEqual(new Set(Object.keys(schemas)));
});

test('an event is described with its limits and each field in words', () => {
  const text = JSON.stringify(openApiDocument());
  expect(text).toContain('"maxItems":10000');
  expect(text).toContain('unique in this connection');
});
