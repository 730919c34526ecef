// The ledger on a real Postgres: whatever arrives, in whatever order and however often, ends where the set of events says.
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import type { ShopId } from '../../base/ids.ts';
import { fixedClock } from '../../platform/clock.ts';
import { withShop } from '../../platform/database.ts';
import { toMicros } from './instants.ts';
import { compareMarks, nameOf, type StockEvent, type StockType } from './ledger.ts';
import { createLedgerService, type LedgerService } from './service.ts';

const NOW = '2026-11-25T09:00:00Z';
const NODES = new Set(['milan', 'rome']);

let database: TestDatabase<unknown>;
let ledger: LedgerService;
let shopNumber = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  ledger = service();
});
afterAll(() => database.close());

function service(): LedgerService {
  return createLedgerService({
    db: database.db,
    clock: fixedClock(Temporal.Instant.from(NOW)),
    knownNodes: async () => NODES,
    announce: async () => undefined,
  });
}

function newShop(): ShopId {
  shopNumber += 1;
  return `ledger-${shopNumber}.myshopify.com` as ShopId;
}

/** An event of 25 November, at a minute of the hour before now. */
function event(eventId: string, minute: number, what: Partial<StockEvent> = {}): StockEvent {
  return {
    ...{ eventId, kind: 'delta', type: 'on_hand', sku: 'A', nodeId: 'milan', quantity: 1 },
    ...{ reason: 'received', occurredAt: `2026-11-25T08:${String(minute).padStart(2, '0')}:00Z` },
    ...what,
  };
}

async function book(shopId: ShopId, events: readonly StockEvent[], source = 'wms') {
  const booked = await ledger.ingest(shopId, { source, actor: 'test', events });
  if (!booked.ok) throw new Error(JSON.stringify(booked.refusal));
  return booked.value;
}

const verdictsOf = async (shopId: ShopId, events: readonly StockEvent[]) =>
  (await book(shopId, events)).verdicts.map(({ verdict }) => verdict);

type Part = { sku: string; nodeId: string; type: StockType; lot: string; quantity: number };
type Position = {
  sku: string;
  nodeId: string;
  onHand: number;
  unavailable: number;
  incoming: unknown;
};

function readParts(shopId: ShopId): Promise<Part[]> {
  return withShop(database.db, shopId, async (trx) => {
    const { rows } = await sql<Part>`
      select sku, node_id as "nodeId", 'on_hand' as type, '' as lot, on_hand as quantity
      from stock_position
      union all select sku, node_id, type, lot, quantity from stock_part
      order by 1, 2, 3, 4`.execute(trx);
    return rows.filter(({ quantity }) => quantity !== 0);
  });
}

function readPositions(shopId: ShopId): Promise<Position[]> {
  return withShop(database.db, shopId, async (trx) => {
    const { rows } = await sql<Position>`
      select sku, node_id as "nodeId", on_hand as "onHand", unavailable, incoming
      from stock_position order by sku, node_id`.execute(trx);
    return rows;
  });
}

/** Sums of effects of all stored movements, by part. */
function sumMovements(shopId: ShopId): Promise<Part[]> {
  return withShop(database.db, shopId, async (trx) => {
    const { rows } = await sql<Part>`
      select sku, node_id as "nodeId", type, coalesce(lot, '') as lot, sum(delta)::int as quantity
      from stock_movement group by 1, 2, 3, 4 order by 1, 2, 3, 4`.execute(trx);
    return rows.filter(({ quantity }) => quantity !== 0);
  });
}

function readMovements(shopId: ShopId) {
  return withShop(database.db, shopId, async (trx) => {
    const { rows } = await sql<{ movement: number }>`
      select * from stock_movement order by movement`.execute(trx);
    return rows;
  });
}

type Sent = { readonly source: string; readonly event: StockEvent };

/** What a set of events says, part by part: the rule itself. */
function saidBy(sent: readonly Sent[]): Part[] {
  const byPart = Map.groupBy(sent, ({ event: { sku, nodeId, type, lot } }) =>
    JSON.stringify([sku, nodeId, type, lot?.reference ?? '']),
  );
  const parts = [...byPart].map(([key, list]): Part => {
    const [sku, nodeId, type, lot] = JSON.parse(key);
    const marked = list.map(({ source, event: one }) => ({
      ...{ one, micros: toMicros(one.occurredAt), name: nameOf(source, one.eventId) },
    }));
    const counts = marked.filter(({ one }) => one.kind === 'count');
    const [count] = counts.toSorted((a, b) => compareMarks(b, a));
    const since = count?.micros ?? -1;
    const later = marked.filter(({ one, micros }) => one.kind === 'delta' && micros > since);
    const quantity = later.reduce((sum, { one }) => sum + one.quantity, count?.one.quantity ?? 0);
    return { sku, nodeId, type, lot, quantity };
  });
  const order = ({ sku, nodeId, type, lot }: Part) => [sku, nodeId, type, lot].join('\n');
  return parts
    .filter(({ quantity }) => quantity !== 0)
    .toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
}

const TYPES = ['on_hand', 'on_hand', 'on_hand', 'incoming', 'damaged', 'recount'] as const;
const anySent = fc
  .array(
    fc.record({
      isCount: fc.boolean(),
      type: fc.constantFrom(...TYPES),
      sku: fc.constantFrom('A', 'B', 'C'),
      nodeId: fc.constantFrom('milan', 'rome'),
      units: fc.nat(20),
      minute: fc.nat(8),
      lot: fc.constantFrom('PO-1', 'PO-2'),
      source: fc.constantFrom('wms', 'erp'),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((list) =>
    list.map(({ isCount, units, lot, source, minute, ...what }, index): Sent => {
      // Two sources use the same ids: an id is its source's own.
      const made = event(`e${Math.floor(index / 2)}-${index % 2 === 0 ? 'a' : source}`, minute, {
        ...what,
        kind: isCount ? 'count' : 'delta',
        quantity: isCount ? units : units - 8,
      });
      const isLot = what.type === 'incoming';
      return {
        source,
        event: isLot ? { ...made, lot: { reference: lot, expectedOn: '2026-12-01' } } : made,
      };
    }),
  )
  .map((list) => [
    ...new Map(list.map((sent) => [nameOf(sent.source, sent.event.eventId), sent])).values(),
  ]);

/** Arrivals: every event once or more, in any order, cut anywhere, by two writers. */
const anyArrival = anySent.chain((sent) =>
  fc.record({
    sent: fc.constant(sent),
    again: fc.subarray(sent),
    order: fc.infiniteStream(fc.nat(1_000_000)),
    sizes: fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
  }),
);

type Arrival = typeof anyArrival extends fc.Arbitrary<infer Value> ? Value : never;

/** Cuts the shuffled arrivals into batches of one source each. */
function toBatches({ sent, again, order, sizes }: Arrival) {
  const shuffled = [...sent, ...again]
    .map((one) => ({ one, key: order.next().value as number }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ one }) => one);
  const batches: { source: string; events: StockEvent[] }[] = [];
  while (shuffled.length > 0) {
    const cut = shuffled.splice(0, sizes.next().value as number);
    for (const [source, list] of Map.groupBy(cut, (one) => one.source)) {
      batches.push({ source, events: list.map((one) => one.event) });
    }
  }
  return batches;
}

test('any order, repetition and cutting of events, by two writers at once, ends where their set says', async () => {
  const rival = service();
  await fc.assert(
    fc.asyncProperty(anyArrival, async (arrival) => {
      const shopId = newShop();
      const batches = toBatches(arrival);
      const work = async (writer: LedgerService) => {
        for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
          const booked = await writer.ingest(shopId, { ...batch, actor: 'test' });
          if (!booked.ok) throw new Error(JSON.stringify(booked.refusal));
          const wrong = booked.value.verdicts.filter(({ verdict }) => verdict === 'refused');
          expect(wrong).toEqual([]);
        }
      };
      await Promise.all([work(ledger), work(rival)]);
      const said = saidBy(arrival.sent);
      expect(await readParts(shopId)).toEqual(said);
      expect(await sumMovements(shopId)).toEqual(said);
      expect(await readMovements(shopId)).toHaveLength(arrival.sent.length);
    }),
    { numRuns: 60, seed: 20_261_123 },
  );
}, 120_000);

test('what a cell publishes is never below zero, and lots without a due date wait', async () => {
  const shopId = newShop();
  await book(shopId, [
    event('d1', 1, { type: 'damaged', quantity: -2 }),
    event('d2', 1, { type: 'recount', quantity: 3 }),
    event('i1', 1, { type: 'incoming', quantity: 5, lot: { reference: 'PO-1' } }),
    event('i2', 1, {
      type: 'incoming',
      quantity: 7,
      lot: { reference: 'PO-2', expectedOn: '2026-12-01' },
    }),
  ]);
  const incoming = [{ quantity: 7, expectedOn: '2026-12-01' }];
  expect(await readPositions(shopId)).toEqual([
    { sku: 'A', nodeId: 'milan', onHand: 0, unavailable: 3, incoming },
  ]);
});

test('a later word about a lot changes when it is due and how much comes, an earlier one that arrives late does not', async () => {
  const shopId = newShop();
  const lot = (eventId: string, minute: number, quantity: number, expectedOn: string) =>
    event(eventId, minute, {
      ...{ type: 'incoming', kind: 'count', quantity },
      lot: { reference: 'PO-1', expectedOn },
    });
  await book(shopId, [lot('i1', 1, 10, '2026-12-01')]);
  await book(shopId, [lot('i3', 3, 6, '2026-12-09')]);
  await book(shopId, [lot('i2', 2, 99, '2026-12-24')]);
  const [position] = await readPositions(shopId);
  expect(position?.incoming).toEqual([{ quantity: 6, expectedOn: '2026-12-09' }]);
});

test('the same event again is a duplicate, with another content it is refused, and neither changes anything', async () => {
  const shopId = newShop();
  const first = event('e1', 1, { quantity: 5 });
  const reused = { ...first, quantity: 6 };
  const elsewhere = { ...first, nodeId: 'rome' };
  expect(await verdictsOf(shopId, [first, first, reused])).toEqual([
    'booked',
    'duplicate',
    'refused',
  ]);
  expect(await verdictsOf(shopId, [first, event('e2', 2)])).toEqual(['duplicate', 'booked']);
  const again = await book(shopId, [reused, elsewhere]);
  expect(again).toMatchObject({
    version: 0,
    verdicts: [{ code: 'event_id_reused' }, { code: 'event_id_reused' }],
  });
  const parts = await readParts(shopId);
  expect(parts.map(({ nodeId, quantity }) => [nodeId, quantity])).toEqual([['milan', 6]]);
});

test('an instant finer than a microsecond is the same one when its event comes again', async () => {
  const shopId = newShop();
  const sold = event('e1', 1, { occurredAt: '2026-11-25T08:01:00.1234567Z' });
  const lot = { reference: 'PO-1', expectedAt: '2026-12-01T08:01:00.1234567Z' };
  const ordered = event('e2', 2, { type: 'incoming', kind: 'count', lot });
  expect(await verdictsOf(shopId, [sold, ordered])).toEqual(['booked', 'booked']);
  expect(await verdictsOf(shopId, [sold, ordered])).toEqual(['duplicate', 'duplicate']);
});

test('a wrong row blocks no other one', async () => {
  const shopId = newShop();
  const events = [event('e1', 1), event('e2', 2, { nodeId: 'nowhere' }), event('e3', 3)];
  const { verdicts } = await book(shopId, events);
  expect(verdicts).toMatchObject([
    { verdict: 'booked', delta: 1 },
    { verdict: 'refused', code: 'unknown_node', knownNodes: ['milan', 'rome'] },
    { verdict: 'booked', delta: 1 },
  ]);
});

test('a delta from before the last count is kept and does nothing', async () => {
  const shopId = newShop();
  await book(shopId, [event('c', 5, { kind: 'count', quantity: 10 })]);
  const { verdicts } = await book(shopId, [event('late', 4, { quantity: -3 })]);
  expect(verdicts).toEqual([{ eventId: 'late', verdict: 'superseded', delta: 0 }]);
});

test('a correction is a new row: what was booked stays as it was', async () => {
  const shopId = newShop();
  await book(shopId, [event('e1', 1, { quantity: 5 }), event('e2', 2, { quantity: -2 })]);
  const before = await readMovements(shopId);
  await book(shopId, [event('c', 1, { kind: 'count', quantity: 20, reason: 'correction' })]);
  await book(shopId, [event('e1', 1, { quantity: 5 })]);
  const after = await readMovements(shopId);
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after).toHaveLength(before.length + 1);
  expect(await sumMovements(shopId)).toMatchObject([{ quantity: 18 }]);
});

test('the application cannot change a movement', async () => {
  const shopId = newShop();
  await book(shopId, [event('e1', 1)]);
  const change = withShop(database.db, shopId, (trx) =>
    sql`update stock_movement set delta = 9`.execute(trx),
  );
  await expect(change).rejects.toThrow('permission denied');
});

test('a recount that finds less than is allocated is booked as it is, shown as a shortage and handed on', async () => {
  const shopId = newShop();
  const handedOn: unknown[] = [];
  const watching = createLedgerService({
    db: database.db,
    clock: fixedClock(Temporal.Instant.from(NOW)),
    knownNodes: async () => NODES,
    announce: async () => undefined,
    onShortages: async (_shopId, shortages) => {
      handedOn.push(...shortages);
    },
  });
  await book(shopId, [event('c1', 1, { kind: 'count', quantity: 10 })]);
  await withShop(database.db, shopId, (trx) =>
    sql`update stock_position set allocated = 8`.execute(trx),
  );
  const recount = event('c2', 2, { kind: 'count', quantity: 5, reason: 'recount' });
  await watching.ingest(shopId, { source: 'wms', actor: 'test', events: [recount] });
  const shortage = {
    sku: 'A',
    nodeId: 'milan',
    onHand: 5,
    unavailable: 0,
    allocated: 8,
    missing: 3,
  };
  expect(handedOn).toEqual([shortage]);
  expect(await ledger.readShortages(shopId)).toEqual([{ ...shortage, foundAt: NOW }]);
  await book(shopId, [event('e3', 3, { quantity: 3 })]);
  expect(await ledger.readShortages(shopId)).toEqual([]);
});

test('the movements of a cell are read from the newest booked, page by page, and no other cell’s', async () => {
  const shopId = newShop();
  const ids = Array.from({ length: 7 }, (_, index) => `e${index}`);
  await book(shopId, [
    ...ids.map((id, index) => event(id, index)),
    event('other', 1, { sku: 'B' }),
  ]);
  const cell = { sku: 'A', nodeId: 'milan', limit: 4 };
  const first = await ledger.readMovements(shopId, cell);
  const before = first.at(-1)?.movement ?? 0;
  const second = await ledger.readMovements(shopId, { ...cell, before });
  expect([...first, ...second].map(({ eventId }) => eventId)).toEqual(ids.toReversed());
});

test('ten thousand events in a batch are booked, one more is refused with what to do', async () => {
  const shopId = newShop();
  const events = Array.from({ length: 10_001 }, (_, index) =>
    event(`e${index}`, 1, { sku: `S${index}` }),
  );
  const refused = await ledger.ingest(shopId, { source: 'wms', actor: 'test', events });
  expect(refused).toMatchObject({ ok: false, refusal: { pointer: '/events', value: 10_001 } });
  expect((await book(shopId, events.slice(1))).verdicts).toHaveLength(10_000);
}, 30_000);
