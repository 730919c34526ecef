/**
 * Everything on one machine, to try out and to develop against.
 *
 *   npm start          builds the bundles, starts the local Shopify, Kept and the demo retailer
 *   npm run dev        the same, and again after a change of the sources
 *
 * Out: the addresses to open, on stdout. The parts are processes of their own that know each other by
 * addresses and keys alone, as in production. Ctrl-C ends all of them; when one dies the others end too
 * and its last lines are shown. Everything they keep is under `.data/` (as root Postgres is under
 * /var/lib/kept). Ports: PORT for Kept (3000), KEPT_LOCAL_SHOPIFY_PORT for the local Shopify (4000), KEPT_MAIL_PORT for the
 * page of caught mails (4025) and KEPT_SMTP_PORT for their server (2525).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DEMO_PIN, type DeskLink } from './demo/desks.ts';
import { locationIdOf } from './demo/locations.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const DATA_DIR = path.join(ROOT, '.data');
const DEMO_DIR = path.join(DATA_DIR, 'demo');

const KEPT_PORT = Number(process.env['PORT'] ?? 3000);
const SHOPIFY_PORT = Number(process.env['KEPT_LOCAL_SHOPIFY_PORT'] ?? 4000);
const KEPT_URL = `http://localhost:${KEPT_PORT}`;
const MAIL_PORT = Number(process.env['KEPT_MAIL_PORT'] ?? 4025);
const SMTP_PORT = Number(process.env['KEPT_SMTP_PORT'] ?? 2525);
const MAIL_URL = `http://localhost:${MAIL_PORT}`;
const SHOPIFY_URL = `http://localhost:${SHOPIFY_PORT}`;

// A first start on a slow disk makes a database cluster and runs every migration.
const READY_SECONDS = 120;
// Open answers (10 s), running jobs (10 s) and receipts (5 s) may end first.
const STOP_SECONDS = 30;
const LAST_LINES = 25;
const CHANGE_PAUSE_MILLISECONDS = 200;

const STAMPS = path.join(DATA_DIR, 'made.json');
const BUNDLE_SOURCES = [
  ...[
    'extensions',
    'backend/contract',
    'backend/console',
    'backend/desk',
    'backend/base',
    'package-lock.json',
  ],
  ...['scripts/build.ts', 'scripts/build-extensions.ts', 'scripts/build-console.ts'],
  'scripts/build-desk.ts',
];
const DEMO_SOURCES = [
  ...['scripts/demo', 'backend/network', 'scripts/local-shopify/seed.ts'],
  ...['scripts/local-shopify/theme', 'extensions/promise-theme/blocks'],
  'extensions/promise-theme/shopify.extension.toml',
];

class Stop extends Error {}

type Part = { readonly name: string; readonly child: ChildProcess; readonly log: string };

const parts: Part[] = [];
let isStopping = false;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { watch: { type: 'boolean', default: false } } });
  await assertFree(SHOPIFY_PORT, 'KEPT_LOCAL_SHOPIFY_PORT');
  await assertFree(KEPT_PORT, 'PORT');
  await assertFree(MAIL_PORT, 'KEPT_MAIL_PORT');
  await assertFree(SMTP_PORT, 'KEPT_SMTP_PORT');
  fs.mkdirSync(DATA_DIR, { recursive: true });
  await makeFiles();
  await startParts();
  printAddresses();
  if (values.watch) watchSources();
}

/** Bundles and the demo retailer, made again only after a change of what they are made from. */
async function makeFiles(): Promise<void> {
  const made = readStamps();
  const wanted = { bundles: fingerprint(BUNDLE_SOURCES), demo: fingerprint(DEMO_SOURCES) };
  const work: Promise<void>[] = [];
  if (made.bundles !== wanted.bundles || !haveBundles()) work.push(finish('scripts/build.ts', []));
  if (made.demo !== wanted.demo || !fs.existsSync(DEMO_DIR)) {
    work.push(finish('scripts/demo/generate.ts', [DEMO_DIR]));
  }
  if (work.length === 0) return;
  say('Building the bundles and the demo retailer …');
  await Promise.all(work);
  fs.writeFileSync(STAMPS, JSON.stringify(wanted));
}

function readStamps(): { bundles?: string; demo?: string } {
  try {
    return JSON.parse(fs.readFileSync(STAMPS, 'utf8'));
  } catch {
    // Never made, or half written: made again.
    return {};
  }
}

function haveBundles(): boolean {
  const folders = fs
    .globSync('extensions/*/shopify.extension.toml', { cwd: ROOT })
    .map((file) => path.dirname(file))
    // Shopify takes a theme's built files from its assets.
    .map((folder) => path.join(folder, folder.endsWith('-theme') ? 'assets' : 'dist'));
  return [...folders, 'backend/console/dist', 'backend/desk/dist'].every((folder) =>
    fs.existsSync(path.join(ROOT, folder)),
  );
}

function fingerprint(sources: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesOf).toSorted()) {
    hash.update(file).update(fs.readFileSync(path.join(ROOT, file)));
  }
  return hash.digest('hex');
}

function filesOf(source: string): string[] {
  const full = path.join(ROOT, source);
  if (!fs.statSync(full).isDirectory()) return [source];
  return fs.readdirSync(full, { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', 'dist', 'assets'].includes(entry.name)) return [];
    return entry.isDirectory() || entry.isFile() ? filesOf(path.join(source, entry.name)) : [];
  });
}

async function startParts(): Promise<void> {
  say('Starting the local Shopify and Kept …');
  launch('local-shopify', 'scripts/local-shopify/main.ts', [
    ...['--port', String(SHOPIFY_PORT), '--app', KEPT_URL],
    ...['--seed', path.join(DEMO_DIR, 'shop-seed.json')],
    ...['--state', path.join(DATA_DIR, 'local-shopify.json')],
    ...['--keys', DEMO_DIR],
  ]);
  launch('mail-catcher', 'scripts/mail-catcher/main.ts', [
    ...['--port', String(MAIL_PORT), '--smtp-port', String(SMTP_PORT)],
  ]);
  launch('kept', 'backend/main.ts', []);
  await untilAnswers(`${MAIL_URL}/`);
  await untilAnswers(`${SHOPIFY_URL}/clock`);
  await untilAnswers(`${KEPT_URL}/readyz`);
  await finish('scripts/demo/write-past.ts', []);
  await finish('scripts/demo/install.ts', [
    ...['--kept', KEPT_URL, '--shopify', SHOPIFY_URL, '--orders'],
    ...['--world', path.join(DEMO_DIR, 'world.json')],
  ]);
  launch('live', 'scripts/demo/live.ts', [
    ...['--kept', KEPT_URL, '--shopify', SHOPIFY_URL, '--keys', DEMO_DIR],
  ]);
}

/** What the parts are told of each other; a variable that is already set wins. */
function environment(): NodeJS.ProcessEnv {
  return {
    KEPT_ENV: 'development',
    PORT: String(KEPT_PORT),
    KEPT_URL,
    KEPT_CLOCK_URL: `${SHOPIFY_URL}/clock`,
    SHOPIFY_ADMIN_URL_TEMPLATE: `${SHOPIFY_URL}/{shop}/admin/api/{version}/graphql.json`,
    SHOPIFY_TOKEN_URL_TEMPLATE: `${SHOPIFY_URL}/{shop}/admin/oauth/access_token`,
    KEPT_APP_BRIDGE_URL: `${SHOPIFY_URL}/app-bridge.js`,
    KEPT_POLARIS_URL: `${SHOPIFY_URL}/polaris.js`,
    SMTP_URL: `smtp://127.0.0.1:${SMTP_PORT}`,
    MAIL_FROM: 'orders@kept.example',
    ...process.env,
  };
}

function printAddresses(): void {
  process.stdout.write(
    [
      '',
      `  The shop          ${SHOPIFY_URL}/`,
      `  Its admin         ${SHOPIFY_URL}/admin`,
      `  Its theme         ${SHOPIFY_URL}/admin/themes/current/editor`,
      `  Its stock         ${SHOPIFY_URL}/admin/inventory`,
      `  Its mails         ${MAIL_URL}/`,
      `  Kept              ${KEPT_URL}/readyz`,
      '',
      '  By role:',
      '',
      `  Agent             ${SHOPIFY_URL}/admin/apps/app/orders`,
      ...deskLines(),
      `  A till (POS)      ${SHOPIFY_URL}/pos?location=${locationIdOf('ST-MILANO-MONTENAPOLEONE')}`,
      `  Merchant          ${SHOPIFY_URL}/admin/orders`,
      '',
      '  What the marketplace may sell, asked with its key; the ERP’s key lies beside it:',
      '',
      `  curl -H "Authorization: Bearer $(cat ${path.relative(process.cwd(), DEMO_DIR)}/marketplace-key.txt)" \\`,
      `    "${KEPT_URL}/v1/stock/sellable?channel=marketplace&limit=5"`,
      '',
      '  Put something in the cart, enter an address in Italy, France, Germany, Spain or Great Britain,',
      '  and read the date on each delivery option. The bar below every page sets the clock and tells stories.',
      `  What the parts write is in ${path.relative(process.cwd(), DATA_DIR) || '.'}/*.log. Ctrl-C ends everything.`,
      '',
      '',
    ].join('\n'),
  );
}

/** A desk each: its link pairs one phone, for ten minutes; the next start prints another. */
function deskLines(): string[] {
  const links: DeskLink[] = JSON.parse(fs.readFileSync(path.join(DEMO_DIR, 'desks.json'), 'utf8'));
  return [
    ...links.map(({ person, url }) => `  ${`Desk of ${person}`.padEnd(18)}${url}`),
    `                    (each link for one phone, within ten minutes; everybody’s PIN is ${DEMO_PIN})`,
  ];
}

// ---- processes ----------------------------------------------------------------------------------

function launch(name: string, script: string, args: readonly string[]): void {
  const log = path.join(DATA_DIR, `${name}.log`);
  const output = fs.openSync(log, 'w');
  const child = spawn(process.execPath, [path.join(ROOT, script), ...args], {
    cwd: ROOT,
    env: environment(),
    stdio: ['ignore', output, output],
  });
  fs.closeSync(output);
  const part = { name, child, log };
  parts.push(part);
  child.once('exit', (code, signal) => {
    if (isStopping || !parts.includes(part)) return;
    void stopAll(1, `${name} ended by itself (${signal ?? `exit ${code}`}). ${lastLines(log)}`);
  });
}

/** Runs a script to its end; what it prints is chatter. */
async function finish(script: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [path.join(ROOT, script), ...args], {
    cwd: ROOT,
    env: environment(),
    stdio: ['ignore', 2, 2],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Stop(`${script} failed (exit ${code}); its message is above.`);
}

function lastLines(log: string): string {
  const lines = fs.readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LAST_LINES);
  return `Its last lines (${log}):\n${lines.join('\n')}`;
}

async function untilAnswers(url: string): Promise<void> {
  const deadline = performance.now() + READY_SECONDS * 1000;
  while (performance.now() < deadline && !isStopping) {
    const response = await fetch(url).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    await delay(100);
  }
  if (!isStopping) throw new Stop(`${url} did not answer within ${READY_SECONDS} s.`);
}

async function assertFree(port: number, variable: string): Promise<void> {
  const isTaken = await new Promise<boolean>((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(true));
    server.listen(port, () => server.close(() => resolve(false)));
  });
  if (isTaken) {
    throw new Stop(
      `Port ${port} is in use: perhaps Kept already runs. End that, or set ${variable} to a free port.`,
    );
  }
}

async function endParts(): Promise<void> {
  // Kept first: its last words to the local Shopify should find somebody.
  for (const { child } of parts.splice(0).reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const isLate = await Promise.race([
      ended.then(() => false),
      delay(STOP_SECONDS * 1000, true, { ref: false }),
    ]);
    if (isLate) child.kill('SIGKILL');
  }
}

async function stopAll(code: number, message?: string): Promise<never> {
  if (!isStopping) {
    isStopping = true;
    if (message !== undefined) say(message);
    await endParts();
  }
  process.exit(code);
}

// ---- npm run dev --------------------------------------------------------------------------------

function watchSources(): void {
  let timer: NodeJS.Timeout | undefined;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void restart(), CHANGE_PAUSE_MILLISECONDS);
  };
  for (const folder of [
    'backend',
    'extensions',
    'graphql',
    'scripts/local-shopify',
    'scripts/demo',
  ]) {
    fs.watch(path.join(ROOT, folder), { recursive: true }, (_event, file) => {
      if (file !== null && !/node_modules|[\\/]dist[\\/]|\.test\./.test(file)) again();
    });
  }
  say('Watching the sources …');
}

async function restart(): Promise<void> {
  say('A source changed: starting again …');
  try {
    await endParts();
    await makeFiles();
    await startParts();
    say('Ready again.');
  } catch (error) {
    // The next save may cure it.
    say(error instanceof Error ? error.message : String(error));
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void stopAll(0));
}
main().catch((error: unknown) => {
  const text = error instanceof Stop ? error.message : error instanceof Error ? error.stack : error;
  const logs = parts.map((part) => `\n${part.name}: ${lastLines(part.log)}`).join('');
  void stopAll(1, `${text}${logs}`);
});
