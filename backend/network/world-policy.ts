/**
 * The policy of a world: how a shop chooses, what each channel may draw on, what is kept back.
 *
 * Inputs: any JSON. Output: a `WorldPolicy` with defaults filled in; names that must exist are checked by
 * `world-check.ts`. Meaning of every field: docs/cli.md; rules by number: docs/semantics.md.
 */
import { z } from 'zod';
import { country, id, instant, whole } from './world-fields.ts';

const tag = z.string().min(1).max(60);
export const nodeKind = z.enum(['warehouse', 'store', '3pl']);

/** How much is kept back, of what, where. Percent of on hand, ceil; weeks × the row's weekly sales, ceil. */
const safetyRow = z.strictObject({
  sku: id.optional(),
  category: z.string().optional(),
  /** A product's tag; ranks as a category. */
  productTag: tag.optional(),
  nodeId: id.optional(),
  region: z.string().optional(),
  /** A node's tag or kind: a group of nodes, ranks as a region. */
  nodeTag: tag.optional(),
  kind: nodeKind.optional(),
  units: whole.optional(),
  percent: z.number().min(0).max(100).optional(),
  weeksOfSupply: z.number().min(0).max(520).optional(),
});

/**
 * `only`: where such rows speak of a store, it hands over what one of them names and nothing else;
 * `never`: not handed over there, whatever else is said.
 */
const pickupRule = z.strictObject({
  effect: z.enum(['only', 'never']),
  sku: id.optional(),
  category: z.string().optional(),
  productTag: tag.optional(),
  /** Absent: every store. */
  nodeId: id.optional(),
  nodeTag: tag.optional(),
});

export const policySchema = z.strictObject({
  /** The shop's own zone: day numbers of the padded table, `evaluatedAt`. */
  timeZone: z.string(),
  /** Currency of lane costs. */
  currency: z.string().regex(/^[A-Z]{3}$/),
  serviceLevel: z.number().gt(0).max(1).default(0.95),
  /** A lane with under 30 observations gets one day more. */
  thinLaneExtraDay: z.boolean().default(false),
  splitOnlyIfDaysEarlier: z.int().min(1).max(60).default(1),
  maxDaysLaterForCost: z.int().min(0).max(60).default(0),
  distanceFactor: z.number().min(1).max(5).default(1.25),
  pickupPoints: z
    .strictObject({
      maxCount: z.int().min(1).max(5).default(5),
      maxMeters: whole.default(25_000),
    })
    .prefault({}),
  storePickup: z
    .strictObject({
      maxCount: z.int().min(1).max(50).default(10),
      maxMeters: whole.default(50_000),
      /** Which products stores hand over; none: every one that offers store pickup. */
      rules: z.array(pickupRule).max(1_000).default([]),
    })
    .prefault({}),
  /** Absent or no row for the request's channel: all nodes, share 10,000, threshold 0, every incoming lot. */
  channels: z
    .array(
      z.strictObject({
        code: id,
        nodeIds: z.array(id).optional(),
        kinds: z.array(nodeKind).optional(),
        countries: z.array(country).optional(),
        tags: z.array(z.string()).optional(),
        shareBasisPoints: z.int().min(0).max(10_000).default(10_000),
        threshold: whole.default(0),
        /** null: every lot; 0: none; else lots usable within so many × 24 h of `at`. */
        incomingHorizonDays: z.int().min(0).max(365).nullable().default(null),
        /** Only lots of these sources count, and lots that state none; absent: every lot. */
        incomingSources: z.array(z.string().min(1).max(60)).max(50).optional(),
      }),
    )
    .max(100)
    .default([]),
  /** Units kept for one channel or one group of customers. `used` units are already sold. */
  quotas: z
    .array(
      z.strictObject({
        sku: id,
        quantity: whole,
        used: whole.default(0),
        channel: id.optional(),
        customerTag: z.string().min(1).max(60).optional(),
      }),
    )
    .max(100_000)
    .default([]),
  /** Selling safety stock (rule 17): the most specific wins. */
  safetyStock: z.array(safetyRow).max(10_000).default([]),
  /** Routing safety stock: a second number by the same rule, which no figure ever deducts. */
  routingSafetyStock: z.array(safetyRow).max(10_000).default([]),
  /** Units of orders that wait for routing, and of live reservations; each deducted once (rule 16). */
  waiting: z
    .array(z.strictObject({ sku: id, quantity: whole }))
    .max(100_000)
    .default([]),
  reservations: z
    .array(z.strictObject({ sku: id, quantity: whole, channel: id, expiresAt: instant }))
    .max(100_000)
    .default([]),
});
