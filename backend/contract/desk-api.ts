/**
 * What a store's desk in Shopify POS and the backend say to each other, under `/api/desk`.
 *
 * Requests carry Shopify's session token as `authorization`, the location the device stands at, the device's own token and,
 * once a person has typed a PIN, that person's. Answers are read leniently: what a newer backend adds is ignored, what is
 * missing makes the answer unreadable. Imports nothing.
 */

/** Below the app's own address. */
export const DESK_PATH = '/api/desk';

/** Headers besides `authorization`. */
export const DESK_HEADER = {
  device: 'x-kept-device',
  person: 'x-kept-person',
  location: 'x-kept-location',
} as const;

export type DeskPerson = {
  readonly personId: string;
  readonly name: string;
  readonly role: string;
};

/** `GET /me`: the device, who works there, and how much there is to do. */
export type DeskMe = {
  readonly node: { readonly id: string; readonly name: string };
  readonly people: readonly DeskPerson[];
  readonly nodes: Readonly<Record<string, string>>;
  readonly tile: { readonly offers: number; readonly prepare: number; readonly ready: number };
};

export type DeskApiLine = {
  readonly lineId: string;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly picked: number;
};

/** A work as a desk shows it. */
export type DeskApiWork = {
  readonly workId: string;
  readonly orderName: string;
  readonly kind: 'ship' | 'pickup';
  readonly state: string;
  readonly holdReason: string | null;
  readonly version: number;
  readonly customerName: string | null;
  readonly isCodeLocked: boolean;
  readonly lines: readonly DeskApiLine[];
};

/** An offer as a desk shows it. */
export type DeskApiOffer = {
  readonly offerId: string;
  readonly workId: string;
  readonly orderId: string;
  readonly orderName?: string;
  readonly expiresAt: string;
  readonly work: {
    readonly kind: string;
    readonly lines: readonly {
      readonly sku: string;
      readonly title?: string;
      readonly quantity: number;
    }[];
  };
};

/** Why something was not done, as RFC 9457 with the facts of the refusal. */
export type DeskFault = { readonly code: string; readonly [fact: string]: unknown };

/** The code of a problem document; `unreachable` for what is none. */
export function parseDeskFault(body: unknown): DeskFault {
  if (typeof body !== 'object' || body === null || !('type' in body))
    return { code: 'unreachable' };
  const code = String(body.type).replace('/problems/', '');
  return { ...body, code };
}
