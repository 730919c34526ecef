/**
 * What does Shopify really say of these levels, and what follows (platform decision 14)?
 *
 * In: levels that somebody has to look at: the compare was stale, a change was not ours, a level was never read. They
 * are read with `available` and `committed` together; what Shopify has committed beyond the orders we know becomes part
 * of the figure; the figure is worked out anew and booked together with the read, so the next write compares with what
 * was read and deducts every order once. Invariants: a figure that is older than the read is never written over it; a
 * change that no order explains makes the recent orders be fetched first; the chunk that asked ends in the transaction
 * that books the answer, so a death on the way only reads again.
 */
import { InventoryItemsAtLocationRead } from '../../../graphql/admin/generated/documents.ts';
import type { ShopId } from '../../base/ids.ts';
import { type AdminClient, expectAnswer } from '../admin-client.ts';
import { numberOfGid } from '../gid.ts';
import { itemGid, locationGid } from './calls.ts';
import type { PlannedLevels, ReadLevel } from './chunk-rows.ts';
import type { FigureSource } from './figures.ts';
import type { LevelStore } from './level-store.ts';
import type { OutboxStore } from './outbox-store.ts';
import type { OnStep } from './steps.ts';

export type ReaderDeps = {
  readonly admin: AdminClient;
  readonly outbox: OutboxStore;
  readonly levels: LevelStore;
  readonly figures: FigureSource;
  readonly now: () => Temporal.Instant;
  readonly onStep: OnStep;
};

// Three objects and four quantities an item: a query of 100 stays far below Shopify's most (1,000 points).
const ITEMS_A_QUERY = 100;
const CHUNKS_A_ROUND = 250;
const NAMES = ['available', 'committed', 'safety_stock'];

/** Reads what waits to be read; says how many levels were. */
export async function readWaiting(deps: ReaderDeps, shopId: ShopId): Promise<number> {
  const asked = await deps.outbox.openReads(shopId, CHUNKS_A_ROUND);
  if (asked.seqs.length === 0) return 0;
  const asOf = deps.now().toString();
  const read = await readLevels(deps.admin, shopId, asked);
  deps.onStep('read');
  const before = await deps.levels.known(shopId, read);
  // Something besides a sale changed a level we write: an order we have not heard of may explain it.
  if (before.some((one) => one.isUnexplained)) await deps.figures.fetchOrders(shopId);
  const committed = await deps.levels.committedWith(shopId, read, asOf);
  const version = await deps.figures.tellCommitted(shopId, committed);
  deps.onStep('committed_told');
  const skus = committed.map(({ sku }) => sku);
  const planned = toPlanned(await deps.figures.figuresOf(shopId, skus, version), 'sale');
  await deps.outbox.bookReads(shopId, { levels: read, planned, consumed: asked.seqs }, deps.now());
  deps.onStep('read_booked');
  return read.length;
}

/** Figures as the outbox takes them. */
export function toPlanned(
  figures: Awaited<ReturnType<FigureSource['figuresOf']>>,
  lane: PlannedLevels['lane'],
): PlannedLevels {
  const { version, levels } = figures;
  return {
    version,
    lane,
    locations: levels.map((one) => one.locationId),
    items: levels.map((one) => one.itemId),
    targets: levels.map((one) => one.units),
    parked: levels.map((one) => one.parked),
  };
}

type Refs = { readonly locations: readonly number[]; readonly items: readonly number[] };

/** Reads levels, many items of one location at a time. An item that is gone is not stocked. */
async function readLevels(
  admin: AdminClient,
  shopId: ShopId,
  { locations, items }: Refs,
): Promise<readonly ReadLevel[]> {
  const byLocation = new Map<number, Set<number>>();
  for (const [index, itemId] of items.entries()) {
    const locationId = locations[index] ?? 0;
    const ofLocation = byLocation.get(locationId) ?? new Set();
    byLocation.set(locationId, ofLocation.add(itemId));
  }
  const queries: Promise<readonly ReadLevel[]>[] = [];
  for (const [locationId, itemIds] of byLocation) {
    const all = [...itemIds];
    for (let start = 0; start < all.length; start += ITEMS_A_QUERY) {
      const some = all.slice(start, start + ITEMS_A_QUERY);
      queries.push(readAtLocation(admin, shopId, { locationId, itemIds: some }));
    }
  }
  return (await Promise.all(queries)).flat();
}

async function readAtLocation(
  admin: AdminClient,
  shopId: ShopId,
  { locationId, itemIds }: { locationId: number; itemIds: readonly number[] },
): Promise<readonly ReadLevel[]> {
  const variables = {
    ids: itemIds.map(itemGid),
    locationId: locationGid(locationId),
    names: NAMES,
  };
  const answer = await admin.send(shopId, InventoryItemsAtLocationRead, variables, {
    lane: 'sale',
  });
  const found = new Map<number, ReadLevel>();
  for (const node of expectAnswer(answer).nodes) {
    if (node === null || !('id' in node) || node.inventoryLevel === null) continue;
    const { quantities, updatedAt } = node.inventoryLevel;
    const of = (name: string) => quantities.find((one) => one.name === name)?.quantity ?? 0;
    const itemId = Number(numberOfGid(node.id));
    found.set(itemId, {
      locationId,
      itemId,
      quantities: {
        available: of('available'),
        committed: of('committed'),
        parked: of('safety_stock'),
      },
      updatedAt,
    });
  }
  return itemIds.map(
    (itemId) => found.get(itemId) ?? { locationId, itemId, quantities: null, updatedAt: NEVER },
  );
}

// A level that is not there has no instant of its own; it must not hide what is known of a later one.
const NEVER = '1970-01-01T00:00:00Z';
