/**
 * The order desk's home: promises in danger first, then orders without a place, open ones, all; and a search over all.
 *
 * Lists are asked again while the page is in sight. The key `/` goes to the search.
 */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { AlertView, OrderRow } from '../../../orders/care/store.ts';
import { EXCEPTION_KINDS } from '../../../orders/exceptions/exceptions.ts';
import { fromNow, momentAt, money, shortDay } from '../format.ts';
import { useAnswer } from '../network.tsx';
import { Fault, Screen, Waiting } from '../parts.tsx';
import { go, pathTo } from '../route.ts';
import { t, tc } from '../texts/text.ts';
import { type Ground, reasonText, stepOf, useAgain, useGround, useNow } from './ground.ts';
import { OrderScreen } from './order.tsx';
import { States } from './states.tsx';

const QUEUES = ['risk', 'unplaced', 'open', 'all'] as const;
type Queue = (typeof QUEUES)[number];

const ASK_AGAIN_SECONDS = 10;

/** `/app/orders`, `/app/orders/unplaced`, `/app/orders/search/…`, `/app/orders/order/…`. */
export function OrdersScreen({ path }: { path: readonly string[] }) {
  const [part, what] = path;
  if (part === 'order' && what !== undefined) return <OrderScreen key={what} orderId={what} />;
  const queue = QUEUES.find((one) => one === part) ?? 'risk';
  const search = part === 'search' ? (what ?? '') : '';
  return (
    <Screen heading={t('orders.title')} isWide>
      <Search key={search} search={search} />
      {search === '' ? (
        <nav class="tabs" aria-label={t('orders.queues')}>
          {QUEUES.map((one) => (
            <a
              key={one}
              href={one === 'risk' ? pathTo('orders') : pathTo('orders', one)}
              aria-current={one === queue ? 'page' : undefined}
            >
              {t(`orders.queue.${one}`)}
            </a>
          ))}
        </nav>
      ) : (
        <s-link href={pathTo('orders')}>← {t('orders.back')}</s-link>
      )}
      <List key={`${queue} ${search}`} queue={queue} search={search} />
    </Screen>
  );
}

function Search({ search }: { search: string }) {
  const [text, setText] = useState(search);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping = event.composedPath()[0] instanceof HTMLInputElement;
      if (event.key !== '/' || isTyping) return;
      event.preventDefault();
      document.getElementById('find-order')?.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <search>
      <form
        class="find"
        onSubmit={(event) => {
          event.preventDefault();
          const wanted = text.trim();
          go(wanted === '' ? pathTo('orders') : pathTo('orders', 'search', wanted));
        }}
      >
        <label for="find-order">{t('orders.search')}</label>
        <input
          id="find-order"
          type="search"
          value={text}
          maxLength={200}
          aria-describedby="find-help"
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <s-button type="submit">{t('common.search')}</s-button>
        <p id="find-help" class="subdued">
          {t('orders.search.help')}
        </p>
      </form>
    </search>
  );
}

type Listed = { readonly alert?: AlertView; readonly order: OrderRow };
type Page = { readonly page: number; readonly hasMore: boolean };

function addressOf(queue: Queue, search: string, page: number): string {
  if (search !== '') return `/orders?${new URLSearchParams({ search, page: String(page) })}`;
  if (queue === 'risk') return `/orders/at-risk?page=${page}`;
  return `/orders?${new URLSearchParams({ queue, page: String(page) })}`;
}

function List({ queue, search }: { queue: Queue; search: string }) {
  const [page, setPage] = useState(1);
  const isRisk = queue === 'risk' && search === '';
  const { answer, reload } = useAnswer<Page & { readonly rows: readonly (Listed | OrderRow)[] }>(
    addressOf(queue, search, page),
  );
  useAgain(reload, ASK_AGAIN_SECONDS);
  const ground = useGround();
  const now = useNow();
  if (answer === undefined) return <Waiting />;
  if (!answer.ok) return <Fault problem={answer.problem} onRetry={reload} />;
  const { hasMore } = answer.value;
  const rows = answer.value.rows.map((row): Listed => ('order' in row ? row : { order: row }));
  if (rows.length === 0 && page === 1) {
    const text =
      search === '' ? t(`orders.queue.${queue}.empty`) : t('orders.notFound', { search });
    return (
      <p class="empty" role="status">
        {text}
      </p>
    );
  }
  return (
    <s-section
      accessibilityLabel={
        search === '' ? t(`orders.queue.${queue}`) : t('orders.found', { search })
      }
    >
      {isRisk ? (
        <RiskTable rows={rows} ground={ground} now={now} />
      ) : (
        <OrderTable rows={rows.map(({ order }) => order)} ground={ground} />
      )}
      <Pages page={page} hasMore={hasMore} onPage={setPage} />
    </s-section>
  );
}

function Pages(props: { page: number; hasMore: boolean; onPage: (page: number) => void }) {
  const { page, hasMore, onPage } = props;
  if (page === 1 && !hasMore) return null;
  return (
    <div class="pages">
      <s-button disabled={page === 1} onClick={() => onPage(page - 1)}>
        {t('common.previous')}
      </s-button>
      <s-text>{t('orders.page', { page })}</s-text>
      <s-button disabled={!hasMore} onClick={() => onPage(page + 1)}>
        {t('common.next')}
      </s-button>
    </div>
  );
}

/** A table that becomes cards where it is narrow: each cell says its column. */
function Table({ heads, children }: { heads: readonly string[]; children: ComponentChildren }) {
  return (
    <table class="orders">
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

function RiskTable(props: { rows: readonly Listed[]; ground: Ground; now: number }) {
  const { rows, ground, now } = props;
  const heads = [
    t('orders.order'),
    t('orders.why'),
    t('risk.place'),
    t('orders.due'),
    t('orders.next'),
    t('orders.promised'),
  ];
  return (
    <Table heads={heads}>
      {byOrder(rows).map(({ order, alert, later }) => (
        <tr key={order.orderId}>
          <th scope="row">
            <OrderLink order={order} />
          </th>
          <td data-head={heads[1]}>
            <s-badge tone={alert.level === 'missed' ? 'critical' : 'warning'}>
              {t(`risk.${alert.level}`)}
            </s-badge>{' '}
            {whyText(alert, order)}
            {later.map((next) => (
              <div class="subdued" key={`${next.workId} ${next.milestone} ${next.level}`}>
                {t('risk.then', {
                  milestone: tc('milestone', stepOf(next.milestone, order)),
                  due: momentAt(next.dueAt, ground.timeZone),
                })}
              </div>
            ))}
          </td>
          <td data-head={heads[2]}>{ground.placeOf(alert.nodeId)}</td>
          <td data-head={heads[3]}>
            {fromNow(Date.parse(alert.dueAt), now)}
            <div class="subdued">{momentAt(alert.dueAt, ground.timeZone)}</div>
          </td>
          <td data-head={heads[4]}>{nextText(alert, order)}</td>
          <td data-head={heads[5]}>{promisedText(order)}</td>
        </tr>
      ))}
    </Table>
  );
}

/** Each order once, by what is most urgent of it; what follows stands below. */
function byOrder(rows: readonly Listed[]) {
  return [...Map.groupBy(rows, ({ order }) => order.orderId).values()].flatMap((listed) => {
    const [alert, ...later] = listed.flatMap((one) => one.alert ?? []);
    const [first] = listed;
    return alert === undefined || first === undefined ? [] : { order: first.order, alert, later };
  });
}

function whyText(alert: AlertView, order: OrderRow): string {
  const parts = [tc('milestone', stepOf(alert.milestone, order))];
  if (alert.isForecast) parts.push(t('risk.forecast'));
  if (order.unplacedReason !== null) parts.push(reasonText(order.unplacedReason));
  if (order.holdReason !== null)
    parts.push(t('orders.heldBecause', { reason: reasonText(order.holdReason) }));
  return parts.join(' · ');
}

function nextText(alert: AlertView, order: OrderRow): string {
  const isException = EXCEPTION_KINDS.some((kind) => kind === alert.milestone);
  if (order.holdReason !== null && !isException) return t('risk.next.held');
  return tc('risk.next', stepOf(alert.milestone, order));
}

function OrderTable({ rows, ground }: { rows: readonly OrderRow[]; ground: Ground }) {
  const heads = [
    t('orders.order'),
    t('orders.buyer'),
    t('orders.state'),
    t('orders.promised'),
    t('orders.placed'),
    t('orders.total'),
  ];
  return (
    <Table heads={heads}>
      {rows.map((order) => (
        <tr key={order.orderId}>
          <th scope="row">
            <OrderLink order={order} />
          </th>
          <td data-head={heads[1]}>
            {order.customerName ?? t('orders.withheld')}
            <div class="subdued">{[order.country, order.postalCode].filter(Boolean).join(' ')}</div>
          </td>
          <td data-head={heads[2]}>
            <States order={order} />
          </td>
          <td data-head={heads[3]}>{promisedText(order)}</td>
          <td data-head={heads[4]}>{momentAt(order.placedAt, ground.timeZone)}</td>
          <td data-head={heads[5]}>{money(order.totalMinor, order.currency)}</td>
        </tr>
      ))}
    </Table>
  );
}

function OrderLink({ order }: { order: OrderRow }) {
  return <a href={pathTo('orders', 'order', order.orderId)}>{order.name}</a>;
}

function promisedText({ promisedOn }: OrderRow): string {
  return promisedOn === null ? t('orders.noPromise') : shortDay(promisedOn);
}
