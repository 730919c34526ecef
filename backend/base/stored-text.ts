/**
 * Which texts can a database keep?
 *
 * Postgres keeps neither U+0000 nor half of a surrogate pair (an emoji cut in two), both of which JSON can name. Where a text
 * is ours to refuse it is refused with a reason; where it is only kept as it came (a webhook, a row that was refused),
 * what cannot be kept stands there as U+FFFD, so that one such character never holds up what came with it.
 */

/** The database keeps it as it is. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

// An escape that is none itself escaped: an even number of backslashes before it. JSON.stringify escapes only such
// surrogates as have no other half.
const UNSTORABLE = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g;

/** The value as JSON that jsonb can hold. */
export function toStorableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(UNSTORABLE, '$1\\ufffd');
}
