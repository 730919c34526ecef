/**
 * Which policy is in force here and now, and how does a change reach every replica?
 *
 * In: the store, the bus, the clock and the parsers of the sections. Out: the shop's current policy
 * from memory, saving with a version compare, and a call for every change seen.
 * A save is announced on the bus; as an announcement may be lost, the versions of all shops held here
 * are compared with the database every 2 s. So a change is live on every replica within 5 s while
 * Postgres answers, and the last known policy stays in force while it does not.
 */
import type { Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { ShopId } from '../base/ids.ts';
import type { InvalidInput, Result } from '../base/result.ts';
import type { Bus } from '../platform/bus.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import {
  applyChange,
  checkChange,
  type Policy,
  type PolicyChange,
  type PolicyConflict,
  type SectionParsers,
} from './policy.ts';
import { createPolicyStore, type PolicyStore, type PolicyTables } from './store.ts';

/** Told of every policy that this replica starts to use in place of another. */
export type PolicyListener = (shopId: ShopId, policy: Policy) => void;

/** Policies of all shops, live. */
export type PolicyService = {
  /** The current policy, from memory once it was loaded. Throws `TransientError` without Postgres. */
  read(shopId: ShopId): Promise<Policy>;
  /** What this replica holds without asking anybody. */
  peek(shopId: ShopId): Policy | undefined;
  /** Stores the sections as the next version, or refuses. */
  save(
    shopId: ShopId,
    change: PolicyChange,
  ): Promise<Result<Policy, InvalidInput | PolicyConflict>>;
  /** Returns how to stop being told. */
  onChange(listener: PolicyListener): () => void;
  /** Compares versions with the database now; the timer of `start` does this every 2 s. */
  refresh(): Promise<void>;
  start(): void;
  stop(): void;
};

const TOPIC = 'policy';
const POLL_MILLISECONDS = 2_000;
// A policy of 500 nodes is about 1 MB; a replica holds the shops it serves, the rest is loaded again.
const MAX_SHOPS_HELD = 500;

/** What the service stands on. */
export type PolicyDependencies = {
  readonly db: Kysely<PolicyTables>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Log;
  readonly parsers: SectionParsers;
};

/** Builds the service; `start` makes it live. */
export function createPolicyService(dependencies: PolicyDependencies): PolicyService {
  const { bus, clock, log, parsers } = dependencies;
  const store = createPolicyStore(dependencies.db);
  const replica = createReplica(store);
  let timer: NodeJS.Timeout | undefined;
  let unsubscribe: (() => void) | undefined;
  let isAway = false;

  const refresh = async () => {
    try {
      await replica.refresh();
      isAway = false;
    } catch (error) {
      if (!isAway) log.warn({ event: 'policy_refresh_failed', error });
      isAway = true;
    }
  };

  const save = async (shopId: ShopId, change: PolicyChange) => {
    const checked = checkChange(change, parsers);
    if (!checked.ok) return checked;
    const before = await replica.loadAt(shopId, change.basedOnVersion);
    const answer = await store.save(shopId, change, clock.now());
    if ('current' in answer) {
      return {
        ok: false,
        refusal: {
          code: 'policy_conflict',
          basedOnVersion: change.basedOnVersion,
          currentVersion: answer.current,
        },
      } as const;
    }
    const policy = applyChange(before, change, answer.granted);
    replica.use(shopId, policy);
    await bus.publish(TOPIC, JSON.stringify([shopId, policy.version]));
    return { ok: true, value: policy } as const;
  };

  return {
    read: replica.read,
    peek: replica.peek,
    save,
    onChange: replica.onChange,
    refresh,
    start: () => {
      unsubscribe = bus.subscribe(TOPIC, (message) => {
        const [shopId, version] = JSON.parse(message);
        const held = replica.peek(shopId);
        if (held !== undefined && held.version < version) void refresh();
      });
      timer = setInterval(() => void refresh(), POLL_MILLISECONDS).unref();
    },
    stop: () => {
      unsubscribe?.();
      clearInterval(timer);
    },
  };
}

// The policies that this process holds. A policy never gives way to an older one, so the order in
// which loads, saves and announcements end does not matter.
function createReplica(store: PolicyStore) {
  const held = new LRUCache<ShopId, Policy>({ max: MAX_SHOPS_HELD });
  const loading = new Map<ShopId, Promise<Policy>>();
  const listeners = new Set<PolicyListener>();

  const use = (shopId: ShopId, policy: Policy): Policy => {
    const known = held.get(shopId);
    if (known !== undefined && known.version >= policy.version) return known;
    held.set(shopId, policy);
    for (const listener of listeners) listener(shopId, policy);
    return policy;
  };

  // Askers at the same time share one load.
  const load = (shopId: ShopId): Promise<Policy> => {
    const running = loading.get(shopId);
    if (running !== undefined) return running;
    const started = store
      .load(shopId)
      .then((policy) => use(shopId, policy))
      .finally(() => loading.delete(shopId));
    loading.set(shopId, started);
    return started;
  };

  const read = async (shopId: ShopId) => held.get(shopId) ?? (await load(shopId));

  return {
    use,
    read,
    peek: (shopId: ShopId) => held.peek(shopId),
    /** The policy to which a change based on `version` is applied. */
    loadAt: async (shopId: ShopId, version: number) => {
      const known = await read(shopId);
      return known.version === version ? known : await store.load(shopId);
    },
    onChange: (listener: PolicyListener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refresh: async () => {
      const shopIds = [...held.keys()];
      if (shopIds.length === 0) return;
      const versions = await store.currentVersions(shopIds);
      for (const shopId of shopIds) {
        const known = held.peek(shopId);
        if (known !== undefined && known.version < (versions.get(shopId) ?? 0)) {
          use(shopId, await store.load(shopId));
        }
      }
    },
  };
}
