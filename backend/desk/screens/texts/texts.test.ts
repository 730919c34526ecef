import { afterEach, expect, test } from 'vitest';
import { LANGUAGES, toLanguage } from './languages.ts';
import { speak, TEXTS, t, tc, tn } from './text.ts';

afterEach(() => speak('en'));

const factsOf = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();

test.each(LANGUAGES)('%s has every text with the same facts in it', (language) => {
  const { en } = TEXTS;
  const keys = Object.keys(en);
  expect(keys.length).toBeGreaterThan(80);
  const facts = (of: Readonly<Record<string, string>>) =>
    keys.map((key) => [key, factsOf(of[key] ?? 'missing'), of[key] === '']);
  expect(facts(TEXTS[language])).toEqual(facts(en));
});

test('a phone is spoken to in the first of its languages that we speak', () => {
  const accepted = ['de-CH,de;q=0.9,en;q=0.8', 'pt-BR, it;q=0.8', 'ja', ''];
  expect(accepted.map(toLanguage)).toEqual(['de', 'it', 'en', 'en']);
});

test('facts are filled in, numbers choose their form, and a code without a text has none', () => {
  speak('it');
  expect(t('offer.left', { left: '4:05' })).toBe('Restano 4:05');
  expect([tn('list.units', 1), tn('list.units', 2)]).toEqual(['1 articolo', '2 articoli']);
  expect(tc('fault', 'pin_wrong', { triesLeft: 3 })).toBe('PIN errato. Tentativi rimasti: 3');
  expect(tc('fault', 'a_new_code')).toBeUndefined();
});
