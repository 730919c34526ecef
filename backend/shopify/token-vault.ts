/**
 * How is a secret kept in the database so that a stolen dump is worth nothing?
 *
 * In: a text and what it is (shop and purpose). Out: `<key id>.<base64url of iv, tag, ciphertext>`, AES-256-GCM.
 * Invariants: every sealing has its own random iv; what a text is for is authenticated, so a row copied to
 * another shop or column does not open; the first key seals, every listed key opens (rotation).
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** A 256-bit key and its name (letters and digits). */
export type VaultKey = { readonly id: string; readonly key: Uint8Array };

/** Seals and opens texts. */
export type Vault = {
  seal(text: string, purpose: string): string;
  /** Throws when the text was altered, belongs elsewhere or its key is gone. */
  open(sealed: string, purpose: string): string;
  /** True when a text is sealed with an older key and should be sealed again. */
  isStale(sealed: string): boolean;
};

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** Builds the vault; the first key seals. Throws on a key that is not 32 bytes or a name with other characters. */
export function createVault(keys: readonly [VaultKey, ...VaultKey[]]): Vault {
  const byId = new Map(keys.map(({ id, key }) => [id, key]));
  for (const { id, key } of keys) {
    if (key.length !== KEY_BYTES || !/^[A-Za-z0-9]{1,32}$/.test(id)) {
      throw new Error(
        `Encryption key ${JSON.stringify(id)} has ${key.length} bytes; it needs 32 bytes and a name of ` +
          '1 to 32 letters and digits.',
      );
    }
  }
  const [first] = keys;
  return {
    seal: (text, purpose) => {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', first.key, iv);
      cipher.setAAD(Buffer.from(purpose, 'utf8'));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      const packed = Buffer.concat([iv, cipher.getAuthTag(), body]);
      return `${first.id}.${packed.toString('base64url')}`;
    },
    open: (sealed, purpose) => {
      const key = byId.get(keyIdOf(sealed));
      if (key === undefined) {
        throw new Error(
          `A secret was sealed with key ${keyIdOf(sealed)}, which is not configured.`,
        );
      }
      const packed = Buffer.from(sealed.slice(sealed.indexOf('.') + 1), 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', key, packed.subarray(0, IV_BYTES));
      decipher.setAAD(Buffer.from(purpose, 'utf8'));
      decipher.setAuthTag(packed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const text = decipher.update(packed.subarray(IV_BYTES + TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    },
    isStale: (sealed) => keyIdOf(sealed) !== first.id,
  };
}

function keyIdOf(sealed: string): string {
  return sealed.slice(0, Math.max(0, sealed.indexOf('.')));
}
