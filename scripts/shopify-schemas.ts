/**
 * Where do Shopify's own GraphQL schemas come from, with no account and no network but npm?
 *
 * The package `@shopify/dev-mcp` carries the introspection of every API version. It is packed (never
 * installed: no script of it runs), checked against the pinned sha512, and turned into SDL files in
 * `.cache/shopify-schemas/<version of the package>-<files>/`, which git ignores. Two patches make the SDL whole:
 * input types whose every field is deprecated come out of the introspection empty and get a placeholder,
 * and `@scaleLimits`, an applied directive and so not part of an introspection, is put back on
 * `Cart.lines` of the function schemas. Two processes may do this at once: the directory appears whole.
 *
 * Usage: node scripts/shopify-schemas.ts        makes the files and prints their paths
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import {
  buildClientSchema,
  buildSchema,
  type GraphQLSchema,
  type IntrospectionQuery,
  printSchema,
} from 'graphql';

const run = promisify(execFile);

const PACKAGE = '@shopify/dev-mcp';
const PACKAGE_VERSION = '1.16.0';
const PACKAGE_SHA512 =
  'tqgRnK7sQhjew+htxtleTH23nXB5fZcsrhWgEkomsorGXvLOB2mh2upwZm8uzuTDNTZnqtLMe64yIwh6s2awtw==';
// 14 MB over a slow line; npm's own retries come on top.
const DOWNLOAD_TIMEOUT_MS = 150_000;

/** Every schema Kept uses: the file's name is `<api>_<version>`. */
export const SHOPIFY_SCHEMAS = [
  { api: 'admin', version: '2026-07', file: 'admin_2026-07' },
  { api: 'admin', version: '2026-10', file: 'admin_2026-10' },
  { api: 'storefront', version: '2026-07', file: 'storefront-graphql_2026-07' },
  { api: 'customer', version: '2026-07', file: 'customer_2026-07' },
  {
    api: 'functions_delivery_customization',
    version: '2026-07',
    file: 'functions_delivery_customization_2026-07',
  },
  {
    api: 'functions_delivery_customization',
    version: '2026-10',
    file: 'functions_delivery_customization_2026-10',
  },
  {
    api: 'functions_order_routing_location_rule',
    version: '2026-07',
    file: 'functions_order_routing_location_rule_2026-07',
  },
] as const;

/** An API of Shopify whose schema we hold. */
export type ShopifyApi = (typeof SHOPIFY_SCHEMAS)[number]['api'];
/** A version of Shopify's APIs whose schema we hold. */
export type ShopifyVersion = (typeof SHOPIFY_SCHEMAS)[number]['version'];

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const CACHE = join(ROOT, '.cache', 'shopify-schemas');
// The list above is part of the name: a directory made for a shorter one is not taken for whole.
const DIRECTORY = join(CACHE, `${PACKAGE_VERSION}-${SHOPIFY_SCHEMAS.length}`);

/** Makes the SDL files unless they are there; safe to call from several processes at once. */
export async function ensureShopifySchemas(): Promise<string> {
  if (existsSync(DIRECTORY)) return DIRECTORY;
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, '.making-'));
  try {
    const archive = await downloadArchive(work);
    const made = join(work, 'sdl');
    mkdirSync(made);
    for (const { api, file } of SHOPIFY_SCHEMAS) {
      await run('tar', ['xzf', archive, '-C', work, `package/dist/data/${file}.json.gz`]);
      const packed = readFileSync(join(work, 'package', 'dist', 'data', `${file}.json.gz`));
      await writeFile(join(made, `${file}.graphql`), introspectionToSdl(api, packed));
    }
    moveInPlace(made);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return DIRECTORY;
}

/** Path of the SDL file of one API version; throws when we hold none. Call `ensureShopifySchemas` first. */
export function shopifySchemaPath(api: ShopifyApi, version: ShopifyVersion): string {
  const found = SHOPIFY_SCHEMAS.find((one) => one.api === api && one.version === version);
  if (!found) throw new Error(`No schema of ${api} ${version} is held; see SHOPIFY_SCHEMAS.`);
  return join(DIRECTORY, `${found.file}.graphql`);
}

/** The SDL text of one API version, made first when it is not there yet. */
export async function shopifySchemaSdl(api: ShopifyApi, version: ShopifyVersion): Promise<string> {
  await ensureShopifySchemas();
  return readFileSync(shopifySchemaPath(api, version), 'utf8');
}

/** The executable schema of one API version, made first when it is not there yet. */
export async function loadShopifySchema(
  api: ShopifyApi,
  version: ShopifyVersion,
): Promise<GraphQLSchema> {
  const sdl = await shopifySchemaSdl(api, version);
  // Validated when the file was made; a second check costs a second per start.
  return buildSchema(sdl, { assumeValid: true, assumeValidSDL: true });
}

async function downloadArchive(into: string): Promise<string> {
  const npm = process.env['npm_execpath'];
  const args = ['pack', `${PACKAGE}@${PACKAGE_VERSION}`, '--ignore-scripts'];
  const options = { cwd: into, timeout: DOWNLOAD_TIMEOUT_MS, shell: process.platform === 'win32' };
  if (npm?.endsWith('.js')) await run(process.execPath, [npm, ...args], options);
  else await run('npm', args, options);
  const name = readdirSync(into).find((file) => file.endsWith('.tgz'));
  if (!name) throw new Error(`npm pack ${PACKAGE}@${PACKAGE_VERSION} left no archive in ${into}.`);
  const archive = join(into, name);
  const digest = createHash('sha512').update(readFileSync(archive)).digest('base64');
  if (digest !== PACKAGE_SHA512) {
    throw new Error(
      `${PACKAGE}@${PACKAGE_VERSION} arrived with sha512 ${digest}, not the pinned ${PACKAGE_SHA512}. ` +
        'Nothing of it was used. Check the registry before changing the pin.',
    );
  }
  return archive;
}

type EmptyableInput = { kind: string; inputFields?: unknown[] };

/** Turns one gzipped introspection into SDL with the two patches of the header; throws when it is not valid. */
export function introspectionToSdl(api: ShopifyApi, gzipped: Buffer): string {
  const parsed: { data: IntrospectionQuery } = JSON.parse(gunzipSync(gzipped).toString('utf8'));
  for (const type of parsed.data.__schema.types as readonly EmptyableInput[]) {
    if (type.kind === 'INPUT_OBJECT' && type.inputFields?.length === 0) {
      type.inputFields.push({
        name: '_empty',
        description: null,
        type: { kind: 'SCALAR', name: 'Boolean', ofType: null },
        defaultValue: null,
        isDeprecated: false,
        deprecationReason: null,
      });
    }
  }
  const sdl = printSchema(buildClientSchema(parsed.data, { assumeValid: true }));
  const whole = api.startsWith('functions_') ? restoreScaleLimits(sdl) : sdl;
  buildSchema(whole);
  return `${whole}\n`;
}

function restoreScaleLimits(sdl: string): string {
  const scaled = sdl.replace(
    /(type Cart implements [\s\S]*?\n {2}lines: \[CartLine!\]!)/,
    '$1 @scaleLimits(rate: 0.005)',
  );
  if (scaled === sdl)
    throw new Error('The function schema has no Cart.lines to put @scaleLimits on.');
  return scaled;
}

function moveInPlace(made: string): void {
  try {
    renameSync(made, DIRECTORY);
  } catch (error) {
    // Another process was quicker; its files are the same bytes.
    if (!existsSync(DIRECTORY)) throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await ensureShopifySchemas();
  for (const { api, version } of SHOPIFY_SCHEMAS) {
    process.stdout.write(`${shopifySchemaPath(api, version)}\n`);
  }
}
