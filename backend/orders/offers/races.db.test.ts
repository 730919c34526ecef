// Two replicas race for the same works, with claims, refusals and the clock at once: exactly one winner, or the fallback.
import fc from 'fast-check';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import { orderBreaches } from '../../../tests/order-invariants.ts';
import {
  findWork,
  type Market,
  marketShop,
  marketWorld,
  openMarket,
  stockUp,
  storeIds,
  WAREHOUSE,
} from '../../../tests/worlds/offer-market.ts';
import type { ShopId } from '../../base/ids.ts';
import { fixedClock } from '../../platform/clock.ts';
import { openDatabase, withShop } from '../../platform/database.ts';
import { REFUSAL_REASONS, type RefusalReason } from './offers.ts';

const NOON = Temporal.Instant.from('2026-11-25T10:00:00Z');
const STORES = storeIds(5);
const SKUS = ['A', 'B', 'C'];

let database: TestDatabase<unknown>;
let rival: Kysely<unknown>;
let replicas: readonly Market[];
const clock = fixedClock(NOON);
// A shop of its own for every story.
let shop: ShopId;
let stories = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  rival = openDatabase({
    url: database.appUrl,
    assumesAppRole: false,
    maxConnections: 8,
    onIdleError: () => undefined,
  });
});
afterAll(async () => {
  await rival.destroy();
  await database.close();
});

type Act =
  | { readonly kind: 'claim' | 'refuse'; readonly store: number; readonly reason: RefusalReason }
  | { readonly kind: 'tick' };

const store = fc.nat({ max: STORES.length - 1 });
const reason = fc.constantFrom(...(Object.keys(REFUSAL_REASONS) as RefusalReason[]));
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('claim' as const), store, reason }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('refuse' as const), store, reason }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'tick' } as const) },
);
/** What happens at once, and how many minutes pass before the next. */
const round = fc.record({
  acts: fc.array(act, { maxLength: 8 }),
  minutes: fc.constantFrom(0, 5, 31, 200),
});
const story = fc.record({
  works: fc.array(
    fc.record({
      sku: fc.constantFrom(...SKUS),
      quantity: fc.integer({ min: 1, max: 3 }),
      perWave: fc.integer({ min: 1, max: 5 }),
      at: fc.constantFrom(WAREHOUSE, 's01'),
      auto: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  has: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 5, maxLength: 5 }),
  rounds: fc.array(round, { minLength: 1, maxLength: 4 }),
});

async function openOffers() {
  const { rows } = await withShop(database.db, shop, (trx) =>
    sql<{ offerId: string; nodeId: string; workId: string }>`
      select offer_id as "offerId", node_id as "nodeId", work_id as "workId" from offer
      where shop_id = ${shop} and state in ('open', 'won') order by offer_id`.execute(trx),
  );
  return rows;
}

async function openStory() {
  stories += 1;
  shop = `races-${stories}.myshopify.com` as ShopId;
  clock.set(NOON);
  const live = marketShop(shop, marketWorld(STORES.length, SKUS), NOON);
  replicas = [database.db, rival].map((db) => openMarket(db, { shopId: shop, live, clock }));
}

/** Everything of a round at once, on both replicas; gives the works that said they were won. */
async function runRound(acts: readonly Act[]): Promise<string[]> {
  const open = await openOffers();
  const done = await Promise.all(
    acts.flatMap((one, index) => {
      const { offers } = replicas[index % 2] ?? replicas[0] ?? fail();
      if (one.kind === 'tick') return [offers.tick(shop).then(() => [])];
      const nodeId = STORES[one.store] ?? '';
      const asked = open.filter((offer) => offer.nodeId === nodeId);
      return asked.map(async ({ offerId, workId }) => {
        const answer = { offerId, nodeId, person: nodeId, reason: one.reason };
        if (one.kind === 'refuse') await offers.refuse(shop, answer);
        if (one.kind === 'refuse') return [];
        const claimed = await offers.claim(shop, answer);
        return claimed.ok && !claimed.value.isAgain ? [workId] : [];
      });
    }),
  );
  return done.flat();
}

function fail(): never {
  throw new Error('there are two replicas');
}

test('whatever races, a work ends with one winner or at its fallback, its units where it is', async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ works, has, rounds }) => {
      await openStory();
      const [first] = replicas;
      if (first === undefined) return;
      const stores = Object.fromEntries(STORES.map((id, index) => [id, has[index] ?? 0]));
      for (const sku of SKUS) {
        await stockUp(database.db, shop, sku, { ...stores, s01: 9, [WAREHOUSE]: 9 });
      }
      const workIds: string[] = [];
      for (const [index, { sku, quantity, auto, ...work }] of works.entries()) {
        const autoClaimNodes = auto ? ['s03'] : [];
        const asked = { units: { [sku]: quantity }, stores: STORES, autoClaimNodes, ...work };
        workIds.push(await first.offer(`${index + 1}`, asked));
      }
      const won: string[] = [];
      for (const { acts, minutes } of rounds) {
        won.push(...(await runRound(acts)));
        clock.set(clock.now().add({ minutes }));
      }
      clock.set(NOON.add({ hours: 20 }));
      await Promise.all(replicas.map(({ offers }) => offers.tick(shop)));
      await first.offers.tick(shop);
      for (const [index, workId] of workIds.entries()) {
        await checkWork(workId, {
          wins: won.filter((id) => id === workId).length,
          units: works[index]?.quantity ?? 0,
        });
      }
      await checkPositions();
      expect(await orderBreaches(database.db, shop)).toEqual([]);
    }),
    { numRuns: 40 },
  );
}, 120_000);

async function checkWork(workId: string, { wins, units }: { wins: number; units: number }) {
  const work = await findWork(database.db, shop, workId);
  const won = Object.entries(work.offers).filter(([, state]) => state === 'won');
  const asked = Object.values(work.offers);
  expect(asked).not.toContain('open');
  // A store that takes by itself is not among those who asked.
  expect(work.claimedEvents).toBeGreaterThanOrEqual(wins);
  expect(wins).toBeLessThanOrEqual(1);
  expect(work.claimedEvents).toBeLessThanOrEqual(1);
  switch (work.negotiation) {
    case 'claimed':
      expect(won.map(([node]) => node)).toEqual([work.nodeId]);
      expect(work.claimedEvents).toBe(1);
      expect(work.allocated).toEqual({ [work.nodeId ?? '']: units });
      break;
    case 'assigned':
      expect(won).toEqual([]);
      expect(work.excluded).not.toContain(work.nodeId);
      expect(work.allocated).toEqual({ [work.nodeId ?? '']: units });
      break;
    default:
      // Back with routing: nobody has it, nobody's units are bound.
      expect(work).toMatchObject({ negotiation: 'none', state: 'unplaced', allocated: {} });
      expect(won).toEqual([]);
  }
  const { rows } = await withShop(database.db, shop, (trx) =>
    sql<{ times: number }>`
      select count(*)::int as times from offer where shop_id = ${shop} and work_id = ${workId}
      group by node_id having count(*) > 1`.execute(trx),
  );
  expect(rows).toEqual([]);
}

// Units that stores said they miss may leave less than is allocated: that is a shortage, and known as one.
async function checkPositions() {
  const { rows } = await withShop(database.db, shop, (trx) =>
    sql<{ sku: string }>`
      select sku, node_id, on_hand, unavailable, allocated from stock_position p
      where shop_id = ${shop} and allocated > greatest(0, on_hand - unavailable) and not exists (
        select from stock_shortage s
        where s.shop_id = p.shop_id and s.sku = p.sku and s.node_id = p.node_id)`.execute(trx),
  );
  expect(rows).toEqual([]);
}
