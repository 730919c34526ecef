import { afterEach, expect, test } from 'vitest';
import { EN } from './en.ts';
import { LANGUAGES, toLanguage } from './languages.ts';
import { isKey, speak, TEXTS, t, tc, tn } from './text.ts';

afterEach(() => speak('en'));

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();

test.each(LANGUAGES)('%s has every text with the same facts in it', (language) => {
  expect(Object.keys(TEXTS[language]).toSorted()).toEqual(Object.keys(EN).toSorted());
  for (const key of Object.keys(EN).filter(isKey)) {
    expect(TEXTS[language][key], key).not.toBe('');
    expect([...new Set(placeholders(TEXTS[language][key]))], key).toEqual([
      ...new Set(placeholders(EN[key])),
    ]);
  }
});

test('a locale speaks its language, an unknown one English', () => {
  expect(['fr-CA', 'de', 'pt_BR', ''].map(toLanguage)).toEqual(['fr', 'de', 'en', 'en']);
});

test('facts are filled in, numbers choose their form, and a code without a text shows itself', () => {
  speak('it');
  expect(t('save.saved', { version: 4 })).toBe('Salvato come versione 4.');
  expect(tn('network.count', 1)).toBe('1 voce');
  expect(tn('network.count', 3)).toBe('3 voci');
  expect(tc('absent', 'no_stock')).toMatch(/^Giacenza/);
  expect(tc('absent', 'a_new_code')).toBe('a_new_code');
});
