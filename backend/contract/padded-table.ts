/**
 * The padded table (rule 15) as bytes: the dates a fallback may give when the engine cannot be asked.
 *
 * Written by `promise/padded.ts` through `encodePaddedTable`; read by the rate callback's fallback and the theme
 * (`paddedDay`), and by the Function, which holds its own copy of the reading loop. At most 120 zones
 * and 9,000 bytes of ASCII. A zone is `country + postal prefix` (`IT201`), the country's rest is `IT`; the longest wins.
 *
 * Shape, chosen by measured instructions of the Function: `z` is one string of rows, one row per zone (equal
 * zones share one): for each service of `s` seven characters, one for each shop-local day of `d`; a character is
 * the number of days from the first day to the promised day in base 62 (`0-9A-Za-z`), `-` is no date. `k` is
 * one string of records of `w` characters, sorted: where a stretch of `country + postal code` begins (padded with
 * spaces) and, in the last three characters, its row. One binary search finds the row of any code.
 * Never a guess: a missing zone, service or day, or an expired table, is no date.
 */
import { civilDay, dayNumber } from './date-label.ts';
import { postalKey } from './destination.ts';
import {
  DAY,
  type Parsed,
  parseWith,
  readFilled,
  readJson,
  readList,
  readMatch,
  readObject,
  readString,
  readWhole,
  refuse,
} from './parsed.ts';

export const PADDED_TABLE_DAYS = 7;
export const MOST_PADDED_ZONES = 120;
export const MOST_PADDED_TABLE_BYTES = 9_000;
/** Largest distance a character can carry; a later date is written as no date. */
export const MOST_PADDED_OFFSET_DAYS = 61;

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** A row behind the end of every table. */
const NO_ROW = 999;

export type PaddedTable = {
  /** Names the stored, signed copy; goes into what is joined to the order. */
  readonly id: string;
  /** First shop-local day the table answers for. */
  readonly firstDay: string;
  /** First shop-local day on which it may not be used any more (exclusive). */
  readonly validUntil: string;
  /** Kept service codes; pickup points have no padded date. */
  readonly serviceCodes: readonly string[];
  /** By zone, then service (order of `serviceCodes`), then day: days from `firstDay`, or null for no date. */
  readonly zones: { readonly [zone: string]: readonly (readonly (number | null)[])[] };
};

export type PaddedTableJson = {
  readonly v: 1;
  readonly i: string;
  /** The days the table answers for, each followed by a space; ends before `u`. */
  readonly d: string;
  /** First shop-local day on which it may not be used any more. */
  readonly u: string;
  readonly s: readonly string[];
  readonly w: number;
  readonly k: string;
  readonly z: string;
};

/** The table as JSON ready for a metafield; refuses what would not fit or could not be read back. */
export function encodePaddedTable(table: PaddedTable): Parsed<PaddedTableJson> {
  return parseWith(() => {
    const { rows, rowOf } = encodeRows(table);
    const { keys, width } = encodeKeys(rowOf);
    const firstDay = readMatch(table.firstDay, '/firstDay', DAY);
    const validUntil = readMatch(table.validUntil, '/validUntil', DAY);
    const json: PaddedTableJson = {
      v: 1,
      i: readString(table.id, '/id', 40),
      d: daysFrom(firstDay, validUntil),
      u: validUntil,
      s: table.serviceCodes,
      w: width,
      k: keys,
      z: rows.join(''),
    };
    const text = JSON.stringify(json);
    if (!isAscii(text)) refuse('', undefined, 'ASCII only');
    if (text.length > MOST_PADDED_TABLE_BYTES) {
      refuse('', text.length, `a table of at most ${MOST_PADDED_TABLE_BYTES} bytes`);
    }
    return json;
  });
}

function encodeRows(table: PaddedTable): { rows: string[]; rowOf: ReadonlyMap<string, number> } {
  const names = Object.keys(table.zones).sort();
  if (names.length > MOST_PADDED_ZONES) {
    refuse('/zones', names.length, `at most ${MOST_PADDED_ZONES} zones`);
  }
  const rows: string[] = [];
  const rowOf = new Map<string, number>();
  for (const name of names) {
    readMatch(name, '/zones', ZONE);
    const row = encodeZone(table.zones[name] ?? [], `/zones/${name}`, table.serviceCodes.length);
    if (!rows.includes(row)) rows.push(row);
    rowOf.set(name, rows.indexOf(row));
  }
  return { rows, rowOf };
}

const ZONE = {
  pattern: /^[A-Z]{2}[A-Z0-9]{0,10}$/,
  allowed: 'zones named by country and postal prefix, as IT or IT201',
};

function encodeZone(
  rows: readonly (readonly (number | null)[])[],
  at: string,
  services: number,
): string {
  if (rows.length !== services) refuse(at, rows.length, `one row for each of ${services} services`);
  let text = '';
  for (const [index, row] of rows.entries()) {
    if (row.length !== PADDED_TABLE_DAYS) refuse(`${at}/${index}`, row.length, 'seven days');
    for (const offset of row) {
      const fits = offset !== null && Number.isInteger(offset) && offset >= 0;
      text += fits && offset <= MOST_PADDED_OFFSET_DAYS ? DIGITS.charAt(offset) : '-';
    }
  }
  return text;
}

/** Prefixes as disjoint stretches: each begins with its prefix, and where it ends the enclosing zone goes on. */
function encodeKeys(rowOf: ReadonlyMap<string, number>): { keys: string; width: number } {
  const starts = new Set<string>();
  for (const name of rowOf.keys()) starts.add(name).add(successor(name));
  let longest = 2;
  for (const start of starts) longest = Math.max(longest, start.length);
  let keys = '';
  let before = NO_ROW;
  for (const start of [...starts].sort()) {
    const row = longestPrefix(start, rowOf);
    if (row !== before) keys += start.padEnd(longest) + `${row}`.padStart(3, '0');
    before = row;
  }
  return { keys, width: longest + 3 };
}

/** The first string of A-Z and 0-9 behind every string that starts with `prefix`; `[` after the last. */
function successor(prefix: string): string {
  const head = prefix.slice(0, -1);
  const last = prefix.charAt(prefix.length - 1);
  if (last === 'Z') return head === '' ? '[' : successor(head);
  return head + (last === '9' ? 'A' : String.fromCharCode(last.charCodeAt(0) + 1));
}

function longestPrefix(key: string, rowOf: ReadonlyMap<string, number>): number {
  for (let length = key.length; length > 1; length--) {
    const row = rowOf.get(key.slice(0, length));
    if (row !== undefined) return row;
  }
  return NO_ROW;
}

function daysFrom(firstDay: string, validUntil: string): string {
  let days = '';
  for (let index = 0; index < PADDED_TABLE_DAYS; index++) {
    const day = isoDay(dayNumber(firstDay) + index);
    if (day < validUntil) days += `${day} `;
  }
  return days;
}

function isoDay(number: number): string {
  const [day, month] = civilDay(number);
  // At most one off the average year.
  let year = 1970 + Math.floor(number / 365.2425);
  while (dayNumber(`${year + 1}-01-01`) <= number) year++;
  while (dayNumber(`${year}-01-01`) > number) year--;
  return `${year}-${`${month + 1}`.padStart(2, '0')}-${`${day}`.padStart(2, '0')}`;
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 126) return false;
  return true;
}

/** Checks a table's shape, from its text or from a parsed `jsonValue`. */
export function parsePaddedTable(input: unknown): Parsed<PaddedTableJson> {
  return parseWith(() => {
    const json = readObject(typeof input === 'string' ? readJson(input) : input, '');
    if (json['v'] !== 1) refuse('/v', json['v'], '1, the only version there is');
    const services = readList(json['s'], '/s', 64).map((code, index) =>
      readFilled(code, `/s/${index}`, 120),
    );
    const width = readWhole(json['w'], '/w', { least: 4, most: 15 });
    const keys = readString(json['k'], '/k', MOST_PADDED_TABLE_BYTES);
    const rows = readString(json['z'], '/z', MOST_PADDED_TABLE_BYTES);
    if (keys.length % width !== 0) refuse('/k', keys.length, `records of ${width} characters`);
    if (rows.length % Math.max(1, services.length * PADDED_TABLE_DAYS) !== 0) {
      refuse('/z', rows.length, 'rows of seven characters for each service');
    }
    return {
      v: 1,
      i: readString(json['i'], '/i', 40),
      d: readMatch(json['d'], '/d', DAYS),
      u: readMatch(json['u'], '/u', DAY),
      s: services,
      w: width,
      k: keys,
      z: rows,
    };
  });
}

const DAYS = { pattern: /^(\d{4}-\d{2}-\d{2} ){0,7}$/, allowed: 'up to seven days' };

/** What is asked of a table: one service, one destination, one shop-local day `YYYY-MM-DD` of ordering. */
export type PaddedQuestion = {
  readonly country: string;
  readonly postalCode: string;
  readonly serviceCode: string;
  readonly orderedOn: string;
};

/** The promised day `YYYY-MM-DD`, destination-local; undefined for no date. */
export function paddedDay(table: PaddedTableJson, question: PaddedQuestion): string | undefined {
  const at = question.orderedOn.length === 10 ? table.d.indexOf(question.orderedOn) : -1;
  const service = table.s.indexOf(question.serviceCode);
  if (at < 0 || service < 0) return undefined;
  const row = rowFor(table, question.country + postalKey(question.postalCode));
  const place = (row * table.s.length + service) * PADDED_TABLE_DAYS + at / 11;
  const offset = DIGITS.indexOf(table.z.charAt(place) || '-');
  return offset < 0 ? undefined : isoDay(dayNumber(table.d.slice(0, 10)) + offset);
}

/**
 * The row of each country as a whole, for a reader that cannot search (the theme's Liquid): the dates that hold whatever
 * the postal code is. A country the table has no row for is left out.
 */
export function paddedCountries(table: PaddedTableJson): { readonly [country: string]: number } {
  const rows: Record<string, number> = {};
  for (let at = 0; at < table.k.length; at += table.w) {
    const country = table.k.slice(at, at + 2);
    if (!/^[A-Z]{2}$/.test(country) || country in rows) continue;
    const row = rowFor(table, country);
    if (row !== NO_ROW) rows[country] = row;
  }
  return rows;
}

/** Row of the last stretch that begins at or before `key`. */
function rowFor(table: PaddedTableJson, key: string): number {
  let low = 0;
  let high = table.k.length / table.w;
  while (low < high) {
    const middle = (low + high) >> 1;
    // Padding sorts before letters and digits: a padded start compares as the bare one does.
    const start = table.k.slice(middle * table.w, (middle + 1) * table.w - 3).trimEnd();
    if (start <= key) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? NO_ROW : +table.k.slice(low * table.w - 3, low * table.w);
}
