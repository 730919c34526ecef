/**
 * Which public holidays and which clock hold at a postal code?
 *
 * Country + postal code → the state code of `date-holidays` (`BY`, `CT`, `SCT`, `67`, …) and the IANA time zone, for
 * Italy, France, Germany, Spain and Great Britain. A prefix that straddles two German states goes with the
 * greater part of its towns. Elsewhere, or for an unknown code, both are `undefined`: nothing is guessed.
 * Sources: Deutsche Post's postal regions, the provinces' codes in Spain, Royal Mail's areas in Great Britain; Italy
 * has one region with a holiday of its own (South Tyrol), France three departments of local law.
 */
import { normalizePostalCode } from '../destination.ts';

/** `region`: state code for public holidays, absent where the whole country keeps the same ones. */
export type PostalRegion = { readonly region?: string; readonly timeZone: string };

/** Region and time zone of a postal code; `undefined` outside the five countries or for an empty code. */
export function postalRegion(country: string, postalCode: string): PostalRegion | undefined {
  const code = normalizePostalCode(postalCode);
  const rules = RULES[country];
  if (rules === undefined || code === '') return undefined;
  const region = rules.region(code);
  const timeZone = rules.timeZone(code);
  return region === undefined ? { timeZone } : { region, timeZone };
}

type Rules = {
  readonly region: (code: string) => string | undefined;
  readonly timeZone: (code: string) => string;
};

const RULES: Readonly<Record<string, Rules>> = {
  IT: {
    region: (code) => (code.startsWith('39') ? '32' : undefined),
    timeZone: () => 'Europe/Rome',
  },
  FR: {
    region: (code) => (/^(57|67|68)/.test(code) ? code.slice(0, 2) : undefined),
    timeZone: () => 'Europe/Paris',
  },
  DE: { region: (code) => longestMatch(GERMAN_STATES, code), timeZone: () => 'Europe/Berlin' },
  ES: { region: (code) => longestMatch(SPANISH_COMMUNITIES, code), timeZone: spanishZone },
  GB: { region: britishNation, timeZone: () => 'Europe/London' },
};

/** State → postal prefixes; the longest prefix of a code wins. */
const GERMAN_STATES = prefixTable({
  BB: '03 14 15 16 172',
  BE: '10 11 12 13 140 141',
  BW: '68 69 70 71 72 73 74 75 76 77 78 79 88 89 979',
  BY: '637 638 639 80 81 82 83 84 85 86 87 881 892 893 894 90 91 92 93 94 95 96 97',
  HB: '275 280 281 282 283 287',
  HE: '34 35 36 372 60 61 63 64 65 685 686 694 695',
  HH: '20 210 211 22',
  MV: '17 18 19 239',
  NI: '21 26 27 28 29 30 31 343 37 38 484 485 49',
  NW: '32 33 344 376 40 41 42 43 44 45 46 47 48 494 495 50 51 52 53 57 58 59',
  RP: '534 535 54 55 56 575 576 664 67 668 669 767 768',
  SH: '214 215 228 229 23 24 25',
  SL: '66',
  SN: '01 02 04 08 09',
  ST: '06 294 388 39',
  TH: '046 07 364 373 98 99',
});

/** Autonomous community → provinces, the first two digits of a Spanish code. */
const SPANISH_COMMUNITIES = prefixTable({
  AN: '04 11 14 18 21 23 29 41',
  AR: '22 44 50',
  AS: '33',
  CB: '39',
  CE: '51',
  CL: '05 09 24 34 37 40 42 47 49',
  CM: '02 13 16 19 45',
  CN: '35 38',
  CT: '08 17 25 43',
  EX: '06 10',
  GA: '15 27 32 36',
  IB: '07',
  MC: '30',
  MD: '28',
  ML: '52',
  NC: '31',
  PV: '01 20 48',
  RI: '26',
  VC: '03 12 46',
});

const NORTHERN_IRISH_AREAS = new Set(['BT']);
const SCOTTISH_AREAS = new Set('AB DD DG EH FK G HS IV KA KW KY ML PA PH TD ZE'.split(' '));
// England and Wales keep the same bank holidays, so an area on their border may go either way.
const WELSH_AREAS = new Set('CF LD LL NP SA'.split(' '));

function britishNation(code: string): string | undefined {
  const area = /^[A-Z]{1,2}(?=[0-9]|$)/.exec(code)?.[0];
  if (area === undefined) return undefined;
  if (NORTHERN_IRISH_AREAS.has(area)) return 'NIR';
  if (SCOTTISH_AREAS.has(area)) return 'SCT';
  return WELSH_AREAS.has(area) ? 'WLS' : 'ENG';
}

function spanishZone(code: string): string {
  if (/^(35|38)/.test(code)) return 'Atlantic/Canary';
  return /^(51|52)/.test(code) ? 'Africa/Ceuta' : 'Europe/Madrid';
}

function prefixTable(prefixesByRegion: Readonly<Record<string, string>>): Map<string, string> {
  const table = new Map<string, string>();
  for (const [region, prefixes] of Object.entries(prefixesByRegion)) {
    for (const prefix of prefixes.split(' ')) table.set(prefix, region);
  }
  return table;
}

function longestMatch(table: ReadonlyMap<string, string>, code: string): string | undefined {
  return table.get(code.slice(0, 3)) ?? table.get(code.slice(0, 2));
}
