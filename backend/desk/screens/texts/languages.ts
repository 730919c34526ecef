/**
 * The languages of a store's desk and which of them a phone gets.
 */

export const LANGUAGES = ['en', 'it', 'fr', 'de', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The first language of a list such as `fr-CH, fr;q=0.9, en;q=0.8` that we speak; English when there is none. */
export function toLanguage(accepted: string): Language {
  for (const part of accepted.toLowerCase().split(',')) {
    const [wanted = ''] = part.trim().split(/[-_;]/);
    const found = LANGUAGES.find((language) => language === wanted);
    if (found !== undefined) return found;
  }
  return 'en';
}
