/**
 * Plays the whole system for 14 virtual days a seed, with everything going wrong that may, and says what did not hold.
 *
 *   npm run simulate -- [--seeds 10] [--first 1] [--processes 2] [--at-once 2] [--log]
 *
 * One line a seed: what was counted, how long it took, the hash of its log (the same seed gives the same). `--log` prints the
 * log of a seed that failed. Ends with 1 when something did not hold, or a kind of trouble never came up.
 */
import { parseArgs } from 'node:util';
import { openTestServer } from '../tests/setup/postgres.ts';
import { FAULTS } from '../tests/simulation/faults.ts';
import { runSeeds } from '../tests/simulation/seeds.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' },
    first: { type: 'string', default: '1' },
    processes: { type: 'string', default: '2' },
    'at-once': { type: 'string', default: '2' },
    log: { type: 'boolean', default: false },
  },
});

const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => ({
  seed: Number(values.first) + index,
}));
const server = await openTestServer();
const startedAt = performance.now();
let failed = 0;
await runSeeds(server, seeds, {
  ...{ processes: Number(values.processes), atOnce: Number(values['at-once']) },
  done: ({ seed, orders, virtualDays, steps, jobs, faults, breaches, log, hash }) => {
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    const absent = FAULTS.filter((fault) => faults[fault] === 0);
    const what = JSON.stringify({ seed, orders, virtualDays, steps, jobs, faults, hash });
    process.stdout.write(`${seconds} s ${what}\n`);
    for (const fault of absent) process.stdout.write(`  seed ${seed}: ${fault} never came up\n`);
    for (const breach of breaches) process.stdout.write(`  seed ${seed}: ${breach}\n`);
    if (breaches.length > 0 && values.log) process.stdout.write(`${log.join('\n')}\n`);
    if (absent.length + breaches.length > 0) failed += 1;
  },
});
await server.stop();
process.stdout.write(`${seeds.length - failed} of ${seeds.length} seeds held\n`);
process.exitCode = failed === 0 ? 0 : 1;
