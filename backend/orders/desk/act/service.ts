/**
 * What do all acts of a desk have in common?
 *
 * The work is locked first and looked at: the store's own, at the version the person saw, held by nobody. Then the act
 * changes it once (`changeWork` guards the version), appends its events and enqueues what follows; all of it commits or none.
 * A refusal that must leave a trace (a wrong pickup code) says so; every other one leaves nothing.
 */
import type { Kysely } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import { assert, type Result } from '../../../base/result.ts';
import type { Clock } from '../../../platform/clock.ts';
import { withShop } from '../../../platform/database.ts';
import type { Shortage } from '../../../stock/ledger/batch.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import type { LeftUnits } from '../../../stock/reservations/order-claims/shipping/service.ts';
import type { LiveShop } from '../../../stock/service.ts';
import type { OrderJob } from '../../jobs.ts';
import type { RouteService } from '../../route/service.ts';
import type { OnOrderStep } from '../../steps.ts';
import { appendEvents } from '../../timeline/store.ts';
import type { EventKind } from '../../timeline/timeline.ts';
import { changeWork, lockWorks, type Work, type WorkChange } from '../../works/store.ts';
import type { Desk } from '../access/access.ts';
import { type Asked, checkMine, type DeskRefusal, type DeskWork } from '../desk.ts';
import { readDeskWork, readOrderOf } from '../store.ts';

/** What the desk's service stands on. */
export type DeskDependencies = {
  readonly db: Kysely<unknown>;
  readonly clock: Clock;
  readonly openShop: (shopId: ShopId) => Promise<LiveShop | undefined>;
  readonly returnWork: RouteService['returnWork'];
  /** Ends the claims of goods that left, for orders that no shop system tells us of. */
  readonly settleShipped: (
    trx: ShopTransaction,
    shopId: ShopId,
    left: LeftUnits,
  ) => Promise<number | undefined>;
  /** Tells replicas of a change of stock. */
  readonly announce: (shopId: ShopId, stockVersion: number) => Promise<void>;
  /** Told, after the commit, of positions that a short pick left with more allocated than there is. */
  readonly onShortages: (shopId: ShopId, shortages: readonly Shortage[]) => Promise<void>;
  readonly enqueue: (trx: ShopTransaction, job: OrderJob) => Promise<void>;
  readonly isPickupCode: (shopId: ShopId, workId: string, shown: string) => boolean;
  /** Wakes whoever follows the shop's timeline. */
  readonly poke: (shopId: ShopId) => void;
  readonly onStep: OnOrderStep;
};

/** The work as it is now; null: it is not this store's any more. */
export type DeskResult = Result<{ readonly work: DeskWork | null }, DeskRefusal>;

/** What an act sees. */
export type ActIn = {
  readonly trx: ShopTransaction;
  readonly desk: Desk;
  readonly work: Work;
  /** No shop system tells us what becomes of the order. */
  readonly isOwnOrder: boolean;
  /** ISO instant. */
  readonly at: string;
};

/** What it did besides, to be told when it has committed. */
export type Done = {
  readonly stockVersion?: number | undefined;
  readonly shortages?: readonly Shortage[];
};

/** One act: it refuses before it writes, or says that its refusal is kept. */
export type ActPart = (of: ActIn) => Promise<Result<Done, DeskRefusal>>;

/** Runs an act on a work of the desk's. */
export async function act(
  deps: DeskDependencies,
  desk: Desk,
  { asked, part }: { readonly asked: Asked; readonly part: ActPart },
): Promise<DeskResult> {
  const { shopId, nodeId } = desk;
  const { workId } = asked;
  // Asked here, so that nobody waits for it inside the transaction.
  await deps.openShop(shopId);
  const at = deps.clock.now().toString();
  const ended = await withShop(deps.db, shopId, async (trx) => {
    const [locked] = await lockWorks(trx, shopId, { workIds: [workId] });
    deps.onStep('desk.locked');
    const order = await readOrderOf(trx, shopId, workId);
    const mine = checkMine(locked, { ...asked, nodeId, holdReason: order?.holdReason ?? null });
    if (!mine.ok) return mine;
    const isOwnOrder = order?.source === 'api';
    const done = await part({ trx, desk, work: mine.value, isOwnOrder, at });
    if (!done.ok) return done;
    const work = (await readDeskWork(trx, shopId, { nodeId, workId })) ?? null;
    return { ok: true, value: { ...done.value, work } } as const;
  });
  // A refusal may have left an event: who follows the timeline looks.
  deps.poke(shopId);
  if (!ended.ok) return ended;
  deps.onStep('desk.committed');
  const { work, stockVersion, shortages } = ended.value;
  if (stockVersion !== undefined) await deps.announce(shopId, stockVersion);
  if (shortages !== undefined && shortages.length > 0) await deps.onShortages(shopId, shortages);
  return { ok: true, value: { work } };
}

/** Changes the work of an act and writes the event of it; the row is locked, so nobody can have been faster. */
export async function changeAndTell(
  { trx, desk, work, at }: ActIn,
  change: WorkChange,
  event?: { readonly kind: EventKind; readonly facts?: Readonly<Record<string, unknown>> },
): Promise<void> {
  const { shopId } = desk;
  assert(await changeWork(trx, shopId, work, change), 'a locked work changed');
  if (event !== undefined) await tell({ trx, desk, work, at }, event);
}

/** Writes an event of an act. `mark` sets it apart from others of the same kind at the same version. */
export async function tell(
  { trx, desk, work, at }: Pick<ActIn, 'trx' | 'desk' | 'work' | 'at'>,
  event: {
    readonly kind: EventKind;
    readonly facts?: Readonly<Record<string, unknown>>;
    readonly mark?: string;
  },
): Promise<void> {
  const { kind, facts = {}, mark } = event;
  const { workId, orderId, version } = work;
  const eventId = [kind, workId, version, ...(mark === undefined ? [] : [mark])].join(':');
  const actor = { kind: 'store', id: desk.person.personId } as const;
  await appendEvents(trx, desk.shopId, [
    { orderId, eventId, at, kind, actor, workId, nodeId: desk.nodeId, facts },
  ]);
}

/** Nothing besides the work changed. */
export const DONE: Result<Done, DeskRefusal> = { ok: true, value: {} };
