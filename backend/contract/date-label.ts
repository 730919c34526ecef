/**
 * The words for a promised day inside a delivery option's title: `Mon 30 Nov`, `lun 30 nov`, `Mo., 30. Nov.`
 *
 * For the Function, which has no Intl, and for the labels the backend writes into the cart metafield, so that
 * both read alike. Absolute days only: a title is cached and read later, so it never says today or tomorrow.
 * Weekday and month names are short forms in common use (CLDR abbreviations, checked against Intl in the test).
 * Languages: en, it, fr, de, es; any other is written as en.
 */

/**
 * Nineteen words by language: weekdays from Sunday, then months from January. German commas and points are part
 * of the words, so that one pattern serves all: `Mo., 30. Nov.`
 */
export const DAY_NAMES: { readonly [language: string]: string } = {
  en: 'Sun Mon Tue Wed Thu Fri Sat Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec',
  it: 'dom lun mar mer gio ven sab gen feb mar apr mag giu lug ago set ott nov dic',
  fr: 'dim. lun. mar. mer. jeu. ven. sam. janv. f\u00e9vr. mars avr. mai juin juil. ao\u00fbt sept. oct. nov. d\u00e9c.',
  de: 'So., Mo., Di., Mi., Do., Fr., Sa., Jan. Feb. M\u00e4rz Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.',
  es: 'dom lun mar mi\u00e9 jue vie s\u00e1b ene feb mar abr may jun jul ago sept oct nov dic',
};

/** `[weekday] [day][point] [month]` from the words of a language; weekday 0 = Sunday, month 1-12. */
export function writeDay(
  names: readonly string[],
  at: { readonly weekday: number; readonly day: number; readonly month: number },
  isGerman: boolean,
): string {
  return `${names[at.weekday]} ${at.day}${isGerman ? '.' : ''} ${names[6 + at.month]}`;
}

/** Day number (0 = 1970-01-01) of a date `YYYY-MM-DD`; the input is trusted to be one. */
export function dayNumber(date: string): number {
  const month = +date.slice(5, 7);
  // Years are counted from March, so that the leap day is the last of its year (Howard Hinnant's algorithm).
  const year = +date.slice(0, 4) - (month < 3 ? 1 : 0);
  const days = Math.floor((153 * (month + (month < 3 ? 9 : -3)) + 2) / 5) + +date.slice(8, 10) - 1;
  return (
    year * 365 +
    Math.floor(year / 4) -
    Math.floor(year / 100) +
    Math.floor(year / 400) +
    days -
    719468
  );
}

/** The day as `[day of month, month 0-11, weekday 0 = Sunday]`; `number` from `dayNumber`, 0 or above. */
export function civilDay(number: number): readonly [number, number, number] {
  const shifted = number + 719468;
  const era = Math.floor(shifted / 146097);
  const inEra = shifted - era * 146097;
  const year = Math.floor(
    (inEra - Math.floor(inEra / 1460) + Math.floor(inEra / 36524) - Math.floor(inEra / 146096)) /
      365,
  );
  const inYear = inEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const month = Math.floor((5 * inYear + 2) / 153);
  const day = inYear - Math.floor((153 * month + 2) / 5) + 1;
  return [day, (month + 2) % 12, (number + 4) % 7];
}

/** A day number in words, as `Mon 30 Nov`; `language` is two small letters. */
export function dayLabel(number: number, language: string): string {
  const [day, month, weekday] = civilDay(number);
  const names = (DAY_NAMES[language] ?? DAY_NAMES['en'] ?? '').split(' ');
  return writeDay(names, { weekday, day, month: month + 1 }, language === 'de');
}
