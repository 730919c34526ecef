/**
 * The works of an order: where each is, what was said about it, and its way step by step against what is due.
 *
 * The way is a row of steps, done or open, with the instant beside each; a table says the same.
 */
import { endAt, momentAt } from '../format.ts';
import { t } from '../texts/text.ts';
import { type Ground, type OrderView, reasonText } from './ground.ts';
import { toneOf } from './states.tsx';

type Work = OrderView['works'][number];

export function Works({ view, ground }: { view: OrderView; ground: Ground }) {
  return (
    <s-section heading={t('order.works')}>
      {view.works.length === 0 ? <p class="empty">{t('order.noWorks')}</p> : null}
      <ul class="works">
        {view.works.map((work) => (
          <li key={work.workId}>
            <h3>
              {ground.placeOf(work.nodeId)}{' '}
              <s-badge tone={toneOf(work.state)}>{t(`workState.${work.state}`)}</s-badge>
            </h3>
            <p class="subdued">
              {t('order.work', { id: work.workId })} ·{' '}
              {work.lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ')}
            </p>
            <Said work={work} ground={ground} />
            {work.state === 'canceled' ? null : (
              <Way work={work} placedAt={view.order.placedAt} ground={ground} />
            )}
          </li>
        ))}
      </ul>
    </s-section>
  );
}

function Said({ work, ground }: { work: Work; ground: Ground }) {
  const moment = (at: string) => momentAt(at, ground.timeZone);
  const isOpen = ['unplaced', 'placed', 'picking', 'packed', 'ready'].includes(work.state);
  const said: string[] = [];
  if (work.state !== 'unplaced' && work.state !== 'canceled') {
    said.push(t(`negotiation.${work.negotiation}`, { wave: work.wave }));
  }
  if (work.unplacedReason !== null) said.push(reasonText(work.unplacedReason));
  if (work.holdReason !== null)
    said.push(t('orders.heldBecause', { reason: reasonText(work.holdReason) }));
  if (isOpen && work.startBy !== null && work.startedAt === null) {
    said.push(t('order.startBy', { when: moment(work.startBy) }));
  }
  if (work.state === 'unplaced' && work.expiresAt !== null) {
    said.push(t('order.expires', { when: moment(work.expiresAt) }));
  }
  if (work.allowedLateDays > 0) said.push(t('order.lateDays', { days: work.allowedLateDays }));
  if (work.excludedNodes.length > 0) {
    said.push(t('order.excluded', { places: work.excludedNodes.map(ground.placeOf).join(', ') }));
  }
  return said.length === 0 ? null : <p>{said.join(' · ')}</p>;
}

type Step = {
  readonly name:
    | 'placed'
    | 'routed'
    | 'claimed'
    | 'picked'
    | 'ready'
    | 'left'
    | 'there'
    | 'collected';
  readonly doneAt: string | null;
  /** The latest that still keeps the promise. */
  readonly dueAt: string | null;
  /** What the plan says. */
  readonly plannedAt?: string | null;
};

/** The steps of a work; a step is done when its instant is known. */
export function stepsOf(work: Work, placedAt: string): readonly Step[] {
  const isPickup = work.kind === 'pickup';
  const claimed = work.claimedAt ?? (work.negotiation === 'assigned' ? work.placedAt : null);
  const packed = isPickup ? work.readyAt : work.packedAt;
  const end = work.promisedEnd ?? work.plannedEnd;
  const last: readonly Step[] = isPickup
    ? [{ name: 'collected', doneAt: work.leftAt, dueAt: null }]
    : [
        { name: 'left', doneAt: work.leftAt, dueAt: null, plannedAt: work.plannedDeparture },
        { name: 'there', doneAt: work.deliveredAt, dueAt: end },
      ];
  return [
    { name: 'placed', doneAt: placedAt, dueAt: null },
    { name: 'routed', doneAt: work.placedAt, dueAt: null },
    { name: 'claimed', doneAt: claimed, dueAt: null },
    { name: 'picked', doneAt: work.startedAt, dueAt: work.startBy },
    { name: 'ready', doneAt: packed, dueAt: isPickup ? end : null },
    ...last,
  ];
}

function Way({ work, placedAt, ground }: { work: Work; placedAt: string; ground: Ground }) {
  const steps = stepsOf(work, placedAt);
  const moment = (at: string | null) => (at === null ? '–' : endAt(at, ground.timeZone));
  const label = t('order.way', { id: work.workId });
  return (
    <>
      <ol class="steps-way" aria-label={label}>
        {steps.map((step) => (
          <li key={step.name} class={step.doneAt === null ? 'open' : 'done'}>
            <strong>{t(`way.${step.name}`)}</strong>
            <span>{stepText(step, moment)}</span>
          </li>
        ))}
      </ol>
      <details class="folded">
        <summary>{t('way.table')}</summary>
        <table class="orders">
          <caption class="hidden">{label}</caption>
          <thead>
            <tr>
              <th scope="col">{t('way.step')}</th>
              <th scope="col">{t('way.done')}</th>
              <th scope="col">{t('way.planned')}</th>
              <th scope="col">{t('way.due')}</th>
            </tr>
          </thead>
          <tbody>
            {steps.map(({ name, doneAt, dueAt, plannedAt = null }) => (
              <tr key={name}>
                <th scope="row">{t(`way.${name}`)}</th>
                <td data-head={t('way.done')}>{moment(doneAt)}</td>
                <td data-head={t('way.planned')}>{moment(plannedAt)}</td>
                <td data-head={t('way.due')}>{moment(dueAt)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

function stepText(step: Step, moment: (at: string | null) => string): string {
  const { doneAt, dueAt, plannedAt = null } = step;
  if (doneAt !== null) return moment(doneAt);
  if (plannedAt !== null) return `${t('way.planned')} ${moment(plannedAt)}`;
  return dueAt === null ? t('way.open') : `${t('way.due')} ${moment(dueAt)}`;
}
