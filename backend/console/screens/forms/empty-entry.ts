/**
 * What a new entry starts as: sensible, and wrong wherever only the merchant can know.
 */
import type { Collection, NetworkNames } from '../../view.ts';
import type { Entry } from '../draft.ts';

const WORKDAY_HOURS = [['09:00', '18:00']];
const OFFICE_WEEK = Object.fromEntries(
  ['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, WORKDAY_HOURS]),
);

/** A new entry of a list. */
export function emptyEntry(collection: Collection, names: NetworkNames): Entry {
  const country = names.nodes[0]?.country ?? '';
  const timeZone = String(names.policy['timeZone'] ?? '');
  const place = { country, timeZone, hours: { weekly: OFFICE_WEEK, exceptions: [] } };
  switch (collection) {
    case 'nodes':
      return { id: '', kind: 'warehouse', ...place, leadTimeMinutes: 60, carrierPickups: [] };
    case 'carriers':
      return { id: '' };
    case 'services':
      return { code: '', carrierId: names.carriers[0]?.id ?? '', method: 'home', prices: [] };
    case 'lanes':
      return {
        nodeIds: [],
        zoneIds: [],
        serviceCode: names.services[0]?.code ?? '',
        transitDays: 1,
        costs: [{ fromGrams: 0, toGrams: null, costMinor: 0 }],
      };
    case 'zones':
      return { id: '', country, timeZone, postalPrefixes: [] };
    case 'pickupPoints':
      return { id: '', name: '', network: names.networks[0] ?? '', ...place };
  }
}
