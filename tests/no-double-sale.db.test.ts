import { fork } from 'node:child_process';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ShopId } from '../backend/base/ids.ts';
import { fixedClock } from '../backend/platform/clock.ts';
import { withShop } from '../backend/platform/database.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { createClaimsModel } from './worlds/claims-model.ts';
import { postgresKeeper } from './worlds/claims-postgres.ts';
import type { RivalReport } from './worlds/claims-rival.ts';
import { countClaims, overdrawn, setPositions } from './worlds/claims-shop.ts';
import { STORY_NODES, STORY_SKUS, tellStory } from './worlds/claims-story.ts';

let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

test.each([1, 2, 3])(
  'story %i: Postgres decides as the model does, and ends as the truth',
  async (seed) => {
    const shopId = `story-${seed}.myshopify.com` as ShopId;
    const clock = fixedClock(Temporal.Instant.from('2026-11-30T10:00:00Z'));
    const { keeper: model, begun } = createClaimsModel();
    const postgres = postgresKeeper(database.db, shopId, clock);
    const end = await tellStory(seed, { events: 600, keepers: [model, postgres] });
    expect(Math.min(end.grants, end.refusals)).toBeGreaterThan(20);
    for (const sku of STORY_SKUS) {
      const { onHand, allocated, waiting, reserved } = await postgres.count(sku);
      const truth = end.truth.get(sku);
      expect({ sku, onHand, open: allocated + waiting, reserved }).toEqual({
        sku,
        onHand: truth?.there,
        open: truth?.open,
        reserved: 0,
      });
    }
    const ended = await withShop(database.db, shopId, (trx) =>
      sql<{ count: number; open: number }>`select count(*)::int as count,
      (count(*) filter (where state = 'pending'))::int as open from reservation
      where shop_id = ${shopId}`.execute(trx),
    );
    expect(ended.rows).toEqual([{ count: begun(), open: 0 }]);
  },
);

const ATTEMPTS = 2_500;
const RIVALS = 2;

async function rival(shopId: string, seed: number): Promise<RivalReport> {
  const child = fork(path.join(import.meta.dirname, 'worlds/claims-rival.ts'), {
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: database.appUrl,
      SHOP: shopId,
      SEED: `${seed}`,
      ATTEMPTS: `${ATTEMPTS}`,
    },
    execArgv: [],
  });
  return await new Promise((resolve, reject) => {
    let report: RivalReport | undefined;
    child.on('message', (message) => {
      report = message as RivalReport;
    });
    child.on('exit', (code) => {
      if (code === 0 && report !== undefined) resolve(report);
      else reject(new Error(`a rival ended with ${code}`));
    });
  });
}

test('two processes that fight for the same units and slots never hold one twice', async () => {
  const shopId = 'rivals.myshopify.com' as ShopId;
  const stock = STORY_SKUS.flatMap((sku) =>
    STORY_NODES.map((nodeId) => ({ sku, nodeId, onHand: 12 })),
  );
  await setPositions(database.db, shopId, stock);
  const reports = await Promise.all(
    Array.from({ length: RIVALS }, (_, index) => rival(shopId, index + 1)),
  );
  expect(reports.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(RIVALS * ATTEMPTS);
  for (const { granted, refused, overdrawn: seen } of reports) {
    expect(Math.min(granted, refused)).toBeGreaterThan(200);
    expect(seen).toEqual([]);
  }
  for (const sku of STORY_SKUS) {
    const { onHand, allocated, waiting, reserved } = await countClaims(database.db, shopId, sku);
    expect(onHand).toBe(36);
    expect(allocated + waiting + reserved).toBeLessThanOrEqual(36);
    expect(allocated + reserved).toBeGreaterThan(0);
  }
  expect(await overdrawn(database.db, shopId)).toEqual([]);
}, 240_000);
