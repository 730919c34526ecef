/**
 * The demo's nodes: hours, cut-offs, capacity, backlog, carrier pickups and store pickup of each place.
 *
 * The warehouses work long days and take cut-offs to 20:00 on Black Friday; stores ship what they have until early
 * afternoon and hand over orders in an hour or two. `DEMO_STARTS_AT` is where the demo's clock first stands; the
 * backlogs are as of that morning, so that a shop opened at any later time has worked them off.
 */

import { postalRegion } from '../../backend/network/geo/regions.ts';
import type { WorldInput } from '../../backend/network/world.ts';
import { demoStores, HUBS, type Place, type StorePlace } from './places.ts';
import { randomOf } from './random.ts';
import { BLACK_FRIDAYS, dayAfter, EVES, everyYear } from './season.ts';
import { type Hours, storeHours } from './store-hours.ts';

type NodeInput = WorldInput['nodes'][number];
type Pickup = NonNullable<NodeInput['carrierPickups']>[number];
type Times = Pickup['weekly'];

/** The Tuesday before Black Friday, mid-morning in Milan. */
export const DEMO_STARTS_AT = '2026-11-24T10:20:00+01:00';
const BACKLOG_AS_OF = '2026-11-24T06:00:00+01:00';

const WORKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;
const SATURDAYS = ['sat'] as const;

/** All nodes, warehouses first. */
export function demoNodes(): NodeInput[] {
  return [...HUBS.map((hub) => hubNode(hub)), ...demoStores().map(storeNode)];
}

function placeFields(place: Place) {
  const region = postalRegion(place.country, place.postalCode);
  const isCanary = region?.region === 'CN';
  return {
    id: place.id,
    name: place.name,
    country: place.country,
    ...(region?.region === undefined ? {} : { region: region.region }),
    timeZone: region?.timeZone ?? '',
    lat: place.lat,
    lng: place.lng,
    postalCode: place.postalCode,
    address1: place.address1,
    city: place.city,
    ...(isCanary ? { customsArea: 'ES-CN' } : {}),
  };
}

function on(days: readonly (keyof Times & string)[], ...times: string[]): Times {
  return Object.fromEntries(days.map((day) => [day, times]));
}

type HubWork = Pick<
  NodeInput,
  'hours' | 'cutOffs' | 'leadTimeMinutes' | 'unitsPerHour' | 'unitsPerDay' | 'backlogUnits'
> & { readonly carrierPickups: Pickup[] };

// Black Friday: the evening shift stays until 23:30 and orders count until 20:00.
const BLACK_FRIDAY_SHIFT = BLACK_FRIDAYS.map((date) => ({
  date,
  intervals: [['05:00', '23:30'] as [string, string]],
  cutOff: '20:00',
}));
const EVE_SHIFT = EVES.map((date) => ({
  date,
  intervals: [['06:00', '14:00'] as [string, string]],
  cutOff: '10:00',
}));
const CYBER_SUNDAYS = BLACK_FRIDAYS.map((day) => dayAfter(day, 2));

function extra(days: readonly string[], time: string) {
  return days.map((date) => ({ date, time }));
}

const HUB_WORK: Readonly<Record<string, HubWork>> = {
  'WH-PIACENZA': {
    hours: {
      weekly: { ...weekdayHours('06:00', '22:00'), sat: [['07:00', '14:00']] },
      exceptions: sorted([
        ...BLACK_FRIDAY_SHIFT,
        ...EVE_SHIFT,
        // The Sunday after Black Friday is worked; Sant’Antonino, patron of Piacenza, is not.
        ...CYBER_SUNDAYS.map((date) => ({
          date,
          intervals: [['07:00', '15:00'] as [string, string]],
          cutOff: '12:00',
        })),
        ...everyYear('07-04').map((date) => ({ date, intervals: [] })),
      ]),
    },
    cutOffs: cutOffs('16:30', '11:00'),
    leadTimeMinutes: 90,
    unitsPerHour: 260,
    unitsPerDay: 3_400,
    backlogUnits: 900,
    carrierPickups: [
      {
        serviceCode: 'express-10',
        weekly: on(WORKDAYS, '19:30'),
        extra: extra(BLACK_FRIDAYS, '22:45'),
      },
      {
        serviceCode: 'standard',
        weekly: on(WORKDAYS, '14:00', '20:30'),
        extra: [...extra(BLACK_FRIDAYS, '23:00'), ...extra(CYBER_SUNDAYS, '14:30')],
      },
      { serviceCode: 'economy', weekly: { ...on(WORKDAYS, '18:00'), ...on(SATURDAYS, '13:00') } },
      { serviceCode: 'counter', weekly: { ...on(WORKDAYS, '20:00'), ...on(SATURDAYS, '13:30') } },
      { serviceCode: 'locker', weekly: on(WORKDAYS, '20:00') },
    ],
  },
  'WH-ORLEANS': {
    hours: {
      weekly: { ...weekdayHours('06:30', '21:30'), sat: [['08:00', '13:00']] },
      exceptions: sorted([...BLACK_FRIDAY_SHIFT, ...EVE_SHIFT]),
    },
    cutOffs: cutOffs('16:00', '10:30'),
    leadTimeMinutes: 100,
    unitsPerHour: 190,
    unitsPerDay: 2_400,
    backlogUnits: 520,
    carrierPickups: [
      {
        serviceCode: 'express-10',
        weekly: on(WORKDAYS, '19:00'),
        extra: extra(BLACK_FRIDAYS, '22:30'),
      },
      {
        serviceCode: 'standard',
        weekly: on(WORKDAYS, '13:30', '20:45'),
        extra: extra(BLACK_FRIDAYS, '23:15'),
      },
      { serviceCode: 'economy', weekly: { ...on(WORKDAYS, '17:30'), ...on(SATURDAYS, '12:30') } },
      { serviceCode: 'counter', weekly: { ...on(WORKDAYS, '19:30'), ...on(SATURDAYS, '12:45') } },
      { serviceCode: 'locker', weekly: on(WORKDAYS, '19:30') },
    ],
  },
  'WH-DAVENTRY': {
    hours: {
      weekly: {
        ...weekdayHours('07:00', '22:00'),
        sat: [['07:00', '18:00']],
        sun: [['10:00', '16:00']],
      },
      exceptions: sorted([...BLACK_FRIDAY_SHIFT, ...EVE_SHIFT]),
    },
    cutOffs: { ...cutOffs('18:00', '13:00'), sun: '13:00' },
    leadTimeMinutes: 80,
    unitsPerHour: 170,
    unitsPerDay: 2_000,
    backlogUnits: 310,
    carrierPickups: [
      {
        serviceCode: 'express-10',
        weekly: on(WORKDAYS, '20:00'),
        extra: extra(BLACK_FRIDAYS, '22:30'),
      },
      {
        serviceCode: 'gb-standard',
        weekly: { ...on(WORKDAYS, '21:00'), ...on(SATURDAYS, '17:00') },
      },
      {
        serviceCode: 'gb-economy',
        weekly: { ...on(WORKDAYS, '18:30'), ...on(SATURDAYS, '16:00') },
      },
      { serviceCode: 'locker', weekly: { ...on(WORKDAYS, '20:30'), ...on(SATURDAYS, '16:30') } },
    ],
  },
  '3PL-LEIPZIG': {
    hours: {
      // Beside the night airport: the second shift ends at 02:00.
      weekly: weekdayHours('10:00', '26:00'),
      exceptions: sorted(EVE_SHIFT),
    },
    cutOffs: cutOffs('20:00'),
    leadTimeMinutes: 120,
    unitsPerHour: 140,
    unitsPerDay: 1_800,
    backlogUnits: 260,
    carrierPickups: [
      { serviceCode: 'express-10', weekly: on(WORKDAYS, '23:30') },
      { serviceCode: 'standard', weekly: on(WORKDAYS, '17:00', '23:00') },
      { serviceCode: 'economy', weekly: on(WORKDAYS, '18:00') },
      { serviceCode: 'counter', weekly: on(WORKDAYS, '21:00') },
      { serviceCode: 'locker', weekly: on(WORKDAYS, '22:30') },
    ],
  },
};

function hubNode(hub: (typeof HUBS)[number]): NodeInput {
  const work = HUB_WORK[hub.id];
  if (work === undefined) throw new Error(`${hub.id} has no working hours in the demo`);
  return {
    ...placeFields(hub),
    kind: hub.kind,
    tags: ['online'],
    ...work,
    backlogAsOf: BACKLOG_AS_OF,
  };
}

function storeNode(store: StorePlace): NodeInput {
  const random = randomOf(`store ${store.id}`);
  const isBritish = store.country === 'GB';
  const standard = isBritish ? 'gb-standard' : 'standard';
  const backlogUnits = random.whole(0, 4);
  return {
    ...placeFields(store),
    kind: 'store',
    tags: store.isFlagship ? ['flagship'] : [],
    hours: storeHours(store),
    cutOffs: cutOffs('14:00', '12:00'),
    leadTimeMinutes: store.isFlagship ? 60 : 90,
    offersPickup: true,
    pickupLeadMinutes: store.isFlagship ? 45 : 60,
    lastHandOverMinutes: 15,
    unitsPerHour: store.isFlagship ? 24 : 12,
    unitsPerDay: store.isFlagship ? 120 : 48,
    backlogUnits,
    ...(backlogUnits > 0 ? { backlogAsOf: BACKLOG_AS_OF } : {}),
    carrierPickups: [
      { serviceCode: standard, weekly: on(WORKDAYS, '17:30') },
      ...(store.isFlagship ? [{ serviceCode: 'express-10', weekly: on(WORKDAYS, '18:00') }] : []),
    ],
  };
}

function weekdayHours(opens: string, closes: string): Hours['weekly'] {
  return Object.fromEntries(WORKDAYS.map((day) => [day, [[opens, closes]]]));
}

function cutOffs(workday: string, saturday?: string): NonNullable<NodeInput['cutOffs']> {
  return {
    ...Object.fromEntries(WORKDAYS.map((day) => [day, workday])),
    ...(saturday === undefined ? {} : { sat: saturday }),
  };
}

function sorted<T extends { readonly date: string }>(exceptions: readonly T[]): T[] {
  return exceptions.toSorted((a, b) => (a.date < b.date ? -1 : 1));
}
