/**
 * What the console's endpoints accept, checked at the edge: query strings and bodies.
 */
import { z } from 'zod';
import { type Result, refuseInput } from '../base/result.ts';
import { fieldProblems } from '../network/field-problems.ts';
import { productSchema, stockSchema as stockRowSchema } from '../network/world.ts';
import { SETUP_ACTIONS } from './setup-view.ts';
import { COLLECTIONS } from './view.ts';

// A body of half a megabyte holds about as many.
const MOST_ROWS = 5_000;

const collection = z.enum(COLLECTIONS);
const entry = z.record(z.string(), z.unknown());

/** `GET /network/:collection?search=&page=`, or `?key=` for one entry. */
export const pageSchema = z.object({
  collection,
  search: z.string().max(120).default(''),
  key: z.string().max(200).optional(),
  page: z.coerce.number().int().min(1).max(10_000).default(1),
});

/** `GET /stock/figures?sku=&tags=vip,staff`. */
export const figuresSchema = z.object({
  sku: z.string().min(1).max(120),
  tags: z
    .string()
    .max(1_000)
    .default('')
    .transform((text) => text.split(',').filter((tag) => tag !== '')),
});

/** `GET /stock/movements?sku=&nodeId=`. */
export const movementsSchema = z.object({
  sku: z.string().min(1).max(120),
  nodeId: z.string().min(1).max(120),
});

/** `POST /sync/retry`. */
export const retrySchema = z.strictObject({
  levels: z.union([
    z.literal('all'),
    z
      .array(z.strictObject({ locationId: z.int().min(1), itemId: z.int().min(1) }))
      .min(1)
      .max(1_000),
  ]),
});

/** `POST /network/edits`. At most so many edits as a person makes between two saves. */
export const editsSchema = z.strictObject({
  basedOnVersion: z.int().min(0),
  edits: z
    .array(
      z.discriminatedUnion('collection', [
        z.strictObject({ collection: z.literal('policy'), key: z.null(), value: entry }),
        ...COLLECTIONS.map((name) =>
          z.strictObject({
            collection: z.literal(name),
            key: z.string().max(200).nullable(),
            value: entry.nullable(),
          }),
        ),
      ]),
    )
    .min(1)
    .max(100),
});

/** Sections with a form of their own, saved whole. */
const FORM_SECTIONS = ['routing', 'messages', 'outcome', 'fulfillment'] as const;

/** `POST /policy`: whole sections, as an import writes them. Each is parsed by its owner when it is saved. */
export const sectionsSchema = z.strictObject({
  basedOnVersion: z.int().min(0),
  sections: z.partialRecord(z.enum(['network', 'surfaces', 'inventory', ...FORM_SECTIONS]), entry),
});

/** `GET /sections/:name`. */
export const sectionSchema = z.object({ name: z.enum(FORM_SECTIONS) });

/** `POST /stock`: rows of an import; each replaces what was known of its key. */
export const stockSchema = z.strictObject({
  products: z.array(productSchema).max(MOST_ROWS).default([]),
  stock: z.array(stockRowSchema).max(MOST_ROWS).default([]),
  loads: z
    .array(
      z.strictObject({
        nodeId: z.string().min(1).max(120),
        backlogUnits: z.int().min(0).max(1_000_000_000),
        backlogAsOf: z.iso.datetime({ offset: true }).optional(),
        ordersByDate: z.record(z.iso.date(), z.int().min(0)).default({}),
      }),
    )
    .max(MOST_ROWS)
    .default([]),
});
export type StockImport = z.infer<typeof stockSchema>;

/** `GET /stock?sku=`. */
export const skuSchema = z.object({ sku: z.string().min(1).max(120) });

/** `POST /incoming`: what is on its way of a SKU to a place, in place of what was said before. */
export const incomingSchema = z.strictObject({
  sku: z.string().min(1).max(120),
  nodeId: z.string().min(1).max(120),
  incoming: stockRowSchema.shape.incoming,
});

/** `POST /date-test`. */
export const dateTestSchema = z.strictObject({
  now: z.iso.datetime({ offset: true }),
  lines: z
    .array(z.strictObject({ sku: z.string().min(1).max(120), quantity: z.int().min(1).max(9_999) }))
    .min(1)
    .max(50),
  destination: z.strictObject({
    country: z.string().regex(/^[A-Z]{2}$/, 'a two-letter country code in capitals, as IT'),
    postalCode: z.string().max(20),
  }),
  currency: z.string().regex(/^[A-Z]{3}$/, 'a currency code of three capitals, as EUR'),
  channel: z.string().min(1).max(120),
  customerTags: z.array(z.string().min(1).max(255)).max(50),
});

/** `GET /places?country=&postalCode=&region=`. */
export const placeSchema = z.object({
  country: z.string().regex(/^[A-Z]{2}$/, 'a two-letter country code in capitals, as IT'),
  postalCode: z.string().max(20).default(''),
  region: z.string().max(12).default(''),
});

/** `GET /products?search=`. */
export const productSearchSchema = z.object({ search: z.string().max(120).default('') });

const gid = z.string().min(1).max(200);

/** `POST /setup/:action`; `zones` only to attach. */
export const setupActionSchema = z.object({
  action: z.enum(SETUP_ACTIONS),
  zones: z
    .array(z.strictObject({ profileId: gid, groupId: gid, zoneId: gid }))
    .max(500)
    .default([]),
});

/** `GET /network/force?version=`. */
export const forceSchema = z.object({ version: z.coerce.number().int().min(0) });

/** Parses by a schema; refuses with the first problem, its pointer from the input's root. */
export function parseInput<Value>(schema: z.ZodType<Value>, input: unknown): Result<Value> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [problem] = fieldProblems(parsed.error, input);
  return refuseInput({
    pointer: problem?.pointer ?? '',
    allowed: problem?.allowed ?? 'the documented shape',
    remedy: 'Correct the field and send it again.',
  });
}
