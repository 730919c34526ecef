/**
 * When a shopper can collect: at one of our stores, or at a pickup point.
 *
 * Rule 11 (quarter hour, time left before closing) and rule 12 of docs/semantics.md. A hand-over is
 * always an open minute and less than 60 × 24 hours after `at`; its window ends when the place next
 * closes, at most 24 hours later.
 */
import { localTimeOfDay, MINUTES_PER_DAY, NEVER } from '../base/time.ts';
import { firstAbove } from './calendar.ts';
import { HORIZON_MINUTES } from './delivery.ts';
import type { CompiledLoad } from './load.ts';
import type { Calendar, Snapshot } from './snapshot.ts';

/** A hand-over instant and the end of its window. */
export type HandOver = { readonly fromMinute: number; readonly toMinute: number };

const QUARTER_MINUTES = 15;

/**
 * Rule 11: the first local quarter hour of an opening that leaves the store time before it closes, and at which it can
 * still hand over an order.
 */
export function pickupHandOver(
  snapshot: Snapshot,
  question: {
    readonly node: number;
    readonly readyMinute: number;
    readonly atMinute: number;
    readonly load: Pick<CompiledLoad, 'fullSlots'>;
  },
): HandOver | undefined {
  const node = snapshot.nodes[question.node];
  if (node === undefined || question.readyMinute === NEVER) return undefined;
  const { calendar } = node;
  const { openFrom, openTo } = calendar;
  for (let index = firstAbove(openTo, question.readyMinute); index < openTo.length; index += 1) {
    const closes = openTo[index] ?? NEVER;
    const opens = Math.max(openFrom[index] ?? NEVER, question.readyMinute);
    const minute = quarterHourFrom(calendar, opens, question.load.fullSlots);
    if (minute >= question.atMinute + HORIZON_MINUTES) return undefined;
    if (minute < closes && minute <= closes - node.lastHandOverMinutes) {
      return { fromMinute: minute, toMinute: Math.min(closes, minute + MINUTES_PER_DAY) };
    }
  }
  return undefined;
}

function quarterHourFrom(
  calendar: Calendar,
  minute: number,
  full: CompiledLoad['fullSlots'],
): number {
  let quarter = minute;
  while (localTimeOfDay(calendar.zone, quarter) % QUARTER_MINUTES !== 0 || full.has(quarter)) {
    quarter += 1;
  }
  return quarter;
}

/** Rule 12: the first open minute of the point once the delivery window has ended. */
export function pointHandOver(
  snapshot: Snapshot,
  question: { readonly point: number; readonly toMinute: number; readonly atMinute: number },
): HandOver | undefined {
  const point = snapshot.points[question.point];
  if (point === undefined) return undefined;
  const { openFrom, openTo } = point.calendar;
  const index = firstAbove(openTo, question.toMinute);
  const closes = openTo[index];
  if (closes === undefined) return undefined;
  const fromMinute = Math.max(openFrom[index] ?? NEVER, question.toMinute);
  if (fromMinute >= question.atMinute + HORIZON_MINUTES) return undefined;
  return { fromMinute, toMinute: Math.min(closes, fromMinute + MINUTES_PER_DAY) };
}
