/**
 * What a form does with entries as a person writes them: hours, times, dates, weights to and from text.
 *
 * Each `read…` gives the value as the network stores it, or `undefined` where the text cannot be one; an empty text is
 * an empty value. Any dash or blank between two times does; `9:00` is `09:00`.
 */

export type Interval = readonly [string, string];

const TIME = /^([0-3]?\d|4[0-7])[:.]([0-5]\d)$/;

/** `9.30` → `09:30`. */
export function readTime(text: string): string | undefined {
  const match = TIME.exec(text.trim());
  return match === null ? undefined : `${(match[1] ?? '').padStart(2, '0')}:${match[2]}`;
}

/** `14:00, 18:30` → a list; empty: an empty list. */
export function readTimes(text: string): string[] | undefined {
  const times = text
    .split(/[,;\s]+/)
    .filter(Boolean)
    .map(readTime);
  return times.every((time) => time !== undefined) ? times : undefined;
}

/** `10:00–13:00, 15:30–19:30` → intervals; empty: closed. */
export function readIntervals(text: string): Interval[] | undefined {
  const times = text
    .split(/\s*[,;–—-]\s*|\s+/)
    .filter(Boolean)
    .map(readTime);
  if (times.length % 2 === 1 || times.some((time) => time === undefined)) return undefined;
  return Array.from({ length: times.length / 2 }, (_, index) => [
    times[index * 2] ?? '',
    times[index * 2 + 1] ?? '',
  ]);
}

export function writeIntervals(intervals: readonly Interval[] | undefined): string {
  return (intervals ?? []).map(([opens, closes]) => `${opens}–${closes}`).join(', ');
}

/** `0 120 8 1` → counts by days. */
export function readCounts(text: string): number[] | undefined {
  const words = text.split(/[,;\s]+/).filter(Boolean);
  return words.every((word) => /^\d{1,9}$/.test(word)) ? words.map(Number) : undefined;
}

/** `flammable IT FR`, one a line. */
export function readRestrictions(text: string): { productTag: string; countries?: string[] }[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/).filter(Boolean))
    .flatMap(([productTag, ...countries]) => {
      if (productTag === undefined) return [];
      return [countries.length === 0 ? { productTag } : { productTag, countries }];
    });
}

/** `2026-11-29 14:30`, one a line. */
export function readExtraPickups(text: string): { date: string; time: string }[] | undefined {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const rows = lines.map((line) => {
    const [date = '', rest = ''] = line.split(/\s+/);
    const time = readTime(rest);
    return /^\d{4}-\d{2}-\d{2}$/.test(date) && time !== undefined ? { date, time } : undefined;
  });
  return rows.every((row) => row !== undefined) ? rows : undefined;
}

/** Money as typed, `5.90` or `5,90`, in minor units of a currency of so many decimals; `undefined`: not an amount. */
export function readMoney(text: string, decimals: number): number | undefined {
  const match = /^(\d{1,9})(?:[.,](\d{1,4}))?$/.exec(text.trim());
  const [, whole, part = ''] = match ?? [];
  if (whole === undefined || part.length > decimals) return undefined;
  return Number(`${whole}${part.padEnd(decimals, '0')}`);
}

export function writeMoney(amountMinor: number, decimals: number): string {
  return (amountMinor / 10 ** decimals).toFixed(decimals);
}

/** Days `n` with at least `level` of the deliveries, and how many there were; `days` undefined: too few. */
export function promisedTransit(
  counts: readonly number[],
  level: number,
): { total: number; days: number | undefined; share: number } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total < 30) return { total, days: undefined, share: 0 };
  let sum = 0;
  for (const [days, count] of counts.entries()) {
    sum += count;
    if (sum >= level * total) return { total, days, share: Math.floor((sum / total) * 100) };
  }
  return { total, days: undefined, share: 0 };
}
