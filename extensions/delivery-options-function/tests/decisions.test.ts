// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayLabel, dayNumber } from '../../../backend/contract/date-label.ts';
import { ORDER_BY_TIMES, orderByBucket } from '../../../backend/contract/order-by-bucket.ts';
import { paddedDay } from '../../../backend/contract/padded-table.ts';
import {
  type CheckoutWords,
  checkoutInput,
  fingerprintOfLines,
  paddedTableOf,
  settingsOf,
  shippingOption,
  variantLine,
} from '../../../scripts/functions/delivery-input.ts';
import { cartDeliveryOptionsTransformRun } from '../src/index.ts';
import { checkout, decide, lines, promise, SPANS, settings, titles, week } from './checkout.ts';

const PROMISED = { 'flat-1': 'flat-1 \u00b7 ven 27 nov', 'flat-2': 'flat-2 \u00b7 mer 25 nov' };
const PADDED = { 'flat-1': 'flat-1 \u00b7 dom 29 nov', 'flat-2': 'flat-2 \u00b7 mer 25 nov' };

describe('the cart promise', () => {
  test('gives bound rates their days, in its own words or in ours', () => {
    expect(titles({})).toEqual(PROMISED);
  });

  test.each<[string, Partial<CheckoutWords>]>([
    ['was made on another shop day', { promise: { ...promise, d: '2026-11-22' } }],
    ['is past its order-by', { time: '16:30' }],
    ['was made for another postal code', { zip: '20900' }],
    ['was made for another country', { promise: { ...promise, c: 'FR' } }],
    [
      'was made for another quantity',
      { lines: [variantLine(45_678_901_234_567, 3), ...lines.slice(1)] },
    ],
    [
      'was made for another variant',
      { lines: [...lines.slice(0, 1), variantLine(45_678_901_235_000)] },
    ],
    ['is of another version', { promise: JSON.parse('{"v":2}') }],
    ['is missing', { promise: undefined }],
  ])('that %s is not believed: the padded table answers', (_title, words) => {
    expect(titles(words)).toEqual(PADDED);
  });

  test('holds for the same basket in another order and split otherwise', () => {
    const [two, one] = lines;
    if (!two || !one) throw new Error('two lines');
    expect(titles({ lines: [one, { ...two, q: 1 }, { ...two, q: 1 }] })).toEqual(PROMISED);
  });

  test('holds for the basket of the contract, whatever the variants and quantities', () => {
    const line = fc.record({
      variant: fc.oneof(
        fc.integer({ min: 1, max: 99_999 }),
        fc.integer({ min: 1, max: 2 ** 53 - 1 }),
      ),
      quantity: fc.integer({ min: 1, max: 999 }),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), (random) => {
        const basket = random.map(({ variant, quantity }) => variantLine(variant, quantity));
        const held = { ...promise, f: fingerprintOfLines(basket) };
        expect(titles({ lines: basket, promise: held })).toEqual(PROMISED);
      }),
      { numRuns: 500 },
    );
  });

  test('holds for a postal code written otherwise', () => {
    expect(titles({ zip: ' 20-121 ' })).toEqual(PROMISED);
  });

  test('made without an order-by holds all day', () => {
    expect(titles({ promise: { ...promise, b: '' }, time: '23:59' })).toEqual(PROMISED);
  });

  test('in another language gives the day and not the words', () => {
    expect(titles({ language: 'DE' })['flat-1']).toBe('flat-1 \u00b7 Fr., 27. Nov.');
  });

  test('that holds but has no day for a rate leaves it undated: the table is older', () => {
    expect(titles({ promise: { ...promise, o: {} } })).toEqual({});
  });

  test('is believed at each minute exactly until its bucket', () => {
    for (const bucket of ORDER_BY_TIMES.split(' ').slice(0, -1)) {
      for (let minute = 0; minute < 1440; minute++) {
        const clock = `${`${Math.floor(minute / 60)}`.padStart(2, '0')}:${`${minute % 60}`.padStart(2, '0')}`;
        const isHeld = titles({ promise: { ...promise, b: bucket }, time: clock })['flat-1'];
        expect([clock, bucket, isHeld === PROMISED['flat-1']]).toEqual([
          clock,
          bucket,
          clock < bucket,
        ]);
      }
    }
  });

  test('with an order-by between two buckets is never believed at or after it', () => {
    for (const orderBy of ['09:30', '13:10', '19:59', '23:30']) {
      const held = { ...promise, b: orderByBucket(orderBy) };
      for (let minute = 0; minute < 1440; minute += 7) {
        const clock = `${`${Math.floor(minute / 60)}`.padStart(2, '0')}:${`${minute % 60}`.padStart(2, '0')}`;
        if (clock >= orderBy) expect(titles({ promise: held, time: clock })).toEqual(PADDED);
      }
    }
  });
});

describe('the padded table', () => {
  const words = { promise: undefined };

  test.each<[string, Partial<CheckoutWords>]>([
    ['a line is late', { lines: [...lines, variantLine(1, 1, 'l2026-12-31')] }],
    ['a line is unknown', { lines: [...lines, variantLine(1, 1, 'u2026-12-31')] }],
    ['a line has no class', { lines: [...lines, variantLine(1, 1, null)] }],
    ['a class is of another form', { lines: [variantLine(1, 1, 'normal:2026-12-31')] }],
    ['a class has run out', { lines: [variantLine(1, 1, 'n2026-11-23')] }],
    ['a line is not a variant', { lines: [{ q: 1, m: {} }] }],
    ['the table has run out', { today: '2026-11-30' }],
    ['the table is for later', { today: '2026-11-22' }],
    ['the country has no zone', { country: 'FR' }],
  ])('gives no day when %s', (_title, more) => {
    expect(titles({ ...words, ...more })).toEqual({});
  });

  test('gives the day of the longest zone and of today', () => {
    expect(titles(words)).toEqual(PADDED);
    expect(titles({ ...words, zip: '00184' })['flat-1']).toBe('flat-1 \u00b7 mar 1 dic');
    expect(titles({ ...words, today: '2026-11-27' })['flat-2']).toBe('flat-2 \u00b7 mar 1 dic');
  });

  test('is read as the contract reads it, for every table, code and day', () => {
    const zone = fc.stringMatching(/^(IT|FR)[0-9A-C]{0,3}$/);
    const offset = fc.option(fc.integer({ min: 7, max: 61 }));
    const row = fc.array(offset, { minLength: 7, maxLength: 7 });
    const question = fc.record({
      zones: fc.dictionary(zone, fc.tuple(row, row), { minKeys: 1 }),
      zip: fc.stringMatching(/^[0-9A-C]{0,5}$/),
      day: fc.integer({ min: 0, max: 6 }),
      country: fc.constantFrom('IT', 'FR', 'ZZ'),
    });
    fc.assert(
      fc.property(question, ({ zones, zip, day, country }) => {
        const random = paddedTableOf({
          id: 'x',
          firstDay: '2026-12-28',
          validUntil: '2027-01-04',
          serviceCodes: ['economy', 'standard'],
          zones: { ...zones },
        });
        const today = random.d.slice(day * 11, day * 11 + 10);
        const ask = { country, postalCode: zip, serviceCode: 'standard', orderedOn: today };
        const expected = paddedDay(random, ask);
        const title = titles({
          ...words,
          settings: settingsOf({
            bindings: { 'flat-1': 'standard' },
            ownCodes: [],
            sortsByDate: false,
            paddedTable: random,
          }),
          today,
          zip,
          country,
        });
        expect(title['flat-1']).toBe(
          expected && `flat-1 \u00b7 ${dayLabel(dayNumber(expected), 'it')}`,
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('our own rate', () => {
  const own = (description: string | null) => [
    shippingOption('own', '4.90', { t: 'Standard', d: description }),
  ];

  test.each([
    ['2026-12-01', 'Standard \u00b7 mar 1 dic'],
    ['Entro 2026-12-01', 'Standard \u00b7 mar 1 dic'],
    [null, undefined],
    ['', undefined],
    ['Consegna entro marted\u00ec 1 dicembre', undefined],
    ['ref 12-34-56', undefined],
    ['2026-13-45', undefined],
    ['2026-02-30', undefined],
    ['2026-13-05', undefined],
    ['2026-00-10', undefined],
    ['2026-12-00', undefined],
  ])('with the description %j is titled %j', (description, title) => {
    for (const held of [undefined, { ...promise, o: {} }]) {
      expect(titles({ options: own(description), promise: held })['own']).toBe(title);
    }
  });

  test('keeps its own day when the promise says another', () => {
    const other = { ...promise, o: { own: '2026-11-24|mar 24 nov' } };
    expect(titles({ options: own('2026-12-01'), promise: other })['own']).toBe(
      'Standard \u00b7 mar 1 dic',
    );
  });

  test('takes the words of the promise for the same day', () => {
    const same = { ...promise, o: { own: '2026-12-01|mar 1 dic entro le 10' } };
    expect(titles({ options: own('2026-12-01'), promise: same })['own']).toBe(
      'Standard \u00b7 mar 1 dic entro le 10',
    );
  });

  test('never takes a padded day: its callback pads by itself', () => {
    expect(titles({ options: own(null), promise: undefined })).toEqual({});
  });

  test('of a pickup point is ours without being listed', () => {
    const point = [shippingOption('pp:locker:7', '3.90', { d: '2026-12-01' })];
    expect(titles({ options: point })['pp:locker:7']).toBe('pp:locker:7 \u00b7 mar 1 dic');
  });
});

describe('what is left alone', () => {
  test.each<[string, Partial<CheckoutWords>]>([
    ['a shop without settings', { settings: undefined }],
    ['settings of another version', { settings: JSON.parse('{"v":2,"b":{"flat-1":"standard"}}') }],
    ['a rate that is not bound', { options: [shippingOption('other', '1.00')] }],
    [
      'a rate with the name of an object member',
      { options: [shippingOption('constructor', '1.00')] },
    ],
    ['a rate without code', { options: [{ ...shippingOption('flat-1', '1.00'), c: null }] }],
    ['store pickup', { options: [shippingOption('flat-1', '0.00', { m: 'PICK_UP' })] }],
    ['local delivery', { options: [shippingOption('flat-1', '0.00', { m: 'LOCAL' })] }],
    ['a checkout without options', { options: [] }],
  ])('%s', (_title, words) => {
    expect(
      decide({ ...words, settings: 'settings' in words ? words.settings : { ...settings, s: 1 } }),
    ).toEqual([]);
  });

  test('everything, when the input is not what was asked for', () => {
    const errors: unknown[] = [];
    const { error } = console;
    console.error = (message) => errors.push(message);
    const input = checkoutInput({ ...checkout, settings: JSON.parse('{"v":1}') }, SPANS);
    expect(cartDeliveryOptionsTransformRun(input)).toEqual({ operations: [] });
    console.error = error;
    expect(errors).toHaveLength(1);
  });
});

test('days are written as the contract writes them, in five languages and to 2099', () => {
  const write = (language: string, at: number, title: string) => {
    const iso = new Date(at * 86_400_000).toISOString().slice(0, 10);
    const own = [shippingOption('own', '1.00', { d: iso, t: null })];
    const written = titles({ language, options: own, promise: undefined })['own'];
    if (written !== title) expect([language, iso, written]).toEqual([language, iso, title]);
  };
  for (const language of ['EN', 'IT', 'FR', 'DE', 'ES', 'PT_BR']) {
    for (let number = dayNumber('2026-01-01'); number < dayNumber('2100-01-01'); number += 1) {
      write(language, number, dayLabel(number, language.slice(0, 2).toLowerCase()));
    }
  }
});

test('padded days are written as the contract writes them, over months, years and leap days', () => {
  for (let from = dayNumber('2027-11-01'); from < dayNumber('2028-03-05'); from += 1) {
    const firstDay = new Date(from * 86_400_000).toISOString().slice(0, 10);
    const validUntil = new Date((from + 7) * 86_400_000).toISOString().slice(0, 10);
    for (const offset of [0, 1, 9, 10, 35, 36, 61]) {
      const padded = paddedTableOf({
        id: 'x',
        firstDay,
        validUntil,
        serviceCodes: ['standard'],
        zones: { IT: [week(offset)] },
      });
      const bound = settingsOf({
        bindings: { 'flat-1': 'standard' },
        ownCodes: [],
        sortsByDate: false,
        paddedTable: padded,
      });
      const title = titles({
        promise: undefined,
        lines: [variantLine(1, 1, 'n2029-12-31')],
        today: firstDay,
        settings: bound,
      })['flat-1'];
      expect(title).toBe(`flat-1 \u00b7 ${dayLabel(from + offset, 'it')}`);
    }
  }
});
