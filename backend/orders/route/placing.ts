/**
 * Which works come of a decision, and what is written of them?
 *
 * In: an order's works as they should be (settle.ts), the decision about what is to be placed, and where each parcel goes
 * (its node, or its fallback while stores compete). Out: every row to write, and where units must be allocated afterwards.
 * A work that waited or came back becomes the parcel with which it shares most: its number and its story go on.
 * Invariants: a decision that changes nothing writes nothing; event ids are made of works and versions. Pure.
 */
import { instantOf, NEVER } from '../../base/time.ts';
import type { PlannedParcel, RouteDecision } from '../../routing/decision.ts';
import type { OfferPlan, Placement } from '../offers/waves.ts';
import type { Actor, OrderEvent } from '../timeline/timeline.ts';
import { isOpen, type WorkKind } from '../works/lifecycle.ts';
import type { NewWork, Work, WorkChange, WorkLine } from '../works/store.ts';
import type { NodePlan, RouteCause } from './route.ts';
import { type Draft, isOrderHold, type Settled } from './settle.ts';

/** What is known of the order when works are written. */
export type PlacingFacts = {
  readonly orderId: string;
  readonly kind: WorkKind;
  readonly holdReason: string | null;
  readonly promise: { readonly end: string; readonly on: string } | undefined;
  readonly cause: RouteCause;
  /** ISO instant. */
  readonly at: string;
  /** When an unplaced work of now is given up. */
  readonly expiresAt: string;
  /** Works the order has had. */
  readonly worksMade: number;
  readonly decisionId: string;
  readonly lateDays: number;
};

/** What is to be placed came to this. */
export type Placed = {
  readonly parcels: readonly { readonly parcel: PlannedParcel; readonly placement: Placement }[];
  readonly unplaced: RouteDecision['unplaced'] | readonly UnplacedUnits[];
};

type UnplacedUnits = {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly reason: string;
};

/** A work that is written anew or changed; `lines` undefined: they stay. */
export type WorkWrite =
  | { readonly kind: 'new'; readonly work: NewWork }
  | {
      readonly kind: 'change';
      readonly work: Work;
      readonly change: WorkChange;
      readonly lines: readonly WorkLine[] | undefined;
    };

export type Writes = {
  readonly works: readonly WorkWrite[];
  readonly events: readonly OrderEvent[];
  /** Works that stores compete for. */
  readonly opened: readonly {
    readonly workId: string;
    readonly parcel: PlannedParcel;
    readonly plan: OfferPlan;
  }[];
  /** Works whose offers end, as they were. */
  readonly withdrawn: readonly {
    readonly work: Work;
    readonly why: RouteCause | 'canceled' | 'held';
  }[];
  /** True when the decision placed something, or could not place what was placed or new before. */
  readonly isDecided: boolean;
};

const ROUTING: Actor = { kind: 'system', id: 'routing' };
const SHOPIFY: Actor = { kind: 'shopify', id: '' };

/** Its units are to be placed. Who gave up waiting is placed again only when an agent says so. */
export function isToPlace({ work, returned }: Draft, cause: RouteCause): boolean {
  if (returned !== undefined) return true;
  return work.state === 'unplaced' && (work.expiresAt !== null || cause === 'agent');
}

/** Everything to write. */
export function planWrites(settled: Settled, placed: Placed, facts: PlacingFacts): Writes {
  const writing = openWriting(facts, settled);
  for (const draft of settled.drafts) if (!isToPlace(draft, facts.cause)) keep(writing, draft);
  writeGone(writing, settled);
  const holders = settled.drafts.filter((draft) => isToPlace(draft, facts.cause));
  const left = new Set(holders);
  for (const one of placed.parcels) placeTarget(writing, one, holderOf(left, one.parcel.lines));
  for (const [reason, lines] of Map.groupBy(placed.unplaced, (row) => row.reason)) {
    leaveUnplaced(writing, { reason, lines }, holderOf(left, lines));
  }
  for (const draft of left) cancelWork(writing, draft);
  return writing;
}

type Writing = {
  readonly facts: PlacingFacts;
  /** Units by work. */
  readonly canceled: ReadonlyMap<string, number>;
  readonly works: WorkWrite[];
  readonly events: OrderEvent[];
  readonly opened: Writes['opened'][number][];
  readonly withdrawn: Writes['withdrawn'][number][];
  made: number;
  isDecided: boolean;
};

function openWriting(facts: PlacingFacts, { canceled }: Settled): Writing {
  const lists = { works: [], events: [], opened: [], withdrawn: [] };
  const units = new Map<string, number>();
  for (const { workId, quantity } of canceled) {
    units.set(workId, (units.get(workId) ?? 0) + quantity);
  }
  return { facts, canceled: units, ...lists, made: facts.worksMade, isDecided: false };
}

function nextWorkId(writing: Writing): string {
  writing.made += 1;
  return `${writing.facts.orderId}-${writing.made}`;
}

type Lines = readonly {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
}[];

/** The waiting work that shares most units with these lines, and is then used up. */
function holderOf(left: Set<Draft>, lines: Lines): Draft | undefined {
  const shared = (draft: Draft) =>
    lines.reduce(
      (sum, { lineId, quantity }) => sum + Math.min(quantity, draft.units.get(lineId) ?? 0),
      0,
    );
  let best: { draft: Draft; units: number } | undefined;
  for (const draft of left) {
    const units = shared(draft);
    if (units > (best?.units ?? 0)) best = { draft, units };
  }
  if (best !== undefined) left.delete(best.draft);
  return best?.draft;
}

/** Work ids, versions and kinds make an event's id: told twice, it is one. */
function tell(
  { facts, events }: Writing,
  event: Pick<OrderEvent, 'kind' | 'facts'> & {
    readonly work: Pick<Work, 'workId'> & { readonly version?: number };
    readonly nodeId?: string | null;
    readonly actor?: Actor;
  },
): void {
  const { work, nodeId, kind, actor = ROUTING, facts: said = {} } = event;
  events.push({
    ...{ orderId: facts.orderId, at: facts.at, kind, actor, workId: work.workId, facts: said },
    eventId: `${kind}:${work.workId}:${work.version ?? 0}`,
    ...(nodeId === null || nodeId === undefined ? {} : { nodeId }),
  });
}

/** A work that stays: fewer units, or none, or the order's hold. */
function keep(writing: Writing, draft: Draft): void {
  const { work, units } = draft;
  if (!isOpen(work.state)) {
    const lines = changedLines(draft);
    if (lines !== undefined) writing.works.push({ kind: 'change', work, change: {}, lines });
    return;
  }
  if (units.size === 0) {
    // Who left by another's hand is written as gone.
    return;
  }
  const lines = changedLines(draft);
  const change = { ...promiseChanged(writing.facts, work), ...holdChange(writing, work) };
  if (lines === undefined && Object.keys(change).length === 0) return;
  writing.works.push({ kind: 'change', work, change, lines });
  tellCanceled(writing, work);
}

/** Units that nobody wants any more; those that went into another work are told of there. */
function tellCanceled(writing: Writing, work: Work): void {
  const units = writing.canceled.get(work.workId) ?? 0;
  if (units > 0) tell(writing, { kind: 'canceled', work, nodeId: work.nodeId, facts: { units } });
}

/** The promise may be known, or another, only after the order was routed. */
function promiseChanged({ promise }: PlacingFacts, work: Work): WorkChange {
  const isSame = promise === undefined || promise.end === work.promisedEnd;
  return isSame ? {} : { promisedOn: promise.on, promisedEnd: promise.end };
}

function holdChange({ facts, withdrawn }: Writing, work: Work): WorkChange | undefined {
  const { holdReason } = facts;
  if (work.holdReason === holdReason) return undefined;
  if (work.holdReason !== null && !isOrderHold(work.holdReason)) return undefined;
  if (holdReason === null || work.negotiation !== 'offered') return { holdReason };
  withdrawn.push({ work, why: 'held' });
  return { holdReason, negotiation: 'none' };
}

function changedLines({ work, units }: Draft): readonly WorkLine[] | undefined {
  const isSame =
    units.size === work.lines.length &&
    work.lines.every(({ lineId, quantity }) => units.get(lineId) === quantity);
  if (isSame) return undefined;
  return work.lines.flatMap((line) => {
    const quantity = units.get(line.lineId) ?? 0;
    return quantity > 0 ? [{ ...line, quantity, picked: Math.min(line.picked, quantity) }] : [];
  });
}

/** A work with nothing left to do. */
function cancelWork(writing: Writing, { work }: Draft): void {
  const change: WorkChange = { state: 'canceled', negotiation: 'none', expiresAt: null };
  writing.works.push({ kind: 'change', work, change, lines: undefined });
  if (work.negotiation === 'offered') writing.withdrawn.push({ work, why: 'canceled' });
  tellCanceled(writing, work);
}

function sumLines(lines: readonly { readonly quantity: number }[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** Units that left by another's hand become works that have left; works that lost everything are over. */
function writeGone(writing: Writing, { drafts, gone, lines }: Settled): void {
  const emptied = new Set(
    drafts.filter(
      (draft) =>
        isOpen(draft.work.state) &&
        draft.units.size === 0 &&
        !isToPlace(draft, writing.facts.cause),
    ),
  );
  const state = writing.facts.kind === 'pickup' ? 'handed_over' : 'shipped';
  const kind = writing.facts.kind === 'pickup' ? ('handed_over' as const) : ('shipped' as const);
  const { at, orderId } = writing.facts;
  for (const [nodeId, rows] of Map.groupBy(gone, (row) => row.nodeId)) {
    const same = [...emptied].find(({ work }) => work.nodeId === nodeId && hasLines(work, rows));
    const left = { state, nodeId, leftAt: at, unplacedReason: null, holdReason: null } as const;
    const told = { kind, nodeId, actor: SHOPIFY, facts: { units: sumLines(rows) } };
    if (same !== undefined) {
      emptied.delete(same);
      if (same.work.negotiation === 'offered') {
        writing.withdrawn.push({ work: same.work, why: writing.facts.cause });
      }
      const negotiation = same.work.negotiation === 'offered' ? 'none' : same.work.negotiation;
      const change = { ...left, negotiation };
      writing.works.push({ kind: 'change', work: same.work, change, lines: undefined });
      tell(writing, { ...told, work: same.work });
      continue;
    }
    const workId = nextWorkId(writing);
    const sold = rows.map(({ lineId, quantity }) => ({
      ...{ lineId, quantity, sku: lines.get(lineId) ?? lineId },
    }));
    const work: NewWork = {
      ...{ workId, orderId, kind: writing.facts.kind, createdAt: at, placedAt: at },
      ...{ ...left, lines: sold },
    };
    writing.works.push({ kind: 'new', work });
    tell(writing, { ...told, work });
  }
  for (const draft of emptied) cancelWork(writing, draft);
}

function hasLines(work: Work, rows: readonly { lineId: string; quantity: number }[]): boolean {
  return (
    work.lines.length === rows.length &&
    rows.every((row) =>
      work.lines.some((line) => line.lineId === row.lineId && line.quantity === row.quantity),
    )
  );
}

/** A parcel becomes a work at its node, or at its fallback while stores compete. */
function placeTarget(
  writing: Writing,
  { parcel, placement }: Placed['parcels'][number],
  holder: Draft | undefined,
): void {
  const { facts } = writing;
  const { at: place } = placement;
  const isOffered = placement.mode === 'compete' && facts.holdReason === null;
  const isGiven = placement.mode === 'direct' && facts.holdReason === null;
  const change: WorkChange = {
    ...{ state: 'placed', nodeId: place.nodeId, placedAt: facts.at },
    // What competes is put on offer by the offers module, in the same transaction.
    negotiation: isGiven ? 'assigned' : 'none',
    ...planChange(place),
    ...{ unplacedReason: null, expiresAt: null, allowedLateDays: facts.lateDays },
    ...promiseChange(facts),
    holdReason: facts.holdReason,
    ...NOT_BEGUN,
  };
  const before = holder?.work.nodeId ?? null;
  const workId = writeTarget(writing, { change, lines: parcel.lines }, holder);
  writing.isDecided = true;
  if (isOffered) writing.opened.push({ workId, parcel, plan: placement.plan });
  const version = (holder?.work.version ?? 0) + 1;
  const said = { decisionId: facts.decisionId, units: sumLines(parcel.lines), cause: facts.cause };
  if (before === null || before === place.nodeId) {
    tell(writing, { kind: 'routed', work: { workId, version }, nodeId: place.nodeId, facts: said });
  } else {
    const from = { ...said, from: before };
    tell(writing, { kind: 'moved', work: { workId, version }, nodeId: place.nodeId, facts: from });
  }
}

/** Nobody has touched it yet. */
export const NOT_BEGUN = {
  ...{ claimedAt: null, claimedBy: null, startedAt: null, packedAt: null, readyAt: null },
  ...{ leftAt: null, deliveredAt: null },
} as const satisfies WorkChange;

/** What a node's plan says of a work. */
export function planChange(plan: NodePlan): WorkChange {
  return {
    serviceCode: plan.serviceCode,
    plannedEnd: minuteText(plan.endMinute),
    plannedDeparture: minuteText(plan.departureMinute),
    startBy: minuteText(plan.startByMinute),
    costMinor: plan.costMinor,
  };
}

function minuteText(minute: number): string | null {
  if (!Number.isFinite(minute) || minute >= NEVER || minute <= 0) return null;
  return instantOf(minute);
}

function promiseChange({ promise }: PlacingFacts): WorkChange {
  return { promisedOn: promise?.on ?? null, promisedEnd: promise?.end ?? null };
}

/** Units that nobody can send now wait, with the reason and until when. */
function leaveUnplaced(
  writing: Writing,
  { reason, lines }: { readonly reason: string; readonly lines: Lines },
  holder: Draft | undefined,
): void {
  const { facts } = writing;
  const waiting = holder?.work;
  const isSame =
    waiting?.state === 'unplaced' &&
    waiting.unplacedReason === reason &&
    hasLines(waiting, [...lines]) &&
    waiting.holdReason === facts.holdReason;
  if (isSame) return;
  const change: WorkChange = {
    ...{ state: 'unplaced', nodeId: null, negotiation: 'none', unplacedReason: reason },
    expiresAt: waiting?.expiresAt ?? facts.expiresAt,
    ...{ plannedEnd: null, plannedDeparture: null, startBy: null, costMinor: 0 },
    ...promiseChange(facts),
    holdReason: facts.holdReason,
    ...NOT_BEGUN,
  };
  const workId = writeTarget(writing, { change, lines }, holder);
  writing.isDecided = true;
  const version = (waiting?.version ?? 0) + 1;
  const said = { decisionId: facts.decisionId, reason, units: sumLines(lines) };
  tell(writing, { kind: 'unplaced', work: { workId, version }, facts: said });
}

function writeTarget(
  writing: Writing,
  { change, lines }: { readonly change: WorkChange; readonly lines: Lines },
  holder: Draft | undefined,
): string {
  const { facts, works, withdrawn } = writing;
  if (holder === undefined) {
    const workId = nextWorkId(writing);
    const { orderId, kind, at } = facts;
    const state = change.state ?? 'unplaced';
    works.push({
      kind: 'new',
      work: { ...change, workId, orderId, kind, state, createdAt: at, lines },
    });
    return workId;
  }
  const { work } = holder;
  if (work.negotiation === 'offered') withdrawn.push({ work, why: facts.cause });
  works.push({
    kind: 'change',
    work,
    change,
    lines: lines.map((line) => ({ ...line, picked: 0 })),
  });
  return work.workId;
}
