/**
 * One way to write a postal code and a pickup location, wherever two sides compare them.
 * Checkout, the Function and the backend each hold their own copy of an address; these two functions
 * make the copies comparable. No regular expressions: `postalKey` also runs inside the Function.
 */

/** A postal code in capitals with nothing but A-Z and 0-9, cut after 10: `"sw1a 1aa"` becomes `"SW1A1AA"`. */
export function postalKey(postalCode: string): string {
  let key = postalCode.toUpperCase();
  for (let at = 0; at < key.length; at++) {
    const code = key.charCodeAt(at);
    if ((code > 47 && code < 58) || (code > 64 && code < 91)) continue;
    key = key.slice(0, at) + key.slice(at + 1);
    at--;
  }
  return key.slice(0, 10);
}

/**
 * Names one pickup location in checkout, where Shopify gives no id (platform decision 6): name, postal
 * code and first address line, without case, accents, spaces and punctuation. `undefined` when name or
 * both other parts are missing: such a location cannot be told from another.
 */
export function pickupKey(place: {
  readonly name?: string | undefined;
  readonly postalCode?: string | undefined;
  readonly address1?: string | undefined;
}): string | undefined {
  const name = plain(place.name ?? '');
  const postal = plain(place.postalCode ?? '');
  const street = plain(place.address1 ?? '');
  if (name === '' || (postal === '' && street === '')) return undefined;
  return `${name}|${postal}|${street}`;
}

/** Lower case letters and digits of any script, without accents; sharp s counts as two letters. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('\u00df', 'ss')
    .normalize('NFD')
    .replace(/[^\p{L}\p{N}]/gu, '');
}
