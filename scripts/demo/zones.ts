/**
 * The demo's destination zones: regions of Italy, France, Germany, Spain and Great Britain by postal prefix.
 *
 * A zone holds one set of public holidays and one clock, so the prefixes follow the borders of holiday regions.
 * `isRemote`: islands, far north and overseas, where every carrier takes longer; `isCore`: on the night flights
 * of the express carrier. Each country ends with its rest (no prefix): an unknown code gets a date of quality `estimate`.
 */

import { geocode } from '../../backend/network/geo/geocode.ts';
import { builtInPostalPlaces } from '../../backend/network/geo/prefix-centroids.ts';
import { postalRegion } from '../../backend/network/geo/regions.ts';
import type { WorldInput } from '../../backend/network/world.ts';

export const COUNTRIES = ['IT', 'FR', 'DE', 'ES', 'GB'] as const;
/** A country the demo retailer sells to. */
export type Country = (typeof COUNTRIES)[number];

type ZoneInput = WorldInput['zones'][number];
/** A zone and how carriers see it. */
export type DemoZone = {
  readonly zone: ZoneInput;
  readonly country: Country;
  readonly isRemote: boolean;
  readonly isCore: boolean;
};

// `*` on the express carrier's night flights, `!` remote.
const PREFIXES: Readonly<Record<Country, readonly string[]>> = {
  IT: [
    'LOM* 20 21 22 23 24 25 26 27 46',
    'PIE* 10 12 13 14 15 28',
    'VDA 11',
    'LIG 16 17 18 19',
    'VEN* 30 31 32 35 36 37 45',
    'FVG 33 34',
    'TAA 38',
    'BZO 39',
    'EMR* 29 40 41 42 43 44 47 48',
    'TOS* 50 51 52 53 54 55 56 57 58 59',
    'UMB 05 06',
    'MAR 60 61 62 63',
    'LAZ* 00 01 02 03 04',
    'ABM 64 65 66 67 86',
    'CAM* 80 81 82 83 84',
    'PUG 70 71 72 73 74 76',
    'BAS 75 85',
    'CAL! 87 88 89',
    'SIC! 90 91 92 93 94 95 96 97 98',
    'SAR! 07 08 09',
  ],
  FR: [
    'IDF* 75 77 78 91 92 93 94 95',
    'HDF* 02 59 60 62 80',
    'NOR 14 27 50 61 76',
    'BRE 22 29 35 56',
    'PDL 44 49 53 72 85',
    'CVL 18 28 36 37 41 45',
    'GES 08 10 51 52 54 55 88',
    'ALS 67',
    'HRH 68',
    'MOS 57',
    'BFC 21 25 39 58 70 71 89 90',
    'ARA* 01 03 07 15 26 38 42 43 63 69 73 74',
    'NAQ* 16 17 19 23 24 33 40 47 64 79 86 87',
    'OCC* 09 11 12 30 31 32 34 46 48 65 66 81 82',
    'PAC* 04 05 06 13 83 84',
    'COR! 20',
  ],
  DE: [
    'BE* 10 11 12 13 140 141',
    'BB 03 14 15 16 172',
    'MV 17 18 19 239',
    'HH* 20 210 211 22',
    'SH 214 215 228 229 23 24 25',
    'NI 21 26 27 28 29 30 31 343 37 38 484 485 49',
    'HB 275 280 281 282 283 287',
    'NW* 32 33 344 376 40 41 42 43 44 45 46 47 48 494 495 50 51 52 53 57 58 59',
    'HE* 34 35 36 372 60 61 63 64 65 685 686 694 695',
    'RP 534 535 54 55 56 575 576 664 67 668 669 767 768',
    'SL 66',
    'BW* 68 69 70 71 72 73 74 75 76 77 78 79 88 89 979',
    'BY* 637 638 639 80 81 82 83 84 85 86 87 881 892 893 894 90 91 92 93 94 95 96 97',
    'SN* 01 02 04 08 09',
    'ST 06 294 388 39',
    'TH 046 07 364 373 98 99',
  ],
  ES: [
    'MD* 28',
    'CT* 08 17 25 43',
    'VC* 03 12 46',
    'AR 22 44 50',
    'PV* 01 20 48',
    'NC 31',
    'RI 26',
    'CB 39',
    'AS 33',
    'GA 15 27 32 36',
    'CL 05 09 24 34 37 40 42 47 49',
    'CM 02 13 16 19 45',
    'EX 06 10',
    'AN* 04 11 14 18 21 23 29 41',
    'MC 30',
    'IB! 07',
    'CN! 35 38',
    'CE! 51',
    'ML! 52',
  ],
  GB: [
    'LON* BR CR DA E EC EN HA IG KT N NW RM SE SM SW TW UB W WC',
    'SEE* AL BN CB CM CO CT GU HP IP LU ME MK NR OX PE PO RG RH SG SL SO SS TN WD',
    'SWE BA BH BS DT EX GL PL SN SP TA TQ TR',
    'MID* B CV DE DY HR LE LN NG NN ST SY TF WR WS WV',
    'NOE* BB BD BL CA CH CW DH DL DN FY HD HG HU HX L LA LS M NE OL PR S SK SR TS WA WF WN YO',
    'WLS CF LD LL NP SA',
    'SCT* DD DG EH FK G KA KY ML PA PH TD AB',
    'HIG! HS IV KW ZE',
    'NIR! BT',
  ],
};

const CENTERS: Readonly<Record<Country, { readonly lat: number; readonly lng: number }>> = {
  IT: { lat: 42.8, lng: 12.5 },
  FR: { lat: 46.6, lng: 2.4 },
  DE: { lat: 51.1, lng: 10.4 },
  ES: { lat: 40.2, lng: -3.6 },
  GB: { lat: 53.0, lng: -1.8 },
};

// Outside the customs territory or the VAT area of the Union: parcels need an export declaration.
const CUSTOMS_AREAS: Readonly<Record<string, string>> = {
  'ES-CN': 'ES-CN',
  'ES-CE': 'ES-CE',
  'ES-ML': 'ES-ML',
};

/** All zones, rest of each country last in its country. */
export function demoZones(): DemoZone[] {
  return COUNTRIES.flatMap((country) => [
    ...PREFIXES[country].map((row) => regionZone(country, row)),
    restOf(country),
  ]);
}

function regionZone(country: Country, row: string): DemoZone {
  const [head = '', ...postalPrefixes] = row.split(' ');
  const id = `${country}-${head.replace(/[*!]/, '')}`;
  const place = postalRegion(country, postalPrefixes[0] ?? '');
  const customsArea = CUSTOMS_AREAS[id];
  return {
    country,
    isRemote: head.endsWith('!'),
    isCore: head.endsWith('*'),
    zone: {
      id,
      country,
      timeZone: place?.timeZone ?? '',
      postalPrefixes,
      ...(place?.region === undefined ? {} : { region: place.region }),
      ...(customsArea === undefined ? {} : { customsArea }),
      ...centroid(country, postalPrefixes),
    },
  };
}

function restOf(country: Country): DemoZone {
  const place = postalRegion(country, country === 'ES' ? '28' : country === 'GB' ? 'B' : '10');
  return {
    country,
    isRemote: false,
    isCore: false,
    zone: {
      id: country,
      country,
      timeZone: place?.timeZone ?? '',
      postalPrefixes: [],
      ...(country === 'GB' ? { region: 'ENG' } : {}),
      ...CENTERS[country],
    },
  };
}

function centroid(country: Country, prefixes: readonly string[]) {
  const points = prefixes.flatMap((prefix) => {
    const point = geocode([builtInPostalPlaces()], { country, postalCode: prefix });
    return point === undefined ? [] : [point];
  });
  const mean = (sum: number) => Math.round((sum / points.length) * 1_000) / 1_000;
  return {
    lat: mean(points.reduce((sum, point) => sum + point.lat, 0)),
    lng: mean(points.reduce((sum, point) => sum + point.lng, 0)),
  };
}
