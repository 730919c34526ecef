/**
 * From ready to the delivery window: rules 3 to 6, and the pickup point of rule 12.
 *
 * Inputs: a node or a destination, a carrier service, instants. Outputs: departures, delivery days and windows, every
 * one found by going through dates and minutes in their order. Source: docs/semantics.md rules 3–6 and 12.
 */
import type { World, WorldLane, WorldNode, WorldService } from '../../backend/network/world.ts';
import { type Branch, type Count, SILENT } from './branches.ts';
import { isHoliday } from './holidays.ts';
import { NEVER, type OpenHours } from './open-hours.ts';
import {
  dayNumber,
  MINUTES_PER_DAY,
  timeOfDayMinutes,
  weekdayOf,
  type ZoneTable,
} from './zone-table.ts';

/** A departure or hand-over this much after `at`, or more, does not exist. */
export const HORIZON_MINUTES = 60 * MINUTES_PER_DAY;

export type Region = { readonly country: string; readonly region?: string | undefined };
type CarrierSide = 'origin' | 'delivery';
type DayVerdict = 'working' | 'closure' | 'worked' | 'holiday' | 'weekly';

export type CarrierCalendar = {
  /** `working` and `worked` are working days; else what made the day none. */
  verdict(day: number, side: CarrierSide, region: Region): DayVerdict;
  isWorking(day: number, side: CarrierSide, region: Region): boolean;
};

/** Rule "Time": closure beats worked exception beats public holiday beats weekly pattern. */
export function carrierCalendar(world: World, service: WorldService): CarrierCalendar {
  const carrier = world.carriers.find((row) => row.id === service.carrierId);
  if (carrier === undefined) throw new Error(`no carrier ${service.carrierId}`);
  const pattern: readonly string[] = service.workingDays ??
    carrier.workingDays ?? ['mon', 'tue', 'wed', 'thu', 'fri'];
  const datesOf = (key: 'closures' | 'workedDates', side: CarrierSide) =>
    new Set(
      [...service[key], ...carrier[key]]
        .filter((row) => row.side === 'both' || row.side === side)
        .map((row) => dayNumber(row.date)),
    );
  const closures = {
    origin: datesOf('closures', 'origin'),
    delivery: datesOf('closures', 'delivery'),
  };
  const worked = {
    origin: datesOf('workedDates', 'origin'),
    delivery: datesOf('workedDates', 'delivery'),
  };
  const verdict = (day: number, side: CarrierSide, region: Region): DayVerdict => {
    if (closures[side].has(day)) return 'closure';
    if (worked[side].has(day)) return 'worked';
    if (isHoliday(region.country, region.region, day)) return 'holiday';
    return pattern.includes(weekdayOf(day)) ? 'working' : 'weekly';
  };
  return {
    verdict,
    isWorking: (day, side, region) => ['working', 'worked'].includes(verdict(day, side, region)),
  };
}

type Candidate = { minute: number; isExtra: boolean; refusal: Branch | undefined };

export type Pickups = {
  /** At least one pickup of the service is written down at this node. */
  readonly isConfigured: boolean;
  /** Rule 3: the first departure ≥ ready, or `NEVER`. */
  departure(readyMinute: number, count: Count): number;
};

function candidatePickups(
  node: WorldNode,
  serviceCode: string,
  hours: OpenHours,
  fromMinute: number,
): Candidate[] {
  const { zone, span } = hours;
  const found: Candidate[] = [];
  const add = (day: number, time: string, isExtra: boolean): void => {
    const local = day * MINUTES_PER_DAY + timeOfDayMinutes(time);
    found.push({ minute: zone.instant(local, 'earlier'), isExtra, refusal: undefined });
  };
  for (const row of node.carrierPickups) {
    if (row.serviceCode !== serviceCode) continue;
    for (let day = zone.dayAt(fromMinute) - 2; day <= zone.dayAt(span.toMinute); day += 1) {
      for (const time of row.weekly[weekdayOf(day)] ?? []) add(day, time, false);
    }
    for (const extra of row.extra) add(dayNumber(extra.date), extra.time, true);
  }
  return found
    .filter(({ minute }) => minute >= fromMinute && minute < span.toMinute)
    .sort((a, b) => a.minute - b.minute || Number(b.isExtra) - Number(a.isExtra));
}

/** Rule 3 for one service at one node, for ready instants from `fromMinute` on. */
export function pickupsOf(
  node: WorldNode,
  serviceCode: string,
  hours: OpenHours,
  asked: { readonly calendar: CarrierCalendar; readonly fromMinute: number },
): Pickups {
  const { calendar, fromMinute } = asked;
  const candidates = candidatePickups(node, serviceCode, hours, fromMinute);
  for (const candidate of candidates) {
    const { minute, isExtra } = candidate;
    const isWorkingDay = calendar.isWorking(hours.zone.dayAt(minute), 'origin', node);
    if (!isExtra && !isWorkingDay) candidate.refusal = 'rule3.nonWorkingDay';
    else if (!hours.isOpen(minute) && !hours.isOpen(minute - 1))
      candidate.refusal = 'rule3.notOpen';
  }
  const valid = candidates.filter(({ refusal }) => refusal === undefined);
  const isConfigured = node.carrierPickups.some(
    (row) =>
      row.serviceCode === serviceCode &&
      (row.extra.length > 0 || Object.values(row.weekly).some((times) => times.length > 0)),
  );
  const countDeparture = (ready: number, departure: Candidate, count: Count): void => {
    const skipped = candidates.filter(({ minute }) => minute >= ready && minute < departure.minute);
    if (skipped.length === 0) count('rule3.firstPickup');
    for (const branch of ['rule3.nonWorkingDay', 'rule3.notOpen'] as const) {
      if (skipped.some(({ refusal }) => refusal === branch)) count(branch);
    }
    if (departure.isExtra) count('rule3.extraPickup');
    if (!hours.isOpen(departure.minute)) count('rule3.atClosing');
  };
  const minutes = valid.map(({ minute }) => minute);
  return {
    isConfigured,
    departure(readyMinute, count) {
      const minute = firstFrom(minutes, readyMinute);
      if (count === SILENT) return minute;
      const departure = valid.find((candidate) => candidate.minute === minute);
      if (departure !== undefined) countDeparture(readyMinute, departure, count);
      return minute;
    },
  };
}

/** The first of these ascending minutes that is not before `minute`, found by halving. */
function firstFrom(minutes: readonly number[], minute: number): number {
  let low = 0;
  let high = minutes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((minutes[middle] ?? NEVER) < minute) low = middle + 1;
    else high = middle;
  }
  return minutes[low] ?? NEVER;
}

export type Transit = {
  readonly days: number;
  readonly isThin: boolean;
  /** F(days) as a fraction. */
  readonly arrived: number;
  readonly observed: number;
};

const THIN_OBSERVATIONS = 30;

/** Rule 5: how many carrier days to promise on a lane. */
export function transitOf(world: World, lane: WorldLane): Transit {
  const observed = lane.observations.reduce((sum, count) => sum + count, 0);
  if (observed < THIN_OBSERVATIONS) {
    const extra = world.policy.thinLaneExtraDay ? 1 : 0;
    return { days: lane.transitDays + extra, isThin: true, arrived: 0, observed };
  }
  let days = 0;
  let arrived = lane.observations[0] ?? 0;
  while (arrived / observed < world.policy.serviceLevel) {
    days += 1;
    arrived += lane.observations[days] ?? 0;
  }
  return { days, isThin: false, arrived, observed };
}

export type Window = {
  readonly fromMinute: number;
  readonly toMinute: number;
  /** The carrier's delivery day. */
  readonly deliveryDay: number;
};

export type WindowQuestion = {
  readonly service: WorldService;
  readonly calendar: CarrierCalendar;
  /** n of rule 5. */
  readonly days: number;
  readonly departureMinute: number;
  readonly origin: ZoneTable;
  readonly destination: ZoneTable;
  readonly region: Region;
};

/** No delivery day is looked for further away than this. */
const SEARCH_DAYS = 730;

/** Rule 6: the window of a delivery on this day. */
function windowOn({ service, destination }: WindowQuestion, day: number): Window {
  const midnight = day * MINUTES_PER_DAY;
  const from = timeOfDayMinutes(service.deliverFrom ?? '00:00');
  const to = timeOfDayMinutes(service.deliverBy ?? '24:00');
  const toMinute = destination.instant(midnight + to, 'later');
  const fromMinute = destination.instant(midnight + from, 'later');
  // A clock change may swallow the window: it keeps its last minute.
  return { fromMinute: Math.min(fromMinute, toMinute - 1), toMinute, deliveryDay: day };
}

/** Rule 4 for n = 0: the day of departure, if that is a delivery day whose deliver-by is still ahead. */
function sameDayWindow(question: WindowQuestion, day0: number, count: Count): Window | undefined {
  const { calendar, days, departureMinute, region } = question;
  if (days > 0) return undefined;
  const window = windowOn(question, day0);
  if (!calendar.isWorking(day0, 'delivery', region)) {
    count('rule4.n0notWorking');
    return undefined;
  }
  const isAhead = window.toMinute > departureMinute;
  count(isAhead ? 'rule4.n0sameDay' : 'rule4.n0afterDeliverBy');
  return isAhead ? window : undefined;
}

/** Rules 4 and 6: the window of a parcel that leaves then, or undefined when no such day exists. */
export function deliveryWindow(question: WindowQuestion, count: Count): Window | undefined {
  const { calendar, days, departureMinute, origin, region } = question;
  const day0 = origin.dayAt(departureMinute);
  const sameDay = sameDayWindow(question, day0, count);
  if (sameDay !== undefined) return sameDay;
  let missing = Math.max(days, 1);
  for (let day = day0 + 1; day <= day0 + SEARCH_DAYS; day += 1) {
    const verdict = calendar.verdict(day, 'delivery', region);
    if (verdict !== 'working') count(`rule4.${verdict}`);
    if (verdict === 'working' || verdict === 'worked') missing -= 1;
    if (missing === 0) return windowOn(question, day);
  }
  return undefined;
}

const DAY_MINUTES = 24 * 60;

/** Rule 12: hand-over at a point whose parcel has arrived by `arrivedMinute`, or undefined. */
export function pointHandOver(hours: OpenHours, arrivedMinute: number, count: Count) {
  const fromMinute = hours.nextOpen(arrivedMinute);
  if (fromMinute === NEVER) return undefined;
  const closing = hours.closingAfter(fromMinute);
  const toMinute = Math.min(closing, fromMinute + DAY_MINUTES);
  count(fromMinute === arrivedMinute ? 'rule12.openAtEnd' : 'rule12.waitsForOpening');
  count(toMinute < closing ? 'rule12.after24h' : 'rule12.closing');
  return { fromMinute, toMinute };
}

const QUARTER = 15;

/** The first minute from this one on at which a quarter of an hour begins on the clock. */
function nextQuarter(zone: ZoneTable, minute: number): number {
  let next = minute;
  while ((next + zone.offsetAt(next)) % QUARTER !== 0) next += 1;
  return next;
}

/** Rule 11: hand-over in a store of what is ready then, or undefined. */
export function storeHandOver(
  hours: OpenHours,
  lastHandOverMinutes: number,
  readyMinute: number,
  count: Count,
) {
  const first = nextQuarter(hours.zone, readyMinute);
  const isInTime = (minute: number): boolean =>
    hours.isOpen(minute) && minute <= hours.closingAfter(minute) - lastHandOverMinutes;
  let minute = first;
  while (minute < hours.span.toMinute && !isInTime(minute)) {
    minute = nextQuarter(hours.zone, minute + 1);
  }
  if (hours.isOpen(first) && minute !== first) count('rule11.lastHandOver');
  if (minute >= hours.span.toMinute) return undefined;
  if (minute !== first) count('rule11.laterOpening');
  else count(minute === readyMinute ? 'rule11.readyOnQuarter' : 'rule11.nextQuarter');
  const toMinute = Math.min(hours.closingAfter(minute), minute + DAY_MINUTES);
  return { fromMinute: minute, toMinute };
}
