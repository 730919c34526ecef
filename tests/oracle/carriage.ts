/**
 * From ready to the delivery window: rules 3 to 6, and the pickup point of rule 12.
 *
 * Inputs: a node or a destination, a carrier service, instants. Outputs: departures, delivery days and windows, every
 * one found by going through dates and minutes in their order. Source: docs/semantics.md rules 3–6 and 12.
 */
import type { World, WorldLane, WorldNode, WorldService } from '../../backend/network/world.ts';
import type { Branch, Count } from './branches.ts';
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
  departure(readyMinute: number, count?: Count): number;
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
  const { toMinute } = hours.span;
  const firstFrom = new Int32Array(toMinute - fromMinute).fill(NEVER);
  for (
    let index = firstFrom.length - 1, left = valid.length - 1, next = NEVER;
    index >= 0;
    index -= 1
  ) {
    for (; valid[left]?.minute === fromMinute + index; left -= 1) next = fromMinute + index;
    firstFrom[index] = next;
  }
  return {
    isConfigured,
    departure(readyMinute, count) {
      const minute = firstFrom[readyMinute - fromMinute] ?? NEVER;
      const departure = count && valid.find((candidate) => candidate.minute === minute);
      if (departure !== undefined && count !== undefined) {
        countDeparture(readyMinute, departure, count);
      }
      return minute;
    },
  };
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

/** Rules 4 and 6: the window of a parcel that leaves then, or undefined when no such day exists. */
export function deliveryWindow(question: WindowQuestion, count?: Count): Window | undefined {
  const { service, calendar, days, departureMinute, origin, destination, region } = question;
  const windowOn = (day: number): Window => {
    const midnight = day * MINUTES_PER_DAY;
    const from = timeOfDayMinutes(service.deliverFrom ?? '00:00');
    const to = timeOfDayMinutes(service.deliverBy ?? '24:00');
    const toMinute = destination.instant(midnight + to, 'later');
    const fromMinute = destination.instant(midnight + from, 'later');
    // A clock change may swallow the window: it keeps its last minute.
    return { fromMinute: Math.min(fromMinute, toMinute - 1), toMinute, deliveryDay: day };
  };
  const day0 = origin.dayAt(departureMinute);
  if (days === 0) {
    const sameDay = windowOn(day0);
    const isWorking = calendar.isWorking(day0, 'delivery', region);
    if (isWorking && sameDay.toMinute > departureMinute) {
      count?.('rule4.n0sameDay');
      return sameDay;
    }
    count?.(isWorking ? 'rule4.n0afterDeliverBy' : 'rule4.n0notWorking');
  }
  let missing = Math.max(days, 1);
  for (let day = day0 + 1; day <= day0 + SEARCH_DAYS; day += 1) {
    const verdict = calendar.verdict(day, 'delivery', region);
    if (verdict !== 'working') count?.(`rule4.${verdict}`);
    if (verdict === 'working' || verdict === 'worked') missing -= 1;
    if (missing === 0) return windowOn(day);
  }
  return undefined;
}

const DAY_MINUTES = 24 * 60;

/** Rule 12: hand-over at a point whose parcel has arrived by `arrivedMinute`, or undefined. */
export function pointHandOver(hours: OpenHours, arrivedMinute: number, count?: Count) {
  const fromMinute = hours.nextOpen(arrivedMinute);
  if (fromMinute === NEVER) return undefined;
  const closing = hours.closingAfter(fromMinute);
  const toMinute = Math.min(closing, fromMinute + DAY_MINUTES);
  count?.(fromMinute === arrivedMinute ? 'rule12.openAtEnd' : 'rule12.waitsForOpening');
  count?.(toMinute < closing ? 'rule12.after24h' : 'rule12.closing');
  return { fromMinute, toMinute };
}

const QUARTER = 15;

/** Rule 11: hand-over in a store of what is ready then, or undefined. */
export function storeHandOver(
  hours: OpenHours,
  lastHandOverMinutes: number,
  readyMinute: number,
  count?: Count,
) {
  const isQuarter = (minute: number) => (minute + hours.zone.offsetAt(minute)) % QUARTER === 0;
  const quarter = (minute: number): number => {
    let next = minute;
    while (!isQuarter(next)) next += 1;
    return next;
  };
  const first = quarter(readyMinute);
  for (let minute = first; minute < hours.span.toMinute; minute = quarter(minute + 1)) {
    if (!hours.isOpen(minute)) continue;
    const closing = hours.closingAfter(minute);
    if (minute > closing - lastHandOverMinutes) {
      if (minute === first) count?.('rule11.lastHandOver');
      continue;
    }
    if (minute !== first) count?.('rule11.laterOpening');
    else count?.(minute === readyMinute ? 'rule11.readyOnQuarter' : 'rule11.nextQuarter');
    return { fromMinute: minute, toMinute: Math.min(closing, minute + DAY_MINUTES) };
  }
  return undefined;
}
