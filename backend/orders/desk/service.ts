/**
 * How does a store pick, pack, send and hand over?
 *
 * In: a desk (access/service.ts) and what its person did, with the version of the work it was decided on. Out: the work as
 * it is then, or why nothing was done. Each act is one transaction (act/service.ts): the work under its lock, the change, its
 * event, the jobs that follow. Shopify is told by `fulfillment_follow`, and stock is lowered when its fulfillment comes back;
 * goods of an order that no shop system tells us of are settled here.
 * Invariants: nothing is done with a work that is another store's, held, or still offered; what is short leaves the work
 * and the store's stock once; a wrong pickup code is counted even though the act is refused.
 */
import type { Result } from '../../base/result.ts';
import { withShop } from '../../platform/database.ts';
import type { Desk } from './access/access.ts';
import { type ActPart, act, type DeskDependencies, type DeskResult } from './act/service.ts';
import type { Asked, DeskList, DeskRefusal, DeskWork } from './desk.ts';
import { handOver, ready, unlockCode } from './handover/service.ts';
import { type PackedParcel, pack, ship, unpack } from './parcels/service.ts';
import { pick, pickShort, type Short, startPick } from './picking/service.ts';
import { countWorks, listWorks, readDeskWork } from './store.ts';

// A store with more to do than this sees the most urgent; the counts say how many there are.
const MOST_LISTED = 200;

/** Builds the service. */
export function createDeskService(deps: DeskDependencies) {
  const run = (desk: Desk, asked: Asked, part: ActPart): Promise<DeskResult> =>
    act(deps, desk, { asked, part });
  return {
    /** What stands on the desk. */
    list: async ({ shopId, nodeId }: AtNode): Promise<DeskList> =>
      await withShop(deps.db, shopId, async (trx) => ({
        works: await listWorks(trx, shopId, { nodeId, limit: MOST_LISTED }),
        counts: toCounts(await countWorks(trx, shopId, nodeId)),
      })),
    /** How much stands on it. */
    count: async ({ shopId, nodeId }: AtNode): Promise<DeskList['counts']> =>
      await withShop(deps.db, shopId, async (trx) =>
        toCounts(await countWorks(trx, shopId, nodeId)),
      ),
    /** One work of the store's. */
    read: async (desk: Desk, workId: string): Promise<Result<DeskWork, DeskRefusal>> => {
      const { shopId, nodeId } = desk;
      const work = await withShop(deps.db, shopId, (trx) =>
        readDeskWork(trx, shopId, { nodeId, workId }),
      );
      if (work !== undefined) return { ok: true, value: work };
      return { ok: false, refusal: { code: 'not_your_work', workId } };
    },
    startPick: (desk: Desk, asked: Asked) => run(desk, asked, startPick(deps)),
    pick: (
      desk: Desk,
      asked: Asked,
      lines: readonly { readonly lineId: string; readonly picked: number }[],
    ) => run(desk, asked, pick(deps, lines)),
    pickShort: (desk: Desk, asked: Asked, short: Short) => run(desk, asked, pickShort(deps, short)),
    pack: (desk: Desk, asked: Asked, packed: PackedParcel) =>
      onceOnly(packed.trackingNumber, run(desk, asked, pack(deps, packed))),
    unpack: (desk: Desk, asked: Asked) => run(desk, asked, unpack(deps)),
    ship: (desk: Desk, asked: Asked, sent: Omit<PackedParcel, 'weightGrams'>) =>
      onceOnly(sent.trackingNumber, run(desk, asked, ship(deps, sent))),
    ready: (desk: Desk, asked: Asked) => run(desk, asked, ready(deps)),
    handOver: (desk: Desk, asked: Asked, code: string) => run(desk, asked, handOver(deps, code)),
    unlockCode: (desk: Desk, asked: Asked) => run(desk, asked, unlockCode(deps)),
  };
}

type AtNode = Pick<Desk, 'shopId' | 'nodeId'>;

function toCounts(found: ReadonlyMap<string, number>): DeskList['counts'] {
  const of = (state: string) => found.get(state) ?? 0;
  const under = { placed: of('placed'), picking: of('picking') };
  return { ...under, packed: of('packed'), ready: of('ready') };
}

/** What `createDeskService` returns. */
export type DeskService = ReturnType<typeof createDeskService>;

// The table decides: of two parcels that are given a number at once, one keeps it.
async function onceOnly(
  trackingNumber: string | null,
  running: Promise<DeskResult>,
): Promise<DeskResult> {
  try {
    return await running;
  } catch (error) {
    if (trackingNumber === null || !isKnownNumber(error)) throw error;
    return { ok: false, refusal: { code: 'tracking_number_known', trackingNumber } };
  }
}

function isKnownNumber(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'constraint' in error &&
    error.constraint === 'parcel_by_tracking'
  );
}
