/**
 * The date tester: an address, a basket and an instant in; dates, steps and reasons out.
 */
import { useState } from 'preact/hooks';
import type { DateTestRequest, DateTestView, NetworkNames, TestedOption } from '../view.ts';
import { type Answer, call } from './api.ts';
import { momentAt } from './format.ts';
import { useAnswer } from './network.tsx';
import { Fault, problemText, Screen, Waiting } from './parts.tsx';
import { Absences, OptionCard } from './tester-answer.tsx';
import { type Question, QuestionForm } from './tester-question.tsx';
import { t, tn } from './texts/text.ts';
import { scaleOf } from './timeline.tsx';

export function TesterScreen() {
  const { answer: names, reload } = useAnswer<NetworkNames>('/network');
  const { answer: clock } = useAnswer<{ now: string }>('/clock');
  const [tested, setTested] = useState<{ answer: Answer<DateTestView>; question: Question }>();
  const [isAsking, setAsking] = useState(false);
  const timeZone = names?.ok === true ? String(names.value.policy['timeZone'] ?? 'UTC') : 'UTC';
  const ask = async (question: Question, request: DateTestRequest) => {
    setAsking(true);
    const answer = await call<DateTestView>('/date-test', { body: request });
    setTested({ answer, question });
    setAsking(false);
  };
  const isReady = names?.ok === true && clock?.ok === true;
  return (
    <Screen heading={t('tester.title')} isWide>
      <s-paragraph color="subdued">{t('tester.intro')}</s-paragraph>
      {names?.ok === false ? <Fault problem={names.problem} onRetry={reload} /> : null}
      {isReady ? (
        <div class="tester">
          <s-section heading={t('tester.question')}>
            <QuestionForm
              now={clock.value.now}
              timeZone={timeZone}
              names={names.value}
              isAsking={isAsking}
              problem={tested?.answer.ok === false ? tested.answer.problem : undefined}
              onAsk={ask}
            />
          </s-section>
          <section
            class="answer"
            aria-label={t('tester.answer')}
            aria-live="polite"
            aria-busy={isAsking}
          >
            <AnswerPart tested={tested} isAsking={isAsking} />
          </section>
        </div>
      ) : names?.ok === false ? null : (
        <Waiting />
      )}
    </Screen>
  );
}

function AnswerPart(props: {
  tested: { readonly answer: Answer<DateTestView>; readonly question: Question } | undefined;
  isAsking: boolean;
}) {
  const { tested, isAsking } = props;
  if (tested === undefined) {
    return isAsking ? (
      <Waiting label={t('tester.asking')} />
    ) : (
      <p class="empty">{t('tester.start')}</p>
    );
  }
  const { answer } = tested;
  if (!answer.ok) {
    const { allowed, remedy, value } = answer.problem;
    if (allowed === undefined || remedy === undefined) return <Fault problem={answer.problem} />;
    return (
      <s-banner tone="critical" heading={t('common.fault')}>
        {problemText({ value, allowed, remedy })}
      </s-banner>
    );
  }
  return <Dates view={answer.value} place={placeOf(tested.question)} />;
}

function placeOf({ postalCode, country }: Question): string {
  return [postalCode, country].filter(Boolean).join(' ');
}

const METHODS = ['home', 'pickup_point', 'store_pickup'] as const;

function Dates({ view, place }: { view: DateTestView; place: string }) {
  const scale = scaleOf(view.now, view.timeZone, view.options);
  const precision = t(`tester.precision.${view.destination.precision}`);
  return (
    <>
      <h2 class="summary">
        {tn('tester.summary', view.options.length, { place })}
        {view.absent.length === 0 ? null : (
          <span>{tn('tester.summaryAbsent', view.absent.length)}</span>
        )}
      </h2>
      <p class="subdued">
        {t('tester.conditions', {
          when: momentAt(view.now, view.timeZone),
          shipped: view.marginMinutes.shipped,
          pickup: view.marginMinutes.storePickup,
          zone: view.destination.zoneId ?? t('tester.noZone'),
          version: view.version,
        })}{' '}
        {precision}
      </p>
      {view.options.length === 0 ? <s-banner tone="warning">{t('tester.nothing')}</s-banner> : null}
      {METHODS.map((method) => (
        <Group
          key={method}
          heading={t(`tester.method.${method}`)}
          options={view.options.filter((option) => option.method === method)}
          view={view}
          scale={scale}
        />
      ))}
      <Absences absences={view.absent} currency={view.costCurrency} />
    </>
  );
}

function Group(props: {
  heading: string;
  options: readonly TestedOption[];
  view: DateTestView;
  scale: ReturnType<typeof scaleOf>;
}) {
  const { heading, options, view, scale } = props;
  if (options.length === 0) return null;
  return (
    <section class="group">
      <h3>{heading}</h3>
      {options.map((option, index) => (
        <OptionCard
          key={option.serviceCode}
          option={option}
          view={view}
          scale={scale}
          isOpen={index === 0 || option.method === 'home'}
        />
      ))}
    </section>
  );
}
