/**
 * Sixty days of orders that the demo retailer settled before its shop is looked at.
 *
 * In: nothing; a seed. Out: orders with where they were prepared, when they left and arrived, and how their promise ended:
 * about 96 of 100 kept, some far too early, some late with a carrier or a store to blame. Weekends are calm, Mondays are
 * not, and the weeks before Black Friday grow. Pure; the same list on every machine.
 */
import { type DemoVariant, demoVariants } from './catalogue.ts';
import { DEMO_STARTS_AT } from './nodes.ts';
import { demoStores, type StorePlace } from './places.ts';
import { type Random, randomOf } from './random.ts';
import { LATE_PARCEL } from './stories.ts';
import { demoZones } from './zones.ts';

/** A store that was asked for it. */
export type PastOffer = {
  readonly nodeId: string;
  readonly state: 'won' | 'lost' | 'refused' | 'timed_out';
  readonly minutes: number;
};

/** One settled order. Instants are ISO, days local to the destination. */
export type PastOrder = {
  readonly number: number;
  readonly buyer: string;
  readonly email: string;
  readonly locale: string;
  /** Where it goes: the buyer lives near this store. */
  readonly near: StorePlace;
  readonly variant: DemoVariant;
  readonly quantity: number;
  readonly method: 'ship' | 'pickup';
  readonly serviceCode: string | null;
  readonly nodeId: string;
  readonly zoneId: string | null;
  readonly timeZone: string;
  readonly placedAt: string;
  readonly leftAt: string;
  readonly endedAt: string;
  readonly promisedOn: string;
  /** The promise's window, half-open. */
  readonly window: readonly [from: string, to: string];
  readonly outcome: 'kept' | 'late' | 'too_padded';
  readonly lateMinutes: number | null;
  readonly earlyDays: number | null;
  readonly carrierDays: number | null;
  readonly exceptions: number;
  readonly offers: readonly PastOffer[];
  /** Not past yet: it has left, and `endedAt` is when it should be there. */
  readonly isUnderWay?: true;
  /** Absent: made of the number. */
  readonly trackingNumber?: string;
};

const DAYS = 60;
/** Parcels and pickups of a weekday at the beginning; the season adds half as many again. */
const ORDERS_A_DAY = 32;
const FIRST_NUMBER = 48_000;

const NAMES: Readonly<Record<string, readonly [readonly string[], readonly string[]]>> = {
  IT: [
    ['Giulia', 'Marco', 'Elena', 'Davide', 'Sara', 'Luca', 'Irene', 'Pietro'],
    ['Colombo', 'Ricci', 'Marini', 'Galli', 'Fontana', 'Serra', 'Villa', 'Conti'],
  ],
  FR: [
    ['Léa', 'Hugo', 'Manon', 'Louis', 'Chloé', 'Jules', 'Inès', 'Paul'],
    ['Moreau', 'Girard', 'Lambert', 'Fontaine', 'Roche', 'Blanc', 'Faure', 'Mercier'],
  ],
  DE: [
    ['Lena', 'Felix', 'Hanna', 'Moritz', 'Marie', 'Anton', 'Clara', 'Ben'],
    ['Schulz', 'Wagner', 'Vogel', 'Lorenz', 'Brandt', 'Winkler', 'Kaiser', 'Frank'],
  ],
  ES: [
    ['Carmen', 'Diego', 'Laura', 'Javier', 'Sofía', 'Pablo', 'Marta', 'Álvaro'],
    ['Ortega', 'Molina', 'Navarro', 'Iglesias', 'Campos', 'Vidal', 'Serrano', 'Rubio'],
  ],
  GB: [
    ['Olivia', 'Harry', 'Emily', 'George', 'Grace', 'Jack', 'Isla', 'Tom'],
    ['Ward', 'Hughes', 'Cooper', 'Reid', 'Barnes', 'Palmer', 'Mills', 'Grant'],
  ],
};
const LOCALES: Readonly<Record<string, string>> = {
  ...{ IT: 'it', FR: 'fr', DE: 'de', ES: 'es', GB: 'en' },
};
const HUB_OF: Readonly<Record<string, string>> = {
  ...{ IT: 'WH-PIACENZA', FR: 'WH-ORLEANS', DE: '3PL-LEIPZIG', ES: 'WH-ORLEANS' },
  GB: 'WH-DAVENTRY',
};
// How often a carrier is late, in a thousand parcels: the slow one is where a merchant should look first.
const LATE_PER_THOUSAND: Readonly<Record<string, number>> = {
  ...{ 'express-10': 12, standard: 30, economy: 70, 'gb-standard': 24, 'gb-economy': 62 },
};

/** The orders, oldest first. */
export function pastOrders(): PastOrder[] {
  const random = randomOf('past orders');
  const ground = groundOf();
  const end = Temporal.Instant.from(DEMO_STARTS_AT).toZonedDateTimeISO('Europe/Rome').toPlainDate();
  const orders: PastOrder[] = [];
  // The last week is on its way still, or lies at the desks.
  for (let back = DAYS + 7; back > 7; back -= 1) {
    const day = end.subtract({ days: back });
    const share = day.dayOfWeek >= 6 ? 0.6 : 1;
    const season = 1 + (0.5 * (DAYS + 7 - back)) / DAYS;
    for (let left = Math.round(ORDERS_A_DAY * share * season); left > 0; left -= 1) {
      orders.push(orderOn(day, FIRST_NUMBER + orders.length, { random, ground }));
    }
  }
  // What is still on its way when the demo begins is not past.
  return orders.filter(
    ({ endedAt }) =>
      Temporal.Instant.compare(
        Temporal.Instant.from(endedAt),
        Temporal.Instant.from(DEMO_STARTS_AT),
      ) < 0,
  );
}

/** What is on its way when the demo begins: one parcel, for the story of the late carrier. */
export function ordersUnderWay(): PastOrder[] {
  const ground = groundOf();
  const near = ground.stores.find(({ id }) => id === 'ST-ROMA-CONDOTTI') ?? ground.stores[0];
  return [
    {
      ...{ number: FIRST_NUMBER - 1, buyer: 'Elena Marini', email: 'elena.marini@example.com' },
      ...{ locale: 'it', near, variant: ground.variants[0], quantity: 1, method: 'ship' },
      ...{ serviceCode: 'standard', nodeId: 'WH-PIACENZA', timeZone: 'Europe/Rome' },
      zoneId: ground.zoneOf.get(near.id)?.zoneId ?? null,
      ...{ placedAt: '2026-11-23T09:12:00Z', leftAt: '2026-11-23T19:30:00Z' },
      ...{ promisedOn: '2026-11-25', endedAt: '2026-11-25T23:00:00Z' },
      window: ['2026-11-24T23:00:00Z', '2026-11-25T23:00:00Z'],
      ...{ outcome: 'kept', lateMinutes: null, earlyDays: null, carrierDays: null },
      ...{ exceptions: 0, offers: [], isUnderWay: true, trackingNumber: LATE_PARCEL },
    },
  ];
}

type Ground = {
  readonly stores: readonly [StorePlace, ...StorePlace[]];
  readonly variants: readonly [DemoVariant, ...DemoVariant[]];
  readonly zoneOf: ReadonlyMap<string, { readonly zoneId: string; readonly timeZone: string }>;
};

function groundOf(): Ground {
  const [firstStore, ...stores] = demoStores().filter(
    (store) => store.id !== 'ST-LASPALMAS-TRIANA',
  );
  const [firstVariant, ...variants] = demoVariants();
  if (firstStore === undefined || firstVariant === undefined) throw new Error('an empty demo');
  const zones = demoZones();
  const zoneOf = [firstStore, ...stores].flatMap((store) => {
    const zone = zones.find(
      ({ zone: { postalPrefixes = [] }, country }) =>
        country === store.country &&
        postalPrefixes.some((prefix) => store.postalCode.startsWith(prefix)),
    )?.zone;
    return zone === undefined
      ? []
      : [[store.id, { zoneId: zone.id, timeZone: zone.timeZone ?? 'Europe/Rome' }] as const];
  });
  return {
    stores: [firstStore, ...stores],
    variants: [firstVariant, ...variants],
    zoneOf: new Map(zoneOf),
  };
}

type Drawing = { readonly random: Random; readonly ground: Ground };

function orderOn(day: Temporal.PlainDate, number: number, drawing: Drawing): PastOrder {
  const { random, ground } = drawing;
  const near = random.pick(ground.stores);
  const [firsts = [], lasts = []] = NAMES[near.country] ?? [];
  const first = firsts[random.whole(0, firsts.length - 1)] ?? '';
  const last = lasts[random.whole(0, lasts.length - 1)] ?? '';
  const place = ground.zoneOf.get(near.id);
  const timeZone = place?.timeZone ?? 'Europe/Rome';
  const placed = day.toZonedDateTime({
    timeZone,
    plainTime: { hour: random.whole(7, 22), minute: random.whole(0, 59) },
  });
  const buyer = {
    ...{ number, near, timeZone, buyer: `${first} ${last}`, locale: LOCALES[near.country] ?? 'en' },
    email: `${mailbox(first, last)}@example.com`,
    variant: random.pick(ground.variants),
    quantity: random.chance(0.12) ? 2 : 1,
    placedAt: placed.toInstant().toString(),
  };
  return random.chance(0.14)
    ? { ...buyer, ...pickedUp(placed, near, random) }
    : { ...buyer, ...shipped(placed, { near, zoneId: place?.zoneId ?? null, random }) };
}

function mailbox(first: string, last: string): string {
  return `${first}.${last}`
    .normalize('NFD')
    .replace(/[^a-zA-Z.]/g, '')
    .toLowerCase();
}

const at = (day: Temporal.PlainDate, hour: number, minute: number, timeZone: string) =>
  day.toZonedDateTime({ timeZone, plainTime: { hour, minute } }).toInstant();

/** Collected at the store: ready some hours before or after it had to be. */
function pickedUp(placed: Temporal.ZonedDateTime, near: StorePlace, random: Random) {
  const { timeZoneId } = placed;
  const promised = placed.toPlainDate().add({ days: placed.hour < 15 ? 0 : 1 });
  const due = at(promised, placed.hour < 15 ? placed.hour + 3 : 11, 0, timeZoneId);
  const isLate = random.chance(0.03);
  const lateMinutes = isLate ? random.whole(12, 160) : null;
  const ready = isLate
    ? due.add({ minutes: lateMinutes ?? 0 })
    : due.subtract({ minutes: random.whole(8, 110) });
  return {
    ...{ method: 'pickup' as const, serviceCode: null, nodeId: near.id, zoneId: null },
    ...{ leftAt: ready.toString(), endedAt: ready.toString(), carrierDays: null, offers: [] },
    promisedOn: promised.toString(),
    window: [due.toString(), at(promised, 19, 30, timeZoneId).toString()] as const,
    ...{ outcome: isLate ? ('late' as const) : ('kept' as const), lateMinutes },
    earlyDays: isLate ? null : 0,
    exceptions: isLate || random.chance(0.01) ? 1 : 0,
  };
}

function serviceFor(country: string, random: Random): string {
  const [economy, standard] =
    country === 'GB' ? ['gb-economy', 'gb-standard'] : ['economy', 'standard'];
  if (random.chance(0.16)) return 'express-10';
  return random.chance(0.22) ? economy : standard;
}

const CARRIER_DAYS: Readonly<Record<string, number>> = {
  'express-10': 1,
  economy: 4,
  'gb-economy': 3,
};

function shipped(
  placed: Temporal.ZonedDateTime,
  to: { readonly near: StorePlace; readonly zoneId: string | null; readonly random: Random },
) {
  const { near, zoneId, random } = to;
  const { timeZoneId } = placed;
  const wanted = serviceFor(near.country, random);
  const isFromStore = random.chance(0.22) && !wanted.includes('economy');
  const serviceCode =
    isFromStore && wanted === 'express-10' && !near.isFlagship
      ? serviceFor(near.country, random)
          .replace('economy', 'standard')
          .replace('express-10', 'standard')
      : wanted;
  const departed = workday(placed.toPlainDate(), placed.hour < 14 ? 0 : 1);
  const days = CARRIER_DAYS[serviceCode] ?? 2;
  const promised = workday(departed, days);
  const [hour, minute] = serviceCode === 'express-10' ? [10, 0] : [24, 0];
  const due =
    hour === 24
      ? at(promised.add({ days: 1 }), 0, 0, timeZoneId)
      : at(promised, hour, minute, timeZoneId);
  const ending = endOf({ promised, departed, due, serviceCode, timeZone: timeZoneId, random });
  return {
    ...{ method: 'ship' as const, serviceCode, zoneId },
    nodeId: isFromStore ? near.id : (HUB_OF[near.country] ?? 'WH-PIACENZA'),
    leftAt: at(departed, 17, random.whole(20, 55), timeZoneId).toString(),
    promisedOn: promised.toString(),
    window: [
      serviceCode === 'express-10'
        ? at(promised, 8, 0, timeZoneId).toString()
        : at(promised, 0, 0, timeZoneId).toString(),
      due.toString(),
    ] as const,
    ...ending,
    offers: isFromStore ? offersFor(near, random) : [],
  };
}

/** When it was there, and what that makes of the promise. */
function endOf(of: {
  readonly promised: Temporal.PlainDate;
  readonly departed: Temporal.PlainDate;
  readonly due: Temporal.Instant;
  readonly serviceCode: string;
  readonly timeZone: string;
  readonly random: Random;
}) {
  const { promised, departed, due, serviceCode, timeZone, random } = of;
  const most = countWorkdays(departed, promised);
  if (random.chance((LATE_PER_THOUSAND[serviceCode] ?? 30) / 1_000)) {
    const days = random.chance(0.65) ? 1 : random.whole(2, 4);
    const day = workday(promised, days);
    const there = at(day, random.whole(9, 18), random.whole(0, 59), timeZone);
    return {
      ...{ outcome: 'late' as const, endedAt: there.toString(), earlyDays: null },
      lateMinutes: Math.round(due.until(there).total('minutes')),
      carrierDays: most + days,
      exceptions: 1 + (days > 2 ? 1 : 0),
    };
  }
  const early = Math.min(most - 1, random.chance(0.045) ? 2 : Number(random.chance(0.17)));
  const day = workday(promised, -Math.max(0, early));
  const there = at(
    day,
    serviceCode === 'express-10' ? random.whole(8, 9) : random.whole(9, 19),
    random.whole(0, 59),
    timeZone,
  );
  const earlyDays = day.until(promised).days;
  return {
    outcome: earlyDays >= 2 ? ('too_padded' as const) : ('kept' as const),
    ...{ endedAt: there.toString(), lateMinutes: null, earlyDays },
    carrierDays: countWorkdays(departed, day),
    exceptions: random.chance(0.012) ? 1 : 0,
  };
}

/** Who was asked beside the store that had it, and how fast. */
function offersFor(near: StorePlace, random: Random): PastOffer[] {
  const neighbors = demoStores().filter(
    (store) => store.country === near.country && store.id !== near.id,
  );
  const others = [0, 1].flatMap((index) => {
    const other = neighbors[(random.whole(0, 30) + index * 7) % neighbors.length];
    return other === undefined ? [] : [other.id];
  });
  const minutes = random.whole(2, near.isFlagship ? 9 : 24);
  return [
    { nodeId: near.id, state: 'won', minutes },
    ...[...new Set(others)].map((nodeId): PastOffer => {
      if (random.chance(0.12))
        return { nodeId, state: 'refused', minutes: random.whole(1, minutes) };
      return { nodeId, state: 'lost', minutes };
    }),
  ];
}

const isWorkday = (day: Temporal.PlainDate) => day.dayOfWeek <= 5;

/** The day so many workdays on (or back); 0: the next workday, today included. */
function workday(from: Temporal.PlainDate, days: number): Temporal.PlainDate {
  let day = from;
  while (!isWorkday(day)) day = day.add({ days: 1 });
  for (let left = Math.abs(days); left > 0; left -= 1) {
    do day = day.add({ days: Math.sign(days) });
    while (!isWorkday(day));
  }
  return day;
}

function countWorkdays(from: Temporal.PlainDate, to: Temporal.PlainDate): number {
  let count = 0;
  for (let day = from; Temporal.PlainDate.compare(day, to) < 0; day = day.add({ days: 1 })) {
    if (isWorkday(day.add({ days: 1 }))) count += 1;
  }
  return count;
}
