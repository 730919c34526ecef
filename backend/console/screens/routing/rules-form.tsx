/**
 * Rules that keep places from products or countries, as cards: for what, who may send it, in force or not.
 */
import type { NetworkNames } from '../../view.ts';
import type { Draft, Entry, Path } from '../draft.ts';
import { Cards, ListField, WordsField } from '../fields/lists.tsx';
import { SelectField } from '../fields/simple.tsx';
import { t } from '../texts/text.ts';
import { countriesOf, PlaceFields } from './place-fields.tsx';

type Given = { readonly draft: Draft; readonly names: NetworkNames };
type OfRule = Given & { readonly at: Path };

/** `productRules` and `countryRules`. */
export function RulesForm({ draft, names }: Given) {
  return (
    <>
      <s-section heading={t('rules.products')}>
        <s-stack gap="base">
          <s-paragraph color="subdued">{t('rules.products.text')}</s-paragraph>
          <Cards
            draft={draft}
            path={['productRules']}
            nameOf={nameOfRule}
            fresh={{ effect: 'only' }}
            add="rules.products.add"
            empty="rules.products.empty"
            card={(at) => <ProductRule draft={draft} names={names} at={at} />}
          />
        </s-stack>
      </s-section>
      <s-section heading={t('rules.countries')}>
        <s-stack gap="base">
          <s-paragraph color="subdued">{t('rules.countries.text')}</s-paragraph>
          <Cards
            draft={draft}
            path={['countryRules']}
            nameOf={nameOfRule}
            fresh={{ effect: 'only', destinationCountries: [] }}
            add="rules.countries.add"
            empty="rules.countries.empty"
            card={(at) => <CountryRule draft={draft} names={names} at={at} />}
          />
        </s-stack>
      </s-section>
    </>
  );
}

/** The name of a card; one that is switched off says so. */
export function nameOfRule(rule: Entry, index: number): string {
  return saidOff(t('rules.number', { number: index + 1 }), rule);
}

export function saidOff(name: string, { isOff }: Entry): string {
  return isOff === true ? t('rules.off', { name }) : name;
}

function ProductRule({ draft, names, at }: OfRule) {
  return (
    <>
      <div class="fields">
        <Effect draft={draft} at={at} />
        <WordsField draft={draft} path={[...at, 'productTags']} label="rules.tags" />
        <WordsField draft={draft} path={[...at, 'categories']} label="rules.categories" />
      </div>
      <Places draft={draft} names={names} at={at} />
    </>
  );
}

function CountryRule({ draft, names, at }: OfRule) {
  const path = [...at, 'destinationCountries'];
  return (
    <>
      <div class="fields">
        <Effect draft={draft} at={at} />
        <ListField
          draft={draft}
          path={path}
          label="rules.to"
          empty="rules.choose"
          choices={countriesOf(names.zones)}
        />
      </div>
      <Places draft={draft} names={names} at={at} />
    </>
  );
}

function Effect({ draft, at }: Omit<OfRule, 'names'>) {
  return (
    <SelectField
      draft={draft}
      path={[...at, 'effect']}
      label="rules.effect"
      choices={(['only', 'never'] as const).map((value) => ({
        value,
        label: t(`rules.effect.${value}`),
      }))}
    />
  );
}

function Places({ draft, names, at }: OfRule) {
  return (
    <>
      <s-paragraph color="subdued">{t('rules.places.text')}</s-paragraph>
      <div class="fields">
        <PlaceFields draft={draft} names={names} at={at} />
        <InForceField draft={draft} at={at} />
      </div>
    </>
  );
}

/** Whether a rule is in force. */
export function InForceField({ draft, at }: Omit<OfRule, 'names'>) {
  const path = [...at, 'isOff'];
  return (
    <s-checkbox
      label={t('rules.isOn')}
      details={t('rules.isOn.help')}
      checked={draft.read(path) !== true}
      onChange={(event) => draft.write(path, !event.currentTarget.checked)}
    />
  );
}
