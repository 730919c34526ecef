/**
 * Does Shopify say what we think it says, of every level?
 *
 * Once a night all levels are read by a bulk operation, whose file is compared as it arrives. In: the shop. Out: what
 * differs, by item and location with ours, theirs and the cause; a level of ours is read and written again by the push,
 * one of Shopify's is booked as a count. A level of ours that is not in the file at all was taken off its location and
 * nobody told: that is the merchant's word, as with the webhook; one that was never stocked there is asked for again.
 * Invariants: memory holds a batch and eight bytes a level, never the file; a run that dies is taken up where its bulk
 * operation stands; comparing twice finds the same and repairs once.
 */
import {
  BulkOperationRead,
  InventoryLevelsBulkRun,
} from '../../../graphql/admin/generated/documents.ts';
import type { ShopId } from '../../base/ids.ts';
import { TransientError } from '../../base/result.ts';
import type { Log } from '../../platform/log.ts';
import { type AdminClient, expectAnswer } from '../admin-client.ts';
import type { LevelChange } from '../catalog.ts';
import { type BulkLevel, LEVELS_BULK_QUERY, readBulkLevels } from './bulk-lines.ts';
import { takenOff } from './calls.ts';
import type { OutboxStore } from './outbox-store.ts';
import type { DriftRow, LevelKey, ReconcileRun, ReconcileStore } from './reconcile-store.ts';
import { createSeenLevels, type SeenLevels } from './seen-levels.ts';
import type { OnStep } from './steps.ts';

export type ReconcileLevelsDeps = {
  readonly admin: AdminClient;
  readonly store: ReconcileStore;
  readonly outbox: Pick<OutboxStore, 'refuse'>;
  readonly log: Log;
  readonly now: () => Temporal.Instant;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** How the file comes. */
  readonly fetch: typeof fetch;
  readonly onStep: OnStep;
  /** Books a level of Shopify's as it stands now. */
  importLevel(shopId: ShopId, change: LevelChange): Promise<void>;
  /** Tells the push that there is something to do. */
  wake(shopId: ShopId): void;
};

const BATCH = 2_000;
// More than this is no handful of lost webhooks; the next nights find the rest.
const MOST_MISSING = 10_000;
// Looks at a bulk operation: often at first, for small shops; then once in ten seconds. Together 14 minutes, within the
// job's 15; the next run goes on where this one stopped.
const FIRST_LOOKS = 10;
const FIRST_LOOK_MS = 1_000;
const LOOK_MS = 10_000;
const MOST_LOOKS = 92;
const LANE = { lane: 'resync' } as const;

/** Compares once; says how many levels differed. */
export async function reconcileLevels(deps: ReconcileLevelsDeps, shopId: ShopId): Promise<number> {
  const run = await openRun(deps, shopId);
  deps.onStep('bulk_started');
  const url = await fileOf(deps, shopId, run);
  const seen = createSeenLevels();
  let levels = 0;
  let drifted = 0;
  for await (const batch of batchesOf(deps, url)) {
    const drift = await deps.store.compare(shopId, run, batch, deps.now());
    deps.onStep('bulk_compared');
    await takeTheirs(deps, shopId, drift);
    for (const { locationId, itemId } of batch) seen.add(locationId, itemId);
    levels += batch.length;
    drifted += drift.length;
  }
  drifted += await missingOf(deps, shopId, run, seen);
  deps.onStep('bulk_missing');
  await deps.store.end(shopId, run, levels, deps.now());
  deps.onStep('bulk_booked');
  deps.wake(shopId);
  if (drifted > 0) deps.log.warn({ event: 'levels_drifted', shop: shopId, count: drifted });
  return drifted;
}

async function openRun(deps: ReconcileLevelsDeps, shopId: ShopId): Promise<ReconcileRun> {
  const open = await deps.store.last(shopId);
  if (open !== undefined && open.endedAt === null) return open;
  const variables = { query: LEVELS_BULK_QUERY };
  const answer = await deps.admin.send(shopId, InventoryLevelsBulkRun, variables, LANE);
  const bulkId = expectAnswer(answer).bulkOperationRunQuery?.bulkOperation?.id;
  if (bulkId === undefined) throw new TransientError('shopify', 'No bulk operation was started.');
  await deps.store.begin(shopId, bulkId, deps.now());
  const begun = await deps.store.last(shopId);
  if (begun === undefined) throw new Error('Bug: a comparison that was begun is gone');
  return begun;
}

// The address of the file; undefined: there are no levels. One that failed is ended, so that the next run starts anew.
async function fileOf(
  deps: ReconcileLevelsDeps,
  shopId: ShopId,
  run: ReconcileRun,
): Promise<string | undefined> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    const answer = await deps.admin.send(shopId, BulkOperationRead, { id: run.bulkId }, LANE);
    const operation = expectAnswer(answer).bulkOperation;
    const status = operation?.status ?? 'EXPIRED';
    if (status === 'COMPLETED') return operation?.url ?? undefined;
    if (status !== 'CREATED' && status !== 'RUNNING') {
      await deps.store.end(shopId, run, 0, deps.now());
      throw new TransientError('shopify', `The bulk read of levels ended ${status}.`);
    }
    await deps.wait(look < FIRST_LOOKS ? FIRST_LOOK_MS : LOOK_MS);
  }
  throw new TransientError('shopify', 'The bulk read of levels takes longer than a quarter hour.');
}

async function* batchesOf(
  deps: ReconcileLevelsDeps,
  url: string | undefined,
): AsyncGenerator<BulkLevel[]> {
  if (url === undefined) return;
  const response = await deps.fetch(url);
  if (!response.ok || response.body === null) {
    throw new TransientError(
      'shopify',
      `The file of the bulk read was answered ${response.status}.`,
    );
  }
  let batch: BulkLevel[] = [];
  for await (const level of readBulkLevels(response.body)) {
    batch.push(level);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

// Levels of ours that the file does not have; a file that does not name one location of ours is believed as well.
async function missingOf(
  deps: ReconcileLevelsDeps,
  shopId: ShopId,
  run: ReconcileRun,
  seen: SeenLevels,
): Promise<number> {
  let after: LevelKey | undefined;
  let count = 0;
  while (count < MOST_MISSING) {
    const expected = await deps.store.expected(shopId, run, { after, most: BATCH });
    const missing = expected
      .filter(({ locationId, itemId }) => !seen.has(locationId, itemId))
      .slice(0, MOST_MISSING - count);
    if (missing.length > 0) {
      const gone = missing.filter(({ isStocked }) => isStocked).map(takenOff);
      await deps.outbox.refuse(shopId, gone, deps.now());
      await deps.store.noteMissing(shopId, run, missing, deps.now());
      count += missing.length;
    }
    after = expected.at(-1);
    if (expected.length < BATCH) break;
  }
  return count;
}

// What is Shopify's is read once more, with everything that a count needs.
async function takeTheirs(
  deps: ReconcileLevelsDeps,
  shopId: ShopId,
  drift: readonly DriftRow[],
): Promise<void> {
  for (const { isOurs, itemId, locationId } of drift) {
    if (isOurs) continue;
    const change = { inventoryItemId: String(itemId), locationId: String(locationId) };
    await deps.importLevel(shopId, change);
  }
}
