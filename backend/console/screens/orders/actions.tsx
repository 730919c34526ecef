/**
 * What an agent may do about an order: each action is previewed, then confirmed, and its result is said aloud.
 *
 * A confirmation carries an id made when the preview was asked for, so that a second click or a lost answer acts once.
 * Guards are the server's; here only what has nothing to act on is left out.
 */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Action, ActionPreview, ActionState } from '../../../orders/care/care.ts';
import { call, type Problem } from '../api.ts';
import { momentAt, money } from '../format.ts';
import { toast } from '../host.ts';
import { Fault } from '../parts.tsx';
import { isKey, t } from '../texts/text.ts';
import { exceptionsOf, FIELDS, lockedWorks } from './action-fields.tsx';
import { type Ground, type OrderView, reasonText } from './ground.ts';

type Props = { readonly view: OrderView; readonly ground: Ground; readonly onDone: () => void };
type Kind = Action['kind'];

const OPEN = ['unplaced', 'placed', 'picking', 'packed', 'ready'];

function kindsOf(view: OrderView): readonly Kind[] {
  const { works, order } = view;
  const aftercare: readonly Kind[] = [
    ...(exceptionsOf(view).length > 0 ? (['seen_to'] as const) : []),
    ...(works.some(({ state }) => state === 'ready') ? (['extend'] as const) : []),
    ...(lockedWorks(view).length > 0 ? (['unlock'] as const) : []),
  ];
  if (!works.some(({ state }) => OPEN.includes(state))) return aftercare;
  const isHeld = order.holdReason !== null || works.some(({ holdReason }) => holdReason !== null);
  return [
    ...aftercare,
    'reallocate',
    ...(order.method === 'ship' ? (['address'] as const) : []),
    isHeld ? 'release' : 'hold',
    'cancel',
  ];
}

export function Actions({ view, ground, onDone }: Props) {
  const [chosen, choose] = useState<Kind>();
  const [said, say] = useState('');
  const kinds = kindsOf(view);
  const end = (text: string) => {
    say(text);
    toast(text);
    choose(undefined);
    onDone();
  };
  return (
    <s-section heading={t('act.title')}>
      <p role="status" aria-live="polite">
        {said}
      </p>
      {kinds.length === 0 ? <p class="empty">{t('act.nothing')}</p> : null}
      {chosen === undefined ? (
        <div class="acts">
          {kinds.map((kind) => (
            <s-button
              key={kind}
              onClick={() => {
                say('');
                choose(kind);
              }}
            >
              {t(`act.${kind}`)}
            </s-button>
          ))}
        </div>
      ) : (
        <ActionForm
          key={chosen}
          kind={chosen}
          view={view}
          ground={ground}
          onEnd={end}
          onStop={() => choose(undefined)}
        />
      )}
    </s-section>
  );
}

type Previewed = {
  readonly action: Action;
  readonly actionId: string;
  readonly preview: ActionPreview;
};

type FormProps = Omit<Props, 'onDone'> & {
  readonly kind: Kind;
  readonly onEnd: (said: string) => void;
  readonly onStop: () => void;
};

function ActionForm({ kind, view, ground, onEnd, onStop }: FormProps) {
  const [action, setAction] = useState<Action>();
  const [shown, show] = useState<Previewed>();
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const path = `/orders/${encodeURIComponent(view.order.orderId)}`;
  const ask = async <Value,>(to: string, body: object): Promise<Value | undefined> => {
    setBusy(true);
    const answer = await call<Value>(`${path}/${to}`, { body });
    setBusy(false);
    setProblem(answer.ok ? undefined : answer.problem);
    return answer.ok ? answer.value : undefined;
  };
  const preview = async () => {
    if (action === undefined) return;
    show(undefined);
    const found = await ask<ActionPreview>('preview', { action });
    if (found !== undefined) show({ action, actionId: crypto.randomUUID(), preview: found });
  };
  const confirm = async (of: Previewed) => {
    const { actionId, action: confirmed } = of;
    const done = await ask<{ state: ActionState }>('actions', { actionId, action: confirmed });
    if (done !== undefined) onEnd(t(`act.${done.state}`));
  };
  const Fields = FIELDS[kind];
  return (
    <form
      class="act"
      onSubmit={(event) => {
        event.preventDefault();
        void preview();
      }}
    >
      <h3>{t(`act.${kind}`)}</h3>
      <Fields
        view={view}
        ground={ground}
        onChange={(next) => {
          setAction(next);
          show(undefined);
        }}
      />
      <div role="alert">
        {problem === undefined ? null : <Refused problem={problem} ground={ground} />}
      </div>
      <div role="status" aria-live="polite">
        {shown === undefined ? null : (
          <Preview preview={shown.preview} view={view} ground={ground} />
        )}
      </div>
      <div class="acts">
        {shown === undefined ? (
          <s-button
            key="preview"
            variant="primary"
            type="submit"
            loading={isBusy}
            disabled={action === undefined}
          >
            {t('act.preview')}
          </s-button>
        ) : (
          <s-button
            key="confirm"
            variant="primary"
            loading={isBusy}
            onClick={() => void confirm(shown)}
          >
            {t('act.confirm')}
          </s-button>
        )}
        <s-button key="stop" onClick={onStop}>
          {t('act.stop')}
        </s-button>
      </div>
    </form>
  );
}

function Preview(props: { preview: ActionPreview; view: OrderView; ground: Ground }) {
  const { preview, view, ground } = props;
  const { costDifferenceMinor: cost, plan, warnings } = preview;
  const skus = new Map(view.order.lines.map(({ lineId, sku }) => [lineId, sku]));
  const amount = money(Math.abs(cost ?? 0), view.order.currency);
  const rows: ComponentChildren[] = [dateText(preview, ground)];
  if (cost !== null) {
    rows.push(t(`act.cost.${cost > 0 ? 'more' : cost < 0 ? 'less' : 'same'}`, { amount }));
  }
  for (const { nodeId, lines } of plan) {
    const goods = lines.map(
      ({ lineId, quantity }) => `${quantity} × ${skus.get(lineId) ?? lineId}`,
    );
    rows.push(t('act.plan', { place: ground.placeOf(nodeId), goods: goods.join(', ') }));
  }
  return (
    <s-banner tone={warnings.length === 0 ? 'info' : 'warning'} heading={t('act.previewed')}>
      <s-unordered-list>
        {[...rows, ...warnings.map((warning) => t(`act.warning.${warning}`))].map((text, index) => (
          <s-list-item key={`${index}`}>{text}</s-list-item>
        ))}
      </s-unordered-list>
    </s-banner>
  );
}

function dateText({ plannedEnd, lateDays }: ActionPreview, ground: Ground): string {
  if (plannedEnd === null) return t('act.date.same');
  const until = momentAt(plannedEnd, ground.timeZone);
  if (lateDays === null) return t('act.date.free', { until });
  return lateDays > 0
    ? t('act.date.late', { days: lateDays, until })
    : t('act.date.kept', { until });
}

function Refused({ problem, ground }: { problem: Problem; ground: Ground }) {
  const key = `refusal.${problem.code}`;
  if (!isKey(key)) return <Fault problem={problem} />;
  const fact = (name: string): unknown => Reflect.get(problem, name);
  const lines = fact('lines');
  const reasons = Array.isArray(lines) ? lines.map((line) => reasonText(line?.reason)) : [];
  const text = t(key, {
    wanted: String(fact('wanted') ?? ''),
    open: String(fact('open') ?? ''),
    place: ground.placeOf(String(fact('nodeId') ?? '')),
    reason: reasonText(fact('why')),
    reasons: [...new Set(reasons)].join(', '),
  });
  return (
    <s-banner tone="critical" heading={t('common.fault')}>
      {text}
    </s-banner>
  );
}
