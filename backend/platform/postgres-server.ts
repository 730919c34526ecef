/**
 * Where is the system of record when the operator names none? A real PostgreSQL server of our own.
 *
 * In: a folder for the cluster. Out: the address of a running server whose owner and application
 * roles exist. A server that already runs on the folder is used as it is; one that was killed is
 * recovered; of two starts at once one makes the cluster, one starts the server, both get it.
 * Invariants: fsync stays on unless a caller (tests) says otherwise; passwords are random and only
 * readable by the user who started it; the server listens on 127.0.0.1 alone.
 * Source: docs/decisions/0003-own-postgres-launcher.md.
 */
import { spawnSync } from 'node:child_process';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { findPostgresPrograms, hasCode, type PostgresPrograms } from './postgres-binaries.ts';

/** A running server of ours. URLs carry the password. */
export type PostgresServer = {
  /** Address for the role that owns and migrates the database. */
  readonly ownerUrl: string;
  /** Address for the role that the application runs as. */
  readonly appUrl: string;
  readonly port: number;
  readonly dataDir: string;
  /** True when the server was already running. */
  readonly isReused: boolean;
  /** Stops the server unless somebody else is connected to it; tells whether it was stopped. */
  stopIfUnused(): Promise<boolean>;
};

/** What a start may choose. `settings` are server settings beyond the defaults, such as `fsync`. */
export type StartOptions = { readonly settings?: Readonly<Record<string, string>> };

/** The database every server of ours has. */
export const DATABASE_NAME = 'kept';
/** The role that owns tables and migrates them. */
export const OWNER_ROLE = 'kept_owner';
/** The role the application runs as: no superuser, no BYPASSRLS, owner of nothing. */
export const APP_ROLE = 'kept_app';

const SUPERUSER = 'postgres';
const START_ATTEMPTS = 4;
// Recovery after a crash replays the log; 60 s is Postgres's own patience in pg_ctl.
const READY_TIMEOUT_SECONDS = 60;
const POLL_MILLISECONDS = 100;

/** The folders of a clone: a shared one (0755) and, in it, the cluster itself (0700). */
export function clusterLocation(
  cloneDir: string,
  purpose: string,
): { sharedDir: string; dataDir: string } {
  if (process.getuid?.() !== 0) {
    const sharedDir = path.join(cloneDir, '.data');
    return { sharedDir, dataDir: path.join(sharedDir, purpose) };
  }
  const hash = createHash('sha256').update(fs.realpathSync(cloneDir)).digest('hex').slice(0, 16);
  const sharedDir = '/var/lib/kept';
  return { sharedDir, dataDir: path.join(sharedDir, `${hash}-${purpose}`) };
}

/**
 * Starts, recovers or reuses the server of this clone. `purpose` keeps clusters apart (`postgres` for
 * running, `test` for tests).
 */
export async function startPostgresServer(
  cloneDir: string,
  purpose: string,
  options: StartOptions = {},
): Promise<PostgresServer> {
  const { sharedDir, dataDir } = clusterLocation(cloneDir, purpose);
  fs.mkdirSync(sharedDir, { recursive: true, mode: 0o755 });
  const cluster: Cluster = {
    dataDir,
    programs: findPostgresPrograms(sharedDir),
    secret: sharedSecret(`${dataDir}.secret`),
  };
  makeCluster(cluster);
  const started = await startOrReuse(cluster, options);
  await prepareRoles(cluster, started.port);
  return {
    ownerUrl: serverUrl(cluster, OWNER_ROLE, started.port),
    appUrl: serverUrl(cluster, APP_ROLE, started.port),
    port: started.port,
    dataDir,
    isReused: started.isReused,
    stopIfUnused: () => stopIfUnused(cluster),
  };
}

type Cluster = {
  readonly dataDir: string;
  readonly programs: PostgresPrograms;
  readonly secret: string;
};

function serverUrl(cluster: Cluster, role: string, port: number): string {
  return `postgres://${role}:${password(cluster, role)}@127.0.0.1:${port}/${DATABASE_NAME}`;
}

// Each role has its own: who knows the application's cannot become the owner.
function password(cluster: Cluster, role: string): string {
  return createHmac('sha256', cluster.secret).update(role).digest('hex');
}

// One secret per cluster, in a file that only this user reads. The first of two starts at once
// writes it: a link never overwrites.
function sharedSecret(file: string): string {
  if (!fs.existsSync(file)) {
    const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
    fs.writeFileSync(draft, randomBytes(24).toString('hex'), { mode: 0o600 });
    try {
      fs.linkSync(draft, file);
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
    fs.rmSync(draft);
  }
  return fs.readFileSync(file, 'utf8').trim();
}

// The cluster is made beside its place and renamed into it, so a start that dies half-way leaves
// nothing that looks like a cluster, and the loser of a race finds the winner's.
function makeCluster(cluster: Cluster): void {
  if (fs.existsSync(path.join(cluster.dataDir, 'PG_VERSION'))) return;
  const draft = fs.mkdtempSync(`${cluster.dataDir}.making-`);
  const passwordFile = path.join(path.dirname(draft), `${path.basename(draft)}.password`);
  try {
    fs.writeFileSync(passwordFile, password(cluster, SUPERUSER), { mode: 0o600 });
    const user = cluster.programs.user;
    if (user !== undefined) {
      fs.chownSync(draft, user.uid, user.gid);
      fs.chownSync(passwordFile, user.uid, user.gid);
    }
    const made = run(cluster, 'initdb', [
      ...['-D', draft, '-U', SUPERUSER, '-E', 'UTF8', '--locale=C'],
      ...['-A', 'scram-sha-256', `--pwfile=${passwordFile}`],
    ]);
    if (made.status !== 0) throw new Error(`Postgres could not make its cluster: ${made.output}`);
    fs.renameSync(draft, cluster.dataDir);
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) throw error;
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
    fs.rmSync(passwordFile, { force: true });
  }
}

async function startOrReuse(
  cluster: Cluster,
  options: StartOptions,
): Promise<{ port: number; isReused: boolean }> {
  let lastOutput = '';
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    const port = await runningPort(cluster);
    if (port !== undefined) return { port, isReused: true };
    const chosen = await freePort();
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: '200',
      ...options.settings,
      port: String(chosen),
    };
    const flags = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`);
    const log = path.join(cluster.dataDir, 'server.log');
    const started = run(cluster, 'pg_ctl', [
      ...['-D', cluster.dataDir, '-w', '-t', String(READY_TIMEOUT_SECONDS), '-l', log],
      ...['-o', flags.join(' '), 'start'],
    ]);
    if (started.status === 0 && (await isOurServer(cluster, chosen))) {
      return { port: chosen, isReused: false };
    }
    // Lost a race for the folder or for the port, or a real fault: look again before giving up.
    lastOutput = `${started.output}\n${tail(log)}`;
  }
  throw new Error(`Postgres did not start on ${cluster.dataDir}.\n${lastOutput}`);
}

// The pid file of a server names its port, but the file outlives a killed server, and a killed
// server may stay a zombie that every "is it running?" takes for alive. So the port is asked.
async function runningPort(cluster: Cluster): Promise<number | undefined> {
  const file = path.join(cluster.dataDir, 'postmaster.pid');
  const deadline = performance.now() + READY_TIMEOUT_SECONDS * 1000;
  while (performance.now() < deadline) {
    const lines = readLines(file);
    if (lines === undefined) return undefined;
    const port = Number(lines[3]);
    if (port > 0 && (await isOurServer(cluster, port))) return port;
    const pid = Number(lines[0]);
    const state = processState(pid);
    if (state === 'gone') return undefined;
    if (state === 'zombie' || state === 'stranger') {
      await removeDeadPidFile(file, lines);
      return undefined;
    }
    await delay(POLL_MILLISECONDS);
  }
  throw new Error(
    `A Postgres server holds ${cluster.dataDir} but does not answer after ${READY_TIMEOUT_SECONDS} s. ` +
      `Look at ${path.join(cluster.dataDir, 'server.log')}, or end the process named in ${file}.`,
  );
}

// Postgres trusts a pid file whose process exists, a zombie included, and would refuse to start.
// The file goes only when no backend is attached to the dead server's shared memory any more.
async function removeDeadPidFile(file: string, lines: readonly string[]): Promise<void> {
  const memoryId = lines[6]?.trim().split(/\s+/)[1];
  for (let waited = 0; waited < READY_TIMEOUT_SECONDS * 1000; waited += POLL_MILLISECONDS) {
    if (memoryId === undefined || attachedProcesses(memoryId) === 0) {
      const now = readLines(file);
      if (now?.[0] === lines[0] && now?.[2] === lines[2]) fs.rmSync(file, { force: true });
      return;
    }
    await delay(POLL_MILLISECONDS);
  }
  throw new Error(`Backends of a killed Postgres still run; end them, then start again (${file}).`);
}

function attachedProcesses(memoryId: string): number {
  const rows = readLines('/proc/sysvipc/shm') ?? [];
  const row = rows.map((line) => line.trim().split(/\s+/)).find((cells) => cells[1] === memoryId);
  return Number(row?.[6] ?? 0);
}

type ProcessState = 'gone' | 'zombie' | 'stranger' | 'postgres';

function processState(pid: number): ProcessState {
  if (!Number.isInteger(pid) || pid <= 0) return 'gone';
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return 'gone';
  }
  const stat = readLines(`/proc/${pid}/stat`)?.[0];
  if (stat === undefined) return process.platform === 'linux' ? 'gone' : 'postgres';
  if (/\) [ZX] /.test(stat)) return 'zombie';
  return stat.includes('(postgres)') ? 'postgres' : 'stranger';
}

// Another program may have taken the port of a dead server: only one that knows our password and
// has our folder open is ours.
async function isOurServer(cluster: Cluster, port: number): Promise<boolean> {
  const client = superuser(cluster, port);
  try {
    await client.connect();
    const answer = await client.query('show data_directory');
    const folder: unknown = answer.rows[0]?.data_directory;
    return typeof folder === 'string' && sameFolder(folder, cluster.dataDir);
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function sameFolder(a: string, b: string): boolean {
  return fs.realpathSync(a) === fs.realpathSync(b);
}

function superuser(cluster: Cluster, port: number, database = 'postgres'): pg.Client {
  return new pg.Client({
    host: '127.0.0.1',
    port,
    database,
    user: SUPERUSER,
    password: password(cluster, SUPERUSER),
    connectionTimeoutMillis: 2000,
  });
}

// Idempotent, and one start at a time: the advisory lock is released with the connection.
async function prepareRoles(cluster: Cluster, port: number): Promise<void> {
  const client = superuser(cluster, port);
  await client.connect();
  try {
    await client.query("select pg_advisory_lock(hashtext('kept roles'))");
    const roles = await client.query('select rolname from pg_roles where rolname = any($1)', [
      [OWNER_ROLE, APP_ROLE],
    ]);
    const existing = new Set(roles.rows.map((row) => row.rolname));
    const login = (role: string) =>
      `login password '${password(cluster, role)}' nosuperuser nobypassrls`;
    if (!existing.has(OWNER_ROLE)) {
      await client.query(`create role ${OWNER_ROLE} ${login(OWNER_ROLE)} createdb createrole`);
    }
    if (!existing.has(APP_ROLE)) await client.query(`create role ${APP_ROLE} ${login(APP_ROLE)}`);
    await client.query(`grant ${APP_ROLE} to ${OWNER_ROLE} with inherit true, set true`);
    const found = await client.query('select 1 from pg_database where datname = $1', [
      DATABASE_NAME,
    ]);
    if (found.rowCount === 0) {
      await client.query(`create database ${DATABASE_NAME} owner ${OWNER_ROLE}`);
    }
  } finally {
    await client.end();
  }
}

async function stopIfUnused(cluster: Cluster): Promise<boolean> {
  const port = await runningPort(cluster);
  if (port === undefined) return false;
  const client = superuser(cluster, port);
  await client.connect();
  const others = await client.query(
    "select 1 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
  );
  await client.end();
  if (others.rowCount !== 0) return false;
  const stopped = run(cluster, 'pg_ctl', ['-D', cluster.dataDir, '-m', 'fast', '-w', 'stop']);
  if (stopped.status !== 0) throw new Error(`Postgres did not stop: ${stopped.output}`);
  return true;
}

// Output goes to a file: a pipe would stay open in the server that pg_ctl leaves behind.
function run(
  cluster: Cluster,
  program: string,
  args: readonly string[],
): { status: number | null; output: string } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kept-postgres-'));
  const log = path.join(folder, 'output');
  const output = fs.openSync(log, 'w');
  try {
    const ended = spawnSync(path.join(cluster.programs.nativeDir, 'bin', program), args, {
      ...cluster.programs.user,
      cwd: path.parse(cluster.dataDir).root,
      stdio: ['ignore', output, output],
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    });
    const printed = fs.readFileSync(log, 'utf8');
    return { status: ended.status, output: ended.error?.message ?? printed };
  } finally {
    fs.closeSync(output);
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('No free port on 127.0.0.1.'));
      });
    });
    server.on('error', reject);
  });
}

function readLines(file: string): string[] | undefined {
  try {
    return fs.readFileSync(file, 'utf8').split('\n');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function tail(file: string): string {
  return (readLines(file) ?? []).slice(-12).join('\n');
}
