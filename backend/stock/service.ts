/**
 * What does this replica know of a shop right now: its compiled network and the live facts on it?
 *
 * In: the shop's policy, its products, positions and loads. Out: a `LiveShop` read from memory by every quote; and
 * writes of stock, which are live on every replica within 2 s: announced on the bus, and found by asking the database
 * once a second when an announcement was lost.
 * Invariants: snapshot and facts of a `LiveShop` always belong together; a change of policy, products or day builds a
 * new pair beside the old one and swaps; while Postgres is away the last pair stays and grows old (`confirmedAt`);
 * a row that this policy does not name is kept in the database and waits for a policy that does. The version of a SKU is
 * the sum of the write counts of its rows, its claims and those of related SKUs (kits): it rises with every change and is
 * the same on every replica that read the same snapshot.
 */
import type { ShopId } from '../base/ids.ts';
import { type InvalidInput, type Result, refuseInput } from '../base/result.ts';
import { instantToMinuteFloor, MINUTES_PER_DAY, NEVER } from '../base/time.ts';
import type { HolidayBook } from '../network/holidays.ts';
import { relatedSkus } from '../network/kits.ts';
import { compileNetwork } from '../network/network.ts';
import type { Snapshot } from '../network/snapshot.ts';
import type { NetworkSection, WorldProduct } from '../network/world.ts';
import { parseNetworkSection } from '../network/world-parse.ts';
import type { Bus } from '../platform/bus.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Policy } from '../policy/policy.ts';
import type { PolicyService } from '../policy/service.ts';
import { createHeldRows, type HeldRows } from './held-rows.ts';
import type { Reason } from './ledger/ledger.ts';
import { claimedLoad, hasLimits, nextEnd } from './node-claims.ts';
import {
  applyLoad,
  applyQuotaUses,
  applyReservations,
  applyStockRow,
  applyWaiting,
  compileFacts,
  type Facts,
  type LoadRow,
} from './stock.ts';
import type {
  HeldClaims,
  HeldNodeClaims,
  NodeLoadRow,
  ProductRow,
  StockChanges,
  StockStore,
  StockWrite,
} from './store.ts';

/** The section of a shop's policy that holds its network. */
export const NETWORK_SECTION = 'network';

/** A shop as this replica holds it. */
export type LiveShop = {
  readonly shopId: ShopId;
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  /** Shopify's variant number → SKU. */
  readonly skuOfVariant: ReadonlyMap<string, string>;
  /** The number of the shop's stock clock up to which facts are complete. */
  readonly stockVersion: number;
  /** The sum of the write counts of all nodes' loads, and of what is claimed of them. */
  readonly loadVersion: number;
  /** The first minute at which a claim of a node counts no more; with `loadVersion` it names the loads that hold now. */
  readonly loadsUntilMinute: number;
  /** Monotonic milliseconds at which the database last confirmed all this. */
  readonly confirmedAt: number;
};

/** What the service stands on. */
export type StockDependencies = {
  readonly store: StockStore;
  readonly policy: Pick<PolicyService, 'read' | 'onChange'>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Log;
  /** A clock that only runs forward, in milliseconds: how old facts are must not depend on a clock that jumps. */
  readonly monotonicMilliseconds: () => number;
};

/** Rows to write; each kind replaces what was known of its key. */
export type StockWrites = {
  readonly stock?: readonly StockWrite[];
  readonly loads?: readonly NodeLoadRow[];
  readonly products?: readonly ProductRow[];
};

/** Who says rows; told to the ledger. */
export type SaidBy = {
  readonly source: string;
  readonly actor: string;
  readonly reason?: Reason;
};

const TOPIC = 'stock';
const POLL_MILLISECONDS = 1_000;
// A snapshot answers for 22 days; building it anew every day keeps two weeks in hand if building should fail.
const REBUILD_AFTER_MINUTES = MINUTES_PER_DAY;

// A `LiveShop` as its one writer sees it.
type Growing = LiveShop & {
  stockVersion: number;
  loadVersion: number;
  loadsUntilMinute: number;
  confirmedAt: number;
};

// What this module keeps of a shop; a `LiveShop` is its readable face.
type Held = {
  readonly shopId: ShopId;
  network: { readonly section: NetworkSection; readonly version: number } | undefined;
  products: Map<string, WorldProduct>;
  skuOfVariant: Map<string, string>;
  stock: HeldRows;
  claims: Map<string, HeldClaims>;
  loads: Map<string, NodeLoadRow & { readonly version: number }>;
  nodeClaims: Map<string, HeldNodeClaims>;
  version: number;
  live: Growing | undefined;
  refreshing: Promise<void> | undefined;
  /** The pass that whoever asks now waits for, while one runs. */
  next: Promise<void> | undefined;
};

// Orders come in a stream: one look for all that were placed within this.
const SOON_MILLISECONDS = 100;

/** Builds the service; `start` makes it follow the bus and the database. */
export function createStockService(deps: StockDependencies) {
  const shops = new Map<ShopId, Held>();
  const opening = new Map<ShopId, Promise<LiveShop | undefined>>();
  const listeners = new Set<(live: LiveShop) => void>();
  let holidays: HolidayBook | undefined;
  let stops: (() => void)[] = [];
  let isAway = false;

  const nowMinute = () => instantToMinuteFloor(deps.clock.now().toString());

  const publishLive = (held: Held, live: Growing) => {
    held.live = live;
    for (const listener of listeners) listener(live);
  };

  const rebuild = (held: Held) => {
    if (held.network === undefined) return;
    const built = buildLive(held, {
      nowMinute: nowMinute(),
      confirmedAt: deps.monotonicMilliseconds(),
      holidays,
    });
    holidays = built.snapshot.holidays;
    publishLive(held, built);
  };

  const pass = async (held: Held): Promise<void> => {
    const askedAt = deps.monotonicMilliseconds();
    const changes = await deps.store.readChanges(held.shopId, held.version);
    const rises = takeChanges(held, changes);
    const live = held.live;
    const isOld = live !== undefined && !isCurrent(live.snapshot, nowMinute());
    const isOther = changes.all !== undefined || changes.products.length > 0;
    if (live === undefined || isOther || isOld) rebuild(held);
    else {
      const asOf = { nowMinute: nowMinute(), confirmedAt: askedAt };
      applyChanges(live, held, { changes, rises, ...asOf });
      publishLive(held, live);
    }
  };

  const begin = (held: Held): Promise<void> => {
    const run = pass(held).finally(() => {
      held.refreshing = undefined;
    });
    held.refreshing = run;
    return run;
  };

  // One pass of a shop at a time. Who asks while one runs waits for the next, which sees all that was committed before
  // it began, and for none behind it: in a stream of changes everybody is answered.
  const refresh = (held: Held): Promise<void> => {
    if (held.refreshing === undefined) return begin(held);
    held.next ??= held.refreshing
      .catch(() => undefined)
      .then(() => {
        held.next = undefined;
        // One that began since then began after it was asked for.
        return held.refreshing ?? begin(held);
      });
    return held.next;
  };

  const usePolicy = (held: Held, policy: Policy) => {
    const section = networkOf(policy, held.shopId, deps.log);
    if (section === undefined) return;
    held.network = { section, version: policy.version };
    rebuild(held);
  };

  const open = async (shopId: ShopId): Promise<LiveShop | undefined> => {
    const known = shops.get(shopId);
    if (known?.live !== undefined) return known.live;
    const running = opening.get(shopId);
    if (running !== undefined) return await running;
    const started = (async () => {
      const held = known ?? emptyHeld(shopId);
      const policy = await deps.policy.read(shopId);
      const section = networkOf(policy, shopId, deps.log);
      if (section !== undefined) held.network = { section, version: policy.version };
      await refresh(held);
      shops.set(shopId, held);
      return held.live;
    })().finally(() => opening.delete(shopId));
    opening.set(shopId, started);
    return await started;
  };

  const announce = async (shopId: ShopId, version: number) => {
    await deps.bus.publish(TOPIC, JSON.stringify([shopId, version]));
    const held = shops.get(shopId);
    if (held !== undefined) await refresh(held);
  };

  const soon = new Map<ShopId, { version: number; readonly timer: NodeJS.Timeout }>();
  const announceSoon = async (shopId: ShopId, version: number) => {
    const waiting = soon.get(shopId);
    if (waiting !== undefined) {
      waiting.version = Math.max(waiting.version, version);
      return;
    }
    const timer = setTimeout(() => {
      const { version: newest = version } = soon.get(shopId) ?? {};
      soon.delete(shopId);
      announce(shopId, newest).catch((error: unknown) => {
        deps.log.warn({ event: 'stock_refresh_failed', shop: shopId, error });
      });
    }, SOON_MILLISECONDS);
    soon.set(shopId, { version, timer });
  };

  const refreshAll = async () => {
    for (const held of shops.values()) {
      try {
        await refresh(held);
        isAway = false;
      } catch (error) {
        if (!isAway) deps.log.warn({ event: 'stock_refresh_failed', shop: held.shopId, error });
        isAway = true;
      }
    }
  };

  return {
    /** The shop from memory, loading it the first time; nothing for a shop without a network. Throws `TransientError`. */
    open,
    /** What this replica holds without asking anybody. */
    peek: (shopId: ShopId): LiveShop | undefined => shops.get(shopId)?.live,
    /**
     * Writes rows and waits until this replica uses them: what each says is booked as counts, said by `by`. Refuses a key
     * given twice.
     */
    save: async (
      shopId: ShopId,
      writes: StockWrites,
      by: SaidBy = BY_KEPT,
    ): Promise<Result<number>> => {
      const doubled = findDoubled(writes);
      if (doubled !== undefined) return doubled;
      const stamp = { reason: 'correction', ...by, now: deps.clock.now().toString() } as const;
      const version = await deps.store.save(shopId, writes, stamp);
      await announce(shopId, version);
      return { ok: true, value: version };
    },
    /** Tells every replica of a committed change and waits until this one uses it. */
    announce,
    /**
     * Tells every replica, and this one, of committed changes within moments; many that come together are told once. For who
     * decides on the rows and not on what is held, as orders do.
     */
    announceSoon,
    /** Told of every new state of a shop; returns how to stop. */
    onChange: (listener: (live: LiveShop) => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Reads what changed of a shop since this replica last did. Throws `TransientError`. */
    refresh: async (shopId: ShopId): Promise<void> => {
      const held = shops.get(shopId);
      if (held !== undefined) await refresh(held);
    },
    /** Asks the database about every shop held; the timer of `start` does this once a second. */
    refreshAll,
    start: (): void => {
      const timer = setInterval(() => void refreshAll(), POLL_MILLISECONDS).unref();
      stops = [
        () => clearInterval(timer),
        deps.clock.onSet(() => void refreshAll()),
        deps.policy.onChange((shopId, policy) => {
          const held = shops.get(shopId);
          if (held !== undefined && held.network?.version !== policy.version)
            usePolicy(held, policy);
        }),
        deps.bus.subscribe(TOPIC, (message) => {
          const [shopId, version] = JSON.parse(message);
          const held = shops.get(shopId);
          if (held !== undefined && held.version < version) void refreshAll();
        }),
      ];
    },
    stop: (): void => {
      for (const stop of stops) stop();
      stops = [];
      for (const { timer } of soon.values()) clearTimeout(timer);
      soon.clear();
    },
  };
}

/** What `createStockService` returns. */
export type StockService = ReturnType<typeof createStockService>;

/** Versions of every fact that an answer about these SKUs can depend on (`promise/cache.ts`). */
export function factVersions(live: LiveShop, skus: readonly string[]): string {
  let text = `${live.loadVersion}/${live.loadsUntilMinute}`;
  for (const sku of skus) {
    const index = live.snapshot.skuIndex.get(sku);
    text += `,${index === undefined ? '-' : live.facts.skuVersions[index]}`;
  }
  return text;
}

const BY_KEPT: SaidBy = { source: 'kept', actor: 'kept' };

function emptyHeld(shopId: ShopId): Held {
  return {
    shopId,
    network: undefined,
    products: new Map(),
    skuOfVariant: new Map(),
    stock: createHeldRows(),
    claims: new Map(),
    loads: new Map(),
    nodeClaims: new Map(),
    version: 0,
    live: undefined,
    refreshing: undefined,
    next: undefined,
  };
}

function networkOf(policy: Policy, shopId: ShopId, log: Log): NetworkSection | undefined {
  const section = policy.sections.get(NETWORK_SECTION);
  if (section === undefined) return undefined;
  const parsed = parseNetworkSection(section);
  if (parsed.ok) return parsed.value;
  // It was accepted when it was saved: an older program reads a newer section, and keeps what it had.
  log.error({
    event: 'network_not_read',
    shop: shopId,
    version: policy.version,
    reason: `${parsed.refusal.pointer}: ${parsed.refusal.allowed}`,
  });
  return undefined;
}

function isCurrent(snapshot: Snapshot, nowMinute: number): boolean {
  return (
    nowMinute >= snapshot.validFromMinute &&
    nowMinute < snapshot.validFromMinute + REBUILD_AFTER_MINUTES
  );
}

// What changed is noted, and by how much the version of each SKU rose.
function takeChanges(held: Held, changes: StockChanges): ReadonlyMap<string, number> {
  const rises = new Map<string, number>();
  const rise = (sku: string, by: number) => rises.set(sku, (rises.get(sku) ?? 0) + by);
  if (changes.all !== undefined) {
    held.stock = changes.all;
    held.claims = new Map();
    held.loads = new Map();
    held.nodeClaims = new Map();
  }
  for (const row of changes.stock) rise(row.sku, held.stock.put(row));
  for (const row of changes.claims) {
    rise(row.sku, row.revision - (held.claims.get(row.sku)?.revision ?? 0));
    held.claims.set(row.sku, row);
  }
  for (const row of changes.loads) held.loads.set(row.nodeId, row);
  for (const row of changes.nodeClaims) held.nodeClaims.set(row.nodeId, row);
  for (const row of changes.products) {
    held.products.set(row.product.sku, row.product);
    if (row.variantId !== null) held.skuOfVariant.set(row.variantId, row.product.sku);
  }
  held.version = changes.version;
  return rises;
}

function buildLive(
  held: Held,
  at: { nowMinute: number; confirmedAt: number; holidays: HolidayBook | undefined },
): Growing {
  if (held.network === undefined) throw new Error(`Bug: ${held.shopId} has no network to build`);
  const { section, version } = held.network;
  const snapshot = compileNetwork(
    { ...section, policyVersion: version, products: [...held.products.values()] },
    at.nowMinute,
    at.holidays === undefined ? {} : { holidays: at.holidays },
  );
  const claims = [...held.claims.values()];
  const facts = compileFacts(snapshot, {
    stock: held.stock.rows(),
    loads: section.nodes.map((node) => loadAt(held, snapshot, node.id, at.nowMinute)),
    waiting: [
      ...snapshot.policy.waiting,
      ...claims.map(({ sku, waiting }) => ({ sku, quantity: waiting })),
    ],
    reservations: [
      ...snapshot.policy.reservations,
      ...claims.flatMap(({ sku, reservations }) => reservations.map((row) => ({ ...row, sku }))),
    ],
    quotaUses: claims.flatMap(({ sku, quotaUses }) => quotaUses.map((row) => ({ ...row, sku }))),
  });
  // Versions of the database, the same on every replica, in place of counts made here.
  facts.skuVersions.fill(0);
  for (const [sku, sum] of held.stock.revisions()) raiseVersion(facts, sku, sum);
  for (const { sku, revision } of claims) raiseVersion(facts, sku, revision);
  return {
    shopId: held.shopId,
    snapshot,
    facts,
    skuOfVariant: held.skuOfVariant,
    stockVersion: held.version,
    loadVersion: versionOfLoads(held, snapshot),
    loadsUntilMinute: loadsUntil(held, snapshot, at.nowMinute),
    confirmedAt: at.confirmedAt,
  };
}

// The answers of a SKU depend on related ones too: their sums count in each.
function raiseVersion({ snapshot, skuVersions }: Facts, sku: string, by: number): void {
  const index = snapshot.skuIndex.get(sku);
  if (index === undefined || by === 0) return;
  for (const related of relatedSkus(snapshot, index)) {
    skuVersions[related] = (skuVersions[related] ?? 0) + by;
  }
}

// No version of their own: `raiseVersion` gives it.
const AS_IT_IS = 0;

// In place and in one go: whoever holds the shop across a wait still sees versions that belong to its facts.
function applyChanges(
  live: Growing,
  held: Held,
  what: {
    readonly changes: StockChanges;
    readonly rises: ReadonlyMap<string, number>;
    readonly nowMinute: number;
    readonly confirmedAt: number;
  },
): void {
  const { changes, rises, nowMinute, confirmedAt } = what;
  for (const row of changes.stock) applyStockRow(live.facts, row, AS_IT_IS);
  for (const nodeId of busierNodes(held, live, what)) {
    applyLoad(live.facts, loadAt(held, live.snapshot, nodeId, nowMinute));
  }
  for (const row of changes.claims) applyClaims(live, row);
  for (const [sku, by] of rises) raiseVersion(live.facts, sku, by);
  live.stockVersion = changes.version;
  live.loadVersion = versionOfLoads(held, live.snapshot);
  live.loadsUntilMinute = loadsUntil(held, live.snapshot, nowMinute);
  live.confirmedAt = confirmedAt;
}

function applyClaims({ facts, snapshot }: LiveShop, claims: HeldClaims): void {
  const { sku } = claims;
  const stated = snapshot.policy.waiting.filter((row) => row.sku === sku);
  const quantity = stated.reduce((sum, row) => sum + row.quantity, claims.waiting);
  applyWaiting(facts, { sku, quantity }, AS_IT_IS);
  const ofPolicy = snapshot.policy.reservations.filter((row) => row.sku === sku);
  applyReservations(facts, { sku, rows: [...ofPolicy, ...claims.reservations] }, AS_IT_IS);
  applyQuotaUses(facts, { sku, rows: claims.quotaUses }, AS_IT_IS);
}

function versionOfLoads({ loads, nodeClaims }: Held, snapshot: Snapshot): number {
  let sum = 0;
  for (const { version } of loads.values()) sum += version;
  // Claims of a node without limits change nothing that anybody asks.
  for (const { nodeId, revision } of nodeClaims.values()) {
    if (limitsOf(snapshot, nodeId)) sum += revision;
  }
  return sum;
}

function limitsOf(snapshot: Snapshot, nodeId: string): boolean {
  const node = snapshot.nodes[snapshot.nodeIndex.get(nodeId) ?? -1];
  return node !== undefined && hasLimits(node);
}

/** A node's load at a minute: as a system reports it, until then as the policy says, and what is claimed on top. */
function loadAt(held: Held, snapshot: Snapshot, nodeId: string, nowMinute: number): LoadRow {
  const stated = held.network?.section.nodes.find(({ id }) => id === nodeId);
  const base = held.loads.get(nodeId) ?? { ...IDLE, ...stated, nodeId };
  const claims = held.nodeClaims.get(nodeId);
  return claims === undefined ? base : claimedLoad(snapshot, base, { claims, nowMinute });
}

const IDLE = { backlogUnits: 0, ordersByDate: {} };

function loadsUntil({ nodeClaims }: Held, snapshot: Snapshot, nowMinute: number): number {
  let until = NEVER;
  for (const claims of nodeClaims.values()) {
    if (limitsOf(snapshot, claims.nodeId)) until = Math.min(until, nextEnd(claims, nowMinute));
  }
  return until;
}

/** Nodes whose load was written, whose claims changed, or have ended since. */
function busierNodes(
  { nodeClaims }: Held,
  live: LiveShop,
  { changes, nowMinute }: { readonly changes: StockChanges; readonly nowMinute: number },
): ReadonlySet<string> {
  const nodeIds = new Set([...changes.loads, ...changes.nodeClaims].map(({ nodeId }) => nodeId));
  if (live.loadsUntilMinute <= nowMinute)
    for (const nodeId of nodeClaims.keys()) nodeIds.add(nodeId);
  return nodeIds;
}

function findDoubled(writes: StockWrites): Result<never, InvalidInput> | undefined {
  const keys: readonly (readonly [string, readonly string[]])[] = [
    ['/stock', (writes.stock ?? []).map((row) => JSON.stringify([row.sku, row.nodeId]))],
    ['/loads', (writes.loads ?? []).map((row) => row.nodeId)],
    ['/products', (writes.products ?? []).map((row) => row.product.sku)],
  ];
  for (const [pointer, list] of keys) {
    const seen = new Set<string>();
    for (const [index, key] of list.entries()) {
      if (seen.has(key)) {
        return refuseInput({
          pointer: `${pointer}/${index}`,
          value: key,
          allowed: 'each key once in a batch',
          remedy: 'Leave the older of the two rows out, or send them in two batches.',
        });
      }
      seen.add(key);
    }
  }
  return undefined;
}
