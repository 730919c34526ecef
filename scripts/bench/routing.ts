/**
 * How near to the proven optimum do the routing planners come, and how fast?
 *
 *   npm run -s bench -- routing [--json] [--seed 1] [--repeats 5] [--limit-seconds 120]
 *
 * Twelve fresh instances of 200 orders over 50 locations, four of each family from plenty to hardly enough, drawn
 * from the seed. `batch`: all orders together against the optimum that HiGHS proves and the time of regret
 * insertion with exchange in the same run (medians of `repeats`, the two alternating). `online`: one order at
 * a time, knowing only history; its gap is to the same clairvoyant optimum. `single`: one order over 500
 * locations against HiGHS on that order alone. Every assignment is scored and checked by cost.ts, not by
 * the planner. The last line is one JSON object; everything else goes to standard error.
 */
import { parseArgs } from 'node:util';
import { planAlone } from '../../backend/routing/batch/batch.ts';
import { type Assignments, scoreOf } from './sourcing/cost.ts';
import { FAMILIES, type Instance, makeInstance, readMap, SIZE_M } from './sourcing/instance.ts';
import { loadSolver } from './sourcing/optimum.ts';
import { regretExchange } from './sourcing/regret-exchange.ts';
import { batch, createRouter, problemOf } from './sourcing/router.ts';

const SEED = 20_261_128;
const INSTANCES_A_FAMILY = 4;
const SINGLE_NODES = 500;
const SINGLE_ORDERS = 300;
const SINGLE_WARM_ROUNDS = 5;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    seed: { type: 'string', default: String(SEED) },
    repeats: { type: 'string', default: '5' },
    'limit-seconds': { type: 'string', default: '120' },
  },
});
const seed = Number(values.seed);
const limitSeconds = Number(values['limit-seconds']);
const solve = await loadSolver();
const map = readMap();

type Row = {
  readonly name: string;
  readonly batchGapPercent: number;
  readonly onlineGapPercent: number;
  readonly regretGapPercent: number;
  readonly batchMs: number;
  readonly regretMs: number;
  readonly isProven: boolean;
  readonly faults: number;
};

function measure(instance: Instance): Row {
  const { history, ...bare } = instance;
  const optimum = solve(bare, limitSeconds);
  const times = { ours: [] as number[], regret: [] as number[] };
  let planned: Assignments = {};
  let regretted: Assignments = {};
  for (let repeat = 0; repeat < Number(values.repeats); repeat += 1) {
    const copies = [structuredClone(bare), structuredClone(bare)] as const;
    const started = performance.now();
    planned = batch(copies[0]).assignments;
    const between = performance.now();
    regretted = regretExchange(copies[1]).assignments;
    times.ours.push(between - started);
    times.regret.push(performance.now() - between);
  }
  const router = createRouter({
    ...bare,
    orders: [],
    ...(history === undefined ? {} : { history }),
  });
  const routed = Object.fromEntries(bare.orders.map((order) => [order.id, router.route(order)]));
  const scores = [planned, regretted, routed].map((assignments) => scoreOf(bare, assignments));
  const gap = (at: number) => ((scores[at]?.cents ?? 0) / optimum.cents - 1) * 100;
  return {
    name: instance.name,
    batchGapPercent: gap(0),
    regretGapPercent: gap(1),
    onlineGapPercent: gap(2),
    batchMs: median(times.ours),
    regretMs: median(times.regret),
    isProven: optimum.isProven,
    faults: (scores[0]?.faults.length ?? 0) + (scores[2]?.faults.length ?? 0),
  };
}

function measureSingle(): {
  mismatches: number;
  orders: number;
  medianMicros: number;
  p99Micros: number;
} {
  const size = { ...SIZE_M, locations: SINGLE_NODES, orders: SINGLE_ORDERS, warehouses: 20 };
  const family = FAMILIES[1];
  if (family === undefined) throw new Error('no family');
  const instance = makeInstance(map, { name: 'single', seed: seed + 1, family, size });
  let mismatches = 0;
  const micros: number[] = [];
  const problems = instance.orders.map((order) => problemOf(instance, [order]));
  for (let round = 0; round <= SINGLE_WARM_ROUNDS; round += 1) {
    for (const problem of problems) {
      const started = performance.now();
      planAlone(problem);
      if (round === SINGLE_WARM_ROUNDS) micros.push((performance.now() - started) * 1_000);
    }
  }
  for (const [at, order] of instance.orders.entries()) {
    const one = { ...instance, orders: [order] };
    const problem = problems[at];
    if (problem === undefined) continue;
    const least = solve(one, limitSeconds).cents;
    const score = scoreOf(one, batch(one).assignments);
    const isLeast = score.cents === least && planAlone(problem).points === least;
    if (score.faults.length > 0 || !isLeast) mismatches += 1;
  }
  micros.sort((a, b) => a - b);
  return {
    mismatches,
    orders: instance.orders.length,
    medianMicros: Math.round(micros[Math.floor(micros.length / 2)] ?? 0),
    p99Micros: Math.round(micros[Math.floor(micros.length * 0.99)] ?? 0),
  };
}

function median(list: readonly number[]): number {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
}

function mean(list: readonly number[]): number {
  return list.reduce((sum, one) => sum + one, 0) / list.length;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

const rows: Row[] = [];
for (const [at, family] of FAMILIES.entries()) {
  for (let copy = 0; copy < INSTANCES_A_FAMILY; copy += 1) {
    const name = `M-${family.name}-${copy}`;
    const instance = makeInstance(map, {
      name,
      seed: seed + 1_000 * copy + 17 * at,
      family,
      size: SIZE_M,
    });
    const row = measure(instance);
    rows.push(row);
    process.stderr.write(
      `${name}: batch ${round(row.batchGapPercent)} % in ${round(row.batchMs)} ms, regret+exchange ${round(row.regretGapPercent)} % in ${round(row.regretMs)} ms, online ${round(row.onlineGapPercent)} %${row.isProven ? '' : ' (optimum not proven)'}\n`,
    );
  }
}
const { orders, ...single } = measureSingle();
const result = {
  seed,
  batch: {
    meanGapPercent: round(mean(rows.map((row) => row.batchGapPercent))),
    maxGapPercent: round(Math.max(...rows.map((row) => row.batchGapPercent))),
    medianMs: round(median(rows.map((row) => row.batchMs))),
    timeAgainstRegretExchange: round(
      mean(rows.map((row) => row.batchMs)) / mean(rows.map((row) => row.regretMs)),
    ),
    invalid: rows.reduce((sum, row) => sum + row.faults, 0),
    regretExchangeMeanGapPercent: round(mean(rows.map((row) => row.regretGapPercent))),
    optimaProven: rows.filter((row) => row.isProven).length,
    instances: rows.length,
  },
  online: {
    meanGapPercent: round(mean(rows.map((row) => row.onlineGapPercent))),
    maxGapPercent: round(Math.max(...rows.map((row) => row.onlineGapPercent))),
  },
  single: { ...single, orders, nodes: SINGLE_NODES },
};
process.stdout.write(`${JSON.stringify(result)}\n`);
