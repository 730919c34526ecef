/**
 * What was true of a key a moment ago, without waiting for it?
 *
 * In: a load by key. Out: `peek` gives the last loaded value at once and, when that is older than the
 * limit, loads a newer one behind the answer; `read` waits for the first value. Askers at the same time
 * share one load; a load that fails keeps the last value. Bounded: the key longest unasked goes first.
 */
import { LRUCache } from 'lru-cache';

/** What the memory is built from. */
export type RefreshedOptions<Key, Value> = {
  readonly load: (key: Key) => Promise<Value>;
  readonly maxAgeMilliseconds: number;
  readonly maxKeys: number;
  readonly monotonicMilliseconds: () => number;
  /** Told of a load that failed while a value was there to stay. */
  readonly onFault: (error: unknown) => void;
};

type Held<Value> = { readonly value: Value; readonly loadedAt: number };

/** Builds the memory. */
export function createRefreshed<Key extends {}, Value extends {}>(
  options: RefreshedOptions<Key, Value>,
) {
  const held = new LRUCache<Key, Held<Value>>({ max: options.maxKeys });
  const loading = new Map<Key, Promise<Value>>();

  const load = (key: Key): Promise<Value> => {
    const running = loading.get(key);
    if (running !== undefined) return running;
    const started = options
      .load(key)
      .then((value) => {
        held.set(key, { value, loadedAt: options.monotonicMilliseconds() });
        return value;
      })
      .finally(() => loading.delete(key));
    loading.set(key, started);
    return started;
  };

  const peek = (key: Key): Value | undefined => {
    const found = held.get(key);
    const isOld =
      found === undefined ||
      options.monotonicMilliseconds() - found.loadedAt > options.maxAgeMilliseconds;
    if (isOld) load(key).catch(options.onFault);
    return found?.value;
  };

  return {
    /** The last value; nothing before the first load has ended. Never waits, never throws. */
    peek,
    /** The last value, waiting for it the first time. Throws what the first load throws. */
    read: async (key: Key): Promise<Value> => peek(key) ?? (await load(key)),
    /** Loads anew and waits: after a change of one's own. */
    reload: load,
  };
}

/** What `createRefreshed` returns. */
export type Refreshed<Key, Value> = {
  peek(key: Key): Value | undefined;
  read(key: Key): Promise<Value>;
  reload(key: Key): Promise<Value>;
};
