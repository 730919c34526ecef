/**
 * One merchant's edits applied to the network section, and the problems of the result led back to the edits.
 *
 * In: the section as it stands, edits by list and key. Out: the new section with, for each edit, where its entry now
 * stands. A problem's pointer (`/nodes/12/hours/…`) becomes a pointer inside the edit that holds it; a problem
 * elsewhere (a lane that names a removed node) keeps its pointer.
 * Nothing here is checked beyond keys: `parseNetworkSection` is the only judge of a network.
 */
import type { InvalidInput, Result } from '../base/result.ts';
import { refuseInput } from '../base/result.ts';
import type { Collection, EditProblem, NetworkEdit, NetworkItem } from './view.ts';

/** A section as stored: lists of entries beside the policy. */
export type Section = { readonly [name: string]: unknown };

/** The section after the edits; `places[i]` is the pointer of edit i's entry, null when it was removed. */
export type EditedSection = {
  readonly section: Section;
  readonly places: readonly (string | null)[];
};

const KEY_FIELDS: Readonly<Record<Collection, string | null>> = {
  nodes: 'id',
  carriers: 'id',
  services: 'code',
  zones: 'id',
  pickupPoints: 'id',
  lanes: null,
};

type Entry = Record<string, unknown>;

/** A list's entries with their keys, in their order. */
export function itemsOf(section: Section, collection: Collection): NetworkItem[] {
  const field = KEY_FIELDS[collection];
  return entriesOf(section, collection).map((value, index) => ({
    key: field === null ? `#${index}` : String(value[field]),
    value,
  }));
}

/** Applies all edits or none; refuses a key that is not there. */
export function applyEdits(section: Section, edits: readonly NetworkEdit[]): Result<EditedSection> {
  const lists = new Map<Collection, (Entry | undefined)[]>();
  const found: { collection: Collection; entry: Entry | null }[] = [];
  let policy: unknown = section['policy'];
  for (const [index, edit] of edits.entries()) {
    if (edit.collection === 'policy') {
      policy = edit.value;
      continue;
    }
    const entries = lists.get(edit.collection) ?? [...entriesOf(section, edit.collection)];
    lists.set(edit.collection, entries);
    const position = edit.key === null ? entries.length : positionOf(section, edit, edit.key);
    if (position === -1) return unknownKey(index, edit.collection, edit.key ?? '');
    entries[position] = edit.value ?? undefined;
    found.push({ collection: edit.collection, entry: edit.value });
  }
  const kept = new Map(
    [...lists].map(([name, list]) => [name, list.filter((entry) => entry !== undefined)]),
  );
  const places = edits.map((edit) => {
    if (edit.collection === 'policy') return '/policy';
    const { collection, value } = edit;
    const position = value === null ? -1 : (kept.get(collection)?.indexOf(value) ?? -1);
    return position === -1 ? null : `/${collection}/${position}`;
  });
  return {
    ok: true,
    value: { section: { ...section, policy, ...Object.fromEntries(kept) }, places },
  };
}

/** Each problem inside the edit it belongs to. */
export function toEditProblems(
  problems: readonly InvalidInput[],
  places: readonly (string | null)[],
): EditProblem[] {
  return problems.map(({ code: _, pointer, ...says }) => {
    const edit = places.findIndex(
      (place) => place !== null && (pointer === place || pointer.startsWith(`${place}/`)),
    );
    const place = edit === -1 ? '' : (places[edit] ?? '');
    return { edit: edit === -1 ? null : edit, pointer: pointer.slice(place.length), ...says };
  });
}

function entriesOf(section: Section, collection: Collection): readonly Entry[] {
  const list = section[collection];
  return Array.isArray(list) ? list : [];
}

function positionOf(
  section: Section,
  { collection }: { readonly collection: Collection },
  key: string,
): number {
  return itemsOf(section, collection).findIndex((item) => item.key === key);
}

function unknownKey(index: number, collection: Collection, key: string) {
  return refuseInput({
    pointer: `/edits/${index}/key`,
    value: key,
    allowed: `the key of an entry of ${collection}, or null for a new one`,
    remedy: 'Load the list again: somebody may have removed the entry.',
  });
}
