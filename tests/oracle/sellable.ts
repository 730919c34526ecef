/**
 * What may a channel sell, and where, written a second time: rules 16 to 18 straight from their text.
 *
 * Inputs: a world, a SKU, a channel, a customer, an instant. Outputs: the figure with its deductions, the level of
 * each location in the three topologies. Slow on purpose: kits are built one by one, units are taken one by one.
 * Nothing is shared with backend/stock but the types of the world.
 */
import type { World, WorldNode, WorldPolicy, WorldStockRow } from '../../backend/network/world.ts';
import { dayNumber, instantMinutes, MINUTES_PER_DAY, zoneTable } from './zone-table.ts';

export type Asked = {
  readonly sku: string;
  readonly channel: string;
  readonly customerTags: readonly string[];
  readonly minute: number;
};

/** Says that a branch of the text decided. */
export type Note = (branch: string) => void;

type Channel = WorldPolicy['channels'][number];

const EVERYTHING: Omit<Channel, 'code'> = {
  shareBasisPoints: 10_000,
  threshold: 0,
  incomingHorizonDays: null,
};

function channelRow(world: World, code: string): Channel {
  const row = world.policy.channels.find((one) => one.code === code);
  return row ?? { code, ...EVERYTHING };
}

/** A node that takes no orders is closed; of the filters given every one must hold. */
export function isOpenNode(world: World, code: string, node: WorldNode, note: Note): boolean {
  const channel = channelRow(world, code);
  const filters: readonly (readonly [string, boolean])[] = [
    ['16.closed', node.takesOrders],
    ['16.ids', channel.nodeIds === undefined || channel.nodeIds.includes(node.id)],
    ['16.kinds', channel.kinds === undefined || channel.kinds.includes(node.kind)],
    ['16.countries', channel.countries === undefined || channel.countries.includes(node.country)],
    ['16.tags', channel.tags === undefined || channel.tags.some((tag) => node.tags.includes(tag))],
  ];
  const failing = filters.find(([, holds]) => !holds);
  if (failing !== undefined) note(failing[0]);
  return failing === undefined;
}

// ---- rule 17 ----------------------------------------------------------------------------------

/** The list of rule 17, most specific first; a group of nodes stands where a region does, a product tag where a category does. */
const PRECEDENCE = [
  'sku+node',
  'sku+region',
  'sku',
  'category+node',
  'category+region',
  'category',
  'node',
  'region',
  'shop',
];

type SafetyRow = WorldPolicy['safetyStock'][number];

function specificity(row: SafetyRow): string {
  const what =
    row.sku !== undefined
      ? 'sku'
      : row.category !== undefined || row.productTag !== undefined
        ? 'category'
        : '';
  const where =
    row.nodeId !== undefined
      ? 'node'
      : row.region !== undefined || row.nodeTag !== undefined || row.kind !== undefined
        ? 'region'
        : '';
  return [what, where].filter((word) => word !== '').join('+') || 'shop';
}

function applies(world: World, row: SafetyRow, stock: WorldStockRow): boolean {
  const product = world.products.find(({ sku }) => sku === stock.sku);
  const node = world.nodes.find(({ id }) => id === stock.nodeId);
  if (product === undefined || node === undefined) return false;
  const named: readonly (readonly [string | undefined, readonly (string | undefined)[]])[] = [
    [row.sku, [stock.sku]],
    [row.category, [product.category]],
    [row.productTag, product.tags],
    [row.nodeId, [node.id]],
    [row.region, [node.region]],
    [row.nodeTag, node.tags],
    [row.kind, [node.kind]],
  ];
  return named.every(([name, own]) => name === undefined || own.includes(name));
}

/** Whole units not below a product of decimals as written, found by counting in thousandths. */
function ceilProduct(factors: readonly number[], divisor: number): number {
  let product = 1n;
  for (const factor of factors) product *= BigInt(Math.round(factor * 1_000));
  let divided = BigInt(divisor);
  for (const _ of factors) divided *= 1_000n;
  let units = 0;
  while (BigInt(units) * divided < product) units += 1;
  return units;
}

function keptBy(row: SafetyRow, stock: WorldStockRow, note: Note): number {
  const amounts: readonly (readonly [string, number])[] = [
    ['17.units', row.units ?? 0],
    ['17.percent', ceilProduct([row.percent ?? 0, stock.onHand], 100)],
    ['17.weeks', ceilProduct([row.weeksOfSupply ?? 0, stock.weeklySales ?? 0], 1)],
  ];
  const most = Math.max(...amounts.map(([, units]) => units));
  for (const [branch, units] of amounts) if (units === most && most > 0) note(branch);
  return most;
}

function safetyStock(
  world: World,
  list: 'safetyStock' | 'routingSafetyStock',
  stock: WorldStockRow,
  note: Note,
): number {
  if (list === 'safetyStock' && stock.safetyStock !== undefined) {
    note('17.row');
    return stock.safetyStock;
  }
  const fitting = world.policy[list].filter((row) => applies(world, row, stock));
  const wins = PRECEDENCE.find((name) => fitting.some((row) => specificity(row) === name));
  if (wins === undefined) return 0;
  const best = fitting.filter((row) => specificity(row) === wins);
  note(`17.${wins}`);
  if (best.length > 1) note('17.equal rank');
  return Math.max(...best.map((row) => keptBy(row, stock, note)));
}

// ---- at a node --------------------------------------------------------------------------------

function stockAt(world: World, sku: string, nodeId: string): WorldStockRow | undefined {
  return world.stock.find((row) => row.sku === sku && row.nodeId === nodeId);
}

function unitsOnHand(world: World, sku: string, nodeId: string, note: Note): number {
  const row = stockAt(world, sku, nodeId);
  if (row === undefined) return 0;
  const kept = safetyStock(world, 'safetyStock', row, note);
  const left = row.onHand - row.unavailable - kept - row.allocated;
  if (left < 0) note('16.below nothing at a node');
  return Math.max(0, left);
}

type Lot = WorldStockRow['incoming'][number];

function usableMinute(lot: Lot, node: WorldNode): number {
  if (lot.expectedAt !== undefined) return Math.ceil(instantMinutes(lot.expectedAt));
  const nextMidnight = (dayNumber(lot.expectedOn ?? '') + 1) * MINUTES_PER_DAY;
  return zoneTable(node.timeZone).instant(nextMidnight, 'later');
}

function isWithinHorizon(channel: Channel, usable: number, minute: number): boolean {
  const days = channel.incomingHorizonDays;
  return days === null || (days > 0 && usable <= minute + days * MINUTES_PER_DAY);
}

/** Units of lots that are usable within the channel's horizon and of its sources. */
function unitsDue(world: World, asked: Asked, sku: string, node: WorldNode, note: Note): number {
  const channel = channelRow(world, asked.channel);
  let due = 0;
  for (const lot of stockAt(world, sku, node.id)?.incoming ?? []) {
    const isDue = isWithinHorizon(channel, usableMinute(lot, node), asked.minute);
    note(isDue ? '16.lot due' : '16.lot too late');
    const { source } = lot;
    const counts = source === undefined || (channel.incomingSources?.includes(source) ?? true);
    if (!counts) note('16.lot of another source');
    if (isDue && counts) due += lot.quantity;
  }
  return due;
}

type Parts = readonly { readonly sku: string; readonly quantity: number }[];

function kitParts(world: World, sku: string): Parts | undefined {
  return world.products.find((product) => product.sku === sku)?.kit?.components;
}

/** Builds kits one after the other until a component runs out. */
function buildKits(parts: Parts, unitsOf: (sku: string) => number): number {
  const left = new Map(parts.map(({ sku }) => [sku, unitsOf(sku)]));
  for (let built = 0; ; built += 1) {
    for (const { sku, quantity } of parts) {
      const rest = (left.get(sku) ?? 0) - quantity;
      if (rest < 0) return built;
      left.set(sku, rest);
    }
  }
}

export type AtNode = { readonly node: WorldNode; readonly n: number; readonly due: number };

/** What each node of the channel counts for a SKU. */
export function atNodes(world: World, asked: Asked, note: Note): AtNode[] {
  const parts = kitParts(world, asked.sku);
  return world.nodes
    .filter((node) => isOpenNode(world, asked.channel, node, note))
    .map((node) => {
      const onHand = (sku: string) => unitsOnHand(world, sku, node.id, note);
      const due = (sku: string) => unitsDue(world, asked, sku, node, note);
      if (parts === undefined) return { node, n: onHand(asked.sku), due: due(asked.sku) };
      const now = buildKits(parts, onHand);
      const later = buildKits(parts, (sku) => onHand(sku) + due(sku));
      note(now > 0 ? '18.built' : '18.not built');
      if (later > now) note('18.built from incoming');
      return { node, n: now, due: later - now };
    });
}

// ---- claims -----------------------------------------------------------------------------------

/** The SKU's own rows once, and those of every kit that needs it as often as it needs it. */
function withKits(world: World, sku: string, unitsOf: (sku: string) => number): number {
  let units = unitsOf(sku);
  for (const product of world.products) {
    for (const part of product.kit?.components ?? []) {
      if (part.sku === sku) units += part.quantity * unitsOf(product.sku);
    }
  }
  return units;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function waitingOf(world: World, sku: string): number {
  return sum(world.policy.waiting.filter((row) => row.sku === sku).map(({ quantity }) => quantity));
}

function reservedOf(world: World, asked: Asked, sku: string, note: Note): number {
  let units = 0;
  for (const row of world.policy.reservations) {
    if (row.sku !== sku) continue;
    const isLive = instantMinutes(row.expiresAt) > asked.minute;
    const branch = row.channel === asked.channel ? 'own' : isLive ? 'live' : 'expired';
    note(`16.reservation ${branch}`);
    if (isLive && row.channel !== asked.channel) units += row.quantity;
  }
  return units;
}

function isOwn(row: WorldPolicy['quotas'][number], asked: Asked): boolean {
  if (row.channel !== undefined && row.channel !== asked.channel) return false;
  return row.customerTag === undefined || asked.customerTags.includes(row.customerTag);
}

function quotaOf(
  world: World,
  asked: Asked,
  sku: string,
  whose: 'all' | 'own',
  note: Note,
): number {
  let units = 0;
  for (const row of world.policy.quotas.filter((quota) => quota.sku === sku)) {
    const own = isOwn(row, asked);
    const branch = row.used >= row.quantity ? 'used up' : own ? 'own' : 'of others';
    note(`16.quota ${branch}`);
    if (whose === 'all' || own) units += Math.max(0, row.quantity - row.used);
  }
  return units;
}

// ---- rule 16 ----------------------------------------------------------------------------------

export type NaiveFigure = {
  readonly units: number;
  readonly free: number;
  readonly pool: number;
  readonly shared: number;
  readonly own: number;
  readonly visible: number;
};

export function naiveFigure(world: World, asked: Asked, note: Note): NaiveFigure {
  const { shareBasisPoints, threshold } = channelRow(world, asked.channel);
  const free = freeOf(world, asked, note);
  const quotas = (whose: 'all' | 'own') =>
    withKits(world, asked.sku, (sku) => quotaOf(world, asked, sku, whose, note));
  const own = quotas('own');
  const pool = Math.max(0, free - quotas('all'));
  const shared = Number((BigInt(pool) * BigInt(shareBasisPoints)) / 10_000n);
  if (shared < pool) note('16.share');
  const visible = Math.min(free, shared + own);
  if (visible > 0 && visible < threshold) note('16.threshold');
  return { units: visible >= threshold ? visible : 0, free, pool, shared, own, visible };
}

function freeOf(world: World, asked: Asked, note: Note): number {
  const held = sum(atNodes(world, asked, note).map(({ n, due }) => n + due));
  const waiting = withKits(world, asked.sku, (sku) => waitingOf(world, sku));
  const reserved = withKits(world, asked.sku, (sku) => reservedOf(world, asked, sku, note));
  if (waiting > 0) note('16.waiting');
  if (waiting + reserved > held) note('16.claims above stock');
  const unclaimed = Math.max(0, held - waiting - reserved);
  const parts = kitParts(world, asked.sku);
  if (parts === undefined) return unclaimed;
  const left = buildKits(parts, (sku) => leftOfPart(world, { ...asked, sku }, asked.sku, note));
  if (left < unclaimed) note('18.components claimed');
  return Math.min(unclaimed, left);
}

/** A component's units without its own claims and the quotas of others, those on this very kit aside. */
function leftOfPart(world: World, asked: Asked, kit: string, note: Note): number {
  const held = sum(atNodes(world, asked, note).map(({ n, due }) => n + due));
  const waiting = withKits(world, asked.sku, (sku) => waitingOf(world, sku));
  const reserved = withKits(world, asked.sku, (sku) => reservedOf(world, asked, sku, () => {}));
  const others = withKits(world, asked.sku, (sku) =>
    sku === kit
      ? 0
      : quotaOf(world, asked, sku, 'all', () => {}) - quotaOf(world, asked, sku, 'own', () => {}),
  );
  return Math.max(0, held - waiting - reserved - others);
}

// ---- where ------------------------------------------------------------------------------------

export type NaiveLevels = ReadonlyMap<string, { readonly shown: number; readonly parked: number }>;

/** Every node's level and what is parked there, for anyone (no customer's tags). */
export function naiveLevels(
  world: World,
  of: Omit<Asked, 'customerTags'>,
  note: Note,
): NaiveLevels {
  const asked = { ...of, customerTags: [] };
  const figure = naiveFigure(world, asked, () => {});
  const { shareBasisPoints } = channelRow(world, asked.channel);
  const nodes = atNodes(world, asked, () => {}).map((at) => ({
    ...at,
    left: at.n + at.due,
    own: 0,
    claimed: 0,
  }));
  const order = [...nodes].sort((a, b) => b.n - a.n || (a.node.id < b.node.id ? -1 : 1));
  const held = sum(nodes.map(({ left }) => left));
  /** One unit at a time from the first in the order that has one. */
  const take = (units: number, field: 'own' | 'claimed' | undefined) => {
    for (let open = units; open > 0; open -= 1) {
      const from = order.find(({ left }) => left > 0);
      if (from === undefined) return;
      from.left -= 1;
      if (field !== undefined) from[field] += 1;
    }
  };
  take(held - figure.free, 'claimed');
  if (held > figure.free && order.length > 1) note('levels.claims off the largest');
  const quotas = figure.free - figure.pool;
  const own = Math.min(quotas, figure.own);
  take(own, 'own');
  take(quotas - own, undefined);
  if (own > 0) note('levels.own quota');
  if (quotas > own) note('levels.quota of others');
  const shares = nodes.map(({ node, left }) => ({
    id: node.id,
    whole: Math.floor((left * shareBasisPoints) / 10_000),
    rest: (left * shareBasisPoints) % 10_000,
  }));
  const byRest = [...shares].sort((a, b) => b.rest - a.rest || (a.id < b.id ? -1 : 1));
  for (let open = figure.shared - sum(shares.map(({ whole }) => whole)); open > 0; open -= 1) {
    const next = byRest.shift();
    if (next !== undefined) next.whole += 1;
    note('levels.remainder');
  }
  if (figure.units === 0 && figure.visible > 0) note('levels.threshold');
  return new Map(
    world.nodes.map((node) => {
      const at = nodes.find((one) => one.node.id === node.id);
      const share = shares.find(({ id }) => id === node.id)?.whole ?? 0;
      const shown = figure.units === 0 ? 0 : share + (at?.own ?? 0);
      const parked = Math.max(0, thereAt(world, asked, node) - (at?.claimed ?? 0) - shown);
      if (parked > 0) note('levels.parked');
      return [node.id, { shown, parked }];
    }),
  );
}

/** On hand that is neither unavailable nor allocated; of a kit what can be built. */
function thereAt(world: World, asked: Asked, node: WorldNode): number {
  const parts = kitParts(world, asked.sku);
  if (parts !== undefined) {
    return buildKits(parts, (sku) => unitsOnHand(world, sku, node.id, () => {}));
  }
  const row = stockAt(world, asked.sku, node.id);
  return row === undefined ? 0 : row.onHand - row.unavailable - row.allocated;
}

/** What routing may take at a node: its own safety stock is deducted, the selling one is not. */
export function naiveRoutable(world: World, sku: string, nodeId: string): number {
  const unitsOf = (one: string) => {
    const row = stockAt(world, one, nodeId);
    if (row === undefined) return 0;
    const kept = safetyStock(world, 'routingSafetyStock', row, () => {});
    return Math.max(0, row.onHand - row.unavailable - kept - row.allocated);
  };
  const parts = kitParts(world, sku);
  return parts === undefined ? unitsOf(sku) : buildKits(parts, unitsOf);
}
