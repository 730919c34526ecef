/**
 * The JSON Schemas of what `kept` reads and prints: docs/schemas/{world,request,answer,sellable,route-instance,
 * route,problem}.json.
 *
 * World and request come from the very zod schemas that parse them (backend/network/world.ts), so they
 * cannot say anything else; what no schema can say (names that must exist, tiers that must touch) is in
 * docs/cli.md. A test proves the committed files current and holds real answers against theirs.
 *
 * Usage: node scripts/cli-schemas.ts            writes the files
 *        node scripts/cli-schemas.ts --check    exits 1 when a committed file differs
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { requestSchema, worldSchema } from '../backend/network/world.ts';
import { FENCES, PENALTIES } from '../backend/routing/decision.ts';
import { LINE_CODES } from '../backend/stock/figures/lines.ts';
import { routeInstanceSchema } from './kept-route.ts';

const FOLDER = join(import.meta.dirname, '..', 'docs', 'schemas');

const instant = z.iso.datetime({ offset: true }).describe('An instant with offset, seconds shown.');
const day = z.iso.date();
const whole = z.int().min(0);
const method = z.enum(['home', 'pickup_point', 'store_pickup']);
const factValue = z.union([z.string(), z.number(), z.boolean()]);
/** A stable snake_case code and its plain facts. */
const reason = z.object({ code: z.string() }).catchall(factValue);

const parcel = z.strictObject({
  nodeId: z.string(),
  serviceCode: z.string(),
  lines: z.array(
    z.strictObject({ sku: z.string(), quantity: z.int().min(1), fromIncoming: whole }),
  ),
  readyAt: instant,
  departsAt: instant,
  deliveryOn: day,
  costMinor: whole,
  co2Grams: whole,
  distanceMeters: whole,
});

const option = z.strictObject({
  method,
  serviceCode: z.string(),
  window: z.strictObject({ from: instant, to: instant }),
  timeZone: z.string(),
  promisedOn: day,
  orderBy: instant,
  parcels: z.array(parcel).min(1),
  priceMinor: whole,
  costMinor: whole,
  co2Grams: whole,
  greenest: z.boolean(),
  confidence: z.number().min(0).max(1).nullable(),
  quality: z.enum(['full', 'estimate']),
  withinTwoHours: z.boolean(),
  reasons: z.array(reason),
});

const absent = z.strictObject({
  method,
  serviceCode: z.string(),
  code: z.enum([
    'no_lane',
    'restricted',
    'limit',
    'no_price',
    'no_departure',
    'no_stock',
    'no_opening',
  ]),
  facts: z.record(z.string(), factValue),
});

/** What `kept quote` prints when it answers. */
export const answerSchema = z.strictObject({
  evaluatedAt: instant,
  options: z.array(option),
  absent: z.array(absent),
});

const figure = z.strictObject({
  sku: z.string(),
  channel: z.string(),
  units: whole.describe('What the channel may sell: the sum of the lines.'),
  free: whole,
  pool: whole,
  visible: whole,
  lines: z.array(
    z.strictObject({
      code: z.enum(LINE_CODES),
      units: z.int(),
      nodeId: z.string().optional(),
      source: z.string().optional(),
    }),
  ),
  levels: z
    .array(z.strictObject({ nodeId: z.string(), units: z.int().min(1) }))
    .describe('The part of the channel’s figure, as anyone sees it, that stands at each node.'),
});

/** What `kept sellable --json` prints when it answers. */
export const sellableSchema = z.strictObject({
  evaluatedAt: instant,
  customerTags: z.array(z.string()),
  figures: z.array(figure),
});

const fence = z.enum(FENCES);
const pointsRows = z.array(
  z.strictObject({
    rule: z.enum(PENALTIES),
    points: whole,
    facts: z.record(z.string(), factValue),
  }),
);
const takenLine = z.strictObject({ lineId: z.string(), sku: z.string(), quantity: whole });

const routedParcel = z.strictObject({
  nodeId: z.string(),
  serviceCode: z.string().nullable().describe('null: collected at the node.'),
  lines: z.array(takenLine).min(1),
  readyAt: instant,
  departsAt: instant,
  endsAt: instant.describe('End of the window, exclusive.'),
  startBy: instant.describe('Work begun before it still keeps the promise.'),
  costMinor: whole,
  points: pointsRows,
  alternatives: z.array(
    z.strictObject({
      nodeId: z.string(),
      points: whole,
      costMinor: whole,
      departsAt: instant,
      endsAt: instant,
      startBy: instant,
    }),
  ),
});

/** What `kept route --json` prints when it answers. */
export const routeSchema = z.strictObject({
  evaluatedAt: instant,
  orders: z.array(
    z.strictObject({
      orderId: z.string(),
      ruleset: z.string(),
      lateDays: whole,
      points: whole,
      isExact: z.boolean(),
      parcels: z.array(routedParcel),
      unplaced: z.array(
        takenLine.extend({
          reason: z.union([
            fence,
            z.enum(['unknown_sku', 'no_address', 'unknown_node', 'contradictory_rules']),
          ]),
          expected: z
            .strictObject({ nodeId: z.string(), usableAt: instant, endsAt: instant })
            .optional(),
        }),
      ),
      candidates: z.array(
        z.strictObject({
          nodeId: z.string(),
          verdict: z.enum(['chosen', 'fenced', 'outscored']),
          fence: fence.optional(),
          facts: z.record(z.string(), factValue),
          points: pointsRows,
          behindPoints: whole.optional(),
        }),
      ),
      notListed: whole,
      sentences: z.array(z.string()),
    }),
  ),
});

/** What it prints, with exit code 2, when the input cannot be used (RFC 9457). */
export const problemSchema = z.strictObject({
  type: z.literal('/problems/invalid_input'),
  title: z.string(),
  detail: z.string(),
  errors: z.array(
    z.strictObject({
      /** RFC 6901, into the file that `detail` names. */
      pointer: z.string(),
      value: z.unknown().optional(),
      allowed: z.string(),
      remedy: z.string(),
    }),
  ),
});

const SCHEMAS = {
  world: { schema: worldSchema, title: 'World: a network, its products and its stock' },
  request: { schema: requestSchema, title: 'Request: one shopper’s question' },
  answer: { schema: answerSchema, title: 'Answer of kept quote' },
  sellable: { schema: sellableSchema, title: 'Answer of kept sellable' },
  'route-instance': {
    schema: routeInstanceSchema,
    title: 'Instance of kept route: a world, routing settings, orders',
  },
  route: { schema: routeSchema, title: 'Answer of kept route --json' },
  problem: { schema: problemSchema, title: 'Problem: an input that cannot be used' },
} as const;

/** The text of every schema file, by file name. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(SCHEMAS).map(([name, { schema, title }]) => {
      const document = { ...z.toJSONSchema(schema, { io: 'input' }), title };
      return [`${name}.json`, `${JSON.stringify(document, undefined, 2)}\n`];
    }),
  );
}

/** The committed text of a schema file; empty when there is none. */
export function committedSchema(name: string): string {
  const file = join(FOLDER, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function main(): void {
  const isCheck = process.argv.includes('--check');
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, text] of schemaFiles()) {
    if (committedSchema(name) === text) continue;
    if (isCheck) {
      process.stderr.write(
        `docs/schemas/${name} is not current: run node scripts/cli-schemas.ts\n`,
      );
      process.exitCode = 1;
    } else writeFileSync(join(FOLDER, name), text);
  }
}

if (import.meta.main) main();
