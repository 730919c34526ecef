/**
 * Is what we bundle what Shopify CLI bundles? Installs the CLI, builds a copy of the extensions with it, compares.
 *
 * UI bundles must be equal byte for byte. A Function is compared before Javy, a download the CLI needs and a machine
 * without that download cannot make: `dist/function.js` must be equal but for the comments that carry paths.
 * On success the CLI's version and the recipe's fingerprint go into `scripts/check-cli.json`; the test of
 * the recipe fails when the recipe is no longer the one that was proven. 240 MB, once per CLI version.
 *
 * Usage: npm run check:cli        needs npm's registry the first time
 */
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import {
  type BuiltExtension,
  buildExtensions,
  placeFunctionSchemas,
  ROOT,
  recipeFingerprint,
} from './build-extensions.ts';

const run = promisify(execFile);

const CLI_VERSION = '4.8.2';
const CLI = join(ROOT, '.cache', 'shopify-cli', CLI_VERSION);
const COPY = join(ROOT, '.cache', 'check-cli');
const PROOF = join(ROOT, 'scripts', 'check-cli.json');
const INSTALL_MS = 600_000;
const BUILD_MS = 120_000;

const built = await buildExtensions();
await installCli();
await copyProject(built);
await buildWithCli(['app', 'build', '--path', COPY], 'build the UI extensions');
for (const { kind, directory } of built) {
  if (kind === 'function') await buildFunctionWithCli(basename(directory));
}
const differing = built.filter((extension) => !isEqual(extension));
if (differing.length > 0) {
  const names = differing.map(({ handle }) => handle).join(', ');
  throw new Error(`Shopify CLI ${CLI_VERSION} bundles these differently: ${names}. See ${COPY}.`);
}
const proof = { cliVersion: CLI_VERSION, recipe: recipeFingerprint() };
writeFileSync(PROOF, `${JSON.stringify(proof, null, 2)}\n`);
process.stdout.write(`${built.length} bundles are what Shopify CLI ${CLI_VERSION} makes.\n`);

async function installCli(): Promise<void> {
  if (existsSync(join(CLI, 'node_modules', '@shopify', 'cli', 'bin', 'run.js'))) return;
  mkdirSync(CLI, { recursive: true });
  writeFileSync(join(CLI, 'package.json'), '{ "name": "shopify-cli-cache", "private": true }\n');
  const args = ['install', `@shopify/cli@${CLI_VERSION}`, '--ignore-scripts', '--no-audit'];
  await run('npm', args, { cwd: CLI, timeout: INSTALL_MS });
}

/** A project of its own, so that the CLI's files and its missing login stay out of ours. */
async function copyProject(extensions: readonly BuiltExtension[]): Promise<void> {
  rmSync(COPY, { recursive: true, force: true });
  mkdirSync(join(COPY, 'extensions'), { recursive: true });
  for (const { directory } of extensions) {
    cpSync(directory, join(COPY, 'extensions', basename(directory)), {
      recursive: true,
      filter: (path) => !/\/(node_modules|dist)$/.test(path),
    });
  }
  cpSync(join(ROOT, 'backend', 'contract'), join(COPY, 'backend', 'contract'), { recursive: true });
  cpSync(join(ROOT, 'tsconfig.base.json'), join(COPY, 'tsconfig.base.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(COPY, 'node_modules'));
  const workspaces = ['extensions/*'];
  const manifest = { name: 'kept-check', private: true, type: 'module', workspaces };
  writeFileSync(join(COPY, 'package.json'), JSON.stringify(manifest));
  // One Function would stop `app build` at the download of Javy, so it sees the UI extensions alone.
  writeAppToml(extensions.filter(({ kind }) => kind === 'ui_extension'));
  await placeFunctionSchemas(COPY);
}

function writeAppToml(extensions: readonly BuiltExtension[]): void {
  const folders = extensions.map(({ directory }) => `"extensions/${basename(directory)}"`);
  writeFileSync(
    join(COPY, 'shopify.app.toml'),
    `client_id = "00000000000000000000000000000000"
name = "kept-check"
application_url = "https://example.com"
embedded = true
extension_directories = [${folders.join(', ')}]

[access_scopes]
scopes = "read_orders"

[auth]
redirect_urls = ["https://example.com/auth/callback"]

[webhooks]
api_version = "2026-07"
`,
  );
}

async function buildWithCli(args: readonly string[], what: string): Promise<void> {
  try {
    await runCli(args);
  } catch (error) {
    throw new Error(`Shopify CLI could not ${what}:\n${outputOf(error)}`);
  }
}

/** Where Javy cannot be downloaded the CLI fails after writing what is compared; anything earlier is an error. */
async function buildFunctionWithCli(folder: string): Promise<void> {
  writeAppToml(built);
  const path = join(COPY, 'extensions', folder);
  try {
    await runCli(['app', 'function', 'build', '--path', path]);
  } catch (error) {
    if (!existsSync(join(path, 'dist', 'function.js')) || !/javy/i.test(outputOf(error))) {
      throw new Error(`Shopify CLI could not build ${folder}:\n${outputOf(error)}`);
    }
  }
}

async function runCli(args: readonly string[]): Promise<void> {
  const entry = join(CLI, 'node_modules', '@shopify', 'cli', 'bin', 'run.js');
  await run(process.execPath, [entry, ...args], {
    cwd: COPY,
    timeout: BUILD_MS,
    env: { ...process.env, CI: '1', SHOPIFY_CLI_NO_ANALYTICS: '1', NO_COLOR: '1' },
  });
}

function outputOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { stdout, stderr }: { stdout?: unknown; stderr?: unknown } = error as object;
  return `${stdout ?? ''}${stderr ?? ''}` || error.message;
}

function isEqual({ kind, directory, file }: BuiltExtension): boolean {
  const theirs = join(COPY, 'extensions', basename(directory), 'dist', basename(file));
  const [ours, other] = [readFileSync(file, 'utf8'), readFileSync(theirs, 'utf8')];
  return kind === 'ui_extension' ? ours === other : withoutPaths(ours) === withoutPaths(other);
}

function withoutPaths(bundle: string): string {
  return bundle.replace(/^\/\/ .*$/gm, '//');
}
