/**
 * The variant metafield `$app:eta` (`single_line_text_field`): may a fallback date be given for this variant?
 * `normal:2026-12-01` means: a node of the padded table's set has it on hand, to be believed on shop-local
 * days before 2026-12-01. Classes and table set: rule 15. Anything else, or nothing, is `unknown`.
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
  return `${etaClass}:${validUntil}`;
}

/** The class on a shop-local day; `unknown` for a missing, malformed or expired value. */
export function parseEtaClass(value: string | null | undefined, today: string): EtaClass {
  if (typeof value !== 'string') return 'unknown';
  const colon = value.indexOf(':');
  if (colon < 0 || value.slice(colon + 1) <= today) return 'unknown';
  const word = value.slice(0, colon);
  return word === 'normal' || word === 'late' ? word : 'unknown';
}
