/**
 * Under each shipping option: the promised day, until when to order, parcels, CO2.
 * A skeleton for at most 1.5 s; nothing at all when there is nothing true to say.
 */
import '@shopify/ui-extensions/preact';
import { render } from 'preact';
import { serverNow } from './shared-answer.ts';
import { usePromise } from './use-promise.ts';
import { type Speech, sayArrival, sayCo2, sayOrderBy, sayParcels } from './words.ts';

export default function extension() {
  render(<ShippingPromise />, document.body);
}

function ShippingPromise() {
  const shown = usePromise(shopify, shopify.isTargetSelected.value);
  if (shown === 'waiting') return <s-skeleton-paragraph />;
  if (shown === 'nothing') return null;
  const { code } = shopify.target.value;
  const option = shown.answer.options.find((one) => one.code === code);
  if (!option) return null;
  const speech: Speech = {
    i18n: shopify.i18n,
    shopperZone: shopify.localization.timezone.value,
    now: serverNow(shown),
  };
  // A setting the merchant has never touched is undefined: everything shows until he hides it.
  const settings = shopify.settings.value;
  const parcels = settings['show_parcels'] !== false ? sayParcels(speech, option) : undefined;
  const orderBy = settings['show_order_by'] !== false ? sayOrderBy(speech, option) : undefined;
  const co2 = settings['show_co2'] !== false ? sayCo2(speech, option) : undefined;
  return (
    <s-stack gap="small-500">
      <s-text type="strong">{sayArrival(speech, option)}</s-text>
      {orderBy ? <s-text>{orderBy}</s-text> : null}
      {parcels ? <s-text color="subdued">{parcels}</s-text> : null}
      {co2 ? (
        <s-stack direction="inline" gap="small-300" alignItems="center">
          <s-text color="subdued">{co2}</s-text>
          {option.isGreenest ? <s-badge>{shopify.i18n.translate('greenest')}</s-badge> : null}
        </s-stack>
      ) : null}
    </s-stack>
  );
}
