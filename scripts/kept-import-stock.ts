/**
 * `kept import-stock FILE`: a stock file sent to a running service with a connection's key.
 *
 * The file is read here, as the page reads it (backend/connect/csv), and sent in batches to `POST /v1/stock/movements`.
 * An event's id is made of the file's content and the row's number, so a command that was interrupted is simply run again:
 * what was booked is a duplicate. Counts are as of the file's last change, unless said otherwise, for the same reason.
 * Progress goes to standard error (one line that is rewritten on a terminal, plain lines elsewhere).
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { decodePieces, type Encoding, watchEncoding } from '../backend/connect/csv/encoding.ts';
import { guessLayout, type Layout, missingFields } from '../backend/connect/csv/layout.ts';
import { type FileRow, readRows } from '../backend/connect/csv/reader.ts';
import { createRowReader, type RowReader } from '../backend/connect/csv/rows.ts';
import { type LedgerEvent, latestInstant } from '../backend/connect/stock-rows.ts';
import type { BatchAnswer } from '../backend/connect/stock-schemas.ts';

/** The options of the command, as commander gives them. */
export type ImportStockOptions = {
  readonly shop: string;
  readonly url: string;
  readonly key?: string | undefined;
  readonly node?: string | undefined;
  readonly kind: 'count' | 'delta';
  readonly occurredAt?: string | undefined;
  readonly preview?: boolean | undefined;
  readonly errors?: string | undefined;
};

/** What the command says. */
export type ImportStockAnswer = {
  readonly file: string;
  readonly encoding: Encoding;
  readonly separator: string;
  /** Field → heading of its column. */
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: number;
  readonly booked: number;
  readonly unchanged: number;
  readonly refused: number;
  /** The first refused rows; all of them with `--errors`. */
  readonly problems: readonly Problem[];
};

type Problem = { readonly row: number; readonly line: number; readonly detail: string };

/** The file or the service cannot be used; the message is for a person. */
export class ImportStockError extends Error {}

const PIECE_BYTES = 256 * 1024;
const BATCH_ROWS = 5_000;
const PROBLEMS_SHOWN = 50;
const HEAD_CHARACTERS = 64 * 1024;
const TRIES_MAX = 8;
const WAIT_MAX_SECONDS = 60;
const ANSWER_SECONDS = 60;

/** Sends a file, or looks at it. */
export async function importStock(
  file: string,
  options: ImportStockOptions,
): Promise<ImportStockAnswer> {
  const { encoding, hash, occurredAt } = inspect(file);
  const layout = await layoutOf(file, encoding);
  const missing = missingFields(layout.mapping, options.node !== undefined);
  if (missing.length > 0) {
    const headings = layout.headings.join(', ') || 'none';
    throw new ImportStockError(
      `${file} says no ${missing.join(', ')}; its headings are: ${headings}. ` +
        'Rename the columns, or name one node for all rows with --node.',
    );
  }
  const reader = readerOf(layout, options, { hash, occurredAt });
  const run = createRun(file, options);
  const send = options.preview ? undefined : await sender(options);
  let batch: Waiting[] = [];
  for await (const row of rowsOf(file, encoding, layout)) {
    const waiting = run.take(row, reader);
    if (waiting !== undefined) batch.push(waiting);
    if (batch.length < BATCH_ROWS) continue;
    await run.settle(batch, send);
    batch = [];
  }
  if (batch.length > 0) await run.settle(batch, send);
  run.end();
  if (options.errors !== undefined) writeErrors(options.errors, layout, run.problems);
  return {
    file,
    encoding,
    separator: layout.separator,
    columns: columnsOf(layout),
    ...run.answer(),
  };
}

// ---- the file -----------------------------------------------------------------------------------

function* piecesOf(file: string): Generator<Buffer> {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ImportStockError(`${file} cannot be read (${reason}). Check the path.`, { cause });
  }
  try {
    for (;;) {
      const piece = Buffer.alloc(PIECE_BYTES);
      const read = readSync(handle, piece);
      if (read === 0) return;
      yield piece.subarray(0, read);
    }
  } finally {
    closeSync(handle);
  }
}

async function* textOf(file: string, encoding: Encoding): AsyncGenerator<string> {
  async function* pieces() {
    yield* piecesOf(file);
  }
  yield* decodePieces(pieces(), encoding);
}

function inspect(file: string) {
  const watch = watchEncoding();
  const hash = createHash('sha256');
  for (const piece of piecesOf(file)) {
    watch.look(piece);
    hash.update(piece);
  }
  const seconds = Math.floor(statSync(file).mtimeMs / 1_000);
  const occurredAt = Temporal.Instant.fromEpochMilliseconds(seconds * 1_000).toString();
  return { encoding: watch.decide(), hash: hash.digest('hex').slice(0, 32), occurredAt };
}

async function layoutOf(file: string, encoding: Encoding): Promise<Layout> {
  let head = '';
  for await (const text of textOf(file, encoding)) {
    head += text;
    if (head.length >= HEAD_CHARACTERS) break;
  }
  return guessLayout(head);
}

function rowsOf(file: string, encoding: Encoding, layout: Layout): AsyncGenerator<FileRow> {
  return readRows(textOf(file, encoding), layout);
}

// Which SKUs and nodes there are, the service knows.
function readerOf(
  { mapping }: Layout,
  { node, kind, occurredAt }: ImportStockOptions,
  file: { readonly hash: string; readonly occurredAt: string },
): RowReader {
  const isIncoming =
    mapping.type === undefined && (mapping.expectedAt ?? mapping.expectedOn) !== undefined;
  return createRowReader(
    {
      mapping,
      kind,
      nodeId: node,
      type: isIncoming ? 'incoming' : 'on_hand',
      occurredAt: occurredAt ?? file.occurredAt,
      idPrefix: `file-${file.hash}${node === undefined ? '' : `-${node}`}`,
    },
    {
      latest: latestInstant(Temporal.Now.instant()),
      hasSku: () => true,
      hasNode: () => true,
      allowedNodes: [],
    },
  );
}

function columnsOf({ mapping, headings }: Layout): Record<string, string> {
  return Object.fromEntries(
    Object.entries(mapping).map(([field, column]) => [field, headings[column] ?? '']),
  );
}

// ---- the rows -----------------------------------------------------------------------------------

type Waiting = { readonly row: FileRow; readonly event: LedgerEvent };
type FullProblem = Problem & { readonly cells: readonly string[] };
type Send = (events: readonly LedgerEvent[]) => Promise<BatchAnswer>;

function createRun(file: string, { preview }: ImportStockOptions) {
  const counts = { rows: 0, booked: 0, unchanged: 0, refused: 0 };
  const problems: FullProblem[] = [];
  const isTerminal = process.stderr.isTTY === true;
  const refuse = ({ row, line, cells }: FileRow, detail: string) => {
    counts.refused += 1;
    problems.push({ row, line, detail, cells });
  };
  const progress = (end: string) => {
    const { rows, booked, unchanged, refused } = counts;
    const what = preview ? 'read' : 'sent';
    const text = `${file}: ${rows} rows ${what}, ${booked} ${preview ? 'right' : 'booked'}, ${unchanged} unchanged, ${refused} refused`;
    process.stderr.write(isTerminal ? `\r${text}${end}` : `${text}\n`);
  };
  return {
    problems,
    take: (row: FileRow, reader: RowReader): Waiting | undefined => {
      counts.rows += 1;
      const read = reader.read(row);
      if ('event' in read) return { row, event: read.event };
      if ('refusal' in read) refuse(row, read.refusal.detail);
      else counts.unchanged += 1;
      return undefined;
    },
    settle: async (batch: readonly Waiting[], send: Send | undefined) => {
      if (send === undefined) counts.booked += batch.length;
      else {
        const answer = await send(batch.map(({ event }) => event));
        counts.booked += answer.booked;
        counts.unchanged += answer.duplicate + answer.superseded;
        for (const [index, { verdict, detail }] of answer.verdicts.entries()) {
          const waiting = batch[index];
          if (verdict === 'refused' && waiting !== undefined) refuse(waiting.row, detail ?? '');
        }
      }
      progress('');
    },
    end: () => progress('\n'),
    answer: () => ({
      ...counts,
      problems: problems
        .slice(0, PROBLEMS_SHOWN)
        .map(({ row, line, detail }) => ({ row, line, detail })),
    }),
  };
}

function writeErrors(target: string, layout: Layout, problems: readonly FullProblem[]): void {
  const { headings, separator } = layout;
  const quote = (text: string) =>
    text.includes(separator) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const lines = [
    [...headings, 'kept: problem', 'kept: line'],
    ...problems.map(({ cells, detail, line }) => [
      ...headings.map((_, column) => cells[column] ?? ''),
      detail,
      String(line),
    ]),
  ];
  const text = lines.map((cells) => `${cells.map(quote).join(separator)}\r\n`).join('');
  writeFileSync(target, `\ufeff${text}`);
}

// ---- the service --------------------------------------------------------------------------------

async function sender(options: ImportStockOptions): Promise<Send> {
  const { key, shop, url } = options;
  if (key === undefined || key === '') {
    throw new ImportStockError(
      'No key: give --key or set KEPT_KEY. The merchant makes one in Kept under Connections.',
    );
  }
  const known = (await ask(options, '/v1/connection', {})) as { readonly shop: string };
  if (known.shop !== shop) {
    throw new ImportStockError(
      `The key belongs to ${known.shop}, not to ${shop} (--shop). Use that shop’s key.`,
    );
  }
  // No Idempotency-Key: a refusal whose cause was put right must not be answered from memory. The events' ids do.
  return async (events) => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify({ events }) };
    return (await ask({ key, url }, '/v1/stock/movements', init)) as BatchAnswer;
  };
}

type Asked = {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
};

/** Asks until there is an answer: a service that is busy or starting again is waited for. */
async function ask(
  { key, url }: Pick<ImportStockOptions, 'key' | 'url'>,
  path: string,
  init: Asked,
): Promise<unknown> {
  let reason = '';
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const headers = { ...init.headers, authorization: `Bearer ${key}` };
    const signal = AbortSignal.timeout(ANSWER_SECONDS * 1_000);
    const response = await fetch(`${url}${path}`, { ...init, headers, signal }).catch(
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    if (response instanceof Error) {
      reason = response.message;
      await delay(waitSeconds(tries, null) * 1_000);
      continue;
    }
    const text = await response.text();
    if (response.ok) return JSON.parse(text);
    reason = detailOf(text) ?? `it answered ${response.status}`;
    const isPassing = [409, 429, 500, 502, 503, 504].includes(response.status);
    if (!isPassing) break;
    await delay(waitSeconds(tries, response.headers.get('retry-after')) * 1_000);
  }
  throw new ImportStockError(
    `${url}${path}: ${reason} Run the command again to go on where it ended; nothing is booked twice.`,
  );
}

function waitSeconds(tries: number, retryAfter: string | null): number {
  const told = Number(retryAfter ?? Number.NaN);
  return Math.min(WAIT_MAX_SECONDS, Number.isFinite(told) && told > 0 ? told : 0.25 * 2 ** tries);
}

function detailOf(text: string): string | undefined {
  try {
    const problem: unknown = JSON.parse(text);
    const isProblem = typeof problem === 'object' && problem !== null && 'detail' in problem;
    return isProblem ? String(problem.detail) : undefined;
  } catch {
    return undefined;
  }
}
