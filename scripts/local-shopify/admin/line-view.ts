/** Lines of an order and amounts, as the Admin API shows them. */
import { orderTotals } from '../checkout/orders.ts';
import { convertMinor, toDecimal } from '../money.ts';
import type { Order } from '../orders/order-state.ts';
import { onlyRemaining } from '../orders/work.ts';
import { gid, type LocalShop, variantOf } from '../shop.ts';
import type { Node } from './node.ts';
import { toVariant } from './places.ts';

/** An amount of the shop's currency, and what it is in the one the buyer paid in. */
export function toMoneyBag(shop: LocalShop, order: Order, shopMinor: number): Node {
  const { rate } = orderTotals(shop, order);
  const money = (minor: number, currencyCode: string): Node => ({
    __typename: 'MoneyV2',
    amount: toDecimal(minor),
    currencyCode,
  });
  return {
    __typename: 'MoneyBag',
    shopMoney: money(shopMinor, shop.seed.shop.currency),
    presentmentMoney: money(convertMinor(shopMinor, rate), order.currency),
  };
}

export function toLine(shop: LocalShop, order: Order, line: Order['lines'][number]): Node {
  const entry = variantOf(shop, line.variantId);
  return {
    __typename: 'LineItem',
    id: gid('LineItem', line.id),
    name: entry.product.title.en,
    title: entry.product.title.en,
    sku: entry.variant.sku,
    quantity: line.quantity,
    currentQuantity: line.quantity - line.removed,
    unfulfilledQuantity: onlyRemaining(order, line.id),
    refundableQuantity: line.quantity - line.removed,
    variantTitle: entry.variant.optionValues.join(' / '),
    vendor: entry.product.vendor,
    originalUnitPriceSet: toMoneyBag(shop, order, line.priceMinor),
    requiresShipping: entry.variant.requiresShipping,
    // A deleted variant is gone from its old orders too; name and SKU stay.
    variant: () => (shop.variants.has(line.variantId) ? toVariant(shop, entry) : null),
  };
}
