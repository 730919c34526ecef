/**
 * A real order as it would be routed now, with the rules as saved or as they stand in a form; nothing is changed.
 */
import { useState } from 'preact/hooks';
import type { OrderRow } from '../../../orders/care/store.ts';
import type { RouteDecision } from '../../../routing/decision.ts';
import { call, type Problem } from '../api.ts';
import type { Draft } from '../draft.ts';
import { DecisionText } from '../orders/decision.tsx';
import { useGround } from '../orders/ground.ts';
import { Fault } from '../parts.tsx';
import { pathTo } from '../route.ts';
import { t } from '../texts/text.ts';

type Tried = {
  readonly order: OrderRow;
  readonly decision: RouteDecision;
  readonly withDraft: boolean;
};

/** `draft`: the rules to try it with; absent: the saved ones. */
export function TryOrder({ draft }: { draft?: Draft }) {
  const [number, setNumber] = useState('');
  const { tried, problem, said, isBusy, run } = useTry(draft);
  const isDraft = draft !== undefined;
  return (
    <s-section heading={t(isDraft ? 'draft.title' : 'routing.try')}>
      <s-stack gap="base">
        <s-paragraph color="subdued">{t(isDraft ? 'draft.text' : 'routing.try.text')}</s-paragraph>
        <form
          class="fields"
          onSubmit={(event) => {
            event.preventDefault();
            if (number.trim() !== '') void run(number.trim());
          }}
        >
          <s-text-field
            label={t('routing.try.order')}
            value={number}
            onInput={(event) => setNumber(event.currentTarget.value)}
          />
          <div class="bottom">
            <s-button type="submit" loading={isBusy} disabled={number.trim() === ''}>
              {t('routing.try.run')}
            </s-button>
          </div>
        </form>
      </s-stack>
      <div role="status" aria-live="polite">
        {said === '' ? null : <p>{said}</p>}
        {problem === undefined ? null : <Fault problem={problem} />}
        {tried === undefined ? null : <Decided tried={tried} isDraft={isDraft} />}
      </div>
    </s-section>
  );
}

function useTry(draft: Draft | undefined) {
  const [tried, setTried] = useState<Tried>();
  const [problem, setProblem] = useState<Problem>();
  const [said, say] = useState('');
  const [isBusy, setBusy] = useState(false);
  const tell = (text: string, fault?: Problem, answer?: Tried) => {
    say(text);
    setProblem(fault);
    setTried(answer);
  };
  const run = async (number: string) => {
    if (draft !== undefined && draft.wrong.value.size > 0) return tell(t('draft.wrong'));
    setBusy(true);
    const answer = await tryOrder(number, draft);
    setBusy(false);
    if (answer === undefined) return tell(t('routing.try.notFound'));
    const fault = 'code' in answer ? answer : undefined;
    if (draft !== undefined && markFields(draft, fault)) return tell(t('draft.wrong'));
    tell('', fault, 'order' in answer ? answer : undefined);
  };
  return { tried, problem, said, isBusy, run };
}

function Decided({ tried, isDraft }: { tried: Tried; isDraft: boolean }) {
  const { order, decision, withDraft } = tried;
  const ground = useGround();
  return (
    <>
      <h3>
        <a href={pathTo('orders', 'order', order.orderId)}>
          {t('routing.try.of', { name: order.name })}
        </a>
      </h3>
      {isDraft ? <p class="subdued">{t(withDraft ? 'draft.unsaved' : 'draft.saved')}</p> : null}
      {isNothing(decision) ? <p>{t('routing.try.nothing')}</p> : null}
      <DecisionText decision={decision} ground={{ ...ground, currency: order.currency }} />
    </>
  );
}

function isNothing({ parcels, unplaced }: RouteDecision): boolean {
  return parcels.length === 0 && unplaced.length === 0;
}

// Rules that contradict each other are said at their field, as a save would say them.
function markFields(draft: Draft, fault: Problem | undefined): boolean {
  const { pointer, value, allowed, remedy } = fault ?? {};
  const root = '/settings';
  const isOfField = pointer?.startsWith(root) === true && allowed !== undefined;
  draft.problems.value =
    isOfField && remedy !== undefined
      ? [{ edit: 0, pointer: pointer.slice(root.length), value, allowed, remedy }]
      : [];
  return isOfField;
}

/** Finds the order by its number and asks; undefined: no order has it. */
async function tryOrder(
  number: string,
  draft: Draft | undefined,
): Promise<Tried | Problem | undefined> {
  const found = await call<{ rows: readonly OrderRow[] }>(
    `/orders?${new URLSearchParams({ search: number })}`,
  );
  if (!found.ok) return found.problem;
  const wanted = number.replace(/^#/, '').toLowerCase();
  const order = found.value.rows.find(
    ({ name, orderId }) => name.replace(/^#/, '').toLowerCase() === wanted || orderId === number,
  );
  if (order === undefined) return undefined;
  const withDraft = draft?.isChanged() === true;
  const answer = await call<{ decision: RouteDecision }>(
    `/orders/${encodeURIComponent(order.orderId)}/dry-run`,
    withDraft ? { body: { settings: draft.entry.value } } : undefined,
  );
  return answer.ok ? { order, decision: answer.value.decision, withDraft } : answer.problem;
}
