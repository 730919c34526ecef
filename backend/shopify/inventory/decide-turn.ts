/**
 * What is begun in one turn of the push, from the chunks at the head of the outbox?
 *
 * In: chunks with the state of their levels, how many calls the bucket can take soon, levels that are in a call already.
 * Out: calls, the chunks they used up, levels to look at again. Invariants: no level is in two calls; a level named
 * twice is sent once; rows of sales come first and their last call is filled up with others, because a call costs the
 * same whatever it carries; nothing that was named is forgotten.
 */
import {
  type CallKind,
  type CallLane,
  type CallRow,
  type LevelState,
  MOST_ROWS,
  nextStep,
  packCalls,
} from './calls.ts';
import type { OpenChunk } from './chunk-rows.ts';
import type { Begun } from './outbox-store.ts';

/** One level's key in memory. */
export function keyOf(locationId: number, itemId: number): string {
  return `${locationId}:${itemId}`;
}

type Gathered = {
  readonly rows: Record<CallKind, CallRow[]>;
  readonly reads: LevelState[];
  /** In a call already: looked at again later, in its own lane. */
  readonly later: LevelState[];
};

/** Decides a turn; `wanted` calls beside those of sales. */
export function decideTurn(
  chunks: readonly OpenChunk[],
  wanted: number,
  busy: ReadonlySet<string>,
): Begun {
  const taken = new Set<string>();
  const sale = emptyGathered();
  const resync = emptyGathered();
  const consumed: number[] = [];
  const room = () => wanted * MOST_ROWS + roomBeside(sale) - resync.rows.set.length;
  for (const { lane, seq, levels } of chunks) {
    if (lane === 'resync' && room() <= 0) break;
    consumed.push(seq);
    const into = lane === 'sale' ? sale : resync;
    for (const level of levels) gather(into, level, { taken, busy });
  }
  return { ...callsOf(sale, resync, room), consumed };
}

// Rows that the last call of sales has room for; 0 without sales.
function roomBeside(sale: Gathered): number {
  return (MOST_ROWS - (sale.rows.set.length % MOST_ROWS)) % MOST_ROWS;
}

function emptyGathered(): Gathered {
  return { rows: { set: [], move: [], activate: [] }, reads: [], later: [] };
}

function gather(
  into: Gathered,
  level: LevelState,
  seen: { taken: Set<string>; busy: ReadonlySet<string> },
): void {
  const key = keyOf(level.locationId, level.itemId);
  if (seen.taken.has(key)) return;
  seen.taken.add(key);
  if (seen.busy.has(key)) {
    into.later.push(level);
    return;
  }
  const step = nextStep(level);
  if (step.kind === 'read') into.reads.push(level);
  else if ('row' in step) into.rows[step.kind].push(step.row);
}

// A sale's last call is filled up with rows that would have to be sent anyway; what is too much waits in a chunk.
function callsOf(sale: Gathered, resync: Gathered, room: () => number) {
  const tooMany = Math.max(0, -room());
  const kept = resync.rows.set.length - tooMany;
  const fillers = resync.rows.set.slice(0, Math.min(roomBeside(sale), kept));
  const rest = resync.rows.set.slice(fillers.length, kept);
  const lanes: readonly [CallLane, Gathered, readonly CallRow[]][] = [
    ['sale', sale, [...sale.rows.set, ...fillers]],
    ['resync', resync, rest],
  ];
  const calls = lanes.flatMap(([lane, { rows }, sets]) => [
    ...packCalls('set', lane, sets),
    ...packCalls('move', lane, rows.move),
    ...packCalls('activate', lane, rows.activate),
  ]);
  const again = [
    { lane: 'sale' as const, ...refsOf(sale.later) },
    { lane: 'resync' as const, ...refsOf([...resync.rows.set.slice(kept), ...resync.later]) },
    { lane: 'read' as const, ...refsOf([...sale.reads, ...resync.reads]) },
  ];
  return { calls, again };
}

function refsOf(rows: readonly { readonly locationId: number; readonly itemId: number }[]) {
  return { locations: rows.map((one) => one.locationId), items: rows.map((one) => one.itemId) };
}
