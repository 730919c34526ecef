/**
 * How is work that comes faster than it can be done one by one done together?
 *
 * In: items by key, and what does several of a key at once. Out: what came of each. Nobody waits for company: the first of a
 * key begins at once, who comes while it is under way goes with all the others next, so that groups are as large as the work
 * is slow. Invariants: one group of a key at a time, in the order in which its items came; a group that fails fails for each
 * of its items; nobody waits behind another key.
 */

type Waiting<Item, Value> = {
  readonly item: Item;
  readonly resolve: (value: Value | PromiseLike<Value>) => void;
  readonly reject: (error: unknown) => void;
};

/** Builds it. `run` gives a value an item, or what becomes it, in their order, for up to `most` items. */
export function createTogether<Key, Item, Value>(group: {
  readonly most: number;
  readonly run: (
    key: Key,
    items: readonly Item[],
  ) => Promise<readonly (Value | PromiseLike<Value>)[]>;
}): (key: Key, item: Item) => Promise<Value> {
  const lines = new Map<Key, Waiting<Item, Value>[]>();
  const runGroup = async (key: Key, taken: readonly Waiting<Item, Value>[]) => {
    const items = taken.map(({ item }) => item);
    const values = await group.run(key, items);
    if (values.length !== items.length) throw new Error('Bug: a group gives a value an item');
    for (const [place, value] of values.entries()) taken[place]?.resolve(value);
  };
  const workOff = async (key: Key, line: Waiting<Item, Value>[]) => {
    while (line.length > 0) {
      const taken = line.splice(0, group.most);
      await runGroup(key, taken).catch((error: unknown) => {
        for (const { reject } of taken) reject(error);
      });
    }
    lines.delete(key);
  };
  return (key, item) =>
    new Promise((resolve, reject) => {
      const waiting = { item, resolve, reject };
      const line = lines.get(key);
      if (line !== undefined) {
        line.push(waiting);
        return;
      }
      const begun = [waiting];
      lines.set(key, begun);
      void workOff(key, begun);
    });
}
