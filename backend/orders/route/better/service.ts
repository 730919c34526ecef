/**
 * Do works that nobody has begun stand where they should, now that other orders came and stock changed?
 *
 * Now and then the newest of them are decided anew together, on shared stock and capacity; moving what a place has seen
 * costs points, so nothing moves for a trifle (`backend/routing/reoptimise.ts`). Each order that moves is settled in a
 * transaction of its own, as of the versions it was decided on; one that needs units another order frees is tried after it.
 */
import type { ShopId } from '../../../base/ids.ts';
import { TransientError } from '../../../base/result.ts';
import { withShop } from '../../../platform/database.ts';
import type { RoutingQuestion } from '../../../routing/decision.ts';
import { reoptimise } from '../../../routing/reoptimise.ts';
import type { Work } from '../../works/store.ts';
import { questionWithout, type Seen, see } from '../outlook/service.ts';
import { type Anew, type RunDependencies, routeOrder } from '../run/service.ts';
import { readMovable } from './store.ts';

// What is begun within this time is left to those who begin it.
const SOON_MINUTES = 60;
// Moves that wait for each other's units come through in turn; what still does not is looked at again next time.
const ROUNDS = 2;

/** Moves what stands better elsewhere; says how many orders moved. */
export async function moveToBetter(deps: RunDependencies, shopId: ShopId): Promise<number> {
  const settings = await deps.settingsOf(shopId);
  const live = await deps.openShop(shopId);
  if (live === undefined || settings.batchSize < 2) return 0;
  const begunAfter = deps.clock.now().add({ minutes: SOON_MINUTES }).toString();
  const seen = await withShop(deps.db, shopId, async (trx) => {
    const asked = { begunAfter, most: settings.batchSize };
    const found: Seen[] = [];
    for (const orderId of await readMovable(trx, shopId, asked)) {
      const one = await see(deps, trx, shopId, orderId);
      if (one !== undefined) found.push(one);
    }
    return found;
  });
  const asked = seen.flatMap((one) => {
    const works = one.works.filter((work) => isMovable(work, begunAfter));
    return works.length === 0 ? [] : [{ works, question: questionAbout(one, works) }];
  });
  const { snapshot, facts } = live;
  const answers = reoptimise(
    { snapshot, facts, settings },
    asked.map(({ question }) => question),
  );
  const moves = answers.flatMap(({ orderId, decision, isMoved }, at) => {
    const versions = new Map(asked[at]?.works.map(({ workId, version }) => [workId, version]));
    return isMoved && decision.unplaced.length === 0 ? [{ orderId, versions, decision }] : [];
  });
  return await carryOut(deps, shopId, moves);
}

function isMovable(work: Work, begunAfter: string): boolean {
  const { state, negotiation, kind, holdReason, startBy } = work;
  const isSoon =
    startBy !== null &&
    Temporal.Instant.compare(Temporal.Instant.from(startBy), Temporal.Instant.from(begunAfter)) <=
      0;
  const isGiven = state === 'placed' && negotiation === 'assigned';
  return isGiven && kind === 'ship' && holdReason === null && !isSoon;
}

/** The question about these works of an order, as if they were not placed. */
function questionAbout(seen: Seen, works: readonly Work[]): RoutingQuestion {
  const asked = questionWithout(
    seen,
    seen.works.filter((work) => !works.includes(work)),
  );
  // What waits of the order is asked about with them: who refused it is out of it here too.
  const known = new Set(asked.excluded.map(({ nodeId }) => nodeId));
  const refused = new Set(works.flatMap(({ excludedNodes }) => excludedNodes));
  return {
    ...asked,
    excluded: [
      ...asked.excluded,
      ...[...refused].flatMap((nodeId) =>
        known.has(nodeId) ? [] : [{ nodeId, why: 'refused' as const }],
      ),
    ],
    seenAt: works.flatMap(({ nodeId }) => (nodeId === null ? [] : [nodeId])),
  };
}

type Move = Anew & { readonly orderId: string };

async function carryOut(
  deps: RunDependencies,
  shopId: ShopId,
  moves: readonly Move[],
): Promise<number> {
  let open = moves;
  let moved = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const refused: Move[] = [];
    for (const move of open) {
      const came = await tryMove(deps, shopId, move);
      if (came === 'moved') moved += 1;
      if (came === 'refused') refused.push(move);
    }
    open = refused;
  }
  return moved;
}

async function tryMove(deps: RunDependencies, shopId: ShopId, { orderId, ...anew }: Move) {
  try {
    const outcome = await routeOrder(deps, shopId, { orderId, cause: 'reoptimised', anew });
    return outcome.kind === 'changed' ? 'moved' : 'stayed';
  } catch (error) {
    // The units it needs are not free (yet): nothing of it was written.
    if (error instanceof TransientError) return 'refused';
    throw error;
  }
}
