/**
 * What was ordered and where each unit of it is; what has been packed and where it is.
 */
import { momentAt } from '../format.ts';
import { t, tc } from '../texts/text.ts';
import type { Ground, OrderView } from './ground.ts';
import { toneOf } from './states.tsx';

type Shown = { readonly view: OrderView; readonly ground: Ground };

export function Lines({ view: { order, lines }, ground }: Shown) {
  const unitsOf = new Map(lines.map(({ lineId, units }) => [lineId, units]));
  return (
    <s-section heading={t('order.lines')}>
      <table class="orders">
        <thead>
          <tr>
            <th scope="col">{t('order.product')}</th>
            <th scope="col">{t('order.units')}</th>
            <th scope="col">{t('orders.state')}</th>
          </tr>
        </thead>
        <tbody>
          {order.lines.map((line) => (
            <tr key={line.lineId}>
              <th scope="row">
                {line.title}
                <div class="subdued">{line.sku}</div>
              </th>
              <td data-head={t('order.units')}>{line.quantity}</td>
              <td data-head={t('orders.state')}>
                <span class="states">
                  {(unitsOf.get(line.lineId) ?? []).map((units) => (
                    <s-badge key={`${units.state} ${units.workId}`} tone={toneOf(units.state)}>
                      {unitsText(units, ground)}
                    </s-badge>
                  ))}
                  {line.needsShipping ? null : t('order.noShipping')}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </s-section>
  );
}

type Units = OrderView['lines'][number]['units'][number];

function unitsText({ quantity, state, nodeId }: Units, ground: Ground): string {
  const facts = { units: quantity, state: t(`unit.${state}`) };
  if (nodeId === null) return t('order.unitsOf', facts);
  return t('order.unitsAt', { ...facts, place: ground.placeOf(nodeId) });
}

export function Parcels({ view: { parcels }, ground }: Shown) {
  const moment = (at: string | null) => (at === null ? '–' : momentAt(at, ground.timeZone));
  return (
    <s-section heading={t('order.parcels')}>
      {parcels.length === 0 ? (
        <p class="empty">{t('order.noParcels')}</p>
      ) : (
        <table class="orders">
          <thead>
            <tr>
              <th scope="col">{t('order.parcel')}</th>
              <th scope="col">{t('order.tracking')}</th>
              <th scope="col">{t('order.left')}</th>
              <th scope="col">{t('order.expected')}</th>
              <th scope="col">{t('order.arrived')}</th>
            </tr>
          </thead>
          <tbody>
            {parcels.map((parcel) => (
              <tr key={parcel.parcelId}>
                <th scope="row">
                  {parcel.lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ')}
                  <div>
                    <s-badge tone={parcel.state === 'failed' ? 'critical' : toneOf(parcel.state)}>
                      {tc('parcel', parcel.state)}
                    </s-badge>
                  </div>
                </th>
                <td data-head={t('order.tracking')}>
                  <Tracking parcel={parcel} />
                </td>
                <td data-head={t('order.left')}>{moment(parcel.shippedAt)}</td>
                <td data-head={t('order.expected')}>{moment(parcel.expectedAt)}</td>
                <td data-head={t('order.arrived')}>{moment(parcel.deliveredAt)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </s-section>
  );
}

function Tracking({ parcel }: { parcel: OrderView['parcels'][number] }) {
  const { carrier, trackingNumber, trackingUrl } = parcel;
  const text = [carrier, trackingNumber].filter(Boolean).join(' ');
  // An address somebody typed is only followed when it is one of the web.
  const isLink = trackingUrl !== null && /^https?:\/\//.test(trackingUrl);
  if (!isLink) return <>{text === '' ? '–' : text}</>;
  return (
    <a href={trackingUrl} target="_blank" rel="noreferrer">
      {text === '' ? trackingUrl : text}
    </a>
  );
}
