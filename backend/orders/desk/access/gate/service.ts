/**
 * Whose request is this?
 *
 * In: the headers of a request. Out: the device and its node, and with a person's token the whole `Desk`, or why not. In
 * Shopify POS the session token names a user and the device says where it stands: both must agree with what was paired
 * (platform decision 19; decision record 0087). Remembered for seconds; a change empties the memory at once here, and
 * through the bus elsewhere.
 */
import type { Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { ShopId } from '../../../../base/ids.ts';
import type { Result } from '../../../../base/result.ts';
import type { Bus } from '../../../../platform/bus.ts';
import type { Clock } from '../../../../platform/clock.ts';
import { withShop } from '../../../../platform/database.ts';
import { hashSecret, isSameHash } from '../../../../platform/secrets.ts';
import type { Signer } from '../../../../platform/signing.ts';
import {
  type AccessRefusal,
  type Desk,
  type Device,
  type Person,
  parseDeviceToken,
  parsePersonToken,
  SHIFT_HOURS,
  type ShownDevice,
  type ShownPerson,
  writePersonToken,
} from '../access.ts';
import { markSeen, readDevice, readPerson } from '../store.ts';

/** What the gate stands on. */
export type DeskGateDependencies = {
  readonly db: Kysely<unknown>;
  readonly clock: Clock;
  readonly bus: Bus;
  readonly signer: Signer;
  readonly monotonicMilliseconds: () => number;
  /** The node a Shopify location stands for. */
  readonly nodeOfLocation: (shopId: ShopId, locationId: string) => Promise<string | undefined>;
  /** The shop whose user a POS session token names. */
  readonly shopOfPos: (authorization: string | undefined) => Promise<ShopId | undefined>;
};

/** The headers by which a desk says who it is; texts as they were sent. */
export type DeskHeaders = {
  readonly device: string | undefined;
  readonly person: string | undefined;
  /** POS alone: the session token and the location the device is at. */
  readonly authorization: string | undefined;
  readonly location: string | undefined;
};

/** Names of the headers besides `authorization`. */
export const DESK_HEADERS = {
  device: 'x-kept-device',
  person: 'x-kept-person',
  location: 'x-kept-location',
} as const;

const TOPIC = 'desk_access';
const HELD_FOR_MILLISECONDS = 5_000;
const MOST_HELD = 20_000;
const SEEN_EVERY_MILLISECONDS = 60_000;
type Known = {
  readonly device:
    | (Device & { readonly secretHash: string; readonly revokedAt: string | null })
    | undefined;
  readonly person: (Person & { readonly pinHash: string }) | undefined;
};

/** Builds the gate; it follows the bus until `stop`. */
export function createDeskGate(deps: DeskGateDependencies) {
  const memory = createMemory(deps);
  return {
    /** A paired device, whoever stands there. */
    deviceOf: async (headers: DeskHeaders): Promise<Result<Device, AccessRefusal>> => {
      const shown = parseDeviceToken(headers.device);
      if (shown === undefined) return NOT_PAIRED;
      const { device } = await memory.read(shown, undefined);
      return await checkDevice(deps, { shown, device, headers });
    },
    /** The desk that speaks: device, node and person. */
    deskOf: async (headers: DeskHeaders): Promise<Result<Desk, AccessRefusal>> => {
      const shown = parseDeviceToken(headers.device);
      if (shown === undefined) return NOT_PAIRED;
      const token = parsePersonToken(headers.person);
      const { device, person } = await memory.read(shown, token?.personId);
      const checked = await checkDevice(deps, { shown, device, headers });
      if (!checked.ok) return checked;
      if (token === undefined || person === undefined) return UNKNOWN_PERSON;
      if (!isOnShift(deps, checked.value, { token, person })) return UNKNOWN_PERSON;
      const { personId, name, role } = person;
      return { ok: true, value: { ...checked.value, person: { personId, name, role } } };
    },
    /** A person's token for a shift that begins now. */
    beginShift: (
      device: Device,
      person: { readonly personId: string; readonly pinHash: string },
    ) => {
      const expiresAt = deps.clock.now().add({ hours: SHIFT_HOURS });
      const expiresAtSeconds = Math.trunc(expiresAt.epochMilliseconds / 1_000);
      const shift = { personId: person.personId, expiresAtSeconds };
      const signature = deps.signer.sign(shiftText(device, shift, person.pinHash));
      return { token: writePersonToken({ ...shift, signature }), expiresAt: expiresAt.toString() };
    },
    /** Forgets what is remembered, everywhere: a device or person is not what it was. */
    changed: memory.changed,
    stop: memory.stop,
  };
}

/** What `createDeskGate` returns. */
export type DeskGate = ReturnType<typeof createDeskGate>;

const NOT_PAIRED = { ok: false, refusal: { code: 'device_not_paired' } } as const;
const UNKNOWN_PERSON = { ok: false, refusal: { code: 'person_unknown' } } as const;

// Bound to the device and to the PIN of that moment: a new PIN ends it, another device cannot use it.
function shiftText(
  { shopId, deviceId }: Device,
  { personId, expiresAtSeconds }: Pick<ShownPerson, 'personId' | 'expiresAtSeconds'>,
  pinHash: string,
): string {
  return JSON.stringify(['desk shift', shopId, deviceId, personId, expiresAtSeconds, pinHash]);
}

function isOnShift(
  { clock, signer }: DeskGateDependencies,
  device: Device,
  shift: { readonly token: ShownPerson; readonly person: { readonly pinHash: string } },
): boolean {
  const { token, person } = shift;
  if (token.expiresAtSeconds * 1_000 <= clock.now().epochMilliseconds) return false;
  return signer.isOurs(shiftText(device, token, person.pinHash), token.signature);
}

async function checkDevice(
  deps: DeskGateDependencies,
  of: {
    readonly shown: ShownDevice;
    readonly device: Known['device'];
    readonly headers: DeskHeaders;
  },
): Promise<Result<Device, AccessRefusal>> {
  const { shown, device, headers } = of;
  if (device === undefined || !isSameHash(device.secretHash, hashSecret(shown.secret))) {
    return { ok: false, refusal: { code: 'device_not_paired' } };
  }
  const { shopId, nodeId, deviceId, kind, revokedAt } = device;
  if (revokedAt !== null) return { ok: false, refusal: { code: 'device_revoked', revokedAt } };
  if (kind === 'pos') {
    // Without Shopify's own token a copied device token would do anywhere.
    if ((await deps.shopOfPos(headers.authorization)) !== shopId) {
      return { ok: false, refusal: { code: 'unauthorized' } };
    }
    const locationId = headers.location ?? '';
    if ((await deps.nodeOfLocation(shopId, locationId)) !== nodeId) {
      return { ok: false, refusal: { code: 'wrong_location', locationId, nodeId } };
    }
  }
  return { ok: true, value: { shopId, nodeId, deviceId, kind } };
}

// Every request of a desk asks; a few seconds is how long a revocation may go unseen on a replica that did not hear of it.
function createMemory(deps: DeskGateDependencies) {
  const { db, bus, clock, monotonicMilliseconds } = deps;
  const held = new LRUCache<string, { readonly known: Known; readonly readAt: number }>({
    max: MOST_HELD,
  });
  const seen = new LRUCache<string, number>({ max: MOST_HELD });
  let generation = 0;
  const forget = () => {
    generation += 1;
    held.clear();
  };
  const stop = bus.subscribe(TOPIC, forget);
  return {
    stop,
    changed: async () => {
      forget();
      await bus.publish(TOPIC, 'changed');
    },
    read: async (shown: ShownDevice, personId: string | undefined): Promise<Known> => {
      const name = `${shown.shopId} ${shown.deviceId} ${personId ?? ''}`;
      const startedAt = monotonicMilliseconds();
      const found = held.get(name);
      if (found !== undefined && startedAt - found.readAt < HELD_FOR_MILLISECONDS)
        return found.known;
      const before = generation;
      const isSeen = startedAt - (seen.get(name) ?? -Infinity) < SEEN_EVERY_MILLISECONDS;
      const seenAt = isSeen ? undefined : clock.now().toString();
      const known = await withShop(db, shown.shopId, (trx) =>
        load(trx, shown, { personId, seenAt }),
      );
      if (before === generation) held.set(name, { known, readAt: startedAt });
      if (!isSeen) seen.set(name, startedAt);
      return known;
    },
  };
}

async function load(
  trx: Parameters<typeof readDevice>[0],
  { shopId, deviceId, secret }: ShownDevice,
  asked: { readonly personId: string | undefined; readonly seenAt: string | undefined },
): Promise<Known> {
  const row = await readDevice(trx, shopId, deviceId);
  if (row === undefined) return { device: undefined, person: undefined };
  const { nodeId, kind, secretHash } = row;
  const revokedAt = row.revokedAt?.toString() ?? null;
  const { personId, seenAt } = asked;
  if (seenAt !== undefined && isSameHash(secretHash, hashSecret(secret))) {
    await markSeen(trx, shopId, { deviceId, at: seenAt });
  }
  return {
    device: { shopId, nodeId, deviceId, kind, secretHash, revokedAt },
    person:
      personId === undefined ? undefined : await readPerson(trx, shopId, { personId, nodeId }),
  };
}
