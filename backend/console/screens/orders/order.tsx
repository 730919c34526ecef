/**
 * Everything of one order on one page: where each unit is, promise against forecast, works, parcels, what happened and why,
 * and what may be done about it. Asked again every few seconds while the page is in sight.
 */
import type { ComponentChildren } from 'preact';
import { EXCEPTION_KINDS } from '../../../orders/exceptions/exceptions.ts';
import { momentAt, money, shortDay } from '../format.ts';
import { useAnswer } from '../network.tsx';
import { Fault, Figures, Screen, Waiting } from '../parts.tsx';
import { pathTo } from '../route.ts';
import { t, tc } from '../texts/text.ts';
import { Actions } from './actions.tsx';
import { Decisions } from './decision.tsx';
import { Lines, Parcels } from './goods.tsx';
import {
  type Ground,
  type OrderView,
  reasonText,
  stepOf,
  useAgain,
  useGround,
  useNow,
} from './ground.ts';
import { States, toneOf } from './states.tsx';
import { Timeline } from './timeline.tsx';
import { Works } from './works.tsx';

const ASK_AGAIN_SECONDS = 5;

/** `/app/orders/order/:id`. */
export function OrderScreen({ orderId }: { orderId: string }) {
  const { answer, reload } = useAnswer<OrderView>(`/orders/${encodeURIComponent(orderId)}`);
  useAgain(reload, ASK_AGAIN_SECONDS);
  const ground = useGround();
  const back = { path: pathTo('orders'), label: t('orders.title') };
  const name = answer?.ok === true ? answer.value.order.name : '';
  return (
    <Screen heading={t('order.title', { name })} back={back} isWide>
      {answer === undefined ? <Waiting /> : null}
      {answer?.ok === false && answer.problem.code === 'order_unknown' ? (
        <s-banner tone="warning">{t('order.missing')}</s-banner>
      ) : null}
      {answer?.ok === false && answer.problem.code !== 'order_unknown' ? (
        <Fault problem={answer.problem} onRetry={reload} />
      ) : null}
      {answer?.ok === true ? <Loaded view={answer.value} ground={ground} onDone={reload} /> : null}
    </Screen>
  );
}

type Shown = { readonly view: OrderView; readonly ground: Ground };

function Loaded({ view, ground, onDone }: Shown & { readonly onDone: () => void }) {
  return (
    <>
      <Head view={view} ground={ground} />
      <Alerts view={view} ground={ground} />
      <PromiseAndForecast view={view} ground={ground} />
      <Actions view={view} ground={ground} onDone={onDone} />
      <Lines view={view} ground={ground} />
      <Works view={view} ground={ground} />
      <Parcels view={view} ground={ground} />
      <Outside view={view} ground={ground} />
      <Timeline events={view.timeline} method={view.order.method} ground={ground} />
      <Decisions view={view} ground={ground} />
    </>
  );
}

function Head({ view: { order, state }, ground }: Shown) {
  const pairs: [string, string][] = [
    [t('orders.placed'), momentAt(order.placedAt, ground.timeZone)],
    [t('orders.buyer'), order.customerName ?? t('orders.withheld')],
    [t('order.email'), order.email ?? t('orders.withheld')],
  ];
  if (order.phone !== null) pairs.push([t('order.phone'), order.phone]);
  pairs.push(
    order.method === 'pickup'
      ? [t('orders.where'), t('order.collects', { place: ground.placeOf(order.pickupNodeId) })]
      : [t('order.address'), addressText(order)],
  );
  if (order.serviceCode !== null) pairs.push([t('order.service'), order.serviceCode]);
  pairs.push(
    [t('order.channel'), order.channel],
    [t('orders.total'), money(order.totalMinor, order.currency)],
  );
  if (order.tags.length > 0) pairs.push([t('order.tags'), order.tags.join(', ')]);
  return (
    <s-section accessibilityLabel={t('orders.order')}>
      <p class="states">
        <s-badge tone={toneOf(state)}>{t(`unit.${state}`)}</s-badge>
        <States order={{ ...order, workStates: [] }} />
      </p>
      {order.holdReason === null ? null : (
        <s-banner tone="warning">
          {t('orders.heldBecause', { reason: reasonText(order.holdReason) })}
        </s-banner>
      )}
      <Figures pairs={pairs} />
    </s-section>
  );
}

function addressText({ address, postalCode, country }: OrderView['order']): string {
  const { address1, address2, zip, city, province } = address ?? {};
  const parts = [address1, address2, [zip ?? postalCode, city].filter(Boolean).join(' '), province];
  const text = [...parts, country].filter(Boolean).join(', ');
  return text === '' ? t('orders.withheld') : text;
}

function Alerts({ view: { alerts, order }, ground }: Shown) {
  const now = useNow();
  if (alerts.length === 0) return null;
  const isMissed = alerts.some(({ level, dueAt }) => level === 'missed' || Date.parse(dueAt) < now);
  return (
    <s-banner tone={isMissed ? 'critical' : 'warning'} heading={t('orders.queue.risk')}>
      <s-unordered-list>
        {alerts.map(({ workId, milestone, level, dueAt, nodeId }) => (
          <s-list-item key={`${workId} ${milestone} ${level}`}>
            {nodeId === null ? '' : `${ground.placeOf(nodeId)}: `}
            {isException(milestone)
              ? tc('event', milestone)
              : t(level === 'missed' ? 'risk.missedAt' : 'event.at_risk', {
                  milestone: tc('milestone', stepOf(milestone, order)),
                  due: momentAt(dueAt, ground.timeZone),
                })}{' '}
            {order.holdReason === null || isException(milestone)
              ? tc('risk.next', stepOf(milestone, order))
              : t('risk.next.held')}
          </s-list-item>
        ))}
      </s-unordered-list>
    </s-banner>
  );
}

const isException = (milestone: string) => EXCEPTION_KINDS.some((kind) => kind === milestone);

function PromiseAndForecast({ view: { promise, forecast }, ground }: Shown) {
  const stored = promise?.status === 'none' ? undefined : promise?.promise;
  const zone = stored?.timeZone ?? ground.timeZone;
  return (
    <s-section heading={t('order.promise')}>
      {stored === undefined ? (
        <p>{t('order.promiseNone')}</p>
      ) : (
        <p>
          <strong>{shortDay(stored.promisedOn)}</strong>{' '}
          {stored.method === 'home'
            ? t('order.promiseBy', { until: momentAt(stored.window.to, zone) })
            : t('order.promisePickup', { from: momentAt(stored.window.from, zone) })}
        </p>
      )}
      {promise?.status === 'changed' ? <p class="warn">{t('order.promiseChanged')}</p> : null}
      <p>
        {forecast === null
          ? t('order.forecastNone')
          : t('order.forecast', { when: momentAt(forecast, zone) })}{' '}
        {stored === undefined || forecast === null ? null : (
          <Verdict due={dueOf(stored)} forecast={forecast} />
        )}
      </p>
    </s-section>
  );
}

function Verdict({ due, forecast }: { due: string; forecast: string }) {
  const isLate = Date.parse(forecast) > Date.parse(due);
  return (
    <s-badge tone={isLate ? 'critical' : 'success'}>
      {t(isLate ? 'order.forecastLate' : 'order.forecastKept')}
    </s-badge>
  );
}

/** What is collected is there when its window begins, a parcel before it ends. */
function dueOf({ method, window }: { method: string; window: { from: string; to: string } }) {
  return method === 'home' ? window.to : window.from;
}

function Outside({ view: { follow, messages, actions }, ground }: Shown) {
  const reason = reasonText(follow.reason);
  return (
    <>
      <s-section heading={t('order.follow')}>
        <p role="status">{t(`follow.${follow.state}`, { reason })}</p>
      </s-section>
      <Listed heading={t('order.messages')} empty={t('order.noMessages')}>
        {messages.map((message) => (
          <li key={`${message.kind} ${message.at} ${message.state}`}>
            {tc('message', message.kind)} · {tc('messageState', message.state)}
            {message.at === null ? '' : ` · ${momentAt(message.at, ground.timeZone)}`}
          </li>
        ))}
      </Listed>
      {actions.length === 0 ? null : (
        <Listed heading={t('act.history')} empty="">
          {actions.map((action) => (
            <li key={action.actionId}>
              {t(`act.${action.kind}`)} · {t(`actState.${action.state}`)}
              {action.reason === null ? '' : ` · ${reasonText(action.reason)}`}
              <span class="subdued"> · {momentAt(action.at, ground.timeZone)}</span>
            </li>
          ))}
        </Listed>
      )}
    </>
  );
}

function Listed(props: { heading: string; empty: string; children: ComponentChildren[] }) {
  const { heading, empty, children } = props;
  return (
    <s-section heading={heading}>
      {children.length === 0 ? <p class="empty">{empty}</p> : <ul>{children}</ul>}
    </s-section>
  );
}
