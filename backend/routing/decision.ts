/**
 * What routing is asked and what it answers: the plan, and why every other place lost.
 *
 * Data only, plain enough to be stored as JSON, printed by the CLI and put into sentences. Instants are epoch minutes,
 * money minor units of the shop's currency, points integers of one scale (1 point = 1 minor unit before weights).
 */

/** Why a place may not take something at all. */
export const FENCES = [
  'no_stock',
  'closed',
  'location_off',
  'no_lane',
  'no_departure',
  'too_late',
  'daily_cap',
  'capacity',
  'product_rule',
  'country_rule',
  'restricted',
  'limit',
  'refused',
  'own_store_only',
  'not_in_ruleset',
  'parcel_value',
  'split_forbidden',
] as const;
export type Fence = (typeof FENCES)[number];

/** What makes a plan worse; each is weighted by the merchant. A ranker that has nothing to say gives no row: it abstains. */
export const PENALTIES = [
  'shipping_cost',
  'handling',
  'split',
  'lateness',
  'node_load',
  'cannot_prepare_now',
  'stock_balance',
  'co2',
  'priority',
  'move_seen',
] as const;
export type Penalty = (typeof PENALTIES)[number];

export type WantedLine = {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly unitPriceMinor: number;
};

/** One order, or what is left of it to route. */
export type RoutingQuestion = {
  readonly orderId: string;
  readonly nowMinute: number;
  readonly placedMinute: number;
  readonly lines: readonly WantedLine[];
  readonly method: 'home' | 'pickup_point' | 'store_pickup';
  /** The Kept service bought; undefined: any service that goes there. */
  readonly serviceCode: string | undefined;
  readonly destination: {
    readonly country: string;
    readonly postalCode: string;
    readonly lat?: number;
    readonly lng?: number;
  } | null;
  /** The store of a pickup. */
  readonly pickupNodeId: string | undefined;
  /** The last minute (exclusive) of the promised window and its date; undefined: nothing was promised. */
  readonly promise: { readonly endMinute: number; readonly on: string } | undefined;
  readonly channel: string;
  readonly customerTags: readonly string[];
  readonly tags: readonly string[];
  /** Nodes that may not take it, with why. */
  readonly excluded: readonly {
    readonly nodeId: string;
    readonly why: 'refused' | 'timed_out' | 'agent';
  }[];
  /** Where its units are now and whether a store has seen them: moving costs. */
  readonly seenAt: readonly string[];
  /** Orders placed at nodes on the local date of now; by node id. The order's own is not among them. */
  readonly placedToday: Readonly<Record<string, number>>;
  /** Units already allocated to this very order, by component SKU: they come back before anything is planned. */
  readonly ownAllocated?: readonly {
    readonly nodeId: string;
    readonly sku: string;
    readonly quantity: number;
  }[];
  /** Parcels the order has besides what is asked: they count in a limit of parcels. */
  readonly parcelsElsewhere?: number;
};

export type PointsRow = {
  readonly rule: Penalty;
  readonly points: number;
  readonly facts: Readonly<Record<string, number | string>>;
};

/** A place that was looked at, and what became of it. */
export type Candidate = {
  readonly nodeId: string;
  readonly verdict: 'chosen' | 'fenced' | 'outscored';
  /** The first fence that holds, when fenced. */
  readonly fence?: Fence;
  readonly facts: Readonly<Record<string, number | string>>;
  /** Of the plan in which it sends what it can, when not fenced. */
  readonly points: readonly PointsRow[];
  /** How many more points than the plan chosen; absent when fenced. */
  readonly behindPoints?: number;
};

/** Another node that could take a parcel as it is and keep the promise: stores may compete for it. */
export type Alternative = {
  readonly nodeId: string;
  readonly points: number;
  readonly endMinute: number;
  readonly departureMinute: number;
  readonly costMinor: number;
  /** Work begun before this minute still keeps the promise there. */
  readonly startByMinute: number;
};

export type PlannedParcel = {
  readonly nodeId: string;
  /** null: collected at the node. */
  readonly serviceCode: string | null;
  readonly lines: readonly {
    readonly lineId: string;
    readonly sku: string;
    readonly quantity: number;
  }[];
  readonly readyMinute: number;
  readonly departureMinute: number;
  readonly endMinute: number;
  readonly startByMinute: number;
  readonly costMinor: number;
  readonly points: readonly PointsRow[];
  /** Best first, the node itself not among them. */
  readonly alternatives: readonly Alternative[];
};

export type UnplacedLine = {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly reason: Fence | 'unknown_sku' | 'no_address' | 'unknown_node' | 'contradictory_rules';
  /** Stock on its way that could send it, if there is some: the order waits for it. */
  readonly expected?: {
    readonly nodeId: string;
    readonly usableMinute: number;
    readonly endMinute: number;
  };
};

export type RouteDecision = {
  readonly parcels: readonly PlannedParcel[];
  readonly unplaced: readonly UnplacedLine[];
  /** The rung of the ladder: dates later than promised that were allowed in the end. */
  readonly lateDays: number;
  readonly points: number;
  /** Every node of the network, or those with any of the goods when there are more than 200; by node id. */
  readonly candidates: readonly Candidate[];
  /** How many nodes are not listed: none of them has any of the goods. */
  readonly notListed: number;
  /** Name of the ruleset that applied. */
  readonly ruleset: string;
  readonly isExact: boolean;
};
