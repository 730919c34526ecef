/**
 * The policy section `inventory`: how stock and Shopify meet in this shop (platform decisions 13 to 15).
 *
 * Which topology, which channel's figure Shopify's locations show, and for each node who says what stands there. A node
 * is Shopify's until its stock is sent to us: then it is listed in `keptNodes`, Kept writes its location, and what was
 * imported last is its opening count. In: an unknown value. Out: the section, or the first fault with the next step;
 * what Shopify cannot express is refused with that reason.
 */
import { z } from 'zod';
import { type Result, refuseInput } from '../../base/result.ts';

/** The section's name. */
export const INVENTORY_SECTION = 'inventory';

const locationNumber = z.string().regex(/^\d{1,20}$/);
const code = z.string().min(1).max(120);

const schema = z.strictObject({
  /**
   * `mirror`: a location shows its node's part. `aggregate`: one online location shows the channel's whole figure.
   * `parked`: mirror, and what is withheld stands as safety stock, so that Shopify's on hand stays the physical count.
   */
  topology: z.enum(['mirror', 'aggregate', 'parked']).default('mirror'),
  /** The channel whose figure the locations show; one the network does not name draws on every node. */
  channel: code.default('online'),
  /** Locations that stand for another channel, as a connector's virtual location for a marketplace. */
  locations: z
    .array(z.strictObject({ locationId: locationNumber, channel: code }))
    .max(2_000)
    .default([]),
  /** With `aggregate`: the one location that sells online. */
  onlineLocationId: locationNumber.optional(),
  /** Nodes whose stock systems send to Kept; the others are Shopify's. */
  keptNodes: z.array(code).max(2_000).default([]),
  /** Those of them whose system also books what leaves the node: a shipment then lowers on hand by its event alone. */
  shipmentsBookedBySystem: z.array(code).max(2_000).default([]),
});

/** The section, defaults filled in. */
export type InventorySettings = z.output<typeof schema>;

/** A shop that decided nothing: Shopify says what stands where, and Kept writes nothing. */
export const DEFAULT_INVENTORY: InventorySettings = schema.parse({});

const ONE_LEVEL =
  'Shopify keeps one quantity for an item at a location, so a location can show one figure only.';

/** Reads the section. */
export function parseInventorySettings(value: unknown): Result<InventorySettings> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const pointer = (issue?.path ?? []).map((step) => `/${String(step)}`).join('');
    return refuseInput({
      pointer,
      allowed: issue?.message ?? 'a section as described in docs/runbooks/sync.md',
      remedy: 'Correct the field and save again.',
    });
  }
  return refuseImpossible(parsed.data) ?? { ok: true, value: parsed.data };
}

function refuseImpossible(settings: InventorySettings): Result<InventorySettings> | undefined {
  const { topology, locations, onlineLocationId, keptNodes } = settings;
  const twice = firstRepeated(locations.map((one) => one.locationId));
  if (twice >= 0) {
    const remedy = 'Keep one of the rows, or give the other channel a location of its own.';
    return refuseInput({ pointer: `/locations/${twice}`, allowed: ONE_LEVEL, remedy });
  }
  const node = firstRepeated(keptNodes);
  if (node >= 0) {
    const allowed = 'each node once';
    return refuseInput({ pointer: `/keptNodes/${node}`, allowed, remedy: 'Remove one of them.' });
  }
  const foreign = settings.shipmentsBookedBySystem.findIndex((one) => !keptNodes.includes(one));
  if (foreign >= 0) {
    return refuseInput({
      pointer: `/shipmentsBookedBySystem/${foreign}`,
      value: settings.shipmentsBookedBySystem[foreign] ?? '',
      allowed: 'a node of keptNodes: at the others Shopify books what leaves',
      remedy: 'Add the node to keptNodes, or remove it here.',
    });
  }
  if (topology === 'aggregate' && onlineLocationId === undefined) {
    return refuseInput({
      pointer: '/onlineLocationId',
      allowed: 'the number of the one location that sells online, with the topology aggregate',
      remedy: 'Choose the location, or the topology mirror.',
    });
  }
  if (topology !== 'aggregate' && onlineLocationId !== undefined) {
    return refuseInput({
      pointer: '/onlineLocationId',
      value: onlineLocationId,
      allowed: `nothing with the topology ${topology}: every location shows its own part`,
      remedy: 'Remove it, or choose the topology aggregate.',
    });
  }
  const taken = locations.findIndex((one) => one.locationId === onlineLocationId);
  if (taken < 0) return undefined;
  const remedy = 'Remove the row: this location shows the figure of /channel.';
  return refuseInput({ pointer: `/locations/${taken}`, allowed: ONE_LEVEL, remedy });
}

function firstRepeated(values: readonly string[]): number {
  return values.findIndex((value, index) => values.indexOf(value) !== index);
}
