/**
 * Which changes may a work go through?
 *
 * Two axes: `state`, where the work is, and `negotiation`, what stores have said about it. Tables, not code: a change
 * that is not listed is refused with what would be allowed. Pure.
 */
import type { Result } from '../../base/result.ts';

/** Where a work is. */
export const WORK_STATES = [
  'unplaced',
  'placed',
  'picking',
  'packed',
  'ready',
  'shipped',
  'handed_over',
  'delivered',
  'canceled',
] as const;
export type WorkState = (typeof WORK_STATES)[number];

/** What has been said about it: nobody was asked, stores are asked, a store took it, it was given to a node. */
export const NEGOTIATIONS = ['none', 'offered', 'claimed', 'assigned'] as const;
export type Negotiation = (typeof NEGOTIATIONS)[number];

export type WorkKind = 'ship' | 'pickup';

type Move = { readonly to: readonly WorkState[]; readonly only?: WorkKind };

/** From each state, the states that may follow. `canceled` and the end states are final. */
export const STATE_CHANGES: Readonly<Record<WorkState, Move>> = {
  unplaced: { to: ['placed', 'canceled'] },
  // Back to unplaced: refused, timed out, a shortage, an agent; shipped: the place reports no steps between.
  placed: {
    to: ['placed', 'unplaced', 'picking', 'packed', 'ready', 'shipped', 'handed_over', 'canceled'],
  },
  picking: { to: ['placed', 'unplaced', 'packed', 'ready', 'shipped', 'handed_over', 'canceled'] },
  packed: { to: ['picking', 'placed', 'unplaced', 'shipped', 'canceled'], only: 'ship' },
  ready: { to: ['picking', 'placed', 'unplaced', 'handed_over', 'canceled'], only: 'pickup' },
  // A fulfillment canceled in Shopify brings the goods back, to be sent again from wherever they can be.
  shipped: { to: ['delivered', 'placed', 'unplaced'], only: 'ship' },
  handed_over: { to: ['placed', 'unplaced'], only: 'pickup' },
  delivered: { to: ['placed', 'unplaced'], only: 'ship' },
  canceled: { to: [] },
};

/** From each negotiation, those that may follow, and in which states of the work each may be held. */
const NEGOTIATION_CHANGES: Readonly<Record<Negotiation, readonly Negotiation[]>> = {
  none: ['offered', 'assigned', 'claimed', 'none'],
  offered: ['claimed', 'assigned', 'none', 'offered'],
  // Offered again: the winner's units turned out to be gone, before anybody was told that he won.
  claimed: ['none', 'offered', 'assigned', 'claimed'],
  assigned: ['none', 'offered', 'assigned', 'claimed'],
};

/** Why a change is not made. */
export type ChangeRefusal = {
  readonly code: 'work_state_forbids';
  readonly state: WorkState;
  readonly wanted: WorkState;
  readonly allowed: readonly WorkState[];
};

/** The states that may follow `from` for a work of this kind. */
export function statesAfter(from: WorkState, kind: WorkKind): readonly WorkState[] {
  return STATE_CHANGES[from].to.filter((to) => {
    const { only } = STATE_CHANGES[to];
    return only === undefined || only === kind;
  });
}

/** Checks a change of state against the table; the same state again is a change only where the table lists it. */
export function checkChange(
  from: WorkState,
  to: WorkState,
  kind: WorkKind,
): Result<undefined, ChangeRefusal> {
  const allowed = statesAfter(from, kind);
  if (allowed.includes(to)) return { ok: true, value: undefined };
  return { ok: false, refusal: { code: 'work_state_forbids', state: from, wanted: to, allowed } };
}

/** What a change of a work would break of the tables; undefined: nothing. The same again is no change. */
export function breachOf(
  from: { readonly kind: WorkKind; readonly state: WorkState; readonly negotiation: Negotiation },
  to: { readonly state?: WorkState | undefined; readonly negotiation?: Negotiation | undefined },
): string | undefined {
  const { state = from.state, negotiation = from.negotiation } = to;
  if (state !== from.state && !statesAfter(from.state, from.kind).includes(state)) {
    return `${from.kind} work from ${from.state} to ${state}`;
  }
  const isSame = negotiation === from.negotiation;
  return isSame || NEGOTIATION_CHANGES[from.negotiation].includes(negotiation)
    ? undefined
    : `negotiation from ${from.negotiation} to ${negotiation}`;
}

/** Nobody has begun: it may be moved without asking anybody (a penalty if a store has seen it). */
export function isUnbegun(state: WorkState): boolean {
  return state === 'unplaced' || state === 'placed';
}

/** The goods have not left. */
export function isOpen(state: WorkState): boolean {
  return ['unplaced', 'placed', 'picking', 'packed', 'ready'].includes(state);
}
