/**
 * The demo's stories: each sets the clock, the address and the basket on an edge where the date changes.
 *
 * `text` says what to look for. A story never states a date: the engine does, and `stories.test.ts` checks that what
 * the text says is what it answers.
 */
import type { ShopSeedInput } from '../local-shopify/seed.ts';
import { locationIdOf } from './locations.ts';
import { STORY_SKUS } from './stock.ts';

export type DemoStory = NonNullable<ShopSeedInput['stories']>[number];
type Address = DemoStory['address'];

const MILANO: Address = {
  firstName: 'Chiara',
  lastName: 'Bassani',
  address1: 'Via Solferino 12',
  city: 'Milano',
  zip: '20121',
  provinceCode: 'MI',
  countryCode: 'IT',
};
const ROMA: Address = {
  firstName: 'Paolo',
  lastName: 'Ferri',
  address1: 'Via dei Coronari 40',
  city: 'Roma',
  zip: '00186',
  provinceCode: 'RM',
  countryCode: 'IT',
};
const PARIS: Address = {
  firstName: 'Camille',
  lastName: 'Aubry',
  address1: '14 Rue de Bretagne',
  city: 'Paris',
  zip: '75003',
  countryCode: 'FR',
};
const BERLIN: Address = {
  firstName: 'Jonas',
  lastName: 'Reimann',
  address1: 'Bleibtreustraße 30',
  city: 'Berlin',
  zip: '10707',
  countryCode: 'DE',
};
const MADRID: Address = {
  firstName: 'Lucía',
  lastName: 'Ferrer',
  address1: 'Calle de Ayala 22',
  city: 'Madrid',
  zip: '28001',
  provinceCode: 'M',
  countryCode: 'ES',
};
const LONDON: Address = {
  firstName: 'Ellen',
  lastName: 'Marsh',
  address1: '22 Marshall Street',
  city: 'London',
  zip: 'W1F 7EU',
  countryCode: 'GB',
};

/** Addresses of the demo’s customers, one a country and Rome. */
export const DEMO_ADDRESSES = { MILANO, ROMA, PARIS, BERLIN, MADRID, LONDON } as const;

const one = (sku: string, quantity = 1) => ({ sku, quantity });

/** The stories, in the order of the control bar. */
export function demoStories(): DemoStory[] {
  return [...pickupStories(), ...calendarStories(), ...stockStories()];
}

function pickupStories(): DemoStory[] {
  return [
    {
      id: 'pickup-in-two-hours',
      title: 'Pickup within two hours',
      text: 'A Tuesday morning in Milan: the loafers lie in the flagship two streets away. Pickup says an hour of today, within 2 hours.',
      instant: '2026-11-24T11:05:00+01:00',
      address: MILANO,
      cart: [one(STORY_SKUS.pickup)],
      language: 'it',
    },
    {
      id: 'pickup-before-closing',
      title: 'Too late for pickup today',
      text: 'The same loafers half an hour before closing: preparing takes longer than the shop stays open, so pickup moves to tomorrow morning.',
      instant: '2026-11-24T18:55:00+01:00',
      address: MILANO,
      cart: [one(STORY_SKUS.pickup)],
      language: 'it',
    },
    {
      id: 'great-britain',
      title: 'A British address',
      text: 'London is served from Daventry and the London stores only: nothing crosses customs. Prices in pounds, lockers, a Saturday that counts.',
      instant: '2026-11-26T15:00:00+00:00',
      address: LONDON,
      cart: [one(STORY_SKUS.british)],
      language: 'en',
    },
  ];
}

function calendarStories(): DemoStory[] {
  const blackFriday = {
    address: MILANO,
    cart: [one(STORY_SKUS.cutOff)],
    language: 'it' as const,
  };
  return [
    {
      ...blackFriday,
      id: 'black-friday-before',
      title: 'Black Friday, a minute before',
      text: 'Piacenza counts orders until 20:00 on Black Friday, less the half hour a checkout may take: 19:29 is the last minute of the earlier date.',
      instant: '2026-11-27T19:29:00+01:00',
    },
    {
      ...blackFriday,
      id: 'black-friday-after',
      title: 'Black Friday, a minute after',
      text: 'The same bag, the same address, 19:30: the order counts for Saturday’s shift. Express slips from Monday to Tuesday; standard is saved by the Sunday that Piacenza works.',
      instant: '2026-11-27T19:30:00+01:00',
    },
    {
      id: 'december-bridge',
      title: 'The bridge of Sant’Ambrogio',
      text: 'Friday before 7 and 8 December: Milan keeps its patron day (the Milan stores are shut on Monday), all Italy the 8th. No carrier delivers on Tuesday.',
      instant: '2026-12-04T18:30:00+01:00',
      address: MILANO,
      cart: [one(STORY_SKUS.cutOff)],
      language: 'it',
    },
    {
      id: 'clocks-go-back',
      title: 'The night with 25 hours',
      text: 'A minute to midnight before the clocks go back: 02:30 comes twice that Sunday, and no window moves by an hour.',
      instant: '2026-10-24T23:59:00+02:00',
      address: ROMA,
      cart: [one(STORY_SKUS.pickup)],
      language: 'it',
    },
  ];
}

function stockStories(): DemoStory[] {
  return [
    {
      id: 'warehouse-dry',
      title: 'The warehouse runs dry',
      text: 'The last jumpers have left Piacenza. Nobody edits a rule: the stores take over, each option with the date its store can keep.',
      instant: '2026-11-25T10:00:00+01:00',
      address: ROMA,
      cart: [one(STORY_SKUS.runsDry)],
      language: 'it',
      stockChanges: [
        { sku: STORY_SKUS.runsDry, locationId: locationIdOf('WH-PIACENZA'), available: 0 },
      ],
    },
    {
      id: 'last-unit',
      title: 'The last unit',
      text: 'One evening dress is left, in Florence: to Rome it travels from that store alone, by the one service the store has.',
      instant: '2026-11-24T11:00:00+01:00',
      address: ROMA,
      cart: [one(STORY_SKUS.lastUnit)],
      language: 'it',
    },
    {
      id: 'coats-arriving',
      title: 'Coats on their way',
      text: 'No camel coat is on hand in the Union, 120 are due at Piacenza on Friday: every date counts from the day after. Move the arrival in Kept and the date follows.',
      instant: '2026-11-25T09:00:00+01:00',
      address: PARIS,
      cart: [one(STORY_SKUS.incoming)],
      language: 'fr',
    },
    {
      id: 'coats-late',
      title: 'The coats are late',
      text: 'Monday evening, and nobody has booked the lorry in: a late delivery counts as arriving now, so each day of delay moves the date by a day. Set the new arrival in Kept and the date follows at once.',
      instant: '2026-11-30T17:00:00+01:00',
      address: PARIS,
      cart: [one(STORY_SKUS.incoming)],
      language: 'fr',
    },
    {
      id: 'split-basket',
      title: 'One basket, two parcels',
      text: 'The blazer lies in Piacenza, the parka in Orléans: two parcels, and the date is that of the later one.',
      instant: '2026-11-24T10:30:00+01:00',
      address: BERLIN,
      cart: [one(STORY_SKUS.splitPiacenza), one(STORY_SKUS.splitOrleans)],
      language: 'de',
    },
    {
      id: 'perfume-does-not-fly',
      title: 'Perfume does not fly',
      text: 'Alcohol may not go by air: express by 10:00 is missing, everything on the road is there.',
      instant: '2026-11-24T10:30:00+01:00',
      address: MADRID,
      cart: [one(STORY_SKUS.perfume)],
      language: 'es',
    },
    {
      id: 'too-long-for-a-locker',
      title: 'Too long for a locker',
      text: 'The umbrella measures 92 cm, a locker 60: no locker in Berlin is offered, and no rate is a lie.',
      instant: '2026-11-24T10:30:00+01:00',
      address: BERLIN,
      cart: [one(STORY_SKUS.umbrella)],
      language: 'de',
    },
  ];
}
