/**
 * What becomes of goods that lie ready and that nobody fetches?
 *
 * `sweep`, every minute: a ready pickup gets a day until which it is kept (opening days of its store, a setting); before
 * it ends the timeline says so and the shopper is written to, after it an agent is asked: more days, or cancel. Nothing
 * is canceled by itself. What lay ready and was canceled is out of sale until the store says that it is on the shelf again.
 * Invariants: reminded once, expired once a wait; units leave and enter sale once each.
 */
import type { Kysely, Transaction } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import { instantOf, instantToMinuteFloor } from '../../base/time.ts';
import type { Snapshot } from '../../network/snapshot.ts';
import type { Clock } from '../../platform/clock.ts';
import { withShop } from '../../platform/database.ts';
import { appendMovements, recordChange } from '../../stock/ledger/service.ts';
import type { ShopTransaction } from '../../stock/ledger/store.ts';
import type { LiveShop } from '../../stock/service.ts';
import { raiseException } from '../exceptions/store.ts';
import { type OrderJob, orderMessageJob } from '../jobs.ts';
import { amissUnits } from '../offers/offers.ts';
import type { OutcomeSettings } from '../outcome/settings.ts';
import { appendEvents } from '../timeline/store.ts';
import type { Work } from '../works/store.ts';
import { type KeepingCalendar, keptUntil, type PutBack } from './pickups.ts';
import {
  type DueWait,
  endWaits,
  keepWait,
  listPutBack,
  lockPutBack,
  lockUnbooked,
  markBooked,
  markDue,
  markPutBack,
  readUnwaited,
  saveWaits,
} from './store.ts';

/** What it stands on. */
export type PickupDependencies = {
  readonly db: Kysely<unknown>;
  readonly clock: Clock;
  readonly openShop: (shopId: ShopId) => Promise<LiveShop | undefined>;
  readonly settingsOf: (
    shopId: ShopId,
  ) => Promise<Pick<OutcomeSettings, 'pickupKeepDays' | 'pickupReminderDays'>>;
  readonly enqueue: (trx: Transaction<unknown>, job: OrderJob) => Promise<void>;
  readonly announce: (shopId: ShopId, stockVersion: number) => Promise<void>;
};

// What is left is found a minute later.
const MOST_AT_ONCE = 500;
const MOST_LISTED = 200;

/** Builds the service. */
export function createPickups(deps: PickupDependencies) {
  return {
    /** Looks after everything that lies ready, and takes out of sale what is to be put back. */
    sweep: async (shopId: ShopId): Promise<void> => {
      const now = deps.clock.now().toString();
      await waitForNew(deps, shopId);
      await withShop(deps.db, shopId, async (trx) => {
        await endWaits(trx, shopId, now);
        await remind(deps, trx, shopId, now);
        await expire(trx, shopId, now);
      });
      await takeOffSale(deps, shopId, now);
    },
    /** Keeps what lies ready until so many opening days from now; says until when. In the caller's transaction. */
    extendPickup: (
      trx: ShopTransaction,
      shopId: ShopId,
      extended: { readonly work: Work; readonly days: number; readonly at: string },
    ): Promise<string> => extendPickup(deps, trx, shopId, extended),
    /** What a store has to put back. */
    listPutBack: (shopId: ShopId, nodeId: string): Promise<readonly PutBack[]> =>
      withShop(deps.db, shopId, (trx) => listPutBack(trx, shopId, { nodeId, limit: MOST_LISTED })),
    /** A person of the store has put it back; false: it is not this store's, or was put back before. */
    confirmPutBack: (
      shopId: ShopId,
      done: { readonly putBackId: string; readonly nodeId: string; readonly personId: string },
    ): Promise<boolean> => confirmPutBack(deps, shopId, done),
  };
}

/** What `createPickups` returns. */
export type Pickups = ReturnType<typeof createPickups>;

function calendarOf(snapshot: Snapshot | undefined, nodeId: string | null): KeepingCalendar {
  return snapshot?.nodes[snapshot.nodeIndex.get(nodeId ?? '') ?? -1]?.calendar;
}

async function waitForNew(deps: PickupDependencies, shopId: ShopId): Promise<void> {
  const unwaited = await withShop(deps.db, shopId, (trx) =>
    readUnwaited(trx, shopId, MOST_AT_ONCE),
  );
  if (unwaited.length === 0) return;
  const snapshot = (await deps.openShop(shopId))?.snapshot;
  const { pickupKeepDays: days, pickupReminderDays: before } = await deps.settingsOf(shopId);
  const waits = unwaited.map(({ workId, nodeId, readyAt }) => {
    const until = (count: number) =>
      instantOf(keptUntil(calendarOf(snapshot, nodeId), instantToMinuteFloor(readyAt), count));
    return {
      ...{ workId, readyAt, keepUntil: until(days) },
      remindAt: until(Math.max(0, days - before)),
    };
  });
  await withShop(deps.db, shopId, (trx) => saveWaits(trx, shopId, waits));
}

async function remind(
  deps: PickupDependencies,
  trx: Transaction<unknown>,
  shopId: ShopId,
  now: string,
): Promise<void> {
  const due = await markDue(trx, shopId, { what: 'reminded', now });
  await tell(trx, shopId, { kind: 'pickup_reminder', due, now });
  const orderIds = [...new Set(due.map(({ orderId }) => orderId))].toSorted();
  for (const orderId of orderIds) await deps.enqueue(trx, orderMessageJob(shopId, orderId));
}

async function expire(trx: Transaction<unknown>, shopId: ShopId, now: string): Promise<void> {
  const due = await markDue(trx, shopId, { what: 'expired', now });
  for (const { orderId, workId, nodeId, keepUntil } of due) {
    const of = { orderId, workId, kind: 'uncollected', at: now } as const;
    await raiseException(trx, shopId, { ...of, facts: { nodeId, keepUntil } });
  }
  await tell(trx, shopId, { kind: 'uncollected', due, now });
}

async function tell(
  trx: ShopTransaction,
  shopId: ShopId,
  told: {
    readonly kind: 'pickup_reminder' | 'uncollected';
    readonly due: readonly DueWait[];
    readonly now: string;
  },
): Promise<void> {
  const { kind, now } = told;
  const events = told.due.map(({ orderId, workId, nodeId, keepUntil }) => ({
    ...{ orderId, workId, nodeId, at: now, kind },
    eventId: `${kind}:${workId}:${keepUntil}`,
    actor: { kind: 'system', id: 'pickups' } as const,
    facts: { keepUntil },
  }));
  await appendEvents(trx, shopId, events);
}

async function extendPickup(
  deps: PickupDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  { work, days, at }: { readonly work: Work; readonly days: number; readonly at: string },
): Promise<string> {
  const snapshot = (await deps.openShop(shopId))?.snapshot;
  const { pickupReminderDays: before } = await deps.settingsOf(shopId);
  const until = (count: number) =>
    instantOf(keptUntil(calendarOf(snapshot, work.nodeId), instantToMinuteFloor(at), count));
  const { workId, readyAt } = work;
  if (readyAt === null) throw new Error(`Bug: work ${workId} is ready since nobody knows when`);
  const keepUntil = until(days);
  const remindAt = until(Math.max(0, days - before));
  await keepWait(trx, shopId, { workId, readyAt, keepUntil, remindAt });
  return keepUntil;
}

// In a transaction of its own: routing, which gave the goods up, holds the stock clock at its end already.
async function takeOffSale(deps: PickupDependencies, shopId: ShopId, now: string): Promise<void> {
  const snapshot = (await deps.openShop(shopId))?.snapshot;
  const version = await withShop(deps.db, shopId, async (trx) => {
    const rows = await lockUnbooked(trx, shopId, MOST_AT_ONCE);
    const booked = rows.map((row) => ({
      ...row,
      units: [...amissUnits(snapshot, row.lines)].map(([sku, quantity]) => ({ sku, quantity })),
    }));
    for (const row of booked) await markBooked(trx, shopId, row);
    return await book(trx, shopId, { rows: booked, sign: 1, by: 'pickups', now });
  });
  if (version !== undefined) await deps.announce(shopId, version);
}

async function confirmPutBack(
  deps: PickupDependencies,
  shopId: ShopId,
  done: { readonly putBackId: string; readonly nodeId: string; readonly personId: string },
): Promise<boolean> {
  const at = deps.clock.now().toString();
  const ended = await withShop(deps.db, shopId, async (trx) => {
    const row = await lockPutBack(trx, shopId, done);
    if (row === undefined) return { isDone: false, version: undefined };
    const { orderId, workId, nodeId, putBackId } = row;
    await markPutBack(trx, shopId, { putBackId, at, by: done.personId });
    await appendEvents(trx, shopId, [
      {
        ...{ orderId, workId, nodeId, at, kind: 'put_back', eventId: `put_back:${putBackId}` },
        actor: { kind: 'store', id: done.personId },
        facts: { lines: row.lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity })) },
      },
    ]);
    const rows = row.units === null ? [] : [{ ...row, units: row.units }];
    const by = `desk ${done.personId}`;
    return { isDone: true, version: await book(trx, shopId, { rows, sign: -1, by, now: at }) };
  });
  if (ended.version !== undefined) await deps.announce(shopId, ended.version);
  return ended.isDone;
}

/** Out of sale (1) or in again (−1), as units that somebody has to look at. */
async function book(
  trx: ShopTransaction,
  shopId: ShopId,
  of: {
    readonly rows: readonly (Pick<PutBack, 'putBackId' | 'nodeId'> & {
      readonly units: NonNullable<PutBack['units']>;
    })[];
    readonly sign: 1 | -1;
    readonly by: string;
    readonly now: string;
  },
): Promise<number | undefined> {
  const name = of.sign === 1 ? 'give-up' : 'put-back';
  const events = of.rows.flatMap(({ putBackId, nodeId, units }) =>
    units.map(({ sku, quantity }) => ({
      ...{ eventId: `${name}-${putBackId}-${sku}`, sku, nodeId, quantity: of.sign * quantity },
      ...({ kind: 'delta', type: 'quality_control', reason: 'returned' } as const),
      occurredAt: of.now,
    })),
  );
  if (events.length === 0) return undefined;
  const batch = { source: 'kept', actor: of.by, now: of.now, events };
  const { change } = await appendMovements(trx, shopId, batch);
  return change === undefined ? undefined : await recordChange(trx, shopId, change, of.now);
}
