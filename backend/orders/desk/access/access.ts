/**
 * Whose desk is it, and who stands there?
 *
 * A device is paired to one node by a manager's one-time code, and people say who they are by a PIN. Here: the words, the
 * shapes of codes and tokens, and the numbers that bound guessing. Pure; secrets are made and compared in service.ts.
 */
import { parseShopId, type ShopId } from '../../../base/ids.ts';
import { type InvalidInput, type Result, refuseInput } from '../../../base/result.ts';

/** A code not used by then is made again. */
export const PAIRING_MINUTES = 10;
/** Wrong tries after which a code, a PIN or a pickup code is locked. */
export const MOST_WRONG_TRIES = 5;
/** How long a PIN stays locked; a manager's new PIN ends it at once. */
export const PIN_LOCKED_MINUTES = 15;
/** A shift: nobody types a PIN twice in it, and a forgotten phone does not stay open for days. */
export const SHIFT_HOURS = 10;

export const DEVICE_KINDS = ['phone', 'pos'] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];

export const ROLES = ['staff', 'manager'] as const;
export type Role = (typeof ROLES)[number];

export type Person = { readonly personId: string; readonly name: string; readonly role: Role };

/** A device at its node, nobody known to stand there yet. */
export type Device = {
  readonly shopId: ShopId;
  readonly nodeId: string;
  readonly deviceId: string;
  readonly kind: DeviceKind;
};

/** Who speaks: every route of a desk decides on this alone. */
export type Desk = Device & { readonly person: Person };

/** Why a request is not let to a desk. */
export type AccessRefusal =
  | { readonly code: 'device_not_paired' }
  | { readonly code: 'device_revoked'; readonly revokedAt: string }
  | { readonly code: 'person_unknown' }
  | { readonly code: 'not_a_manager'; readonly name: string }
  | { readonly code: 'wrong_location'; readonly locationId: string; readonly nodeId: string }
  | { readonly code: 'unauthorized' };

export type PairingRefusal =
  | { readonly code: 'pairing_wrong' }
  | { readonly code: 'pairing_locked'; readonly wrongTries: number }
  | { readonly code: 'paired_elsewhere'; readonly nodeId: string }
  | { readonly code: 'pairing_expired'; readonly expiredAt: string };

export type PinRefusal =
  | { readonly code: 'pin_wrong'; readonly triesLeft: number }
  | { readonly code: 'pin_locked'; readonly lockedUntil: string }
  | { readonly code: 'person_unknown' };

// Without letters and digits that are taken for each other, and without vowels, so that no code is a word.
export const LOOKUP_LETTERS = 'BCDFGHJKMNPQRTVWXZ346789';
export const LOOKUP_LENGTH = 4;
export const SECRET_DIGITS = 6;

export type PairingCode = { readonly lookup: string; readonly secret: string };

/** Reads `KQ7M-482-913` however it was typed; undefined: it has another shape. */
export function parsePairingCode(text: string): PairingCode | undefined {
  const plain = text.toUpperCase().replace(/[\s.-]/g, '');
  const match = /^([A-Z0-9]{4})([0-9]{6})$/.exec(plain);
  const [, lookup = '', secret = ''] = match ?? [];
  return match === null ? undefined : { lookup, secret };
}

/** As it is shown to a manager: `KQ7M-482-913`. */
export function writePairingCode({ lookup, secret }: PairingCode): string {
  return `${lookup}-${secret.slice(0, 3)}-${secret.slice(3)}`;
}

/** What a device shows with each request. */
export type ShownDevice = {
  readonly shopId: ShopId;
  readonly deviceId: string;
  readonly secret: string;
};

const DOMAIN = '.myshopify.com';
const TOKEN = /^desk_([a-z0-9][a-z0-9-]{0,59})_([0-9a-f]{16})([0-9a-f]{48})$/;

/** `desk_<shop handle>_<device><secret>`: it names its shop, or its row could not be reached. */
export function writeDeviceToken({ shopId, deviceId, secret }: ShownDevice): string {
  return `desk_${shopId.slice(0, -DOMAIN.length)}_${deviceId}${secret}`;
}

export function parseDeviceToken(text: string | undefined): ShownDevice | undefined {
  const match = TOKEN.exec(text ?? '');
  if (match === null) return undefined;
  const [, handle = '', deviceId = '', secret = ''] = match;
  const shop = parseShopId(`${handle}${DOMAIN}`, '/device');
  return shop.ok ? { shopId: shop.value, deviceId, secret } : undefined;
}

/** A person's token for a shift, as it was signed. */
export type ShownPerson = {
  readonly personId: string;
  readonly expiresAtSeconds: number;
  readonly signature: string;
};

export function writePersonToken({ personId, expiresAtSeconds, signature }: ShownPerson): string {
  return `${personId}.${expiresAtSeconds}.${signature}`;
}

export function parsePersonToken(text: string | undefined): ShownPerson | undefined {
  const match = /^([\w-]{1,64})\.(\d{1,12})\.([\w.-]{1,200})$/.exec(text ?? '');
  const [, personId = '', seconds = '', signature = ''] = match ?? [];
  return match === null ? undefined : { personId, expiresAtSeconds: Number(seconds), signature };
}

const EASY_RUNS = '01234567890 09876543210';

/** A PIN that is worth the name: 4 to 8 digits, neither one digit repeated nor a run. */
export function checkPin(pin: string): Result<undefined, InvalidInput> {
  const isEasy = /^(\d)\1*$/.test(pin) || EASY_RUNS.includes(pin);
  if (/^\d{4,8}$/.test(pin) && !isEasy) return { ok: true, value: undefined };
  // The value is a secret: it is not repeated.
  return refuseInput({
    pointer: '/pin',
    allowed: '4 to 8 digits that are neither all the same nor a run such as 1234',
    remedy: 'Choose another PIN.',
  });
}
