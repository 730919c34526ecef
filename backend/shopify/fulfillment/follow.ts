/**
 * Brings Shopify's fulfillment orders to where the works of an order are, whatever happens on the way.
 *
 * One run: read, decide the next step (next-step.ts), write it down, send it, read again. State decides, never a plan: a run
 * that was cut off anywhere is simply begun again, and a reply that was lost is answered by reading. What people did in
 * Shopify's admin becomes ours first (by-hand.ts). A run ends as done, or as stuck with a reason for a person.
 * Invariants: one run an order at a time; a step is in the database before it leaves; a refusal is tried once more after
 * reading and then told; at most `MOST_STEPS` mutations a run. Decision records 0089 and 0090.
 */
import type { ShopId } from '../../base/ids.ts';
import { withShop } from '../../platform/database.ts';
import { adoptMove } from './adopt.ts';
import { movedByHand } from './by-hand.ts';
import { type Ending, finish } from './finish.ts';
import {
  type FollowedOrder,
  type FollowRow,
  findStuck,
  findUnfollowed,
  loadFollowed,
  markPending,
  readSteps,
} from './follow-store.ts';
import { nextStep } from './next-step.ts';
import type { Observed } from './observed.ts';
import { predicted } from './predicted.ts';
import { type FollowDependencies, type FollowOutcome, type Look, lookAt, type Run } from './run.ts';
import { NOTHING_LEARNED, type Stuck } from './step.ts';
import { takeStep } from './take-step.ts';

/** How far Shopify is, for the order's page. */
export type FollowView =
  | { readonly state: 'none' }
  | {
      /** `pending`: Shopify has not confirmed yet. */
      readonly state: 'pending' | 'done' | 'stuck';
      readonly since: string;
      readonly stuck: Stuck | undefined;
      readonly steps: Awaited<ReturnType<typeof readSteps>>;
    };

// An order of 10 works takes 30; more means that somebody undoes what we do.
const MOST_STEPS = 60;
const SWEEP_LIMIT = 200;
const SWEEP_AFTER_SECONDS = 60;
const STUCK_AGAIN_SECONDS = 1_800;
const STEPS_SHOWN = 20;
/** Builds it. */
export function createFulfillmentFollower(deps: FollowDependencies) {
  return {
    /** Follows one order of Shopify to the end, or as far as it goes. Repeatable. */
    followOrder: async (shopId: ShopId, orderId: string): Promise<FollowOutcome> => {
      // Orders of other systems have no fulfillment order.
      if (!/^\d{1,20}$/.test(orderId)) return { kind: 'none' };
      const key = `follow ${shopId} ${orderId}`;
      const outcome = await deps.locks.run(key, () => runOrder(deps, shopId, orderId));
      // Another process has it, or Shopify has not made its fulfillment orders yet: in a moment.
      if (outcome === 'busy' || outcome.kind === 'unrouted') await deps.again(shopId, orderId);
      return outcome === 'busy' ? { kind: 'busy' } : outcome;
    },

    /** How far it is. */
    readFollow: (shopId: ShopId, orderId: string): Promise<FollowView> =>
      withShop(deps.db, shopId, async (trx) => {
        const { row, works, version } = await loadFollowed(trx, shopId, orderId);
        if (row === undefined) {
          const isFollowed = works.length > 0 && /^\d+$/.test(orderId);
          const since = works[0]?.createdAt ?? '';
          return isFollowed
            ? { state: 'pending', since, stuck: undefined, steps: [] }
            : { state: 'none' };
        }
        const steps = await readSteps(trx, shopId, { orderId, limit: STEPS_SHOWN });
        const state = row.seenVersion === version ? row.state : 'pending';
        return { state, since: row.since, stuck: stuckOf(row), steps };
      }),

    /** Orders that wait for a person. */
    readStuck: (shopId: ShopId, limit: number) =>
      withShop(deps.db, shopId, (trx) => findStuck(trx, shopId, limit)),

    /**
     * Orders that should be followed now: cut off, forgotten, or stuck a while ago. `isStarting`: whatever was begun, because
     * this process has just started and the lock says who really runs.
     */
    findUnfollowed: (shopId: ShopId, isStarting = false): Promise<readonly string[]> => {
      const asked = {
        before: before(deps, isStarting ? 0 : SWEEP_AFTER_SECONDS),
        stuckBefore: before(deps, STUCK_AGAIN_SECONDS),
        limit: SWEEP_LIMIT,
      };
      return withShop(deps.db, shopId, (trx) => findUnfollowed(trx, shopId, asked));
    },
  };
}

/** What `createFulfillmentFollower` returns. */
export type FulfillmentFollower = ReturnType<typeof createFulfillmentFollower>;

function stuckOf({ reason, facts }: FollowRow): Stuck | undefined {
  return reason === null ? undefined : { reason: reason as Stuck['reason'], facts };
}

async function runOrder(
  deps: FollowDependencies,
  shopId: ShopId,
  orderId: string,
): Promise<FollowOutcome> {
  const at = deps.clock.now().toString();
  const first = await withShop(deps.db, shopId, async (trx) => {
    const order = await loadFollowed(trx, shopId, orderId);
    if (order.works.length > 0) await markPending(trx, shopId, { orderId, at });
    return order;
  });
  if (first.works.length === 0) return { kind: 'none' };
  deps.onStep('follow.marked');
  const run: Run = {
    ...{ shopId, orderId, learned: NOTHING_LEARNED, refusedKey: undefined, steps: 0, unclear: 0 },
    places: await deps.placesOf(shopId),
    settings: await deps.settingsOf(shopId),
  };
  let seen: Seen = { loaded: first, known: undefined };
  while (run.steps < MOST_STEPS) {
    const turn = await takeTurn(deps, run, { first, ...seen });
    if (turn === 'unrouted') {
      const since = first.row?.state === 'pending' ? first.row.since : at;
      const isNew = Temporal.Instant.compare(since, before(deps, SWEEP_AFTER_SECONDS)) > 0;
      // After a while the look by the minute is enough.
      return { kind: isNew ? 'unrouted' : 'none' };
    }
    if ('ending' in turn) return await finish(deps, run, turn.ending);
    seen = { loaded: undefined, known: turn.known };
  }
  const stuck = { reason: 'too_many_steps', facts: { steps: run.steps } } as const;
  return await finish(deps, run, { order: first, stuck });
}

function before({ clock }: FollowDependencies, seconds: number): string {
  return clock.now().subtract({ seconds }).toString();
}

/** What need not be read again: our side as it was loaded just now, Shopify's as it was confirmed. */
type Seen = { readonly loaded: FollowedOrder | undefined; readonly known: Observed | undefined };

// One look and at most one step; the end, or what need not be read again.
async function takeTurn(
  deps: FollowDependencies,
  run: Run,
  begun: Seen & { readonly first: FollowedOrder },
): Promise<'unrouted' | { readonly ending: Ending } | { readonly known: Observed | undefined }> {
  const look = await lookAt(deps, run, begun);
  if (look === 'unrouted') return look;
  if (look === 'gone') return { ending: { order: begun.first, stuck: undefined } };
  if ('reason' in look) return { ending: { order: begun.first, stuck: look } };
  const adopted = await adoptByHand(deps, run, look);
  if (adopted === 'moved') return { known: undefined };
  if (adopted !== undefined) return { ending: { ...look, stuck: adopted } };
  const next = nextStep(look.desired, look.observed, run.learned);
  if (next.kind === 'look') throw new Error(`Bug: ${run.orderId} is decided without what left`);
  if (next.kind === 'done') return { ending: { ...look, stuck: lateOf(look.order) } };
  if (next.kind === 'stuck') return { ending: { ...look, stuck: next.stuck } };
  const came = await takeStep(deps, run, { look, step: next.step });
  if (typeof came === 'object') return { ending: { ...look, stuck: came } };
  return { known: came === 'done' ? predicted(look.observed, next.step) : undefined };
}

// All that can be told is told; what was canceled when it had left is a person's to end.
function lateOf({ late }: FollowedOrder): Stuck | undefined {
  const open = late.find(({ isOpen }) => isOpen);
  if (open === undefined) return undefined;
  const units = open.lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return { reason: 'left_though_canceled', facts: { workId: open.workId, units } };
}

async function adoptByHand(
  deps: FollowDependencies,
  run: Run,
  { order, desired, observed }: Look,
): Promise<'moved' | Stuck | undefined> {
  const settled = order.row?.settled;
  if (settled === null || settled === undefined) return undefined;
  const moved = movedByHand(desired, observed.parts, settled);
  if (moved === undefined) return undefined;
  const { workId } = moved.work;
  if (moved.kind === 'part') return { reason: 'moved_in_part', facts: { workId } };
  const nodeId = run.places.nodeOf(moved.to);
  const facts = { workId, locationId: moved.to };
  if (nodeId === undefined) return { reason: 'moved_where_it_cannot_be_done', facts };
  const { shopId, orderId } = run;
  const refusal = await adoptMove(deps, { shopId, orderId, workId, nodeId, to: moved.to });
  if (refusal === undefined) return 'moved';
  return { reason: 'moved_where_it_cannot_be_done', facts: { ...facts, code: refusal } };
}
