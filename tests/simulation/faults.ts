/**
 * The kinds of trouble a simulation makes. Each must come up in every seed: one that never does proves nothing.
 */
export const FAULTS = [
  // webhooks
  'webhook_lost',
  'webhook_five_times',
  'webhook_late',
  'routed_later',
  // Shopify
  'shopify_5xx',
  'shopify_throttled',
  'reply_lost',
  // shoppers
  'units_canceled',
  'posted_twice',
  // stores
  'offer_refused',
  'offer_slept_over',
  'race_lost',
  'late_accept',
  'short_pick',
  'picked_up_late',
  'closed_for_the_day',
  'node_closed',
  'wrong_code',
  'unpacked',
  // carriers
  'carrier_slipped',
  'carrier_failed',
  'carrier_silent',
  'told_out_of_order',
  'told_twice',
  // stock
  'recount',
  'shortage',
  'eta_changed',
  // merchants
  'held_by_hand',
  'moved_by_hand',
  'sent_by_hand',
  'settings_changed',
  // mail
  'mail_put_off',
] as const;

export type Fault = (typeof FAULTS)[number];
export type Count = (fault: Fault) => void;
