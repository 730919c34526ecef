/**
 * The policy section `surfaces`: what the merchant decided about how Kept meets his shop.
 *
 * Which location is which node, which of his own rates stands for which service (platform decision 4), whether options
 * are sorted by date, and whether Kept keeps native pickup true. Nothing in it comes from Shopify; what the plan allows
 * is in `capabilities`. A node whose id is the location's number, or `location-<number>`, is bound without being listed.
 */
import { z } from 'zod';
import { type Result, refuseInput } from '../base/result.ts';

// A Function reads at most 10,000 bytes of settings; our own codes and the frame take the rest.
const MOST_BINDING_BYTES = 9_500;

const locationNumber = z.string().regex(/^\d{1,20}$/);
const code = z.string().min(1).max(120);

const schema = z.strictObject({
  /** Shopify location (number) → node. */
  locations: z
    .array(z.strictObject({ locationId: locationNumber, nodeId: code }))
    .max(2_000)
    .default([]),
  /** Code of a merchant's own rate, as checkout knows it (its name) → Kept service. Others are never touched. */
  rateBindings: z
    .array(z.strictObject({ rateCode: z.string().min(1).max(255), serviceCode: code }))
    .max(200)
    .default([]),
  /** Sorts options by date behind the cheapest; off until the merchant wants it. */
  sortsByDate: z.boolean().default(false),
  /** Kept sets "usually ready in …" of each store, and switches pickup off when it cannot be kept. */
  managesPickup: z.boolean().default(true),
  /** Units of a basket that native pickup has to hold for; larger ones take longer where units take time. */
  pickupBasketUnits: z.int().min(1).max(100).default(3),
  /** What to bring and where to ask; written to Shopify beside the pickup time. */
  pickupInstructions: z.string().max(500).default(''),
});

/** The section, defaults filled in. */
export type Surfaces = z.output<typeof schema>;

/** A shop that decided nothing yet. */
export const DEFAULT_SURFACES: Surfaces = schema.parse({});

/** Reads the section; refuses the first fault, and two rows that say different things of one location or rate. */
export function parseSurfaces(value: unknown): Result<Surfaces> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const pointer = (issue?.path ?? []).map((step) => `/${String(step)}`).join('');
    return refuseInput({
      pointer,
      allowed: issue?.message ?? 'a section as described in docs/install.md',
      remedy: 'Correct the field and save again.',
    });
  }
  const { locations, rateBindings } = parsed.data;
  const location = firstRepeated(locations.map((one) => one.locationId));
  if (location >= 0) return refuseRepeated(`/locations/${location}`, 'One location is one node.');
  const node = firstRepeated(locations.map((one) => one.nodeId));
  if (node >= 0) return refuseRepeated(`/locations/${node}`, 'One node is one location.');
  const rate = firstRepeated(rateBindings.map((one) => one.rateCode));
  if (rate >= 0) return refuseRepeated(`/rateBindings/${rate}`, 'One rate stands for one service.');
  const bytes = Buffer.byteLength(JSON.stringify(rateBindings.map(Object.values)));
  if (bytes > MOST_BINDING_BYTES) {
    return refuseInput({
      pointer: '/rateBindings',
      value: bytes,
      allowed: `at most ${MOST_BINDING_BYTES} bytes of names and codes together`,
      remedy: 'Bind fewer rates, or give them shorter names: the Function reads all of them.',
    });
  }
  return { ok: true, value: parsed.data };
}

function firstRepeated(values: readonly string[]): number {
  return values.findIndex((value, index) => values.indexOf(value) !== index);
}

function refuseRepeated(pointer: string, allowed: string) {
  return refuseInput({ pointer, allowed, remedy: 'Remove one of the two rows.' });
}

/** The node a location stands for; undefined: none. `nodeIds` are those of the network. */
export function nodeOfLocation(
  surfaces: Surfaces,
  locationId: string,
  nodeIds: ReadonlySet<string>,
): string | undefined {
  const listed = surfaces.locations.find((one) => one.locationId === locationId)?.nodeId;
  const candidates = listed === undefined ? [locationId, `location-${locationId}`] : [listed];
  return candidates.find((nodeId) => nodeIds.has(nodeId));
}

/** The Kept service a merchant's own rate stands for; undefined: it was never bound. */
export function serviceOfRate(surfaces: Surfaces, rateCode: string): string | undefined {
  return surfaces.rateBindings.find((one) => one.rateCode === rateCode)?.serviceCode;
}
