/**
 * What does an agent do about an order when routing has nothing to do about it?
 *
 * An exception was seen to, a pickup is kept for longer, a pickup code may be shown again. Each in the caller's transaction,
 * under the locks of the order's works, with its event; nothing of stock changes.
 */
import type { ShopId } from '../../../base/ids.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import { forgetCodeTries } from '../../desk/store.ts';
import { endException } from '../../exceptions/store.ts';
import { appendEvents } from '../../timeline/store.ts';
import type { EventKind } from '../../timeline/timeline.ts';
import { changeWork, type Work } from '../../works/store.ts';
import type { Action, ActionRefusal } from '../care.ts';

/** An action on one work of an order that is locked. */
export type Aftercare = {
  readonly work: Work;
  readonly action: Extract<Action, { kind: 'seen_to' | 'extend' | 'unlock' }>;
  readonly actionId: string;
  readonly actor: string;
  /** ISO instant. */
  readonly at: string;
};

/** Keeps what lies ready until so many opening days from now; says until when. */
export type ExtendPickup = (
  trx: ShopTransaction,
  shopId: ShopId,
  extended: { readonly work: Work; readonly days: number; readonly at: string },
) => Promise<string>;

/** Does it; a refusal when somebody else was faster. */
export async function lookAfter(
  extendPickup: ExtendPickup,
  trx: ShopTransaction,
  shopId: ShopId,
  care: Aftercare,
): Promise<ActionRefusal | undefined> {
  const { work, action, at } = care;
  const { orderId, workId } = work;
  if (action.kind === 'unlock') {
    await forgetCodeTries(trx, shopId, workId);
    // The version rises, so that tries which follow are events of their own.
    if (!(await changeWork(trx, shopId, work, {}))) throw new Error('Bug: a locked work changed');
    await tell(trx, shopId, care, 'pickup_code_unlocked', {});
    return undefined;
  }
  if (action.kind === 'extend') {
    const until = await extendPickup(trx, shopId, { work, days: action.days, at });
    await endException(trx, shopId, { orderId, workId, kind: 'uncollected', at });
    await tell(trx, shopId, care, 'pickup_extended', { days: action.days, until });
    return undefined;
  }
  const { exception } = action;
  if (!(await endException(trx, shopId, { orderId, workId, kind: exception, at }))) {
    return { code: 'no_exception', workId, exception };
  }
  await tell(trx, shopId, care, 'seen_to', { exception });
  return undefined;
}

async function tell(
  trx: ShopTransaction,
  shopId: ShopId,
  { work, actionId, actor, at }: Aftercare,
  kind: EventKind,
  facts: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { orderId, workId, nodeId } = work;
  await appendEvents(trx, shopId, [
    {
      ...{ orderId, workId, at, kind, facts, eventId: `action:${actionId}` },
      actor: { kind: 'agent', id: actor },
      ...(nodeId === null ? {} : { nodeId }),
    },
  ]);
}
