/**
 * What an agent sees of an order, what may be done with it, and what stands in the way.
 *
 * Pure: the state of each unit out of the works, and the guards of the actions. An action is previewed with the same
 * guards with which it is done, so a preview never promises what the action then refuses for a reason known before.
 */
import { z } from 'zod';
import type { Result } from '../../base/result.ts';
import { EXCEPTION_KINDS, type ExceptionKind } from '../exceptions/exceptions.ts';
import { isOpen } from '../works/lifecycle.ts';
import type { Work } from '../works/store.ts';

/** States of units in an agent's words, from first to last. */
export const UNIT_STATES = [
  'awaiting_allocation',
  'placed',
  'in_preparation',
  'ready',
  'shipped',
  'delivered',
  'handed_over',
  'canceled',
] as const;
export type UnitState = (typeof UNIT_STATES)[number];

const UNIT_STATE_OF: Readonly<Record<Work['state'], UnitState>> = {
  unplaced: 'awaiting_allocation',
  placed: 'placed',
  picking: 'in_preparation',
  packed: 'in_preparation',
  ready: 'ready',
  shipped: 'shipped',
  delivered: 'delivered',
  handed_over: 'handed_over',
  canceled: 'canceled',
};

/** A line of an order as it is sold. */
export type OrderLine = {
  readonly lineId: string;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly canceled: number;
  readonly unitPriceMinor: number;
  readonly needsShipping: boolean;
};

/** Units of one line in one state at one place. */
export type LineUnits = {
  readonly state: UnitState;
  readonly quantity: number;
  readonly workId: string | null;
  readonly nodeId: string | null;
};

/** Where each unit of each line is; what no work has yet awaits allocation. Σ quantity = the line's quantity. */
export function unitsOf(
  lines: readonly OrderLine[],
  works: readonly Work[],
): ReadonlyMap<string, readonly LineUnits[]> {
  return new Map(
    lines.map((line) => {
      const units: LineUnits[] = works
        .filter(({ state }) => state !== 'canceled')
        .flatMap((work) =>
          work.lines
            .filter(({ lineId }) => lineId === line.lineId)
            .map(({ quantity }) => ({
              state: UNIT_STATE_OF[work.state],
              quantity,
              workId: work.workId,
              nodeId: work.nodeId,
            })),
        );
      const known = units.reduce((sum, { quantity }) => sum + quantity, line.canceled);
      const waiting = line.needsShipping ? line.quantity - known : 0;
      const nowhere = { workId: null, nodeId: null };
      if (waiting > 0) units.push({ state: 'awaiting_allocation', quantity: waiting, ...nowhere });
      // What left though it was canceled is where it is.
      const canceled = Math.min(line.canceled, line.quantity - (known - line.canceled));
      if (canceled > 0) units.push({ state: 'canceled', quantity: canceled, ...nowhere });
      return [
        line.lineId,
        units.toSorted((a, b) => UNIT_STATES.indexOf(a.state) - UNIT_STATES.indexOf(b.state)),
      ];
    }),
  );
}

/** The state of an order in one word: that of its units that are least far. */
export function orderStateOf(units: ReadonlyMap<string, readonly LineUnits[]>): UnitState {
  const states = [...units.values()].flat().map(({ state }) => UNIT_STATES.indexOf(state));
  return UNIT_STATES[Math.min(...states, UNIT_STATES.length - 1)] ?? 'canceled';
}

const text = (max: number) => z.string().trim().max(max);

/** A new address; country as two letters. */
export const addressSchema = z.strictObject({
  name: text(200).min(1),
  address1: text(200).min(1),
  address2: text(200).default(''),
  city: text(120).min(1),
  province: text(60).default(''),
  zip: text(20).default(''),
  country: z.string().regex(/^[A-Z]{2}$/),
});
export type Address = z.output<typeof addressSchema>;

const id = z.string().min(1).max(120);

/** What an agent may do. `reason` is kept in the timeline. */
export const actionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('reallocate'), workId: id, nodeId: id }),
  z.strictObject({ kind: z.literal('address'), address: addressSchema }),
  z.strictObject({ kind: z.literal('hold'), reason: text(200).min(1) }),
  z.strictObject({ kind: z.literal('release') }),
  z.strictObject({
    kind: z.literal('cancel'),
    lines: z
      .array(z.strictObject({ lineId: id, quantity: z.int().min(1) }))
      .min(1)
      .max(250),
    reason: text(200).default(''),
  }),
  /** A person has put an exception right. */
  z.strictObject({
    kind: z.literal('seen_to'),
    workId: id,
    exception: z.enum(EXCEPTION_KINDS),
  }),
  /** What lies ready is kept until so many days from now. */
  z.strictObject({ kind: z.literal('extend'), workId: id, days: z.int().min(1).max(60) }),
  /** Who asks is known: the pickup code may be shown again. */
  z.strictObject({ kind: z.literal('unlock'), workId: id }),
]);
export type Action = z.output<typeof actionSchema>;

/** Why an action cannot be done. */
export type ActionRefusal =
  | { readonly code: 'order_unknown'; readonly orderId: string }
  | { readonly code: 'work_unknown'; readonly workId: string }
  /** A parcel of it is on its way: its address cannot change any more. */
  | { readonly code: 'parcel_left'; readonly workId: string; readonly leftAt: string | null }
  | { readonly code: 'nothing_is_shipped'; readonly orderId: string }
  | { readonly code: 'nothing_open'; readonly orderId: string }
  | { readonly code: 'not_held'; readonly orderId: string }
  | {
      readonly code: 'units_gone';
      readonly lineId: string;
      readonly wanted: number;
      /** Units of the line that have not left and are not canceled. */
      readonly open: number;
    }
  /** No place can do it any more; by line, why. */
  | {
      readonly code: 'no_plan';
      readonly lines: readonly { readonly lineId: string; readonly reason: string }[];
    }
  /** It does not stand in the queue (any more). */
  | { readonly code: 'no_exception'; readonly workId: string; readonly exception: ExceptionKind }
  /** Nothing of it lies ready to be collected. */
  | { readonly code: 'nothing_ready'; readonly workId: string }
  | { readonly code: 'code_not_locked'; readonly workId: string }
  /** The work cannot be at that node; `why` is the code of routing or of stock. */
  | { readonly code: 'move_refused'; readonly nodeId: string; readonly why: string };

/** What the guards look at. */
export type ActionGround = {
  readonly orderId: string;
  readonly method: 'ship' | 'pickup' | 'none';
  readonly isHeld: boolean;
  readonly lines: readonly OrderLine[];
  readonly works: readonly Work[];
  readonly exceptions: readonly { readonly workId: string; readonly kind: ExceptionKind }[];
  /** Works whose pickup code is locked. */
  readonly lockedCodes: readonly string[];
};

/** What stands in the way of an action before anything is asked of stock, calendars or Shopify. */
export function checkAction(
  ground: ActionGround,
  action: Action,
): Result<undefined, ActionRefusal> {
  const refusal = refusalOf(ground, action);
  return refusal === undefined ? { ok: true, value: undefined } : { ok: false, refusal };
}

function refusalOf(ground: ActionGround, action: Action): ActionRefusal | undefined {
  const { orderId, works } = ground;
  const hasOpen = works.some(({ state }) => isOpen(state));
  switch (action.kind) {
    case 'reallocate':
      return works.some(({ workId }) => workId === action.workId)
        ? undefined
        : { code: 'work_unknown', workId: action.workId };
    case 'address':
      return refuseAddress(ground);
    case 'hold':
      return hasOpen ? undefined : { code: 'nothing_open', orderId };
    case 'release':
      return ground.isHeld ? undefined : { code: 'not_held', orderId };
    case 'cancel':
      return refuseCancel(ground, action.lines);
    case 'seen_to':
    case 'extend':
    case 'unlock':
      return refuseAftercare(ground, action);
    default:
      return action satisfies never;
  }
}

function refuseAftercare(
  { works, exceptions, lockedCodes }: ActionGround,
  action: Extract<Action, { kind: 'seen_to' | 'extend' | 'unlock' }>,
): ActionRefusal | undefined {
  const { workId } = action;
  if (action.kind === 'extend') {
    const isReady = works.some((work) => work.workId === workId && work.state === 'ready');
    return isReady ? undefined : { code: 'nothing_ready', workId };
  }
  if (action.kind === 'unlock') {
    return lockedCodes.includes(workId) ? undefined : { code: 'code_not_locked', workId };
  }
  const { exception } = action;
  const stands = exceptions.some((one) => one.workId === workId && one.kind === exception);
  return stands ? undefined : { code: 'no_exception', workId, exception };
}

function refuseAddress({ orderId, method, works }: ActionGround): ActionRefusal | undefined {
  if (method !== 'ship') return { code: 'nothing_is_shipped', orderId };
  const left = works.find(({ state }) => state === 'shipped' || state === 'delivered');
  if (left !== undefined) {
    return { code: 'parcel_left', workId: left.workId, leftAt: left.leftAt };
  }
  return works.some(({ state }) => isOpen(state)) ? undefined : { code: 'nothing_open', orderId };
}

const GONE: readonly UnitState[] = ['shipped', 'delivered', 'handed_over', 'canceled'];

function refuseCancel(
  { lines, works }: ActionGround,
  asked: readonly { readonly lineId: string; readonly quantity: number }[],
): ActionRefusal | undefined {
  const units = unitsOf(lines, works);
  const wanted = new Map<string, number>();
  for (const { lineId, quantity } of asked) {
    wanted.set(lineId, (wanted.get(lineId) ?? 0) + quantity);
  }
  for (const [lineId, quantity] of wanted) {
    const rows = units.get(lineId) ?? [];
    const open = rows
      .filter(({ state }) => !GONE.includes(state))
      .reduce((sum, row) => sum + row.quantity, 0);
    if (quantity > open) return { code: 'units_gone', lineId, wanted: quantity, open };
  }
  return undefined;
}

/** What an action would mean, said before it is done. */
export type ActionPreview = {
  /** ISO instant of the new end of the promise's window as planned; null: nothing changes or nothing is promised. */
  readonly plannedEnd: string | null;
  readonly promisedOn: string | null;
  /** Dates later than promised; 0: the promise is kept; null: nothing was promised. */
  readonly lateDays: number | null;
  readonly costDifferenceMinor: number | null;
  /** By line, where it would come from. */
  readonly plan: readonly {
    readonly nodeId: string;
    readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
  }[];
  /** What the agent should know: codes. */
  readonly warnings: readonly (
    | 'already_begun'
    | 'label_printed'
    | 'store_has_it'
    | 'later_than_promised'
  )[];
};

/** What an action came to: done here; `pending` until Shopify shows it. */
export type ActionState = 'pending' | 'done' | 'failed';
