/**
 * Builds the way of stock to Shopify: outbox, worker, nightly comparison, and the figures they are told.
 *
 * In: the platform, the core (policy, stock, live facts), the ground (scheduler, Admin client). Out: the push, not yet
 * started for any shop, and what webhooks, the import and the page ask of it. Part of the composition root.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { ShopId } from './base/ids.ts';
import { TransientError } from './base/result.ts';
import { instantToMinuteFloor } from './base/time.ts';
import type { Core } from './build-core.ts';
import type { ShopifyGround } from './build-shopify.ts';
import { channelOf } from './network/channels.ts';
import { relatedSkus } from './network/kits.ts';
import type { Snapshot } from './network/snapshot.ts';
import { withShop } from './platform/database.ts';
import type { Log } from './platform/log.ts';
import type { Platform } from './platform/stand.ts';
import { type Bindings, bindLevels, type LevelBinding } from './shopify/inventory/bindings.ts';
import { takenOff } from './shopify/inventory/calls.ts';
import type { ReadLevel } from './shopify/inventory/chunk-rows.ts';
import { skusDue } from './shopify/inventory/due.ts';
import { type ToldLevel, takeTold } from './shopify/inventory/echo.ts';
import type { CommittedSku, FigureSource, LevelFigure } from './shopify/inventory/figures.ts';
import { createSyncHealth } from './shopify/inventory/health.ts';
import { createItemStore } from './shopify/inventory/item-store.ts';
import { createLevelStore } from './shopify/inventory/level-store.ts';
import { createOutboxStore } from './shopify/inventory/outbox-store.ts';
import { planSkus } from './shopify/inventory/planner.ts';
import { createPush } from './shopify/inventory/push-worker.ts';
import { createReconcileStore } from './shopify/inventory/reconcile-store.ts';
import {
  DEFAULT_INVENTORY,
  INVENTORY_SECTION,
  type InventorySettings,
  parseInventorySettings,
} from './shopify/inventory/settings.ts';
import type { Surfaces } from './shopify/surfaces.ts';
import { aggregateUnits, levelUnits, parkedLevels } from './stock/figures/levels.ts';
import type { LiveShop } from './stock/service.ts';

export type PushDependencies = {
  readonly platform: Platform;
  readonly log: Log;
  readonly core: Core;
  readonly ground: ShopifyGround;
  readonly surfacesOf: (shopId: ShopId) => Promise<Surfaces>;
  /** Takes in orders that no webhook told us of. */
  readonly fetchOrders: (shopId: ShopId) => Promise<void>;
  /** Makes what Shopify has committed part of the claims (stock/reservations); waits until this replica uses it. */
  readonly setUnseen: (shopId: ShopId, rows: readonly CommittedSku[]) => Promise<void>;
};

/** What `buildPush` returns. */
export type PushParts = ReturnType<typeof buildPush>;

// One transaction locks the claims of so many SKUs at once.
const SKUS_AT_ONCE = 500;

/** Builds it. */
export function buildPush(dependencies: PushDependencies) {
  const { platform, log, core, ground } = dependencies;
  const { db, clock } = platform;
  const now = () => clock.now();
  const wait = async (milliseconds: number) => {
    await delay(milliseconds);
  };
  const outbox = createOutboxStore(db);
  const levels = createLevelStore(db);
  const items = createItemStore(db);
  const reconcileStore = createReconcileStore(db);
  const figures = figureSource(dependencies, items);
  const { admin, scheduler } = ground;
  const onStep = () => {};
  const deps = { admin, scheduler, outbox, levels, figures, log, now, wait, onStep };
  const push = createPush(deps);
  const wake = (shopId: ShopId) => push.wake(shopId);
  const bindingsOf = (shopId: ShopId) => readBindings(dependencies, shopId);
  return {
    push,
    items,
    reconcileStore,
    outbox,
    health: createSyncHealth({ db, scheduler, reconcile: reconcileStore, now, wake }),
    bindingsOf,
    /** Pushes a shop from now on if it has levels that Kept writes; repeatable. */
    startIfWritten: async (shopId: ShopId): Promise<void> => {
      const { levels: bound } = await bindingsOf(shopId);
      if (bound.some((one) => one.isWritten)) push.start(shopId);
      wake(shopId);
    },
    keptNodesOf: async (shopId: ShopId) => new Set((await settingsOf(core, shopId)).keptNodes),
    /** Remembers levels as Shopify has them, and makes what it has committed part of the figures. */
    bookLevels: async (shopId: ShopId, read: readonly ReadLevel[]): Promise<void> => {
      await outbox.bookReads(shopId, { levels: read, planned: undefined, consumed: [] }, now());
      const committed = await levels.committedWith(shopId, read, now().toString());
      await figures.tellCommitted(shopId, committed);
    },
    /** Works figures out again after their items changed, and tries again what was refused of them. */
    replan: async (shopId: ShopId, skus: readonly string[]): Promise<void> => {
      const found = await items.itemsOf(shopId, skus);
      await outbox.retryItems(
        shopId,
        found.map((one) => one.itemId),
        now(),
      );
      await planSkus(deps, shopId, skus, 0);
      wake(shopId);
    },
    tellLevel: (shopId: ShopId, told: ToldLevel) =>
      takeTold({ levels, outbox, now, wake }, shopId, told),
    /** The merchant took an item off a location. */
    tellTakenOff: (shopId: ShopId, at: { itemId: number; locationId: number }) =>
      outbox.refuse(shopId, [takenOff(at)], now()),
  };
}

async function settingsOf(core: Core, shopId: ShopId): Promise<InventorySettings> {
  const stored = (await core.policy.read(shopId)).sections.get(INVENTORY_SECTION);
  const parsed = stored === undefined ? undefined : parseInventorySettings(stored);
  if (parsed?.ok === false) throw new Error('Bug: a stored inventory section is refused now');
  return parsed?.value ?? DEFAULT_INVENTORY;
}

async function readBindings(
  { core, ground, surfacesOf }: PushDependencies,
  shopId: ShopId,
): Promise<Bindings & { readonly settings: InventorySettings }> {
  const live = await core.stock.open(shopId);
  const [settings, surfaces, locations] = await Promise.all([
    settingsOf(core, shopId),
    surfacesOf(shopId),
    ground.store.readLocations(shopId),
  ]);
  const nodeIds = new Set(live?.snapshot.nodeIndex.keys());
  return { settings, ...bindLevels(settings, { surfaces, locations, nodeIds }) };
}

function figureSource(
  dependencies: PushDependencies,
  items: ReturnType<typeof createItemStore>,
): FigureSource {
  const { core, platform, fetchOrders, setUnseen } = dependencies;
  const liveAt = async (shopId: ShopId, atLeast: number): Promise<LiveShop | undefined> => {
    const live = await core.stock.open(shopId);
    if (live === undefined || live.stockVersion >= atLeast) return live;
    await core.stock.refreshAll();
    const fresh = core.stock.peek(shopId);
    if (fresh !== undefined && fresh.stockVersion >= atLeast) return fresh;
    throw new TransientError('stock', 'This replica has not caught up with the stock clock.');
  };
  return {
    changedSince: async (shopId, after) => {
      const live = await core.stock.open(shopId);
      if (live === undefined) return { upTo: after, skus: [] };
      const policy = live.snapshot.policyVersion;
      const { version, isAll, cells, claims } = await core.stockStore.readChangedCells(
        shopId,
        after.stock,
      );
      const upTo = { stock: version, policy };
      if (isAll || policy > after.policy) return { upTo, skus: 'all' };
      const changed = new Set([...cells.map((cell) => cell.sku), ...claims]);
      return { upTo, skus: withRelated(live.snapshot, changed) };
    },
    dueSince: async (shopId, after) => {
      const upTo = platform.clock.now();
      const live = await core.stock.open(shopId);
      if (live === undefined) return { upTo, skus: [] };
      const { levels: bound } = await readBindings(dependencies, shopId);
      const channels = [...new Set(bound.map((one) => one.channel))].flatMap(
        (code) => live.snapshot.channels[channelOf(live.snapshot, code)] ?? [],
      );
      const due = skusDue(live.facts, channels, {
        afterMinute: after === undefined ? -Infinity : instantToMinuteFloor(after.toString()),
        untilMinute: instantToMinuteFloor(upTo.toString()),
      });
      const skus = [...due].flatMap((sku) => live.snapshot.products[sku]?.sku ?? []);
      return { upTo, skus: withRelated(live.snapshot, new Set(skus)) };
    },
    figuresOf: async (shopId, skus, atLeast) => {
      const found = await items.itemsOf(shopId, skus);
      const { settings, levels: bound } = await readBindings(dependencies, shopId);
      const live = await liveAt(shopId, atLeast);
      if (live === undefined) return { version: atLeast, levels: [] };
      const nowMinute = instantToMinuteFloor(platform.clock.now().toString());
      const ask = { live, settings, bound, nowMinute };
      const levels = found.flatMap(({ sku, itemId }) => figuresOfSku(ask, sku, itemId));
      return { version: live.stockVersion, levels };
    },
    allSkus: (shopId) => items.allSkus(shopId),
    tellCommitted: async (shopId, rows) => {
      for (let start = 0; start < rows.length; start += SKUS_AT_ONCE) {
        await setUnseen(shopId, rows.slice(start, start + SKUS_AT_ONCE));
      }
      return await clockOf(platform, shopId);
    },
    fetchOrders,
  };
}

function withRelated(snapshot: Snapshot, skus: ReadonlySet<string>): readonly string[] {
  const related = new Set(skus);
  for (const sku of skus) {
    const index = snapshot.skuIndex.get(sku);
    if (index === undefined) continue;
    for (const other of relatedSkus(snapshot, index)) {
      const product = snapshot.products[other];
      if (product !== undefined) related.add(product.sku);
    }
  }
  return [...related];
}

type FigureAsk = {
  readonly live: LiveShop;
  readonly settings: InventorySettings;
  readonly bound: readonly LevelBinding[];
  readonly nowMinute: number;
};

// Node parts are asked for together, so that what no node can be named for is taken once (rule 16).
function figuresOfSku(ask: FigureAsk, sku: string, itemId: number): LevelFigure[] {
  const { live, settings, bound, nowMinute } = ask;
  const { snapshot, facts } = live;
  const index = snapshot.skuIndex.get(sku);
  if (index === undefined) return [];
  const at = { sku: index, nowMinute, atMinute: nowMinute };
  const whole = bound
    .filter((one) => one.nodeId === undefined)
    .map(({ locationId, channel }) => ({
      itemId,
      locationId,
      units: aggregateUnits(snapshot, facts, { ...at, channel }),
      parked: 0,
    }));
  const ofNodes = bound.filter((one) => one.nodeId !== undefined);
  if (!ofNodes.some((one) => one.isWritten)) return whole;
  const nodes = Int32Array.from(
    ofNodes,
    ({ nodeId }) => snapshot.nodeIndex.get(nodeId ?? '') ?? -1,
  );
  const question = { ...at, channel: settings.channel, nodes };
  const isParking = settings.topology === 'parked';
  const { available, parked } = isParking
    ? parkedLevels(snapshot, facts, question)
    : { available: levelUnits(snapshot, facts, question), parked: undefined };
  const parts = ofNodes.flatMap(({ locationId, isWritten }, place) =>
    isWritten
      ? [{ itemId, locationId, units: available[place] ?? 0, parked: parked?.[place] ?? 0 }]
      : [],
  );
  return [...whole, ...parts];
}

async function clockOf({ db }: Platform, shopId: ShopId): Promise<number> {
  const { rows } = await withShop(db, shopId, (trx) =>
    sql<{ version: number }>`select version from stock_clock where shop_id = ${shopId}`.execute(
      trx,
    ),
  );
  return rows[0]?.version ?? 0;
}
