/**
 * Merchants and what happens around them: recounts, late deliveries of stock, holds and moves by hand, settings, outages,
 * a place that closes.
 */

import { sql } from 'kysely';
import { RETURN_JOB } from '../../backend/build-claims.ts';
import { withShop } from '../../backend/platform/database.ts';
import { parseRoutingSettings, type RoutingSettings } from '../../backend/routing/settings.ts';
import type { SimOrder } from './shopify.ts';
import { DAY, recur, type Sim } from './sim.ts';
import { locationOf, NODES, SKUS, STORES, WAREHOUSE } from './world.ts';

/** Settings that change while orders come. */
export function createSettings(): { current: RoutingSettings } {
  return { current: settingsOf(3, 60, 'compete') };
}

function settingsOf(candidates: number, timeOutMinutes: number, mode: 'direct' | 'compete') {
  const parsed = parseRoutingSettings({
    offers: { mode, candidates, timeOutMinutes, waves: 2, activeHours: 'opening_hours' },
    unplacedExpiryDays: 2,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
  return parsed.value;
}

/** Plans them. */
export function planMerchants(
  sim: Sim,
  parts: {
    readonly settings: { current: RoutingSettings };
    readonly enqueue: (
      trx: unknown,
      job: { name: string; data: object; key?: string },
    ) => Promise<void>;
  },
): void {
  const { random, services, shopify, count } = sim;
  recur(
    sim,
    () => random.int(200, 500),
    () => moveStock(sim, parts.enqueue),
  );
  recur(
    sim,
    () => random.int(2 * DAY, 4 * DAY),
    () => loseSold(sim, parts.enqueue),
  );
  recur(
    sim,
    () => random.int(500, 1_500),
    async () => {
      count('settings_changed');
      const mode = random.chance(0.75) ? 'compete' : 'direct';
      parts.settings.current = settingsOf(random.int(1, 4), random.int(20, 180), mode);
    },
  );
  recur(
    sim,
    () => random.int(300, 900),
    async () => byHand(sim),
  );
  recur(
    sim,
    () => random.int(2 * DAY, 5 * DAY),
    async () => shopify.goAway(random.int(20, 90)),
  );
  sim.agenda.after(random.int(3 * DAY, 10 * DAY), async () => {
    count('node_closed');
    const nodeId = random.pick(STORES);
    sim.tell(`${nodeId} closes`);
    await services.route.closeNode(sim.shopId, nodeId);
  });
}

async function moveStock(
  sim: Sim,
  enqueue: (trx: unknown, job: { name: string; data: object; key?: string }) => Promise<void>,
): Promise<void> {
  const { random, services, count } = sim;
  const sku = random.pick(SKUS);
  const nodeId = random.chance(0.4) ? WAREHOUSE : random.pick(STORES);
  if (random.chance(0.25)) {
    count('eta_changed');
    const expectedOn = sim.agenda
      .instantAt(sim.agenda.minute() + random.int(1, 6) * DAY)
      .toZonedDateTimeISO('Europe/Rome')
      .toPlainDate()
      .toString();
    const onHand = random.int(0, 10);
    const incoming = [{ quantity: random.int(5, 20), expectedOn }];
    await services.stock.save(sim.shopId, {
      stock: [{ sku, nodeId, onHand, unavailable: 0, incoming }],
    });
  } else {
    count('recount');
    const most = nodeId === WAREHOUSE ? 30 : 8;
    const onHand = random.chance(0.3) ? 0 : random.int(0, most);
    await services.stock.save(sim.shopId, {
      stock: [{ sku, nodeId, onHand, unavailable: 0, incoming: [] }],
    });
    sim.tell(`recount ${sku} at ${nodeId}: ${onHand}`);
  }
  if (await isShort(sim)) count('shortage');
  await enqueue(undefined, { name: RETURN_JOB, data: {}, key: 'shop' });
}

// A count finds less than was sold, where most is waiting to be sent.
async function loseSold(
  sim: Sim,
  enqueue: (trx: unknown, job: { name: string; data: object; key?: string }) => Promise<void>,
): Promise<void> {
  const { db, shopId, services, count } = sim;
  const { rows } = await withShop(db, shopId, (trx) =>
    sql<{ sku: string; nodeId: string; allocated: number }>`
      select sku, node_id as "nodeId", allocated from stock_position
      where shop_id = ${shopId} and allocated > 0 order by allocated desc, sku, node_id limit 1`.execute(
      trx,
    ),
  );
  const [most] = rows;
  if (most === undefined) return;
  const { sku, nodeId, allocated } = most;
  const onHand = allocated - 1;
  await services.stock.save(shopId, {
    stock: [{ sku, nodeId, onHand, unavailable: 0, incoming: [] }],
  });
  count('shortage');
  sim.tell(`lost ${sku} at ${nodeId}: ${onHand}`);
  await enqueue(undefined, { name: RETURN_JOB, data: {}, key: 'shop' });
}

async function isShort({ db, shopId }: Sim): Promise<boolean> {
  const { rows } = await withShop(db, shopId, (trx) =>
    sql<{ isShort: boolean }>`
      select exists (select from stock_position where shop_id = ${shopId}
        and allocated > greatest(0, on_hand - unavailable)) as "isShort"`.execute(trx),
  );
  return rows[0]?.isShort === true;
}

async function byHand(sim: Sim): Promise<void> {
  const { random, shopify, count, agenda } = sim;
  const open = [...shopify.orders.values()]
    .slice(-25)
    .flatMap((order) =>
      (order.model?.observe().parts ?? [])
        .filter(({ status, method }) => status === 'OPEN' && method === 'SHIPPING')
        .map(({ id }) => ({ order, id })),
    );
  const chosen = open[random.int(0, Math.max(0, open.length - 1))];
  if (chosen === undefined) return;
  const { order, id } = chosen;
  if (random.chance(0.5)) {
    count('held_by_hand');
    shopify.byHand(order, (model) => model.byHand.hold(id));
    agenda.after(random.int(60, 600), async () => release(sim, order));
    return;
  }
  count('moved_by_hand');
  const to = locationOf(random.pick(NODES)) ?? '';
  shopify.byHand(order, (model) => void model.byHand.move(id, to));
  sim.tell(`moved ${order.number} by hand`);
}

function release({ shopify }: Sim, order: SimOrder): void {
  shopify.byHand(order, (model) => {
    for (const part of model.observe().parts) {
      if (part.holds.some(({ isOurs }) => !isOurs)) model.byHand.release(part.id);
    }
  });
}
