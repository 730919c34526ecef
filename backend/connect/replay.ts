/**
 * Refused events, tried again after their cause was put right.
 *
 * In: events of a connection that a person chose in the error view. Out: how many are booked now and what still stands in
 * the way. They go through the same intake under the same ids, so an event that was booked meanwhile is not booked twice.
 */
import { z } from 'zod';
import type { ShopId } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import type { KnownRefusal } from '../http/problem.ts';
import type { ActivityStore, RefusedEvent } from './activity-store.ts';
import type { Caller, ConnectionService } from './connections.ts';
import type { Batch, Intake, StockCatalog } from './intake.ts';
import { type SnapshotEnvelope, snapshotEnvelope } from './stock-schemas.ts';
import { isTrackingEvent, type TrackingIntake } from './tracking.ts';

/** What a replay did. */
export type Replayed = {
  readonly booked: number;
  readonly unchanged: number;
  readonly refused: number;
};

type ReplayDependencies = {
  readonly connections: Pick<ConnectionService, 'list'>;
  readonly activity: Pick<ActivityStore, 'findRefused'>;
  readonly intake: Intake;
  /** Where events of parcels go; absent: they stay as they are. */
  readonly tracking?: TrackingIntake | undefined;
};

/** Builds the replay. */
export function createReplay({ connections, activity, intake, tracking }: ReplayDependencies) {
  return async (
    shopId: ShopId,
    asked: { readonly connectionId: string; readonly eventKeys: readonly string[] },
  ): Promise<Result<Replayed, KnownRefusal>> => {
    const { connectionId, eventKeys } = asked;
    const row = (await connections.list(shopId)).find((one) => one.connectionId === connectionId);
    if (row === undefined) return { ok: false, refusal: { code: 'not_found' } };
    const caller: Caller = { ...row, shopId };
    const done = { booked: 0, unchanged: 0, refused: 0 };
    const refused = await activity.findRefused(shopId, connectionId, eventKeys);
    const ofParcels = await replayTracking(tracking, caller, refused.filter(isTrackingEvent));
    done.booked += ofParcels.booked;
    done.unchanged += ofParcels.unchanged;
    done.refused += ofParcels.refused;
    for (const batch of batchesOf(refused.filter((event) => !isTrackingEvent(event)))) {
      const taken = await intake.take(caller, batch);
      if (!taken.ok) return taken;
      const { answer } = taken.value;
      done.booked += answer.booked;
      done.unchanged += answer.duplicate + answer.superseded;
      done.refused += answer.refused;
    }
    return { ok: true, value: done };
  };
}

async function replayTracking(
  tracking: TrackingIntake | undefined,
  caller: Caller,
  events: readonly RefusedEvent[],
): Promise<Replayed> {
  if (tracking === undefined || events.length === 0) {
    return { booked: 0, unchanged: 0, refused: events.length };
  }
  const rows = events.map(({ event }) => event);
  const { booked, duplicate, refused } = await tracking.take(caller, rows);
  return { booked, unchanged: duplicate, refused };
}

/** What `createReplay` returns. */
export type Replay = ReturnType<typeof createReplay>;

const HEALED_AT_ONCE = 1_000;

/**
 * Tries again what was refused because the shop did not know its SKU or node yet: other systems hear of a product before
 * its webhook arrives here. Only what would be accepted now is sent. Says how many were booked.
 */
export async function replayHealed(
  deps: {
    readonly activity: Pick<ActivityStore, 'listRefused'>;
    readonly catalogOf: (shopId: ShopId) => Promise<StockCatalog>;
    readonly replay: Replay;
  },
  shopId: ShopId,
): Promise<number> {
  const events = await deps.activity.listRefused(shopId, { limit: HEALED_AT_ONCE });
  if (events.length === 0) return 0;
  const catalog = await deps.catalogOf(shopId);
  const healed = events.filter(
    ({ reason, event }) => WAITING_CODES.has(reason.code) && isKnown(event, catalog),
  );
  let booked = 0;
  for (const [connectionId, ofOne] of Map.groupBy(healed, (event) => event.connectionId)) {
    const eventKeys = ofOne.map((event) => event.eventKey);
    const done = await deps.replay(shopId, { connectionId, eventKeys });
    if (done.ok) booked += done.value.booked;
  }
  return booked;
}

const WAITING_CODES: ReadonlySet<string> = new Set(['unknown_sku', 'unknown_node']);
const namedSchema = z.object({
  nodeId: z.string(),
  sku: z.string().optional(),
  row: z.object({ sku: z.string() }).optional(),
});

function isKnown(event: unknown, { hasSku, hasNode }: StockCatalog): boolean {
  const named = namedSchema.safeParse(event);
  if (!named.success) return false;
  const { nodeId, sku, row } = named.data;
  return hasNode(nodeId) && hasSku(sku ?? row?.sku ?? '');
}

/** The batches they came in: movements together, rows of a snapshot with what its envelope said. */
function batchesOf(events: readonly RefusedEvent[]): Batch[] {
  const movements: unknown[] = [];
  const snapshots = new Map<string, { readonly envelope: SnapshotEnvelope; rows: unknown[] }>();
  for (const { event } of events) {
    const kept = snapshotRowOf(event);
    if (kept === undefined) movements.push(event);
    else {
      const name = JSON.stringify(kept.envelope);
      const known = snapshots.get(name) ?? { envelope: kept.envelope, rows: [] };
      known.rows.push(kept.row);
      snapshots.set(name, known);
    }
  }
  const ofSnapshots = [...snapshots.values()].map(
    ({ envelope, rows }): Batch => ({ kind: 'snapshot', envelope, rows }),
  );
  return movements.length === 0
    ? ofSnapshots
    : [{ kind: 'movements', rows: movements }, ...ofSnapshots];
}

// As intake.ts keeps a row of a snapshot. Never as a full one: the rows that are missing here were booked.
function snapshotRowOf(event: unknown) {
  if (typeof event !== 'object' || event === null || !('row' in event)) return undefined;
  const { row, ...stated } = event;
  const envelope = snapshotEnvelope.safeParse({ ...stated, isFull: false, rows: [row] });
  return envelope.success ? { envelope: envelope.data, row } : undefined;
}
