// Offers on a real server: who wins, what losers are told, where the units are, what refusals and silence do.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import {
  findWork,
  type Market,
  marketShop,
  marketWorld,
  offerOf,
  openMarket,
  stockUp,
  WAREHOUSE,
} from '../../../tests/worlds/offer-market.ts';
import type { ShopId } from '../../base/ids.ts';
import { fixedClock } from '../../platform/clock.ts';
import { withShop } from '../../platform/database.ts';
import { relocate } from '../route/moves/service.ts';
import { ORDER_STEPS } from '../steps.ts';
import { readTimeline } from '../timeline/store.ts';
import { changeWork, lockWorks, readWorks } from '../works/store.ts';
import type { OfferRefusing } from './answers/service.ts';

const SHOP = 'offers.myshopify.com' as ShopId;
// A Wednesday, 11:00 in Rome.
const NOON = Temporal.Instant.from('2026-11-25T10:00:00Z');
const SKUS = Array.from({ length: 40 }, (_, index) => `SKU-${index}`);
const STORES = ['s01', 's02', 's03'];

let database: TestDatabase<unknown>;
const clock = fixedClock(NOON);
let market: Market;
let turn = 0;
const passed = new Set<string>();

beforeAll(async () => {
  database = await createTestDatabase();
  const live = marketShop(SHOP, marketWorld(4, SKUS), NOON);
  market = openMarket(database.db, {
    ...{ shopId: SHOP, live, clock },
    onStep: (step) => passed.add(step),
  });
});
afterAll(async () => {
  await database.close();
});
beforeEach(() => {
  clock.set(NOON);
  turn += 1;
});

/** A work of two units of a SKU of its own; every place has `has` of it, unless said otherwise. */
async function offered(more: Partial<Parameters<Market['offer']>[1]> = {}, stock = {}) {
  const sku = SKUS[turn] ?? '';
  await stockUp(database.db, SHOP, sku, { [WAREHOUSE]: 5, s01: 5, s02: 5, s03: 5, ...stock });
  const workId = await market.offer(`9${turn}`, { units: { [sku]: 2 }, stores: STORES, ...more });
  const claim = async (nodeId: string) => {
    const offerId = await offerOf(database.db, SHOP, { workId, nodeId });
    return await market.offers.claim(SHOP, { offerId, nodeId, person: `${nodeId}/anna` });
  };
  const refuse = async (nodeId: string, no: Pick<OfferRefusing, 'reason' | 'amiss'>) => {
    const offerId = await offerOf(database.db, SHOP, { workId, nodeId });
    return await market.offers.refuse(SHOP, { offerId, nodeId, person: `${nodeId}/anna`, ...no });
  };
  const found = () => findWork(database.db, SHOP, workId);
  const events = async () =>
    (await withShop(database.db, SHOP, (trx) => readTimeline(trx, SHOP, `9${turn}`))).map(
      ({ kind }) => kind,
    );
  return { workId, sku, claim, refuse, found, events };
}

const later = (minutes: number) => clock.set(clock.now().add({ minutes }));

test('the first to claim has the work and its units; the others are told by whom and when', async () => {
  const work = await offered();
  expect(await work.found()).toMatchObject({ nodeId: WAREHOUSE, allocated: { [WAREHOUSE]: 2 } });
  later(3);
  expect(await work.claim('s02')).toMatchObject({
    ok: true,
    value: { nodeId: 's02', workId: work.workId, isAgain: false },
  });
  expect(await work.found()).toMatchObject({
    ...{ state: 'placed', negotiation: 'claimed', nodeId: 's02', allocated: { s02: 2 } },
    offers: { s01: 'lost', s02: 'won', s03: 'lost' },
    claimedEvents: 1,
  });
  later(1);
  const refusal = { code: 'already_claimed', wonBy: 's02', at: '2026-11-25T10:03:00.000000Z' };
  expect(await work.claim('s01')).toMatchObject({ ok: false, refusal });
  expect(await work.claim('s02')).toMatchObject({ ok: true, value: { isAgain: true } });
  expect((await work.found()).claimedEvents).toBe(1);
});

test('a claim has Shopify brought after', async () => {
  const work = await offered();
  market.jobs.length = 0;
  await work.claim('s01');
  expect(market.jobs.map(({ name }) => name)).toEqual(['fulfillment_follow']);
});

test('another store’s offer cannot be claimed or refused, nor one that does not exist', async () => {
  const work = await offered();
  const offerId = await offerOf(database.db, SHOP, { workId: work.workId, nodeId: 's01' });
  const foreign = { offerId, nodeId: 's02', person: 'eve' };
  const refusal = { code: 'not_your_offer' };
  expect(await market.offers.claim(SHOP, foreign)).toMatchObject({ ok: false, refusal });
  const no = { ...foreign, reason: 'too_busy' } as const;
  expect(await market.offers.refuse(SHOP, no)).toMatchObject({ ok: false, refusal });
  const nothing = { ...foreign, offerId: 'nothing' };
  expect(await market.offers.claim(SHOP, nothing)).toMatchObject({ ok: false, refusal });
  expect(await work.found()).toMatchObject({ negotiation: 'offered', excluded: [] });
});

test('a store sees its own offers with what they are about, until their instant', async () => {
  const work = await offered();
  const mine = async () =>
    (await market.offers.list(SHOP, 's03')).offers.filter(({ workId }) => workId === work.workId);
  expect(await mine()).toMatchObject([
    { expiresAt: '2026-11-25T10:31:00.000000Z', work: { lines: [{ sku: work.sku, quantity: 2 }] } },
  ]);
  later(31);
  expect(await mine()).toEqual([]);
});

test('a claim where the units are gone is refused, and the store is not asked again', async () => {
  const work = await offered({}, { s01: 1 });
  expect(await work.claim('s01')).toMatchObject({
    ok: false,
    refusal: { code: 'no_stock', skus: [work.sku] },
  });
  expect(await work.found()).toMatchObject({
    ...{ negotiation: 'offered', nodeId: WAREHOUSE, allocated: { [WAREHOUSE]: 2 } },
    ...{ offers: { s01: 'refused', s02: 'open', s03: 'open' }, excluded: ['s01'] },
  });
  expect(await work.claim('s02')).toMatchObject({ ok: true });
});

test('a late accept never wins, even before the clock has looked', async () => {
  const work = await offered();
  later(31);
  const late = await work.claim('s01');
  expect(late).toMatchObject({ refusal: { code: 'expired', at: '2026-11-25T10:31:00.000000Z' } });
  await market.offers.tick(SHOP);
  expect(await work.claim('s01')).toEqual(late);
});

test('silence is a refusal: the next wave is asked, then the fallback has the work', async () => {
  const work = await offered({ perWave: 2 });
  expect((await work.found()).offers).toEqual({ s01: 'open', s02: 'open' });
  later(31);
  await market.offers.tick(SHOP);
  expect(await work.found()).toMatchObject({
    offers: { s01: 'timed_out', s02: 'timed_out', s03: 'open' },
    excluded: ['s01', 's02'],
  });
  later(32);
  const next = await market.offers.tick(SHOP);
  expect(await work.found()).toMatchObject({
    ...{ negotiation: 'assigned', nodeId: WAREHOUSE, allocated: { [WAREHOUSE]: 2 } },
    offers: { s03: 'timed_out' },
  });
  expect(next).toBeUndefined();
  expect(await work.events()).toEqual([
    ...['offered', 'offer_timed_out', 'offer_timed_out', 'offered', 'offer_timed_out', 'assigned'],
  ]);
});

test('before the latest start the fallback has it, whoever could still answer', async () => {
  const work = await offered({ timeOutMinutes: 300, fallbackIn: 90 });
  later(89);
  await market.offers.tick(SHOP);
  expect(await work.found()).toMatchObject({ negotiation: 'offered' });
  later(1);
  await market.offers.tick(SHOP);
  expect(await work.found()).toMatchObject({
    negotiation: 'assigned',
    offers: { s01: 'withdrawn', s02: 'withdrawn', s03: 'withdrawn' },
    excluded: [],
  });
  expect(await work.claim('s01')).toMatchObject({ ok: false, refusal: { code: 'withdrawn' } });
});

test('when all of a wave have refused, the next is asked at once', async () => {
  const work = await offered({ perWave: 1 });
  expect(await work.refuse('s01', { reason: 'too_busy' })).toMatchObject({ value: { booked: [] } });
  expect((await work.found()).offers).toEqual({ s01: 'refused', s02: 'open' });
  const again = { code: 'refused_before' };
  expect(await work.claim('s01')).toMatchObject({ ok: false, refusal: again });
});

test.each([
  ['not_found', undefined, { type: 'not_found', quantity: 2 }],
  ['damaged', 1, { type: 'damaged', quantity: 1 }],
  ['nothing_left', undefined, { type: 'recount', quantity: 5 }],
] as const)('a refusal as %s says so of the store’s stock, once', async (reason, units, part) => {
  const work = await offered();
  const amiss = units && [{ sku: work.sku, quantity: units }];
  const no = { reason, ...(amiss ? { amiss } : {}) };
  const booked = [{ sku: work.sku, quantity: part.quantity }];
  expect(await work.refuse('s01', no)).toMatchObject({ ok: true, value: { booked } });
  expect(await work.refuse('s01', no)).toMatchObject({ ok: true, value: { booked: [] } });
  expect(await unavailable(work.sku, 's01')).toEqual([part]);
  expect(await work.found()).toMatchObject({ negotiation: 'offered', excluded: ['s01'] });
});

async function unavailable(sku: string, nodeId: string) {
  const { rows } = await withShop(database.db, SHOP, (trx) =>
    sql<{ type: string; quantity: number }>`
      select type, quantity from stock_part where shop_id = ${SHOP} and sku = ${sku}
        and node_id = ${nodeId} and quantity <> 0`.execute(trx),
  );
  return rows;
}

test('who claimed may give the work back before it begins: it is routed again without him', async () => {
  const work = await offered();
  await work.claim('s01');
  market.jobs.length = 0;
  expect(await work.refuse('s01', { reason: 'not_found' })).toMatchObject({ ok: true });
  expect(await work.found()).toMatchObject({
    ...{ state: 'unplaced', negotiation: 'none', nodeId: null },
    ...{ excluded: ['s01'], allocated: {} },
  });
  expect(market.jobs.map(({ name }) => name)).toEqual(['order_route']);
  expect(await unavailable(work.sku, 's01')).toEqual([{ type: 'not_found', quantity: 2 }]);
});

test('who has begun cannot refuse any more', async () => {
  const work = await offered();
  await work.claim('s01');
  await withShop(database.db, SHOP, async (trx) => {
    const [stored] = await readWorks(trx, SHOP, { workIds: [work.workId] });
    if (stored !== undefined) await changeWork(trx, SHOP, stored, { state: 'picking' });
  });
  expect(await work.refuse('s01', { reason: 'too_busy' })).toMatchObject({
    ok: false,
    refusal: { code: 'already_begun', state: 'picking' },
  });
});

test('a store that refuses does not keep the units: the next best holds them', async () => {
  const work = await offered({ at: 's01' });
  await work.refuse('s01', { reason: 'nothing_left' });
  expect(await work.found()).toMatchObject({
    ...{ negotiation: 'offered', nodeId: 's02', allocated: { s02: 2 } },
    offers: { s01: 'refused', s02: 'open', s03: 'open' },
  });
  expect(await unavailable(work.sku, 's01')).toEqual([{ type: 'recount', quantity: 5 }]);
});

test('a store that was silent does not keep the units either', async () => {
  const work = await offered({ at: 's01', perWave: 1 });
  later(31);
  await market.offers.tick(SHOP);
  expect(await work.found()).toMatchObject({
    ...{ negotiation: 'offered', nodeId: 's02', allocated: { s02: 2 } },
    offers: { s01: 'timed_out', s02: 'open' },
  });
});

test('when the place refused and nobody else has the units, routing decides anew', async () => {
  const work = await offered({ at: 's01' }, { s02: 0, s03: 1 });
  await work.refuse('s01', { reason: 'too_busy' });
  expect(await work.found()).toMatchObject({
    ...{ state: 'unplaced', negotiation: 'none', allocated: {}, excluded: ['s01'] },
    offers: { s01: 'refused', s02: 'withdrawn', s03: 'withdrawn' },
  });
});

test('a store that takes by itself has the work at the next tick, unless its units are gone', async () => {
  const work = await offered({ autoClaimNodes: ['s01', 's02'] }, { s01: 0 });
  expect(await work.found()).toMatchObject({ negotiation: 'offered', offers: {} });
  await market.offers.tick(SHOP);
  expect(await work.found()).toMatchObject({
    ...{ negotiation: 'claimed', nodeId: 's02', allocated: { s02: 2 } },
    offers: { s01: 'refused', s02: 'won' },
  });
});

test('a work on hold is on offer to nobody, and to the same stores when it is let go', async () => {
  const work = await offered();
  const hold = (holdReason: string | null) =>
    withShop(database.db, SHOP, async (trx) => {
      const [stored] = await readWorks(trx, SHOP, { workIds: [work.workId] });
      if (stored !== undefined) await changeWork(trx, SHOP, stored, { holdReason });
    });
  await hold('fraud');
  expect(await work.claim('s01')).toMatchObject({ refusal: { code: 'withdrawn' } });
  later(31);
  await market.offers.tick(SHOP);
  expect(await work.found()).toMatchObject({
    ...{ negotiation: 'offered', excluded: [] },
    offers: { s01: 'withdrawn', s02: 'withdrawn', s03: 'withdrawn' },
  });
  await hold(null);
  later(1);
  await market.offers.tick(SHOP);
  expect(await work.claim('s01')).toMatchObject({ ok: true });
});

test('when an agent gives a work on offer to a store, the others are told', async () => {
  const work = await offered();
  await withShop(database.db, SHOP, async (trx) => {
    const [stored] = await lockWorks(trx, SHOP, { workIds: [work.workId] });
    if (stored === undefined) throw new Error('there is a work');
    const actor = { kind: 'agent', id: 'ada' } as const;
    const at = clock.now().toString();
    const to = { work: stored, nodeId: 's03', negotiation: 'assigned', at, actor } as const;
    await relocate(market.moves, trx, SHOP, { ...to, cause: 'agent' });
  });
  expect(await work.found()).toMatchObject({
    ...{ negotiation: 'assigned', nodeId: 's03', allocated: { s03: 2 } },
    offers: { s01: 'withdrawn', s02: 'withdrawn', s03: 'withdrawn' },
  });
  expect(await work.events()).toEqual(['offered', 'offers_withdrawn', 'moved']);
  expect(await work.claim('s01')).toMatchObject({ refusal: { code: 'withdrawn' } });
});

test('the stories above pass every step of claims, refusals and turns', () => {
  const named = ORDER_STEPS.filter((step) => /^(claim|refuse|turn)\./.test(step));
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((step) => !passed.has(step))).toEqual([]);
});
