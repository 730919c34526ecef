/**
 * Which events say what a whole row says?
 *
 * A row (an import, a person at the console, the demo) states what a cell holds now, in place of what was known. In: the row
 * and what is stored. Out: a count for each part that differs; nothing when the row says what is known already. A part the
 * row does not speak of (`incoming` or `unavailable` absent) stays.
 */
import { type CellKey, ON_HAND, type StoredPart } from './cells.ts';
import { type Expected, type StockEvent, type StockType, UNAVAILABLE_TYPES } from './ledger.ts';

/** A row as it is said. */
export type SaidRow = CellKey & {
  readonly onHand: number;
  /** All unavailable units; they are booked as quality control, other kinds as none. */
  readonly unavailable?: number;
  readonly incoming?: readonly (Expected & { readonly quantity: number })[];
};

/** What is stored of its cell; `onHand` undefined: there is no row. */
export type KnownCell = {
  readonly onHand: number | undefined;
  readonly parts: ReadonlyMap<string, StoredPart>;
};

/** The counts to book. `idOf` names the part's event. */
export function eventsOfRow(
  row: SaidRow,
  known: KnownCell,
  { occurredAt, reason, idOf }: SaidHow,
): StockEvent[] {
  const { sku, nodeId } = row;
  const events: StockEvent[] = [];
  const count = (type: StockType, quantity: number, lot?: StockEvent['lot']) => {
    const key = type === 'on_hand' ? ON_HAND : `${type}\n${lot?.reference ?? ''}`;
    const base = { eventId: idOf(key), kind: 'count', type, sku, nodeId, quantity } as const;
    events.push({ ...base, reason, occurredAt, ...(lot === undefined ? {} : { lot }) });
  };
  if (known.onHand !== row.onHand) count('on_hand', row.onHand);
  if (row.unavailable !== undefined) {
    for (const type of UNAVAILABLE_TYPES) {
      const wanted = type === 'quality_control' ? row.unavailable : 0;
      if ((known.parts.get(`${type}\n`)?.quantity ?? 0) !== wanted) count(type, wanted);
    }
  }
  if (row.incoming !== undefined) countLots(row.incoming, known, count);
  return events;
}

type SaidHow = {
  readonly occurredAt: string;
  readonly reason: string;
  readonly idOf: (part: string) => string;
};

// Lots of a row have no names of their own: they take the numbers of their places.
function countLots(
  lots: NonNullable<SaidRow['incoming']>,
  known: KnownCell,
  count: (type: StockType, quantity: number, lot: NonNullable<StockEvent['lot']>) => void,
): void {
  const said = new Map(lots.map((lot, index) => [`row-${index + 1}`, lot]));
  for (const [reference, { quantity, expectedAt, expectedOn }] of said) {
    const stored = known.parts.get(`incoming\n${reference}`);
    const isKnown =
      stored?.quantity === quantity &&
      stored.expectedOn === expectedOn &&
      isSameInstant(stored.expectedAt, expectedAt);
    if (!isKnown) count('incoming', quantity, { reference, expectedAt, expectedOn });
  }
  for (const part of known.parts.values()) {
    if (part.type !== 'incoming' || part.quantity === 0 || said.has(part.lot)) continue;
    count('incoming', 0, { reference: part.lot });
  }
}

function isSameInstant(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return Temporal.Instant.from(a).equals(Temporal.Instant.from(b));
}
