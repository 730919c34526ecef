/**
 * One work, from the first touch until it has left: what is next stands large at the bottom.
 */
import { useState } from 'preact/hooks';
import type { DeskLine, DeskWork } from '../../orders/desk/desk.ts';
import { act, dayText, person, place, say, works } from './desk.ts';
import { Field, go, Press, route, Screen } from './parts.tsx';
import { t, tc } from './texts/text.ts';

export function WorkScreen() {
  const work = works.value.find(({ workId }) => workId === route.value[1]);
  if (work === undefined) {
    return (
      <Screen heading={t('nav.pick')} focusKey="gone">
        <p>{t('work.gone')}</p>
        <Press onPress={() => go('pick')}>{t('work.back')}</Press>
      </Screen>
    );
  }
  const { orderName, kind, state, promisedOn, customerName, holdReason } = work;
  return (
    <Screen heading={orderName} focusKey={work.workId}>
      <p class="row">
        <span>
          {tc('kind', kind)} · {tc('state', state) ?? state}
        </span>
        {customerName === null ? null : <strong>{customerName}</strong>}
      </p>
      {promisedOn === null ? null : (
        <p class="soft">{t('offer.promised', { day: dayText(promisedOn) })}</p>
      )}
      {holdReason === null ? (
        <Steps work={work} />
      ) : (
        <s-banner tone="warning" heading={t('list.held')}>
          {t('work.held', { reason: tc('hold', holdReason) ?? holdReason })}
        </s-banner>
      )}
      <Press
        look="line"
        onPress={() => go(state === 'packed' || state === 'ready' ? 'done' : 'pick')}
      >
        {t('work.back')}
      </Press>
      <Slip work={work} />
    </Screen>
  );
}

function Steps({ work }: { readonly work: DeskWork }) {
  switch (work.state) {
    case 'placed':
      return (
        <>
          <Lines work={work} />
          <Press
            look="main"
            onPress={async () => {
              if (await act(work, 'start')) say(t('said.begun'));
            }}
          >
            {t('work.begin')}
          </Press>
        </>
      );
    case 'picking':
      return <Picking work={work} />;
    case 'packed':
      return <Packed work={work} />;
    case 'ready':
      return <HandOver work={work} />;
    default:
      return null;
  }
}

function Lines({ work }: { readonly work: DeskWork }) {
  return (
    <ul class="lines" aria-label={t('work.lines')}>
      {work.lines.map(({ lineId, title, sku, quantity }) => (
        <li key={lineId}>
          {quantity} × {title} <small>{sku}</small>
        </li>
      ))}
    </ul>
  );
}

function Picking({ work }: { readonly work: DeskWork }) {
  const [scanned, setScanned] = useState('');
  const [missing, setMissing] = useState<DeskLine | undefined>(undefined);
  const take = async (line: DeskLine) => {
    const { lineId, sku, quantity, picked } = line;
    if (await act(work, 'pick', { lines: [{ lineId, picked: picked + 1 }] })) {
      say(t('work.taken', { sku, picked: picked + 1, quantity }));
    }
  };
  const scan = async () => {
    const sku = scanned.trim();
    setScanned('');
    const found = work.lines.filter((line) => line.sku.toLowerCase() === sku.toLowerCase());
    const open = found.find(({ picked, quantity }) => picked < quantity);
    if (open !== undefined) return await take(open);
    say(t(found.length === 0 ? 'work.unknownSku' : 'work.fullSku', { sku }), true);
  };
  const isWhole = work.lines.every(({ picked, quantity }) => picked === quantity);
  return (
    <>
      <form class="scan">
        <Field label={t('work.scan')} value={scanned} onInput={setScanned} />
        <Press type="submit" onPress={scan}>
          {t('work.take')}
        </Press>
      </form>
      <ul class="picks" aria-label={t('work.lines')}>
        {work.lines.map((line) => (
          <PickLine key={line.lineId} line={line} onTake={take} onMissing={setMissing} />
        ))}
      </ul>
      {missing === undefined ? null : (
        <Missing work={work} line={missing} onDone={() => setMissing(undefined)} />
      )}
      {work.kind === 'ship' ? (
        <PackForm work={work} isOff={!isWhole} />
      ) : (
        <Press
          look="main"
          isOff={!isWhole}
          onPress={async () => {
            if (await act(work, 'ready')) say(t('said.ready'));
          }}
        >
          {t('work.ready')}
        </Press>
      )}
    </>
  );
}

function PickLine(props: {
  readonly line: DeskLine;
  readonly onTake: (line: DeskLine) => Promise<void>;
  readonly onMissing: (line: DeskLine) => void;
}) {
  const { line, onTake, onMissing } = props;
  const { title, sku, picked, quantity } = line;
  const isWhole = picked === quantity;
  return (
    <li class={isWhole ? 'card whole' : 'card'}>
      <span class="row">
        <span>
          <strong>{title}</strong>
          <small>{sku}</small>
        </span>
        <b>
          {isWhole ? '✓ ' : ''}
          {t('work.picked', { picked, quantity })}
        </b>
      </span>
      {isWhole ? null : (
        <div class="pair">
          <Press look="main" about={title} onPress={() => onTake(line)}>
            {t('work.take')}
          </Press>
          <Press about={title} onPress={() => onMissing(line)}>
            {t('work.missing')}
          </Press>
        </div>
      )}
    </li>
  );
}

function Missing(props: {
  readonly work: DeskWork;
  readonly line: DeskLine;
  readonly onDone: () => void;
}) {
  const { work, line, onDone } = props;
  const { lineId, title, quantity, picked } = line;
  const missing = quantity - picked;
  const tell = async (reason: string) => {
    onDone();
    if (await act(work, 'short', { lines: [{ lineId, missing }], reason })) say(t('said.short'));
  };
  return (
    <fieldset class="card">
      <legend>{t('work.missingTitle', { count: missing, title })}</legend>
      {(['not_found', 'damaged', 'other'] as const).map((reason) => (
        <Press key={reason} onPress={() => tell(reason)}>
          {t(`reason.${reason}`)}
        </Press>
      ))}
      <Press look="line" onPress={onDone}>
        {t('common.cancel')}
      </Press>
    </fieldset>
  );
}

function PackForm({ work, isOff }: { readonly work: DeskWork; readonly isOff: boolean }) {
  const [carrier, setCarrier] = useState('');
  const [trackingNumber, setNumber] = useState('');
  const [weight, setWeight] = useState('');
  const pack = async () => {
    const grams = Number.parseInt(weight, 10);
    const weightGrams = Number.isFinite(grams) && grams > 0 ? grams : null;
    if (await act(work, 'pack', { carrier, trackingNumber, weightGrams })) say(t('said.packed'));
  };
  return (
    <form class="card">
      <h2>{t('work.parcel')}</h2>
      <Field label={t('work.carrier')} value={carrier} onInput={setCarrier} />
      <Field label={t('work.tracking')} value={trackingNumber} onInput={setNumber} />
      <Field label={t('work.weight')} value={weight} onInput={setWeight} kind="number" />
      <Press look="main" type="submit" isOff={isOff} onPress={pack}>
        {t('work.pack')}
      </Press>
    </form>
  );
}

function Packed({ work }: { readonly work: DeskWork }) {
  const [carrier, setCarrier] = useState(work.parcel?.carrier ?? '');
  const [trackingNumber, setNumber] = useState(work.parcel?.trackingNumber ?? '');
  return (
    <>
      <Lines work={work} />
      <form class="card">
        <Field label={t('work.carrier')} value={carrier} onInput={setCarrier} />
        <Field label={t('work.tracking')} value={trackingNumber} onInput={setNumber} />
        <Press
          look="main"
          type="submit"
          onPress={async () => {
            if (!(await act(work, 'ship', { carrier, trackingNumber }))) return;
            say(t('said.shipped'));
            go('done');
          }}
        >
          {t('work.ship')}
        </Press>
      </form>
      <Press onPress={() => print()}>{t('work.slip')}</Press>
      <Press
        onPress={async () => {
          if (await act(work, 'unpack')) say(t('said.unpacked'));
        }}
      >
        {t('work.unpack')}
      </Press>
    </>
  );
}

function HandOver({ work }: { readonly work: DeskWork }) {
  const [code, setCode] = useState('');
  const isManager = person.value?.role === 'manager';
  const handOver = async () => {
    setCode('');
    if (!(await act(work, 'hand-over', { code }))) return;
    say(t('said.handedOver'));
    go('done');
  };
  return (
    <>
      <Lines work={work} />
      {work.isCodeLocked ? (
        <s-banner tone="critical" heading={t('fault.pickup_code_locked')}>
          {t('work.locked')}
        </s-banner>
      ) : (
        <form class="card">
          <Field label={t('work.code')} value={code} onInput={setCode} kind="code" />
          <Press look="main" type="submit" onPress={handOver}>
            {t('work.handOver')}
          </Press>
        </form>
      )}
      {work.isCodeLocked && isManager ? (
        <Press
          onPress={async () => {
            if (await act(work, 'unlock')) say(t('said.unlocked'));
          }}
        >
          {t('work.unlock')}
        </Press>
      ) : null}
    </>
  );
}

/** What lies in the parcel and where it goes: on paper alone. */
function Slip({ work }: { readonly work: DeskWork }) {
  const { address, lines, orderName, customerName, parcel } = work;
  const where = [
    address?.name ?? customerName,
    address?.address1,
    address?.address2,
    [address?.zip, address?.city, address?.province].filter((part) => part).join(' '),
    address?.country,
  ].filter((line) => line);
  return (
    <section class="slip" aria-hidden="true">
      <h2>{t('slip.order', { order: orderName })}</h2>
      <p>{t('slip.from', { store: place.value?.node.name ?? '' })}</p>
      <address>
        {where.map((line) => (
          <div key={line}>{line}</div>
        ))}
      </address>
      {parcel?.trackingNumber ? (
        <p>
          {parcel.carrier} {parcel.trackingNumber}
        </p>
      ) : null}
      <table>
        <tbody>
          {lines.map(({ lineId, quantity, title, sku }) => (
            <tr key={lineId}>
              <td>{quantity}</td>
              <td>{title}</td>
              <td>{sku}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
