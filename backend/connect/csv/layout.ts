/**
 * How are a file's columns separated, and which column means what?
 *
 * In: the beginning of the text. Out: the separator, the headings, and a column for every field whose heading is known in
 * one of five languages. The merchant sees the guess and may change it; a guess that misses a needed column says so.
 */
import { parse } from 'csv-parse/sync';

/** What a column may mean. */
export const FIELDS = [
  'sku',
  'nodeId',
  'quantity',
  'type',
  'reason',
  'occurredAt',
  'reference',
  'expectedAt',
  'expectedOn',
] as const;
export type Field = (typeof FIELDS)[number];

/** Field → index of its column, from 0. */
export type Mapping = Readonly<Partial<Record<Field, number>>>;

/** How a file is to be read. */
export type Layout = {
  readonly separator: string;
  readonly headings: readonly string[];
  readonly mapping: Mapping;
  /** Lines before the headings: 1 where a spreadsheet wrote `sep=;` on top. */
  readonly linesBefore: number;
};

/** The separators that are looked for, in order of preference when nothing else decides. */
export const SEPARATORS = [',', ';', '\t', '|'] as const;

// Headings in English, Italian, French, German, Spanish; compared without case, accents and signs.
const ALIASES: Readonly<Record<Field, readonly string[]>> = {
  sku: [
    ...[
      'sku',
      'skucode',
      'item',
      'itemcode',
      'itemnumber',
      'article',
      'articlenumber',
      'variantsku',
    ],
    ...[
      'codice',
      'codicearticolo',
      'articolo',
      'reference article',
      'referencearticle',
      'codearticle',
    ],
    ...['artikel', 'artikelnummer', 'artikelnr', 'artnr', 'articulo', 'codigo', 'codigoarticulo'],
  ],
  nodeId: [
    ...['node', 'nodeid', 'location', 'locationid', 'warehouse', 'store', 'site', 'magazzino'],
    ...['negozio', 'sede', 'deposito', 'ubicazione', 'entrepot', 'magasin', 'emplacement', 'site'],
    ...['lager', 'lagerort', 'filiale', 'standort', 'almacen', 'tienda', 'ubicacion', 'sucursal'],
  ],
  quantity: [
    ...['quantity', 'qty', 'onhand', 'stock', 'units', 'available', 'count', 'quantita', 'qta'],
    ...['giacenza', 'disponibilita', 'pezzi', 'quantite', 'qte', 'stockdisponible', 'unites'],
    ...['menge', 'anzahl', 'bestand', 'stuck', 'stuckzahl', 'cantidad', 'existencias', 'unidades'],
  ],
  type: ['type', 'stocktype', 'state', 'tipo', 'stato', 'etat', 'typ', 'bestandsart', 'estado'],
  reason: ['reason', 'note', 'comment', 'motivo', 'causale', 'motif', 'raison', 'grund', 'razon'],
  occurredAt: [
    ...['occurredat', 'countedat', 'timestamp', 'datetime', 'dataora', 'rilevatoil', 'dateheure'],
    ...['comptele', 'zeitpunkt', 'gezahltam', 'fechahora', 'contadoel'],
  ],
  reference: [
    ...['reference', 'purchaseorder', 'po', 'transfer', 'riferimento', 'ordineacquisto', 'ref'],
    ...['commande', 'bestellung', 'bestellnummer', 'referenz', 'referencia', 'pedido'],
  ],
  expectedAt: ['expectedat', 'eta', 'arrivoprevistoalle', 'arriveeprevuea', 'ankunftum'],
  expectedOn: [
    ...['expectedon', 'expected', 'arrival', 'arrivaldate', 'dataarrivo', 'arrivoprevisto'],
    ...['datearrivee', 'arriveeprevue', 'ankunft', 'liefertermin', 'fechallegada', 'llegada'],
  ],
};

const FIELD_OF_ALIAS: ReadonlyMap<string, Field> = new Map(
  FIELDS.flatMap((field) => ALIASES[field].map((alias) => [plain(alias), field] as const)),
);

function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^a-z0-9]/g, '');
}

/** Guesses the layout from the beginning of a text (its first lines, at least the headings). */
export function guessLayout(head: string): Layout {
  const declared = /^sep=(.)\r?\n/i.exec(head)?.[1];
  const linesBefore = declared === undefined ? 0 : 1;
  const text = linesBefore === 0 ? head : head.slice(head.indexOf('\n') + 1);
  const candidates = declared === undefined ? SEPARATORS : [declared];
  const layouts = candidates.map((separator) => layoutOf(text, separator, linesBefore));
  const [best = layoutOf(text, ',', linesBefore)] = layouts.toSorted(
    (a, b) => knownColumns(b) - knownColumns(a) || b.headings.length - a.headings.length,
  );
  return best;
}

function knownColumns({ mapping }: Layout): number {
  return Object.keys(mapping).length;
}

/** The layout of a text whose separator is known. */
export function layoutOf(text: string, separator: string, linesBefore: number): Layout {
  const headings = readHeadings(text, separator);
  const mapping: Partial<Record<Field, number>> = {};
  for (const [column, heading] of headings.entries()) {
    const field = FIELD_OF_ALIAS.get(plain(heading));
    // The first of two columns that mean the same is taken; the merchant sees which.
    if (field !== undefined && mapping[field] === undefined) mapping[field] = column;
  }
  return { separator, headings, mapping, linesBefore };
}

function readHeadings(text: string, separator: string): string[] {
  try {
    const [headings = []] = parse(text, {
      delimiter: separator,
      to: 1,
      bom: true,
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    });
    return headings;
  } catch {
    return [];
  }
}

/** What a mapping lacks: columns that no default stands in for. */
export function missingFields(mapping: Mapping, hasDefaultNode: boolean): Field[] {
  const needed: readonly Field[] = hasDefaultNode
    ? ['sku', 'quantity']
    : ['sku', 'nodeId', 'quantity'];
  return needed.filter((field) => mapping[field] === undefined);
}
