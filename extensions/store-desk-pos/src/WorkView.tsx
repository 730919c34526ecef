/** One work in POS, from the first line taken until the goods have left. What is scanned counts as taken. */
import { useEffect, useState } from 'preact/hooks';
import type { DeskApiLine, DeskApiWork } from '../../../backend/contract/desk-api.ts';
import { ask } from './desk-client.ts';
import type { Told } from './Modal.tsx';

type Properties = {
  readonly work: DeskApiWork;
  readonly told: Told;
  readonly close: () => void;
};

/** Does an act, and says in a toast that it is done. */
type Act = (name: string, said: string, body?: object) => Promise<void>;

export function WorkView({ work, told, close }: Properties) {
  const { i18n, toast } = shopify;
  const act: Act = async (name, said, body = {}) => {
    const path = `/works/${encodeURIComponent(work.workId)}/${name}`;
    const answer = await ask(path, { version: work.version, ...body });
    if (answer.ok) toast.show(i18n.translate(`said.${said}`));
    await told(answer.ok ? undefined : answer.fault);
  };
  return (
    <s-section heading={work.orderName}>
      <s-stack gap="base">
        <s-text>
          {i18n.translate(`kind.${work.kind}`)}
          {work.customerName === null ? '' : ` · ${work.customerName}`}
        </s-text>
        {work.holdReason === null ? (
          <Steps work={work} act={act} />
        ) : (
          <s-banner tone="warning" heading={i18n.translate('held')} />
        )}
        <s-button onClick={close}>{i18n.translate('back')}</s-button>
      </s-stack>
    </s-section>
  );
}

function Steps({ work, act }: { readonly work: DeskApiWork; readonly act: Act }) {
  const { translate } = shopify.i18n;
  switch (work.state) {
    case 'placed':
      return (
        <s-stack gap="base">
          <Lines work={work} />
          <s-button variant="primary" onClick={() => act('start', 'begun')}>
            {translate('work.begin')}
          </s-button>
        </s-stack>
      );
    case 'picking':
      return <Picking work={work} act={act} />;
    case 'packed':
      return (
        <s-stack gap="base">
          <Lines work={work} />
          <s-button variant="primary" onClick={() => act('ship', 'shipped')}>
            {translate('work.ship')}
          </s-button>
          <s-button onClick={() => act('unpack', 'unpacked')}>{translate('work.unpack')}</s-button>
        </s-stack>
      );
    case 'ready':
      return <HandOver work={work} act={act} />;
    default:
      return null;
  }
}

function Lines({ work }: { readonly work: DeskApiWork }) {
  return (
    <s-stack gap="small">
      {work.lines.map(({ lineId, title, sku, quantity }) => (
        <s-text key={lineId}>
          {quantity} × {title} ({sku})
        </s-text>
      ))}
    </s-stack>
  );
}

function Picking({ work, act }: { readonly work: DeskApiWork; readonly act: Act }) {
  const { translate } = shopify.i18n;
  useEffect(() => followScanner(work, act), [work.version]);
  const isWhole = work.lines.every(({ picked, quantity }) => picked === quantity);
  return (
    <s-stack gap="base">
      {work.lines.map((line) => (
        <PickRow key={line.lineId} line={line} act={act} />
      ))}
      {work.kind === 'ship' ? (
        <PackForm act={act} isOff={!isWhole} />
      ) : (
        <s-button variant="primary" disabled={!isWhole} onClick={() => act('ready', 'ready')}>
          {translate('work.ready')}
        </s-button>
      )}
    </s-stack>
  );
}

/** Takes a unit of each article that is scanned from now on; what was scanned before is not one. Returns how to stop. */
function followScanner(work: DeskApiWork, act: Act): () => void {
  const { scanner, i18n, toast } = shopify;
  let isListening = false;
  const stop = scanner.scannerData.current.subscribe(({ data = '' }) => {
    if (!isListening || data === '') return;
    const found = work.lines.filter(({ sku }) => sku.toLowerCase() === data.toLowerCase());
    const open = found.find(({ picked, quantity }) => picked < quantity);
    if (open === undefined) return toast.show(i18n.translate('work.notOpen', { sku: data }));
    void act('pick', 'taken', { lines: [{ lineId: open.lineId, picked: open.picked + 1 }] });
  });
  isListening = true;
  return stop;
}

function PickRow({ line, act }: { readonly line: DeskApiLine; readonly act: Act }) {
  const { translate } = shopify.i18n;
  const [isMissing, setMissing] = useState(false);
  const { lineId, title, sku, picked, quantity } = line;
  const take = () => act('pick', 'taken', { lines: [{ lineId, picked: picked + 1 }] });
  const lack = (reason: string) =>
    act('short', 'short', { lines: [{ lineId, missing: quantity - picked }], reason });
  return (
    <s-stack gap="small">
      <s-text type="strong">{title}</s-text>
      <s-text>
        {sku} · {translate('work.picked', { picked, quantity })}
      </s-text>
      {picked === quantity ? null : (
        <s-stack direction="inline" gap="small">
          <s-button variant="primary" onClick={take}>
            {translate('work.take')}
          </s-button>
          <s-button onClick={() => setMissing(!isMissing)}>{translate('work.missing')}</s-button>
        </s-stack>
      )}
      {isMissing
        ? (['not_found', 'damaged', 'other'] as const).map((reason) => (
            <s-button key={reason} onClick={() => lack(reason)}>
              {translate(`reason.${reason}`)}
            </s-button>
          ))
        : null}
    </s-stack>
  );
}

function PackForm({ act, isOff }: { readonly act: Act; readonly isOff: boolean }) {
  const { translate } = shopify.i18n;
  const [carrier, setCarrier] = useState('');
  const [trackingNumber, setNumber] = useState('');
  return (
    <s-stack gap="small">
      <s-text-field
        label={translate('work.carrier')}
        value={carrier}
        onInput={(event) => setCarrier(event.currentTarget.value ?? '')}
      />
      <s-text-field
        label={translate('work.tracking')}
        value={trackingNumber}
        onInput={(event) => setNumber(event.currentTarget.value ?? '')}
      />
      <s-button
        variant="primary"
        disabled={isOff}
        onClick={() => act('pack', 'packed', { carrier, trackingNumber })}
      >
        {translate('work.pack')}
      </s-button>
    </s-stack>
  );
}

function HandOver({ work, act }: { readonly work: DeskApiWork; readonly act: Act }) {
  const { translate } = shopify.i18n;
  const [code, setCode] = useState('');
  const handOver = async () => {
    setCode('');
    await act('hand-over', 'handedOver', { code });
  };
  if (work.isCodeLocked) {
    return (
      <s-stack gap="base">
        <s-banner tone="critical" heading={translate('fault.pickup_code_locked')} />
        <s-button onClick={() => act('unlock', 'unlocked')}>{translate('work.unlock')}</s-button>
      </s-stack>
    );
  }
  return (
    <s-stack gap="base">
      <Lines work={work} />
      <s-text-field
        label={translate('work.code')}
        value={code}
        onInput={(event) => setCode(event.currentTarget.value ?? '')}
      />
      <s-button variant="primary" onClick={handOver}>
        {translate('work.handOver')}
      </s-button>
    </s-stack>
  );
}
