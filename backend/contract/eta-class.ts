/**
 * The variant metafield `$app:eta` (`single_line_text_field`): may a fallback date be given for this variant?
 * `n2026-12-01` (normal) means: a node of the padded table's set has it on hand, to be believed on shop-local
 * days before 2026-12-01. `l` is late, `u` unknown. Classes and table set: rule 15. Anything else, or nothing, is
 * `unknown`. One letter, because the Function receives the value with every cart line.
 */

/** `normal`: on hand at a node of the table set. `late`: only elsewhere or incoming. `unknown`: no date. */
export type EtaClass = 'normal' | 'late' | 'unknown';

export const ETA_METAFIELD = {
  namespace: '$app',
  key: 'eta',
  type: 'single_line_text_field',
} as const;

/** The metafield's value; `validUntil` is the first shop-local day on which it may not be used. */
export function encodeEtaClass(etaClass: EtaClass, validUntil: string): string {
  return etaClass.charAt(0) + validUntil;
}

/** The class on a shop-local day; `unknown` for a missing, malformed or expired value. */
export function parseEtaClass(value: string | null | undefined, today: string): EtaClass {
  if (typeof value !== 'string' || value.length !== 11 || value.slice(1) <= today) return 'unknown';
  const letter = value.charAt(0);
  return letter === 'n' ? 'normal' : letter === 'l' ? 'late' : 'unknown';
}
