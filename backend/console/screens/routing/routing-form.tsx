/**
 * The routing rules as fields: what counts, lateness, splitting, caps, offers.
 *
 * The section comes with its defaults filled in, so that a field shows what holds; contradictions come back from the
 * server beside their field.
 */
import { PENALTIES } from '../../../routing/decision.ts';
import { type Draft, listAt } from '../draft.ts';
import { NamesField, Picker } from '../fields/amounts.tsx';
import { CheckField, NoteField, NumberField, SelectField } from '../fields/simple.tsx';
import type { FormProps } from '../forms/entry-form.tsx';
import { readCounts } from '../notes.ts';
import { t } from '../texts/text.ts';
import { readCaps, writeCaps } from './caps.ts';
import { KINDS } from './node-kinds.ts';
import { PriorityRows } from './priority-rows.tsx';

const RATES = [
  'splitMinor',
  'latenessMinorPerDay',
  'nodeLoadMinor',
  'cannotPrepareNowMinor',
  'stockBalanceMinor',
  'co2MinorPerKg',
  'priorityMinorPerRank',
] as const;

export function RoutingForm({ draft, names }: FormProps) {
  return (
    <>
      <Weights draft={draft} />
      <Late draft={draft} />
      <Split draft={draft} />
      <Caps draft={draft} />
      <s-section heading={t('routing.priority')}>
        <PriorityRows draft={draft} names={names} />
      </s-section>
      <Offers draft={draft} names={names} />
      <s-section heading={t('routing.advanced')}>
        <s-paragraph color="subdued">
          {t('routing.advanced.text', {
            products: listAt(draft, ['productRules']).length,
            countries: listAt(draft, ['countryRules']).length,
            rulesets: listAt(draft, ['rulesets']).length,
          })}
        </s-paragraph>
      </s-section>
    </>
  );
}

function Weights({ draft }: { draft: Draft }) {
  return (
    <s-section heading={t('routing.weights')}>
      <s-stack gap="base">
        <s-paragraph color="subdued">{t('routing.weights.text')}</s-paragraph>
        <div class="fields">
          {PENALTIES.map((rule) => (
            <NumberField
              key={rule}
              draft={draft}
              path={['weights', rule]}
              label={`routing.w.${rule}`}
              step={0.1}
              max={100}
            />
          ))}
        </div>
        <details class="folded">
          <summary>{t('routing.rates')}</summary>
          <s-paragraph color="subdued">{t('routing.rates.text')}</s-paragraph>
          <div class="fields">
            {RATES.map((rate) => (
              <NumberField
                key={rate}
                draft={draft}
                path={['rates', rate]}
                label={`routing.r.${rate}`}
              />
            ))}
            {KINDS.map((kind) => (
              <NumberField
                key={kind}
                draft={draft}
                path={['rates', 'handlingMinor', kind]}
                label="routing.r.handling"
                facts={{ kind: t(`field.kind.${kind}`) }}
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
        <NoteField<number[]>
          draft={draft}
          path={['ladderDays']}
          label={t('routing.ladder')}
          write={(value) => (Array.isArray(value) ? value.join(' ') : '')}
          read={readCounts}
          isEmpty={(value) => value.length === 0}
          wrong="routing.ladder.wrong"
          help={t('routing.ladder.help')}
        />
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

function Split({ draft }: { draft: Draft }) {
  const mode = draft.read(['split', 'mode']);
  return (
    <s-section heading={t('routing.split')}>
      <div class="fields">
        <SelectField
          draft={draft}
          path={['split', 'mode']}
          label="routing.split.mode"
          choices={(['allow', 'limit', 'forbid'] as const).map((value) => ({
            value,
            label: t(`routing.split.${value}`),
          }))}
        />
        {mode === 'limit' ? (
          <NumberField
            draft={draft}
            path={['split', 'maxParcels']}
            label="routing.split.max"
            min={1}
            max={64}
          />
        ) : null}
        <NumberField
          draft={draft}
          path={['split', 'minimumParcelValueMinor']}
          label="routing.split.parcel"
        />
        <NumberField
          draft={draft}
          path={['split', 'minimumRemainderValueMinor']}
          label="routing.split.rest"
        />
        <CheckField draft={draft} path={['split', 'keepKitsTogether']} label="routing.split.kits" />
      </div>
    </s-section>
  );
}

function Caps({ draft }: { draft: Draft }) {
  return (
    <s-section heading={t('routing.caps')}>
      <div class="fields">
        <NumberField
          draft={draft}
          path={['dailyOrderCap', 'standard']}
          label="routing.caps.standard"
        />
        <NoteField
          draft={draft}
          path={['dailyOrderCap', 'byNode']}
          label={t('routing.caps.byNode')}
          write={writeCaps}
          read={readCaps}
          wrong="routing.caps.byNode.wrong"
          help={t('routing.caps.byNode.help')}
          rows={4}
        />
      </div>
    </s-section>
  );
}

function Offers({ draft, names }: Pick<FormProps, 'draft' | 'names'>) {
  const isCompeting = draft.read(['offers', 'mode']) === 'compete';
  return (
    <s-section heading={t('routing.offers')}>
      <div class="fields">
        <SelectField
          draft={draft}
          path={['offers', 'mode']}
          label="routing.offers.mode"
          choices={(['direct', 'compete'] as const).map((value) => ({
            value,
            label: t(`routing.offers.${value}`),
          }))}
        />
        {isCompeting ? <Competing draft={draft} names={names} /> : null}
      </div>
    </s-section>
  );
}

function Competing({ draft, names }: Pick<FormProps, 'draft' | 'names'>) {
  const kinds = ['offers', 'nodeKinds'];
  return (
    <>
      <NumberField
        draft={draft}
        path={['offers', 'candidates']}
        label="routing.offers.candidates"
        min={1}
        max={50}
      />
      <NumberField
        draft={draft}
        path={['offers', 'timeOutMinutes']}
        label="routing.offers.timeOut"
        min={1}
        max={10_080}
      />
      <NumberField
        draft={draft}
        path={['offers', 'waves']}
        label="routing.offers.waves"
        min={1}
        max={10}
      />
      <SelectField
        draft={draft}
        path={['offers', 'activeHours']}
        label="routing.offers.hours"
        choices={(['opening_hours', 'always'] as const).map((value) => ({
          value,
          label: t(`routing.offers.${value}`),
        }))}
      />
      <Picker
        label={t('routing.offers.kinds')}
        choices={KINDS.map((value) => ({ value, label: t(`field.kind.${value}`) }))}
        chosen={listAt(draft, kinds).map(String)}
        error={draft.errorAt(kinds)}
        onChange={(chosen) => draft.write(kinds, chosen)}
      />
      <NamesField
        draft={draft}
        path={['offers', 'autoClaimNodes']}
        label="routing.offers.auto"
        choices={names.nodes.map(({ id, name }) => ({ value: id, label: name }))}
      />
    </>
  );
}
