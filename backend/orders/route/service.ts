/**
 * Settles orders: who sends what, and the units allocated where the works are.
 *
 * In: an order that was placed, changed, refused, run short. Out: works, allocations, the decision, the timeline and the
 * jobs that follow, committed together or not at all. `routeOrder` is the one function that settles an order; it is repeated
 * freely. `relocate` and `returnWork` run in the caller's transaction, which has locked the works first (`lockWorks`).
 * Invariants: route.ts.
 */
import type { ShopId } from '../../base/ids.ts';
import type { Result } from '../../base/result.ts';
import type { RouteDecision } from '../../routing/decision.ts';
import type { RoutingSettings } from '../../routing/settings.ts';
import type { ShopTransaction } from '../../stock/ledger/store.ts';
import { announceMove, relocate, returnWork } from './moves/service.ts';
import { dryRun, previewMove } from './outlook/service.ts';
import type {
  MovedWork,
  MovePreview,
  Relocation,
  RelocationRefusal,
  RouteCause,
  RouteOutcome,
  WorkReturn,
} from './route.ts';
import { type RunDependencies, routeOrder } from './run/service.ts';
import { closeNode, type SweptWorks, sweepWorks } from './sweep/service.ts';

export type RouteService = {
  /** Settles an order. */
  routeOrder(shopId: ShopId, orderId: string, cause: RouteCause): Promise<RouteOutcome>;
  /**
   * Puts a placed work on a node (or gives it to the one where it is), its units with it. One a transaction, near its end: it
   * locks the stock clock. Does not enqueue `fulfillment_follow`.
   */
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
  /**
   * The decision that would be made of what can still be placed, without effect; undefined: no such order. `settings`: by
   * these rules in place of the shop's.
   */
  dryRun(
    shopId: ShopId,
    orderId: string,
    destination?: { readonly country: string; readonly postalCode: string },
    settings?: RoutingSettings,
  ): Promise<RouteDecision | undefined>;
  /** What moving a work there would mean, without effect; undefined: no such work. */
  previewMove(shopId: ShopId, workId: string, nodeId: string): Promise<MovePreview | undefined>;
  /** A place takes no work any more: what nobody has packed there goes elsewhere. */
  closeNode(shopId: ShopId, nodeId: string): Promise<void>;
  /** Looks after a shop's works by the clock. */
  sweep(shopId: ShopId): Promise<SweptWorks>;
};

/** Builds the service. */
export function createRouteService(deps: RunDependencies): RouteService {
  return {
    routeOrder: (shopId, orderId, cause) => routeOrder(deps, shopId, { orderId, cause }),
    relocate: (trx, shopId, to) => relocate(deps, trx, shopId, to),
    returnWork: (trx, shopId, what) => returnWork(deps, trx, shopId, what),
    announce: (shopId, moved) => announceMove(deps, shopId, moved),
    dryRun: (shopId, orderId, destination, settings) =>
      dryRun(
        settings === undefined ? deps : { ...deps, settingsOf: async () => settings },
        shopId,
        { orderId, ...(destination === undefined ? {} : { destination }) },
      ),
    previewMove: (shopId, workId, nodeId) => previewMove(deps, shopId, { workId, nodeId }),
    closeNode: (shopId, nodeId) => closeNode(deps, shopId, nodeId),
    sweep: (shopId) => sweepWorks(deps, shopId),
  };
}
