/**
 * What people and the clock do to the services, by name, for a process that is told over IPC.
 */
import { z } from 'zod';
import type { Services } from '../simulation/services.ts';
import { SHOP } from '../simulation/services.ts';

const one = z.object({
  offerId: z.string().default(''),
  nodeId: z.string().default(''),
  workId: z.string().default(''),
  version: z.number().default(0),
  lines: z.array(z.object({ lineId: z.string(), quantity: z.number() })).default([]),
  code: z.string().default(''),
  trackingNumber: z.string().default(''),
  rows: z.array(z.object({ sku: z.string(), nodeId: z.string(), onHand: z.number() })).default([]),
});
type One = z.output<typeof one>;

/** The act of a name. */
export function actOf(services: Services, name: string): (args: unknown) => Promise<unknown> {
  const { offers, desk, route, tracking, codes } = services;
  const deskOf = ({ nodeId }: One) => ({
    ...{ shopId: SHOP, nodeId, deviceId: 'd', kind: 'phone' as const },
    person: { personId: 'p', name: 'Ada', role: 'manager' as const },
  });
  const acts: Readonly<Record<string, (asked: One) => Promise<unknown>>> = {
    claim: (asked) => offers.claim(SHOP, { ...asked, person: 'p' }),
    refuse: (asked) => offers.refuse(SHOP, { ...asked, person: 'p', reason: 'not_found' }),
    tick: () => offers.tick(SHOP),
    sweep: () => route.sweep(SHOP),
    start: (asked) => desk.startPick(deskOf(asked), asked),
    pick: (asked) =>
      desk.pick(
        deskOf(asked),
        asked,
        asked.lines.map(({ lineId, quantity }) => ({ lineId, picked: quantity })),
      ),
    short: (asked) =>
      desk.pickShort(deskOf(asked), asked, {
        lines: asked.lines.slice(0, 1).map(({ lineId }) => ({ lineId, missing: 1 })),
        reason: 'not_found',
      }),
    pack: (asked) =>
      desk.pack(deskOf(asked), asked, {
        ...{ carrier: 'post', trackingNumber: asked.trackingNumber, weightGrams: 100 },
      }),
    unpack: (asked) => desk.unpack(deskOf(asked), asked),
    ship: (asked) =>
      desk.ship(deskOf(asked), asked, { carrier: 'post', trackingNumber: asked.trackingNumber }),
    ready: (asked) => desk.ready(deskOf(asked), asked),
    wrong: (asked) => desk.handOver(deskOf(asked), asked, 'none'),
    unlock: (asked) => desk.unlockCode(deskOf(asked), asked),
    handOver: (asked) =>
      desk.handOver(deskOf(asked), asked, codes.pickupCodeOf(SHOP, asked.workId)),
    deliver: ({ trackingNumber }) =>
      tracking.tellTracking(SHOP, 'carrier', [
        {
          ...{ parcel: { trackingNumber }, eventId: `${trackingNumber} there`, kind: 'delivered' },
          occurredAt:
            services.stock.peek(SHOP) === undefined ? '' : Temporal.Now.instant().toString(),
        },
      ]),
    shortages: () => services.returnShortages(SHOP),
    restock: ({ rows }) =>
      services.stock.save(SHOP, {
        stock: rows.map((row) => ({ ...row, unavailable: 0, incoming: [] })),
      }),
    message: () => services.messages.sweep(SHOP),
  };
  const act = acts[name];
  if (act === undefined) throw new Error(`nobody knows the act ${name}`);
  return (args) => act(one.parse(args));
}
