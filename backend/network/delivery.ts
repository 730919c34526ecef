/**
 * From ready to delivered: when a service leaves a node, and on which day and hours it delivers.
 *
 * Rules 3 to 6 of docs/semantics.md on compiled tables. For one service and destination a later
 * departure is never delivered earlier, so plans can be compared on `deliveryDay` alone and the
 * window worked out once for the winner.
 */
import { localDay, MINUTES_PER_DAY, NEVER, wallToMinute, type ZoneTable } from '../base/time.ts';
import { firstAbove } from './calendar.ts';
import { nthCarrierDay } from './carrier-days.ts';
import type { CompiledService, Snapshot } from './snapshot.ts';

/** A departure or hand-over this long after `at` does not exist. */
export const HORIZON_MINUTES = 60 * MINUTES_PER_DAY;

/** The first departure of the service from the node that is not before `readyMinute`; `NEVER` if none. */
export function departureMinute(
  snapshot: Snapshot,
  question: {
    readonly node: number;
    readonly service: number;
    readonly readyMinute: number;
    readonly atMinute: number;
  },
): number {
  const slot = question.node * snapshot.services.length + question.service;
  const departures = snapshot.departures[slot];
  if (departures === undefined) return NEVER;
  const departure = departures[firstAbove(departures, question.readyMinute - 1)] ?? NEVER;
  return departure < question.atMinute + HORIZON_MINUTES ? departure : NEVER;
}

/** A parcel on its way. `place` and `zone` are the destination's (a zone's or a point's). */
export type DeliveryQuestion = {
  readonly node: number;
  readonly service: number;
  /** Index into `Snapshot.laneTerms`. */
  readonly terms: number;
  readonly place: number;
  readonly zone: ZoneTable;
  readonly departureMinute: number;
};

/** Rules 4 and 5: the delivery day, or `NEVER` when the service does not work there in time. */
export function deliveryDay(snapshot: Snapshot, question: DeliveryQuestion): number {
  const node = snapshot.nodes[question.node];
  const service = snapshot.services[question.service];
  const terms = snapshot.laneTerms[question.terms];
  const table = snapshot.deliveryDays[question.service * snapshot.placeCount + question.place];
  if (!node || !service || !terms || !table) return NEVER;
  const day0 = localDay(node.calendar.zone, question.departureMinute);
  if (terms.carrierDays > 0) return nthCarrierDay(table, day0, terms.carrierDays) ?? NEVER;
  const isSameDay =
    nthCarrierDay(table, day0, 0) !== undefined &&
    deliverByMinute(service, question.zone, day0) > question.departureMinute;
  return isSameDay ? day0 : (nthCarrierDay(table, day0, 1) ?? NEVER);
}

/** A window `[fromMinute, toMinute)` and the local date it is promised for (a day number). */
export type DeliveryWindow = {
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly promisedOn: number;
};

/** Rule 6: the hours of a delivery day at the destination. */
export function deliveryWindow(
  service: CompiledService,
  zone: ZoneTable,
  day: number,
): DeliveryWindow {
  const toMinute = deliverByMinute(service, zone, day);
  const from = wallToMinute(zone, day, { timeOfDay: service.deliverFrom, side: 'later' });
  // Both ends in and just after a skipped hour could cross; a window is never empty.
  const fromMinute = Math.min(from, toMinute - 1);
  return { fromMinute, toMinute, promisedOn: localDay(zone, toMinute - 1) };
}

function deliverByMinute(service: CompiledService, zone: ZoneTable, day: number): number {
  return wallToMinute(zone, day, { timeOfDay: service.deliverBy, side: 'later' });
}
