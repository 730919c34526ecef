/**
 * Shopify's i18n for tests, from our own locale files: replacement, plural forms and Intl in the shopper's language.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const LANGUAGES = ['en', 'it', 'fr', 'de', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

type Texts = { readonly [key: string]: string | Texts };
type Values = { readonly [key: string]: string | number };

/** The words of a language, as the extension at `folder` ships them. */
export function readTexts(folder: string, language: Language): Texts {
  const file = language === 'en' ? 'en.default' : language;
  return JSON.parse(readFileSync(join(folder, 'locales', `${file}.json`), 'utf8'));
}

/** `locale` may be finer than the language, as `en-US`. */
export function speak(folder: string, language: Language, locale: string = language) {
  const texts = readTexts(folder, language);
  return {
    translate: (key: string, values: Values = {}): string => {
      let text: string | Texts | undefined = texts;
      for (const part of key.split('.')) text = typeof text === 'object' ? text[part] : undefined;
      if (typeof text === 'object') {
        const form = new Intl.PluralRules(locale).select(Number(values['count']));
        text = text[form] ?? text['other'];
      }
      if (typeof text !== 'string') throw new Error(`No text ${key} in ${language}.`);
      return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
        if (!(name in values)) throw new Error(`${key} in ${language} wants ${name}.`);
        return String(values[name]);
      });
    },
    formatDate: (at: Date, options?: Intl.DateTimeFormatOptions) =>
      new Intl.DateTimeFormat(locale, options).format(at),
    formatNumber: (number: number | bigint, options?: Intl.NumberFormatOptions) =>
      new Intl.NumberFormat(locale, options).format(number),
  };
}
