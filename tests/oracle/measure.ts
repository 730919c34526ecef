import { performance } from 'node:perf_hooks';
import { BRANCHES, noBranches } from './branches.ts';
import { createOracle } from './oracle.ts';
import { randomCase } from './random-world.ts';
import { instantMinutes } from './zone-table.ts';

const counts = noBranches();
const n = Number(process.argv[2] ?? 20),
  from = Number(process.argv[3] ?? 1);
let gen = 0,
  quotes = 0,
  options = 0,
  absent = 0,
  slow: [number, number][] = [];
const t0 = performance.now();
for (let seed = from; seed < from + n; seed += 1) {
  const t = performance.now();
  const { world, requests } = randomCase(seed, 50);
  gen += performance.now() - t;
  const ats = requests.map((r) => Math.floor(instantMinutes(r.now)) + (r.marginMinutes ?? 0));
  const oracle = createOracle(world, {
    fromMinute: Math.min(...ats),
    toMinute: Math.max(...ats) + 1,
  });
  for (const request of requests) {
    const a = oracle.quote(request, (b) => {
      counts[b] += 1;
    });
    quotes += 1;
    options += a.options.length;
    absent += a.absent.length;
  }
  slow.push([performance.now() - t, seed]);
}
slow.sort((a, b) => b[0] - a[0]);
console.log({ ms: performance.now() - t0, gen, quotes, options, absent, slow: slow.slice(0, 5) });
const scale = 2000 / n;
console.log(
  BRANCHES.map((b) => [b, Math.round(counts[b] * scale)] as const)
    .sort((x, y) => x[1] - y[1])
    .map(([b, c]) => `${b}=${c}`)
    .join('\n'),
);
