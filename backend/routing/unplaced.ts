/**
 * What was not placed, and the one reason a person can act on?
 *
 * In: a case and its parcels. Out: the units left of each line with the fence that came nearest to being passed, looked at
 * on the ladder's last step, at the nodes that still have units. Rules that no node of the network could ever meet are
 * called so, whatever the stock. Stock on its way that could send the line is named.
 */
import { positionsOf } from '../stock/stock.ts';
import { type Case, isRuledOut, type Source, waysIfAsked } from './case.ts';
import type { Fence, UnplacedLine } from './decision.ts';
import { type GoodsLine, unitsAt } from './goods.ts';
import { nearer, type Parcel, parcelOf } from './parcels.ts';
import { timingOf } from './ways.ts';

/** Lines of which units are left. */
export function unplacedLines(opened: Case, parcels: readonly Parcel[]): UnplacedLine[] {
  const left = opened.goods.lines.flatMap((line, at) => {
    const sent = parcels.reduce((sum, parcel) => sum + (parcel.quantities[at] ?? 0), 0);
    return sent >= line.quantity ? [] : [{ line, at, quantity: line.quantity - sent }];
  });
  if (left.length === 0) return [];
  const chosenDays = opened.lateDays;
  opened.lateDays = opened.rules.ladderDays.at(-1) ?? 0;
  const sources = new Map(opened.sources.map((source) => [source.node.index, source]));
  const lines = left.map(({ line, at, quantity }): UnplacedLine => {
    const said = { lineId: line.lineId, sku: line.sku, quantity };
    if (opened.route.kind === 'ship' && isRuledOut(opened, line)) {
      return { ...said, reason: 'contradictory_rules' };
    }
    const reason = reasonOf(opened, { line, at, parcels, sources });
    const expected = reason === 'no_stock' ? expectedOf(opened, { line, quantity }) : undefined;
    return { ...said, reason, ...(expected === undefined ? {} : { expected }) };
  });
  opened.lateDays = chosenDays;
  return lines;
}

function reasonOf(
  opened: Case,
  of: {
    readonly line: GoodsLine;
    readonly at: number;
    readonly parcels: readonly Parcel[];
    readonly sources: ReadonlyMap<number, Source>;
  },
): Fence {
  const { goods } = opened;
  const { line, at, parcels, sources } = of;
  let reason: Fence = 'no_stock';
  for (const node of goods.nodes) {
    const own = parcels.find(({ source }) => source.node.index === node);
    const units = unitsAt(goods, line, node) - (own?.quantities[at] ?? 0);
    if (units <= 0) continue;
    const source = sources.get(node);
    const fence =
      source === undefined
        ? (opened.fences.get(node)?.fence ?? 'no_stock')
        : fenceAt(opened, source, { at, units });
    reason = nearer(reason, fence);
  }
  return reason;
}

/** Why a source that has units of the line does not send them. */
function fenceAt(
  opened: Case,
  source: Source,
  of: { readonly at: number; readonly units: number },
): Fence {
  const barred = source.barred.get(of.at);
  if (barred !== undefined) return barred;
  const quantities = opened.goods.lines.map((_, line) => (line === of.at ? of.units : 0));
  const parcel = parcelOf(opened, source, quantities);
  return typeof parcel === 'string' ? parcel : 'split_forbidden';
}

/** The first incoming stock with which the units left could be sent from one node. */
function expectedOf(
  opened: Case,
  of: { readonly line: GoodsLine; readonly quantity: number },
): UnplacedLine['expected'] {
  const { snapshot, facts, route, question } = opened;
  const sku = snapshot.skuIndex.get(of.line.sku) ?? -1;
  const positions = of.line.isKit ? undefined : positionsOf(facts, sku);
  let best: UnplacedLine['expected'];
  for (let row = 0; row < (positions?.count ?? 0); row += 1) {
    const node = snapshot.nodes[positions?.nodes[row] ?? -1];
    const usableMinute = lotMinute(positions?.lots[row], of.quantity);
    if (node === undefined || usableMinute === undefined) continue;
    for (const way of waysIfAsked(opened, node)) {
      const timing = timingOf(snapshot, facts, {
        ...{ route, node: node.index, way, units: of.quantity, atMinute: question.nowMinute },
        usableMinute: Math.max(usableMinute, question.nowMinute),
      });
      if (typeof timing === 'string') continue;
      if (best !== undefined && timing.endMinute >= best.endMinute) continue;
      best = { nodeId: node.id, usableMinute, endMinute: timing.endMinute };
    }
  }
  return best;
}

function lotMinute(
  lots: readonly { readonly usableMinute: number; readonly quantity: number }[] | undefined,
  quantity: number,
): number | undefined {
  let units = 0;
  for (const lot of lots ?? []) {
    units += lot.quantity;
    if (units >= quantity) return lot.usableMinute;
  }
  return undefined;
}
