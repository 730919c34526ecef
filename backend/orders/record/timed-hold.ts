/**
 * Does an order wait by itself before anybody works on it, and until when?
 *
 * Two reasons: a gift that must not leave before a day its buyer named, and the minutes in which a buyer may still change or
 * cancel what he has just ordered. In: an order as read, what the shop decided. Out: the reason and the instant, or nothing. What
 * its source holds (payment, fraud) goes before. Pure.
 */
import type { RoutingSettings } from '../../routing/settings.ts';
import type { PlacedOrder } from '../orders.ts';
import type { OrderRecord } from './record.ts';

/** Reasons that end by themselves. */
export const TIMED_HOLDS = ['gift_date', 'edit_window'] as const;
export type TimedHold = (typeof TIMED_HOLDS)[number];

/** A hold with its end. */
export type HeldUntil = { readonly reason: TimedHold; readonly until: string };

/** What an order says of itself besides its record. */
export type HoldGround = {
  readonly attributes: readonly { readonly key: string; readonly value: string | null }[];
  /** The shop's zone: a gift's day begins there. */
  readonly timeZone: string;
  readonly now: Temporal.Instant;
};

// What is farther away is a mistake in the attribute; its order is worked on now rather than never.
const MOST_GIFT_DAYS = 60;

/** An order as it was read, with the hold that is in force now; what its source holds stays as it is. */
export function withTimedHold<
  Read extends {
    readonly record: OrderRecord;
    readonly placed: PlacedOrder;
    readonly attributes?: HoldGround['attributes'];
  },
>(
  reading: Read,
  settings: RoutingSettings['hold'],
  at: Pick<HoldGround, 'timeZone' | 'now'>,
): Read {
  const ground = { ...at, attributes: reading.attributes ?? [] };
  const hold = timedHold(reading.record, settings, ground);
  const gift = giftInstant(settings.giftDateAttribute, ground)?.toString();
  const placed = gift === undefined ? reading.placed : { ...reading.placed, shipsFrom: gift };
  if (hold === undefined || reading.record.holdReason !== null) return { ...reading, placed };
  const { reason: holdReason, until: holdUntil } = hold;
  return { ...reading, placed, record: { ...reading.record, holdReason, holdUntil } };
}

/** The hold that is in force now; undefined: none. */
export function timedHold(
  { source, placedAt, state, method }: OrderRecord,
  { editWindowMinutes, giftDateAttribute }: RoutingSettings['hold'],
  ground: HoldGround,
): HeldUntil | undefined {
  if (source !== 'shopify' || state !== 'open' || method === 'none') return undefined;
  const gift = giftInstant(giftDateAttribute, ground);
  if (gift !== undefined && isAfter(gift, ground.now)) {
    return { reason: 'gift_date', until: gift.toString() };
  }
  const closes = Temporal.Instant.from(placedAt).add({ minutes: editWindowMinutes });
  return isAfter(closes, ground.now)
    ? { reason: 'edit_window', until: closes.toString() }
    : undefined;
}

/** The beginning of the first day on which a gift may leave; undefined: none was named, or it is no such day. */
export function giftInstant(
  attribute: string,
  { attributes, timeZone, now }: HoldGround,
): Temporal.Instant | undefined {
  const text = attributes.find(({ key }) => key === attribute)?.value?.trim() ?? '';
  if (attribute === '' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  try {
    const at = Temporal.PlainDate.from(text, { overflow: 'reject' })
      .toZonedDateTime(timeZone)
      .toInstant();
    return isAfter(at, now.add({ hours: 24 * MOST_GIFT_DAYS })) ? undefined : at;
  } catch {
    // 2026-02-30 is no day.
    return undefined;
  }
}

function isAfter(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Temporal.Instant.compare(a, b) > 0;
}
