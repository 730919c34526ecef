// @vitest-environment node
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnsweredOption } from '../../../backend/contract/promise-api.ts';
import {
  type Speech,
  sayArrival,
  sayCo2,
  sayOrderBy,
  sayParcels,
  sayPickup,
} from '../src/words.ts';
import { LANGUAGES, type Language, readTexts, speak } from './speech.ts';

const FOLDER = dirname(dirname(fileURLToPath(import.meta.url)));

const option: AnsweredOption = {
  code: 'standard',
  promisedOn: '2026-12-01',
  window: { from: '2026-12-01T00:00:00+01:00', to: '2026-12-02T00:00:00+01:00' },
  timeZone: 'Europe/Rome',
  orderBy: '2026-11-27T16:00:00+01:00',
  parcels: 1,
  co2Grams: 400,
  isGreenest: false,
  withinTwoHours: false,
  title: 'Standard',
};

function speech(
  language: Language,
  more: Partial<Omit<Speech, 'i18n'>> & { locale?: string } = {},
): Speech {
  const { locale, ...rest } = more;
  const now = Date.parse('2026-11-27T09:00:00Z');
  return {
    i18n: speak(FOLDER, language, locale) as Speech['i18n'],
    shopperZone: 'Europe/Rome',
    now,
    ...rest,
  };
}

/** Non-breaking spaces differ between releases of the language data. */
const plain = (text: string | undefined) => text?.replace(/[\u00a0\u202f]/g, ' ');

describe('arrival', () => {
  test.each([
    ['en', 'Arrives Tue, Dec 1'],
    ['it', 'Arriva mar 1 dic'],
    ['fr', 'Livraison le mar. 1 d\u00e9c.'],
    ['de', 'Lieferung am Di., 1. Dez.'],
    ['es', 'Llega el mar, 1 dic'],
  ] as const)('on a day, in %s: %s', (language, text) => {
    expect(sayArrival(speech(language), option)).toBe(text);
  });

  const express = { ...option.window, to: '2026-12-01T10:00:00+01:00' };
  test.each([
    ['en', 'Arrives Tue, Dec 1 by 10:00 AM'],
    ['it', 'Arriva mar 1 dic entro le 10:00'],
    ['fr', 'Livraison le mar. 1 d\u00e9c. avant 10:00'],
    ['de', 'Lieferung am Di., 1. Dez. bis 10:00 Uhr'],
    ['es', 'Llega el mar, 1 dic antes de las 10:00'],
  ] as const)('by an hour, in %s: %s', (language, text) => {
    expect(plain(sayArrival(speech(language), { ...option, window: express }))).toBe(text);
  });

  test('between two hours', () => {
    const window = { from: '2026-12-01T18:00:00+01:00', to: '2026-12-01T20:00:00+01:00' };
    expect(sayArrival(speech('it'), { ...option, window })).toBe(
      'Arriva mar 1 dic, dalle 18:00 alle 20:00',
    );
  });

  test('is a day of the destination, not of the shopper', () => {
    const tokyo = { from: '2026-12-01T00:00:00+09:00', to: '2026-12-02T00:00:00+09:00' };
    const far = { ...option, window: tokyo, timeZone: 'Asia/Tokyo' };
    expect(sayArrival(speech('en', { shopperZone: 'America/Los_Angeles' }), far)).toBe(
      'Arrives Tue, Dec 1',
    );
  });
});

describe('order by', () => {
  test.each([
    ['en', 'Order by 4:00 PM today'],
    ['it', 'Ordina oggi entro le 16:00'],
    ['fr', 'Commandez aujourd\u2019hui avant 16:00'],
    ['de', 'Heute bis 16:00 bestellen'],
    ['es', 'Pide hoy antes de las 16:00'],
  ] as const)('today, in %s: %s', (language, text) => {
    expect(plain(sayOrderBy(speech(language), option))).toBe(text);
  });

  test.each([
    ['en', 'Order by 4:00 PM on Fri, Nov 27'],
    ['it', 'Ordina entro le 16:00 di ven 27 nov'],
    ['fr', 'Commandez avant 16:00 le ven. 27 nov.'],
    ['de', 'Bestellen bis Fr., 27. Nov., 16:00'],
    ['es', 'Pide antes de las 16:00 del vie, 27 nov'],
  ] as const)('on another day, in %s: %s', (language, text) => {
    const now = Date.parse('2026-11-26T23:00:00+01:00');
    expect(plain(sayOrderBy(speech(language, { now }), option))).toBe(text);
  });

  test('carries its zone where the shopper\u2019s clock shows another time', () => {
    const abroad = speech('it', { shopperZone: 'Europe/London' });
    expect(sayOrderBy(abroad, option)).toBe('Ordina oggi entro le 16:00 CET');
    expect(sayOrderBy(speech('it', { shopperZone: 'Europe/Berlin' }), option)).toBe(
      'Ordina oggi entro le 16:00',
    );
  });

  test('is not said when it is past, nor when there is none', () => {
    const { orderBy: _, ...endless } = option;
    expect(sayOrderBy(speech('it'), endless)).toBeUndefined();
    expect(
      sayOrderBy(speech('it', { now: Date.parse('2026-11-27T15:00:00Z') }), option),
    ).toBeUndefined();
  });

  test('says today only when it is today at the destination and at the shopper, in every zone and language', () => {
    const zone = fc.constantFrom(
      'Europe/Rome',
      'Europe/London',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Pacific/Apia',
    );
    // The weeks around both changes of the clocks.
    const instant = fc.oneof(
      fc.integer({ min: Date.parse('2026-03-20Z'), max: Date.parse('2026-04-10Z') }),
      fc.integer({ min: Date.parse('2026-10-15Z'), max: Date.parse('2026-11-10Z') }),
    );
    const TODAY = /today|oggi|aujourd|heute|hoy/i;
    fc.assert(
      fc.property(
        zone,
        zone,
        instant,
        fc.integer({ min: 1, max: 5_000 }),
        fc.constantFrom(...LANGUAGES),
        (timeZone, shopperZone, now, minutes, language) => {
          const at = now + minutes * 60_000;
          const said = sayOrderBy(speech(language, { shopperZone, now }), {
            ...option,
            timeZone,
            orderBy: new Date(at).toISOString(),
          });
          const day = (instant: number, zoneName: string) =>
            Temporal.Instant.fromEpochMilliseconds(instant)
              .toZonedDateTimeISO(zoneName)
              .toPlainDate()
              .toString();
          const isToday =
            day(at, timeZone) === day(now, timeZone) &&
            day(at, shopperZone) === day(now, shopperZone);
          expect(TODAY.test(said ?? '')).toBe(isToday);
          expect(said).not.toMatch(/tomorrow|domani|demain|morgen|ma\u00f1ana/i);
        },
      ),
      { numRuns: 400 },
    );
  }, 30_000);
});

describe('parcels and CO2', () => {
  test.each([
    ['en', '2 parcels, last on Tue, Dec 1'],
    ['it', '2 pacchi, l\u2019ultimo mar 1 dic'],
    ['fr', '2 colis, le dernier le mar. 1 d\u00e9c.'],
    ['de', '2 Pakete, das letzte am Di., 1. Dez.'],
    ['es', '2 paquetes, el \u00faltimo el mar, 1 dic'],
  ] as const)('two parcels in %s: %s', (language, text) => {
    expect(sayParcels(speech(language), { ...option, parcels: 2 })).toBe(text);
  });

  test('one parcel needs no word', () => {
    expect(sayParcels(speech('en'), option)).toBeUndefined();
  });

  test.each([
    ['en', 400, 'About 400 g CO\u2082'],
    ['it', 1_240, 'Circa 1,2 kg di CO\u2082'],
    ['de', 1_240, 'Etwa 1,2 kg CO\u2082'],
    ['es', 400, 'Unos 400 g de CO\u2082'],
  ] as const)('in %s %i g are %s', (language, co2Grams, text) => {
    expect(plain(sayCo2(speech(language), { ...option, co2Grams }))).toBe(text);
  });

  test('unknown CO2 is not said as none', () => {
    expect(sayCo2(speech('en'), { ...option, co2Grams: 0 })).toBeUndefined();
    expect(sayCo2(speech('en'), { ...option, co2Grams: 0, isGreenest: true })).toContain('0 g');
  });
});

describe('pickup', () => {
  const pickup = {
    key: 'a|1|b',
    from: '2026-11-27T11:00:00+01:00',
    to: '2026-11-27T19:30:00+01:00',
    timeZone: 'Europe/Rome',
    withinTwoHours: true,
  };

  test.each([
    ['en', 'Ready within 2 hours, from 11:00 AM'],
    ['it', 'Pronto entro 2 ore, dalle 11:00'],
    ['fr', 'Pr\u00eat sous 2 heures, d\u00e8s 11:00'],
    ['de', 'In h\u00f6chstens 2 Stunden abholbereit, ab 11:00 Uhr'],
    ['es', 'Listo en menos de 2 horas, desde las 11:00'],
  ] as const)('soon, in %s: %s', (language, text) => {
    expect(plain(sayPickup(speech(language), pickup))).toBe(text);
  });

  test.each([
    ['en', 'Ready Fri, Nov 27 from 11:00 AM'],
    ['it', 'Pronto ven 27 nov dalle 11:00'],
    ['de', 'Abholbereit am Fr., 27. Nov. ab 11:00 Uhr'],
  ] as const)('later, in %s: %s', (language, text) => {
    expect(plain(sayPickup(speech(language), { ...pickup, withinTwoHours: false }))).toBe(text);
  });

  test('within two hours is said only while it is true', () => {
    const early = Date.parse('2026-11-27T08:59:00+01:00');
    expect(sayPickup(speech('it', { now: early }), pickup)).toBe('Pronto ven 27 nov dalle 11:00');
  });
});

test('every language has every text, with the same values in it', () => {
  const shape = (texts: object): unknown =>
    Object.fromEntries(
      Object.entries(texts)
        .sort()
        .map(([key, text]) => [
          key,
          typeof text === 'string'
            ? [...text.matchAll(/\{\{\w+\}\}/g)].map(String).sort()
            : shape(text),
        ]),
    );
  for (const language of LANGUAGES) {
    expect([language, shape(readTexts(FOLDER, language))]).toEqual([
      language,
      shape(readTexts(FOLDER, 'en')),
    ]);
  }
});
