/**
 * What the endpoints of sync health say to their screen: JSON shapes, importing nothing.
 *
 * Instants are ISO 8601. docs/runbooks/sync.md tells what to do about each.
 */

/** A level Shopify would not take. */
export type RefusedLevelView = {
  readonly locationId: number;
  readonly itemId: number;
  readonly sku: string | null;
  readonly code: string;
  readonly message: string;
  readonly refusedAt: string;
  readonly tries: number;
};

/** A level that differed in the last comparison. */
export type DriftView = {
  readonly locationId: number;
  readonly itemId: number;
  readonly sku: string | null;
  readonly ours: number | null;
  /** Null: Shopify has no such level. */
  readonly theirs: number | null;
  readonly cause: string;
  readonly isOurs: boolean;
};

export type SyncView = {
  readonly waiting: { readonly sale: number; readonly read: number; readonly resync: number };
  readonly lagSeconds: number | null;
  readonly openCalls: number;
  readonly lastPushAt: string | null;
  readonly trouble: string | null;
  readonly unplannedChanges: number;
  readonly refusedCount: number;
  readonly refused: readonly RefusedLevelView[];
  /** Shopify's bucket as we know it. */
  readonly bucket: {
    readonly points: number;
    readonly capacity: number;
    readonly restorePerSecond: number;
    readonly isLearned: boolean;
  };
  readonly reconcile: {
    readonly last?: {
      readonly startedAt: string;
      readonly endedAt: string | null;
      readonly levels: number;
      readonly drifted: number;
    };
    readonly rows: readonly DriftView[];
  };
  /** How long the storefront's first date may lag behind the live one after `variants` changed class. */
  readonly storefront: { readonly variants: number; readonly boundSeconds: number };
};

/** The section `inventory` as stored; fields may be missing. */
export type InventoryView = {
  readonly version: number;
  readonly inventory: {
    readonly topology?: 'mirror' | 'aggregate' | 'parked';
    readonly channel?: string;
    readonly onlineLocationId?: string;
    readonly keptNodes?: readonly string[];
    readonly shipmentsBookedBySystem?: readonly string[];
    readonly [field: string]: unknown;
  };
};
