/**
 * Turns every GraphQL operation we send into a typed document.
 *
 * Input: graphql/<api>/*.graphql, one operation a file, and Shopify's own schema of the pinned version.
 * Output: graphql/<api>/generated/types.ts (results, variables, the inputs and unions they name) and
 * documents.ts (one `TypedDocumentNode` an operation). Both are committed; a test proves that they are
 * what this script makes. They hold no enum (unions of strings instead) and no `any`: a scalar we do not
 * know is `unknown`.
 *
 * Usage: npm run codegen             writes the files
 *        node scripts/codegen.ts --check   exits 1 when a committed file differs
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from '@graphql-codegen/cli';
import { Kind, type OperationDefinitionNode, parse, print } from 'graphql';
import { ADMIN_API_VERSION } from '../graphql/version.ts';
import { ensureShopifySchemas, shopifySchemaPath } from './shopify-schemas.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const ADMIN = join(ROOT, 'graphql', 'admin');

// What Shopify's scalars are in JSON. Money and decimals stay strings: floating point never touches them.
const SCALARS = {
  Date: 'string',
  DateTime: 'string',
  Decimal: 'string',
  ID: 'string',
  JSON: 'unknown',
  Money: 'string',
  UnsignedInt64: 'string',
  URL: 'string',
};

/** A file this script owns, by its path from the root. */
export type GeneratedFile = { readonly path: string; readonly content: string };

/** Paths of all operations of the Admin API, sorted. */
export function adminDocumentPaths(): string[] {
  return readdirSync(ADMIN)
    .filter((name) => name.endsWith('.graphql'))
    .toSorted()
    .map((name) => join(ADMIN, name));
}

/** Makes the generated files in memory. */
export async function generateDocuments(): Promise<GeneratedFile[]> {
  await ensureShopifySchemas();
  const types = 'graphql/admin/generated/types.ts';
  const made = await generate(
    {
      schema: shopifySchemaPath('admin', ADMIN_API_VERSION),
      silent: true,
      generates: {
        [join(ROOT, types)]: {
          documents: adminDocumentPaths(),
          plugins: ['typescript-operations'],
          config: {
            enumType: 'string-literal',
            useTypeImports: true,
            skipTypename: true,
            immutableTypes: true,
            disableDescriptions: true,
            avoidOptionals: { field: true },
            defaultScalarType: 'unknown',
            scalars: SCALARS,
          },
        },
      },
    },
    false,
  );
  const content: unknown = made[0]?.content;
  if (typeof content !== 'string') throw new Error('The code generator made no types.');
  return [
    { path: types, content: `${BANNER}${content.trim()}\n` },
    { path: 'graphql/admin/generated/documents.ts', content: documentsModule() },
  ];
}

const BANNER =
  '// Made by scripts/codegen.ts from the .graphql files beside this folder. Do not edit.\n';

function documentsModule(): string {
  const operations = adminDocumentPaths().map(readOperation);
  const names = operations.flatMap(({ result, variables }) => [result, variables]).toSorted();
  const lines = operations.map(
    ({ name, result, variables, text }) =>
      `export const ${name}: TypedDocumentNode<${result}, ${variables}> = parse(\`\n${text}\n\`);\n`,
  );
  return [
    BANNER.trimEnd(),
    "import type { TypedDocumentNode } from '@graphql-typed-document-node/core';",
    "import { parse } from 'graphql';",
    `import type {\n${names.map((name) => `  ${name},`).join('\n')}\n} from './types.ts';`,
    '',
    ...lines,
  ].join('\n');
}

function readOperation(path: string) {
  const document = parse(readFileSync(path, 'utf8'), { noLocation: true });
  const [definition, ...others] = document.definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION || others.length > 0) {
    throw new Error(`${path} must hold exactly one operation and nothing else.`);
  }
  const name = operationName(definition, path);
  const suffix = definition.operation === 'query' ? 'Query' : 'Mutation';
  return {
    name,
    result: `${name}${suffix}`,
    variables: `${name}${suffix}Variables`,
    text: print(document),
  };
}

function operationName(definition: OperationDefinitionNode, path: string): string {
  const name = definition.name?.value;
  if (!name) throw new Error(`${path}: the operation needs a name.`);
  const file = name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
  if (!path.endsWith(`/${file}.graphql`)) {
    throw new Error(`${path}: operation ${name} belongs in a file named ${file}.graphql.`);
  }
  return name;
}

/** Which committed files differ from what this script makes; none when all are current. */
export function staleFiles(made: readonly GeneratedFile[]): string[] {
  return made
    .filter(({ path, content }) => {
      const file = join(ROOT, path);
      return !existsSync(file) || readFileSync(file, 'utf8') !== content;
    })
    .map(({ path }) => path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = await generateDocuments();
  const stale = staleFiles(made);
  if (process.argv.includes('--check')) {
    for (const path of stale) process.stderr.write(`${path} is not what npm run codegen makes.\n`);
    process.exitCode = stale.length > 0 ? 1 : 0;
  } else {
    for (const { path, content } of made) {
      await mkdir(dirname(join(ROOT, path)), { recursive: true });
      await writeFile(join(ROOT, path), content);
      process.stdout.write(`${path}\n`);
    }
  }
}
