/**
 * Which HTTP answer does the refusal of an agent's action become?
 *
 * 404: there is no such order or work. 409: the order has gone on and forbids it now. 422: no place can do it.
 */
import { assertNever } from '../base/result.ts';
import type { ActionRefusal } from '../orders/care/care.ts';

type Answer = { readonly status: number; readonly title: string; readonly detail: string };

export function describeAction(refusal: ActionRefusal): Answer {
  switch (refusal.code) {
    case 'order_unknown':
      return {
        status: 404,
        title: 'No such order',
        detail: `${refusal.orderId} is no order of this shop. Look for it by its number.`,
      };
    case 'work_unknown':
      return {
        status: 404,
        title: 'No such work',
        detail: `${refusal.workId} is no work of this order. Load the order again.`,
      };
    case 'parcel_left':
      return {
        status: 409,
        title: 'A parcel has left',
        detail: `Work ${refusal.workId} left${refusal.leftAt === null ? '' : ` at ${refusal.leftAt}`}; its address cannot change any more. Ask the carrier to redirect it.`,
      };
    case 'nothing_is_shipped':
      return {
        status: 409,
        title: 'Nothing of it is shipped',
        detail: `Order ${refusal.orderId} is collected and has no address to change.`,
      };
    case 'nothing_open':
      return {
        status: 409,
        title: 'Nothing is open',
        detail: `Everything of order ${refusal.orderId} has left or was canceled.`,
      };
    case 'not_held':
      return {
        status: 409,
        title: 'It is not held',
        detail: `Order ${refusal.orderId} is not held; there is nothing to release.`,
      };
    case 'units_gone':
      return {
        status: 409,
        title: 'Not so many units are open',
        detail: `${refusal.wanted} of line ${refusal.lineId} were to be canceled, ${refusal.open} have not left. Cancel ${refusal.open} or fewer.`,
      };
    case 'no_plan':
      return {
        status: 422,
        title: 'No place can do it',
        detail: `${refusal.lines.map(({ lineId, reason }) => `Line ${lineId}: ${reason}`).join('. ')}. Choose another address, or cancel these lines.`,
      };
    case 'no_exception':
      return {
        status: 409,
        title: 'It is not in the queue',
        detail: `${refusal.exception} of work ${refusal.workId} was seen to, or is over. Load the order again.`,
      };
    case 'nothing_ready':
      return {
        status: 409,
        title: 'Nothing of it lies ready',
        detail: `Work ${refusal.workId} does not lie ready to be collected, so its days cannot be counted anew.`,
      };
    case 'code_not_locked':
      return {
        status: 409,
        title: 'The code is not locked',
        detail: `The pickup code of work ${refusal.workId} can be shown. Only a locked one can be unlocked.`,
      };
    case 'move_refused':
      return {
        status: 409,
        title: 'It cannot be moved there',
        detail: `${refusal.nodeId} cannot take it: ${refusal.why}. Choose another place.`,
      };
    default:
      return assertNever(refusal, 'the map from refusals of actions to HTTP');
  }
}
