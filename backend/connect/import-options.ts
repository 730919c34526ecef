/**
 * What a merchant decides about a stock file before it is booked.
 *
 * Read from the console and from the guess of csv/layout.ts; stored with the import, so that a resumed booking reads the
 * file in the same way.
 */
import { z } from 'zod';
import { FIELDS } from './csv/layout.ts';
import { STOCK_TYPES } from './stock-schemas.ts';

// A sheet with more columns than this is no list of stock.
const COLUMNS_MAX = 1_000;
const column = z.int().min(0).max(COLUMNS_MAX);

/** The decisions; each may be left to the guess until the import is started. */
export const importOptionsSchema = z.strictObject({
  separator: z.string().length(1),
  linesBefore: z.int().min(0).max(1),
  mapping: z.partialRecord(z.enum(FIELDS), column),
  /** count: the file says how many there are. delta: it says how many more or fewer. */
  kind: z.enum(['count', 'delta']).default('count'),
  /** Where no column names a node. */
  nodeId: z.string().min(1).max(255).optional(),
  type: z.enum(STOCK_TYPES).default('on_hand'),
  /** Where no column says when; absent: when the file was uploaded. */
  occurredAt: z.iso.datetime({ offset: true }).regex(/^20/).optional(),
  /** What is on hand at a node of the file and not in the file is gone. */
  isFull: z.boolean().default(false),
});
export type ImportOptions = z.output<typeof importOptionsSchema>;
