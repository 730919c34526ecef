/**
 * A text in the merchant's language, with its facts filled in.
 */
import { DE } from './de.ts';
import { EN, type TextKey, type Texts } from './en.ts';
import { ES } from './es.ts';
import { FR } from './fr.ts';
import { IT } from './it.ts';
import { type Language, toLanguage } from './languages.ts';

export const TEXTS: Readonly<Record<Language, Texts>> = { en: EN, it: IT, fr: FR, de: DE, es: ES };

export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

let current: Language = 'en';

/** Chooses the language of all texts that follow. */
export function speak(locale: string): Language {
  current = toLanguage(locale);
  return current;
}

/** The language that is spoken. */
export function language(): Language {
  return current;
}

/** The text of a key; `{name}` is replaced by the fact of that name. */
export function t(key: TextKey, facts: Facts = {}): string {
  return TEXTS[current][key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    facts[name] === undefined ? whole : String(facts[name]),
  );
}

type Counted = TextKey extends infer Key ? (Key extends `${infer Base}.one` ? Base : never) : never;

/** The text for a count, in the right number: `key.one` or `key.other`. */
export function tn(key: Counted, count: number, facts: Facts = {}): string {
  const isOne = new Intl.PluralRules(current).select(count) === 'one';
  return t(isOne ? `${key}.one` : `${key}.other`, { count, ...facts });
}

/** A text for a code the server sent; a code without a text is shown as it is. */
export function tc(prefix: string, code: string, facts: Facts = {}): string {
  const key = `${prefix}.${code}`;
  return isKey(key) ? t(key, facts) : code;
}

/** Whether there is a text for this key. */
export function isKey(key: string): key is TextKey {
  return Object.hasOwn(EN, key);
}
