/**
 * What is the one next thing to do at Shopify so that it says what our works say?
 *
 * In: where the works are, what Shopify has now, what its answers taught in this run. Out: one mutation, or that all is
 * done, or why a person has to act. Ids change with every move and split, so nothing is planned ahead: after each step
 * Shopify is read and asked about anew (decision record 0089). Rules (platform decision 17): only shipping fulfillment orders
 * that nobody requested are moved; pickups are only prepared and handed over at their own store; a hold that is not ours is
 * never touched; move, then release, then progress; progress is taken back before a move. Pure.
 */
import type { Desired, DesiredWork, Shipment } from './desired.ts';
import { isActive, type Observed, type ObservedPart, type PartUnits } from './observed.ts';
import { partStep, preparedStep } from './part-steps.ts';
import { shareOut } from './shares.ts';
import { type MatchedShipments, matchShipments } from './shipments.ts';
import { isCourtesy, type Learned, type Next, type Step, type Stuck, stepKey } from './step.ts';
import { carrierStep, trackingStep } from './tracking-steps.ts';
import { addUnits, compare, type Move, movesOf, placeOf, type UnitsByPlace } from './units.ts';

/** The facts of one turn. */
type Turn = {
  readonly parts: readonly ObservedPart[];
  readonly works: readonly DesiredWork[];
  readonly unsent: readonly Shipment[];
  readonly matched: MatchedShipments['matched'];
  readonly learned: Learned;
  /** Why something that is wanted cannot be done; the first is told when nothing else is left to do. */
  readonly blocked: Stuck[];
};

/** Decides. `look` when it has to know what has left and was not told. */
export function nextStep(desired: Desired, observed: Observed, learned: Learned): Next {
  const parts = observed.parts.filter(isActive).toSorted((a, b) => compare(a.id, b.id));
  const missing = (unsent: readonly Shipment[]) => missingUnits(desired, parts, unsent);
  const isShort = [...missing(desired.shipments).values()].some((units) => units > 0);
  if (observed.fulfillments === undefined && (desired.shipments.length > 0 || isShort)) {
    return { kind: 'look' };
  }
  const { unsent, matched, canceled } = matchShipments(
    desired.shipments,
    observed.fulfillments ?? [],
    missing,
  );
  const blocked: Stuck[] = canceled.map(({ shipmentId, workId }) => ({
    reason: 'fulfillment_canceled',
    facts: { shipmentId, workId },
  }));
  const turn: Turn = { parts, works: desired.works, unsent, matched, learned, blocked };
  const step = firstStep(turn);
  if (step !== undefined) return { kind: 'step', step };
  for (const units of missing(unsent).values()) {
    if (units > 0) blocked.push({ reason: 'units_missing', facts: { units } });
  }
  const [stuck] = blocked;
  return stuck === undefined ? { kind: 'done' } : { kind: 'stuck', stuck };
}

/** Units by line that works have and Shopify has not open any more; none below zero. */
export function missingUnits(
  desired: Desired,
  parts: readonly ObservedPart[],
  unsent: readonly Shipment[],
): Map<string, number> {
  const missing = new Map<string, number>();
  for (const { lines } of [...desired.works, ...unsent]) {
    for (const { lineId, quantity } of lines) {
      missing.set(lineId, (missing.get(lineId) ?? 0) + quantity);
    }
  }
  for (const { lines } of parts.filter(isActive)) {
    for (const { lineId, remaining } of lines) {
      const units = missing.get(lineId);
      if (units !== undefined) missing.set(lineId, units - remaining);
    }
  }
  return new Map([...missing].map(([lineId, units]) => [lineId, Math.max(0, units)]));
}

function firstStep(turn: Turn): Step | undefined {
  const pickups = turn.parts.filter(isPickup);
  const shipped = turn.parts.filter((part) => !isPickup(part));
  noteStrangeNodes(turn);
  const fulfill =
    fulfillStep(turn, { kind: 'ship', parts: shipped }) ??
    fulfillStep(turn, { kind: 'pickup', parts: pickups });
  if (fulfill !== undefined) return fulfill;
  notePickupsElsewhere(turn, pickups);
  const move = moveStep(turn, shipped);
  if (move !== undefined) return move;
  const isWanted = (step: Step) => !(isCourtesy(step) && turn.learned.refused.has(stepKey(step)));
  const works = turn.works.filter(({ strangeNode }) => strangeNode === null);
  const ofKind = (kind: 'ship' | 'pickup') => works.filter((work) => work.kind === kind);
  return (
    partStep(shareOut(shipped, withShipments(turn, ofKind('ship'))), isWanted) ??
    preparedStep(shareOut(pickups, ofKind('pickup')), turn.learned.prepared, isWanted) ??
    trackingStep(turn.matched, isWanted) ??
    carrierStep(turn.matched, isWanted)
  );
}

function isPickup({ method }: ObservedPart): boolean {
  return method === 'PICK_UP';
}

// Units that left and are not told yet share a fulfillment order like a work that has begun.
function withShipments(turn: Turn, works: readonly DesiredWork[]): readonly DesiredWork[] {
  const left = turn.unsent
    .filter(({ kind, strangeNode }) => kind === 'ship' && strangeNode === null)
    .map(
      ({ shipmentId, kind, locationId, lines }): DesiredWork => ({
        ...{ workId: shipmentId, kind, locationId, strangeNode: null, lines },
        ...{ hold: null, isBegun: true, isReady: false, deadline: null },
      }),
    );
  return [...works, ...left];
}

function noteStrangeNodes({ works, unsent, blocked }: Turn): void {
  for (const { workId, strangeNode } of [...works, ...unsent]) {
    if (strangeNode === null) continue;
    blocked.push({ reason: 'node_has_no_location', facts: { workId, nodeId: strangeNode } });
  }
}

function notePickupsElsewhere({ works, blocked }: Turn, parts: readonly ObservedPart[]): void {
  const want: UnitsByPlace = new Map();
  for (const { kind, locationId, lines } of works) {
    if (kind === 'pickup' && locationId !== null) addUnits(want, locationId, lines);
  }
  const [move] = movesOf(parts, want, () => 0);
  if (move === undefined) return;
  const facts = { partId: move.part.id, locationId: placeOf(move.part) };
  blocked.push({ reason: 'pickup_elsewhere', facts });
}

type Pool = { readonly kind: 'ship' | 'pickup'; readonly parts: readonly ObservedPart[] };

// What has left is told first: the shopper waits for the tracking number, and nothing else can become wrong by it.
function fulfillStep(turn: Turn, pool: Pool): Step | undefined {
  for (const shipment of turn.unsent) {
    const { kind, locationId, lines, shipmentId, tracking } = shipment;
    if (kind !== pool.kind || locationId === null) continue;
    const there = pool.parts
      .filter((part) => placeOf(part) === locationId && part.status !== 'SCHEDULED')
      .toSorted((a, b) => readiness(a) - readiness(b) || compare(a.id, b.id));
    const free = there.filter((part) => !isForeignHold(part));
    const found = gather(free, lines);
    if (found === undefined) {
      if (gather(there, lines) !== undefined) noteHeld(turn, there, { shipmentId });
      continue;
    }
    const held = found.find(({ part }) => part.holds.length > 0);
    if (held !== undefined) return releaseAll(held.part);
    return {
      ...{ kind: 'fulfill', shipmentId, locationId, units: lines, tracking },
      parts: found.map(({ part, lines: units }) => ({ partId: part.id, lines: units })),
    };
  }
  return undefined;
}

function readiness({ status }: ObservedPart): number {
  return ['IN_PROGRESS', 'OPEN', 'ON_HOLD'].indexOf(status);
}

function noteHeld({ blocked }: Turn, parts: readonly ObservedPart[], about: Stuck['facts']): void {
  const part = parts.find(isForeignHold);
  if (part !== undefined) {
    blocked.push({ reason: 'merchant_hold', facts: { ...about, partId: part.id } });
  }
}

type Gathered = { readonly part: ObservedPart; readonly lines: readonly PartUnits[] };

function gather(
  parts: readonly ObservedPart[],
  wanted: Shipment['lines'],
): readonly Gathered[] | undefined {
  const open = new Map(wanted.map(({ lineId, quantity }) => [lineId, quantity]));
  const found = parts.flatMap((part): Gathered[] => {
    const lines = part.lines.flatMap(({ id, lineId, remaining }) => {
      const quantity = Math.min(remaining, open.get(lineId) ?? 0);
      if (quantity === 0) return [];
      open.set(lineId, (open.get(lineId) ?? 0) - quantity);
      return [{ id, quantity }];
    });
    return lines.length === 0 ? [] : [{ part, lines }];
  });
  return [...open.values()].every((units) => units === 0) ? found : undefined;
}

// Ids are always passed: without them Shopify releases the merchant's holds too.
function releaseAll(part: ObservedPart): Step {
  const holdIds = part.holds.filter(({ isOurs }) => isOurs).map(({ id }) => id);
  return { kind: 'release', partId: part.id, holdIds };
}

/** Somebody else than Kept holds it. */
export function isForeignHold({ status, holds }: ObservedPart): boolean {
  return holds.some(({ isOurs }) => !isOurs) || (status === 'ON_HOLD' && holds.length === 0);
}

function moveStep(turn: Turn, parts: readonly ObservedPart[]): Step | undefined {
  const want: UnitsByPlace = new Map();
  for (const { kind, locationId, lines } of [...turn.works, ...turn.unsent]) {
    if (kind === 'ship' && locationId !== null) addUnits(want, locationId, lines);
  }
  const moves = movesOf(parts, want, moveRank);
  for (const move of moves) {
    const why = whyNotMoved(move.part);
    if (why === undefined) return towards(move, turn.learned);
    turn.blocked.push({
      reason: why,
      facts: { partId: move.part.id, from: placeOf(move.part), to: move.to },
    });
  }
  return undefined;
}

// First what is open, then what is held by us, then what has progress to be taken back.
function moveRank(part: ObservedPart): number {
  if (whyNotMoved(part) !== undefined) return 3;
  return ['OPEN', 'ON_HOLD', 'IN_PROGRESS'].indexOf(part.status);
}

function whyNotMoved(part: ObservedPart): Stuck['reason'] | undefined {
  if (part.method !== 'SHIPPING') return 'not_shipping';
  if (part.requestStatus !== 'UNSUBMITTED') return 'with_fulfillment_service';
  if (isForeignHold(part)) return 'merchant_hold';
  if (part.status === 'SCHEDULED') return 'scheduled';
  const canMove = part.actions.includes('MOVE');
  if (part.status === 'IN_PROGRESS') {
    return canMove || part.actions.includes('MARK_AS_OPEN') ? undefined : 'progress_reported';
  }
  const canRelease = part.holds.length > 0 && part.actions.includes('RELEASE_HOLD');
  return canMove || canRelease ? undefined : 'move_not_supported';
}

// The way to a move: progress is taken back, a hold that forbids moving released, the item stocked there.
function towards({ part, to, lines, isWhole }: Move, learned: Learned): Step {
  if (!part.actions.includes('MOVE')) {
    // What was shipped in part is in progress by itself and may be moved; what was reported is taken back first.
    if (part.status === 'IN_PROGRESS') return { kind: 'open', partId: part.id };
    return releaseAll(part);
  }
  const items = part.lines.filter(({ id }) => lines.some((line) => line.id === id));
  const lacking = learned.unstocked.find(
    ({ locationId, itemId }) => locationId === to && items.some((one) => one.itemId === itemId),
  );
  if (lacking !== undefined) return { kind: 'activate', ...lacking };
  const move = { kind: 'move', partId: part.id, locationId: to } as const;
  return isWhole ? move : { ...move, lines };
}
