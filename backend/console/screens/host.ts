/**
 * The admin that frames this page: session tokens, short messages, and the address shown in its bar.
 *
 * App Bridge puts itself at `window.shopify`; where it is missing (its script was blocked) the app says so instead of
 * asking without a token.
 */

type AppBridge = {
  idToken(): Promise<string>;
  toast?: { show(message: string, options?: { isError?: boolean }): void };
};

function isAppBridge(value: unknown): value is AppBridge {
  return typeof value === 'object' && value !== null && 'idToken' in value;
}

function appBridge(): AppBridge | undefined {
  const found: unknown = Reflect.get(window, 'shopify');
  return isAppBridge(found) ? found : undefined;
}

/** A fresh session token; `undefined` outside the admin. */
export async function sessionToken(): Promise<string | undefined> {
  return await appBridge()?.idToken();
}

/** A short message at the bottom of the admin; screens say the same in place. */
export function toast(message: string): void {
  appBridge()?.toast?.show(message);
}

/** Whether the admin around this page shows the way between the parts in its own menu. */
export function isFramed(): boolean {
  return window.top !== window.self && appBridge() !== undefined;
}
