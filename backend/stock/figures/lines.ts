/**
 * Why is a figure what it is? Its lines, from what stands at the nodes down to what may be sold.
 *
 * Every line is one addition or deduction in units; all lines of a figure add up to it. A line that
 * belongs to a node names it; deductions that no node can be named for come after the nodes'. Codes are
 * stable and listed in docs/semantics.md ("Lines of a figure"); lines of 0 units are left out.
 */
import type { CompiledChannel, CompiledNode, Snapshot } from '../../network/snapshot.ts';
import type { Facts } from '../stock.ts';
import { type FigureQuestion, type FigureSums, lotsUntil, rowsOf, unitsUntil } from './formula.ts';

/** Codes in the order in which lines come; the first eight belong to a node. */
export const LINE_CODES = [
  'on_hand',
  'node_closed',
  'outside_pool',
  'unavailable',
  'safety_stock',
  'allocated',
  'below_zero',
  'kit_buildable',
  'incoming',
  'waiting',
  'reserved_elsewhere',
  'claims_above_stock',
  'components_claimed',
  'quotas',
  'share',
  'own_quota',
  'below_threshold',
] as const;

export type LineCode = (typeof LINE_CODES)[number];

/** One addition (units above 0) or deduction (below 0). */
export type FigureLine = {
  readonly code: LineCode;
  readonly units: number;
  readonly nodeId?: string;
};

/** The lines of a figure whose sums are known. */
export function figureLines(
  snapshot: Snapshot,
  facts: Facts,
  asked: {
    readonly channel: CompiledChannel;
    readonly question: FigureQuestion;
    readonly sums: FigureSums;
  },
): FigureLine[] {
  const { channel, question, sums } = asked;
  const lines: FigureLine[] = [];
  const add = (code: LineCode, units: number, node?: CompiledNode) => {
    if (units === 0) return;
    lines.push(node === undefined ? { code, units } : { code, units, nodeId: node.id });
  };
  if (facts.kits.has(question.sku)) addKitNodes(snapshot, facts, { channel, question, add });
  else addNodes(snapshot, facts, { channel, question, add });
  const claimed = sums.waiting + sums.reservedElsewhere;
  add('waiting', -sums.waiting);
  add('reserved_elsewhere', -sums.reservedElsewhere);
  add('claims_above_stock', Math.max(0, claimed - sums.onHand - sums.incoming));
  add('components_claimed', -sums.claimedOfParts);
  add('quotas', -(sums.free - sums.pool));
  add('share', -(sums.pool - sums.shared));
  add('own_quota', sums.visible - sums.shared);
  add('below_threshold', sums.units - sums.visible);
  return lines;
}

type Adding = {
  readonly channel: CompiledChannel;
  readonly question: FigureQuestion;
  add(code: LineCode, units: number, node?: CompiledNode): void;
};

function addNodes(snapshot: Snapshot, facts: Facts, adding: Adding): void {
  const rows = rowsOf(facts, adding.question.sku);
  for (let row = rows.from; row < rows.to; row += 1) {
    const node = snapshot.nodes[rows.nodes[row] ?? -1];
    if (node === undefined) throw new Error(`Bug: row ${row} has no node`);
    addNode(facts, adding, { row, node });
  }
}

function addNode(
  facts: Facts,
  { channel, question, add }: Adding,
  { row, node }: { readonly row: number; readonly node: CompiledNode },
): void {
  const { table } = facts;
  const [onHand = 0, unavailable = 0, safety = 0, allocated = 0, free = 0] = ON_HAND_COLUMNS.map(
    (name) => table.columns[name][row],
  );
  add('on_hand', onHand, node);
  if (channel.hasNode[node.index] !== 1) {
    add(node.takesOrders ? 'outside_pool' : 'node_closed', -onHand, node);
    return;
  }
  add('unavailable', -unavailable, node);
  add('safety_stock', -safety, node);
  add('allocated', -allocated, node);
  add('below_zero', free - (onHand - unavailable - safety - allocated), node);
  add('incoming', unitsUntil(table.lots[row], lotsUntil(channel, question.atMinute)), node);
}

const ON_HAND_COLUMNS = ['onHand', 'unavailable', 'safety', 'allocated', 'free'] as const;

/** A kit has no stock of its own: what each node of the channel can build of it, now and from incoming. */
function addKitNodes(snapshot: Snapshot, facts: Facts, adding: Adding): void {
  const { channel, question, add } = adding;
  const rows = rowsOf(facts, question.sku);
  const last = lotsUntil(channel, question.atMinute);
  for (let row = rows.from; row < rows.to; row += 1) {
    const node = snapshot.nodes[rows.nodes[row] ?? -1];
    if (node === undefined || channel.hasNode[node.index] !== 1) continue;
    add('kit_buildable', rows.free[row] ?? 0, node);
    add('incoming', unitsUntil(rows.lots[row], last), node);
  }
}
