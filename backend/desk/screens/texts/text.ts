/**
 * A text in the language of the phone, with its facts filled in.
 */
import { DE } from './de.ts';
import { EN, type TextKey, type Texts } from './en.ts';
import { ES } from './es.ts';
import { FR } from './fr.ts';
import { IT } from './it.ts';
import { type Language, toLanguage } from './languages.ts';

export const TEXTS: Readonly<Record<Language, Texts>> = { en: EN, it: IT, fr: FR, de: DE, es: ES };

export type Facts = Readonly<Record<string, string | number>>;

let current: Language = 'en';

/** Chooses the language of all texts that follow. */
export function speak(locale: string): void {
  current = toLanguage(locale);
}

/** The language that is spoken. */
export function language(): Language {
  return current;
}

/** The text of a key; `{name}` is replaced by the fact of that name. */
export function t(key: TextKey, facts: Facts = {}): string {
  return TEXTS[current][key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    String(facts[name] ?? whole),
  );
}

type Counted = TextKey extends infer Key ? (Key extends `${infer Base}.one` ? Base : never) : never;

/** The text for a count, in the right number. */
export function tn(key: Counted, count: number): string {
  const isOne = new Intl.PluralRules(current).select(count) === 'one';
  return t(isOne ? `${key}.one` : `${key}.other`, { count });
}

/** The text for a code of the server; undefined: there is none, its own words are shown. */
export function tc(prefix: string, code: string, facts: Facts = {}): string | undefined {
  const key = `${prefix}.${code}`;
  return isKey(key) ? t(key, facts) : undefined;
}

function isKey(key: string): key is TextKey {
  return Object.hasOwn(EN, key);
}
