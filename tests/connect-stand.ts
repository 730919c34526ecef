/**
 * Connections, intake and imports over a real database and the real ledger, without HTTP, for tests.
 *
 * The shop knows SKUs S-0 … S-999 and the nodes MILANO and ROMA; the clock stands still until it is set.
 */
import type { ShopId } from '../backend/base/ids.ts';
import { createActivityStore } from '../backend/connect/activity-store.ts';
import { createConnectionStore } from '../backend/connect/connection-store.ts';
import { type Caller, createConnectionService } from '../backend/connect/connections.ts';
import type { Step } from '../backend/connect/import-file.ts';
import { createImportStore } from '../backend/connect/import-store.ts';
import { createImports } from '../backend/connect/imports.ts';
import { createIntake, type LedgerVerdict } from '../backend/connect/intake.ts';
import { createIntakeStore } from '../backend/connect/intake-store.ts';
import { createStockedReader } from '../backend/connect/movement-reader.ts';
import { createReplay } from '../backend/connect/replay.ts';
import type { LedgerEvent } from '../backend/connect/stock-rows.ts';
import { type Bus, createLocalBus } from '../backend/platform/bus.ts';
import { fixedClock } from '../backend/platform/clock.ts';
import { openDatabase } from '../backend/platform/database.ts';
import { createIdSource } from '../backend/platform/signing.ts';
import { createLedgerService } from '../backend/stock/ledger/service.ts';
import { quietLog } from './worlds/live-shop.ts';

export const NOW = Temporal.Instant.from('2026-11-27T10:00:00Z');
export const NODES = ['MILANO', 'ROMA'] as const;
const SKUS = 1_000;

/** The name of one of the shop's SKUs. */
export const skuOf = (number: number) => `S-${number}`;

/** What a shop is told; tests may take SKUs away and give them back. */
export type Known = { readonly skus: Set<string>; readonly nodes: Set<string> };

/** Builds the stand on a database. */
export function connectStand(
  appUrl: string,
  options: { readonly atStep?: Step; readonly bus?: Bus; readonly skus?: number } = {},
) {
  const db = openDatabase<unknown>({
    url: appUrl,
    assumesAppRole: false,
    maxConnections: 6,
    onIdleError: () => undefined,
  });
  const clock = fixedClock(NOW);
  const now = () => clock.now();
  const known: Known = {
    skus: new Set(Array.from({ length: options.skus ?? SKUS }, (_, number) => skuOf(number))),
    nodes: new Set(NODES),
  };
  const ledger = createLedgerService({
    db,
    clock,
    knownNodes: async () => known.nodes,
    announce: async () => undefined,
  });
  const book = async (
    shopId: ShopId,
    batch: { source: string; actor: string; events: readonly LedgerEvent[] },
  ): Promise<readonly LedgerVerdict[]> => {
    const booked = await ledger.ingest(shopId, batch);
    if (!booked.ok) throw new Error(`Bug: the ledger refused a batch: ${booked.refusal.pointer}`);
    return booked.value.verdicts;
  };
  const catalogOf = async () => ({
    hasSku: (sku: string) => known.skus.has(sku),
    hasNode: (nodeId: string) => known.nodes.has(nodeId),
  });
  const stockedAt = createStockedReader(db);
  const newId = createIdSource();
  const connections = createConnectionService({
    store: createConnectionStore(db),
    bus: options.bus ?? createLocalBus(),
    newId,
    now,
    monotonicMilliseconds: () => performance.now(),
    log: quietLog,
  });
  const intakeStore = createIntakeStore(db);
  const intake = createIntake({ store: intakeStore, book, catalogOf, stockedAt, now });
  const activity = createActivityStore(db);
  const enqueued: ShopId[] = [];
  const imports = createImports({
    store: createImportStore(db),
    book,
    catalogOf,
    stockedAt,
    now,
    newId,
    enqueue: async (_trx, shopId) => void enqueued.push(shopId),
    ...(options.atStep === undefined ? {} : { atStep: options.atStep }),
  });
  return {
    ...{ db, clock, known, ledger, catalogOf, connections, intake, intakeStore, activity, imports },
    ...{ enqueued, replay: createReplay({ connections, activity, intake }) },
    close: () => db.destroy(),
  };
}

/** What `connectStand` returns. */
export type ConnectStand = ReturnType<typeof connectStand>;

/** A connection of a shop as a caller, with every right. */
export async function newCaller(
  { connections }: ConnectStand,
  shopId: ShopId,
  limits: Partial<Pick<Caller, 'nodeIds' | 'channel'>> = {},
): Promise<Caller & { readonly key: string }> {
  const asked = {
    name: 'ERP',
    kind: 'erp',
    scopes: ['stock:write', 'stock:read'],
    nodeIds: [],
    channel: null,
    ...limits,
  } as const;
  const { connectionId, key } = await connections.create(shopId, asked, 'ada');
  const row = (await connections.list(shopId)).find((one) => one.connectionId === connectionId);
  if (row === undefined) throw new Error('the connection was not stored');
  return { ...row, shopId, key };
}
