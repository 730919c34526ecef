// A place that is switched off in the shop takes no work, whoever wants to put it there, on a real server.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../tests/database.ts';
import { routingStage } from '../../../../tests/worlds/routing-stage.ts';
import { twoStoresOneWarehouse } from '../../../../tests/worlds/worlds.ts';
import { withSwitchedOff } from '../../../network/switched-off.ts';
import { withShop } from '../../../platform/database.ts';
import { lockWorks } from '../../works/store.ts';
import { relocate } from './service.ts';

let database: TestDatabase<unknown>;
const stops: (() => void)[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});
afterAll(() => database.close());

test.each([
  ['store', 'claimed', false],
  ['agent', 'assigned', false],
  ['shopify', 'assigned', true],
] as const)('a %s moves a work there (%s): %s', async (kind, negotiation, isMoved) => {
  const stage = await routingStage(
    database,
    {
      ...twoStoresOneWarehouse(),
      stock: [
        { sku: 'SHIRT', nodeId: 'milan', onHand: 5 },
        { sku: 'SHIRT', nodeId: 'rome', onHand: 5 },
      ],
    },
    { offers: { mode: 'direct' } },
  );
  stops.push(stage.stop);
  const { db, clock, shopId } = stage;
  await stage.order('1001', { units: { SHIRT: 1 } });
  const from = (await stage.works('1001'))[0]?.nodeId ?? '';
  const nodeId = from === 'milan' ? 'rome' : 'milan';
  const openShop = async () => {
    const live = await stage.stock.open(shopId);
    return live && { ...live, snapshot: withSwitchedOff(live.snapshot, new Set([nodeId])) };
  };
  const offers = { open: async () => undefined, withdraw: async () => undefined };
  const deps = {
    ...{ db, clock, openShop, offers, announce: stage.stock.announce, onStep: () => undefined },
    enqueue: async () => undefined,
    settingsOf: async () => {
      throw new Error('nothing is returned here');
    },
  };
  const moved = await withShop(db, shopId, async (trx) => {
    const [work] = await lockWorks(trx, shopId, { orderId: '1001' });
    if (work === undefined) throw new Error('there is no work');
    const at = clock.now().toString();
    return await relocate(deps, trx, shopId, {
      ...{ work, nodeId, negotiation, at, cause: 'agent', actor: { kind, id: 'x' } },
    });
  });
  expect(moved).toMatchObject(
    isMoved ? { ok: true } : { ok: false, refusal: { code: 'location_off', nodeId } },
  );
  expect((await stage.works('1001'))[0]?.nodeId).toBe(isMoved ? nodeId : from);
});
