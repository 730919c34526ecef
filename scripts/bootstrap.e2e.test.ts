// scripts/bootstrap.js is the door of every npm script, so it is tested as one: copied into a small
// clone of its own and run by the Node of the machine, which may be as old as 20.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');

// The oldest Node of this machine other than the one that runs the tests.
const MACHINE_NODE =
  ['/usr/bin/node', '/usr/local/bin/node'].find((file) => fs.existsSync(file)) ?? process.execPath;

const clones: string[] = [];
afterEach(() => {
  for (const clone of clones.splice(0)) fs.rmSync(clone, { recursive: true, force: true });
});

/** A clone with one dependency of the workspace kind, so that installing needs no registry. */
function makeClone(options: { readonly hasRuntime: boolean } = { hasRuntime: true }): string {
  const clone = fs.mkdtempSync(path.join(os.tmpdir(), 'kept clone '));
  clones.push(clone);
  const write = (file: string, content: string) => {
    fs.mkdirSync(path.dirname(path.join(clone, file)), { recursive: true });
    fs.writeFileSync(path.join(clone, file), content);
  };
  write('package.json', '{"name":"small","version":"1.0.0","type":"module","workspaces":["part"]}');
  write('part/package.json', '{"name":"part","version":"1.0.0"}');
  write(
    'package-lock.json',
    JSON.stringify({
      name: 'small',
      version: '1.0.0',
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': { name: 'small', version: '1.0.0', workspaces: ['part'] },
        'node_modules/part': { resolved: 'part', link: true },
        part: { version: '1.0.0' },
      },
    }),
  );
  write('scripts/bootstrap.js', fs.readFileSync(path.join(ROOT, 'scripts/bootstrap.js'), 'utf8'));
  fs.mkdirSync(path.join(clone, 'scripts/runtime'));
  for (const file of ['package.json', 'package-lock.json']) {
    fs.copyFileSync(
      path.join(ROOT, 'scripts/runtime', file),
      path.join(clone, 'scripts/runtime', file),
    );
  }
  // Seven seconds to install: all tests but one use the runtime of this clone where it has one.
  const runtime = path.join(ROOT, 'scripts/runtime/node_modules');
  if (options.hasRuntime && fs.existsSync(runtime)) {
    fs.symlinkSync(runtime, path.join(clone, 'scripts/runtime/node_modules'));
  }
  write(
    'scripts/kept.ts',
    `const seen: { node: string; args: string[] } = { node: process.version, args: process.argv.slice(2) };
     process.stdout.write(JSON.stringify(seen));
     process.exitCode = Number(process.env['WANTED_EXIT'] ?? 0);
     if (process.env['WANTED_WAIT']) { process.stdout.write('\\nwaiting\\n'); setInterval(() => {}, 1000); }`,
  );
  write(
    'scripts/bench/quote.ts',
    `process.stdout.write('bench ' + process.argv.slice(2).join(' '));`,
  );
  return clone;
}

function launch(clone: string, args: readonly string[], env: Record<string, string> = {}) {
  return spawn(MACHINE_NODE, [path.join(clone, 'scripts/bootstrap.js'), ...args], {
    cwd: clone,
    env: { ...process.env, ...env },
  });
}

async function ended(child: ChildProcess) {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (data) => {
    output.stdout += data;
  });
  child.stderr?.on('data', (data) => {
    output.stderr += data;
  });
  const [code, signal] = await once(child, 'exit');
  return { code, signal, ...output };
}

function run(clone: string, args: readonly string[], env?: Record<string, string>) {
  return ended(launch(clone, args, env));
}

test('on the machine’s Node a task runs under Node 26 or newer, with its arguments', async () => {
  const clone = makeClone({ hasRuntime: false });
  const first = await run(clone, ['kept', 'quote', '--world', 'W file.json', '--', '--x']);
  expect(first.code).toBe(0);
  // stdout is the task's alone; the chatter of installing went to stderr.
  const seen = JSON.parse(first.stdout);
  expect(seen.args).toEqual(['quote', '--world', 'W file.json', '--', '--x']);
  expect(Number(/^v(\d+)\./.exec(seen.node)?.[1])).toBeGreaterThanOrEqual(26);
  expect(first.stderr).toContain('Installing packages to run');
  const second = await run(clone, ['kept']);
  expect(second.stderr).toBe('');
});

test('packages are installed again when the lock file changed, and only then', async () => {
  const clone = makeClone();
  await run(clone, ['kept']);
  const lock = path.join(clone, 'package-lock.json');
  fs.writeFileSync(lock, fs.readFileSync(lock, 'utf8').replaceAll('"1.0.0"', '"1.0.1"'));
  for (const file of ['package.json', 'part/package.json']) {
    const manifest = path.join(clone, file);
    fs.writeFileSync(manifest, fs.readFileSync(manifest, 'utf8').replace('1.0.0', '1.0.1'));
  }
  expect((await run(clone, ['kept'])).stderr).toContain('Installing');
  expect((await run(clone, ['kept'])).stderr).toBe('');
});

test('a task that needs more than was installed installs it; less is already there', async () => {
  const clone = makeClone();
  fs.rmSync(path.join(clone, 'node_modules'), { recursive: true, force: true });
  await run(clone, ['kept']);
  expect((await run(clone, ['bench', 'quote', '--json'])).stdout).toBe('bench --json');
  const kind = () =>
    JSON.parse(fs.readFileSync(path.join(clone, 'node_modules/.kept-installed.json'), 'utf8')).kind;
  expect(kind()).toBe('development');
  await run(clone, ['kept']);
  expect(kind()).toBe('development');
});

test('of two starts at once one installs and both run', async () => {
  const clone = makeClone();
  const both = await Promise.all([run(clone, ['kept', 'a']), run(clone, ['kept', 'b'])]);
  expect(both.map((one) => one.code)).toEqual([0, 0]);
  const installs = both.filter((one) => one.stderr.includes('Installing packages'));
  expect(installs).toHaveLength(1);
});

test('the lock of a process that was killed stops nobody', async () => {
  const clone = makeClone();
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  fs.mkdirSync(path.join(clone, '.cache'));
  fs.writeFileSync(path.join(clone, '.cache/install.lock'), String(dead.pid));
  expect((await run(clone, ['kept'])).code).toBe(0);
  expect(fs.readdirSync(path.join(clone, '.cache'))).toEqual([]);
});

test('the exit code and the signal of the task are ours', async () => {
  const clone = makeClone();
  expect((await run(clone, ['kept'], { WANTED_EXIT: '2' })).code).toBe(2);
  const child = launch(clone, ['kept'], { WANTED_WAIT: '1' });
  const result = ended(child);
  child.stdout?.on('data', (data) => {
    if (String(data).includes('waiting')) child.kill('SIGTERM');
  });
  expect(await result).toMatchObject({ signal: 'SIGTERM' });
});

test('an unknown task or bench is named beside the known ones', async () => {
  const clone = makeClone();
  const task = await run(clone, ['strat']);
  expect([task.code, task.stderr]).toEqual([1, expect.stringContaining('Unknown task "strat"')]);
  const bench = await run(clone, ['bench', 'quotes']);
  expect([bench.code, bench.stderr]).toEqual([1, expect.stringContaining('one of: quote')]);
});
