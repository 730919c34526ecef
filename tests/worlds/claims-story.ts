/**
 * A shop's trade as it really happens, and the faulty telling of it: what claims are put through.
 *
 * The truth (orders, shipments, cancellations, goods received, counts that find less) moves on step by step from a seed;
 * what is heard of it is lost, doubled, delayed and out of order, each message saying what was true when it was sent.
 * In the end everything that was lost is told once more, as the reconciliation does.
 */
import type { FollowedOrder } from '../../backend/stock/reservations/order-claims/following.ts';
import { type Chance, chanceFrom } from '../../scripts/bench/worlds/big-network.ts';

export const STORY_SKUS = ['CAP', 'HAT', 'SHIRT', 'SHOE'];
export const STORY_NODES = ['london', 'milan', 'rome'];
const CHANNELS = ['online', 'market'];

/** Whatever keeps claims: a model in memory, or the product on Postgres. */
export type ClaimsKeeper = {
  reserve(ask: {
    readonly channel: string;
    readonly key: string;
    readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  }): Promise<'granted' | string>;
  release(key: string): Promise<void>;
  follow(order: FollowedOrder): Promise<void>;
  /** Goods received, once per event. */
  receive(event: Counted & { readonly eventId: string }): Promise<void>;
  /** A count: so many are there, whatever was thought. Shortages go back to routing. */
  recount(count: Counted): Promise<void>;
  setTime(now: Temporal.Instant): void;
  /** Everything expired is given back. */
  sweep(): Promise<void>;
  /** Units by SKU. */
  count(sku: string): Promise<ClaimCount>;
};

export type ClaimCount = {
  readonly onHand: number;
  readonly allocated: number;
  readonly waiting: number;
  readonly reserved: number;
};

// A cell that has more than this gets no more: units stay scarce.
const ENOUGH_UNITS = 6;

const IMPATIENT_ORDERS = 20;

type Counted = { readonly sku: string; readonly nodeId: string; readonly units: number };

type TrueOrder = {
  readonly orderId: string;
  readonly channel: string;
  readonly placedAt: string;
  readonly key: string | undefined;
  readonly lines: { lineId: string; sku: string; quantity: number; canceled: number }[];
  readonly shipped: FollowedOrder['shipped'][number][];
  nodeId: string | undefined;
  /** Changes so far. */
  revision: number;
};

type Story = {
  readonly chance: Chance;
  readonly keepers: readonly ClaimsKeeper[];
  readonly orders: TrueOrder[];
  /** Orders with something still to be shipped, and some without. */
  readonly open: TrueOrder[];
  readonly unheard: Set<TrueOrder>;
  readonly byId: Map<string, TrueOrder>;
  readonly keys: { channel: string; key: string }[];
  /** Units that really stand at `sku node`. */
  readonly there: Map<string, number>;
  readonly messages: FollowedOrder[];
  now: Temporal.Instant;
  events: number;
  heard: number;
};

/** What a story came to. */
export type StoryEnd = {
  readonly events: number;
  /** Messages delivered to every keeper. */
  readonly heard: number;
  /** By SKU, what really is: units there, units of orders still to be shipped. */
  readonly truth: ReadonlyMap<string, { readonly there: number; readonly open: number }>;
  readonly refusals: number;
  readonly grants: number;
};

/** Tells a story of so many events to all keepers alike; `afterEach` looks at them after every one. */
export async function tellStory(
  seed: number,
  told: {
    readonly events: number;
    readonly keepers: readonly ClaimsKeeper[];
    readonly afterEach?: () => Promise<void>;
  },
): Promise<StoryEnd> {
  const story: Story = {
    chance: chanceFrom(seed),
    keepers: told.keepers,
    orders: [],
    open: [],
    unheard: new Set(),
    byId: new Map(),
    keys: [],
    there: new Map(),
    messages: [],
    now: Temporal.Instant.from('2026-11-30T10:00:00Z'),
    events: 0,
    heard: 0,
  };
  const verdicts = { granted: 0, refused: 0 };
  while (story.events < told.events) {
    const verdict = await nextEvent(story);
    if (verdict === 'granted') verdicts.granted += 1;
    else if (verdict !== undefined) verdicts.refused += 1;
    story.events += 1;
    if (story.messages.length > 0 && story.chance.next() < 0.8) await hearOne(story);
    await told.afterEach?.();
  }
  // The reconciliation: whatever was lost is read once more, in any order.
  for (const order of shuffled(story.chance, story.orders)) await hear(story, stateOf(order));
  story.now = story.now.add({ hours: 2 });
  for (const keeper of story.keepers) {
    keeper.setTime(story.now);
    await keeper.sweep();
  }
  return {
    events: story.events,
    heard: story.heard,
    truth: truthOf(story),
    grants: verdicts.granted,
    refusals: verdicts.refused,
  };
}

async function nextEvent(story: Story): Promise<string | undefined> {
  const { chance } = story;
  const roll = chance.next();
  if (roll < 0.3) return await reserve(story);
  if (roll < 0.34) return await release(story);
  if (roll < 0.44) return place(story);
  if (roll < 0.56) return assign(story);
  if (roll < 0.76) return ship(story);
  if (roll < 0.83) return cancel(story);
  if (roll < 0.9) return await receive(story);
  if (roll < 0.92) return await recount(story);
  pass(story, 20 + chance.below(100));
  return undefined;
}

function pass(story: Story, seconds: number): void {
  story.now = story.now.add({ seconds });
  for (const keeper of story.keepers) keeper.setTime(story.now);
}

function basket(chance: Chance) {
  const first = chance.below(STORY_SKUS.length);
  return Array.from({ length: 1 + chance.below(2) }, (_, index) => ({
    sku: STORY_SKUS[(first + index) % STORY_SKUS.length] ?? '',
    quantity: 1 + chance.below(3),
  }));
}

async function reserve(story: Story): Promise<string> {
  const { chance } = story;
  const isAgain = story.keys.length > 0 && chance.next() < 0.3;
  const known = story.keys[chance.below(Math.max(1, story.keys.length))];
  const channel = CHANNELS[chance.below(CHANNELS.length)] ?? '';
  const of = isAgain && known !== undefined ? known : { channel, key: `k${story.events}` };
  const lines = basket(chance);
  const verdicts: string[] = [];
  for (const keeper of story.keepers) verdicts.push(await keeper.reserve({ ...of, lines }));
  if (new Set(verdicts).size > 1) throw new Error(`keepers disagree: ${verdicts.join(', ')}`);
  // Mostly those who hold something go on to order.
  if (of !== known && verdicts[0] === 'granted') story.keys.push(of);
  if (story.keys.length > 40) story.keys.shift();
  return verdicts[0] ?? '';
}

async function release(story: Story): Promise<undefined> {
  const known = story.keys[story.chance.below(Math.max(1, story.keys.length))];
  if (known === undefined) return;
  for (const keeper of story.keepers) await keeper.release(known.key);
}

function place(story: Story): undefined {
  const { chance } = story;
  const isReserved = chance.next() < 0.85;
  if (!isReserved && chance.next() < 0.7) return;
  const [from] = isReserved
    ? story.keys.splice(chance.below(Math.max(1, story.keys.length)), 1)
    : [];
  if (isReserved && from === undefined) return;
  const order: TrueOrder = {
    orderId: `o${story.events}`,
    channel: from?.channel ?? 'online',
    placedAt: story.now.toString(),
    key: from?.key,
    lines: basket(chance).map((line) => ({ ...line, lineId: `l-${line.sku}`, canceled: 0 })),
    shipped: [],
    nodeId: undefined,
    revision: 0,
  };
  story.byId.set(order.orderId, order);
  story.orders.push(order);
  story.open.push(order);
  send(story, order);
}

function anOpenOrder(story: Story): TrueOrder | undefined {
  const { open, chance } = story;
  const index = chance.below(Math.max(1, open.length));
  const order = open[index];
  if (order === undefined || order.lines.some((line) => openOf(order, line) > 0)) return order;
  open.splice(index, 1);
  return undefined;
}

function openOf(order: TrueOrder, line: TrueOrder['lines'][number]): number {
  const left = order.shipped
    .filter(({ lineId }) => lineId === line.lineId)
    .reduce((sum, { quantity }) => sum + quantity, 0);
  return line.quantity - line.canceled - left;
}

function assign(story: Story): undefined {
  const order = anOpenOrder(story);
  if (order === undefined) return;
  order.nodeId = STORY_NODES[story.chance.below(STORY_NODES.length)];
  send(story, order);
}

function ship(story: Story): undefined {
  const order = anOpenOrder(story);
  const nodeId = order?.nodeId;
  if (order === undefined || nodeId === undefined) return;
  for (const line of order.lines) {
    const there = story.there.get(`${line.sku} ${nodeId}`) ?? 0;
    const quantity = Math.min(openOf(order, line), there, 1 + story.chance.below(3));
    if (quantity <= 0) continue;
    story.there.set(`${line.sku} ${nodeId}`, there - quantity);
    const fulfillmentLineId = `${order.orderId} ${line.lineId} ${order.shipped.length}`;
    const shippedAt = story.now.toString();
    order.shipped.push({ fulfillmentLineId, lineId: line.lineId, nodeId, quantity, shippedAt });
  }
  send(story, order);
}

function cancel(story: Story): undefined {
  const order = anOpenOrder(story);
  const line = order?.lines[story.chance.below(order.lines.length)];
  if (order === undefined || line === undefined) return;
  // With many waiting, shoppers lose patience.
  const most = story.open.length > IMPATIENT_ORDERS ? Infinity : 1 + story.chance.below(3);
  line.canceled += Math.min(openOf(order, line), most);
  send(story, order);
}

function aCell(story: Story) {
  const sku = STORY_SKUS[story.chance.below(STORY_SKUS.length)] ?? '';
  const nodeId = STORY_NODES[story.chance.below(STORY_NODES.length)] ?? '';
  return { sku, nodeId, name: `${sku} ${nodeId}` };
}

async function receive(story: Story): Promise<undefined> {
  const { sku, nodeId, name } = aCell(story);
  const units = 1 + story.chance.below(6);
  if ((story.there.get(name) ?? 0) > ENOUGH_UNITS) return;
  story.there.set(name, (story.there.get(name) ?? 0) + units);
  const times = story.chance.next() < 0.3 ? 2 : 1;
  for (let time = 0; time < times; time += 1) {
    const event = { eventId: `r${story.events}`, sku, nodeId, units };
    for (const keeper of story.keepers) await keeper.receive(event);
  }
}

/** Units are lost for good; whoever counts must know of what has left, so what was sent of this cell is heard first. */
async function recount(story: Story): Promise<undefined> {
  const { sku, nodeId, name } = aCell(story);
  for (const order of [...story.unheard]) await hear(story, stateOf(order));
  const there = story.there.get(name) ?? 0;
  const units = Math.max(0, there - 1 - story.chance.below(3));
  story.there.set(name, units);
  // A second apart from what happened before and happens next: nobody counts while goods move.
  pass(story, 1);
  for (const keeper of story.keepers) await keeper.recount({ sku, nodeId, units });
  pass(story, 1);
}

function stateOf(order: TrueOrder): FollowedOrder {
  const { nodeId } = order;
  return {
    orderId: order.orderId,
    source: 'shopify',
    channel: order.channel,
    placedAt: order.placedAt,
    lines: order.lines.map((line) => ({ ...line })),
    shipped: [...order.shipped],
    assigned:
      nodeId === undefined
        ? undefined
        : order.lines.map((line) => ({
            lineId: line.lineId,
            nodeId,
            quantity: openOf(order, line),
          })),
    reservationKey: order.key,
    version: `${order.revision}`,
  };
}

// One in five is lost, one in five comes twice; each lands anywhere among those under way.
function send(story: Story, order: TrueOrder): void {
  const { chance, messages } = story;
  order.revision += 1;
  story.unheard.add(order);
  const roll = chance.next();
  const copies = roll < 0.2 ? 0 : roll < 0.4 ? 2 : 1;
  for (let copy = 0; copy < copies; copy += 1) {
    messages.splice(chance.below(messages.length + 1), 0, stateOf(order));
  }
}

async function hearOne(story: Story): Promise<void> {
  const message = story.messages.shift();
  if (message !== undefined) await hear(story, message);
}

async function hear(story: Story, message: FollowedOrder): Promise<void> {
  story.heard += 1;
  for (const keeper of story.keepers) await keeper.follow(message);
  const order = story.byId.get(message.orderId);
  if (order !== undefined && `${order.revision}` === message.version) story.unheard.delete(order);
}

function shuffled<Of>(chance: Chance, list: readonly Of[]): Of[] {
  const mixed = [...list];
  for (let index = mixed.length - 1; index > 0; index -= 1) {
    const other = chance.below(index + 1);
    const [a, b] = [mixed[index], mixed[other]];
    if (a !== undefined && b !== undefined) [mixed[index], mixed[other]] = [b, a];
  }
  return mixed;
}

function truthOf(story: Story): StoryEnd['truth'] {
  return new Map(
    STORY_SKUS.map((sku) => {
      const there = STORY_NODES.reduce(
        (sum, node) => sum + (story.there.get(`${sku} ${node}`) ?? 0),
        0,
      );
      const open = story.orders.reduce(
        (sum, order) =>
          order.lines.reduce(
            (units, line) => units + (line.sku === sku ? openOf(order, line) : 0),
            sum,
          ),
        0,
      );
      return [sku, { there, open }];
    }),
  );
}
