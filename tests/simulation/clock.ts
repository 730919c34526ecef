/**
 * What the product does by the clock in a simulation, and how a simulation comes to its end.
 *
 * Sweeps come every few hours instead of every minute: what they find is the same, and later. Offers are looked at when
 * their next turn is due and when somebody pokes, as `driveOffers` does.
 */
import { TransientError } from '../../backend/base/result.ts';
import { unsettled } from './checks.ts';
import { DAY, hourOf, type Sim } from './sim.ts';
import { workOnce } from './stores.ts';

// Whatever waits is given up after two days; a parcel that nobody speaks of is lost thirty days after its date.
const TURNS = [
  ...Array.from({ length: 8 }, () => DAY / 6),
  ...Array.from({ length: 6 }, () => DAY),
  ...Array.from({ length: 12 }, () => 5 * DAY),
];
// Before that there is nothing that could have come to its end.
const FIRST_LOOK_TURN = 8;

/** Sweeps until no more orders come: oftener by day. */
export function planClock(sim: Sim): void {
  const wait = () => (hourOf(sim) >= 7 && hourOf(sim) < 20 ? 180 : 360);
  const sweep = () => {
    sim.agenda.after(wait(), async () => {
      await sweepAll(sim);
      if (sim.agenda.minute() < sim.minutes) sweep();
    });
  };
  sweep();
}

/** Sees to offers whenever something is due. Returns how to say that something has changed. */
export function planOffers({ agenda, services, shopId }: Sim): () => void {
  let next = Number.POSITIVE_INFINITY;
  const look = (at: number) => {
    if (at >= next) return;
    next = at;
    agenda.after(at - agenda.minute(), async () => {
      // An earlier look has taken its place.
      if (next !== at) return;
      next = Number.POSITIVE_INFINITY;
      const due = await services.offers.tick(shopId);
      if (due === undefined) return;
      const minutes = due.since(agenda.instantAt(agenda.minute())).total('minutes');
      look(agenda.minute() + Math.max(1, Math.ceil(minutes)));
    });
  };
  return () => look(agenda.minute() + 0.1);
}

/** Everything that the clock alone brings about; what Shopify keeps from it is done the next time. */
async function sweepAll({ services, shopId }: Sim): Promise<void> {
  const tries: (() => Promise<unknown>)[] = [
    () => services.offers.tick(shopId),
    () => services.route.sweep(shopId),
    () => services.returnShortages(shopId),
    () => services.reconcile.run(shopId),
    async () => {
      for (const orderId of await services.follower.findUnfollowed(shopId, false)) {
        await services.follower.followOrder(shopId, orderId);
      }
    },
    () => services.watch.assess(shopId),
    () => services.messages.sweep(shopId),
  ];
  for (const run of tries) {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
    }
  }
}

/** No new trouble of people; places, carriers and the product's clock go on until everything has come to its end. */
export async function drain(
  sim: Sim,
  run: (until: number) => Promise<void>,
  breaches: readonly string[],
): Promise<void> {
  const { agenda, shopify } = sim;
  for (const order of shopify.orders.values()) {
    shopify.byHand(order, (model) => {
      for (const part of model.observe().parts) {
        if (part.holds.some(({ isOurs }) => !isOurs)) model.byHand.release(part.id);
      }
    });
  }
  for (const [turn, minutes] of TURNS.entries()) {
    if (breaches.length > 0) return;
    await run(agenda.minute() + 1);
    agenda.after(minutes, async () => {
      await sweepAll(sim);
      await workOnce(sim);
    });
    await run(agenda.minute() + minutes + 1);
    if (turn < FIRST_LOOK_TURN || agenda.waiting() > 0) continue;
    if ((await unsettled(sim)).length === 0) return;
  }
}
