/**
 * One thread's share of the comparison: every `step`-th seed from `first` on. Answers with the branch counts, the
 * differences found and how long each side took.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { noBranches } from './branches.ts';
import { compareCase, type Difference } from './compare.ts';
import { randomCase } from './random-world.ts';

export type Share = {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  readonly instants: number;
};

export type ShareResult = {
  readonly counts: ReturnType<typeof noBranches>;
  readonly quotes: number;
  readonly options: number;
  readonly differences: readonly { readonly seed: number; readonly difference: Difference }[];
};

/** Enough to see a pattern; the rest is only counted as different. */
const MOST_DIFFERENCES = 20;

function compareShare({ first, last, step, instants }: Share): ShareResult {
  const counts = noBranches();
  const differences: { seed: number; difference: Difference }[] = [];
  let quotes = 0;
  let options = 0;
  for (let seed = first; seed <= last; seed += step) {
    const result = compareCase(randomCase(seed, instants), (branch) => {
      counts[branch] += 1;
    });
    quotes += result.quotes;
    options += result.options;
    if (result.first === undefined || differences.length >= MOST_DIFFERENCES) continue;
    differences.push({ seed, difference: result.first });
  }
  return { counts, quotes, options, differences };
}

if (parentPort !== null) parentPort.postMessage(compareShare(workerData as Share));
