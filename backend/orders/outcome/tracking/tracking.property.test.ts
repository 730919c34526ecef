// A parcel's state follows from what was said of it, not from when it was heard.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyTracking, TRACKING_KINDS, type TrackingEvent } from './tracking.ts';

const instant = fc
  .integer({ min: 1_780_000_000, max: 1_780_000_040 })
  .map((seconds) => Temporal.Instant.fromEpochMilliseconds(seconds * 1_000).toString());
const events = fc.uniqueArray(
  fc.record<TrackingEvent>(
    {
      eventId: fc.string({ minLength: 1, maxLength: 4 }),
      kind: fc.constantFrom(...TRACKING_KINDS),
      occurredAt: instant,
      expectedAt: instant,
    },
    { requiredKeys: ['eventId', 'kind', 'occurredAt'] },
  ),
  { selector: (event) => event.eventId, maxLength: 8 },
);
const PACKED = { state: 'packed', shippedAt: null } as const;

test('events in any order end in the same parcel', () => {
  fc.assert(
    fc.property(events, fc.infiniteStream(fc.nat()), (said, keys) => {
      const sortKeys = said.map(() => keys.next().value ?? 0);
      const shuffled = said
        .map((event, index) => ({ event, key: sortKeys[index] ?? 0 }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ event }) => event);
      expect(applyTracking(PACKED, shuffled)).toEqual(applyTracking(PACKED, said));
    }),
  );
});

test('told piece by piece, a parcel ends as when all is told at once', () => {
  fc.assert(
    fc.property(events, (said) => {
      let parcel: { state: 'packed' | 'shipped'; shippedAt: string | null } = { ...PACKED };
      for (const [index] of said.entries()) {
        // What is stored in between is the instant it left, nothing else.
        const { shippedAt } = applyTracking(parcel, said.slice(0, index + 1));
        parcel = { ...parcel, shippedAt };
      }
      expect(applyTracking(parcel, said)).toEqual(applyTracking(PACKED, said));
    }),
  );
});

test('delivered stays delivered, at the earliest instant anybody said', () => {
  fc.assert(
    fc.property(events, (said) => {
      const delivered = said.filter((event) => event.kind === 'delivered');
      const first = delivered.map((event) => event.occurredAt).toSorted()[0];
      const parcel = applyTracking(PACKED, said);
      expect(parcel.state === 'delivered').toBe(delivered.length > 0);
      expect(parcel.deliveredAt).toBe(first ?? null);
    }),
  );
});

test('a delay with a new estimate is what is expected, until the carrier says another', () => {
  const say = (kind: TrackingEvent['kind'], at: string, expectedAt?: string): TrackingEvent => ({
    eventId: at,
    kind,
    occurredAt: at,
    ...(expectedAt === undefined ? {} : { expectedAt }),
  });
  const said = [
    say('picked_up', '2026-11-25T16:00:00Z', '2026-11-27T17:00:00Z'),
    say('delayed', '2026-11-26T06:00:00Z', '2026-11-28T17:00:00Z'),
    say('in_transit', '2026-11-26T09:00:00Z'),
  ];
  expect(applyTracking(PACKED, said)).toEqual({
    state: 'in_transit',
    shippedAt: '2026-11-25T16:00:00Z',
    deliveredAt: null,
    expectedAt: '2026-11-28T17:00:00Z',
  });
});

test('a canceled parcel stays canceled', () => {
  const said = [{ eventId: '1', kind: 'in_transit', occurredAt: '2026-11-26T09:00:00Z' }] as const;
  expect(applyTracking({ state: 'canceled', shippedAt: null }, said).state).toBe('canceled');
});
