/**
 * How fast is the pure quote, cache off?
 *
 *   npm run -s bench -- quote [--json] [--seconds 60] [--nodes 500] [--requests 50000] [--no-growth]
 *
 * Requests are built before timing. `quotesPerSecond` counts the time inside quotes by the clock, so that other work on
 * the machine lowers it; `cpuMicrosPerQuote` counts what the process itself used, collecting garbage included. Timed, each on its own: the quote with all its options and reasons, and the
 * packing of its receipt's facts. Then memory is read, and all answers are made once more for the digest. The last
 * line is one JSON object; everything else goes to standard error.
 */
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { instantToMinuteFloor } from '../../backend/base/time.ts';
import { compileNetwork } from '../../backend/network/network.ts';
import type { Snapshot } from '../../backend/network/snapshot.ts';
import type { QuoteRequest } from '../../backend/promise/quote.ts';
import { quoteWithFacts } from '../../backend/promise/receipt-facts.ts';
import { type Facts, factsOfWorld } from '../../backend/stock/stock.ts';
import { bigRequests, bigWorld, FIRST_NOW, REQUEST_DAYS } from './worlds/big-network.ts';

const SEED = 20_261_017;
const ZONES = 2_000;
const NODES_PER_SKU = 60;
const GROWTH_REQUESTS = 2_000;
const WARM_UP_REQUESTS = 3_000;

type Bench = {
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  readonly requests: readonly QuoteRequest[];
};

function build(nodes: number, count: number): Bench {
  const world = bigWorld(SEED, { nodes, zones: ZONES, nodesPerSku: NODES_PER_SKU });
  // The requests' fortnight, the margin, a week of looking ahead for order-by.
  const snapshot = compileNetwork(world, instantToMinuteFloor(FIRST_NOW), {
    validDays: REQUEST_DAYS + 8,
  });
  return {
    snapshot,
    facts: factsOfWorld(snapshot, world),
    requests: bigRequests(SEED, { count, zones: ZONES }),
  };
}

function answer({ snapshot, facts }: Bench, request: QuoteRequest) {
  const made = quoteWithFacts(snapshot, facts, request);
  return { quoted: made.quote, bytes: made.facts };
}

/** Runs all requests in turn for so long, at least once; microseconds of each quote, and of the whole. */
function measure(bench: Bench, seconds: number) {
  for (const request of bench.requests.slice(0, WARM_UP_REQUESTS)) answer(bench, request);
  const micros: number[] = [];
  const started = performance.now();
  const cpu = process.cpuUsage();
  let checksum = 0;
  let count = 0;
  do {
    for (const request of bench.requests) {
      const before = performance.now();
      checksum += answer(bench, request).bytes.length;
      const took = (performance.now() - before) * 1_000;
      if (micros.length < 1_000_000) micros.push(took);
      count += 1;
      if (performance.now() - started > seconds * 1_000 && micros.length > GROWTH_REQUESTS) break;
    }
  } while (performance.now() - started < seconds * 1_000);
  const total = performance.now() - started;
  const used = process.cpuUsage(cpu);
  return { micros, total, checksum, cpuMicros: (used.user + used.system) / count };
}

function percentile(sorted: Float64Array, share: number): number {
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}

/** One line for each answer goes into the hash, so that any change of any answer shows. */
function digestOf(bench: Bench) {
  const hash = createHash('sha256');
  let options = 0;
  let splits = 0;
  let factsBytes = 0;
  for (const request of bench.requests) {
    const { quoted, bytes } = answer(bench, request);
    hash.update(JSON.stringify(quoted));
    hash.update(bytes);
    options += quoted.options.length;
    factsBytes += bytes.length;
    if (quoted.options.some((option) => option.parcels.length > 1)) splits += 1;
  }
  return { digest: hash.digest('hex').slice(0, 32), options, splits, factsBytes };
}

function growthOf(nodes: number): number {
  const bench = build(nodes, GROWTH_REQUESTS);
  const { micros } = measure(bench, 2);
  const sum = micros.reduce((total, one) => total + one, 0);
  return Math.round(sum / micros.length);
}

function main(): void {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      seconds: { type: 'string', default: '60' },
      nodes: { type: 'string', default: '500' },
      requests: { type: 'string', default: '50000' },
      'no-growth': { type: 'boolean' },
    },
  });
  const say = (text: string) => process.stderr.write(`${text}\n`);
  say('building the network and the requests');
  const bench = build(Number(values.nodes), Number(values.requests));
  say('measuring');
  const { micros, total, cpuMicros } = measure(bench, Number(values.seconds));
  const rssMb = Math.round(process.memoryUsage.rss() / 1_048_576);
  const sorted = Float64Array.from(micros).sort();
  const sum = micros.reduce((all, one) => all + one, 0);
  say(`${micros.length} quotes in ${Math.round(total)} ms; answers for the digest`);
  const { digest, options, splits, factsBytes } = digestOf(bench);
  const count = bench.requests.length;
  const growth: Record<string, number> = {};
  if (values['no-growth'] !== true) {
    for (const nodes of [50, 500, 5_000]) {
      say(`growth: ${nodes} nodes`);
      growth[nodes] = growthOf(nodes);
    }
  }
  process.stdout.write(
    `${JSON.stringify({
      seed: SEED,
      quotesPerSecond: Math.round((micros.length / sum) * 1_000_000),
      p50Micros: percentile(sorted, 0.5),
      p99Micros: percentile(sorted, 0.99),
      rssMb,
      optionsPerQuote: Math.round((options / count) * 100) / 100,
      splitShare: Math.round((splits / count) * 1_000) / 1_000,
      digest,
      growth,
      cpuMicrosPerQuote: Math.round(cpuMicros),
      factsBytesPerQuote: Math.round(factsBytes / count),
      node: process.version,
    })}\n`,
  );
}

main();
