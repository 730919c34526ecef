// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayLabel, dayNumber } from '../../../backend/contract/date-label.ts';
import { shippingOption } from '../../../scripts/functions/delivery-input.ts';
import type { Operation, Option } from '../src/input.ts';
import { decide, promise, settings } from './checkout.ts';

/** What checkout shows after the operations, with moves applied one by one or all at once. */
function applied(
  given: readonly Option[],
  operations: readonly Operation[],
  isAtOnce: boolean,
): Option[] {
  const moves = operations.flatMap((one) =>
    'deliveryOptionMove' in one ? one.deliveryOptionMove : [],
  );
  const hidden = operations.flatMap((one) =>
    'deliveryOptionHide' in one ? one.deliveryOptionHide : [],
  );
  const list = [...given];
  if (isAtOnce) {
    const moved = new Set(moves.map((move) => move.deliveryOptionHandle));
    const rest = list.filter((option) => !moved.has(option.h));
    const placed: (Option | undefined)[] = list.map((_, at) => {
      const move = moves.find(({ index }) => index === at);
      return move && list.find((option) => option.h === move.deliveryOptionHandle);
    });
    list.splice(0, list.length, ...placed.flatMap((option) => option ?? rest.shift() ?? []));
  } else {
    for (const { deliveryOptionHandle, index } of moves) {
      const from = list.findIndex((option) => option.h === deliveryOptionHandle);
      list.splice(index, 0, ...list.splice(from, 1));
    }
  }
  return list.filter((option) => !hidden.some((hide) => hide.deliveryOptionHandle === option.h));
}

describe('for every checkout', () => {
  const codes = ['flat-1', 'flat-2', 'own', 'pp:a:1', 'pp:a:2', 'other', 'another', 'constructor'];
  const option = fc.record({
    code: fc.constantFrom(...codes),
    price: fc.integer({ min: 0, max: 5 }),
    day: fc.option(fc.integer({ min: 24, max: 30 })),
    method: fc.constantFrom('SHIPPING', 'SHIPPING', 'SHIPPING', 'SHIPPING', 'PICK_UP', 'LOCAL'),
  });
  const world = fc.record({
    options: fc.uniqueArray(option, { maxLength: 8, selector: ({ code }) => code }),
    days: fc.dictionary(fc.constantFrom(...codes), fc.integer({ min: 24, max: 30 })),
    hides: fc.subarray(codes),
    isHeld: fc.boolean(),
  });

  function open({
    options: random,
    days,
    hides,
    isHeld,
  }: typeof world extends fc.Arbitrary<infer W> ? W : never) {
    const given = random.map(({ code, price, day, method }) =>
      shippingOption(code, `${price}.50`, { d: day === null ? null : `2026-11-${day}`, m: method }),
    );
    const o = Object.fromEntries(
      Object.entries(days).map(([code, day]) => [code, `2026-11-${day}`]),
    );
    const held = { ...promise, o, h: hides, ...(isHeld ? {} : { f: 'other' }) };
    const operations = decide({ options: given, promise: held, settings: { ...settings, s: 1 } });
    return { given, operations, held };
  }

  const isOurs = ({ c, m }: Option) =>
    m === 'SHIPPING' && c !== null && (c.startsWith('pp:') || Object.hasOwn(settings.b, c));

  test('the cheapest stays, something stays, and only a holding promise hides', () => {
    fc.assert(
      fc.property(world, (random) => {
        const { given, operations } = open(random);
        const shipping = given.filter(({ m }) => m === 'SHIPPING');
        const left = applied(given, operations, true).filter(({ m }) => m === 'SHIPPING');
        if (shipping.length > 0) {
          expect(left.length).toBeGreaterThan(0);
          const lowest = (list: Option[]) => Math.min(...list.map(({ p }) => +p.a));
          expect(lowest(left)).toBe(lowest(shipping));
        }
        if (!random.isHeld) expect(left.length).toBe(shipping.length);
      }),
      { numRuns: 2_000 },
    );
  });

  test('the first option never becomes a dearer one', () => {
    fc.assert(
      fc.property(world, fc.boolean(), (random, isAtOnce) => {
        const { given, operations } = open(random);
        const [first] = applied(given, operations, isAtOnce);
        if (first && given[0]) expect(+first.p.a).toBeLessThanOrEqual(+given[0].p.a);
      }),
      { numRuns: 2_000 },
    );
  });

  test('moves mean the same one by one and all at once, and no other option changes its place', () => {
    fc.assert(
      fc.property(world, (random) => {
        const { given, operations } = open(random);
        const once = applied(
          given,
          operations.filter((one) => 'deliveryOptionMove' in one),
          true,
        );
        const steps = applied(
          given,
          operations.filter((one) => 'deliveryOptionMove' in one),
          false,
        );
        expect(steps.map(({ h }) => h)).toEqual(once.map(({ h }) => h));
        for (const [at, other] of given.entries()) if (!isOurs(other)) expect(once[at]).toBe(other);
      }),
      { numRuns: 2_000 },
    );
  });

  test('behind the first, days never go back', () => {
    fc.assert(
      fc.property(world, (random) => {
        const { given, operations } = open(random);
        const ours = given.filter(isOurs);
        const places = ours.map((one) => given.indexOf(one));
        const isTogether = places.every(
          (place, at) => at === 0 || place === (places[at - 1] ?? 0) + 1,
        );
        if (!isTogether) return;
        const dayOf = ({ h }: Option) =>
          operations
            .flatMap((one) => ('deliveryOptionRename' in one ? one.deliveryOptionRename : []))
            .find(({ deliveryOptionHandle }) => deliveryOptionHandle === h)
            ?.title.match(/ (\d+) nov$/)?.[1] ?? '99';
        const moved = applied(
          given,
          operations.filter((one) => 'deliveryOptionMove' in one),
          true,
        );
        const days = moved.filter(isOurs).map(dayOf);
        const sorted = places[0] === 0 ? days.slice(1) : days;
        expect(sorted).toEqual([...sorted].sort());
      }),
      { numRuns: 2_000 },
    );
  });

  test('only ours are touched, each named once, each day its owner\u2019s', () => {
    fc.assert(
      fc.property(world, (random) => {
        const { given, operations, held } = open(random);
        const named = new Set<string>();
        for (const operation of operations) {
          const entries = Object.entries(operation);
          expect(entries).toHaveLength(1);
          const handle: string = entries[0]?.[1].deliveryOptionHandle ?? '';
          const target = given.find(({ h }) => h === handle);
          expect(target && isOurs(target)).toBe(true);
          if (!('deliveryOptionRename' in operation) || !target?.c) continue;
          expect(named.has(handle)).toBe(false);
          named.add(handle);
          const isOwn = target.c.startsWith('pp:') || target.c === 'own';
          const told = random.isHeld ? held.o[target.c] : undefined;
          const padded = target.c === 'flat-1' ? '2026-11-29' : '2026-11-25';
          const expected = isOwn ? target.d : (told ?? (random.isHeld ? '' : padded));
          const words = dayLabel(dayNumber(expected ?? ''), 'it');
          expect(operation.deliveryOptionRename.title).toBe(`${target.t} \u00b7 ${words}`);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
