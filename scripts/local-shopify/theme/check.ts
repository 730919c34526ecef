/**
 * What is wrong with a theme app extension, before Shopify says it at the deploy.
 *
 * Shopify's theme check (its `theme-app-extension` configuration, errors and warnings) plus what it leaves out in that
 * mode: block schemas against Shopify's published schema of a setting, and the rules the CLI enforces on folders. Input:
 * the folder. Output: every offense as `file: what`. Decision 0066.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, matchesGlob } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { check as themeCheck } from '@shopify/theme-check-node';
import { Ajv, type ValidateFunction } from 'ajv';
import { type BlockSchema, readThemeExtension, type SettingSchema, wordsAt } from './extension.ts';

/** Folders the CLI takes; a file in another one stops the deploy. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  assets: ['.jpg', '.jpeg', '.js', '.css', '.png', '.svg', '.json', '.wasm'],
  blocks: ['.liquid'],
  snippets: ['.liquid'],
  locales: ['.json'],
};
/** What the editor shows of a block's name; Shopify refuses longer ones. */
const NAME_CHARACTERS_MAX = 25;
/** Shopify's ceiling of the positions of a range. */
const RANGE_POSITIONS_MAX = 101;
/** Most bytes of one script and one style sheet, compressed: what theme check's limits meant when they were written. */
const COMPRESSED_BYTES_MAX = { javascript: 10_000, stylesheet: 100_000 } as const;
/** This theme check weighs the files uncompressed; `fileOffenses` does it as a browser gets them. */
const THEME_CHECK_CONFIG = `extends: theme-check:theme-app-extension
AssetSizeAppBlockJavaScript:
  enabled: false
AssetSizeAppBlockCSS:
  enabled: false
`;
/** Theme check counts 0 error, 1 warning, 2 information. */
const WARNING = 1;

/** Everything wrong with the extension in this folder; empty: Shopify would take it. */
export async function checkThemeExtension(directory: string): Promise<string[]> {
  const folders = folderOffenses(directory);
  const extension = readThemeExtension(directory);
  if (!extension)
    return [...folders, 'shopify.extension.toml: there is no extension of type theme'];
  const validate = settingValidator();
  const schemas = [...extension.blocks.values()].flatMap(({ handle, schema }) => {
    const found = [
      ...schema.settings.flatMap((setting) => settingOffenses(setting, validate)),
      ...repeatedIds(schema.settings),
      ...fileOffenses(directory, schema),
      ...labelOffenses(directory, [schema.name], NAME_CHARACTERS_MAX),
      ...labelOffenses(directory, schema.settings.flatMap(labelsOf), Number.POSITIVE_INFINITY),
    ];
    return found.map((text) => `blocks/${handle}.liquid: ${text}`);
  });
  return [...folders, ...schemas, ...(await themeCheckOffenses(directory))];
}

async function themeCheckOffenses(directory: string): Promise<string[]> {
  const place = mkdtempSync(join(tmpdir(), 'theme-check-'));
  const config = join(place, 'theme-check.yml');
  try {
    writeFileSync(config, THEME_CHECK_CONFIG);
    const offenses = await themeCheck(directory, config);
    return offenses
      .filter((one) => one.severity <= WARNING)
      .map(({ uri, check, message }) => {
        const path = fileURLToPath(uri);
        return `${basename(dirname(path))}/${basename(path)}: ${check}: ${message}`;
      });
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** The CLI takes every file one folder deep, but for what `.shopifyignore` names. */
function folderOffenses(directory: string): string[] {
  const ignored = ignoredPatterns(directory);
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .flatMap(({ name }) => {
      const allowed = FOLDERS[name];
      const files = readdirSync(join(directory, name), { withFileTypes: true })
        .filter((file) => file.isFile())
        .map((file) => `${name}/${file.name}`)
        .filter((path) => !ignored.some((pattern) => matchesGlob(path, pattern)));
      if (allowed) {
        return files
          .filter((path) => !allowed.includes(extname(path)))
          .map((path) => `${path}: only ${allowed.join(', ')} may stand here`);
      }
      const known = Object.keys(FOLDERS).join(', ');
      return files.length === 0
        ? []
        : [`${name}: the CLI takes only ${known}; .shopifyignore may name the rest`];
    });
}

function ignoredPatterns(directory: string): string[] {
  const path = join(directory, '.shopifyignore');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}

/** Files a schema names must be there and light. */
function fileOffenses(directory: string, schema: BlockSchema): string[] {
  return (['stylesheet', 'javascript'] as const).flatMap((kind) => {
    const file = schema[kind];
    if (file === undefined) return [];
    const path = join(directory, 'assets', file);
    if (!existsSync(path)) return [`${kind} assets/${file} does not exist`];
    const bytes = gzipSync(readFileSync(path)).byteLength;
    const limit = COMPRESSED_BYTES_MAX[kind];
    return bytes > limit ? [`assets/${file} is ${bytes} bytes compressed, at most ${limit}`] : [];
  });
}

/** Shopify's own JSON schema of one setting, as its editors use it. */
function settingValidator(): ValidateFunction {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('@shopify/theme-check-docs-updater/data/setting.json'));
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  for (const file of ['default_setting_values.json', 'setting.json']) {
    ajv.addSchema(JSON.parse(readFileSync(join(folder, file), 'utf8')), file);
  }
  const found = ajv.getSchema('setting.json');
  if (!found) throw new Error('the schema of a setting did not compile');
  return found;
}

function settingOffenses(setting: SettingSchema, validate: ValidateFunction): string[] {
  // Only app blocks have it, and the published schema speaks of themes.
  const { autofill: _, ...rest } = setting;
  const name = setting.id ?? setting.content ?? setting.type;
  const faults = validate(rest)
    ? []
    : [
        ...new Set(
          (validate.errors ?? [])
            .filter((one) => one.keyword !== 'if')
            .map((one) => `${one.instancePath} ${one.message}`.trim()),
        ),
      ];
  return [...faults, ...valueFaults(setting)].map((text) => `setting ${name}: ${text}`);
}

function valueFaults(setting: SettingSchema): string[] {
  const { type, default: value, options } = setting;
  if (type === 'range') return rangeFaults(setting);
  if (type !== 'select' && type !== 'radio') return [];
  const isKnown = value === undefined || options?.some((one) => one.value === value);
  return isKnown ? [] : [`the default ${String(value)} is none of the options`];
}

/** How far a step may be off by binary fractions and still be one. */
const STEP_ERROR_MAX = 1e-9;

function rangeFaults({ default: value, min = 0, max = 0, step = 1 }: SettingSchema): string[] {
  const positions = (max - min) / step + 1;
  const isOnStep = (number: number): boolean => {
    const steps = (number - min) / step;
    return Math.abs(steps - Math.round(steps)) < STEP_ERROR_MAX;
  };
  const faults: string[] = [];
  if (min >= max) faults.push(`min ${min} is not below max ${max}`);
  if (positions > RANGE_POSITIONS_MAX) {
    faults.push(`has ${positions} positions, at most ${RANGE_POSITIONS_MAX} are taken`);
  }
  if (!isOnStep(max)) faults.push(`max ${max} is not a whole number of steps from min`);
  if (typeof value !== 'number') faults.push('a range needs a default');
  else if (value < min || value > max || !isOnStep(value)) {
    faults.push(`the default ${value} is not a step between ${min} and ${max}`);
  }
  return faults;
}

function repeatedIds(settings: readonly SettingSchema[]): string[] {
  const ids = settings.flatMap((one) => one.id ?? []);
  const repeated = ids.filter((id, i) => ids.indexOf(id) !== i);
  return [...new Set(repeated)].map((id) => `setting ${id}: its id is used twice`);
}

function labelsOf({ label, info, content, placeholder, options = [] }: SettingSchema): string[] {
  const texts = [label, info, content, placeholder, ...options.map((one) => one.label)];
  return texts.filter((one) => one !== undefined);
}

/** Texts of the editor: a `t:` key must be in every language the editor's words are written in. */
function labelOffenses(
  directory: string,
  labels: readonly string[],
  charactersMax: number,
): string[] {
  const folder = join(directory, 'locales');
  const files = readdirSync(folder).filter((file) => file.endsWith('.schema.json'));
  return labels.flatMap((label) => {
    if (!label.startsWith('t:')) {
      return label.length > charactersMax
        ? [`"${label}" is longer than ${charactersMax} characters`]
        : [];
    }
    return files.flatMap((file) => {
      const text = wordsAt(JSON.parse(readFileSync(join(folder, file), 'utf8')), label.slice(2));
      if (typeof text !== 'string') return [`${label} is not in locales/${file}`];
      return text.length > charactersMax
        ? [`"${text}" in locales/${file} is longer than ${charactersMax} characters`]
        : [];
    });
  });
}
