/**
 * Which stores lie near a postal code, and when are they open?
 *
 * In: the quote of store pickup for a place whose point is known. Out: the nearest stores that hand over orders, those
 * that cannot do it now among them, each with the opening that runs or comes next. Whether and when the basket can be
 * collected there is the quote's own option (`store:<node id>`); nothing here is a promise.
 */

import { firstAbove } from '../../network/calendar.ts';
import { distanceMeters, type Point } from '../../network/distance.ts';
import type { Calendar, CompiledNode, Snapshot } from '../../network/snapshot.ts';
import type { Quote } from '../quote.ts';
import { storeCode } from '../quote-option.ts';

/** A store and how far away it is. */
export type NearbyStore = {
  readonly node: CompiledNode;
  readonly meters: number;
  /** Half-open epoch minutes; undefined: no opening is known within the calendar. */
  readonly hours: { readonly fromMinute: number; readonly toMinute: number } | undefined;
};

/** The stores a quote of store pickup speaks of, nearest first, ties by id. */
export function nearbyStores(snapshot: Snapshot, quote: Quote, from: Point): NearbyStore[] {
  const codes = new Set([...quote.options, ...quote.absent].map((one) => one.serviceCode));
  return snapshot.nodes
    .filter((node) => codes.has(storeCode(node.id)))
    .map((node) => ({
      node,
      meters: distanceMeters(node.source, from),
      hours: openingAt(node.calendar, quote.nowMinute),
    }))
    .sort((a, b) => a.meters - b.meters || a.node.index - b.node.index);
}

/** The opening that runs at `minute`, else the next one. */
export function openingAt(calendar: Calendar, minute: number): NearbyStore['hours'] {
  const index = firstAbove(calendar.openTo, minute);
  const fromMinute = calendar.openFrom[index];
  const toMinute = calendar.openTo[index];
  return fromMinute === undefined || toMinute === undefined ? undefined : { fromMinute, toMinute };
}
