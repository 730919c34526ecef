/**
 * The policy section `routing`: how this shop weighs, splits, caps and offers its orders.
 *
 * In: an unknown value. Out: the section with defaults filled in, or the first fault with its place, what may stand
 * there and the next step; rules that contradict each other are refused with the reason (settings-check.ts). A shop
 * that saved nothing routes by `DEFAULT_ROUTING`. Amounts are minor units of the shop's currency, one point each before
 * the weights; `rulesFor` (ruleset.ts) says what holds for one order. Field by field: docs/cli.md, "Route".
 */
import { z } from 'zod';
import { type Result, refuseInput } from '../base/result.ts';
import { fieldProblems } from '../network/field-problems.ts';
import { country, id, whole } from '../network/world-fields.ts';
import { nodeKind } from '../network/world-policy.ts';
import { PENALTIES } from './decision.ts';
import { contradictionIn } from './settings-check.ts';

/** The section's name. */
export const ROUTING_SECTION = 'routing';

const tag = z.string().min(1).max(255);
const method = z.enum(['home', 'pickup_point', 'store_pickup']);
const daysLate = z.int().min(0).max(60);

/** How much a penalty counts: 0 not at all, 1 as it is. */
const weights = z.partialRecord(z.enum(PENALTIES), z.number().min(0).max(100));

/** How large penalties are before their weight. */
const rates = z.strictObject({
  /** Of a parcel, by kind of the node that packs it. */
  handlingMinor: z
    .strictObject({
      warehouse: whole.default(60),
      store: whole.default(150),
      '3pl': whole.default(80),
    })
    .prefault({}),
  /** Of each parcel after the first. */
  splitMinor: whole.default(300),
  latenessMinorPerDay: whole.default(1_000),
  /** Of a node whose day is full; in proportion below. */
  nodeLoadMinor: whole.default(200),
  cannotPrepareNowMinor: whole.default(50),
  /** Of taking all that a node has left; in proportion below. */
  stockBalanceMinor: whole.default(100),
  co2MinorPerKg: whole.default(10),
  /** Of each place further down the priority list. */
  priorityMinorPerRank: whole.default(200),
});

const split = z.strictObject({
  /** `forbid`: one parcel or none; `limit`: at most `maxParcels`. */
  mode: z.enum(['allow', 'forbid', 'limit']).default('allow'),
  maxParcels: z.int().min(1).max(64).optional(),
  /** All kits of an order line come from one node. */
  keepKitsTogether: z.boolean().default(true),
  /** Of a parcel that is not the whole order, and of what then remains. */
  minimumParcelValueMinor: whole.default(0),
  minimumRemainderValueMinor: whole.default(0),
});

const priorityRow = z.strictObject({
  nodeKind: nodeKind.optional(),
  nodeCountry: country.optional(),
  destinationCountry: country.optional(),
});

/** Which places a rule speaks of; each list given must match, at least one is given. */
const places = {
  nodeIds: z.array(id).max(2_000).optional(),
  nodeKinds: z.array(nodeKind).max(3).optional(),
  nodeCountries: z.array(country).max(250).optional(),
  /** One of them is enough. */
  nodeTags: z.array(tag).max(100).optional(),
};

/** Kept, and not in force. */
const isOff = z.boolean().default(false);

/** `only`: none but these places; `never`: not these. */
const productRule = z.strictObject({
  isOff,
  effect: z.enum(['only', 'never']),
  productTags: z.array(tag).max(100).optional(),
  categories: z.array(z.string().min(1).max(60)).max(100).optional(),
  ...places,
});
const countryRule = z.strictObject({
  isOff,
  effect: z.enum(['only', 'never']),
  destinationCountries: z.array(country).min(1).max(250),
  ...places,
});

const offers = z.strictObject({
  /** `direct`: works are given; `compete`: stores are asked and the first to claim has it. */
  mode: z.enum(['direct', 'compete']).default('direct'),
  /** Kinds of nodes that are asked; the others take what they are given. */
  nodeKinds: z.array(nodeKind).min(1).max(3).default(['store']),
  /** Stores asked at once. */
  candidates: z.int().min(1).max(50).default(5),
  timeOutMinutes: z.int().min(1).max(10_080).default(30),
  waves: z.int().min(1).max(10).default(2),
  /** Stores that take what they are offered without being asked. */
  autoClaimNodes: z.array(id).max(2_000).default([]),
  /** `opening_hours`: only stores that are open now are asked. */
  activeHours: z.enum(['always', 'opening_hours']).default('opening_hours'),
});

/** The first ruleset whose conditions all hold says what differs for an order. */
const ruleset = z.strictObject({
  isOff,
  name: z.string().min(1).max(60),
  when: z.strictObject({
    methods: z.array(method).min(1).max(3).optional(),
    channels: z.array(id).min(1).max(100).optional(),
    destinationCountries: z.array(country).min(1).max(250).optional(),
    customerTags: z.array(tag).min(1).max(100).optional(),
    orderTags: z.array(tag).min(1).max(100).optional(),
    minimumValueMinor: whole.optional(),
    /** Exclusive. */
    belowValueMinor: whole.optional(),
  }),
  /** None but these places. */
  ...places,
  weights: weights.optional(),
  ladderDays: z.array(daysLate).min(1).max(10).optional(),
  split: split.optional(),
  priority: z.array(priorityRow).max(100).optional(),
  offers: offers.optional(),
});

const schema = z.strictObject({
  weights: weights.default({}),
  rates: rates.prefault({}),
  /** Days later than promised that are tried, one after the other, when nothing keeps the promise. */
  ladderDays: z.array(daysLate).min(1).max(10).default([0, 2, 5]),
  split: split.prefault({}),
  /** Orders a node takes on a local date: `null` any number, 0 none. */
  dailyOrderCap: z
    .strictObject({
      standard: whole.nullable().default(null),
      byNode: z.record(id, whole.nullable()).default({}),
    })
    .prefault({}),
  /** Best first: the warehouse in Italy, the stores in the United Kingdom. */
  priority: z.array(priorityRow).max(100).default([]),
  productRules: z.array(productRule).max(1_000).default([]),
  countryRules: z.array(countryRule).max(1_000).default([]),
  rulesets: z.array(ruleset).max(100).default([]),
  offers: offers.prefault({}),
  /** An order that nobody can send is given up after so many days. */
  unplacedExpiryDays: z.int().min(1).max(365).default(14),
  /** Points of moving a work that a store has seen. */
  movePenaltyPoints: whole.default(500),
  /** Orders that wait by themselves before anybody works on them. */
  hold: z
    .strictObject({
      /** Minutes after its placing in which the buyer may still change an order; fewer where its promise cannot wait. */
      editWindowMinutes: z.int().min(0).max(1_440).default(0),
      /** The order's attribute that names the first day a gift may leave (`2026-12-20`); empty: none does. */
      giftDateAttribute: z.string().trim().max(60).default(''),
    })
    .prefault({}),
  /** Orders planned together at most; 1: each for itself. */
  batchSize: z.int().min(1).max(500).default(50),
});

/** The section, defaults filled in. */
export type RoutingSettings = z.output<typeof schema>;
/** The section as it may be written. */
export type RoutingSettingsInput = z.input<typeof schema>;
export type Weights = RoutingSettings['weights'];
export type Rates = RoutingSettings['rates'];
export type SplitRules = RoutingSettings['split'];
export type PriorityRow = RoutingSettings['priority'][number];
export type ProductRule = RoutingSettings['productRules'][number];
export type CountryRule = RoutingSettings['countryRules'][number];
export type Ruleset = RoutingSettings['rulesets'][number];
export type OfferSettings = RoutingSettings['offers'];
/** The places a rule speaks of. */
export type PlaceFilter = Pick<ProductRule, 'nodeIds' | 'nodeKinds' | 'nodeCountries' | 'nodeTags'>;

/** A shop that decided nothing. */
export const DEFAULT_ROUTING: RoutingSettings = schema.parse({});

/** The section's schema, for the published JSON Schema. */
export const routingSettingsSchema = schema;

/** Reads the section. */
export function parseRoutingSettings(value: unknown): Result<RoutingSettings> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const [problem] = fieldProblems(parsed.error, value);
    return refuseInput({
      ...(problem ?? { pointer: '', allowed: 'a section as described in docs/cli.md' }),
      remedy: 'Correct the field; docs/cli.md lists every field of the routing settings.',
    });
  }
  const contradiction = contradictionIn(parsed.data);
  return contradiction === undefined
    ? { ok: true, value: parsed.data }
    : refuseInput(contradiction);
}
