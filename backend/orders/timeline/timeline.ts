/**
 * What happened to an order, in the words the timeline has for it.
 *
 * Events are written in the transaction of the change they tell of (store.ts) and never changed. `eventId` is made from the cause
 * (a webhook's object, a work and its version), so that a cause handled twice is one event. Facts carry ids, units and
 * instants, never personal data; the screens put them into sentences in five languages.
 */
/** Every kind of event there is. */
export const EVENT_KINDS = [
  'order_placed',
  'line_unknown',
  'promise_bound',
  'promise_changed',
  'routed',
  'unplaced',
  'gave_up',
  'offered',
  'claimed',
  'claim_lost',
  'refused',
  'offer_timed_out',
  'offers_withdrawn',
  'assigned',
  'moved',
  'pick_started',
  'picked_short',
  'packed',
  'unpacked',
  'ready',
  'shipped',
  'handed_over',
  'pickup_code_wrong',
  'pickup_code_locked',
  'pickup_code_unlocked',
  'in_transit',
  'carrier_delayed',
  'delivered',
  'delivery_failed',
  'canceled',
  'left_though_canceled',
  'address_changed',
  'held',
  'released',
  'at_risk',
  'late',
  'outcome',
  'message_sent',
  'message_failed',
  'shopify_followed',
  'shopify_stuck',
  'moved_in_shopify',
  'pickup_reminder',
  'uncollected',
  'pickup_extended',
  'put_back',
  'seen_to',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Who did it. `id` is a node, a person, a connection, a job. */
export type Actor = {
  readonly kind: 'system' | 'store' | 'agent' | 'shopper' | 'carrier' | 'shopify' | 'api';
  readonly id: string;
};

/** One event as it is written. */
export type OrderEvent = {
  readonly orderId: string;
  readonly eventId: string;
  /** ISO instant at which it happened. */
  readonly at: string;
  readonly kind: EventKind;
  readonly actor: Actor;
  readonly workId?: string;
  readonly nodeId?: string;
  readonly facts?: Readonly<Record<string, unknown>>;
};

/** One event as it is read. */
export type StoredEvent = Required<Pick<OrderEvent, 'orderId' | 'eventId' | 'kind' | 'actor'>> & {
  readonly seq: number;
  readonly at: string;
  readonly workId: string | null;
  readonly nodeId: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
};
