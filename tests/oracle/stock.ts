/**
 * What a request may use: units at each node (rules 16 and 17) and the channel's figure of each SKU (rule 16).
 *
 * Inputs: the world, a request's channel and customer tags, instants. Outputs: units on hand that may be sold, incoming
 * lots in the order of their usable instant, the figure. Source: docs/semantics.md rules 1, 8, 16 and 17.
 */
import type {
  World,
  WorldNode,
  WorldPolicy,
  WorldProduct,
  WorldRequest,
  WorldStockRow,
} from '../../backend/network/world.ts';
import type { Branch, Count } from './branches.ts';
import { dayNumber, instantMinutes, MINUTES_PER_DAY, type ZoneTable } from './zone-table.ts';

export type Lot = {
  readonly quantity: number;
  /** When it may be worked on, were it not for `at`: the later of the two counts. */
  readonly usableMinute: number;
  readonly isDated: boolean;
};

type ChannelRow = WorldPolicy['channels'][number];

/** The channel's row, or what holds for a channel without one. */
export function channelOf(policy: WorldPolicy, code: string): ChannelRow {
  return (
    policy.channels.find((row) => row.code === code) ?? {
      code,
      shareBasisPoints: 10_000,
      threshold: 0,
      incomingHorizonDays: null,
    }
  );
}

/** The nodes a channel may sell from: they take orders and every filter that is given holds. */
export function channelNodes(world: World, channel: ChannelRow): readonly WorldNode[] {
  return world.nodes.filter(
    (node) =>
      node.takesOrders &&
      (channel.nodeIds?.includes(node.id) ?? true) &&
      (channel.kinds?.includes(node.kind) ?? true) &&
      (channel.countries?.includes(node.country) ?? true) &&
      (channel.tags?.some((tag) => node.tags.includes(tag)) ?? true),
  );
}

/** `percent` of `units`, rounded up, in whole numbers: 12.5 % is 125 of 1,000. */
function percentCeil(units: number, percent: number): number {
  const [whole = '0', fraction = ''] = String(percent).split('.');
  const scale = 10n ** BigInt(fraction.length) * 100n;
  return Number((BigInt(units) * BigInt(whole + fraction) + scale - 1n) / scale);
}

type SafetyRow = WorldPolicy['safetyStock'][number];

/** 9 is the most specific; the position in rule 17's list. */
function rankOf(row: SafetyRow): number {
  if (row.sku !== undefined) {
    if (row.nodeId !== undefined) return 9;
    return row.region !== undefined ? 8 : 7;
  }
  if (row.category !== undefined) {
    if (row.nodeId !== undefined) return 6;
    return row.region !== undefined ? 5 : 4;
  }
  if (row.nodeId !== undefined) return 3;
  return row.region !== undefined ? 2 : 1;
}

type SafetySource = 'row' | 'policy' | 'none';

function safetyStock(
  policy: WorldPolicy,
  row: WorldStockRow,
  place: { node: WorldNode; product: WorldProduct },
): { units: number; source: SafetySource } {
  if (row.safetyStock !== undefined) return { units: row.safetyStock, source: 'row' };
  const { node, product } = place;
  const fitting = policy.safetyStock.filter(
    (rule) =>
      (rule.sku === undefined || rule.sku === row.sku) &&
      (rule.nodeId === undefined || rule.nodeId === node.id) &&
      (rule.region === undefined || rule.region === node.region) &&
      (rule.category === undefined || rule.category === product.category),
  );
  const best = Math.max(0, ...fitting.map(rankOf));
  const units = fitting
    .filter((rule) => rankOf(rule) === best)
    .map((rule) => Math.max(rule.units ?? 0, percentCeil(row.onHand, rule.percent ?? 0)));
  return { units: Math.max(0, ...units), source: fitting.length > 0 ? 'policy' : 'none' };
}

export type Position = {
  /** Rule 16's n. */
  readonly units: number;
  /** By usable instant. */
  readonly lots: readonly Lot[];
  /** Where its safety stock comes from. */
  readonly safety: SafetySource;
};

const NOTHING: Position = { units: 0, lots: [], safety: 'none' };

/** What each node holds of a SKU, for every request alike. */
export function positionsOf(world: World, zoneOf: (node: WorldNode) => ZoneTable) {
  const positions = new Map<string, Position>();
  for (const row of world.stock) {
    const node = world.nodes.find(({ id }) => id === row.nodeId);
    const product = world.products.find(({ sku }) => sku === row.sku);
    if (node === undefined || product === undefined) continue;
    const zone = zoneOf(node);
    const lots = row.incoming.map((lot): Lot => {
      if (lot.expectedAt !== undefined) {
        const usableMinute = Math.ceil(instantMinutes(lot.expectedAt));
        return { quantity: lot.quantity, usableMinute, isDated: false };
      }
      const nextMidnight = (dayNumber(lot.expectedOn ?? '') + 1) * MINUTES_PER_DAY;
      return {
        quantity: lot.quantity,
        usableMinute: zone.instant(nextMidnight, 'later'),
        isDated: true,
      };
    });
    const safety = safetyStock(world.policy, row, { node, product });
    positions.set(`${row.nodeId}\n${row.sku}`, {
      units: Math.max(0, row.onHand - row.unavailable - safety.units - row.allocated),
      lots: lots.sort((a, b) => a.usableMinute - b.usableMinute),
      safety: safety.source,
    });
  }
  return (nodeId: string, sku: string): Position => positions.get(`${nodeId}\n${sku}`) ?? NOTHING;
}

/** A lot counts for a channel while it is usable within its horizon. */
export function isWithinHorizon(lot: Lot, channel: ChannelRow, atMinute: number): boolean {
  const days = channel.incomingHorizonDays;
  if (days === null) return true;
  return days > 0 && lot.usableMinute <= atMinute + days * MINUTES_PER_DAY;
}

export type FigureQuestion = {
  readonly request: WorldRequest;
  readonly channel: ChannelRow;
  readonly nodes: readonly WorldNode[];
  readonly position: (nodeId: string, sku: string) => Position;
  readonly sku: string;
  /** Reservations that expire at or before it are gone. */
  readonly nowMinute: number;
  readonly atMinute: number;
};

/** Rule 16: how many units of the SKU the channel may sell to this shopper. */
export function figure(policy: WorldPolicy, question: FigureQuestion, count: Count): number {
  const { request, channel, nodes, position, sku, nowMinute, atMinute } = question;
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const held = nodes.map((node) => position(node.id, sku));
  const lots = held.flatMap(({ lots: all }) => all);
  const due = lots.filter((lot) => isWithinHorizon(lot, channel, atMinute));
  const waiting = policy.waiting.filter((row) => row.sku === sku).map((row) => row.quantity);
  const reserved = policy.reservations
    .filter(
      (row) =>
        row.sku === sku &&
        row.channel !== request.channel &&
        instantMinutes(row.expiresAt) > nowMinute,
    )
    .map((row) => row.quantity);
  const free = Math.max(
    0,
    total(held.map(({ units }) => units)) +
      total(due.map(({ quantity }) => quantity)) -
      total(waiting) -
      total(reserved),
  );
  const quotas = policy.quotas
    .filter((row) => row.sku === sku)
    .map((row) => ({ row, unused: Math.max(0, row.quantity - row.used) }));
  const own = quotas.filter(
    ({ row }) =>
      (row.channel === undefined || row.channel === request.channel) &&
      (row.customerTag === undefined || request.customerTags.includes(row.customerTag)),
  );
  const pool = Math.max(0, free - total(quotas.map(({ unused }) => unused)));
  const shared = Math.floor((pool * channel.shareBasisPoints) / 10_000);
  const visible = Math.min(free, shared + total(own.map(({ unused }) => unused)));
  const isUnderThreshold = visible > 0 && visible < channel.threshold;
  const decided: readonly (readonly [Branch, boolean])[] = [
    ['rule16.horizon', due.length < lots.length],
    ['rule16.reservation', reserved.length > 0],
    ['rule16.quota', own.length > 0],
    ['rule16.share', shared < pool],
    ['rule16.threshold', isUnderThreshold],
  ];
  for (const [branch, isDecisive] of decided) if (isDecisive) count(branch);
  return visible >= channel.threshold ? visible : 0;
}
