/**
 * Why is a figure what it is? Its lines, from what stands at the nodes down to what may be sold.
 *
 * Every line is one addition or deduction in units; all lines of a figure add up to it. A line that
 * belongs to a node names it; deductions that no node can be named for come after the nodes'. Codes are
 * stable and listed in docs/semantics.md ("Lines of a figure"); lines of 0 units are left out.
 */
import { compareIds } from '../../base/ids.ts';
import type { CompiledChannel, CompiledNode, Snapshot } from '../../network/snapshot.ts';
import type { Facts } from '../stock.ts';
import { dueFor, type FigureQuestion, type FigureSums, isDue, rowsOf } from './formula.ts';
import type { Lot } from './position-table.ts';

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
  /** Of incoming: what these lots stated as their source. */
  readonly source?: string;
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
  const add: Adding['add'] = (code, units, node, source) => {
    if (units === 0) return;
    const at = node === undefined ? {} : { nodeId: node.id };
    lines.push({ code, units, ...at, ...(source === undefined ? {} : { source }) });
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
  add(code: LineCode, units: number, node?: CompiledNode, source?: string): void;
};

function addNodes(snapshot: Snapshot, facts: Facts, adding: Adding): void {
  const rows = rowsOf(facts, adding.question.sku, adding.channel);
  for (let row = rows.from; row < rows.to; row += 1) {
    const node = snapshot.nodes[rows.nodes[row] ?? -1];
    if (node === undefined) throw new Error(`Bug: row ${row} has no node`);
    addNode(facts, adding, { row, node });
  }
}

function addNode(
  facts: Facts,
  adding: Adding,
  { row, node }: { readonly row: number; readonly node: CompiledNode },
): void {
  const { channel, add } = adding;
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
  addIncoming(adding, table.lots[row], node);
}

const ON_HAND_COLUMNS = ['onHand', 'unavailable', 'safety', 'allocated', 'free'] as const;

/** One line for each source that lots stated, in order of its name, those that stated none first. */
function addIncoming(
  { channel, question, add }: Adding,
  lots: readonly Lot[] | undefined,
  node: CompiledNode,
): void {
  if (lots === undefined) return;
  const due = dueFor(channel, question.atMinute);
  const units = new Map<string, number>();
  for (const lot of lots) {
    const source = lot.source ?? '';
    if (isDue(lot, due)) units.set(source, (units.get(source) ?? 0) + lot.quantity);
  }
  for (const source of [...units.keys()].sort(compareIds)) {
    add('incoming', units.get(source) ?? 0, node, source === '' ? undefined : source);
  }
}

/** A kit has no stock of its own: what each node of the channel can build of it, now and from incoming. */
function addKitNodes(snapshot: Snapshot, facts: Facts, adding: Adding): void {
  const { channel, question, add } = adding;
  const rows = rowsOf(facts, question.sku, channel);
  for (let row = rows.from; row < rows.to; row += 1) {
    const node = snapshot.nodes[rows.nodes[row] ?? -1];
    if (node === undefined || channel.hasNode[node.index] !== 1) continue;
    add('kit_buildable', rows.free[row] ?? 0, node);
    addIncoming(adding, rows.lots[row], node);
  }
}
