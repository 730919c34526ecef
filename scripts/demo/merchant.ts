/**
 * How the demo's scripts speak to Kept: as a merchant's user in the admin, or as a system or desk with its key.
 *
 * In: addresses of Kept and of the local Shopify. Out: the answer's JSON; a refusal is thrown with Kept's words. While Kept
 * says 503, because something it stands on is still coming up, it is asked again.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** Where the two are. */
export type Addresses = { readonly kept: string; readonly shopify: string };

/** One request: by its headers, with a body or without. */
export type Sent = { readonly headers: Readonly<Record<string, string>>; readonly body?: unknown };

const BUSY_TRIES = 10;

/** Asks `/api/admin…` as a merchant's user, with a session token as App Bridge gives it. */
export async function askAsMerchant<Value = unknown>(
  { kept, shopify }: Addresses,
  url: string,
  body?: unknown,
): Promise<Value> {
  const session = (await (await fetch(`${shopify}/admin/id-token`)).json()) as { token: string };
  const headers = { authorization: `Bearer ${session.token}` };
  return await send<Value>(`${kept}/api/admin${url}`, { headers, body });
}

/** Sends JSON and reads JSON. */
export async function send<Value>(
  url: string,
  { headers, body }: Sent,
  tries = BUSY_TRIES,
): Promise<Value> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.status === 503 && tries > 1) {
    await delay(Number(response.headers.get('retry-after') ?? 2) * 1_000);
    return await send<Value>(url, { headers, body }, tries - 1);
  }
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 600)}`);
  return JSON.parse(text === '' ? 'null' : text) as Value;
}
