/**
 * The routing rules as fields: what counts, lateness, splitting, caps, places kept from products and countries, kinds of
 * orders, offers.
 *
 * The section comes with its defaults filled in, so that a field shows what holds; contradictions come back from the
 * server beside their field.
 */
import type { Draft } from '../draft.ts';
import { MoneyField } from '../fields/amounts.tsx';
import { KINDS } from '../fields/lists.tsx';
import { NumberField, TextField } from '../fields/simple.tsx';
import type { FormProps } from '../forms/entry-form.tsx';
import { t } from '../texts/text.ts';
import { CapRows } from './cap-rows.tsx';
import { PriorityRows } from './priority-rows.tsx';
import {
  currencyOf,
  LadderField,
  OfferFields,
  SplitFields,
  WeightFields,
} from './routing-fields.tsx';
import { RulesForm } from './rules-form.tsx';
import { RulesetsForm } from './rulesets-form.tsx';

const RATES = [
  'splitMinor',
  'latenessMinorPerDay',
  'nodeLoadMinor',
  'cannotPrepareNowMinor',
  'stockBalanceMinor',
  'co2MinorPerKg',
  'priorityMinorPerRank',
] as const;

const OF_ALL = [] as const;

type Given = Pick<FormProps, 'draft' | 'names'>;

export function RoutingForm({ draft, names }: FormProps) {
  return (
    <>
      <Weights draft={draft} names={names} />
      <Late draft={draft} />
      <Held draft={draft} />
      <s-section heading={t('routing.split')}>
        <SplitFields draft={draft} names={names} at={OF_ALL} />
      </s-section>
      <Caps draft={draft} names={names} />
      <s-section heading={t('routing.priority')}>
        <PriorityRows draft={draft} names={names} at={OF_ALL} />
      </s-section>
      <RulesForm draft={draft} names={names} />
      <s-section heading={t('routing.offers')}>
        <OfferFields draft={draft} names={names} at={OF_ALL} />
      </s-section>
      <RulesetsForm draft={draft} names={names} />
    </>
  );
}

function Weights({ draft, names }: Given) {
  const currency = currencyOf(names);
  return (
    <s-section heading={t('routing.weights')}>
      <s-stack gap="base">
        <s-paragraph color="subdued">{t('routing.weights.text')}</s-paragraph>
        <WeightFields draft={draft} at={OF_ALL} empty="1" />
        <details class="folded">
          <summary>{t('routing.rates')}</summary>
          <s-paragraph color="subdued">{t('routing.rates.text')}</s-paragraph>
          <div class="fields">
            {RATES.map((rate) => (
              <MoneyField
                key={rate}
                draft={draft}
                path={['rates', rate]}
                label={`routing.r.${rate}`}
                currency={currency}
              />
            ))}
            {KINDS.map((kind) => (
              <MoneyField
                key={kind}
                draft={draft}
                path={['rates', 'handlingMinor', kind]}
                label="routing.r.handling"
                facts={{ kind: t(`field.kind.${kind}`) }}
                currency={currency}
              />
            ))}
          </div>
        </details>
      </s-stack>
    </s-section>
  );
}

function Late({ draft }: { draft: Draft }) {
  return (
    <s-section heading={t('routing.late')}>
      <div class="fields">
        <LadderField draft={draft} at={OF_ALL} />
        <NumberField
          draft={draft}
          path={['unplacedExpiryDays']}
          label="routing.expiry"
          min={1}
          max={365}
        />
        <NumberField draft={draft} path={['movePenaltyPoints']} label="routing.move" />
        <NumberField draft={draft} path={['batchSize']} label="routing.batch" min={1} max={500} />
      </div>
    </s-section>
  );
}

function Held({ draft }: { draft: Draft }) {
  return (
    <s-section heading={t('routing.hold')}>
      <div class="fields">
        <NumberField
          draft={draft}
          path={['hold', 'editWindowMinutes']}
          label="routing.hold.edit"
          max={1_440}
        />
        <TextField draft={draft} path={['hold', 'giftDateAttribute']} label="routing.hold.gift" />
      </div>
    </s-section>
  );
}

function Caps({ draft, names }: Given) {
  return (
    <s-section heading={t('routing.caps')}>
      <div class="fields">
        <NumberField
          draft={draft}
          path={['dailyOrderCap', 'standard']}
          label="routing.caps.standard"
        />
      </div>
      <CapRows draft={draft} names={names} />
    </s-section>
  );
}
