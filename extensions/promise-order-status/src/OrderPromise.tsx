/**
 * What was promised for an order, on the thank-you page and on the order status page.
 * "Being confirmed" for at most five seconds, then the promise or nothing. A date that changed says so in words, with
 * the date it had been. Days are days of the destination, always absolute: these pages are read later.
 */
import { useEffect, useState } from 'preact/hooks';
import type {
  OrderProgress,
  OrderPromiseAnswer,
  OrderPromiseFacts,
} from '../../../backend/contract/promise-api.ts';
import { askUntilConfirmed, CONFIRM_MS, type OrderQuestion } from './order-answer.ts';

type I18n = Pick<typeof shopify.i18n, 'formatDate' | 'translate'>;

type Properties = {
  /** Undefined until checkout or order are known. */
  readonly question: OrderQuestion | undefined;
  readonly getToken: () => Promise<string>;
  readonly i18n: I18n;
};

export function OrderPromise({ question, getToken, i18n }: Properties) {
  const [answer, setAnswer] = useState<OrderPromiseAnswer>({ status: 'confirming' });
  const subject = question && JSON.stringify(question);

  useEffect(() => {
    let isCurrent = true;
    const late = setTimeout(() => isCurrent && setAnswer({ status: 'none' }), CONFIRM_MS);
    if (question) {
      void askUntilConfirmed(question, getToken).then((final) => {
        clearTimeout(late);
        if (isCurrent) setAnswer(final);
      });
    }
    return () => {
      isCurrent = false;
      clearTimeout(late);
    };
  }, [subject]);

  const { progress } = answer;
  if (answer.status === 'none') {
    return progress ? <WithoutDate progress={progress} i18n={i18n} /> : null;
  }
  if (!('promise' in answer)) {
    return (
      <s-stack direction="inline" gap="small-300" alignItems="center">
        <s-spinner size="small" accessibilityLabel={i18n.translate('confirming')} />
        <s-text>{i18n.translate('confirming')}</s-text>
      </s-stack>
    );
  }
  const isChanged = answer.status === 'changed';
  return (
    <Promised promise={answer.promise} isChanged={isChanged} progress={progress} i18n={i18n} />
  );
}

function WithoutDate({
  progress,
  i18n,
}: {
  readonly progress: OrderProgress;
  readonly i18n: I18n;
}) {
  return (
    <s-section heading={i18n.translate('progress')}>
      <s-stack gap="base">
        <Progress progress={progress} i18n={i18n} />
      </s-stack>
    </s-section>
  );
}

// What the shopper came for stands first: the code at the counter, else where it is.
function Progress({ progress, i18n }: { readonly progress: OrderProgress; readonly i18n: I18n }) {
  const { stage, pickupCodes, tracking } = progress;
  return (
    <>
      {pickupCodes.map((code) => (
        <s-stack key={code} gap="none">
          <s-text>{i18n.translate('code')}</s-text>
          <s-heading>{code}</s-heading>
          <s-text>{i18n.translate('code_hint')}</s-text>
        </s-stack>
      ))}
      <s-text>{i18n.translate(`stage.${stage}`)}</s-text>
      {tracking.map(({ url, number }) =>
        url === '' ? (
          <s-text key={number}>{i18n.translate('parcel_number', { number })}</s-text>
        ) : (
          <s-link key={url} href={url} target="_blank">
            {number === '' ? i18n.translate('track') : i18n.translate('track_number', { number })}
          </s-link>
        ),
      )}
    </>
  );
}

function Promised(props: {
  readonly promise: OrderPromiseFacts;
  readonly isChanged: boolean;
  readonly progress: OrderProgress | undefined;
  readonly i18n: I18n;
}) {
  const { promise, isChanged, progress, i18n } = props;
  const { place } = promise;
  return (
    <s-section heading={i18n.translate(`heading.${promise.kind}`)}>
      <s-stack gap="base">
        {isChanged ? (
          <s-banner tone="warning" heading={i18n.translate('changed')}>
            <s-text>{sayBefore(i18n, promise)}</s-text>
          </s-banner>
        ) : null}
        <s-text type="strong">{sayPromise(i18n, promise)}</s-text>
        {progress ? <Progress progress={progress} i18n={i18n} /> : null}
        {promise.parcels > 1 ? (
          <s-text>{i18n.translate('parcels', { count: promise.parcels })}</s-text>
        ) : null}
        {place ? (
          <s-stack gap="none">
            <s-text type="strong">{i18n.translate('place')}</s-text>
            <s-text>{place.name}</s-text>
            {place.addressLines.map((line) => (
              <s-text key={line}>{line}</s-text>
            ))}
            {place.instructions === '' ? null : <s-paragraph>{place.instructions}</s-paragraph>}
          </s-stack>
        ) : null}
      </s-stack>
    </s-section>
  );
}

function sayPromise(i18n: I18n, { kind, window, timeZone }: OrderPromiseFacts): string {
  const from = new Date(window.from);
  const to = new Date(window.to);
  if (kind !== 'home') {
    const day = formatDay(i18n, from, timeZone);
    const time = formatTime(i18n, from, timeZone);
    const isSameDay = formatDay(i18n, to, timeZone) === day;
    return isSameDay
      ? i18n.translate('collect_until', { day, time, until: formatTime(i18n, to, timeZone) })
      : i18n.translate('collect', { day, time });
  }
  const day = formatDay(i18n, new Date(to.getTime() - 1_000), timeZone);
  if (isMidnight(to, timeZone)) return i18n.translate('arrives', { day });
  const time = formatTime(i18n, to, timeZone);
  return isMidnight(from, timeZone)
    ? i18n.translate('arrives_by', { day, time })
    : i18n.translate('arrives_between', { day, from: formatTime(i18n, from, timeZone), to: time });
}

function sayBefore(i18n: I18n, { promisedBefore, timeZone, kind }: OrderPromiseFacts): string {
  if (!promisedBefore) return '';
  const { from, to } = promisedBefore.window;
  const at = kind === 'home' ? new Date(Date.parse(to) - 1_000) : new Date(from);
  return i18n.translate('before', { day: formatDay(i18n, at, timeZone) });
}

function formatDay(i18n: I18n, at: Date, timeZone: string): string {
  return i18n.formatDate(at, { weekday: 'long', day: 'numeric', month: 'long', timeZone });
}

function formatTime(i18n: I18n, at: Date, timeZone: string): string {
  return i18n.formatDate(at, { hour: 'numeric', minute: '2-digit', timeZone });
}

function isMidnight(at: Date, timeZone: string): boolean {
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone } as const;
  return new Intl.DateTimeFormat('en-CA', clock).format(at).endsWith('00:00');
}
