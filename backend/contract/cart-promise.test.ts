import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CartPromise, encodeCartPromise, parseCartPromise } from './cart-promise.ts';
import { pickupKey, postalKey } from './destination.ts';
import { encodeEtaClass, parseEtaClass } from './eta-class.ts';
import { linesFingerprint } from './lines-fingerprint.ts';
import { ORDER_BY_TIMES, orderByBucket } from './order-by-bucket.ts';

const promise: CartPromise = {
  madeOn: '2026-11-23',
  orderByBucket: '16:30',
  country: 'IT',
  postalKey: '20121',
  fingerprint: '2871662907',
  signedReceipt: 'rc_1.k1.abc',
  language: 'it',
  options: {
    standard: { promisedOn: '2026-12-01', label: 'gio 1 dic' },
    express: { promisedOn: '2026-11-25' },
  },
  hiddenCodes: ['bulky'],
};

describe('the cart promise', () => {
  test('reads back what was written', () => {
    expect(parseCartPromise(encodeCartPromise(promise))).toEqual({ ok: true, value: promise });
  });

  test('has the short shape the Function reads', () => {
    expect(JSON.parse(encodeCartPromise(promise))).toEqual({
      v: 1,
      d: '2026-11-23',
      b: '16:30',
      c: 'IT',
      z: '20121',
      f: '2871662907',
      r: 'rc_1.k1.abc',
      l: 'it',
      o: { standard: '2026-12-01|gio 1 dic', express: '2026-11-25' },
      h: ['bulky'],
    });
  });

  test.each([
    ['', '{'],
    ['/v', JSON.stringify({ v: 2 })],
    ['/o', JSON.stringify({ v: 1, d: '2026-11-23' })],
    ['/o/standard', JSON.stringify({ v: 1, o: { standard: '1 December' } })],
  ])('is refused at %j when it does not fit', (pointer, text) => {
    const parsed = parseCartPromise(text);
    expect(parsed.ok ? undefined : parsed.refusal.pointer).toBe(pointer);
  });
});

describe('the lines fingerprint', () => {
  const line = fc.record({
    variantId: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    quantity: fc.integer({ min: 1, max: 999 }),
  });

  test('does not depend on the order of the lines', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), (lines) => {
        expect(linesFingerprint([...lines].reverse())).toBe(linesFingerprint(lines));
      }),
    );
  });

  test('does not depend on how units of one variant are spread over lines', () => {
    fc.assert(
      fc.property(line, fc.array(line, { maxLength: 5 }), (one, others) => {
        const apart = Array.from({ length: one.quantity }, () => ({ ...one, quantity: 1 }));
        expect(linesFingerprint([...others, ...apart])).toBe(linesFingerprint([one, ...others]));
      }),
    );
  });

  test('differs when a quantity or a variant differs', () => {
    fc.assert(
      fc.property(line, fc.integer({ min: 1, max: 1_000_000 }), (one, by) => {
        const base = linesFingerprint([one]);
        expect(linesFingerprint([{ ...one, quantity: one.quantity + by }])).not.toBe(base);
        expect(linesFingerprint([{ ...one, variantId: one.variantId + by }])).not.toBe(base);
      }),
    );
  });

  test.each([1, 32_768])('10,000 variants %i apart have 10,000 fingerprints', (step) => {
    const seen = new Set<string>();
    for (let at = 0; at < 10_000; at++) {
      const variantId = `gid://shopify/ProductVariant/${44_000_000_000_000 + step * at}`;
      seen.add(linesFingerprint([{ variantId, quantity: 1 }]));
    }
    expect(seen.size).toBe(10_000);
  });

  test('swapping two neighbours for their neighbours is seen', () => {
    const pair = (one: number, two: number) =>
      linesFingerprint([one, two].map((variantId) => ({ variantId, quantity: 1 })));
    expect(pair(1001, 1004)).not.toBe(pair(1002, 1003));
  });

  test('takes an id as GID, as digits and as number', () => {
    const forms = ['gid://shopify/ProductVariant/7', '7', 7].map((variantId) =>
      linesFingerprint([{ variantId, quantity: 2 }]),
    );
    expect(new Set(forms).size).toBe(1);
  });

  test('is empty without a variant or without lines, so that it equals no basket', () => {
    expect(linesFingerprint([])).toBe('');
    expect(linesFingerprint([{ variantId: 'gid://shopify/CustomProduct/', quantity: 1 }])).toBe('');
  });
});

describe('an order-by bucket', () => {
  test.each([
    ['09:59', '00:00'],
    ['10:00', '10:00'],
    ['16:29', '16:00'],
    ['16:30', '16:30'],
    ['19:45', '18:00'],
    ['23:59', '20:00'],
  ])('of %s is %s', (time, bucket) => {
    expect(orderByBucket(time)).toBe(bucket);
  });

  test('is never later than the time it stands for', () => {
    for (let minute = 0; minute < 1440; minute++) {
      const time = `${`${Math.floor(minute / 60)}`.padStart(2, '0')}:${`${minute % 60}`.padStart(2, '0')}`;
      expect(orderByBucket(time) <= time).toBe(true);
    }
    const times = ORDER_BY_TIMES.split(' ');
    expect([...times].sort()).toEqual(times);
  });
});

describe('an ETA class', () => {
  test('holds before its day and not from it on', () => {
    const value = encodeEtaClass('normal', '2026-12-01');
    expect(parseEtaClass(value, '2026-11-30')).toBe('normal');
    expect(parseEtaClass(value, '2026-12-01')).toBe('unknown');
  });

  test.each([[null], [undefined], [''], ['normal'], ['s2027-01-01'], ['normal:2027-01-01']])(
    'of %j is unknown',
    (value) => {
      expect(parseEtaClass(value, '2026-11-30')).toBe('unknown');
    },
  );
});

describe('keys of places', () => {
  test.each([
    ['20121', '20121'],
    ['sw1a 1aa', 'SW1A1AA'],
    ['B-1000', 'B1000'],
    ['', ''],
  ])('postal code %j is compared as %j', (code, key) => {
    expect(postalKey(code)).toBe(key);
  });

  test('a pickup location is the same with other case, accents and punctuation', () => {
    const one = pickupKey({
      name: 'Caf\u00e9 Breg\u00e8',
      postalCode: '75 001',
      address1: '1, rue du Bac',
    });
    const two = pickupKey({ name: 'CAFE BREGE', postalCode: '75001', address1: '1 Rue du Bac' });
    expect(one).toBe(two);
    expect(pickupKey({ name: 'Gro\u00dfe Stra\u00dfe', postalCode: '1' })).toBe('grossestrasse|1|');
  });

  test('a location without name or without any address has no key', () => {
    expect(pickupKey({ postalCode: '20121', address1: 'Via Dante 1' })).toBeUndefined();
    expect(pickupKey({ name: 'Milano' })).toBeUndefined();
  });
});
