/**
 * What does a row of a stock file say, and what is wrong with it?
 *
 * In: the cells of a row, which column means what, what the file as a whole says. Out: an event for the ledger, or a
 * refusal with the next step. Numbers are whole units and nothing else: 1.200 is twelve hundred to one reader and a bit
 * over one to another, so neither is guessed.
 */
import { MAX_QUANTITY } from '../../base/quantity.ts';
import { checkMovement, type LedgerEvent, type RowRefusal, type RowRules } from '../stock-rows.ts';
import { movementSchema } from '../stock-schemas.ts';
import type { Field, Mapping } from './layout.ts';
import type { FileRow } from './reader.ts';

/** What is said of the file as a whole. */
export type FileStatement = {
  readonly mapping: Mapping;
  readonly kind: 'count' | 'delta';
  /** Where no column says. */
  readonly nodeId: string | undefined;
  readonly type: LedgerEvent['type'];
  /** Where no column says: when the file was made. */
  readonly occurredAt: string;
  /** Begins the events' ids; the row's number follows. */
  readonly idPrefix: string;
};

/** What became of a row. */
export type ReadRow =
  | { readonly row: FileRow; readonly event: LedgerEvent }
  | { readonly row: FileRow; readonly refusal: RowRefusal }
  /** It says again, in the same units, what an earlier row said. */
  | { readonly row: FileRow; readonly repeats: number };

const ROW_DIGITS = 7;

/** A reader of one file's rows; it remembers what was counted, to tell when a file counts the same thing twice. */
export function createRowReader(statement: FileStatement, rules: RowRules) {
  const counted = new Map<string, { readonly row: number; readonly quantity: number }>();
  // What a wrong row counts is unknown, and unknown is not zero.
  const unsure = new Set<string>();
  const decide = (row: FileRow): ReadRow => {
    if (row.fault !== undefined) {
      const detail = `${row.fault}. Correct line ${row.line} and import the rest.`;
      return refuse(row, 'unreadable_row', detail);
    }
    const quantity = parseQuantity(cell(row, statement.mapping, 'quantity'), statement.kind);
    if (typeof quantity === 'string') return refuse(row, 'not_whole', quantity);
    const stated = toMovement(row, statement, quantity);
    const checked = checkMovement(stated, 0, rules);
    if (!('event' in checked)) return { row, refusal: namedRefusal(checked.refusal) };
    return statement.kind === 'count'
      ? once(counted, row, checked.event)
      : { row, event: checked.event };
  };
  return {
    read: (row: FileRow): ReadRow => {
      const read = decide(row);
      if ('refusal' in read) {
        const { nodeId, sku } = toMovement(row, statement, 0);
        unsure.add(`${nodeId}\n${sku}`);
      }
      return read;
    },
    /** SKUs by node that the file names; for a file that says it is complete. */
    named: (): ReadonlyMap<string, ReadonlySet<string>> => {
      const byNode = new Map<string, Set<string>>();
      for (const key of [...counted.keys(), ...unsure]) {
        const [nodeId = '', sku = ''] = key.split('\n');
        const skus = byNode.get(nodeId) ?? new Set<string>();
        byNode.set(nodeId, skus.add(sku));
      }
      return byNode;
    },
  };
}

/** What `createRowReader` returns. */
export type RowReader = ReturnType<typeof createRowReader>;

function once(
  counted: Map<string, { readonly row: number; readonly quantity: number }>,
  row: FileRow,
  event: LedgerEvent,
): ReadRow {
  const { nodeId, sku, type, lot, occurredAt, quantity } = event;
  // None of these holds a line break (stock-schemas.ts).
  const key = `${nodeId}\n${sku}\n${type}\n${lot?.reference ?? ''}\n${occurredAt}`;
  const earlier = counted.get(key);
  if (earlier === undefined) {
    counted.set(key, { row: row.row, quantity });
    return { row, event };
  }
  if (earlier.quantity === quantity) return { row, repeats: earlier.row };
  return refuse(
    row,
    'counted_twice',
    `Row ${earlier.row} counts ${earlier.quantity} of ${sku} at ${nodeId}, this one ${quantity}. Keep the right one.`,
  );
}

function toMovement(row: FileRow, statement: FileStatement, quantity: number) {
  const { mapping } = statement;
  const text = (field: Field) => cell(row, mapping, field);
  const reference = text('reference');
  const type = text('type') === '' ? statement.type : plainType(text('type'));
  const expected = (['expectedAt', 'expectedOn'] as const).filter((field) => text(field) !== '');
  const lot = {
    reference:
      reference === '' ? `${text('sku')} ${expected.map(text).join(' ')}`.trim() : reference,
    ...Object.fromEntries(expected.map((field) => [field, text(field)])),
  };
  return {
    eventId: `${statement.idPrefix}/${String(row.row).padStart(ROW_DIGITS, '0')}`,
    kind: statement.kind,
    type,
    sku: text('sku'),
    nodeId: text('nodeId') === '' ? (statement.nodeId ?? '') : text('nodeId'),
    quantity,
    reason: text('reason') === '' ? 'import' : text('reason'),
    occurredAt: text('occurredAt') === '' ? statement.occurredAt : text('occurredAt'),
    ...(type === 'incoming' ? { lot } : {}),
  };
}

function cell({ cells }: FileRow, mapping: Mapping, field: Field): string {
  const column = mapping[field];
  return column === undefined ? '' : (cells[column] ?? '').trim();
}

function plainType(text: string): string {
  return text.toLowerCase().replace(/[\s-]+/g, '_');
}

const GROUPED = /^[+-]?\d{1,3}(?:[.,'’\s\u00a0\u202f]\d{3})+$/;
const WITH_DECIMALS = /^[+-]?\d+[.,]\d+$/;

/** Whole units, or the sentence that says what is wrong. */
export function parseQuantity(text: string, kind: 'count' | 'delta'): number | string {
  const allowed = kind === 'count' ? `0 to ${MAX_QUANTITY}` : `-${MAX_QUANTITY} to ${MAX_QUANTITY}`;
  if (text === '') return 'The quantity is empty. Write 0 when there are none.';
  if (/^[+-]?\d{1,10}$/.test(text)) {
    const quantity = Number(text) || 0;
    const isWithin = Math.abs(quantity) <= MAX_QUANTITY && (kind === 'delta' || quantity >= 0);
    return isWithin
      ? quantity
      : `The quantity is ${text}, allowed is ${allowed}. Correct the number.`;
  }
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  if (GROUPED.test(text)) {
    return `The quantity ${shown} has a sign between its digits. Write ${text.replace(/[^\d+-]/g, '')} if that is meant.`;
  }
  if (WITH_DECIMALS.test(text)) {
    return `The quantity ${shown} has decimals. Only whole units are counted: write it without.`;
  }
  return `The quantity is ${shown}, allowed is a whole number from ${allowed}. Correct the cell or the column.`;
}

// A file has columns and no JSON: the field is named, not pointed at.
function namedRefusal({ code, pointer, detail }: RowRefusal): RowRefusal {
  const field = pointer.replace(/^\/events\/0\/?/, '');
  const isKnown = field !== '' && Object.hasOwn(movementSchema.shape, field.split('/')[0] ?? '');
  return { code, pointer: field, detail: isKnown ? `${field}: ${detail}` : detail };
}

function refuse(row: FileRow, code: string, detail: string): ReadRow {
  return { row, refusal: { code, pointer: 'quantity', detail } };
}
