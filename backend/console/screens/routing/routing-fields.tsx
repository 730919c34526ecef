/**
 * The fields of parts of the routing rules, wherever they stand: in the rules of all, or in those of a kind of orders.
 */
import { PENALTIES } from '../../../routing/decision.ts';
import type { NetworkNames } from '../../view.ts';
import { type Draft, listAt, type Path } from '../draft.ts';
import { MoneyField, NamesField, Picker } from '../fields/amounts.tsx';
import { kindChoices } from '../fields/lists.tsx';
import { CheckField, NoteField, NumberField, SelectField } from '../fields/simple.tsx';
import { readCounts } from '../notes.ts';
import { t } from '../texts/text.ts';

type Given = { readonly draft: Draft; readonly at: Path };

/** Weights; `empty`: what one counts that is not said. */
export function WeightFields({ draft, at, empty }: Given & { empty: string }) {
  return (
    <div class="fields">
      {PENALTIES.map((rule) => (
        <NumberField
          key={rule}
          draft={draft}
          path={[...at, 'weights', rule]}
          label={`routing.w.${rule}`}
          step={0.1}
          max={100}
          placeholder={empty}
        />
      ))}
    </div>
  );
}

/** Days late, one after the other. */
export function LadderField({ draft, at }: Given) {
  return (
    <NoteField<number[]>
      draft={draft}
      path={[...at, 'ladderDays']}
      label={t('routing.ladder')}
      write={(value) => (Array.isArray(value) ? value.join(' ') : '')}
      read={readCounts}
      isEmpty={(value) => value.length === 0}
      wrong="routing.ladder.wrong"
      help={t('routing.ladder.help')}
    />
  );
}

/** Whether and how orders are split. */
export function SplitFields({ draft, names, at }: Given & { names: NetworkNames }) {
  const currency = currencyOf(names);
  const split = [...at, 'split'];
  const isLimited = draft.read([...split, 'mode']) === 'limit';
  return (
    <div class="fields">
      <SelectField
        draft={draft}
        path={[...split, 'mode']}
        label="routing.split.mode"
        choices={(['allow', 'limit', 'forbid'] as const).map((value) => ({
          value,
          label: t(`routing.split.${value}`),
        }))}
      />
      {isLimited ? (
        <NumberField
          draft={draft}
          path={[...split, 'maxParcels']}
          label="routing.split.max"
          min={1}
          max={64}
        />
      ) : null}
      <MoneyField
        draft={draft}
        path={[...split, 'minimumParcelValueMinor']}
        label="routing.split.parcel"
        currency={currency}
      />
      <MoneyField
        draft={draft}
        path={[...split, 'minimumRemainderValueMinor']}
        label="routing.split.rest"
        currency={currency}
      />
      <CheckField draft={draft} path={[...split, 'keepKitsTogether']} label="routing.split.kits" />
    </div>
  );
}

/** How stores get work. */
export function OfferFields({ draft, names, at }: Given & { names: NetworkNames }) {
  const offers = [...at, 'offers'];
  const isCompeting = draft.read([...offers, 'mode']) === 'compete';
  return (
    <div class="fields">
      <SelectField
        draft={draft}
        path={[...offers, 'mode']}
        label="routing.offers.mode"
        choices={(['direct', 'compete'] as const).map((value) => ({
          value,
          label: t(`routing.offers.${value}`),
        }))}
      />
      {isCompeting ? <Competing draft={draft} names={names} at={offers} /> : null}
    </div>
  );
}

function Competing({ draft, names, at }: Given & { names: NetworkNames }) {
  const kinds = [...at, 'nodeKinds'];
  return (
    <>
      <NumberField
        draft={draft}
        path={[...at, 'candidates']}
        label="routing.offers.candidates"
        min={1}
        max={50}
      />
      <NumberField
        draft={draft}
        path={[...at, 'timeOutMinutes']}
        label="routing.offers.timeOut"
        min={1}
        max={10_080}
      />
      <NumberField
        draft={draft}
        path={[...at, 'waves']}
        label="routing.offers.waves"
        min={1}
        max={10}
      />
      <SelectField
        draft={draft}
        path={[...at, 'activeHours']}
        label="routing.offers.hours"
        choices={(['opening_hours', 'always'] as const).map((value) => ({
          value,
          label: t(`routing.offers.${value}`),
        }))}
      />
      <Picker
        label={t('routing.offers.kinds')}
        choices={kindChoices()}
        chosen={listAt(draft, kinds).map(String)}
        error={draft.errorAt(kinds)}
        onChange={(chosen) => draft.write(kinds, chosen)}
      />
      <NamesField
        draft={draft}
        path={[...at, 'autoClaimNodes']}
        label="routing.offers.auto"
        choices={names.nodes.map(({ id, name }) => ({ value: id, label: name }))}
      />
    </>
  );
}

/** The shop's currency, in which amounts are said. */
export function currencyOf({ policy: { currency } }: NetworkNames): string {
  return typeof currency === 'string' ? currency : 'EUR';
}
