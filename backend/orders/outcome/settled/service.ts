/**
 * What the order desk and the report read of promises: the at-risk queue, kept rates, observed transit, stores' scores.
 *
 * In: a shop and a span. Out: rows of store.ts. Changes nothing.
 */
import type { Kysely } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import { withShop } from '../../../platform/database.ts';
import { type OrderStage, stageOf } from './progress.ts';
import {
  countAtRisk,
  countOrders,
  countParcels,
  listAtRisk,
  type OutcomeGroup,
  type OutcomesAsked,
  readProgressFacts,
  readScores,
  readTransit,
} from './store.ts';

/** Where an order is, with what its buyer needs to get it. */
export type Progress = {
  readonly stage: OrderStage;
  readonly readyWorkIds: readonly string[];
  readonly tracking: readonly { readonly url: string; readonly number: string }[];
};

/** Rows of the queue shown at once. */
export const AT_RISK_LIMIT = 200;

/** Builds the service. */
export function createOutcomeReports(db: Kysely<unknown>) {
  return {
    /** The at-risk queue, what was missed first. */
    readAtRisk: (
      shopId: ShopId,
      asked: { readonly limit?: number; readonly nodeId?: string } = {},
    ) =>
      withShop(db, shopId, async (trx) => ({
        total: await countAtRisk(trx, shopId),
        rows: await listAtRisk(trx, shopId, { limit: AT_RISK_LIMIT, ...asked }),
      })),
    /** Kept rate, lateness, padding and exceptions: of all orders, and of parcels by lane, node or service. */
    readOutcomes: (shopId: ShopId, asked: OutcomesAsked & { readonly by: OutcomeGroup }) =>
      withShop(db, shopId, async (trx) => ({
        orders: await countOrders(trx, shopId, asked),
        rows: await countParcels(trx, shopId, asked),
      })),
    /** Deliveries by lane and carrier day, as a lane's `observations` takes them. */
    readTransit: (shopId: ShopId, asked: OutcomesAsked) =>
      withShop(db, shopId, (trx) => readTransit(trx, shopId, asked)),
    /** Where an order is, as its buyer sees it; undefined: nothing is worked on. Codes are made by the caller. */
    readProgress: (shopId: ShopId, orderId: string): Promise<Progress | undefined> =>
      withShop(db, shopId, async (trx) => {
        const { works, tracking } = await readProgressFacts(trx, shopId, orderId);
        const stage = stageOf(works);
        if (stage === undefined) return undefined;
        const isReady = (work: (typeof works)[number]) =>
          work.kind === 'pickup' && work.state === 'ready';
        return { stage, tracking, readyWorkIds: works.filter(isReady).map(({ workId }) => workId) };
      }),
    /** How each store did. */
    readScores: (shopId: ShopId, asked: OutcomesAsked) =>
      withShop(db, shopId, (trx) => readScores(trx, shopId, asked)),
  };
}

/** What `createOutcomeReports` returns. */
export type OutcomeReports = ReturnType<typeof createOutcomeReports>;
