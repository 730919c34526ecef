/**
 * What happens when a carrier says something of a parcel?
 *
 * In: events named by tracking number, by Shopify's fulfillment or by parcel, from a connection or from Shopify. Out: a
 * verdict for each, and parcel, work and timeline as all that was ever said leaves them, in one transaction an order.
 * Invariants: an event counts once by its teller and id; the order in which events come changes nothing; a work has left
 * when all of its parcels have, and is delivered when all of them are.
 */
import type { Kysely, Transaction } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import type { Clock } from '../../../platform/clock.ts';
import { withShop } from '../../../platform/database.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import { fulfillmentFollowJob, type OrderJob, orderMessageJob } from '../../jobs.ts';
import { appendEvents } from '../../timeline/store.ts';
import type { EventKind, OrderEvent } from '../../timeline/timeline.ts';
import { checkChange } from '../../works/lifecycle.ts';
import { changeWork, lockWorks, type Work } from '../../works/store.ts';
import {
  findParcels,
  keepEvents,
  type ParcelName,
  readEvents,
  readParcels,
  type StoredParcel,
  writeParcel,
} from './store.ts';
import { applyTracking, type TrackedParcel, type TrackingEvent } from './tracking.ts';

/** An event and the parcel it is of. */
export type ToldEvent = TrackingEvent & { readonly parcel: ParcelName };

/** What became of one event. */
export type TrackingVerdict =
  | { readonly verdict: 'booked' | 'duplicate' }
  | { readonly verdict: 'refused'; readonly code: 'unknown_parcel' | 'parcel_canceled' };

/** Units of sold lines that left a node together, for orders that no shop system tells of. */
export type LeftParcel = {
  readonly orderId: string;
  readonly parcelId: string;
  readonly nodeId: string;
  readonly at: string;
  readonly lines: StoredParcel['lines'];
};

/** What it stands on. */
export type TrackingDependencies = {
  readonly db: Kysely<unknown>;
  readonly clock: Clock;
  readonly enqueue: (trx: Transaction<unknown>, job: OrderJob) => Promise<void>;
  /** Ends the claims of goods of an order that is not Shopify's; says the number to announce. */
  readonly settleLeft: (
    trx: ShopTransaction,
    shopId: ShopId,
    left: LeftParcel,
  ) => Promise<number | undefined>;
  readonly announce: (shopId: ShopId, stockVersion: number) => Promise<void>;
};

/** Builds the service. */
export function createTrackingService(deps: TrackingDependencies) {
  return {
    /** Takes what `source` (a connection's id, `shopify`) says; one verdict an event, in order. */
    tellTracking: (
      shopId: ShopId,
      source: string,
      told: readonly ToldEvent[],
    ): Promise<readonly TrackingVerdict[]> => tellTracking(deps, shopId, { source, told }),
  };
}

/** What `createTrackingService` returns. */
export type TrackingService = ReturnType<typeof createTrackingService>;

type Telling = { readonly source: string; readonly told: readonly ToldEvent[] };

async function tellTracking(
  deps: TrackingDependencies,
  shopId: ShopId,
  { source, told: said }: Telling,
): Promise<readonly TrackingVerdict[]> {
  // One object an event, even when a caller gives the same twice: verdicts are by event.
  const told = said.map((event) => ({ ...event }));
  const found = await withShop(deps.db, shopId, (trx) =>
    findParcels(
      trx,
      shopId,
      told.map((event) => event.parcel),
    ),
  );
  const verdicts = new Map<ToldEvent, TrackingVerdict>();
  const byOrder = Map.groupBy(
    told.filter((event) => found.has(event.parcel)),
    (event) => found.get(event.parcel)?.orderId ?? '',
  );
  for (const orderId of [...byOrder.keys()].toSorted()) {
    const events = (byOrder.get(orderId) ?? []).map((event) => ({
      event,
      parcelId: found.get(event.parcel)?.parcelId ?? '',
    }));
    const { ofEvent, announced } = await withShop(deps.db, shopId, (trx) =>
      tellOrder(deps, trx, { shopId, orderId, source, events }),
    );
    for (const [event, verdict] of ofEvent) verdicts.set(event, verdict);
    if (announced !== undefined) await deps.announce(shopId, announced);
  }
  return told.map((event) => verdicts.get(event) ?? { verdict: 'refused', code: 'unknown_parcel' });
}

type OfOrder = {
  readonly shopId: ShopId;
  readonly orderId: string;
  readonly source: string;
  readonly events: readonly { readonly event: ToldEvent; readonly parcelId: string }[];
};

async function tellOrder(deps: TrackingDependencies, trx: Transaction<unknown>, of: OfOrder) {
  const { shopId, orderId } = of;
  const works = await lockWorks(trx, shopId, { orderId });
  const read = await readParcels(trx, shopId, orderId);
  const parcels = new Map(read.map((row) => [row.parcelId, row]));
  const ofEvent = new Map<ToldEvent, TrackingVerdict>();
  const entries: OrderEvent[] = [];
  for (const [parcelId, said] of Map.groupBy(of.events, (one) => one.parcelId)) {
    const events = said.map(({ event }) => event);
    const parcel = parcels.get(parcelId);
    const code = refusalOf(parcel);
    const now = deps.clock.now().toString();
    const done =
      parcel === undefined || code !== undefined
        ? undefined
        : await tellParcel(trx, { ...of, parcel, events, now });
    for (const event of events) ofEvent.set(event, verdictOf(event, code, done?.fresh));
    if (parcel === undefined || done === undefined) continue;
    entries.push(...[...done.fresh].map((event) => entryOf(of, parcel, event)));
    parcels.set(parcelId, { ...parcel, ...done.tracked });
  }
  await appendEvents(trx, shopId, entries);
  const announced =
    entries.length === 0
      ? undefined
      : await followParcels(deps, trx, { ...of, works, parcels: [...parcels.values()] });
  return { ofEvent, announced };
}

type RefusalCode = Extract<TrackingVerdict, { verdict: 'refused' }>['code'];

// Found before the lock, gone under it: as unknown as one that never was.
function refusalOf(parcel: StoredParcel | undefined): RefusalCode | undefined {
  if (parcel === undefined) return 'unknown_parcel';
  return parcel.state === 'canceled' ? 'parcel_canceled' : undefined;
}

function verdictOf(
  event: ToldEvent,
  code: RefusalCode | undefined,
  fresh: ReadonlySet<ToldEvent> | undefined,
): TrackingVerdict {
  if (code !== undefined) return { verdict: 'refused', code };
  return { verdict: fresh?.has(event) === true ? 'booked' : 'duplicate' };
}

async function tellParcel(
  trx: ShopTransaction,
  of: Pick<OfOrder, 'shopId' | 'source'> & {
    readonly parcel: StoredParcel;
    readonly events: readonly ToldEvent[];
    readonly now: string;
  },
): Promise<{ readonly fresh: ReadonlySet<ToldEvent>; readonly tracked: TrackedParcel }> {
  const { shopId, source, parcel, now } = of;
  const { parcelId } = parcel;
  // The same event twice in one batch is new once.
  const once = new Map(of.events.toReversed().map((event) => [event.eventId, event]));
  const events = [...once.values()].map(bare);
  const ids = await keepEvents(trx, shopId, { parcelId, source, events, now });
  const fresh = new Set([...once.values()].filter((event) => ids.has(event.eventId)));
  if (fresh.size === 0) return { fresh, tracked: parcel };
  const tracked = applyTracking(parcel, await readEvents(trx, shopId, parcelId));
  await writeParcel(trx, shopId, parcelId, tracked);
  return { fresh, tracked };
}

function bare({ eventId, kind, occurredAt, expectedAt }: ToldEvent): TrackingEvent {
  return { eventId, kind, occurredAt, ...(expectedAt === undefined ? {} : { expectedAt }) };
}

const ENTRY_KIND: Readonly<Record<TrackingEvent['kind'], EventKind>> = {
  picked_up: 'in_transit',
  in_transit: 'in_transit',
  out_for_delivery: 'in_transit',
  delayed: 'carrier_delayed',
  attempted: 'delivery_failed',
  failed: 'delivery_failed',
  delivered: 'delivered',
};

function entryOf({ orderId, source }: OfOrder, parcel: StoredParcel, event: ToldEvent): OrderEvent {
  const { kind, expectedAt } = event;
  return {
    orderId,
    eventId: `tracking:${parcel.parcelId}:${source}:${event.eventId}`,
    at: event.occurredAt,
    kind: ENTRY_KIND[kind],
    actor: { kind: 'carrier', id: source },
    ...(parcel.workId === null ? {} : { workId: parcel.workId }),
    facts: {
      parcelId: parcel.parcelId,
      said: kind,
      ...(expectedAt === undefined ? {} : { expectedAt }),
    },
  };
}

type Following = OfOrder & {
  readonly works: readonly Work[];
  readonly parcels: readonly StoredParcel[];
};

// Goods that a carrier has seen have left, whatever the store forgot to say.
async function followParcels(
  deps: TrackingDependencies,
  trx: Transaction<unknown>,
  of: Following,
): Promise<number | undefined> {
  const { shopId, orderId, works } = of;
  let announced: number | undefined;
  for (const work of works) {
    const parcels = of.parcels.filter(
      (parcel) => parcel.workId === work.workId && parcel.state !== 'canceled',
    );
    if (parcels.length === 0 || work.kind !== 'ship') continue;
    const left = await markLeft(deps, trx, { ...of, work, parcels });
    announced = left.announced ?? announced;
    await markDelivered(trx, shopId, left.work, parcels);
  }
  if (of.source !== 'shopify') await deps.enqueue(trx, fulfillmentFollowJob(shopId, orderId));
  await deps.enqueue(trx, orderMessageJob(shopId, orderId));
  return announced;
}

type OfWork = Following & { readonly work: Work };

async function markLeft(
  deps: TrackingDependencies,
  trx: Transaction<unknown>,
  { shopId, orderId, work, parcels }: OfWork,
): Promise<{ readonly work: Work; readonly announced: number | undefined }> {
  const unchanged = { work, announced: undefined };
  const left = parcels.map(({ shippedAt }) => shippedAt);
  // A work of which something still lies in the store has not left.
  const units = parcels.flatMap(({ lines }) => lines).reduce((sum, line) => sum + line.quantity, 0);
  const wanted = work.lines.reduce((sum, line) => sum + line.quantity, 0);
  if (left.some((at) => at === null) || units < wanted) return unchanged;
  if (!checkChange(work.state, 'shipped', work.kind).ok || work.nodeId === null) return unchanged;
  const leftAt =
    left
      .flatMap((at) => at ?? [])
      .toSorted()
      .at(-1) ?? deps.clock.now().toString();
  const change = { state: 'shipped', leftAt } as const;
  if (!(await changeWork(trx, shopId, work, change))) return unchanged;
  await appendEvents(trx, shopId, [
    {
      orderId,
      eventId: `shipped:${work.workId}:${work.version + 1}`,
      at: leftAt,
      kind: 'shipped',
      actor: { kind: 'carrier', id: 'tracking' },
      workId: work.workId,
      nodeId: work.nodeId,
    },
  ]);
  let announced: number | undefined;
  for (const { parcelId, lines } of orderId.startsWith('api:') ? parcels : []) {
    const gone = { orderId, parcelId, nodeId: work.nodeId, at: leftAt, lines };
    announced = (await deps.settleLeft(trx, shopId, gone)) ?? announced;
  }
  return { work: { ...work, ...change, version: work.version + 1 }, announced };
}

async function markDelivered(
  trx: ShopTransaction,
  shopId: ShopId,
  work: Work,
  parcels: readonly Pick<TrackedParcel, 'state' | 'deliveredAt'>[],
): Promise<void> {
  if (work.state !== 'shipped' || parcels.some(({ state }) => state !== 'delivered')) return;
  const deliveredAt = parcels
    .flatMap((parcel) => parcel.deliveredAt ?? [])
    .toSorted()
    .at(-1);
  if (deliveredAt === undefined) return;
  await changeWork(trx, shopId, work, { state: 'delivered', deliveredAt });
}
