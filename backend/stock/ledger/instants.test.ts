import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createInstantReader, instantOf, toMicros } from './instants.ts';

const written = fc
  .tuple(
    fc.integer({ min: -60_000_000_000_000_000, max: 200_000_000_000_000_000 }),
    fc.constantFrom(
      (text: string) => text,
      (text: string) => text.replace('Z', '+00:00'),
      (text: string) => text.replace('T', ' '),
      (text: string) => text.replaceAll('-', ''),
      (text: string) => text.replace(/\.\d+/, ''),
      (text: string) => text.replace('Z', '789Z'),
      (text: string) => text.replace(/:\d\d(\.\d+)?Z/, ':60Z'),
      (text: string) => text.replace(/T\d\d/, 'T24'),
      (text: string) => text.replace(/-\d\dT/, '-31T'),
      (text: string) => text.replace(/Z/, '.Z'),
      (text: string) => text.slice(0, -1),
      (text: string) => text.replace(/:\d/, ':/'),
    ),
  )
  .map(([micros, rewrite]) => rewrite(instantOf(micros)));

function readByTemporal(text: string): number | undefined {
  try {
    return toMicros(text);
  } catch {
    return undefined;
  }
}

test('an instant is read as Temporal reads it, however it is written, and refused where Temporal refuses', () => {
  const read = createInstantReader();
  fc.assert(
    fc.property(written, (text) => {
      expect(read(text), text).toBe(readByTemporal(text));
      expect(read(text), `${text} again`).toBe(readByTemporal(text));
    }),
    { numRuns: 3_000 },
  );
});
