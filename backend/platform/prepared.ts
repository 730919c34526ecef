/**
 * How does a statement that runs a thousand times get parsed and planned only a few times?
 *
 * In: a client of `pg` and the texts that go over it. Out: options of a query: a text with parameters gets a name made of it
 * from its second run on, so that the server keeps its plan for the connection. Texts that never come back (lists spelled
 * out) are sent as they are; no more than `MOST_KEPT` are named.
 * Invariants: one text has one name in all processes; when a migration changed what a kept plan returns, the server refuses
 * it (0A000) and every name is new from then on: the transaction that met it is repeated as after an outage.
 */
import { createHash } from 'node:crypto';
import type pg from 'pg';

// What the product says is a few hundred texts; a connection keeps a few kilobytes of each.
const MOST_KEPT = 1_000;
// Texts seen once; forgotten together, a text that matters is soon seen again.
const MOST_SEEN = 5_000;

/** Chooses names; one for all connections of a pool. */
export type StatementNames = {
  /** The name under which to send it; undefined: without one. */
  nameOf(text: string, parameters: readonly unknown[]): string | undefined;
  /** The server said a kept plan is out of date: names from before are never used again. */
  renew(): void;
};

/** Builds it. */
export function createStatementNames(): StatementNames {
  const names = new Map<string, string>();
  const seen = new Set<string>();
  let generation = 0;
  return {
    nameOf: (text, parameters) => {
      if (parameters.length === 0) return undefined;
      const known = names.get(text);
      if (known !== undefined) return known;
      if (!seen.has(text)) {
        if (seen.size >= MOST_SEEN) seen.clear();
        seen.add(text);
        return undefined;
      }
      if (names.size >= MOST_KEPT) return undefined;
      seen.delete(text);
      const hash = createHash('sha256').update(text).digest('hex').slice(0, 32);
      const name = `k${generation}_${hash}`;
      names.set(text, name);
      return name;
    },
    renew: () => {
      generation += 1;
      names.clear();
    },
  };
}

/** A kept plan of a statement no longer fits its tables. */
export function isPastPlan(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return error.code === '0A000' && error.message.startsWith('cached plan must not change');
}

/** Sends a text over a connection or a pool, by its name when it has one. */
export async function queryPrepared(
  names: StatementNames,
  client: Pick<pg.PoolClient, 'query'>,
  text: string,
  values: readonly unknown[],
): Promise<pg.QueryResult> {
  const name = names.nameOf(text, values);
  const sent = { text, values: [...values] };
  try {
    return await client.query(name === undefined ? sent : { ...sent, name });
  } catch (error) {
    if (isPastPlan(error)) names.renew();
    throw error;
  }
}
