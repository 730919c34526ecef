/**
 * How do orders of other systems come in?
 *
 * In: orders in our words, of one connection. Out: what became of each: it is stored and its work enqueued in one
 * transaction, or it is known already, older than what is known, or contradicts it. One order's fate is not another's.
 */
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import type { Clock } from '../../platform/clock.ts';
import { withShop } from '../../platform/database.ts';
import type { ShopTransaction } from '../../stock/ledger/store.ts';
import type { StoredOrder } from '../record/record.ts';
import type { OrderReading } from '../record/service.ts';
import { readOrder, saveOrder } from '../record/store.ts';
import type { OrderPromiseRow } from '../store.ts';
import { type PostedOrder, postedOrderId, readingOfPosted, recordOfPosted } from './posted.ts';
import { type PostedParcel, type PostedWork, readProgress } from './store.ts';

/** What it stands on. */
export type PostedDependencies = {
  readonly db: Kysely<unknown>;
  readonly clock: Clock;
  readonly hasSkuOf: (shopId: ShopId) => Promise<(sku: string) => boolean>;
  /** Has the order taken in, when the transaction has committed. */
  requestIntake(trx: ShopTransaction, shopId: ShopId, orderId: string): Promise<void>;
  readPromise(shopId: ShopId, orderId: string): Promise<OrderPromiseRow | undefined>;
};

/** What became of a posted order. `contradicts`: the same time of change, other content. */
export type PostOutcome = 'accepted' | 'unchanged' | 'older' | 'contradicts';

/** An order as its system sees it. */
export type PostedView = {
  readonly order: StoredOrder;
  readonly promise: OrderPromiseRow | undefined;
  readonly works: readonly PostedWork[];
  readonly parcels: readonly PostedParcel[];
};

/** Builds the service. */
export function createPostedOrders(deps: PostedDependencies) {
  const { db, clock } = deps;
  return {
    /** Stores an order of this connection and has it taken in. */
    post: (shopId: ShopId, connectionId: string, posted: PostedOrder): Promise<PostOutcome> =>
      withShop(db, shopId, (trx) => post(deps, trx, { shopId, connectionId, posted })),

    /** What becomes of an order of this connection; undefined: it posted none of this name. */
    view: async (
      shopId: ShopId,
      connectionId: string,
      externalId: string,
    ): Promise<PostedView | undefined> => {
      const orderId = postedOrderId(connectionId, externalId);
      const read = await withShop(db, shopId, async (trx) => {
        const order = await readOrder(trx, shopId, orderId);
        return order && { order, ...(await readProgress(trx, shopId, orderId)) };
      });
      return read && { ...read, promise: await deps.readPromise(shopId, orderId) };
    },

    /** A stored order of another system, as intake reads it; undefined: there is none of this id. */
    reading: async (shopId: ShopId, orderId: string): Promise<OrderReading | undefined> => {
      const hasSku = await deps.hasSkuOf(shopId);
      const stored = await withShop(db, shopId, (trx) => readOrder(trx, shopId, orderId));
      return stored && readingOfPosted(stored, hasSku);
    },

    now: () => clock.now(),
  };
}

/** What `createPostedOrders` returns. */
export type PostedOrders = ReturnType<typeof createPostedOrders>;

async function post(
  deps: PostedDependencies,
  trx: ShopTransaction,
  asked: {
    readonly shopId: ShopId;
    readonly connectionId: string;
    readonly posted: PostedOrder;
  },
): Promise<PostOutcome> {
  const { shopId, connectionId, posted } = asked;
  const record = recordOfPosted(connectionId, posted, versionOf(posted));
  const { orderId } = record;
  const known = await readOrder(trx, shopId, orderId, 'lock');
  if (known !== undefined && known.version !== record.version && isSameInstant(known, posted)) {
    return 'contradicts';
  }
  const actor = { kind: 'api', id: connectionId } as const;
  const saved = await saveOrder(trx, shopId, record, { now: deps.clock.now(), actor });
  if (saved.outcome === 'unchanged' || saved.outcome === 'older') return saved.outcome;
  await deps.requestIntake(trx, shopId, orderId);
  return 'accepted';
}

function versionOf(posted: PostedOrder): string {
  return createHash('sha256').update(JSON.stringify(posted)).digest('base64url').slice(0, 22);
}

function isSameInstant({ sourceUpdatedAt }: StoredOrder, { updatedAt }: PostedOrder): boolean {
  return Temporal.Instant.compare(sourceUpdatedAt, updatedAt) === 0;
}
