/** Telling the app of an order that changed: the topic that says what happened, and `orders/updated` beside it. */
import { orderPayload } from '../checkout/orders.ts';
import type { LocalShop } from '../shop.ts';
import type { Order } from './order-state.ts';

export function announceOrder(shop: LocalShop, order: Order, topic: string): void {
  order.updatedAt = shop.clock.now();
  const payload = orderPayload(shop, order);
  shop.announce(topic, payload);
  if (topic !== 'orders/updated') shop.announce('orders/updated', payload);
  shop.file.touch();
}
