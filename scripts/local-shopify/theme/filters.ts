/**
 * Shopify's Liquid filters that themes and app blocks use here and liquidjs does not have.
 *
 * Each does what Shopify's reference says of it; a filter that is in neither list throws when a template names it.
 */
import { createHash } from 'node:crypto';
import type { Liquid } from 'liquidjs';
import { type readLocale, wordsAt } from './extension.ts';

export type FilterFacts = {
  language: string;
  currency: string;
  /** Units of the shopper's currency for one of the shop's. */
  rate: number;
  words: ReturnType<typeof readLocale>;
  /** Address of a file of this theme or extension. */
  assetUrl(file: string): string;
  /** The shop's clock, for `'now' | date`. */
  now: string;
};

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (value: unknown): string =>
  String(value ?? '').replace(/[&<>"']/g, (one) => ESCAPES[one] ?? one);

/** liquidjs hands named arguments over as pairs after the plain ones. */
function namedArguments(args: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(args.filter((one): one is [string, unknown] => Array.isArray(one)));
}
const plainArguments = (args: readonly unknown[]): unknown[] =>
  args.filter((one) => !Array.isArray(one));

const attributes = (named: Readonly<Record<string, unknown>>): string =>
  Object.entries(named)
    .filter(([, value]) => value !== null && value !== undefined && value !== false)
    .map(([name, value]) => ` ${name}="${escapeHtml(value)}"`)
    .join('');

/** Teaches an engine Shopify's filters. */
export function registerFilters(engine: Liquid, facts: FilterFacts): void {
  moneyFilters(engine, facts);
  fileFilters(engine, facts);
  textFilters(engine);
  engine.registerFilter('t', (key, ...args) => translate(facts, key, namedArguments(args)));
  engine.registerFilter('translate', (key, ...args) => translate(facts, key, namedArguments(args)));
  const date = engine.filters['date'];
  engine.registerFilter('date', function (value, ...args) {
    // The reader's clock is the shop's, not this machine's.
    const instant = value === 'now' || value === 'today' ? facts.now : value;
    return typeof date === 'function' ? date.call(this, instant, ...args) : '';
  });
}

/** A text of the locale file with its `{{ names }}` filled in; plural forms by `count`; `_html` keys escape values. */
export function translate(
  { words, language }: Pick<FilterFacts, 'words' | 'language'>,
  key: unknown,
  named: Readonly<Record<string, unknown>>,
): string {
  let found = wordsAt(words, String(key));
  if (typeof found === 'object' && 'count' in named) {
    const count = Number(named['count']);
    const form = new Intl.PluralRules(language).select(count);
    found = (count === 0 ? found['zero'] : undefined) ?? found[form] ?? found['other'];
  }
  if (typeof found !== 'string') return `Translation missing: ${language}.${String(key)}`;
  const isHtml = String(key).endsWith('_html');
  return found.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => {
    const value = named[name] ?? '';
    return isHtml ? escapeHtml(value) : String(value);
  });
}

function moneyFilters(engine: Liquid, { language, currency, rate }: FilterFacts): void {
  const money = (options: Intl.NumberFormatOptions) => (cents: unknown) => {
    if (typeof cents !== 'number') return '';
    return new Intl.NumberFormat(language, options).format(Math.floor(cents * rate + 0.5) / 100);
  };
  engine.registerFilter('money', money({ style: 'currency', currency }));
  engine.registerFilter(
    'money_with_currency',
    money({ style: 'currency', currency, currencyDisplay: 'code' }),
  );
  engine.registerFilter(
    'money_without_currency',
    money({ minimumFractionDigits: 2, maximumFractionDigits: 2 }),
  );
  engine.registerFilter(
    'money_without_trailing_zeros',
    money({ style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' }),
  );
}

function fileFilters(engine: Liquid, { assetUrl }: FilterFacts): void {
  engine.registerFilter('asset_url', (file) => assetUrl(String(file)));
  engine.registerFilter('stylesheet_tag', (url, ...args) => {
    const { preload: _, ...named } = namedArguments(args);
    return `<link href="${escapeHtml(url)}" rel="stylesheet" type="text/css" media="all"${attributes(named)}>`;
  });
  engine.registerFilter('script_tag', (url) => `<script src="${escapeHtml(url)}"></script>`);
  engine.registerFilter('preload_tag', (url, ...args) => {
    return `<link href="${escapeHtml(url)}" rel="preload"${attributes(namedArguments(args))}>`;
  });
  // Drawn pictures have every size; the asked one is kept in the address as Shopify's CDN does.
  engine.registerFilter('image_url', (image, ...args) => {
    const source = typeof image === 'string' ? image : Object(image).src;
    if (typeof source !== 'string') return '';
    const query = new URLSearchParams(
      Object.entries(namedArguments(args)).map(([name, value]) => [name, String(value)]),
    ).toString();
    return query === '' ? source : `${source}?${query}`;
  });
  engine.registerFilter('image_tag', (url, ...args) => {
    const { preload: _, ...named } = namedArguments(args);
    return `<img src="${escapeHtml(url)}"${attributes({ alt: '', ...named })}>`;
  });
}

function textFilters(engine: Liquid): void {
  // As Rails writes JSON: nothing in it can end a script tag.
  engine.registerFilter('json', (value) =>
    (JSON.stringify(value ?? null) ?? 'null').replace(
      /[<>&\u2028\u2029]/g,
      (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );
  const handleize = (text: unknown): string =>
    String(text ?? '')
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '');
  engine.registerFilter('handleize', handleize);
  engine.registerFilter('handle', handleize);
  engine.registerFilter('pluralize', (count, one, many) => (Number(count) === 1 ? one : many));
  engine.registerFilter('link_to', (text, url, ...args) => {
    return `<a href="${escapeHtml(url)}"${attributes(namedArguments(args))}>${String(text)}</a>`;
  });
  engine.registerFilter('time_tag', (value, ...args) => {
    const [text] = plainArguments(args);
    return `<time datetime="${escapeHtml(value)}">${escapeHtml(text ?? value)}</time>`;
  });
  for (const algorithm of ['md5', 'sha1', 'sha256']) {
    engine.registerFilter(algorithm, (text) =>
      createHash(algorithm).update(String(text)).digest('hex'),
    );
  }
}
