// What messages say, in five languages.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { composeShopper, type ShopperFacts, sayPromise } from './compose.ts';
import { MESSAGE_KINDS, type StatedPromise } from './due.ts';
import { LANGUAGES, languageOf, WORDS } from './words.ts';

const HOME: StatedPromise = {
  method: 'home',
  promisedOn: '2026-12-01',
  window: { from: '2026-11-30T23:00:00Z', to: '2026-12-01T23:00:00Z' },
  timeZone: 'Europe/Rome',
};
const FACTS: ShopperFacts = {
  kind: 'moved',
  language: 'en',
  merchant: 'Lume',
  orderName: '#1001',
  promise: HOME,
  before: { ...HOME, promisedOn: '2026-11-28' },
  items: [{ title: 'Shirt', quantity: 2 }],
  place: undefined,
  pickupCode: undefined,
  trackingUrls: ['https://track.example/1', 'javascript:alert(1)'],
};

test.each([
  ['en', 'Arrives Tuesday 1 December'],
  ['it', 'Arriva martedì 1 dicembre'],
  ['fr', 'Arrive mardi 1 décembre'],
  ['de', 'Kommt Dienstag, 1. Dezember an'],
  ['es', 'Llega martes, 1 de diciembre'],
] as const)('in %s a home delivery is said as %j', (language, sentence) => {
  expect(sayPromise(HOME, language)).toBe(sentence);
});

test.each([
  ['2026-11-30T23:00:00Z', '2026-12-01T11:00:00Z', 'Arriva martedì 1 dicembre entro le 12:00'],
  [
    '2026-12-01T07:00:00Z',
    '2026-12-01T11:00:00Z',
    'Arriva martedì 1 dicembre, dalle 08:00 alle 12:00',
  ],
])('a window from %s to %s is said with its hours, in the destination’s zone', (from, to, text) => {
  expect(sayPromise({ ...HOME, window: { from, to } }, 'it')).toBe(text);
});

test('a pickup is said from its instant until the store closes', () => {
  const window = { from: '2026-12-01T16:15:00Z', to: '2026-12-01T18:30:00Z' };
  expect(sayPromise({ ...HOME, method: 'store_pickup', window }, 'en')).toMatch(
    /^Ready Tuesday 1 December from 17:15, open until 19:30$/,
  );
});

test.each(LANGUAGES)('in %s every place of every sentence is filled', (language) => {
  for (const kind of MESSAGE_KINDS) {
    const composed = composeShopper({
      ...FACTS,
      ...{ kind, language, pickupCode: '123456', place: { name: 'Brera', addressLines: ['x'] } },
    });
    for (const said of [composed.subject, composed.html, composed.text]) {
      expect(said).not.toMatch(/\{\w+\}|undefined|null/);
    }
  }
});

test('languages have the same places in the same sentences', () => {
  const placesOf = (sentence: string) => [...sentence.matchAll(/\{\w+\}/g)].join(' ');
  for (const [name, sentence] of Object.entries(WORDS.en)) {
    for (const language of LANGUAGES) {
      const own = Object.entries(WORDS[language]).find(([key]) => key === name)?.[1] ?? '';
      expect(placesOf(own).split(' ').toSorted()).toEqual(placesOf(sentence).split(' ').toSorted());
    }
  }
});

test('only web addresses become links', () => {
  const { html, text } = composeShopper(FACTS);
  expect(html).toContain('href="https://track.example/1"');
  expect(html + text).not.toContain('javascript:');
});

test('no text of a shop, an order or a product becomes markup', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (merchant, orderName, title) => {
      const nasty = (text: string) => `<script>${text}</script>"'&`;
      const { html } = composeShopper({
        ...{ ...FACTS, merchant: nasty(merchant), orderName: nasty(orderName) },
        items: [{ title: nasty(title), quantity: 1 }],
        place: { name: nasty(title), addressLines: [nasty(merchant)] },
      });
      expect(html).not.toContain('<script');
    }),
  );
});

test.each([
  ['fr-CA', 'fr'],
  ['IT', 'it'],
  ['pt-PT', undefined],
  [null, undefined],
])('the locale %s is written in %s', (locale, language) => {
  expect(languageOf(locale)).toBe(language);
});
