/**
 * The fields of each action: what was entered as an action, or nothing while something is missing.
 */
import { useEffect, useState } from 'preact/hooks';
import type { Action, Address } from '../../../orders/care/care.ts';
import { EXCEPTION_KINDS } from '../../../orders/exceptions/exceptions.ts';
import { t } from '../texts/text.ts';
import type { Ground, OrderView } from './ground.ts';

type FieldsProps = {
  readonly view: OrderView;
  readonly ground: Ground;
  readonly onChange: (action: Action | undefined) => void;
};

const MOVABLE = ['unplaced', 'placed', 'picking', 'packed', 'ready'];

function Reallocate({ view, ground, onChange }: FieldsProps) {
  const works = view.works.filter(({ state }) => MOVABLE.includes(state));
  const [workId, setWork] = useState(works[0]?.workId ?? '');
  const [nodeId, setNode] = useState('');
  const change = (work: string, node: string) => {
    setWork(work);
    setNode(node);
    onChange(
      work === '' || node === '' ? undefined : { kind: 'reallocate', workId: work, nodeId: node },
    );
  };
  const here = works.find((work) => work.workId === workId)?.nodeId;
  return (
    <div class="fields">
      <s-select
        label={t('act.work')}
        value={workId}
        onChange={(event) => change(event.currentTarget.value, nodeId)}
      >
        {works.map((work) => (
          <s-option key={work.workId} value={work.workId}>
            {`${work.lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ')} (${ground.placeOf(work.nodeId)})`}
          </s-option>
        ))}
      </s-select>
      <s-select
        label={t('act.node')}
        value={nodeId}
        onChange={(event) => change(workId, event.currentTarget.value)}
      >
        <s-option value="">–</s-option>
        {(ground.names?.nodes ?? [])
          .filter(({ id }) => id !== here)
          .map(({ id, name }) => (
            <s-option key={id} value={id}>
              {name}
            </s-option>
          ))}
      </s-select>
    </div>
  );
}

const ADDRESS_FIELDS = [
  'name',
  'address1',
  'address2',
  'zip',
  'city',
  'province',
  'country',
] as const;
const OPTIONAL: readonly string[] = ['address2', 'province', 'zip'];

function ChangeAddress({ view: { order }, onChange }: FieldsProps) {
  const [address, setAddress] = useState<Address>(() => ({
    name: order.customerName ?? '',
    address1: order.address?.['address1'] ?? '',
    address2: order.address?.['address2'] ?? '',
    zip: order.postalCode ?? '',
    city: order.address?.['city'] ?? '',
    province: order.address?.['province'] ?? '',
    country: order.country ?? '',
  }));
  const missing = ADDRESS_FIELDS.filter(
    (field) => !OPTIONAL.includes(field) && address[field].trim() === '',
  );
  useEffect(() => {
    onChange(missing.length === 0 ? { kind: 'address', address } : undefined);
    // The parent's callback is a new one each time; what matters is the address.
  }, [address]);
  return (
    <>
      <div class="fields">
        {ADDRESS_FIELDS.map((field) => (
          <s-text-field
            key={field}
            label={t(`act.${field}`)}
            value={address[field]}
            required={!OPTIONAL.includes(field)}
            {...(field === 'country' ? { details: t('act.country.help') } : {})}
            onInput={(event) => {
              const { value } = event.currentTarget;
              setAddress({
                ...address,
                [field]: field === 'country' ? value.toUpperCase() : value,
              });
            }}
          />
        ))}
      </div>
      {missing.length === 0 ? null : (
        <p class="subdued">
          {t('act.missing', { fields: missing.map((field) => t(`act.${field}`)).join(', ') })}
        </p>
      )}
    </>
  );
}

function Reason(props: { value: string; onInput: (reason: string) => void }) {
  return (
    <s-text-field
      label={t('act.reason')}
      details={t('act.reason.help')}
      value={props.value}
      maxLength={200}
      onInput={(event) => props.onInput(event.currentTarget.value)}
    />
  );
}

function Hold({ onChange }: FieldsProps) {
  const [reason, setReason] = useState('');
  return (
    <Reason
      value={reason}
      onInput={(next) => {
        setReason(next);
        onChange(next.trim() === '' ? undefined : { kind: 'hold', reason: next });
      }}
    />
  );
}

function Release({ onChange }: FieldsProps) {
  useEffect(() => onChange({ kind: 'release' }), []);
  return null;
}

const GONE = ['shipped', 'delivered', 'handed_over', 'canceled'];

function Cancel({ view, onChange }: FieldsProps) {
  const [counts, setCounts] = useState<Readonly<Record<string, number>>>({});
  const [reason, setReason] = useState('');
  const titles = new Map(view.order.lines.map(({ lineId, title }) => [lineId, title]));
  const open = view.lines
    .map(({ lineId, units }) => ({
      lineId,
      units: units
        .filter(({ state }) => !GONE.includes(state))
        .reduce((sum, { quantity }) => sum + quantity, 0),
    }))
    .filter(({ units }) => units > 0);
  const change = (next: typeof counts, why: string) => {
    setCounts(next);
    setReason(why);
    const lines = Object.entries(next)
      .filter(([, quantity]) => quantity > 0)
      .map(([lineId, quantity]) => ({ lineId, quantity }));
    onChange(lines.length === 0 ? undefined : { kind: 'cancel', lines, reason: why });
  };
  return (
    <div class="fields">
      {open.map(({ lineId, units }) => (
        <s-number-field
          key={lineId}
          label={t('act.cancelUnits', { product: titles.get(lineId) ?? lineId, open: units })}
          min={0}
          max={units}
          step={1}
          value={String(counts[lineId] ?? 0)}
          onInput={(event) =>
            change({ ...counts, [lineId]: Number(event.currentTarget.value) }, reason)
          }
        />
      ))}
      <Reason value={reason} onInput={(next) => change(counts, next)} />
    </div>
  );
}

type Seen = Extract<Action, { kind: 'seen_to' }>;

/** What only a person can end, of this order. */
export function exceptionsOf({ alerts }: OrderView): readonly Seen[] {
  return alerts.flatMap(({ workId, milestone }) => {
    const exception = EXCEPTION_KINDS.find((kind) => kind === milestone);
    return exception === undefined || workId === null
      ? []
      : [{ kind: 'seen_to', workId, exception }];
  });
}

function SeenTo({ view, onChange }: FieldsProps) {
  const found = exceptionsOf(view);
  const [chosen, choose] = useState(0);
  useEffect(() => onChange(found[chosen]), [chosen]);
  return (
    <s-select
      label={t('act.seen_to.what')}
      value={String(chosen)}
      onChange={(event) => choose(Number(event.currentTarget.value))}
    >
      {found.map(({ workId, exception }, index) => (
        <s-option key={`${workId} ${exception}`} value={String(index)}>
          {`${t(`event.${exception}`)} (${workId})`}
        </s-option>
      ))}
    </s-select>
  );
}

function WorkChoice(props: {
  works: OrderView['works'];
  ground: Ground;
  value: string;
  onChoose: (workId: string) => void;
}) {
  const { works, ground, value, onChoose } = props;
  return (
    <s-select
      label={t('act.work')}
      value={value}
      onChange={(event) => onChoose(event.currentTarget.value)}
    >
      {works.map((work) => (
        <s-option key={work.workId} value={work.workId}>
          {`${work.lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ')} (${ground.placeOf(work.nodeId)})`}
        </s-option>
      ))}
    </s-select>
  );
}

const DAYS_MORE = 7;

function Extend({ view, ground, onChange }: FieldsProps) {
  const works = view.works.filter(({ state }) => state === 'ready');
  const [workId, setWork] = useState(works[0]?.workId ?? '');
  const [days, setDays] = useState(DAYS_MORE);
  const isWhole = Number.isInteger(days) && days >= 1 && days <= 60;
  useEffect(() => {
    onChange(workId === '' || !isWhole ? undefined : { kind: 'extend', workId, days });
  }, [workId, days]);
  return (
    <div class="fields">
      <WorkChoice works={works} ground={ground} value={workId} onChoose={setWork} />
      <s-number-field
        label={t('act.extend.days')}
        min={1}
        max={60}
        step={1}
        value={String(days)}
        onInput={(event) => setDays(Number(event.currentTarget.value))}
      />
    </div>
  );
}

/** Works whose pickup code was guessed too often and was not unlocked since. */
export function lockedWorks({ works, timeline }: OrderView): OrderView['works'] {
  const isLocked = (workId: string) =>
    timeline.findLast(
      (event) =>
        event.workId === workId &&
        (event.kind === 'pickup_code_locked' || event.kind === 'pickup_code_unlocked'),
    )?.kind === 'pickup_code_locked';
  return works.filter(({ workId, state }) => state === 'ready' && isLocked(workId));
}

function Unlock({ view, ground, onChange }: FieldsProps) {
  const works = lockedWorks(view);
  const [workId, setWork] = useState(works[0]?.workId ?? '');
  useEffect(() => onChange(workId === '' ? undefined : { kind: 'unlock', workId }), [workId]);
  return (
    <div class="fields">
      <p>{t('act.unlock.help')}</p>
      <WorkChoice works={works} ground={ground} value={workId} onChoose={setWork} />
    </div>
  );
}

/** The fields of each kind of action. */
export const FIELDS = {
  reallocate: Reallocate,
  address: ChangeAddress,
  hold: Hold,
  release: Release,
  cancel: Cancel,
  seen_to: SeenTo,
  extend: Extend,
  unlock: Unlock,
} as const;
