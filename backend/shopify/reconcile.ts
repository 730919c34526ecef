/**
 * Which orders did no webhook tell us of?
 *
 * Webhooks are sometimes lost. Every few minutes the orders that Shopify changed since the last look are listed, with an
 * overlap for clocks and late writes, and each one that was not worked in as it is now is taken in: placed, changed or
 * canceled. So is what was stored and then cut off, wherever it came from. The mark moves only when a whole look has
 * succeeded, so a failed one is made again.
 */
import { OrdersUpdatedRead } from '../../graphql/admin/generated/documents.ts';
import type { ShopId } from '../base/ids.ts';
import type { Log } from '../platform/log.ts';
import { type AdminClient, expectAnswer } from './admin-client.ts';
import type { ConnectorStore } from './connector-store.ts';
import { numberOfGid } from './gid.ts';
import { mapAnswer, readPages } from './pages.ts';

export type ReconcileDeps = {
  readonly admin: AdminClient;
  readonly store: ConnectorStore;
  readonly log: Log;
  readonly now: () => Temporal.Instant;
  /** True when the order was worked in as it was at that instant of Shopify's, or later. */
  isTakenIn(shopId: ShopId, orderId: string, updatedAt: string): Promise<boolean>;
  intakeOrder(shopId: ShopId, orderId: string): Promise<void>;
  /** No webhook told of some orders: makes sure that the shop is subscribed. */
  ordersMissed(shopId: ShopId): Promise<void>;
  /** Orders that were stored and whose work was then cut off. */
  cutOff(shopId: ShopId): Promise<readonly string[]>;
};

const ITEM = 'orders_reconciled';
// Shopify's lists lag its writes a little; an order seen twice costs one look-up.
const OVERLAP_MINUTES = 10;
// A shop that was away longer (or is new) is looked at this far back; older orders have been delivered or dealt with.
const FIRST_LOOK_HOURS = 48;
const ORDERS_A_PAGE = 100;
const MOST_PAGES = 200;

export function createReconcile(deps: ReconcileDeps) {
  return {
    /** Takes in what was missed; says how many orders. */
    run: (shopId: ShopId): Promise<number> => run(deps, shopId),
  };
}

async function run(deps: ReconcileDeps, shopId: ShopId): Promise<number> {
  const now = deps.now();
  const { since, isFirst } = await lookFrom(deps, shopId, now);
  const query = `updated_at:>='${since.toString({ smallestUnit: 'second' })}'`;
  const read = await readPages(
    async (after) =>
      mapAnswer(
        await deps.admin.send(shopId, OrdersUpdatedRead, { first: ORDERS_A_PAGE, after, query }),
        (data) => data.orders,
      ),
    MOST_PAGES,
  );
  const missing: string[] = [];
  for (const { id, updatedAt } of expectAnswer(read)) {
    const orderId = numberOfGid(id);
    if (!(await deps.isTakenIn(shopId, orderId, updatedAt))) missing.push(orderId);
  }
  const missed = new Set([...missing, ...(await deps.cutOff(shopId))]);
  for (const orderId of missed) await deps.intakeOrder(shopId, orderId);
  // At the first look everything is missed: the shop is new.
  if (missing.length > 0 && !isFirst) await deps.ordersMissed(shopId);
  const facts = { until: now.toString() };
  await deps.store.saveSetup(shopId, { item: ITEM, state: 'done', shopifyId: undefined, facts });
  if (missed.size > 0) deps.log.warn({ event: 'orders_missed', shop: shopId, count: missed.size });
  return missed.size;
}

async function lookFrom(
  deps: ReconcileDeps,
  shopId: ShopId,
  now: Temporal.Instant,
): Promise<{ readonly since: Temporal.Instant; readonly isFirst: boolean }> {
  const earliest = now.subtract({ hours: FIRST_LOOK_HOURS });
  const until = (await deps.store.readSetup(shopId)).get(ITEM)?.facts['until'];
  if (typeof until !== 'string') return { since: earliest, isFirst: true };
  const from = Temporal.Instant.from(until).subtract({ minutes: OVERLAP_MINUTES });
  // A clock that was set back would otherwise look into the future.
  const isOutside =
    Temporal.Instant.compare(from, earliest) < 0 || Temporal.Instant.compare(from, now) > 0;
  return { since: isOutside ? earliest : from, isFirst: false };
}
