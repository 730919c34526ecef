import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImporterEnvironment } from '../../tests/connect-importer.ts';
import { type ConnectStand, connectStand, skuOf } from '../../tests/connect-stand.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import type { ShopId } from '../base/ids.ts';
import { withShop } from '../platform/database.ts';
import { IMPORT_STEPS } from './import-file.ts';
import { importOptionsSchema } from './import-options.ts';
import { FILE_LIMIT_BYTES } from './imports.ts';

let database: TestDatabase<unknown>;
let stand: ConnectStand;
let shopNumber = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  stand = connectStand(database.appUrl, { skus: 20_000 });
});
afterAll(async () => {
  await stand.close();
  await database.close();
});

function newShop(): ShopId {
  shopNumber += 1;
  return `files-${shopNumber}.myshopify.com` as ShopId;
}

async function* piecesOf(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
}

async function upload(shopId: ShopId, text: string | Buffer) {
  const pieces = piecesOf(Buffer.from(text));
  const uploaded = await stand.imports.upload(shopId, { fileName: 'f.csv', author: 'ada', pieces });
  if (!uploaded.ok) throw new Error(JSON.stringify(uploaded.refusal));
  return uploaded.value;
}

async function look(shopId: ShopId, importId: string) {
  const looked = await stand.imports.preview(shopId, importId);
  if (!looked.ok) throw new Error(JSON.stringify(looked.refusal));
  return looked.value;
}

/** Uploads, takes the guess with changes, books to the end. */
async function book(shopId: ShopId, text: string | Buffer, changed: object = {}) {
  const { importId } = await upload(shopId, text);
  const { layout } = await look(shopId, importId);
  const { separator, linesBefore, mapping } = layout;
  const options = importOptionsSchema.parse({ separator, linesBefore, mapping, ...changed });
  const started = await stand.imports.start(shopId, importId, options);
  if (!started.ok) throw new Error(JSON.stringify(started.refusal));
  while (await stand.imports.bookStarted(shopId));
  const row = await stand.imports.read(shopId, importId);
  if (!row.ok) throw new Error('it is gone');
  return row.value;
}

async function onHand(shopId: ShopId): Promise<Record<string, number>> {
  return await withShop(stand.db, shopId, async (trx) => {
    const { rows } = await sql<{ cell: string; units: number }>`
      select sku || ' ' || node_id as cell, on_hand as units from stock_position
      where on_hand <> 0 order by 1`.execute(trx);
    return Object.fromEntries(rows.map((row) => [row.cell, Number(row.units)]));
  });
}

test('a file is looked at before anything is booked: layout, rows, what is right and wrong', async () => {
  const shopId = newShop();
  const { importId, state } = await upload(
    shopId,
    'Codice;Magazzino;Giacenza\nS-1;MILANO;5\nS-2;MILANO;1.200\nS-NONE;ROMA;1\n',
  );
  expect(state).toBe('ready');
  const looked = await look(shopId, importId);
  expect(looked).toMatchObject({
    missing: [],
    rows: { total: 3, right: 1, wrong: 2 },
    layout: { separator: ';', mapping: { sku: 0, nodeId: 1, quantity: 2 } },
    firstRows: [{ row: 1, line: 2, problem: null }, { row: 2 }, { row: 3 }],
    errors: [
      { row: 2, line: 3, reason: { code: 'not_whole' } },
      { row: 3, line: 4, reason: { code: 'unknown_sku' } },
    ],
  });
  expect(await onHand(shopId)).toEqual({});
});

test('what a file does not say is asked for, and nothing starts without it', async () => {
  const shopId = newShop();
  const { importId } = await upload(shopId, 'sku,stock\nS-1,5\n');
  const looked = await look(shopId, importId);
  expect(looked.missing).toEqual(['nodeId']);
  expect(looked.rows).toEqual({ total: 1, right: 0, wrong: 0 });
  const { separator, linesBefore, mapping } = looked.layout;
  const options = importOptionsSchema.parse({ separator, linesBefore, mapping });
  const refused = await stand.imports.start(shopId, importId, options);
  expect(refused).toMatchObject({ refusal: { code: 'invalid_input', pointer: '/mapping/nodeId' } });
  const started = await stand.imports.start(shopId, importId, { ...options, nodeId: 'ROMA' });
  expect(started).toMatchObject({ ok: true, value: { state: 'booking', rowsTotal: 1 } });
  expect(stand.enqueued).toContain(shopId);
  await stand.imports.bookStarted(shopId);
  expect(await onHand(shopId)).toEqual({ 'S-1 ROMA': 5 });
});

test('right rows are booked, wrong rows come back as a file that can be corrected and sent again', async () => {
  const shopId = newShop();
  const row = await book(
    shopId,
    'SKU,Location,Qty,Note\nS-1,MILANO,5,"a, ""b"""\nS-2,MILANO,-1,"c, ""d"""\nS-3,MARS,1,\nS-1,MILANO,5,\nS-4,ROMA,2,\n',
  );
  expect(row).toMatchObject({ state: 'done', rowsTotal: 5, booked: 2, unchanged: 1, refused: 2 });
  const text = (await Array.fromAsync(stand.imports.errorsCsv(shopId, row))).join('');
  const [headings, first, second] = text.split('\r\n');
  expect(headings).toBe('\ufeffSKU,Location,Qty,Note,kept: problem,kept: line');
  expect(first).toMatch(/^S-2,MILANO,-1,"c, ""d""","The quantity is -1.*",3$/);
  expect(second).toMatch(/^S-3,MARS,1,,.*MARS.*,4$/);
  const corrected = text.replace(',-1,', ',1,').replace('MARS', 'ROMA');
  expect(await book(shopId, corrected)).toMatchObject({ booked: 2, refused: 0 });
  expect(await onHand(shopId)).toEqual({
    'S-1 MILANO': 5,
    'S-2 MILANO': 1,
    'S-3 ROMA': 1,
    'S-4 ROMA': 2,
  });
});

test('a file of changes adds up, also row by row', async () => {
  const shopId = newShop();
  await book(shopId, 'sku,node,qty\nS-1,ROMA,5\nS-1,ROMA,5\nS-1,ROMA,-3\n', { kind: 'delta' });
  expect(await onHand(shopId)).toEqual({ 'S-1 ROMA': 7 });
});

test('a complete file empties what it does not name at the nodes it names', async () => {
  const shopId = newShop();
  const earlier = { occurredAt: '2026-11-27T08:00:00Z' };
  await book(shopId, 'sku,node,qty\nS-1,ROMA,5\nS-2,ROMA,5\nS-3,ROMA,5\nS-1,MILANO,5\n', earlier);
  // S-3 is named by a wrong row: what it counts is unknown, and unknown is not zero.
  await book(shopId, 'sku,node,qty\nS-1,ROMA,6\nS-3,ROMA,1.5\n', { isFull: true });
  expect(await onHand(shopId)).toEqual({ 'S-1 MILANO': 5, 'S-1 ROMA': 6, 'S-3 ROMA': 5 });
});

test('a file with incoming lots says when they are due', async () => {
  const shopId = newShop();
  const row = await book(
    shopId,
    'sku,node,qty,type,purchase order,expected on\nS-1,ROMA,40,incoming,PO-7,2026-12-01\n',
  );
  expect(row).toMatchObject({ booked: 1, refused: 0 });
  const [part] = await stand.ledger.readParts(shopId, { sku: skuOf(1), nodeId: 'ROMA' });
  expect(part).toMatchObject({
    type: 'incoming',
    lot: 'PO-7',
    quantity: 40,
    expectedOn: '2026-12-01',
  });
});

test('a file with headings alone, and an empty one, end without a row', async () => {
  const shopId = newShop();
  expect(await book(shopId, 'sku,node,qty\n')).toMatchObject({ state: 'done', rowsTotal: 0 });
  const { importId } = await upload(shopId, '');
  expect((await look(shopId, importId)).missing).toEqual(['sku', 'nodeId', 'quantity']);
});

test('a file in Windows-1252 and one in UTF-16 book what they say', async () => {
  stand.known.skus.add('CAFÉ-1');
  const text = 'sku\tnode\tqty\nCAFÉ-1\tROMA\t5\n';
  for (const bytes of [Buffer.from(text, 'latin1'), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
    const shopId = newShop();
    expect(await book(shopId, bytes)).toMatchObject({ booked: 1 });
    expect(await onHand(shopId)).toEqual({ 'CAFÉ-1 ROMA': 5 });
  }
});

test('a file over the limit is refused when the limit is passed, and nothing of it can be started', async () => {
  const shopId = newShop();
  let sent = 0;
  async function* endless() {
    for (;;) {
      sent += 1_000_000;
      yield Buffer.alloc(1_000_000, 'a');
    }
  }
  const file = { fileName: 'f', author: 'ada', pieces: endless() };
  const uploaded = await stand.imports.upload(shopId, file);
  expect(uploaded).toMatchObject({ ok: false, refusal: { code: 'body_too_large' } });
  expect(sent).toBeLessThan(FILE_LIMIT_BYTES + 2_000_000);
  expect(await stand.imports.list(shopId)).toMatchObject([{ state: 'canceled' }]);
});

test('an import is started once, canceled once, and another shop knows nothing of it', async () => {
  const shopId = newShop();
  const { importId } = await upload(shopId, 'sku,node,qty\nS-1,ROMA,5\n');
  const options = importOptionsSchema.parse({
    separator: ',',
    linesBefore: 0,
    mapping: { sku: 0, nodeId: 1, quantity: 2 },
  });
  expect((await stand.imports.read(newShop(), importId)).ok).toBe(false);
  const both = await Promise.all([1, 2].map(() => stand.imports.start(shopId, importId, options)));
  expect(both.filter((one) => one.ok)).toHaveLength(1);
  expect(await stand.imports.cancel(shopId, importId)).toMatchObject({
    value: { state: 'canceled' },
  });
  expect((await stand.imports.cancel(shopId, importId)).ok).toBe(false);
  await stand.imports.bookStarted(shopId);
  expect(await onHand(shopId)).toEqual({});
});

test('two workers on one file book every row once and count it once', async () => {
  const shopId = newShop();
  const lines = Array.from({ length: 12_000 }, (_, row) => `${skuOf(row)},ROMA,1`);
  const { importId } = await upload(shopId, `sku,node,qty\n${lines.join('\n')}\n`);
  const { layout } = await look(shopId, importId);
  const { separator, linesBefore, mapping } = layout;
  const options = importOptionsSchema.parse({ separator, linesBefore, mapping, kind: 'delta' });
  await stand.imports.start(shopId, importId, options);
  await Promise.all([1, 2, 3].map(() => stand.imports.bookStarted(shopId)));
  while (await stand.imports.bookStarted(shopId));
  expect(await stand.imports.read(shopId, importId)).toMatchObject({
    value: { state: 'done', booked: 12_000, unchanged: 0, refused: 0 },
  });
  const units = Object.values(await onHand(shopId));
  expect(units).toHaveLength(12_000);
  expect(units.every((one) => one === 1)).toBe(true);
});

describe('ended by kill -9', () => {
  const ROWS = 10_100;
  const folder = mkdtempSync(join(tmpdir(), 'kept-import-'));
  const file = join(folder, 'stock.csv');
  // Every hundredth row is wrong; the long names make several pieces of the file.
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const quantity = row % 100 === 99 ? '1.5' : String(row % 7);
    return `${skuOf(row)},ROMA,${quantity},${'reason '.repeat(6)}`;
  });
  writeFileSync(file, `sku,node,qty,reason\n${lines.join('\n')}\n`);

  function run(shopId: ShopId, killed: { at: string; count: number } | undefined) {
    const told: ImporterEnvironment = {
      DATABASE_URL: database.appUrl,
      SHOP: shopId,
      FILE: file,
      IS_FULL: 'yes',
      ...(killed === undefined ? {} : { KILL_AT: killed.at, KILL_COUNT: String(killed.count) }),
    };
    const importer = join(import.meta.dirname, '../../tests/connect-importer.ts');
    const env = { ...process.env, ...told };
    return spawnSync(process.execPath, [importer], { encoding: 'utf8', env });
  }

  const moments = [
    ...IMPORT_STEPS.map((at) => ({ at, count: 1 })),
    { at: 'batch_booked', count: 2 },
    { at: 'cursor_moved', count: 3 },
  ];

  test.each(moments)(
    'at $at ($count), an import goes on and loses and doubles nothing',
    async (killed) => {
      const shopId = newShop();
      // Something stood there before that the complete file does not name.
      await book(shopId, 'sku,node,qty\nS-19999,ROMA,5\n', {
        occurredAt: '2026-11-27T08:00:00Z',
      });
      await withShop(stand.db, shopId, async (trx) => {
        await sql`delete from stock_import`.execute(trx);
      });
      const first = run(shopId, killed);
      expect(first.signal, first.stderr).toBe('SIGKILL');
      const second = run(shopId, undefined);
      expect(second.stdout, second.stderr).toBe('done\n');
      const done = (await stand.imports.list(shopId)).find((row) => row.state === 'done');
      expect(done).toMatchObject({ cursorRow: ROWS, refused: ROWS / 100, unchanged: 0 });
      expect(done?.booked).toBe(ROWS - ROWS / 100);
      const expected = Object.fromEntries(
        lines.flatMap((_, row) =>
          row % 100 === 99 || row % 7 === 0 ? [] : [[`${skuOf(row)} ROMA`, row % 7]],
        ),
      );
      expect(await onHand(shopId)).toEqual(expected);
      const movements = await withShop(stand.db, shopId, async (trx) => {
        const { rows } = await sql<{
          count: number;
        }>`select count(*) as count from stock_movement`.execute(trx);
        return Number(rows[0]?.count);
      });
      // The opening row, every right row, the one that the file does not name.
      expect(movements).toBe(1 + (ROWS - ROWS / 100) + 1);
    },
  );
});
