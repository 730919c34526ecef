/**
 * A wall clock reading somewhere as an instant, without Temporal: merchants' browsers need not have it.
 */

const MINUTE = 60_000;

/**
 * The instant at which clocks in the zone show this day and time, ISO 8601 in UTC. A time that is skipped becomes the
 * same time after the change, one that comes twice the first of both.
 */
export function instantOfWall(day: string, time: string, timeZone: string): string {
  const wall = Date.parse(`${day}T${time}:00Z`);
  const before = wall - offsetAt(wall - 24 * 60 * MINUTE, timeZone);
  const after = wall - offsetAt(wall + 24 * 60 * MINUTE, timeZone);
  const found = [before, after].find((at) => at + offsetAt(at, timeZone) === wall) ?? before;
  return new Date(found).toISOString();
}

// How far the zone's clocks are ahead of UTC at an instant, in milliseconds.
function offsetAt(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(new Date(instant));
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value ?? 0);
  const shown = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return shown - Math.floor(instant / 1_000) * 1_000;
}
