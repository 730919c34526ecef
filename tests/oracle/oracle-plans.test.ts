/**
 * The oracle itself against plans chosen by hand: rule 8 and its two settings. Everything is asked on Monday 2026-11-30
 * 10:00 in Rome: what leaves that day at 17:00 arrives on Tuesday 1 December.
 */
import { expect, test } from 'vitest';
import type { WorldInput, WorldRequestInput } from '../../backend/network/world.ts';
import { answer, lane, milan, type NodeInput, standard, world } from './hand-world.ts';

const MONDAY_10 = '2026-11-30T10:00:00+01:00';

type StockInput = WorldInput['stock'][number];

function stock(nodeId: string, sku: string, onHand: number, more: Partial<StockInput> = {}) {
  return { nodeId, sku, onHand, ...more };
}

/** Milan and Rome with equal calendars; lanes of their own; SKUs A and B of 1 kg. */
function two(
  rows: StockInput[],
  change: Partial<WorldInput> = {},
  rome: Partial<NodeInput> = {},
): WorldInput {
  return world({
    nodes: [milan(), milan({ id: 'rome', ...rome })],
    lanes: [lane(), lane({ nodeIds: ['rome'] })],
    products: [
      { sku: 'A', weightGrams: 1_000 },
      { sku: 'B', weightGrams: 1_000 },
    ],
    stock: rows,
    ...change,
  });
}

function lines(...wanted: readonly (readonly [string, number])[]): Partial<WorldRequestInput> {
  return { lines: wanted.map(([sku, quantity]) => ({ sku, quantity })) };
}

/** `milan A2, rome B1+1`: node, SKU, units from stock and, after the plus, from incoming. */
function parcels(input: WorldInput, change: Partial<WorldRequestInput>): string {
  const [option] = answer(input, MONDAY_10, change).options;
  return (option?.parcels ?? [])
    .map(({ nodeId, lines: carried }) => {
      const units = carried.map(({ sku, quantity, fromIncoming }) =>
        fromIncoming === 0
          ? `${sku}${quantity}`
          : `${sku}${quantity - fromIncoming}+${fromIncoming}`,
      );
      return `${nodeId} ${units.join(' ')}`;
    })
    .join(', ');
}

const LATE: Partial<NodeInput> = {
  carrierPickups: [{ serviceCode: 'std', weekly: { wed: ['17:00'] } }],
};
const dear = (priceMinor: number) =>
  lane({ nodeIds: ['rome'], costs: [{ fromGrams: 0, toGrams: null, costMinor: priceMinor }] });
const DUE_AT_NINE = { incoming: [{ quantity: 2, expectedAt: '2026-11-30T09:00:00+01:00' }] };

const PLANS: readonly (readonly [string, WorldInput, Partial<WorldRequestInput>, string])[] = [
  [
    'both have it, equal in all: the lower id, milan',
    two([stock('milan', 'A', 1), stock('rome', 'A', 1)]),
    lines(['A', 1]),
    'milan A1',
  ],
  [
    'rome leaves Monday, milan Wednesday: the earlier',
    two([stock('milan', 'A', 1), stock('rome', 'A', 1)], {
      nodes: [milan(LATE), milan({ id: 'rome' })],
    }),
    lines(['A', 1]),
    'rome A1',
  ],
  [
    'A only here, B only there: two parcels',
    two([stock('milan', 'A', 1), stock('rome', 'B', 1)]),
    lines(['A', 1], ['B', 1]),
    'milan A1, rome B1',
  ],
  [
    'all at rome, A also at milan, one date: one parcel',
    two([stock('milan', 'A', 1), stock('rome', 'A', 1), stock('rome', 'B', 1)]),
    lines(['A', 1], ['B', 1]),
    'rome A1 B1',
  ],
  [
    'B leaves only from rome, on Wednesday: a split would not be earlier, so one parcel',
    two([stock('milan', 'A', 1), stock('rome', 'A', 1), stock('rome', 'B', 1)], {}, LATE),
    lines(['A', 1], ['B', 1]),
    'rome A1 B1',
  ],
  [
    'three of A, one at milan and two at rome: nobody has it whole, so divided',
    two([stock('milan', 'A', 1), stock('rome', 'A', 2)], {
      nodes: [milan(), milan({ id: 'rome' })],
    }),
    lines(['A', 3]),
    'milan A1, rome A2',
  ],
  [
    'two of A at milan on Monday in pieces against whole at turin on Wednesday: divided, strictly earlier',
    three(1),
    lines(['A', 2]),
    'milan A1, rome A1',
  ],
  [
    'the same when the policy wants three dates earlier: whole from turin',
    three(3),
    lines(['A', 2]),
    'turin A2',
  ],
  [
    'equal end: on hand at rome before incoming at milan',
    two([stock('milan', 'A', 0, DUE_AT_NINE), stock('rome', 'A', 1)]),
    lines(['A', 1]),
    'rome A1',
  ],
  [
    'equal end and stock: rome costs 100, milan 0',
    two([stock('milan', 'A', 1), stock('rome', 'A', 1)], {
      lanes: [lane({ costs: [{ fromGrams: 0, toGrams: null, costMinor: 300 }] }), dear(100)],
    }),
    lines(['A', 1]),
    'rome A1',
  ],
  [
    'equal cost: rome lies on the destination, milan 111 km away',
    two([stock('milan', 'A', 1), stock('rome', 'A', 1)], {}, { lat: 46 }),
    lines(['A', 1]),
    'rome A1',
  ],
  [
    'three of A, two at each: divided, the lower id takes most',
    two([stock('milan', 'A', 2), stock('rome', 'A', 2)]),
    lines(['A', 3]),
    'milan A2, rome A1',
  ],
  [
    'on hand first: two of A from one on hand and two incoming',
    two([stock('milan', 'A', 1, DUE_AT_NINE)]),
    lines(['A', 2]),
    'milan A1+1',
  ],
  [
    'lines of one SKU are one line',
    two([stock('milan', 'A', 2), stock('rome', 'A', 2)]),
    lines(['A', 1], ['A', 1]),
    'milan A2',
  ],
  [
    'parcels of at most 1.5 kg: two of 1 kg must leave from two nodes',
    two([stock('milan', 'A', 2), stock('rome', 'A', 2)], {
      services: [standard({ maxParcelGrams: 1_500 })],
    }),
    lines(['A', 2]),
    'milan A1, rome A1',
  ],
  [
    'two dates later is fine when it is cheaper: rome by Thursday for 100 instead of milan by Tuesday for 300',
    {
      ...two(
        [stock('milan', 'A', 1), stock('rome', 'A', 1)],
        { lanes: [lane({ costs: [{ fromGrams: 0, toGrams: null, costMinor: 300 }] }), dear(100)] },
        LATE,
      ),
      policy: { timeZone: 'Europe/Rome', currency: 'EUR', maxDaysLaterForCost: 2 },
    },
    lines(['A', 1]),
    'rome A1',
  ],
  [
    'one date later allowed, rome is two dates later: milan',
    {
      ...two(
        [stock('milan', 'A', 1), stock('rome', 'A', 1)],
        { lanes: [lane({ costs: [{ fromGrams: 0, toGrams: null, costMinor: 300 }] }), dear(100)] },
        LATE,
      ),
      policy: { timeZone: 'Europe/Rome', currency: 'EUR', maxDaysLaterForCost: 1 },
    },
    lines(['A', 1]),
    'milan A1',
  ],
  [
    'milan takes no orders',
    two([stock('milan', 'A', 1), stock('rome', 'A', 1)], {
      nodes: [milan({ takesOrders: false }), milan({ id: 'rome' })],
    }),
    lines(['A', 1]),
    'rome A1',
  ],
];

/** A in ones at milan and rome (Monday), in twos at turin (Wednesday, so Thursday 3: two dates later). */
function three(splitOnlyIfDaysEarlier: number): WorldInput {
  return two([stock('milan', 'A', 1), stock('rome', 'A', 1), stock('turin', 'A', 2)], {
    policy: { timeZone: 'Europe/Rome', currency: 'EUR', splitOnlyIfDaysEarlier },
    nodes: [milan(), milan({ id: 'rome' }), milan({ id: 'turin', ...LATE })],
    lanes: [lane({ nodeIds: ['milan', 'rome', 'turin'] })],
  });
}

test.each(PLANS)('%s', (_title, input, change, expected) => {
  expect(parcels(input, change)).toBe(expected);
});
