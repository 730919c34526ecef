import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StorefrontOption } from '../../../backend/contract/storefront-promise.ts';
import { HOUR_MS, MINUTE_MS } from '../src/moments.ts';
import {
  chooseOptions,
  isAnyPassed,
  nextChange,
  sayName,
  sayOrderBy,
  sayWhen,
} from '../src/options.ts';

const NOW = Date.parse('2026-11-23T10:00:00+01:00');
const iso = (ms: number) => new Date(ms).toISOString();
const say = (name: string, values = {}) => `${name} ${JSON.stringify(values)}`;
const SPEECH = { locale: 'en-GB', timeZone: 'Europe/Rome' };

function option(changes: Partial<StorefrontOption> = {}): StorefrontOption {
  return {
    method: 'home',
    code: 'standard',
    name: 'Standard',
    promisedOn: '2026-11-25',
    window: { from: '2026-11-25T00:00:00+01:00', to: '2026-11-26T00:00:00+01:00' },
    timeZone: 'Europe/Rome',
    orderBy: iso(NOW + 2 * HOUR_MS),
    validUntil: iso(NOW + 2 * HOUR_MS + 30 * MINUTE_MS),
    withinTwoHours: false,
    ...changes,
  };
}

const ALL = { services: [], most: 2, showsPoint: true, showsStore: true, store: '' };
const codes = (options: readonly StorefrontOption[]) => options.map(({ code }) => code);

describe('which options are shown', () => {
  const slow = option({ code: 'slow', window: { from: '', to: '2026-11-30T00:00:00+01:00' } });
  const express = option({
    code: 'express',
    window: { from: '', to: '2026-11-24T12:00:00+01:00' },
  });
  const point = option({ method: 'pickup_point', code: 'pp:a:1' });
  const near = option({ method: 'store_pickup', code: 'store:near' });
  const mine = option({ method: 'store_pickup', code: 'store:mine' });
  const options = [slow, option(), point, express, near, mine];

  test.each([
    [
      'the soonest home services, a point, a store',
      {},
      ['express', 'standard', 'pp:a:1', 'store:near'],
    ],
    ['as many services as the merchant wants', { most: 1 }, ['express', 'pp:a:1', 'store:near']],
    ['only services named', { services: ['slow'] }, ['slow', 'pp:a:1', 'store:near']],
    ['no point', { showsPoint: false }, ['express', 'standard', 'store:near']],
    ['no store', { showsStore: false }, ['express', 'standard', 'pp:a:1']],
    [
      'the store chosen as mine',
      { store: 'mine' },
      ['express', 'standard', 'pp:a:1', 'store:mine'],
    ],
    [
      'the nearest when mine has none',
      { store: 'far' },
      ['express', 'standard', 'pp:a:1', 'store:near'],
    ],
  ])('%s', (_, change, expected) => {
    expect(codes(chooseOptions(options, { ...ALL, ...change }, NOW))).toEqual(expected);
  });

  test('nothing is shown at or after its validUntil, whatever the order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -120, max: 120 }), { maxLength: 8 }),
        fc.integer({ min: -120, max: 120 }),
        (ends, now) => {
          const made = ends.map((end) => option({ validUntil: iso(NOW + end * MINUTE_MS) }));
          const nowMs = NOW + now * MINUTE_MS;
          const shown = chooseOptions(made, { ...ALL, most: 9 }, nowMs);
          expect(shown.every(({ validUntil }) => nowMs < Date.parse(validUntil))).toBe(true);
          expect(shown).toHaveLength(ends.filter((end) => end > now).length);
        },
      ),
    );
  });
});

describe('what is said of an option', () => {
  test.each([
    ['a whole day', {}, 'Wed 25 Nov'],
    [
      'a day with an hour',
      { window: { from: '', to: '2026-11-25T12:00:00+01:00' } },
      'by_time {"day":"Wed 25 Nov","time":"12:00"}',
    ],
    [
      'a store: from when',
      { method: 'store_pickup' as const, window: { from: '2026-11-25T15:15:00+01:00', to: '' } },
      'from_time {"day":"Wed 25 Nov","time":"15:15"}',
    ],
    [
      'a store within two hours',
      { method: 'store_pickup' as const, withinTwoHours: true },
      'two_hours {}',
    ],
  ])('%s', (_, change, words) => {
    expect(sayWhen(option(change), NOW, say, SPEECH)).toBe(words);
  });

  test('a service is called by its name, places by what one does there', () => {
    const store = option({ method: 'store_pickup', name: 'Brera' });
    expect(sayName(option(), say)).toBe('Standard');
    expect(sayName(store, say)).toBe('pickup {"name":"Brera"}');
    expect(sayName({ ...store, method: 'pickup_point' }, say)).toBe('point {"name":"Brera"}');
  });
});

describe('the time left to order', () => {
  const left = (minutes: number, isResting = false) =>
    sayOrderBy(option({ orderBy: iso(NOW + minutes * MINUTE_MS) }), NOW, say, {
      ...SPEECH,
      isResting,
    });

  test.each([
    [0, ''],
    [-5, ''],
    [1, 'order_within {"time":"1 min"}'],
    [199, 'order_within {"time":"3 hrs 19 mins"}'],
    [1_440, 'order_within {"time":"24 hrs"}'],
    [1_441, 'order_by {"day":"tomorrow, Tue 24 Nov","time":"10:01"}'],
  ])('with %i minutes: %j', (minutes, words) => {
    expect(left(minutes).text).toBe(words);
  });

  test('with reduced motion nothing counts: the hour is said once', () => {
    expect(left(199, true).text).toBe('order_by {"day":"today","time":"13:19"}');
  });

  test('is said anew when the next minute is over, not later', () => {
    const half = sayOrderBy(option({ orderBy: iso(NOW + 90_500) }), NOW, say, {
      ...SPEECH,
      isResting: false,
    });
    expect(half.untilMs - NOW).toBe(30_501);
  });
});

test('the next change is the first end to come', () => {
  const two = [option(), option({ orderBy: iso(NOW + 60_000), validUntil: iso(NOW - 1) })];
  expect(nextChange(two, NOW) - NOW).toBe(60_000);
  expect(nextChange([], NOW)).toBe(Number.POSITIVE_INFINITY);
});

test('an order-by has passed at its instant, not before', () => {
  const [one] = [option({ orderBy: iso(NOW) })];
  expect(isAnyPassed([one], NOW - 1)).toBe(false);
  expect(isAnyPassed([one], NOW)).toBe(true);
});
