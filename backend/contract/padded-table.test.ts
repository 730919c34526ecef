import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayNumber } from './date-label.ts';
import { encodeFunctionSettings, OWN_RATE } from './function-settings.ts';
import {
  encodePaddedTable,
  MOST_PADDED_TABLE_BYTES,
  type PaddedTable,
  paddedCountries,
  paddedDay,
  parsePaddedTable,
} from './padded-table.ts';

const week = (offset: number | null) => Array.from({ length: 7 }, () => offset);

function table(zones: PaddedTable['zones'], serviceCodes = ['standard', 'express']): PaddedTable {
  return { id: 'pt1', firstDay: '2026-11-23', validUntil: '2026-11-30', serviceCodes, zones };
}

function encoded(input: PaddedTable) {
  const result = encodePaddedTable(input);
  if (!result.ok) throw new Error(result.refusal.allowed);
  return result.value;
}

describe('the padded table', () => {
  const zones = {
    IT: [week(6), week(null)],
    IT20: [[3, 4, 5, 6, 9, 10, 11], week(2)],
    IT201: [week(1), week(1)],
    GB: [week(8), week(61)],
  };

  const ask = (postalCode: string, serviceCode: string, country = 'IT') => ({
    country,
    postalCode,
    serviceCode,
    orderedOn: '2026-11-24',
  });

  test('reads back what was written', () => {
    const json = encoded(table(zones));
    expect(parsePaddedTable(json)).toEqual({ ok: true, value: json });
    expect(parsePaddedTable(JSON.stringify(json))).toEqual({ ok: true, value: json });
  });

  test.each([
    ['20121', 'standard', '2026-11-24'],
    ['20900', 'standard', '2026-11-27'],
    ['20', 'standard', '2026-11-27'],
    ['21000', 'standard', '2026-11-29'],
    ['00184', 'standard', '2026-11-29'],
    ['', 'standard', '2026-11-29'],
    ['00184', 'express', undefined],
    ['20121', 'locker', undefined],
  ])('postal code %j, %s: the longest prefix gives %s', (postalCode, serviceCode, day) => {
    expect(paddedDay(encoded(table(zones)), ask(postalCode, serviceCode))).toBe(day);
  });

  test('names the row of each country, also where it shares one with its neighbor in the alphabet', () => {
    const shared = encoded(
      table({ ...zones, IS: [week(6), week(null)], SI10: [week(1), week(1)] }),
    );
    const rows = paddedCountries(shared);
    expect(Object.keys(rows).sort()).toEqual(['GB', 'IS', 'IT']);
    expect(rows['IT']).toBe(rows['IS']);
    const rowLength = shared.s.length * 7;
    for (const [country, row] of Object.entries(rows)) {
      const offset = shared.z.charAt(row * rowLength + 1);
      const day = paddedDay(shared, ask('', 'standard', country));
      expect(dayNumber(day ?? '') - dayNumber('2026-11-23')).toBe(Number.parseInt(offset, 36));
    }
  });

  test('gives nothing for another country or a day it does not answer for', () => {
    const json = encoded(table(zones));
    expect(paddedDay(json, ask('SW1A 1AA', 'express', 'GB'))).toBe('2027-01-23');
    for (const country of ['FR', 'GA', 'GC', 'AA', 'ZZ']) {
      expect(paddedDay(json, ask('SW1A 1AA', 'express', country))).toBeUndefined();
    }
    for (const orderedOn of ['2026-11-22', '2026-11-30', '', '2026-11', ' ']) {
      expect(paddedDay(json, { ...ask('20121', 'standard'), orderedOn })).toBeUndefined();
    }
  });

  test('does not answer from the day its validity ends', () => {
    const json = encoded({ ...table(zones), validUntil: '2026-11-24' });
    expect(json.d).toBe('2026-11-23 ');
    expect(paddedDay(json, ask('20121', 'standard'))).toBeUndefined();
  });

  test('equal zones share one row', () => {
    const json = encoded(table({ IT: zones.IT, FR: zones.IT, DE: zones.IT }));
    expect(json.z.length).toBe(14);
  });

  test('a date too far for one character is no date', () => {
    const json = encoded(table({ IT: [week(62), week(61)] }));
    expect(json.z).toBe('-------zzzzzzz');
  });

  test('120 different zones of 8 services fit into 9,000 bytes, a 121st is refused', () => {
    const many: Record<string, (number | null)[][]> = {};
    const codes = ['standard', 'economy', 'express', 'evening', 'bulky', 'green', 'sat', 'sun'];
    for (let zone = 0; zone < 120; zone++) {
      many[`IT${100 + zone * 2}`] = codes.map((_, at) => week((zone + at) % 62));
    }
    expect(JSON.stringify(encoded(table(many, codes))).length).toBeLessThan(
      MOST_PADDED_TABLE_BYTES,
    );
    const more = encodePaddedTable(table({ ...many, FR: codes.map(() => week(1)) }, codes));
    expect(more.ok ? undefined : more.refusal.pointer).toBe('/zones');
  });

  test('every code of every table gets the date of its longest zone', () => {
    const zone = fc.stringMatching(/^[A-C]{2}[09AZ]{0,3}$/);
    const row = fc.array(fc.integer({ min: 0, max: 61 }), { minLength: 7, maxLength: 7 });
    const random = fc.record({
      offsets: fc.dictionary(zone, row),
      country: fc.constantFrom('AA', 'AB', 'CC'),
      postal: fc.stringMatching(/^[09AZ]{0,5}$/),
    });
    fc.assert(
      fc.property(random, ({ offsets, country, postal }) => {
        const zones = Object.fromEntries(
          Object.entries(offsets).map(([name, days]) => [name, [days]]),
        );
        let expected: number | undefined;
        for (let length = 2; length <= 2 + postal.length; length++) {
          expected = zones[(country + postal).slice(0, length)]?.[0]?.[1] ?? expected;
        }
        const day = paddedDay(
          encoded(table(zones, ['standard'])),
          ask(postal, 'standard', country),
        );
        const offset = day === undefined ? undefined : dayNumber(day) - dayNumber('2026-11-23');
        expect(offset).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ['/v', { v: 2 }],
    ['/w', { v: 1, s: [], w: 1 }],
    ['/k', { v: 1, s: ['standard'], w: 5, k: 'IT00', z: '' }],
    ['/z', { v: 1, s: ['standard'], w: 5, k: 'IT000', z: '12' }],
    ['/d', { v: 1, s: ['standard'], w: 5, k: 'IT000', z: '1234567', i: '', d: '2026-11-23' }],
  ])('is refused at %s when it does not fit', (pointer, json) => {
    const parsed = parsePaddedTable(json);
    expect(parsed.ok ? undefined : parsed.refusal.pointer).toBe(pointer);
  });
});

describe('the settings of the Function', () => {
  test('hold bindings, our own codes and the table in one value', () => {
    const settings = encodeFunctionSettings({
      bindings: { 'flat-1': 'express', 'flat-2': 'gone' },
      ownCodes: ['own'],
      sortsByDate: true,
      paddedTable: encoded(table({ IT: [week(3), week(1)] })),
    });
    expect(settings.ok && JSON.parse(settings.value)).toMatchObject({
      v: 1,
      // Behind the end of every table: bound, but no padded date.
      b: { 'flat-1': 1, 'flat-2': 9_999, own: OWN_RATE },
      s: 1,
      t: { w: 5, n: 2, k: 'IT000IU999', z: '33333331111111' },
    });
  });

  test('are refused above the size Shopify hands to a Function', () => {
    const bindings: Record<string, string> = {};
    for (let n = 0; n < 500; n++) bindings[`carrier-rate-number-${n}`] = 'standard';
    const settings = encodeFunctionSettings({
      bindings,
      ownCodes: [],
      sortsByDate: false,
      paddedTable: undefined,
    });
    expect(settings.ok).toBe(false);
  });
});
