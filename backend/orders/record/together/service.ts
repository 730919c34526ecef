/**
 * How are new orders taken in when they come faster than one at a time?
 *
 * In: readings of orders, those of one shop in the order in which they came. Out: for each, true when all of it is done:
 * record, claims, works, allocations and timeline, in one transaction for the whole group, after their promises in another;
 * false when it is not so plain, and has to be taken in alone (record/service.ts), which decides everything this leaves out.
 * While a group is under way the next gathers (platform/together.ts): a quiet shop's order waits for nobody, a rush is as
 * many orders a transaction as there are. Invariants: an order is done whole or untouched; a group in which one stands in the
 * way is done without it; one that cannot be done together costs nothing but time. Decision record 0101.
 */
import type { Kysely } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import type { Clock } from '../../../platform/clock.ts';
import { withShop } from '../../../platform/database.ts';
import type { Log } from '../../../platform/log.ts';
import { createTogether } from '../../../platform/together.ts';
import type { RoutingSettings } from '../../../routing/settings.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import type { OrderClaimDependencies } from '../../../stock/reservations/order-claims/allocation/service.ts';
import {
  beginClaims,
  claimTogether,
  isPlainOrder,
  knownOrders,
  statedClaims,
} from '../../../stock/reservations/order-claims/together/service.ts';
import type { LiveShop } from '../../../stock/service.ts';
import type { PlacedOrder } from '../../orders.ts';
import { type Ground, type PlaceDependencies, placeNew } from '../../route/together/service.ts';
import { appendEvents } from '../../timeline/store.ts';
import type { Actor } from '../../timeline/timeline.ts';
import type { OrderReading } from '../service.ts';
import { eventsOf, insertOrders, readTakenInVersions } from '../store.ts';
import { unknownLines } from '../unknown-lines.ts';

/** What it stands on. */
export type TogetherDependencies = PlaceDependencies & {
  readonly db: Kysely<unknown>;
  readonly clock: Clock;
  readonly log: Log;
  readonly claims: OrderClaimDependencies;
  readonly openShop: (shopId: ShopId) => Promise<LiveShop | undefined>;
  readonly settingsOf: (shopId: ShopId) => Promise<RoutingSettings>;
  /** Joins new orders to their promises, those that can be in one transaction. */
  readonly joinAll: (shopId: ShopId, orders: readonly PlacedOrder[]) => Promise<unknown>;
  /** Has promises written to where their orders came from, soon. */
  readonly requestPublication: (shopId: ShopId) => Promise<void>;
};

type Item = { readonly reading: OrderReading; readonly actor: Actor };

// Longer groups save little more, and hold SKUs and the stock clock longer.
const MOST_TOGETHER = 24;
// Who stands in the way is left out once; then each is taken in alone.
const ATTEMPTS = 2;

/** Takes a reading in with others; false: it is to be taken in alone. */
export function createTogetherIntake(deps: TogetherDependencies) {
  const together = createTogether<ShopId, Item, boolean>({
    most: MOST_TOGETHER,
    run: async (shopId, items) => {
      const done = await takeGroup(deps, shopId, items).catch((error: unknown) => {
        deps.log.warn({ event: 'orders_not_taken_in_together', shop: shopId, error });
        return NOBODY;
      });
      return items.map((item) => done.has(item));
    },
  });
  return (shopId: ShopId, reading: OrderReading, actor: Actor): Promise<boolean> =>
    together(shopId, { reading, actor });
}

const NOBODY: ReadonlySet<Item> = new Set();

// Units of it are wanted, and nothing has happened to them yet.
function isPlain({ record, claims }: OrderReading): boolean {
  const isNew = record.source === 'shopify' && record.state === 'open' && record.method !== 'none';
  const isWanted = record.lines.some(({ quantity, canceled }) => canceled < quantity);
  return isNew && isWanted && isPlainOrder(claims);
}

async function takeGroup(
  deps: TogetherDependencies,
  shopId: ShopId,
  items: readonly Item[],
): Promise<ReadonlySet<Item>> {
  // Two readings of one order: the second finds it known.
  const first = new Map(items.toReversed().map((item) => [item.reading.record.orderId, item]));
  const live = await deps.openShop(shopId);
  if (live === undefined) return NOBODY;
  const settings = await deps.settingsOf(shopId);
  const { done, fresh } = await sortOut(deps, shopId, [...first.values()]);
  let group = fresh;
  if (group.length === 0) return done;
  await deps.joinAll(
    shopId,
    group.map(({ reading }) => reading.placed),
  );
  deps.onStep('intake.joined');
  await deps.requestPublication(shopId);
  for (let attempt = 0; attempt < ATTEMPTS && group.length > 0; attempt += 1) {
    const ground = { live, settings, at: deps.clock.now().toString() };
    const ran = await runOnce(deps, shopId, { ground, group });
    if (ran.ok) {
      if (ran.version !== undefined) await deps.claims.announce(shopId, ran.version);
      deps.onStep('intake.routed');
      return new Set([...done, ...group]);
    }
    group = group.filter(({ reading }) => !ran.refused.has(reading.record.orderId));
  }
  return done;
}

/** What was taken in as it was read now, and what nobody told us of before. */
async function sortOut(
  { db }: TogetherDependencies,
  shopId: ShopId,
  items: readonly Item[],
): Promise<{ readonly done: ReadonlySet<Item>; readonly fresh: readonly Item[] }> {
  const plain = items.filter(({ reading }) => isPlain(reading));
  const { versions, known } = await withShop(db, shopId, async (trx) => ({
    versions: await readTakenInVersions(
      trx,
      shopId,
      items.map(({ reading }) => reading.record.orderId),
    ),
    known: await knownOrders(
      trx,
      shopId,
      plain.map(({ reading }) => reading.claims),
    ),
  }));
  const idOf = ({ reading }: Item) => reading.record.orderId;
  return {
    done: new Set(items.filter((item) => versions.get(idOf(item)) === item.reading.record.version)),
    fresh: plain.filter((item) => !versions.has(idOf(item)) && !known.has(idOf(item))),
  };
}

type Group = { readonly ground: Ground; readonly group: readonly Item[] };
type Ran = Awaited<ReturnType<typeof claimTogether>>;

// Thrown to roll back a group in which some stand in the way; never leaves this file.
class InTheWay extends Error {
  readonly refused: ReadonlySet<string>;

  constructor(refused: ReadonlySet<string>) {
    super('Some of the group cannot be taken in with the others');
    this.refused = refused;
  }
}

async function runOnce(deps: TogetherDependencies, shopId: ShopId, of: Group): Promise<Ran> {
  try {
    return await withShop(deps.db, shopId, (trx) => takeIn(deps, trx, shopId, of));
  } catch (error) {
    if (error instanceof InTheWay) return { ok: false, refused: error.refused };
    throw error;
  }
}

async function takeIn(
  deps: TogetherDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  { ground, group }: Group,
): Promise<Ran> {
  const now = Temporal.Instant.from(ground.at);
  const orderIds = group.map(({ reading }) => reading.record.orderId);
  const records = group.map(({ reading }) => reading.record);
  // All of it is done in this very transaction.
  const stored = await insertOrders(trx, shopId, records, { now, isTakenIn: true });
  const claimed = await beginClaims(
    trx,
    shopId,
    group.map(({ reading }) => reading.claims),
  );
  const others = orderIds.filter((id) => !stored.has(id) || !claimed.has(id));
  if (others.length > 0) throw new InTheWay(new Set(others));
  deps.onStep('intake.recorded');
  deps.onStep('route.locked');
  const orders = group.map(({ reading: { record, claims } }) => ({
    ...{ record, stated: statedClaims(ground.live.snapshot, claims) },
  }));
  const firstEvents = group.flatMap(({ reading, actor }) => [
    ...eventsOf(undefined, reading.record, { now, actor }),
    ...unknownLines(reading, { now, actor }),
  ]);
  await appendEvents(trx, shopId, firstEvents);
  const placed = await placeNew(deps, trx, shopId, { ground, orders });
  if (placed === undefined) throw new InTheWay(new Set(orderIds));
  await appendEvents(
    trx,
    shopId,
    placed.flatMap(({ events }) => events),
  );
  const ran = await claimTogether(
    deps.claims,
    trx,
    shopId,
    placed.map(({ record, stated, asked }) => ({ order: record, stated, asked })),
  );
  if (!ran.ok) throw new InTheWay(ran.refused);
  deps.onStep('intake.followed');
  deps.onStep('route.allocated');
  return ran;
}
