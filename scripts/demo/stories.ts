/**
 * The demo's stories: each sets the clock, the address and the basket on an edge where the date changes.
 *
 * `text` says what to look for. A story never states a date: the engine does, and `stories.test.ts` checks that what
 * the text says is what it answers.
 */
import type { ShopSeedInput } from '../local-shopify/seed.ts';
import { customerIdOf, locationIdOf } from './locations.ts';
import { COATS_DUE, COATS_DUE_ON, COATS_SLIP_TO, purchaseOrderOf, STORY_SKUS } from './stock.ts';

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

/** On its way to Rome when the demo begins, promised for Wednesday. */
export const LATE_PARCEL = 'VT-ROMA-25';

const one = (sku: string, quantity = 1) => ({ sku, quantity });

type Counted = { sku: string; nodeId: string; quantity: number; expectedOn?: string };

/** The ERP counts; told again, the later telling holds. */
function count({ sku, nodeId, quantity, expectedOn }: Counted): NonNullable<DemoStory['calls']>[0] {
  const lot =
    expectedOn === undefined
      ? {}
      : { lot: { reference: purchaseOrderOf(sku, nodeId, 0), expectedOn } };
  const event = {
    eventId: `story-{run}-${sku}-${nodeId}`,
    kind: 'count',
    type: expectedOn === undefined ? 'on_hand' : 'incoming',
    ...{ sku, nodeId, quantity, reason: 'told by a story', occurredAt: '{instant}' },
    ...lot,
  };
  return { system: 'erp', path: '/v1/stock/movements', body: { events: [event] } };
}

/** The stories, in the order of the control bar. */
export function demoStories(): DemoStory[] {
  return [
    ...pickupStories(),
    ...calendarStories(),
    ...channelStories(),
    ...incomingStories(),
    ...stockStories(),
    ...orderStories(),
    ...outageStories(),
  ];
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
      text: 'The ERP counts none of this jumper at Piacenza. Nobody edits a rule: the stores take over, each option with the date its store can keep, and the order that has just come in is offered to them: see the desks of Rome.',
      instant: '2026-11-25T10:00:00+01:00',
      address: ROMA,
      cart: [one(STORY_SKUS.runsDry)],
      language: 'it',
      calls: [count({ sku: STORY_SKUS.runsDry, nodeId: 'WH-PIACENZA', quantity: 0 })],
      sales: [soldToRome(STORY_SKUS.runsDry)],
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

/** An order from another channel, to be sent to Rome; a flagship there has the piece. */
function soldToRome(sku: string): NonNullable<DemoStory['sales']>[number] {
  return {
    ...{ source: 'instagram', lines: [one(sku)], locationId: locationIdOf('ST-ROMA-CONDOTTI') },
    ...{ address: ROMA, email: 'paolo.ferri@example.com' },
    rate: { code: 'standard', title: 'Standard', priceMinor: 590 },
  };
}

function orderStories(): DemoStory[] {
  const rome = { address: ROMA, language: 'it' as const, instant: '2026-11-24T11:05:00+01:00' };
  return [
    {
      ...rome,
      id: 'two-stores-race',
      title: 'Two stores race',
      text: 'No warehouse has these trainers, two stores of Rome do. Open the desks of Giulia and Ugo side by side: both are asked. The first to take it has it, the other reads by whom and when. In Kept, Orders tells the whole story and why these two were asked.',
      cart: [one(STORY_SKUS.raced)],
      sales: [soldToRome(STORY_SKUS.raced)],
    },
    {
      ...rome,
      id: 'store-refuses',
      title: 'A store refuses',
      text: 'The same order again. At Giulia’s desk press “Not us” and say why: only “none left” changes her stock, she is not asked again, and the order stays with Ugo. When he refuses too it waits without a place, in Kept under Orders.',
      cart: [one(STORY_SKUS.raced)],
      sales: [soldToRome(STORY_SKUS.raced)],
    },
    {
      ...rome,
      id: 'not-on-the-shelf',
      title: 'Not on the shelf',
      text: 'One pair of gloves in the flagship, two across the river. Take it at Giulia’s desk, begin, and press “Not there”: the pair leaves her stock, and Ugo is asked before the date is lost.',
      cart: [one(STORY_SKUS.misplaced)],
      sales: [soldToRome(STORY_SKUS.misplaced)],
    },
    {
      ...rome,
      id: 'carrier-late',
      title: 'The carrier is late',
      text: 'A parcel to Rome is due tomorrow; its carrier now says Friday. The order is at risk in Kept at once; a quarter of an hour on (+1 h in the bar) its date moves and its buyer has a mail with the new one. The promise is judged by what was first shown.',
      cart: [one(STORY_SKUS.cutOff)],
      calls: [
        {
          system: 'erp',
          path: '/v1/tracking',
          body: {
            events: [
              {
                ...{ eventId: 'story-{run}-late', trackingNumber: LATE_PARCEL, kind: 'delayed' },
                ...{ occurredAt: '{instant}', expectedAt: '2026-11-27T16:00:00+01:00' },
              },
            ],
          },
        },
      ],
    },
  ];
}

function incomingStories(): DemoStory[] {
  const coats = { sku: STORY_SKUS.incoming, nodeId: 'WH-PIACENZA', quantity: COATS_DUE };
  const asked = { address: PARIS, language: 'fr' as const, instant: '2026-11-25T09:00:00+01:00' };
  return [
    {
      ...asked,
      id: 'coats-arriving',
      title: 'Coats on their way',
      text: 'No camel coat is on hand in the Union, 120 are due at Piacenza on Friday: every date counts from the day after.',
      cart: [one(STORY_SKUS.incoming)],
      calls: [count({ ...coats, expectedOn: COATS_DUE_ON })],
    },
    {
      ...asked,
      id: 'coats-late',
      title: 'The coats slip',
      text: 'The same minute, and the ERP reports that the haulier now says Thursday of next week. Every date follows within two seconds; in Kept, Stock shows the lot with its new day.',
      cart: [one(STORY_SKUS.incoming)],
      calls: [count({ ...coats, expectedOn: COATS_SLIP_TO })],
    },
    {
      ...asked,
      id: 'coats-overdue',
      title: 'The lorry nobody booked in',
      text: 'Monday evening, and the coats due on Friday are not booked in: a late delivery counts as arriving now, so each day of delay moves the date by a day.',
      instant: '2026-11-30T17:00:00+01:00',
      cart: [one(STORY_SKUS.overdue)],
    },
  ];
}

function channelStories(): DemoStory[] {
  const morning = '2026-11-24T11:00:00+01:00';
  return [
    {
      id: 'last-unit-twice',
      title: 'The last one, wanted twice',
      text: 'One trench coat is left at Piacenza and one in a Turin store. A marketplace and this checkout want it in the same second; the marketplace’s order came first. So this checkout is dated from Turin, the marketplace sees none, and Shopify’s levels follow: Inventory in the admin, Stock in Kept.',
      instant: morning,
      address: ROMA,
      cart: [one(STORY_SKUS.wantedTwice)],
      language: 'it',
      sales: [
        {
          source: 'marketplace',
          lines: [one(STORY_SKUS.wantedTwice)],
          locationId: locationIdOf('WH-PIACENZA'),
        },
      ],
    },
    {
      id: 'marketplace-four-fifths',
      title: 'A marketplace at 80 %',
      text: 'Ten sweaters lie at Piacenza, the marketplace is shown eight of them and has just reserved all eight for ten minutes. Two are left for everybody else: this basket of two has a date, a third sweater would have none. Ten minutes on (+1 h in the bar) they are free again.',
      instant: morning,
      address: BERLIN,
      cart: [one(STORY_SKUS.shared, 2)],
      language: 'de',
      calls: [
        {
          system: 'marketplace',
          path: '/v1/reservations',
          body: { key: 'story', lines: [one(STORY_SKUS.shared, 8)] },
        },
      ],
    },
    {
      id: 'kept-for-regulars',
      title: 'Six kept for regular customers',
      text: 'Eight bags at Piacenza, six of them a quota of customers tagged vip. Paolo has the tag: his basket of four has a date. Log him out in the bar and start a checkout with four: nobody else is promised more than two.',
      instant: morning,
      address: ROMA,
      cart: [one(STORY_SKUS.forRegulars, 4)],
      language: 'it',
      customerId: customerIdOf('ROMA'),
    },
  ];
}

function outageStories(): DemoStory[] {
  const morning = '2026-11-24T10:30:00+01:00';
  return [
    {
      id: 'shopify-throttled',
      title: 'Shopify throttles',
      text: 'Every second call of the Admin API is answered THROTTLED while a marketplace sells five scarves. Sales go before everything else: the figures are right at once, Shopify’s level within seconds. See Sync in Kept; any other story, or “all well again” in the bar, ends it.',
      instant: morning,
      address: PARIS,
      cart: [one(STORY_SKUS.throttled)],
      language: 'fr',
      faults: [{ kind: 'throttled', rate: 0.5 }],
      sales: [
        {
          source: 'marketplace',
          lines: [one(STORY_SKUS.throttled, 5)],
          locationId: locationIdOf('WH-PIACENZA'),
        },
      ],
    },
    {
      id: 'redis-dead',
      title: 'Redis is dead',
      text: 'Redis carries news between replicas and speeds up answers; it decides nothing. If you started with REDIS_URL, stop that server now: this checkout keeps its dates, kept.log says redis_away once, changes are polled within two seconds. Without REDIS_URL you see the same: the demo runs with no Redis at all.',
      instant: morning,
      address: MILANO,
      cart: [one(STORY_SKUS.cutOff)],
      language: 'it',
    },
  ];
}
