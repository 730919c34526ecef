import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type NodeInput, oneWarehouse, parsed } from '../../tests/worlds/worlds.ts';
import { instantToMinuteFloor, NEVER } from '../base/time.ts';
import { compileLoad } from './load.ts';
import { compileNetwork } from './network.ts';
import { latestAtMinute, type ReadyQuestion, readyMinute } from './ready.ts';
import type { Snapshot } from './snapshot.ts';
import { WEEKDAYS, type WorldNode } from './world.ts';

// Around both changes of the clocks in Europe; the walk below covers the days after.
const STARTS = ['2026-10-23T00:00Z', '2027-03-26T00:00Z', '2026-12-04T00:00Z'];
const WALK_DAYS = 16;

/** Every minute from three days before `from`: open or not, whose shift, which local date. */
type Clock = {
  readonly firstMinute: number;
  readonly isOpen: Uint8Array;
  readonly shift: readonly (string | undefined)[];
  readonly date: readonly string[];
  /** Local dates with an opening, in order. */
  readonly openDays: readonly string[];
};

/** The slow truth: walks each minute of each interval, converted one by one with Temporal. */
function walkClock(node: WorldNode, from: number): Clock {
  const firstMinute = from - 3 * 1_440;
  const length = (WALK_DAYS + 3) * 1_440;
  const isOpen = new Uint8Array(length);
  const shift = new Array<string | undefined>(length);
  const openDays = new Set<string>();
  const first = Temporal.Instant.fromEpochMilliseconds(firstMinute * 60_000)
    .toZonedDateTimeISO(node.timeZone)
    .toPlainDate();
  for (let offset = -2; offset < WALK_DAYS + 4; offset += 1) {
    const date = first.add({ days: offset });
    const exception = node.hours.exceptions.find((row) => row.date === date.toString());
    const weekday = WEEKDAYS[date.dayOfWeek - 1] ?? 'mon';
    for (const [opens, closes] of exception?.intervals ?? node.hours.weekly[weekday] ?? []) {
      const start = instantOf(date, opens, node.timeZone, 'later');
      const end = instantOf(date, closes, node.timeZone, 'earlier');
      if (start < end) openDays.add(date.toString());
      for (let minute = start; minute < end; minute += 1) {
        const index = minute - firstMinute;
        if (index < 0 || index >= length) continue;
        isOpen[index] = 1;
        shift[index] ??= date.toString();
      }
    }
  }
  // Local dates begin at whole quarter hours everywhere, so one look per quarter hour is enough.
  const quarters = Array.from({ length: length / 15 }, (_, index) =>
    Temporal.Instant.fromEpochMilliseconds((firstMinute + index * 15) * 60_000)
      .toZonedDateTimeISO(node.timeZone)
      .toPlainDate()
      .toString(),
  );
  const date = quarters.flatMap((text) => new Array<string>(15).fill(text));
  return { firstMinute, isOpen, shift, date, openDays: [...openDays] };
}

function instantOf(
  date: Temporal.PlainDate,
  time: string,
  timeZone: string,
  disambiguation: 'earlier' | 'later',
): number {
  const [hours, minutes] = time.split(':').map(Number);
  const local = date.toPlainDateTime().add({ hours: hours ?? 0, minutes: minutes ?? 0 });
  return local.toZonedDateTime(timeZone, { disambiguation }).epochMilliseconds / 60_000;
}

/** Rules 1 and 2 by hand, minute by minute and tick by tick. */
function slowReady(node: WorldNode, clock: Clock, asked: ReadyQuestion): number {
  const start = slowStart(node, clock, asked);
  if (start === undefined) return NEVER;
  const rate = node.unitsPerHour ?? 1;
  const isTimed = node.unitsPerHour !== undefined;
  const takesTime = isTimed || node.unitsPerDay !== undefined;
  const perUnit = isTimed ? 60 : 1;
  const asOf = node.backlogAsOf ? instantToMinuteFloor(node.backlogAsOf) : start;
  let backlog = takesTime ? node.backlogUnits * perUnit : 0;
  let units = takesTime ? asked.units * perUnit : 0;
  let lead = node.leadTimeMinutes * rate;
  const used = new Map<string, number>();
  const limit = (node.unitsPerDay ?? Infinity) * perUnit;
  const take = (date: string, wanted: number, room: number) => {
    const taken = Math.min(wanted, room, limit - (used.get(date) ?? 0));
    used.set(date, (used.get(date) ?? 0) + taken);
    return taken;
  };
  const begin = backlog > 0 ? Math.min(asOf, start) : start;
  for (let minute = begin; minute < clock.firstMinute + clock.isOpen.length; minute += 1) {
    if (backlog + units + lead === 0) return minute;
    const index = minute - clock.firstMinute;
    const date = clock.date[index] ?? '';
    if (clock.isOpen[index] !== 1) continue;
    // Without a rate units take no time of the minute; with one they take its ticks.
    let ticks = 0;
    const done = take(date, backlog, isTimed ? rate : Infinity);
    backlog -= done;
    if (isTimed) ticks += done;
    if (backlog > 0 || minute < start || isFull(node, date)) continue;
    const worked = take(date, units, isTimed ? rate - ticks : Infinity);
    units -= worked;
    if (isTimed) ticks += worked;
    if (units > 0) continue;
    const led = Math.min(lead, rate - ticks);
    lead -= led;
    ticks += led;
    if (lead === 0) return ticks === 0 ? minute : minute + 1;
  }
  return NEVER;
}

function isFull(node: WorldNode, date: string): boolean {
  return (node.ordersByDate[date] ?? 0) >= (node.ordersPerDay ?? Infinity);
}

function slowStart(node: WorldNode, clock: Clock, asked: ReadyQuestion): number | undefined {
  const counted = clock.openDays.find((day) => asked.atMinute < slowCutOff(node, day));
  if (counted === undefined) return undefined;
  let own: number | undefined;
  for (
    let index = Math.max(0, asked.atMinute - clock.firstMinute);
    index < clock.shift.length;
    index += 1
  ) {
    const day = clock.shift[index];
    if (day === undefined) continue;
    own ??= day >= counted ? clock.firstMinute + index : undefined;
    if (own === undefined || clock.firstMinute + index < asked.usableMinute) continue;
    if (!isFull(node, clock.date[index] ?? '')) return clock.firstMinute + index;
  }
  return undefined;
}

function slowCutOff(node: WorldNode, day: string): number {
  const date = Temporal.PlainDate.from(day);
  const weekday = WEEKDAYS[date.dayOfWeek - 1] ?? 'mon';
  const exception = node.hours.exceptions.find((row) => row.date === day);
  const written = exception?.cutOff ?? node.cutOffs[weekday];
  if (written !== undefined) return instantOf(date, written, node.timeZone, 'earlier');
  const ends = (exception?.intervals ?? node.hours.weekly[weekday] ?? []).flatMap(
    ([opens, closes]) => {
      const start = instantOf(date, opens, node.timeZone, 'later');
      const end = instantOf(date, closes, node.timeZone, 'earlier');
      return start < end ? [end] : [];
    },
  );
  return Math.max(...ends);
}

const timeText = fc.integer({ min: 0, max: 575 }).map((fives) => toText(fives * 5));
function toText(minutes: number): string {
  const hours = String(Math.floor(minutes / 60)).padStart(2, '0');
  return `${hours}:${String(minutes % 60).padStart(2, '0')}`;
}
const intervals = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 560 }), fc.integer({ min: 1, max: 200 }))
    .map(([from, length]): [string, string] => [
      toText(from * 5),
      toText(Math.min(2_879, from * 5 + length * 5)),
    ]),
  { maxLength: 2 },
);
const dayInSpan = (start: string) =>
  fc
    .integer({ min: -3, max: WALK_DAYS })
    .map((days) => Temporal.PlainDate.from(start.slice(0, 10)).add({ days }).toString());

/** A node with wild hours near a clock change; zones without a holiday calendar keep holidays out. */
const caseOf = fc.constantFrom(...STARTS).chain((start) =>
  fc.record({
    start: fc.constant(start),
    atOffset: fc.integer({ min: 0, max: 5 * 1_440 }),
    units: fc.integer({ min: 1, max: 60 }),
    usableOffset: fc.oneof(fc.constant(-1), fc.integer({ min: 0, max: 6 * 1_440 })),
    timeZone: fc.constantFrom('Europe/Rome', 'Europe/London', 'Atlantic/Canary', 'Asia/Kathmandu'),
    weekly: fc.record({
      mon: intervals,
      tue: intervals,
      wed: intervals,
      thu: intervals,
      fri: intervals,
      sat: intervals,
      sun: intervals,
    }),
    exceptions: fc.uniqueArray(
      fc.record({ date: dayInSpan(start), intervals, cutOff: fc.option(timeText) }),
      { selector: (row) => row.date, maxLength: 3 },
    ),
    cutOffs: fc.dictionary(fc.constantFrom(...WEEKDAYS), timeText, { maxKeys: 4 }),
    leadTimeMinutes: fc.integer({ min: 0, max: 2_000 }),
    unitsPerHour: fc.option(fc.constantFrom(1, 7, 13, 60, 77, 600)),
    unitsPerDay: fc.option(fc.integer({ min: 1, max: 80 })),
    backlogUnits: fc.integer({ min: 0, max: 150 }),
    backlogOffset: fc.integer({ min: -2 * 1_440, max: 4 * 1_440 }),
    fullDates: fc.array(dayInSpan(start), { maxLength: 8 }),
  }),
);

type Case = typeof caseOf extends fc.Arbitrary<infer Value> ? Value : never;

function nodeOf(drawn: Case): Partial<NodeInput> | undefined {
  const { weekly } = drawn;
  const isOpenOn = (weekday: (typeof WEEKDAYS)[number]) => weekly[weekday].length > 0;
  if (!WEEKDAYS.some(isOpenOn)) return undefined;
  const from = instantToMinuteFloor(drawn.start);
  return {
    country: 'NP',
    timeZone: drawn.timeZone,
    hours: {
      weekly,
      exceptions: drawn.exceptions.map(({ cutOff, ...row }) =>
        cutOff === null || row.intervals.length === 0 ? row : { ...row, cutOff },
      ),
    },
    cutOffs: Object.fromEntries(
      WEEKDAYS.filter((weekday) => isOpenOn(weekday) && drawn.cutOffs[weekday]).map((weekday) => [
        weekday,
        drawn.cutOffs[weekday] ?? '',
      ]),
    ),
    leadTimeMinutes: drawn.leadTimeMinutes,
    ...(drawn.unitsPerHour === null ? {} : { unitsPerHour: drawn.unitsPerHour }),
    ...(drawn.unitsPerDay === null ? {} : { unitsPerDay: drawn.unitsPerDay }),
    backlogUnits: drawn.backlogUnits,
    backlogAsOf: new Date((from + drawn.backlogOffset) * 60_000).toISOString(),
    ordersPerDay: 1,
    ordersByDate: Object.fromEntries(drawn.fullDates.map((date) => [date, 1])),
  };
}

function compileCase(drawn: Case) {
  const input = nodeOf(drawn);
  if (input === undefined) return undefined;
  const world = parsed(oneWarehouse(input));
  const node = world.nodes[0];
  if (node === undefined) throw new Error('a world of one node');
  const from = instantToMinuteFloor(drawn.start);
  const snapshot = compileNetwork(world, from, { validDays: 7 });
  const question: ReadyQuestion = {
    node: 0,
    load: compileLoad(snapshot, 0, {
      backlogUnits: node.backlogUnits,
      backlogAsOfMinute: from + drawn.backlogOffset,
      ordersByDate: node.ordersByDate,
    }),
    atMinute: from + drawn.atOffset,
    units: drawn.units,
    usableMinute: drawn.usableOffset === -1 ? 0 : from + drawn.usableOffset,
    kind: 'ship',
  };
  return { node, from, snapshot, question };
}

test('ready is the minute a walk over every single minute finds', { timeout: 60_000 }, () => {
  let compared = 0;
  fc.assert(
    fc.property(caseOf, (drawn) => {
      const compiled = compileCase(drawn);
      if (compiled === undefined) return;
      const slow = slowReady(
        compiled.node,
        walkClock(compiled.node, compiled.from),
        compiled.question,
      );
      // What the walk does not reach within its span says nothing.
      if (slow === NEVER) return;
      compared += 1;
      expect(readyMinute(compiled.snapshot, compiled.question)).toBe(slow);
    }),
    { numRuns: 300 },
  );
  expect(compared).toBeGreaterThan(150);
});

test('the latest question for a departure is exactly the last one that makes it', {
  timeout: 60_000,
}, () => {
  fc.assert(
    fc.property(caseOf, fc.integer({ min: 0, max: 900 }), (drawn, slack) => {
      const compiled = compileCase(drawn);
      if (compiled === undefined) return;
      const { snapshot, question } = compiled;
      const ready = readyMinute(snapshot, question);
      if (ready === NEVER) return;
      const departureMinute = ready + slack;
      const latest = latestAtMinute(snapshot, { ...question, departureMinute });
      expect(latest).toBe(slowLatest(snapshot, question, departureMinute));
    }),
    { numRuns: 150 },
  );
});

function slowLatest(snapshot: Snapshot, question: ReadyQuestion, departureMinute: number): number {
  for (let atMinute = departureMinute; atMinute >= question.atMinute; atMinute -= 1) {
    if (readyMinute(snapshot, { ...question, atMinute }) <= departureMinute) return atMinute;
  }
  return -1;
}

test('asking later is never ready earlier', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(caseOf, fc.integer({ min: 1, max: 4_000 }), (drawn, later) => {
      const compiled = compileCase(drawn);
      if (compiled === undefined) return;
      const { snapshot, question } = compiled;
      const atMinute = question.atMinute + later;
      expect(readyMinute(snapshot, { ...question, atMinute })).toBeGreaterThanOrEqual(
        readyMinute(snapshot, question),
      );
    }),
    { numRuns: 500 },
  );
});
