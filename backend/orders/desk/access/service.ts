/**
 * Who may work at a desk?
 *
 * In: what a manager decides (pairing codes, people, PINs, revocations), codes and PINs as they are typed. Out: devices and
 * people, a device's token once, a person's token for a shift; or why not. Only hashes are kept, and wrong tries lock
 * (decision record 0087). Who a request speaks for is asked of `gate/service.ts`, which this service carries.
 */
import { randomBytes, randomInt } from 'node:crypto';
import type { ShopId } from '../../../base/ids.ts';
import { type InvalidInput, type Result, refuseInput } from '../../../base/result.ts';
import { withShop } from '../../../platform/database.ts';
import { hashPin, hashSecret, isPin, isSameHash } from '../../../platform/secrets.ts';
import {
  checkPin,
  type Device,
  type DeviceKind,
  LOOKUP_LENGTH,
  LOOKUP_LETTERS,
  MOST_WRONG_TRIES,
  PAIRING_MINUTES,
  type PairingRefusal,
  type Person,
  PIN_LOCKED_MINUTES,
  type PinRefusal,
  parsePairingCode,
  type Role,
  SECRET_DIGITS,
  writeDeviceToken,
  writePairingCode,
} from './access.ts';
import { createDeskGate, type DeskGate, type DeskGateDependencies } from './gate/service.ts';
import {
  countPairingTry,
  insertDevice,
  insertPairing,
  insertPerson,
  listDevices,
  listPeople,
  lockPairing,
  type PairingRow,
  readPerson,
  removePerson,
  resetPin,
  revokeDevice,
  takePinTry,
  usePairing,
} from './store.ts';

/** What the service stands on. */
export type DeskAccessDependencies = DeskGateDependencies & {
  readonly newId: () => string;
  /** Names of the shop's nodes by id. */
  readonly nodesOf: (shopId: ShopId) => Promise<ReadonlyMap<string, string>>;
};

/** A person as a manager adds them. */
export type NewPerson = {
  readonly nodeId: string;
  readonly name: string;
  readonly role: Role;
  readonly pin: string;
};

/** A code as it was typed, and where: POS says which node its location stands for. */
export type ShownCode = {
  readonly text: string;
  readonly kind: DeviceKind;
  readonly atNodeId?: string | undefined;
};

const LONGEST_NAME = 60;
const PAIRING_ATTEMPTS = 5;

/** Builds the service; it follows the bus until `stop`. */
export function createDeskAccess(deps: DeskAccessDependencies) {
  const gate = createDeskGate(deps);
  return {
    ...gate,
    ...devicesOf(deps, gate),
    ...peopleOf(deps, gate),
    /** Who a person at this device is, by PIN; the token holds for a shift. */
    identify: (device: Device, shown: { readonly personId: string; readonly pin: string }) =>
      identify(deps, gate, { device, ...shown }),
  };
}

/** What `createDeskAccess` returns. */
export type DeskAccess = ReturnType<typeof createDeskAccess>;

function devicesOf(deps: DeskAccessDependencies, gate: DeskGate) {
  const { db, clock } = deps;
  return {
    /** A one-time code for a device at a node; said here and never again. */
    createPairing: async (
      shopId: ShopId,
      asked: { readonly nodeId: string; readonly deviceName: string },
      author: string,
    ): Promise<Result<{ readonly code: string; readonly expiresAt: string }, InvalidInput>> => {
      const { nodeId, deviceName } = asked;
      const refused = await refusePlace(deps, shopId, {
        nodeId,
        pointer: '/deviceName',
        name: deviceName,
      });
      if (refused !== undefined) return refused;
      const made = { nodeId, deviceName: deviceName.trim(), createdBy: author };
      return { ok: true, value: await makePairing(deps, shopId, made) };
    },
    /** Turns a code into a device; its token is said here and never again. */
    pair: (shopId: ShopId, shown: ShownCode) => pair(deps, shopId, shown),
    listDevices: (shopId: ShopId) => withShop(db, shopId, (trx) => listDevices(trx, shopId)),
    /** Ends a device; false: there is none that holds. */
    revokeDevice: async (shopId: ShopId, deviceId: string): Promise<boolean> => {
      const at = clock.now().toString();
      const done = await withShop(db, shopId, (trx) => revokeDevice(trx, shopId, { deviceId, at }));
      if (done) await gate.changed();
      return done;
    },
  };
}

function peopleOf(deps: DeskAccessDependencies, gate: DeskGate) {
  const { db, clock } = deps;
  return {
    /** Adds a person to a node's desk. */
    addPerson: async (
      shopId: ShopId,
      asked: NewPerson,
      author: string,
    ): Promise<Result<{ readonly personId: string }, InvalidInput>> => {
      const { nodeId, role } = asked;
      const name = asked.name.trim();
      const refused = await refusePlace(deps, shopId, { nodeId, pointer: '/name', name });
      if (refused !== undefined) return refused;
      const pin = checkPin(asked.pin);
      if (!pin.ok) return pin;
      const personId = `per_${deps.newId()}`;
      const pinHash = await hashPin(asked.pin);
      const createdAt = clock.now().toString();
      const row = { personId, nodeId, name, role, pinHash, createdBy: author, createdAt };
      await withShop(db, shopId, (trx) => insertPerson(trx, shopId, row));
      return { ok: true, value: { personId } };
    },
    /** People of the shop's desks, or of one. */
    listPeople: (shopId: ShopId, nodeId?: string) =>
      withShop(db, shopId, (trx) => listPeople(trx, shopId, nodeId)),
    /** A new PIN; it ends a lock and every shift begun with the old one. False: there is no such person. */
    setPin: async (
      shopId: ShopId,
      personId: string,
      pin: string,
    ): Promise<Result<boolean, InvalidInput>> => {
      const checked = checkPin(pin);
      if (!checked.ok) return checked;
      const pinHash = await hashPin(pin);
      const value = await withShop(db, shopId, (trx) =>
        resetPin(trx, shopId, { personId, pinHash }),
      );
      await gate.changed();
      return { ok: true, value };
    },
    /** Nobody works under this name any more; false: nobody did. */
    removePerson: async (shopId: ShopId, personId: string): Promise<boolean> => {
      const at = clock.now().toString();
      const done = await withShop(db, shopId, (trx) => removePerson(trx, shopId, { personId, at }));
      if (done) await gate.changed();
      return done;
    },
  };
}

async function refusePlace(
  { nodesOf }: DeskAccessDependencies,
  shopId: ShopId,
  asked: { readonly nodeId: string; readonly pointer: string; readonly name: string },
): Promise<Result<never, InvalidInput> | undefined> {
  const nodes = await nodesOf(shopId);
  if (!nodes.has(asked.nodeId)) {
    return refuseInput({
      pointer: '/nodeId',
      value: asked.nodeId,
      allowed: 'a node of this shop’s network',
      remedy: 'Choose a place that is in the network.',
    });
  }
  const name = asked.name.trim();
  if (name.length >= 1 && name.length <= LONGEST_NAME) return undefined;
  return refuseInput({
    pointer: asked.pointer,
    value: name,
    allowed: `1 to ${LONGEST_NAME} characters`,
    remedy: 'Give a short name that people of the store know.',
  });
}

async function makePairing(
  deps: DeskAccessDependencies,
  shopId: ShopId,
  made: { readonly nodeId: string; readonly deviceName: string; readonly createdBy: string },
): Promise<{ code: string; expiresAt: string }> {
  const at = deps.clock.now();
  const expiresAt = at.add({ minutes: PAIRING_MINUTES }).toString();
  for (let attempt = 1; attempt <= PAIRING_ATTEMPTS; attempt += 1) {
    const letters = Array.from({ length: LOOKUP_LENGTH }, () => randomInt(LOOKUP_LETTERS.length));
    const lookup = letters.map((index) => LOOKUP_LETTERS[index]).join('');
    const secret = String(randomInt(10 ** SECRET_DIGITS)).padStart(SECRET_DIGITS, '0');
    const secretHash = hashSecret(`${lookup}${secret}`);
    const row = { ...made, lookup, secretHash, createdAt: at.toString(), expiresAt };
    if (await withShop(deps.db, shopId, (trx) => insertPairing(trx, shopId, row))) {
      return { code: writePairingCode({ lookup, secret }), expiresAt };
    }
  }
  throw new Error('Bug: no free letters for a pairing code');
}

async function pair(
  deps: DeskAccessDependencies,
  shopId: ShopId,
  { text, kind, atNodeId }: ShownCode,
): Promise<Result<{ readonly token: string; readonly nodeId: string }, PairingRefusal>> {
  const code = parsePairingCode(text);
  if (code === undefined) return { ok: false, refusal: { code: 'pairing_wrong' } };
  const at = deps.clock.now();
  return await withShop(deps.db, shopId, async (trx) => {
    const row = await lockPairing(trx, shopId, code.lookup);
    const refusal = refusePairing(row, at);
    if (row === undefined || refusal !== undefined) {
      return { ok: false, refusal: refusal ?? { code: 'pairing_wrong' } };
    }
    if (!isSameHash(row.secretHash, hashSecret(`${code.lookup}${code.secret}`))) {
      await countPairingTry(trx, shopId, code.lookup);
      return { ok: false, refusal: { code: 'pairing_wrong' } };
    }
    const { nodeId } = row;
    if (atNodeId !== undefined && atNodeId !== nodeId) {
      return { ok: false, refusal: { code: 'paired_elsewhere', nodeId } };
    }
    const deviceId = randomBytes(DEVICE_BYTES).toString('hex');
    const secret = randomBytes(SECRET_BYTES).toString('hex');
    await usePairing(trx, shopId, { lookup: code.lookup, at: at.toString() });
    await insertDevice(trx, shopId, {
      ...{ deviceId, kind, nodeId, name: row.deviceName, pairedBy: row.createdBy },
      ...{ secretHash: hashSecret(secret), pairedAt: at.toString() },
    });
    return { ok: true, value: { token: writeDeviceToken({ shopId, deviceId, secret }), nodeId } };
  });
}

const DEVICE_BYTES = 8;
const SECRET_BYTES = 24;

function refusePairing(
  row: PairingRow | undefined,
  at: Temporal.Instant,
): PairingRefusal | undefined {
  // A used code is like one that never was: whoever shows it learns nothing.
  if (row === undefined || row.usedAt !== null) return { code: 'pairing_wrong' };
  const { wrongTries, expiresAt } = row;
  if (wrongTries >= MOST_WRONG_TRIES) return { code: 'pairing_locked', wrongTries };
  if (Temporal.Instant.compare(expiresAt, at) > 0) return undefined;
  return { code: 'pairing_expired', expiredAt: expiresAt.toString() };
}

type Shift = { readonly token: string; readonly person: Person; readonly expiresAt: string };

async function identify(
  deps: DeskAccessDependencies,
  gate: DeskGate,
  of: { readonly device: Device; readonly personId: string; readonly pin: string },
): Promise<Result<Shift, PinRefusal>> {
  const { device, personId, pin } = of;
  const { shopId, nodeId } = device;
  const at = deps.clock.now();
  const lockUntil = at.add({ minutes: PIN_LOCKED_MINUTES }).toString();
  const { person, taken } = await withShop(deps.db, shopId, async (trx) => ({
    taken: await takePinTry(trx, shopId, { personId, nodeId, now: at.toString(), lockUntil }),
    person: await readPerson(trx, shopId, { personId, nodeId }),
  }));
  if (person === undefined) return { ok: false, refusal: { code: 'person_unknown' } };
  const lockedUntil = person.lockedUntil?.toString() ?? lockUntil;
  const locked = { ok: false, refusal: { code: 'pin_locked', lockedUntil } } as const;
  if (taken === undefined) return locked;
  if (!(await isPin(pin, taken.pinHash))) {
    const triesLeft = MOST_WRONG_TRIES - taken.wrongTries;
    return triesLeft <= 0 ? locked : { ok: false, refusal: { code: 'pin_wrong', triesLeft } };
  }
  await withShop(deps.db, shopId, (trx) => resetPin(trx, shopId, { personId }));
  const { name, role } = person;
  const shift = gate.beginShift(device, { personId, pinHash: taken.pinHash });
  return { ok: true, value: { ...shift, person: { personId, name, role } } };
}
