/**
 * Where do devices, pairing codes and people of desks rest?
 *
 * Everything runs in a caller's transaction of one shop. Tries are counted before a secret is compared, so that guesses
 * sent at once are bounded like guesses sent one by one.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import { type DeviceKind, MOST_WRONG_TRIES, type Role } from './access.ts';

export type PairingRow = {
  readonly secretHash: string;
  readonly nodeId: string;
  readonly deviceName: string;
  readonly createdBy: string;
  readonly expiresAt: Temporal.Instant;
  readonly wrongTries: number;
  readonly usedAt: Temporal.Instant | null;
};

/** Stores a code; false: another open one begins with the same letters. Codes that ended make room. */
export async function insertPairing(
  trx: ShopTransaction,
  shopId: ShopId,
  row: {
    readonly lookup: string;
    readonly secretHash: string;
    readonly nodeId: string;
    readonly deviceName: string;
    readonly createdAt: string;
    readonly createdBy: string;
    readonly expiresAt: string;
  },
): Promise<boolean> {
  await sql`delete from desk_pairing where shop_id = ${shopId}
    and (expires_at <= ${row.createdAt} or used_at is not null)`.execute(trx);
  const { numAffectedRows } = await sql`
    insert into desk_pairing (shop_id, lookup, secret_hash, node_id, device_name, created_at, created_by, expires_at)
    values (${shopId}, ${row.lookup}, ${row.secretHash}, ${row.nodeId}, ${row.deviceName}, ${row.createdAt},
      ${row.createdBy}, ${row.expiresAt})
    on conflict do nothing`.execute(trx);
  return numAffectedRows === 1n;
}

/** A code under its lock. */
export async function lockPairing(
  trx: ShopTransaction,
  shopId: ShopId,
  lookup: string,
): Promise<PairingRow | undefined> {
  const { rows } = await sql<PairingRow>`
    select secret_hash as "secretHash", node_id as "nodeId", device_name as "deviceName", created_by as "createdBy",
      expires_at as "expiresAt", wrong_tries as "wrongTries", used_at as "usedAt"
    from desk_pairing where shop_id = ${shopId} and lookup = ${lookup} for update`.execute(trx);
  return rows[0];
}

export async function countPairingTry(
  trx: ShopTransaction,
  shopId: ShopId,
  lookup: string,
): Promise<void> {
  await sql`update desk_pairing set wrong_tries = wrong_tries + 1
    where shop_id = ${shopId} and lookup = ${lookup}`.execute(trx);
}

export async function usePairing(
  trx: ShopTransaction,
  shopId: ShopId,
  { lookup, at }: { readonly lookup: string; readonly at: string },
): Promise<void> {
  await sql`update desk_pairing set used_at = ${at}
    where shop_id = ${shopId} and lookup = ${lookup}`.execute(trx);
}

export type DeviceRow = {
  readonly deviceId: string;
  readonly nodeId: string;
  readonly kind: DeviceKind;
  readonly name: string;
  readonly pairedAt: Temporal.Instant;
  readonly pairedBy: string;
  readonly lastSeenAt: Temporal.Instant | null;
  readonly revokedAt: Temporal.Instant | null;
};

export async function insertDevice(
  trx: ShopTransaction,
  shopId: ShopId,
  row: Pick<DeviceRow, 'deviceId' | 'nodeId' | 'kind' | 'name' | 'pairedBy'> & {
    readonly secretHash: string;
    readonly pairedAt: string;
  },
): Promise<void> {
  await sql`
    insert into desk_device (shop_id, device_id, secret_hash, node_id, kind, name, paired_at, paired_by)
    values (${shopId}, ${row.deviceId}, ${row.secretHash}, ${row.nodeId}, ${row.kind}, ${row.name}, ${row.pairedAt},
      ${row.pairedBy})`.execute(trx);
}

const deviceColumns = sql`device_id as "deviceId", node_id as "nodeId", kind, name, paired_at as "pairedAt",
  paired_by as "pairedBy", last_seen_at as "lastSeenAt", revoked_at as "revokedAt"`;

/** A device with what its secret is compared to. */
export async function readDevice(
  trx: ShopTransaction,
  shopId: ShopId,
  deviceId: string,
): Promise<(DeviceRow & { readonly secretHash: string }) | undefined> {
  const { rows } = await sql<DeviceRow & { secretHash: string }>`
    select ${deviceColumns}, secret_hash as "secretHash" from desk_device
    where shop_id = ${shopId} and device_id = ${deviceId}`.execute(trx);
  return rows[0];
}

export async function markSeen(
  trx: ShopTransaction,
  shopId: ShopId,
  { deviceId, at }: { readonly deviceId: string; readonly at: string },
): Promise<void> {
  await sql`update desk_device set last_seen_at = ${at}
    where shop_id = ${shopId} and device_id = ${deviceId}`.execute(trx);
}

/** Devices that hold, by node and name. */
export async function listDevices(
  trx: ShopTransaction,
  shopId: ShopId,
): Promise<readonly DeviceRow[]> {
  const { rows } = await sql<DeviceRow>`
    select ${deviceColumns} from desk_device where shop_id = ${shopId} and revoked_at is null
    order by node_id, name, device_id`.execute(trx);
  return rows;
}

/** False: there is none that holds. */
export async function revokeDevice(
  trx: ShopTransaction,
  shopId: ShopId,
  { deviceId, at }: { readonly deviceId: string; readonly at: string },
): Promise<boolean> {
  const { numAffectedRows } = await sql`update desk_device set revoked_at = ${at}
    where shop_id = ${shopId} and device_id = ${deviceId} and revoked_at is null`.execute(trx);
  return numAffectedRows === 1n;
}

export type PersonRow = {
  readonly personId: string;
  readonly nodeId: string;
  readonly name: string;
  readonly role: Role;
  readonly lockedUntil: Temporal.Instant | null;
};

const personColumns = sql`person_id as "personId", node_id as "nodeId", name, role, locked_until as "lockedUntil"`;

export async function insertPerson(
  trx: ShopTransaction,
  shopId: ShopId,
  row: Pick<PersonRow, 'personId' | 'nodeId' | 'name' | 'role'> & {
    readonly pinHash: string;
    readonly createdAt: string;
    readonly createdBy: string;
  },
): Promise<void> {
  await sql`
    insert into desk_person (shop_id, person_id, node_id, name, role, pin_hash, created_at, created_by)
    values (${shopId}, ${row.personId}, ${row.nodeId}, ${row.name}, ${row.role}, ${row.pinHash}, ${row.createdAt},
      ${row.createdBy})`.execute(trx);
}

/** People of a shop or of one node, by name. */
export async function listPeople(
  trx: ShopTransaction,
  shopId: ShopId,
  nodeId?: string,
): Promise<readonly PersonRow[]> {
  const { rows } = await sql<PersonRow>`
    select ${personColumns} from desk_person where shop_id = ${shopId} and removed_at is null
      ${nodeId === undefined ? sql`` : sql`and node_id = ${nodeId}`}
    order by node_id, name, person_id`.execute(trx);
  return rows;
}

/** A person of a node with what the PIN is compared to; undefined: not there, or no more. */
export async function readPerson(
  trx: ShopTransaction,
  shopId: ShopId,
  { personId, nodeId }: Pick<PersonRow, 'personId' | 'nodeId'>,
): Promise<(PersonRow & { readonly pinHash: string }) | undefined> {
  const { rows } = await sql<PersonRow & { pinHash: string }>`
    select ${personColumns}, pin_hash as "pinHash" from desk_person
    where shop_id = ${shopId} and person_id = ${personId} and node_id = ${nodeId}
      and removed_at is null`.execute(trx);
  return rows[0];
}

/** Counts a try before it is compared; undefined: locked, or nobody. The last one allowed locks until `lockUntil`. */
export async function takePinTry(
  trx: ShopTransaction,
  shopId: ShopId,
  of: Pick<PersonRow, 'personId' | 'nodeId'> & { readonly now: string; readonly lockUntil: string },
): Promise<{ readonly pinHash: string; readonly wrongTries: number } | undefined> {
  const { rows } = await sql<{ pinHash: string; wrongTries: number }>`
    update desk_person set
      wrong_tries = case when locked_until is null then wrong_tries + 1 else 1 end,
      locked_until = case when locked_until is null and wrong_tries + 1 >= ${MOST_WRONG_TRIES}
        then ${of.lockUntil}::timestamptz end
    where shop_id = ${shopId} and person_id = ${of.personId} and node_id = ${of.nodeId} and removed_at is null
      and (locked_until is null or locked_until <= ${of.now})
    returning pin_hash as "pinHash", wrong_tries as "wrongTries"`.execute(trx);
  return rows[0];
}

/** A right PIN, or a new one: tries begin anew. False: there is no such person. */
export async function resetPin(
  trx: ShopTransaction,
  shopId: ShopId,
  { personId, pinHash }: { readonly personId: string; readonly pinHash?: string },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update desk_person set wrong_tries = 0, locked_until = null
      ${pinHash === undefined ? sql`` : sql`, pin_hash = ${pinHash}`}
    where shop_id = ${shopId} and person_id = ${personId} and removed_at is null`.execute(trx);
  return numAffectedRows === 1n;
}

export async function removePerson(
  trx: ShopTransaction,
  shopId: ShopId,
  { personId, at }: { readonly personId: string; readonly at: string },
): Promise<boolean> {
  const { numAffectedRows } = await sql`update desk_person set removed_at = ${at}
    where shop_id = ${shopId} and person_id = ${personId} and removed_at is null`.execute(trx);
  return numAffectedRows === 1n;
}
