/**
 * The languages of the admin app and which of them a merchant gets.
 */

export const LANGUAGES = ['en', 'it', 'fr', 'de', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language of a locale such as `fr-CA`; English for one we do not speak. */
export function toLanguage(locale: string): Language {
  const [wanted = ''] = locale.toLowerCase().split(/[-_]/);
  return LANGUAGES.find((language) => language === wanted) ?? 'en';
}
