/**
 * Which zone an address lies in: the longest matching prefix of its postal code, else the country's
 * rest, then marked an estimate (docs/semantics.md, rule 10).
 */
import type { Destination, DestinationBook, Snapshot } from './snapshot.ts';
import type { WorldZone } from './world.ts';

/** Capitals and digits only: `sw1a 1aa` is `SW1A1AA`. */
export function normalizePostalCode(postalCode: string): string {
  return postalCode.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

/** The zone and point of an address; the zone's centroid where the request has no point of its own. */
export function resolveDestination(
  snapshot: Snapshot,
  address: {
    readonly country: string;
    readonly postalCode: string;
    readonly lat?: number | undefined;
    readonly lng?: number | undefined;
  },
): Destination {
  const { country } = address;
  const found = findZone(snapshot.destinations, country, address.postalCode);
  const zone = snapshot.zones[found.zoneIndex]?.source;
  const isPlaced = address.lat !== undefined && address.lng !== undefined;
  return {
    ...found,
    country,
    lat: (isPlaced ? address.lat : zone?.lat) ?? 0,
    lng: (isPlaced ? address.lng : zone?.lng) ?? 0,
  };
}

/** The zone of a postal code, −1 when there is none. */
export function findZone(
  book: DestinationBook,
  country: string,
  postalCode: string,
): { readonly zoneIndex: number; readonly isEstimate: boolean } {
  const code = normalizePostalCode(postalCode);
  let treeNode = book.roots.get(country) ?? -1;
  let found = -1;
  for (let index = 0; index < code.length && treeNode !== -1; index += 1) {
    treeNode = childOf(book, treeNode, code.charCodeAt(index));
    const zone = treeNode === -1 ? -1 : (book.zone[treeNode] ?? -1);
    if (zone !== -1) found = zone;
  }
  if (found !== -1) return { zoneIndex: found, isEstimate: false };
  return { zoneIndex: book.rest.get(country) ?? -1, isEstimate: true };
}

function childOf(book: DestinationBook, treeNode: number, character: number): number {
  let child = book.firstChild[treeNode] ?? -1;
  while (child !== -1 && book.character[child] !== character) {
    child = book.nextSibling[child] ?? -1;
  }
  return child;
}

/** The tree of all zones' prefixes. */
export function compileDestinations(zones: readonly WorldZone[]): DestinationBook {
  const roots = new Map<string, number>();
  const rest = new Map<string, number>();
  const tree = { firstChild: [] as number[], nextSibling: [] as number[] };
  const character: number[] = [];
  const zoneOf: number[] = [];
  const add = (code: number): number => {
    tree.firstChild.push(-1);
    tree.nextSibling.push(-1);
    character.push(code);
    return zoneOf.push(-1) - 1;
  };
  const descend = (parent: number, code: number): number => {
    let child = tree.firstChild[parent] ?? -1;
    while (child !== -1 && character[child] !== code) child = tree.nextSibling[child] ?? -1;
    if (child !== -1) return child;
    const added = add(code);
    tree.nextSibling[added] = tree.firstChild[parent] ?? -1;
    tree.firstChild[parent] = added;
    return added;
  };
  for (const [index, zone] of zones.entries()) {
    if (zone.postalPrefixes.length === 0) rest.set(zone.country, index);
    const root = roots.get(zone.country) ?? add(0);
    roots.set(zone.country, root);
    for (const prefix of zone.postalPrefixes) {
      let treeNode = root;
      for (const letter of prefix) treeNode = descend(treeNode, letter.charCodeAt(0));
      zoneOf[treeNode] = index;
    }
  }
  return {
    roots,
    rest,
    firstChild: Int32Array.from(tree.firstChild),
    nextSibling: Int32Array.from(tree.nextSibling),
    character: Uint8Array.from(character),
    zone: Int32Array.from(zoneOf),
  };
}
