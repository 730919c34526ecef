/**
 * The pure engines over JSON files, for scripts, what-if and other programs.
 *
 *   node scripts/kept.ts quote --world W.json --request R.json
 *   node scripts/kept.ts sellable --world W.json [--channel C] [--sku S] [--at INSTANT] [--tags vip] [--json]
 *   node scripts/kept.ts route INSTANCE.json [--json]
 *   node scripts/kept.ts replay RECEIPT.json
 *   node scripts/kept.ts import postal GEONAMES.txt
 *   node scripts/kept.ts import-stock STOCK.csv --shop S.myshopify.com [--node N] [--preview] [--url U --key K]
 *
 * `-` reads standard input. The answer is one JSON document on standard output (of `sellable` and `route` a
 * text, unless --json is given); everything else goes to standard error. Exit 0: answered (replay: equal). Exit 1: replay gave another answer. Exit 2: the input
 * cannot be used, with a problem document on standard output. Formats: docs/cli.md.
 */
import { readFileSync, readSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import type { InvalidInput } from '../backend/base/result.ts';
import { instantToMinuteFloor } from '../backend/base/time.ts';
import { fieldProblems } from '../backend/network/field-problems.ts';
import { compileNetwork } from '../backend/network/network.ts';
import { parseNetworkSection, parseRequest, parseWorld } from '../backend/network/world-parse.ts';
import { quote } from '../backend/promise/quote.ts';
import { toAnswer } from '../backend/promise/quote-answer.ts';
import { toQuoteRequest } from '../backend/promise/quote-request.ts';
import { exportedReceiptSchema, replayReceipt } from '../backend/promise/receipt-facts-replay.ts';
import { toPromisedOptions } from '../backend/promise/service.ts';
import { factsOfWorld } from '../backend/stock/stock.ts';
import { jsonMistakeAt } from './json-place.ts';
import { importPostal, ownerDatabase } from './kept-import.ts';
import { ImportStockError, type ImportStockOptions, importStock } from './kept-import-stock.ts';
import { answerRoute, writeRoute } from './kept-route.ts';
import { answerSellable, writeSellable } from './kept-sellable.ts';

const EXIT_DIFFERENT = 1;
const EXIT_INVALID = 2;

/** An input that cannot be used, with every problem found in it. */
class InvalidInputs extends Error {
  readonly file: string;
  readonly problems: readonly InvalidInput[];

  constructor(file: string, problems: readonly InvalidInput[]) {
    super(`${file} cannot be used`);
    this.file = file;
    this.problems = problems;
  }
}

function runQuote(options: { readonly world: string; readonly request: string }): void {
  const world = parseWorld(readJson(options.world));
  if (!world.ok) throw new InvalidInputs(options.world, world.refusal.problems);
  const asked = parseRequest(readJson(options.request));
  if (!asked.ok) throw new InvalidInputs(options.request, asked.refusal.problems);
  const snapshot = compileNetwork(world.value, instantToMinuteFloor(asked.value.now));
  const request = toQuoteRequest(snapshot, asked.value);
  if (!request.ok) throw new InvalidInputs(options.request, [request.refusal]);
  const facts = factsOfWorld(snapshot, world.value);
  print(toAnswer(snapshot, quote(snapshot, facts, request.value)));
}

type SellableFlags = {
  readonly world: string;
  readonly channel?: string;
  readonly sku?: string;
  readonly at?: string;
  readonly tags?: string;
  readonly json?: boolean;
};

function runSellable(flags: SellableFlags): void {
  const world = parseWorld(readJson(flags.world));
  if (!world.ok) throw new InvalidInputs(flags.world, world.refusal.problems);
  const answer = answerSellable(world.value, {
    channel: flags.channel,
    sku: flags.sku,
    at: flags.at ?? Temporal.Now.instant().toString(),
    customerTags: flags.tags === undefined ? [] : flags.tags.split(',').filter((tag) => tag !== ''),
  });
  if (!answer.ok) throw new InvalidInputs('the command line', [answer.refusal]);
  if (flags.json === true) print(answer.value);
  else process.stdout.write(writeSellable(answer.value));
}

function runRoute(file: string, flags: { readonly json?: boolean }): void {
  const answer = answerRoute(readJson(file));
  if (!answer.ok) throw new InvalidInputs(file, answer.problems);
  if (flags.json === true) print(answer.value);
  else process.stdout.write(writeRoute(answer.value));
}

function runReplay(file: string): void {
  const json = readJson(file);
  const exported = exportedReceiptSchema.safeParse(json);
  if (!exported.success) {
    const remedy = 'Export the receipt again; docs/cli.md lists every field.';
    const problems = fieldProblems(exported.error, json);
    throw new InvalidInputs(
      file,
      problems.map((problem) => ({ ...problem, remedy })),
    );
  }
  const network = parseNetworkSection(exported.data.network);
  if (!network.ok) {
    const { problems } = network.refusal;
    throw new InvalidInputs(
      file,
      problems.map((problem) => ({ ...problem, pointer: `/network${problem.pointer}` })),
    );
  }
  const receipt = { ...exported.data, network: network.value };
  const replay = replayReceipt(receipt, toPromisedOptions);
  if (!replay.ok) throw new InvalidInputs(file, [replay.refusal]);
  print(replay.value);
  if (!replay.value.isEqual) process.exitCode = EXIT_DIFFERENT;
}

async function runImportPostal(file: string): Promise<void> {
  const text = readText(file);
  process.stderr.write(`reading ${file} …\n`);
  const answer = await importPostal(text, await ownerDatabase());
  if (answer.codes > 0) return print(answer);
  throw new InvalidInputs(
    file,
    answer.refused.map(({ line, reason }) => ({
      code: 'invalid_input',
      pointer: `/${line}`,
      allowed: 'rows of a GeoNames postal file, columns separated by tabs',
      remedy: `Line ${line}: ${reason}.`,
    })),
  );
}

async function runImportStock(file: string, options: ImportStockOptions): Promise<void> {
  try {
    const answer = await importStock(file, options);
    print(answer);
    if (answer.refused > 0) process.exitCode = EXIT_DIFFERENT;
  } catch (error) {
    if (!(error instanceof ImportStockError)) throw error;
    const allowed = 'a stock file and a service that can be reached';
    throw new InvalidInputs(file, [
      { code: 'invalid_input', pointer: '', allowed, remedy: error.message },
    ]);
  }
}

function readJson(file: string): unknown {
  const text = readText(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { line, column } = jsonMistakeAt(text);
    const allowed = 'JSON text (RFC 8259)';
    const remedy = `Correct the text at line ${line}, column ${column}.`;
    throw new InvalidInputs(file, [{ code: 'invalid_input', pointer: '', allowed, remedy }]);
  }
}

function readText(file: string): string {
  try {
    const bytes = file === '-' ? readInput() : readFileSync(file);
    // Some editors and shells put a mark in front that is no part of the text.
    return bytes.toString('utf8').replace(/^\ufeff/, '');
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    const allowed = 'a file that can be read';
    const remedy = `Check the path (${reason}).`;
    throw new InvalidInputs(file, [
      { code: 'invalid_input', pointer: '', value: file, allowed, remedy },
    ]);
  }
}

const PIECE_BYTES = 1 << 16;
const WAIT_MILLISECONDS = 5;

/** Standard input to its end. A pipe that nothing stands in yet may say so instead of waiting: it is asked again. */
function readInput(): Buffer {
  const pieces: Buffer[] = [];
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    const piece = Buffer.alloc(PIECE_BYTES);
    try {
      const length = readSync(0, piece);
      if (length === 0) return Buffer.concat(pieces);
      pieces.push(piece.subarray(0, length));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(never, 0, 0, WAIT_MILLISECONDS);
    }
  }
}

function print(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
}

function printProblem({ file, problems }: InvalidInputs): void {
  const [first] = problems;
  print({
    type: '/problems/invalid_input',
    title: 'The input cannot be used.',
    detail: `${file}${first?.pointer ? `, ${first.pointer}` : ''}: expected ${first?.allowed ?? ''}. ${first?.remedy ?? ''}`,
    errors: problems.map(({ pointer, value, allowed, remedy }) => ({
      pointer,
      ...(value === undefined ? {} : { value }),
      allowed,
      remedy,
    })),
  });
}

async function main(): Promise<void> {
  const program = new Command('kept')
    .description('What is promised, and why, from JSON files. Formats: docs/cli.md.')
    .exitOverride();
  program
    .command('quote')
    .description(
      'every delivery option of a request, dated, and the reason for each one that is absent',
    )
    .requiredOption('--world <file>', 'the world (network, products, stock); - for standard input')
    .requiredOption('--request <file>', 'the request; - for standard input')
    .action(runQuote);
  program
    .command('sellable')
    .description('what each channel may sell of each SKU, line by line, and where')
    .requiredOption('--world <file>', 'the world; - for standard input')
    .option('--channel <code>', 'one channel only; any code, the policy need not name it')
    .option('--sku <sku>', 'one SKU only')
    .option('--at <instant>', 'as 2026-11-30T10:00:00+01:00; without it now')
    .option('--tags <tags>', 'the customer’s tags, separated by commas')
    .option('--json', 'one JSON document instead of a text')
    .action(runSellable);
  program
    .command('route')
    .description('who should send these orders, when, and why not the others')
    .argument('<instance>', 'world, routing settings and orders; - for standard input')
    .option('--json', 'one JSON document instead of a text')
    .action(runRoute);
  program
    .command('replay')
    .description('an exported receipt answered again: are the dates those that were promised?')
    .argument('<receipt>', 'the receipt file; - for standard input')
    .action(runReplay);
  program
    .command('import')
    .description('takes data into the database')
    .command('postal')
    .description('where postal codes lie, from a GeoNames postal file (one or more countries)')
    .argument('<file>', 'the file, unpacked; - for standard input')
    .action(runImportPostal);
  program
    .command('import-stock')
    .description(
      'a stock file (CSV) sent to a running service; run again, it goes on where it ended',
    )
    .argument('<file>', 'the file')
    .requiredOption('--shop <shop>', 'the shop, as kept-demo.myshopify.com')
    .option('--node <id>', 'the node of rows that name none')
    .addOption(
      new Option('--kind <kind>', 'the file says how many there are, or how many more or fewer')
        .choices(['count', 'delta'])
        .default('count'),
    )
    .option('--occurred-at <instant>', 'when it was counted; else when the file was last changed')
    .option('--preview', 'only look at the file')
    .option('--errors <file>', 'where to write the refused rows, to be corrected')
    .addOption(
      new Option('--url <url>', 'the service').env('KEPT_URL').default('http://localhost:3000'),
    )
    .addOption(new Option('--key <key>', 'the connection’s key').env('KEPT_KEY'))
    .action(runImportStock);
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof InvalidInputs) printProblem(error);
    else if (!(error instanceof CommanderError)) throw error;
    else if (error.exitCode === 0) return;
    process.exitCode = EXIT_INVALID;
  }
}

await main();
