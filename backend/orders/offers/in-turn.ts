/**
 * Things that would wait for each other in the database wait here instead: one a key at a time, in the order they came.
 *
 * Twenty stores that claim one work at once would hold twenty connections, nineteen of them waiting for the work's row, and
 * claims of other works would find none. Only one of them asks the database; by then the others have mostly lost.
 * A fault of one is its own. Nothing is decided here: the database decides between processes.
 */
export type InTurn = <Value>(key: string, act: () => Promise<Value>) => Promise<Value>;

/** A queue a key; empty ones are forgotten. */
export function createInTurn(): InTurn {
  const lastOf = new Map<string, Promise<unknown>>();
  return async (key, act) => {
    const before = lastOf.get(key) ?? Promise.resolve();
    const run = () => act();
    const own = before.then(run, run);
    lastOf.set(key, own);
    try {
      return await own;
    } finally {
      if (lastOf.get(key) === own) lastOf.delete(key);
    }
  };
}
