/**
 * Watches promises until they have ended: alerts, moved dates, outcomes.
 *
 * `assess` runs every minute: one scan finds the orders something is due for, pure code says what (milestones.ts,
 * forecast.ts, outcomes.ts), and each thing found is written with its event under a key of its own, so that a sweep that is
 * cut off or doubled changes nothing twice. Nothing here locks or changes a work but the mark that it needs no watching.
 */
import type { Kysely, Transaction } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import {
  compileZone,
  formatMinute,
  instantOf,
  localDay,
  parseDay,
  type ZoneTable,
} from '../../../base/time.ts';
import { findZone } from '../../../network/destination.ts';
import type { Snapshot } from '../../../network/snapshot.ts';
import type { Clock } from '../../../platform/clock.ts';
import { withShop } from '../../../platform/database.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import type { LiveShop } from '../../../stock/service.ts';
import { type OrderJob, orderMessageJob, promisePublishJob, type ShopJob } from '../../jobs.ts';
import { appendEvents } from '../../timeline/store.ts';
import type { OrderEvent } from '../../timeline/timeline.ts';
import type { OutcomeSettings } from '../settings.ts';
import { outcomeOfOrder, outcomeOfPart } from '../settled/outcomes.ts';
import { dueMinuteOf, type Forecast, forecastOrder, movedWindow } from './forecast.ts';
import { alertsOf, milestonesOf } from './milestones.ts';
import { carrierDaysOf, forecastParts, settledParts, watchedWorkOf } from './parts.ts';
import {
  type AlertRow,
  type EndedOrder,
  type PromiseMove,
  readWatched,
  settleUnpromised,
  type WatchedOrder,
  type WatchedRow,
  writeAlerts,
  writeMove,
  writeOutcomes,
} from './store.ts';

/** What it stands on. */
export type WatchDependencies = {
  readonly db: Kysely<unknown>;
  readonly clock: Clock;
  readonly openShop: (shopId: ShopId) => Promise<LiveShop | undefined>;
  readonly settingsOf: (shopId: ShopId) => Promise<OutcomeSettings>;
  readonly enqueue: (trx: Transaction<unknown>, job: OrderJob | ShopJob) => Promise<void>;
};

/** What a look at a shop's promises did. */
export type Assessed = {
  readonly watched: number;
  readonly raised: number;
  readonly cleared: number;
  readonly moved: number;
  readonly settled: number;
};

/** The forecast of one order beside its promise; instants ISO with the offset the shopper sees. */
export type OrderForecast = {
  readonly promisedOn: string;
  readonly dueAt: string;
  /** null: unknown, and `source` says why. */
  readonly expectedAt: string | null;
  readonly source: Forecast['source'] | 'none';
  readonly isLate: boolean;
  readonly timeZone: string;
};

/** Builds the service. */
export function createWatchService(deps: WatchDependencies) {
  return {
    /** Looks at every promise of a shop that something is due for. */
    assess: (shopId: ShopId): Promise<Assessed> => assess(deps, shopId),
    /** Looks at one order now: something has just happened to it. */
    assessOrder: (shopId: ShopId, orderId: string): Promise<Assessed> =>
      assess(deps, shopId, orderId),
    /** When it will be there, as far as anybody knows; undefined: no promise, or it is settled. */
    readForecast: (shopId: ShopId, orderId: string) => readForecast(deps, shopId, orderId),
  };
}

/** What `createWatchService` returns. */
export type WatchService = ReturnType<typeof createWatchService>;

/** What one order is judged with. */
type Judging = {
  readonly nowMinute: number;
  readonly settings: OutcomeSettings;
  readonly snapshot: Snapshot | undefined;
  readonly zoneOf: (name: string) => ZoneTable;
};

const MINUTES_PER_HOUR = 60;
// A parcel that nobody has seen for so long after its date is lost: it is late, and watched no more.
const LOST_AFTER_MINUTES = 30 * 24 * MINUTES_PER_HOUR;
// Orders are joined to their promise within minutes; one without after a day has none.
const UNPROMISED_AFTER_HOURS = 24;
// Orders whose alerts, moves and ends are written in one transaction.
const BATCH = 200;

async function assess(
  deps: WatchDependencies,
  shopId: ShopId,
  orderId?: string,
): Promise<Assessed> {
  const instant = deps.clock.now();
  const now = instant.toString();
  const settings = await deps.settingsOf(shopId);
  const judging = await judgingOf(deps, shopId, settings);
  const orders = await withShop(deps.db, shopId, (trx) =>
    readWatched(trx, shopId, {
      now,
      aheadMinutes: longestAlert(settings),
      ...(orderId === undefined ? {} : { orderId }),
    }),
  );
  const done = { watched: orders.length, raised: 0, cleared: 0, moved: 0, settled: 0 };
  for (let from = 0; from === 0 || from < orders.length; from += BATCH) {
    const batch = orders.slice(from, from + BATCH).map((order) => judge(order, judging));
    const clearsSettled = orderId === undefined && from === 0;
    const written = await withShop(deps.db, shopId, (trx) =>
      writeBatch(deps, trx, { shopId, batch, now, clearsSettled }),
    );
    done.raised += written.raised;
    done.cleared += written.cleared;
    done.moved += written.moved;
    done.settled += written.settled;
  }
  if (orderId === undefined) {
    const before = instant.subtract({ hours: UNPROMISED_AFTER_HOURS }).toString();
    await withShop(deps.db, shopId, (trx) => settleUnpromised(trx, shopId, before));
  }
  return done;
}

async function writeBatch(
  deps: WatchDependencies,
  trx: Transaction<unknown>,
  writing: {
    readonly shopId: ShopId;
    readonly batch: readonly Judged[];
    readonly now: string;
    readonly clearsSettled: boolean;
  },
): Promise<Omit<Assessed, 'watched'>> {
  const { shopId, batch, now, clearsSettled } = writing;
  const { raised, cleared } = await writeAlerts(trx, shopId, {
    orderIds: batch.map((one) => one.order.orderId),
    alerts: batch.flatMap((one) => one.alerts),
    now,
    clearsSettled,
  });
  const events = raised.map((row) => alertEvent(row, now));
  await appendEvents(trx, shopId, events);
  let moved = 0;
  for (const one of batch) {
    if (await moveDate(deps, trx, { shopId, ...one, now })) moved += 1;
  }
  const ended = batch.flatMap((one) => (one.ended === undefined ? [] : [one.ended]));
  const settled = await settle(trx, shopId, ended, now);
  return { raised: raised.length, cleared, moved, settled };
}

async function judgingOf(
  { clock, openShop }: WatchDependencies,
  shopId: ShopId,
  settings: OutcomeSettings,
): Promise<Judging> {
  const nowMinute = Math.floor(clock.now().epochMilliseconds / 60_000);
  const zones = new Map<string, ZoneTable>();
  const year = 366 * 24 * MINUTES_PER_HOUR;
  const zoneOf = (name: string) => {
    const known = zones.get(name) ?? compileZone(name, nowMinute - year, nowMinute + year);
    zones.set(name, known);
    return known;
  };
  return { nowMinute, settings, snapshot: (await openShop(shopId))?.snapshot, zoneOf };
}

function longestAlert({ alerts, claimLeadMinutes, routingLeadMinutes }: OutcomeSettings): number {
  const before = Math.max(...Object.values(alerts).map((one) => one.beforeMinutes));
  // Opening minutes may reach over a long weekend.
  return before + routingLeadMinutes + claimLeadMinutes * 7 + 3 * 24 * MINUTES_PER_HOUR;
}

/** What is to be written of one order. */
type Judged = {
  readonly order: WatchedOrder;
  readonly alerts: readonly AlertRow[];
  readonly move: PromiseMove | undefined;
  readonly ended: EndedOrder | undefined;
};

function judge(order: WatchedOrder, judging: Judging): Judged {
  const { method } = order;
  const forecast = forecastOrder(forecastParts(order), judging.nowMinute);
  const currentDue = dueMinuteOf({ method, ...order.current });
  const alerts = order.works
    .filter(({ state }) => !order.isSettled || isStillHere(state))
    .flatMap((row) =>
      alertsOf(
        milestonesOf(
          watchedWorkOf(row, { dueMinute: currentDue, snapshot: judging.snapshot }),
          judging.settings,
        ),
        {
          nowMinute: judging.nowMinute,
          forecastMinute: forecastOrder(
            forecastParts({ ...order, works: [row] }),
            judging.nowMinute,
          )?.endMinute,
          settings: judging.settings,
        },
      ).map(
        (alert): AlertRow => ({
          orderId: order.orderId,
          workId: row.workId,
          milestone: alert.milestone,
          level: alert.level,
          dueAt: instantOf(alert.dueMinute),
          facts: { isForecast: alert.isForecast, nodeId: row.nodeId },
        }),
      ),
    );
  return {
    order,
    alerts,
    move: moveOf(order, forecast, judging),
    ended: endOf(order, judging),
  };
}

// A promise that ended late is over; what has still not left is not, and somebody has to see to it.
function isStillHere(state: WatchedRow['state']): boolean {
  return ['unplaced', 'placed', 'picking', 'packed'].includes(state);
}

// A forecast may be later for a minute while stores compete: the shopper is told when it stays so.
function moveOf(
  order: WatchedOrder,
  forecast: Forecast | undefined,
  { nowMinute, settings, snapshot, zoneOf }: Judging,
): PromiseMove | undefined {
  const since = order.forecastSinceMinute;
  // Evidence 5 was never shown to anybody, so there is no date to take back.
  if (!settings.movesDates || order.joinedBy === 5 || forecast?.endMinute === undefined) return;
  if (since === null || nowMinute < since + settings.moveAfterMinutes) return;
  const node = order.works.find((row) => row.kind === 'pickup')?.nodeId;
  const moved = movedWindow({ method: order.method, ...order.current }, forecast.endMinute, {
    zone: zoneOf(order.timeZone),
    openings: snapshot?.nodes[snapshot.nodeIndex.get(node ?? '') ?? -1]?.calendar,
    isCarriersWord: forecast.source === 'carrier',
  });
  if (moved === undefined) return;
  return {
    orderId: order.orderId,
    moveNumber: order.moves + 1,
    promisedOn: moved.promisedOn,
    windowFrom: instantOf(moved.fromMinute),
    windowTo: instantOf(moved.toMinute),
    cause: forecast.source === 'carrier' ? 'carrier' : 'routing',
  };
}

function endOf(order: WatchedOrder, judging: Judging): EndedOrder | undefined {
  const { nowMinute, settings, snapshot, zoneOf } = judging;
  const zone = zoneOf(order.timeZone);
  const dueMinute = dueMinuteOf({ method: order.method, ...order.first });
  const judged = {
    dueMinute,
    isExclusive: order.method !== 'store_pickup',
    promisedDay: parseDay(order.first.on),
    paddedDays: settings.paddedDays,
    settleAfterMinutes: settings.settleAfterHours * MINUTES_PER_HOUR,
    dayOf: (minute: number) => localDay(zone, minute),
  };
  const parts = settledParts(order).map((part) => ({
    ...part,
    outcome: outcomeOfPart(part.end, judged, nowMinute),
  }));
  const outcome = outcomeOfOrder(parts.map((part) => part.outcome));
  const zoneIndex = zoneIndexOf(order, snapshot);
  const ended = parts.flatMap(({ end: _end, outcome: part, ...row }) =>
    part === undefined
      ? []
      : {
          unitId: row.unitId,
          nodeId: row.nodeId,
          zoneId: snapshot?.zones[zoneIndex]?.id ?? null,
          serviceCode: row.serviceCode,
          leftAt: row.leftMinute === null ? null : instantOf(row.leftMinute),
          carrierDays:
            part.endedMinute === undefined
              ? null
              : carrierDaysOf(snapshot, { ...row, zoneIndex, endedMinute: part.endedMinute, zone }),
          outcome: part,
        },
  );
  if (ended.length === 0) return undefined;
  // Late without an end: it may still come, and then says how late it was.
  const isEnded = ended.every(
    ({ outcome: part }) => part.outcome !== 'late' || part.endedMinute !== undefined,
  );
  const isLost = nowMinute >= dueMinute + LOST_AFTER_MINUTES;
  return {
    order: { ...order, promisedOn: order.first.on, dueAt: instantOf(dueMinute) },
    parts: ended,
    outcome,
    isOver: outcome !== undefined && ((ended.length === parts.length && isEnded) || isLost),
  };
}

// −1: collected, unknown, or nowhere we go.
function zoneIndexOf(
  { country, postalCode, method }: WatchedOrder,
  snapshot: Snapshot | undefined,
): number {
  if (snapshot === undefined || country === null || method === 'store_pickup') return -1;
  return findZone(snapshot.destinations, country, postalCode ?? '').zoneIndex;
}

async function moveDate(
  deps: WatchDependencies,
  trx: Transaction<unknown>,
  moving: Judged & { readonly shopId: ShopId; readonly now: string },
): Promise<boolean> {
  const { shopId, order, move, now } = moving;
  if (move === undefined || !(await writeMove(trx, shopId, move, now))) return false;
  const facts = { from: order.current.on, to: move.promisedOn, cause: move.cause };
  await appendEvents(trx, shopId, [
    {
      orderId: order.orderId,
      eventId: `promise-moved:${move.moveNumber}`,
      at: now,
      kind: 'promise_changed',
      actor: { kind: move.cause === 'carrier' ? 'carrier' : 'system', id: 'watch' },
      facts,
    },
  ]);
  await deps.enqueue(trx, orderMessageJob(shopId, order.orderId));
  await deps.enqueue(trx, promisePublishJob(shopId));
  return true;
}

async function settle(
  trx: ShopTransaction,
  shopId: ShopId,
  ended: readonly EndedOrder[],
  now: string,
): Promise<number> {
  const isNew = await writeOutcomes(trx, shopId, ended, now);
  const events = ended
    .filter(({ order }) => isNew.has(order.orderId))
    .map(
      ({ order, outcome }): OrderEvent => ({
        orderId: order.orderId,
        eventId: 'outcome',
        at: now,
        kind: 'outcome',
        actor: { kind: 'system', id: 'watch' },
        facts: {
          outcome: outcome?.outcome,
          promisedOn: order.promisedOn,
          lateMinutes: outcome?.lateMinutes ?? null,
          earlyDays: outcome?.earlyDays ?? null,
        },
      }),
    );
  await appendEvents(trx, shopId, events);
  return isNew.size;
}

function alertEvent({ facts, ...row }: AlertRow, now: string): OrderEvent {
  const isLate = row.milestone === 'delivery' && row.level === 'missed';
  return {
    orderId: row.orderId,
    eventId: `alert:${row.workId}:${row.milestone}:${row.level}:${row.dueAt}`,
    at: now,
    kind: isLate ? 'late' : 'at_risk',
    actor: { kind: 'system', id: 'watch' },
    workId: row.workId,
    ...(typeof facts['nodeId'] === 'string' ? { nodeId: facts['nodeId'] } : {}),
    facts: {
      milestone: row.milestone,
      level: row.level,
      dueAt: row.dueAt,
      isForecast: facts['isForecast'] === true,
    },
  };
}

async function readForecast(
  deps: WatchDependencies,
  shopId: ShopId,
  orderId: string,
): Promise<OrderForecast | undefined> {
  const now = deps.clock.now().toString();
  const [order] = await withShop(deps.db, shopId, (trx) =>
    readWatched(trx, shopId, { now, aheadMinutes: 0, orderId }),
  );
  if (order === undefined) return undefined;
  const nowMinute = Math.floor(deps.clock.now().epochMilliseconds / 60_000);
  const forecast = forecastOrder(forecastParts(order), nowMinute);
  const due = dueMinuteOf({ method: order.method, ...order.current });
  const end = forecast?.endMinute;
  return {
    promisedOn: order.current.on,
    dueAt: formatMinute(due, order.timeZone),
    expectedAt: end === undefined ? null : formatMinute(end, order.timeZone),
    source: forecast?.source ?? 'none',
    isLate: end === undefined ? nowMinute > due : end > due,
    timeZone: order.timeZone,
  };
}
