import fc from 'fast-check';
import { expect, test } from 'vitest';
import { civilDay, dayLabel, dayNumber } from './date-label.ts';

const LANGUAGES = { en: 'en-GB', it: 'it', fr: 'fr', de: 'de', es: 'es' };
const DAY_MS = 86_400_000;

test.each([
  ['en', 'Mon 30 Nov'],
  ['it', 'lun 30 nov'],
  ['fr', 'lun. 30 nov.'],
  ['de', 'Mo., 30. Nov.'],
  ['es', 'lun 30 nov'],
  ['pt', 'Mon 30 Nov'],
])('30 November 2026 in %s is %s', (language, label) => {
  expect(dayLabel(dayNumber('2026-11-30'), language)).toBe(label);
});

test('numbers and civil days agree with the calendar from 1970 for 400 years', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 146_000 }), (number) => {
      const date = new Date(number * DAY_MS);
      expect(dayNumber(date.toISOString().slice(0, 10))).toBe(number);
      expect(civilDay(number)).toEqual([date.getUTCDate(), date.getUTCMonth(), date.getUTCDay()]);
    }),
    { numRuns: 2_000 },
  );
});

test('weekday and month names are those of the language, for every day of a year', () => {
  for (const [language, locale] of Object.entries(LANGUAGES)) {
    const format = new Intl.DateTimeFormat(locale, {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      timeZone: 'UTC',
    });
    for (let number = dayNumber('2026-01-01'); number < dayNumber('2027-01-01'); number++) {
      const named = format.format(number * DAY_MS);
      // Separators differ between releases of the language data, and English September is Sep or Sept.
      expect(letters(dayLabel(number, language))).toBe(letters(named).replace('Sept', 'Sep'));
    }
  }

  function letters(text: string): string {
    return text.replace(/[^\p{L}\d]/gu, '').replace('Sept', 'Sep');
  }
});
