/**
 * An order that another system posts, as the rest of the product knows orders.
 *
 * In: an order in our words, checked at the boundary. Out: its record; and from a stored record the reading that claims,
 * promise and routing are made of. Its id is `api:<connection>:<external id>`, so that two systems never name the same
 * order. Its version is its content: the same post again is the same order. Pure.
 */
import { normalizePostalCode } from '../../network/destination.ts';
import {
  localeOf,
  type OrderAddress,
  type OrderRecord,
  type StoredOrder,
} from '../record/record.ts';
import type { OrderReading } from '../record/service.ts';

/** What a system states of one order. Instants ISO. */
export type PostedOrder = {
  readonly externalId: string;
  readonly name: string;
  readonly channel: string;
  readonly placedAt: string;
  readonly updatedAt: string;
  readonly currency: string;
  readonly totalMinor: number;
  readonly isCanceled: boolean;
  readonly hold: 'payment' | 'fraud' | null;
  readonly method: 'ship' | 'pickup';
  readonly serviceCode: string | null;
  readonly pickupNodeId: string | null;
  readonly address: OrderAddress | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly locale: string | null;
  readonly tags: readonly string[];
  readonly promisedOn: string | null;
  readonly reservationKey: string | null;
  readonly lines: readonly {
    readonly lineId: string;
    readonly sku: string;
    readonly title: string;
    readonly quantity: number;
    readonly canceled: number;
    readonly unitPriceMinor: number;
  }[];
};

/** The id of an order a connection posted. */
export function postedOrderId(connectionId: string, externalId: string): string {
  return `api:${connectionId}:${externalId}`;
}

/** The record of a posted order; `version` names its content. */
export function recordOfPosted(
  connectionId: string,
  order: PostedOrder,
  version: string,
): OrderRecord {
  const { address, isCanceled, reservationKey } = order;
  return {
    orderId: postedOrderId(connectionId, order.externalId),
    source: 'api',
    channel: order.channel,
    name: order.name,
    placedAt: order.placedAt,
    state: isCanceled ? 'canceled' : 'open',
    currency: order.currency,
    totalMinor: order.totalMinor,
    customerName: address?.name ?? null,
    email: order.email,
    phone: order.phone,
    address,
    country: address?.country ?? null,
    postalCode: address?.zip ?? null,
    locale: localeOf(order.locale),
    method: order.method,
    serviceCode: order.serviceCode,
    pickupNodeId: order.pickupNodeId,
    tags: order.tags,
    holdReason: order.hold,
    isTest: false,
    promisedOn: order.promisedOn,
    // As reservations of this connection are keyed.
    reservationKey: reservationKey === null ? null : `${connectionId} ${reservationKey}`,
    version,
    sourceUpdatedAt: order.updatedAt,
    lines: order.lines.map((line) => ({
      ...line,
      canceled: isCanceled ? line.quantity : line.canceled,
      variantId: null,
      needsShipping: true,
    })),
  };
}

/** What claims, promise and routing are made of. A SKU that was taken from the shop since claims nothing. */
export function readingOfPosted(
  stored: StoredOrder,
  hasSku: (sku: string) => boolean,
): OrderReading {
  const { isRedacted: _r, takenInVersion: _t, waivedHold: _w, ...record } = stored;
  const { orderId, channel, placedAt, country, postalCode, serviceCode } = record;
  const lines = record.lines.filter(({ sku }) => hasSku(sku));
  return {
    record,
    claims: {
      ...{ orderId, source: 'api' as const, channel, placedAt },
      lines: lines.map(({ lineId, sku, quantity, canceled }) => ({
        ...{ lineId, sku, quantity, canceled },
      })),
      shipped: [],
      assigned: undefined,
      reservationKey: record.reservationKey ?? undefined,
      version: record.version,
    },
    placed: {
      ...{ orderId, placedAt, currency: record.currency },
      lines: lines.map(({ sku, quantity }) => ({ variantId: '', sku, quantity })),
      posted: { channel, promisedOn: record.promisedOn },
      // Nobody was shown a rate for it: there is no receipt to look for.
      fingerprint: '',
      partFingerprints: [],
      destination:
        country === null ? null : { country, postalCode: normalizePostalCode(postalCode ?? '') },
      delivery:
        record.method === 'pickup'
          ? { kind: 'pickup', nodeId: record.pickupNodeId ?? undefined }
          : {
              kind: 'ship',
              code: serviceCode ?? '',
              serviceCode: serviceCode ?? undefined,
              isOwnRate: true,
            },
      checkoutToken: null,
      cartToken: null,
      copiedReceipt: null,
      isTableDated: false,
      storefrontReceipt: null,
      version: record.version,
    },
  };
}
