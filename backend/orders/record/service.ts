/**
 * How does an order that was heard of become claims, a promise and works?
 *
 * In: one reading of an order, as its source states it now. Out: its record, its units claimed, its promise joined, its
 * works routed; and only behind that what others are told of it. Runs at least once, in any order, at once with itself:
 * every part may be repeated, an older reading gives way, and the version is marked as taken in when all is done, so
 * that a reconcile finds what was cut off. Claims and promise do not wait for each other: neither may lose the other.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import type { Clock } from '../../platform/clock.ts';
import { withShop } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import type { FollowedOrder } from '../../stock/reservations/order-claims/following.ts';
import type { FollowedClaims } from '../../stock/reservations/order-claims/service.ts';
import type { PlacedOrder } from '../orders.ts';
import type { RouteCause } from '../route/route.ts';
import type { OnOrderStep } from '../steps.ts';
import { appendEvents } from '../timeline/store.ts';
import type { Actor } from '../timeline/timeline.ts';
import type { OrderRecord, StoredOrder } from './record.ts';
import { markTakenIn, readCutOff, readOrder, readTakenIn, saveOrder } from './store.ts';
import { unknownLines } from './unknown-lines.ts';

/** One reading of an order, as three parts of the product want it. */
export type OrderReading = {
  readonly record: OrderRecord;
  readonly claims: FollowedOrder;
  readonly placed: PlacedOrder;
  /** What its buyer or the shop's theme wrote on it; absent: nothing is known of that. */
  readonly attributes?: readonly { readonly key: string; readonly value: string | null }[];
};

/** What it stands on. */
export type IntakeDependencies = {
  readonly db: Kysely<unknown>;
  readonly clock: Clock;
  readonly log: Log;
  /** Brings the order's claims up to date (stock). */
  follow(shopId: ShopId, order: FollowedOrder): Promise<FollowedClaims>;
  /** Joins the order to its promise (orders/service.ts); says whether it is a new one to tell of. */
  join(shopId: ShopId, order: PlacedOrder): Promise<unknown>;
  /** Settles the order (orders/route). */
  routeOrder(shopId: ShopId, orderId: string, cause: RouteCause): Promise<unknown>;
  /** Has promises written to where their orders came from, soon. */
  requestPublication(shopId: ShopId): Promise<void>;
  readonly onStep: OnOrderStep;
};

/** Remembers that an order was worked in as it is. */
type Working = IntakeDependencies & {
  readonly marks: (shopId: ShopId, done: Mark) => Promise<void>;
};

/** What came of a reading. */
export type TakenIn = 'taken_in' | 'known' | 'older';

/** Builds the service. */
export function createIntakeService(dependencies: IntakeDependencies) {
  const { db } = dependencies;
  const deps: Working = { ...dependencies, marks: createMarks(db) };
  return {
    /** Takes a reading in. */
    takeIn: (shopId: ShopId, reading: OrderReading, actor: Actor): Promise<TakenIn> =>
      takeIn(deps, shopId, reading, actor),

    /** An order that its source does not know any more: all of it that has not left is given back. */
    takeOut: (shopId: ShopId, orderId: string, actor: Actor): Promise<void> =>
      takeOut(deps, shopId, orderId, actor),

    /** The record of an order; undefined: not known here (yet). */
    read: (shopId: ShopId, orderId: string): Promise<StoredOrder | undefined> =>
      withShop(db, shopId, (trx) => readOrder(trx, shopId, orderId)),

    /** True when the order was worked in as it was at that instant of its source, or later. */
    isTakenIn: (shopId: ShopId, orderId: string, sourceUpdatedAt: string): Promise<boolean> =>
      withShop(db, shopId, (trx) => readTakenIn(trx, shopId, { orderId, sourceUpdatedAt })),

    /** Orders that were stored and whose work was then cut off. */
    cutOff: (shopId: ShopId): Promise<readonly string[]> =>
      withShop(db, shopId, (trx) =>
        readCutOff(trx, shopId, deps.clock.now().subtract({ seconds: CUT_OFF_AFTER_SECONDS })),
      ),
  };
}

/** What `createIntakeService` returns. */
export type IntakeService = ReturnType<typeof createIntakeService>;

// A job that is still tried again would be done by then; doing it twice costs a read.
const CUT_OFF_AFTER_SECONDS = 120;

async function takeIn(
  deps: Working,
  shopId: ShopId,
  { record, claims, placed }: OrderReading,
  actor: Actor,
): Promise<TakenIn> {
  const { orderId } = record;
  const at = { now: deps.clock.now(), actor };
  const saved = await withShop(deps.db, shopId, async (trx) => {
    const one = await saveOrder(trx, shopId, record, at);
    await appendEvents(trx, shopId, unknownLines({ record, claims }, at));
    return one;
  });
  deps.onStep('intake.recorded');
  if (saved.outcome === 'older') return 'older';
  if (saved.outcome === 'unchanged' && saved.order.takenInVersion === record.version) {
    return 'known';
  }
  const done = await Promise.allSettled([
    follow(deps, shopId, claims),
    deps.join(shopId, placed).then(() => deps.onStep('intake.joined')),
  ]);
  for (const one of done) if (one.status === 'rejected') throw one.reason;
  const cause = saved.order.takenInVersion === null ? 'order_placed' : 'order_changed';
  if (saved.order.method !== 'none') await deps.routeOrder(shopId, orderId, cause);
  deps.onStep('intake.routed');
  await deps.requestPublication(shopId);
  await deps.marks(shopId, saved.order);
  return 'taken_in';
}

async function follow(
  deps: IntakeDependencies,
  shopId: ShopId,
  claims: FollowedOrder,
): Promise<void> {
  const { beyond } = await deps.follow(shopId, claims);
  for (const { oversold } of beyond) {
    if (oversold > 0) deps.log.warn({ event: 'order_oversold', shop: shopId, count: oversold });
  }
  deps.onStep('intake.followed');
}

async function takeOut(
  deps: Working,
  shopId: ShopId,
  orderId: string,
  actor: Actor,
): Promise<void> {
  const now = deps.clock.now();
  const known = await withShop(deps.db, shopId, (trx) => readOrder(trx, shopId, orderId));
  if (known === undefined || known.state === 'canceled') return;
  const lines = known.lines.map((line) => ({ ...line, canceled: line.quantity }));
  // What has no SKU was never claimed.
  const claimed = lines.filter(({ sku }) => sku !== '');
  const { isRedacted: _r, takenInVersion: _t, waivedHold: _w, ...record } = known;
  const gone: OrderRecord = {
    ...record,
    state: 'canceled',
    lines,
    version: `gone:${known.version}`,
    sourceUpdatedAt: now.toString(),
  };
  await deps.follow(shopId, {
    ...{ orderId, source: known.source, channel: known.channel, placedAt: known.placedAt },
    lines: claimed,
    shipped: [],
    assigned: undefined,
    reservationKey: undefined,
    version: gone.version,
  });
  const saved = await withShop(deps.db, shopId, (trx) =>
    saveOrder(trx, shopId, gone, { now, actor }),
  );
  await deps.routeOrder(shopId, orderId, 'order_changed');
  await deps.marks(shopId, saved.order);
}

// Nobody waits for the mark but the end of the job: those of a moment are written together.
const MARK_TOGETHER_MILLISECONDS = 25;

type Mark = Pick<OrderRecord, 'orderId' | 'version'>;

function createMarks(db: Kysely<unknown>) {
  const open = new Map<ShopId, { readonly marks: Mark[]; readonly written: Promise<void> }>();
  const begin = (shopId: ShopId) => {
    const marks: Mark[] = [];
    const written = (async () => {
      await delay(MARK_TOGETHER_MILLISECONDS);
      open.delete(shopId);
      await withShop(db, shopId, (trx) => markTakenIn(trx, shopId, marks));
    })();
    const begun = { marks, written };
    open.set(shopId, begun);
    return begun;
  };
  return async (shopId: ShopId, { orderId, version }: Mark): Promise<void> => {
    const { marks, written } = open.get(shopId) ?? begin(shopId);
    marks.push({ orderId, version });
    await written;
  };
}
