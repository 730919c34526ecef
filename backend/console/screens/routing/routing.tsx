/**
 * How orders are routed, what buyers are told and when a merchant is warned: one form for each section of the policy, and
 * a try on a real order without effect.
 *
 * Rules that only an import writes (product, country, special sets) stay as they are in what is saved.
 */
import { useMemo, useState } from 'preact/hooks';
import type { NetworkNames, SectionView } from '../../view.ts';
import { type Edited, EntryForm } from '../forms/entry-form.tsx';
import { useAnswer } from '../network.tsx';
import { Fault, Screen, Waiting } from '../parts.tsx';
import { pathTo } from '../route.ts';
import { t } from '../texts/text.ts';
import { AlertsForm, MessagesForm, MessagesOff } from './messages-form.tsx';
import { RoutingForm } from './routing-form.tsx';
import { TryOrder } from './try-order.tsx';

const PAGES = ['rules', 'try', 'messages', 'alerts'] as const;
type Page = (typeof PAGES)[number];

/** `/app/routing`, `/app/routing/try`, `/app/routing/messages`, `/app/routing/alerts`. */
export function RoutingScreen({ path }: { path: readonly string[] }) {
  const page = PAGES.find((one) => one === path[0]) ?? 'rules';
  return (
    <Screen heading={t('routing.title')}>
      <nav class="tabs" aria-label={t('routing.title')}>
        {PAGES.map((one) => (
          <a
            key={one}
            href={one === 'rules' ? pathTo('routing') : pathTo('routing', one)}
            aria-current={one === page ? 'page' : undefined}
          >
            {t(`routing.${one}`)}
          </a>
        ))}
      </nav>
      <Part page={page} />
    </Screen>
  );
}

function Part({ page }: { page: Page }) {
  switch (page) {
    case 'try':
      return <TryOrder />;
    case 'messages':
      return (
        <>
          <s-paragraph color="subdued">{t('messages.intro')}</s-paragraph>
          <MessagesOff />
          <SectionForm key={page} section="messages" form={MessagesForm} />
        </>
      );
    case 'alerts':
      return (
        <>
          <s-paragraph color="subdued">{t('alerts.intro')}</s-paragraph>
          <SectionForm key={page} section="outcome" form={AlertsForm} />
        </>
      );
    default:
      return (
        <>
          <s-paragraph color="subdued">{t('routing.intro')}</s-paragraph>
          <SectionForm key={page} section="routing" form={RoutingForm} />
        </>
      );
  }
}

function SectionForm(props: { section: string; form: typeof RoutingForm }) {
  const { section, form } = props;
  const { answer: names } = useAnswer<NetworkNames>('/network');
  const { answer: stored, reload } = useAnswer<SectionView>(`/sections/${section}`);
  const fault = [names, stored].find((answer) => answer?.ok === false);
  if (fault?.ok === false) return <Fault problem={fault.problem} onRetry={reload} />;
  if (names?.ok !== true || stored?.ok !== true) return <Waiting />;
  return (
    <Form section={section} form={form} names={names.value} view={stored.value} onReload={reload} />
  );
}

// A later version is met as a conflict, never taken silently.
function Form(props: {
  section: string;
  form: typeof RoutingForm;
  names: NetworkNames;
  view: SectionView;
  onReload: () => void;
}) {
  const { section, form, names, view, onReload } = props;
  const [saved, setSaved] = useState<Edited>();
  const stored = useMemo(
    (): Edited => ({
      ...{ collection: 'policy', key: null },
      stored: view.section,
      version: view.version,
    }),
    [view],
  );
  return (
    <EntryForm
      edited={saved ?? stored}
      names={names}
      section={section}
      form={form}
      onReload={() => {
        setSaved(undefined);
        onReload();
      }}
      onSaved={({ version, entry }) =>
        setSaved({ collection: 'policy', key: null, stored: entry, version })
      }
    />
  );
}
