/**
 * Everything that must hold before a change lands.
 *
 *   npm test                            all steps, as .ci/run does
 *   npm run check                       format, lint, types, dead code, architecture and unit tests
 *   npm run test:db | npm run test:e2e  the tests on a real Postgres and Redis | in a real browser
 *   node scripts/test.ts --only unit    one step by its name
 *
 * Prints each step's time; the last line is `N passed, N failed`, alone: tests, plus one failure for
 * each step that is no test and failed. A test that was skipped is a failure, because it proves nothing.
 * A file of browser or process stories that failed beside the others is played once more, alone, and named at the end
 * when it passes then (decision record 0107); nothing else is given a second try.
 */
import { type SpawnSyncOptions, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';

const ROOT = path.resolve(import.meta.dirname, '..');
const REPORTS_DIR = path.join(ROOT, '.cache', 'test-reports');
const BIN = path.join(ROOT, 'node_modules', '.bin');

type Outcome = { readonly passed: number; readonly failed: number };
type Step = {
  readonly name: string;
  readonly groups: readonly string[];
  run(): Promise<Outcome>;
};

// Host zones with teeth: the program must not read them. Kathmandu is at +05:45; Apia skipped a day.
const ZONES = { main: 'Asia/Kathmandu', second: 'Pacific/Apia' } as const;

const STEPS: readonly Step[] = [
  { name: 'tools', groups: ['db', 'e2e'], run: async () => installTools() },
  { name: 'generated', groups: ['check'], run: () => runScript('codegen.ts', ['--check']) },
  { name: 'format and lint', groups: ['check'], run: () => runProgram('biome', ['ci', '.']) },
  { name: 'types', groups: ['check'], run: checkTypes },
  { name: 'dead code', groups: ['check'], run: () => runProgram('knip', []) },
  { name: 'bundles', groups: ['check', 'db', 'e2e'], run: () => runScript('build.ts', []) },
  { name: 'unit', groups: ['check'], run: () => runTests(['unit', 'extensions'], ZONES.main) },
  {
    name: 'unit, another time zone',
    groups: ['zone'],
    run: () => runTests(['unit'], ZONES.second, ['backend/']),
  },
  { name: 'db', groups: [], run: () => runTests(['db'], ZONES.main) },
  { name: 'simulation', groups: ['db'], run: () => runTests(['simulation'], ZONES.main) },
  { name: 'e2e', groups: [], run: runStories },
];

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const chosen = STEPS.filter(
    (step) =>
      values.only === undefined || step.name === values.only || step.groups.includes(values.only),
  );
  if (chosen.length === 0) throw new Error(`No step is named ${values.only}.`);
  let total: Outcome = { passed: 0, failed: 0 };
  const times: string[] = [];
  for (const step of chosen) {
    process.stdout.write(`\n=== ${step.name}\n`);
    const startedAt = performance.now();
    const { passed, failed } = await step.run();
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    times.push(`${seconds.padStart(7)} s  ${step.name}${failed === 0 ? '' : '  FAILED'}`);
    process.stdout.write(`=== ${step.name}: ${seconds} s${failed === 0 ? '' : ', FAILED'}\n`);
    total = { passed: total.passed + passed, failed: total.failed + failed };
  }
  process.stdout.write(`\n${times.join('\n')}\n\n`);
  for (const file of passedAlone) {
    process.stdout.write(`Failed beside the others, passed alone: ${file}\n`);
  }
  process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

// ---- steps that are no tests --------------------------------------------------------------------

const NEEDED_PROGRAMS = [
  { program: 'chromium', packages: ['chromium', 'fonts-liberation'] },
  { program: 'redis-server', packages: ['redis-server'] },
] as const;

// Tests run in a real browser and against a real Redis. Debian's packages are installed when we may;
// otherwise one line says what to install, and nothing is skipped.
function installTools(): Outcome {
  const missing = NEEDED_PROGRAMS.filter(({ program }) => !isInPath(program));
  if (missing.length === 0) return { passed: 0, failed: 0 };
  const packages = missing.flatMap((need) => need.packages);
  const command = ['apt-get', 'install', '-y', '--no-install-recommends', ...packages];
  if (process.getuid?.() === 0 && isInPath('apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const options: SpawnSyncOptions = { env, stdio: ['ignore', 2, 2] };
    const installed = spawnSync('apt-get', command.slice(1), options);
    if (installed.status !== 0) {
      spawnSync('apt-get', ['update'], options);
      spawnSync('apt-get', command.slice(1), options);
    }
  }
  const still = NEEDED_PROGRAMS.filter(({ program }) => !isInPath(program));
  if (still.length === 0) return { passed: 0, failed: 0 };
  const names = still.map((need) => need.program).join(' and ');
  process.stdout.write(`The tests need ${names}. Install: sudo ${command.join(' ')}\n`);
  process.exit(1);
}

function isInPath(program: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.some((folder) => folder !== '' && fs.existsSync(path.join(folder, program)));
}

// Every tsconfig is a world of its own: the backend, the browser, each extension.
async function checkTypes(): Promise<Outcome> {
  const projects = ['tsconfig.json', 'tsconfig.browser.json'];
  for (const folder of ['extensions', 'scripts/local-shopify']) {
    projects.push(
      ...fs.globSync(`${folder}/{*/tests/,*/,}tsconfig.json`, { cwd: ROOT }).toSorted(),
    );
  }
  let failed = 0;
  for (const project of projects) {
    failed += (await runProgram('tsc', ['--noEmit', '-p', project])).failed;
  }
  return { passed: 0, failed };
}

async function runProgram(program: string, args: readonly string[]): Promise<Outcome> {
  const code = await run(path.join(BIN, program), args);
  if (code !== 0) process.stdout.write(`${program} ${args.join(' ')} failed.\n`);
  return { passed: 0, failed: code === 0 ? 0 : 1 };
}

async function runScript(script: string, args: readonly string[]): Promise<Outcome> {
  const code = await run(process.execPath, [path.join(ROOT, 'scripts', script), ...args]);
  if (code !== 0) process.stdout.write(`scripts/${script} ${args.join(' ')} failed.\n`);
  return { passed: 0, failed: code === 0 ? 0 : 1 };
}

// ---- tests --------------------------------------------------------------------------------------

const reportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  success: z.boolean(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
});

// Two at once: one drives a browser, the other mostly waits for processes to start and to die.
async function runStories(): Promise<Outcome> {
  const runs = ['e2e', 'processes'].map(async (project) => ({
    project,
    first: await runTests([project], ZONES.second),
  }));
  let total: Outcome = { passed: 0, failed: 0 };
  for (const { project, first } of await Promise.all(runs)) {
    const { passed, failed } = first.failed === 0 ? first : await playAlone(project, first);
    total = { passed: total.passed + passed, failed: total.failed + failed };
  }
  return total;
}

// What failed everywhere is broken, not disturbed.
const MOST_FILES_ALONE = 3;
const passedAlone: string[] = [];

/** Plays the failed files of a run once more with nothing beside them; their first results do not count then. */
async function playAlone(project: string, first: Outcome): Promise<Outcome> {
  const report = reportOf([project], ZONES.second);
  if (!fs.existsSync(report)) return first;
  const { testResults } = reportSchema.parse(JSON.parse(fs.readFileSync(report, 'utf8')));
  const failed = testResults.filter(({ status }) => status === 'failed');
  if (failed.length === 0 || failed.length > MOST_FILES_ALONE) return first;
  const files = failed.map(({ name }) => path.relative(ROOT, name));
  process.stdout.write(`\n=== alone, once more: ${files.join(', ')}\n`);
  const again = await runTests([project], ZONES.second, files);
  if (again.failed > 0) return first;
  passedAlone.push(...files);
  const passedBefore = failed
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'passed').length;
  return { passed: first.passed - passedBefore + again.passed, failed: 0 };
}

async function runTests(
  projects: readonly string[],
  timeZone: string,
  filters: readonly string[] = [],
): Promise<Outcome> {
  const report = reportOf(projects, timeZone);
  fs.mkdirSync(REPORTS_DIR, { recursive: true });
  fs.rmSync(report, { force: true });
  const code = await run(
    path.join(BIN, 'vitest'),
    [
      'run',
      ...projects.map((project) => `--project=${project}`),
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      ...filters,
    ],
    { TZ: timeZone },
  );
  return readReport(report, code);
}

function reportOf(projects: readonly string[], timeZone: string): string {
  return path.join(REPORTS_DIR, `${projects.join('-')}-${timeZone.replace('/', '-')}.json`);
}

function readReport(file: string, code: number): Outcome {
  if (!fs.existsSync(file)) return { passed: 0, failed: 1 };
  const report = reportSchema.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
  const skipped = report.numPendingTests + report.numTodoTests;
  if (skipped > 0) process.stdout.write(`${skipped} tests were skipped; a skipped test fails.\n`);
  const failed = report.numFailedTests + skipped;
  // A file that could not be loaded or a hook that threw has no failed test of its own.
  const hidden = failed === 0 && (code !== 0 || !report.success) ? 1 : 0;
  return { passed: report.numPassedTests, failed: failed + hidden };
}

function run(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, FORCE_COLOR: '0', ...environment };
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

await main();
