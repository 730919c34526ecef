// A store's desk over HTTP on a real server: what it sees, what it may do, what it is refused and what then stands.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type DeskKeys, type DeskStand, SHOP, startDeskStand } from '../../../tests/desk-stand.ts';

const SKUS = Array.from({ length: 60 }, (_, index) => `SKU-${String(index).padStart(2, '0')}`);

let stand: DeskStand;
let brera: DeskKeys;
let roma: DeskKeys;
let manager: DeskKeys;
let turn = 0;
beforeAll(async () => {
  stand = await startDeskStand(SKUS);
  brera = await stand.open('s01');
  roma = await stand.open('s02');
  manager = await stand.open('s01', 'manager');
});
afterAll(async () => {
  await stand.stop();
});
beforeEach(() => {
  stand.jobs.length = 0;
  turn += 2;
});

/** A work of two units of one SKU and one of another, at Brera. */
async function newWork(
  more: { kind?: 'ship' | 'pickup'; source?: 'shopify' | 'api'; holdReason?: string } = {},
) {
  const [one = '', other = ''] = [SKUS[turn], SKUS[turn + 1]];
  const orderId = `${1_000 + turn}`;
  const workId = await stand.place({
    orderId,
    nodeId: 's01',
    units: { [one]: 2, [other]: 1 },
    ...more,
  });
  let version = 1;
  const act = async (name: string, body: object = {}, keys = brera) => {
    const answer = await stand.ask(`/works/${workId}/${name}`, {
      keys,
      body: { version, ...body },
    });
    const work = answer.body['work'];
    if (typeof work === 'object' && work !== null && 'version' in work)
      version = Number(work.version);
    return answer;
  };
  const pickAll = () =>
    act('pick', {
      lines: [
        { lineId: `l-${one}`, picked: 2 },
        { lineId: `l-${other}`, picked: 1 },
      ],
    });
  return {
    orderId,
    workId,
    one,
    other,
    act,
    pickAll,
    jobs: () => stand.jobs.map(({ name }) => name),
  };
}

test('a store picks, packs and sends: each step is told once, Shopify follows, its stock waits for Shopify', async () => {
  const { act, pickAll, orderId, one, jobs } = await newWork();
  expect(await act('start')).toMatchObject({ status: 200, body: { work: { state: 'picking' } } });
  expect(await pickAll()).toMatchObject({
    body: { work: { lines: [{ picked: 2 }, { picked: 1 }] } },
  });
  const label = { carrier: 'Corriere', trackingNumber: `TRK-${orderId}`, weightGrams: 900 };
  expect(await act('pack', label)).toMatchObject({
    body: {
      work: { state: 'packed', parcel: { trackingNumber: `TRK-${orderId}`, weightGrams: 900 } },
    },
  });
  expect(await act('ship')).toMatchObject({ status: 200, body: { work: { state: 'shipped' } } });
  expect(await stand.timeline(orderId)).toEqual([
    'order_placed',
    'pick_started',
    'packed',
    'shipped',
  ]);
  expect(jobs()).toEqual(Array(3).fill('fulfillment_follow'));
  expect(await stand.position(one, 's01')).toEqual({ onHand: 5, unavailable: 0, allocated: 2 });
});

test('what an order of another system sends leaves the store’s stock at once', async () => {
  const { act, pickAll, one, other } = await newWork({ source: 'api' });
  await act('start');
  await pickAll();
  await act('pack');
  expect(await act('ship', { trackingNumber: `API-${turn}` })).toMatchObject({ status: 200 });
  expect(await stand.position(one, 's01')).toEqual({ onHand: 3, unavailable: 0, allocated: 0 });
  expect(await stand.position(other, 's01')).toEqual({ onHand: 4, unavailable: 0, allocated: 0 });
});

test('units that are not found leave the work and the stock once; what is in the basket stays', async () => {
  const { act, orderId, workId, one, jobs } = await newWork();
  await act('start');
  await act('pick', { lines: [{ lineId: `l-${one}`, picked: 1 }] });
  const short = { lines: [{ lineId: `l-${one}`, missing: 1 }], reason: 'not_found' };
  const before = (await stand.readWorks(orderId))[0]?.version;
  expect(await act('short', short)).toMatchObject({
    body: {
      work: {
        state: 'picking',
        lines: [
          { quantity: 1, picked: 1 },
          { quantity: 1, picked: 0 },
        ],
      },
    },
  });
  // A reply that was lost: the page sends the same again.
  const again = await stand.ask(`/works/${workId}/short`, {
    keys: brera,
    body: { version: before, ...short },
  });
  expect(again).toMatchObject({ status: 409, body: { type: '/problems/work_changed' } });
  expect(await stand.position(one, 's01')).toEqual({ onHand: 5, unavailable: 1, allocated: 1 });
  const waiting = (await stand.readWorks(orderId)).find(({ state }) => state === 'unplaced');
  expect(waiting).toMatchObject({ excludedNodes: ['s01'], lines: [{ sku: one, quantity: 1 }] });
  expect(jobs()).toContain('order_route');
  expect((await stand.timeline(orderId)).filter((kind) => kind === 'picked_short')).toHaveLength(1);
});

test('a work of which nothing is there is not the store’s any more', async () => {
  const { act, orderId, one, other } = await newWork();
  await act('start');
  const lines = [
    { lineId: `l-${one}`, missing: 2 },
    { lineId: `l-${other}`, missing: 1 },
  ];
  expect(await act('short', { lines, reason: 'damaged' })).toEqual({
    status: 200,
    body: { work: null },
  });
  expect(await stand.readWorks(orderId)).toMatchObject([{ state: 'unplaced', nodeId: null }]);
  expect(await stand.position(one, 's01')).toEqual({ onHand: 5, unavailable: 2, allocated: 0 });
});

test('units that are there but cannot be taken stay sellable', async () => {
  const { act, one } = await newWork();
  await act('start');
  await act('short', { lines: [{ lineId: `l-${one}`, missing: 2 }], reason: 'other' });
  expect(await stand.position(one, 's01')).toEqual({ onHand: 5, unavailable: 0, allocated: 0 });
});

test('a store sees and touches only its own works', async () => {
  const { act, workId, orderId } = await newWork();
  const list = await stand.ask('/works', { keys: roma });
  expect(JSON.stringify(list.body)).not.toContain(workId);
  expect(await stand.ask(`/works/${workId}`, { keys: roma })).toMatchObject({ status: 404 });
  for (const name of ['start', 'pack', 'ship', 'ready', 'unpack', 'unlock']) {
    expect(await act(name, {}, roma)).toMatchObject({
      status: 404,
      body: { type: '/problems/not_your_work' },
    });
  }
  expect(await stand.ask(`/works/${workId}/start`, { body: { version: 1 } })).toMatchObject({
    status: 401,
  });
  expect(await stand.timeline(orderId)).toEqual(['order_placed']);
});

test('a list shows what is to be done, the most urgent first, with whom and where to', async () => {
  const { workId, one, other } = await newWork();
  const { body } = await stand.ask('/works', { keys: brera });
  const works = Array.isArray(body['works']) ? body['works'] : [];
  expect(works.find((work) => work.workId === workId)).toMatchObject({
    ...{
      orderName: `#${1_000 + turn}`,
      kind: 'ship',
      state: 'placed',
      customerName: 'Giulia Bianchi',
    },
    address: { address1: 'Via del Corso 1', zip: '00187' },
    lines: [
      { sku: one, title: `Article ${one}`, quantity: 2, picked: 0 },
      { sku: other, title: `Article ${other}`, quantity: 1, picked: 0 },
    ],
  });
  expect(body['counts']).toMatchObject({
    placed: works.filter(({ state }) => state === 'placed').length,
  });
});

test('a tracking number belongs to one parcel, at packing and at sending', async () => {
  const first = await newWork();
  await first.act('start');
  await first.pickAll();
  await first.act('pack', { trackingNumber: 'KNOWN-1' });
  turn += 2;
  const second = await newWork();
  await second.act('start');
  await second.pickAll();
  expect(await second.act('pack', { trackingNumber: 'known-1' })).toMatchObject({
    status: 409,
    body: { type: '/problems/tracking_number_known', trackingNumber: 'known-1' },
  });
  await second.act('pack');
  expect(await second.act('ship', { trackingNumber: 'KNOWN-1' })).toMatchObject({ status: 409 });
  expect(await stand.readWorks(second.orderId)).toMatchObject([{ state: 'packed', leftAt: null }]);
  await first.act('unpack');
  expect(await second.act('ship', { trackingNumber: 'KNOWN-1' })).toMatchObject({ status: 200 });
});

test('nothing is packed that is not picked, and no more picked than is wanted', async () => {
  const { act, one } = await newWork();
  expect(await act('pack')).toMatchObject({ body: { type: '/problems/work_state_forbids' } });
  await act('start');
  expect(await act('pack')).toMatchObject({
    status: 409,
    body: { type: '/problems/not_all_picked', lines: [{ sku: one, missing: 2 }, { missing: 1 }] },
  });
  expect(await act('pick', { lines: [{ lineId: `l-${one}`, picked: 3 }] })).toMatchObject({
    status: 422,
    body: { type: '/problems/units_beyond', wanted: 3, most: 2 },
  });
  expect(await act('pick', { lines: [{ lineId: 'l-none', picked: 1 }] })).toMatchObject({
    body: { type: '/problems/line_unknown' },
  });
  const short = { lines: [{ lineId: `l-${one}`, missing: 3 }], reason: 'not_found' };
  expect(await act('short', short)).toMatchObject({
    body: { type: '/problems/units_beyond', most: 2 },
  });
});

test('goods that are collected are handed over for the code alone, and the shopper is told that they are ready', async () => {
  const { act, pickAll, orderId, workId, jobs } = await newWork({ kind: 'pickup' });
  await act('start');
  await pickAll();
  expect(await act('pack')).toMatchObject({ body: { type: '/problems/work_state_forbids' } });
  expect(await act('ready')).toMatchObject({ body: { work: { state: 'ready', address: null } } });
  expect(jobs()).toContain('order_message');
  const code = stand.codes.pickupCodeOf(SHOP, workId);
  expect(code).toMatch(/^\d{6}$/);
  expect(await act('hand-over', { code: `${code.slice(0, 3)} ${code.slice(3)}` })).toMatchObject({
    body: { work: { state: 'handed_over' } },
  });
  expect((await stand.timeline(orderId)).slice(-2)).toEqual(['ready', 'handed_over']);
});

test('what another system’s customer collects leaves the store’s stock at the hand-over', async () => {
  const { act, pickAll, workId, one } = await newWork({ kind: 'pickup', source: 'api' });
  await act('start');
  await pickAll();
  await act('ready');
  expect(await stand.position(one, 's01')).toEqual({ onHand: 5, unavailable: 0, allocated: 2 });
  await act('hand-over', { code: stand.codes.pickupCodeOf(SHOP, workId) });
  expect(await stand.position(one, 's01')).toEqual({ onHand: 3, unavailable: 0, allocated: 0 });
});

test('a forged code is locked after five tries, the right one too, until a manager has looked', async () => {
  const { act, pickAll, orderId, workId } = await newWork({ kind: 'pickup' });
  await act('start');
  await pickAll();
  await act('ready');
  const code = stand.codes.pickupCodeOf(SHOP, workId);
  const forged = code === '111111' ? '222222' : '111111';
  const left = [];
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const { status, body } = await act('hand-over', { code: forged });
    left.push(status === 422 ? body['triesLeft'] : body['type']);
  }
  expect(left).toEqual([4, 3, 2, 1, '/problems/pickup_code_locked']);
  expect(await act('hand-over', { code })).toMatchObject({ status: 423 });
  expect(await act('unlock')).toMatchObject({
    status: 403,
    body: { type: '/problems/not_a_manager' },
  });
  expect(await act('unlock', {}, manager)).toMatchObject({ status: 200 });
  await act('hand-over', { code: forged });
  expect(await act('hand-over', { code })).toMatchObject({
    body: { work: { state: 'handed_over' } },
  });
  const kinds = await stand.timeline(orderId);
  expect(kinds.filter((kind) => kind === 'pickup_code_wrong')).toHaveLength(6);
  expect(
    kinds.filter((kind) => kind.startsWith('pickup_code_') && kind.endsWith('locked')),
  ).toEqual(['pickup_code_locked', 'pickup_code_unlocked']);
});

test('nobody goes on with an order that is held', async () => {
  const { act } = await newWork({ holdReason: 'fraud' });
  expect(await act('start')).toMatchObject({
    status: 409,
    body: { type: '/problems/work_on_hold', reason: 'fraud' },
  });
});

test('two people at once: one acts, the other is told that the work has changed', async () => {
  const { workId, orderId } = await newWork();
  const start = (keys: DeskKeys) =>
    stand.ask(`/works/${workId}/start`, { keys, body: { version: 1 } });
  const statuses = (await Promise.all([start(brera), start(manager)])).map(({ status }) => status);
  expect(statuses.toSorted()).toEqual([200, 409]);
  expect((await stand.timeline(orderId)).filter((kind) => kind === 'pick_started')).toHaveLength(1);
});

test('a work that is offered is nobody’s until it is claimed, also at the place where it stands', async () => {
  const sku = SKUS[turn] ?? '';
  const orderId = `${1_000 + turn}`;
  await stand.place({ orderId: `${orderId}0`, nodeId: 's01', units: { [sku]: 1 } });
  const workId = await stand.market.offer(orderId, {
    units: { [sku]: 1 },
    at: 's01',
    stores: ['s01', 's02'],
  });
  const start = () => stand.ask(`/works/${workId}/start`, { keys: brera, body: { version: 2 } });
  expect(await start()).toMatchObject({ status: 409, body: { type: '/problems/still_offered' } });
  const offers = (await stand.ask('/offers', { keys: brera })).body['offers'];
  const mine = Array.isArray(offers) ? offers.find((offer) => offer.workId === workId) : undefined;
  expect(await stand.ask(`/offers/${mine.offerId}/claim`, { keys: brera, body: {} })).toMatchObject(
    { status: 200 },
  );
  const { body } = await stand.ask(`/works/${workId}`, { keys: brera });
  expect(body).toMatchObject({ work: { state: 'placed' } });
});

test.each([
  ['/works/x/start', {}, '/version'],
  ['/works/x/pick', { version: 1, lines: [] }, '/lines'],
  [
    '/works/x/short',
    { version: 1, lines: [{ lineId: 'a', missing: 0 }], reason: 'not_found' },
    '/lines/0/missing',
  ],
  [
    '/works/x/short',
    { version: 1, lines: [{ lineId: 'a', missing: 1 }], reason: 'lazy' },
    '/reason',
  ],
  ['/works/x/pack', { version: 1, weightGrams: -5 }, '/weightGrams'],
  ['/works/x/ship', { version: 1, trackingNumber: 'a\u0007' }, '/trackingNumber'],
  ['/pair', { shop: 'nowhere.example.com', code: 'BCDF-123-456' }, '/shop'],
] as const)('%s refuses %j at %s', async (path, body, pointer) => {
  expect(await stand.ask(path, { keys: brera, body })).toMatchObject({
    status: 422,
    body: { type: '/problems/invalid_input', pointer },
  });
});

test('a POS device is paired at its own location alone', async () => {
  const code = await stand.codeFor('s01');
  const pos = (location: string) => ({ authorization: 'Bearer pos', 'x-kept-location': location });
  const pair = (keys: DeskKeys) => stand.ask('/pair', { keys, body: { code, kind: 'pos' } });
  expect(await pair({})).toMatchObject({ status: 401 });
  expect(await pair(pos('99'))).toMatchObject({
    status: 403,
    body: { type: '/problems/wrong_location' },
  });
  expect(await pair(pos('72'))).toMatchObject({
    status: 422,
    body: { type: '/problems/paired_elsewhere' },
  });
  const paired = await pair(pos('71'));
  expect(paired).toMatchObject({
    status: 201,
    body: { node: { id: 's01', name: 'Milano Brera' } },
  });
  const device = { 'x-kept-device': String(paired.body['token']) };
  expect(await stand.ask('/me', { keys: { ...device, ...pos('71') } })).toMatchObject({
    status: 200,
  });
  expect(await stand.ask('/me', { keys: { ...device, ...pos('72') } })).toMatchObject({
    status: 403,
  });
});

test('every step of a desk is passed by these stories', () => {
  const passed = [...stand.steps].filter((step) => step.startsWith('desk.'));
  expect(passed.length).toBe(13);
});
