/**
 * The merchant's world as data: what the `kept` commands read, what policy sections hold, what the demo writes.
 *
 * Inputs: any JSON. Outputs: a `World` every field of which has been checked on its own, defaults filled in.
 * What crosses fields (names that do not exist, contradictory calendars, two lanes for one way) is refused by
 * `checkWorld` in `world-check.ts`. Meaning of every field: docs/cli.md; rules by number: docs/semantics.md.
 *
 * Conventions: a *time of day* is `HH:MM` at the place itself and may run past 24:00 up to 47:59 ("26:30" is 02:30
 * of the next date); a *day* is `YYYY-MM-DD`; an *instant* is ISO 8601 with offset or Z; a tier list is contiguous,
 * ascending, `[fromGrams, toGrams)`, the first from 0, the last possibly open (`toGrams: null`).
 */
import { z } from 'zod';
import {
  country,
  day,
  id,
  instant,
  latitude,
  longitude,
  timeOfDay,
  whole,
} from './world-fields.ts';
import { nodeKind, policySchema } from './world-policy.ts';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
/** A day of the week, Monday first (ISO 8601). */
export type Weekday = (typeof WEEKDAYS)[number];
const weekday = z.enum(WEEKDAYS);

const weeklyTimes = z.partialRecord(weekday, timeOfDay);
const weeklyTimeLists = z.partialRecord(weekday, z.array(timeOfDay).max(24));
/** `[opens, closes)`, closes after opens; past 24:00 when the opening crosses midnight. */
const interval = z.tuple([timeOfDay, timeOfDay]);
const weeklyIntervals = z.partialRecord(weekday, z.array(interval).max(8));

/** Opening hours: a dated exception speaks before a public holiday, a holiday before the weekly hours. */
const hours = z.strictObject({
  weekly: weeklyIntervals,
  exceptions: z
    .array(
      z.strictObject({
        date: day,
        /** Empty: closed that date. */
        intervals: z.array(interval).max(8),
        cutOff: timeOfDay.optional(),
        pickupCutOff: timeOfDay.optional(),
      }),
    )
    .max(2_000)
    .default([]),
});

const dayException = z.strictObject({
  date: day,
  side: z.enum(['origin', 'delivery', 'both']).default('both'),
});
/** Working days of a carrier or service: closure beats worked exception beats public holiday beats weekly pattern. */
const workingCalendar = {
  workingDays: z.array(weekday).max(7).optional(),
  workedDates: z.array(dayException).max(2_000).default([]),
  closures: z.array(dayException).max(2_000).default([]),
};

const priceTier = z.strictObject({
  fromGrams: whole,
  toGrams: whole.nullable(),
  priceMinor: whole,
});
const costTier = z.strictObject({ fromGrams: whole, toGrams: whole.nullable(), costMinor: whole });

export const nodeSchema = z.strictObject({
  id,
  name: z.string().max(200).optional(),
  kind: nodeKind,
  country,
  /** State code of `date-holidays`, as BY for Bavaria. */
  region: z.string().max(12).optional(),
  timeZone: z.string(),
  lat: latitude,
  lng: longitude,
  postalCode: z.string().max(12).optional(),
  address1: z.string().max(200).optional(),
  city: z.string().max(120).optional(),
  tags: z.array(z.string().max(60)).max(50).default([]),
  /** Customs area; absent: EU for a member state, else the country itself. */
  customsArea: z.string().max(12).optional(),
  /** A node that takes no orders at all is left out everywhere. */
  takesOrders: z.boolean().default(true),
  hours,
  /** Order cut-off by weekday; a weekday without one: the last closing of that day. */
  cutOffs: weeklyTimes.default({}),
  leadTimeMinutes: whole.default(0),
  /** A store that hands over orders to shoppers. */
  offersPickup: z.boolean().default(false),
  pickupCutOffs: weeklyTimes.default({}),
  pickupLeadMinutes: whole.default(0),
  /** Orders that may be fetched in one quarter hour; absent: any number. */
  pickupsPerSlot: z.int().min(1).max(100_000).optional(),
  lastHandOverMinutes: whole.default(15),
  unitsPerHour: z.int().min(1).max(1_000_000).optional(),
  unitsPerDay: z.int().min(1).max(10_000_000).optional(),
  ordersPerDay: whole.optional(),
  backlogUnits: whole.default(0),
  /** Required when `backlogUnits` is above 0. */
  backlogAsOf: instant.optional(),
  /** Orders already reserved or allocated, by local date on which their work starts. */
  ordersByDate: z.record(day, whole).default({}),
  carrierPickups: z
    .array(
      z.strictObject({
        serviceCode: id,
        weekly: weeklyTimeLists,
        extra: z
          .array(z.strictObject({ date: day, time: timeOfDay }))
          .max(500)
          .default([]),
      }),
    )
    .max(200)
    .default([]),
});

export const carrierSchema = z.strictObject({
  id,
  name: z.string().max(200).optional(),
  ...workingCalendar,
});

export const serviceSchema = z.strictObject({
  code: id,
  name: z.string().max(200).optional(),
  carrierId: id,
  method: z.enum(['home', 'pickup_point']),
  /** For `pickup_point`: the network whose points it serves. */
  network: id.optional(),
  /** Own weekly pattern replaces the carrier's; dated rows are added to the carrier's. Default Monday to Friday. */
  ...workingCalendar,
  deliverFrom: timeOfDay.optional(),
  deliverBy: timeOfDay.optional(),
  /** cm³ per kilogram; absent: actual weight only. */
  volumetricDivisor: z.int().min(1).max(100_000).optional(),
  maxItemGrams: whole.optional(),
  maxItemLongestCm: whole.optional(),
  maxItemVolumeCm3: whole.optional(),
  maxParcelGrams: whole.optional(),
  maxParcelVolumeCm3: whole.optional(),
  /** Products with this tag are not carried (to these countries; absent: anywhere). */
  restrictions: z
    .array(
      z.strictObject({
        productTag: z.string().min(1).max(60),
        countries: z.array(country).max(250).optional(),
      }),
    )
    .max(200)
    .default([]),
  co2KgPerTonneKm: z.number().min(0).max(100).default(0),
  prices: z
    .array(
      z.strictObject({
        /** Absent: every zone no other row of this currency names. */
        zoneIds: z.array(id).max(5_000).optional(),
        currency: z.string().regex(/^[A-Z]{3}$/),
        tiers: z.array(priceTier).min(1).max(100),
      }),
    )
    .max(2_000)
    .default([]),
});

export const laneSchema = z.strictObject({
  nodeIds: z.array(id).min(1).max(10_000),
  zoneIds: z.array(id).min(1).max(10_000),
  serviceCode: id,
  /** Stated transit in the carrier's working days. */
  transitDays: z.int().min(0).max(60),
  /** Measured deliveries: index = carrier days, value = how many. */
  observations: z.array(whole).max(61).default([]),
  /** The lane may leave the node's customs area. */
  crossesCustoms: z.boolean().default(false),
  costs: z
    .array(costTier)
    .min(1)
    .max(100)
    .default([{ fromGrams: 0, toGrams: null, costMinor: 0 }]),
});

export const zoneSchema = z.strictObject({
  id,
  country,
  region: z.string().max(12).optional(),
  timeZone: z.string(),
  /** Upper case, no spaces or punctuation. Empty: the rest of the country (quality `estimate`). */
  postalPrefixes: z.array(z.string().regex(/^[A-Z0-9]{1,10}$/)).max(20_000),
  customsArea: z.string().max(12).optional(),
  /** Centroid, used when the request has no point of its own. */
  lat: latitude,
  lng: longitude,
});

export const pickupPointSchema = z.strictObject({
  id,
  network: id,
  name: z.string().max(200),
  country,
  region: z.string().max(12).optional(),
  postalCode: z.string().max(12),
  address1: z.string().max(200).optional(),
  city: z.string().max(120).optional(),
  timeZone: z.string(),
  lat: latitude,
  lng: longitude,
  hours,
  /** A locker: public holidays do not close it. */
  opensOnHolidays: z.boolean().default(false),
});

export const productSchema = z.strictObject({
  sku: id,
  name: z.string().max(200).optional(),
  weightGrams: whole,
  volumeCm3: whole.default(0),
  longestCm: whole.default(0),
  category: z.string().max(60).optional(),
  tags: z.array(z.string().max(60)).max(50).default([]),
  offersStorePickup: z.boolean().default(true),
  /** Made of other SKUs at the node that ships it; has no stock of its own (rule 18). */
  kit: z
    .strictObject({
      components: z
        .array(z.strictObject({ sku: id, quantity: z.int().min(1).max(10_000) }))
        .min(1)
        .max(50),
    })
    .optional(),
});

export const stockSchema = z.strictObject({
  sku: id,
  nodeId: id,
  onHand: whole,
  unavailable: whole.default(0),
  allocated: whole.default(0),
  /** Selling safety stock of this SKU at this node; absent: the policy's rules. */
  safetyStock: whole.optional(),
  /** Units sold a week, for rules that keep back weeks of supply; absent: none. */
  weeklySales: z.number().min(0).max(1_000_000_000).optional(),
  incoming: z
    .array(
      z
        .strictObject({
          quantity: z.int().min(1).max(1_000_000_000),
          expectedAt: instant.optional(),
          /** Node-local date: usable from 00:00 of the next one. */
          expectedOn: day.optional(),
          /** Where it comes from, as purchase_order, container, planned, transfer: any word of the merchant's. */
          source: z.string().min(1).max(60).optional(),
        })
        .refine((lot) => (lot.expectedAt === undefined) !== (lot.expectedOn === undefined), {
          error: 'give either expectedAt (an instant) or expectedOn (a day)',
        }),
    )
    .max(100)
    .default([]),
});

export const worldSchema = z.strictObject({
  policy: policySchema,
  policyVersion: z.int().min(1),
  nodes: z.array(nodeSchema).max(10_000),
  carriers: z.array(carrierSchema).max(1_000),
  services: z.array(serviceSchema).max(500),
  lanes: z.array(laneSchema).max(200_000),
  zones: z.array(zoneSchema).max(10_000),
  pickupPoints: z.array(pickupPointSchema).max(50_000),
  products: z.array(productSchema).max(1_000_000),
  stock: z.array(stockSchema).max(5_000_000),
});

/** What a shop's policy keeps of a world: products and stock live in tables of their own. */
export const networkSectionSchema = worldSchema.omit({
  products: true,
  stock: true,
  policyVersion: true,
});

/** A shopper's question (`kept quote --request`). `now` is truncated to the whole minute. */
export const requestSchema = z.strictObject({
  now: instant,
  lines: z
    .array(z.strictObject({ sku: id, quantity: z.int().min(1).max(1_000_000) }))
    .min(1)
    .max(500),
  destination: z.strictObject({
    country,
    postalCode: z.string().max(20).default(''),
    lat: latitude.optional(),
    lng: longitude.optional(),
  }),
  currency: z.string().regex(/^[A-Z]{3}$/),
  locale: z.string().max(35).default('en'),
  channel: id.default('online'),
  customerTags: z.array(z.string().max(255)).max(250).default([]),
  marginMinutes: z.int().min(0).max(10_080).default(0),
});

export type World = z.infer<typeof worldSchema>;
export type NetworkSection = z.infer<typeof networkSectionSchema>;
export type WorldNode = z.infer<typeof nodeSchema>;
export type WorldCarrier = z.infer<typeof carrierSchema>;
export type WorldService = z.infer<typeof serviceSchema>;
export type WorldLane = z.infer<typeof laneSchema>;
export type WorldZone = z.infer<typeof zoneSchema>;
export type WorldPickupPoint = z.infer<typeof pickupPointSchema>;
export type WorldProduct = z.infer<typeof productSchema>;
export type WorldStockRow = z.infer<typeof stockSchema>;
export type WorldPolicy = z.infer<typeof policySchema>;
export type WorldRequest = z.infer<typeof requestSchema>;
/** Opening hours of a node or pickup point. */
export type Hours = z.infer<typeof hours>;
/** A World as written by hand: defaults may be left out. */
export type WorldInput = z.input<typeof worldSchema>;
export type WorldRequestInput = z.input<typeof requestSchema>;
