import { expect, test } from 'vitest';
import { describeProblems, parseConfig } from './config.ts';

const PRODUCTION = {
  KEPT_ENV: 'production',
  KEPT_URL: 'https://kept.example.com/',
  DATABASE_URL: 'postgres://kept_app:secret@db/kept',
  SHOPIFY_API_KEY: 'real-key',
  SHOPIFY_API_SECRET: 'real-secret',
  KEPT_SIGNING_KEYS: `k2:${'ab'.repeat(32)},k1:${'cd'.repeat(32)}`,
  KEPT_TOKEN_KEYS: `t1:${'ef'.repeat(32)}`,
};

function problemsOf(environment: Record<string, string>): string[] {
  const parsed = parseConfig(environment);
  return parsed.ok ? [] : parsed.refusal.problems.map((problem) => problem.pointer);
}

test('an empty environment is development on port 3000 with a database of its own', () => {
  expect(parseConfig({ DATABASE_URL: ' ' })).toMatchObject({
    ok: true,
    value: {
      environment: 'development',
      port: 3000,
      publicUrl: 'http://localhost:3000',
      databaseUrl: undefined,
      redisUrl: undefined,
      shopify: { apiKey: 'kept-dev', apiSecrets: ['kept-dev-secret'] },
    },
  });
});

test('production runs with real secrets, the newest first', () => {
  const parsed = parseConfig({ ...PRODUCTION, SHOPIFY_API_SECRET_PREVIOUS: 'older' });
  expect(parsed).toMatchObject({
    ok: true,
    value: {
      publicUrl: 'https://kept.example.com',
      shopify: { apiSecrets: ['real-secret', 'older'] },
      signingKeys: [{ id: 'k2' }, { id: 'k1' }],
    },
  });
});

test.each([
  ['a missing database', { DATABASE_URL: '' }, '/DATABASE_URL'],
  ['no public address', { KEPT_URL: '' }, '/KEPT_URL'],
  ['an unencrypted address', { KEPT_URL: 'http://kept.example.com' }, '/KEPT_URL'],
  ['the development key', { SHOPIFY_API_KEY: 'kept-dev' }, '/SHOPIFY_API_KEY'],
  ['the development secret', { SHOPIFY_API_SECRET: 'kept-dev-secret' }, '/SHOPIFY_API_SECRET'],
  [
    'the development secret as the previous one',
    { SHOPIFY_API_SECRET_PREVIOUS: 'kept-dev-secret' },
    '/SHOPIFY_API_SECRET_PREVIOUS',
  ],
  ['no signing key', { KEPT_SIGNING_KEYS: '' }, '/KEPT_SIGNING_KEYS'],
  [
    'the development signing key',
    { KEPT_SIGNING_KEYS: `dev:${'00'.repeat(31)}01` },
    '/KEPT_SIGNING_KEYS',
  ],
  ['no token key', { KEPT_TOKEN_KEYS: '' }, '/KEPT_TOKEN_KEYS'],
  [
    'the development token key among others',
    { KEPT_TOKEN_KEYS: `t1:${'ef'.repeat(32)},dev:${'00'.repeat(31)}02` },
    '/KEPT_TOKEN_KEYS',
  ],
  ['another clock', { KEPT_CLOCK_URL: 'http://localhost:4000/clock' }, '/KEPT_CLOCK_URL'],
  [
    'another Admin API',
    { SHOPIFY_ADMIN_URL_TEMPLATE: 'http://localhost:4000/{shop}' },
    '/SHOPIFY_ADMIN_URL_TEMPLATE',
  ],
])('production refuses %s', (_what, change, pointer) => {
  expect(problemsOf({ ...PRODUCTION, ...change })).toEqual([pointer]);
});

test.each([
  ['PORT', '0'],
  ['PORT', '3000x'],
  ['KEPT_ENV', 'staging'],
  ['DATABASE_URL', 'mysql://db'],
  ['REDIS_URL', 'localhost:6379'],
  ['KEPT_SIGNING_KEYS', 'k1:abcd'],
  ['SHOPIFY_ADMIN_URL_TEMPLATE', 'https://example.com/graphql.json'],
])('%s=%s is refused by name', (name, value) => {
  expect(problemsOf({ [name]: value })).toEqual([`/${name}`]);
});

test('all problems are told at once, with values but never with secrets', () => {
  const parsed = parseConfig({ PORT: '99999', KEPT_SIGNING_KEYS: 'hunter2', REDIS_URL: 'x:p@h' });
  expect(parsed.ok).toBe(false);
  const text = parsed.ok ? '' : describeProblems(parsed.refusal);
  expect(text).toContain('PORT is "99999", allowed: a whole number from 1 to 65535.');
  expect(text).toContain('KEPT_SIGNING_KEYS');
  expect(text).not.toContain('hunter2');
  expect(text).not.toContain('x:p@h');
});

test('mail needs a server and a sender, and without both there is none', () => {
  const mail = { SMTP_URL: 'smtps://user:word@mail.example', MAIL_FROM: 'orders@example.com' };
  expect(parseConfig(mail)).toMatchObject({
    value: { mail: { url: 'smtps://user:word@mail.example', from: 'orders@example.com' } },
  });
  expect(parseConfig({})).toMatchObject({ value: { mail: undefined } });
  expect(problemsOf({ SMTP_URL: mail.SMTP_URL })).toEqual(['/MAIL_FROM']);
  expect(problemsOf({ MAIL_FROM: mail.MAIL_FROM })).toEqual(['/SMTP_URL']);
  expect(problemsOf({ ...mail, MAIL_FROM: 'Lume <orders@example.com>' })).toEqual(['/MAIL_FROM']);
  expect(problemsOf({ ...mail, SMTP_URL: 'https://mail.example' })).toEqual(['/SMTP_URL']);
});
