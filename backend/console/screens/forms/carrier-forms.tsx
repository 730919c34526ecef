/**
 * Forms of what moves: carriers, services, lanes; and the rules of the promise.
 */
import { textAt } from '../draft.ts';
import { NamesField, Observations, Prices, Tiers } from '../fields/amounts.tsx';
import { DatesBySide, WorkingDays } from '../fields/calendar.tsx';
import {
  CheckField,
  NoteField,
  NumberField,
  SelectField,
  TextField,
  TimeField,
} from '../fields/simple.tsx';
import { readRestrictions } from '../notes.ts';
import { t } from '../texts/text.ts';
import type { FormProps } from './entry-form.tsx';

export function CarrierForm({ draft, isNew }: FormProps) {
  return (
    <>
      <s-section heading={t('field.name')}>
        <div class="fields">
          <TextField draft={draft} path={['id']} label="field.id" isFixed={!isNew} isRequired />
          <TextField draft={draft} path={['name']} label="field.name" />
        </div>
      </s-section>
      <DaysSection draft={draft} inherited="field.workingDays.default" />
    </>
  );
}

function DaysSection({
  draft,
  inherited,
}: Pick<FormProps, 'draft'> & {
  readonly inherited: 'field.workingDays.default' | 'field.workingDays.carrier';
}) {
  return (
    <s-section heading={t('section.days')}>
      <s-stack gap="base">
        <s-paragraph color="subdued">{t('section.daysText')}</s-paragraph>
        <WorkingDays draft={draft} path={['workingDays']} inherited={inherited} />
        <DatesBySide draft={draft} path={['workedDates']} label="field.workedDates" />
        <DatesBySide draft={draft} path={['closures']} label="field.closures" />
      </s-stack>
    </s-section>
  );
}

export function ServiceForm({ draft, names, isNew }: FormProps) {
  const zones = names.zones.map((zone) => ({
    value: zone.id,
    label: `${zone.id} (${zone.country})`,
  }));
  return (
    <>
      <s-section heading={t('field.name')}>
        <div class="fields">
          <TextField draft={draft} path={['code']} label="field.code" isFixed={!isNew} isRequired />
          <TextField
            draft={draft}
            path={['name']}
            label="field.name"
            help="field.name.service.help"
          />
          <SelectField
            draft={draft}
            path={['carrierId']}
            label="field.carrierId"
            choices={names.carriers.map((carrier) => ({ value: carrier.id, label: carrier.name }))}
          />
          <SelectField
            draft={draft}
            path={['method']}
            label="field.method"
            choices={[
              { value: 'home', label: t('field.method.home') },
              { value: 'pickup_point', label: t('field.method.pickup_point') },
            ]}
          />
          {textAt(draft, ['method']) === 'pickup_point' ? (
            <TextField draft={draft} path={['network']} label="field.network" />
          ) : null}
        </div>
      </s-section>
      <s-section heading={t('section.delivery')}>
        <div class="fields">
          <TimeField draft={draft} path={['deliverFrom']} label="field.deliverFrom" />
          <TimeField draft={draft} path={['deliverBy']} label="field.deliverBy" />
          <NumberField
            draft={draft}
            path={['co2KgPerTonneKm']}
            label="field.co2KgPerTonneKm"
            step={0.0001}
          />
        </div>
      </s-section>
      <s-section heading={t('section.prices')}>
        <Prices draft={draft} path={['prices']} zones={zones} />
      </s-section>
      <LimitsSection draft={draft} />
      <DaysSection draft={draft} inherited="field.workingDays.carrier" />
    </>
  );
}

function LimitsSection({ draft }: Pick<FormProps, 'draft'>) {
  return (
    <s-section heading={t('section.limits')}>
      <div class="fields">
        <NumberField
          draft={draft}
          path={['maxItemGrams']}
          label="field.maxItemGrams"
          suffix="unit.grams"
        />
        <NumberField
          draft={draft}
          path={['maxItemLongestCm']}
          label="field.maxItemLongestCm"
          suffix="unit.cm"
        />
        <NumberField
          draft={draft}
          path={['maxItemVolumeCm3']}
          label="field.maxItemVolumeCm3"
          suffix="unit.cm3"
        />
        <NumberField
          draft={draft}
          path={['maxParcelGrams']}
          label="field.maxParcelGrams"
          suffix="unit.grams"
        />
        <NumberField
          draft={draft}
          path={['maxParcelVolumeCm3']}
          label="field.maxParcelVolumeCm3"
          suffix="unit.cm3"
        />
        <NumberField
          draft={draft}
          path={['volumetricDivisor']}
          label="field.volumetricDivisor"
          min={1}
        />
      </div>
      <NoteField<ReturnType<typeof readRestrictions>>
        draft={draft}
        path={['restrictions']}
        label={t('field.restrictions')}
        write={writeRestrictions}
        read={readRestrictions}
        wrong="field.restrictions"
        help={t('field.restrictions.help')}
        rows={2}
      />
    </s-section>
  );
}

function writeRestrictions(value: unknown): string {
  if (!Array.isArray(value)) return '';
  return value
    .map(({ productTag, countries = [] }) => [productTag, ...countries].join(' '))
    .join('\n');
}

export function LaneForm({ draft, names }: FormProps) {
  const currency = String(names.policy['currency'] ?? '');
  const level = Number(names.policy['serviceLevel'] ?? 0.95);
  return (
    <>
      <s-section heading={t('section.way')}>
        <s-stack gap="base">
          <SelectField
            draft={draft}
            path={['serviceCode']}
            label="field.serviceCode"
            choices={names.services.map((service) => ({
              value: service.code,
              label: `${service.name} (${service.code})`,
            }))}
          />
          <NamesField
            draft={draft}
            path={['nodeIds']}
            label="field.nodeIds"
            choices={names.nodes.map((node) => ({ value: node.id, label: node.name }))}
          />
          <NamesField
            draft={draft}
            path={['zoneIds']}
            label="field.zoneIds"
            choices={names.zones.map((zone) => ({
              value: zone.id,
              label: `${zone.id} (${zone.country})`,
            }))}
          />
          <CheckField draft={draft} path={['crossesCustoms']} label="field.crossesCustoms" />
        </s-stack>
      </s-section>
      <s-section heading={t('section.transit')}>
        <s-stack gap="base">
          <div class="fields">
            <NumberField
              draft={draft}
              path={['transitDays']}
              label="field.transitDays"
              suffix="unit.days"
            />
          </div>
          <Observations draft={draft} path={['observations']} level={level} />
        </s-stack>
      </s-section>
      <s-section heading={t('section.costs')}>
        <s-paragraph color="subdued">{t('section.costsText', { currency })}</s-paragraph>
        <Tiers draft={draft} path={['costs']} amount="costMinor" currency={currency} />
      </s-section>
    </>
  );
}

export function PolicyForm({ draft }: FormProps) {
  return (
    <>
      <s-section heading={t('section.promise')}>
        <div class="fields">
          <NumberField
            draft={draft}
            path={['serviceLevel']}
            label="field.serviceLevel"
            step={0.01}
            max={1}
          />
          <TextField draft={draft} path={['timeZone']} label="field.timeZone" isRequired />
          <TextField
            draft={draft}
            path={['currency']}
            label="field.currency"
            isCapital
            isRequired
          />
          <NumberField
            draft={draft}
            path={['distanceFactor']}
            label="field.distanceFactor"
            step={0.01}
            min={1}
            max={5}
          />
        </div>
        <CheckField draft={draft} path={['thinLaneExtraDay']} label="field.thinLaneExtraDay" />
      </s-section>
      <s-section heading={t('section.splits')}>
        <div class="fields">
          <NumberField
            draft={draft}
            path={['splitOnlyIfDaysEarlier']}
            label="field.splitOnlyIfDaysEarlier"
            suffix="unit.days"
            min={1}
            max={60}
          />
          <NumberField
            draft={draft}
            path={['maxDaysLaterForCost']}
            label="field.maxDaysLaterForCost"
            suffix="unit.days"
            max={60}
          />
        </div>
      </s-section>
      <s-section heading={t('section.near')}>
        <div class="fields">
          <NumberField
            draft={draft}
            path={['pickupPoints', 'maxCount']}
            label="field.pickupPoints.maxCount"
            min={1}
            max={5}
          />
          <NumberField
            draft={draft}
            path={['pickupPoints', 'maxMeters']}
            label="field.pickupPoints.maxMeters"
            suffix="unit.meters"
          />
          <NumberField
            draft={draft}
            path={['storePickup', 'maxCount']}
            label="field.storePickup.maxCount"
            min={1}
            max={50}
          />
          <NumberField
            draft={draft}
            path={['storePickup', 'maxMeters']}
            label="field.storePickup.maxMeters"
            suffix="unit.meters"
          />
        </div>
      </s-section>
    </>
  );
}
