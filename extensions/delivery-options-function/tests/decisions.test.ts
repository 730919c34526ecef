// @vitest-environment node
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CartPromiseJson } from '../../../backend/contract/cart-promise.ts';
import { dayLabel, dayNumber } from '../../../backend/contract/date-label.ts';
import type { FunctionSettingsJson } from '../../../backend/contract/function-settings.ts';
import { ORDER_BY_TIMES, orderByBucket } from '../../../backend/contract/order-by-bucket.ts';
import { paddedDay } from '../../../backend/contract/padded-table.ts';
import {
  type CheckoutWords,
  checkoutInput,
  fingerprintOfLines,
  paddedTableOf,
  readSpans,
  shippingOption,
  variantLine,
} from '../../../scripts/functions/delivery-input.ts';
import { cartDeliveryOptionsTransformRun } from '../src/index.ts';
import type { Operation, Option } from '../src/input.ts';
import { dayWriter } from '../src/words.ts';

const QUERY = readFileSync(
  new URL('../src/cart_delivery_options_transform_run.graphql', import.meta.url),
  'utf8',
);
const SPANS = readSpans(QUERY);
const week = (offset: number | null) => Array.from({ length: 7 }, () => offset);

const table = paddedTableOf({
  id: 'pt1',
  firstDay: '2026-11-23',
  validUntil: '2026-11-30',
  serviceCodes: ['standard', 'express'],
  zones: { IT: [week(8), week(3)], IT20: [week(6), [2, 3, 4, 5, 8, 9, 10]] },
});
const settings: FunctionSettingsJson = {
  v: 1,
  b: { 'flat-1': 'standard', 'flat-2': 'express', own: '' },
  s: 0,
  t: table,
};
const lines = [variantLine(45_678_901_234_567, 2), variantLine(45_678_901_234_999)];
const promise: CartPromiseJson = {
  v: 1,
  d: '2026-11-23',
  b: '16:30',
  c: 'IT',
  z: '20121',
  f: fingerprintOfLines(lines),
  r: 'rc_1.k1.s',
  l: 'it',
  o: { 'flat-1': '2026-11-27|ven 27 nov', 'flat-2': '2026-11-25' },
};
const options = [shippingOption('flat-1', '5.90'), shippingOption('flat-2', '9.90')];
const checkout: CheckoutWords = {
  today: '2026-11-23',
  time: '15:59',
  language: 'IT',
  lines,
  country: 'IT',
  zip: '20121',
  options,
  settings,
  promise,
};

function decide(words: Partial<CheckoutWords>): Operation[] {
  return cartDeliveryOptionsTransformRun(checkoutInput({ ...checkout, ...words }, SPANS))
    .operations;
}

function titles(words: Partial<CheckoutWords>): Record<string, string> {
  const named: Record<string, string> = {};
  for (const operation of decide(words)) {
    if (!('deliveryOptionRename' in operation)) continue;
    const { deliveryOptionHandle, title } = operation.deliveryOptionRename;
    named[deliveryOptionHandle.slice('handle-of-'.length)] = title;
  }
  return named;
}

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
    ['a line is late', { lines: [...lines, variantLine(1, 1, 'late:2026-12-31')] }],
    ['a line is unknown', { lines: [...lines, variantLine(1, 1, 'unknown:2026-12-31')] }],
    ['a line has no class', { lines: [...lines, variantLine(1, 1, null)] }],
    ['a class has run out', { lines: [variantLine(1, 1, 'normal:2026-11-23')] }],
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
          settings: { ...settings, t: random },
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

/** What checkout shows after the operations, with moves applied one by one or all at once. */
function applied(
  given: readonly Option[],
  operations: readonly Operation[],
  isAtOnce: boolean,
): Option[] {
  const moves = operations.flatMap((one) =>
    'deliveryOptionMove' in one ? one.deliveryOptionMove : [],
  );
  const hidden = operations.flatMap((one) =>
    'deliveryOptionHide' in one ? one.deliveryOptionHide : [],
  );
  const list = [...given];
  if (isAtOnce) {
    const moved = new Set(moves.map((move) => move.deliveryOptionHandle));
    const rest = list.filter((option) => !moved.has(option.h));
    const placed: (Option | undefined)[] = list.map((_, at) => {
      const move = moves.find(({ index }) => index === at);
      return move && list.find((option) => option.h === move.deliveryOptionHandle);
    });
    list.splice(0, list.length, ...placed.flatMap((option) => option ?? rest.shift() ?? []));
  } else {
    for (const { deliveryOptionHandle, index } of moves) {
      const from = list.findIndex((option) => option.h === deliveryOptionHandle);
      list.splice(index, 0, ...list.splice(from, 1));
    }
  }
  return list.filter((option) => !hidden.some((hide) => hide.deliveryOptionHandle === option.h));
}

describe('for every checkout', () => {
  const codes = ['flat-1', 'flat-2', 'own', 'pp:a:1', 'pp:a:2', 'other', 'another', 'constructor'];
  const option = fc.record({
    code: fc.constantFrom(...codes),
    price: fc.integer({ min: 0, max: 5 }),
    day: fc.option(fc.integer({ min: 24, max: 30 })),
    method: fc.constantFrom('SHIPPING', 'SHIPPING', 'SHIPPING', 'SHIPPING', 'PICK_UP', 'LOCAL'),
  });
  const world = fc.record({
    options: fc.uniqueArray(option, { maxLength: 8, selector: ({ code }) => code }),
    days: fc.dictionary(fc.constantFrom(...codes), fc.integer({ min: 24, max: 30 })),
    hides: fc.subarray(codes),
    isHeld: fc.boolean(),
  });

  function open({
    options: random,
    days,
    hides,
    isHeld,
  }: typeof world extends fc.Arbitrary<infer W> ? W : never) {
    const given = random.map(({ code, price, day, method }) =>
      shippingOption(code, `${price}.50`, { d: day === null ? null : `2026-11-${day}`, m: method }),
    );
    const o = Object.fromEntries(
      Object.entries(days).map(([code, day]) => [code, `2026-11-${day}`]),
    );
    const held = { ...promise, o, h: hides, ...(isHeld ? {} : { f: 'other' }) };
    const operations = decide({ options: given, promise: held, settings: { ...settings, s: 1 } });
    return { given, operations, held };
  }

  const isOurs = ({ c, m }: Option) =>
    m === 'SHIPPING' && c !== null && (c.startsWith('pp:') || Object.hasOwn(settings.b, c));

  test('the cheapest stays, something stays, and only a holding promise hides', () => {
    fc.assert(
      fc.property(world, (random) => {
        const { given, operations } = open(random);
        const shipping = given.filter(({ m }) => m === 'SHIPPING');
        const left = applied(given, operations, true).filter(({ m }) => m === 'SHIPPING');
        if (shipping.length > 0) {
          expect(left.length).toBeGreaterThan(0);
          const lowest = (list: Option[]) => Math.min(...list.map(({ p }) => +p.a));
          expect(lowest(left)).toBe(lowest(shipping));
        }
        if (!random.isHeld) expect(left.length).toBe(shipping.length);
      }),
      { numRuns: 2_000 },
    );
  });

  test('the first option never becomes a dearer one', () => {
    fc.assert(
      fc.property(world, fc.boolean(), (random, isAtOnce) => {
        const { given, operations } = open(random);
        const [first] = applied(given, operations, isAtOnce);
        if (first && given[0]) expect(+first.p.a).toBeLessThanOrEqual(+given[0].p.a);
      }),
      { numRuns: 2_000 },
    );
  });

  test('moves mean the same one by one and all at once, and no other option changes its place', () => {
    fc.assert(
      fc.property(world, (random) => {
        const { given, operations } = open(random);
        const once = applied(
          given,
          operations.filter((one) => 'deliveryOptionMove' in one),
          true,
        );
        const steps = applied(
          given,
          operations.filter((one) => 'deliveryOptionMove' in one),
          false,
        );
        expect(steps.map(({ h }) => h)).toEqual(once.map(({ h }) => h));
        for (const [at, other] of given.entries()) if (!isOurs(other)) expect(once[at]).toBe(other);
      }),
      { numRuns: 2_000 },
    );
  });

  test('behind the first, days never go back', () => {
    fc.assert(
      fc.property(world, (random) => {
        const { given, operations } = open(random);
        const ours = given.filter(isOurs);
        const places = ours.map((one) => given.indexOf(one));
        const isTogether = places.every(
          (place, at) => at === 0 || place === (places[at - 1] ?? 0) + 1,
        );
        if (!isTogether) return;
        const dayOf = ({ h }: Option) =>
          operations
            .flatMap((one) => ('deliveryOptionRename' in one ? one.deliveryOptionRename : []))
            .find(({ deliveryOptionHandle }) => deliveryOptionHandle === h)
            ?.title.match(/ (\d+) nov$/)?.[1] ?? '99';
        const moved = applied(
          given,
          operations.filter((one) => 'deliveryOptionMove' in one),
          true,
        );
        const days = moved.filter(isOurs).map(dayOf);
        const sorted = places[0] === 0 ? days.slice(1) : days;
        expect(sorted).toEqual([...sorted].sort());
      }),
      { numRuns: 2_000 },
    );
  });

  test('only ours are touched, each named once, each day its owner\u2019s', () => {
    fc.assert(
      fc.property(world, (random) => {
        const { given, operations, held } = open(random);
        const named = new Set<string>();
        for (const operation of operations) {
          const entries = Object.entries(operation);
          expect(entries).toHaveLength(1);
          const handle: string = entries[0]?.[1].deliveryOptionHandle ?? '';
          const target = given.find(({ h }) => h === handle);
          expect(target && isOurs(target)).toBe(true);
          if (!('deliveryOptionRename' in operation) || !target?.c) continue;
          expect(named.has(handle)).toBe(false);
          named.add(handle);
          const isOwn = target.c.startsWith('pp:') || target.c === 'own';
          const told = random.isHeld ? held.o[target.c] : undefined;
          const padded = target.c === 'flat-1' ? '2026-11-29' : '2026-11-25';
          const expected = isOwn ? target.d : (told ?? (random.isHeld ? '' : padded));
          const words = dayLabel(dayNumber(expected ?? ''), 'it');
          expect(operation.deliveryOptionRename.title).toBe(`${target.t} \u00b7 ${words}`);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

test('days are written as the contract writes them, in five languages and to 2099', () => {
  for (const language of ['en', 'it', 'fr', 'de', 'es', 'pt']) {
    const write = dayWriter(language);
    for (let number = dayNumber('2026-01-01'); number < dayNumber('2099-11-01'); number += 1) {
      const iso = new Date(number * 86_400_000).toISOString().slice(0, 10);
      const add = number % 61;
      const later = new Date((number + add) * 86_400_000).toISOString().slice(0, 10);
      if (write(iso, add) !== `${later}|${dayLabel(number + add, language)}`) {
        expect([iso, add, write(iso, add)]).toEqual([
          iso,
          add,
          `${later}|${dayLabel(number + add, language)}`,
        ]);
      }
    }
  }
});
