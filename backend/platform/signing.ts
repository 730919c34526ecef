/**
 * How do we know later that a text is ours and unaltered?
 *
 * In: the signing keys of the configuration. Out: signatures `<key id>.<base64url HMAC-SHA256>` by the first key and
 * a check by whichever key the signature names, so keys rotate without losing what was signed before.
 * Invariant: comparison takes the same time wherever the first difference stands (reliability: threat S8).
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { KeyRing } from './config.ts';

/** Signs and checks texts. */
export type Signer = {
  sign(text: string): string;
  /** False for an unknown key, a malformed signature or another text. */
  isOurs(text: string, signature: string): boolean;
};

/** A signer over the keys; the first signs, all check. */
export function createSigner(keys: KeyRing): Signer {
  const byId = new Map(keys.map((key) => [key.id, key.key]));
  const [first] = keys;
  return {
    sign: (text) => `${first.id}.${macOf(first.key, text).toString('base64url')}`,
    isOurs: (text, signature) => {
      const dot = signature.indexOf('.');
      const key = byId.get(signature.slice(0, dot));
      if (dot < 0 || key === undefined) return false;
      const given = Buffer.from(signature.slice(dot + 1), 'base64url');
      const expected = macOf(key, text);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}

/**
 * Codes of so many digits for people to read out, made of a text and nothing else: the newest key's first, then those of
 * older keys, so that a code given before a rotation still opens.
 */
export function createCodeMaker(
  keys: KeyRing,
  digits: number,
): (text: string) => readonly [string, ...string[]] {
  const [first, ...older] = keys;
  const codeBy = (key: Buffer, text: string) =>
    String(macOf(key, text).readBigUInt64BE() % 10n ** BigInt(digits)).padStart(digits, '0');
  return (text) => [codeBy(first.key, text), ...older.map(({ key }) => codeBy(key, text))];
}

/** Compares two texts in the same time wherever they differ. */
export function isSameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function macOf(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** Base64url SHA-256. */
export function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('base64url');
}

// Random bytes are drawn in blocks: one system call serves 256 ids.
const ID_BYTES = 16;
const BLOCK_BYTES = ID_BYTES * 256;

/** A source of ids of 128 random bits each, base64url: 22 characters that nobody can guess. */
export function createIdSource(): () => string {
  let block = Buffer.alloc(0);
  let used = 0;
  return () => {
    if (used + ID_BYTES > block.length) {
      block = randomBytes(BLOCK_BYTES);
      used = 0;
    }
    used += ID_BYTES;
    return block.toString('base64url', used - ID_BYTES, used);
  };
}
