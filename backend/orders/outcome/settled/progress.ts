/**
 * Where is an order, as its buyer sees it?
 *
 * In: its works. Out: one word; undefined when nothing of it is worked on. An order is as far as its slowest part, but what
 * is ready to be collected, or on its way, is said as soon as a part of it is. Pure.
 */
import type { WorkKind, WorkState } from '../../works/lifecycle.ts';

export type OrderStage =
  | 'confirmed'
  | 'preparing'
  | 'shipped'
  | 'delivered'
  | 'ready'
  | 'collected';

/** The stage of an order of these works. */
export function stageOf(
  works: readonly { readonly kind: WorkKind; readonly state: WorkState }[],
): OrderStage | undefined {
  const open = works.filter(({ state }) => state !== 'canceled');
  if (open.length === 0) return undefined;
  const has = (...states: readonly WorkState[]) => open.some(({ state }) => states.includes(state));
  if (has('ready')) return 'ready';
  if (open.every(({ state }) => state === 'handed_over')) return 'collected';
  if (open.every(({ state }) => state === 'handed_over' || state === 'delivered'))
    return 'delivered';
  if (has('shipped', 'delivered')) return 'shipped';
  return has('picking', 'packed', 'handed_over') ? 'preparing' : 'confirmed';
}
