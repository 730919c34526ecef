/**
 * Forms of what stands somewhere: nodes, pickup points, zones.
 */
import { useEffect, useState } from 'preact/hooks';
import type { PlaceHint } from '../../view.ts';
import { call } from '../api.ts';
import { type Draft, textAt } from '../draft.ts';
import { CarrierPickups, DatedHours, WeekHours, WeekTimes } from '../fields/calendar.tsx';
import { CheckField, NoteField, NumberField, SelectField, TextField } from '../fields/simple.tsx';
import { dateOf } from '../format.ts';
import { t } from '../texts/text.ts';
import type { FormProps } from './entry-form.tsx';

export function NodeForm({ draft, names, isNew }: FormProps) {
  const isStore = textAt(draft, ['kind']) === 'store';
  return (
    <>
      <s-section heading={t('section.identity')}>
        <div class="fields">
          <TextField draft={draft} path={['id']} label="field.id" isFixed={!isNew} isRequired />
          <TextField draft={draft} path={['name']} label="field.name" />
          <SelectField
            draft={draft}
            path={['kind']}
            label="field.kind"
            choices={[
              { value: 'warehouse', label: t('field.kind.warehouse') },
              { value: 'store', label: t('field.kind.store') },
              { value: '3pl', label: t('field.kind.3pl') },
            ]}
          />
          <AddressFields draft={draft} />
          <TextField draft={draft} path={['customsArea']} label="field.customsArea" />
        </div>
        <CheckField draft={draft} path={['takesOrders']} label="field.takesOrders" isOn />
      </s-section>
      <HoursSections draft={draft} />
      <s-section heading={t('section.work')}>
        <WeekTimes draft={draft} path={['cutOffs']} label="field.cutOffs" />
        <div class="fields">
          <NumberField
            draft={draft}
            path={['leadTimeMinutes']}
            label="field.leadTimeMinutes"
            suffix="unit.minutes"
          />
          <NumberField draft={draft} path={['unitsPerHour']} label="field.unitsPerHour" min={1} />
          <NumberField draft={draft} path={['unitsPerDay']} label="field.unitsPerDay" min={1} />
          <NumberField draft={draft} path={['ordersPerDay']} label="field.ordersPerDay" />
        </div>
      </s-section>
      <s-section heading={t('section.pickups')}>
        <CarrierPickups draft={draft} path={['carrierPickups']} names={names} />
      </s-section>
      {isStore ? (
        <s-section heading={t('section.storePickup')}>
          <CheckField draft={draft} path={['offersPickup']} label="field.offersPickup" />
          <div class="fields">
            <NumberField
              draft={draft}
              path={['pickupLeadMinutes']}
              label="field.pickupLeadMinutes"
              suffix="unit.minutes"
            />
            <NumberField
              draft={draft}
              path={['lastHandOverMinutes']}
              label="field.lastHandOverMinutes"
              suffix="unit.minutes"
            />
          </div>
          <WeekTimes draft={draft} path={['pickupCutOffs']} label="field.pickupCutOffs" />
        </s-section>
      ) : null}
    </>
  );
}

export function PointForm({ draft, names, isNew }: FormProps) {
  return (
    <>
      <s-section heading={t('section.identity')}>
        <div class="fields">
          <TextField draft={draft} path={['id']} label="field.id" isFixed={!isNew} isRequired />
          <TextField draft={draft} path={['name']} label="field.name" isRequired />
          <SelectField
            draft={draft}
            path={['network']}
            label="field.network"
            choices={names.networks.map((network) => ({ value: network, label: network }))}
          />
          <AddressFields draft={draft} />
        </div>
        <CheckField draft={draft} path={['opensOnHolidays']} label="field.opensOnHolidays" />
      </s-section>
      <HoursSections draft={draft} />
    </>
  );
}

export function ZoneForm({ draft, isNew }: FormProps) {
  return (
    <s-section heading={t('section.zone')}>
      <div class="fields">
        <TextField draft={draft} path={['id']} label="field.id" isFixed={!isNew} isRequired />
        <TextField draft={draft} path={['country']} label="field.country" isCapital isRequired />
        <TextField draft={draft} path={['region']} label="field.region" />
        <TextField draft={draft} path={['timeZone']} label="field.timeZone" isRequired />
        <NumberField draft={draft} path={['lat']} label="field.lat" step={0.001} min={-90} />
        <NumberField draft={draft} path={['lng']} label="field.lng" step={0.001} min={-180} />
        <TextField draft={draft} path={['customsArea']} label="field.customsArea" />
      </div>
      <NoteField<string[]>
        draft={draft}
        path={['postalPrefixes']}
        label={t('field.postalPrefixes')}
        write={(value) => (Array.isArray(value) ? value.join(' ') : '')}
        read={(text) =>
          text
            .toUpperCase()
            .split(/[,;\s]+/)
            .filter(Boolean)
        }
        wrong="field.postalPrefixes"
        help={t('field.postalPrefixes.help')}
        rows={3}
      />
    </s-section>
  );
}

function HoursSections({ draft }: { draft: Draft }) {
  return (
    <>
      <s-section heading={t('section.hours')}>
        <WeekHours draft={draft} path={['hours', 'weekly']} />
      </s-section>
      <s-section heading={t('section.exceptions')}>
        <DatedHours draft={draft} path={['hours', 'exceptions']} />
        <HolidaysAhead draft={draft} />
      </s-section>
    </>
  );
}

// Country, postal code and region together say the rest; one button fills it in.
function AddressFields({ draft }: { draft: Draft }) {
  const country = textAt(draft, ['country']);
  const hint = usePlaceHint(country, textAt(draft, ['postalCode']), textAt(draft, ['region']));
  const fill = () => {
    if (hint === undefined) return;
    for (const field of ['lat', 'lng', 'region', 'timeZone'] as const) {
      if (hint[field] !== undefined) draft.write([field], hint[field]);
    }
  };
  const regions = hint?.regions ?? [];
  return (
    <>
      <TextField draft={draft} path={['address1']} label="field.address1" />
      <TextField draft={draft} path={['postalCode']} label="field.postalCode" />
      <TextField draft={draft} path={['city']} label="field.city" />
      <TextField draft={draft} path={['country']} label="field.country" isCapital isRequired />
      <SelectField
        draft={draft}
        path={['region']}
        label="field.region"
        choices={[
          { value: '', label: t('field.region.whole') },
          ...[...new Set([...regions, textAt(draft, ['region'])])]
            .filter(Boolean)
            .map((region) => ({ value: region, label: region })),
        ]}
      />
      <TextField draft={draft} path={['timeZone']} label="field.timeZone" isRequired />
      <NumberField
        draft={draft}
        path={['lat']}
        label="field.lat"
        step={0.0001}
        min={-90}
        max={90}
      />
      <NumberField
        draft={draft}
        path={['lng']}
        label="field.lng"
        step={0.0001}
        min={-180}
        max={180}
      />
      <div class="bottom">
        <s-button icon="location" disabled={hint?.lat === undefined} onClick={fill}>
          {t('field.postalCode.fill')}
        </s-button>
      </div>
    </>
  );
}

function HolidaysAhead({ draft }: { draft: Draft }) {
  const hint = usePlaceHint(
    textAt(draft, ['country']),
    textAt(draft, ['postalCode']),
    textAt(draft, ['region']),
  );
  if (hint === undefined || hint.holidays.length === 0) return null;
  return (
    <details class="folded">
      <summary>{t('section.holidays')}</summary>
      <s-paragraph color="subdued">{t('section.holidaysText')}</s-paragraph>
      <ul class="chips">
        {hint.holidays.map((day) => (
          <li key={day}>{dateOf(day)}</li>
        ))}
      </ul>
    </details>
  );
}

// Waits until the typing stops, and forgets answers that come too late.
const TYPING_MILLISECONDS = 250;

function usePlaceHint(country: string, postalCode: string, region: string): PlaceHint | undefined {
  const [hint, setHint] = useState<PlaceHint>();
  useEffect(() => {
    if (!/^[A-Z]{2}$/.test(country)) return undefined;
    const giveUp = new AbortController();
    const timer = setTimeout(async () => {
      const query = new URLSearchParams({ country, postalCode, region });
      const answer = await call<PlaceHint>(`/places?${query}`, { signal: giveUp.signal }).catch(
        () => undefined,
      );
      if (answer?.ok === true) setHint(answer.value);
    }, TYPING_MILLISECONDS);
    return () => {
      clearTimeout(timer);
      giveUp.abort();
    };
  }, [country, postalCode, region]);
  return hint;
}
