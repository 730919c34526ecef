import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ADMIN_API_VERSION } from '../../graphql/version.ts';
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
