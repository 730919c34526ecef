/**
 * Which service is behind each of the shop's own rates, and what Kept may do beside it.
 *
 * The rates are read from Shopify when the merchant asks; what was decided before is shown at once. Saving writes the
 * section `surfaces` based on its version; a second saver is told and loads again.
 */
import { useState } from 'preact/hooks';
import type { SetupZone } from '../setup-view.ts';
import type { NetworkNames, SurfacesView } from '../view.ts';
import { useAnswer } from './network.tsx';
import { Fault, Waiting } from './parts.tsx';
import { useSectionSave } from './section-save.ts';
import { t } from './texts/text.ts';

type Surfaces = SurfacesView['surfaces'];

/** The section of the set-up page; `zones` once the checkout was looked at. */
export function Bindings({ zones }: { zones: readonly SetupZone[] | undefined }) {
  const { answer: names } = useAnswer<NetworkNames>('/network');
  const { answer: stored, reload } = useAnswer<SurfacesView>('/surfaces');
  const fault = [names, stored].find((answer) => answer?.ok === false);
  return (
    <s-section heading={t('bindings.title')}>
      {fault?.ok === false ? <Fault problem={fault.problem} onRetry={reload} /> : null}
      {names?.ok === true && stored?.ok === true ? (
        <Form
          key={stored.value.version}
          names={names.value}
          stored={stored.value}
          rates={ratesOf(zones, stored.value.surfaces)}
          onReload={reload}
        />
      ) : fault === undefined ? (
        <Waiting />
      ) : null}
    </s-section>
  );
}

function ratesOf(
  zones: readonly SetupZone[] | undefined,
  { rateBindings = [] }: Surfaces,
): string[] {
  const read = (zones ?? []).flatMap((zone) => zone.merchantRates);
  return [...new Set([...rateBindings.map(({ rateCode }) => rateCode), ...read])].toSorted();
}

function Form(props: {
  names: NetworkNames;
  stored: SurfacesView;
  rates: readonly string[];
  onReload: () => void;
}) {
  const { names, stored, rates, onReload } = props;
  const [surfaces, setSurfaces] = useState<Surfaces>(stored.surfaces);
  const { problem, isSaving, save } = useSectionSave(stored.version, onReload);
  const bindings = surfaces.rateBindings ?? [];
  const bind = (rateCode: string, serviceCode: string) => {
    const others = bindings.filter((one) => one.rateCode !== rateCode);
    const rateBindings = serviceCode === '' ? others : [...others, { rateCode, serviceCode }];
    setSurfaces({ ...surfaces, rateBindings });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save({ surfaces });
      }}
    >
      <s-stack gap="base">
        <s-paragraph color="subdued">{t('bindings.text')}</s-paragraph>
        {problem === undefined ? null : <Fault problem={problem} onRetry={onReload} />}
        {rates.length === 0 ? <s-paragraph>{t('bindings.empty')}</s-paragraph> : null}
        <div class="fields">
          {rates.map((rate) => (
            <s-select
              key={rate}
              label={rate}
              value={bindings.find((one) => one.rateCode === rate)?.serviceCode ?? ''}
              onChange={(event) => bind(rate, event.currentTarget.value)}
            >
              <s-option value="">{t('bindings.none')}</s-option>
              {names.services
                .filter((service) => service.method === 'home')
                .map((service) => (
                  <s-option key={service.code} value={service.code}>
                    {`${service.name} (${service.code})`}
                  </s-option>
                ))}
            </s-select>
          ))}
        </div>
        <s-checkbox
          label={t('bindings.sortsByDate')}
          checked={surfaces.sortsByDate === true}
          onChange={(event) =>
            setSurfaces({ ...surfaces, sortsByDate: event.currentTarget.checked })
          }
        />
        <s-checkbox
          label={t('bindings.managesPickup')}
          checked={surfaces.managesPickup !== false}
          onChange={(event) =>
            setSurfaces({ ...surfaces, managesPickup: event.currentTarget.checked })
          }
        />
        <s-text-field
          label={t('bindings.instructions')}
          value={surfaces.pickupInstructions ?? ''}
          maxLength={500}
          onInput={(event) =>
            setSurfaces({ ...surfaces, pickupInstructions: event.currentTarget.value })
          }
        />
        <div>
          <s-button type="submit" loading={isSaving}>
            {t('common.save')}
          </s-button>
        </div>
      </s-stack>
    </form>
  );
}
