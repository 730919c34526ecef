/**
 * The two pages' worlds for tests: promises as the backend answers them, and an i18n that speaks from our own files.
 */
import { speak } from '../../promise-checkout/tests/speech.ts';

export const FOLDER = `${process.cwd()}/extensions/promise-order-status`;

export const speakOrder = (language: Parameters<typeof speak>[1]) => speak(FOLDER, language);

export const promise = {
  kind: 'home',
  promisedOn: '2026-12-01',
  window: { from: '2026-12-01T00:00:00+01:00', to: '2026-12-02T00:00:00+01:00' },
  timeZone: 'Europe/Rome',
  parcels: 1,
};

export const pickupPromise = {
  ...promise,
  kind: 'store_pickup',
  window: { from: '2026-12-01T17:15:00+01:00', to: '2026-12-01T19:30:00+01:00' },
  place: {
    name: 'Milano Brera',
    addressLines: ['Via Brera 10', '20121 Milano'],
    instructions: 'Porta un documento.',
  },
};

export const config = {
  target: { type: 'shop', id: 'gid://shopify/Shop/1' },
  metafield: { key: 'config', namespace: '$app', value: '{"v":1,"url":"https://app.example.com"}' },
};
