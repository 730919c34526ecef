/**
 * One thing that is done to an order's fulfillment at Shopify, and why nothing may be.
 *
 * Data only: a step is stored before it is sent and is compared by its key, so that one that was refused is known again.
 */
import type { PartUnits, Tracking, Units } from './observed.ts';

/** The next mutation. Ids are plain numbers. */
export type Step =
  | {
      readonly kind: 'fulfill';
      readonly shipmentId: string;
      readonly locationId: string;
      readonly parts: readonly {
        readonly partId: string;
        readonly lines: readonly PartUnits[];
      }[];
      readonly units: readonly Units[];
      readonly tracking: Tracking | null;
    }
  | { readonly kind: 'open'; readonly partId: string }
  | { readonly kind: 'release'; readonly partId: string; readonly holdIds: readonly string[] }
  | { readonly kind: 'activate'; readonly locationId: string; readonly itemId: string }
  | {
      readonly kind: 'move';
      readonly partId: string;
      readonly locationId: string;
      /** Absent: all that remains of it. */
      readonly lines?: readonly PartUnits[];
    }
  | { readonly kind: 'split'; readonly partId: string; readonly lines: readonly PartUnits[] }
  | {
      readonly kind: 'hold';
      readonly partId: string;
      /** Handle of the hold, so that it is known as ours. */
      readonly workId: string;
      readonly cause: string;
      readonly lines?: readonly PartUnits[];
    }
  | { readonly kind: 'progress'; readonly partId: string }
  | { readonly kind: 'deadline'; readonly partIds: readonly string[]; readonly deadline: string }
  | { readonly kind: 'prepared'; readonly partId: string }
  | { readonly kind: 'tracking'; readonly fulfillmentId: string; readonly tracking: Tracking }
  | { readonly kind: 'event'; readonly fulfillmentId: string; readonly status: CarrierEvent };

export type CarrierEvent = 'IN_TRANSIT' | 'OUT_FOR_DELIVERY' | 'DELIVERED' | 'FAILURE';

// Shopify may say no to these and the order is followed all the same: they tell, they change nothing.
const COURTESIES = new Set<Step['kind']>([
  'split',
  'deadline',
  'progress',
  'prepared',
  'tracking',
  'event',
]);

/** True for a step whose refusal leaves nothing undone that matters. */
export function isCourtesy({ kind }: Step): boolean {
  return COURTESIES.has(kind);
}

/** Equal for equal steps. */
export function stepKey(step: Step): string {
  return JSON.stringify(Object.entries(step).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Why Shopify cannot be brought to where the works are; each is something a person can act on. */
export const STUCK_REASONS = [
  // Somebody else holds it: release it in Shopify.
  'merchant_hold',
  // A fulfillment service has been asked: cancel the request there.
  'with_fulfillment_service',
  // Its delivery method is not moved by Kept.
  'not_shipping',
  // It is scheduled for later: reschedule or release it in Shopify.
  'scheduled',
  // Somebody reported progress that cannot be taken back: finish it there.
  'progress_reported',
  'move_not_supported',
  // The node is no location of this shop: bind it in the setup.
  'node_has_no_location',
  // A pickup was moved to another store: the shopper decides.
  'pickup_elsewhere',
  // Shopify has fewer units open than we have work for.
  'units_missing',
  // It left when it was canceled already: stop the parcel or take it back, then say that it was seen to.
  'left_though_canceled',
  // A fulfillment of ours was canceled in Shopify; routing takes the units back.
  'fulfillment_canceled',
  // More fulfillment orders or lines than can be asked for at once.
  'order_too_large',
  // Shopify said no, in words of its own.
  'refused',
  // Somebody moved a part of a work: move the rest too, or move it back.
  'moved_in_part',
  // Somebody moved it to where it cannot be done: reallocate or move it back.
  'moved_where_it_cannot_be_done',
  'too_many_steps',
] as const;
export type StuckReason = (typeof STUCK_REASONS)[number];

/** A reason with what it is about. */
export type Stuck = {
  readonly reason: StuckReason;
  readonly facts: Readonly<Record<string, string | number>>;
};

/** What is to be done now. `look`: ask also what has left, then decide. */
export type Next =
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'look' }
  | { readonly kind: 'done' }
  | { readonly kind: 'stuck'; readonly stuck: Stuck };

/** What Shopify's answers have taught in this run, beside what can be read. */
export type Learned = {
  /** Items that a location does not stock: activated before the move. */
  readonly unstocked: readonly { readonly locationId: string; readonly itemId: string }[];
  /** Fulfillment orders that were told to be ready for pickup; Shopify does not say so itself. */
  readonly prepared: readonly string[];
  /** Keys of courtesies that were refused. */
  readonly refused: ReadonlySet<string>;
};

export const NOTHING_LEARNED: Learned = { unstocked: [], prepared: [], refused: new Set() };
