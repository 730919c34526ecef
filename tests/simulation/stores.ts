/**
 * Stores and the warehouse: they look at what they have to do now and then, and do it more or less well.
 *
 * One reading an hour says what is on offer and what lies where; then each place decides by chance what it does. All it
 * does goes through the product's offers and desks.
 */
import { sql } from 'kysely';
import { SHORT_REASONS } from '../../backend/orders/desk/desk.ts';
import { REFUSAL_REASONS, type RefusalReason } from '../../backend/orders/offers/offers.ts';
import { withShop } from '../../backend/platform/database.ts';
import { carry } from './carriers.ts';
import { DAY, hourOf, recur, type Sim } from './sim.ts';
import { STORES, WAREHOUSE } from './world.ts';

type Asked = { readonly offerId: string; readonly nodeId: string; readonly orderId: string };
type Lying = {
  readonly workId: string;
  readonly orderId: string;
  readonly nodeId: string;
  readonly state: 'placed' | 'picking' | 'packed' | 'ready';
  readonly kind: 'ship' | 'pickup';
  readonly version: number;
  readonly trackingNumber: string | null;
  readonly lines: readonly { lineId: string; quantity: number; picked: number }[];
};

const REASONS = Object.keys(REFUSAL_REASONS) as [RefusalReason, ...RefusalReason[]];

/** Has the places work until the end and after it. */
export function planStores(sim: Sim): void {
  const closed = new Map<string, number>();
  const past: Asked[] = [];
  recur(
    sim,
    () => sim.random.int(40, 80),
    async () => {
      if (hourOf(sim) >= 9 && hourOf(sim) < 19) await workOnce(sim, closed, past);
    },
  );
  recur(
    sim,
    () => sim.random.int(DAY / 2, 3 * DAY),
    async () => {
      sim.count('closed_for_the_day');
      closed.set(sim.random.pick(STORES), sim.agenda.minute() + DAY);
    },
  );
}

/** Everybody looks once. */
export async function workOnce(
  sim: Sim,
  closed: ReadonlyMap<string, number> = new Map(),
  past: Asked[] = [],
): Promise<void> {
  const { offers, works } = await look(sim);
  const isOpen = (nodeId: string) => (closed.get(nodeId) ?? 0) <= sim.agenda.minute();
  for (const offer of offers) if (isOpen(offer.nodeId)) await answer(sim, offer);
  const late =
    past.length > 0 && sim.random.chance(0.3)
      ? past[sim.random.int(0, past.length - 1)]
      : undefined;
  if (late !== undefined) await claimLate(sim, late);
  past.push(...offers);
  for (const work of works) if (isOpen(work.nodeId)) await workOn(sim, work);
}

async function look({ db, shopId }: Sim) {
  const query = sql<{ offers: Asked[] | null; works: Lying[] | null }>`
      select (select jsonb_agg(jsonb_build_object('offerId', o.offer_id, 'nodeId', o.node_id, 'orderId', o.order_id)
          order by o.order_id, o.work_id, o.wave, o.node_id) from offer o
        where o.shop_id = ${shopId} and o.state = 'open') as offers,
      (select jsonb_agg(jsonb_build_object('workId', w.work_id, 'orderId', w.order_id, 'nodeId', w.node_id,
          'state', w.state, 'kind', w.kind, 'version', w.version,
          'trackingNumber', (select p.tracking_number from parcel p where p.shop_id = w.shop_id
            and p.order_id = w.order_id and p.work_id = w.work_id and p.state = 'packed'
            order by p.created_at desc, p.parcel_id limit 1),
          'lines', (select jsonb_agg(jsonb_build_object('lineId', l.line_id, 'quantity', l.quantity,
              'picked', l.picked) order by l.line_id)
            from work_line l where l.shop_id = w.shop_id and l.work_id = w.work_id))
          order by w.node_id, w.order_id, w.work_id) from work w
        where w.shop_id = ${shopId} and w.state in ('placed', 'picking', 'packed', 'ready')
          and w.negotiation <> 'offered' and w.hold_reason is null) as works`;
  const { rows } = await withShop(db, shopId, (trx) => query.execute(trx));
  return { offers: rows[0]?.offers ?? [], works: rows[0]?.works ?? [] };
}

async function answer(sim: Sim, { offerId, nodeId, orderId }: Asked): Promise<void> {
  const { random, services, count } = sim;
  const by = { offerId, nodeId, person: `person of ${nodeId}` };
  if (random.chance(0.4)) {
    const done = await services.offers.claim(sim.shopId, by);
    if (!done.ok && done.refusal.code === 'already_claimed') count('race_lost');
    sim.tell(`${nodeId} claims ${orderId}: ${done.ok ? 'has it' : done.refusal.code}`);
  } else if (random.chance(0.25)) {
    const reason = random.pick(REASONS);
    const done = await services.offers.refuse(sim.shopId, { ...by, reason });
    if (done.ok) count('offer_refused');
    sim.tell(`${nodeId} refuses ${orderId} ${reason}: ${done.ok ? 'done' : done.refusal.code}`);
  } else count('offer_slept_over');
}

// Of an offer that was open an hour or days ago.
async function claimLate(sim: Sim, { offerId, nodeId, orderId }: Asked): Promise<void> {
  const now = sim.agenda.instantAt(sim.agenda.minute()).toString();
  const { rows } = await withShop(sim.db, sim.shopId, (trx) =>
    sql<{ state: string; isOver: boolean }>`
      select state, expires_at <= ${now} as "isOver" from offer
      where shop_id = ${sim.shopId} and offer_id = ${offerId}`.execute(trx),
  );
  const [row] = rows;
  if (row === undefined || row.state === 'won' || (row.state === 'open' && !row.isOver)) return;
  sim.count('late_accept');
  const done = await sim.services.offers.claim(sim.shopId, { offerId, nodeId, person: 'late' });
  if (done.ok) throw new Error(`${nodeId} won ${orderId} by a late accept`);
}

async function workOn(sim: Sim, work: Lying): Promise<void> {
  const { random } = sim;
  if (random.chance(0.3)) return;
  if (work.nodeId === WAREHOUSE && work.state === 'placed' && random.chance(0.75)) {
    if (sendByHand(sim, work)) return;
  }
  switch (work.state) {
    case 'placed':
    case 'picking':
      return await pickAndPack(sim, work);
    case 'packed':
      return await send(sim, work);
    case 'ready':
      return await handOver(sim, work);
  }
}

const deskOf = ({ shopId }: Sim, nodeId: string) => ({
  ...{ shopId, nodeId, deviceId: `desk of ${nodeId}`, kind: 'phone' as const },
  person: { personId: `p-${nodeId}`, name: nodeId, role: 'manager' as const },
});

async function pickAndPack(sim: Sim, work: Lying): Promise<void> {
  const { random, services, count } = sim;
  const { desk } = services;
  const at = deskOf(sim, work.nodeId);
  const { workId, lines } = work;
  let { version } = work;
  const step = async (done: ReturnType<typeof desk.startPick>): Promise<boolean> => {
    const result = await done;
    if (result.ok && result.value.work !== null) version = result.value.work.version;
    if (!result.ok) sim.tell(`${work.nodeId} cannot ${workId}: ${result.refusal.code}`);
    return result.ok && result.value.work !== null;
  };
  if (work.state === 'placed' && !(await step(desk.startPick(at, { workId, version })))) return;
  const [first] = lines;
  if (first !== undefined && first.picked === 0 && random.chance(0.08)) {
    const reason = random.pick(SHORT_REASONS);
    const short = { lines: [{ lineId: first.lineId, missing: 1 }], reason };
    count('short_pick');
    sim.tell(`${work.nodeId} short of ${first.lineId} ${reason}`);
    await step(desk.pickShort(at, { workId, version }, short));
    return;
  }
  const picked = lines.map(({ lineId, quantity }) => ({ lineId, picked: quantity }));
  if (!(await step(desk.pick(at, { workId, version }, picked)))) return;
  if (work.kind === 'pickup') {
    await step(desk.ready(at, { workId, version }));
    return;
  }
  const trackingNumber = `T${workId}-${version}`;
  const parcel = { carrier: 'post', trackingNumber, weightGrams: 500 };
  if (!(await step(desk.pack(at, { workId, version }, parcel)))) return;
  sim.tell(`${work.nodeId} packed ${workId}`);
  if (!random.chance(0.05)) return;
  count('unpacked');
  await step(desk.unpack(at, { workId, version }));
}

async function send(sim: Sim, { workId, version, nodeId, trackingNumber }: Lying): Promise<void> {
  if (sim.random.chance(0.15)) return sim.count('picked_up_late');
  const sent = { carrier: 'post', trackingNumber };
  const done = await sim.services.desk.ship(deskOf(sim, nodeId), { workId, version }, sent);
  sim.tell(`${nodeId} sends ${workId}: ${done.ok ? 'done' : done.refusal.code}`);
  if (done.ok && trackingNumber !== null) carry(sim, trackingNumber);
}

async function handOver(sim: Sim, { workId, version, nodeId }: Lying): Promise<void> {
  const { desk, codes } = sim.services;
  const isWrong = sim.random.chance(0.4);
  const code = isWrong ? 'none' : codes.pickupCodeOf(sim.shopId, workId);
  const done = await desk.handOver(deskOf(sim, nodeId), { workId, version }, code);
  if (isWrong) sim.count('wrong_code');
  if (isWrong && done.ok) throw new Error(`${workId} was handed over for a wrong code`);
  sim.tell(`${nodeId} hands over ${workId}: ${done.ok ? 'done' : done.refusal.code}`);
  if (!done.ok && done.refusal.code === 'pickup_code_locked') {
    await desk.unlockCode(deskOf(sim, nodeId), { workId, version });
  }
}

// The warehouse's own system tells Shopify, and nobody else.
function sendByHand(sim: Sim, { orderId, workId, kind, lines }: Lying): boolean {
  const order = sim.shopify.orders.get(orderId);
  if (order?.model === undefined || kind === 'pickup') return false;
  const part = order.model
    .observe()
    .parts.find(
      (one) =>
        one.status === 'OPEN' &&
        one.locationId === '101' &&
        one.lines.length === lines.length &&
        one.lines.every(({ lineId, remaining }) =>
          lines.some((line) => line.lineId === lineId && line.quantity === remaining),
        ),
    );
  if (part === undefined) return false;
  const at = sim.agenda.instantAt(sim.agenda.minute()).toString();
  const done = order.model.byHand.fulfill(part.id, `H${workId}`, at);
  if (!done.ok) return false;
  sim.count('sent_by_hand');
  sim.tell(`sent by hand ${workId}`);
  sim.shopify.leftByHand(order);
  carry(sim, `H${workId}`);
  return true;
}
