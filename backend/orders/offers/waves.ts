/**
 * Which stores are asked for a parcel, when, and until when?
 *
 * Stores that compete are asked in waves, best first, so many at once. A store is asked only while it is open and has the
 * time-out in opening minutes; whoever has not answered by then has refused. When nobody of a wave is left, the next is
 * opened. Whatever wave is running, the work goes to its fallback node while work begun there still keeps the promise.
 * Invariants: nobody is asked twice, nobody after the latest start that keeps the promise at his own place; a parcel that
 * is best sent by a place that need not be asked is not offered. Pure; minutes are epoch minutes.
 */
import { NEVER } from '../../base/time.ts';
import { afterOpenMinutes, firstOpenMinute } from '../../network/ready.ts';
import type { Snapshot } from '../../network/snapshot.ts';
import type { PlannedParcel } from '../../routing/decision.ts';
import type { OfferSettings } from '../../routing/settings.ts';
import type { NodePlan } from '../route/route.ts';

/** A place that could send the parcel, and what it would be held to. */
export type OfferCandidate = NodePlan & { readonly nodeId: string };

/** Whom a work is offered to. Stored with the work: settings that change later change other works. */
export type OfferPlan = {
  /** Best first. */
  readonly candidates: readonly OfferCandidate[];
  readonly perWave: number;
  readonly waves: number;
  readonly timeOutMinutes: number;
  readonly autoClaimNodes: readonly string[];
  readonly onlyWhenOpen: boolean;
  readonly fallbackAtMinute: number;
};

/** Where a parcel is placed, and whether stores are asked for it. */
export type Placement =
  | { readonly mode: 'direct'; readonly at: OfferCandidate }
  /** `at` is the fallback: its units are held there until somebody claims. */
  | { readonly mode: 'compete'; readonly at: OfferCandidate; readonly plan: OfferPlan };

/** A fallback is given this long before the latest start: the place has to see it and begin. */
export const FALLBACK_LEAD_MINUTES = 10;
// A time nobody waits for: a promise that is lost, or none. Offers then run through their waves.
const NO_PROMISE_MINUTES = 7 * 1_440;

/**
 * Places a parcel: routing allocates its units at `at`, and when stores compete hands `plan` to `openOffers`.
 * `settings` are those that hold for the order; `excluded`: nodes that refused it or let it time out.
 */
export function placeParcel(
  parcel: PlannedParcel,
  settings: OfferSettings,
  {
    snapshot,
    excluded,
    nowMinute,
  }: {
    readonly snapshot: Snapshot;
    readonly excluded: readonly string[];
    readonly nowMinute: number;
  },
): Placement {
  const competes = (nodeId: string) => {
    const kind = snapshot.nodes[snapshot.nodeIndex.get(nodeId) ?? -1]?.source.kind;
    return kind !== undefined && settings.nodeKinds.includes(kind);
  };
  const { nodeId, serviceCode } = parcel;
  const chosen = { ...planOf(parcel, serviceCode), nodeId };
  // What is collected at a store is work of that store; what a warehouse sends best is not offered.
  if (settings.mode === 'direct' || serviceCode === null || !competes(nodeId)) {
    return { mode: 'direct', at: chosen };
  }
  const others = parcel.alternatives
    .filter((place) => !excluded.includes(place.nodeId))
    .map((place) => ({ ...planOf(place, serviceCode), nodeId: place.nodeId }));
  const places = [chosen, ...others];
  const at = places.find((place) => !competes(place.nodeId)) ?? chosen;
  const candidates = places.filter((place) => competes(place.nodeId));
  const plan = offerPlan(candidates, at, { settings, nowMinute });
  return plan === undefined ? { mode: 'direct', at: chosen } : { mode: 'compete', at, plan };
}

function planOf(place: Omit<NodePlan, 'serviceCode'>, serviceCode: string | null): NodePlan {
  const { endMinute, departureMinute, startByMinute, costMinor } = place;
  return { serviceCode, endMinute, departureMinute, startByMinute, costMinor };
}

function offerPlan(
  candidates: readonly OfferCandidate[],
  fallback: OfferCandidate,
  { settings, nowMinute }: { readonly settings: OfferSettings; readonly nowMinute: number },
): OfferPlan | undefined {
  const latest = Math.min(fallback.startByMinute, nowMinute + NO_PROMISE_MINUTES);
  const fallbackAtMinute = latest - FALLBACK_LEAD_MINUTES;
  if (fallbackAtMinute <= nowMinute) return undefined;
  return {
    candidates,
    perWave: settings.candidates,
    waves: settings.waves,
    timeOutMinutes: settings.timeOutMinutes,
    autoClaimNodes: settings.autoClaimNodes,
    onlyWhenOpen: settings.activeHours === 'opening_hours',
    fallbackAtMinute,
  };
}

/** One store asked; it may answer before `expiresMinute`. */
export type Asked = { readonly candidate: OfferCandidate; readonly expiresMinute: number };

/** What is to be done for a work whose stores have all answered or been silent too long. */
export type Turn =
  | { readonly kind: 'ask'; readonly asked: readonly Asked[] }
  /** This store takes it without a person. */
  | { readonly kind: 'take'; readonly candidate: OfferCandidate }
  /** Nobody is open; the first is at `minute`. */
  | { readonly kind: 'wait'; readonly minute: number }
  | { readonly kind: 'fall_back' };

/** Where a negotiation stands. */
export type Standing = {
  readonly plan: OfferPlan;
  readonly wavesOpened: number;
  /** Asked before, or not to be asked. */
  readonly out: ReadonlySet<string>;
};

/** The next turn at `nowMinute`, when no offer of the work is open. */
export function nextTurn(
  snapshot: Snapshot,
  { plan, wavesOpened, out }: Standing,
  nowMinute: number,
): Turn {
  if (nowMinute >= plan.fallbackAtMinute || wavesOpened >= plan.waves) return { kind: 'fall_back' };
  const left = plan.candidates.filter(
    ({ nodeId, startByMinute }) => !out.has(nodeId) && startByMinute > nowMinute,
  );
  const opening = (candidate: OfferCandidate) =>
    plan.onlyWhenOpen ? opensAt(snapshot, candidate.nodeId, nowMinute) : nowMinute;
  const asked = left
    .filter((candidate) => opening(candidate) === nowMinute)
    .slice(0, plan.perWave)
    .map((candidate) => ({
      candidate,
      expiresMinute: expiryOf(snapshot, plan, { candidate, nowMinute }),
    }));
  const taker = asked.find(({ candidate }) => plan.autoClaimNodes.includes(candidate.nodeId));
  if (taker !== undefined) return { kind: 'take', candidate: taker.candidate };
  if (asked.length > 0) return { kind: 'ask', asked };
  const minute = left
    .filter((candidate) => opening(candidate) < candidate.startByMinute)
    .reduce((first, candidate) => Math.min(first, opening(candidate)), NEVER);
  return minute < plan.fallbackAtMinute ? { kind: 'wait', minute } : { kind: 'fall_back' };
}

function opensAt(snapshot: Snapshot, nodeId: string, minute: number): number {
  const node = snapshot.nodes[snapshot.nodeIndex.get(nodeId) ?? -1];
  return node === undefined ? NEVER : firstOpenMinute(node.calendar.minutes, minute);
}

// Begun at the next whole minute, so that nobody has less than the time-out.
function expiryOf(
  snapshot: Snapshot,
  plan: OfferPlan,
  { candidate, nowMinute }: { readonly candidate: OfferCandidate; readonly nowMinute: number },
): number {
  const node = snapshot.nodes[snapshot.nodeIndex.get(candidate.nodeId) ?? -1];
  const from = nowMinute + 1;
  const ends =
    plan.onlyWhenOpen && node !== undefined
      ? afterOpenMinutes(node.calendar.minutes, from, plan.timeOutMinutes)
      : from + plan.timeOutMinutes;
  return Math.min(ends, candidate.startByMinute, plan.fallbackAtMinute);
}
