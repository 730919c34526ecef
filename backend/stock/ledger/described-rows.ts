/**
 * What do a batch's movements say of their events?
 *
 * In: checked events and the number of the first movement. Out: a text a column, made before any row is locked; what the
 * events did is sent beside it once that is known. Pure.
 */
import { namesOf, numbersOf } from './arrays.ts';
import { instantOf, toMicros } from './instants.ts';
import type { StockEvent } from './ledger.ts';
import type { SortedBatch } from './verdicts.ts';

/** What movements say of their events, as columns: made before the rows are locked, sent when their effects are known. */
export type DescribedRows = {
  /** In the order of their key: neighbours are on one page of the index, which halves the search for duplicates. */
  readonly eventIdsByKey: string;
  readonly movement: string;
  readonly names: Readonly<
    Record<'eventId' | 'sku' | 'nodeId' | 'type' | 'kind' | 'reason', string>
  >;
  readonly quantity: string;
  readonly micros: string;
  readonly lots:
    | { readonly reference: string; readonly at: string; readonly on: string }
    | undefined;
};

/** Describes the batch's events. */
export function describeRows(sorted: SortedBatch, firstMovement: number): DescribedRows {
  const { events, micros, places } = sorted;
  const told = places.map((place) => events[place]).filter((event) => event !== undefined);
  const hasLots = told.some(({ lot }) => lot !== undefined);
  return {
    eventIdsByKey: namesOf(told.map(({ eventId }) => eventId).sort(), (eventId) => eventId),
    movement: numbersOf(places, (place) => firstMovement + place),
    names: {
      eventId: namesOf(told, ({ eventId }) => eventId),
      sku: namesOf(told, ({ sku }) => sku),
      nodeId: namesOf(told, ({ nodeId }) => nodeId),
      type: namesOf(told, ({ type }) => type),
      kind: namesOf(told, ({ kind }) => kind),
      reason: namesOf(told, ({ reason }) => reason),
    },
    quantity: numbersOf(told, ({ quantity }) => quantity),
    micros: numbersOf(places, (place) => micros[place]),
    // Columns that are empty throughout are not sent: unnest fills them with nulls.
    lots: hasLots ? describeLots(told) : undefined,
  };
}

function describeLots(told: readonly StockEvent[]): NonNullable<DescribedRows['lots']> {
  return {
    reference: namesOf(told, ({ lot }) => lot?.reference ?? ''),
    // To the microsecond, as instants are compared; Postgres would round what is finer.
    at: namesOf(told, ({ lot }) =>
      lot?.expectedAt === undefined ? '' : instantOf(toMicros(lot.expectedAt)),
    ),
    on: namesOf(told, ({ lot }) => lot?.expectedOn ?? ''),
  };
}
