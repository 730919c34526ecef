/**
 * What the lists of the network show of an entry, and how an entry is called.
 */
import type { Collection } from '../view.ts';
import type { TextKey } from './texts/en.ts';
import { t, tc, tn } from './texts/text.ts';

type Entry = Record<string, unknown>;
export type Column = { readonly label: TextKey; readonly of: (entry: Entry) => string };

const text = (field: string) => (entry: Entry) => String(entry[field] ?? '');
const named = (entry: Entry) => String(entry['name'] ?? entry['id'] ?? entry['code'] ?? '');
const list = (entry: Entry, field: string): readonly string[] => {
  const value = entry[field];
  return Array.isArray(value) ? value.map(String) : [];
};
const days = (entry: Entry) => {
  const own = list(entry, 'workingDays');
  const isOwn = Array.isArray(entry['workingDays']);
  return isOwn
    ? own.map((day) => tc('weekday', day).slice(0, 2)).join(' ')
    : t(
        entry['carrierId'] === undefined
          ? 'field.workingDays.default'
          : 'field.workingDays.carrier',
      );
};
const some = (names: readonly string[], many: 'network.places' | 'network.zonesCount') =>
  names.length <= 2 ? names.join(', ') : tn(many, names.length);

const NAME: Column = { label: 'network.column.name', of: named };
const COUNTRY: Column = { label: 'network.column.country', of: text('country') };
const CITY: Column = { label: 'network.column.city', of: text('city') };

/** The first column is the link to the entry. */
export const COLUMNS: Readonly<Record<Collection, readonly Column[]>> = {
  nodes: [
    NAME,
    { label: 'network.column.kind', of: (entry) => tc('field.kind', text('kind')(entry)) },
    CITY,
    COUNTRY,
  ],
  carriers: [NAME, { label: 'network.column.days', of: days }],
  services: [
    { label: 'network.column.name', of: (entry) => `${named(entry)} (${text('code')(entry)})` },
    { label: 'network.column.carrier', of: text('carrierId') },
    { label: 'network.column.method', of: (entry) => tc('field.method', text('method')(entry)) },
    { label: 'network.column.days', of: days },
  ],
  lanes: [
    { label: 'network.column.service', of: text('serviceCode') },
    { label: 'network.column.from', of: (entry) => some(list(entry, 'nodeIds'), 'network.places') },
    {
      label: 'network.column.to',
      of: (entry) => some(list(entry, 'zoneIds'), 'network.zonesCount'),
    },
    { label: 'network.column.transit', of: text('transitDays') },
  ],
  zones: [
    { label: 'network.column.name', of: text('id') },
    COUNTRY,
    {
      label: 'network.column.prefixes',
      of: (entry) => {
        const prefixes = list(entry, 'postalPrefixes');
        if (prefixes.length === 0) return t('network.restOfCountry');
        return prefixes.length > 12 ? `${prefixes.slice(0, 12).join(' ')} …` : prefixes.join(' ');
      },
    },
  ],
  pickupPoints: [NAME, { label: 'network.column.network', of: text('network') }, CITY, COUNTRY],
};

/** How an entry is called in headings and questions. */
export function titleOf(collection: Collection, entry: Entry): string {
  if (collection !== 'lanes') return named(entry);
  const [from, to] = [list(entry, 'nodeIds'), list(entry, 'zoneIds')];
  return `${text('serviceCode')(entry)}: ${some(from, 'network.places')} → ${some(to, 'network.zonesCount')}`;
}
