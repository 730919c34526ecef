/**
 * Is the house still built as its plan says?
 *
 * The plan is data at the top of this file: who may import whom, which files must be pure, which
 * folders exist and what each is for (README's tree). The tests read every source file and compare.
 */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');

// The chain: a module imports only those to its left.
const CHAIN = [
  'base',
  'policy',
  'network',
  'stock',
  'routing',
  'promise',
  'orders',
  'messages',
] as const;
const MODULES = CHAIN.slice(1);
const EDGES = ['shopify', 'http', 'jobs', 'console', 'connect', 'desk'] as const;
const IO_FILES = new Set(['store.ts', 'service.ts', 'routes.ts', 'client.ts']);

// What a pure file may import besides the modules to its left: libraries that compute and nothing else.
const PURE_LIBRARIES = new Set(['zod', 'date-holidays', 'lru-cache']);

type Place = {
  /** Top folder: `backend/network` is `network`, `extensions/x` is `extensions`, else the top folder. */
  readonly area: string;
  readonly isPure: boolean;
  readonly isTest: boolean;
};

type SourceFile = {
  readonly file: string;
  readonly place: Place;
  readonly code: string;
  readonly imports: readonly string[];
  /** Imports of values: what is left when `import type` is not counted. */
  readonly valueImports: readonly string[];
};

function placeOf(file: string): Place {
  const [top = '', second = ''] = file.split('/');
  const isTest = /\.test\.tsx?$|^extensions\/[a-z-]+\/tests\//.test(file);
  if (top !== 'backend') return { area: top, isPure: false, isTest };
  if (!file.includes('/', 'backend/'.length)) return { area: 'main', isPure: false, isTest };
  const isModule = (CHAIN as readonly string[]).includes(second) || second === 'contract';
  return { area: second, isPure: isModule && !IO_FILES.has(path.basename(file)), isTest };
}

const SOURCE = /\.(ts|tsx)$/;
const IGNORED = new Set([
  'node_modules',
  'dist',
  '.git',
  '.cache',
  '.data',
  '.shopify',
  'generated',
]);

function walk(folder: string): string[] {
  return fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    if (IGNORED.has(entry.name)) return [];
    const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(file) : [file];
  });
}

// Comments and strings are prose: only code counts. Strings stay where they name an import.
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/(^|[^:'"`])\/\/[^\n]*/g, '$1');
}

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"\n]+)\1/g;

function importsOf(code: string): string[] {
  const found = [...code.matchAll(IMPORT)].map((match) => match[2] ?? '');
  // The word "from" also stands before quotes in prose and data; a specifier has no such characters.
  return found.filter((specifier) => /^[#@\w./:-]+$/.test(specifier));
}

function sourceFile(file: string, text: string): SourceFile {
  const code = withoutComments(text);
  const values = code.replace(/\b(?:import|export)\s+type\b[^;]*;/g, '');
  return {
    file,
    place: placeOf(file),
    code,
    imports: importsOf(code),
    valueImports: importsOf(values),
  };
}

const SOURCES: readonly SourceFile[] = walk('')
  .filter((file) => SOURCE.test(file) && !file.endsWith('.d.ts'))
  .map((file) => sourceFile(file, fs.readFileSync(path.join(ROOT, file), 'utf8')));

/** The file of ours that an import names, from the root; undefined for a package. */
function ownTarget(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('#base/')) return `backend/base/${specifier.slice('#base/'.length)}`;
  if (!specifier.startsWith('.')) return undefined;
  return path.posix.normalize(path.posix.join(path.posix.dirname(from), specifier));
}

function leftOf(area: string): readonly string[] {
  return CHAIN.slice(0, (CHAIN as readonly string[]).indexOf(area));
}

/** Areas that files of an area may import, besides their own. */
function allowedAreas(place: Place): ReadonlySet<string> {
  const { area } = place;
  if (area === 'base' || area === 'contract') return new Set();
  if (area === 'platform') return new Set(['base']);
  if ((MODULES as readonly string[]).includes(area)) {
    const allowed = new Set(leftOf(area));
    // What is spoken with extensions and kept for them is written and read by the I/O files alone.
    if (!place.isPure) allowed.add('platform').add('contract');
    return allowed;
  }
  if ((EDGES as readonly string[]).includes(area)) {
    return new Set([...CHAIN, ...EDGES, 'platform', 'contract', 'graphql']);
  }
  if (area === 'main') return new Set([...CHAIN, ...EDGES, 'platform', 'contract', 'graphql']);
  if (area === 'extensions') return new Set(['contract']);
  if (area === 'graphql') return new Set();
  const product = [...CHAIN, ...EDGES, 'platform', 'contract', 'graphql', 'main', 'extensions'];
  return new Set([...product, 'scripts', 'tests']);
}

type Breach = string;

/** What a file imports of ours that its place does not allow. */
function importBreaches({ file, place, imports }: SourceFile): Breach[] {
  if (place.isTest) return [];
  const allowed = allowedAreas(place);
  return imports.flatMap((specifier) => {
    const target = ownTarget(file, specifier);
    if (target === undefined) return [];
    const area = placeOf(target).area;
    return area === place.area || allowed.has(area) ? [] : [`${file} imports ${target}`];
  });
}

const FORBIDDEN_IN_PURE: readonly (readonly [string, RegExp])[] = [
  ['Date', /\bDate\b(?!\s*[:?]|[A-Za-z'’-])/],
  ['process', /\bprocess\s*[.[]/],
  ['fetch', /\bfetch\s*\(/],
  ['Math.random', /\bMath\.random\b/],
  ['a timer', /\b(setTimeout|setInterval|setImmediate|queueMicrotask)\s*\(/],
  ['the clock', /\b(Temporal\.Now|performance\.now)\b/],
  ['the host’s time zone', /\bresolvedOptions\s*\(/],
  ['the console', /\bconsole\s*\./],
  ['globalThis', /\bglobalThis\b/],
];

/** What makes a file that must be pure depend on anything but its arguments. */
function purityBreaches({ file, place, code, imports }: SourceFile): Breach[] {
  if (!place.isPure || place.isTest) return [];
  const packages = imports.filter(
    (specifier) =>
      ownTarget(file, specifier) === undefined &&
      !(PURE_LIBRARIES.has(specifier) && place.area !== 'contract'),
  );
  const withoutStrings = code.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");
  const words = FORBIDDEN_IN_PURE.filter(([, pattern]) => pattern.test(withoutStrings));
  return [
    ...packages.map((specifier) => `${file} imports ${specifier}`),
    ...words.map(([name]) => `${file} uses ${name}`),
  ];
}

describe('imports', () => {
  test('every import is one that the plan allows', () => {
    expect(SOURCES.length).toBeGreaterThan(50);
    expect(SOURCES.flatMap(importBreaches)).toEqual([]);
  });

  test.each([
    ['backend/network/x.ts', "import { a } from '../stock/stock.ts';"],
    ['backend/network/x.ts', "import type { A } from '../platform/clock.ts';"],
    ['backend/network/service.ts', "import { a } from '../http/problem.ts';"],
    ['backend/promise/quote.ts', "import { a } from '../contract/promise-api.ts';"],
    ['backend/contract/x.ts', "import { a } from '../base/money.ts';"],
    ['backend/platform/x.ts', "import { a } from '../network/network.ts';"],
    ['backend/stock/x.ts', "const a = await import('../../scripts/kept.ts');"],
    ['extensions/promise-checkout/src/x.ts', "import { a } from '../../../backend/base/money.ts';"],
    ['backend/base/x.ts', "export { a } from '../policy/policy.ts';"],
  ])('%s may not say %s', (file, text) => {
    expect(importBreaches(sourceFile(file, text))).toHaveLength(1);
  });

  test('a store is used by its own module and built by the composition root alone', () => {
    const breaches = SOURCES.filter(({ place }) => !place.isTest && place.area !== 'main').flatMap(
      ({ file, place, valueImports }) =>
        valueImports
          .map((specifier) => ownTarget(file, specifier) ?? '')
          .filter((target) => /^backend\/[a-z]+\/store\.ts$/.test(target))
          .filter((target) => placeOf(target).area !== place.area && file.startsWith('backend/'))
          .map((target) => `${file} imports ${target}`),
    );
    expect(breaches).toEqual([]);
  });

  test('the local Shopify and the app know each other by addresses and keys only', () => {
    const breaches = SOURCES.filter(({ file }) => file.startsWith('scripts/local-shopify/'))
      .filter(({ place }) => !place.isTest)
      .flatMap(({ file, imports }) =>
        imports
          .map((specifier) => ownTarget(file, specifier) ?? '')
          .filter((target) => target.startsWith('backend/'))
          .map((target) => `${file} imports ${target}`),
      );
    expect(breaches).toEqual([]);
  });

  test('the oracle shares only the format of worlds with what it judges', () => {
    // compare.ts is the judge: it asks both and has no rules of its own.
    const oracle = SOURCES.filter(
      ({ file }) => file.startsWith('tests/oracle/') && file !== 'tests/oracle/compare.ts',
    );
    const breaches = oracle.flatMap(({ file, imports }) =>
      imports
        .map((specifier) => ownTarget(file, specifier) ?? '')
        .filter((target) => /^backend\/(network|stock|routing|promise)\//.test(target))
        .filter((target) => target !== 'backend/network/world.ts')
        .filter(() => !placeOf(file).isTest)
        .map((target) => `${file} imports ${target}`),
    );
    expect(breaches).toEqual([]);
  });
});

describe('purity', () => {
  test('every file that must be pure depends on its arguments alone', () => {
    expect(SOURCES.filter(({ place }) => place.isPure).length).toBeGreaterThan(20);
    expect(SOURCES.flatMap(purityBreaches)).toEqual([]);
  });

  test.each([
    "import fs from 'node:fs';",
    "import { sql } from 'kysely';",
    'const now = new Date();',
    'const at = Date.now();',
    'const home = process.env.HOME;',
    'const at = Temporal.Now.instant();',
    'const luck = Math.random();',
    'setTimeout(() => {}, 1);',
  ])('a pure file may not say %s', (text) => {
    expect(purityBreaches(sourceFile('backend/promise/quote.ts', text))).toHaveLength(1);
  });

  test('prose about a Date is no use of one', () => {
    const text =
      "// a Date\nconst text = 'Date.now()'; /* process.env */ type X = { PlainDate: 1 };";
    expect(purityBreaches(sourceFile('backend/promise/quote.ts', text))).toEqual([]);
  });
});

describe('names', () => {
  test('no folder or file is named after nothing in particular', () => {
    const vague = /(^|\/)(utils?|helpers?|common|manager|misc|data)(\.tsx?|\/)/;
    expect(SOURCES.map(({ file }) => file).filter((file) => vague.test(file))).toEqual([]);
  });

  test('files and folders of the product are in kebab-case', () => {
    const odd = SOURCES.map(({ file }) => file).filter(
      (file) => /^(backend|graphql|scripts|tests)\//.test(file) && /[A-Z_ ]/.test(file),
    );
    expect(odd).toEqual([]);
  });
});

/** Folder → purpose, from the fenced tree in README.md. */
function documentedFolders(): Map<string, string> {
  const readme = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const block = /## The tree\n+```\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const folders = new Map<string, string>();
  const trail: string[] = [];
  for (const line of block.split('\n').filter((text) => text.trim() !== '')) {
    const match = /^( *)([\w.-]+)\/\s+(\S.*)$/.exec(line);
    if (match === null) throw new Error(`README’s tree has a line that names no folder: ${line}`);
    const [, indent = '', name = '', purpose = ''] = match;
    trail.length = indent.length / 2;
    trail.push(name);
    folders.set(trail.join('/'), purpose);
  }
  return folders;
}

/** Real folders: the top ones, and one level deeper where the product lives. */
function realFolders(): string[] {
  const deep = new Set(['backend', 'extensions', 'graphql', 'scripts', 'docs', 'tests']);
  const folders = new Set<string>();
  for (const file of walk('')) {
    const [top = '', second = '', third] = file.split('/');
    if (second === '') continue;
    folders.add(top);
    if (third !== undefined && deep.has(top)) folders.add(`${top}/${second}`);
  }
  return [...folders].toSorted();
}

test('README’s tree names every folder that there is and none that there is not', () => {
  expect([...documentedFolders().keys()].toSorted()).toEqual(realFolders());
});

test('every webhook in shopify.app.toml names a handler that exists', () => {
  const lines = fs.readFileSync(path.join(ROOT, 'shopify.app.toml'), 'utf8').split('\n');
  const starts = lines.flatMap((line, index) =>
    line.trim() === '[[webhooks.subscriptions]]' ? [index] : [],
  );
  expect(starts.length).toBeGreaterThan(0);
  for (const start of starts) {
    const handler = /^# handler: (\S+)$/.exec(lines[start - 1] ?? '')?.[1];
    expect(
      handler,
      `line ${start + 1} of shopify.app.toml has no "# handler:" above it`,
    ).toBeDefined();
    expect(fs.existsSync(path.join(ROOT, handler ?? '')), `${handler} does not exist`).toBe(true);
  }
});

test('every migration has a number of its own', () => {
  const files = fs.readdirSync(path.join(ROOT, 'backend/migrations'));
  expect(files.filter((file) => !/^\d{4}-[a-z0-9-]+\.sql$/.test(file))).toEqual([]);
  const numbers = files.map((file) => file.slice(0, 4));
  expect(new Set(numbers).size).toBe(numbers.length);
});
