/**
 * Shoppers: they order in the shop of Shopify and in another system, and change their minds.
 */
import type { PostedOrder } from '../../backend/orders/posted/posted.ts';
import type { SimOrder } from './shopify.ts';
import { DAY, type Sim } from './sim.ts';
import { locationOf, NODES, POSTAL_CODES, SKUS, STORES } from './world.ts';

export const ORDERS = 200;
const CONNECTION = 'till';

/** Plans all orders of a seed. */
export function planShoppers(sim: Sim, orders: number): void {
  const { random, agenda } = sim;
  for (let index = 0; index < orders; index += 1) {
    const number = 1_001 + index;
    const day = random.int(0, sim.minutes / DAY - 1);
    const at = day * DAY + random.int(0, 13 * 60);
    const isPosted = random.chance(0.4);
    agenda.after(at, () => (isPosted ? post(sim, number) : place(sim, number)));
  }
}

function basket(sim: Sim, number: number) {
  const { random } = sim;
  const count = random.chance(0.6) ? 1 : random.int(2, 3);
  const skus = new Set<(typeof SKUS)[number]>();
  while (skus.size < count) skus.add(random.pick(SKUS));
  return [...skus].map((sku, index) => ({
    lineId: `${number}${index + 1}`,
    sku,
    quantity: random.chance(0.7) ? 1 : random.int(2, 3),
  }));
}

async function place(sim: Sim, number: number): Promise<void> {
  const { random, agenda, shopify } = sim;
  const at = agenda.instantAt(agenda.minute()).toString();
  const pickup = random.chance(0.15) ? random.pick(STORES) : undefined;
  const order: SimOrder = {
    ...{ number, placedAt: at, updatedAt: at, lines: basket(sim, number), canceled: new Map() },
    ...{ postalCode: random.pick(POSTAL_CODES), model: undefined },
    pickupLocation: pickup === undefined ? undefined : (locationOf(pickup) ?? undefined),
  };
  shopify.place(order, locationOf(random.pick(NODES)) ?? '');
  sim.tell(`order ${number} ${order.lines.map((one) => `${one.quantity} ${one.sku}`).join(' ')}`);
  if (!random.chance(0.12)) return;
  agenda.after(random.int(3, 900), async () => {
    const line = random.pick([order.lines[0], ...order.lines]);
    if (line === undefined) return;
    const canceled = shopify.cancelUnits(order, line.lineId, random.int(1, line.quantity));
    if (canceled === 0) return;
    sim.count('units_canceled');
    sim.tell(`canceled ${canceled} of ${line.lineId}`);
  });
}

async function post(sim: Sim, number: number): Promise<void> {
  const { random, agenda, services } = sim;
  const at = agenda.instantAt(agenda.minute());
  const lines = basket(sim, number);
  const order: PostedOrder = {
    ...{ externalId: String(number), name: `#${number}`, channel: 'online', currency: 'EUR' },
    ...{ placedAt: at.toString(), updatedAt: at.toString(), totalMinor: 1_000, isCanceled: false },
    ...{ hold: null, method: 'ship', serviceCode: 'standard', pickupNodeId: null, phone: null },
    ...{ email: 'giulia@example.com', locale: 'it', tags: [], reservationKey: null },
    promisedOn: at.toZonedDateTimeISO('Europe/Rome').toPlainDate().add({ days: 5 }).toString(),
    address: {
      ...{ name: 'Giulia Bianchi', address1: 'Via Torino 1', address2: null, city: 'Milano' },
      ...{ province: 'MI', zip: random.pick(POSTAL_CODES), country: 'IT' },
    },
    lines: lines.map((line) => ({ ...line, title: line.sku, canceled: 0, unitPriceMinor: 1_000 })),
  };
  const send = (one: PostedOrder) => services.posted.post(sim.shopId, CONNECTION, one);
  sim.tell(`posted ${number} ${await send(order)}`);
  if (random.chance(0.2)) {
    sim.count('posted_twice');
    agenda.after(random.int(1, 60), async () => sim.tell(`again ${number} ${await send(order)}`));
  }
  if (!random.chance(0.1)) return;
  agenda.after(random.int(61, 600), async () => {
    sim.count('units_canceled');
    const updatedAt = agenda.instantAt(agenda.minute()).toString();
    const [first, ...rest] = order.lines;
    if (first === undefined) return;
    const changed = [{ ...first, canceled: 1 }, ...rest];
    sim.tell(`less ${number} ${await send({ ...order, updatedAt, lines: changed })}`);
  });
}
