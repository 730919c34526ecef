import { expect, test } from 'vitest';
import { type RatedOption, toRates } from './answer.ts';

const style = { currency: 'EUR', language: 'it', receiptId: 'r1' };
const standard: RatedOption = {
  serviceCode: 'standard',
  serviceName: 'Standard',
  method: 'home',
  priceMinor: 490,
  promise: {
    from: '2026-11-30T00:00:00+01:00',
    to: '2026-12-01T00:00:00+01:00',
    promisedOn: '2026-11-30',
  },
};
const express: RatedOption = {
  ...standard,
  serviceCode: 'express',
  serviceName: 'Express',
  promise: {
    from: '2026-11-24T08:00:00+01:00',
    to: '2026-11-24T10:00:00+01:00',
    promisedOn: '2026-11-24',
    byTime: '10:00',
  },
};

test('a dated option carries its window, the last second inside it, and the receipt', () => {
  expect(toRates([standard], style)).toEqual([
    {
      service_name: 'Standard',
      service_code: 'standard',
      description: 'Arriva lun 30 nov',
      currency: 'EUR',
      total_price: '490',
      min_delivery_date: '2026-11-30 00:00:00 +0100',
      max_delivery_date: '2026-11-30 23:59:59 +0100',
      metafields: [
        { namespace: '$app', key: 'receipt', type: 'single_line_text_field', value: 'r1' },
      ],
    },
  ]);
});

test('an hour of the day ends one second before it', () => {
  expect(toRates([express], style)[0]).toMatchObject({
    description: 'Arriva mar 24 nov entro le 10:00',
    max_delivery_date: '2026-11-24 09:59:59 +0100',
  });
});

test('a shop that publishes several languages writes dates in numbers', () => {
  const rates = toRates([standard, express], { ...style, language: null });
  expect(rates.map((rate) => rate.description)).toEqual(['2026-11-30', '2026-11-24 10:00']);
});

test('an option without a date is priced and says nothing of time', () => {
  const { promise: _, ...undated } = standard;
  expect(toRates([undated], style)).toEqual([
    {
      service_name: 'Standard',
      service_code: 'standard',
      description: '',
      currency: 'EUR',
      total_price: '490',
    },
  ]);
});

test('a currency without decimals is still counted in hundredths', () => {
  expect(toRates([standard], { ...style, currency: 'JPY' })[0]?.total_price).toBe('49000');
});

test.each(['en', 'it', 'fr', 'de', 'es', 'pt'])(
  'in %s the words hold the day and the hour',
  (language) => {
    const [day, hour] = toRates([standard, express], { ...style, language });
    expect(day?.description).toMatch(/30/);
    expect(hour?.description).toMatch(/24.*10:00/);
    expect(`${day?.description}${hour?.description}`).not.toMatch(
      /[{}]|today|tomorrow|oggi|domani/i,
    );
  },
);
