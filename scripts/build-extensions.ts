/**
 * Bundles every extension the way Shopify CLI does, without Shopify CLI: no login, no download, a second.
 *
 * Input: `extensions/*` with their `shopify.extension.toml`. Output: `dist/<handle>.js` of a UI extension, byte for byte
 * what CLI 4.8.2 writes; `dist/function.js` of a Function, what the CLI hands to Javy, but for the comments that
 * carry paths. `npm run check:cli` proves both against the CLI itself and records it in
 * `scripts/check-cli.json`. Script and style of a theme extension go into its `assets`, which the CLI deploys as they
 * are (decision 0067). Used by start, tests, benches and the local Shopify.
 *
 * Usage: node scripts/build-extensions.ts        builds all and prints handle, file and size
 */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, version } from 'esbuild';
import { parse } from 'smol-toml';
import { ensureShopifySchemas, shopifySchemaPath } from './shopify-schemas.ts';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

export type ExtensionTarget = {
  readonly target: string;
  /** UI: the module, relative to the extension. */
  readonly module: string | undefined;
  /** Function: path of its input query, relative to the extension. */
  readonly inputQuery: string | undefined;
  /** Function: the export Shopify calls, in kebab case. */
  readonly export: string | undefined;
};

export type ExtensionSource = {
  readonly handle: string;
  readonly kind: 'ui_extension' | 'function';
  readonly directory: string;
  readonly apiVersion: string;
  readonly targets: readonly ExtensionTarget[];
};

export type BuiltExtension = ExtensionSource & {
  /** The built bundle. */
  readonly file: string;
  readonly bytes: number;
};

/** The script and the style of a theme extension, as its blocks name them. */
export type BuiltTheme = {
  readonly handle: string;
  readonly directory: string;
  readonly script: string;
  readonly style: string;
};

/** What blocks name in their schemas, and the sources they are made from. */
const THEME_SCRIPT = { source: 'src/kept.ts', file: 'assets/kept.js' };
const THEME_STYLE = { source: 'src/kept.css', file: 'assets/kept.css' };

/** The UI extensions and Functions of a project, in the order of their folders. */
export function readExtensions(root: string = ROOT): ExtensionSource[] {
  const folder = join(root, 'extensions');
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((directory) => existsSync(join(directory, 'shopify.extension.toml')))
    .flatMap((directory) => readExtension(directory) ?? []);
}

type Toml = { readonly [key: string]: unknown };

function readExtension(directory: string): ExtensionSource | undefined {
  const file = join(directory, 'shopify.extension.toml');
  const toml: Toml = parse(readFileSync(file, 'utf8'));
  const extension = tables(toml['extensions'])[0];
  const kind = extension?.['type'];
  if (!extension || (kind !== 'ui_extension' && kind !== 'function')) return undefined;
  return {
    kind,
    directory,
    handle: text(extension['handle']) ?? '',
    apiVersion: text(toml['api_version']) ?? '',
    targets: tables(extension['targeting']).map((target) => ({
      target: text(target['target']) ?? '',
      module: text(target['module']),
      inputQuery: text(target['input_query']),
      export: text(target['export']),
    })),
  };
}

function tables(value: unknown): Toml[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Builds all extensions of a project: UI extensions and Functions into `dist`, themes into `assets`. */
export async function buildExtensions(root: string = ROOT): Promise<BuiltExtension[]> {
  await buildThemes(root);
  return Promise.all(readExtensions(root).map((source) => buildExtension(source, root)));
}

/** Builds script and style of every theme extension that has sources for them. */
export async function buildThemes(root: string = ROOT): Promise<BuiltTheme[]> {
  const folder = join(root, 'extensions');
  const themes = readdirSync(folder)
    .sort()
    .map((name) => ({ handle: name, directory: join(folder, name) }))
    .filter(({ directory }) => existsSync(join(directory, THEME_SCRIPT.source)))
    .filter(({ directory }) => existsSync(join(directory, 'blocks')));
  for (const { directory } of themes) {
    for (const { source, file } of [THEME_SCRIPT, THEME_STYLE]) {
      await writeBuilt(join(directory, file), {
        entryPoints: [join(directory, source)],
        bundle: true,
        minify: true,
        format: 'iife',
        // Private members and `??=` as they are; in use since 2021.
        target: 'es2022',
        legalComments: 'none',
        absWorkingDir: root,
      });
    }
  }
  return themes.map(({ handle, directory }) => ({
    handle,
    directory,
    script: join(directory, THEME_SCRIPT.file),
    style: join(directory, THEME_STYLE.file),
  }));
}

async function buildExtension(source: ExtensionSource, root: string): Promise<BuiltExtension> {
  const name = source.kind === 'function' ? 'function' : source.handle;
  const file = join(source.directory, 'dist', `${name}.js`);
  const options = source.kind === 'function' ? functionOptions(source) : uiOptions(source);
  await writeBuilt(file, { ...options, absWorkingDir: root });
  return { ...source, file, bytes: readFileSync(file).length };
}

/** Bundles into `file`, which appears whole: tests and servers build the same files at the same time. */
async function writeBuilt(file: string, options: BuildOptions): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const { outputFiles = [] } = await build({
    ...options,
    outfile: file,
    logLevel: 'error',
    write: false,
  });
  for (const { path, contents } of outputFiles) {
    const unfinished = `${path}.${process.pid}-${performance.now()}`;
    writeFileSync(unfinished, contents);
    renameSync(unfinished, path);
  }
}

/** One bundle for all targets of an extension; the first import of each module is named by its place. */
function uiOptions({ directory, targets }: ExtensionSource): BuildOptions {
  const contents = targets
    .map(
      ({ target, module }, index) =>
        `import Target_${index} from '${module}';shopify.extend('${target}', (...args) => Target_${index}(...args));`,
    )
    .join('\n');
  return {
    stdin: { contents, resolveDir: directory, loader: 'tsx' },
    bundle: true,
    minify: true,
    target: 'es6',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.esnext': 'ts', '.js': 'jsx' },
    legalComments: 'none',
    resolveExtensions: ['.tsx', '.ts', '.js', '.json', '.esnext', '.mjs', '.ejs'],
    sourcemap: true,
  };
}

/** The wrapper names what Javy exports; `user-function` is the extension's entry. */
function functionOptions({ directory, targets, handle }: ExtensionSource): BuildOptions {
  const names = targets.map((target) => camelCase(target.export ?? ''));
  if (names.includes('')) throw new Error(`${handle}: every target of a Function needs an export.`);
  const imports = names.map((name) => `${name} as run${name[0]?.toUpperCase()}${name.slice(1)}`);
  const contents = [
    'import __runFunction from "@shopify/shopify_function/run"',
    `import { ${imports.join(', ')} } from "user-function";`,
    ...names.map(
      (name) =>
        `export function ${name}() { return __runFunction(run${name[0]?.toUpperCase()}${name.slice(1)}) }`,
    ),
  ].join('\n');
  return {
    stdin: { contents, resolveDir: directory, loader: 'ts' },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    alias: { 'user-function': join(directory, 'src', 'index.ts') },
  };
}

/** `cart-delivery-options-transform-run` as a JavaScript name. */
export function camelCase(kebab: string): string {
  return kebab.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Names the recipe: esbuild's version and every option, for an extension of two targets. */
export function recipeFingerprint(): string {
  const sample = (kind: ExtensionSource['kind']): ExtensionSource => ({
    kind,
    handle: 'sample',
    directory: '/sample',
    apiVersion: '2026-07',
    targets: ['one-run', 'two-run'].map((name) => ({
      target: name,
      module: `./src/${name}.tsx`,
      inputQuery: `src/${name}.graphql`,
      export: name,
    })),
  });
  const recipe = [version, uiOptions(sample('ui_extension')), functionOptions(sample('function'))];
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex');
}

/** Shopify's schema beside each Function, which the CLI's type generation asks for; git ignores it. */
export async function placeFunctionSchemas(root: string = ROOT): Promise<void> {
  await ensureShopifySchemas();
  for (const { kind, directory, targets } of readExtensions(root)) {
    if (kind !== 'function') continue;
    const isRanking = targets.some(({ target }) => target.includes('location-rankings'));
    const api = isRanking
      ? 'functions_order_routing_location_rule'
      : 'functions_delivery_customization';
    copyFileSync(shopifySchemaPath(api, '2026-07'), join(directory, 'schema.graphql'));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await placeFunctionSchemas();
  for (const { handle, file, bytes } of await buildExtensions()) {
    process.stdout.write(`${handle}  ${relative(ROOT, file)}  ${bytes} B\n`);
  }
}
