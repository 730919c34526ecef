/**
 * Where does the shopper want it, and which store is theirs?
 *
 * Kept in this browser only, shared by all blocks of a page and by later pages. A postal code holds for the country it
 * was typed in. Without storage (private windows, blocked cookies) it holds for the page.
 */

/** What the shopper told us. `''`: nothing. */
export type Place = {
  readonly country: string;
  readonly postal: string;
  /** Id of the store chosen as mine. */
  readonly store: string;
};

const KEY = 'kept-place';
const NOWHERE: Place = { country: '', postal: '', store: '' };
const listeners = new Set<() => void>();
let place: Place | undefined;

/** The place as it stands. */
export function readPlace(): Place {
  place ??= load();
  return place;
}

/** The postal code, if it was given for this country. */
export function postalIn(country: string): string {
  const known = readPlace();
  return known.country === country ? known.postal : '';
}

/** Keeps what changed and tells every block. */
export function savePlace(change: Partial<Place>): void {
  place = { ...readPlace(), ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(place));
  } catch {
    // No storage: it holds for this page.
  }
  for (const listener of [...listeners]) listener();
}

/** Calls `listener` after every change until `signal` ends. */
export function onPlace(listener: () => void, signal: AbortSignal): void {
  listeners.add(listener);
  signal.addEventListener('abort', () => listeners.delete(listener));
}

function load(): Place {
  try {
    return readStored(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
  } catch {
    return NOWHERE;
  }
}

/** What was stored, by us or by anybody: only short strings are taken. */
export function readStored(input: unknown): Place {
  const stored: { readonly [key: string]: unknown } =
    typeof input === 'object' && input !== null ? { ...input } : {};
  const text = (key: string, most: number) => {
    const value = stored[key];
    return typeof value === 'string' && value.length <= most ? value : '';
  };
  return { country: text('country', 2), postal: text('postal', 12), store: text('store', 255) };
}

/** A postal code as typed, trimmed; undefined when it cannot be one. */
export function readPostal(typed: string): string | undefined {
  const postal = typed.trim().toUpperCase();
  return /^[\p{L}\d][\p{L}\d -]{0,11}$/u.test(postal) ? postal : undefined;
}
