import { expect, test } from 'vitest';
import { z } from 'zod';
import { instantToMinuteFloor } from '../../backend/base/time.ts';
import { movementSchema, movementsEnvelope } from '../../backend/connect/stock-schemas.ts';
import { geocode } from '../../backend/network/geo/geocode.ts';
import { builtInPostalPlaces } from '../../backend/network/geo/prefix-centroids.ts';
import { compileNetwork } from '../../backend/network/network.ts';
import { parseWorld } from '../../backend/network/world-parse.ts';
import { quote } from '../../backend/promise/quote.ts';
import { type Answer, toAnswer } from '../../backend/promise/quote-answer.ts';
import { toQuoteRequest } from '../../backend/promise/quote-request.ts';
import { factsOfWorld } from '../../backend/stock/stock.ts';
import { demoWorld } from './generate.ts';
import { locationIdOf } from './locations.ts';
import { demoShopSeed } from './shop.ts';
import { DEMO_ADDRESSES, type DemoStory, demoStories } from './stories.ts';

const parsed = parseWorld(JSON.parse(JSON.stringify(demoWorld())));
if (!parsed.ok) throw new Error('the demo world was refused');
const world = parsed.value;

// Each story compiles a network of its own day; a busy machine takes a second for one.
const SLOW_MILLISECONDS = 60_000;

type Told = Pick<DemoStory, 'instant' | 'address' | 'cart' | 'calls' | 'sales' | 'customerId'>;

/** The world as it is once the story's systems have spoken and its sales are made. */
function worldOf(story: Told): typeof world {
  const told = structuredClone(world);
  const rowOf = (sku: string, isIt: (nodeId: string) => boolean) => {
    const row = told.stock.find((one) => one.sku === sku && isIt(one.nodeId));
    if (row === undefined) throw new Error(`no stock of ${sku} to change`);
    return row;
  };
  for (const { path, body } of story.calls ?? []) {
    if (path === '/v1/reservations') {
      const { lines } = reservationSchema.parse(body);
      const expiresAt = Temporal.Instant.from(story.instant).add({ minutes: 10 }).toString();
      const held = { channel: 'marketplace', expiresAt };
      told.policy.reservations.push(...lines.map((line) => ({ ...line, ...held })));
      continue;
    }
    // What a carrier says changes no stock.
    if (path === '/v1/tracking') continue;
    const text = JSON.stringify(body).replaceAll('{instant}', story.instant);
    for (const event of movementsEnvelope.parse(JSON.parse(text)).events) {
      const { sku, nodeId, quantity, lot } = movementSchema.parse(event);
      const row = rowOf(sku, (id) => id === nodeId);
      if (lot === undefined) row.onHand = quantity;
      else row.incoming = [{ quantity, expectedOn: lot.expectedOn }];
    }
  }
  for (const { lines, locationId } of story.sales ?? []) {
    for (const { sku, quantity } of lines) {
      rowOf(sku, (id) => locationIdOf(id) === locationId).allocated += quantity;
    }
  }
  return told;
}

const reservationSchema = z.object({
  lines: z.array(z.object({ sku: z.string(), quantity: z.int() })),
});

/** What a shopper is shown: shipped options at their margin of 30 minutes, store pickup at 15. */
function shownIn(story: Told) {
  const emptied = worldOf(story);
  const snapshot = compileNetwork(emptied, instantToMinuteFloor(story.instant), { validDays: 9 });
  const facts = factsOfWorld(snapshot, emptied);
  const { countryCode: country, zip: postalCode } = story.address;
  const place = geocode([builtInPostalPlaces()], { country, postalCode });
  const ask = (marginMinutes: number): Answer => {
    const request = toQuoteRequest(snapshot, {
      now: story.instant,
      lines: [...story.cart],
      destination: { country, postalCode, lat: place?.lat, lng: place?.lng },
      currency: country === 'GB' ? 'GBP' : 'EUR',
      locale: 'en',
      channel: 'online',
      customerTags: story.customerId === undefined ? [] : tagsOf(story.customerId),
      marginMinutes,
    });
    if (!request.ok) throw new Error(JSON.stringify(request.refusal));
    return toAnswer(snapshot, quote(snapshot, facts, request.value));
  };
  const isPickup = ({ method }: { method: string }) => method === 'store_pickup';
  const [shipped, pickup] = [ask(30), ask(15)];
  return {
    options: [
      ...shipped.options.filter((option) => !isPickup(option)),
      ...pickup.options.filter(isPickup),
    ],
    absent: [
      ...shipped.absent.filter((absent) => !isPickup(absent)),
      ...pickup.absent.filter(isPickup),
    ],
  };
}

function tagsOf(customerId: number): string[] {
  return demoShopSeed().customers?.find(({ id }) => id === customerId)?.tags ?? [];
}

function storyOf(id: string): DemoStory {
  const story = demoStories().find((candidate) => candidate.id === id);
  if (story === undefined) throw new Error(`no story ${id}`);
  return story;
}

const tell = (id: string) => shownIn(storyOf(id));

const dateOf = (shown: ReturnType<typeof shownIn>, serviceCode: string) =>
  shown.options.find((option) => option.serviceCode === serviceCode)?.promisedOn;

test(
  'every story shows at least one dated option',
  () => {
    for (const story of demoStories()) {
      expect(shownIn(story).options.length, story.id).toBeGreaterThan(0);
    }
  },
  SLOW_MILLISECONDS,
);

test.each([
  ['MILANO', ['express-10', 'standard', 'economy']],
  ['PARIS', ['express-10', 'standard', 'economy']],
  ['BERLIN', ['express-10', 'standard', 'economy']],
  ['MADRID', ['express-10', 'standard', 'economy']],
  ['LONDON', ['express-10', 'gb-standard', 'gb-economy']],
] as const)('on a Tuesday morning %s is offered every method', (place, home) => {
  // A shirt that some store of each of these towns has on its shelf.
  const address = DEMO_ADDRESSES[place];
  const inTown = new Set(
    world.nodes.flatMap((node) =>
      node.kind === 'store' && node.city === address.city ? [node.id] : [],
    ),
  );
  const hubs = new Set(
    world.nodes.flatMap((node) =>
      node.kind !== 'store' && (node.country === 'GB') === (place === 'LONDON') ? [node.id] : [],
    ),
  );
  const sku = world.products
    .filter((product) => product.category === 'Clothing')
    .find((product) => {
      const nodes = world.stock.filter((row) => row.sku === product.sku && row.onHand > 0);
      return (
        nodes.some((row) => inTown.has(row.nodeId)) && nodes.some((row) => hubs.has(row.nodeId))
      );
    })?.sku;
  if (sku === undefined) throw new Error(`no shirt in ${place}`);
  const shown = shownIn({
    instant: '2026-11-24T11:00:00+01:00',
    address,
    cart: [{ sku, quantity: 1 }],
  });
  const codes = shown.options.map((option) => option.serviceCode);
  expect(codes).toEqual(expect.arrayContaining([...home]));
  expect(new Set(shown.options.map((option) => option.method))).toEqual(
    new Set(['home', 'pickup_point', 'store_pickup']),
  );
});

test('loafers in the flagship are ready within two hours at eleven, tomorrow at five to seven', () => {
  const soon = tell('pickup-in-two-hours').options.find(({ method }) => method === 'store_pickup');
  expect(soon).toMatchObject({ promisedOn: '2026-11-24', withinTwoHours: true });
  const late = tell('pickup-before-closing').options.find(
    ({ method }) => method === 'store_pickup',
  );
  expect(late).toMatchObject({ promisedOn: '2026-11-25', withinTwoHours: false });
});

test('one minute on Black Friday moves express from Monday to Tuesday and leaves standard', () => {
  const [before, after] = [tell('black-friday-before'), tell('black-friday-after')];
  expect(dateOf(before, 'express-10')).toBe('2026-11-30');
  expect(dateOf(after, 'express-10')).toBe('2026-12-01');
  expect(dateOf(after, 'standard')).toBe(dateOf(before, 'standard'));
});

test('over the bridge of Sant’Ambrogio nothing is promised for 7 or 8 December', () => {
  const dates = tell('december-bridge').options.map((option) => option.promisedOn);
  expect(dates.toSorted()[0]).toBe('2026-12-09');
});

test('when the warehouse is dry a store ships, and only stores', () => {
  const shown = tell('warehouse-dry');
  const nodes = shown.options.flatMap((option) => option.parcels.map((parcel) => parcel.nodeId));
  expect(nodes.every((node) => node.startsWith('ST-'))).toBe(true);
  expect(dateOf(shown, 'express-10')).toBe('2026-11-26');
});

test('trainers and gloves come from stores of Rome alone, so they are asked', () => {
  for (const id of ['two-stores-race', 'store-refuses', 'not-on-the-shelf']) {
    const nodes = tell(id).options.flatMap(({ parcels }) => parcels.map(({ nodeId }) => nodeId));
    expect(nodes.length, id).toBeGreaterThan(0);
    expect(
      nodes.filter((nodeId) => !nodeId.startsWith('ST-ROMA-')),
      id,
    ).toEqual([]);
  }
});

test('coats on their way are promised from the incoming lot, and its slip moves every date', () => {
  const [arriving, late] = [tell('coats-arriving'), tell('coats-late')];
  for (const option of [...arriving.options, ...late.options]) {
    expect(option.parcels[0]?.lines[0]?.fromIncoming).toBe(1);
  }
  for (const { serviceCode, promisedOn } of arriving.options) {
    const after = dateOf(late, serviceCode) ?? '';
    expect(after > promisedOn, `${serviceCode}: ${promisedOn}, then ${after}`).toBe(true);
  }
  expect(dateOf(arriving, 'express-10')).toBe('2026-12-01');
  expect(dateOf(late, 'express-10')).toBe('2026-12-07');
});

test('a lorry that nobody booked in counts as arriving now', () => {
  expect(dateOf(tell('coats-overdue'), 'express-10')).toBe('2026-12-02');
});

test('the last coat of the warehouse is the marketplace’s, and the web is dated from the store', () => {
  const story = storyOf('last-unit-twice');
  const nodesOf = (shown: ReturnType<typeof shownIn>) =>
    new Set(shown.options.flatMap(({ parcels }) => parcels.map((parcel) => parcel.nodeId)));
  const before = shownIn({ ...story, sales: [] });
  const after = shownIn(story);
  expect(nodesOf(before)).toContain('WH-PIACENZA');
  expect(nodesOf(after)).toEqual(new Set(['ST-TORINO-ROMA']));
  expect([dateOf(before, 'standard'), dateOf(after, 'standard')]).toEqual([
    '2026-11-25',
    '2026-11-26',
  ]);
});

test('what the marketplace reserved of its four fifths leaves two for the web, not three', () => {
  const story = storyOf('marketplace-four-fifths');
  const three = story.cart.map((line) => ({ ...line, quantity: 3 }));
  expect(shownIn(story).options.length).toBeGreaterThan(0);
  expect(shownIn({ ...story, cart: three }).options).toEqual([]);
  expect(shownIn({ ...story, cart: three, calls: [] }).options.length).toBeGreaterThan(0);
});

test('a quota is there for its customers and for nobody else', () => {
  const { customerId: _, ...anybody } = storyOf('kept-for-regulars');
  const two = anybody.cart.map((line) => ({ ...line, quantity: 2 }));
  expect(shownIn(anybody).options).toEqual([]);
  expect(shownIn({ ...anybody, cart: two }).options.length).toBeGreaterThan(0);
  expect(tell('kept-for-regulars').options.length).toBeGreaterThan(0);
});

test('blazer and parka travel in two parcels', () => {
  for (const option of tell('split-basket').options) {
    expect(option.parcels.map((parcel) => parcel.nodeId)).toEqual(['WH-ORLEANS', 'WH-PIACENZA']);
  }
});

test('perfume is refused by air and carried by road', () => {
  const shown = tell('perfume-does-not-fly');
  expect(shown.absent).toContainEqual(
    expect.objectContaining({ serviceCode: 'express-10', code: 'restricted' }),
  );
  expect(dateOf(shown, 'standard')).toBeDefined();
});

test('the umbrella fits no locker', () => {
  const shown = tell('too-long-for-a-locker');
  expect(shown.options.filter(({ method }) => method === 'pickup_point')).toEqual([]);
  const lockers = shown.absent.filter(({ serviceCode }) => serviceCode.startsWith('pp:'));
  expect(new Set(lockers.map(({ code }) => code))).toEqual(new Set(['limit']));
});

test('London is served by British nodes alone, in pounds', () => {
  const shown = tell('great-britain');
  const countryById = new Map(world.nodes.map((node) => [node.id, node.country]));
  for (const parcel of shown.options.flatMap((option) => option.parcels)) {
    expect(countryById.get(parcel.nodeId)).toBe('GB');
  }
  expect(shown.options.find(({ serviceCode }) => serviceCode === 'gb-standard')?.priceMinor).toBe(
    495,
  );
});

test('the last dress travels from Florence alone', () => {
  const shown = tell('last-unit');
  expect(shown.options.map((option) => option.parcels.map((parcel) => parcel.nodeId))).toEqual([
    ['ST-FIRENZE-TORNABUONI'],
  ]);
});

test('on the night of the clocks every home window still begins at its own hour', () => {
  const shown = tell('clocks-go-back');
  for (const option of shown.options.filter(({ method }) => method === 'home')) {
    expect(option.window.from.slice(11, 16)).toBe(
      option.serviceCode === 'express-10' ? '08:00' : '00:00',
    );
    expect(option.promisedOn >= '2026-10-27').toBe(true);
  }
});
