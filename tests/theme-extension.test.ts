import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { themeCheckRun } from '@shopify/theme-check-node';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dayNumber } from '../backend/contract/date-label.ts';
import {
  encodePaddedTable,
  type PaddedTableJson,
  paddedCountries,
  paddedDay,
} from '../backend/contract/padded-table.ts';
import { buildThemes, ROOT } from '../scripts/build-extensions.ts';
import { checkThemeExtension } from '../scripts/local-shopify/theme/check.ts';
import { renderLoneBlock } from '../scripts/local-shopify/theme/lone-block.ts';

const SOURCE = join(ROOT, 'extensions', 'promise-theme');
const LANGUAGES = ['en.default', 'it', 'fr', 'de', 'es'];
/** What a shopper downloads of the script at most, compressed: Shopify's budget. */
const MOST_SCRIPT_BYTES = 10_000;
const MOST_STYLE_BYTES = 5_000;

/** The files that Shopify CLI deploys: one folder deep, without what `.shopifyignore` names. */
let deployed: string;
beforeAll(async () => {
  await buildThemes();
  deployed = mkdtempSync(join(tmpdir(), 'promise-theme-'));
  for (const file of deployedFiles()) cpSync(join(SOURCE, file), join(deployed, file));
  for (const file of ['shopify.extension.toml', '.theme-check.yml']) {
    cpSync(join(SOURCE, file), join(deployed, file));
  }
});
afterAll(() => rmSync(deployed, { recursive: true }));

function deployedFiles(): string[] {
  const ignored = readFileSync(join(SOURCE, '.shopifyignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return globSync('*/*', { cwd: SOURCE, exclude: ignored })
    .filter((file) => !file.startsWith('node_modules'))
    .toSorted();
}

describe('what is deployed', () => {
  test('lies in the four folders that Shopify takes', () => {
    const folders = new Set(deployedFiles().map((file) => file.split('/')[0]));
    expect([...folders]).toEqual(['assets', 'blocks', 'locales', 'snippets']);
  });

  test('is without fault by Shopify’s theme check, warnings included', async () => {
    const { offenses } = await themeCheckRun(deployed, join(deployed, '.theme-check.yml'));
    expect(offenses.map(({ check, uri, message }) => `${uri}: ${check}: ${message}`)).toEqual([]);
  });

  test('has settings and labels that Shopify’s editor takes', async () => {
    expect(await checkThemeExtension(deployed)).toEqual([]);
  });

  test('is small: script and style within their budgets', async () => {
    const [theme] = await buildThemes();
    const script = gzipSync(readFileSync(theme?.script ?? ''), { level: 9 }).length;
    expect(script).toBeLessThanOrEqual(MOST_SCRIPT_BYTES);
    expect(readFileSync(theme?.style ?? '').length).toBeLessThanOrEqual(MOST_STYLE_BYTES);
  });
});

describe('words', () => {
  const flat = (value: object, at = ''): [string, string][] =>
    Object.entries(value).flatMap(([key, inner]) =>
      typeof inner === 'string' ? [[`${at}${key}`, inner]] : flat(inner, `${at}${key}.`),
    );
  const wordsOf = (file: string) =>
    new Map(flat(JSON.parse(readFileSync(join(SOURCE, 'locales', file), 'utf8'))));
  const placesIn = (text = '') => [...text.matchAll(/\{\{ (\w+) \}\}/g)].map(([, n]) => n).sort();

  test.each(['.json', '.schema.json'])('locales%s say the same things in five languages', (end) => {
    const english = wordsOf(`en.default${end}`);
    expect(english.size).toBeGreaterThan(15);
    for (const language of LANGUAGES) {
      const words = wordsOf(`${language}${end}`);
      expect([...words.keys()]).toEqual([...english.keys()]);
      for (const [key, text] of words) {
        expect(text.trim(), `${language}: ${key}`).not.toBe('');
        expect(placesIn(text), `${language}: ${key}`).toEqual(placesIn(english.get(key)));
      }
    }
  });

  test('a week has seven days and a year twelve months in each', () => {
    for (const language of LANGUAGES) {
      const words = wordsOf(`${language}.json`);
      expect(words.get('date.weekdays')?.split(' ')).toHaveLength(7);
      expect(words.get('date.months')?.split(' ')).toHaveLength(12);
    }
  });

  test('the first date is said as the script says dates', () => {
    for (const language of ['it', 'fr', 'de']) {
      const html = blockWith({ language, now: '2026-11-24T09:00:00Z' });
      const said = /data-part="first">[^:<]+ ?: (?:\S+ )+?(\S+ \S+ \S+)<\/p>/.exec(html)?.[1];
      const shape = { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' } as const;
      const format = new Intl.DateTimeFormat(language, shape);
      expect(said).toBe(format.format(Date.parse('2026-11-26')));
    }
  });
});

function tableOf(
  zones: Record<string, (number | null)[][]>,
  firstDay = '2026-11-23',
): PaddedTableJson {
  const validUntil = Temporal.PlainDate.from(firstDay).add({ days: 7 }).toString();
  const serviceCodes = ['standard', 'express'];
  const encoded = encodePaddedTable({ id: 't', firstDay, validUntil, serviceCodes, zones });
  if (!encoded.ok) throw new Error(encoded.refusal.allowed);
  return encoded.value;
}

const week = (offset: number | null) => Array.from({ length: 7 }, () => offset);

type Page = {
  readonly language?: string;
  readonly now?: string;
  readonly timeZone?: string;
  readonly country?: string;
  readonly eta?: string;
  readonly table?: PaddedTableJson;
  readonly services?: string;
};

function blockWith(page: Page): string {
  const { eta = 'n2026-12-07', country = 'IT' } = page;
  const table = page.table ?? tableOf({ IT: [week(3), week(1)] });
  const variant = {
    id: 1,
    requires_shipping: true,
    metafields: { $app: { eta: { value: eta } } },
  };
  const product = { selected_or_first_available_variant: variant, variants: [variant] };
  return renderLoneBlock(SOURCE, {
    block: 'product-promise',
    ...(page.language === undefined ? {} : { language: page.language }),
    now: page.now ?? '2026-11-23T09:00:00Z',
    timeZone: page.timeZone ?? 'Europe/Rome',
    settings: { services: page.services ?? '', product: undefined },
    objects: {
      product,
      localization: { country: { iso_code: country, name: 'Land' } },
      shop: {
        currency: 'EUR',
        metafields: { $app: { padded: { value: { ...table, c: paddedCountries(table) } } } },
      },
    },
  });
}

const firstOf = (html: string) =>
  /<p data-part="first"( hidden)?>([^<]*)<\/p>/.exec(html)?.slice(1) ?? [];
const untilOf = (html: string) => Number(/data-until="(\d+)"/.exec(html)?.[1]);

describe('the first date', () => {
  test('stands in the page without any script, by the slowest of the services', () => {
    expect(firstOf(blockWith({}))).toEqual([undefined, 'Land: by Thu 26 Nov']);
  });

  test.each([
    ['a variant that is late', { eta: 'l2026-12-07' }],
    ['a variant nothing is known of', { eta: '' }],
    ['a class that ended', { eta: 'n2026-11-23' }],
  ])('is hidden for %s', (_, page) => {
    expect(firstOf(blockWith(page))[0]).toBe(' hidden');
  });

  test.each([
    ['a country the table does not name', { country: 'FR' }],
    ['a table of last week', { now: '2026-11-30T09:00:00Z', eta: 'n2026-12-31' }],
    ['a table of tomorrow', { now: '2026-11-22T09:00:00Z' }],
    ['a service the table does not have', { services: 'drone' }],
    ['no date for any service', { table: tableOf({ IT: [week(null), week(null)] }) }],
  ])('is not there for %s', (_, page) => {
    expect(firstOf(blockWith(page))).toEqual([' hidden', '']);
  });

  test('speaks of the services the merchant chose alone', () => {
    expect(firstOf(blockWith({ services: 'express, drone' }))[1]).toBe('Land: by Tue 24 Nov');
  });

  test('is the padded table’s own date: Liquid reads as the contract does', () => {
    const offset = fc.option(fc.integer({ min: 0, max: 61 }), { nil: null });
    const rows = fc.array(fc.array(offset, { minLength: 7, maxLength: 7 }), {
      minLength: 2,
      maxLength: 2,
    });
    const countries = ['DE', 'IS', 'IT', 'ZW'];
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...countries, 'IT20', 'DE1'), rows, { minKeys: 1 }),
        fc.constantFrom(...countries),
        fc.integer({ min: 0, max: 6 }),
        (zones, country, day) => {
          const table = tableOf(zones);
          const orderedOn = Temporal.PlainDate.from('2026-11-23').add({ days: day }).toString();
          const days = table.s.flatMap(
            (serviceCode) =>
              paddedDay(table, { country, postalCode: '', serviceCode, orderedOn }) ?? [],
          );
          const html = blockWith({ table, country, now: `${orderedOn}T12:00:00Z` });
          const latest = days.toSorted().at(-1);
          const shape = { day: 'numeric', month: 'short', timeZone: 'UTC' } as const;
          // A promise that the table makes for a day before the order is none.
          const wanted =
            latest === undefined || dayNumber(latest) < dayNumber(orderedOn)
              ? ''
              : new Intl.DateTimeFormat('en-GB', shape).format(Date.parse(latest));
          expect((firstOf(html)[1] ?? '').replace(/^Land: by \S+ /, '')).toBe(
            wanted.replace('Sept', 'Sep'),
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  // Lord Howe changes by half an hour, Apia lies behind the date line.
  test.each([
    ['Europe/Rome', '2026-11-23T09:00:00Z', '2026-11-23T23:00:00Z'],
    ['America/New_York', '2026-11-24T02:00:00Z', '2026-11-24T05:00:00Z'],
    ['Asia/Kathmandu', '2026-11-23T09:00:00Z', '2026-11-23T18:15:00Z'],
    ['Pacific/Apia', '2026-11-23T09:00:00Z', '2026-11-23T11:00:00Z'],
  ])('ends with the shop’s day in %s', (timeZone, now, end) => {
    const table = tableOf({ IT: [week(9), week(9)] });
    expect(untilOf(blockWith({ timeZone, now, table }))).toBe(Date.parse(end) / 1_000);
  });

  test.each([
    ['Europe/Rome', '2026-03-28T09:00:00Z', '2026-03-28T23:00:00Z'],
    ['Europe/Rome', '2026-03-29T00:30:00Z', '2026-03-29T22:00:00Z'],
    ['Europe/Rome', '2026-10-25T00:30:00Z', '2026-10-25T23:00:00Z'],
    ['Australia/Lord_Howe', '2026-10-03T14:00:00Z', '2026-10-04T13:00:00Z'],
  ])('never outlives a day on which the clocks change, in %s at %s', (timeZone, now, end) => {
    const firstDay = Temporal.Instant.from(now).toZonedDateTimeISO(timeZone).toPlainDate();
    const table = tableOf({ IT: [week(9), week(9)] }, firstDay.toString());
    const until = untilOf(blockWith({ timeZone, now, table }));
    expect(until).toBeLessThanOrEqual(Date.parse(end) / 1_000);
    expect(until).toBeGreaterThanOrEqual(Date.parse(end) / 1_000 - 3_600);
  });
});
