import { describe, expect, test } from 'vitest';
import { randomCase } from '../../tests/oracle/random-world.ts';
import { formatDay, instantToMinuteFloor } from '../base/time.ts';
import { compileNetwork } from '../network/network.ts';
import type { Snapshot } from '../network/snapshot.ts';
import type { World } from '../network/world.ts';
import { type Facts, factsOfWorld } from '../stock/stock.ts';
import { type Quote, type QuotedOption, type QuoteRequest, quote } from './quote.ts';
import { toAnswer } from './quote-answer.ts';
import { toQuoteRequest } from './quote-request.ts';

type Asked = { readonly snapshot: Snapshot; readonly facts: Facts; readonly request: QuoteRequest };

/** The requests of a random world, ready to ask. */
function askedIn(seed: number, count: number, change: (world: World) => World = (world) => world) {
  const { world, requests } = randomCase(seed, count);
  const changed = change(world);
  const starts = requests.map((request) => instantToMinuteFloor(request.now));
  const snapshot = compileNetwork(changed, Math.min(...starts), { validDays: 40 });
  const facts = factsOfWorld(snapshot, changed);
  return requests.flatMap((request): Asked[] => {
    const parsed = toQuoteRequest(snapshot, request);
    return parsed.ok ? [{ snapshot, facts, request: parsed.value }] : [];
  });
}

function askAt(asked: Asked, nowMinute: number): Quote {
  return quote(asked.snapshot, asked.facts, { ...asked.request, nowMinute });
}

function seeds(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

/** Order-by looks at facts as they are now: reservations live now stay, those expired are gone. */
function withoutReservations(world: World): World {
  return { ...world, policy: { ...world.policy, reservations: [] } };
}

function sameOption(quoted: Quote, option: QuotedOption): QuotedOption | undefined {
  return quoted.options.find((other) => other.serviceCode === option.serviceCode);
}

// Worlds per property: seconds here, more by hand (`KEPT_SEEDS=400 KEPT_FROM=7`).
const FULL = Number(process.env['KEPT_SEEDS'] ?? 16);
const FROM = Number(process.env['KEPT_FROM'] ?? 1);
const TIMEOUT_MILLISECONDS = 120_000;

describe('order-by', () => {
  test(
    'is the first minute at which the window is another, asked minute by minute',
    () => {
      let changes = 0;
      for (const seed of seeds(FROM, FULL)) {
        for (const asked of askedIn(seed, 3, withoutReservations)) {
          const { nowMinute } = asked.request;
          for (const option of askAt(asked, nowMinute).options) {
            const method = { ...asked, request: { ...asked.request, methods: [option.method] } };
            const until = option.orderByMinute;
            expect(until).toBeGreaterThan(nowMinute);
            // Every minute near both ends, every 17th between: a change and its return would have to fall in a gap.
            for (
              let at = nowMinute + 1;
              at < until;
              at += at < until - 60 && at > nowMinute + 60 ? 17 : 1
            ) {
              const where = `seed ${seed}, ${option.serviceCode}, now ${nowMinute}, at ${at}, until ${until}`;
              expect(sameOption(askAt(method, at), option)?.window, where).toEqual(option.window);
            }
            if (until === nowMinute + 7 * 1440) continue;
            changes += 1;
            const where = `seed ${seed}, ${option.serviceCode}, now ${nowMinute}, until ${until}`;
            expect(sameOption(askAt(method, until), option)?.window, where).not.toEqual(
              option.window,
            );
          }
        }
      }
      expect(changes).toBeGreaterThan(FULL / 2);
    },
    TIMEOUT_MILLISECONDS,
  );
});

/** A quote without what moves with every minute of work. */
function shown(quoted: Quote) {
  return {
    options: quoted.options.map((option) => ({
      ...option,
      parcels: option.parcels.map(({ readyMinute: _, ...parcel }) => parcel),
    })),
    absent: quoted.absent,
  };
}

describe('the span of an answer', () => {
  test(
    'inside it nothing that is shown changes',
    () => {
      let spans = 0;
      for (const seed of seeds(FROM + 1_000, FULL)) {
        for (const asked of askedIn(seed, 6)) {
          const { nowMinute } = asked.request;
          const first = askAt(asked, nowMinute);
          const until = first.unchangedUntilMinute;
          expect(until).toBeGreaterThan(nowMinute);
          if (until > nowMinute + 1) spans += 1;
          for (const at of [...Array(40).keys()].map(
            (step) => nowMinute + Math.floor(((until - nowMinute - 1) * step) / 39),
          )) {
            expect(
              shown(askAt(asked, at)),
              `seed ${seed}, now ${nowMinute}, at ${at}, until ${until}`,
            ).toEqual(shown(first));
          }
        }
      }
      expect(spans).toBeGreaterThan(FULL);
    },
    TIMEOUT_MILLISECONDS,
  );
});

/** The same world written down in another order. */
function reversed(world: World): World {
  return {
    ...world,
    nodes: world.nodes.toReversed(),
    services: world.services.toReversed(),
    lanes: world.lanes,
    zones: world.zones.toReversed(),
    pickupPoints: world.pickupPoints.toReversed(),
    products: world.products.toReversed(),
    stock: world.stock.toReversed().map((row) => ({ ...row, incoming: row.incoming.toReversed() })),
  };
}

describe('the order in which things are written', () => {
  test(
    'of nodes, services, zones, points, products, stock rows and lines never changes the answer',
    () => {
      for (const seed of seeds(FROM + 2_000, FULL * 4)) {
        const written = askedIn(seed, 6);
        const backwards = askedIn(seed, 6, reversed);
        for (const [index, asked] of written.entries()) {
          const other = backwards[index];
          if (other === undefined) throw new Error('a request was refused in one order only');
          const lines = asked.request.lines.toReversed();
          const answers = [asked, { ...other, request: { ...other.request, lines } }].map((one) =>
            toAnswer(one.snapshot, askAt(one, one.request.nowMinute)),
          );
          expect(answers[1], `seed ${seed}, request ${index}`).toEqual(answers[0]);
        }
      }
    },
    TIMEOUT_MILLISECONDS,
  );
});

/** Rule 8 promises that time and losses never bring a date forward at these settings. */
function atDefaults(world: World): World {
  return {
    ...world,
    // A point's window by an hour of the day may skip an opening of its own date and return (rule 8, one date for a split).
    services: world.services.map(({ deliverBy: _, deliverFrom: __, ...service }) => service),
    policy: {
      ...world.policy,
      splitOnlyIfDaysEarlier: 1,
      maxDaysLaterForCost: 0,
      reservations: [],
      channels: world.policy.channels.map((channel) => ({ ...channel, incomingHorizonDays: null })),
    },
  };
}

/** No option of `after` comes before the same option of `before`; `mayAppear`: one that was absent may be there. */
function expectNotEarlier(before: Quote, after: Quote, where: string): void {
  for (const option of after.options) {
    const first = sameOption(before, option);
    if (first === undefined) continue;
    const key = option.method === 'home' ? 'toMinute' : 'fromMinute';
    expect(option.window[key], `${where}, ${option.serviceCode}`).toBeGreaterThanOrEqual(
      first.window[key],
    );
  }
}

describe('with the default settings', () => {
  test(
    'asking later never brings a date forward',
    () => {
      for (const seed of seeds(FROM + 3_000, FULL * 2)) {
        for (const asked of askedIn(seed, 4, atDefaults)) {
          let before = askAt(asked, asked.request.nowMinute);
          for (let step = 1; step <= 40; step += 1) {
            const after = askAt(asked, asked.request.nowMinute + step * 37);
            expectNotEarlier(before, after, `seed ${seed}, step ${step}`);
            before = after;
          }
        }
      }
    },
    TIMEOUT_MILLISECONDS,
  );

  test(
    'a closed date and less stock never bring a date forward',
    () => {
      let compared = 0;
      for (const seed of seeds(FROM + 4_000, FULL * 4)) {
        const open = askedIn(seed, 6, atDefaults);
        const closed = askedIn(seed, 6, (world) => withClosure(atDefaults(world), open[0]));
        const less = askedIn(seed, 6, (world) => withLessStock(atDefaults(world)));
        for (const [index, asked] of open.entries()) {
          const before = askAt(asked, asked.request.nowMinute);
          for (const other of [closed[index], less[index]]) {
            if (other === undefined) throw new Error('a request was refused in one world only');
            compared += before.options.length;
            expectNotEarlier(before, askAt(other, other.request.nowMinute), `seed ${seed}`);
          }
        }
      }
      expect(compared).toBeGreaterThan(FULL);
    },
    TIMEOUT_MILLISECONDS,
  );
});

/** Every node, point and service closed on the date after the question. */
function withClosure(world: World, asked: Asked | undefined): World {
  const date = formatDay(Math.floor((asked?.request.nowMinute ?? 0) / 1440) + 1);
  const close = <T extends { readonly hours: World['nodes'][number]['hours'] }>(place: T): T => {
    const others = place.hours.exceptions.filter((exception) => exception.date !== date);
    return {
      ...place,
      hours: { ...place.hours, exceptions: [...others, { date, intervals: [] }] },
    };
  };
  return {
    ...world,
    nodes: world.nodes.map(close),
    pickupPoints: world.pickupPoints.map(close),
    services: world.services.map((service) => ({
      ...service,
      closures: [...service.closures, { date, side: 'both' as const }],
    })),
  };
}

/** Every third stock row loses a unit on hand, every fifth its incoming lots. */
function withLessStock(world: World): World {
  return {
    ...world,
    stock: world.stock.map((row, index) => ({
      ...row,
      onHand: index % 3 === 0 ? Math.max(0, row.onHand - 1) : row.onHand,
      incoming: index % 5 === 0 ? [] : row.incoming,
    })),
  };
}
