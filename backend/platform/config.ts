/**
 * What does the environment say, and is it something we can run with?
 *
 * In: the process environment, read once by `main.ts`. Out: one frozen object with parsed values and
 * development defaults filled in; or every problem at once, each naming the variable, its value
 * (secrets excepted), what is allowed and the next step.
 * Invariants: nothing else in the program reads `process.env`; in production no secret has a default,
 * the development secrets are refused, and time comes from the system alone.
 */
import { z } from 'zod';
import type { InvalidInput, Refused, Result } from '../base/result.ts';

/** One id and its key bytes; what is signed or sealed names the key it was made with. */
export type SecretKey = { readonly id: string; readonly key: Buffer };

/** The newest key first. */
export type KeyRing = readonly [SecretKey, ...SecretKey[]];

/** The configuration of one process. */
export type Config = {
  readonly environment: 'development' | 'test' | 'production';
  readonly port: number;
  /** Where shoppers and Shopify reach this service; no slash at the end. */
  readonly publicUrl: string;
  readonly logLevel: 'info' | 'warn' | 'error' | 'silent';
  /** Absent in development and tests: the embedded server is started. */
  readonly databaseUrl: string | undefined;
  /** The owner's address, for migrating; absent: `databaseUrl` is the owner's. */
  readonly databaseOwnerUrl: string | undefined;
  readonly databaseConnections: number;
  readonly redisUrl: string | undefined;
  /** Only ever set outside production. */
  readonly clockUrl: string | undefined;
  readonly shopify: ShopifyConfig;
  /** Keys of receipts. The first key signs; all of them verify. */
  readonly signingKeys: KeyRing;
  /** Keys of stored Shopify tokens. The first key seals; all of them open. */
  readonly tokenKeys: KeyRing;
  /** Where mails are handed over and in whose name; absent: no message is sent. */
  readonly mail: { readonly url: string; readonly from: string } | undefined;
};

/** How Shopify is reached and how its calls are verified. */
export type ShopifyConfig = {
  readonly apiKey: string;
  /** Verify with each, newest first: the previous secret stays valid while it is rotated. */
  readonly apiSecrets: readonly [string, ...string[]];
  readonly adminUrlTemplate: string;
  readonly tokenUrlTemplate: string;
  readonly appBridgeUrl: string;
  readonly polarisUrl: string;
  /** Origins that may frame the admin app besides Shopify's own; empty in production. */
  readonly frameOrigins: readonly string[];
};

/** Every problem of the environment, in the order of the variables. */
export type InvalidEnvironment = {
  readonly code: 'invalid_environment';
  readonly problems: readonly InvalidInput[];
};

const ADMIN_URL = 'https://{shop}/admin/api/{version}/graphql.json';
const TOKEN_URL = 'https://{shop}/admin/oauth/access_token';
const APP_BRIDGE_URL = 'https://cdn.shopify.com/shopifycloud/app-bridge.js';
const POLARIS_URL = 'https://cdn.shopify.com/shopifycloud/polaris.js';

/** The app's identity while developing; the local Shopify uses the same. Refused in production. */
export const DEVELOPMENT_API_KEY = 'kept-dev';
export const DEVELOPMENT_API_SECRET = 'kept-dev-secret';
const DEVELOPMENT_SIGNING_KEYS = `dev:${'00'.repeat(31)}01`;
const DEVELOPMENT_TOKEN_KEYS = `dev:${'00'.repeat(31)}02`;

const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === undefined || text.trim() === '' ? undefined : text.trim()));

const url = (...protocols: readonly string[]) =>
  optionalText.refine(
    (text) => text === undefined || protocols.includes(URL.parse(text)?.protocol ?? ''),
    { error: `an address starting with ${protocols.map((name) => `${name}//`).join(' or ')}` },
  );

const template = optionalText.refine(
  (text) => text === undefined || (/^https?:\/\//.test(text) && text.includes('{shop}')),
  { error: 'an http(s) address that contains {shop}' },
);

const count = (min: number, max: number) =>
  optionalText
    .refine(
      (text) =>
        text === undefined || (/^\d+$/.test(text) && Number(text) >= min && Number(text) <= max),
      { error: `a whole number from ${min} to ${max}` },
    )
    .transform((text) => (text === undefined ? undefined : Number(text)));

const SECRET_KEY = /^([A-Za-z0-9]{1,32}):((?:[0-9a-f]{2}){32})$/;

const keyRing = optionalText.refine(
  (text) => text === undefined || text.split(',').every((part) => SECRET_KEY.test(part.trim())),
  { error: 'id:hex pairs with commas between, each key 32 bytes as 64 small hex digits' },
);

const environmentSchema = z.object({
  KEPT_ENV: optionalText
    .pipe(z.enum(['development', 'test', 'production']).optional())
    .transform((name) => name ?? 'development'),
  PORT: count(1, 65_535),
  KEPT_URL: url('http:', 'https:'),
  KEPT_LOG_LEVEL: optionalText.pipe(z.enum(['info', 'warn', 'error', 'silent']).optional()),
  DATABASE_URL: url('postgres:', 'postgresql:'),
  DATABASE_OWNER_URL: url('postgres:', 'postgresql:'),
  KEPT_DATABASE_CONNECTIONS: count(1, 500),
  REDIS_URL: url('redis:', 'rediss:'),
  KEPT_CLOCK_URL: url('http:', 'https:'),
  SHOPIFY_API_KEY: optionalText,
  SHOPIFY_API_SECRET: optionalText,
  SHOPIFY_API_SECRET_PREVIOUS: optionalText,
  SHOPIFY_ADMIN_URL_TEMPLATE: template,
  SHOPIFY_TOKEN_URL_TEMPLATE: template,
  KEPT_SIGNING_KEYS: keyRing,
  KEPT_TOKEN_KEYS: keyRing,
  KEPT_APP_BRIDGE_URL: url('http:', 'https:'),
  KEPT_POLARIS_URL: url('http:', 'https:'),
  SMTP_URL: url('smtp:', 'smtps:'),
  MAIL_FROM: optionalText.refine(
    (text) => text === undefined || /^[^\s@,;<>"']+@[^\s@,;<>"']+$/.test(text),
    { error: 'an e-mail address alone, as orders@example.com' },
  ),
});

type Environment = z.output<typeof environmentSchema>;

// Values that may hold a password or a key are never repeated.
const SECRET = /SECRET|KEYS$|_URL$/;

/** Reads the environment; refuses with every problem found. */
export function parseConfig(
  source: Readonly<Record<string, string | undefined>>,
): Result<Config, InvalidEnvironment> {
  const parsed = environmentSchema.safeParse(source);
  if (!parsed.success) {
    return refuse(parsed.error.issues.map((issue) => problemOf(issue, source)));
  }
  const problems = [
    ...(parsed.data.KEPT_ENV === 'production' ? productionProblems(parsed.data) : []),
    ...mailProblems(parsed.data),
  ];
  if (problems.length > 0) return refuse(problems);
  return { ok: true, value: toConfig(parsed.data) };
}

function refuse(problems: readonly InvalidInput[]): Refused<InvalidEnvironment> {
  return { ok: false, refusal: { code: 'invalid_environment', problems } };
}

function problemOf(
  issue: z.core.$ZodIssue,
  source: Readonly<Record<string, string | undefined>>,
): InvalidInput {
  const name = String(issue.path[0] ?? '');
  const allowed =
    issue.code === 'invalid_value' ? issue.values.map(String).join(', ') : issue.message;
  return {
    code: 'invalid_input',
    pointer: `/${name}`,
    ...(SECRET.test(name) ? {} : { value: source[name] }),
    allowed,
    remedy: `Set ${name} to that, or leave it out for the default.`,
  };
}

const REQUIRED_IN_PRODUCTION = {
  KEPT_URL: 'Give the public https address of this service.',
  DATABASE_URL: 'Give the address of a PostgreSQL 18 server, logging in as kept_app.',
  SHOPIFY_API_KEY: 'Copy the client id of the app from the Partner dashboard.',
  SHOPIFY_API_SECRET: 'Copy the client secret of the app from the Partner dashboard.',
  KEPT_SIGNING_KEYS: 'Make one: echo "k1:$(openssl rand -hex 32)".',
  KEPT_TOKEN_KEYS: 'Make another: echo "k1:$(openssl rand -hex 32)".',
} as const;

const FOR_DEVELOPMENT_ONLY = [
  'KEPT_CLOCK_URL',
  'SHOPIFY_ADMIN_URL_TEMPLATE',
  'SHOPIFY_TOKEN_URL_TEMPLATE',
] as const;

// What everybody can read in this repository is no secret.
const PUBLIC_VALUES = {
  SHOPIFY_API_KEY: DEVELOPMENT_API_KEY,
  SHOPIFY_API_SECRET: DEVELOPMENT_API_SECRET,
  SHOPIFY_API_SECRET_PREVIOUS: DEVELOPMENT_API_SECRET,
  KEPT_SIGNING_KEYS: DEVELOPMENT_SIGNING_KEYS,
  KEPT_TOKEN_KEYS: DEVELOPMENT_TOKEN_KEYS,
} as const;

function productionProblems(environment: Environment): InvalidInput[] {
  const problems: InvalidInput[] = [];
  const problem = (name: string, allowed: string, remedy: string) =>
    problems.push({ code: 'invalid_input', pointer: `/${name}`, allowed, remedy });
  for (const [name, remedy] of entriesOf(REQUIRED_IN_PRODUCTION)) {
    if (environment[name] === undefined) problem(name, 'required in production', remedy);
  }
  if (environment.KEPT_URL?.startsWith('http://')) {
    problem('KEPT_URL', 'an https address in production', 'Shopify calls nothing else.');
  }
  for (const [name, value] of entriesOf(PUBLIC_VALUES)) {
    if (!environment[name]?.split(',').includes(value)) continue;
    problem(name, 'anything but the value for development', 'Use one of your own.');
  }
  for (const name of FOR_DEVELOPMENT_ONLY) {
    if (environment[name] === undefined) continue;
    problem(name, 'nothing in production', `Remove ${name}; it is for the local Shopify.`);
  }
  return problems;
}

// A server without a sender, or a sender without a server, is half a configuration: mails would be lost without a word.
function mailProblems({ SMTP_URL, MAIL_FROM }: Environment): InvalidInput[] {
  if ((SMTP_URL === undefined) === (MAIL_FROM === undefined)) return [];
  const [missing, present] =
    SMTP_URL === undefined ? ['SMTP_URL', 'MAIL_FROM'] : ['MAIL_FROM', 'SMTP_URL'];
  const remedy = `Set ${missing} too, or remove ${present}: then no message is sent.`;
  return [
    { code: 'invalid_input', pointer: `/${missing}`, allowed: `set with ${present}`, remedy },
  ];
}

function entriesOf<Name extends string>(record: Readonly<Record<Name, string>>): [Name, string][] {
  return Object.entries(record) as [Name, string][];
}

function toConfig(environment: Environment): Config {
  const port = environment.PORT ?? 3000;
  return {
    environment: environment.KEPT_ENV,
    port,
    publicUrl: (environment.KEPT_URL ?? `http://localhost:${port}`).replace(/\/+$/, ''),
    logLevel: environment.KEPT_LOG_LEVEL ?? (environment.KEPT_ENV === 'test' ? 'silent' : 'info'),
    databaseUrl: environment.DATABASE_URL,
    databaseOwnerUrl: environment.DATABASE_OWNER_URL,
    databaseConnections: environment.KEPT_DATABASE_CONNECTIONS ?? 10,
    redisUrl: environment.REDIS_URL,
    clockUrl: environment.KEPT_CLOCK_URL,
    shopify: toShopifyConfig(environment),
    signingKeys: parseKeys(environment.KEPT_SIGNING_KEYS ?? DEVELOPMENT_SIGNING_KEYS),
    tokenKeys: parseKeys(environment.KEPT_TOKEN_KEYS ?? DEVELOPMENT_TOKEN_KEYS),
    mail: toMail(environment),
  };
}

function toMail({ SMTP_URL, MAIL_FROM }: Environment): Config['mail'] {
  if (SMTP_URL === undefined || MAIL_FROM === undefined) return undefined;
  return { url: SMTP_URL, from: MAIL_FROM };
}

function toShopifyConfig(environment: Environment): ShopifyConfig {
  const secret = environment.SHOPIFY_API_SECRET ?? DEVELOPMENT_API_SECRET;
  const previous = environment.SHOPIFY_API_SECRET_PREVIOUS;
  return {
    apiKey: environment.SHOPIFY_API_KEY ?? DEVELOPMENT_API_KEY,
    apiSecrets: previous === undefined ? [secret] : [secret, previous],
    adminUrlTemplate: environment.SHOPIFY_ADMIN_URL_TEMPLATE ?? ADMIN_URL,
    tokenUrlTemplate: environment.SHOPIFY_TOKEN_URL_TEMPLATE ?? TOKEN_URL,
    appBridgeUrl: environment.KEPT_APP_BRIDGE_URL ?? APP_BRIDGE_URL,
    polarisUrl: environment.KEPT_POLARIS_URL ?? POLARIS_URL,
    frameOrigins: localOrigins(environment),
  };
}

// In development the local Shopify frames the app; it serves App Bridge too.
function localOrigins({ KEPT_ENV, KEPT_APP_BRIDGE_URL }: Environment): readonly string[] {
  if (KEPT_ENV === 'production' || KEPT_APP_BRIDGE_URL === undefined) return [];
  return [new URL(KEPT_APP_BRIDGE_URL).origin];
}

function parseKeys(text: string): KeyRing {
  const keys = text.split(',').map((part) => {
    const match = SECRET_KEY.exec(part.trim());
    return { id: match?.[1] ?? '', key: Buffer.from(match?.[2] ?? '', 'hex') };
  });
  const [first, ...rest] = keys;
  if (first === undefined) throw new Error('Bug: the schema let an empty list of keys pass');
  return [first, ...rest];
}

/** The problems as lines for a person: variable, value, what is allowed, next step. */
export function describeProblems(refusal: InvalidEnvironment): string {
  const lines = refusal.problems.map(({ pointer, value, allowed, remedy }) => {
    const shown = value === undefined ? '' : ` is ${JSON.stringify(value)},`;
    return `  ${pointer.slice(1)}${shown} allowed: ${allowed}. ${remedy}`;
  });
  return ['The environment cannot be used:', ...lines].join('\n');
}
