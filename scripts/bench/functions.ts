/**
 * What does the delivery-options Function cost in a large cart? Instructions of the built bundle, counted by the
 * engine of `scripts/functions` (1.29 to 1.45 times Shopify's own count), for carts of 1, 20, 200 and 500 lines.
 *
 * Worst of two checkouts with 8 options that all get a title and come out in another order: (a) a cart promise that
 * holds, which also hides one option, (b) none, and a 9,000-byte table whose last zone is the shopper's. The table
 * is in the input of both, as in a real shop. Printed besides: (a) without the table, and a promise for another
 * basket, which costs a second pass over the lines before the table answers. Deterministic: the same numbers on
 * every machine.
 *
 * Usage: npm run -s bench -- functions [--json]        last line: one JSON object; the lines before, each checkout
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  MOST_PADDED_TABLE_BYTES,
  type PaddedTableJson,
} from '../../backend/contract/padded-table.ts';
import { buildExtensions, camelCase } from '../build-extensions.ts';
import {
  type CheckoutWords,
  checkoutInput,
  fingerprintOfLines,
  paddedTableOf,
  readSpans,
  settingsOf,
  shippingOption,
  variantLine,
} from '../functions/delivery-input.ts';
import { type FunctionRun, runFunction } from '../functions/engine.ts';

/** The checkouts the result is the worst of. */
const COUNTED = new Set(['cart promise', 'padded table']);
const LINES = [1, 20, 200, 500];
const OPTIONS = 8;
const ZONES = 120;
const TODAY = '2026-11-23';
// Real variants are a few thousand apart and have fourteen digits.
const FIRST_VARIANT = 45_678_901_234_567;
const VARIANT_STEP = 32_768;

const codes = Array.from({ length: OPTIONS }, (_, at) => `merchant-rate-${at + 1}`);
const services = Array.from({ length: OPTIONS }, (_, at) => `service-${at + 1}`);

/** Days that fall from option to option, so that every option but the first has to move. */
const dayOf = (option: number) => OPTIONS - option + 1;

/** 120 zones with rows of their own; the id fills the table up to its limit. */
function worstTable(): PaddedTableJson {
  const zones: Record<string, number[][]> = {};
  for (let zone = 0; zone < ZONES; zone++) {
    // The first two services tell every zone from every other, so that no two share a row.
    const spread = [zone % 50, Math.floor(zone / 50)];
    zones[`IT${100 + 2 * zone}`] = services.map((_, option) =>
      Array.from({ length: 7 }, (_day, day) => {
        const extra = zone === ZONES - 1 ? 0 : (spread[option] ?? (zone + day) % 50);
        return dayOf(option) + extra;
      }),
    );
  }
  const table = { firstDay: TODAY, validUntil: '2026-11-30', serviceCodes: services, zones };
  const bare = JSON.stringify(paddedTableOf({ ...table, id: '' })).length;
  const filler = Math.min(40, MOST_PADDED_TABLE_BYTES - bare);
  return paddedTableOf({ ...table, id: 'x'.repeat(filler) });
}

function checkouts(count: number, table: PaddedTableJson): Record<string, CheckoutWords> {
  const lines = Array.from({ length: count }, (_, at) =>
    variantLine(FIRST_VARIANT + VARIANT_STEP * at, 1 + (at % 3)),
  );
  const bindings = Object.fromEntries(codes.map((code, at) => [code, services[at] ?? '']));
  const bound = settingsOf({ bindings, ownCodes: [], sortsByDate: true, paddedTable: table });
  // The last is our own rate, whose day is in its description: it can be dated and impossible at once.
  const settings = settingsOf({
    bindings,
    ownCodes: codes.slice(-1),
    sortsByDate: true,
    paddedTable: table,
  });
  const iso = (option: number) => `2026-12-0${dayOf(option)}`;
  const options = codes.map((code, at) =>
    shippingOption(code, `${5 + at}.9`, {
      h: `${'9f2bd0a1c4e85b7a'.repeat(2)}-${at}`,
      t: `Delivery option ${at + 1}`,
      d: at === OPTIONS - 1 ? iso(at) : null,
    }),
  );
  const promise = {
    v: 1 as const,
    d: TODAY,
    b: '16:30',
    c: 'IT',
    z: `${100 + 2 * (ZONES - 1)}99`,
    f: fingerprintOfLines(lines),
    r: 'r'.repeat(120),
    l: 'it',
    o: Object.fromEntries(codes.map((code, at) => [code, `${iso(at)}|mar ${dayOf(at)} dic`])),
    h: [codes[OPTIONS - 1] ?? ''],
  };
  const live: CheckoutWords = {
    today: TODAY,
    time: '11:30',
    language: 'IT',
    lines,
    country: 'IT',
    zip: promise.z,
    options,
    settings,
    promise,
  };
  return {
    'cart promise': live,
    'padded table': { ...live, promise: undefined, settings: bound },
    // The table apart from the promise, to see what it costs where it only stands by.
    'cart promise, no table': { ...live, settings: { v: 1, b: settings.b, s: settings.s } },
    'stale promise': { ...live, promise: { ...promise, f: '0-0' }, settings: bound },
  };
}

type Row = { instructions: number; operations: number; inputBytes: number; bundleBytes: number };

function operationsOf({ output, error }: FunctionRun): number {
  if (error !== undefined) throw new Error(error);
  const { operations }: { operations: unknown[] } = output as { operations: unknown[] };
  return operations.length;
}

async function main(): Promise<void> {
  const extension = (await buildExtensions()).find(({ kind }) => kind === 'function');
  const [target] = extension?.targets ?? [];
  if (!extension || !target?.inputQuery) throw new Error('There is no Function to measure.');
  const bundle = readFileSync(extension.file, 'utf8');
  const spans = readSpans(readFileSync(join(extension.directory, target.inputQuery), 'utf8'));
  const table = worstTable();
  process.stdout.write(`table ${JSON.stringify(table).length} B, bundle ${extension.bytes} B\n`);
  const rows: Record<string, Row> = {};
  for (const count of LINES) {
    for (const [name, words] of Object.entries(checkouts(count, table))) {
      const input = checkoutInput(words, spans);
      const run = await runFunction(bundle, input, camelCase(target.export ?? ''));
      const { instructions, inputBytes } = run;
      const operations = operationsOf(run);
      process.stdout.write(
        `${count} lines, ${name}: ${instructions} instructions, ${operations} operations, input ${inputBytes} B\n`,
      );
      if (COUNTED.has(name) && instructions > (rows[count]?.instructions ?? 0)) {
        rows[count] = { instructions, operations, inputBytes, bundleBytes: extension.bytes };
      }
    }
  }
  process.stdout.write(`${JSON.stringify({ [extension.handle]: rows })}\n`);
}

await main();
