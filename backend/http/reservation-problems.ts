/**
 * Which HTTP answer does the refusal of a reservation become?
 *
 * 409: it lost to what others hold now, and may be asked again later. 410: it was there and has ended. 422: a lawful
 * request that names what is not there.
 */
import { assertNever } from '../base/result.ts';
import type { ReservationRouteRefusal } from '../stock/reservations/routes.ts';

/** Refusals of reservations that no other part of the product has. */
export type ReservationProblem = Exclude<
  ReservationRouteRefusal,
  { readonly code: 'invalid_input' | 'unauthorized' | 'not_found' | 'foreign_channel' }
>;

type Answer = { readonly status: number; readonly title: string; readonly detail: string };

export function describeReservation(refusal: ReservationProblem): Answer {
  switch (refusal.code) {
    case 'no_network':
      return {
        status: 409,
        title: 'The shop has no network yet',
        detail: 'Let the merchant finish the set-up in Kept; nothing can be reserved before.',
      };
    case 'unknown_sku':
      return {
        status: 422,
        title: 'The SKU is not known',
        detail: `${refusal.sku} is no product of this shop. Send a SKU as the shop’s catalogue has it.`,
      };
    case 'unknown_node':
      return {
        status: 422,
        title: 'The node is not known, or does not hand over',
        detail: `${refusal.nodeId} is no node of this shop that can do this. Send a node id of its network.`,
      };
    case 'insufficient_stock':
      return {
        status: 409,
        title: 'Not enough units',
        detail: `${refusal.wanted} of ${refusal.sku} were asked for, ${refusal.sellable} can be had now. Ask for less, or again later.`,
      };
    case 'slot_full':
      return {
        status: 409,
        title: 'The pickup slot is full',
        detail: `${refusal.nodeId} hands over ${refusal.capacity} orders at ${refusal.startsAt}, and all are taken. Take another slot.`,
      };
    case 'capacity_full':
      return {
        status: 409,
        title: 'The node’s day is full',
        detail: `${refusal.nodeId} has reached ${refusal.limitedBy} (${refusal.limit}) on ${refusal.date}. Take another date or node.`,
      };
    case 'reservation_expired':
      return {
        status: 410,
        title: 'The reservation has expired',
        detail: `${refusal.reservationId} counts no more. Reserve again.`,
      };
    case 'reservation_ended':
      return {
        status: 410,
        title: 'The reservation has ended',
        detail: `${refusal.reservationId} was ${refusal.state === 'posted' ? 'turned into its order' : 'released'} before.`,
      };
    default:
      return assertNever(refusal, 'the map from refusals of reservations to HTTP');
  }
}
