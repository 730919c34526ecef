/**
 * How orders are routed, what buyers are told and when a merchant is warned: one form for each section of the policy, and
 * what Shopify is told; and a try on a real order without effect.
 */
import { useMemo, useState } from 'preact/hooks';
import type { NetworkNames, SectionView } from '../../view.ts';
import { type Edited, EntryForm } from '../forms/entry-form.tsx';
import { useAnswer } from '../network.tsx';
import { Fault, Screen, Waiting } from '../parts.tsx';
import { pathTo } from '../route.ts';
import { t } from '../texts/text.ts';
import { AlertsForm, FollowForm, MessagesForm, MessagesOff } from './messages-form.tsx';
import { RoutingForm } from './routing-form.tsx';
import { TryOrder } from './try-order.tsx';

const PAGES = ['rules', 'try', 'messages', 'alerts', 'shopify'] as const;
type Page = (typeof PAGES)[number];

/** `/app/routing`, and below it `/try`, `/messages`, `/alerts`, `/shopify`. */
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
    case 'shopify':
      return (
        <>
          <s-paragraph color="subdued">{t('follows.intro')}</s-paragraph>
          <SectionForm key={page} section="fulfillment" form={FollowForm} />
        </>
      );
    default:
      return (
        <>
          <s-paragraph color="subdued">{t('routing.intro')}</s-paragraph>
          <SectionForm key={page} section="routing" form={RoutingForm} beside={TryOrder} />
        </>
      );
  }
}

type OfSection = {
  readonly section: string;
  readonly form: typeof RoutingForm;
  /** Shown below, with what stands in the form. */
  readonly beside?: typeof RoutingForm;
};

function SectionForm(props: OfSection) {
  const { section } = props;
  const { answer: names } = useAnswer<NetworkNames>('/network');
  const { answer: stored, reload } = useAnswer<SectionView>(`/sections/${section}`);
  const fault = [names, stored].find((answer) => answer?.ok === false);
  if (fault?.ok === false) return <Fault problem={fault.problem} onRetry={reload} />;
  if (names?.ok !== true || stored?.ok !== true) return <Waiting />;
  return <Form {...props} names={names.value} view={stored.value} onReload={reload} />;
}

// A later version is met as a conflict, never taken silently.
function Form(props: OfSection & { names: NetworkNames; view: SectionView; onReload: () => void }) {
  const { section, form, beside, names, view, onReload } = props;
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
      {...(beside === undefined ? {} : { beside })}
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
