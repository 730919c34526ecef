/**
 * Writes the cart's promise (`$app:promise`), which the Function reads and Shopify copies onto the order.
 *
 * Only the selected option's instance calls this (platform decision 12). Written only when the value differs from what
 * the cart holds, at most once per checkout state over the instances of a worker (and over workers as far as
 * storage is shared), and only where checkout allows it: wallets do not.
 */
import { CART_PROMISE_METAFIELD } from '../../../backend/contract/cart-promise.ts';
import type { CheckoutPromiseAnswer } from '../../../backend/contract/promise-api.ts';
import type { CheckoutApi } from './checkout-state.ts';
import { oncePerState } from './once-per-state.ts';

type Services = Pick<CheckoutApi, 'appMetafields' | 'instructions'> &
  Pick<typeof shopify, 'applyMetafieldChange' | 'storage'>;

const isFirst = oncePerState('kept-written');

export async function writeCartPromise(
  services: Services,
  stateKey: string,
  { cartMetafield, signedReceipt }: CheckoutPromiseAnswer,
): Promise<void> {
  if (cartMetafield === '' || !services.instructions.value.metafields.canSetCartMetafields) return;
  // A state asked again has a new receipt and may be written again; the same answer may not.
  if (heldByCart(services) === cartMetafield) return;
  if (!(await isFirst(services.storage, `${stateKey} ${signedReceipt}`))) return;
  try {
    await services.applyMetafieldChange({
      type: 'updateCartMetafield',
      metafield: { ...CART_PROMISE_METAFIELD, value: cartMetafield },
    });
  } catch {
    // Checkout refused; the order is joined by its checkout token instead.
  }
}

function heldByCart({ appMetafields }: Services): string | undefined {
  return appMetafields.value.find(
    ({ target, metafield }) =>
      target.type === 'cart' && metafield.key === CART_PROMISE_METAFIELD.key,
  )?.metafield.value;
}
