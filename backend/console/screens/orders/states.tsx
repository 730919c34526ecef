/**
 * States of orders and works as chips.
 */
import type { OrderRow } from '../../../orders/care/store.ts';
import { t, tc } from '../texts/text.ts';
import { reasonText } from './ground.ts';

/** The states of an order's works, its hold and its end as chips. */
export function States({ order }: { order: OrderRow }) {
  return (
    <span class="states">
      {order.state === 'open' ? null : <s-badge>{t(`orders.${order.state}`)}</s-badge>}
      {order.holdReason === null ? null : <s-badge tone="warning">{t('orders.held')}</s-badge>}
      {order.workStates.map((state) => (
        <s-badge key={state} tone={toneOf(state)}>
          {tc('workState', state)}
        </s-badge>
      ))}
      {order.unplacedReason === null ? null : (
        <span class="subdued">{reasonText(order.unplacedReason)}</span>
      )}
    </span>
  );
}

/** How a work's state looks. */
export function toneOf(state: string): 'critical' | 'success' | 'info' | 'neutral' {
  if (state === 'unplaced' || state === 'awaiting_allocation') return 'critical';
  if (['delivered', 'handed_over'].includes(state)) return 'success';
  return state === 'canceled' ? 'neutral' : 'info';
}
