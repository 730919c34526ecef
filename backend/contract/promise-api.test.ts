import { describe, expect, test } from 'vitest';
import { encodeOrderPromise, type OrderPromise, parseOrderPromise } from './order-promise.ts';
import {
  parseCheckoutPromiseAnswer,
  parseCheckoutPromiseRequest,
  parseExtensionConfig,
  parseOrderPromiseAnswer,
  parseOrderPromiseRequest,
} from './promise-api.ts';

const request = {
  checkoutToken: 'c1',
  lines: [{ variantId: 'gid://shopify/ProductVariant/1', quantity: 2 }],
  destination: { country: 'IT', postalCode: '20121' },
  locale: 'it',
  currency: 'EUR',
  options: [{ handle: 'h', code: 'standard', title: 'Standard' }],
};

const window = { from: '2026-11-30T00:00:00+01:00', to: '2026-12-01T00:00:00+01:00' };
const answer = {
  receiptId: 'r1',
  signedReceipt: 'r1.k1.s',
  evaluatedAt: '2026-11-23T10:00:00Z',
  options: [
    {
      code: 'standard',
      promisedOn: '2026-11-30',
      window,
      timeZone: 'Europe/Rome',
      orderBy: '2026-11-23T16:00:00+01:00',
      parcels: 2,
      co2Grams: 120,
      isGreenest: true,
      withinTwoHours: false,
      title: 'Standard',
    },
  ],
  pickups: [{ key: 'a|1|b', ...window, timeZone: 'Europe/Rome', withinTwoHours: true }],
  cartMetafield: '{}',
  validUntil: '2026-11-23T15:30:00Z',
};

function pointerOf(parsed: { ok: boolean; refusal?: { pointer: string } }): string | undefined {
  return parsed.refusal?.pointer;
}

describe('the checkout request', () => {
  test('is read as it is', () => {
    expect(parseCheckoutPromiseRequest(request)).toEqual({ ok: true, value: request });
  });

  test.each([
    ['', null],
    ['/lines', { ...request, lines: [] }],
    ['/lines', { ...request, lines: Array.from({ length: 501 }, () => request.lines[0]) }],
    ['/lines/0/quantity', { ...request, lines: [{ ...request.lines[0], quantity: -1 }] }],
    ['/lines/0/quantity', { ...request, lines: [{ ...request.lines[0], quantity: 1e9 }] }],
    ['/lines/0/variantId', { ...request, lines: [{ variantId: '1', quantity: 1 }] }],
    ['/destination/country', { ...request, destination: { country: 'Italy', postalCode: '' } }],
    ['/currency', { ...request, currency: 'euro' }],
    ['/options/0/handle', { ...request, options: [{ code: 'x', title: 'y' }] }],
  ])('is refused at %j', (pointer, body) => {
    expect(pointerOf(parseCheckoutPromiseRequest(body))).toBe(pointer);
  });

  test('a refusal says value, field, what is allowed and the next step', () => {
    const parsed = parseCheckoutPromiseRequest({ ...request, currency: 'euro' });
    expect(parsed.ok ? undefined : parsed.refusal).toEqual({
      code: 'invalid_input',
      pointer: '/currency',
      value: 'euro',
      allowed: 'a three-letter currency code in capitals',
      remedy: 'Send a three-letter currency code in capitals at /currency.',
    });
  });
});

describe('the checkout answer', () => {
  test('is read as it is', () => {
    expect(parseCheckoutPromiseAnswer(answer)).toEqual({ ok: true, value: answer });
  });

  test('needs no order-by', () => {
    const [option] = answer.options;
    const parsed = parseCheckoutPromiseAnswer({
      ...answer,
      options: [{ ...option, orderBy: null }],
    });
    expect(parsed.ok && parsed.value.options[0]?.orderBy).toBeUndefined();
    expect(parsed.ok).toBe(true);
  });

  test.each([
    ['/evaluatedAt', { ...answer, evaluatedAt: 'now' }],
    [
      '/options/0/promisedOn',
      { ...answer, options: [{ ...answer.options[0], promisedOn: 'soon' }] },
    ],
    ['/options/0/parcels', { ...answer, options: [{ ...answer.options[0], parcels: 0 }] }],
    ['/pickups', { ...answer, pickups: undefined }],
  ])('is refused at %s', (pointer, body) => {
    expect(pointerOf(parseCheckoutPromiseAnswer(body))).toBe(pointer);
  });
});

describe('the order request', () => {
  test('names the order by checkout token, by id, or by both', () => {
    const both = { locale: 'it', checkoutToken: 'c', orderId: 'gid://shopify/Order/1' };
    expect(parseOrderPromiseRequest(both)).toEqual({ ok: true, value: both });
    expect(parseOrderPromiseRequest({ checkoutToken: 'c', locale: 'it' }).ok).toBe(true);
    expect(parseOrderPromiseRequest({ orderId: 'gid://shopify/Order/1', locale: 'it' }).ok).toBe(
      true,
    );
  });

  test.each([
    ['', { locale: 'it' }],
    ['/checkoutToken', { locale: 'it', checkoutToken: '', orderId: 'gid://shopify/Order/1' }],
    ['/orderId', { locale: 'it', orderId: '1' }],
  ])('is refused at %j otherwise', (pointer, body) => {
    expect(pointerOf(parseOrderPromiseRequest(body))).toBe(pointer);
  });
});

describe('where an order is', () => {
  const progress = {
    stage: 'ready',
    pickupCodes: ['123456'],
    tracking: [{ url: 'https://track.example/1', number: 'BRT1' }],
  };

  test('comes with a date or without one', () => {
    const answer = { status: 'none', progress };
    expect(parseOrderPromiseAnswer(answer)).toEqual({ ok: true, value: answer });
  });

  test.each([
    ['/progress/stage', { ...progress, stage: 'lost' }],
    ['/progress/pickupCodes/0', { ...progress, pickupCodes: [''] }],
    ['/progress/tracking/0/url', { ...progress, tracking: [{ url: 'javascript:x', number: '' }] }],
  ])('is refused at %s', (pointer, wrong) => {
    expect(pointerOf(parseOrderPromiseAnswer({ status: 'none', progress: wrong }))).toBe(pointer);
  });
});

describe('the order answer', () => {
  const promise = {
    kind: 'store_pickup',
    promisedOn: '2026-11-30',
    window,
    timeZone: 'Europe/Rome',
    parcels: 1,
    promisedBefore: { promisedOn: '2026-11-28', window },
    place: { name: 'Milano Dante', addressLines: ['Via Dante 1'], instructions: 'Bring an ID.' },
  };

  test.each([[{ status: 'confirming' }], [{ status: 'none' }], [{ status: 'changed', promise }]])(
    '%j is read as it is',
    (body) => {
      expect(parseOrderPromiseAnswer(body)).toEqual({ ok: true, value: body });
    },
  );

  test.each([
    ['/status', { status: 'late' }],
    ['/promise', { status: 'promised' }],
    ['/promise/kind', { status: 'promised', promise: { ...promise, kind: 'drone' } }],
    ['/promise/place/name', { status: 'promised', promise: { ...promise, place: { name: '' } } }],
  ])('is refused at %s', (pointer, body) => {
    // A place without lines is refused at its lines before its name.
    const place = { addressLines: [], instructions: '' };
    const whole =
      pointer === '/promise/place/name'
        ? { status: 'promised', promise: { ...promise, place: { ...place, name: '' } } }
        : body;
    expect(pointerOf(parseOrderPromiseAnswer(whole))).toBe(pointer);
  });
});

describe('the order metafield', () => {
  const order: OrderPromise = {
    v: 1,
    kind: 'pickup_point',
    status: 'promised',
    promisedOn: '2026-11-30',
    window,
    timeZone: 'Europe/Rome',
    optionCode: 'pp:locker:42',
    receiptId: 'r1',
    parcels: 1,
    pointId: 'locker:42',
  };

  test('reads back what was written', () => {
    expect(parseOrderPromise(encodeOrderPromise(order))).toEqual({ ok: true, value: order });
  });

  test('a copied cart promise is not taken for it', () => {
    expect(pointerOf(parseOrderPromise('{"v":1,"d":"2026-11-23","o":{}}'))).toBe('/kind');
  });
});

describe('the address of the backend', () => {
  test.each([
    ['https://app.example.com', true],
    ['http://localhost:3000', true],
    ['http://app.example.com', false],
    ['https://app.example.com/path', false],
    ['https://user@app.example.com', false],
    ['javascript:alert(1)', false],
  ])('%s: taken is %s', (url, taken) => {
    expect(parseExtensionConfig(JSON.stringify({ v: 1, url })).ok).toBe(taken);
  });
});
