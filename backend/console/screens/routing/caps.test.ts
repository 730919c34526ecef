import { expect, test } from 'vitest';
import { readCaps, writeCaps } from './caps.ts';

test('caps are written one place a line and read back the same', () => {
  const caps = { 'ST-MILANO': 25, 'WH-1': null, CLOSED: 0 };
  expect(writeCaps(caps)).toBe('ST-MILANO 25\nWH-1 *\nCLOSED 0');
  expect(readCaps(writeCaps(caps))).toEqual(caps);
  expect(readCaps(' \n')).toEqual({});
});

test.each(['ST-MILANO', 'ST-MILANO many', 'A 1\nA 2', 'A -1'])('%j is no list of caps', (text) => {
  expect(readCaps(text)).toBeUndefined();
});
