/**
 * How long does one whole routing decision take, with all candidates, rows and alternatives written out?
 *
 *   npm run -s bench -- route [--json] [--nodes 500] [--nodes-per-sku 60] [--orders 4000]
 *
 * The quote bench's world and requests; each order is first routed freely, then measured with the promise of that answer, warm.
 * `cpuMicros` is what the process used for each decision, collecting garbage included. The last line is one JSON object.
 */
import { parseArgs } from 'node:util';
import { instantToMinuteFloor, writeDay } from '../../backend/base/time.ts';
import { compileNetwork } from '../../backend/network/network.ts';
import { decideRoute } from '../../backend/routing/decide.ts';
import type { RoutingQuestion } from '../../backend/routing/decision.ts';
import { DEFAULT_ROUTING } from '../../backend/routing/settings.ts';
import { factsOfWorld } from '../../backend/stock/stock.ts';
import { bigRequests, bigWorld, FIRST_NOW, REQUEST_DAYS } from './worlds/big-network.ts';

const SEED = 20_261_129;
const ZONES = 2_000;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    nodes: { type: 'string', default: '500' },
    'nodes-per-sku': { type: 'string', default: '60' },
    orders: { type: 'string', default: '4000' },
  },
});
const nodes = Number(values.nodes);
const nodesPerSku = Number(values['nodes-per-sku']);
const world = bigWorld(SEED, { nodes, zones: ZONES, nodesPerSku });
const snapshot = compileNetwork(world, instantToMinuteFloor(FIRST_NOW), {
  validDays: REQUEST_DAYS + 8,
});
const facts = factsOfWorld(snapshot, world);

const free = bigRequests(SEED, { count: Number(values.orders), zones: ZONES }).map(
  (request, index): RoutingQuestion => ({
    orderId: String(index),
    nowMinute: request.nowMinute,
    placedMinute: request.nowMinute,
    lines: request.lines.map((line, at) => ({ ...line, lineId: `l${at}`, unitPriceMinor: 1_999 })),
    method: 'home',
    serviceCode: undefined,
    destination: request.destination,
    pickupNodeId: undefined,
    promise: undefined,
    channel: request.channel,
    customerTags: request.customerTags,
    tags: [],
    excluded: [],
    seenAt: [],
    placedToday: {},
  }),
);
const questions = free.map((question): RoutingQuestion => {
  const { parcels } = decideRoute(snapshot, facts, DEFAULT_ROUTING, question);
  const last = Math.max(...parcels.map(({ endMinute }) => endMinute));
  if (!Number.isFinite(last)) return question;
  const on = writeDay(Math.floor((last - 1) / 1_440));
  return { ...question, promise: { endMinute: last, on } };
});

const micros: number[] = [];
const rowsCount = { candidates: 0, parcels: 0, unplaced: 0, bytes: 0 };
const cpu = process.cpuUsage();
for (const question of questions) {
  const started = performance.now();
  const decision = decideRoute(snapshot, facts, DEFAULT_ROUTING, question);
  micros.push((performance.now() - started) * 1_000);
  rowsCount.candidates += decision.candidates.length;
  rowsCount.parcels += decision.parcels.length;
  rowsCount.unplaced += decision.unplaced.length;
}
const used = process.cpuUsage(cpu);
for (const question of questions.slice(0, 100)) {
  rowsCount.bytes += JSON.stringify(decideRoute(snapshot, facts, DEFAULT_ROUTING, question)).length;
}
micros.sort((a, b) => a - b);
const at = (share: number) => Math.round(micros[Math.floor(micros.length * share)] ?? 0);
process.stdout.write(
  `${JSON.stringify({
    seed: SEED,
    nodes,
    nodesPerSku,
    decisions: micros.length,
    medianMicros: at(0.5),
    p99Micros: at(0.99),
    cpuMicros: Math.round((used.user + used.system) / micros.length),
    candidatesEach: Math.round(rowsCount.candidates / micros.length),
    parcelsEach: Math.round((100 * rowsCount.parcels) / micros.length) / 100,
    linesUnplaced: rowsCount.unplaced,
    bytesEach: Math.round(rowsCount.bytes / 100),
  })}\n`,
);
