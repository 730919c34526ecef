/**
 * What a POS target may read and do, as plain values: who is at which till, a fresh session token, toast, modal, storage.
 *
 * Follows the types of `@shopify/ui-extensions` 2026-07: `StandardApi`, `ActionApi`, `ActionTargetApi` of the point of
 * sale. The token names the user that is logged in, not the staff member who is pinned; only the session says where the
 * till stands. Cart, product search, camera and pin pad are not simulated.
 */
import type { ExtensionMount } from '../../checkout/view.ts';
import type { Till } from '../../till.ts';
import type { TargetApi } from './target-api.ts';

export type TillActs = {
  toast(text: string): void;
  presentModal(): void;
  dismissModal(): void;
  print(address: string): void;
  /** What was scanned last. */
  scanned: string | undefined;
};

const POS_VERSION = '10.24.0';

/** The API of one target at this till. */
export function posApi(mount: ExtensionMount, till: Till, acts: TillActs): TargetApi {
  const { shopId, shopDomain, userId, locationId, staffMemberId, currency } = till;
  const space = `pos:${mount.handle}:${till.deviceId}:`;
  const notPlayed = (name: string) => () => {
    throw new Error(`not simulated: shopify.${name}`);
  };
  return {
    constants: {
      extensionPoint: mount.target,
      extension: { target: mount.target, apiVersion: mount.apiVersion },
      session: {
        deviceId: till.deviceId,
        currentSession: {
          shopId,
          shopDomain,
          userId,
          locationId,
          currency,
          posVersion: POS_VERSION,
          ...(staffMemberId === null ? {} : { staffMemberId }),
        },
      },
      device: { name: till.deviceName, registerName: till.deviceName },
    },
    signals: {
      'session.staffMember': staffMemberId === null ? undefined : { id: staffMemberId },
      'locale.current': till.language,
      'connectivity.current': {
        internetConnected: till.isOnline ? 'Connected' : 'Disconnected',
      },
      'scanner.scannerData.current':
        acts.scanned === undefined ? {} : { data: acts.scanned, source: 'external' },
      'scanner.sources.current': ['external'],
      'cart.current': {
        subtotal: '0.00',
        taxTotal: '0.00',
        grandTotal: '0.00',
        lineItems: [],
        properties: {},
      },
    },
    methods: {
      'session.getSessionToken': () => fetchToken(till),
      'toast.show': (text) => acts.toast(String(text)),
      'action.presentModal': () => acts.presentModal(),
      'window.close': () => acts.dismissModal(),
      'device.getDeviceId': () => String(till.deviceId),
      'device.isTablet': () => true,
      'print.print': (address) => acts.print(String(address)),
      'printing.getPrinters': () => [],
      'printing.print': (address) => acts.print(String(address)),
      'scanner.showCameraScanner': () => undefined,
      'scanner.hideCameraScanner': () => undefined,
      'storage.get': (key) => read(space + String(key)),
      'storage.set': (key, value) =>
        localStorage.setItem(space + String(key), JSON.stringify(value)),
      'storage.delete': (key) => remove(space + String(key)),
      'storage.clear': () => keysOf(space).forEach(remove),
      'storage.entries': () => keysOf(space).map((key) => [key.slice(space.length), read(key)]),
      'cart.addLineItem': notPlayed('cart'),
      'productSearch.searchProducts': notPlayed('productSearch'),
    },
  };
}

async function fetchToken({ userId }: Till): Promise<string | undefined> {
  const response = await fetch(`/pos/session-token?user=${userId}`);
  if (!response.ok) return undefined;
  const { token }: { token: string } = await response.json();
  return token;
}

function read(key: string): unknown {
  const text = localStorage.getItem(key);
  return text === null ? undefined : JSON.parse(text);
}

function remove(key: string): boolean {
  const isThere = localStorage.getItem(key) !== null;
  localStorage.removeItem(key);
  return isThere;
}

const keysOf = (space: string): string[] =>
  Object.keys(localStorage).filter((key) => key.startsWith(space));
