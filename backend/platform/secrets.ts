/**
 * What is kept of a secret, and is this the one?
 *
 * Long random secrets (device tokens, one-time codes with few tries) are kept as their SHA-256. PINs have few digits: they
 * are kept as scrypt hashes with a salt of their own, so that whoever steals the table pays for every guess.
 * Invariant: comparison takes the same time wherever the first difference stands.
 */
import { createHash, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** Hex SHA-256 of a secret. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares two hex digests. */
export function isSameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')];
  return left.length === right.length && timingSafeEqual(left, right);
}

// 16 MB and about 50 ms a try.
const COST = { N: 16_384, r: 8, p: 1 } as const;
const HASH_BYTES = 32;
const SALT_BYTES = 16;

/** The hash of a PIN with what is needed to make it again: `N.r.p.salt.hash`. */
export async function hashPin(pin: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await scryptOf(pin, salt, COST);
  const { N, r, p } = COST;
  return [N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('.');
}

/** Whether a hash of `hashPin` was made of this PIN. */
export async function isPin(pin: string, stored: string): Promise<boolean> {
  const [N, r, p, salt = '', hash = ''] = stored.split('.');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const made = await scryptOf(pin, Buffer.from(salt, 'base64url'), cost);
  const kept = Buffer.from(hash, 'base64url');
  return made.length === kept.length && timingSafeEqual(made, kept);
}

function scryptOf(pin: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(pin, salt, HASH_BYTES, cost, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
