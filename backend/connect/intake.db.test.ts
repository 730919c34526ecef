import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type ConnectStand,
  connectStand,
  NOW,
  newCaller,
  skuOf,
} from '../../tests/connect-stand.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import type { ShopId } from '../base/ids.ts';
import { withShop } from '../platform/database.ts';
import type { Caller } from './connections.ts';
import { packAnswer, unpackAnswer } from './intake.ts';
import { replayHealed } from './replay.ts';
import type { BatchAnswer } from './stock-schemas.ts';

let database: TestDatabase<unknown>;
let stand: ConnectStand;
let shopNumber = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  stand = connectStand(database.appUrl);
});
afterAll(async () => {
  await stand.close();
  await database.close();
});

async function caller(limits: Partial<Pick<Caller, 'nodeIds'>> = {}): Promise<Caller> {
  shopNumber += 1;
  return await newCaller(stand, `intake-${shopNumber}.myshopify.com` as ShopId, limits);
}

function event(eventId: string, changed: object = {}) {
  return {
    eventId,
    kind: 'delta',
    sku: skuOf(1),
    nodeId: 'MILANO',
    quantity: 5,
    occurredAt: '2026-11-27T09:00:00Z',
    ...changed,
  };
}

async function send(
  by: Caller,
  rows: readonly unknown[],
  repeatable?: { idempotencyKey: string; requestHash: string },
): Promise<BatchAnswer> {
  const taken = await stand.intake.take(by, { kind: 'movements', rows }, repeatable);
  if (!taken.ok) throw new Error(JSON.stringify(taken.refusal));
  return taken.value.answer;
}

async function sendSnapshot(by: Caller, rows: readonly unknown[], changed: object = {}) {
  const envelope = {
    snapshotId: 'count-1',
    nodeId: 'MILANO',
    takenAt: '2026-11-27T09:30:00Z',
    isFull: false,
    rows: [...rows],
    ...changed,
  };
  const taken = await stand.intake.take(by, { kind: 'snapshot', rows, envelope });
  if (!taken.ok) throw new Error(JSON.stringify(taken.refusal));
  return taken.value.answer;
}

/** Units on hand by SKU and node. */
async function onHand({ shopId }: Caller): Promise<Record<string, number>> {
  return await withShop(stand.db, shopId, async (trx) => {
    const { rows } = await sql<{ cell: string; units: number }>`
      select sku || ' ' || node_id as cell, on_hand as units from stock_position
      where on_hand <> 0 order by 1`.execute(trx);
    return Object.fromEntries(rows.map((row) => [row.cell, Number(row.units)]));
  });
}

const refusedOf = ({ shopId }: Caller) => stand.activity.listRefused(shopId, { limit: 100 });
const codes = (answer: BatchAnswer) => answer.verdicts.map((row) => row.code ?? row.verdict);

test('right rows are booked, wrong ones named one by one, in the order of the request', async () => {
  const by = await caller();
  const answer = await send(by, [event('a'), event('b', { quantity: 1.5 }), event('c')]);
  expect(answer).toMatchObject({ booked: 2, refused: 1 });
  expect(answer.verdicts[1]).toMatchObject({
    eventId: 'b',
    verdict: 'refused',
    code: 'invalid_row',
    pointer: '/events/1/quantity',
    detail: expect.stringContaining('It says 1.5'),
  });
  expect(await onHand(by)).toEqual({ 'S-1 MILANO': 10 });
});

test.each([
  ['an unknown SKU', { sku: 'S-NONE' }, 'unknown_sku', '/events/0/sku'],
  ['an unknown node', { nodeId: 'MARS' }, 'unknown_node', '/events/0/nodeId'],
  ['a negative count', { kind: 'count', quantity: -1 }, 'invalid_row', '/events/0/quantity'],
  ['a fraction', { quantity: 0.5 }, 'invalid_row', '/events/0/quantity'],
  ['a quantity in words', { quantity: '5' }, 'invalid_row', '/events/0/quantity'],
  ['beyond a billion', { quantity: 1_000_000_001 }, 'invalid_row', '/events/0/quantity'],
  [
    'more than a day ahead',
    { occurredAt: '2026-11-28T10:00:01Z' },
    'future_event',
    '/events/0/occurredAt',
  ],
  [
    'an instant without offset',
    { occurredAt: '2026-11-27T09:00:00' },
    'invalid_row',
    '/events/0/occurredAt',
  ],
  ['an empty id', { eventId: '' }, 'invalid_row', '/events/0/eventId'],
  ['a control character in the SKU', { sku: 'S\u0000' }, 'invalid_row', '/events/0/sku'],
  ['half of a surrogate pair in the SKU', { sku: 'S\ud83d' }, 'invalid_row', '/events/0/sku'],
  [
    'an instant before 2000',
    { occurredAt: '1999-12-31T23:59:59Z' },
    'invalid_row',
    '/events/0/occurredAt',
  ],
  ['a field nobody knows', { qty: 5 }, 'invalid_row', '/events/0/qty'],
  [
    'a lot without incoming',
    { lot: { reference: 'PO', expectedOn: '2026-12-01' } },
    'invalid_row',
    '/events/0/lot',
  ],
  ['incoming without a lot', { type: 'incoming' }, 'invalid_row', '/events/0/lot'],
  [
    'a lot due both ways',
    { type: 'incoming', lot: { reference: 'PO' } },
    'invalid_row',
    '/events/0/lot',
  ],
])(
  '%s is refused with its place and the next step, and kept',
  async (_what, changed, code, pointer) => {
    const by = await caller();
    const answer = await send(by, [event('x', changed), event('y')]);
    expect(answer.verdicts[0]).toMatchObject({ verdict: 'refused', code, pointer });
    expect(answer.verdicts[0]?.detail).toMatch(/\.$/);
    expect(answer.verdicts[1]).toEqual({ eventId: 'y', verdict: 'booked' });
    const [kept] = await refusedOf(by);
    expect(kept).toMatchObject({ reason: { code }, times: 1 });
  },
);

test('up to a day ahead is booked: clocks and zones of other systems are wrong', async () => {
  const answer = await send(await caller(), [event('x', { occurredAt: '2026-11-28T10:00:00Z' })]);
  expect(codes(answer)).toEqual(['booked']);
});

test('an event of a node that the connection may not speak of is refused', async () => {
  const by = await caller({ nodeIds: ['ROMA'] });
  const answer = await send(by, [event('a'), event('b', { nodeId: 'ROMA' })]);
  expect(codes(answer)).toEqual(['foreign_node', 'booked']);
  expect(await onHand(by)).toEqual({ 'S-1 ROMA': 5 });
});

test('the same event again is a duplicate; its id with another content is refused', async () => {
  const by = await caller();
  await send(by, [event('a')]);
  const answer = await send(by, [event('a'), event('a', { quantity: 6 })]);
  expect(codes(answer)).toEqual(['duplicate', 'event_id_reused']);
  expect(await onHand(by)).toEqual({ 'S-1 MILANO': 5 });
});

test('rows that are no objects at all are refused alone', async () => {
  const by = await caller();
  const answer = await send(by, [null, 7, 'text', [], {}, event('a')]);
  expect(answer).toMatchObject({ booked: 1, refused: 5 });
});

test('two connections may use the same event ids', async () => {
  const first = await caller();
  const second = await newCaller(stand, first.shopId);
  await Promise.all([send(first, [event('a')]), send(second, [event('a')])]);
  expect(await onHand(first)).toEqual({ 'S-1 MILANO': 10 });
});

test('two connections at once on the same stock lose nothing', async () => {
  const first = await caller();
  const second = await newCaller(stand, first.shopId);
  const rows = (name: string) =>
    Array.from({ length: 200 }, (_, index) =>
      event(`${name}-${index}`, { sku: skuOf(index % 20), quantity: 1 }),
    );
  await Promise.all(
    [first, second].flatMap((by) => [1, 2, 3].map((part) => send(by, rows(`${part}`)))),
  );
  const state = await onHand(first);
  expect(Object.values(state).reduce((sum, units) => sum + units, 0)).toBe(2 * 3 * 200);
});

test('a snapshot counts what it names; a later movement stays on top of it', async () => {
  const by = await caller();
  await send(by, [
    event('a', { quantity: 3 }),
    event('late', { quantity: 1, occurredAt: '2026-11-27T09:45:00Z' }),
  ]);
  const answer = await sendSnapshot(by, [{ sku: skuOf(1), quantity: 10 }]);
  expect(answer.verdicts).toEqual([{ eventId: 'count-1/on_hand/S-1', verdict: 'booked' }]);
  expect(await onHand(by)).toEqual({ 'S-1 MILANO': 11 });
  expect(codes(await sendSnapshot(by, [{ sku: skuOf(1), quantity: 10 }]))).toEqual(['duplicate']);
});

test('a full snapshot says that what it does not name is gone, at its node alone', async () => {
  const by = await caller();
  const everywhere = [1, 2, 3].flatMap((number) => [
    event(`m${number}`, { sku: skuOf(number) }),
    event(`r${number}`, { sku: skuOf(number), nodeId: 'ROMA' }),
  ]);
  await send(by, everywhere);
  // S-3 is named by a row that is wrong: unknown is not zero.
  const rows = [
    { sku: skuOf(1), quantity: 7 },
    { sku: skuOf(3), quantity: -1 },
  ];
  const answer = await sendSnapshot(by, rows, { isFull: true });
  expect(answer).toMatchObject({ booked: 1, refused: 1 });
  expect(await onHand(by)).toEqual({
    'S-1 MILANO': 7,
    'S-1 ROMA': 5,
    'S-2 ROMA': 5,
    'S-3 MILANO': 5,
    'S-3 ROMA': 5,
  });
});

test('a full snapshot of a node that is not the connection’s empties nothing', async () => {
  const by = await caller({ nodeIds: ['ROMA'] });
  await send(by, [event('a', { nodeId: 'ROMA' })]);
  const stranger = await newCaller(stand, by.shopId, { nodeIds: ['MILANO'] });
  await sendSnapshot(stranger, [{ sku: skuOf(2), quantity: 1 }], { nodeId: 'ROMA', isFull: true });
  expect(await onHand(by)).toEqual({ 'S-1 ROMA': 5 });
});

test('a request sent again under its key gets the same answer and books nothing', async () => {
  const by = await caller();
  const key = { idempotencyKey: 'k-1', requestHash: 'h' };
  const rows = [event('a'), event('b', { quantity: 1.5 }), event('c'), event('a')];
  const first = await stand.intake.take(by, { kind: 'movements', rows }, key);
  const again = await stand.intake.take(by, { kind: 'movements', rows }, key);
  expect(first).toMatchObject({ ok: true, value: { isReplayed: false } });
  expect(again).toEqual({
    ok: true,
    value: { ...(first.ok ? first.value : {}), isReplayed: true },
  });
  const other = await stand.intake.take(
    by,
    { kind: 'movements', rows: [] },
    { ...key, requestHash: 'g' },
  );
  expect(other).toMatchObject({ refusal: { code: 'idempotency_key_reused' } });
});

test('of requests at once under one key one is done, the others are told to wait or get its answer', async () => {
  const by = await caller();
  const key = { idempotencyKey: 'k-2', requestHash: 'h' };
  const taken = await Promise.all(
    [1, 2, 3, 4].map(() => stand.intake.take(by, { kind: 'movements', rows: [event('a')] }, key)),
  );
  expect(taken.filter((one) => one.ok && !one.value.isReplayed)).toHaveLength(1);
  for (const one of taken) if (!one.ok) expect(one.refusal.code).toBe('request_in_progress');
  expect(await onHand(by)).toEqual({ 'S-1 MILANO': 5 });
});

test('a request that was cut off between booking and answer is taken over after a minute', async () => {
  const by = await caller();
  const key = { idempotencyKey: 'k-3', requestHash: 'h' };
  const begun = { ...key, connectionId: by.connectionId };
  expect(
    await stand.intakeStore.begin(by.shopId, { ...begun, at: NOW.subtract({ seconds: 59 }) }),
  ).toEqual({ state: 'new' });
  const tooEarly = await stand.intake.take(by, { kind: 'movements', rows: [event('a')] }, key);
  expect(tooEarly).toMatchObject({ refusal: { code: 'request_in_progress' } });
  stand.clock.set(NOW.add({ seconds: 2 }));
  expect(codes(await send(by, [event('a')], key))).toEqual(['booked']);
  stand.clock.set(NOW);
});

test('what is refused again is one row with its count; booked in the end, it is out of the view', async () => {
  const by = await caller();
  stand.known.skus.delete(skuOf(9));
  for (let count = 0; count < 3; count += 1) await send(by, [event('early', { sku: skuOf(9) })]);
  expect(await refusedOf(by)).toMatchObject([{ eventKey: 'early', times: 3 }]);
  stand.known.skus.add(skuOf(9));
  expect(codes(await send(by, [event('early', { sku: skuOf(9) })]))).toEqual(['booked']);
  expect(await refusedOf(by)).toEqual([]);
});

test('a replay books what is right now and says what is not', async () => {
  const by = await caller();
  stand.known.skus.delete(skuOf(8));
  await send(by, [event('m', { sku: skuOf(8) }), event('w', { quantity: 1.5 })]);
  await sendSnapshot(by, [{ sku: skuOf(8), quantity: 4 }], { takenAt: '2026-11-27T08:00:00Z' });
  stand.known.skus.add(skuOf(8));
  const eventKeys = (await refusedOf(by)).map((row) => row.eventKey);
  expect(eventKeys).toHaveLength(3);
  const done = await stand.replay(by.shopId, { connectionId: by.connectionId, eventKeys });
  expect(done).toEqual({ ok: true, value: { booked: 2, unchanged: 0, refused: 1 } });
  expect(await onHand(by)).toEqual({ 'S-8 MILANO': 9 });
  expect(await refusedOf(by)).toMatchObject([{ eventKey: 'w', times: 2 }]);
});

test('what came before its product is booked once the shop knows it, and nothing else is tried', async () => {
  const by = await caller();
  stand.known.skus.delete(skuOf(7));
  await send(by, [event('early', { sku: skuOf(7) }), event('w', { quantity: 1.5 })]);
  expect(await replayHealed(stand, by.shopId)).toBe(0);
  stand.known.skus.add(skuOf(7));
  expect(await replayHealed(stand, by.shopId)).toBe(1);
  expect(await onHand(by)).toEqual({ 'S-7 MILANO': 5 });
  expect(await refusedOf(by)).toMatchObject([{ eventKey: 'w', times: 1 }]);
});

test('set aside is out of the view, and one shop sees nothing of another', async () => {
  const by = await caller();
  await send(by, [event('w', { quantity: 1.5 })]);
  const chosen = { connectionId: by.connectionId, eventKeys: ['w'], at: NOW.toString() };
  expect(await stand.activity.setAside('x.myshopify.com' as ShopId, chosen)).toBe(0);
  expect(await stand.activity.setAside(by.shopId, chosen)).toBe(1);
  expect(await refusedOf(by)).toEqual([]);
});

test('what flowed is counted by the hour, with the newest error', async () => {
  const by = await caller();
  await send(by, [event('a'), event('b')]);
  await send(by, [event('a'), event('c', { quantity: 1.5 })]);
  const failure = { connectionId: by.connectionId, at: NOW, error: { code: 'busy', detail: 'b' } };
  await stand.intakeStore.recordFailure(by.shopId, failure);
  expect(await stand.activity.readHours(by.shopId, NOW.toString())).toEqual([
    {
      connectionId: by.connectionId,
      hour: '2026-11-27T10:00:00Z',
      requests: 3,
      booked: 2,
      unchanged: 1,
      refused: 1,
      failures: 1,
      lastError: failure.error,
      lastErrorAt: NOW.toString(),
    },
  ]);
});

const eventArbitrary = fc.record({
  kind: fc.constantFrom('delta', 'count'),
  sku: fc.constantFrom(skuOf(1), skuOf(2), 'S-NONE'),
  nodeId: fc.constantFrom('MILANO', 'ROMA'),
  quantity: fc.integer({ min: -3, max: 9 }),
  occurredAt: fc
    .integer({ min: 0, max: 59 })
    .map((minute) => `2026-11-27T09:${String(minute).padStart(2, '0')}:00Z`),
});

test('any split of events into requests, in any order and with repeats, ends in the same state', async () => {
  const events = fc.array(eventArbitrary, { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(events, fc.infiniteStream(fc.nat()), async (list, numbers) => {
      const rows = list.map((row, index) => event(`e-${index}`, row));
      const [whole, split] = [await caller(), await caller()];
      await send(whole, rows);
      const next = () => Number(numbers.next().value);
      // Every event at least once, some again, shuffled by the drawn numbers, cut into small requests.
      const sent = [...rows, ...rows.filter(() => next() % 3 === 0)]
        .map((row) => ({ row, place: next() }))
        .toSorted((a, b) => a.place - b.place)
        .map(({ row }) => row);
      while (sent.length > 0) await send(split, sent.splice(0, 1 + (next() % 5)));
      expect(await onHand(split)).toEqual(await onHand(whole));
      const keysOf = async (by: Caller) =>
        (await refusedOf(by)).map((row) => row.eventKey).toSorted();
      expect(await keysOf(split)).toEqual(await keysOf(whole));
    }),
    { numRuns: 40 },
  );
});

test('an answer unpacked for its request is the answer that was packed', () => {
  const verdict = fc.constantFrom('booked', 'duplicate', 'superseded', 'refused');
  const arbitrary = fc.array(fc.tuple(verdict, fc.string()), { maxLength: 50 });
  fc.assert(
    fc.property(arbitrary, (rows) => {
      const counts = { booked: 0, duplicate: 0, superseded: 0, refused: 0 };
      const verdicts = rows.map(([one, eventId]) => {
        counts[one] += 1;
        const said = { eventId, verdict: one };
        return one === 'refused' ? { ...said, code: 'c', detail: 'd', pointer: '/p' } : said;
      });
      const answer = { ...counts, verdicts };
      const stored = JSON.parse(JSON.stringify(packAnswer(answer)));
      expect(
        unpackAnswer(
          stored,
          rows.map(([, eventId]) => eventId),
        ),
      ).toEqual(answer);
    }),
  );
});
