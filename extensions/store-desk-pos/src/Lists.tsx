/** What waits at the desk: offers to take or refuse, works to prepare, goods that wait to leave. */
import { useState } from 'preact/hooks';
import type { DeskApiOffer, DeskApiWork } from '../../../backend/contract/desk-api.ts';
import { ask, sayTime } from './desk-client.ts';
import type { DeskState, Told } from './Modal.tsx';

type Properties = {
  readonly state: DeskState;
  readonly told: Told;
  readonly open: (workId: string) => void;
};

export function Lists({ state, told, open }: Properties) {
  const { translate } = shopify.i18n;
  const { offers, works } = state;
  const inStates = (...states: string[]) => works.filter((work) => states.includes(work.state));
  return (
    <s-stack gap="base">
      <s-section heading={`${translate('nav.offers')} (${offers.length})`}>
        {offers.length === 0 ? <s-text>{translate('list.empty.offers')}</s-text> : null}
        {offers.map((offer) => (
          <OfferRow key={offer.offerId} offer={offer} told={told} open={open} />
        ))}
      </s-section>
      <Works heading={translate('nav.pick')} works={inStates('placed', 'picking')} open={open} />
      <Works heading={translate('nav.done')} works={inStates('packed', 'ready')} open={open} />
    </s-stack>
  );
}

function Works(props: {
  readonly heading: string;
  readonly works: readonly DeskApiWork[];
  readonly open: (workId: string) => void;
}) {
  const { heading, works, open } = props;
  const { translate } = shopify.i18n;
  return (
    <s-section heading={`${heading} (${works.length})`}>
      {works.map(({ workId, orderName, kind, state, holdReason, lines }) => (
        <s-clickable key={workId} onClick={() => open(workId)}>
          <s-stack direction="inline" gap="small" justifyContent="space-between">
            <s-text>
              {orderName} · {translate(`kind.${kind}`)} ·{' '}
              {translate('units', { count: unitsOf(lines) })}
            </s-text>
            <s-badge tone={holdReason === null ? 'info' : 'warning'}>
              {translate(holdReason === null ? `state.${state}` : 'held')}
            </s-badge>
          </s-stack>
        </s-clickable>
      ))}
    </s-section>
  );
}

function unitsOf(lines: readonly { readonly quantity: number }[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}

const REASONS = [
  'too_busy',
  'cannot_send',
  'not_found',
  'damaged',
  'nothing_left',
  'other',
] as const;

function OfferRow(props: {
  readonly offer: DeskApiOffer;
  readonly told: Told;
  readonly open: (workId: string) => void;
}) {
  const { offer, told, open } = props;
  const { i18n, toast } = shopify;
  const [isRefusing, setRefusing] = useState(false);
  const path = `/offers/${encodeURIComponent(offer.offerId)}`;
  const name = offer.orderName ?? offer.orderId;
  const claim = async () => {
    const answer = await ask(`${path}/claim`, {});
    if (answer.ok) toast.show(i18n.translate('said.claimed', { order: name }));
    await told(answer.ok ? undefined : answer.fault);
    if (answer.ok) open(offer.workId);
  };
  const refuse = async (reason: string) => {
    const answer = await ask(`${path}/refuse`, { reason });
    if (answer.ok) toast.show(i18n.translate('said.refused'));
    await told(answer.ok ? undefined : answer.fault);
  };
  return (
    <s-stack gap="small">
      <s-text type="strong">{name}</s-text>
      <s-text>{i18n.translate('until', { time: sayTime(offer.expiresAt) })}</s-text>
      {offer.work.lines.map(({ sku, title, quantity }) => (
        <s-text key={sku}>
          {quantity} × {title ?? sku}
        </s-text>
      ))}
      {isRefusing ? (
        <s-stack gap="small">
          {REASONS.map((reason) => (
            <s-button key={reason} onClick={() => refuse(reason)}>
              {i18n.translate(`reason.${reason}`)}
            </s-button>
          ))}
          <s-button onClick={() => setRefusing(false)}>{i18n.translate('cancel')}</s-button>
        </s-stack>
      ) : (
        <s-stack direction="inline" gap="small">
          <s-button variant="primary" onClick={claim}>
            {i18n.translate('offer.claim')}
          </s-button>
          <s-button onClick={() => setRefusing(true)}>{i18n.translate('offer.refuse')}</s-button>
        </s-stack>
      )}
    </s-stack>
  );
}
