/**
 * What Shopify knows of the app from its last deploy: `shopify.app.toml` and every `shopify.extension.toml`.
 *
 * Input: the project's root. Output: scopes, webhook subscriptions, app proxy, extensions and Functions with the paths
 * of their built bundles. A missing file is an app without that part, a malformed one throws with its path.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { z } from 'zod';

const subscription = z.object({
  topics: z.array(z.string()).default([]),
  compliance_topics: z.array(z.string()).default([]),
  uri: z.string(),
  include_fields: z.array(z.string()).optional(),
});
const appToml = z.object({
  name: z.string().optional(),
  application_url: z.string().optional(),
  access_scopes: z.object({ scopes: z.string().default('') }).optional(),
  webhooks: z
    .object({
      api_version: z.string().default('2026-07'),
      subscriptions: z.array(subscription).default([]),
    })
    .optional(),
  app_proxy: z
    .object({ url: z.string(), subpath: z.string(), prefix: z.string().default('apps') })
    .optional(),
});

const settingsField = z.object({
  key: z.string(),
  type: z.string(),
  name: z.string(),
  description: z.string().optional(),
});
const extensionToml = z.object({
  api_version: z.string().default('2026-07'),
  extensions: z.array(
    z.object({
      name: z.string(),
      handle: z.string(),
      type: z.string(),
      targeting: z
        .array(
          z.object({
            target: z.string(),
            module: z.string().optional(),
            input_query: z.string().optional(),
            export: z.string().optional(),
          }),
        )
        .default([]),
      capabilities: z.record(z.string(), z.unknown()).default({}),
      metafields: z.array(z.object({ namespace: z.string(), key: z.string() })).default([]),
      settings: z.object({ fields: z.array(settingsField).default([]) }).optional(),
      input: z
        .object({ variables: z.object({ namespace: z.string(), key: z.string() }).optional() })
        .optional(),
    }),
  ),
});

type UiExtension = {
  handle: string;
  directory: string;
  apiVersion: string;
  targets: string[];
  metafields: { namespace: string; key: string }[];
  capabilities: string[];
  settings: z.infer<typeof settingsField>[];
  bundlePath: string;
};
export type ShopifyFunction = {
  handle: string;
  directory: string;
  target: string;
  inputQueryPath: string;
  exportName: string;
  variables: { namespace: string; key: string } | undefined;
  bundlePath: string;
};
export type AppConfig = {
  name: string;
  /** Path of the embedded page, as `/app`; the host is the one the app runs at now. */
  applicationPath: string;
  scopes: string[];
  webhookVersion: string;
  webhooks: { topic: string; uri: string; includeFields: string[] | undefined }[];
  /** `path` is where the app itself answers proxied calls. */
  proxy: { path: string; subpath: string; prefix: string } | undefined;
  uiExtensions: UiExtension[];
  functions: ShopifyFunction[];
};

/** Reads the app below `root`; the files are small and read afresh, so a new build is seen at once. */
export function readAppConfig(root: string): AppConfig {
  const app = readToml(join(root, 'shopify.app.toml'), appToml) ?? {};
  const config: AppConfig = {
    name: app.name ?? 'App',
    applicationPath: pathOf(app.application_url ?? '/'),
    scopes: splitScopes(app.access_scopes?.scopes ?? ''),
    webhookVersion: app.webhooks?.api_version ?? '2026-07',
    webhooks: (app.webhooks?.subscriptions ?? []).flatMap((one) =>
      [...one.topics, ...one.compliance_topics].map((topic) => ({
        topic,
        uri: one.uri,
        includeFields: one.include_fields,
      })),
    ),
    proxy: app.app_proxy && { ...app.app_proxy, path: pathOf(app.app_proxy.url) },
    uiExtensions: [],
    functions: [],
  };
  const folder = join(root, 'extensions');
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  for (const name of names) addExtensions(config, join(folder, name));
  return config;
}

/** Path of an address; in development the host is replaced by the one the app runs at, as the CLI does. */
function pathOf(address: string): string {
  return new URL(address, 'http://localhost').pathname.replace(/\/$/, '');
}

/** Scopes as Shopify grants them: a write scope brings its read scope along. */
function splitScopes(text: string): string[] {
  const asked = text
    .split(',')
    .map((scope) => scope.trim())
    .filter(Boolean);
  const implied = asked
    .filter((scope) => scope.startsWith('write_'))
    .map((scope) => scope.replace('write_', 'read_'));
  return [...new Set([...asked, ...implied])];
}

function addExtensions(config: AppConfig, directory: string): void {
  const toml = readToml(join(directory, 'shopify.extension.toml'), extensionToml);
  for (const extension of toml?.extensions ?? []) {
    if (extension.type === 'ui_extension') {
      config.uiExtensions.push(
        toUiExtension(extension, { directory, apiVersion: toml?.api_version ?? '' }),
      );
    }
    if (extension.type === 'function') config.functions.push(...toFunctions(extension, directory));
  }
}

type Extension = z.infer<typeof extensionToml>['extensions'][number];

function toUiExtension(
  extension: Extension,
  { directory, apiVersion }: { directory: string; apiVersion: string },
): UiExtension {
  const { capabilities } = extension;
  return {
    handle: extension.handle,
    directory,
    apiVersion,
    targets: extension.targeting.map((one) => one.target),
    metafields: extension.metafields,
    capabilities: Object.keys(capabilities).filter((name) => capabilities[name] === true),
    settings: extension.settings?.fields ?? [],
    bundlePath: join(directory, 'dist', `${extension.handle}.js`),
  };
}

function toFunctions(extension: Extension, directory: string): ShopifyFunction[] {
  return extension.targeting.map((one) => ({
    handle: extension.handle,
    directory,
    target: one.target,
    inputQueryPath: join(directory, one.input_query ?? 'src/run.graphql'),
    exportName: camelCase(one.export ?? 'run'),
    variables: extension.input?.variables,
    bundlePath: join(directory, 'dist', 'function.js'),
  }));
}

function camelCase(kebab: string): string {
  return kebab.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function readToml<Output>(path: string, schema: z.ZodType<Output>): Output | undefined {
  if (!existsSync(path)) return undefined;
  const parsed = schema.safeParse(parse(readFileSync(path, 'utf8')));
  if (!parsed.success) throw new Error(`${path} does not fit: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The words of an extension in a language, as Shopify picks them: exact, then language, then the default file. */
export function readExtensionWords(directory: string, language: string): Record<string, unknown> {
  const folder = join(directory, 'locales');
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder);
  const chosen =
    files.find((file) => file === `${language}.json`) ??
    files.find((file) => file === `${language}.default.json`) ??
    files.find((file) => file.endsWith('.default.json'));
  if (chosen === undefined) return {};
  return JSON.parse(readFileSync(join(folder, chosen), 'utf8'));
}
