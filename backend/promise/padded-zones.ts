/**
 * Which postal prefixes does the padded table name, when there is room for few?
 *
 * All prefixes of all zones form a tree; a prefix stands for every code below it and holds the latest date of
 * them all (no date when one of them has none). Starting from nothing, the prefix that brings the most
 * zones to an earlier date is added again and again until the room is used: countries first, then where it matters.
 */
import type { Snapshot } from '../network/snapshot.ts';

/** By service, then day: days from the first day, or null for no date. */
export type PaddedRow = readonly (readonly (number | null)[])[];

// Later than any date the table can hold: what having no date counts as when prefixes are compared.
const NO_DATE_DAYS = 62;

type Place = {
  readonly key: string;
  readonly parent: Place | undefined;
  readonly row: PaddedRow;
  /** Days of the row summed up: smaller is better. */
  readonly days: number;
  /** Zones at or below. */
  readonly zones: number;
};

/** At most `room` rows by country + prefix; a code is answered by the longest one that it starts with. */
export function chooseZones(
  snapshot: Snapshot,
  rows: readonly PaddedRow[],
  room: number,
): Record<string, PaddedRow> {
  const places = placesOf(snapshot, rows);
  const chosen = new Set<Place>();
  while (chosen.size < room) {
    const best = mostGained(places, chosen);
    if (best === undefined) break;
    chosen.add(best);
  }
  return Object.fromEntries([...chosen].map(({ key, row }) => [key, row]));
}

function mostGained(places: readonly Place[], chosen: ReadonlySet<Place>): Place | undefined {
  let best: Place | undefined;
  let most = 0;
  for (const place of places) {
    if (chosen.has(place)) continue;
    const gain = (answerFor(place, chosen) - place.days) * place.zones;
    if (gain > most) {
      most = gain;
      best = place;
    }
  }
  return best;
}

/** What the chosen ones say at a place now. */
function answerFor(place: Place, chosen: ReadonlySet<Place>): number {
  for (let at = place.parent; at !== undefined; at = at.parent) {
    if (chosen.has(at)) return at.days;
  }
  return NO_DATE_DAYS * place.row.reduce((cells, days) => cells + days.length, 0);
}

type Twig = { readonly children: Map<string, Twig>; zone: number };

function placesOf(snapshot: Snapshot, rows: readonly PaddedRow[]): Place[] {
  const countries = new Map<string, Twig>();
  for (const { index, source } of snapshot.zones) {
    const root = countries.get(source.country) ?? { children: new Map(), zone: -1 };
    countries.set(source.country, root);
    if (source.postalPrefixes.length === 0) root.zone = index;
    for (const prefix of source.postalPrefixes) twigAt(root, prefix).zone = index;
  }
  const places: Place[] = [];
  for (const country of [...countries.keys()].sort()) {
    const root = countries.get(country);
    if (root !== undefined)
      addPlaces(places, rows, { key: country, twig: root, above: -1, parent: undefined });
  }
  return places;
}

function twigAt(root: Twig, prefix: string): Twig {
  let twig = root;
  for (const letter of prefix) {
    const next = twig.children.get(letter) ?? { children: new Map(), zone: -1 };
    twig.children.set(letter, next);
    twig = next;
  }
  return twig;
}

type Branch = {
  readonly key: string;
  readonly twig: Twig;
  /** Zone of codes that match nothing longer. */
  readonly above: number;
  readonly parent: Place | undefined;
};

/** Adds the branch's place and those below it. */
function addPlaces(places: Place[], rows: readonly PaddedRow[], branch: Branch): void {
  const { key, twig, parent } = branch;
  const own = twig.zone === -1 ? branch.above : twig.zone;
  const zones = zonesBelow(twig, own);
  const row = latest(zones.map((zone) => rows[zone] ?? []));
  // A code of the country that no prefix begins has no zone, and so no date.
  const isOpen = parent === undefined && own === -1;
  const shown = isOpen ? row.map((days) => days.map(() => null)) : row;
  const days = shown.flat().reduce<number>((sum, day) => sum + (day ?? NO_DATE_DAYS), 0);
  const place: Place = { key, parent, row: shown, days, zones: zones.length };
  places.push(place);
  for (const letter of [...twig.children.keys()].sort()) {
    const child = twig.children.get(letter);
    if (child === undefined) continue;
    addPlaces(places, rows, { key: key + letter, twig: child, above: own, parent: place });
  }
}

/** Zones of the codes that begin here: its own and all below. */
function zonesBelow(twig: Twig, own: number): number[] {
  const zones = new Set<number>();
  const collect = (at: Twig) => {
    if (at.zone !== -1) zones.add(at.zone);
    for (const child of at.children.values()) collect(child);
  };
  collect(twig);
  if (own !== -1) zones.add(own);
  return [...zones];
}

/** The latest of each date; no date where one has none. */
function latest(rows: readonly PaddedRow[]): PaddedRow {
  const [first = []] = rows;
  return first.map((days, service) =>
    days.map((_, day) => {
      let most: number | null = 0;
      for (const row of rows) {
        const date: number | null = row[service]?.[day] ?? null;
        most = most === null || date === null ? null : Math.max(most, date);
      }
      return most;
    }),
  );
}
