import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFunctionSettings } from './function-settings.ts';
import {
  encodePaddedTable,
  MOST_PADDED_TABLE_BYTES,
  type PaddedTable,
  paddedOffset,
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

  test('reads back what was written', () => {
    expect(parsePaddedTable(encoded(table(zones)))).toEqual({ ok: true, value: table(zones) });
    expect(parsePaddedTable(JSON.stringify(encoded(table(zones)))).ok).toBe(true);
  });

  test.each([
    ['20121', 'standard', 1],
    ['20900', 'standard', 4],
    ['00184', 'standard', 6],
    ['00184', 'express', null],
    ['20121', 'locker', null],
  ])('postal code %s, %s: the longest prefix gives %s', (postalCode, serviceCode, offset) => {
    const ask = { country: 'IT', postalCode, serviceCode, dayIndex: 1 };
    expect(paddedOffset(encoded(table(zones)), ask)).toBe(offset);
  });

  test('gives nothing for another country or a day outside its week', () => {
    const json = encoded(table(zones));
    const ask = { country: 'GB', postalCode: 'SW1A 1AA', serviceCode: 'express', dayIndex: 6 };
    expect(paddedOffset(json, ask)).toBe(61);
    expect(paddedOffset(json, { ...ask, country: 'FR' })).toBeNull();
    expect(paddedOffset(json, { ...ask, dayIndex: 7 })).toBeNull();
    expect(paddedOffset(json, { ...ask, dayIndex: -1 })).toBeNull();
  });

  test('a date too far for one character is no date', () => {
    const json = encoded(table({ IT: [week(62), week(61)] }));
    expect(json.z['IT']).toBe('-------zzzzzzz');
  });

  test('120 zones of 8 services fit into 9,000 bytes', () => {
    const many: Record<string, number[][]> = {};
    const codes = ['standard', 'economy', 'express', 'evening', 'bulky', 'green', 'sat', 'sun'];
    for (let zone = 0; zone < 120; zone++)
      many[`IT${100 + zone}`] = codes.map(() => week(9) as number[]);
    const json = encoded(table(many, codes));
    expect(JSON.stringify(json).length).toBeLessThanOrEqual(MOST_PADDED_TABLE_BYTES);
    expect(encodePaddedTable(table({ ...many, FR: codes.map(() => week(1)) }, codes)).ok).toBe(
      false,
    );
  });

  test('every table that is written reads back equal', () => {
    const offset = fc.option(fc.integer({ min: 0, max: 61 }));
    const row = fc.array(offset, { minLength: 7, maxLength: 7 });
    const zone = fc.array(row, { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[A-Z]{2}[A-Z0-9]{0,6}$/), zone), (random) => {
        const parsed = parsePaddedTable(encoded(table({ ...random })));
        expect(parsed.ok && parsed.value.zones).toEqual({ ...random });
      }),
    );
  });

  test.each([
    ['/v', { v: 2 }],
    ['/z', { v: 1, s: [], z: { Italia: '' } }],
    ['/z/IT', { v: 1, s: ['standard'], z: { IT: '12' } }],
    ['/z/IT', { v: 1, s: ['standard'], z: { IT: '123456!' } }],
  ])('is refused at %s when it does not fit', (pointer, json) => {
    const parsed = parsePaddedTable(json);
    expect(parsed.ok ? undefined : parsed.refusal.pointer).toBe(pointer);
  });
});

describe('the settings of the Function', () => {
  test('hold bindings, our own codes and the table in one value', () => {
    const settings = encodeFunctionSettings({
      bindings: { 'flat-1': 'standard' },
      ownCodes: ['express'],
      sortsByDate: true,
      paddedTable: encoded(table({ IT: [week(3), week(1)] })),
    });
    expect(settings.ok && JSON.parse(settings.value)).toMatchObject({
      v: 1,
      b: { 'flat-1': 'standard', express: '' },
      s: 1,
      t: { d: '2026-11-23', z: { IT: '33333331111111' } },
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
