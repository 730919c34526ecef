/**
 * Channels: what each may sell from where, what is kept back for whom; saved as one, in force within five seconds.
 */
import { useState } from 'preact/hooks';
import type { NetworkNames } from '../view.ts';
import { ChannelsForm, KeptBackForm } from './forms/channel-forms.tsx';
import { type Edited, EntryForm } from './forms/entry-form.tsx';
import { useAnswer } from './network.tsx';
import { Fault, Screen, Waiting } from './parts.tsx';
import { pathTo } from './route.ts';
import { t } from './texts/text.ts';

const KEPT_BACK = 'kept-back';

/** `/app/channels`, and `/app/channels/kept-back` for safety stock and click & collect. */
export function ChannelsScreen({ path }: { path: readonly string[] }) {
  const { answer, reload } = useAnswer<NetworkNames>('/network');
  const isKeptBack = path[0] === KEPT_BACK;
  return (
    <Screen heading={t(isKeptBack ? 'safety.title' : 'channels.title')}>
      <nav class="tabs" aria-label={t('channels.title')}>
        <a href={pathTo('channels')} aria-current={isKeptBack ? undefined : 'page'}>
          {t('channels.title')}
        </a>
        <a href={pathTo('channels', KEPT_BACK)} aria-current={isKeptBack ? 'page' : undefined}>
          {t('safety.title')}
        </a>
      </nav>
      <s-paragraph color="subdued">{t('channels.intro')}</s-paragraph>
      {answer === undefined ? <Waiting /> : null}
      {answer?.ok === false ? <Fault problem={answer.problem} onRetry={reload} /> : null}
      {answer?.ok === true ? (
        <Policy
          key={isKeptBack ? KEPT_BACK : 'channels'}
          names={answer.value}
          form={isKeptBack ? KeptBackForm : ChannelsForm}
          onReload={reload}
        />
      ) : null}
    </Screen>
  );
}

// Keeps the version the form began with: a later one is met as a conflict, never taken silently.
function Policy(props: { names: NetworkNames; form: typeof ChannelsForm; onReload: () => void }) {
  const { names, form, onReload } = props;
  const [saved, setSaved] = useState<Edited>();
  const edited: Edited = saved ?? {
    collection: 'policy',
    key: null,
    stored: names.policy,
    version: names.version,
  };
  return (
    <EntryForm
      edited={edited}
      names={names}
      form={form}
      onReload={() => {
        setSaved(undefined);
        onReload();
      }}
      onSaved={({ version, entry }) => setSaved({ ...edited, version, stored: entry })}
    />
  );
}
