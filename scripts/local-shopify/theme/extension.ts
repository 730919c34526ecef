/**
 * A theme app extension as Shopify knows it after a deploy: blocks with their schema, snippets, locales, assets.
 *
 * Input: the project's root; every folder below `extensions/` whose TOML says `type = "theme"` is read, afresh each
 * time, so that a new build is seen at once. A file that does not fit throws with its path: Shopify refuses it too.
 * Sources: Shopify "Theme app extensions: configuration", docs/decisions/0065.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'smol-toml';
import { z } from 'zod';

const settingSchema = z.looseObject({
  type: z.string(),
  id: z.string().optional(),
  label: z.string().optional(),
  content: z.string().optional(),
  info: z.string().optional(),
  placeholder: z.string().optional(),
  default: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).optional(),
  options: z.array(z.object({ value: z.string(), label: z.string() })).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  step: z.number().optional(),
  unit: z.string().optional(),
  autofill: z.boolean().optional(),
});
const placesSchema = z.object({
  templates: z.array(z.string()).optional(),
  groups: z.array(z.string()).optional(),
});
const blockSchema = z.looseObject({
  name: z.string(),
  target: z.enum(['section', 'head', 'body', 'compliance_head']),
  stylesheet: z.string().optional(),
  javascript: z.string().optional(),
  settings: z.array(settingSchema).default([]),
  enabled_on: placesSchema.optional(),
  disabled_on: placesSchema.optional(),
  available_if: z.string().optional(),
});
const entrySchema = z.object({
  name: z.string().optional(),
  handle: z.string().optional(),
  type: z.string(),
  uid: z.string().optional(),
});
const tomlSchema = z.object({ extensions: z.array(entrySchema).default([]) });

export type SettingSchema = z.infer<typeof settingSchema>;
export type BlockSchema = z.infer<typeof blockSchema>;
export type AppBlock = { handle: string; source: string; schema: BlockSchema };
export type ThemeExtension = {
  handle: string;
  name: string;
  uid: string;
  directory: string;
  blocks: ReadonlyMap<string, AppBlock>;
  /** Liquid by snippet name. */
  snippets: Readonly<Record<string, string>>;
};

/** Every theme app extension below `root`, by folder name. */
export function readThemeExtensions(root: string): ThemeExtension[] {
  const folder = join(root, 'extensions');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => readThemeExtension(join(folder, name)) ?? []);
}

/** The extension in this folder; undefined when it is none of a theme. */
export function readThemeExtension(directory: string): ThemeExtension | undefined {
  const path = join(directory, 'shopify.extension.toml');
  if (!existsSync(path)) return undefined;
  const toml = tomlSchema.parse(parse(readFileSync(path, 'utf8')));
  const entry = toml.extensions.find((one) => one.type === 'theme');
  if (!entry) return undefined;
  const handle = entry.handle ?? basename(directory);
  return {
    handle,
    name: entry.name ?? handle,
    // Shopify gives an extension without one its own at the first deploy.
    uid: entry.uid ?? `00000000-0000-4000-8000-${handle.length.toString().padStart(12, '0')}`,
    directory,
    blocks: new Map(
      liquidFiles(join(directory, 'blocks')).map(([name, source]) => [
        name,
        { handle: name, source, schema: readBlockSchema(join(directory, 'blocks', name), source) },
      ]),
    ),
    snippets: Object.fromEntries(liquidFiles(join(directory, 'snippets'))),
  };
}

function liquidFiles(folder: string): [string, string][] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.liquid'))
    .sort()
    .map((file) => [file.slice(0, -'.liquid'.length), readFileSync(join(folder, file), 'utf8')]);
}

/** What stands between `{% schema %}` and `{% endschema %}`; undefined when the file has no schema. */
export function schemaText(source: string): string | undefined {
  return /\{%-?\s*schema\s*-?%\}([\s\S]*?)\{%-?\s*endschema\s*-?%\}/.exec(source)?.[1];
}

function readBlockSchema(path: string, source: string): BlockSchema {
  const text = schemaText(source);
  if (text === undefined) throw new Error(`${path}.liquid has no {% schema %}.`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`The schema of ${path}.liquid is no JSON: ${String(error)}`);
  }
  const parsed = blockSchema.safeParse(json);
  if (!parsed.success) {
    throw new Error(`The schema of ${path}.liquid does not fit: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

/** Values of settings nobody has changed, by id; as Shopify gives them to Liquid. */
export function defaultSettings(settings: readonly SettingSchema[]): Record<string, unknown> {
  return Object.fromEntries(
    settings.flatMap(({ id, type, default: value }) =>
      id === undefined ? [] : [[id, value ?? (type === 'checkbox' ? false : null)]],
    ),
  );
}

/** Whether a schema lets its block stand on a template (`product`, `cart`, …). */
export function isAllowedOn(schema: BlockSchema, template: string): boolean {
  const { enabled_on: enabled, disabled_on: disabled } = schema;
  const names = (list: readonly string[] | undefined): boolean =>
    list?.some((one) => one === '*' || one === template) ?? false;
  if (enabled?.templates !== undefined) return names(enabled.templates);
  return !names(disabled?.templates);
}

/** `shopify://apps/<app>/blocks/<block>/<uid>`: how a template names an app block. */
export function blockType(
  appName: string,
  { extension, handle }: { extension: ThemeExtension; handle: string },
): string {
  const app = appName.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return `shopify://apps/${app}/blocks/${handle}/${extension.uid}`;
}

/** The block a template's type names; undefined when it is not of these extensions (or was removed from them). */
export function findBlock(
  extensions: readonly ThemeExtension[],
  type: string,
): { extension: ThemeExtension; block: AppBlock } | undefined {
  const [, handle, uid] = /^shopify:\/\/apps\/[^/]+\/blocks\/([^/]+)\/(.+)$/.exec(type) ?? [];
  const extension = extensions.find((one) => one.uid === uid);
  const block = extension?.blocks.get(handle ?? '');
  return extension && block ? { extension, block } : undefined;
}

type Words = { [key: string]: string | Words };

/** The words of a folder of locales in a language: exact, then the default file. `schema` names the editor's words. */
export function readLocale(
  directory: string,
  { language, kind }: { language: string; kind: 'storefront' | 'schema' },
): Words {
  const folder = join(directory, 'locales');
  if (!existsSync(folder)) return {};
  const end = kind === 'schema' ? '.schema.json' : '.json';
  const files = readdirSync(folder).filter(
    (file) => file.endsWith(end) && file.endsWith('.schema.json') === (kind === 'schema'),
  );
  const chosen =
    files.find((file) => file === `${language}${end}`) ??
    files.find((file) => file === `${language}.default${end}`) ??
    files.find((file) => file.endsWith(`.default${end}`));
  return chosen === undefined ? {} : JSON.parse(readFileSync(join(folder, chosen), 'utf8'));
}

/** The text or group of texts under a dotted key. */
export function wordsAt(words: Words, key: string): string | Words | undefined {
  let found: string | Words | undefined = words;
  for (const part of key.split('.')) {
    found = typeof found === 'object' && Object.hasOwn(found, part) ? found[part] : undefined;
  }
  return found;
}
