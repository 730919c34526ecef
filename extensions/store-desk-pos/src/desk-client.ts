/**
 * How the desk in POS asks the backend.
 *
 * In: a path below `/api/desk` of the app's own address and perhaps a body. Out: the value, or why not. Each request carries a
 * fresh session token, because POS keeps an extension open longer than a token lives; the token names the user alone, so the
 * device's own token and the location go with it, and the backend compares them (decision 0088). Never rejects.
 */
import {
  DESK_HEADER,
  DESK_PATH,
  type DeskFault,
  parseDeskFault,
} from '../../../backend/contract/desk-api.ts';

/** POS has no stream to listen to: it asks again this often, and a shopper waits no longer for a claim to be seen. */
export const POLL_MS = 20_000;

export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly fault: DeskFault };

const DEVICE = 'kept-desk-device';
const PERSON = 'kept-desk-person';

/** Asks; a body makes it a POST. */
export async function ask<Value>(path: string, body?: object): Promise<Answer<Value>> {
  try {
    const response = await fetch(DESK_PATH + path, {
      method: body ? 'POST' : 'GET',
      headers: await headers(),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const json = await response.json();
    return response.ok ? { ok: true, value: json } : { ok: false, fault: parseDeskFault(json) };
  } catch {
    return { ok: false, fault: { code: 'unreachable' } };
  }
}

async function headers(): Promise<Record<string, string>> {
  const { session, storage } = shopify;
  const [token, device, person] = await Promise.all([
    session.getSessionToken(),
    storage.get(DEVICE),
    storage.get(PERSON),
  ]);
  return {
    'content-type': 'application/json',
    authorization: `Bearer ${token ?? ''}`,
    [DESK_HEADER.location]: String(session.currentSession.locationId),
    ...(typeof device === 'string' ? { [DESK_HEADER.device]: device } : {}),
    ...(typeof person === 'string' ? { [DESK_HEADER.person]: person } : {}),
  };
}

/** Keeps what the backend gave this device. */
export async function keepDevice(token: string): Promise<void> {
  await shopify.storage.set(DEVICE, token);
}

/** Keeps who stands here; undefined: nobody. */
export async function keepPerson(token: string | undefined): Promise<void> {
  if (token) await shopify.storage.set(PERSON, token);
  else await shopify.storage.delete(PERSON);
}

export async function hasPerson(): Promise<boolean> {
  return typeof (await shopify.storage.get(PERSON)) === 'string';
}

/** Whether a fault means that nobody is known here, or not even the device. */
export function isUnknown({ code }: DeskFault): 'device' | 'person' | undefined {
  if (code === 'person_unknown') return 'person';
  const isDevice = ['device_not_paired', 'device_revoked', 'wrong_location'].includes(code);
  return isDevice ? 'device' : undefined;
}

const FAULTS = new Set([
  'pairing_wrong',
  'pairing_locked',
  'pairing_expired',
  'paired_elsewhere',
  'wrong_location',
  'pin_wrong',
  'pin_locked',
  'not_your_work',
  'work_changed',
  'work_on_hold',
  'not_all_picked',
  'tracking_number_known',
  'pickup_code_wrong',
  'pickup_code_locked',
  'not_a_manager',
  'already_claimed',
  'expired',
  'withdrawn',
  'no_stock',
  'unauthorized',
]);

/** What a fault means, in the language of POS. */
export function sayFault(fault: DeskFault, nodes: Readonly<Record<string, string>> = {}): string {
  const { translate } = shopify.i18n;
  if (fault.code === 'already_claimed') {
    const wonBy = String(fault['wonBy']);
    return translate('lost', { store: nodes[wonBy] ?? wonBy, time: sayTime(String(fault['at'])) });
  }
  if (!FAULTS.has(fault.code)) return translate('fault.unreachable');
  const facts = Object.entries(fault).filter(
    (entry): entry is [string, string | number] => typeof entry[1] !== 'object',
  );
  return translate(`fault.${fault.code}`, Object.fromEntries(facts));
}

/** `14:05` as people of POS read it. */
export function sayTime(iso: string): string {
  return shopify.i18n.formatDate(new Date(iso), { hour: 'numeric', minute: '2-digit' });
}
