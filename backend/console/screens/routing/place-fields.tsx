/**
 * The fields by which a routing rule names places: kind, country, tag, single ones; every choice made must match.
 */
import type { NetworkNames } from '../../view.ts';
import type { Draft, Path } from '../draft.ts';
import { kindChoices, ListField, WordsField } from '../fields/lists.tsx';
import type { Choice } from '../fields/simple.tsx';

export function PlaceFields(props: { draft: Draft; at: Path; names: NetworkNames }) {
  const { draft, at, names } = props;
  return (
    <>
      <ListField
        draft={draft}
        path={[...at, 'nodeKinds']}
        label="channels.kinds"
        empty="rules.anyPlace"
        choices={kindChoices()}
      />
      <ListField
        draft={draft}
        path={[...at, 'nodeCountries']}
        label="routing.priority.from"
        empty="rules.anyPlace"
        choices={countriesOf(names.nodes)}
      />
      <ListField
        draft={draft}
        path={[...at, 'nodeIds']}
        label="channels.nodes"
        empty="rules.anyPlace"
        choices={names.nodes.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <WordsField
        draft={draft}
        path={[...at, 'nodeTags']}
        label="rules.nodeTags"
        help="rules.nodeTags.help"
      />
    </>
  );
}

/** The countries of places or zones, each once. */
export function countriesOf(list: readonly { readonly country: string }[]): Choice[] {
  return [...new Set(list.map(({ country }) => country))]
    .toSorted()
    .map((country) => ({ value: country, label: country }));
}
