/**
 * Carriers: they bring parcels, slip, fail, say nothing, say things twice and in the wrong order.
 */
import type { TrackingKind } from '../../backend/orders/outcome/tracking/tracking.ts';
import { DAY, type Sim } from './sim.ts';

type Said = { readonly at: number; readonly kind: TrackingKind; readonly expected?: number };

/** A parcel has been handed over. */
export function carry(sim: Sim, trackingNumber: string): void {
  const { random, agenda } = sim;
  const said = storyOf(sim, random.int(DAY / 2, 2 * DAY));
  const told = said.map((one, index) => ({ one, index }));
  const [first, second] = told;
  if (first !== undefined && second !== undefined && random.chance(0.2)) {
    sim.count('told_out_of_order');
    tell(sim, trackingNumber, first, second.one.at + 30);
    told.shift();
  }
  for (const event of told) {
    tell(sim, trackingNumber, event, event.one.at);
    if (!random.chance(0.1)) continue;
    sim.count('told_twice');
    tell(sim, trackingNumber, event, event.one.at + random.int(1, 600));
  }
  void agenda;
}

function storyOf({ random, count }: Sim, arrives: number): Said[] {
  const moves: Said = { at: random.int(60, 300), kind: 'in_transit' };
  const chance = random.next();
  if (chance < 0.04) {
    count('carrier_silent');
    return [];
  }
  if (chance < 0.12) {
    count('carrier_failed');
    return [moves, { at: arrives, kind: 'attempted' }, { at: arrives + 600, kind: 'failed' }];
  }
  if (chance < 0.3) {
    count('carrier_slipped');
    const later = arrives + random.int(2, 5) * DAY;
    return [
      { at: random.int(300, 900), kind: 'delayed', expected: later },
      { at: later, kind: 'delivered' },
    ];
  }
  return [moves, { at: arrives, kind: 'delivered' }];
}

function tell(
  sim: Sim,
  trackingNumber: string,
  { one, index }: { readonly one: Said; readonly index: number },
  at: number,
): void {
  const { agenda, services } = sim;
  const now = agenda.minute();
  const event = {
    parcel: { trackingNumber },
    ...{ eventId: `${trackingNumber} ${index}`, kind: one.kind },
    occurredAt: agenda.instantAt(now + one.at).toString(),
    ...(one.expected === undefined
      ? {}
      : { expectedAt: agenda.instantAt(now + one.expected).toString() }),
  };
  agenda.after(at, async () => {
    const [verdict] = await services.tracking.tellTracking(sim.shopId, 'carrier', [event]);
    sim.tell(`${trackingNumber} ${one.kind}: ${verdict?.verdict}`);
  });
}
