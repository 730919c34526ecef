import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileZone, formatDay, formatMinute, writeDay, writeMinute } from './time.ts';

const ZONES = ['Europe/Rome', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'];
const FROM = 29_000_000;
const TO = 30_000_000;

test('a day is written as Temporal writes it, over twelve centuries', () => {
  fc.assert(
    fc.property(fc.integer({ min: -200_000, max: 250_000 }), (day) => {
      expect(writeDay(day)).toBe(formatDay(day));
    }),
    { numRuns: 2_000 },
  );
});

test.each(ZONES)('a minute in %s is written as Temporal writes it', (name) => {
  const zone = compileZone(name, FROM, TO);
  fc.assert(
    fc.property(fc.integer({ min: FROM, max: TO - 1 }), (minute) => {
      expect(writeMinute(zone, minute)).toBe(formatMinute(minute, name));
    }),
    { numRuns: 500 },
  );
});
