/**
 * Asks the backend to hold what is in the cart while its buyer pays (platform decision 13).
 *
 * The selected option's instance asks, when it writes the cart's promise: once per checkout state and receipt, so a new
 * cart replaces what was held and a state asked again extends it. Nobody waits for the answer, and nothing shown depends
 * on it: a cart that is not held is sold as it was before.
 */
import { CHECKOUT_RESERVATION_PATH } from '../../../backend/contract/checkout-reservation.ts';
import type {
  AnsweredPickup,
  CheckoutPromiseAnswer,
} from '../../../backend/contract/promise-api.ts';
import type { CheckoutState } from './checkout-state.ts';
import { oncePerState } from './once-per-state.ts';

type Services = Pick<typeof shopify, 'sessionToken' | 'storage'>;

const LIMIT_MS = 5_000;
const isFirst = oncePerState('kept-reserved');

/** Never rejects. `pickup`: the place that is selected, when it is one. */
export async function reserveCart(
  { sessionToken, storage }: Services,
  { key, url, request }: CheckoutState,
  { signedReceipt }: CheckoutPromiseAnswer,
  pickup: AnsweredPickup | undefined,
): Promise<void> {
  if (!(await isFirst(storage, `${key} ${signedReceipt} ${pickup?.key}`))) return;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), LIMIT_MS);
  try {
    await fetch(url + CHECKOUT_RESERVATION_PATH, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await sessionToken.get()}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        checkoutToken: request.checkoutToken,
        lines: request.lines,
        ...(pickup ? { pickup: { key: pickup.key, from: pickup.from } } : {}),
      }),
      signal: stop.signal,
    });
  } catch {
    // Not held: the shopper loses nothing that was promised.
  } finally {
    clearTimeout(timer);
  }
}
