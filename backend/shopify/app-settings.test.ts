import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ADMIN_API_VERSION } from '../../graphql/version.ts';
import { adminDocumentPaths } from '../../scripts/codegen.ts';
import { splitScopes } from './connections.ts';
import { FUNCTION_HANDLE } from './provisioning.ts';
import { OPERATION_SCOPES, SCOPES_WITHOUT_OPERATION } from './scopes.ts';
import { WEBHOOK_HANDLERS } from './webhooks.ts';

const text = readFileSync('shopify.app.toml', 'utf8');
const settings = z
  .object({
    access_scopes: z.object({ scopes: z.string() }),
    webhooks: z.object({
      api_version: z.string(),
      subscriptions: z.array(
        z.object({
          topics: z.array(z.string()).default([]),
          compliance_topics: z.array(z.string()).default([]),
          uri: z.string(),
        }),
      ),
    }),
  })
  .parse(parse(text));

test('every subscribed topic has a handler and every handler a subscription', () => {
  const subscribed = settings.webhooks.subscriptions.flatMap((one) => [
    ...one.topics,
    ...one.compliance_topics,
  ]);
  expect(subscribed.toSorted()).toEqual([...WEBHOOK_HANDLERS.keys()].toSorted());
});

test('every subscription names a handler file that exists', () => {
  const named = [...text.matchAll(/^# handler: (\S+)\n\[\[webhooks\.subscriptions\]\]/gm)];
  expect(named).toHaveLength(settings.webhooks.subscriptions.length);
  expect(named.flatMap(([, file]) => (file && existsSync(file) ? [] : [file]))).toEqual([]);
});

test('the three privacy topics are subscribed', () => {
  const topics = settings.webhooks.subscriptions.flatMap((one) => one.compliance_topics);
  expect(topics).toEqual(['customers/data_request', 'customers/redact', 'shop/redact']);
});

test('webhooks are of the pinned version', () => {
  expect(settings.webhooks.api_version).toBe(ADMIN_API_VERSION);
});

const asked = settings.access_scopes.scopes.split(',');
const withImplied = new Set(splitScopes(settings.access_scopes.scopes));
const documents = new Set(
  adminDocumentPaths().map((path) => /(\w+)[ ({]/.exec(operationLine(path))?.[1] ?? path),
);

function operationLine(path: string): string {
  const line = readFileSync(path, 'utf8')
    .split('\n')
    .find((one) => /^(query|mutation) /.test(one));
  return line?.replace(/^(query|mutation) /, '') ?? '';
}

test('every operation says which scopes it needs, and no other is listed', () => {
  expect(Object.keys(OPERATION_SCOPES).toSorted()).toEqual([...documents].toSorted());
});

test('every scope an operation needs is asked for', () => {
  const needed = Object.values(OPERATION_SCOPES).flat();
  expect(needed.filter((scope) => !withImplied.has(scope))).toEqual([]);
});

test('every scope we ask for is used by an operation, or by the app proxy', () => {
  const used = new Set([...Object.values(OPERATION_SCOPES).flat(), ...SCOPES_WITHOUT_OPERATION]);
  expect(asked.filter((scope) => !used.has(scope))).toEqual([]);
});

test('no scope is asked for that a write scope brings along', () => {
  expect(
    asked.filter(
      (scope) => asked.includes(scope.replace('read_', 'write_')) && scope.startsWith('read_'),
    ),
  ).toEqual([]);
});

test('the Function we install is the one the extension folder declares', () => {
  const extension = readFileSync(`extensions/${FUNCTION_HANDLE}/shopify.extension.toml`, 'utf8');
  expect(extension).toContain(`handle = "${FUNCTION_HANDLE}"`);
});

test('every operation is sent by somebody', () => {
  const folders = [
    '',
    '/shopify',
    '/shopify/fulfillment',
    '/shopify/inventory',
    '/shopify/webhooks',
  ];
  const sources = folders
    .map((folder) => `backend${folder}`)
    .flatMap((folder) =>
      readdirSync(folder)
        .filter(
          (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'scopes.ts',
        )
        .map((file) => readFileSync(`${folder}/${file}`, 'utf8')),
    );
  const text = sources.join('\n');
  expect([...documents].filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
});
