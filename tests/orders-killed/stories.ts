/**
 * Short stories of orders, told so that each act may be cut off and done again: a phase is acted until what it is for is seen.
 *
 * Together they pass every step of `ORDER_STEPS`. Each begins with an order of its own number and ends when its acts are
 * done; whether everything then settles is for the teller to look at.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { SHOP } from '../simulation/services.ts';
import { WAREHOUSE } from '../simulation/world.ts';
import { KILLED, type Stage } from './stage.ts';

type SeenWork = {
  readonly workId: string;
  readonly nodeId: string;
  readonly state: string;
  readonly negotiation: string;
  readonly version: number;
  readonly parcels: readonly string[];
  readonly lines: readonly { lineId: string; quantity: number; picked: number }[];
};
type SeenOffer = {
  readonly offerId: string;
  readonly nodeId: string;
  readonly state: string;
  readonly workId: string;
};
export type Seen = {
  readonly works: readonly SeenWork[];
  readonly offers: readonly SeenOffer[];
  readonly events: readonly string[];
};

type Phase = {
  readonly until: (seen: Seen) => boolean;
  readonly act?: (seen: Seen, stage: Stage, number: number) => Promise<unknown>;
};
export type Story = {
  readonly name: string;
  readonly begin: (stage: Stage, number: number) => void;
  readonly phases: readonly Phase[];
};

const place =
  (units: Readonly<Record<string, number>>, pickupLocation?: string) =>
  (stage: Stage, number: number) => {
    const at = stage.now().toString();
    stage.place(
      {
        ...{ number, placedAt: at, updatedAt: at, canceled: new Map(), model: undefined },
        ...{ postalCode: '20121', pickupLocation },
        lines: Object.entries(units).map(([sku, quantity], index) => ({
          ...{ lineId: `${number}${index + 1}`, sku, quantity },
        })),
      },
      '105',
    );
  };

const live = ({ works }: Seen) => works.filter(({ state }) => state !== 'canceled');
const open = ({ offers }: Seen) => offers.filter(({ state }) => state === 'open');
const first = (seen: Seen) => live(seen)[0];
const every =
  (...states: string[]) =>
  (seen: Seen) =>
    live(seen).length > 0 && live(seen).every(({ state }) => states.includes(state));
const told = (kind: string) => (seen: Seen) => seen.events.includes(kind);

const answer = (name: 'claim' | 'refuse') => (seen: Seen, stage: Stage) => {
  const [offer] = open(seen);
  return offer === undefined ? delay(40) : stage.act(name, offer);
};
// On the first work in this state.
const desk = (state: string, name: string) => async (seen: Seen, stage: Stage) => {
  const work = live(seen).find((one) => one.state === state);
  if (work === undefined) return await delay(40);
  return await stage.act(name, { ...work, trackingNumber: `T${work.workId}` });
};
const clock = (minutes: number, name: string) => async (_: Seen, stage: Stage) => {
  await stage.later(minutes);
  return await stage.act(name);
};

const OFFERED: Phase = { until: (seen) => open(seen).length > 0 };
const CLAIMED: Phase = {
  until: (seen) =>
    live(seen).length > 0 && live(seen).every((one) => one.negotiation !== 'offered'),
  act: answer('claim'),
};
const PICKED: Phase = {
  until: (seen) => (first(seen)?.lines ?? []).every((line) => line.picked === line.quantity),
  act: desk('picking', 'pick'),
};
const PACKED: readonly Phase[] = [
  { until: every('picking', 'packed', 'shipped'), act: desk('placed', 'start') },
  PICKED,
  { until: every('packed', 'shipped'), act: desk('picking', 'pack') },
];
const SENT: Phase = { until: every('shipped', 'delivered'), act: desk('packed', 'ship') };
const BROUGHT: Phase = {
  until: every('delivered'),
  act: async (seen, stage) => {
    await delay(40);
    return await stage.act('deliver', { trackingNumber: first(seen)?.parcels[0] ?? '' });
  },
};

export const STORIES: readonly Story[] = [
  {
    name: 'claimed by the second store, packed twice, brought',
    begin: place({ S0: 1 }),
    phases: [
      OFFERED,
      { until: told('refused'), act: answer('refuse') },
      CLAIMED,
      ...PACKED,
      { until: told('unpacked'), act: desk('packed', 'unpack') },
      ...PACKED,
      SENT,
      BROUGHT,
    ],
  },
  {
    name: 'nobody answers, moved by hand in Shopify',
    begin: place({ S1: 1 }),
    phases: [
      OFFERED,
      {
        until: (seen) => live(seen).every((one) => one.negotiation === 'assigned'),
        act: clock(31, 'tick'),
      },
      {
        until: told('moved_in_shopify'),
        act: async (_, stage, number) => {
          await delay(150);
          const order = stage.shopify.orders.get(String(number));
          const part = order?.model?.observe().parts.find((one) => one.status === 'OPEN');
          if (order === undefined || part === undefined || part.locationId === '103') return;
          stage.shopify.byHand(order, (model) => void model.byHand.move(part.id, '103'));
        },
      },
    ],
  },
  {
    name: 'one of two is not found',
    begin: place({ S2: 2 }),
    phases: [
      OFFERED,
      CLAIMED,
      {
        until: (seen) => live(seen).some(({ state }) => state !== 'placed'),
        act: desk('placed', 'start'),
      },
      { until: told('picked_short'), act: desk('picking', 'short') },
      {
        until: (seen) => seen.offers.some(({ state }) => state === 'open') || live(seen).length > 1,
      },
    ],
  },
  {
    name: 'collected, after a wrong code',
    begin: place({ S3: 1 }, '102'),
    phases: [
      { until: (seen) => live(seen).length > 0 },
      { until: every('picking', 'ready', 'handed_over'), act: desk('placed', 'start') },
      PICKED,
      { until: every('ready', 'handed_over'), act: desk('picking', 'ready') },
      { until: told('pickup_code_wrong'), act: desk('ready', 'wrong') },
      { until: told('pickup_code_unlocked'), act: desk('ready', 'unlock') },
      { until: every('handed_over'), act: desk('ready', 'handOver') },
    ],
  },
  {
    name: 'nobody answers for a day',
    begin: place({ S5: 1 }),
    phases: [
      OFFERED,
      {
        until: (seen) => live(seen).every((one) => one.negotiation === 'assigned'),
        act: clock(20 * 60, 'tick'),
      },
    ],
  },
  {
    name: 'more than there is, given up',
    begin: place({ S4: 55 }),
    phases: [
      { until: (seen) => live(seen).some(({ state }) => state === 'unplaced') },
      { until: told('gave_up'), act: clock(25 * 60, 'sweep') },
    ],
  },
];

/** As much as at the beginning is free again, and of orders that came to an end nothing is open. */
export async function tidyUp(stage: Stage): Promise<void> {
  for (const order of stage.shopify.orders.values()) {
    for (const { lineId, quantity } of order.lines) {
      const parts = order.model?.observe().parts ?? [];
      const isOpen = parts.some((part) =>
        part.lines.some((line) => line.lineId === lineId && line.remaining > 0),
      );
      if (isOpen) stage.shopify.cancelUnits(order, lineId, quantity);
    }
  }
  await stage.hear();
}

/** Gives every place what it had at first, beyond what is spoken for. */
export async function restock(stage: Stage): Promise<void> {
  const { rows } = await sql<{ sku: string; nodeId: string; onHand: number }>`
    select sku, node_id as "nodeId", allocated + case when node_id = ${WAREHOUSE} then 25 else 6 end as "onHand"
    from stock_position where shop_id = ${SHOP}`.execute(stage.watching);
  await stage.act('restock', { rows });
}

/** Parcels with more than one fulfillment, or none though they have left, and messages that were sent again. */
export async function sentTwice(stage: Stage, number: number): Promise<readonly string[]> {
  const made = stage.shopify.orders.get(String(number))?.model?.observe().fulfillments ?? [];
  const { rows } = await sql<{ parcel: string }>`
    select coalesce(tracking_number, parcel_id) as parcel from parcel
    where shop_id = ${SHOP} and order_id = ${String(number)}
      and state not in ('packed', 'canceled')`.execute(stage.watching);
  return rows.flatMap(({ parcel }) => {
    const count = made.filter((one) => !one.isCanceled && one.tracking?.number === parcel).length;
    return count === 1 ? [] : [`parcel ${parcel} has ${count} fulfillments`];
  });
}

const MOST_TURNS = 200;

/** Tells a story from this phase on; the phase in which the process died, or how many there are. */
export async function tellStory(
  stage: Stage,
  story: Story,
  { number, from = 0 }: { readonly number: number; readonly from?: number },
): Promise<number> {
  for (const [index, phase] of story.phases.entries()) {
    if (index < from) continue;
    if (!(await tellPhase(stage, phase, number))) return index;
  }
  return story.phases.length;
}

/** False: the process died in it. */
async function tellPhase(stage: Stage, phase: Phase, number: number): Promise<boolean> {
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    if (stage.isDead()) return false;
    await stage.hear();
    const seen = await see(stage, number);
    if (phase.until(seen)) return true;
    if (phase.act === undefined) await delay(25);
    else if ((await phase.act(seen, stage, number)) === KILLED) return false;
  }
  throw new Error(`it hangs: ${JSON.stringify(await see(stage, number))}`);
}

async function see({ watching }: Stage, number: number): Promise<Seen> {
  const orderId = String(number);
  const { rows } = await sql<Seen>`
    select coalesce((select jsonb_agg(jsonb_build_object('workId', w.work_id, 'nodeId', coalesce(w.node_id, ''),
        'state', w.state, 'negotiation', w.negotiation, 'version', w.version,
        'parcels', (select coalesce(jsonb_agg(p.tracking_number), '[]') from parcel p where p.shop_id = w.shop_id
          and p.order_id = w.order_id and p.work_id = w.work_id and p.state <> 'canceled'),
        'lines', (select coalesce(jsonb_agg(jsonb_build_object('lineId', l.line_id, 'quantity', l.quantity,
          'picked', l.picked)), '[]') from work_line l where l.shop_id = w.shop_id and l.work_id = w.work_id))
      order by w.work_id) from work w where w.shop_id = ${SHOP} and w.order_id = ${orderId}), '[]') as works,
    coalesce((select jsonb_agg(jsonb_build_object('offerId', o.offer_id, 'nodeId', o.node_id, 'state', o.state,
        'workId', o.work_id) order by o.wave, o.node_id) from offer o
      where o.shop_id = ${SHOP} and o.order_id = ${orderId}), '[]') as offers,
    coalesce((select jsonb_agg(e.kind) from order_event e
      where e.shop_id = ${SHOP} and e.order_id = ${orderId}), '[]') as events`.execute(watching);
  return rows[0] ?? { works: [], offers: [], events: [] };
}
