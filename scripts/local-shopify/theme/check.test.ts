import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FIXTURE_ROOT } from '../fixtures/buy.ts';
import { checkThemeExtension } from './check.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'theme-extension-'));
  cpSync(join(FIXTURE_ROOT, 'extensions', 'hello-theme'), folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

function change(file: string, from: string, to: string): void {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not say ${from}`);
  writeFileSync(path, text.replace(from, to));
}

test('an extension that keeps the rules has no offense', async () => {
  expect(await checkThemeExtension(folder)).toEqual([]);
});

test.each([
  [
    'a type Shopify does not know',
    '"type": "checkbox"',
    '"type": "chekbox"',
    /show_time.*allowed values/,
  ],
  [
    'a label forgotten',
    '"label": "t:greeting.heading",',
    '',
    /setting heading: must have required property 'label'/,
  ],
  ['an id twice', '"id": "stars"', '"id": "heading"', /setting heading: its id is used twice/],
  [
    'a default off the steps',
    '"default": 3',
    '"default": 3.5',
    /default 3.5 is not a step between 0 and 5/,
  ],
  ['a range of too many positions', '"max": 5,', '"max": 200,', /has 201 positions, at most 101/],
  [
    'a default that is no option',
    '"default": "small"',
    '"default": "huge"',
    /huge is none of the options/,
  ],
  [
    'a label without words',
    't:greeting.size"',
    't:greeting.sise"',
    /t:greeting.sise is not in locales\/it/,
  ],
  [
    'a file that is not there',
    '"hello.js"',
    '"gone.js"',
    /javascript assets\/gone.js does not exist/,
  ],
])('%s in a schema is an offense', async (_, from, to, said) => {
  change('blocks/greeting.liquid', from, to);
  expect((await checkThemeExtension(folder)).join('\n')).toMatch(said);
});

test('a tag an app block may not use, and a filter nobody knows, are offenses', async () => {
  change(
    'blocks/greeting.liquid',
    "{% render 'stars'",
    "{% section 'x' %}{{ 'a' | nope }}{% render 'stars'",
  );
  const offenses = (await checkThemeExtension(folder)).join('\n');
  expect(offenses).toContain(
    "AppBlockValidTags: Theme app extension blocks cannot contain 'section' tags",
  );
  expect(offenses).toContain("UnknownFilter: Unknown filter 'nope' used.");
});

test('a text missing in one language is an offense', async () => {
  change('locales/it.json', '"hello_html": "Che bello, <strong>{{ name }}</strong>.",', '');
  expect((await checkThemeExtension(folder)).join('\n')).toMatch(
    /locales\/it.json: MatchingTranslations/,
  );
});

test('a folder the CLI refuses is an offense, unless .shopifyignore names what is in it', async () => {
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src', 'hello.ts'), '');
  expect(await checkThemeExtension(folder)).toEqual([
    'src: the CLI takes only assets, blocks, snippets, locales; .shopifyignore may name the rest',
  ]);
  writeFileSync(join(folder, '.shopifyignore'), '# sources\nsrc/*\n');
  expect(await checkThemeExtension(folder)).toEqual([]);
});

test('a script may weigh 10,000 bytes as a browser gets it, however long it is unpacked', async () => {
  const path = join(folder, 'assets', 'hello.js');
  writeFileSync(path, `/* ${'long and dull '.repeat(5_000)} */`);
  expect(await checkThemeExtension(folder)).toEqual([]);
  writeFileSync(path, `/* ${randomBytes(12_000).toString('base64')} */`);
  expect((await checkThemeExtension(folder)).join()).toMatch(
    /assets\/hello.js is \d+ bytes compressed, at most 10000/,
  );
});
