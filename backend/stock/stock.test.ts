import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oneWarehouse, parsed, twoStoresOneWarehouse } from '../../tests/worlds/worlds.ts';
import { formatMinute, instantToMinuteFloor } from '../base/time.ts';
import { createHolidayBook } from '../network/holidays.ts';
import { compileNetwork } from '../network/network.ts';
import type { WorldInput } from '../network/world.ts';
import {
  applyLoad,
  applyQuotaUses,
  applyReservations,
  applyStockRow,
  applyWaiting,
  explainFigure,
  factsOfWorld,
  figure,
  loadOf,
  positionsOf,
} from './stock.ts';

const NOW = instantToMinuteFloor('2026-11-30T10:00:00+01:00');

const HOLIDAYS = createHolidayBook();

function factsOf(world: WorldInput) {
  const checked = parsed(world);
  const snapshot = compileNetwork(checked, NOW, { holidays: HOLIDAYS });
  return { snapshot, facts: factsOfWorld(snapshot, checked) };
}

type PolicyInput = WorldInput['policy'];
type Asked = { readonly channel?: string; readonly customerTags?: string[]; readonly at?: number };

/** The figure of SHIRT (10 in Milan, 2 in Rome, 1 in London) under a policy. */
function figureOf(
  policy: Partial<PolicyInput>,
  asked: Asked = {},
  stock?: WorldInput['stock'],
): number {
  const world = twoStoresOneWarehouse();
  const changed = { ...world, policy: { ...world.policy, ...policy }, stock: stock ?? world.stock };
  const { snapshot, facts } = factsOf(changed);
  const sku = snapshot.skuIndex.get('SHIRT') ?? -1;
  return figure(snapshot, facts, {
    sku,
    channel: asked.channel ?? 'online',
    customerTags: asked.customerTags ?? [],
    nowMinute: NOW,
    atMinute: asked.at ?? NOW,
  });
}

const ALL = { code: 'online' };
const LIVE = '2026-11-30T10:00:01+01:00';
const OVER = '2026-11-30T10:00:00+01:00';

test.each<[string, Partial<PolicyInput>, Asked, number]>([
  ['all nodes’ free units', {}, {}, 13],
  ['a channel of warehouses only', { channels: [{ ...ALL, kinds: ['warehouse'] }] }, {}, 10],
  ['of one country', { channels: [{ ...ALL, countries: ['GB'] }] }, {}, 1],
  [
    'of named nodes that are stores',
    { channels: [{ ...ALL, nodeIds: ['milan', 'rome'], kinds: ['store'] }] },
    {},
    2,
  ],
  [
    'another channel’s row does not matter',
    { channels: [{ code: 'pos', nodeIds: ['rome'] }] },
    {},
    13,
  ],
  ['orders that wait are deducted', { waiting: [{ sku: 'SHIRT', quantity: 4 }] }, {}, 9],
  [
    'twice when two rows say so',
    {
      waiting: [
        { sku: 'SHIRT', quantity: 4 },
        { sku: 'SHIRT', quantity: 2 },
      ],
    },
    {},
    7,
  ],
  ['never below nothing', { waiting: [{ sku: 'SHIRT', quantity: 40 }] }, {}, 0],
  [
    'another channel’s live reservation is deducted',
    { reservations: [{ sku: 'SHIRT', quantity: 3, channel: 'pos', expiresAt: LIVE }] },
    {},
    10,
  ],
  [
    'not once it has expired',
    { reservations: [{ sku: 'SHIRT', quantity: 3, channel: 'pos', expiresAt: OVER }] },
    {},
    13,
  ],
  [
    'its own is not',
    { reservations: [{ sku: 'SHIRT', quantity: 3, channel: 'online', expiresAt: LIVE }] },
    {},
    13,
  ],
  ['a third of 13 is cut to 4', { channels: [{ ...ALL, shareBasisPoints: 3_333 }] }, {}, 4],
  ['a share of nothing', { channels: [{ ...ALL, shareBasisPoints: 0 }] }, {}, 0],
  [
    'a quota of another channel is withheld',
    { quotas: [{ sku: 'SHIRT', quantity: 5, channel: 'amazon' }] },
    {},
    8,
  ],
  [
    'only what is unused of it',
    { quotas: [{ sku: 'SHIRT', quantity: 5, used: 3, channel: 'amazon' }] },
    {},
    11,
  ],
  [
    'and nothing when it is overused',
    { quotas: [{ sku: 'SHIRT', quantity: 5, used: 9, channel: 'amazon' }] },
    {},
    13,
  ],
  [
    'its own quota comes on top of its share',
    {
      channels: [{ ...ALL, shareBasisPoints: 5_000 }],
      quotas: [{ sku: 'SHIRT', quantity: 5, channel: 'online' }],
    },
    {},
    9,
  ],
  [
    'a channel the policy has no row for has its quota too',
    { quotas: [{ sku: 'SHIRT', quantity: 5, channel: 'amazon' }] },
    { channel: 'amazon' },
    13,
  ],
  [
    'a quota larger than what is free shows what is free',
    { quotas: [{ sku: 'SHIRT', quantity: 50, channel: 'online' }] },
    {},
    13,
  ],
  [
    'customers of a tag have their quota',
    { quotas: [{ sku: 'SHIRT', quantity: 5, customerTag: 'vip' }] },
    { customerTags: ['vip'] },
    13,
  ],
  [
    'others do not',
    { quotas: [{ sku: 'SHIRT', quantity: 5, customerTag: 'vip' }] },
    { customerTags: ['VIP'] },
    8,
  ],
  [
    'channel and tag must both match',
    { quotas: [{ sku: 'SHIRT', quantity: 5, customerTag: 'vip', channel: 'pos' }] },
    { customerTags: ['vip'] },
    8,
  ],
  ['at the threshold it shows', { channels: [{ ...ALL, threshold: 13 }] }, {}, 13],
  ['below it nothing does', { channels: [{ ...ALL, threshold: 14 }] }, {}, 0],
])('rule 16: %s', (_fact, policy, asked, expected) => {
  expect(figureOf(policy, asked)).toBe(expected);
});

const LOT: WorldInput['stock'] = [
  {
    sku: 'SHIRT',
    nodeId: 'milan',
    onHand: 1,
    incoming: [{ quantity: 5, expectedAt: '2026-12-02T10:00+01:00' }],
  },
  {
    sku: 'SHIRT',
    nodeId: 'rome',
    onHand: 0,
    incoming: [{ quantity: 7, expectedOn: '2026-11-29' }],
  },
];

test.each<[string, number | null, number, number]>([
  ['no horizon: every lot', null, NOW, 13],
  ['a horizon of 0: no lot, not even one that has come', 0, NOW, 1],
  ['two days exactly: the lot of 2 December, 10:00', 2, NOW, 13],
  ['a minute before that: only the one that has come', 2, NOW - 1, 8],
])('rule 16 with incoming: %s', (_fact, incomingHorizonDays, at, expected) => {
  expect(figureOf({ channels: [{ ...ALL, incomingHorizonDays }] }, { at }, LOT)).toBe(expected);
});

test('a node that takes no orders sells nothing', () => {
  const { snapshot, facts } = factsOf(oneWarehouse({ takesOrders: false }));
  const question = { sku: 0, channel: 'online', customerTags: [], nowMinute: NOW, atMinute: NOW };
  expect(figure(snapshot, facts, question)).toBe(0);
});

test('positions stand by node, unavailable and allocated units taken off, lots by instant', () => {
  const { facts } = factsOf({
    ...twoStoresOneWarehouse(),
    stock: [
      { sku: 'SHIRT', nodeId: 'rome', onHand: 1, unavailable: 3 },
      {
        sku: 'SHIRT',
        nodeId: 'milan',
        onHand: 10,
        unavailable: 2,
        allocated: 3,
        incoming: [
          { quantity: 4, expectedOn: '2027-03-27' },
          { quantity: 5, expectedAt: '2026-12-01T10:00:01+01:00' },
        ],
      },
    ],
  });
  const positions = positionsOf(facts, 0);
  expect(positions?.count).toBe(2);
  expect([...(positions?.nodes ?? [])]).toEqual([1, 2]);
  expect([...(positions?.free ?? [])]).toEqual([5, 0]);
  const lots = positions?.lots[0]?.map((lot) => [
    formatMinute(lot.usableMinute, 'Europe/Rome'),
    lot.quantity,
  ]);
  expect(lots).toEqual([
    ['2026-12-01T10:01:00+01:00', 5],
    ['2027-03-28T00:00:00+01:00', 4],
  ]);
});

test('changes replace what was known, raise versions, and rows of strangers change nothing', () => {
  const { snapshot, facts } = factsOf(twoStoresOneWarehouse());
  const units = () =>
    figure(snapshot, facts, {
      sku: 0,
      channel: 'online',
      customerTags: [],
      nowMinute: NOW,
      atMinute: NOW,
    });
  const row = {
    sku: 'SHIRT',
    nodeId: 'rome',
    onHand: 5,
    unavailable: 0,
    allocated: 0,
    incoming: [],
  };
  applyStockRow(facts, row);
  expect([units(), facts.skuVersions[0]]).toEqual([16, 1]);
  applyStockRow(facts, { ...row, onHand: 0 }, 41);
  expect([units(), facts.skuVersions[0]]).toEqual([11, 41]);
  applyWaiting(facts, { sku: 'SHIRT', quantity: 2 });
  applyReservations(facts, {
    sku: 'SHIRT',
    rows: [{ quantity: 1, channel: 'pos', expiresAt: LIVE }],
  });
  expect([units(), facts.skuVersions[0]]).toEqual([8, 43]);
  applyStockRow(facts, { ...row, sku: 'HAT' });
  applyStockRow(facts, { ...row, nodeId: 'moon' });
  expect([units(), facts.skuVersions[0]]).toEqual([8, 43]);
  applyLoad(facts, { nodeId: 'rome', backlogUnits: 0, ordersByDate: {} }, 7);
  expect(facts.nodeVersions[2]).toBe(7);
  expect(loadOf(facts, 2).hasFullDates).toBe(false);
});

test('adding a row to a SKU equals having known it from the start', () => {
  const world = twoStoresOneWarehouse();
  const row = {
    sku: 'SHIRT',
    nodeId: 'london',
    onHand: 9,
    incoming: [{ quantity: 1, expectedOn: '2026-12-01' }],
  };
  const before = factsOf({ ...world, stock: world.stock.slice(0, 2) });
  const after = factsOf({ ...world, stock: [...world.stock.slice(0, 2), row] });
  const checked = parsed({ ...world, stock: [row] }).stock[0];
  if (checked === undefined) throw new Error('one row');
  applyStockRow(before.facts, checked);
  expect(positionsOf(before.facts, 0)).toEqual(positionsOf(after.facts, 0));
});

const VIP_MARK = JSON.stringify([null, 'vip']);
type Uses = Parameters<typeof applyQuotaUses>[1]['rows'];

/** What SHIRT (13 in all, 5 kept for the tag vip) shows anyone and a VIP, its quota being in use. */
function quotaInUse(uses: Uses, claims: Partial<PolicyInput>, channel: string): [number, number] {
  const world = twoStoresOneWarehouse();
  const quotas = [{ sku: 'SHIRT', quantity: 5, customerTag: 'vip' }];
  const policy = { ...world.policy, quotas, ...claims };
  const { snapshot, facts } = factsOf({ ...world, policy });
  applyQuotaUses(facts, { sku: 'SHIRT', rows: uses });
  const sku = snapshot.skuIndex.get('SHIRT') ?? -1;
  const of = (customerTags: string[]) =>
    figure(snapshot, facts, { sku, channel, customerTags, nowMinute: NOW, atMinute: NOW });
  return [of([]), of(['vip'])];
}

const heldOnline = (quantity: number, expiresAt = LIVE) => ({
  uses: [{ mark: VIP_MARK, quantity, channel: 'online', expiresAt }],
  claims: { reservations: [{ sku: 'SHIRT', quantity, channel: 'online', expiresAt }] },
});
const ordered = (quantity: number) => ({
  uses: [{ mark: VIP_MARK, quantity, channel: '' }],
  claims: { waiting: [{ sku: 'SHIRT', quantity }] },
});

test.each<[string, { uses: Uses; claims: Partial<PolicyInput> }, string, [number, number]]>([
  ['unused, it is the tag’s alone', { uses: [], claims: {} }, 'online', [8, 13]],
  ['a unit held is nobody’s a second time', heldOnline(1), 'online', [8, 12]],
  ['and leaves the pool of the others as it was', heldOnline(1), 'pos', [8, 12]],
  ['held to the last unit, the pool is left to everyone', heldOnline(5), 'pos', [8, 8]],
  ['an end that is past counts no more', heldOnline(4, OVER), 'pos', [8, 13]],
  ['a unit that was ordered is used for good', ordered(2), 'online', [8, 11]],
  ['wherever it was ordered', ordered(2), 'pos', [8, 11]],
  ['more taken than is kept now comes off the pool', ordered(7), 'pos', [6, 6]],
  [
    'a use of a quota that is there no more changes nothing',
    { uses: [{ mark: '["market",null]', quantity: 3, channel: '' }], claims: {} },
    'pos',
    [8, 13],
  ],
])('a quota in use: %s', (_fact, { uses, claims }, channel, shown) => {
  expect(quotaInUse(uses, claims, channel)).toEqual(shown);
});

test('whoever holds quota, the pool is everybody’s as before, and no unit of it is shown twice', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 5 }),
      fc.nat({ max: 5 }),
      fc.constantFrom('online', 'pos', 'market'),
      (held, sold, channel) => {
        fc.pre(held + sold <= 5);
        const uses = [...heldOnline(held).uses, ...ordered(sold).uses];
        const claims = { ...heldOnline(held).claims, ...ordered(sold).claims };
        expect(quotaInUse(uses, claims, channel)).toEqual([8, 13 - held - sold]);
        // And what ends gives back exactly what was held.
        const over = heldOnline(held, OVER);
        expect(
          quotaInUse([...over.uses, ...ordered(sold).uses], { ...claims, ...over.claims }, channel),
        ).toEqual([8, 13 - sold]);
      },
    ),
  );
});

test('no figure exceeds what is free, shares of the pool never exceed it, and quotas are never sold twice', {
  timeout: 60_000,
}, () => {
  const units = fc.nat({ max: 200 });
  fc.assert(
    fc.property(
      fc.record({
        onHand: units,
        waiting: units,
        mine: units,
        theirs: units,
        used: units,
        share: fc.nat({ max: 10_000 }),
      }),
      (drawn) => {
        const world = twoStoresOneWarehouse();
        const { snapshot, facts } = factsOf({
          ...world,
          policy: {
            ...world.policy,
            channels: [
              { code: 'online', shareBasisPoints: drawn.share },
              { code: 'pos', shareBasisPoints: 10_000 - drawn.share },
            ],
            waiting: [{ sku: 'SHIRT', quantity: drawn.waiting }],
            quotas: [
              { sku: 'SHIRT', quantity: drawn.mine, channel: 'online' },
              { sku: 'SHIRT', quantity: drawn.theirs, used: drawn.used, channel: 'pos' },
            ],
          },
          stock: [{ sku: 'SHIRT', nodeId: 'milan', onHand: drawn.onHand }],
        });
        const ask = (channel: string) =>
          explainFigure(snapshot, facts, {
            sku: 0,
            channel,
            customerTags: [],
            nowMinute: NOW,
            atMinute: NOW,
          });
        const [online, pos] = [ask('online'), ask('pos')];
        expect(online.units).toBeLessThanOrEqual(online.free);
        // Shares of 100 % together and quotas that fit: what is published is never more than there is.
        if (online.quotasUnused <= online.free) {
          expect(online.units + pos.units).toBeLessThanOrEqual(online.free);
        }
      },
    ),
  );
});
