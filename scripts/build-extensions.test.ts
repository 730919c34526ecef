import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  buildExtensions,
  camelCase,
  ROOT,
  readExtensions,
  recipeFingerprint,
} from './build-extensions.ts';

const LANGUAGES = ['en.default', 'it', 'fr', 'de', 'es'];
/** Our API version; Shopify refuses UI extensions below 2026-01 from October 2026 on. */
const API_VERSION = '2026-07';
const MOST_GZIP_AHEAD_OF_SHOPIFY = 64_000;

const target = z.strictObject({
  target: z.string().min(1),
  module: z.string().startsWith('./src/').optional(),
  input_query: z.string().startsWith('src/').optional(),
  export: z.string().optional(),
});

/** Shopify CLI takes unknown keys in silence; this does not. */
const toml = z.strictObject({
  api_version: z.literal(API_VERSION),
  extensions: z.tuple([
    z.strictObject({
      name: z.literal('t:name'),
      description: z.literal('t:description'),
      handle: z.string().regex(/^[a-z0-9-]{1,50}$/),
      type: z.enum(['ui_extension', 'function']),
      uid: z.uuid(),
      targeting: z.array(target).min(1),
      capabilities: z
        .strictObject({ api_access: z.boolean(), network_access: z.boolean() })
        .optional(),
      metafields: z
        .array(z.strictObject({ namespace: z.literal('$app'), key: z.string() }))
        .optional(),
      settings: z
        .strictObject({
          fields: z
            .array(
              z.strictObject({
                key: z.string(),
                type: z.enum(['boolean', 'single_line_text_field', 'number_integer']),
                name: z.string(),
              }),
            )
            .max(20),
        })
        .optional(),
      build: z
        .strictObject({ command: z.literal(''), path: z.literal('dist/function.wasm') })
        .optional(),
      ui: z
        .strictObject({ paths: z.strictObject({ create: z.string(), details: z.string() }) })
        .optional(),
    }),
  ]),
});

const sources = readExtensions();

test('the recipe is the one Shopify CLI was proven equal to', () => {
  const proof = JSON.parse(readFileSync(join(ROOT, 'scripts', 'check-cli.json'), 'utf8'));
  expect({ ...proof, hint: 'after a change of the recipe: npm run check:cli' }).toEqual({
    cliVersion: '4.8.2',
    recipe: recipeFingerprint(),
    hint: 'after a change of the recipe: npm run check:cli',
  });
});

describe.each(sources)('$handle', ({ directory, handle, targets, kind }) => {
  test('has a configuration without a key Shopify does not know', () => {
    const text = readFileSync(join(directory, 'shopify.extension.toml'), 'utf8');
    expect(toml.safeParse(parse(text)).error).toBeUndefined();
  });

  test('lies in the folder of its handle, with every file it names', () => {
    expect(directory.endsWith(`/extensions/${handle}`)).toBe(true);
    for (const { module, inputQuery } of targets) {
      const named = module ?? inputQuery;
      expect(named && existsSync(join(directory, named))).toBe(true);
    }
  });

  test('has a name and a description in five languages', () => {
    for (const language of LANGUAGES) {
      const texts = JSON.parse(
        readFileSync(join(directory, 'locales', `${language}.json`), 'utf8'),
      );
      expect([language, typeof texts.name, typeof texts.description]).toEqual([
        language,
        'string',
        'string',
      ]);
    }
  });

  test('exports what its target calls', () => {
    if (kind !== 'function') return;
    const entry = readFileSync(join(directory, 'src', 'index.ts'), 'utf8');
    for (const one of targets) {
      expect(entry).toContain(`export function ${camelCase(one.export ?? '')}(`);
    }
  });
});

test('no two extensions share an id or a handle', () => {
  const ids = sources.map(({ directory }) => {
    const text = readFileSync(join(directory, 'shopify.extension.toml'), 'utf8');
    return toml.parse(parse(text)).extensions[0].uid;
  });
  expect(new Set(ids).size).toBe(sources.length);
  expect(new Set(sources.map(({ handle }) => handle)).size).toBe(sources.length);
});

test('bundles are the same each time and carry nothing of this machine', async () => {
  const first = (await buildExtensions()).map(({ file }) => readFileSync(file, 'utf8'));
  const second = (await buildExtensions()).map(({ file }) => readFileSync(file, 'utf8'));
  expect(second).toEqual(first);
  for (const bundle of first) {
    expect(bundle).not.toContain(ROOT);
    expect(bundle).not.toMatch(/process\.env|localhost:\d/);
    expect(bundle.length).toBeLessThan(MOST_GZIP_AHEAD_OF_SHOPIFY);
  }
});

test('the default deploy holds every extension but the one Shopify takes from custom apps only', () => {
  const directories = z.object({ extension_directories: z.array(z.string()) });
  const listed = (file: string) =>
    directories.parse(parse(readFileSync(join(ROOT, file), 'utf8'))).extension_directories;
  const custom = ['extensions/location-rules-function'];
  expect(listed('shopify.app.custom.toml')).toEqual(custom);
  const theme = 'extensions/promise-theme';
  const all = [...sources.map(({ handle }) => `extensions/${handle}`), theme];
  const ours = listed('shopify.app.toml');
  expect(all.filter((one) => !ours.includes(one))).toEqual(custom);
  expect(ours).not.toContain('extensions/*');
});
