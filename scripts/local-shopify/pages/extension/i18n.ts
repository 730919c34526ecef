/**
 * `shopify.i18n` of an extension: its own texts, and dates, numbers and prices in the shopper's language.
 *
 * A text is looked up by dotted key; `count` picks a plural; placeholders are `{{name}}`. A key without a text is told
 * and shown as itself. A placeholder filled with an element makes the answer a list, as in Shopify's.
 */
export type I18nFacts = {
  language: string;
  timeZone: string;
  currency: string;
  words: Record<string, unknown>;
};

type Values = Readonly<Record<string, unknown>>;

export function createI18n(facts: I18nFacts, onMissing: (key: string) => void): object {
  const { language, timeZone, currency, words } = facts;
  return {
    formatNumber: (value: number, options?: Intl.NumberFormatOptions) =>
      new Intl.NumberFormat(language, options).format(value),
    formatCurrency: (value: number, options?: Intl.NumberFormatOptions) =>
      new Intl.NumberFormat(language, { style: 'currency', currency, ...options }).format(value),
    formatDate: (date: Date, options?: Intl.DateTimeFormatOptions) =>
      new Intl.DateTimeFormat(language, { timeZone, ...options }).format(date),
    translate(key: string, values: Values = {}) {
      const text = findText(words, key, { language, count: values['count'] });
      if (text === undefined) {
        onMissing(key);
        return key;
      }
      return fill(text, values);
    },
  };
}

function findText(
  words: Record<string, unknown>,
  key: string,
  { language, count }: { language: string; count: unknown },
): string | undefined {
  let found: unknown = words;
  for (const part of key.split('.')) found = Object(found)[part];
  if (found !== null && typeof found === 'object' && typeof count === 'number') {
    const plural = new Intl.PluralRules(language).select(count);
    found = Object(found)[plural] ?? Object(found)['other'];
  }
  return typeof found === 'string' ? found : undefined;
}

function fill(text: string, values: Values): string | unknown[] {
  const parts: unknown[] = [];
  let last = 0;
  for (const match of text.matchAll(/\{\{\s*([\w.]+)\s*\}\}/g)) {
    parts.push(text.slice(last, match.index), values[match[1] ?? ''] ?? '');
    last = match.index + match[0].length;
  }
  parts.push(text.slice(last));
  const hasElement = parts.some((part) => part !== null && typeof part === 'object');
  return hasElement ? parts : parts.join('');
}
