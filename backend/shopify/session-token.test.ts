import { createHmac } from 'node:crypto';
import '@shopify/shopify-api/adapters/node';
import { ApiVersion, LogSeverity, shopifyApi } from '@shopify/shopify-api';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifySessionToken } from './session-token.ts';
import type { AppSecrets } from './signature.ts';

const SHOP = 'kept-demo.myshopify.com';
const NOW_SECONDS = Math.trunc(Date.now() / 1000);
const SECRETS: AppSecrets = ['current-secret', 'previous-secret'];
const RULES = {
  clientId: 'kept-dev',
  secrets: SECRETS,
  surface: 'admin',
  nowSeconds: NOW_SECONDS,
} as const;

const ADMIN_CLAIMS = {
  iss: `https://${SHOP}/admin`,
  dest: `https://${SHOP}`,
  aud: 'kept-dev',
  sub: '42',
  exp: NOW_SECONDS + 60,
  nbf: NOW_SECONDS,
  iat: NOW_SECONDS,
};
const CHECKOUT_CLAIMS = {
  dest: SHOP,
  aud: 'kept-dev',
  exp: NOW_SECONDS + 300,
  nbf: NOW_SECONDS,
  iat: NOW_SECONDS,
};

type Made = { claims: object; header?: object; secret?: string; hash?: string };

function makeToken({ claims, header, secret = SECRETS[0], hash = 'sha256' }: Made): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode(header ?? { alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`;
}

test('an admin token names its shop and user', () => {
  expect(verifySessionToken(makeToken({ claims: ADMIN_CLAIMS }), RULES)).toEqual({
    ok: true,
    value: {
      shopId: SHOP,
      surface: 'admin',
      subject: '42',
      expiresAtSeconds: NOW_SECONDS + 60,
    },
  });
});

test.each([SHOP, `https://${SHOP}`])('a checkout token with dest %s names its shop', (dest) => {
  const token = makeToken({ claims: { ...CHECKOUT_CLAIMS, dest } });
  const verdict = verifySessionToken(token, { ...RULES, surface: 'checkout' });
  expect(verdict).toMatchObject({ ok: true, value: { shopId: SHOP, subject: undefined } });
});

test('a token of the previous secret is good during a rotation', () => {
  const token = makeToken({ claims: ADMIN_CLAIMS, secret: 'previous-secret' });
  expect(verifySessionToken(token, RULES).ok).toBe(true);
});

const EVIL = 'https://kept-demo.myshopify.com.evil.tld';
test.each<[string, Made]>([
  ['algorithm', { claims: ADMIN_CLAIMS, header: { alg: 'none' } }],
  ['algorithm', { claims: ADMIN_CLAIMS, header: { alg: 'RS256' } }],
  ['algorithm', { claims: ADMIN_CLAIMS, header: { alg: 'HS512' }, hash: 'sha512' }],
  ['signature', { claims: ADMIN_CLAIMS, secret: 'stolen' }],
  ['audience', { claims: { ...ADMIN_CLAIMS, aud: 'another-app' } }],
  ['audience', { claims: { ...ADMIN_CLAIMS, aud: ['kept-dev'] } }],
  ['expired', { claims: { ...ADMIN_CLAIMS, exp: NOW_SECONDS - 10 } }],
  ['expired', { claims: { ...ADMIN_CLAIMS, exp: undefined } }],
  ['not_yet_valid', { claims: { ...ADMIN_CLAIMS, nbf: NOW_SECONDS + 11 } }],
  ['shop', { claims: { ...ADMIN_CLAIMS, dest: EVIL, iss: `${EVIL}/admin` } }],
  ['shop', { claims: { ...ADMIN_CLAIMS, dest: 'http://kept-demo.myshopify.com' } }],
  ['issuer', { claims: { ...ADMIN_CLAIMS, iss: 'https://other.myshopify.com/admin' } }],
  ['issuer', { claims: { ...ADMIN_CLAIMS, iss: undefined } }],
  ['issuer', { claims: CHECKOUT_CLAIMS }],
])('a token is refused for its %s', (why, made) => {
  const refusal = { code: 'invalid_session_token', why };
  expect(verifySessionToken(makeToken(made), RULES)).toEqual({ ok: false, refusal });
});

test.each([
  ['expired', NOW_SECONDS + 69, true],
  ['expired', NOW_SECONDS + 70, false],
])('the leeway after exp is less than 10 seconds', (_name, nowSeconds, isGood) => {
  const token = makeToken({ claims: ADMIN_CLAIMS });
  expect(verifySessionToken(token, { ...RULES, nowSeconds }).ok).toBe(isGood);
});

test.each(['', '.', 'a.b', 'a.b.c.d', '..', 'x'.repeat(5_000), 'bnVsbA.bnVsbA.AA'])(
  '%j is malformed',
  (token) => {
    expect(verifySessionToken(token, RULES)).toMatchObject({ refusal: { why: 'malformed' } });
  },
);

// Ten thousand tokens take half a second on an idle machine.
test('ten thousand spoiled tokens: what Shopify’s library refuses, we refuse', {
  timeout: 60_000,
}, async () => {
  const library = shopifyApi({
    apiKey: 'kept-dev',
    apiSecretKey: SECRETS[0],
    hostName: 'kept.example.com',
    apiVersion: ApiVersion.July26,
    isEmbeddedApp: true,
    logger: { level: LogSeverity.Error, log: () => {} },
  });
  const claims = fc.record({
    ...Object.fromEntries(Object.entries(ADMIN_CLAIMS).map(([k, v]) => [k, fc.constant(v)])),
    aud: fc.constantFrom('kept-dev', 'kept-dev', 'other'),
    exp: fc.integer({ min: NOW_SECONDS - 60, max: NOW_SECONDS + 60 }).filter(isFarFromEdge),
  });
  const secret = fc.constantFrom(SECRETS[0], SECRETS[0], 'stolen');
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(claims, secret, fc.nat(), async (made, key, at) => {
      const token = makeToken({ claims: made, secret: key });
      const sent = at % 3 === 0 ? spoil(token, at) : token;
      const theirs = await library.session.decodeSessionToken(sent).then(
        () => true,
        () => false,
      );
      const ours = verifySessionToken(sent, { ...RULES, secrets: [SECRETS[0]] }).ok;
      expect(ours).toBe(theirs);
      if (ours) accepted++;
    }),
    { numRuns: 10_000 },
  );
  expect(accepted).toBeGreaterThan(500);
});

// The library reads its own clock: stay two seconds away from the edge at exp + 10.
function isFarFromEdge(exp: number): boolean {
  return Math.abs(exp + 10 - NOW_SECONDS) > 5;
}

function spoil(token: string, at: number): string {
  const place = at % (token.length - 1);
  return token.slice(0, place) + (token[place] === 'A' ? 'B' : 'A') + token.slice(place + 1);
}
