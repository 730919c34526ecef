// The rules of platform decision 17, a row each.
import { describe, expect, test } from 'vitest';
import {
  createFulfillmentModel,
  PLAIN_MODEL,
} from '../../../tests/shopify-model/fulfillment-orders.ts';
import type { Desired, DesiredWork, Shipment } from './desired.ts';
import { nextStep } from './next-step.ts';
import type { Observed, ObservedPart } from './observed.ts';
import { type Learned, NOTHING_LEARNED, type Step, stepKey } from './step.ts';

const DEADLINE = '2026-11-24T15:30:00Z';

function work(changes: Partial<DesiredWork> = {}): DesiredWork {
  return {
    ...{ workId: 'w1', kind: 'ship', locationId: 'rome', strangeNode: null, hold: null },
    ...{ isBegun: false, isReady: false, deadline: null, lines: [{ lineId: '1', quantity: 2 }] },
    ...changes,
  };
}

function shipment(changes: Partial<Shipment> = {}): Shipment {
  return {
    ...{ shipmentId: 'p1', workId: 'w1', kind: 'ship', locationId: 'rome', strangeNode: null },
    ...{ lines: [{ lineId: '1', quantity: 2 }], fulfillmentId: null, carrier: 'none' },
    tracking: { company: 'BRT', number: 'T1', url: null },
    ...changes,
  };
}

function part(changes: Partial<ObservedPart> = {}): ObservedPart {
  return {
    ...{ id: '10', status: 'OPEN', requestStatus: 'UNSUBMITTED', method: 'SHIPPING' },
    actions: ['CREATE_FULFILLMENT', 'MOVE', 'SPLIT', 'HOLD', 'REPORT_PROGRESS'],
    ...{ locationId: 'rome', fulfillBy: null, holds: [] },
    lines: [{ id: '11', lineId: '1', itemId: '91', remaining: 2 }],
    ...changes,
  };
}

const OURS = { id: '5', handle: 'w1', isOurs: true };
const MERCHANTS = { id: '6', handle: null, isOurs: false };
const HELD: Partial<ObservedPart> = { status: 'ON_HOLD', actions: ['RELEASE_HOLD'], holds: [OURS] };
const BEGUN: Partial<ObservedPart> = {
  status: 'IN_PROGRESS',
  actions: ['CREATE_FULFILLMENT', 'MARK_AS_OPEN'],
};

function next(desired: Partial<Desired>, parts: readonly ObservedPart[], more?: Partial<Learned>) {
  const observed: Observed = { parts, fulfillments: [] };
  const learned = { ...NOTHING_LEARNED, ...more };
  return nextStep({ works: [], shipments: [], ...desired }, observed, learned);
}

const step = (expected: Step) => ({ kind: 'step', step: expected });
const stuck = (reason: string) => ({ kind: 'stuck', stuck: { reason } });

describe('where the goods are', () => {
  test('one that is right already costs nothing', () => {
    expect(next({ works: [work()] }, [part()])).toEqual({ kind: 'done' });
  });

  test('one that is right but for its deadline costs one mutation', () => {
    const works = [work({ deadline: DEADLINE })];
    const deadline = { kind: 'deadline', partIds: ['10'], deadline: DEADLINE } as const;
    expect(next({ works }, [part()])).toEqual(step(deadline));
    expect(next({ works }, [part({ fulfillBy: '2026-11-24T15:30:00Z' })])).toEqual({
      kind: 'done',
    });
  });

  test('a work elsewhere is moved whole, and in part when another stays', () => {
    const move = { kind: 'move', partId: '10', locationId: 'milan' } as const;
    expect(next({ works: [work({ locationId: 'milan' })] }, [part()])).toEqual(step(move));
    const lines = [{ lineId: '1', quantity: 1 }];
    const works = [work({ lines }), work({ workId: 'w2', locationId: 'milan', lines })];
    expect(next({ works }, [part()])).toEqual(
      step({ ...move, lines: [{ id: '11', quantity: 1 }] }),
    );
  });

  test.each([
    ['a hold of the merchant', { ...HELD, holds: [OURS, MERCHANTS] }, 'merchant_hold'],
    ['a request to a service', { requestStatus: 'SUBMITTED' }, 'with_fulfillment_service'],
    ['a local delivery', { method: 'LOCAL' }, 'not_shipping'],
    ['one for later', { status: 'SCHEDULED' }, 'scheduled'],
    ['one without MOVE', { actions: ['CREATE_FULFILLMENT'] }, 'move_not_supported'],
    ['progress for good', { status: 'IN_PROGRESS', actions: [] }, 'progress_reported'],
  ] as const)('%s is not moved, and the reason is told', (_what, changes, reason) => {
    const works = [work({ locationId: 'milan' })];
    expect(next({ works }, [part(changes)])).toMatchObject(stuck(reason));
  });

  test('what a store has begun is opened before it is moved', () => {
    const works = [work({ locationId: 'milan' })];
    expect(next({ works }, [part(BEGUN)])).toEqual(step({ kind: 'open', partId: '10' }));
  });

  test('a held one is moved first where Shopify allows it, else released first', () => {
    const works = [work({ locationId: 'milan' })];
    expect(next({ works }, [part({ ...HELD, actions: ['RELEASE_HOLD', 'MOVE'] })])).toEqual(
      step({ kind: 'move', partId: '10', locationId: 'milan' }),
    );
    expect(next({ works }, [part(HELD)])).toEqual(
      step({ kind: 'release', partId: '10', holdIds: ['5'] }),
    );
  });

  test('an item the new location does not stock is stocked there first', () => {
    const unstocked = [{ locationId: 'milan', itemId: '91' }];
    const works = [work({ locationId: 'milan' })];
    expect(next({ works }, [part()], { unstocked })).toEqual(
      step({ kind: 'activate', locationId: 'milan', itemId: '91' }),
    );
  });

  test('of two alike the open one goes, and the one that has begun stays', () => {
    const one = [{ lineId: '1', quantity: 2 }];
    const works = [
      work({ isBegun: true }),
      work({ workId: 'w2', locationId: 'milan', lines: one }),
    ];
    const parts = [part(BEGUN), part({ id: '20' })];
    expect(next({ works }, parts)).toEqual(
      step({ kind: 'move', partId: '20', locationId: 'milan' }),
    );
  });

  test('a node that is no location of the shop is told, and the others are followed', () => {
    const strange = work({ workId: 'w2', locationId: null, strangeNode: 'depot', lines: [] });
    expect(next({ works: [work(), strange] }, [part()])).toMatchObject(
      stuck('node_has_no_location'),
    );
    const works = [work({ locationId: 'milan' }), strange];
    expect(next({ works }, [part()])).toMatchObject({ kind: 'step', step: { kind: 'move' } });
  });

  test('a pickup stays at its store, whatever works say', () => {
    const works = [work({ kind: 'pickup', locationId: 'milan' })];
    const pickup = part({ method: 'PICK_UP' });
    expect(next({ works }, [pickup])).toMatchObject(stuck('pickup_elsewhere'));
  });
});

describe('holds', () => {
  test('stores that compete have it held under the id of the work', () => {
    const works = [work({ hold: 'competing' })];
    expect(next({ works }, [part()])).toEqual(
      step({ kind: 'hold', partId: '10', workId: 'w1', cause: 'competing' }),
    );
    expect(next({ works }, [part(HELD)])).toEqual({ kind: 'done' });
  });

  test('only the units of the work are held', () => {
    const lines = [{ lineId: '1', quantity: 1 }];
    const works = [work({ hold: 'competing', lines }), work({ workId: 'w2', lines })];
    expect(next({ works }, [part()])).toMatchObject(
      step({
        ...{ kind: 'hold', partId: '10', workId: 'w1', cause: 'competing' },
        lines: [{ id: '11', quantity: 1 }],
      }),
    );
  });

  test('a claim at the same place: release, then deadline, then progress', () => {
    const works = [work({ isBegun: true, deadline: DEADLINE })];
    expect(next({ works }, [part(HELD)])).toEqual(
      step({ kind: 'release', partId: '10', holdIds: ['5'] }),
    );
    expect(next({ works }, [part()])).toMatchObject({ step: { kind: 'deadline' } });
    const due = part({ fulfillBy: DEADLINE });
    expect(next({ works }, [due])).toEqual(step({ kind: 'progress', partId: '10' }));
    expect(next({ works }, [part(BEGUN)])).toEqual({ kind: 'done' });
  });

  test('a hold of the merchant stays, and nothing else is done there', () => {
    const works = [work({ isBegun: true, deadline: DEADLINE, hold: 'agent' })];
    const held = part({ ...HELD, holds: [MERCHANTS] });
    expect(next({ works }, [held])).toEqual({ kind: 'done' });
    const both = part({ ...HELD, holds: [OURS, MERCHANTS] });
    expect(next({ works: [work()] }, [both])).toEqual({ kind: 'done' });
  });

  test('a pickup is never held', () => {
    const works = [work({ kind: 'pickup', hold: 'agent' })];
    expect(next({ works }, [part({ method: 'PICK_UP' })])).toEqual({ kind: 'done' });
  });
});

describe('what has left', () => {
  const observed = (parts: readonly ObservedPart[], ...fulfillments: object[]): Observed => ({
    parts,
    fulfillments: fulfillments.map((one, index) => ({
      ...{ id: String(90 + index), isCanceled: false, displayStatus: 'FULFILLED' },
      ...{ locationId: 'rome', tracking: null, createdAt: DEADLINE },
      lines: [{ lineId: '1', quantity: 2 }],
      ...one,
    })),
  });
  const decide = (left: Shipment, seen: Observed) =>
    nextStep({ works: [], shipments: [left] }, seen, NOTHING_LEARNED);

  test('nothing is decided before Shopify was asked what left', () => {
    const desired = { works: [], shipments: [shipment()] };
    expect(
      nextStep(desired, { parts: [part()], fulfillments: undefined }, NOTHING_LEARNED),
    ).toEqual({ kind: 'look' });
  });

  test('it is fulfilled with its tracking number', () => {
    expect(decide(shipment(), observed([part()]))).toEqual(
      step({
        ...{ kind: 'fulfill', shipmentId: 'p1', locationId: 'rome' },
        parts: [{ partId: '10', lines: [{ id: '11', quantity: 2 }] }],
        units: [{ lineId: '1', quantity: 2 }],
        tracking: { company: 'BRT', number: 'T1', url: null },
      }),
    );
  });

  test.each([
    ['its number', { tracking: { company: null, number: ' t1 ', url: null }, locationId: 'x' }],
    ['the same units from the same place', {}],
    ['its id', { id: '90', lines: [{ lineId: '1', quantity: 1 }] }],
  ])('one that Shopify shows by %s is not sent again', (_sign, seen) => {
    const left = shipment({ fulfillmentId: 'id' in seen ? '90' : null });
    const answer = decide(left, observed([part({ lines: [] })], seen));
    expect(answer).not.toMatchObject({ step: { kind: 'fulfill' } });
    expect(answer.kind).not.toBe('stuck');
  });

  test('the like of it that left before is another one', () => {
    const before = observed([part()], { tracking: null });
    expect(decide(shipment(), before)).toMatchObject({ step: { kind: 'fulfill' } });
  });

  test('goods that left are told even though we hold them; a hold of the merchant is told instead', () => {
    expect(decide(shipment(), observed([part(HELD)]))).toEqual(
      step({ kind: 'release', partId: '10', holdIds: ['5'] }),
    );
    const held = part({ ...HELD, holds: [MERCHANTS] });
    expect(decide(shipment(), observed([held]))).toMatchObject(stuck('merchant_hold'));
  });

  test('a tracking number that came later is written, one of somebody else is left', () => {
    const write = { kind: 'tracking', fulfillmentId: '90', tracking: shipment().tracking };
    expect(decide(shipment(), observed([], {}))).toEqual({ kind: 'step', step: write });
    const other = { tracking: { company: null, number: 'X9', url: null } };
    expect(decide(shipment(), observed([], other))).toEqual({ kind: 'done' });
    expect(decide(shipment({ fulfillmentId: '90' }), observed([], other))).toEqual({
      kind: 'step',
      step: write,
    });
  });

  test('where the carrier has it is told forward only', () => {
    const seen = { tracking: shipment().tracking, displayStatus: 'IN_TRANSIT' };
    const at = (carrier: Shipment['carrier']) => decide(shipment({ carrier }), observed([], seen));
    expect(at('in_transit')).toEqual({ kind: 'done' });
    expect(at('delivered')).toEqual(
      step({ kind: 'event', fulfillmentId: '90', status: 'DELIVERED' }),
    );
  });

  test('a pickup that is ready is told once', () => {
    const works = [work({ kind: 'pickup', isReady: true })];
    const pickup = part({ method: 'PICK_UP' });
    expect(next({ works }, [pickup])).toEqual(step({ kind: 'prepared', partId: '10' }));
    expect(next({ works }, [pickup], { prepared: ['10'] })).toEqual({ kind: 'done' });
  });

  test('units that Shopify has no more are missed aloud', () => {
    expect(next({ works: [work()] }, [])).toMatchObject(stuck('units_missing'));
  });
});

test('a courtesy that was refused is not tried again', () => {
  const works = [work({ deadline: DEADLINE, isBegun: true })];
  const first = next({ works }, [part()]);
  const key = first.kind === 'step' ? stepKey(first.step) : '';
  expect(next({ works }, [part()], { refused: new Set([key]) })).toEqual(
    step({ kind: 'progress', partId: '10' }),
  );
});

test('one that is right from the start costs one mutation, its deadline', () => {
  const model = createFulfillmentModel(
    [{ locationId: 'rome', lines: [{ lineId: '1', quantity: 2 }] }],
    PLAIN_MODEL,
  );
  const desired = { works: [work({ deadline: DEADLINE })], shipments: [] };
  const first = nextStep(desired, model.observe(), NOTHING_LEARNED);
  if (first.kind === 'step') model.apply(first.step);
  expect(nextStep(desired, model.observe(), NOTHING_LEARNED)).toEqual({ kind: 'done' });
  expect(model.counts.mutations).toBe(1);
});
