/**
 * The push on a stage: the product's scheduler, client, outbox and worker on a real Postgres, facing the local Shopify
 * over HTTP. The figures are those of a model (push-figures.ts).
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { ShopId } from '../../backend/base/ids.ts';
import { withShop } from '../../backend/platform/database.ts';
import { createAdminClient } from '../../backend/shopify/admin-client.ts';
import { createAdminScheduler } from '../../backend/shopify/admin-scheduler.ts';
import type { FigureSource } from '../../backend/shopify/inventory/figures.ts';
import { createLevelStore } from '../../backend/shopify/inventory/level-store.ts';
import { createOutboxStore } from '../../backend/shopify/inventory/outbox-store.ts';
import { createPush, type PushDeps } from '../../backend/shopify/inventory/push-worker.ts';
import type { OnStep } from '../../backend/shopify/inventory/steps.ts';
import { quietLog } from './live-shop.ts';

/** The shop of every stage. */
export const PUSH_SHOP = 'kept-demo.myshopify.com' as ShopId;

export type PushStage = {
  readonly db: Kysely<unknown>;
  /** Address of the local Shopify, and what opens its Admin API. */
  readonly url: string;
  readonly token: string;
  readonly figures: FigureSource;
  readonly onStep?: OnStep;
  readonly now?: () => Temporal.Instant;
  /** Changes what goes over the wire. */
  readonly fetch?: typeof fetch;
};

/** What a push is made of, on this stage. */
export function pushDeps(stage: PushStage): PushDeps {
  const wait = async (milliseconds: number) => {
    await delay(Math.min(milliseconds, 2_000));
  };
  const scheduler = createAdminScheduler({ nowMilliseconds: () => performance.now(), wait });
  const admin = createAdminClient({
    urlTemplate: `${stage.url}/{shop}/admin/api/{version}/graphql.json`,
    connections: {
      accessToken: async () => ({ ok: true, value: stage.token }),
      replaceToken: async () => ({ ok: true, value: stage.token }),
    },
    log: quietLog,
    scheduler,
    wait,
    fetch: stage.fetch ?? fetch,
  });
  return {
    admin,
    scheduler,
    outbox: createOutboxStore(stage.db),
    levels: createLevelStore(stage.db),
    figures: stage.figures,
    log: quietLog,
    now: stage.now ?? (() => Temporal.Now.instant()),
    wait,
    onStep: stage.onStep ?? (() => {}),
  };
}

/** A push of `PUSH_SHOP` that runs; `settled` waits until nothing is open. */
export function startPush(stage: PushStage) {
  const deps = pushDeps(stage);
  const push = createPush(deps);
  push.start(PUSH_SHOP);
  return {
    ...deps,
    wake: () => push.wake(PUSH_SHOP),
    stop: () => push.stop(),
    settled: async (version: number) => {
      push.wake(PUSH_SHOP);
      while (await isOpen(stage.db, version)) await delay(20);
    },
  };
}

/** True while something is unplanned, waits or is under way. */
async function isOpen(db: Kysely<unknown>, version: number): Promise<boolean> {
  const { rows } = await withShop(db, PUSH_SHOP, (trx) =>
    sql<{ open: boolean }>`
      select exists (select 1 from push_chunk where shop_id = ${PUSH_SHOP})
        or exists (select 1 from push_call where shop_id = ${PUSH_SHOP})
        or not exists (select 1 from push_worker where shop_id = ${PUSH_SHOP} and stock_version >= ${version})
        as open`.execute(trx),
  );
  return rows[0]?.open === true;
}

/** Items as the mirror knows them. */
export async function knowItems(
  db: Kysely<unknown>,
  items: readonly { itemId: number; sku: string }[],
): Promise<void> {
  await withShop(db, PUSH_SHOP, async (trx) => {
    for (const { itemId, sku } of items) {
      await sql`insert into inventory_item (shop_id, item_id, sku, variant_id, is_tracked)
        values (${PUSH_SHOP}, ${itemId}, ${sku}, ${itemId}, true) on conflict do nothing`.execute(
        trx,
      );
    }
  });
}
