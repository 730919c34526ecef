/**
 * What could not be booked: every event with the reason, to be sent through again or laid aside.
 */
import { useState } from 'preact/hooks';
import type { RefusedView } from '../connect-view.ts';
import { call, type Problem } from './api.ts';
import { momentAt } from './format.ts';
import { toast } from './host.ts';
import { useAnswer } from './network.tsx';
import { Fault, Waiting } from './parts.tsx';
import { t } from './texts/text.ts';

type Page = { readonly events: readonly RefusedView[]; readonly hasMore: boolean };
type Replayed = { readonly booked: number; readonly unchanged: number; readonly refused: number };

export function RefusedEvents() {
  const { answer, reload } = useAnswer<Page>('/connections/refused');
  const [said, setSaid] = useState('');
  const [problem, setProblem] = useState<Problem>();
  if (answer === undefined) return <Waiting />;
  if (!answer.ok) return <Fault problem={answer.problem} onRetry={reload} />;
  const { events, hasMore } = answer.value;
  const act = async (action: 'replay' | 'set-aside', chosen: readonly RefusedView[]) => {
    for (const [connectionId, ofOne] of Map.groupBy(chosen, (event) => event.connectionId)) {
      const body = { connectionId, eventKeys: ofOne.map(({ eventKey }) => eventKey) };
      const done = await call<Partial<Replayed>>(`/connections/refused/${action}`, { body });
      setProblem(done.ok ? undefined : done.problem);
      if (!done.ok) return;
      const { booked = 0, refused = 0 } = done.value;
      const text =
        action === 'replay' ? t('refused.replayed', { booked, refused }) : t('refused.laidAside');
      setSaid(text);
      toast(text);
    }
    reload();
  };
  return (
    <>
      <s-paragraph color="subdued">{t('refused.intro')}</s-paragraph>
      {problem === undefined ? null : <Fault problem={problem} />}
      <p role="status">{said}</p>
      {events.length === 0 ? (
        <p class="empty">{t('refused.none')}</p>
      ) : (
        <s-section accessibilityLabel={t('connections.tab.refused')}>
          <s-stack gap="base">
            <s-button-group>
              <s-button variant="primary" onClick={() => void act('replay', events)}>
                {t('refused.replayAll', { count: events.length })}
              </s-button>
              <s-button onClick={() => void act('set-aside', events)}>
                {t('refused.asideAll')}
              </s-button>
            </s-button-group>
            <ul class="refused">
              {events.map((event) => (
                <li key={`${event.connectionId} ${event.eventKey}`}>
                  <div>
                    <strong>{event.reason.detail}</strong>
                    <code>{JSON.stringify(event.event)}</code>
                    <span class="subdued">
                      {momentAt(event.lastAt, Intl.DateTimeFormat().resolvedOptions().timeZone)}
                      {event.times > 1 ? ` · ${t('refused.times', { count: event.times })}` : ''}
                    </span>
                  </div>
                  <s-button
                    accessibilityLabel={`${t('refused.replay')}: ${event.eventKey}`}
                    onClick={() => void act('replay', [event])}
                  >
                    {t('refused.replay')}
                  </s-button>
                </li>
              ))}
            </ul>
            {hasMore ? <s-paragraph color="subdued">{t('refused.more')}</s-paragraph> : null}
          </s-stack>
        </s-section>
      )}
    </>
  );
}
