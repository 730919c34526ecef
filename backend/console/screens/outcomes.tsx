/**
 * Were promises kept? Kept rate, lateness and padding of a period, by lane, place or service, and how each store did.
 *
 * What nobody can judge is counted apart. Each picture has a table that says the same.
 */
import { useMemo, useState } from 'preact/hooks';
import type { OutcomeGroup, OutcomeRow, StoreScore } from '../../orders/outcome/settled/store.ts';
import { number } from './format.ts';
import { useAnswer } from './network.tsx';
import { type Ground, useGround } from './orders/ground.ts';
import { Fault, Figures, Screen, Waiting } from './parts.tsx';
import { t } from './texts/text.ts';

type Orders = OutcomeRow & {
  readonly orders: number;
  readonly exceptions: number;
  readonly exceptionsPerThousand: number | null;
};
type Report = { readonly orders: Orders; readonly rows: readonly OutcomeRow[] };

const PERIODS = [7, 30, 90, 365] as const;
const GROUPS = ['lane', 'node', 'service'] as const;
const DAY_MILLISECONDS = 86_400_000;

/** `/app/outcomes`. */
export function OutcomesScreen() {
  const [days, setDays] = useState<number>(30);
  const { answer: clock, reload } = useAnswer<{ now: string }>('/clock');
  return (
    <Screen heading={t('outcomes.title')} isWide>
      <s-paragraph color="subdued">{t('outcomes.intro')}</s-paragraph>
      <s-select
        label={t('outcomes.period')}
        value={String(days)}
        onChange={(event) => setDays(Number(event.currentTarget.value))}
      >
        {PERIODS.map((one) => (
          <s-option key={one} value={String(one)}>
            {t('outcomes.days', { days: one })}
          </s-option>
        ))}
      </s-select>
      {clock === undefined ? <Waiting /> : null}
      {clock?.ok === false ? <Fault problem={clock.problem} onRetry={reload} /> : null}
      {clock?.ok === true ? <Reports now={clock.value.now} days={days} /> : null}
    </Screen>
  );
}

function Reports({ now, days }: { now: string; days: number }) {
  const [by, setBy] = useState<OutcomeGroup>('lane');
  const ground = useGround();
  const span = useMemo(() => {
    const to = Date.parse(now);
    const from = to - days * DAY_MILLISECONDS;
    return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  }, [now, days]);
  const query = new URLSearchParams({ ...span, by });
  const { answer, reload } = useAnswer<Report>(`/outcome/report?${query}`);
  if (answer === undefined) return <Waiting />;
  if (!answer.ok) return <Fault problem={answer.problem} onRetry={reload} />;
  const { orders, rows } = answer.value;
  return (
    <>
      {orders.orders === 0 ? <p class="empty">{t('outcomes.none')}</p> : <Kept orders={orders} />}
      <s-section heading={t(`outcomes.by.${by}`)}>
        <s-stack gap="base">
          <s-select
            label={t('outcomes.by')}
            value={by}
            onChange={(event) =>
              setBy(GROUPS.find((one) => one === event.currentTarget.value) ?? 'lane')
            }
          >
            {GROUPS.map((one) => (
              <s-option key={one} value={one}>
                {t(`outcomes.by.${one}`)}
              </s-option>
            ))}
          </s-select>
          <Groups rows={rows} by={by} ground={ground} />
        </s-stack>
      </s-section>
      <Stores span={span} ground={ground} />
    </>
  );
}

function percent(basisPoints: number | null): string {
  return basisPoints === null ? '–' : `${number(Math.round(basisPoints / 10) / 10)} %`;
}

function lasting(minutes: number | null): string {
  if (minutes === null) return '–';
  return minutes < 120
    ? t('outcomes.minutes', { count: number(minutes) })
    : t('outcomes.hours', { count: number(Math.round(minutes / 60)) });
}

function Kept({ orders }: { orders: Orders }) {
  const { promised, kept, tooPadded } = orders;
  return (
    <s-section heading={t('outcomes.kept')}>
      <s-stack gap="base">
        <p class="kept-rate">
          <strong>{percent(orders.keptBasisPoints)}</strong>{' '}
          {t('outcomes.kept.of', { kept: number(kept + tooPadded), promised: number(promised) })}
        </p>
        <Bars
          label={t('outcomes.ends')}
          rows={[
            [t('outcomes.kept'), kept],
            [t('outcomes.tooPadded'), tooPadded],
            [t('outcomes.late'), orders.late],
            [t('outcomes.withdrawn'), orders.withdrawn],
          ]}
        />
        {orders.late === 0 ? null : (
          <p>
            {t('outcomes.lateBy', {
              half: lasting(orders.lateMinutesP50),
              most: lasting(orders.lateMinutesP90),
              worst: lasting(orders.lateMinutesMost),
            })}
          </p>
        )}
        <Bars
          label={t('outcomes.early')}
          rows={([0, 1, 2, 3] as const).map((day) => [
            t(`outcomes.early.${day}`),
            orders.earlyDays[day] ?? 0,
          ])}
        />
        <Figures
          pairs={[
            [t('outcomes.exceptions'), number(orders.exceptionsPerThousand ?? 0)],
            [t('outcomes.padding'), padding(orders)],
          ]}
        />
        <h3>{t('outcomes.apart')}</h3>
        <Figures
          pairs={[
            [t('outcomes.unheard'), number(orders.unheard)],
            [t('outcomes.unpromised'), number(orders.unpromised)],
            [t('outcomes.canceled'), number(orders.canceled)],
          ]}
        />
      </s-stack>
    </s-section>
  );
}

function padding({ earlyDaysHundredths }: OutcomeRow): string {
  return earlyDaysHundredths === null ? '–' : number(earlyDaysHundredths / 100);
}

/** Counts as bars; the table they stand in says the same in figures. */
function Bars({ label, rows }: { label: string; rows: readonly (readonly [string, number])[] }) {
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  const most = Math.max(1, ...rows.map(([, count]) => count));
  return (
    <table class="shares">
      <caption>{label}</caption>
      <thead class="hidden">
        <tr>
          <th scope="col">{label}</th>
          <th scope="col">{t('outcomes.count')}</th>
          <th scope="col">{t('outcomes.share')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, count]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{number(count)}</td>
            <td>
              <span class="share" aria-hidden="true">
                <i style={{ inlineSize: `${Math.round((count / most) * 100)}%` }} />
              </span>
              {total === 0 ? '–' : percent(Math.round((count / total) * 10_000))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Groups(props: { rows: readonly OutcomeRow[]; by: OutcomeGroup; ground: Ground }) {
  const { rows, by, ground } = props;
  if (rows.length === 0) return <p class="empty">{t('outcomes.none')}</p>;
  const heads = [
    t('outcomes.promises'),
    t('outcomes.kept'),
    t('outcomes.late'),
    t('outcomes.tooPadded'),
    t('outcomes.padding'),
    t('outcomes.unheard'),
  ];
  return (
    <table class="orders">
      <thead>
        <tr>
          <th scope="col">{t(`outcomes.by.${by}`)}</th>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <th scope="row">{groupName(row.key, by, ground)}</th>
            {[
              number(row.promised),
              percent(row.keptBasisPoints),
              number(row.late),
              number(row.tooPadded),
              padding(row),
              number(row.unheard),
            ].map((value, index) => (
              <td key={heads[index]} data-head={heads[index]}>
                {value}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// A lane's key is `place>zone:service`. `?` is what a parcel has not got: what is collected has neither zone nor service,
// what was given up had no place.
function groupName(key: string, by: OutcomeGroup, { placeOf }: Ground): string {
  const nameOf = (nodeId: string) => (nodeId === '?' ? t('order.nowhere') : placeOf(nodeId));
  const [nodeId = '', rest = ''] = by === 'service' ? ['', `?:${key}`] : key.split('>');
  const way = rest.split(':').filter((part) => part !== '?');
  switch (by) {
    case 'node':
      return nameOf(nodeId);
    case 'service':
      return way.length === 0 ? t('field.method.store_pickup') : way.join(', ');
    case 'lane':
      if (way.length === 0 && nodeId === '?') return nameOf(nodeId);
      return way.length === 0
        ? `${nameOf(nodeId)}, ${t('field.method.store_pickup')}`
        : `${nameOf(nodeId)} → ${way.join(', ')}`;
  }
}

type Span = { readonly from: string; readonly to: string };

function Stores({ span, ground }: { span: Span; ground: Ground }) {
  const query = new URLSearchParams(span);
  const { answer, reload } = useAnswer<{ stores: readonly StoreScore[] }>(
    `/outcome/scores?${query}`,
  );
  const heads = [
    t('outcomes.offered'),
    t('outcomes.claimed'),
    t('outcomes.refused'),
    t('outcomes.timedOut'),
    t('outcomes.claimMinutes'),
    t('outcomes.sent'),
    t('outcomes.late'),
  ];
  return (
    <s-section heading={t('outcomes.stores')}>
      {answer === undefined ? <Waiting /> : null}
      {answer?.ok === false ? <Fault problem={answer.problem} onRetry={reload} /> : null}
      {answer?.ok === true && answer.value.stores.length === 0 ? (
        <p class="empty">{t('outcomes.noStores')}</p>
      ) : null}
      {answer?.ok === true && answer.value.stores.length > 0 ? (
        <table class="orders">
          <thead>
            <tr>
              <th scope="col">{t('outcomes.by.node')}</th>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {answer.value.stores.map((store) => (
              <tr key={store.nodeId}>
                <th scope="row">{ground.placeOf(store.nodeId)}</th>
                {figuresOf(store).map((value, index) => (
                  <td key={heads[index]} data-head={heads[index]}>
                    {value}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </s-section>
  );
}

function figuresOf(store: StoreScore): readonly string[] {
  const { offered, claimed, refused, timedOut, claimMinutesP50, ended, late } = store;
  const minutes = claimMinutesP50 === null ? '–' : number(claimMinutesP50);
  return [
    ...[offered, claimed, refused, timedOut].map(number),
    minutes,
    ...[ended, late].map(number),
  ];
}
