/**
 * What the push has to be told by the rest of the product; `build-push.ts` supplies it.
 *
 * A figure is worked out at a number of the stock clock. Shopify's committed units become part of it (`tellCommitted`),
 * so a figure of the version that comes back has every order deducted once: those we know and those we have not heard
 * of (docs/semantics.md 16, platform decision 14).
 */
import type { ShopId } from '../../base/ids.ts';

/** What one level shall say. */
export type LevelFigure = {
  readonly itemId: number;
  readonly locationId: number;
  /** Units for `available`. */
  readonly units: number;
  /** Units for `safety_stock`; 0 unless the topology parks. */
  readonly parked: number;
};

/** Figures and the number of the stock clock they were worked out at. */
export type Figures = { readonly version: number; readonly levels: readonly LevelFigure[] };

/** Up to where changes are planned: a number of the stock clock, and a version of the policy. */
export type PlanCursor = { readonly stock: number; readonly policy: number };

/** SKUs whose figure may have changed after a cursor; `all` when it is any. */
export type ChangedSkus = { readonly upTo: PlanCursor; readonly skus: readonly string[] | 'all' };

/** SKUs whose figure became another by time alone, and until when that was looked at. */
export type DueSkus = { readonly upTo: Temporal.Instant; readonly skus: readonly string[] };

/** What Shopify has committed of a SKU over all bound locations, as of an instant (ISO). */
export type CommittedSku = {
  readonly sku: string;
  readonly committed: number;
  readonly asOf: string;
};

export type FigureSource = {
  changedSince(shopId: ShopId, after: PlanCursor): Promise<ChangedSkus>;
  /** SKUs whose figure became another by time alone after an instant; without one, at any time until now. */
  dueSince(shopId: ShopId, after: Temporal.Instant | undefined): Promise<DueSkus>;
  /** Figures of all levels we write of these SKUs, at `atLeast` or later. */
  figuresOf(shopId: ShopId, skus: readonly string[], atLeast: number): Promise<Figures>;
  /** Every SKU that has an item to set; for a first plan and a changed policy. */
  allSkus(shopId: ShopId): Promise<readonly string[]>;
  /** Makes committed units part of the figures; the version from which on they are. */
  tellCommitted(shopId: ShopId, rows: readonly CommittedSku[]): Promise<number>;
  /** Takes in orders that no webhook told us of. */
  fetchOrders(shopId: ShopId): Promise<void>;
};
