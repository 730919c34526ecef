/**
 * Words of the routing run: why an order is routed again, and what came of it.
 *
 * An order is settled by one function (service.ts, `routeOrder`), whatever happened to it: works shrink to what is still
 * ordered, what waits is placed, units are allocated where the works are. It may run twice, late and in any order.
 * Invariants: every open unit of an order that was routed is in exactly one work that is not final; the units of a placed
 * work are allocated at its node (decision record 0083).
 */
import type { ShopId } from '../../base/ids.ts';
import type { Snapshot } from '../../network/snapshot.ts';
import type { RouteDecision } from '../../routing/decision.ts';
import type { ShopTransaction } from '../../stock/ledger/store.ts';
import type { OfferPlan } from '../offers/waves.ts';
import type { Actor } from '../timeline/timeline.ts';
import type { Negotiation } from '../works/lifecycle.ts';
import type { Work } from '../works/store.ts';

/** Why an order is routed. */
export const ROUTE_CAUSES = [
  'order_placed',
  'order_changed',
  'refused',
  'timed_out',
  'short_pick',
  'shortage',
  'agent',
  'stock_appeared',
  'retry',
  'reoptimised',
  'node_closed',
  'shipment_canceled',
  'shopify',
] as const;
export type RouteCause = (typeof ROUTE_CAUSES)[number];

/** What a run came to. `unknown`: no such order, or nobody has claimed its units yet. `none`: nothing of it is routed. */
export type RouteOutcome =
  | { readonly kind: 'unknown' | 'none' }
  | { readonly kind: 'unchanged'; readonly works: readonly Work[] }
  | {
      readonly kind: 'changed';
      readonly works: readonly Work[];
      /** The decision written, when something was placed or could not be. */
      readonly decision: RouteDecision | undefined;
    };

/** What a node is held to once a work is there. */
export type NodePlan = {
  /** null: collected at the node. */
  readonly serviceCode: string | null;
  readonly endMinute: number;
  readonly departureMinute: number;
  readonly startByMinute: number;
  readonly costMinor: number;
};

/** Moving a work to another node, or giving it to the one where it is, in a caller's transaction. */
export type Relocation = {
  /** As read under its lock (`lockWorks`). */
  readonly work: Work;
  readonly nodeId: string;
  readonly negotiation: Negotiation;
  /** Person or device; only with `claimed`. */
  readonly claimedBy?: string;
  /** ISO instant of the change. */
  readonly at: string;
  readonly actor: Actor;
  readonly cause: RouteCause | 'claimed';
  /** What the new node is held to; absent: as before at the same node, nothing known at another. */
  readonly plan?: NodePlan;
};

/** Why a work stays where it is. */
export type RelocationRefusal =
  | {
      readonly code: 'no_stock';
      readonly nodeId: string;
      readonly lines: readonly {
        readonly lineId: string;
        readonly sku: string;
        readonly wanted: number;
        readonly free: number;
      }[];
    }
  | { readonly code: 'work_not_movable'; readonly workId: string; readonly state: Work['state'] }
  | { readonly code: 'unknown_node'; readonly nodeId: string }
  /** Its location is switched off in the shop. */
  | { readonly code: 'location_off'; readonly nodeId: string }
  | { readonly code: 'own_store_only'; readonly nodeId: string };

/** A work after a change. `announce(shopId, stockVersion)` is called when the transaction has committed. */
export type MovedWork = {
  readonly work: Work;
  /** undefined: no stock changed. */
  readonly stockVersion: number | undefined;
};

/** Giving a work, or units of it, back to routing. */
export type WorkReturn = {
  readonly workId: string;
  readonly cause: 'refused' | 'timed_out' | 'short_pick' | 'shortage' | 'agent' | 'node_closed';
  /** The node is never asked for these units again. */
  readonly exclude: boolean;
  readonly at: string;
  readonly actor: Actor;
  /** Only these units; the rest stays. Absent: everything. */
  readonly lines?: readonly { readonly lineId: string; readonly quantity: number }[];
};

/** What moving a work to a node would mean. */
export type MovePreview = {
  readonly nodeId: string;
  readonly plan: NodePlan | undefined;
  /** Local date of the new end at the destination minus the promised date, in days; undefined: nothing was promised. */
  readonly lateDays: number | undefined;
  readonly costDifferenceMinor: number | undefined;
  readonly refusal: RelocationRefusal | { readonly code: string } | undefined;
};

/** What the offers module does for routing, inside routing's transaction; the works' rows are locked. */
export type OfferHooks = {
  /** Puts a work on offer that stands at its fallback node. */
  open(
    trx: ShopTransaction,
    shopId: ShopId,
    opening: {
      readonly work: Work;
      readonly plan: OfferPlan;
      readonly snapshot: Snapshot;
      readonly at: string;
    },
  ): Promise<void>;
  /** Takes a work off offer. */
  withdraw(
    trx: ShopTransaction,
    shopId: ShopId,
    gone: { readonly work: Work; readonly why: string; readonly at: string },
  ): Promise<void>;
};
