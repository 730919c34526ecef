/**
 * The desk itself: offers with their remaining time, what is to be prepared, what waits to leave.
 */
import { useEffect, useState } from 'preact/hooks';
import type { DeskWork } from '../../orders/desk/desk.ts';
import type { PutBack } from '../../orders/pickups/pickups.ts';
import { call } from './api.ts';
import {
  counts,
  dayText,
  momentText,
  type Offer,
  offers,
  putBack,
  refresh,
  refused,
  say,
  skewMs,
  works,
} from './desk.ts';
import { go, Press, route, Screen } from './parts.tsx';
import { t, tc, tn } from './texts/text.ts';

const TABS = ['offers', 'pick', 'done'] as const;
type Tab = (typeof TABS)[number];

const IN_TAB: Readonly<Record<Exclude<Tab, 'offers'>, readonly string[]>> = {
  pick: ['placed', 'picking'],
  done: ['packed', 'ready'],
};

export function ListScreen() {
  const tab = TABS.find((one) => one === route.value[0]) ?? 'offers';
  return (
    <Screen heading={t(`nav.${tab}`)} focusKey={tab}>
      <nav class="tabs" aria-label={t('nav.label')}>
        {TABS.map((one) => (
          <a key={one} href={`#/${one}`} aria-current={one === tab ? 'page' : undefined}>
            {t(`nav.${one}`)} <b>{countOf(one)}</b>
          </a>
        ))}
      </nav>
      {tab === 'offers' ? <Offers /> : <Works tab={tab} />}
    </Screen>
  );
}

function countOf(tab: Tab): number {
  if (tab === 'offers') return offers.value.length;
  const of = counts.value;
  if (of === undefined) return 0;
  return tab === 'pick' ? of.placed + of.picking : of.packed + of.ready + putBack.value.length;
}

function Works({ tab }: { readonly tab: 'pick' | 'done' }) {
  const shown = works.value.filter(({ state }) => IN_TAB[tab].includes(state));
  const back = tab === 'done' ? putBack.value : [];
  if (shown.length + back.length === 0) return <p class="empty">{t(`list.empty.${tab}`)}</p>;
  return (
    <ul class="cards">
      {back.map((one) => (
        <li key={one.putBackId}>
          <PutBackCard of={one} />
        </li>
      ))}
      {shown.map((work) => (
        <li key={work.workId}>
          <a class="card" href={`#/work/${encodeURIComponent(work.workId)}`}>
            <span class="row">
              <strong>{work.orderName}</strong>
              <s-badge tone={work.holdReason === null ? 'info' : 'warning'}>
                {work.holdReason === null
                  ? (tc('state', work.state) ?? work.state)
                  : t('list.held')}
              </s-badge>
            </span>
            <span>
              {tc('kind', work.kind)} · {tn('list.units', unitsOf(work.lines))}
            </span>
            <Begin work={work} />
          </a>
        </li>
      ))}
    </ul>
  );
}

/** What was given up at the counter: out of sale until somebody says that it is on its shelf. */
function PutBackCard({ of }: { readonly of: PutBack }) {
  const { putBackId, orderName, lines } = of;
  const confirm = async () => {
    const answer = await call(`/put-back/${encodeURIComponent(putBackId)}`, {});
    if (!answer.ok) return void refused(answer);
    say(t('said.putBack', { order: orderName }));
    await refresh();
  };
  return (
    <article class="card">
      <span class="row">
        <strong>{orderName}</strong>
        <s-badge tone="warning">{t('state.putBack')}</s-badge>
      </span>
      <ul class="lines">
        {lines.map(({ lineId, sku, title, quantity }) => (
          <li key={lineId}>
            {quantity} × {title} <small>{sku}</small>
          </li>
        ))}
      </ul>
      <Press look="main" about={orderName} onPress={confirm}>
        {t('putBack.do')}
      </Press>
    </article>
  );
}

function Begin({ work }: { readonly work: DeskWork }) {
  if (work.startBy === null || work.state !== 'placed') return null;
  const isLate = Date.parse(work.startBy) < Date.now() + skewMs.value;
  const time = momentText(work.startBy);
  return (
    <span class={isLate ? 'late' : 'soft'}>
      {isLate ? t('list.late', { time }) : t('list.startBy', { time })}
    </span>
  );
}

function unitsOf(lines: readonly { readonly quantity: number }[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}

function Offers() {
  const nowMs = useNow();
  if (offers.value.length === 0) return <p class="empty">{t('list.empty.offers')}</p>;
  return (
    <ul class="cards">
      {offers.value.map((offer) => (
        <li key={offer.offerId}>
          <OfferCard offer={offer} nowMs={nowMs} />
        </li>
      ))}
    </ul>
  );
}

/** The server's time, each second. */
function useNow(): number {
  const [nowMs, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return nowMs + skewMs.value;
}

const REASONS = [
  'too_busy',
  'closing',
  'cannot_send',
  'not_found',
  'damaged',
  'nothing_left',
  'other',
] as const;

function OfferCard({ offer, nowMs }: { readonly offer: Offer; readonly nowMs: number }) {
  const [isRefusing, setRefusing] = useState(false);
  const order = offer.orderName ?? offer.orderId;
  const claim = async () => {
    const answer = await call(`/offers/${encodeURIComponent(offer.offerId)}/claim`, {});
    if (!answer.ok) return void refused(answer);
    say(t('said.claimed', { order }));
    await refresh();
    go('work', offer.workId);
  };
  const refuse = async (reason: string) => {
    const answer = await call(`/offers/${encodeURIComponent(offer.offerId)}/refuse`, { reason });
    if (!answer.ok) return void refused(answer);
    say(t('said.refused'));
    await refresh();
  };
  const { kind, lines, promisedOn } = offer.work;
  return (
    <article class="card">
      <span class="row">
        <strong>{order}</strong>
        <s-badge tone="info">{tc('kind', kind)}</s-badge>
      </span>
      <Remaining offer={offer} nowMs={nowMs} />
      <ul class="lines">
        {lines.map(({ sku, title, quantity }) => (
          <li key={sku}>
            {quantity} × {title ?? sku} {title === undefined ? null : <small>{sku}</small>}
          </li>
        ))}
      </ul>
      {promisedOn === null ? null : (
        <span class="soft">{t('offer.promised', { day: dayText(promisedOn) })}</span>
      )}
      {isRefusing ? (
        <fieldset>
          <legend>{t('offer.why')}</legend>
          {REASONS.map((reason) => (
            <Press key={reason} onPress={() => refuse(reason)}>
              {t(`reason.${reason}`)}
            </Press>
          ))}
          <Press look="line" onPress={() => setRefusing(false)}>
            {t('common.cancel')}
          </Press>
        </fieldset>
      ) : (
        <div class="pair">
          <Press look="main" about={order} onPress={claim}>
            {t('offer.claim')}
          </Press>
          <Press about={order} onPress={() => setRefusing(true)}>
            {t('offer.refuse')}
          </Press>
        </div>
      )}
    </article>
  );
}

const LAST_SECONDS = 120;

function Remaining({ offer, nowMs }: { readonly offer: Offer; readonly nowMs: number }) {
  const ends = Date.parse(offer.expiresAt);
  const seconds = Math.max(0, Math.ceil((ends - nowMs) / 1_000));
  const whole = Math.max(1, Math.round((ends - Date.parse(offer.sentAt)) / 1_000));
  const left = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return (
    <span class={seconds <= LAST_SECONDS ? 'time late' : 'time'}>
      <progress max={whole} value={Math.min(seconds, whole)} aria-label={t('offer.bar')} />
      <span>{seconds === 0 ? t('offer.over') : t('offer.left', { left })}</span>
    </span>
  );
}
