/**
 * Which `s-*` elements may a target draw, with which properties, values and events? Read from Shopify's own types.
 *
 * Input: extension targets. Output: per target a list of elements, taken from `JSX.IntrinsicElements` of
 * `@shopify/ui-extensions/<target>`. It drives both sides of the sandbox: what the worker can create and what the page
 * accepts. Reading takes seconds, so the answer is kept in `dist/` under the package's version.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { z } from 'zod';

const HERE = dirname(fileURLToPath(import.meta.url));
const DIST = join(dirname(HERE), 'dist');

const propertySchema = z.object({
  type: z.enum(['string', 'number', 'boolean', 'mixed']),
  /** The only values allowed, when the type is a union of literals. */
  values: z.array(z.string()).optional(),
});
const elementSchema = z.object({
  properties: z.record(z.string(), propertySchema),
  events: z.array(z.string()),
});
const catalogSchema = z.record(z.string(), elementSchema);
/** Elements of one target by tag. */
export type ElementCatalog = z.infer<typeof catalogSchema>;
type Property = z.infer<typeof propertySchema>;

/** More literals than this are an open list in practice (icon names); they are checked as text only. */
const LITERALS_MAX = 40;

/** The catalog of a target, from `dist/` when it was made before. */
export function elementCatalog(target: string): ElementCatalog {
  const path = join(DIST, `elements-${uiExtensionsVersion()}`, `${target}.json`);
  if (existsSync(path)) return catalogSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const catalog = readCatalog(target);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(catalog));
  return catalog;
}

function uiExtensionsVersion(): string {
  const path = join(packageFolder(), 'package.json');
  const found: { version: string } = JSON.parse(readFileSync(path, 'utf8'));
  return found.version;
}

function packageFolder(): string {
  const entry = createRequire(import.meta.url).resolve('@shopify/ui-extensions');
  return entry.slice(0, entry.indexOf('ui-extensions') + 'ui-extensions'.length);
}

/** Reads the types of one target; throws when there is no such target. */
function readCatalog(target: string): ElementCatalog {
  const entry = join(HERE, `target-${target.replaceAll('.', '-')}.ts`);
  const source = [
    `import '@shopify/ui-extensions/${target}';`,
    "import type { JSX } from 'preact';",
    'export type Elements = JSX.IntrinsicElements;',
  ].join('\n');
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    skipLibCheck: true,
    types: [],
    strict: true,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (file, ...rest) =>
    file === entry
      ? ts.createSourceFile(file, source, ts.ScriptTarget.ES2022, true)
      : getSourceFile.call(host, file, ...rest);
  host.fileExists = (file) => file === entry || fileExists.call(host, file);
  const program = ts.createProgram([entry], options, host);
  const file = program.getSourceFile(entry);
  const alias = file?.statements.find(ts.isTypeAliasDeclaration);
  if (!file || !alias) throw new Error(`no types for target ${target}`);
  const catalog = listElements(program.getTypeChecker(), { alias, file });
  if (Object.keys(catalog).length === 0) throw new Error(`target ${target} is not in the types`);
  return catalog;
}

function listElements(
  checker: ts.TypeChecker,
  { alias, file }: { alias: ts.TypeAliasDeclaration; file: ts.SourceFile },
): ElementCatalog {
  const catalog: ElementCatalog = {};
  const typeOf = (symbol: ts.Symbol): ts.Type =>
    checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(symbol, file));
  for (const symbol of checker.getTypeAtLocation(alias.name).getProperties()) {
    if (!symbol.name.startsWith('s-')) continue;
    const properties: Record<string, Property> = {};
    const events: string[] = [];
    for (const member of typeOf(symbol).getProperties()) {
      if (NOT_PROPERTIES.has(member.name)) continue;
      if (/^on[A-Z]/.test(member.name)) events.push(member.name.slice(2).toLowerCase());
      else properties[member.name] = describe(typeOf(member));
    }
    catalog[symbol.name] = { properties, events };
  }
  return catalog;
}

/** Members of every JSX element that are not properties of the element itself. */
const NOT_PROPERTIES = new Set(['children', 'key', 'ref', 'slot', 'id']);

function describe(type: ts.Type): Property {
  const parts = type.isUnion() ? type.types : [type];
  const is = (flag: ts.TypeFlags): boolean => parts.every((part) => (part.flags & flag) !== 0);
  const values = parts.flatMap((part) => (part.isStringLiteral() ? [part.value] : []));
  if (values.length === parts.length && values.length < LITERALS_MAX) {
    return { type: 'string', values };
  }
  if (is(ts.TypeFlags.StringLike)) return { type: 'string' };
  if (is(ts.TypeFlags.BooleanLike)) return { type: 'boolean' };
  return { type: is(ts.TypeFlags.NumberLike) ? 'number' : 'mixed' };
}
