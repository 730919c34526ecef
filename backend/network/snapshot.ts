/**
 * The compiled network: what a quote reads, and nothing else.
 *
 * `compileNetwork` (network.ts) turns a checked world into one `Snapshot`; every calendar is worked out then, so that
 * a question at quote time is arithmetic on whole numbers and typed arrays. Immutable; shared by all requests.
 * Where the questions are answered: ready.ts (rules 1–2), delivery.ts (3–6), hand-over.ts (11–12), lanes.ts and
 * prices.ts (5, 9, 13), destination.ts (10), distance.ts (14), load.ts (what a node is already busy with).
 * Conventions: `…Minute` counts minutes since 1970, `NEVER` = does not happen; days are day numbers (base/time.ts);
 * nodes, services, zones, points, SKUs, channels and lane terms are named by their index in the arrays below;
 * all but channels and terms are sorted by id in code-unit order, so index order is id order.
 */
import type { ZoneTable } from '../base/time.ts';
import type { HolidayBook } from './holidays.ts';
import type {
  WorldNode,
  WorldPickupPoint,
  WorldPolicy,
  WorldProduct,
  WorldService,
  WorldZone,
} from './world.ts';

/** Changes whenever the same facts could give another answer than before. */
export const ENGINE_VERSION = '1';

/** Open minutes as sorted pieces that neither overlap nor cross a local midnight. */
export type OpenMinutes = {
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Local date of the piece's minutes. */
  readonly day: Int32Array;
  /** Open minutes before the piece since the calendar begins. */
  readonly before: Int32Array;
};

/** Opening hours of a place over the compiled span; shared by places with equal hours. */
export type Calendar = {
  readonly zone: ZoneTable;
  readonly fromMinute: number;
  readonly toMinute: number;
  /** Openings with touching and overlapping ones merged: `[openFrom[i], openTo[i])`. */
  readonly openFrom: Int32Array;
  readonly openTo: Int32Array;
  /** The same minutes cut at local midnights. */
  readonly minutes: OpenMinutes;
  /** The same minutes by the day they count for in rule 1 (a night shift's day is the one it starts on). */
  readonly shiftFrom: Int32Array;
  readonly shiftTo: Int32Array;
  readonly shiftDay: Int32Array;
  /** Open local days, ascending, and the last closing of each. */
  readonly openDays: Int32Array;
  readonly lastClosing: Int32Array;
};

/** Up to which instant an order counts for which open day: `until[i]` never falls, `day[i]` rises. */
export type CutOffs = { readonly day: Int32Array; readonly until: Int32Array };

export type CompiledNode = {
  readonly index: number;
  readonly source: WorldNode;
  readonly id: string;
  readonly calendar: Calendar;
  readonly cutOffs: CutOffs;
  /** Cut-offs of store pickup; an open day without one counts until its last closing. */
  readonly pickupCutOffs: CutOffs;
  readonly leadTimeMinutes: number;
  readonly pickupLeadMinutes: number;
  readonly lastHandOverMinutes: number;
  /** 0: units take no time. */
  readonly unitsPerHour: number;
  /** 0: no limit. */
  readonly unitsPerDay: number;
  readonly takesOrders: boolean;
  /** Its location is switched off in the shop; then it takes no orders either. */
  readonly isLocationOff: boolean;
  readonly offersPickup: boolean;
  readonly customsArea: string;
};

export type CompiledService = {
  readonly index: number;
  readonly source: WorldService;
  readonly code: string;
  readonly method: 'home' | 'pickup_point';
  /** Minutes after 00:00 of the delivery day; `deliverBy` 1,440 when the service states none. */
  readonly deliverFrom: number;
  readonly deliverBy: number;
};

export type CompiledZone = {
  readonly index: number;
  readonly source: WorldZone;
  readonly id: string;
  readonly zone: ZoneTable;
  /** Index of its country and region among all places' (`Snapshot.deliveryDays`). */
  readonly place: number;
};

export type CompiledPoint = {
  readonly index: number;
  readonly source: WorldPickupPoint;
  readonly id: string;
  readonly calendar: Calendar;
  readonly place: number;
  /** The zone of its postal code, −1 when there is none; `isEstimate` when only the country's rest matched. */
  readonly zoneIndex: number;
  readonly isEstimate: boolean;
};

/** What a lane says, shared by all node × zone × service with the same terms. */
export type LaneTerms = {
  /** n of rule 5: carrier days to promise. */
  readonly carrierDays: number;
  /** Under 30 observations: quality `estimate`, no confidence. */
  readonly isThin: boolean;
  /** Measured deliveries within `carrierDays`, of all measured: F(n) as a fraction. */
  readonly onTimeCount: number;
  readonly observationCount: number;
  readonly crossesCustoms: boolean;
  /** Cost tiers `[previous end, end)`; the last end may be `Infinity`. */
  readonly costEnds: readonly number[];
  readonly costMinor: readonly number[];
};

/** Working days of a service on one side of one place. */
export type CarrierDays = {
  readonly firstDay: number;
  /** `upTo[d − firstDay]`: working days from `firstDay` up to and including d. */
  readonly upTo: Uint16Array;
  /** The working days, ascending; reaches further than `upTo`. */
  readonly days: Int32Array;
};

export type PriceRow = { readonly ends: readonly number[]; readonly priceMinor: readonly number[] };

/** The prices of one service in one currency: `rowOfZone[zone]` is 0 for none, else 1 + index in `rows`. */
export type PriceList = {
  readonly currency: string;
  readonly rowOfZone: Uint16Array | Int32Array;
  readonly rows: readonly PriceRow[];
};

/** A channel's nodes and numbers (rule 16). Index 0 stands for every channel the policy does not name. */
export type CompiledChannel = {
  readonly code: string;
  /** 1: the node takes orders and belongs to the channel. */
  readonly hasNode: Uint8Array;
  readonly shareBasisPoints: number;
  readonly threshold: number;
  /** null: every incoming lot counts. */
  readonly incomingHorizonMinutes: number | null;
  /** Sources whose lots count, besides lots that state none; undefined: every source. */
  readonly incomingSources: ReadonlySet<string> | undefined;
  /** By service × zone: `LANE_EXISTS` when a node of the channel has a lane, `PICKUP_EXISTS` when such a node has a pickup of the service configured. */
  readonly reach: Uint8Array;
};
export const LANE_EXISTS = 1;
export const PICKUP_EXISTS = 2;

/** What one kit is made of: index and units of each component, none twice. Empty: it can be built nowhere. */
export type KitParts = readonly { readonly sku: number; readonly quantity: number }[];

export type Snapshot = {
  readonly engineVersion: string;
  readonly policyVersion: number;
  /** Answers are exact for `at` in `[validFromMinute, validToMinute)`. */
  readonly validFromMinute: number;
  readonly validToMinute: number;
  readonly policy: WorldPolicy;
  readonly shopZone: ZoneTable;
  readonly nodes: readonly CompiledNode[];
  readonly services: readonly CompiledService[];
  readonly zones: readonly CompiledZone[];
  readonly points: readonly CompiledPoint[];
  readonly products: readonly WorldProduct[];
  readonly nodeIndex: ReadonlyMap<string, number>;
  readonly serviceIndex: ReadonlyMap<string, number>;
  readonly zoneIndex: ReadonlyMap<string, number>;
  readonly skuIndex: ReadonlyMap<string, number>;
  /** The parts of each product that is a kit, and by component the kits that need it, with how many units. */
  readonly kits: ReadonlyMap<number, KitParts>;
  readonly kitsWith: ReadonlyMap<number, KitParts>;
  readonly channels: readonly CompiledChannel[];
  readonly channelIndex: ReadonlyMap<string, number>;
  readonly laneTerms: readonly LaneTerms[];
  /** By node × services + service: lane terms by zone, 0 for none, else 1 + index in `laneTerms`. */
  readonly laneRows: readonly (Uint16Array | Int32Array | undefined)[];
  /** By node × services + service: instants the service leaves the node, ascending. */
  readonly departures: readonly (Int32Array | undefined)[];
  /** By service × places + place. */
  readonly deliveryDays: readonly (CarrierDays | undefined)[];
  readonly placeCount: number;
  /** By service. */
  readonly prices: readonly (readonly PriceList[])[];
  readonly destinations: DestinationBook;
  readonly holidays: HolidayBook;
};

/** Postal prefixes by country as one tree: first child, next sibling, character, zone (−1 none) per tree node. */
export type DestinationBook = {
  readonly roots: ReadonlyMap<string, number>;
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  readonly character: Uint8Array;
  readonly zone: Int32Array;
  /** The zone without prefixes of a country. */
  readonly rest: ReadonlyMap<string, number>;
};

/** Where a request goes. `zoneIndex` −1: nobody delivers there. */
export type Destination = {
  readonly zoneIndex: number;
  readonly country: string;
  readonly lat: number;
  readonly lng: number;
  /** The postal code matched no prefix; the country's rest answers. */
  readonly isEstimate: boolean;
};
