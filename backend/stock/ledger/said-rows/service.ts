/**
 * Books what whole rows say, inside a caller's transaction: what each cell holds now, in place of what was known of it.
 */
import type { ShopId } from '../../../base/ids.ts';
import { instantOf, toMicros } from '../instants.ts';
import type { Reason, StockEvent } from '../ledger.ts';
import { eventsOfRow, type SaidRow } from '../said-row.ts';
import { appendMovements, MOST_EVENTS } from '../service.ts';
import {
  loadKnown,
  loadParts,
  openBatch,
  type ShopTransaction,
  type StockChange,
} from '../store.ts';

/** Who says rows, and when. */
export type SaidStamp = {
  readonly source: string;
  readonly actor: string;
  readonly reason: Reason;
  /** ISO instant. */
  readonly now: string;
};

// A row becomes up to some ten events: a chunk stays below a batch.
const SAID_CHUNK = 500;

/** Books the rows; what changed goes into `recordChange`. */
export async function saySaidRows(
  trx: ShopTransaction,
  shopId: ShopId,
  { rows, stamp }: { readonly rows: readonly SaidRow[]; readonly stamp: SaidStamp },
): Promise<StockChange> {
  let movements: StockChange['movements'];
  for (let from = 0; from < rows.length; from += SAID_CHUNK) {
    const chunk = rows.slice(from, from + SAID_CHUNK);
    const events = await eventsOfRows(trx, shopId, { rows: chunk, stamp });
    for (let first = 0; first < events.length; first += MOST_EVENTS) {
      const batch = { ...stamp, events: events.slice(first, first + MOST_EVENTS) };
      const { change, verdicts } = await appendMovements(trx, shopId, batch);
      const wrong = verdicts.find(({ verdict }) => verdict === 'refused');
      if (wrong !== undefined) throw new Error(`Bug: a row was refused: ${JSON.stringify(wrong)}`);
      const last = change?.movements?.last ?? movements?.last ?? 0;
      if (change?.movements !== undefined) {
        movements = { first: movements?.first ?? change.movements.first, last };
      }
    }
  }
  return { movements };
}

async function eventsOfRows(
  trx: ShopTransaction,
  shopId: ShopId,
  { rows, stamp }: { readonly rows: readonly SaidRow[]; readonly stamp: SaidStamp },
): Promise<StockEvent[]> {
  const { firstMovement } = await openBatch(trx, shopId);
  const known = await loadKnown(trx, shopId, rows);
  const parts = await loadParts(trx, shopId, rows);
  const nowMicros = toMicros(stamp.now);
  return rows.flatMap((row, index) => {
    const { onHand, latestMicros } = known[index] ?? { onHand: undefined, latestMicros: undefined };
    // Later than all that is known of the cell, however the clock jumped: the row says what is there now.
    const micros = Math.max(nowMicros, (latestMicros ?? 0) + 1);
    return eventsOfRow(
      row,
      { onHand, parts: parts[index] ?? new Map() },
      {
        occurredAt: instantOf(micros),
        reason: stamp.reason,
        idOf: (part) => `row-${firstMovement}-${index}-${part.replace('\n', '-')}`,
      },
    );
  });
}
