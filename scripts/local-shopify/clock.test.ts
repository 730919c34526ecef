import { describe, expect, test } from 'vitest';
import { createLocalClock, wallClock } from './clock.ts';

describe('the clock', () => {
  test('runs from where it was set, as fast as it was told', () => {
    let realMs = 0;
    const clock = createLocalClock('2026-11-27T19:29:00+01:00', () => realMs);
    realMs += 1_000;
    expect(clock.now()).toBe('2026-11-27T18:29:01.000Z');
    clock.setSpeed(60);
    realMs += 1_000;
    expect(clock.now()).toBe('2026-11-27T18:30:01.000Z');
    clock.setSpeed(0);
    realMs += 60_000;
    expect(clock.read()).toEqual({ now: '2026-11-27T18:30:01.000Z', speed: 0 });
  });

  test('tells every listener of every change until it leaves', () => {
    const clock = createLocalClock('2026-11-23T10:00:00Z', () => 0);
    const heard: string[] = [];
    const leave = clock.onChange((reading) => heard.push(reading.now));
    clock.jump('2026-12-08T09:00:00Z');
    clock.moveBy(-60);
    leave();
    clock.moveBy(1);
    expect(heard).toEqual(['2026-12-08T09:00:00.000Z', '2026-12-08T08:00:00.000Z']);
  });

  test.each([
    ['an instant that is none', () => createLocalClock('soon')],
    ['a speed backwards', () => createLocalClock().setSpeed(-1)],
    ['a speed beyond sight', () => createLocalClock().setSpeed(3_601)],
  ])('refuses %s and says what is allowed', (_name, act) => {
    expect(act).toThrow(/cannot be .*; it is/);
  });
});

test.each([
  ['2026-10-25T00:30:00Z', { date: '2026-10-25', time: '02:30:00' }],
  // An hour later the wall clock shows the same: summer time has ended.
  ['2026-10-25T01:30:00Z', { date: '2026-10-25', time: '02:30:00' }],
  ['2027-03-28T01:00:00Z', { date: '2027-03-28', time: '03:00:00' }],
])('at %s the wall clock of Rome shows %o', (instant, shown) => {
  expect(wallClock(Date.parse(instant), 'Europe/Rome')).toEqual(shown);
});
