/**
 * The least cost of an instance, proven: a mixed-integer program solved by HiGHS.
 *
 * One binary by order, line and location that could send it, one by order and location for its parcel,
 * one by line for sending it not at all. Source: https://highs.dev (MIT).
 */
import highsModule from 'highs';
import { costsOf } from './cost.ts';
import type { Instance } from './instance.ts';

// The package's types describe its CommonJS build; Node loads the ESM one, whose default is the function itself.
const loadHighs = highsModule as unknown as typeof highsModule.default;

/** What the solver says. */
export type Optimum = {
  /** The best found; the least there is when `isProven`. */
  readonly cents: number;
  readonly isProven: boolean;
  readonly milliseconds: number;
};

/** Solves instances one after another with one solver. */
export async function loadSolver(): Promise<(instance: Instance, limitSeconds: number) => Optimum> {
  const highs = await loadHighs();
  return (instance, limitSeconds) => {
    const program = programOf(instance);
    const started = performance.now();
    const solved = highs.solve(program, {
      time_limit: limitSeconds,
      mip_rel_gap: 1e-6,
      output_flag: false,
    });
    return {
      cents: Math.round(solved.ObjectiveValue),
      isProven: solved.Status === 'Optimal',
      milliseconds: performance.now() - started,
    };
  };
}

type Rows = {
  readonly goal: string[];
  readonly binaries: string[];
  readonly rules: string[];
  readonly byStock: Map<string, string[]>;
  readonly byRoom: Map<number, string[]>;
};

/** The program in CPLEX LP format. */
function programOf(instance: Instance): string {
  const rows: Rows = { goal: [], binaries: [], rules: [], byStock: new Map(), byRoom: new Map() };
  for (const at of instance.orders.keys()) addOrder(rows, instance, at);
  const limits: string[] = [];
  for (const [key, terms] of rows.byStock) {
    const [at = 0, sku = ''] = JSON.parse(key);
    limits.push(`${terms.join(' + ')} <= ${instance.locations[at]?.stock[sku] ?? 0}`);
  }
  for (const [at, terms] of rows.byRoom) {
    limits.push(`${terms.join(' + ')} <= ${instance.locations[at]?.capacityUnits ?? 0}`);
  }
  const rules = [...rows.rules, ...limits].map((rule, index) => `c${index}: ${rule}`);
  return `Minimize\n obj: ${rows.goal.join('\n + ')}\nSubject To\n${rules.join('\n')}\nBinary\n${rows.binaries.join('\n')}\nEnd\n`;
}

function addOrder(rows: Rows, instance: Instance, orderAt: number): void {
  const order = instance.orders[orderAt];
  if (order === undefined) return;
  const costs = costsOf(instance, order);
  const parcels = new Set<number>();
  for (const [line, { sku, qty }] of order.lines.entries()) {
    const senders: string[] = [];
    for (const [at, location] of instance.locations.entries()) {
      if ((location.stock[sku] ?? 0) < qty || location.capacityUnits < qty) continue;
      const sends = `x${orderAt}_${line}_${at}`;
      senders.push(sends);
      parcels.add(at);
      addBinary(rows, sends, costs.lineCents[line]?.[at] ?? 0);
      rows.rules.push(`${sends} - y${orderAt}_${at} <= 0`);
      addTerm(rows.byStock, JSON.stringify([at, sku]), `${qty} ${sends}`);
      addTerm(rows.byRoom, at, `${qty} ${sends}`);
    }
    const unfilled = `u${orderAt}_${line}`;
    addBinary(rows, unfilled, instance.unfilledLineCents);
    rows.rules.push(`${[...senders, unfilled].join(' + ')} = 1`);
  }
  for (const at of parcels) addBinary(rows, `y${orderAt}_${at}`, costs.parcelCents[at] ?? 0);
}

function addBinary(rows: Rows, name: string, cents: number): void {
  rows.binaries.push(name);
  rows.goal.push(`${cents} ${name}`);
}

function addTerm<Key>(terms: Map<Key, string[]>, key: Key, term: string): void {
  const list = terms.get(key);
  if (list === undefined) terms.set(key, [term]);
  else list.push(term);
}
