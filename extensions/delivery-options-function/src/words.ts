/**
 * A day in the shopper's language, for a program without Intl and Date that pays for every instruction.
 * Right from 2000 to 2099; the test holds it against `dayLabel` of the contract.
 */
import { DAY_NAMES } from '../../../backend/contract/date-label.ts';

/** Writes days of one language: `add` days after `date` (`YYYY-MM-DD`), as `YYYY-MM-DD|Mon 30 Nov`. */
export type DayWriter = (date: string, add: number) => string;

export function dayWriter(language: string): DayWriter {
  // Split and last when first needed: each costs as much as writing a day.
  let names: string[] | undefined;
  let last = '';
  let from: readonly number[] = [];
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one pass; every call and object is paid for by the shopper's wait.
  return (date, add) => {
    names ??= (DAY_NAMES[language] || (DAY_NAMES['en'] as string)).split(' ');
    if (date !== last) {
      from = [+date.slice(0, 4), +date.slice(5, 7), +date.slice(8, 10)];
      last = date;
    }
    let year = from[0] as number;
    let month = from[1] as number;
    let day = (from[2] as number) + add;
    for (;;) {
      const length = month === 2 ? (year & 3 ? 28 : 29) : 30 + ((month + (month >> 3)) & 1);
      if (!(day > length)) break;
      day -= length;
      if (++month > 12) {
        month = 1;
        year++;
      }
    }
    // Sakamoto's weekday, its century terms summed up for 2000 to 2099.
    const shifted = month < 3 ? year - 1 : year;
    const weekday = (shifted + (shifted >> 2) - 15 + +'032503514624'.charAt(month - 1) + day) % 7;
    const iso = `${year * 10000 + month * 100 + day}`;
    return `${iso.slice(0, 4)}-${iso.slice(4, 6)}-${iso.slice(6)}|${names[weekday]} ${day}${language === 'de' ? '. ' : ' '}${names[6 + month]}`;
  };
}
