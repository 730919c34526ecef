/**
 * Under each pickup location: when the order is ready there.
 * Shopify gives no id of the location, so it is found by name, postal code and street; a location that
 * could be two of ours gets nothing (platform decision 6).
 */
import '@shopify/ui-extensions/preact';
import { render } from 'preact';
import { pickupKey } from '../../../backend/contract/destination.ts';
import type { AnsweredPickup } from '../../../backend/contract/promise-api.ts';
import { serverNow } from './shared-answer.ts';
import { usePromise } from './use-promise.ts';
import { sayPickup } from './words.ts';

export default function extension() {
  render(<PickupPromise />, document.body);
}

function PickupPromise() {
  const { name, address } = shopify.target.value.location;
  const key = pickupKey({ name, postalCode: address.zip, address1: address.address1 });
  const shown = usePromise(shopify, shopify.isTargetSelected.value, ({ pickups }) =>
    onlyOne(pickups, key),
  );
  if (shown === 'waiting') return <s-skeleton-paragraph />;
  if (shown === 'nothing') return null;
  const pickup = onlyOne(shown.answer.pickups, key);
  if (!pickup) return null;
  const speech = {
    i18n: shopify.i18n,
    shopperZone: shopify.localization.timezone.value,
    now: serverNow(shown),
  };
  return <s-text type="strong">{sayPickup(speech, pickup)}</s-text>;
}

function onlyOne(
  pickups: readonly AnsweredPickup[],
  key: string | undefined,
): AnsweredPickup | undefined {
  const found = pickups.filter((pickup) => pickup.key === key);
  return found.length === 1 ? found[0] : undefined;
}
