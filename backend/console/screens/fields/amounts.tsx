/**
 * Fields of tables of amounts: prices and costs by weight, places and zones to choose from, measured transit.
 */
import { useState } from 'preact/hooks';
import { minorUnitDigits } from '../../../base/money.ts';
import { type Draft, isEntry, listAt, type Path, textAt } from '../draft.ts';
import { promisedTransit, readCounts, readMoney, writeMoney } from '../notes.ts';
import type { TextKey } from '../texts/en.ts';
import { type Facts, t, tn } from '../texts/text.ts';
import { RemoveButton } from './calendar.tsx';
import { type Choice, given, helpOf, hidden, NoteField } from './simple.tsx';

/** Contiguous weights with an amount each; the last one has no end. `amount`: the field that holds it. */
export function Tiers(props: {
  draft: Draft;
  path: Path;
  amount: 'priceMinor' | 'costMinor';
  currency: string;
}) {
  const { draft, path, amount, currency } = props;
  const tiers = listAt(draft, path).filter(isEntry);
  const replace = (ends: readonly (number | null)[], amounts: readonly unknown[]) =>
    draft.write(
      path,
      ends.map((end, index) => ({
        fromGrams: index === 0 ? 0 : (ends[index - 1] ?? 0),
        toGrams: end,
        [amount]: amounts[index] ?? 0,
      })),
    );
  const ends = tiers.map((tier) => (typeof tier['toGrams'] === 'number' ? tier['toGrams'] : null));
  const amounts = tiers.map((tier) => tier[amount]);
  return (
    <s-stack gap="small">
      {tiers.map((_, index) => (
        <div class="row tier" key={`${index} of ${tiers.length}`}>
          <s-number-field
            label={t('field.upTo')}
            {...hidden(index > 0)}
            value={ends[index] === null ? '' : String(ends[index])}
            placeholder={t('field.andMore')}
            suffix={t('unit.grams')}
            min={1}
            {...given('error', draft.errorAt([...path, index, 'toGrams']))}
            onChange={(event) => {
              const text = event.currentTarget.value;
              replace(
                ends.map((end, at) => (at === index ? (text === '' ? null : Number(text)) : end)),
                amounts,
              );
            }}
          />
          <MoneyField
            draft={draft}
            path={[...path, index, amount]}
            label="field.amount"
            currency={currency}
            isLabelHidden={index > 0}
            isRequired
          />
          {tiers.length > 1 ? (
            <RemoveButton
              name={`${t('field.upTo')} ${ends[index] ?? t('field.andMore')}`}
              onClick={() =>
                replace(
                  ends.filter((_end, at) => at !== index),
                  amounts.filter((_amount, at) => at !== index),
                )
              }
            />
          ) : null}
        </div>
      ))}
      <div>
        <s-button
          icon="plus"
          onClick={() => {
            const last = tiers.at(-1)?.['fromGrams'];
            const end = (typeof last === 'number' ? last : 0) + 1_000;
            replace([...ends.slice(0, -1), ends.at(-1) ?? end, null], [...amounts, amounts.at(-1)]);
          }}
        >
          {t('field.addTier')}
        </s-button>
      </div>
    </s-stack>
  );
}

/** An amount of money, stored in minor units; empty is no value, unless it is required. */
export function MoneyField(props: {
  draft: Draft;
  path: Path;
  label: TextKey;
  facts?: Facts;
  currency: string;
  isLabelHidden?: boolean;
  isRequired?: boolean;
}) {
  const { draft, path, label, facts, currency, isLabelHidden = false, isRequired = false } = props;
  const decimals = minorUnitDigits(currency);
  return (
    <NoteField<number>
      draft={draft}
      path={path}
      label={`${t(label, facts)} (${currency})`}
      isLabelHidden={isLabelHidden}
      write={(value) => (typeof value === 'number' ? writeMoney(value, decimals) : '')}
      read={(text) => (!isRequired && text.trim() === '' ? Number.NaN : readMoney(text, decimals))}
      isEmpty={Number.isNaN}
      wrong="field.amount.wrong"
    />
  );
}

/** Price lists: a currency, the zones it is for, amounts by weight. */
export function Prices(props: { draft: Draft; path: Path; zones: readonly Choice[] }) {
  const { draft, path, zones } = props;
  const rows = listAt(draft, path).filter(isEntry);
  const replace = (next: readonly unknown[]) => draft.write(path, next);
  return (
    <s-stack gap="base">
      <s-paragraph color="subdued">{t('section.pricesText')}</s-paragraph>
      {rows.map((row, index) => {
        const currency = String(row['currency'] ?? '');
        const zoneIds = Array.isArray(row['zoneIds']) ? row['zoneIds'].map(String) : [];
        const where = zoneIds.length === 0 ? t('field.zones.rest') : zoneIds.join(' ');
        return (
          <fieldset class="card" key={`${index} of ${rows.length}`}>
            <legend>{`${currency} · ${where}`}</legend>
            <div class="pair">
              <s-text-field
                label={t('field.currency')}
                value={currency}
                maxLength={3}
                {...given('error', draft.errorAt([...path, index, 'currency']))}
                onInput={(event) =>
                  draft.write([...path, index, 'currency'], event.currentTarget.value.toUpperCase())
                }
              />
              <Picker
                label={t('field.zones')}
                empty={t('field.zones.rest')}
                choices={zones}
                chosen={zoneIds}
                error={draft.errorAt([...path, index, 'zoneIds'])}
                onChange={(ids) =>
                  draft.write([...path, index, 'zoneIds'], ids.length === 0 ? undefined : ids)
                }
              />
            </div>
            <Tiers
              draft={draft}
              path={[...path, index, 'tiers']}
              amount="priceMinor"
              currency={currency}
            />
            <div>
              <RemoveButton
                name={`${currency} ${where}`}
                onClick={() => replace(rows.filter((_, at) => at !== index))}
              />
            </div>
          </fieldset>
        );
      })}
      <div>
        <s-button
          icon="plus"
          onClick={() =>
            replace([
              ...rows,
              { currency: 'EUR', tiers: [{ fromGrams: 0, toGrams: null, priceMinor: 0 }] },
            ])
          }
        >
          {t('field.addPrice')}
        </s-button>
      </div>
    </s-stack>
  );
}

/** So many are named while the list is folded. */
const MOST_NAMED = 4;

/** Several of many, with a search; folded until it is opened. */
export function Picker(props: {
  label: string;
  empty?: string;
  choices: readonly Choice[];
  chosen: readonly string[];
  error?: string | undefined;
  onChange: (chosen: string[]) => void;
}) {
  const { label, empty, choices, chosen, error, onChange } = props;
  const [search, setSearch] = useState('');
  const wanted = search.toLowerCase();
  const shown = choices.filter(
    (choice) =>
      choice.value.toLowerCase().includes(wanted) || choice.label.toLowerCase().includes(wanted),
  );
  const known = new Set(choices.map((choice) => choice.value));
  const summary =
    chosen.length === 0 && empty !== undefined
      ? empty
      : chosen.length > 0 && chosen.length <= MOST_NAMED
        ? chosen
            .map((value) => choices.find((one) => one.value === value)?.label ?? value)
            .join(', ')
        : tn('field.chosen', chosen.length);
  return (
    <details class={`picker ${error === undefined ? '' : 'wrong'}`}>
      <summary>
        <span class="label">{label}</span> <span class="count">{summary}</span>
      </summary>
      {error === undefined ? null : <p class="error">{error}</p>}
      <s-search-field
        label={t('common.search')}
        labelAccessibilityVisibility="exclusive"
        placeholder={t('common.search')}
        value={search}
        onInput={(event) => setSearch(event.currentTarget.value)}
      />
      <div class="choices">
        {shown.map((choice) => (
          <s-checkbox
            key={choice.value}
            label={choice.label}
            checked={chosen.includes(choice.value)}
            onChange={(event) =>
              onChange(
                event.currentTarget.checked
                  ? [...chosen, choice.value]
                  : chosen.filter((value) => value !== choice.value),
              )
            }
          />
        ))}
        {chosen
          .filter((value) => !known.has(value))
          .map((value) => (
            <s-checkbox
              key={value}
              label={value}
              checked
              onChange={() => onChange(chosen.filter((one) => one !== value))}
            />
          ))}
      </div>
    </details>
  );
}

/** A picker over a list of names in the draft. */
export function NamesField(props: {
  draft: Draft;
  path: Path;
  label: TextKey;
  choices: readonly Choice[];
}) {
  const { draft, path, label, choices } = props;
  return (
    <Picker
      label={t(label)}
      choices={choices}
      chosen={listAt(draft, path).map(String)}
      error={draft.errorAt(path)}
      onChange={(chosen) => draft.write(path, chosen)}
    />
  );
}

/** Measured deliveries by days, drawn, with the transit that follows from them. */
export function Observations(props: { draft: Draft; path: Path; level: number }) {
  const { draft, path, level } = props;
  const counts = listAt(draft, path).map(Number);
  const { total, days, share } = promisedTransit(counts, level);
  const most = Math.max(1, ...counts);
  const stated = textAt(draft, ['transitDays']);
  return (
    <s-stack gap="small">
      <NoteField<number[]>
        draft={draft}
        path={path}
        label={t('field.observations')}
        write={(value) => (Array.isArray(value) ? value.join(' ') : '')}
        read={readCounts}
        wrong="field.observations.wrong"
        help={helpOf('field.observations')}
      />
      <div class="bars" aria-hidden="true">
        {counts.map((count, index) => (
          <div class={`bar ${index === days ? 'promised' : ''}`} key={`day ${String(index)}`}>
            <span>{count}</span>
            <i style={{ blockSize: `${Math.round((count / most) * 56)}px` }} />
            <span>{index}</span>
          </div>
        ))}
      </div>
      <s-paragraph>
        {days === undefined
          ? t('field.observations.thin', { total, days: stated })
          : t('field.observations.sum', { total, days, share })}
      </s-paragraph>
    </s-stack>
  );
}
