/** Native local pickup of a location, as an app switches it on and off. */
import { PICKUP_TIMES, type PickupTime } from '../seed.ts';
import { gid, idOf } from '../shop.ts';
import {
  type AdminContext,
  type Arguments,
  type Node,
  type UserErrorFacts,
  userErrors,
} from './node.ts';

const isPickupTime = (text: unknown): text is PickupTime =>
  PICKUP_TIMES.some((one) => one === text);

/** `locationLocalPickupEnable`: also how the time and the words of an enabled location are changed. */
export function enablePickup(args: Arguments, { shop }: AdminContext): Node {
  const input = args['localPickupSettings'] as Readonly<Record<string, unknown>>;
  const location = shop.locations.get(idOf('Location', String(input['locationId'])) ?? 0);
  const { pickupTime, instructions } = input;
  const payload = (...errors: UserErrorFacts[]): Node => ({
    __typename: 'LocationLocalPickupEnablePayload',
    localPickupSettings:
      errors.length === 0 ? { ...shop.state.localPickup[location?.id ?? 0] } : null,
    userErrors: userErrors('DeliveryLocationLocalPickupSettingsError', ...errors),
  });
  if (!location?.isActive) {
    const message = 'Unable to find an active location for location ID.';
    return payload({
      field: ['localPickupSettings', 'locationId'],
      message,
      code: 'ACTIVE_LOCATION_NOT_FOUND',
    });
  }
  if (!isPickupTime(pickupTime)) {
    const message = 'Custom pickup time is not allowed for local pickup settings.';
    return payload({
      field: ['localPickupSettings', 'pickupTime'],
      message,
      code: 'CUSTOM_PICKUP_TIME_NOT_ALLOWED',
    });
  }
  const words = typeof instructions === 'string' ? instructions : '';
  shop.state.localPickup[location.id] = { pickupTime, instructions: words };
  shop.file.touch();
  return payload();
}

export function disablePickup({ locationId }: Arguments, { shop }: AdminContext): Node {
  const location = shop.locations.get(idOf('Location', String(locationId)) ?? 0);
  if (location) {
    shop.state.localPickup[location.id] = null;
    shop.file.touch();
  }
  const message = 'Unable to find an active location for location ID.';
  const missing = { field: ['locationId'], message, code: 'ACTIVE_LOCATION_NOT_FOUND' };
  return {
    __typename: 'LocationLocalPickupDisablePayload',
    locationId: location ? gid('Location', location.id) : null,
    userErrors: userErrors(
      'DeliveryLocationLocalPickupSettingsError',
      ...(location ? [] : [missing]),
    ),
  };
}
