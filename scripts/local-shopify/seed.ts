/**
 * What is in the shop the local Shopify plays: the file `scripts/demo` writes and this stand-in reads.
 *
 * Input: any JSON. Output: a checked `ShopSeed`, defaults filled in; a fault throws with the path of the field.
 * It holds only what Shopify itself would know of a shop (products, locations, levels, zones, customers) and the
 * stories of the control bar. Nothing of Kept's own network is in it: the app learns the shop through the Admin API.
 *
 * Conventions: ids are the numbers inside Shopify's GIDs and may be any distinct whole numbers; money is minor units
 * of the shop's currency; texts are by language (`en` is the fallback); pictures are drawn SVG documents.
 */
import { z } from 'zod';
import { FAULT_KINDS } from './admin/faults.ts';
import { themeDataSchema } from './theme/theme-schema.ts';

const id = z.int().min(1);
const minor = z.int().min(0).max(1_000_000_000);
const country = z.string().regex(/^[A-Z]{2}$/);
const currency = z.string().regex(/^[A-Z]{3}$/);

export const SHOP_LANGUAGES = ['en', 'it', 'fr', 'de', 'es'] as const;
/** A language the storefront, the checkout and the pages after it are written in. */
export type ShopLanguage = (typeof SHOP_LANGUAGES)[number];
const language = z.enum(SHOP_LANGUAGES);

/** A text by language; `en` must be there, a missing language falls back to it. */
const text = z.object({ en: z.string().min(1) }).catchall(z.string().min(1));
export type LocalizedText = z.infer<typeof text>;

/** A postal address as a shopper or a merchant types it. */
export const addressSchema = z.strictObject({
  firstName: z.string().default(''),
  lastName: z.string().default(''),
  company: z.string().default(''),
  address1: z.string(),
  address2: z.string().default(''),
  city: z.string(),
  zip: z.string(),
  provinceCode: z.string().default(''),
  countryCode: country,
  phone: z.string().default(''),
});
export type SeedAddress = z.infer<typeof addressSchema>;

/** How long Shopify lets a merchant say a pickup order takes (`DeliveryLocalPickupTime`). */
export const PICKUP_TIMES = [
  'ONE_HOUR',
  'TWO_HOURS',
  'FOUR_HOURS',
  'TWENTY_FOUR_HOURS',
  'TWO_TO_FOUR_DAYS',
  'FIVE_OR_MORE_DAYS',
] as const;
export type PickupTime = (typeof PICKUP_TIMES)[number];

const locationSchema = z.strictObject({
  id,
  name: z.string().min(1),
  address1: z.string(),
  address2: z.string().default(''),
  city: z.string(),
  zip: z.string(),
  provinceCode: z.string().default(''),
  countryCode: country,
  phone: z.string().default(''),
  latitude: z.number().min(-90).max(90).optional(),
  longitude: z.number().min(-180).max(180).optional(),
  isActive: z.boolean().default(true),
  fulfillsOnlineOrders: z.boolean().default(true),
  /** Native local pickup as the merchant set it before any app; null: off. */
  localPickup: z
    .strictObject({ pickupTime: z.enum(PICKUP_TIMES), instructions: z.string().default('') })
    .nullable()
    .default(null),
});

const variantSchema = z.strictObject({
  id,
  inventoryItemId: id,
  sku: z.string().min(1),
  /** Values of the product's options in their order, as `["M"]`. */
  optionValues: z.array(z.string().min(1)).max(3),
  priceMinor: minor,
  weightGrams: z.int().min(0),
  requiresShipping: z.boolean().default(true),
  taxable: z.boolean().default(true),
  inventoryPolicy: z.enum(['DENY', 'CONTINUE']).default('DENY'),
  /** A bundle: it is built from other variants and its stock follows theirs, so no app may write it. */
  requiresComponents: z.boolean().default(false),
  /** Units `available` by location id; a location not named does not stock the item. */
  available: z.record(z.string().regex(/^\d+$/), z.int()).default({}),
});

const productSchema = z.strictObject({
  id,
  handle: z.string().regex(/^[a-z0-9-]+$/),
  title: text,
  description: text,
  /** The brand; one of `brands[].name`. */
  vendor: z.string(),
  productType: z.string(),
  tags: z.array(z.string()).default([]),
  options: z.array(z.string()).max(3).default(['Size']),
  /** A whole `<svg>` document: the drawn picture. `alt` says what it shows. */
  image: z.strictObject({ svg: z.string().startsWith('<svg'), alt: text }),
  variants: z.array(variantSchema).min(1).max(100),
});

const flatRateSchema = z.strictObject({
  id,
  name: z.string().min(1),
  description: z.string().default(''),
  priceMinor: minor,
  /** Whole basket weight the rate is for, `[min, max)`; absent: any. */
  minGrams: z.int().min(0).optional(),
  maxGrams: z.int().min(0).optional(),
  /** What the merchant falls back on while his plan has no calculated rates; hidden beside them. */
  isStandIn: z.boolean().default(false),
});

const zoneSchema = z.strictObject({
  id,
  name: z.string().min(1),
  countries: z.array(country).min(1),
  rates: z.array(flatRateSchema).default([]),
});

/** The general delivery profile: which locations ship to which zones at which of the merchant's own rates. */
const profileSchema = z.strictObject({
  id,
  name: z.string().default('General profile'),
  locationGroups: z
    .array(
      z.strictObject({
        id,
        locationIds: z.array(id).min(1),
        zones: z.array(zoneSchema).min(1),
      }),
    )
    .min(1),
});

const customerSchema = z.strictObject({
  id,
  firstName: z.string(),
  lastName: z.string(),
  email: z.email(),
  phone: z.string().default(''),
  language: language.default('en'),
  tags: z.array(z.string()).default([]),
  addresses: z.array(addressSchema).default([]),
});

/**
 * What another system (an ERP, a marketplace) tells the app at a story's instant, with the key it was given.
 * In texts `{instant}` becomes the story's instant, and `{run}` a name that sorts behind those of earlier tellings.
 */
const callSchema = z.strictObject({
  /** Whose key: the file `<system>-key.txt` in the folder of keys. */
  system: z.string().regex(/^[a-z-]+$/),
  path: z.string().startsWith('/v1/'),
  body: z.json(),
});
export type StoryCall = z.infer<typeof callSchema>;

/** One story of the control bar: it sets clock, address, basket, stock and weather for an interesting edge. */
const storySchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string().min(1),
  text: z.string().min(1),
  /** The instant the clock jumps to, ISO 8601 with offset. */
  instant: z.iso.datetime({ offset: true }),
  address: addressSchema,
  cart: z.array(z.strictObject({ sku: z.string(), quantity: z.int().min(1).max(999) })).min(1),
  language: language.optional(),
  /** Who is logged in; absent: nobody. */
  customerId: id.optional(),
  /** In this order, after the clock has jumped: what other systems tell the app, then sales on other channels. */
  calls: z.array(callSchema).default([]),
  sales: z
    .array(
      z.strictObject({
        source: z.string().min(1),
        lines: z
          .array(z.strictObject({ sku: z.string(), quantity: z.int().min(1).max(999) }))
          .min(1),
        locationId: id.optional(),
        /** Where it goes and how, for an order that is to be routed. */
        address: addressSchema.optional(),
        email: z.email().optional(),
        rate: z
          .strictObject({ code: z.string(), title: z.string(), priceMinor: minor.default(0) })
          .optional(),
      }),
    )
    .default([]),
  /** What goes wrong in the Admin API while it is told; telling any story first ends all faults. */
  faults: z
    .array(
      z.strictObject({
        kind: z.enum(FAULT_KINDS),
        operation: z.string().optional(),
        rate: z.number().optional(),
        count: z.int().optional(),
      }),
    )
    .default([]),
});
export type Story = z.infer<typeof storySchema>;

const shopSeedSchema = z.strictObject({
  format: z.literal(1),
  shop: z.strictObject({
    id,
    domain: z.string().regex(/^[a-z0-9-]+\.myshopify\.com$/),
    name: z.string().min(1),
    email: z.email(),
    timeZone: z.string(),
    countryCode: country,
    currency,
    /** Published languages, the primary first. */
    languages: z.array(language).min(1),
    /** Other currencies shoppers pay in: units of it for one unit of the shop's currency. */
    presentmentCurrencies: z
      .array(
        z.strictObject({
          code: currency,
          rate: z.number().positive(),
          countries: z.array(country),
        }),
      )
      .default([]),
    /** Countries the shop sells to, in the order the form lists them. */
    sellsTo: z.array(country).min(1),
  }),
  brands: z.array(z.strictObject({ name: z.string(), handle: z.string(), tagline: text })).min(1),
  locations: z.array(locationSchema).min(1),
  products: z.array(productSchema).min(1),
  deliveryProfile: profileSchema,
  /** Shown when a carrier service answers 404, 5xx or not in time. */
  backupRates: z.array(flatRateSchema).default([]),
  customers: z.array(customerSchema).default([]),
  stories: z.array(storySchema).default([]),
  /** The theme as the merchant saved it before; templates and embeds that are not named are as the theme's files. */
  theme: themeDataSchema.optional(),
  /** Where the clock stands at the first start; absent: the real time. */
  startsAt: z.iso.datetime({ offset: true }).optional(),
});

/** A shop as `scripts/demo` writes it, defaults not yet filled in. */
export type ShopSeedInput = z.input<typeof shopSeedSchema>;
/** A shop as the local Shopify reads it. */
export type ShopSeed = z.infer<typeof shopSeedSchema>;
export type SeedProduct = ShopSeed['products'][number];
export type SeedVariant = SeedProduct['variants'][number];
export type SeedLocation = ShopSeed['locations'][number];
export type FlatRate = ShopSeed['backupRates'][number];

/** Checks a seed file; throws an Error that names each wrong field by its path. */
export function parseShopSeed(json: unknown): ShopSeed {
  const parsed = shopSeedSchema.safeParse(json);
  if (!parsed.success) {
    throw new Error(`The shop seed does not fit: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

/** The text in this language, else English. */
export function localize(value: LocalizedText, wanted: ShopLanguage): string {
  return value[wanted] ?? value.en;
}
