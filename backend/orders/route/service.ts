/**
 * Settles orders: who sends what, and the units allocated where the works are.
 *
 * In: an order that was placed, changed, refused, run short. Out: works, allocations, the decision, the timeline and the
 * jobs that follow, committed together or not at all. `routeOrder` is the one function that settles an order; it is repeated
 * freely. `relocate` and `returnWork` run in the caller's transaction, which has locked the works first (`lockWorks`).
 * Invariants: route.ts.
 */
import type { Kysely, Transaction } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import type { Result } from '../../base/result.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { PlannedParcel, RouteDecision } from '../../routing/decision.ts';
import type { ShopTransaction } from '../../stock/ledger/store.ts';
import type { LiveShop } from '../../stock/service.ts';
import type { OrderJob } from '../jobs.ts';
import type { OnOrderStep } from '../steps.ts';
import type { Work } from '../works/store.ts';
import type {
  MovedWork,
  MovePreview,
  Relocation,
  RelocationRefusal,
  RouteCause,
  RouteOutcome,
  WorkReturn,
} from './route.ts';

/** What the offers module does for routing, inside routing's transaction. */
export type OfferHooks = {
  /** A work was placed: asks stores for it, where they compete. */
  open(
    trx: ShopTransaction,
    shopId: ShopId,
    placed: { readonly work: Work; readonly parcel: PlannedParcel; readonly at: string },
  ): Promise<void>;
  /** A work is not on offer any more. */
  withdraw(
    trx: ShopTransaction,
    shopId: ShopId,
    gone: { readonly work: Work; readonly why: RouteCause | 'canceled'; readonly at: string },
  ): Promise<void>;
};

/** What the service stands on. */
export type RouteDependencies = {
  readonly db: Kysely<unknown>;
  readonly clock: Clock;
  readonly log: Log;
  readonly openShop: (shopId: ShopId) => Promise<LiveShop | undefined>;
  /** Tells replicas of a change of stock and waits until this one uses it. */
  readonly announce: (shopId: ShopId, stockVersion: number) => Promise<void>;
  readonly enqueue: (trx: Transaction<unknown>, job: OrderJob) => Promise<void>;
  readonly offers: OfferHooks;
  readonly onStep: OnOrderStep;
};

/** What a look after a shop's works did. */
export type SweptWorks = {
  readonly routed: number;
  readonly gaveUp: number;
  readonly moved: number;
};

export type RouteService = {
  /** Settles an order. */
  routeOrder(shopId: ShopId, orderId: string, cause: RouteCause): Promise<RouteOutcome>;
  /** Puts a placed work on a node (or gives it to the one where it is), its units with it. One a transaction: stock's clock is locked by it. */
  relocate(
    trx: ShopTransaction,
    shopId: ShopId,
    to: Relocation,
  ): Promise<Result<MovedWork, RelocationRefusal>>;
  /** Gives a work, or units of it, back to routing and has the order settled. One a transaction, as `relocate`. */
  returnWork(
    trx: ShopTransaction,
    shopId: ShopId,
    what: WorkReturn,
  ): Promise<Result<MovedWork, RelocationRefusal>>;
  /** Called when a transaction with `relocate` or `returnWork` has committed. */
  announce(shopId: ShopId, moved: MovedWork): Promise<void>;
  /** The decision that would be made of the whole order now, without effect; undefined: no such order. */
  dryRun(shopId: ShopId, orderId: string): Promise<RouteDecision | undefined>;
  /** What moving a work there would mean, without effect; undefined: no such work. */
  previewMove(shopId: ShopId, workId: string, nodeId: string): Promise<MovePreview | undefined>;
  /** Looks after a shop's works by the clock. */
  sweep(shopId: ShopId): Promise<SweptWorks>;
};
