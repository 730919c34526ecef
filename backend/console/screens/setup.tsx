/**
 * Set-up: what this shop's plan allows, what is left to do, and the rates at checkout with their way in and out.
 *
 * Nothing appears at checkout before the merchant has seen the preview and clicked; one click takes it away again.
 */
import { useState } from 'preact/hooks';
import type { SetupAction, SetupStep, SetupView, SetupZone, ZoneChoice } from '../setup-view.ts';
import { type Answer, call } from './api.ts';
import { Bindings } from './bindings.tsx';
import { useAnswer } from './network.tsx';
import { Fault, Screen, Waiting } from './parts.tsx';
import { pathTo } from './route.ts';
import { isKey, t, tc } from './texts/text.ts';

export function SetupScreen() {
  const { answer, reload } = useAnswer<SetupView>('/setup');
  const [done, setDone] = useState<Answer<SetupView>>();
  const [running, setRunning] = useState<SetupAction>();
  const shown = done?.ok === true ? done : answer;
  const run = async (action: SetupAction, zones: readonly ZoneChoice[] = []) => {
    setRunning(action);
    setDone(await call<SetupView>(`/setup/${action}`, { body: { zones } }));
    setRunning(undefined);
  };
  return (
    <Screen
      heading={t('setup.title')}
      actions={
        <s-button
          slot="secondary-actions"
          loading={running === 'check'}
          onClick={() => void run('check')}
        >
          {t('setup.check')}
        </s-button>
      }
    >
      {shown === undefined ? <Waiting /> : null}
      {answer?.ok === false ? <Fault problem={answer.problem} onRetry={reload} /> : null}
      {done?.ok === false ? <Fault problem={done.problem} /> : null}
      {shown?.ok === true ? <Loaded setup={shown.value} running={running} run={run} /> : null}
    </Screen>
  );
}

type LoadedProps = {
  readonly setup: SetupView;
  readonly running: SetupAction | undefined;
  readonly run: (action: SetupAction, zones?: readonly ZoneChoice[]) => Promise<void>;
};

function Loaded({ setup, running, run }: LoadedProps) {
  return (
    <>
      <s-text color="subdued">{t('setup.shop', { shop: setup.shop, plan: setup.planName })}</s-text>
      <s-section heading={t('setup.steps')}>
        <ol class="steps">
          {setup.steps.map((step) => (
            <Step key={step.code} step={step} />
          ))}
        </ol>
      </s-section>
      <Rates setup={setup} running={running} run={run} />
      <Bindings zones={setup.zones} />
      <s-section heading={t('setup.plan')}>
        <div class="scroll">
          <s-table>
            <s-table-header-row>
              <s-table-header>{t('setup.column.what')}</s-table-header>
              <s-table-header>{t('setup.column.allowed')}</s-table-header>
            </s-table-header-row>
            <s-table-body>
              {setup.capabilities.map((capability) => (
                <s-table-row key={capability.code}>
                  <s-table-cell>{tc('setup.capability', capability.code)}</s-table-cell>
                  <s-table-cell>
                    <s-badge tone={ALLOWANCE_TONES[capability.allowance]}>
                      {t(`setup.allowance.${capability.allowance}`)}
                    </s-badge>
                    {capability.reason === undefined ? null : (
                      <s-text color="subdued"> {tc('setup.reason', capability.reason)}</s-text>
                    )}
                  </s-table-cell>
                </s-table-row>
              ))}
            </s-table-body>
          </s-table>
        </div>
      </s-section>
    </>
  );
}

const ALLOWANCE_TONES = {
  available: 'success',
  unavailable: 'neutral',
  unknown: 'caution',
} as const;
const STEP_TONES = {
  done: 'success',
  next: 'info',
  later: 'neutral',
  problem: 'critical',
  not_needed: 'neutral',
} as const;
const STEP_LINKS: Readonly<Record<string, string>> = { network: pathTo('network') };

function Step({ step }: { step: SetupStep }) {
  const textKey = `setup.step.${step.code}.text`;
  const link = step.state === 'done' ? undefined : STEP_LINKS[step.code];
  return (
    <li class={step.state}>
      <div>
        <strong>{tc('setup.step', step.code)}</strong>
        <s-badge tone={STEP_TONES[step.state]}>{t(`setup.state.${step.state}`)}</s-badge>
      </div>
      {isKey(textKey) ? <p>{t(textKey, step.facts)}</p> : null}
      {link === undefined ? null : <s-link href={link}>{t('nav.network')}</s-link>}
    </li>
  );
}

function zoneKey(zone: ZoneChoice): string {
  return `${zone.profileId} ${zone.groupId} ${zone.zoneId}`;
}

function Rates({ setup, running, run }: LoadedProps) {
  const { rates, zones } = setup;
  const [chosen, setChosen] = useState<ReadonlySet<string>>();
  const picked = (zones ?? []).filter((zone) =>
    chosen === undefined
      ? !zone.isAttached && zone.ourOptions.length > 0
      : chosen.has(zoneKey(zone)),
  );
  const toggle = (zone: SetupZone, isOn: boolean) => {
    const next = new Set(picked.map(zoneKey));
    if (isOn) next.add(zoneKey(zone));
    else next.delete(zoneKey(zone));
    setChosen(next);
  };
  const attach = async () => {
    if (!window.confirm(`${t('setup.activateTitle')}\n${t('setup.activateText')}`)) return;
    const choices = picked.map(({ profileId, groupId, zoneId }) => ({
      profileId,
      groupId,
      zoneId,
    }));
    await run('attach', choices);
  };
  const detach = async () => {
    if (!window.confirm(`${t('setup.detachTitle')}\n${t('setup.detachText')}`)) return;
    await run('detach');
  };
  const canPreview = rates !== 'not_registered';
  return (
    <s-section heading={t('setup.rates')}>
      <s-stack gap="base">
        <s-paragraph>{t(`setup.rates.${rates}`)}</s-paragraph>
        {setup.originCount > 1 ? (
          <s-banner tone="info">{t('setup.origins', { count: setup.originCount })}</s-banner>
        ) : null}
        {zones === undefined ? null : <Zones zones={zones} picked={picked} toggle={toggle} />}
        <s-button-group>
          <s-button
            disabled={!canPreview}
            loading={running === 'preview'}
            onClick={() => void run('preview')}
          >
            {t('setup.preview')}
          </s-button>
          {zones === undefined ? null : (
            <s-button
              variant="primary"
              disabled={picked.length === 0}
              loading={running === 'attach'}
              onClick={() => void attach()}
            >
              {t('setup.attachChosen')}
            </s-button>
          )}
          {rates === 'active' ? (
            <s-button tone="critical" loading={running === 'detach'} onClick={() => void detach()}>
              {t('setup.detach')}
            </s-button>
          ) : null}
        </s-button-group>
      </s-stack>
    </s-section>
  );
}

function Zones(props: {
  zones: readonly SetupZone[];
  picked: readonly SetupZone[];
  toggle: (zone: SetupZone, isOn: boolean) => void;
}) {
  const { zones, picked, toggle } = props;
  if (zones.length === 0) return <s-paragraph>{t('setup.previewEmpty')}</s-paragraph>;
  return (
    <div class="scroll">
      <s-table>
        <s-table-header-row>
          <s-table-header>{t('setup.column.zone')}</s-table-header>
          <s-table-header>{t('setup.column.ours')}</s-table-header>
          <s-table-header>{t('setup.column.theirs')}</s-table-header>
        </s-table-header-row>
        <s-table-body>
          {zones.map((zone) => (
            <s-table-row key={zoneKey(zone)}>
              <s-table-cell>
                {zone.isAttached ? (
                  <>
                    <strong>{zone.name}</strong>{' '}
                    <s-badge tone="success">{t('setup.zoneAttached')}</s-badge>
                  </>
                ) : (
                  <s-checkbox
                    label={zone.name}
                    accessibilityLabel={t('setup.choose', { name: zone.name })}
                    checked={picked.includes(zone)}
                    onChange={(event) => toggle(zone, event.currentTarget.checked)}
                  />
                )}
                <div class="subdued">{zone.countries.join(' ')}</div>
              </s-table-cell>
              <s-table-cell>
                {zone.ourOptions.length === 0 ? t('setup.noOptions') : zone.ourOptions.join(', ')}
              </s-table-cell>
              <s-table-cell>
                {zone.merchantRates.length === 0 ? t('common.none') : zone.merchantRates.join(', ')}
                {zone.duplicates.map((name) => (
                  <div class="warn" key={name}>
                    ⚠ {t('setup.duplicate', { name })}
                  </div>
                ))}
              </s-table-cell>
            </s-table-row>
          ))}
        </s-table-body>
      </s-table>
    </div>
  );
}
