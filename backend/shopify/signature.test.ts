import { createHmac } from 'node:crypto';
import '@shopify/shopify-api/adapters/node';
import { ApiVersion, LogSeverity, shopifyApi } from '@shopify/shopify-api';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AppSecrets, isSignedBody, shopOfSignedQuery } from './signature.ts';

const SECRETS: AppSecrets = ['current-secret', 'previous-secret'];
const SHOP = 'kept-demo.myshopify.com';
const library = shopifyApi({
  apiKey: 'kept-dev',
  apiSecretKey: SECRETS[0],
  hostName: 'kept.example.com',
  apiVersion: ApiVersion.July26,
  isEmbeddedApp: true,
  logger: { level: LogSeverity.Error, log: () => {} },
});

function signBody(body: Uint8Array, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('base64');
}

// Ten thousand signatures take a second on an idle machine.
const MANY_TIMEOUT_MS = 60_000;

test('ten thousand fuzzed webhooks get the verdict of Shopify’s own library', {
  timeout: MANY_TIMEOUT_MS,
}, async () => {
  const change = fc.constantFrom('none', 'body', 'signature', 'secret', 'blank', 'truncated');
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1 }), change, fc.nat(200), async (text, kind, at) => {
      const body = Buffer.from(text, 'utf8');
      const good = signBody(body, kind === 'secret' ? 'someone-else' : SECRETS[0]);
      const signature = spoil(kind, good, at);
      const sent = kind === 'body' ? Buffer.concat([body, Buffer.from(' ')]) : body;
      const theirs = await library.webhooks.validate({
        rawBody: sent.toString('utf8'),
        rawRequest: webhookRequest(signature),
        rawResponse: {},
      });
      const ours = isSignedBody(sent, signature, [SECRETS[0]]);
      expect(ours).toBe(theirs.valid);
      if (ours) accepted++;
    }),
    { numRuns: 10_000 },
  );
  expect(accepted).toBeGreaterThan(1_000);
});

function spoil(kind: string, signature: string, at: number): string {
  if (kind === 'blank') return '';
  if (kind === 'truncated') return signature.slice(0, at % signature.length);
  if (kind !== 'signature') return signature;
  const place = at % (signature.length - 1);
  const other = signature[place] === 'A' ? 'B' : 'A';
  return signature.slice(0, place) + other + signature.slice(place + 1);
}

function webhookRequest(signature: string) {
  return {
    method: 'POST',
    url: '/webhooks',
    headers: {
      'x-shopify-hmac-sha256': signature,
      'x-shopify-topic': 'orders/create',
      'x-shopify-shop-domain': SHOP,
      'x-shopify-api-version': '2026-07',
      'x-shopify-webhook-id': 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
      'content-type': 'application/json',
    },
  };
}

test('during a rotation the previous secret still opens, any other does not', () => {
  const body = Buffer.from('{"id":1}');
  expect(isSignedBody(body, signBody(body, 'previous-secret'), SECRETS)).toBe(true);
  expect(isSignedBody(body, signBody(body, 'older-secret'), SECRETS)).toBe(false);
});

test('the signature is over bytes: the same text in another encoding fails', () => {
  const signature = signBody(Buffer.from('è', 'utf8'), SECRETS[0]);
  expect(isSignedBody(Buffer.from('è', 'latin1'), signature, SECRETS)).toBe(false);
});

const NOW_SECONDS = Math.trunc(Date.now() / 1000);

function signQuery(query: URLSearchParams, secret: string): URLSearchParams {
  const names = [...new Set(query.keys())].toSorted();
  const text = names.map((name) => `${name}=${query.getAll(name).join(',')}`).join('');
  const signed = new URLSearchParams(query);
  signed.set('signature', createHmac('sha256', secret).update(text).digest('hex'));
  return signed;
}

function proxyQuery(extra: readonly (readonly [string, string])[], ageSeconds = 0) {
  return new URLSearchParams([
    ['logged_in_customer_id', ''],
    ['path_prefix', '/apps/promise'],
    ['shop', SHOP],
    ['timestamp', String(NOW_SECONDS - ageSeconds)],
    ...extra.map(([name, value]): [string, string] => [name, value]),
  ]);
}

test('fuzzed proxy calls get the verdict of Shopify’s own library', {
  timeout: MANY_TIMEOUT_MS,
}, async () => {
  const name = fc.stringMatching(/^[a-z]{1,6}$/).filter((one) => one !== 'shop' && one !== 'hmac');
  const extra = fc.array(fc.tuple(name, fc.string()), { maxLength: 4 });
  const change = fc.constantFrom('none', 'value', 'secret', 'signature');
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(extra, change, async (pairs, kind) => {
      const secret = kind === 'secret' ? 'someone-else' : SECRETS[0];
      const query = signQuery(proxyQuery(pairs), secret);
      if (kind === 'value') query.set('path_prefix', '/apps/other');
      if (kind === 'signature') query.set('signature', '0'.repeat(64));
      const theirs = await library.utils.validateHmac(query, { signator: 'appProxy' });
      const ours = shopOfSignedQuery(query, [SECRETS[0]], NOW_SECONDS);
      expect(ours !== undefined).toBe(theirs);
      if (ours) accepted++;
    }),
    { numRuns: 2_000 },
  );
  expect(accepted).toBeGreaterThan(300);
});

test('a proxy call names its shop for 90 seconds and no longer', () => {
  const at = (age: number) =>
    shopOfSignedQuery(signQuery(proxyQuery([], age), SECRETS[0]), SECRETS, NOW_SECONDS);
  expect(at(90)).toBe(SHOP);
  expect(at(91)).toBeUndefined();
  expect(at(-91)).toBeUndefined();
});

test.each(['shop', 'timestamp', 'signature'])('a second %s parameter is refused', (name) => {
  const query = signQuery(proxyQuery([]), SECRETS[0]);
  query.append(name, query.get(name) ?? '');
  expect(shopOfSignedQuery(query, SECRETS, NOW_SECONDS)).toBeUndefined();
});

test('a signed query that names no real shop domain is refused', () => {
  const query = proxyQuery([]);
  query.set('shop', 'kept-demo.myshopify.com.evil.tld');
  expect(shopOfSignedQuery(signQuery(query, SECRETS[0]), SECRETS, NOW_SECONDS)).toBeUndefined();
});
