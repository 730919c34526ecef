/**
 * How is an agent's action done, once, and followed until it holds outside as well?
 *
 * Moves and holds are done in one transaction with their record; Shopify follows the works. A new address and canceled
 * units are Shopify's (or the sending system's) to confirm: the action is stored, done there by a job that states what
 * shall hold, and ended by its answer. Invariants: an id acts once; a refused action changes nothing; an ended one is
 * never performed again.
 */
import type { Kysely, Transaction } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import type { Result } from '../../../base/result.ts';
import type { Clock } from '../../../platform/clock.ts';
import { withShop } from '../../../platform/database.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import { fulfillmentFollowJob, orderRouteJob } from '../../jobs.ts';
import { waiveHold } from '../../record/store.ts';
import type { MovedWork } from '../../route/route.ts';
import type { RouteService } from '../../route/service.ts';
import { appendEvents } from '../../timeline/store.ts';
import type { Actor } from '../../timeline/timeline.ts';
import { isUnbegun } from '../../works/lifecycle.ts';
import { changeWork, lockWorks, readWorks, type Work } from '../../works/store.ts';
import { type Aftercare, type ExtendPickup, lookAfter } from '../aftercare/service.ts';
import {
  type Action,
  type ActionRefusal,
  type ActionState,
  type Address,
  checkAction,
} from '../care.ts';
import {
  type ActionRow,
  endAction,
  type Ground,
  insertAction,
  pendingActions,
  readActions,
  readGround,
  setHold,
  tryAction,
} from '../store.ts';

/** The job that performs a stored action. */
export const ORDER_ACTION_JOB = 'order_action';

/** Who confirms an action: Shopify, or our own record for orders of other systems. Each states what shall hold. */
export type Outside = {
  changeAddress(shopId: ShopId, order: OrderNamed, address: Address): Promise<Confirmed>;
  /** Units that shall be left of each line. */
  leaveUnits(
    shopId: ShopId,
    order: OrderNamed,
    lines: readonly { readonly lineId: string; readonly left: number }[],
  ): Promise<Confirmed>;
};
type OrderNamed = { readonly orderId: string; readonly source: 'shopify' | 'api' };
type Confirmed = Result<undefined, { readonly code: string; readonly reason: string }>;

/** What actions stand on. */
export type ActsDependencies = {
  readonly extendPickup: ExtendPickup;
  readonly db: Kysely<unknown>;
  readonly clock: Pick<Clock, 'now'>;
  readonly enqueue: (
    trx: Transaction<unknown>,
    job: { readonly name: string; readonly data: object; readonly key: string },
  ) => Promise<void>;
  readonly route: Pick<RouteService, 'relocate' | 'returnWork' | 'announce' | 'previewMove'>;
  readonly withdrawOffers: (
    trx: ShopTransaction,
    shopId: ShopId,
    gone: { readonly work: Work; readonly why: string; readonly at: string },
  ) => Promise<void>;
  readonly outside: Outside;
};

type Asked = {
  readonly actionId: string;
  readonly action: Action;
  readonly actor: string;
  readonly checked: Result<undefined, ActionRefusal>;
};
type Acted = Result<{ readonly state: ActionState }, ActionRefusal>;

// A job that has not come within this time was lost with its process.
const LOST_AFTER_SECONDS = 120;

/** Builds it. */
export function createActs(deps: ActsDependencies) {
  return {
    act: async (shopId: ShopId, before: Ground, asked: Asked): Promise<Acted> => {
      const known = await withShop(deps.db, shopId, (trx) =>
        readActions(trx, shopId, before.orderId),
      );
      const same = known.find(({ actionId }) => actionId === asked.actionId);
      if (same !== undefined) return { ok: true, value: { state: same.state } };
      if (!asked.checked.ok) return asked.checked;
      const done = await withShop(deps.db, shopId, async (trx) => {
        const ground = await readGround(trx, shopId, before.orderId, 'lock');
        if (ground === undefined) throw new Error('Bug: an order went while an agent acted on it');
        const checked = checkAction(ground, asked.action);
        if (!checked.ok) return checked;
        return await inTransaction(deps, { trx, shopId, ground, asked });
      });
      if (!done.ok) return done;
      if (done.value.moved !== undefined) await deps.route.announce(shopId, done.value.moved);
      return { ok: true, value: { state: done.value.state } };
    },

    perform: (shopId: ShopId, actionId: string): Promise<void> => perform(deps, shopId, actionId),

    sweep: async (shopId: ShopId): Promise<void> => {
      const before = deps.clock.now().subtract({ seconds: LOST_AFTER_SECONDS }).toString();
      await withShop(deps.db, shopId, async (trx) => {
        for (const row of await pendingActions(trx, shopId, before)) {
          await deps.enqueue(trx, actionJob(shopId, row));
        }
      });
    },
  };
}

function actionJob(shopId: ShopId, { orderId, actionId }: Pick<ActionRow, 'orderId' | 'actionId'>) {
  return {
    name: ORDER_ACTION_JOB,
    data: { shopId, orderId, actionId },
    key: `${shopId} ${actionId}`,
  };
}

type InTransaction = {
  readonly trx: Transaction<unknown>;
  readonly shopId: ShopId;
  readonly ground: Ground;
  readonly asked: Asked;
};
type DoneHere = Result<{ readonly state: ActionState; readonly moved?: MovedWork }, ActionRefusal>;

async function inTransaction(deps: ActsDependencies, at: InTransaction): Promise<DoneHere> {
  switch (at.asked.action.kind) {
    case 'reallocate':
      return await reallocate(deps, at, at.asked.action);
    case 'hold':
      return await hold(deps, at, at.asked.action.reason);
    case 'release':
      return await release(deps, at);
    case 'address':
    case 'cancel':
      return await store(deps, at);
    case 'seen_to':
    case 'extend':
    case 'unlock':
      return await aftercare(deps, at, at.asked.action);
    default:
      return at.asked.action satisfies never;
  }
}

async function reallocate(
  deps: ActsDependencies,
  at: InTransaction,
  action: Extract<Action, { kind: 'reallocate' }>,
): Promise<DoneHere> {
  const { trx, shopId, ground, asked } = at;
  const work = ground.works.find(({ workId }) => workId === action.workId);
  if (work === undefined)
    return { ok: false, refusal: { code: 'work_unknown', workId: action.workId } };
  const now = deps.clock.now().toString();
  const preview = await deps.route.previewMove(shopId, work.workId, action.nodeId);
  const moved = await deps.route.relocate(trx, shopId, {
    ...{ work, nodeId: action.nodeId, negotiation: 'assigned', at: now, cause: 'agent' },
    actor: agent(asked),
    ...(preview?.plan === undefined ? {} : { plan: preview.plan }),
  });
  if (!moved.ok) {
    const { nodeId } = action;
    return { ok: false, refusal: { code: 'move_refused', nodeId, why: moved.refusal.code } };
  }
  // Only now: a refused move leaves the work on offer.
  if (work.negotiation === 'offered') {
    await deps.withdrawOffers(trx, shopId, { work: moved.value.work, why: 'agent', at: now });
  }
  await record(trx, at, { state: 'done', at: now, action });
  await deps.enqueue(trx, fulfillmentFollowJob(shopId, ground.orderId));
  return { ok: true, value: { state: 'done', moved: moved.value } };
}

async function hold(deps: ActsDependencies, at: InTransaction, reason: string): Promise<DoneHere> {
  const { trx, shopId, ground, asked } = at;
  const now = deps.clock.now().toString();
  for (const work of ground.works.filter(({ negotiation }) => negotiation === 'offered')) {
    await deps.withdrawOffers(trx, shopId, { work, why: 'held', at: now });
    await changeWork(trx, shopId, work, { negotiation: 'none' });
  }
  // The record says who holds it; the words are in the timeline.
  await setHold(trx, shopId, { orderId: ground.orderId, reason: 'agent' });
  await tell(trx, at, { kind: 'held', at: now, facts: { reason, by: asked.actor } });
  await record(trx, at, { state: 'done', at: now, action: asked.action });
  await deps.enqueue(trx, fulfillmentFollowJob(shopId, ground.orderId));
  return { ok: true, value: { state: 'done' } };
}

async function release(deps: ActsDependencies, at: InTransaction): Promise<DoneHere> {
  const { trx, shopId, ground, asked } = at;
  const instant = deps.clock.now();
  const now = instant.toString();
  await waiveHold(trx, shopId, ground.orderId, instant);
  await setHold(trx, shopId, { orderId: ground.orderId, reason: null });
  await tell(trx, at, { kind: 'released', at: now, facts: {} });
  await record(trx, at, { state: 'done', at: now, action: asked.action });
  await deps.enqueue(trx, fulfillmentFollowJob(shopId, ground.orderId));
  // What may compete is offered now.
  await deps.enqueue(trx, orderRouteJob(shopId, ground.orderId, 'agent'));
  return { ok: true, value: { state: 'done' } };
}

async function aftercare(
  deps: ActsDependencies,
  at: InTransaction,
  action: Aftercare['action'],
): Promise<DoneHere> {
  const { trx, shopId, ground, asked } = at;
  const { workId } = action;
  const work = ground.works.find((one) => one.workId === workId);
  if (work === undefined) return { ok: false, refusal: { code: 'work_unknown', workId } };
  const now = deps.clock.now().toString();
  const { actionId, actor } = asked;
  const refusal = await lookAfter(deps.extendPickup, trx, shopId, {
    work,
    action,
    actionId,
    actor,
    at: now,
  });
  if (refusal !== undefined) return { ok: false, refusal };
  await record(trx, at, { state: 'done', at: now, action });
  // What was seen to is not Shopify's to wait for any more.
  await deps.enqueue(trx, fulfillmentFollowJob(shopId, ground.orderId));
  return { ok: true, value: { state: 'done' } };
}

async function store(deps: ActsDependencies, at: InTransaction): Promise<DoneHere> {
  const { trx, shopId, ground, asked } = at;
  const now = deps.clock.now().toString();
  await record(trx, at, { state: 'pending', at: now, action: asked.action, left: unitsLeft(at) });
  await deps.enqueue(trx, actionJob(shopId, { orderId: ground.orderId, actionId: asked.actionId }));
  return { ok: true, value: { state: 'pending' } };
}

// What shall be left of each line: said once, under the lock, so that the job may say it again.
function unitsLeft({ ground, asked }: InTransaction) {
  if (asked.action.kind !== 'cancel') return undefined;
  const taken = new Map<string, number>();
  for (const { lineId, quantity } of asked.action.lines) {
    taken.set(lineId, (taken.get(lineId) ?? 0) + quantity);
  }
  return ground.lines
    .filter(({ lineId }) => taken.has(lineId))
    .map(({ lineId, quantity, canceled }) => ({
      lineId,
      left: quantity - canceled - (taken.get(lineId) ?? 0),
    }));
}

async function perform(deps: ActsDependencies, shopId: ShopId, actionId: string): Promise<void> {
  const found = await withShop(deps.db, shopId, async (trx) => {
    const row = await tryAction(trx, shopId, actionId);
    const ground = row === undefined ? undefined : await readGround(trx, shopId, row.orderId);
    return row === undefined || ground === undefined ? undefined : { row, ground };
  });
  if (found === undefined) return;
  const { row, ground } = found;
  const order = { orderId: row.orderId, source: ground.source };
  const confirmed = await tellOutside(deps, shopId, order, row);
  if (confirmed.ok && row.kind === 'address') await replan(deps, shopId, row);
  await withShop(deps.db, shopId, async (trx) => {
    const at = deps.clock.now().toString();
    const reason = confirmed.ok ? null : confirmed.refusal.reason;
    const state = confirmed.ok ? 'done' : 'failed';
    if (!(await endAction(trx, shopId, { actionId, state, reason, at })) || !confirmed.ok) return;
    await appendEvents(trx, shopId, [
      {
        orderId: row.orderId,
        eventId: `action:${actionId}`,
        at,
        kind: row.kind === 'address' ? 'address_changed' : 'canceled',
        actor: { kind: 'agent', id: row.actor },
        facts:
          row.asked.kind === 'cancel' ? { lines: row.asked.lines, reason: row.asked.reason } : {},
      },
    ]);
    await deps.enqueue(trx, orderRouteJob(shopId, row.orderId, 'agent'));
    await deps.enqueue(trx, fulfillmentFollowJob(shopId, row.orderId));
  });
}

async function tellOutside(
  { outside }: ActsDependencies,
  shopId: ShopId,
  order: OrderNamed,
  { asked, left }: ActionRow,
): Promise<Confirmed> {
  if (left !== null) return await outside.leaveUnits(shopId, order, left);
  if (asked.kind === 'address' && asked.address !== undefined) {
    return await outside.changeAddress(shopId, order, asked.address);
  }
  return { ok: false, refusal: { code: 'forgotten', reason: 'The buyer asked to be forgotten.' } };
}

/** Works that nobody has begun are routed anew: another place may keep the promise now. */
async function replan(deps: ActsDependencies, shopId: ShopId, row: ActionRow): Promise<void> {
  const works = await withShop(deps.db, shopId, (trx) => readWorks(trx, shopId, row));
  for (const { workId } of works.filter(
    ({ state, kind }) => state === 'placed' && kind === 'ship',
  )) {
    const moved = await withShop(deps.db, shopId, async (trx) => {
      const [work] = await lockWorks(trx, shopId, { workIds: [workId] });
      if (work === undefined || !isUnbegun(work.state) || work.nodeId === null) return undefined;
      const at = deps.clock.now().toString();
      return await deps.route.returnWork(trx, shopId, {
        ...{ workId, cause: 'agent', exclude: false, at },
        actor: { kind: 'agent', id: row.actor },
      });
    });
    if (moved?.ok === true) await deps.route.announce(shopId, moved.value);
  }
}

function agent({ actor }: Asked): Actor {
  return { kind: 'agent', id: actor };
}

async function tell(
  trx: ShopTransaction,
  { shopId, ground, asked }: InTransaction,
  event: {
    readonly kind: 'held' | 'released';
    readonly at: string;
    readonly facts: Record<string, unknown>;
  },
): Promise<void> {
  const eventId = `action:${asked.actionId}`;
  await appendEvents(trx, shopId, [
    { orderId: ground.orderId, eventId, actor: agent(asked), ...event },
  ]);
}

async function record(
  trx: ShopTransaction,
  { shopId, ground, asked }: InTransaction,
  stored: {
    readonly state: ActionState;
    readonly at: string;
    readonly action: Action;
    readonly left?: ActionRow['left'] | undefined;
  },
): Promise<void> {
  await insertAction(trx, shopId, {
    actionId: asked.actionId,
    orderId: ground.orderId,
    kind: stored.action.kind,
    asked: stored.action,
    left: stored.left ?? null,
    actor: asked.actor,
    at: stored.at,
    state: stored.state,
  });
}
