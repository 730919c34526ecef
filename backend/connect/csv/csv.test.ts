import { expect, test } from 'vitest';
import { decodePieces, type Encoding, watchEncoding } from './encoding.ts';
import { guessLayout, missingFields } from './layout.ts';
import { type FileRow, readRows } from './reader.ts';
import { createRowReader, parseQuantity } from './rows.ts';

async function* inPieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function encodingOf(bytes: Buffer, size = 7): Encoding {
  const watch = watchEncoding();
  for (let at = 0; at < bytes.length; at += size) watch.look(bytes.subarray(at, at + size));
  return watch.decide();
}

async function textOf(bytes: Buffer, size: number): Promise<string> {
  let text = '';
  for await (const part of decodePieces(inPieces(bytes, size), encodingOf(bytes))) text += part;
  return text;
}

async function rowsOf(text: string, size = 5): Promise<FileRow[]> {
  async function* pieces() {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
  }
  return await Array.fromAsync(readRows(pieces(), guessLayout(text)));
}

const SHEET = 'sku;magazzino;quantità\nÀ-1 €;Milano;5\n';
const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();
const WINDOWS = Buffer.from(
  SHEET.replace('à', '\xe0').replace('À', '\xc0').replace('€', '\x80'),
  'latin1',
);

test.each([
  ['UTF-8', Buffer.from(SHEET), 'utf-8'],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${SHEET}`), 'utf-8'],
  ['UTF-16 little with a mark', Buffer.from(`\ufeff${SHEET}`, 'utf16le'), 'utf-16le'],
  ['UTF-16 big with a mark', swapped(Buffer.from(`\ufeff${SHEET}`, 'utf16le')), 'utf-16be'],
  ['UTF-16 little without', Buffer.from(SHEET, 'utf16le'), 'utf-16le'],
  ['UTF-16 big without', swapped(Buffer.from(SHEET, 'utf16le')), 'utf-16be'],
  ['Windows-1252', WINDOWS, 'windows-1252'],
] as const)(
  '%s is told from its bytes and read to the same text, however it is cut',
  async (_n, bytes, name) => {
    expect(encodingOf(bytes)).toBe(name);
    for (const size of [1, 2, 3, 1_000]) expect(await textOf(bytes, size)).toBe(SHEET);
  },
);

test('a file that stops being UTF-8 late is Windows-1252', () => {
  const late = Buffer.concat([Buffer.alloc(70_000, 'a'), Buffer.from([0xe9])]);
  expect(encodingOf(late, 1_024)).toBe('windows-1252');
});

test('a letter cut in two at the very end is no UTF-8', () => {
  expect(encodingOf(Buffer.from([0x61, 0xc3]))).toBe('windows-1252');
});

test.each([
  ['en', 'SKU,Location,Quantity'],
  ['it', 'Codice articolo;Magazzino;Giacenza'],
  ['fr', 'Code article;Entrepôt;Quantité'],
  ['de', 'Artikelnummer\tLager\tBestand'],
  ['es', 'Código artículo;Almacén;Existencias'],
])('headings are known in %s', (_language, headings) => {
  const { mapping } = guessLayout(`${headings}\n`);
  expect(mapping).toMatchObject({ nodeId: 1, quantity: 2 });
  expect(mapping.sku ?? 0).toBe(0);
});

test.each([',', ';', '\t', '|'])(
  'the separator %j is found, also when others stand in cells',
  (separator) => {
    const row = ['"a,b;c|d"', 'M', '1'].join(separator);
    const text = `${['sku', 'node', 'qty'].join(separator)}\n${row}\n`;
    expect(guessLayout(text).separator).toBe(separator);
  },
);

test('a line sep=; on top is obeyed and is no row', async () => {
  const rows = await rowsOf('sep=;\r\nsku;node;qty\r\nA;M;5\r\n');
  expect(rows).toEqual([{ row: 1, line: 3, cells: ['A', 'M', '5'] }]);
});

test('what no column says is missed, unless one node is meant for all', () => {
  const { mapping } = guessLayout('sku,qty\nA,1\n');
  expect(missingFields(mapping, false)).toEqual(['nodeId']);
  expect(missingFields(mapping, true)).toEqual([]);
  expect(missingFields(guessLayout('').mapping, false)).toEqual(['sku', 'nodeId', 'quantity']);
});

test('quotes, line breaks in cells, three line ends, empty and short rows are read as a spreadsheet does', async () => {
  const text = 'sku,node,qty\r\n"A ""x"", y","M\nN",1\r\n\r\n,,\r\nB,M\nC,M,3,more\r\n"D" ,M,4\r\n';
  const rows = await rowsOf(text);
  expect(rows.map(({ cells }) => cells)).toEqual([
    ['A "x", y', 'M\nN', '1'],
    ['B', 'M'],
    ['C', 'M', '3', 'more'],
    ['"D" ', 'M', '4'],
  ]);
  expect(rows.map(({ row }) => row)).toEqual([1, 2, 3, 4]);
});

test('a quote that never ends is one wrong row; the rows before it are read', async () => {
  const rows = await rowsOf('sku,node,qty\nA,M,1\nB,"M,2\nC,M,3\n');
  expect(rows[0]?.cells).toEqual(['A', 'M', '1']);
  expect(rows[1]?.fault).toContain('never closed');
  expect(rows).toHaveLength(2);
});

test('a file with headings and nothing else has no rows', async () => {
  expect(await rowsOf('sku,node,qty\n')).toEqual([]);
  expect(await rowsOf('')).toEqual([]);
});

test.each([
  ['5', 'count', 5],
  ['0', 'count', 0],
  ['+7', 'delta', 7],
  ['-7', 'delta', -7],
  ['007', 'count', 7],
  ['1000000000', 'count', 1_000_000_000],
] as const)('%s as a %s is %i', (text, kind, units) => {
  expect(parseQuantity(text, kind)).toBe(units);
});

test.each([
  ['', 'count', 'Write 0'],
  ['-1', 'count', 'allowed is 0 to'],
  ['1000000001', 'count', 'allowed is 0 to'],
  ['1.200', 'count', 'Write 1200'],
  ['1,200', 'count', 'Write 1200'],
  ['1 200', 'count', 'Write 1200'],
  ['1’200', 'count', 'Write 1200'],
  ['-1.200', 'delta', 'Write -1200'],
  ['1.200.300', 'count', 'Write 1200300'],
  ['12.0', 'count', 'decimals'],
  ['12,5', 'count', 'decimals'],
  ['1e3', 'count', 'whole number'],
  ['ten', 'count', 'whole number'],
  ['٣', 'count', 'whole number'],
] as const)('%s as a %s is refused: %s', (text, kind, hint) => {
  expect(parseQuantity(text, kind)).toEqual(expect.stringContaining(hint));
});

function reader(kind: 'count' | 'delta', headings: string) {
  const { mapping } = guessLayout(`${headings}\n`);
  const statement = {
    mapping,
    kind,
    nodeId: 'M',
    type: 'on_hand',
    occurredAt: '2026-11-23T09:00:00Z',
    idPrefix: 'imp',
  } as const;
  const created = createRowReader(statement, {
    latest: Temporal.Instant.from('2026-11-24T10:00:00Z'),
    hasSku: (sku) => sku !== 'X',
    hasNode: (nodeId) => nodeId !== 'Y',
    allowedNodes: [],
  });
  return (row: number, ...cells: string[]) => created.read({ row, line: row + 1, cells });
}

test('a row becomes an event named after the import and its number', () => {
  expect(reader('count', 'sku,qty')(12, ' A ', '5')).toMatchObject({
    event: { eventId: 'imp/0000012', kind: 'count', sku: 'A', nodeId: 'M', quantity: 5 },
  });
});

test('a thing counted twice alike changes nothing; counted differently, the second is refused', () => {
  const read = reader('count', 'sku,qty');
  read(1, 'A', '5');
  expect(read(2, 'A', '5')).toMatchObject({ repeats: 1 });
  expect(read(3, 'A', '6')).toMatchObject({ refusal: { code: 'counted_twice' } });
});

test('changes of the same thing add up', () => {
  const read = reader('delta', 'sku,qty');
  expect(read(1, 'A', '5')).toHaveProperty('event');
  expect(read(2, 'A', '5')).toHaveProperty('event');
});

test.each([
  ['an unknown SKU', ['X', '', '1', '', '', ''], 'unknown_sku', 'X'],
  ['an unknown node', ['A', 'Y', '1', '', '', ''], 'unknown_node', 'Y'],
  ['no SKU', ['', '', '1', '', '', ''], 'invalid_row', 'sku'],
  ['a type that is none', ['A', '', '1', 'lost', '', ''], 'invalid_row', 'quality_control'],
  ['incoming without a date', ['A', '', '1', 'incoming', '', ''], 'invalid_row', 'expected'],
  [
    'a date of another country',
    ['A', '', '1', 'incoming', '30.11.2026', ''],
    'invalid_row',
    '2026-11-30',
  ],
  ['a time without an offset', ['A', '', '1', '', '', '2026-11-23 10:00'], 'invalid_row', 'offset'],
  ['a time next week', ['A', '', '1', '', '', '2026-11-30T10:00:00Z'], 'future_event', 'clock'],
  ['a barcode a spreadsheet broke', ['8,0E+12', '', '1', '', '', ''], 'invalid_row', ''],
])('%s is refused in words', (what, cells, code, words) => {
  const read = reader('count', 'sku,node,qty,type,expected on,occurred at');
  const refused = read(1, ...cells);
  if (what.startsWith('a barcode')) return expect(refused).toHaveProperty('event');
  expect(refused).toMatchObject({ refusal: { code } });
  expect(JSON.stringify(refused)).toContain(words);
});
