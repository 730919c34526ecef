/**
 * Two batches of stock events that take the ledger through every statement it has: new cells, deltas, counts that come late,
 * unavailable units, lots, duplicates within and between batches.
 */
import type { StockEvent } from '../../backend/stock/ledger/ledger.ts';

const at = (minute: number) => `2026-11-25T08:${String(minute).padStart(2, '0')}:00Z`;

function event(eventId: string, minute: number, what: Partial<StockEvent>): StockEvent {
  return {
    ...{ eventId, kind: 'delta', type: 'on_hand', sku: 'A', nodeId: 'milan', quantity: 1 },
    ...{ reason: 'test', occurredAt: at(minute) },
    ...what,
  };
}

const lot = { reference: 'PO-1', expectedOn: '2026-12-01' };

/** In the order in which they are sent. */
export const LEDGER_BATCHES: readonly (readonly StockEvent[])[] = [
  [
    event('a1', 1, { kind: 'count', quantity: 10 }),
    event('a2', 9, { quantity: -2 }),
    event('b1', 2, { sku: 'B', quantity: 4 }),
    event('i1', 2, { type: 'incoming', kind: 'count', quantity: 5, lot }),
    event('d1', 3, { type: 'damaged', quantity: 1 }),
  ],
  [
    event('a2', 9, { quantity: -2 }),
    // Counted before what is stored already: the sale of minute 9 comes off it.
    event('a3', 5, { kind: 'count', quantity: 20 }),
    event('b2', 3, { sku: 'B', nodeId: 'rome', quantity: 7 }),
    event('i2', 4, { type: 'incoming', quantity: -3, lot: { reference: 'PO-1' } }),
  ],
];
