// Many orders, little stock, two replicas at once, on a real server.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../tests/database.ts';
import { routingStage, type StageOrder } from '../../../../tests/worlds/routing-stage.ts';
import { twoStoresOneWarehouse } from '../../../../tests/worlds/worlds.ts';
import { TransientError } from '../../../base/result.ts';
import { withShop } from '../../../platform/database.ts';
import { readWorks } from '../../works/store.ts';

let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const SKUS = ['SHIRT', 'HAT'] as const;
const NODES = ['milan', 'rome', 'london'] as const;

const units = fc.record({
  SHIRT: fc.integer({ min: 1, max: 3 }),
  HAT: fc.integer({ min: 1, max: 2 }),
});
const stocks = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 6, maxLength: 6 });
const change = fc.oneof(
  fc.record({ kind: fc.constant('route' as const), order: fc.nat() }),
  fc.record({ kind: fc.constant('cancel' as const), order: fc.nat(), units: fc.nat({ max: 2 }) }),
  fc.record({ kind: fc.constant('refuse' as const), order: fc.nat(), exclude: fc.boolean() }),
  fc.record({ kind: fc.constant('short' as const), order: fc.nat() }),
  fc.record({ kind: fc.constant('move' as const), order: fc.nat(), node: fc.nat({ max: 2 }) }),
  fc.record({
    kind: fc.constant('count' as const),
    cell: fc.nat({ max: 5 }),
    onHand: fc.nat({ max: 5 }),
  }),
);
type Change = typeof change extends fc.Arbitrary<infer Of> ? Of : never;

function worldWith(onHand: readonly number[]) {
  return {
    ...twoStoresOneWarehouse(),
    products: SKUS.map((sku) => ({ sku, weightGrams: 300, volumeCm3: 2_000, longestCm: 30 })),
    stock: SKUS.flatMap((sku, at) =>
      NODES.map((nodeId, node) => ({ sku, nodeId, onHand: onHand[at * 3 + node] ?? 0 })),
    ),
  };
}

type Stage = Awaited<ReturnType<typeof routingStage>>;
type Replica = ReturnType<Stage['replica']>;

/** A deadlock or a lost race is told as an outage, which a job repeats. */
async function repeated(run: () => Promise<unknown>): Promise<void> {
  for (let times = 0; times < 20; times += 1) {
    try {
      await run();
      return;
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
    }
  }
  throw new Error('it never came through');
}

async function act(stage: Stage, using: Replica, orders: Map<string, StageOrder>, one: Change) {
  const ids = [...orders.keys()];
  const orderId = 'order' in one ? (ids[one.order % ids.length] ?? '') : '';
  const order = orders.get(orderId) ?? { units: {} };
  const { shopId } = stage;
  if (one.kind === 'count') {
    const sku = SKUS[Math.floor(one.cell / 3)] ?? 'SHIRT';
    const nodeId = NODES[one.cell % 3] ?? 'milan';
    await repeated(() => stage.stocked(sku, nodeId, one.onHand));
    await repeated(async () => {
      const { rows } = await stage.shortages();
      await using.claims.returnToRouting(shopId, rows);
    });
    return;
  }
  if (one.kind === 'cancel') {
    const canceled = { SHIRT: Math.min(order.units['SHIRT'] ?? 0, one.units) };
    orders.set(orderId, { ...order, canceled: { ...order.canceled, ...canceled } });
    await repeated(() => stage.take(orderId, orders.get(orderId) ?? order, using));
  }
  if (one.kind === 'refuse' || one.kind === 'short' || one.kind === 'move') {
    await repeated(() => moveWork(stage, using, orderId, one));
  }
  await repeated(() => using.route.routeOrder(shopId, orderId, 'retry'));
}

async function moveWork(
  stage: Stage,
  using: Replica,
  orderId: string,
  one: Extract<Change, { kind: 'refuse' | 'short' | 'move' }>,
) {
  const { shopId, clock } = stage;
  const actor = { kind: 'agent', id: 'test' } as const;
  const at = clock.now().toString();
  const moved = await withShop(database.db, shopId, async (trx) => {
    const [found] = await readWorks(trx, shopId, { orderId });
    if (found === undefined) return undefined;
    const { workId } = found;
    if (one.kind === 'move') {
      const nodeId = NODES[one.node] ?? 'milan';
      const [work] = await stage.lock(trx, workId);
      if (work === undefined) return undefined;
      const to = { work, nodeId, negotiation: 'assigned', at, actor, cause: 'agent' } as const;
      return await using.route.relocate(trx, shopId, to);
    }
    const [line] = found.lines;
    return await using.route.returnWork(trx, shopId, {
      ...{ workId, at, actor, cause: 'refused', exclude: one.kind === 'refuse' && one.exclude },
      ...(one.kind === 'short' && line !== undefined
        ? { lines: [{ lineId: line.lineId, quantity: 1 }] }
        : {}),
    });
  });
  if (moved?.ok) await using.route.announce(shopId, moved.value);
}

test('whatever happens at once, no position is over-allocated and every unit is in one place', async () => {
  await fc.assert(
    fc.asyncProperty(
      stocks,
      fc.array(units, { minLength: 3, maxLength: 8 }),
      fc.array(change, { maxLength: 12 }),
      async (onHand, wanted, changes) => {
        const stage = await routingStage(database, worldWith(onHand));
        try {
          const replicas = [stage.replica(), stage.replica()] as const;
          const using = (at: number) => replicas[at % 2] ?? replicas[0];
          const orders = new Map(
            wanted.map((of, at) => [`${at + 1}`, { units: of } as StageOrder]),
          );
          await Promise.all(
            [...orders].map(async ([orderId, order], at) => {
              await repeated(() => stage.take(orderId, order, using(at)));
              const route = using(at).route.routeOrder;
              await repeated(() => route(stage.shopId, orderId, 'order_placed'));
            }),
          );
          expect(await stage.breaches('settled')).toEqual([]);
          await Promise.all(changes.map((one, at) => act(stage, using(at), orders, one)));
          expect(await stage.breaches('always')).toEqual([]);
          // Twice: what one order gives up changes what another one waits for.
          for (const orderId of [...orders.keys(), ...orders.keys()]) {
            await repeated(() => stage.route.routeOrder(stage.shopId, orderId, 'retry'));
          }
          expect(await stage.breaches('settled')).toEqual([]);
          for (const orderId of orders.keys()) {
            const again = await stage.route.routeOrder(stage.shopId, orderId, 'retry');
            expect(again.kind).toBe('unchanged');
          }
        } finally {
          stage.stop();
        }
      },
    ),
    { numRuns: 8 },
  );
}, 90_000);
