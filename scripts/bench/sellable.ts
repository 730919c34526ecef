/**
 * How long do all figures take, and how long the ones that changed?
 *
 *   npm run -s bench -- sellable [--json] [--positions 1000000] [--events 10000]
 *
 * The pure engine alone: a seeded shop is compiled into facts (`loadMs`), then for every SKU and four channels the
 * figure and the level of each of its locations are computed (`fullRecomputeMs`). Then so many events are applied and
 * the figures and levels of the SKUs they touch are computed again (`incrementMs`, applying included). At the end
 * facts are compiled from the changed rows, everything is computed anew and compared: `mismatches` counts what
 * differs. The last line is one JSON object; everything else goes to standard error.
 */
import { parseArgs } from 'node:util';
import { instantToMinuteFloor } from '../../backend/base/time.ts';
import { relatedSkus } from '../../backend/network/kits.ts';
import { compileNetwork } from '../../backend/network/network.ts';
import type { Snapshot } from '../../backend/network/snapshot.ts';
import { figureAndLevels } from '../../backend/stock/figures/levels.ts';
import {
  applyStockRow,
  applyWaiting,
  compileFacts,
  type Facts,
  positionsOf,
} from '../../backend/stock/stock.ts';
import {
  BENCH_CHANNELS,
  BENCH_NOW,
  type SellableShop,
  type StockEvent,
  sellableShop,
  stockEvents,
} from './worlds/sellable-shop.ts';

const SEED = 20_261_123;
const NOW = instantToMinuteFloor(BENCH_NOW);
const NO_NODES = new Int32Array(0);

/** By SKU × channel: the figure, and the level of each node that holds the SKU. */
type Results = { readonly figures: Int32Array; readonly levels: Int32Array[] };

function compileShop(
  snapshot: Snapshot,
  { stock }: SellableShop,
  waiting: Map<string, number>,
): Facts {
  return compileFacts(snapshot, {
    stock,
    loads: [],
    waiting: [...waiting].map(([sku, quantity]) => ({ sku, quantity })),
    reservations: snapshot.policy.reservations,
  });
}

function computeSku(snapshot: Snapshot, facts: Facts, into: { results: Results; sku: number }) {
  const { results, sku } = into;
  const nodes = positionsOf(facts, sku)?.nodes ?? NO_NODES;
  for (const [index, channel] of BENCH_CHANNELS.entries()) {
    const when = { sku, channel, nowMinute: NOW, atMinute: NOW };
    const place = sku * BENCH_CHANNELS.length + index;
    const known = results.levels[place];
    const into = known?.length === nodes.length ? known : undefined;
    const { units, levels } = figureAndLevels(snapshot, facts, { ...when, nodes, into });
    results.figures[place] = units;
    results.levels[place] = levels;
  }
}

function computeAll(snapshot: Snapshot, facts: Facts): Results {
  const places = snapshot.products.length * BENCH_CHANNELS.length;
  const results: Results = { figures: new Int32Array(places), levels: new Array(places) };
  for (let sku = 0; sku < snapshot.products.length; sku += 1) {
    computeSku(snapshot, facts, { results, sku });
  }
  return results;
}

/** Applies the events and computes again what they touch; how many SKUs that were. */
function follow(
  snapshot: Snapshot,
  facts: Facts,
  { results, events }: { results: Results; events: readonly StockEvent[] },
): number {
  const touched = new Set<number>();
  for (const event of events) {
    const row = 'row' in event ? event.row : event.waiting;
    if ('row' in event) applyStockRow(facts, event.row);
    else applyWaiting(facts, event.waiting);
    const sku = snapshot.skuIndex.get(row.sku) ?? 0;
    for (const related of relatedSkus(snapshot, sku)) touched.add(related);
  }
  for (const sku of touched) computeSku(snapshot, facts, { results, sku });
  return touched.size;
}

function countMismatches(got: Results, expected: Results): number {
  let mismatches = 0;
  for (let place = 0; place < expected.figures.length; place += 1) {
    if (got.figures[place] !== expected.figures[place]) mismatches += 1;
    if (got.levels[place]?.join() !== expected.levels[place]?.join()) mismatches += 1;
  }
  return mismatches;
}

/** By the clock, which other work on the machine lengthens, and by what this process itself used. */
function timed<T>(run: () => T) {
  const before = performance.now();
  const cpu = process.cpuUsage();
  const value = run();
  const { user, system } = process.cpuUsage(cpu);
  const ms = Math.round(performance.now() - before);
  return { value, ms, cpuMs: Math.round((user + system) / 1_000) };
}

function sumOf(numbers: Int32Array): number {
  let sum = 0;
  for (const one of numbers) sum += one;
  return sum;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      positions: { type: 'string', default: '1000000' },
      events: { type: 'string', default: '10000' },
    },
  });
  const say = (text: string) => process.stderr.write(`${text}\n`);
  say('making the shop');
  const shop = sellableShop(SEED, Number(values.positions));
  const events = stockEvents(SEED + 1, shop, Number(values.events));
  const snapshot = compileNetwork({ ...shop.world }, NOW, { validDays: 1 });
  const waiting = new Map<string, number>();
  for (const { sku, quantity } of snapshot.policy.waiting) {
    waiting.set(sku, (waiting.get(sku) ?? 0) + quantity);
  }
  say('compiling the facts');
  const { value: facts, ms: loadMs } = timed(() => compileShop(snapshot, shop, waiting));
  say('computing every figure and level');
  const full = timed(() => computeAll(snapshot, facts));
  const results = full.value;
  const figureSum = sumOf(results.figures);
  say('following the events');
  const increment = timed(() => follow(snapshot, facts, { results, events }));
  const rssMb = Math.round(process.memoryUsage.rss() / 1_048_576);
  say('computing everything anew from the changed rows');
  for (const event of events) {
    if ('row' in event) shop.stock[event.at] = event.row;
    else waiting.set(event.waiting.sku, event.waiting.quantity);
  }
  const fresh = computeAll(snapshot, compileShop(snapshot, shop, waiting));
  process.stdout.write(
    `${JSON.stringify({
      seed: SEED,
      positions: shop.stock.length,
      skus: snapshot.products.length,
      nodes: snapshot.nodes.length,
      channels: BENCH_CHANNELS.length,
      loadMs,
      fullRecomputeMs: full.ms,
      events: events.length,
      skusTouched: increment.value,
      incrementMs: increment.ms,
      rssMb,
      peakRssMb: Math.round(process.resourceUsage().maxRSS / 1_024),
      figureSum,
      changedSum: sumOf(results.figures),
      figuresChecked: fresh.figures.length,
      levelsChecked: fresh.levels.reduce((sum, levels) => sum + levels.length, 0),
      mismatches: countMismatches(results, fresh),
      fullRecomputeCpuMs: full.cpuMs,
      incrementCpuMs: increment.cpuMs,
      node: process.version,
    })}\n`,
  );
}

main();
