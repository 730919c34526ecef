/**
 * Kinds of orders: which orders, which places may send them, and what of the rules differs for them.
 *
 * What is not said to differ holds as for all; a part that begins to differ begins as a copy of what holds for all.
 */
import type { ComponentChild } from 'preact';
import type { NetworkNames } from '../../view.ts';
import { type Draft, type Entry, isEntry, type Path } from '../draft.ts';
import { MoneyField } from '../fields/amounts.tsx';
import { Cards, ListField, WordsField } from '../fields/lists.tsx';
import { TextField } from '../fields/simple.tsx';
import type { TextKey } from '../texts/en.ts';
import { t } from '../texts/text.ts';
import { countriesOf, PlaceFields } from './place-fields.tsx';
import { PriorityRows } from './priority-rows.tsx';
import {
  currencyOf,
  LadderField,
  OfferFields,
  SplitFields,
  WeightFields,
} from './routing-fields.tsx';
import { InForceField, saidOff } from './rules-form.tsx';

type Given = { readonly draft: Draft; readonly names: NetworkNames };
type OfRuleset = Given & { readonly at: Path };

/** `rulesets`, the most special first. */
export function RulesetsForm({ draft, names }: Given) {
  return (
    <s-section heading={t('rulesets.title')}>
      <s-stack gap="base">
        <s-paragraph color="subdued">{t('rulesets.text')}</s-paragraph>
        <Cards
          draft={draft}
          path={['rulesets']}
          nameOf={nameOf}
          fresh={{ name: '', when: {} }}
          add="rulesets.add"
          empty="rulesets.empty"
          isOrdered
          card={(at) => (
            <s-stack gap="base">
              <div class="fields">
                <TextField
                  draft={draft}
                  path={[...at, 'name']}
                  label="rulesets.name"
                  help="rulesets.name.help"
                  isRequired
                />
                <InForceField draft={draft} at={at} />
              </div>
              <Conditions draft={draft} names={names} at={[...at, 'when']} />
              <fieldset class="plain">
                <legend>{t('rulesets.places')}</legend>
                <s-paragraph color="subdued">{t('rulesets.places.text')}</s-paragraph>
                <div class="fields">
                  <PlaceFields draft={draft} names={names} at={at} />
                </div>
              </fieldset>
              <Differences draft={draft} names={names} at={at} />
            </s-stack>
          )}
        />
      </s-stack>
    </s-section>
  );
}

function nameOf(ruleset: Entry): string {
  const name = String(ruleset['name'] ?? '');
  return saidOff(name === '' ? t('rulesets.new') : name, ruleset);
}

const METHODS = ['home', 'pickup_point', 'store_pickup'] as const;

function Conditions({ draft, names, at }: OfRuleset) {
  const { channels } = names.policy;
  const codes = Array.isArray(channels) ? channels.filter(isEntry).map(({ code }) => code) : [];
  const currency = currencyOf(names);
  return (
    <fieldset class="plain">
      <legend>{t('rulesets.when')}</legend>
      <s-paragraph color="subdued">{t('rulesets.when.text')}</s-paragraph>
      <div class="fields">
        <ListField
          draft={draft}
          path={[...at, 'destinationCountries']}
          label="rules.to"
          empty="rules.anyPlace"
          choices={countriesOf(names.zones)}
        />
        <ListField
          draft={draft}
          path={[...at, 'methods']}
          label="rulesets.methods"
          empty="rules.anyPlace"
          choices={METHODS.map((value) => ({ value, label: t(`field.method.${value}`) }))}
        />
        <ListField
          draft={draft}
          path={[...at, 'channels']}
          label="rulesets.channels"
          empty="rules.anyPlace"
          choices={codes.map((code) => ({ value: String(code), label: String(code) }))}
        />
        <WordsField
          draft={draft}
          path={[...at, 'customerTags']}
          label="rulesets.customerTags"
          help="rules.nodeTags.help"
        />
        <WordsField
          draft={draft}
          path={[...at, 'orderTags']}
          label="rulesets.orderTags"
          help="rules.nodeTags.help"
        />
        <MoneyField
          draft={draft}
          path={[...at, 'minimumValueMinor']}
          label="rulesets.from"
          currency={currency}
        />
        <MoneyField
          draft={draft}
          path={[...at, 'belowValueMinor']}
          label="rulesets.below"
          currency={currency}
        />
      </div>
    </fieldset>
  );
}

function Differences({ draft, names, at }: OfRuleset) {
  const part = (field: string) => ({ draft, path: [...at, field], ofAll: draft.read([field]) });
  return (
    <fieldset class="plain">
      <legend>{t('rulesets.differs')}</legend>
      <s-stack gap="small">
        <Part {...part('weights')} ofAll={{}} label="rulesets.own.weights">
          <WeightFields draft={draft} at={at} empty={t('rulesets.asShop')} />
        </Part>
        <Part {...part('ladderDays')} label="rulesets.own.ladder">
          <LadderField draft={draft} at={at} />
        </Part>
        <Part {...part('split')} label="rulesets.own.split">
          <SplitFields draft={draft} names={names} at={at} />
        </Part>
        <Part {...part('priority')} label="rulesets.own.priority">
          <PriorityRows draft={draft} names={names} at={at} />
        </Part>
        <Part {...part('offers')} label="rulesets.own.offers">
          <OfferFields draft={draft} names={names} at={at} />
        </Part>
      </s-stack>
    </fieldset>
  );
}

/** A part of the rules that may differ. */
function Part(props: {
  draft: Draft;
  path: Path;
  ofAll: unknown;
  label: TextKey;
  children: ComponentChild;
}) {
  const { draft, path, ofAll, label, children } = props;
  const isOwn = draft.read(path) !== undefined;
  return (
    <>
      <s-checkbox
        label={t(label)}
        checked={isOwn}
        onChange={(event) => {
          draft.forget(path);
          draft.write(path, event.currentTarget.checked ? ofAll : undefined);
        }}
      />
      {isOwn ? <div class="indent">{children}</div> : null}
    </>
  );
}
