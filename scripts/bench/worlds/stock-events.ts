/**
 * A long stream of stock events as a retailer's systems send them, made from a seed.
 *
 * Three systems: a warehouse that numbers its lines, a POS that names receipts by store and till, an ERP with random ids.
 * Nine in ten events are deltas of on hand; counts, damages and incoming lots are the rest. Instants run with the stream;
 * every fifth event arrives late, out of order, by up to some tens of thousands of events; every twentieth arrives twice.
 */
import { createHash } from 'node:crypto';
import type { StockEvent } from '../../../backend/stock/ledger/ledger.ts';

/** What systems send, each under its own name. */
export const SOURCES = ['wms-milano', 'pos', 'erp'] as const;
type Source = (typeof SOURCES)[number];

/** An event and who sends it. */
export type SentEvent = { readonly source: Source; readonly event: StockEvent };

/** How large the world is. */
export type StreamSize = { readonly skus: number; readonly nodes: number };

const LATE_SHARE = 0.2;
const DUPLICATE_SHARE = 0.05;
const LATEST_BY = 40_000;
const REMEMBERED = 100_000;
// 400 events a second of the retailer's own time: a busy day.
const EVENT_MICROS = 2_500;
const START_MICROS = 1_795_400_000_000_000;

/** The SKU and node of a number; a SKU looks like one. */
export const skuOf = (index: number): string => `KPT-${String(100_000 + index)}-${index % 7}`;
export const nodeOf = (index: number): string => `store-${String(index).padStart(3, '0')}`;

/** The stream; `next(count)` gives its next events, the same for the same seed and size. */
export function createStream(seed: number, size: StreamSize) {
  const random = mulberry(seed);
  const waiting: { readonly at: number; readonly sent: SentEvent }[] = [];
  const remembered: SentEvent[] = [];
  let made = 0;
  const told = { fresh: 0, duplicates: 0, outOfOrder: 0 };

  const tell = (sent: SentEvent): SentEvent => {
    told.fresh += 1;
    if (remembered.length < REMEMBERED) remembered.push(sent);
    else remembered[told.fresh % REMEMBERED] = sent;
    return sent;
  };
  const nextOne = (): SentEvent => {
    const again = remembered[Math.floor(random() * remembered.length)];
    if (again !== undefined && random() < DUPLICATE_SHARE) {
      told.duplicates += 1;
      return again;
    }
    const due = waiting[0];
    if (due !== undefined && due.at <= made) {
      pop(waiting);
      told.outOfOrder += 1;
      return tell(due.sent);
    }
    for (;;) {
      const sent = makeEvent(random, made, size);
      made += 1;
      if (random() >= LATE_SHARE) return tell(sent);
      push(waiting, { at: made + 1 + Math.floor(random() * LATEST_BY), sent });
    }
  };
  return {
    told,
    next: (count: number): SentEvent[] => Array.from({ length: count }, nextOne),
  };
}

/** One count of every cell: how a shop begins. */
export function* openingCounts({ skus, nodes }: StreamSize): Generator<SentEvent> {
  const occurredAt = instantOf(START_MICROS - 3_600_000_000);
  for (let sku = 0; sku < skus; sku += 1) {
    for (let node = 0; node < nodes; node += 1) {
      const event: StockEvent = {
        eventId: `OPEN-${sku}-${node}`,
        kind: 'count',
        type: 'on_hand',
        sku: skuOf(sku),
        nodeId: nodeOf(node),
        quantity: (sku * 7 + node * 13) % 60,
        reason: 'recount',
        occurredAt,
      };
      yield { source: 'wms-milano', event };
    }
  }
}

function makeEvent(random: () => number, index: number, size: StreamSize): SentEvent {
  const sku = skuOf(Math.floor(random() * size.skus));
  const node = Math.floor(random() * size.nodes);
  const occurredAt = instantOf(START_MICROS + index * EVENT_MICROS);
  const at = { sku, nodeId: nodeOf(node), occurredAt };
  const kind = random();
  const units = 1 + Math.floor(random() * 3);
  if (kind < 0.6) {
    const eventId = `S${node}-T${index % 4}-R${String(index).padStart(8, '0')}-1`;
    const what = { kind: 'delta', type: 'on_hand', quantity: -units, reason: 'sold' } as const;
    return { source: 'pos', event: { ...at, ...what, eventId } };
  }
  if (kind < 0.9) {
    const eventId = `MOV${String(index).padStart(10, '0')}`;
    const what = {
      kind: 'delta',
      type: 'on_hand',
      quantity: units * 4,
      reason: 'received',
    } as const;
    return { source: 'wms-milano', event: { ...at, ...what, eventId } };
  }
  const eventId = uuidOf(index);
  if (kind < 0.96) {
    const what = {
      kind: 'count',
      type: 'on_hand',
      quantity: units * 9,
      reason: 'recount',
    } as const;
    return { source: 'erp', event: { ...at, ...what, eventId } };
  }
  if (kind < 0.98) {
    const what = { kind: 'delta', type: 'damaged', quantity: units, reason: 'damaged' } as const;
    return { source: 'erp', event: { ...at, ...what, eventId } };
  }
  const lot = { reference: `PO-${index % 500}`, expectedOn: '2026-12-09' };
  const what = { kind: 'count', type: 'incoming', quantity: units * 12, reason: 'order' } as const;
  return { source: 'erp', event: { ...at, ...what, eventId, lot } };
}

function instantOf(micros: number): string {
  return Temporal.Instant.fromEpochNanoseconds(BigInt(micros) * 1_000n).toString();
}

function uuidOf(index: number): string {
  const hex = createHash('md5').update(`erp ${index}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** A small generator with 32 bits of state (Tommy Ettinger's mulberry32). */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Waiting = { readonly at: number; readonly sent: SentEvent };

// A heap by `at`: the next one due is first.
function push(heap: Waiting[], one: Waiting): void {
  let index = heap.push(one) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || above.at <= one.at) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = one;
}

function pop(heap: Waiting[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = index * 2 + 1;
    const right = heap[child + 1];
    if (right !== undefined && right.at < (heap[child]?.at ?? 0)) child += 1;
    const below = heap[child];
    if (below === undefined || below.at >= last.at) break;
    heap[index] = below;
    index = child;
  }
  heap[index] = last;
}
