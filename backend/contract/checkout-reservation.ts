/**
 * HTTP body with which the checkout extension asks to hold what is in the cart.
 *
 * `POST /api/reservations/checkout` (session token of a checkout): `CheckoutReservationRequest` → 200 with
 * `{ held }`; a refusal is `held: false` too, because the shopper is told nothing either way. The checkout token is the
 * reservation's key: the same cart again extends it, another cart replaces it.
 */
import {
  INSTANT,
  type Parsed,
  parseWith,
  readFilled,
  readList,
  readMatch,
  readObject,
  readWhole,
  refuse,
} from './parsed.ts';

export const CHECKOUT_RESERVATION_PATH = '/api/reservations/checkout';

const MOST_LINES = 500;
const MOST_UNITS = 1_000_000;

export type CheckoutReservationRequest = {
  readonly checkoutToken: string;
  readonly lines: readonly { readonly variantId: string; readonly quantity: number }[];
  /** The pickup place that is selected, as `answer.pickups` names it, and the instant shown there. */
  readonly pickup?: { readonly key: string; readonly from: string };
};

/** Reads the body. */
export function parseCheckoutReservation(input: unknown): Parsed<CheckoutReservationRequest> {
  return parseWith(() => {
    const body = readObject(input, '');
    const lines = readList(body['lines'], '/lines', MOST_LINES);
    if (lines.length === 0) refuse('/lines', 0, 'at least one line');
    const pickup = body['pickup'] === undefined ? undefined : readObject(body['pickup'], '/pickup');
    return {
      checkoutToken: readFilled(body['checkoutToken'], '/checkoutToken', 200),
      lines: lines.map((line, index) => readLine(line, `/lines/${index}`)),
      ...(pickup === undefined
        ? {}
        : {
            pickup: {
              key: readFilled(pickup['key'], '/pickup/key', 500),
              from: readMatch(pickup['from'], '/pickup/from', INSTANT),
            },
          }),
    };
  });
}

function readLine(input: unknown, pointer: string) {
  const line = readObject(input, pointer);
  return {
    variantId: readFilled(line['variantId'], `${pointer}/variantId`, 100),
    quantity: readWhole(line['quantity'], `${pointer}/quantity`, { least: 1, most: MOST_UNITS }),
  };
}
