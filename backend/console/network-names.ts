/**
 * The names of a network that its forms offer, and how long its lists are.
 */
import { itemsOf, type Section } from './edits.ts';
import { COLLECTIONS, type Collection, type NetworkNames } from './view.ts';

/** Names, counts and the policy part of a section as stored. */
export function namesOf(section: Section, version: number): NetworkNames {
  const values = (collection: Collection) =>
    itemsOf(section, collection).map(({ value }) => ({
      text: (field: string) => String(value[field] ?? ''),
      has: (field: string) => value[field] !== undefined,
    }));
  const counts = Object.fromEntries(
    COLLECTIONS.map((collection) => [collection, itemsOf(section, collection).length]),
  ) as Record<Collection, number>;
  const services = values('services');
  const points = values('pickupPoints');
  const policy = section['policy'];
  return {
    version,
    counts,
    nodes: values('nodes').map((node) => ({
      id: node.text('id'),
      name: node.text('name') || node.text('id'),
      country: node.text('country'),
    })),
    carriers: values('carriers').map((carrier) => ({
      id: carrier.text('id'),
      name: carrier.text('name') || carrier.text('id'),
    })),
    services: services.map((service) => ({
      code: service.text('code'),
      name: service.text('name') || service.text('code'),
      carrierId: service.text('carrierId'),
      method: service.text('method'),
    })),
    zones: values('zones').map((zone) => ({ id: zone.text('id'), country: zone.text('country') })),
    networks: [
      ...new Set(
        [...services, ...points]
          .filter((entry) => entry.has('network'))
          .map((entry) => entry.text('network')),
      ),
    ].toSorted(),
    policy: typeof policy === 'object' && policy !== null ? { ...policy } : {},
  };
}
