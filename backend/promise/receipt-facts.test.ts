import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomCase } from '../../tests/oracle/random-world.ts';
import { instantToMinuteFloor } from '../base/time.ts';
import { compileNetwork } from '../network/network.ts';
import { factsOfWorld } from '../stock/stock.ts';
import { quote } from './quote.ts';
import { toQuoteRequest } from './quote-request.ts';
import { factsConsidered, MAX_FACTS_BYTES, packedProducts, unpackFacts } from './receipt-facts.ts';
import {
  createWriter,
  readSigned,
  readText,
  readWhole,
  writeSigned,
  writeText,
  writeWhole,
} from './receipt-facts-bytes.ts';

test('numbers and texts are read back as they were written', () => {
  const whole = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  const signed = fc.integer({ min: -(2 ** 51), max: 2 ** 51 });
  fc.assert(
    fc.property(whole, signed, fc.string(), (count, delta, text) => {
      const writer = createWriter(500);
      writeWhole(writer, count);
      writeSigned(writer, delta);
      writeText(writer, text);
      const reader = { bytes: writer.bytes.slice(0, writer.length), at: 0 };
      expect([readWhole(reader), readSigned(reader), readText(reader)]).toEqual([
        count,
        delta,
        text,
      ]);
    }),
  );
});

test('the same request on unpacked facts gets the same quote, down to order-by and span', () => {
  let options = 0;
  for (let seed = 1; seed <= 60; seed += 1) {
    const { world, requests } = randomCase(seed, 8);
    const starts = requests.map((request) => instantToMinuteFloor(request.now));
    const snapshot = compileNetwork(world, Math.min(...starts), { validDays: 40 });
    const facts = factsOfWorld(snapshot, world);
    for (const asked of requests) {
      const request = toQuoteRequest(snapshot, asked);
      if (!request.ok) continue;
      const bytes = factsConsidered(snapshot, facts, request.value);
      expect(bytes.length).toBeGreaterThan(0);
      expect(bytes.length).toBeLessThanOrEqual(MAX_FACTS_BYTES);
      const products = packedProducts(bytes);
      // What a replay has: the network of that policy version, the products of the basket, another first day.
      const again = compileNetwork({ ...world, products }, request.value.nowMinute, {
        validDays: 30,
      });
      const expected = quote(snapshot, facts, request.value);
      const replayed = quote(again, unpackFacts(again, bytes), request.value);
      options += expected.options.length;
      expect(quote(snapshot, unpackFacts(snapshot, bytes), request.value)).toEqual(expected);
      expect(withoutEnd(replayed), `seed ${seed}, ${asked.now}`).toEqual(withoutEnd(expected));
    }
  }
  expect(options).toBeGreaterThan(200);
}, 60_000);

/** A span also ends where the calendars end, which are longer in one of the two snapshots. */
function withoutEnd(quoted: ReturnType<typeof quote>) {
  return { ...quoted, unchangedUntilMinute: 0 };
}

test('facts of another format or cut short are refused, not misread', () => {
  const { world, requests } = randomCase(3, 1);
  const request = requests[0];
  if (request === undefined) throw new Error('no request');
  const snapshot = compileNetwork(world, instantToMinuteFloor(request.now));
  const ready = toQuoteRequest(snapshot, request);
  if (!ready.ok) throw new Error('refused');
  const bytes = factsConsidered(snapshot, factsOfWorld(snapshot, world), ready.value);
  expect(() => unpackFacts(snapshot, bytes.slice(0, -1))).toThrow(RangeError);
  expect(() => unpackFacts(snapshot, Uint8Array.of(9, ...bytes.slice(1)))).toThrow('format 9');
});
