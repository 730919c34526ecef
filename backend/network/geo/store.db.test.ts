import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import { openDatabase } from '../../platform/database.ts';
import { geocode } from './geocode.ts';
import { parseGeoNamesPostal } from './geonames.ts';
import { builtInPostalPlaces } from './prefix-centroids.ts';
import { createPostalStore } from './store.ts';

let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const line = (code: string, lat: number, lng: number) =>
  `IT\t${code}\tPlace\tLombardia\tLM\tMilano\tMI\t\t\t${lat}\t${lng}\t4`;

function ownerStore() {
  const owner = openDatabase<unknown>({
    url: database.ownerUrl,
    assumesAppRole: false,
    maxConnections: 1,
    onIdleError: () => undefined,
  });
  return { store: createPostalStore(owner), close: () => owner.destroy() };
}

test('an imported country is found exactly where the built-in table knows only the area', async () => {
  const { store, close } = ownerStore();
  const { places } = parseGeoNamesPostal([line('20121', 45.4721, 9.1922)].join('\n'));
  await store.replace('IT', places.get('IT') ?? new Map());
  await close();
  const imported = await createPostalStore(database.db).load();
  const tables = [imported, builtInPostalPlaces()];
  const found = geocode(tables, { country: 'IT', postalCode: '20121' });
  expect(found).toMatchObject({ lat: 45.4721, lng: 9.1922, precision: 'exact' });
  const elsewhere = geocode(tables, { country: 'IT', postalCode: '90100' });
  expect(elsewhere?.precision).toBe('prefix');
});

test('a country imported again forgets the codes of the file before', async () => {
  const { store, close } = ownerStore();
  await store.replace('FR', new Map([['75001', { lat: 48.86, lng: 2.34 }]]));
  await store.replace('FR', new Map([['75002', { lat: 48.87, lng: 2.34 }]]));
  const codes = [...((await store.load()).get('FR')?.keys() ?? [])];
  await close();
  expect(codes).toEqual(['75002']);
});

test('the application reads places and cannot change them', async () => {
  const app = createPostalStore(database.db);
  await expect(app.replace('DE', new Map())).rejects.toThrow(/permission denied/);
});
