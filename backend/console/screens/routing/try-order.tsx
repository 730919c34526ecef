/**
 * A real order as it would be routed now, with the rules as saved; nothing is changed.
 */
import { useState } from 'preact/hooks';
import type { OrderRow } from '../../../orders/care/store.ts';
import type { RouteDecision } from '../../../routing/decision.ts';
import { call, type Problem } from '../api.ts';
import { DecisionText } from '../orders/decision.tsx';
import { useGround } from '../orders/ground.ts';
import { Fault } from '../parts.tsx';
import { pathTo } from '../route.ts';
import { t } from '../texts/text.ts';

type Tried = { readonly order: OrderRow; readonly decision: RouteDecision };

export function TryOrder() {
  const [number, setNumber] = useState('');
  const [tried, setTried] = useState<Tried>();
  const [problem, setProblem] = useState<Problem>();
  const [said, say] = useState('');
  const [isBusy, setBusy] = useState(false);
  const ground = useGround();
  const run = async () => {
    setBusy(true);
    const answer = await tryOrder(number.trim());
    setBusy(false);
    setTried(answer !== undefined && 'order' in answer ? answer : undefined);
    setProblem(answer !== undefined && 'code' in answer ? answer : undefined);
    say(answer === undefined ? t('routing.try.notFound') : '');
  };
  return (
    <s-section heading={t('routing.try')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <s-stack gap="base">
          <s-paragraph color="subdued">{t('routing.try.text')}</s-paragraph>
          <div class="fields">
            <s-text-field
              label={t('routing.try.order')}
              value={number}
              required
              onInput={(event) => setNumber(event.currentTarget.value)}
            />
            <div class="bottom">
              <s-button type="submit" loading={isBusy} disabled={number.trim() === ''}>
                {t('routing.try.run')}
              </s-button>
            </div>
          </div>
        </s-stack>
      </form>
      <div role="status" aria-live="polite">
        {said === '' ? null : <p>{said}</p>}
        {problem === undefined ? null : <Fault problem={problem} />}
        {tried === undefined ? null : (
          <>
            <h3>
              <a href={pathTo('orders', 'order', tried.order.orderId)}>
                {t('routing.try.of', { name: tried.order.name })}
              </a>
            </h3>
            {isNothing(tried.decision) ? <p>{t('routing.try.nothing')}</p> : null}
            <DecisionText
              decision={tried.decision}
              ground={{ ...ground, currency: tried.order.currency }}
            />
          </>
        )}
      </div>
    </s-section>
  );
}

function isNothing({ parcels, unplaced }: RouteDecision): boolean {
  return parcels.length === 0 && unplaced.length === 0;
}

/** Finds the order by its number and asks; undefined: no order has it. */
async function tryOrder(number: string): Promise<Tried | Problem | undefined> {
  const found = await call<{ rows: readonly OrderRow[] }>(
    `/orders?${new URLSearchParams({ search: number })}`,
  );
  if (!found.ok) return found.problem;
  const wanted = number.replace(/^#/, '').toLowerCase();
  const order = found.value.rows.find(
    ({ name, orderId }) => name.replace(/^#/, '').toLowerCase() === wanted || orderId === number,
  );
  if (order === undefined) return undefined;
  const answer = await call<{ decision: RouteDecision }>(
    `/orders/${encodeURIComponent(order.orderId)}/dry-run`,
  );
  return answer.ok ? { order, decision: answer.value.decision } : answer.problem;
}
