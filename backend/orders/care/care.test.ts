// Where units are, and what stands in the way of an agent, as tables and one property.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WORK_STATES } from '../works/lifecycle.ts';
import type { Work } from '../works/store.ts';
import {
  type Action,
  type ActionGround,
  checkAction,
  type OrderLine,
  orderStateOf,
  unitsOf,
} from './care.ts';

const LINE: OrderLine = {
  lineId: 'l1',
  sku: 'SHIRT',
  title: 'Shirt',
  quantity: 3,
  canceled: 0,
  unitPriceMinor: 4_900,
  needsShipping: true,
};

function work(state: Work['state'], quantity: number, workId = 'w1'): Work {
  return {
    ...{ workId, orderId: '1', kind: 'ship', state, negotiation: 'none', nodeId: 'rome' },
    ...{ serviceCode: 'standard', unplacedReason: null, holdReason: null, excludedNodes: [] },
    ...{ promisedOn: null, promisedEnd: null, allowedLateDays: 0, plannedEnd: null },
    ...{ plannedDeparture: null, startBy: null, costMinor: 0, expiresAt: null },
    ...{ createdAt: '2026-11-25T09:00:00Z', placedAt: null, claimedAt: null, claimedBy: null },
    ...{ startedAt: null, packedAt: null, readyAt: null, leftAt: null, deliveredAt: null },
    ...{ version: 1, wave: 0, lines: [{ lineId: 'l1', sku: 'SHIRT', quantity, picked: 0 }] },
  };
}

const ground = (works: readonly Work[], line = LINE): ActionGround => ({
  orderId: '1',
  method: 'ship',
  isHeld: false,
  lines: [line],
  works,
  exceptions: [{ workId: 'w1', kind: 'left_though_canceled' }],
  lockedCodes: ['w1'],
});

test('every unit of a line is in one state, whatever the works say of it', () => {
  const works = fc.array(
    fc.record({ state: fc.constantFrom(...WORK_STATES), quantity: fc.integer({ min: 1, max: 3 }) }),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(works, fc.integer({ min: 0, max: 3 }), (rows, canceled) => {
      const inWorks = rows
        .filter(({ state }) => state !== 'canceled')
        .reduce((sum, { quantity }) => sum + quantity, 0);
      const quantity = inWorks + canceled + 2;
      const line = { ...LINE, quantity, canceled };
      const made = rows.map(({ state, quantity: units }, at) => work(state, units, `w${at}`));
      const units = unitsOf([line], made).get('l1') ?? [];
      expect(units.reduce((sum, row) => sum + row.quantity, 0)).toBe(quantity);
      expect(
        units.find(({ workId, state }) => workId === null && state !== 'canceled'),
      ).toMatchObject({
        state: 'awaiting_allocation',
        quantity: 2,
      });
      expect(orderStateOf(unitsOf([line], made))).toBe('awaiting_allocation');
    }),
  );
});

const ADDRESS: Action = {
  kind: 'address',
  address: {
    ...{ name: 'Paolo', address1: 'Via Roma 1', address2: '', city: 'Roma', province: '' },
    ...{ zip: '00118', country: 'IT' },
  },
};
const cancel = (quantity: number): Action => ({
  kind: 'cancel',
  lines: [{ lineId: 'l1', quantity }],
  reason: '',
});

test.each<[string, ActionGround, Action, string | undefined]>([
  ['a new address before anything left', ground([work('packed', 3)]), ADDRESS, undefined],
  [
    'a new address after a parcel left',
    ground([work('placed', 1), work('shipped', 2, 'w2')]),
    ADDRESS,
    'parcel_left',
  ],
  [
    'a new address of a pickup',
    { ...ground([work('placed', 3)]), method: 'pickup' },
    ADDRESS,
    'nothing_is_shipped',
  ],
  ['a new address of a canceled order', ground([work('canceled', 3)]), ADDRESS, 'nothing_open'],
  ['canceling what waits', ground([]), cancel(3), undefined],
  ['canceling more than is open', ground([work('shipped', 2)]), cancel(2), 'units_gone'],
  [
    'canceling a line twice in one call',
    ground([work('placed', 3)]),
    {
      kind: 'cancel',
      lines: [
        { lineId: 'l1', quantity: 2 },
        { lineId: 'l1', quantity: 2 },
      ],
      reason: '',
    },
    'units_gone',
  ],
  [
    'canceling a line that is not there',
    ground([work('placed', 3)]),
    { kind: 'cancel', lines: [{ lineId: 'l9', quantity: 1 }], reason: '' },
    'units_gone',
  ],
  [
    'holding a delivered order',
    ground([work('delivered', 3)]),
    { kind: 'hold', reason: 'fraud' },
    'nothing_open',
  ],
  ['releasing what is not held', ground([work('placed', 3)]), { kind: 'release' }, 'not_held'],
  [
    'moving a work of another order',
    ground([work('placed', 3)]),
    { kind: 'reallocate', workId: 'w7', nodeId: 'milan' },
    'work_unknown',
  ],
  [
    'seeing to what is in the queue',
    ground([work('shipped', 3)]),
    { kind: 'seen_to', workId: 'w1', exception: 'left_though_canceled' },
    undefined,
  ],
  [
    'seeing to what is not in the queue',
    ground([work('shipped', 3)]),
    { kind: 'seen_to', workId: 'w1', exception: 'uncollected' },
    'no_exception',
  ],
  [
    'keeping what does not lie ready',
    ground([work('picking', 3)]),
    { kind: 'extend', workId: 'w1', days: 3 },
    'nothing_ready',
  ],
  [
    'keeping what lies ready',
    ground([work('ready', 3)]),
    { kind: 'extend', workId: 'w1', days: 3 },
    undefined,
  ],
  [
    'unlocking a locked code',
    ground([work('ready', 3)]),
    { kind: 'unlock', workId: 'w1' },
    undefined,
  ],
  [
    'unlocking a code that is not locked',
    ground([work('ready', 3, 'w2')]),
    { kind: 'unlock', workId: 'w2' },
    'code_not_locked',
  ],
])('%s: %4$s', (_title, on, action, code) => {
  const checked = checkAction(on, action);
  expect(checked.ok ? undefined : checked.refusal.code).toBe(code);
});
