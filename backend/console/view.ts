/**
 * What the console's endpoints say to its screens: JSON shapes, imported by both, importing nothing.
 *
 * Instants are ISO 8601 with the offset of the place they happen at; days are `YYYY-MM-DD`; money is minor units.
 */

/** The lists of the network a merchant edits. */
export const COLLECTIONS = [
  'nodes',
  'carriers',
  'services',
  'lanes',
  'zones',
  'pickupPoints',
] as const;
export type Collection = (typeof COLLECTIONS)[number];

/** One entry of a list: its key (`id`, `code`, or a lane's position `#3`) and the entry as it is stored. */
export type NetworkItem = { readonly key: string; readonly value: Record<string, unknown> };

export type NetworkPage = {
  readonly version: number;
  readonly total: number;
  readonly page: number;
  readonly pageSize: number;
  readonly items: readonly NetworkItem[];
};

/** Names that forms offer in their lists. */
export type NetworkNames = {
  readonly version: number;
  readonly nodes: readonly {
    readonly id: string;
    readonly name: string;
    readonly country: string;
  }[];
  readonly carriers: readonly { readonly id: string; readonly name: string }[];
  readonly services: readonly {
    readonly code: string;
    readonly name: string;
    readonly carrierId: string;
    readonly method: string;
  }[];
  readonly zones: readonly { readonly id: string; readonly country: string }[];
  readonly networks: readonly string[];
  readonly counts: Readonly<Record<Collection, number>>;
  /** The policy's own part: service level, splits, pickup limits. */
  readonly policy: Record<string, unknown>;
};

/** Replace (`value`), add (`key` null) or remove (`value` null) one entry. */
export type NetworkEdit =
  | {
      readonly collection: Collection;
      readonly key: string | null;
      readonly value: Record<string, unknown> | null;
    }
  | { readonly collection: 'policy'; readonly key: null; readonly value: Record<string, unknown> };

/** A wrong field. `edit`: which edit it is in, its pointer from there; null: elsewhere in the network. */
export type EditProblem = {
  readonly edit: number | null;
  readonly pointer: string;
  readonly value?: unknown;
  readonly allowed: string;
  readonly remedy: string;
};

/** A section of the policy that has a form of its own, with its defaults. */
export type SectionView = {
  readonly version: number;
  readonly section: Readonly<Record<string, unknown>>;
};

/** Who saved which version, and when. */
export type PolicyChangeView = {
  readonly version: number;
  readonly author: string;
  readonly savedAt: string;
};

/** What a postal code says about a place; fields are absent where nothing is known. */
export type PlaceHint = {
  readonly lat?: number;
  readonly lng?: number;
  readonly precision?: 'exact' | 'prefix';
  readonly region?: string;
  readonly timeZone?: string;
  /** All holiday regions of the country. */
  readonly regions: readonly string[];
  /** Public holidays of the next 365 days, by the region asked about. */
  readonly holidays: readonly string[];
};

/** A stock row as the stock screen shows it. */
export type StockRowView = {
  readonly sku: string;
  readonly nodeId: string;
  readonly onHand: number;
  readonly unavailable: number;
  readonly allocated: number;
  readonly incoming: readonly {
    readonly quantity: number;
    readonly expectedOn?: string;
    readonly expectedAt?: string;
  }[];
};

/** What one channel may sell of a product; `channel` is empty for those the policy does not name. */
export type ChannelFigure = {
  readonly channel: string;
  readonly units: number;
  readonly free: number;
  /** Additions above 0, deductions below; they add up to `units`. Codes: docs/semantics.md. */
  readonly lines: readonly {
    readonly code: string;
    readonly units: number;
    readonly nodeId?: string;
  }[];
};

export type FiguresView = {
  readonly sku: string;
  readonly name: string;
  /** The change of stock up to which this is complete. */
  readonly stockVersion: number;
  readonly channels: readonly ChannelFigure[];
};

/** Something that happened to a SKU at a place, as the ledger keeps it. */
export type MovementView = {
  readonly movement: number;
  readonly source: string;
  readonly eventId: string;
  readonly type: string;
  readonly kind: 'delta' | 'count';
  readonly quantity: number;
  /** What it did to the sum; 0 when a later count already said what there is. */
  readonly delta: number;
  readonly reason: string;
  readonly actor: string;
  readonly occurredAt: string;
};

/** What the merchant decided about the shop's own surfaces; fields may be missing. */
export type SurfacesView = {
  readonly version: number;
  readonly surfaces: {
    readonly rateBindings?: readonly { readonly rateCode: string; readonly serviceCode: string }[];
    readonly sortsByDate?: boolean;
    readonly managesPickup?: boolean;
    readonly pickupInstructions?: string;
    readonly [field: string]: unknown;
  };
};

export type ProductHit = { readonly sku: string; readonly name: string };

/** The date tester's question. */
export type DateTestRequest = {
  readonly now: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly destination: { readonly country: string; readonly postalCode: string };
  readonly currency: string;
  readonly channel: string;
  readonly customerTags: readonly string[];
};

export type TestedParcel = {
  readonly nodeId: string;
  readonly nodeName: string;
  readonly timeZone: string;
  readonly lines: readonly {
    readonly sku: string;
    readonly quantity: number;
    readonly fromIncoming: number;
  }[];
  readonly readyAt: string;
  readonly departsAt: string;
  readonly deliveryOn: string;
  readonly costMinor: number;
  readonly co2Grams: number;
  readonly distanceMeters: number;
};

/** What one node could do for an option, and why not. */
export type NodeVerdict = {
  readonly nodeId: string;
  readonly nodeName: string;
  readonly isChosen: boolean;
  /** `chosen`, `later`, `dearer`, …: codes of the explanation; unknown ones are shown as they are. */
  readonly code: string;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  readonly readyAt?: string;
  readonly departsAt?: string;
  readonly promisedOn?: string;
};

export type TestedOption = {
  readonly method: 'home' | 'pickup_point' | 'store_pickup';
  readonly serviceCode: string;
  readonly name: string;
  readonly place?: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly timeZone: string;
  readonly promisedOn: string;
  readonly orderBy: string;
  readonly priceMinor: number;
  readonly costMinor: number;
  readonly co2Grams: number;
  readonly isGreenest: boolean;
  readonly confidence: number | null;
  readonly quality: 'full' | 'estimate';
  readonly withinTwoHours: boolean;
  readonly reasons: readonly { readonly code: string }[];
  readonly parcels: readonly TestedParcel[];
  readonly nodes: readonly NodeVerdict[];
};

export type TestedAbsence = {
  readonly method: TestedOption['method'];
  readonly serviceCode: string;
  readonly name: string;
  readonly place?: string;
  readonly code: string;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  readonly nodes: readonly NodeVerdict[];
};

/** The date tester's answer. Shipped options are asked with their margin, store pickup with its own. */
export type DateTestView = {
  readonly version: number;
  readonly now: string;
  readonly timeZone: string;
  readonly marginMinutes: { readonly shipped: number; readonly storePickup: number };
  readonly destination: {
    readonly zoneId: string | null;
    readonly precision: 'exact' | 'prefix' | 'zone';
    readonly lat: number | null;
    readonly lng: number | null;
  };
  readonly currency: string;
  readonly costCurrency: string;
  readonly options: readonly TestedOption[];
  readonly absent: readonly TestedAbsence[];
};
