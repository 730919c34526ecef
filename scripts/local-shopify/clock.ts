/**
 * What time is it in the local shop? One clock for the shop and, over `/clock`, for the app beside it.
 *
 * It runs from an instant somebody set, at a speed somebody chose; every change is told to all listeners.
 * Protocol: `GET /clock` answers `{"now": ISO instant, "speed": number}`; `GET /clock/stream` sends the same
 * object as a server-sent event at once and after every change. A listener computes now + elapsed × speed.
 */
type ClockReading = { now: string; speed: number };

/** Faster than this an hour passes between two looks at the page. */
const MAX_SPEED = 3_600;

export type LocalClock = {
  /** Milliseconds since the epoch, in the shop's time. */
  nowMs(): number;
  /** The instant as ISO 8601 in UTC. */
  now(): string;
  read(): ClockReading;
  /** Jumps to an instant; throws on text that is none. */
  jump(instant: string): void;
  moveBy(minutes: number): void;
  setSpeed(speed: number): void;
  /** Calls back after every change; returns how to stop it. */
  onChange(listener: (reading: ClockReading) => void): () => void;
};

/** Starts a clock at an instant (absent: the host's) that runs at real speed. */
export function createLocalClock(startsAt?: string, realMs: () => number = Date.now): LocalClock {
  const listeners = new Set<(reading: ClockReading) => void>();
  let base = startsAt === undefined ? realMs() : parseInstant(startsAt);
  let since = realMs();
  let speed = 1;

  const nowMs = (): number => base + (realMs() - since) * speed;
  const read = (): ClockReading => ({ now: new Date(nowMs()).toISOString(), speed });
  const restart = (at: number, nextSpeed: number): void => {
    base = at;
    since = realMs();
    speed = nextSpeed;
    const reading = read();
    for (const listener of listeners) listener(reading);
  };
  return {
    nowMs,
    now: () => new Date(nowMs()).toISOString(),
    read,
    jump: (instant) => restart(parseInstant(instant), speed),
    moveBy: (minutes) => restart(nowMs() + minutes * 60_000, speed),
    setSpeed(next) {
      if (!Number.isFinite(next) || next < 0 || next > MAX_SPEED) {
        throw new Error(`speed cannot be ${next}; it is between 0 (stopped) and ${MAX_SPEED}.`);
      }
      restart(nowMs(), next);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function parseInstant(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) {
    throw new Error(
      `now cannot be ${JSON.stringify(text)}; it is an ISO 8601 instant with offset.`,
    );
  }
  return ms;
}

/** The wall clock of a zone at an instant: date `YYYY-MM-DD` and time `HH:MM:SS`. */
export function wallClock(nowMs: number, timeZone: string): { date: string; time: string } {
  const zoned = Temporal.Instant.fromEpochMilliseconds(Math.floor(nowMs)).toZonedDateTimeISO(
    timeZone,
  );
  return {
    date: zoned.toPlainDate().toString(),
    time: zoned.toPlainTime().toString({ smallestUnit: 'second' }),
  };
}
