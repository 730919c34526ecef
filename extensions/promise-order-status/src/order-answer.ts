/**
 * Asks the backend what an order was promised, and again while it is being confirmed, for at most five seconds.
 *
 * Orders reach the backend by webhook, usually a moment after the thank-you page is shown. Output: the promise, or
 * nothing: when there is none, when it does not come in time, and when anything fails. Never rejects.
 */
import {
  ORDER_PROMISE_PATH,
  type OrderPromiseAnswer,
  type OrderPromiseRequest,
  parseExtensionConfig,
  parseOrderPromiseAnswer,
} from '../../../backend/contract/promise-api.ts';

/** How long "being confirmed" may be said. */
export const CONFIRM_MS = 5_000;
const ASK_EVERY_MS = 800;

export type OrderQuestion = {
  readonly url: string;
  readonly request: OrderPromiseRequest;
};

type MetafieldEntry = {
  readonly target: { readonly type: string };
  readonly metafield: { readonly key: string; readonly value: string | number | boolean };
};

/** The question, once the backend's address and the order are known. */
export function orderQuestion(
  metafields: readonly MetafieldEntry[],
  order: { readonly checkoutToken?: string | undefined; readonly orderId?: string | undefined },
  locale: string,
): OrderQuestion | undefined {
  const entry = metafields.find(
    ({ target, metafield }) => target.type === 'shop' && metafield.key === 'config',
  );
  const config = entry ? parseExtensionConfig(entry.metafield.value) : undefined;
  if (!config?.ok) return undefined;
  const { url } = config.value;
  const { checkoutToken, orderId } = order;
  if (!orderId && !checkoutToken) return undefined;
  const request = {
    ...(orderId ? { orderId } : {}),
    ...(checkoutToken ? { checkoutToken } : {}),
    locale,
  };
  return { url, request };
}

/** The final answer: promised, changed, or none. `getToken` may give a new token each time it is asked. */
export async function askUntilConfirmed(
  { url, request }: OrderQuestion,
  getToken: () => Promise<string>,
): Promise<OrderPromiseAnswer> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), CONFIRM_MS);
  try {
    while (!stop.signal.aborted) {
      const answer = await askOnce(url, request, { token: await getToken(), signal: stop.signal });
      if (answer.status !== 'confirming') return answer;
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
  } catch {
    // A page that cannot be answered shows nothing; the promise is in the shopper's mail all the same.
  } finally {
    clearTimeout(timer);
  }
  return { status: 'none' };
}

async function askOnce(
  url: string,
  request: OrderPromiseRequest,
  call: { readonly token: string; readonly signal: AbortSignal },
): Promise<OrderPromiseAnswer> {
  const response = await fetch(url + ORDER_PROMISE_PATH, {
    method: 'POST',
    headers: { authorization: `Bearer ${call.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(request),
    signal: call.signal,
  });
  if (!response.ok) return { status: 'none' };
  const parsed = parseOrderPromiseAnswer(await response.json());
  return parsed.ok ? parsed.value : { status: 'none' };
}
