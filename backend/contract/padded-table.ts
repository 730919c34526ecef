/**
 * The padded table (rule 15) as bytes: the dates a fallback may give when the engine cannot be asked.
 *
 * Written by `promise/padded.ts` through `encodePaddedTable`; read by the rate callback's fallback and the theme
 * (`paddedDay`), and by the Function, which holds its own copy of the reading loop's shape. At most
 * 120 zones and 9,000 bytes of ASCII. A zone is `country + postal prefix` (`IT201`), the country's rest is `IT`.
 * One string per zone: for each service of the header, seven characters, one for each shop-local day from
 * `firstDay` on; a character is the number of days from `firstDay` to the promised day in base 62
 * (`0-9A-Za-z`), `-` is no date. Never a guess: a missing zone, service, day or an expired table is no date.
 */

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
  refuse,
} from './parsed.ts';

export const PADDED_TABLE_DAYS = 7;
export const MOST_PADDED_ZONES = 120;
export const MOST_PADDED_TABLE_BYTES = 9_000;
/** Largest distance a character can carry; a later date is written as no date. */
export const MOST_PADDED_OFFSET_DAYS = 61;

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export type PaddedTable = {
  /** Names the stored, signed copy; goes into what is joined to the order. */
  readonly id: string;
  /** First shop-local day the table answers for. */
  readonly firstDay: string;
  /** First shop-local day on which it may not be used any more (exclusive). */
  readonly validUntil: string;
  /** Codes as `service_code` of our rates, without `:` lists of points: points have no padded date. */
  readonly serviceCodes: readonly string[];
  /** By zone, then service (order of `serviceCodes`), then day: days from `firstDay`, or null for no date. */
  readonly zones: { readonly [zone: string]: readonly (readonly (number | null)[])[] };
};

export type PaddedTableJson = {
  readonly v: 1;
  readonly i: string;
  readonly d: string;
  readonly u: string;
  /** Longest postal prefix of any zone: how far a reader has to try. */
  readonly p: number;
  readonly s: readonly string[];
  readonly z: { readonly [zone: string]: string };
};

/** The table as JSON ready for a metafield; refuses what would not fit or could not be read back. */
export function encodePaddedTable(table: PaddedTable): Parsed<PaddedTableJson> {
  return parseWith(() => {
    const names = Object.keys(table.zones);
    if (names.length > MOST_PADDED_ZONES) {
      refuse('/zones', names.length, `at most ${MOST_PADDED_ZONES} zones`);
    }
    const z: { [zone: string]: string } = {};
    let longest = 0;
    for (const name of names) {
      readMatch(name, '/zones', ZONE);
      longest = Math.max(longest, name.length - 2);
      z[name] = encodeZone(table.zones[name] ?? [], `/zones/${name}`, table.serviceCodes.length);
    }
    const json: PaddedTableJson = {
      v: 1,
      i: readString(table.id, '/id', 40),
      d: readMatch(table.firstDay, '/firstDay', DAY),
      u: readMatch(table.validUntil, '/validUntil', DAY),
      p: longest,
      s: table.serviceCodes,
      z,
    };
    const text = JSON.stringify(json);
    if (!isAscii(text)) refuse('', undefined, 'ASCII only');
    const size = text.length;
    if (size > MOST_PADDED_TABLE_BYTES) {
      refuse('', size, `a table of at most ${MOST_PADDED_TABLE_BYTES} bytes`);
    }
    return json;
  });
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 126) return false;
  return true;
}

/** Reads a table back, from its text or from a parsed `jsonValue`. */
export function parsePaddedTable(input: unknown): Parsed<PaddedTable> {
  return parseWith(() => {
    const json = readObject(typeof input === 'string' ? readJson(input) : input, '');
    if (json['v'] !== 1) refuse('/v', json['v'], '1, the only version there is');
    const services = readList(json['s'], '/s', 64).map((code, index) =>
      readFilled(code, `/s/${index}`, 120),
    );
    const zones: { [zone: string]: (number | null)[][] } = {};
    for (const [name, text] of Object.entries(readObject(json['z'], '/z'))) {
      readMatch(name, '/z', ZONE);
      zones[name] = decodeZone(
        readString(text, `/z/${name}`, 9_000),
        `/z/${name}`,
        services.length,
      );
    }
    return {
      id: readString(json['i'], '/i', 40),
      firstDay: readMatch(json['d'], '/d', DAY),
      validUntil: readMatch(json['u'], '/u', DAY),
      serviceCodes: services,
      zones,
    };
  });
}

/**
 * Days from the table's first day to the promised day for an order placed on shop-local day `dayIndex`
 * (0 = `firstDay`); null for no date. The longest zone prefix that the postal code starts with speaks.
 */
export function paddedOffset(
  json: PaddedTableJson,
  ask: { country: string; postalCode: string; serviceCode: string; dayIndex: number },
): number | null {
  const service = json.s.indexOf(ask.serviceCode);
  const zone = paddedZone(json, ask.country, postalKey(ask.postalCode));
  if (
    service < 0 ||
    zone === undefined ||
    !(ask.dayIndex >= 0 && ask.dayIndex < PADDED_TABLE_DAYS)
  ) {
    return null;
  }
  const offset = DIGITS.indexOf(zone.charAt(service * PADDED_TABLE_DAYS + ask.dayIndex) || '-');
  return offset < 0 ? null : offset;
}

function paddedZone(json: PaddedTableJson, country: string, postal: string): string | undefined {
  for (let length = Math.min(postal.length, json.p); length >= 0; length--) {
    const zone = json.z[country + postal.slice(0, length)];
    if (zone !== undefined) return zone;
  }
  return undefined;
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

function decodeZone(text: string, at: string, services: number): (number | null)[][] {
  if (text.length !== services * PADDED_TABLE_DAYS) {
    refuse(at, text.length, `${services * PADDED_TABLE_DAYS} characters, seven for each service`);
  }
  const rows: (number | null)[][] = [];
  for (let service = 0; service < services; service++) {
    const row: (number | null)[] = [];
    for (let day = 0; day < PADDED_TABLE_DAYS; day++) {
      const character = text.charAt(service * PADDED_TABLE_DAYS + day);
      const offset = DIGITS.indexOf(character);
      if (offset < 0 && character !== '-') refuse(at, character, 'base 62 digits and -');
      row.push(offset < 0 ? null : offset);
    }
    rows.push(row);
  }
  return rows;
}
