/**
 * The product against the slow oracle: 2,000 random worlds × 50 instants, every answer equal, and every branch of the
 * rules decided at least 500 times. A difference is printed as the smallest world and request that still show it.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { requestSchema, worldSchema } from '../../backend/network/world.ts';
import { BRANCHES, noBranches } from './branches.ts';
import { differingLines } from './compare.ts';
import type { Share, ShareResult } from './compare-worker.ts';
import { shrink } from './shrink.ts';

const WORLDS = 2_000;
const INSTANTS = 50;
const LEAST_PER_BRANCH = 500;
const THREADS = Math.min(availableParallelism(), 8);
const TIMEOUT_MS = 40 * 60_000;

function compareInThread(share: Share): Promise<ShareResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./compare-worker.ts', import.meta.url), {
      workerData: share,
    });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function parse(pair: { world: unknown; request: unknown }) {
  const world = worldSchema.safeParse(pair.world);
  const request = requestSchema.safeParse(pair.request);
  return world.success && request.success
    ? { world: world.data, request: request.data }
    : undefined;
}

function describe({ seed, difference }: ShareResult['differences'][number]): string {
  const small = shrink(difference, parse);
  const lines =
    typeof small.got === 'string' ? [small.got] : differingLines(small.expected, small.got);
  return [
    `seed ${seed}:`,
    ...lines,
    JSON.stringify({ world: small.world, request: small.request }),
    `expected ${JSON.stringify(small.expected)}`,
    `got      ${JSON.stringify(small.got)}`,
  ].join('\n');
}

test(`${WORLDS} random worlds × ${INSTANTS} instants are answered as the oracle answers them`, {
  timeout: TIMEOUT_MS,
}, async () => {
  const begun = performance.now();
  const cpuBegun = process.cpuUsage();
  const results = await Promise.all(
    Array.from({ length: THREADS }, (_, index) =>
      compareInThread({ first: 1 + index, last: WORLDS, step: THREADS, instants: INSTANTS }),
    ),
  );
  const seconds = Math.round((performance.now() - begun) / 1_000);
  const { user, system } = process.cpuUsage(cpuBegun);
  const cpuSeconds = Math.round((user + system) / 1_000_000);
  const counts = noBranches();
  for (const branch of BRANCHES) {
    for (const result of results) counts[branch] += result.counts[branch];
  }
  const quotes = results.reduce((sum, result) => sum + result.quotes, 0);
  const options = results.reduce((sum, result) => sum + result.options, 0);
  const listed = BRANCHES.map((branch) => `  ${branch} ${counts[branch]}`).join('\n');
  console.log(
    `${quotes} quotes, ${options} options, ${seconds} s in ${THREADS} threads (${cpuSeconds} s of processor)\n${listed}`,
  );
  const differences = results.flatMap((result) => result.differences);
  expect(differences.length, differences.slice(0, 1).map(describe).join()).toBe(0);
  expect(BRANCHES.filter((branch) => counts[branch] < LEAST_PER_BRANCH)).toEqual([]);
});
